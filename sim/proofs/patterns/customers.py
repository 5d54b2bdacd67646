"""Patterns of customers: what retention is worth, loyalty and profit, a lost rep, referrals, concentration, lapse."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from sim.proofs.entry import Effort, Finding, entry
from sim.proofs.measure import setting
from sim.proofs.outcomes import outcomes
from sim.proofs.patterns import around, pattern, quotient, told
from sim.scenario.model import Scenario

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


def _value(world: Scenario, effort: Effort, runs: int) -> tuple[np.ndarray, np.ndarray]:
    """By run: discounted value of the cohort, had each cost its perks at the start, and retention a year."""
    found = outcomes(world, ["npv", "retention"], runs, effort.seed)
    return found[:, 0] - world.firm.perks * world.customers.at_start * world.reps.count, found[:, 1]


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
    kept = _value(world, effort, runs)[1]
    more, fewer = _value(_easier(world, 1 - 2 * STEP), effort, runs), _value(_easier(world, 1 + 2 * STEP), effort, runs)
    rise = (np.log(more[0]) - np.log(fewer[0])) / (np.log(more[1]) - np.log(fewer[1]))
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
        kept, value = np.array([one[1][run] for one in steps]), np.array([one[0][run] for one in steps])
        rise.append(np.exp(np.interp(kept[0] + 0.05, kept, np.log(value))) / value[0])
    needs = "a retention nearer to one half, or longer lives: see the note of the elasticities"
    note = f"from yearly retention {steps[0][1].mean():.3f} to .05 more, of at most {steps[-1][1].mean():.3f} tried"
    yield pattern("value of a customer after / before", (1.30, 1.85), rise, note, needs)


@entry(
    id="loyalty-and-profit",
    group="pattern",
    title="Loyal customers are only somewhat more profitable: the correlation is .20 to .45",
    source="Reinartz & Kumar 2002, Harvard Business Review",
    setting="scenarios/signature-bonus.toml, scenarios/relationship-bonus.toml, scenarios/article-holds.toml",
    quick=False,
)
def loyalty(effort: Effort) -> Iterator[Finding]:
    """Measured: over customers signed in months 1 to 36 of a run of 120, the correlation of months as a customer and profit on the account,
    nothing discounted.  Comparison: none.  Scheme: as the scenario says.

    The source has customers of four firms, three of them without contracts (catalogue, groceries, brokerage), over four years or
    more: so it is asked of the signature bonus among customers who have no contract, buy as they like and leave silently.
    Worlds of contracts are reported beside it: every renewal brings its margin, so staying and profit go together by construction.
    """
    free = setting(SIGNATURE).with_(customers={"setting": "non_contractual", "renewal": 0.0})
    runs = effort.number(20)
    found = outcomes(free, ["loyalty_and_profit(until=36)"], runs, effort.seed)
    needs = "purchases that depend less on how long one stays, or costs to serve that grow with it"
    yield pattern("correlation, customers without contracts", (0.20, 0.45), found, "signature-bonus, non_contractual", needs)
    for name in ("signature-bonus", "relationship-bonus", "article-holds"):
        found = outcomes(setting(f"scenarios/{name}.toml"), ["loyalty_and_profit(until=36)"], runs, effort.seed)
        yield told(f"correlation, contracts, {name}", found, "the source's firms have mostly no contracts")


@entry(
    id="departure-of-the-rep",
    group="pattern",
    title="The departure of the rep costs 13.2 to 17.6% of the account's sales",
    source="Shi et al. 2017, J. Marketing",
    setting=BASELINE,
    quick=False,
)
def departure(effort: Effort) -> Iterator[Finding]:
    """Measured: repeat and cross-purchases of the opening book in months 19 to 30, all reps having gone at the end of month 18, against the
    same months had they stayed.  Scheme: none, reps visit as they would unpaid and nobody hunts; they go because a norm that nobody meets
    falls due.

    The source has repeat orders of a distributor's accounts in the year after, most of them passed to a rep who is there: so there are no
    renewal premiums here, and the successor is there next month.  What lies between: these are consumers, its accounts firms.  A world of
    contracts is reported beside it, since a premium does not answer to visits within the year.
    """
    runs = effort.number(100)
    calm = _cohort().with_(months=36, reps={"quit_rate": 0.0, "vacancy_months": 0})
    orders = calm.with_(customers={"renewal": 0.0})

    def lost(world: Scenario) -> np.ndarray:
        gone = world.with_(scheme={"norm": {"minimum": 1000.0, "months": 18, "warnings": 0}})
        after, before = (outcomes(one, ["later_sales(first=19, last=30)"], runs, effort.seed) for one in (gone, world))
        return np.asarray(100 * (after / before - 1))

    needs = (
        "purchases that answer to the tie itself: in the model a broken tie raises lapse and lowers satisfaction, and a purchase is lost only "
        "with the customer or for want of a visit"
    )
    yield pattern("repeat orders in the year after, %", (-17.6, -13.2), lost(orders), "baseline without renewal premiums", needs)
    close = orders.with_(customers={"lapse": {"tie": 3.0}, "feeling": {"tie": 0.6}})
    yield pattern("the same, customers held by the tie, %", (-17.6, -13.2), lost(close), "lapse.tie = 3, feeling.tie = .6", needs)
    yield told("sales in the year after, contracts, %", lost(calm), "with renewal premiums, which no repeat orders are")
    gap = orders.with_(reps={"vacancy_months": 6}, customers={"purchase": {"visit": 2.0}})
    yield told(
        "repeat orders, six months' vacancy and purchases that answer to visits, %", lost(gap), "accounts were passed on at once"
    )


@entry(
    id="referred-customers",
    group="pattern",
    title="Referred customers leave about .82 times as often, lastingly, and are worth at least 16% more",
    source="Schmitt, Skiera & Van den Bulte 2011, J. Marketing (one bank's customers over 33 months; the retention edge lasts)",
    setting="scenarios/salary-only.toml",
    quick=False,
)
def referred(effort: Effort) -> Iterator[Finding]:
    """Measured: customers of one firm, signed in the run from referred and from cold leads side by side; by count; lapse by contract year, and
    until month 33 of contract; profit on the account to the run's end of those signed in months 1 to 60.  Scheme: salary alone.

    The source has ratios of churn, held here to half to one and a half times the reduction of .18, and value over six years, here
    over five to ten; its programme paid for referrals, the model's are unasked.
    """
    names = [f"lapse(year={year}, group={group})" for year in (1, 2, 3) for group in ("referred", "cold")]
    names += [f"persistency(month=34, group={group})" for group in ("referred", "cold")]
    names += [f"account_profit(until=60, group={group})" for group in ("referred", "cold")]
    world, runs = setting("scenarios/salary-only.toml"), effort.number(100)
    for case, given in (("", world), (", market.referred_fit = .6", world.with_(market={"referred_fit": 0.6}))):
        found = outcomes(given, names, runs, effort.seed)
        found = found[np.isfinite(found).all(axis=1)]
        needs = "a larger advantage in fit (market.referred_fit), or in what fit does to lapse"
        for k, year in enumerate((1, 2, 3)):
            above, below = found[:, 2 * k], found[:, 2 * k + 1]
            note = f"{above.mean():.3f} against {below.mean():.3f}; mean over runs"
            yield quotient(f"lapse in year {year} of contract, referred / cold{case}", (0.73, 0.91), above, below, note, needs)
        note = "left before month 34 of contract"
        yield quotient(
            f"left within 33 months, referred / cold{case}", (0.73, 0.91), 1 - found[:, 6], 1 - found[:, 7], note, needs
        )
        needs = "a larger advantage in fit, or one in margin, which the model does not give"
        worth = found[:, 8], found[:, 9]
        yield quotient(f"profit on the account, referred / cold{case}", (1.16, np.inf), *worth, "signed in months 1 to 60", needs)


@entry(
    id="whale-curve",
    group="pattern",
    title="A fifth of the customers earn more than all profit, and the worst fifth lose part of it",
    source="whale curve of customer profitability (weak source): top 20% earn about 140%, bottom 20% erode 40%",
    setting="scenarios/signature-bonus.toml, scenarios/article-holds.toml",
    quick=False,
)
def whale(effort: Effort) -> Iterator[Finding]:
    """Measured: share of all profit, by the most and the least profitable fifth of all customers, over the ten years of a run; half to one and
    a half times the figures.  Scheme: as the scenario says.

    The source's accounts carry the whole firm's costs (activity-based costing): so what the model charges to nobody, salaries, attempts,
    desk and fixed cost, is allocated by customer-months.  Profit on what a customer causes alone is reported beside it.
    """
    names = [f"profit_share(percent={percent}, costs={costs})" for costs in ("allocated", "caused") for percent in (20, 80)]
    needs = "costs to serve that differ more between customers"
    for name in ("signature-bonus", "article-holds"):
        found = outcomes(setting(f"scenarios/{name}.toml"), names, effort.number(40), effort.seed)
        yield pattern(f"top fifth's share of profit, costs allocated, {name}", around(1.4), found[:, 0], "", needs)
        yield pattern(f"bottom fifth's share of profit, costs allocated, {name}", around(-0.4), 1.0 - found[:, 1], "", needs)
        why = "the source's costs are allocated, these are what each causes"
        yield told(f"top fifth's share of profit, own costs, {name}", found[:, 2], why)
        yield told(f"bottom fifth's share of profit, own costs, {name}", 1.0 - found[:, 3], why)


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
    found = outcomes(world, [f"lapse(year={year})" for year in ASIC], effort.number(24), effort.seed)
    for (year, expected), shares in zip(ASIC.items(), found.T, strict=True):
        yield pattern(f"lapse in policy year {year}", expected, shares, "calibrated, so no more than a check that it stays so")


@entry(
    id="bad-debt",
    group="pattern",
    title="About 1.3% of what is invoiced is never paid",
    source="Atradius payment barometers 2017 and 2018 (second-hand): business invoices, western Europe, uncollectable share of value",
    setting="scenarios/signature-bonus.toml, scenarios/relationship-bonus.toml, scenarios/salary-only.toml",
    quick=False,
)
def bad_debt(effort: Effort) -> Iterator[Finding]:
    """Measured: written off over invoiced, in money, the whole book and all months of a run of ten years; half to one and a half times the
    figure.  Comparison: none.  Scheme: as the scenario says.  The source has invoices between firms in a year; these are consumers.
    """
    needs = "arrears that end in a write-off more often (customers.payment.transitions)"
    for name in ("signature-bonus", "relationship-bonus", "salary-only"):
        found = outcomes(setting(f"scenarios/{name}.toml"), ["bad_debt"], effort.number(100), effort.seed)
        yield pattern(f"written off / invoiced, {name}", around(0.013), found, "", needs)


@entry(
    id="overdue",
    group="pattern",
    title="Two fifths of what firms invoice are not paid when due",
    source="Atradius payment barometers 2013 to 2018 (second-hand): business invoices, western Europe, overdue share of value 38 to 42%",
    setting="scenarios/signature-bonus.toml, scenarios/salary-only.toml",
    quick=False,
)
def overdue(effort: Effort) -> Iterator[Finding]:
    """Measured: of what is invoiced in a month, the share in money that is not paid when the month ends and it falls due; the whole book, all
    months of a run of ten years.  Comparison: none.  Scheme: as the scenario says.  The source has invoices between firms, of any terms.
    The stock is reported: arrears at the end of year 5 over the invoices of the year, which the source does not give.
    """
    needs = "fewer customers who pay within the month (customers.payment.transitions)"
    names = ["overdue", "overdue_stock(month=60, of=billed)"]
    for name in ("signature-bonus", "salary-only"):
        found = outcomes(setting(f"scenarios/{name}.toml"), names, effort.number(100), effort.seed)
        yield pattern(f"not paid when due / invoiced, {name}", (0.38, 0.42), found[:, 0], "", needs)
        yield told(f"overdue at the end of year 5 / invoiced in it, {name}", found[:, 1], "the source has no stock")


@entry(
    id="rep-tenure",
    group="pattern",
    title="Of new reps most complete a year and a third four; who has been there five years stays",
    source="LIMRA 2008-2011, career agents, Canada (second-hand): 85-89% there after a year, 30-34% after four, over half of leavers within two years, 93% of those past five years stay the next, 16% leave a year",
    setting="scenarios/salary-only.toml, scenarios/signature-bonus.toml",
    quick=False,
)
def rep_tenure(effort: Effort) -> Iterator[Finding]:
    """Measured: services of reps in runs of ten years, all of whom begin in month 1 or later.  Completed a year, or four: of those hired early
    enough; the sixth year: of those who begin it; leavers within two years: of all leavers of the run.  Comparison: none.  Scheme: as
    the scenario says.  The last is reported: a run of ten years sees few old leavers.
    """
    names = {
        "rep_tenure(months=12)": ("complete a year", (0.85, 0.89)),
        "rep_tenure(months=48)": ("complete four years", (0.30, 0.34)),
        "rep_retention(year=6)": ("begin the sixth year and leave in it", around(0.07)),
        "rep_leaving": ("leave a year", around(0.16)),
    }
    needs = "a hazard of leaving that falls with tenure, high in years 2 to 4 (reps.quit_rate is constant)"
    for name in ("salary-only", "signature-bonus"):
        found = outcomes(setting(f"scenarios/{name}.toml"), [*names, "early_leavers(months=24)"], effort.number(100), effort.seed)
        found[:, 2] = 1.0 - found[:, 2]
        for (what, expected), values in zip(names.values(), found.T, strict=False):
            yield pattern(f"{what}, {name}", expected, values, "", needs)
        yield told(f"leavers within two years, {name}", found[:, -1], "runs of ten years, all of whose reps begin as newcomers")


@entry(
    id="selling-elasticity",
    group="pattern",
    title="A percent more personal selling brings about a third of a percent more sales",
    source="Albers, Mantrala & Sridhar 2010, J. Marketing Research (meta-analysis): current-period elasticity .34, taken with ± .10",
    setting="scenarios/salary-only.toml, scenarios/signature-bonus.toml",
    quick=False,
)
def selling(effort: Effort) -> Iterator[Finding]:
    """Measured: change of log sales over change of log selling hours (``reps.hours``, hunting and visits alike), between two worlds on common
    random numbers, 10% apart on either side, nothing else changed.  Sales are all invoices of the first year, when the change is new;
    the book that was there is part of it, as it is in the source.  Ten years, in which the book grows with the hours, are reported.
    """
    runs = effort.number(200)
    for name in ("salary-only", "signature-bonus"):
        world = setting(f"scenarios/{name}.toml")
        up, down = (
            outcomes(world.with_(reps={"hours": world.reps.hours * f}), ["sales(first=1, last=12)", "revenue"], runs, effort.seed)
            for f in (1.1, 0.9)
        )
        found = (np.log(up) - np.log(down)) / np.log(1.1 / 0.9)
        needs = "sales of the year that hang less on the book that is there, or leads that deplete less"
        yield pattern(f"elasticity of the year's sales to selling hours, {name}", (0.24, 0.44), found[:, 0], "", needs)
        yield told(f"elasticity of ten years' sales, {name}", found[:, 1], "the source's figure is of the current period")
