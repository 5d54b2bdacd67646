"""``daarna validate``: what it says it left out, and what it refuses before any work."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from sim.proofs import registry

Daarna = Callable[..., int]
LEFT_OUT = (
    "--quick left out 2 of 3 entries: 1 of the group pattern, 1 of the group hypothesis; "
    "docs/validation.md has them, and daarna validate without --quick runs them"
)


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """A registry of one quick entry, and of one pattern and one hypothesis that the quick battery leaves out."""
    every = registry()
    slow = [next(one for one in every.values() if one.group == group) for group in ("pattern", "hypothesis")]
    assert not any(one.quick for one in slow)
    monkeypatch.setattr("sim.proofs.registry", lambda: {one.id: one for one in (every["bgnbd-silent"], *slow)})


def test_the_quick_battery_says_what_it_left_out(few: None, command: Daarna, capsys: pytest.CaptureFixture[str]) -> None:
    assert command("validate", "--quick", "--workers", "1", "--out", "report/v.md") == 0
    assert f"1 of 1 entries pass; {LEFT_OUT}\n" in capsys.readouterr().out
    assert f"**All 1 entries that it runs pass.** {LEFT_OUT}." in Path("report/v.md").read_text(encoding="utf-8")
    assert command("validate", "--quick", "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert [one["group"] for one in told["left_out"]] == ["pattern", "hypothesis"] and len(told["entries"]) == 1


def test_what_is_asked_for_and_run_leaves_nothing_out(few: None, command: Daarna, capsys: pytest.CaptureFixture[str]) -> None:
    assert command("validate", "--quick", "--only", "bgnbd-silent") == 0
    assert capsys.readouterr().out.endswith("1 of 1 entries pass\n")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--quick", "--group", "pattern"], "--quick: found nothing to run: it leaves out 1 of the group pattern, which is all"),
        (["--seed", "-1"], "--seed: found -1, allowed is 0 to 9223372036854775807\n"),
        (["--workers", "0"], "--workers: found 0, allowed is at least 1\n"),
        (["--out", "."], ".: expected a file, got a folder\n"),
        (["--out", "file/v.md"], "file/v.md: cannot be written: Not a directory\n"),
    ],
    ids=lambda value: value[0] if isinstance(value, list) else "",
)
def test_it_is_refused_before_any_work(
    options: list[str],
    message: str,
    few: None,
    command: Daarna,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("sim.proofs.run.run_entry", None)
    Path("file").write_text("")
    assert command("validate", *options) == 2
    said = capsys.readouterr()
    assert said.out == "" and said.err.startswith(message) and said.err.count("\n") == 1
