"""Patterns of pay: volume pay and the quality acquired, period ends, caps and quotas, commission instead of bonus, turnover."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from sim.proofs.entry import Effort, Finding, entry
from sim.proofs.measure import setting
from sim.proofs.outcomes import outcomes
from sim.proofs.patterns import around, pattern, told
from sim.scenario.model import Scenario
from sim.study.equal_pay import equal_pay

INF = float("inf")


def _change(base: Scenario, other: Scenario, names: Sequence[str], runs: int, seed: int) -> dict[str, np.ndarray]:
    """Relative changes of outcomes in percent, run by run on common random numbers, over the base's mean."""
    before, after = outcomes(base, names, runs, seed), outcomes(other, names, runs, seed)
    return {name: 100 * (after[:, k] - before[:, k]) / np.nanmean(before[:, k]) for k, name in enumerate(names)}


#: What the versions of Agarwal & Ben-David say, %: outcome, what it is read as, figure, version.
READINGS = (
    ("signings", "contracts signed", 31.0, "2018: 31% more new loans"),
    ("signed_per_attempt", "signed of prospects approached", 19.0, "2011: acceptance +19%"),
    ("signed_per_attempt", "signed of prospects approached", 31.0, "May 2014: origination rate +31%"),
    ("contract_size", "first purchase", 15.0, "2014 and 2018: size +15%"),
    ("contract_size", "first purchase", 23.0, "2011: size +23%"),
    ("default(months=24)", "written off within 24 months, per contract signed", 24.0, "2018: default +24%"),
    ("default(months=24)", "written off within 24 months, per contract signed", 28.0, "2011: default +28%"),
    ("bad_debt_per_contract", "money written off, per contract signed", 24.0, "2018: default +24%, read by value"),
)


def _commission(base: Scenario, share: float) -> Scenario:
    """The base with its salary cut by a share, and a commission on first purchases in its place."""
    plain: dict[str, Any] = {"name": "volume commission", "measure": "initial_revenue", "rate": 0.2}
    return base.with_(
        title="Less salary, and commission", reps={"salary": base.reps.salary * (1 - share)}, scheme={"components": [plain]}
    )


@entry(
    id="volume-pay",
    group="pattern",
    title="Pay by volume brings more and larger contracts of worse quality that looks the same",
    source="Agarwal & Ben-David 2018, J. Financial Economics, and its versions of 2011 and 2014 (abstracts)",
    setting="scenarios/salary-only.toml, scenarios/signature-bonus.toml",
    quick=False,
)
def volume_pay(effort: Effort) -> Iterator[Finding]:
    """Measured: contracts signed in ten years, the opening book left out; per contract signed, its first purchase, and whether it was written
    off within 24 months.  Comparison: the same firm on salary alone, on common random numbers.  Scheme: salary a fifth lower, and a
    commission on first purchases such that a rep earns the same on the whole.  Half to one and a half times the figures.

    The source's loan officers had part of a fixed salary replaced by pay for volume; versions of the paper give different figures for
    different things, so the reading is open: each is asked, with its version.  What lies between: its officers answer applications that
    come in, these reps look for prospects, so the number approached rises with pay as well; a default is a loan's within a year.
    The last reading, by value instead of by number, was added after the result by number had been seen: it is no test of the model.
    """
    base = setting("scenarios/salary-only.toml")
    runs = effort.number(300)  # write-offs are rare
    match = equal_pay(_commission(base, 0.2), base, min(runs, 60), effort.seed)
    names = [*dict.fromkeys(name for name, *_ in READINGS), "first_margin"]
    change = _change(base, match.scenario, names, runs, effort.seed)
    note = f"salary {match.scenario.reps.salary:g} and {20 * match.factor:.1f}% commission against {base.reps.salary:g}"
    for name, words, figure, version in READINGS:
        needs = "another response of reps to pay on volume, or of quality to pressure"
        yield pattern(f"{words}, % ({version})", around(figure), change[name], note, needs)
    yield pattern(
        "margin on the first purchase, %", (-1.0, 1.0), change["first_margin"], "what the firm sees at signing: unchanged"
    )
    change = _change(base, setting("scenarios/signature-bonus.toml"), ["signings", "default(months=24)"], runs, effort.seed)
    why = "signature-bonus also has a quarterly bonus, and pay is not held equal"
    yield told("contracts signed, %, signature-bonus", change["signings"], why)
    yield told("written off within 24 months, %, signature-bonus", change["default(months=24)"], why)


@entry(
    id="period-end",
    group="pattern",
    title="Sales spike at the end of a quota period and dip at its start",
    source="Oyer 1998, Quarterly J. Economics; Larkin 2014, J. Labor Economics",
    setting="scenarios/signature-bonus.toml, scenarios/schemes/accelerator.toml",
    quick=False,
)
def period_end(effort: Effort) -> Iterator[Finding]:
    """Signings in the last and the first month of a quarter over a quarter's monthly mean, from the second quarter on."""
    for name in ("signature-bonus", "schemes/accelerator"):
        found = outcomes(setting(f"scenarios/{name}.toml"), ["quarter_end", "quarter_start"], effort.number(100), effort.seed)
        needs = "a bonus that weighs more beside the commission, or a quota that fewer reach or miss without trying"
        yield pattern(f"last month, {name}", (1.0, INF), found[:, 0], "", needs)
        yield pattern(f"first month, {name}", (0.0, 1.0), found[:, 1], "", needs)


@entry(
    id="cap-and-quota",
    group="pattern",
    title="Taking away cap and quota raises revenue by 9%",
    source="Misra & Nair 2011, Quantitative Marketing & Economics",
    setting="scenarios/schemes/decelerator-with-cap.toml",
    quick=False,
)
def cap_and_quota(effort: Effort) -> Iterator[Finding]:
    """Revenue under 40% up to a quota, 20% beyond and a ceiling, against 40% throughout; half to one and a half times the figure."""
    base = setting("scenarios/schemes/decelerator-with-cap.toml")
    plain: dict[str, Any] = {"name": "commission", "measure": "initial_revenue", "months": 3, "rate": 0.40}
    other = base.with_(scheme={"components": [plain]})
    change = _change(base, other, ["revenue"], effort.number(100), effort.seed)["revenue"]
    needs = "a firm whose cap binds as often as that of the source"
    yield pattern("revenue, %", around(9.0), change, "at equal parameters: pay rises too", needs)


@entry(
    id="bonus-to-commission",
    group="pattern",
    title="From bonus to commission: more sales, fewer timing games, more neglect of what is not paid",
    source="Kishore, Rao, Narasimhan & John 2013, J. Marketing Research (458 territories)",
    setting="scenarios/schemes/quota-bonus.toml",
    quick=False,
)
def bonus_to_commission(effort: Effort) -> Iterator[Finding]:
    """Measured: contracts signed in ten years, the opening book left out; of them, those of the last months of quarters; time on the book.
    Comparison: the same firm under a quarterly quota bonus, on common random numbers.  Scheme: a plain commission, a rep earning the same
    on the whole.  Signs only: the source has sales of 458 territories of a drug firm before and after, quota bonus to commission.
    """
    runs = effort.number(100)
    base = setting("scenarios/schemes/quota-bonus.toml")
    plain: dict[str, Any] = {"name": "commission", "measure": "initial_revenue", "rate": 0.3}
    match = equal_pay(base.with_(title="Commission", scheme={"components": [plain]}), base, min(runs, 60), effort.seed)
    change = _change(base, match.scenario, ["signings", "quarter_end", "nurturing_share"], runs, effort.seed)
    note = f"commission of {100 * 0.3 * match.factor:.1f}% at equal pay"
    needs = "a bonus out of reach of many: in the model a bonus near the median quarter moves those who are near it as much as a rate does"
    yield pattern("signings, %", (0.0, INF), change["signings"], note, needs)
    yield pattern("last month of the quarter, %", (-INF, 0.0), change["quarter_end"], "signings over the quarter's monthly mean")
    yield pattern("time spent on the book, %", (-INF, 0.0), change["nurturing_share"], "not paid for in either", needs)


@entry(
    id="rep-turnover",
    group="pattern",
    title="A fifth to a third of reps leave in a year",
    source="secondary sources: 20 to 34% a year",
    setting="scenarios/signature-bonus.toml, scenarios/relationship-bonus.toml",
    quick=False,
)
def turnover(effort: Effort) -> Iterator[Finding]:
    """Departures per rep-year.  The quit rate of the baseline was chosen for it; that reps also go broke was not."""
    for name in ("signature-bonus", "relationship-bonus"):
        found = outcomes(setting(f"scenarios/{name}.toml"), ["rep_turnover"], effort.number(100), effort.seed)[:, 0]
        yield pattern(f"departures per rep-year, {name}", (0.20, 0.34), found)
