"""Hypotheses as files: those of the library read, and what is wrong is said with file and place."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.errors import InputError
from sim.proofs.hypotheses import files
from sim.proofs.registered import load
from sim.proofs.verdicts import rules

SCENARIOS = Path(__file__).parents[2] / "scenarios"
GOOD = """
id = "T"
title = "Planted"
source = "none"
rule = "RULE"
runs = 4
worlds = { baseline = "BASELINE" }
[[claims]]
say = "more signings"
base = { set = { "reps.salary" = 1000.0 } }
other = { set = { "reps.salary" = 1100.0 } }
outcomes = { signings = "+", npv = "?" }
[[peaks]]
say = "a peak"
base = { set = { "reps.salary" = 1000.0 } }
path = "firm.perks"
values = [0.0, 100.0, 200.0]
outcome = "npv"
[[flips]]
say = "a flip"
claim = 0
outcome = "npv"
world = "baseline"
points = 4
[[flips.factors]]
path = "firm.perks"
low = 10.0
high = 20.0
"""


def write(folder: Path, old: str = "", new: str = "") -> Path:
    text = GOOD.replace("BASELINE", (SCENARIOS / "baseline.toml").as_posix()).replace("RULE", rules(True, False)[0])
    assert old in text
    path = folder / "t.toml"
    path.write_text(text.replace(old, new, 1) if old else text, encoding="utf-8")
    return path


def test_the_library_holds_its_hypotheses_with_sign_rule_and_source() -> None:
    """The article and eight more, with a sweep of where the answer turns; then those on what can be switched on."""
    every = {one.id: one for one in map(load, files())}
    assert set(every) == {f"E{k}" for k in (*range(9), *range(17, 23))}
    assert all(one.rule and one.source and set(one.worlds) == {"baseline", "article-holds"} for one in every.values())
    assert all(every[f"E{k}"].flips for k in range(9))


def test_arms_take_scheme_and_salary_and_a_setting_comes_last() -> None:
    article = load(SCENARIOS / "hypotheses" / "e0-article.toml")
    claim, world = article.claims[0], article.worlds["article-holds"]
    made = claim.other.of(world, {"reps.salary": 5.0})
    assert made.scheme.components[0].name == "signing commission"
    assert made.reps.salary == 5.0
    assert made.customers == world.customers
    assert claim.other.touched({"scheme.survey_noise": 1.0}) == ["scheme", "reps.salary"]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('source = "none"', "", "source: expected who claims it, got none"),
        ('rule = "supported', 'rule = "supported if I like it, or', "rule: found"),
        ("; of the curve: ", "; of a curve: ", rules(True, False)[0]),
        ('signings = "+"', 'signings = "up"', 'claims[0].outcomes.signings: found "up", allowed is one of +, -, 0, ?'),
        ('signings = "+"', 'signngs = "+"', 'found "signngs", did you mean "signings"?'),
        ('signings = "+", npv = "?"', 'npv = "?"', "claims[0].outcomes: found nothing that decides"),
        ('"reps.salary" = 1100.0', '"reps.salry" = 1100.0', 'claims[0]: found "reps.salry", but there is no salry'),
        ('"reps.salary" = 1100.0', '"reps.salary" = -1.0', "reps.salary: found -1"),
        ("runs = 4", "runs = 1", "runs: found 1, allowed is at least 2"),
        ('say = "more signings"', 'says = "more signings"', 'claims[0].says: unknown key "says", did you mean "say"?'),
        ("values = [0.0, 100.0, 200.0]", "values = [0.0, 100.0]", 'peaks[0] "firm.perks", values: found'),
        ("claim = 0", "claim = 1", "flips[0].claim: found 1, allowed is the number of a claim, 0 to 0"),
        ('world = "baseline"', 'world = "basline"', 'flips[0].world: found "basline", did you mean "baseline"?'),
        ("low = 10.0", "low = 30.0", "low must be below high"),
        ("/baseline.toml", "/basline.toml", "there is no such file"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(tmp_path: Path, old: str, new: str, said: str) -> None:
    load(write(tmp_path))
    with pytest.raises(InputError) as raised:
        load(write(tmp_path, old, new))
    assert said in str(raised.value).replace(" (", ", ").replace("; did", ", did")


def test_what_was_found_is_recorded_beside_the_registration(tmp_path: Path) -> None:
    path = write(tmp_path)
    assert load(path).found == {}
    record = tmp_path / "found.json"
    record.write_text('{"T": {"baseline": ["refuted", "supported"]}}', encoding="utf-8")
    assert load(path).found == {"baseline": ["refuted", "supported"]}
    for text in ("{", "[]", '{"T": 3}', '{"T": {"baseline": ["perhaps"]}}', '{"T": {"elsewhere": []}}'):
        record.write_text(text, encoding="utf-8")
        with pytest.raises(InputError) as raised:
            load(path)
        assert str(raised.value).startswith(str(record))


def test_every_verdict_of_the_library_is_recorded() -> None:
    for one in map(load, files()):
        assert set(one.found) == set(one.worlds) and all(one.found.values())
