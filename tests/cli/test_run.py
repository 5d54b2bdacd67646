"""``daarna run``: what it prints, in which order, and its exit status."""

from __future__ import annotations

import errno
import json
import logging
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import sim
from tests.study.worlds import TINY_FILE, run_module

Daarna = Callable[..., int]


@pytest.fixture
def daarna(tmp_path: Path, command: Daarna) -> Daarna:
    """The command, in a folder with two scenarios; returns its exit status."""
    (tmp_path / "tiny.toml").write_text(TINY_FILE)
    (tmp_path / "other.toml").write_text('extends = "tiny.toml"\ntitle = "Other"\nscheme = { components = [] }\n')
    return command


def test_prints_the_answer_and_says_where_the_study_is(daarna: Daarna, capsys: pytest.CaptureFixture[str]) -> None:
    assert daarna("run", "tiny.toml", "other.toml", "--runs", "3", "--out", "s", "--no-figures") == 0
    printed = capsys.readouterr().out
    assert "other less tiny" in printed
    assert printed.endswith("3 runs of each scenario, seed 1, compiled engine; study: s\n")
    assert sim.open("s").names == ["tiny", "other"]


def test_results_are_printed_before_figures_are_drawn(
    daarna: Daarna, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    import sim.plots

    def full(*_: Any) -> None:
        assert "study: s\n" in capsys.readouterr().out
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(sim.plots, "draw_study", full)
    assert daarna("run", "tiny.toml", "--runs", "2", "--out", "s") == 1
    expected = f"{Path('s') / 'figures'}: cannot be written: No space left on device; the study itself is whole\n"
    assert capsys.readouterr().err == expected


def test_json_is_exact_and_quiet_is_quiet(daarna: Daarna, capsys: pytest.CaptureFixture[str]) -> None:
    assert daarna("run", "tiny.toml", "other.toml", "--runs", "3", "--out", "s", "--no-figures", "--json") == 0
    told = json.loads(capsys.readouterr().out)
    study = sim.open("s")
    means = {(row["scenario"], row["outcome"]): row["mean"] for row in told["summary"]}
    expected = study.summary().set_index(["scenario", "outcome"])["mean"]
    assert means["tiny", "npv"] == expected["tiny", "npv"]
    assert means["tiny", "persistency_24"] is None
    assert (told["study"], told["runs"], told["seed"], told["currency"]) == ("s", 3, 1, "EUR")
    assert len(told["differences"]) == len(study.outcomes())
    assert daarna("run", "tiny.toml", "--runs", "3", "--out", "t", "--no-figures", "--quiet") == 0
    assert capsys.readouterr() == ("", "")


def test_that_the_model_is_compiled_is_said_unless_quiet(daarna: Daarna, monkeypatch: pytest.MonkeyPatch) -> None:
    """Quiet is the command's, not the process's: who calls another command afterwards hears what it says."""
    heard: list[bool] = []
    log = logging.getLogger("sim.compiled")
    monkeypatch.setattr(run_module, "load_kernel", lambda: heard.append(log.isEnabledFor(logging.WARNING)))
    for more in (["--quiet"], []):
        assert daarna("run", "tiny.toml", "--runs", "1", "--out", f"s{len(more)}", "--no-figures", *more) == 0
    assert not heard[0] and heard[-1]
    assert log.isEnabledFor(logging.WARNING)


def test_the_usual_folder_is_the_same_for_the_same_study_and_another_for_another(daarna: Daarna) -> None:
    for more in ([], [], ["--customers"], ["--seed", "2"]):
        assert daarna("run", "tiny.toml", "--runs", "2", "--no-figures", "--quiet", *more) == 0
    assert len(list(Path("studies").iterdir())) == 3


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["tiny.toml", "--out", "tiny.toml/s"], "tiny.toml/s: the study cannot be written there"),
        (["tiny.toml", "--runs", "0", "--out", "s"], "runs: found 0, allowed is 1 to 2147483647"),
        (["gone.toml"], "gone.toml: there is no such file"),
        (["tiny.toml", "--engine", "magic"], "magic"),
    ],
)
def test_wrong_input_is_one_message_and_status_2(
    arguments: list[str], message: str, daarna: Daarna, capsys: pytest.CaptureFixture[str]
) -> None:
    assert daarna("run", *arguments) == 2
    told = capsys.readouterr()
    assert message in told.err
    assert "Traceback" not in told.err
    assert told.out == ""


def test_a_full_disk_is_status_1_and_says_what_is_safe(
    daarna: Daarna, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    replace = os.replace

    def full(old: Any, new: Any) -> None:
        if Path(new).name == "0000-3-3.arrow":
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        replace(old, new)

    arguments = ("run", "tiny.toml", "--runs", "3", "--out", "s", "--workers", "1", "--no-figures")
    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", full)
        assert daarna(*arguments) == 1
    safe = "2 of 3 runs are safe in s; the same command goes on from there"
    assert capsys.readouterr() == ("", f"s: cannot be written: No space left on device; {safe}\n")
    assert daarna(*arguments) == 0


def test_an_unexpected_error_says_what_is_safe(
    daarna: Daarna, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:

    monkeypatch.delenv("DAARNA_DEBUG", raising=False)
    simulate = run_module._simulate
    monkeypatch.setattr(run_module, "_simulate", lambda *a: simulate(*a) if a[2][0] < 3 else 1 // 0)
    assert daarna("run", "tiny.toml", "--runs", "3", "--out", "s", "--workers", "1", "--no-figures") == 1
    told = capsys.readouterr().err
    assert "unexpected ZeroDivisionError" in told
    assert "2 of 3 runs are safe in s" in told


def test_scenarios_of_different_length_run_and_are_told_apart(daarna: Daarna, capsys: pytest.CaptureFixture[str]) -> None:
    Path("longer.toml").write_text('extends = "tiny.toml"\nmonths = 14\n')
    words = ["run", "tiny.toml", "longer.toml", "--runs", "2", "--out", "s", "--no-figures"]
    told = "3 months in tiny, 14 months in longer"
    assert daarna(*words) == 0
    assert f"NOT ALIKE: {told}; differences between totals, such as npv, are of different times\n" in capsys.readouterr().out
    assert daarna(*words, "--json") == 0
    assert json.loads(capsys.readouterr().out)["months_differ"] == told
    assert daarna("run", "tiny.toml", "other.toml", "--runs", "2", "--out", "t", "--no-figures") == 0
    assert "NOT ALIKE" not in capsys.readouterr().out


def test_more_runs_than_there_can_be_are_refused_before_anything_is_written(
    daarna: Daarna, capsys: pytest.CaptureFixture[str]
) -> None:
    before = set(Path().iterdir())
    for words in (("run", "tiny.toml"), ("compare", "tiny.toml", "other.toml")):
        assert daarna(*words, "--runs", "99999999999999999999", "--out", "s") == 2
        assert "runs: found 99999999999999999999, allowed is " in capsys.readouterr().err
    assert set(Path().iterdir()) == before


def test_two_currencies_are_refused_by_name(daarna: Daarna, capsys: pytest.CaptureFixture[str]) -> None:
    Path("dollars.toml").write_text('extends = "tiny.toml"\ncurrency = "USD"\n')
    for words in ("run", "compare"):
        assert daarna(words, "tiny.toml", "dollars.toml", "--runs", "2", "--out", "s") == 2
        assert "currency: found EUR in tiny, USD in dollars, allowed is one for all" in capsys.readouterr().err
