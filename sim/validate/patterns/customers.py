"""Patterns of customers: what retention is worth, loyalty and profit, a lost rep, referrals, concentration, lapse."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from sim.engine import simulate
from sim.scenario.model import Scenario
from sim.validate.entry import Effort, Finding, entry
from sim.validate.outcomes import accounts, lapse_in_year, months_of, outcomes
from sim.validate.patterns import around, pattern
from sim.validate.settings import setting

BASELINE = "scenarios/baseline.toml"
SIGNATURE = "scenarios/signature-bonus.toml"
YEARS = 20  # that a cohort's value is counted over
STEP = 0.04  # relative change from which elasticities are taken


def _cohort() -> Scenario:
    """The baseline's founders alone, looked after as reps would unpaid, nobody hunting; no salaries, so npv is the customers' value."""
    world = setting(BASELINE)
    return world.with_(
        months=12 * YEARS,
        reps={
            "salary": 0.0,
            "quit_broke": False,
            "choice": {"rule": "fixed", "hunting": 0.0, "nurturing": world.reps.intrinsic_nurturing},
        },
        desk={"salary": 0.0},
    )


def _value(world: Scenario, effort: Effort, runs: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """By run: discounted value of the cohort, acquisition cost, and retention a year, (1 - churn_rate)^12."""
    found = outcomes(world, ["npv", "acquisition_cost", "churn_rate"], runs, effort.seed)
    return found[:, 0], found[:, 1], (1 - found[:, 2]) ** 12


def _easier(world: Scenario, factor: float) -> Scenario:
    """The world with the mean of everybody's latent lapse propensity multiplied, its spread (alpha + beta) kept."""
    lapse = world.customers.lapse
    alpha = lapse.alpha * factor
    return world.with_(customers={"lapse": {"alpha": alpha, "beta": lapse.alpha + lapse.beta - alpha}})


@entry(
    id="elasticities",
    group="pattern",
    title="A percent of retention is worth more than a percent of margin, and that more than a percent of acquisition cost",
    source="Gupta, Lehmann & Stuart 2004, J. Marketing Research (working version: retention 3-7, margin about 1, acquisition .02-.3)",
    setting=BASELINE,
    quick=False,
)
def elasticities(effort: Effort) -> Iterator[Finding]:
    """The baseline's opening book over 20 years, nobody hunting; value = discounted profit on its accounts, net of acquisition.

    Elasticity = change of log value over change of log retention (margin, acquisition cost), between two worlds on common random
    numbers, 4% apart on either side.  Retention is (1 - lapses per customer-month)^12, as it comes out of the runs.
    """
    runs = effort.number(400)
    world = _cohort()
    kept = _value(world, effort, runs)[2]
    more, fewer = _value(_easier(world, 1 - 2 * STEP), effort, runs), _value(_easier(world, 1 + 2 * STEP), effort, runs)
    rise = (np.log(more[0]) - np.log(fewer[0])) / (np.log(more[2]) - np.log(fewer[2]))
    needs = (
        "customers who stay longer for each percent of retention: homogeneous customers at a retention of .8-.9 have 3-7 by the closed "
        "form (1 + i) / (1 + i - r), with the heterogeneity of the baseline those who are won back are short-lived"
    )
    yield pattern("elasticity of customer value to retention", (3.0, 7.0), rise, f"yearly retention {kept.mean():.3f}", needs)

    def elasticity(group: str, name: str) -> np.ndarray:
        """Of value to a parameter, by run."""
        here = getattr(getattr(world, group), name)
        up, down = (_value(world.with_(**{group: {name: here * factor}}), effort, runs)[0] for factor in (1 + STEP, 1 - STEP))
        return np.asarray((np.log(up) - np.log(down)) / np.log((1 + STEP) / (1 - STEP)))

    needs = "costs that fall with the margin: service, perks and visits are fixed per customer, so value falls faster than margin"
    yield pattern(
        "elasticity of customer value to margin",
        (0.9, 1.3),
        elasticity("customers", "margin"),
        "'about 1' read as .9 to 1.3",
        needs,
    )

    gain = -elasticity("firm", "perks")
    yield pattern("elasticity of customer value to a fall of acquisition cost", (0.02, 0.3), gain, f"perks {world.firm.perks:g}")


@entry(
    id="five-points-of-defection",
    group="pattern",
    title="Five points less defection a year raise the value of a customer by a third to four fifths",
    source="Reichheld & Sasser 1990, Harvard Business Review: +30% auto service, +50% insurance brokerage, +85% bank branches",
    setting=BASELINE,
    quick=False,
)
def five_points(effort: Effort) -> Iterator[Finding]:
    """As for the elasticities, from the closed form of the baseline's own retention r to r + .05.

    The latent lapse propensity is lowered in steps; by run, log value is read off at r + .05 by linear interpolation.
    """
    runs = effort.number(100)
    world = _cohort()
    steps = [_value(_easier(world, factor), effort, runs) for factor in (1.0, 0.75, 0.5, 0.3, 0.15)]
    rise = []
    for run in range(runs):
        kept, value = np.array([one[2][run] for one in steps]), np.array([one[0][run] for one in steps])
        rise.append(np.exp(np.interp(kept[0] + 0.05, kept, np.log(value))) / value[0])
    needs = "a retention nearer to one half, or longer lives: see the note of the elasticities"
    note = f"from yearly retention {steps[0][2].mean():.3f} to .05 more, of at most {steps[-1][2].mean():.3f} tried"
    yield pattern("value of a customer after / before", (1.30, 1.85), rise, note, needs)


def _correlation(table: pd.DataFrame, last: int) -> np.ndarray:
    """By run, the correlation of months as a customer and profit, of customers signed after month 1 until `last`."""
    mine = table[table["signed_month"].between(1, last)]
    end = int(table[["signed_month", "lapsed_month"]].to_numpy().max())
    stayed = np.where(mine["lapsed_month"] > 0, mine["lapsed_month"], end) - mine["signed_month"]
    frame = pd.DataFrame({"run": mine["run"], "stayed": stayed, "profit": mine["profit"]})
    return np.array([one["stayed"].corr(one["profit"]) for _, one in frame.groupby("run")])


@entry(
    id="loyalty-and-profit",
    group="pattern",
    title="Loyal customers are only somewhat more profitable: the correlation is .20 to .45",
    source="Reinartz & Kumar 2002, Harvard Business Review",
    setting="scenarios/signature-bonus.toml, scenarios/relationship-bonus.toml, scenarios/article-holds.toml",
    quick=False,
)
def loyalty(effort: Effort) -> Iterator[Finding]:
    """Correlation over customers of months stayed and profit on the account, cohorts of the first three years, seen for seven or more."""
    needs = (
        "purchases that do not depend on how long one stays: in a contractual setting every renewal brings its margin, so length of stay "
        "and profit go together; the figures of the source are from firms without contracts"
    )
    for name in ("signature-bonus", "relationship-bonus", "article-holds"):
        table = accounts(setting(f"scenarios/{name}.toml"), effort.seed, effort.number(20))
        yield pattern(f"correlation, {name}", (0.20, 0.45), _correlation(table, 36), "", needs)
    free = setting(SIGNATURE).with_(customers={"renewal": 0.0})
    table = accounts(free, effort.seed, effort.number(20))
    note = "signature-bonus without renewal premiums: profit after the first purchase is repeat purchases alone"
    yield pattern("correlation without renewal premiums", (0.20, 0.45), _correlation(table, 36), note, needs)


@entry(
    id="departure-of-the-rep",
    group="pattern",
    title="The departure of the rep costs 13.2 to 17.6% of the account's sales",
    source="Shi et al. 2017, J. Marketing",
    setting=BASELINE,
    quick=False,
)
def departure(effort: Effort) -> Iterator[Finding]:
    """Sales of the opening book in the year after all reps go in month 18, against the same months had they stayed.

    The baseline's founders, reps visiting as they would unpaid and nobody hunting; the reps go because a norm that nobody meets falls due.
    """
    runs = effort.number(100)
    calm = _cohort().with_(months=36, reps={"quit_rate": 0.0})

    def sales(world: Scenario) -> np.ndarray:
        table = simulate(world, effort.seed, range(1, runs + 1))
        sold = months_of(table, "repeat_revenue") + months_of(table, "cross_revenue")
        total: np.ndarray = sold[:, 18:30].sum(axis=1)
        return total

    def lost(world: Scenario) -> np.ndarray:
        gone = world.with_(scheme={"norm": {"minimum": 1000.0, "months": 18, "warnings": 0}})
        change: np.ndarray = 100 * (sales(gone) / sales(world) - 1)
        return change

    needs = (
        "purchases that answer to the tie itself: in the model a broken tie raises lapse and lowers satisfaction, and a purchase is lost only "
        "with the customer or for want of a visit; the figure lies between the last two settings tried here"
    )
    yield pattern("sales in the year after, %", (-17.6, -13.2), lost(calm), "baseline", needs)
    close = calm.with_(customers={"lapse": {"tie": 3.0}, "feeling": {"tie": 0.6}})
    yield pattern("the same, customers held by the tie, %", (-17.6, -13.2), lost(close), "lapse.tie = 3, feeling.tie = .6", needs)
    gap = calm.with_(reps={"vacancy_months": 6}, customers={"purchase": {"visit": 2.0}})
    note = "six months' vacancy, and purchases that answer to visits (purchase.visit = 2, as where the article holds)"
    yield pattern("the same, with a long vacancy, %", (-17.6, -13.2), lost(gap), note, needs)
    every = gap.with_(customers={"lapse": {"tie": 3.0}, "feeling": {"tie": 0.6}})
    yield pattern("the same, with all of this, %", (-17.6, -13.2), lost(every), "tie, vacancy and visits together", needs)


def _referred(name: str) -> tuple[Scenario, Scenario]:
    """The same world where all who sign are referred, and where all are cold leads."""
    world = setting(f"scenarios/{name}.toml")
    referred = world.with_(market={"leads_at_start": 0.0, "leads_per_month": 0.0})
    return referred, world.with_(customers={"referral": {"rate": 0.0, "visit": 0.0}})


@entry(
    id="referred-customers",
    group="pattern",
    title="Referred customers stay longer and are worth at least 16% more",
    source="Schmitt, Skiera & Van den Bulte 2011, J. Marketing (retention edge lasts, margin edge erodes)",
    setting="scenarios/salary-only.toml",
    quick=False,
)
def referred(effort: Effort) -> Iterator[Finding]:
    """Two worlds on common random numbers, salary only: all leads are referrals, or none is.  Founders are left out."""
    both = [accounts(world, effort.seed, effort.number(40)) for world in _referred("salary-only")]
    for year in (1, 2, 3):
        shares = []
        for table in both:
            counts = [lapse_in_year(one, year, 120) for _, one in table.groupby("run")]
            shares.append(np.array([left / max(1, there) for left, there in counts]))
        note = f"{shares[0].mean():.3f} against {shares[1].mean():.3f}"
        needs = "fit that tells on lapse for longer: in the model the edge of a referred customer is .3 sd of fit, felt through satisfaction"
        yield pattern(f"lapse in year {year} of contract, referred less cold", (-1.0, 0.0), shares[0] - shares[1], note, needs)
    worth = []
    for table in both:
        mine = table[table["signed_month"].between(1, 60)]
        worth.append(mine.groupby("run")["profit"].mean().to_numpy())
    needs = "a larger advantage in fit (market.referred_fit), or one in margin, which the model does not give"
    yield pattern("profit on the account, referred / cold", (1.16, 2.0), worth[0] / worth[1], "signed in months 1 to 60", needs)


@entry(
    id="whale-curve",
    group="pattern",
    title="A fifth of the customers earn more than all profit, and the worst fifth lose part of it",
    source="whale curve of customer profitability (weak source): top 20% earn about 140%, bottom 20% erode 40%",
    setting="scenarios/signature-bonus.toml, scenarios/article-holds.toml",
    quick=False,
)
def whale(effort: Effort) -> Iterator[Finding]:
    """Share of all profit on accounts, by the most and the least profitable fifth of customers; half to one and a half times the figures."""
    needs = "fixed costs charged to customers: the model charges each what it causes, and few lose what that costs"
    for name in ("signature-bonus", "article-holds"):
        table = simulate(setting(f"scenarios/{name}.toml"), effort.seed, range(1, effort.number(100) + 1)).whale
        shares = table.pivot(index="run", columns="share", values="profit_share").to_numpy()
        yield pattern(f"top fifth's share of profit, {name}", around(1.4), shares[:, 4], "", needs)
        yield pattern(f"bottom fifth's share of profit, {name}", around(-0.4), 1.0 - shares[:, 16], "", needs)


ASIC = {1: (0.05, 0.09), 2: (0.12, 0.16), 3: (0.12, 0.18), 4: (0.12, 0.18), 5: (0.12, 0.18)}


@entry(
    id="lapse-path",
    group="pattern",
    title="Australian life insurance sold for upfront commission: lapse doubles in the second policy year and stays high",
    source="ASIC Report 413 (2014): about 7% in year 1, 14% in year 2, above 14% for three more years",
    setting="scenarios/au-life-upfront.toml",
    quick=False,
)
def lapse_path(effort: Effort) -> Iterator[Finding]:
    """Of the policies in force at the start of a policy year, the share that lapses within it.  The scenario is calibrated to this path."""
    world = setting("scenarios/au-life-upfront.toml")
    table = accounts(world, effort.seed, effort.number(24))
    for year, expected in ASIC.items():
        counts = [lapse_in_year(one, year, world.months) for _, one in table.groupby("run")]
        shares = [left / max(1, there) for left, there in counts]
        yield pattern(f"lapse in policy year {year}", expected, shares, "calibrated, so no more than a check that it stays so")
