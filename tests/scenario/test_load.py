"""Bad input gives one clear message naming file, place, what was found and what is allowed."""

from __future__ import annotations

import os
import pickle
import re
import subprocess
import sys
from copy import deepcopy
from pathlib import Path

import pytest

from sim.cli import main
from sim.errors import InputError
from sim.scenario import load
from sim.scenario.model import Scenario
from sim.texts import brief
from tests.conftest import ROOT

COMPONENT = "[[scheme.components]]\n"
SAID = COMPONENT + 'name = "first"\nrate = 0.1\n' + COMPONENT + 'name = "quarterly bonus"\n'
TIERS = "tiers = [{ attainment = 0.0, rate = 0.1 }]"

#: kind of mistake -> (what the file says, the message after the name of the file; … stands for anything)
BAD: dict[str, tuple[str, str]] = {
    # names
    "unknown key": ("[reps]\nsalry = 1.0", 'reps.salry: unknown key "salry"; did you mean "salary"?'),
    "unknown table": ("[rep]\ncount = 1", 'rep: unknown key "rep"; did you mean "reps"?'),
    "unknown nested key": ("[customers.lapse]\nalfa = 1.0", 'customers.lapse.alfa: unknown key "alfa"; did you mean "alpha"?'),
    "unknown component key": (
        SAID + "rat = 0.1",
        'scheme.components[1] "quarterly bonus", rat: unknown key "rat"; did you mean "rate"?',
    ),
    "key in the wrong table": ("perks = 1.0", 'perks: unknown key "perks"; did you mean firm.perks?'),
    "key of another world": ("[desk]\nzebra = 1", 'desk.zebra: unknown key "zebra"; there are agents, capacity, …'),
    "misspelt choice": (
        '[reps.choice]\nrule = "logitt"',
        'reps.choice.rule: found "logitt", allowed is one of logit, roth_erev, fixed; did you mean "logit"?',
    ),
    "misspelt setting": ('[customers]\nsetting = "contractuel"', '…did you mean "contractual"?'),
    "misspelt policy": ('[firm.resolution]\npolicy = "by value"', '…did you mean "by_value"?'),
    "misspelt measure": (
        SAID + 'measure = "initial_revenu"',
        'scheme.components[1] "quarterly bonus", measure: found "initial_revenu", allowed is one of signings, …; '
        'did you mean "initial_revenue"?',
    ),
    "misspelt malus measure": (
        COMPONENT + 'deferral = { share = 0.5, malus_measure = "persistence" }',
        '…did you mean "persistency"?',
    ),
    "source of nothing": (
        '[sources]\n"reps.salry" = "x"',
        'sources: found "reps.salry", which is no parameter; did you mean "reps.salary"?',
    ),
    "correlation of unknown traits": (
        "[customers]\ncorrelation = { laps-fit = 0.1 }",
        'customers.correlation: found "laps-fit", which is no pair of traits; …; did you mean "lapse-fit"?',
    ),
    # kinds of value
    "text for a number": ('[reps]\nsalary = "much"', 'reps.salary: found "much", allowed is a number'),
    "number in quotes": ('[reps]\nsalary = "1.5"', 'reps.salary: found "1.5", allowed is a number'),
    "true for a number": ("[reps]\nsalary = true", "reps.salary: found true, allowed is a number"),
    "list for a number": ("[reps]\nsalary = [1.0]", "reps.salary: found [1.0], allowed is a number"),
    "table for a number": ("[reps.salary]\nx = 1", "reps.salary: found a table, allowed is a number"),
    "date for a number": ("months = 2026-01-01", "months: found 2026-01-01, allowed is a whole number"),
    "fraction for a whole number": ("[reps]\ncount = 1.5", "reps.count: found 1.5, allowed is a whole number"),
    "number for yes or no": ("[reps]\nquit_broke = 1", "reps.quit_broke: found 1, allowed is true or false"),
    "no currency": ('currency = ""', 'currency: found "", allowed is a text that is not empty, such as EUR'),
    "a blank for a currency": ('currency = " "', 'currency: found " ", allowed is a text that is not empty, such as EUR'),
    "true for a whole number": ("months = true", "months: found true, allowed is a whole number"),
    "control character": ('title = "a\\u001b[31m"', "title: found the control character U+001B, allowed is text"),
    "number for a text": ("title = 3", "title: found 3, allowed is a text in quotes"),
    "number for a table": ("reps = 3", "reps: found 3, allowed is a table of parameters"),
    "number for a list": ("[reps]\nabsent = 1", "reps.absent: found 1, allowed is a list in [ ]"),
    "text in a list of numbers": ('[reps]\nabsent = ["a"]', 'reps.absent[0]: found "a", allowed is a whole number'),
    "number in quotes in a list": (
        '[customers.payment]\ntransitions = [[1.0, "0.0"]]',
        'customers.payment.transitions[0][1]: found "0.0", allowed is a number',
    ),
    "nan in a list": (
        "[customers.payment]\ntransitions = [[1.0, nan]]",
        "…transitions[0][1]: found nan, allowed is a finite number",
    ),
    "true in a table of numbers": (
        "[customers]\ncorrelation = { lapse-fit = true }",
        "customers.correlation.lapse-fit: found true, allowed is a number",
    ),
    "number for a component": ("[scheme]\ncomponents = [1]", "scheme.components[0]: found 1, allowed is a table of parameters"),
    "number for a source": ('[sources]\n"reps.salary" = 3', 'sources."reps.salary": found 3, allowed is a text in quotes'),
    "nan": ("[reps]\nsalary = nan", "reps.salary: found nan, allowed is a finite number"),
    "inf": ("[reps]\nsalary = inf", "reps.salary: found inf, allowed is a finite number"),
    "endless digits": (
        "[reps]\nsalary = 1" + "0" * 400,
        "reps.salary: found a whole number of about 400 digits, allowed is a number of at most 300",
    ),
    # bounds
    "negative salary": ("[reps]\nsalary = -1.0", "reps.salary: found -1.0, allowed is at least 0"),
    "zero hours": ("[reps]\nhours = 0.0", "reps.hours: found 0.0, allowed is at least 0.01"),
    "probability above one": ("[market]\nsuccess = 1.2", "market.success: found 1.2, allowed is at most 1"),
    "no margin left": ("[customers]\nmargin = 1.0", "customers.margin: found 1.0, allowed is at most 0.999"),
    "no months": ("months = 0", "months: found 0, allowed is at least 1"),
    "too many months": ("months = 100000", "months: found 100000, allowed is at most 1,200"),
    "more founders than there are numbers for": (
        "[customers]\nat_start = 500001",
        "customers.at_start: found 500001, allowed is at most 500,000",
    ),
    "more purchases than can be counted": (
        "[customers.purchase]\nshape = 50.0\nalpha = 2.0",
        "customers.purchase.alpha: found 2.0 beside shape = 50.0: a mean of 25 purchases a month; "
        "allowed is a mean (shape / alpha) of at most 20",
    ),
    "more prospects than there are numbers for": (
        "[reps]\nhours_per_attempt = 0.01",
        "reps.hours_per_attempt: found 0.01 of 50.0 hours a month, which makes 5,000 attempts, allowed are at most 1,000 attempts a month",
    ),
    "bound within a component": (
        SAID + "bonus = -3.0",
        'scheme.components[1] "quarterly bonus", bonus: found -3.0, allowed is at least 0',
    ),
    "bound within a nameless component": (
        COMPONENT + "rate = 0.1\nclawback = { months = -1 }",
        "scheme.components[0].clawback.months: found -1, allowed is at least 0",
    ),
    "more components than there is room for": (
        "".join(COMPONENT for _ in range(17)),
        "scheme.components: found 17 components, allowed are at most 16",
    ),
    # values that contradict each other
    "more than all time": (
        "[reps.choice]\nhunting = 0.8\nnurturing = 0.4",
        "reps.choice.hunting: found 0.8 beside nurturing = 0.4; together they must not exceed 1",
    ),
    "absent seat there is not": (
        "[reps]\ncount = 2\nabsent = [5]",
        "reps.absent: found [5], but seats run from 0 to 1",
    ),
    "case in a bucket there is not": (
        "[firm.resolution]\nbucket = 7",
        "firm.resolution.bucket: found 7, but there are only 3 arrears buckets",
    ),
    "transitions that do not add up": (
        "[customers.payment]\ntransitions = [[0.5, 0.4]]",
        "customers.payment.transitions: row 0: found [0.5, 0.4], allowed are probabilities that add up to 1",
    ),
    "transitions too short": (
        "[customers.payment]\ntransitions = [[1.0]]",
        "customers.payment.transitions: row 0: found 1 numbers, allowed are 2: to paid, written off",
    ),
    "no transitions": (
        "[customers.payment]\ntransitions = []",
        "customers.payment.transitions: found 0 rows, allowed are 1 to 8, one for each bucket",
    ),
    "correlation of one": (
        "[customers]\ncorrelation = { lapse-fit = 1.0 }",
        "customers.correlation: lapse-fit: found 1.0, allowed is strictly between -1 and 1",
    ),
    "correlation said twice": (
        "[customers]\ncorrelation = { rate-spend = 0.1, spend-rate = 0.2 }",
        "customers.correlation: rate-spend is given twice, also as spend-rate",
    ),
    "contradictory correlations": (
        "[customers]\ncorrelation = { lapse-fit = 0.9, lapse-need = 0.9, need-fit = -0.9 }",
        "customers.correlation: these correlations contradict each other…",
    ),
    "norm without a minimum": ("[scheme.norm]\nwarnings = 1", "scheme.norm.minimum: found none, so there is no norm to miss; …"),
    # schemes that contradict themselves
    "rate and tiers": (
        COMPONENT + "rate = 0.1\n" + TIERS,
        "scheme.components[0].tiers: found tiers beside rate = 0.1; allowed is one of the two",
    ),
    "falling tiers": (
        COMPONENT + "tiers = [{ attainment = 1.0 }, { attainment = 0.5 }]",
        "scheme.components[0].tiers: found tiers from [1.0, 0.5], allowed are at most 6 with rising attainment",
    ),
    "threshold without a bonus": (
        COMPONENT + "rate = 0.1\nthreshold = 0.5",
        "scheme.components[0].threshold: found 0.5, but a threshold is where a bonus is paid or a gate opens; …",
    ),
    "quota beside a plain rate": (
        COMPONENT + "rate = 0.1\nquota = 5.0",
        "scheme.components[0].quota: found 5.0, but a quota is what tiers, a bonus or a gate are measured against; …",
    ),
    "until before from": (
        COMPONENT + "from_month = 9\nuntil_month = 3",
        "scheme.components[0].until_month: found 3, which lies before from_month = 9",
    ),
    "clawback on revenue": (
        SAID + 'measure = "revenue"\nclawback = { months = 12 }',
        'scheme.components[1] "quarterly bonus", clawback: found a clawback on revenue, allowed is one on …: signings or initial_revenue',
    ),
    "clawback on a team": (
        COMPONENT + 'rate = 0.1\nscope = "team"\nclawback = { months = 12 }',
        'scheme.components[0].clawback: found a clawback beside scope = "team"; it is settled with a rep',
    ),
    "clawback of a gate": (
        COMPONENT + 'combine = "gate"\nclawback = { months = 12 }',
        'scheme.components[0].clawback: found a clawback beside combine = "gate", which pays nothing by itself',
    ),
    "linear clawback with steps": (
        COMPONENT + "clawback = { months = 12, steps = [{ months = 12, share = 1.0 }] }",
        'scheme.components[0].clawback.steps: found steps beside shape = "linear"; leave them out, or say shape = "step"',
    ),
    "step clawback without steps": (
        COMPONENT + 'clawback = { months = 12, shape = "step" }',
        'scheme.components[0].clawback.shape: found "step" without steps = …',
    ),
    "step clawback of no length": (COMPONENT + 'clawback = { shape = "step" }', '…found "step" without steps = …'),
    "falling steps": (
        COMPONENT + 'clawback = { months = 6, shape = "step", steps = [{ months = 12 }, { months = 6 }] }',
        "scheme.components[0].clawback.steps: found steps that end in months [12, 6], allowed are at most 6 with rising months",
    ),
    "steps that end elsewhere": (
        COMPONENT + 'clawback = { months = 24, shape = "step", steps = [{ months = 12 }] }',
        "scheme.components[0].clawback.months: found 24, but the last step ends in month 12; say months = 12",
    ),
    "trail with clawback": (
        COMPONENT + "trail_months = 12\nclawback = { months = 12 }",
        "scheme.components[0].clawback: found a clawback beside trail_months = 12; a trail is paid as it is earned",
    ),
    "trail with deferral": (
        COMPONENT + "trail_months = 12\ndeferral = { share = 0.5 }",
        "…found a deferral beside trail_months = 12; …",
    ),
    "trail on satisfaction": (
        COMPONENT + 'measure = "satisfaction"\ntrail_months = 12',
        "scheme.components[0].trail_months: found a trail on satisfaction, allowed is one on signings or initial_revenue; …",
    ),
    "trail for a team": (
        COMPONENT + 'scope = "team"\ntrail_months = 12',
        'scheme.components[0].scope: found "team", but a trail is paid to the rep who has the customer',
    ),
    "trail with a cap": (
        COMPONENT + "trail_months = 12\ncap = 5.0",
        "scheme.components[0].cap: found 5.0, but a trail has a rate only",
    ),
    "trail each quarter": (
        COMPONENT + "trail_months = 12\nmonths = 3",
        "scheme.components[0].months: found 3, but a trail is settled each month: …",
    ),
    "trail of a gate": (
        COMPONENT + 'trail_months = 12\ncombine = "gate"',
        '…found a trail beside combine = "gate", which pays nothing by itself',
    ),
    "deferral of nothing": (
        COMPONENT + "rate = 0.1\ndeferral = { months = 36 }",
        "scheme.components[0].deferral.share: found none, so nothing is held back; …",
    ),
    "malus without a measure": (
        COMPONENT + "rate = 0.1\ndeferral = { share = 0.4, malus_below = 0.8 }",
        "scheme.components[0].deferral.malus_below: found 0.8 without a malus_measure that is to hold up: …",
    ),
    "gate with deferral": (
        COMPONENT + 'combine = "gate"\ndeferral = { share = 0.5 }',
        'scheme.components[0].deferral: found a deferral beside combine = "gate", which pays nothing by itself',
    ),
    "gate with a rate": (
        COMPONENT + 'combine = "gate"\nrate = 0.1',
        'scheme.components[0].rate: found 0.1 beside combine = "gate", …; allowed is a threshold, …',
    ),
    "multiplier with a bonus": (
        COMPONENT + 'combine = "multiply"\nbonus = 100.0\n' + TIERS,
        'scheme.components[0].bonus: found 100.0 beside combine = "multiply", …; allowed is a rate or tiers',
    ),
    "multiplier without a factor": (
        COMPONENT + 'combine = "multiply"',
        "scheme.components[0].combine: found a multiplier without a factor; give tiers = …",
    ),
    # files
    "broken TOML": ("[reps\n", "is not valid TOML: …"),
    "twice the same key": ("months = 1\nmonths = 2", "is not valid TOML: …"),
    "nested without end": ("title = " + "[" * 5000, "is nested too deeply to be a scenario"),
    "empty": ("  \n", "is empty; …"),
    "nul": ("title = 'a\0b'", "is not valid TOML: …"),
    "extends of a number": ("extends = 3", "extends: found 3; name one scenario file, …"),
    "extends of nothing": ('extends = ""', 'extends: found ""; name one scenario file, …'),
    "extends of two": ('extends = ["a.toml", "b.toml"]', 'extends: found ["a.toml", "b.toml"]; name one scenario file, …'),
    "missing extends": ('extends = "nowhere.toml"', 'extends: found "nowhere.toml", but there is no such file in …'),
    "misspelt extends": ('extends = "parnt.toml"', '…did you mean "parent.toml"?'),
    "circular extends": ('extends = "bad.toml"', 'extends: found "bad.toml", which goes in a circle: …'),
}


def says(message: str, expected: str) -> bool:
    """Whether a message is what is expected, … standing for anything."""
    return re.fullmatch(".*".join(map(re.escape, expected.split("…"))), message) is not None


def write(folder: Path, text: str) -> Path:
    (folder / "parent.toml").write_text('title = "Parent"')
    file = folder / "bad.toml"
    file.write_text(text)
    return file


@pytest.mark.parametrize("kind", BAD)
def test_a_mistake_is_explained_in_one_message(kind: str, tmp_path: Path) -> None:
    text, expected = BAD[kind]
    file = write(tmp_path, text)
    with pytest.raises(InputError) as caught:
        load(file)
    message = str(caught.value)
    assert message.startswith(f"{file}: ") and "\n" not in message, message
    assert says(message.removeprefix(f"{file}: "), expected), message


@pytest.mark.parametrize("kind", BAD)
def test_the_command_says_it_on_standard_error_and_exits_with_2(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = write(tmp_path, BAD[kind][0])
    monkeypatch.setattr(sys, "argv", ["daarna", "check", str(file)])
    with pytest.raises(SystemExit) as ended:
        main()
    out, err = capsys.readouterr()
    assert ended.value.code == 2 and out == ""
    assert err.startswith(f"{file}: ") and err.count("\n") == 1 and "Traceback" not in err


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["run", "bad.toml"], "salary"),
        (["run", "nowhere.toml"], "no such file"),
        (["run", "good.toml", "bad.toml"], "salary"),
        (["run", "good.toml", "--runs", "0"], "runs"),
        (["run", "good.toml", "--seed", "-1"], "seed"),
        (["run", "good.toml", "--workers", "0"], "workers"),
        (["run", "good.toml", "--engine", "fast"], "engine"),
        (["run"], "scenario"),
        (["describe", "bad.toml"], "salary"),
        (["describe", "."], "folder"),
        (["check", "good.toml", "bad.toml"], "salary"),
        (["chekc"], "chekc"),
    ],
)
def test_every_command_exits_with_2_and_without_a_traceback(
    arguments: list[str], expected: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "bad.toml").write_text("[reps]\nsalary = -1.0")
    (tmp_path / "good.toml").write_text('title = "x"\nmonths = 1')
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["daarna", *arguments])
    with pytest.raises(SystemExit) as ended:
        main()
    err = capsys.readouterr().err
    assert ended.value.code == 2
    assert expected in err.lower() and "Traceback" not in err


@pytest.mark.parametrize("arguments", [["check", "bad.toml"], ["run", "bad.toml"]])
def test_the_command_as_a_process(arguments: list[str], tmp_path: Path) -> None:
    (tmp_path / "bad.toml").write_text("[reps]\nsalary = -1.0")
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-m", "sim.cli", *arguments], cwd=tmp_path, capture_output=True, text=True, env=environment
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "bad.toml: reps.salary: found -1.0, allowed is at least 0\n"


def test_binary_missing_and_folder_are_explained(tmp_path: Path) -> None:
    (tmp_path / "x.toml").write_bytes(b"\xff\xfe\x00\x80")
    (tmp_path / "signature.toml").write_text('title = "Signature"')
    (tmp_path / "loop.toml").symlink_to("loop.toml")
    (tmp_path / "dangling.toml").symlink_to("nowhere.toml")
    for path, expected in (
        (tmp_path / "x.toml", "is not a text file in UTF-8; a scenario is a TOML text file"),
        (tmp_path / "signatur.toml", 'there is no such file; did you mean "signature.toml"?'),
        (tmp_path, "is a folder; name the file of a scenario (.toml)"),
        (tmp_path / "loop.toml", "cannot be read: …"),
        (tmp_path / "dangling.toml", "there is no such file"),
        (tmp_path / ("x" * 300), "cannot be read: …"),
        (tmp_path / "a\0b.toml", "cannot be read: embedded null byte; …"),
    ):
        with pytest.raises(InputError) as caught:
            load(path)
        assert says(str(caught.value).removeprefix(f"{brief(path)}: ".replace("\0", r"\u0000")), expected), caught.value


def test_several_mistakes_are_all_told(tmp_path: Path) -> None:
    file = write(tmp_path, "months = 0\n[reps]\nsalry = 1.0")
    with pytest.raises(InputError) as caught:
        load(file)
    assert str(caught.value).splitlines() == [
        f"{file}: months: found 0, allowed is at least 1",
        f'{file}: reps.salry: unknown key "salry"; did you mean "salary"?',
    ]


@pytest.mark.parametrize(
    ("parent", "child", "blamed"),
    [
        ("[reps]\nsalary = -1.0", "[reps]\ncount = 3", "parent"),
        ("[reps]\nsalary = 1.0", "[reps]\nsalary = -1.0", "child"),
        ("[reps]\nsalry = 1.0", "months = 12", "parent"),
        ("[[scheme.components]]\nrate = true", "months = 12", "parent"),
        ("[[scheme.components]]\nrate = 0.1", "[[scheme.components]]\nrate = true", "child"),
        ("[reps]\nabsent = [3]", "[reps]\ncount = 2", "parent"),
        ("[reps.choice]\nhunting = 0.2", "[reps.choice]\nnurturing = 0.9", "parent"),
        ('[sources]\n"reps.salry" = "x"', '[sources]\n"reps.salary" = "y"', "parent"),
        ("reps = 3", "months = 12", "parent"),
        ("months = 12", "reps = 3", "child"),
    ],
)
def test_a_message_names_the_file_in_which_the_value_stands(parent: str, child: str, blamed: str, tmp_path: Path) -> None:
    (tmp_path / "grandparent.toml").write_text('title = "Grandparent"\n[reps]\nhours = 40.0')
    (tmp_path / "parent.toml").write_text(f'extends = "grandparent.toml"\n{parent}')
    (tmp_path / "child.toml").write_text(f'extends = "parent.toml"\n{child}')
    with pytest.raises(InputError) as caught:
        load(tmp_path / "child.toml")
    assert str(caught.value).startswith(f"{tmp_path / blamed}.toml: "), caught.value


def test_what_is_missing_or_broken_above_is_blamed_on_the_file_that_holds_it(tmp_path: Path) -> None:
    (tmp_path / "child.toml").write_text('extends = "parent.toml"')
    (tmp_path / "parent.toml").write_text('extends = "baseline.toml"')
    with pytest.raises(InputError, match=r"parent\.toml: extends: found \"baseline\.toml\""):
        load(tmp_path / "child.toml")
    (tmp_path / "parent.toml").write_text("[reps")
    with pytest.raises(InputError, match=r"parent\.toml: is not valid TOML"):
        load(tmp_path / "child.toml")


def test_extends_keeps_what_is_not_said_again(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text("months = 7\n[reps]\nsalary = 5.0\ncount = 3")
    (tmp_path / "b.toml").write_text('extends = "a.toml"\n[reps]\nsalary = 6.0')
    scenario = load(tmp_path / "b.toml")
    assert (scenario.months, scenario.reps.salary, scenario.reps.count, scenario.name) == (7, 6.0, 3, "b")


def test_a_file_that_an_editor_begins_with_a_byte_order_mark_is_read(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_bytes(b"\xef\xbb\xbfmonths = 7")
    assert load(tmp_path / "a.toml").months == 7


def test_with_explains_what_is_wrong_too() -> None:
    with pytest.raises(InputError, match=r'^with_: reps\.salry: unknown key "salry"; did you mean "salary"\?$'):
        Scenario().with_(reps={"salry": 1.0})


def test_a_bonus_may_be_swept_down_to_nothing() -> None:
    scenario = Scenario(scheme={"components": [{"measure": "signings", "quota": 6.0, "threshold": 0.5, "bonus": 0.0}]})
    assert Scenario.model_validate(scenario.canonical()) == scenario


def test_a_table_in_a_scenario_stays_as_it_is_and_goes_where_the_scenario_goes() -> None:
    scenario = Scenario()
    for change in (
        lambda table: table.update(x=1.0),
        lambda table: table.__setitem__("lapse-fit", 0.9),
        lambda table: table.clear(),
    ):
        with pytest.raises(TypeError, match="a scenario does not change"):
            change(scenario.customers.correlation)
    for copy in (pickle.loads(pickle.dumps(scenario)), deepcopy(scenario)):
        assert copy == scenario and copy.content_hash() == scenario.content_hash()


def test_keys_that_are_no_names_are_called_so() -> None:
    with pytest.raises(InputError, match=r"reps.*found 1, allowed are names in quotes"):
        load(ROOT / "scenarios" / "baseline.toml").with_(reps={1: 2})
