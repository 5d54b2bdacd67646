"""Purchases: gamma-Poisson counts, dropout after a purchase or at any time, gamma-gamma amounts."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from scipy import special, stats

from sim.proofs.entry import Convergence, Effort, Finding, Quantiles, entry
from sim.proofs.measure import by_run, counts_against, customers, mean, months, setting

NBD, SHOP = "scenarios/validation/gamma-poisson.toml", "scenarios/validation/shop.toml"
AMOUNTS, UNTIL_CHURN = "scenarios/validation/amounts.toml", "scenarios/validation/custom-until-churn.toml"
RATE, DROPOUT, SPEND = "purchase rate", "odds of dropout", "mean amount"
LEVELS = (np.arange(400) + 0.5) / 400


@entry(
    id="nbd-counts",
    group="closed form",
    title="Counts of purchases are negative binomial",
    source="Ehrenberg 1959, Applied Statistics †",
    setting=NBD,
)
def negative_binomial(effort: Effort) -> Iterator[Finding | Quantiles]:
    """Rates Gamma(r, α), purchases Poisson: mean rt/α, variance rt/α + r (t/α)², and the whole distribution by χ².

    The variance's standard error is that of the mean squared deviation from the expected mean.
    """
    random = effort.random("nbd-counts")
    cases = [(1.4, 10.0, 24), (0.243, 4.414, 39), (3.0, 30.0, 12)]
    for _ in range(effort.number(4, 1)):
        cases.append((round(random.uniform(0.3, 4.0), 3), round(random.uniform(4.0, 40.0), 2), int(random.integers(6, 40))))
    for number, (r, alpha, t) in enumerate(cases):
        world = setting(NBD).with_(months=t, customers={"purchase": {"shape": r, "alpha": alpha}})
        counts = customers(world, effort.key(f"nbd {number}"), effort.number(25, 3))["purchases"].to_numpy().astype(int)
        where, note = f"r = {r}, α = {alpha}, t = {t}", "drawn at random" if number > 2 else ""
        expected = r * t / alpha
        yield mean(f"{where}: mean", expected, counts, note).of(where, {RATE: expected})
        yield mean(f"{where}: variance", expected + r * (t / alpha) ** 2, (counts - expected) ** 2, note).of(where)
        law = stats.nbinom(r, alpha / (alpha + t))
        yield counts_against(f"{where}: distribution", counts, law.pmf(np.arange(1000))).of(where)
        if number == 0:
            title = f"Purchases in {t} months, negative binomial"
            yield Quantiles("nbd", title, law.ppf(LEVELS), np.quantile(counts, LEVELS, method="inverted_cdf"))


def expected_purchases(r: float, alpha: float, a: float, b: float, t: float) -> float:
    """E[X(t)] of BG/NBD: (a+b-1)/(a-1) [1 - (α/(α+t))^r ₂F₁(r, b; a+b-1; t/(α+t))]."""
    hyper = special.hyp2f1(r, b, a + b - 1, t / (alpha + t))
    return float((a + b - 1) / (a - 1) * (1 - (alpha / (alpha + t)) ** r * hyper))


def per_dropout(r: float, alpha: float, a: float, b: float, t: float) -> float:
    """Of E[X(t)], per relative change of everybody's odds of dropout: E over p of p (1 - p) d/dp [1 - (α/(α+pt))^r] / p."""
    p = stats.beta(a, b).ppf((np.arange(4000) + 0.5) / 4000)
    left = (alpha / (alpha + p * t)) ** r
    slope = r * t * left / (alpha + p * t) / p - (1 - left) / p**2
    return float((p * (1 - p) * slope).mean())


def purchase_probability(r: float, alpha: float, a: float, b: float, t: float, x: np.ndarray) -> np.ndarray:
    """P(X(t) = x) of BG/NBD: still a customer after x purchases, or dropped out after the x-th (x > 0).

    B(a, b+x)/B(a, b) f(x) + B(a+1, b+x-1)/B(a, b) [1 - Σ_{j<x} f(j)], with f the negative binomial probabilities of r and α at t.
    """
    law = stats.nbinom(r, alpha / (alpha + t))
    alive = np.exp(special.betaln(a, b + x) - special.betaln(a, b)) * law.pmf(x)
    gone = np.exp(special.betaln(a + 1, b + np.maximum(x, 1) - 1) - special.betaln(a, b)) * law.sf(x - 1)
    return np.asarray(alive + np.where(x > 0, gone, 0.0))


@entry(
    id="bgnbd-purchases",
    group="closed form",
    title="Purchases and their distribution where customers drop out silently",
    source="Fader, Hardie & Lee 2005, Marketing Science 24(2)",
    setting=SHOP,
)
def bg_nbd(effort: Effort) -> Iterator[Finding | Quantiles]:
    """BG/NBD, CDNOW's published fit r = .243, α = 4.414, a = .793, b = 2.426 in weeks, and others drawn at random.

    E[X(t)] = (a+b-1)/(a-1) [1 - (α/(α+t))^r ₂F₁(r, b; a+b-1; t/(α+t))] at 4, 13, 26, 39 and 52 weeks. Counts after 39 weeks by χ²:
    P(X = x) = B(a, b+x)/B(a, b) f(x) + [x > 0] B(a+1, b+x-1)/B(a, b) (1 - Σ_{j<x} f(j)), f negative binomial.
    """
    random = effort.random("bgnbd-purchases")
    cases = [(0.243, 4.414, 0.793, 2.426)]
    for _ in range(effort.number(4, 1)):
        cases.append(tuple(random.uniform((0.2, 3.0, 1.1, 1.5), (1.5, 12.0, 2.5, 5.0)).round(3).tolist()))
    weeks = (4, 13, 26, 39, 52)
    for number, (r, alpha, a, b) in enumerate(cases):
        purchase = {"purchase": {"shape": r, "alpha": alpha}, "lapse": {"alpha": a, "beta": b}}
        where, note = f"r = {r}, α = {alpha}, a = {a}, b = {b}", "drawn at random" if number else ""
        world = setting(SHOP).with_(customers=purchase | {"spend": {"p": 1e4, "q": 1e4, "v": 99.99}})
        runs = effort.number(60, 6)
        bought = by_run(months(world, effort.key(f"bgnbd {number}"), runs), "repeat_revenue").cumsum(axis=1) / 4000 / 100.0
        for t in weeks if not effort.quick else (13, 52):
            expected = expected_purchases(r, alpha, a, b, t)
            yield mean(f"{where}: E[X({t})]", expected, bought[:, t - 1], note or "all amounts are 100, within 1.4%").of(
                where, {DROPOUT: per_dropout(r, alpha, a, b, t)}
            )
        people = customers(world.with_(months=39), effort.key(f"bgnbd counts {number}"), effort.number(25, 3))
        counts = people["purchases"].to_numpy().astype(int)
        mass = purchase_probability(r, alpha, a, b, 39, np.arange(1000))
        yield counts_against(f"{where}: counts in 39", counts, mass).of(f"{where}, counts")
        if number == 0:
            law = np.searchsorted(mass.cumsum(), LEVELS).astype(float)
            title = "Purchases in 39 weeks, BG/NBD, CDNOW's fit"
            yield Quantiles("bgnbd", title, law, np.quantile(counts, LEVELS, method="inverted_cdf").astype(float))


@entry(
    id="bgnbd-silent",
    group="closed form",
    title="Dropout follows a purchase: who buys nothing is never lost",
    source="Fader, Hardie & Lee 2005, Marketing Science 24(2)",
    setting=SHOP,
)
def silent(effort: Effort) -> Iterator[Finding]:
    """Nobody buys, half would leave after a purchase: exactly nobody leaves."""
    world = setting(SHOP).with_(customers={"purchase": {"enabled": False}, "lapse": {"alpha": 50.0, "beta": 50.0}})
    lapses = float(months(world, effort.key("bgnbd-silent"), effort.number(10, 2))["lapses"].sum())
    yield Finding("lapses", 0.0, lapses, 0.0, 0)


@entry(
    id="pareto-nbd",
    group="closed form",
    title="Purchases until a gamma-mixed death at any time, as the limit of shorter steps",
    source="Schmittlein, Morrison & Colombo 1987, Management Science †; CDNOW's fit, Fader, Hardie & Lee 2005 †",
    setting=UNTIL_CHURN,
)
def pareto_nbd(effort: Effort) -> Iterator[Finding | Convergence]:
    """E[X(t)] = rβ / (α (s-1)) [1 - (β/(β+t))^(s-1)], rates Gamma(r, α), death rates Gamma(s, β); r = .553 α = 10.578 s = .606
    β = 11.669 in weeks.

    In steps of h weeks the model has rates Gamma(r, α/h) and lapse probabilities Beta(s, β/h), which tend to those; exactly it
    expects (r h/α) Σ_k B(s, β/h + k) / B(s, β/h), k = 0 … t/h - 1. The gap to the limit halves with the step.
    """
    r, alpha, s, beta, t = 0.553, 10.578, 0.606, 11.669, 48
    limit = r * beta / (alpha * (s - 1)) * (1 - (beta / (beta + t)) ** (s - 1))
    random = effort.random("pareto-nbd")
    cases = [(r, alpha, s, beta, t)]
    for _ in range(effort.number(2, 0)):
        cases.append((*random.uniform((0.3, 3.0, 1.2, 5.0), (2.0, 12.0, 3.0, 20.0)).round(3).tolist(), t))
    curves: dict[str, tuple[list[float], list[Finding]]] = {}
    for number, (r, alpha, s, beta, t) in enumerate(cases):
        limit = r * beta / (alpha * (s - 1)) * (1 - (beta / (beta + t)) ** (s - 1))
        found = {}
        steps = [4.0, 2.0, 1.0, 0.5] if not effort.quick else [4.0, 2.0]
        note = ("drawn at random; " if number else "") + "gap to the limit as a share of it"
        where = f"r = {r}, α = {alpha}, s = {s}, β = {beta}, t = {t}"
        curves[where] = steps, []
        for h in steps:
            n = round(t / h)
            law = {"purchase": {"shape": r, "alpha": alpha / h}, "lapse": {"alpha": s, "beta": beta / h}}
            world = setting(UNTIL_CHURN).with_(months=n, customers=law)
            alive = np.exp(special.betaln(s, beta / h + np.arange(n)) - special.betaln(s, beta / h))
            runs = effort.number(100, 6)
            found[h] = (
                customers(world, effort.key(f"pareto-nbd {number} {h}"), runs).groupby("run")["purchases"].mean().to_numpy()
            )
            exact = r * h / alpha * float(alive.sum())
            gap = mean(f"{where}: gap in steps of {h:g}", exact / limit - 1, found[h] / limit - 1, note)
            curves[where][1].append(gap)
            yield gap
        extrapolated = (2 * found[steps[-1]] - found[steps[-2]]) / limit - 1
        if not effort.quick:
            yield mean(f"{where}: gap extrapolated from the last two steps", 0.0, extrapolated, note, 0.002)
    yield Convergence("pareto-nbd", "Pareto/NBD as steps get shorter", "weeks", curves)


@entry(
    id="gamma-gamma",
    group="closed form",
    title="Amounts, and what a customer's own mean says about the next ones",
    source="Fader, Hardie & Lee 2005, J. Marketing Research †; fit of the lifetimes test-suite",
    setting=AMOUNTS,
)
def gamma_gamma(effort: Effort) -> Iterator[Finding]:
    """Mean amount p v / (q - 1): 35.22 at p = 6.25, q = 3.74, v = 15.44. The next amounts of a customer with x purchases lean on the
    own mean with weight p x / (p x + q - 1), and on the mean of all with the rest.

    Given the scale ν the mean of x amounts has mean p/ν and variance p/(x ν²), and 1/ν has moments v/(q-1) and v²/((q-1)(q-2)),
    whence the variance between customers, tested where fourth moments exist (q > 8). The weight is the least-squares slope of a
    customer's mean in the second year on that in the first among those with x purchases, standard error of White (1980).
    """
    random = effort.random("gamma-gamma")
    cases = [(6.25, 3.74, 15.44), (4.0, 12.0, 60.0)]
    for _ in range(effort.number(3, 1)):
        cases.append(tuple(random.uniform((2.0, 9.0, 10.0), (10.0, 20.0, 90.0)).round(2).tolist()))
    for number, (p, q, v) in enumerate(cases):
        world = setting(AMOUNTS).with_(customers={"spend": {"p": p, "q": q, "v": v}})
        runs = effort.number(15, 3)
        where, note = f"p = {p}, q = {q}, v = {v}", "drawn at random" if number > 1 else ""
        year, both = (
            customers(world.with_(months=n), effort.key(f"gamma-gamma {number}"), runs)[["purchases", "revenue"]]
            for n in (12, 24)
        )
        centre = p * v / (q - 1)
        bought = both[both["purchases"] > 0]
        own = bought["revenue"] / bought["purchases"]
        yield mean(f"{where}: mean", centre, own, note).of(where, {SPEND: centre})
        if q > 8:
            second = v * v / ((q - 1) * (q - 2))
            expected = p * second * float((1 / bought["purchases"]).mean()) + p * p * (second - (v / (q - 1)) ** 2)
            yield mean(f"{where}: variance of customers' means", expected, (own - centre) ** 2, note).of(where)
            later = both - year
            for x in (8, 12, 16):
                there = ((year["purchases"] == x) & (later["purchases"] > 0)).to_numpy()
                first = (year["revenue"][there] / x).to_numpy()
                second_year = (later["revenue"][there] / later["purchases"][there]).to_numpy()
                yield slope(f"{where}: weight on the own mean of {x}", p * x / (p * x + q - 1), first, second_year, note).of(
                    where
                )


def slope(quantity: str, expected: float, x: np.ndarray, y: np.ndarray, note: str) -> Finding:
    """Least-squares slope of y on x, with the standard error that holds whatever the spread of y given x (White 1980)."""
    moved = x - x.mean()
    found = float(moved @ y / (moved @ moved))
    rest = y - y.mean() - found * moved
    error = float(np.sqrt(((moved * rest) ** 2).sum()) / (moved @ moved))
    return Finding(quantity, expected, found, error, x.size, note)
