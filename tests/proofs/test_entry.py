"""What agrees and what does not: a check that cannot fail is a defect."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from sim.errors import InputError
from sim.proofs import Effort, Entry, Finding, entry, registry, run_battery
from sim.proofs.entry import LIMIT
from sim.proofs.measure import chi_square, counts_against, ratio
from sim.proofs.run import choose, run_entry

EXACT = 3.0
CALM = Finding("calm", 1.0, 1.1, 0.1, 0)


def made(*findings: Finding, quick: bool = True, name: str = "made") -> Entry:
    return Entry(name, "closed form", "made for a test", "nobody", "none", lambda effort: findings, quick)


@pytest.mark.parametrize(
    ("finding", "passes"),
    [
        (Finding("near", 1.0, 1.4, 0.1, 0), True),
        (Finding("far", 1.0, 1.46, 0.1, 0), False),
        (Finding("allowed for", 1.0, 1.46, 0.1, 0, "", 0.02), True),
        (Finding("exact", EXACT, EXACT, 0.0, 0), True),
        (Finding("not exact", EXACT, EXACT * (1 + 1e-9), 0.0, 0), False),
        (Finding("undefined", 1.0, math.nan, 0.1, 0), False),
        (Finding("inside", (0.0, 1.0), 0.5, 0.2, 9), True),
        (Finding("too imprecise", (0.0, 1.0), 0.5, 0.3, 9), False),
        (Finding("outside", (0.0, 1.0), 1.1, 0.01, 9), False),
        (Finding("a sign", (0.0, math.inf), 0.5, 0.2, 9), True),
        (Finding("no sign", (0.0, math.inf), 0.3, 0.2, 9), False),
        (Finding("undefined in a range", (0.0, 1.0), math.nan, 0.1, 9), False),
    ],
    ids=lambda value: getattr(value, "quantity", ""),
)
def test_verdicts(finding: Finding, passes: bool) -> None:
    assert finding.passes is passes


def test_few_values_count_as_student_says() -> None:
    """Five standard errors are beyond the limit when the error is known, not when four values showed it."""
    assert not Finding("known", 0.0, 5.0, 1.0, 0).passes
    few = Finding("few", 0.0, 5.0, 1.0, 4)
    assert few.passes and stats.norm.sf(few.z) == pytest.approx(stats.t.sf(5.0, 3))


def test_the_battery_seldom_raises_a_false_alarm() -> None:
    """Bonferroni: a thousand findings, fewer than one battery in a hundred."""
    assert 1000 * 2 * stats.norm.sf(LIMIT) < 0.01


def test_scores_of_a_right_model_are_standard_normal() -> None:
    """The z of means of five values: mean 0, variance 1; and χ² of right counts likewise."""
    random = np.random.default_rng(1)
    samples = random.normal(2.0, 3.0, (2000, 5))
    z = [Finding("m", 2.0, one.mean(), one.std(ddof=1) / np.sqrt(5), 5).z for one in samples]
    assert stats.kstest(z, "norm").pvalue > 0.01
    law = stats.poisson(2.0)
    z = [counts_against("counts", law.rvs(2000, random_state=random), law.pmf(np.arange(50))).z for _ in range(400)]
    assert stats.kstest(z, "norm").pvalue > 0.01


def test_wrong_counts_are_seen() -> None:
    """Poisson counts are not negative binomial of the same mean."""
    counts = stats.poisson(2.0).rvs(2000, random_state=np.random.default_rng(2))
    assert not counts_against("counts", counts, stats.nbinom(4.0, 2.0 / 3.0).pmf(np.arange(50))).passes
    assert chi_square("too good", np.full(100, 50.0), np.full(100, 50.0)).z < -LIMIT


def test_the_error_of_a_ratio_covers() -> None:
    random = np.random.default_rng(3)
    below = random.gamma(20.0, 1.0, (1000, 100))
    above = below * 0.5 + random.normal(0.0, 1.0, below.shape)
    z = [ratio("r", 0.5, a, b).z for a, b in zip(above, below, strict=True)]
    assert 0.9 < np.std(z) < 1.1


def test_an_entry_that_raises_or_finds_nothing_fails() -> None:
    def raises(effort: Effort) -> list[Finding]:
        raise ZeroDivisionError("by nought")

    broken = run_entry(Entry("broken", "closed form", "t", "s", "none", raises), Effort())
    assert not broken.passes and broken.error == "ZeroDivisionError: by nought"
    assert not run_entry(made(), Effort()).passes
    assert run_entry(made(CALM), Effort()).passes


def test_ids_and_groups_are_checked() -> None:
    with pytest.raises(ValueError, match='group "closed"'):
        entry(id="x", group="closed", title="", source="", setting="")
    with pytest.raises(ValueError, match="already"):
        registry()
        entry(id="clv-multiple", group="closed form", title="", source="", setting="")(lambda effort: [])


def test_choosing() -> None:
    entries = {one.id: one for one in (made(CALM, name="a"), made(CALM, name="long", quick=False))}

    def names(quick: bool, **asked: list[str]) -> list[list[str]]:
        return [[one.id for one in part] for part in choose(entries, quick, **asked)]

    assert names(quick=False) == [["a", "long"], []]
    assert names(quick=True) == [["a"], ["long"]]
    assert names(quick=True, only=["long"]) == [["long"], []]
    assert names(quick=False, groups=["docking"]) == [[], []]
    with pytest.raises(InputError, match='--only: found "lon"; did you mean "long"'):
        choose(entries, quick=False, only=["lon"])
    with pytest.raises(InputError, match="allowed is one of closed form, real data"):
        choose(entries, quick=False, groups=["closed"])


def test_results_do_not_depend_on_workers() -> None:
    entries = {key: registry()[key] for key in ("bgnbd-silent", "receivables-chain", "referral-multiplier")}
    assert run_battery(entries, quick=True, workers=1) == run_battery(entries, quick=True, workers=3)
