"""Bad input gives one clear message naming file, place, what was found and what is allowed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from sim.errors import InputError
from sim.scenario import load
from sim.scenario.describe import parameters
from sim.scenario.model import Scenario

COMPONENT = "[[scheme.components]]\n"

BAD: dict[str, tuple[str, str]] = {
    "unknown key": ("[reps]\nsalry = 1.0", "did you mean 'salary'"),
    "unknown table": ("[rep]\ncount = 1", "did you mean 'reps'"),
    "unknown nested key": ("[customers.lapse]\nalfa = 1.0", "did you mean 'alpha'"),
    "unknown component key": (COMPONENT + "rat = 0.1", "did you mean 'rate'"),
    "text for a number": ('[reps]\nsalary = "much"', "reps.salary"),
    "number in quotes": ('[reps]\nsalary = "1.5"', "allowed is a number"),
    "true for a number": ("[reps]\nsalary = true", "allowed is a number"),
    "list for a number": ("[reps]\nsalary = [1.0]", "reps.salary"),
    "fraction for a whole number": ("[reps]\ncount = 1.5", "whole number"),
    "number for yes/no": ("[reps]\nquit_broke = 1", "true or false"),
    "number for a text": ("title = 3", "title"),
    "number for a table": ("reps = 3", "reps"),
    "nan": ("[reps]\nsalary = nan", "finite"),
    "inf": ("[reps]\nsalary = inf", "finite"),
    "negative salary": ("[reps]\nsalary = -1.0", "at least 0"),
    "zero hours": ("[reps]\nhours = 0.0", "greater than 0"),
    "probability above one": ("[market]\nsuccess = 1.2", "at most 1"),
    "no months": ("months = 0", "at least 1"),
    "too many months": ("months = 100000", "at most 1200"),
    "unknown rule": ('[reps.choice]\nrule = "logitt"', "'logit'"),
    "unknown setting": ('[customers]\nsetting = "open"', "'contractual'"),
    "more than all time": ("[reps.choice]\nhunting = 0.8\nnurturing = 0.4", "must not exceed 1"),
    "absent seat there is not": ("[reps]\ncount = 2\nabsent = [5]", "seats run from 0 to 1"),
    "unknown measure": (COMPONENT + 'measure = "turnover"', "is no measure"),
    "clawback on revenue": (COMPONENT + 'measure = "revenue"\nclawback = { months = 12 }', "clawback needs"),
    "linear clawback with steps": (COMPONENT + "clawback = { months = 12, steps = [{ months = 12, share = 1.0 }] }", "no steps"),
    "step clawback without steps": (COMPONENT + 'clawback = { months = 12, shape = "step" }', "needs steps"),
    "falling steps": (
        COMPONENT + 'clawback = { months = 6, shape = "step", steps = [{ months = 12 }, { months = 6 }] }',
        "rising",
    ),
    "steps that end elsewhere": (
        COMPONENT + 'clawback = { months = 24, shape = "step", steps = [{ months = 12 }] }',
        "ends in month 12",
    ),
    "trail with clawback": (COMPONENT + "trail_months = 12\nclawback = { months = 12 }", "no clawback"),
    "trail on satisfaction": (COMPONENT + 'measure = "satisfaction"\ntrail_months = 12', "trail needs"),
    "rate and tiers": (COMPONENT + "rate = 0.1\ntiers = [{ attainment = 0.0, rate = 0.1 }]", "not both"),
    "falling tiers": (COMPONENT + "tiers = [{ attainment = 1.0 }, { attainment = 0.5 }]", "rising attainment"),
    "gate with deferral": (COMPONENT + 'combine = "gate"\ndeferral = { share = 0.5 }', "no clawback, deferral"),
    "until before from": (COMPONENT + "from_month = 9\nuntil_month = 3", "before from_month"),
    "transitions that do not add up": ("[customers.payment]\ntransitions = [[0.5, 0.4]]", "add up to 1"),
    "transitions too short": ("[customers.payment]\ntransitions = [[1.0]]", "needs 2 numbers"),
    "correlation of unknown traits": ("[customers]\ncorrelation = { a-b = 0.1 }", "no pair of traits"),
    "correlation of one": ("[customers]\ncorrelation = { lapse-fit = 1.0 }", "strictly between"),
    "contradictory correlations": (
        "[customers]\ncorrelation = { lapse-fit = 0.9, lapse-need = 0.9, need-fit = -0.9 }",
        "contradict",
    ),
    "case in a bucket there is not": ("[firm.resolution]\nbucket = 7", "arrears buckets"),
    "source of nothing": ('[sources]\n"reps.salry" = "x"', "did you mean 'reps.salary'"),
    "broken TOML": ("[reps\n", "not valid TOML"),
    "twice the same key": ("months = 1\nmonths = 2", "not valid TOML"),
    "empty": ("  \n", "is empty"),
    "extends of a number": ("extends = 3", "name one scenario file"),
    "missing extends": ('extends = "nowhere.toml"', "no such file"),
    "circular extends": ('extends = "bad.toml"', "circle"),
}


@pytest.mark.parametrize("kind", BAD)
def test_bad_input_is_explained(kind: str, tmp_path: Path) -> None:
    text, expected = BAD[kind]
    file = tmp_path / "bad.toml"
    file.write_text(text)
    with pytest.raises(InputError) as caught:
        load(file)
    message = str(caught.value)
    assert "bad.toml" in message and expected in message, message


def test_binary_missing_and_folder_are_explained(tmp_path: Path) -> None:
    (tmp_path / "x.toml").write_bytes(b"\xff\xfe\x00\x80")
    for path, expected in ((tmp_path / "x.toml", "UTF-8"), (tmp_path / "y.toml", "no such file"), (tmp_path, "folder")):
        with pytest.raises(InputError, match=expected):
            load(path)


def test_extends_keeps_what_is_not_said_again(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text("months = 7\n[reps]\nsalary = 5.0\ncount = 3")
    (tmp_path / "b.toml").write_text('extends = "a.toml"\n[reps]\nsalary = 6.0')
    scenario = load(tmp_path / "b.toml")
    assert (scenario.months, scenario.reps.salary, scenario.reps.count, scenario.name) == (7, 6.0, 3, "b")


def test_every_parameter_has_unit_meaning_and_source() -> None:
    for row in parameters(Scenario(scheme={"components": [{"rate": 0.1}]})):
        assert row.unit and row.meaning and row.source, row


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["check", "bad.toml"], "salary"),
        (["run", "bad.toml"], "salary"),
        (["run", "nowhere.toml"], "no such file"),
        (["run", "good.toml", "--runs", "0"], "runs"),
        (["run", "good.toml", "--seed", "-1"], "seed"),
        (["run", "good.toml", "--workers", "0"], "workers"),
        (["run", "good.toml", "--engine", "fast"], "engine"),
        (["describe", "bad.toml"], "salary"),
    ],
)
def test_the_command_exits_with_2_and_no_traceback(arguments: list[str], expected: str, tmp_path: Path) -> None:
    (tmp_path / "bad.toml").write_text("[reps]\nsalary = -1.0")
    (tmp_path / "good.toml").write_text('title = "x"\nmonths = 1')
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run(
        [sys.executable, "-m", "sim.cli", *arguments],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(root)},
    )
    assert done.returncode == 2, done
    assert expected in done.stderr and "Traceback" not in done.stderr
