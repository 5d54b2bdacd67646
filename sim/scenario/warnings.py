"""What a scenario says that is allowed and cannot work: one list of checks, of which `daarna check` prints what they find.

A warning refuses nothing: a shorter run is the beginning of a longer one, and a bonus of 0 may be one end of a sweep.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from math import exp

from sim.number_text import short
from sim.scenario.base import shown
from sim.scenario.model import Scenario
from sim.scenario.scheme import Component

WORSE = ("arrears_rate", "lapses")  # measures of which less is better
LUCK = 3.0  # times what a rep of ordinary skill can expect at full time: beyond that, nobody gets there
Check = Callable[[Scenario, Component], Iterator[str]]


def warnings(scenario: Scenario) -> list[str]:
    """Every warning about a scenario, as ``place: what cannot work, and why``."""
    found = [
        f"{_place(index, k)}{text}"
        for index, k in enumerate(scenario.scheme.components)
        for check in COMPONENT
        for text in check(scenario, k)
    ]
    return found + [text for check in WHOLE for text in check(scenario)]


def _place(index: int, k: Component) -> str:
    return f"scheme.components[{index}] {shown(k.name)}, "


def _first_settled(s: Scenario, k: Component) -> int:
    """Month in which the component is settled for the first time."""
    opening = 1 if k.calendar else k.from_month
    return min(((k.from_month - opening) // k.months + 1) * k.months + opening - 1, k.until_month)


def _last(s: Scenario, k: Component) -> int:
    return min(s.months, k.until_month)


def _range(k: Component) -> tuple[float, float]:
    from sim.scheme.measures import MEASURES

    entry = next(one for one in MEASURES if one.name == k.measure)
    return entry.lowest, entry.highest


def _level(k: Component) -> float:
    """Value of the measure at which the bonus is paid or the gate opens."""
    return k.threshold * k.quota if k.quota else k.threshold


def _pays(k: Component) -> bool:
    return k.combine == "add" and bool(k.rate or k.bonus or any(tier.rate for tier in k.tiers))


def _timing(s: Scenario, k: Component) -> Iterator[str]:
    if k.from_month > s.months:
        yield f"from_month: begins in month {k.from_month}, after the run's last month, {s.months}"
    elif not k.trail_months and _first_settled(s, k) > s.months:
        yield (
            f"months: its first period is settled in month {_first_settled(s, k)}, after the run's last month, {s.months}; "
            "nothing is paid, only shown as accrued"
        )


def _nothing(s: Scenario, k: Component) -> Iterator[str]:
    if k.combine == "add" and not _pays(k):
        yield "rate: pays nothing: no rate, no bonus, no tier with a rate"


def _out_of_range(s: Scenario, k: Component) -> Iterator[str]:
    low, high = _range(k)
    if k.measure == "tenure":  # the opening book's first month is the run's
        high = float(_last(s, k))
    if k.bonus or k.combine == "gate":
        what = "the gate" if k.combine == "gate" else "the bonus"
        if _level(k) > high:
            yield f"threshold: {what} is never reached: {short(_level(k), 6)} is above {short(high, 6)}, the highest {k.measure} there can be"
        elif _level(k) <= low:
            yield f"threshold: {what} is always reached: {short(_level(k), 6)} is not above {short(low, 6)}, the lowest {k.measure} there can be"
    for index, tier in enumerate(k.tiers):
        if tier.attainment * (k.quota or 1.0) > high:
            yield f"tiers[{index}]: never reached: it begins above {short(high, 6)}, the highest {k.measure} there can be"


def _backwards(s: Scenario, k: Component) -> Iterator[str]:
    """What pays, or opens, the better the worse the measure is."""
    if k.measure not in WORSE:
        return
    what = k.measure.replace("_", " ")
    if k.combine == "gate":
        yield f"combine: the gate opens when {what} is high: threshold is the least that opens it"
    elif k.bonus > 0.0 or k.rate > 0.0 or any(tier.rate > 0.0 for tier in k.tiers):
        yield f"rate: rewards {what}: what is to be avoided is paid for with a rate below 0"


def _out_of_reach(s: Scenario, k: Component) -> Iterator[str]:
    """A norm on signings, or first purchases, that no rep can meet by hunting all the time."""
    if k.scope == "team" or k.measure not in ("signings", "initial_revenue"):
        return
    most = most_signings(s) * k.months * (1.0 if k.measure == "signings" else s.customers.initial)
    unit = k.measure.replace("_", " ")
    if (k.bonus or k.combine == "gate") and _level(k) > most:
        yield f"quota: out of reach: {short(_level(k), 6)} {unit} a period, and hunting all the time brings at most about {short(most / LUCK, 6)}"
    for index, tier in enumerate(k.tiers):
        if tier.attainment * (k.quota or 1.0) > most:
            yield f"tiers[{index}]: out of reach: hunting all the time brings at most about {short(most / LUCK, 6)} {unit} a period"


def most_signings(s: Scenario) -> float:
    """Signings a month that nobody exceeds: :data:`LUCK` times what all time spent on hunting is expected to bring.

    What lures raises the odds of signing by a factor, and the probability by no more.
    """
    attempts = min(s.reps.hours / s.reps.hours_per_attempt, s.market.leads_at_start + s.market.leads_per_month * s.months)
    perks = s.firm.perks / s.customers.initial if s.customers.initial >= 0.01 else 0.0
    lured = exp(min(s.market.lure * perks + s.market.urgency, 700.0))
    return LUCK * attempts * min(1.0, max(s.market.success, s.market.referred_success) * lured)


def _unmeasured(s: Scenario, k: Component) -> Iterator[str]:
    """Persistency before it exists."""
    age = s.scheme.persistency_months
    if k.measure == "persistency":
        if age > _last(s, k):
            yield f"measure: persistency is measured in month {age} of the contract, and the component ends in month {_last(s, k)}: it never exists"
        elif _first_settled(s, k) < age and not k.trail_months:
            holds = {
                "unpaid": "nothing is paid",
                "target": "it counts as on target",
                "carried": "the period is carried into the next",
            }
            holds_ = (
                holds[k.unmeasured]
                if k.combine == "add" or k.unmeasured == "target"
                else f"the {'gate' if k.combine == 'gate' else 'multiplier'} stays as it stood"
            )
            yield (
                f"from_month: in force before its measure can exist: persistency is measured in month {age} of the contract, and the "
                f"first settlement is in month {_first_settled(s, k)}; until then {holds_}"
            )
        if s.scheme.persistency_least > most_signings(s) * s.scheme.persistency_window:
            yield f"measure: persistency never exists: no cohort of {s.scheme.persistency_window} months has persistency_least = {s.scheme.persistency_least} customers"
    vests = k.from_month + k.months - 1 + max(1, k.deferral.months // k.deferral.slices)
    if k.deferral.share and k.deferral.malus_measure == "persistency" and vests < age:
        yield (
            f"deferral.malus_measure: the first slice vests in month {vests}, before persistency can exist (month {age}); a malus that cannot "
            "be measured takes nothing"
        )


def _nobody(s: Scenario, k: Component) -> Iterator[str]:
    """A measure that stays at 0, since nothing of the kind happens in this world."""
    renewals = s.customers.setting == "contractual" and s.customers.renewal > 0
    if k.measure == "repeat_revenue" and not s.customers.purchase.enabled and not renewals:
        yield "measure: stays at 0: customers neither renew nor purchase again (customers.purchase.enabled, customers.renewal)"
    if k.measure in ("signings", "initial_revenue") and most_signings(s) == 0.0:
        yield "measure: stays at 0: nobody signs (market.success, market.leads_per_month)"


def _malus(s: Scenario, k: Component) -> Iterator[str]:
    from sim.scheme.measures import MEASURES

    d = k.deferral
    if not d.share:
        return
    first = _first_settled(s, k) + max(1, d.months // d.slices)
    if first > s.months >= k.from_month:
        yield f"deferral.months: its first slice vests in month {first}, after the run's last month, {s.months}; it is shown as held"
    if d.malus_measure != "none":
        entry = next(one for one in MEASURES if one.name == d.malus_measure)
        if d.malus_below > entry.highest:
            yield f"deferral.malus_below: all is forfeited: {d.malus_measure} is never above {short(entry.highest, 6)}"
        elif d.malus_below <= entry.lowest:
            yield f"deferral.malus_below: nothing is forfeited: {d.malus_measure} is never below {short(entry.lowest, 6)}"


def _clawback(s: Scenario, k: Component) -> Iterator[str]:
    if k.clawback.months and k.deferral.share == 1.0:
        yield "clawback: nothing to claim back: all of the award is deferred"


def _capped(s: Scenario, k: Component) -> Iterator[str]:
    if k.cap and k.combine == "add" and k.cap < k.bonus:
        yield f"cap: below the bonus: of {short(k.bonus, 6)} at most {short(k.cap, 6)} is paid"


def _idle_factor(s: Scenario, k: Component) -> Iterator[str]:
    others = [one for one in s.scheme.components if _pays(one)]
    if k.combine != "add" and not any(one.from_month <= k.until_month and k.from_month <= one.until_month for one in others):
        yield f"combine: the {'gate' if k.combine == 'gate' else 'multiplier'} has nothing to act on: no component pays in its months"


def _team_of_one(s: Scenario, k: Component) -> Iterator[str]:
    filled = s.reps.count - len(set(s.reps.absent))
    if k.scope == "team" and filled < 2:
        yield f"scope: a team of {filled}: the mean is the rep's own value"


def _nobody_sells(s: Scenario) -> Iterator[str]:
    if len(set(s.reps.absent)) == s.reps.count:
        yield "reps.absent: every seat is empty: nobody sells, and nobody visits the customers there are"


def _no_salary(s: Scenario) -> Iterator[str]:
    if s.scheme.variable_cap and not s.reps.salary and s.scheme.components:
        yield "scheme.variable_cap: a share of salary, and there is no salary: nothing variable is paid"


def _unpaid(s: Scenario) -> Iterator[str]:
    may_leave = s.reps.quit_broke or s.reps.quit_rate > 0.0
    if may_leave and s.reps.salary < s.reps.expenses and not any(_pays(k) for k in s.scheme.components):
        yield (
            f"reps.salary: {short(s.reps.salary, 6)}, of which nobody lives (reps.expenses = {short(s.reps.expenses, 6)}), and no component pays"
            + ("; seats are filled all the same (reps.hiring_rate = 1)" if s.reps.hiring_rate == 1.0 else "")
        )


def _norm(s: Scenario) -> Iterator[str]:
    norm = s.scheme.norm
    if norm.minimum > most_signings(s) * norm.months:
        yield f"scheme.norm.minimum: out of reach: {short(norm.minimum, 6)} signings in {norm.months} months; every rep is dismissed"
    elif norm.minimum and norm.months > s.months:
        yield f"scheme.norm.months: the norm is first looked at in month {norm.months}, after the run's last month, {s.months}"


def _by_value(s: Scenario) -> Iterator[str]:
    """A limit below what nearly every customer is worth, or above what anybody is, decides nothing."""
    firm, c = s.firm.resolution, s.customers
    if firm.policy != "by_value":
        return
    renewals = c.renewal * c.initial / c.renewal_months if c.setting == "contractual" else 0.0
    purchases = c.purchase.shape / c.purchase.alpha * c.spend.p * c.spend.v / (c.spend.q - 1.0) if c.purchase.enabled else 0.0
    first, month = c.margin * c.initial, c.margin * (renewals + purchases)
    typical = (
        f"a typical customer shows {short(first / 12 + month, 6)} after a year and {short(first / 60 + month, 6)} after five"
    )
    if firm.value <= 0.5 * (first / 60 + month):
        yield f"firm.resolution.value: {short(firm.value, 6)} is reached by nearly everybody ({typical}): by_value does what solution does"
    elif firm.value >= 10 * (first + month):
        yield f"firm.resolution.value: {short(firm.value, 6)} is reached by nearly nobody ({typical}): by_value does what strict does"


def _concession(s: Scenario) -> Iterator[str]:
    if s.firm.concession and not (s.market.lure and s.customers.lapse.shortfall):
        yield "firm.concession: keeps nobody: what money is worth to customers is market.lure times customers.lapse.shortfall, which is 0"


COMPONENT: tuple[Check, ...] = (
    _timing, _nothing, _out_of_range, _backwards, _out_of_reach, _unmeasured, _nobody, _malus, _clawback, _capped, _idle_factor, _team_of_one,
)  # fmt: skip
WHOLE: tuple[Callable[[Scenario], Iterator[str]], ...] = (_nobody_sells, _no_salary, _unpaid, _norm, _by_value, _concession)
