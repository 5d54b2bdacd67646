"""Lifetime value: what a customer is worth at constant retention."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from sim.proofs.entry import Convergence, Effort, Finding, entry
from sim.proofs.measure import certain, mean, ratio, runs_table, setting
from sim.scenario.model import Scenario

RENEWALS, UNTIL_CHURN = "scenarios/validation/renewals.toml", "scenarios/validation/custom-until-churn.toml"
HAZARD, DISCOUNT = "odds of not renewing", "discount rate"
MARGIN = 40.0  # of the first purchase, of every renewal, and of a purchase on the mean
FOR_EVER = 60  # years
TEXTBOOK = "Gupta & Lehmann 2003, J. Interactive Marketing †"


def multiple(r: float, i: float, years: float = np.inf) -> float:
    """Margins at 1 … n - 1 years, each kept with probability r and discounted at i: x (1 - x^(n-1)) / (1 - x), x = r / (1 + i)."""
    x = r / (1 + i)
    return float(x * (1 - x ** (years - 1)) / (1 - x))


def cohort(r: float, i: float, years: int = FOR_EVER) -> Scenario:
    """The restricted setting with retention r a year, discount rate i and a horizon."""
    return setting(RENEWALS).with_(months=years * 12, customers={"lapse": certain(1 - r)}, firm={"discount_year": i})


def signed(world: Scenario) -> Scenario:
    """The same customers, not there at the start but all signed in month 1, so that the firm has paid to acquire them."""
    seats = 10  # each with time for a thousand attempts on its part of the leads
    return world.with_(
        customers={"at_start": 0},
        market={"leads_at_start": world.customers.at_start / seats, "success": 1.0},
        reps={"count": seats, "hours_per_attempt": world.reps.hours / 1000, "screening": -10.0, "choice": {"hunting": 1.0}},
    )


def values(world: Scenario, seed: int, runs: int) -> np.ndarray:
    """Net present value per customer signed, by run, without the margin at signing; in margins."""
    npv = runs_table(world, seed, runs)["npv"].to_numpy()
    return npv / (world.customers.at_start * MARGIN) - 1.0


@entry(
    id="clv-multiple",
    group="closed form",
    title="Margin multiple of a customer at constant retention",
    source=TEXTBOOK,
    setting=RENEWALS,
)
def margin_multiple(effort: Effort) -> Iterator[Finding]:
    """First margin one period after signing, for ever: r / (1 + i - r); (r, i) = (.8, .10) gives 2.6667, (.9, .12) gives 4.0909.

    Over n years from signing, margin at signing included: (1 - x^n) / (1 - x), x = r / (1 + i). Settings drawn at random have r
    uniform on (.5, .95), i on (.02, .25) and n from 3 to 30.
    """
    runs = effort.number(200)
    for r, i, printed in ((0.8, 0.10, 2.6667), (0.9, 0.12, 4.0909)):
        tail = multiple(r, i) - multiple(r, i, FOR_EVER)
        note, where = "sixty years stand for ever; four decimals are printed", f"r = {r}, i = {i}, for ever"
        slopes = {HAZARD: -(1 - r) * r * (1 + i) / (1 + i - r) ** 2, DISCOUNT: -r * i / (1 + i - r) ** 2}
        yield mean(where, printed, values(cohort(r, i), effort.key(where), runs), note, tail + 5e-5).of(where, slopes)
    random = effort.random("clv-multiple")
    for _ in range(effort.number(6, 2)):
        r, i, n = round(random.uniform(0.5, 0.95), 3), round(random.uniform(0.02, 0.25), 3), int(random.integers(3, 31))
        x = r / (1 + i)
        where = f"r = {r}, i = {i}, {n} years, with the margin at signing"
        found = 1.0 + values(cohort(r, i, n), effort.key(where), runs)
        per_x = (1 - x**n) / (1 - x) ** 2 - n * x ** (n - 1) / (1 - x)
        slopes = {HAZARD: -(1 - r) * x * per_x, DISCOUNT: -x * i / (1 + i) * per_x}
        yield mean(where, (1 - x**n) / (1 - x), found, "drawn at random").of(where, slopes)


@entry(
    id="clv-growth",
    group="closed form",
    title="Margin multiple with margins that grow",
    source=TEXTBOOK,
    setting=RENEWALS,
)
def growing_margins(effort: Effort) -> Iterator[Finding]:
    """Margins that grow at g: r / (1 + i - r (1 + g)), the first margin one period after signing being 1.

    Premiums of the model do not grow, so the run is in the prices of the signing: discounted at (1 + i) / (1 + g) - 1, and the
    multiple of those prices is 1 + g times that of the first margin. i, g and r drawn at random.
    """
    random = effort.random("clv-growth")
    for _ in range(effort.number(4, 2)):
        r, i, g = round(random.uniform(0.5, 0.85), 3), round(random.uniform(0.08, 0.2), 3), round(random.uniform(0.0, 0.05), 3)
        where = f"r = {r}, i = {i}, g = {g}"
        found = values(cohort(r, (1 + i) / (1 + g) - 1), effort.key(where), effort.number(60)) / (1 + g)
        tail = (r * (1 + g) / (1 + i)) ** FOR_EVER / (1 - r * (1 + g) / (1 + i))
        yield mean(where, r / (1 + i - r * (1 + g)), found, "drawn at random", tail).of(where)


STEP = 0.01  # relative, up and down


def elasticity(
    quantity: str, at: float, value: Callable[[float], np.ndarray], exact: Callable[[float], float], expected: float, note: str
) -> Finding:
    """Central difference on common random numbers over the base value; what the difference is off by curvature is allowed for."""
    up, down = at * (1 + STEP), at * (1 - STEP)
    curvature = abs((exact(up) - exact(down)) / (2 * STEP * exact(at)) - expected)
    return ratio(quantity, expected, (value(up) - value(down)) / (2 * STEP), value(at), note, curvature + 1e-6)


@entry(
    id="clv-elasticities",
    group="closed form",
    title="Elasticities of lifetime value to retention, discount rate, margin and acquisition cost",
    source="Gupta, Lehmann & Stuart 2004, J. Marketing Research (the elasticities follow from the multiple)",
    setting=RENEWALS,
)
def elasticities(effort: Effort) -> Iterator[Finding]:
    """V = m r / (1 + i - r): to retention (1 + i) / (1 + i - r), to the discount rate -i / (1 + i - r), to margin 1.

    Net of an acquisition cost AC these are to be multiplied by V / (V - AC), and the elasticity to AC is -AC / (V - AC). Measured by
    paired differences of a per cent up and down on common random numbers. Note: the paper's "1% better retention, 5% more
    value" is the elasticity at its firms' retention; at r = .8, i = .1 it is 3.7.
    """
    random = effort.random("clv-elasticities")
    yield from _elasticities(effort, 0.8, 0.10, "")
    for _ in range(effort.number(2, 0)):
        r, i = random.uniform((0.6, 0.08), (0.85, 0.2)).round(3).tolist()
        yield from _elasticities(effort, r, i, "drawn at random")


def _elasticities(effort: Effort, r: float, i: float, note: str) -> Iterator[Finding]:
    where = f"r = {r}, i = {i}"
    runs, seed = effort.number(100, 6), effort.key(f"clv-elasticities, {where}")

    def value(r: float = r, i: float = i, margin: float = 0.4, cost: float = 0.0) -> np.ndarray:
        world = cohort(r, i).with_(customers={"margin": margin}, firm={"perks": cost})
        world = signed(world) if cost else world
        table = runs_table(world, seed, runs)
        return (
            table["npv"] / (table["signings"] + world.customers.at_start)
        ).to_numpy() - 100.0 * margin  # without that at signing

    def exact(r: float = r, i: float = i, margin: float = 0.4, cost: float = 0.0) -> float:
        return 100.0 * margin * multiple(r, i, FOR_EVER) - cost

    cost = round(0.4 * exact(), 2)
    scale = exact() / exact(cost=cost)
    keep, wait = (1 + i) / (1 + i - r), -i / (1 + i - r)
    yield elasticity(f"{where}: to retention", r, lambda x: value(r=x), lambda x: exact(r=x), keep, note)
    yield elasticity(f"{where}: to the discount rate", i, lambda x: value(i=x), lambda x: exact(i=x), wait, note)
    yield elasticity(f"{where}: to margin", 0.4, lambda x: value(margin=x), lambda x: exact(margin=x), 1.0, note)
    where += f", acquisition cost {cost}"
    net = (lambda x: value(r=x, cost=cost)), (lambda x: exact(r=x, cost=cost))
    yield elasticity(f"{where}: to retention", r, *net, keep * scale, note)
    net = (lambda x: value(margin=x, cost=cost)), (lambda x: exact(margin=x, cost=cost))
    yield elasticity(f"{where}: to margin", 0.4, *net, scale, note)
    net = (lambda x: value(cost=x)), (lambda x: exact(cost=x))
    yield elasticity(f"{where}: to acquisition cost", cost, *net, 1 - scale, note)


def until_churn(rate: float, churn: float, i: float, step: float, months: float) -> Scenario:
    """Poisson purchases at `rate`, exponential churn at `churn`, both per month, in steps of `step` months."""
    return setting(UNTIL_CHURN).with_(
        months=round(months / step),
        customers={"lapse": certain(1 - np.exp(-churn * step)), "purchase": {"alpha": 1e4 / (rate * step)}},
        firm={"discount_year": (1 + i) ** step - 1},
    )


@entry(
    id="clv-continuous",
    group="closed form",
    title="Poisson purchases until exponential churn, and the convergence of shorter steps to it",
    source="Schmittlein, Morrison & Colombo 1987, Management Science † (the customer of given rates)",
    setting=UNTIL_CHURN,
)
def continuous(effort: Effort) -> Iterator[Finding | Convergence]:
    """In continuous time λ m / (δ + μ), δ = ln(1 + i) a year. The model steps: rates per step are λh, 1 - e^(-μh), and (1 + i)^h - 1.

    A purchase of a step counts at its beginning and churn comes at its end, so the value in steps of h is
    λhm / (1 - e^-((δ+μ)h)), more than the limit by the share (δ + μ) h / 2 + O(h²): half the step, half the gap. From the values at
    two steps the extrapolation 2 V(h/2) - V(h) leaves O(h²).
    """
    random = effort.random("clv-continuous")
    settings = [(0.5, 0.15, 0.12)]
    for _ in range(effort.number(2, 0)):
        settings.append(tuple(random.uniform((0.2, 0.1, 0.03), (1.5, 0.3, 0.2)).round(3).tolist()))
    cases: dict[str, tuple[list[float], list[Finding]]] = {}
    for number, (rate, churn, i) in enumerate(settings):
        where = f"λ = {rate}, μ = {churn}, i = {i}"
        decay = np.log(1 + i) / 12 + churn
        horizon = round(12 / decay)
        seen = 1 - np.exp(-decay * horizon)  # of the value, within the horizon
        limit = rate * MARGIN / decay * seen
        note = ("drawn at random; " if number else "") + "gap to the limit as a share of it"
        values = {}
        steps = [2.0, 1.0, 0.5, 0.25] if not effort.quick else [2.0, 1.0]
        cases[where] = steps, []
        for step in steps:
            world = until_churn(rate, churn, i, step, horizon)
            n = world.months * step
            exact = rate * step * MARGIN * (1 - np.exp(-decay * n)) / (1 - np.exp(-decay * step))
            npv = (
                runs_table(world, effort.key(f"clv-continuous {number} {step}"), effort.number(100, 8))["npv"].to_numpy()
                / world.customers.at_start
            )
            values[step] = npv
            gap = mean(f"{where}: gap in steps of {step:g} months", exact / limit - 1, npv / limit - 1, note)
            cases[where][1].append(gap)
            yield gap
        fine, coarse = values[steps[-1]], values[steps[-2]]
        left = (decay * steps[-2]) ** 2 / 12
        extrapolated = 2 * fine - coarse
        yield mean(f"{where}: gap extrapolated from the last two steps", 0.0, extrapolated / limit - 1, note, left)
    yield Convergence("clv-continuous", "Lifetime value as steps get shorter", "months", cases)
