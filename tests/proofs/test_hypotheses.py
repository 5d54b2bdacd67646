"""A hypothesis studied from end to end, with planted answers."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.observables import OBSERVABLES
from sim.proofs.hypotheses import PARAMETERS, PAY, files, study
from sim.proofs.hypothesis_entries import FILES, findings
from sim.proofs.outcomes import outcomes
from sim.proofs.pages import hypotheses as page
from sim.proofs.registered import load
from sim.proofs.verdicts import rules

SCENARIOS = Path(__file__).parents[2] / "scenarios"
WORLD = """
title = "Small"
months = 12
reps = { count = 2, salary = 1000.0, choice = { rule = "fixed", hunting = 0.5, nurturing = 0.2 } }
scheme = { components = [{ name = "commission", measure = "initial_revenue", rate = 0.1 }] }
"""
PLANTED = """
id = "T"
title = "Planted"
source = "none"
rule = "RULE"
runs = 12
worlds = { small = "world.toml" }
[[claims]]
say = "half the perks leave more profit, and the same signings"
base = { set = { "firm.perks" = 200.0 } }
other = { set = { "firm.perks" = 100.0 } }
outcomes = { npv = "+", signings = "0", acquisition_cost = "?" }
[[claims]]
say = "a rep who hunts all day signs fewer customers"
base = { set = { "reps.choice.hunting" = 0.5 } }
other = { set = { "reps.choice.hunting" = 0.8 } }
outcomes = { signings = "-" }
[[claims]]
say = "perks cost more where there are more signings"
base = { set = { "firm.perks" = 200.0 } }
other = { set = { "firm.perks" = 100.0 } }
outcomes = { npv = "+" }
setting = { "reps.choice.hunting" = 0.8 }
against = { "reps.choice.hunting" = 0.2 }
[[peaks]]
say = "profit over perks"
base = { set = { "reps.salary" = 1000.0 } }
path = "firm.perks"
values = [100.0, 200.0, 300.0]
outcome = "npv"
[[flips]]
say = "perks where there are customers to sign"
claim = 0
outcome = "npv"
world = "small"
points = 6
runs = 4
[[flips.factors]]
path = "market.success"
low = 0.1
high = 0.3
"""


def test_planted_claims_are_supported_and_refuted(tmp_path: Path) -> None:
    """Perks are spent on every signing and touch nothing else under a fixed rule: profit rises by 100 a signing, signings stay."""
    (tmp_path / "world.toml").write_text(WORLD, encoding="utf-8")
    (tmp_path / "t.toml").write_text(PLANTED.replace("RULE", rules(True, True)[0]), encoding="utf-8")
    (tmp_path / "found.json").write_text('{"T": {"small": ["refuted", "refuted"]}}', encoding="utf-8")
    answer = study(load(tmp_path / "t.toml"), workers=1)
    by_claim = {(part.claim.say, part.at): part.verdict for part in answer.parts}
    verdicts = [by_claim[claim.say, at] for claim in answer.hypothesis.claims for at in (PARAMETERS, PAY)]
    assert verdicts == ["supported", "supported", "refuted", "refuted", "supported", "supported"]
    npv, signings, spent = answer.parts[0].judged
    assert (signings.mean, signings.standard_error) == (0.0, 0.0)
    assert -spent.mean * 0.9 < npv.mean <= -spent.mean  # discounted at 8% a year
    assert answer.curves[0].verdict == "refuted" and answer.curves[0].best == 0
    assert answer.verdict("small") == "refuted"
    (flip,) = answer.found
    assert (flip.positive, flip.negative, flip.regions) == (6, 0, ())
    assert flip.drivers["src"][0] > 0  # more success, more perks saved
    assert next(iter(findings(answer))).passes
    assert "refuted" in page([answer])


def test_every_file_of_the_library_is_an_entry() -> None:
    assert sorted(file.stem for file in files()) == sorted(FILES)


def test_outcomes_made_from_tables() -> None:
    """The opening book is not signed; a flat hunter signs as much in every month of a quarter."""
    import sim

    world = sim.load(SCENARIOS / "signature-bonus.toml").with_(
        months=72, reps={"count": 2, "choice": {"rule": "fixed", "hunting": 0.5, "nurturing": 0.2}}
    )
    names = [name for name, one in OBSERVABLES.items() if "customers" not in one.needs]
    found = dict(zip(names, outcomes(world, names, 6).T, strict=True))
    assert 12 < found["signings_year_1"].mean() < 2 * 12 * 4
    assert found["quarter_end"].mean() == pytest.approx(1.0, abs=0.1)
    assert found["quarter_start"].mean() == pytest.approx(1.0, abs=0.1)
    assert found["first_margin"].mean() == pytest.approx(0.4, abs=0.01)
    assert 1200 < found["contract_size"].mean() < 1200 * 1.15
    assert found["fit"].mean() > -1 and 0 < found["lapse_later"].mean() < found["lapse_early"].mean() < 0.3
    assert found["revenue"].min() > 0 and found["wait"].min() >= 0
