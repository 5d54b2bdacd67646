"""Patterns of pay: volume pay and the quality acquired, period ends, caps and quotas, commission instead of bonus, turnover."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from sim.scenario.model import Scenario
from sim.study.equal_pay import equal_pay
from sim.validate.entry import Effort, Finding, entry
from sim.validate.outcomes import outcomes
from sim.validate.patterns import around, pattern
from sim.validate.settings import setting

INF = float("inf")


def _change(base: Scenario, other: Scenario, names: Sequence[str], runs: int, seed: int) -> dict[str, np.ndarray]:
    """Relative changes of outcomes in percent, run by run on common random numbers, over the base's mean."""
    before, after = outcomes(base, names, runs, seed), outcomes(other, names, runs, seed)
    return {name: 100 * (after[:, k] - before[:, k]) / before[:, k].mean() for k, name in enumerate(names)}


@entry(
    id="volume-pay",
    group="pattern",
    title="Pay by volume brings more and larger contracts of worse quality that looks the same",
    source="Agarwal & Ben-David 2018, J. Financial Economics: +31% loans, +15% loan size, +24% default, observables unchanged",
    setting="scenarios/salary-only.toml, scenarios/signature-bonus.toml",
    quick=False,
)
def volume_pay(effort: Effort) -> Iterator[Finding]:
    """Salary alone against the signature bonus in the baseline, at equal parameters; half to one and a half times the figures."""
    base, other = setting("scenarios/salary-only.toml"), setting("scenarios/signature-bonus.toml")
    names = ["signings", "contract_size", "bad_debt_ratio", "first_margin"]
    change = _change(base, other, names, effort.number(100), effort.seed)
    yield pattern("signings, %", around(31.0), change["signings"], "", "a smaller bonus, or reps who hunt more unpaid")
    needs = "a larger reps.pressure_size: pressure is below 1, and the default of 15% is that of full pressure"
    yield pattern("size of the first purchase, %", around(15.0), change["contract_size"], "", needs)
    needs = "a stronger link of payment to fit (customers.payment.fit), or more pressure on fit; bad debt is rare in the baseline"
    yield pattern("bad debt per unit of revenue, %", around(24.0), change["bad_debt_ratio"], "", needs)
    yield pattern(
        "margin on the first purchase, %", (-1.0, 1.0), change["first_margin"], "what the firm sees at signing: unchanged"
    )
    hard = {"customers": {"payment": {"fit": 0.8}}, "reps": {"pressure_fit": 2.5}}
    change = _change(base.with_(**hard), other.with_(**hard), ["bad_debt_ratio"], effort.number(100), effort.seed)
    note = "with payment.fit = .8 and pressure_fit = 2.5, as where the article holds"
    yield pattern("bad debt per unit of revenue, %, poor fit", around(24.0), change["bad_debt_ratio"], note)


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
    """A quota bonus against a plain commission at equal expected pay; signs only."""
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
