"""Effort on two tasks of which pay rewards one (Holmstrom & Milgrom 1991): the agent's answer, corners, and the principal's best pay.

In the linear-exponential-normal model the agent's effort t = t0 + C⁻¹ alpha does not depend on risk aversion r or on the noise Sigma of
the signals: a risk premium ½ r alpha'Sigma alpha is a constant to the agent.  So the ordinary model's reps, who are not averse to risk,
can answer exactly as the agent does.  r and Sigma enter only what the principal should pay, because the premium must be made up for in
the salary.  The ordinary model's salary is a parameter that takes nothing back and its reps ask no premium: it cannot express the
principal's half, which is shown through the evaluation that :mod:`sim.proofs.multitask` gives the optimiser.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import log, sqrt

import numpy as np

from sim.proofs.closed.rep_choice import CHOOSING, FULL_TIME, paid
from sim.proofs.entry import Effort, Finding, entry
from sim.proofs.measure import mean, months, own_seed, runs_table, setting
from sim.proofs.multitask import Multitask

SOURCE = "Holmström & Milgrom 1991, J. Law, Economics & Organization 7"
COMMISSION = "scenarios/validation/rep-commission.toml"
NOISE = 0.0012  # temperature over effort cost: choice strays by its root, .035 of the time, .7 of a step of the grid
BOUNDS = 4.0  # standard deviations of choice to the nearest bound of the time budget


def room(hunt: float, nurture: float, s: float) -> float:
    """Distance of a split from the bounds (hunting 0, nurturing 0, no time left), in standard deviations of choice."""
    single, both = sqrt(NOISE / (1 - s * s)), sqrt(2 * NOISE / (1 + s))
    return min(hunt / single, nurture / single, (1 - hunt - nurture) / both)


def worlds(effort: Effort) -> Iterator[tuple[float, float, tuple[float, float]]]:
    """(s, alpha / k, intrinsic effort): the printed example, and random ones whose answer lies off every bound."""
    yield 0.5, 0.43636, (0.05, 0.45)
    random = effort.random("multitask-effort")
    for _ in range(effort.number(4, 1)):
        while True:
            s, alpha, h0, n0 = random.uniform(-0.4, 0.7), random.uniform(0.1, 0.5), random.uniform(0, 0.4), random.uniform(0, 0.6)
            hunt, nurture = np.array([h0, n0]) + np.linalg.solve([[1, s], [s, 1]], [alpha, 0.0])
            if room(hunt, nurture, s) > BOUNDS:
                break
        yield s, alpha, (h0, n0)


@entry(id="multitask-effort", group="closed form", title="Pay on one task crowds out the other", source=SOURCE, setting=CHOOSING)
def answer(effort: Effort) -> Iterator[Finding]:
    """t = t0 + C⁻¹ (alpha, 0), C = k [[1, s], [s, 1]]: hunting alpha / (k (1 - s^2)) above, nurturing s times that below intrinsic effort.

    Printed: C11 = C22 = 1, C12 = .5, alpha = .43636 gives t - t0 = (.582, -.291).  Logit choice with quadratic cost is a normal about t,
    cut to the time budget and rounded to the grid; by enumeration both move its mean by less than .00005 here, which is the tolerance.
    """
    k = 20_000.0
    for case, (s, alpha, (h0, n0)) in enumerate(worlds(effort)):
        reps = {"effort_cost": k, "substitution": s, "intrinsic_hunting": h0, "intrinsic_nurturing": n0,
                "choice": {"grid": 20, "temperature": NOISE * k}}  # fmt: skip
        table = months(
            paid(setting(CHOOSING).with_(reps=reps), alpha * k / FULL_TIME), own_seed(effort, case), effort.number(200)
        )
        wanted = np.array([h0, n0]) + alpha / (1 - s * s) * np.array([1.0, -s])
        for task, expected in zip(("hunting", "nurturing"), wanted, strict=True):
            what = f"{task} share at s = {s:.2f}, alpha = {alpha:.3f} k"
            yield mean(what, float(expected), table[f"{task}_share"], "grid of 1/20 and bounds of the time budget", 5e-5)


@entry(
    id="multitask-risk",
    group="closed form",
    title="The agent's effort does not depend on the noise of what is paid on",
    source=SOURCE,
    setting=CHOOSING,
)
def noise(effort: Effort) -> Iterator[Finding]:
    """Linear pay: t does not contain r or Sigma.  First purchases all alike against purchases that vary (gamma shape .5): the same choices."""
    reps = {"effort_cost": 5000.0, "substitution": 0.3, "intrinsic_hunting": 0.2, "intrinsic_nurturing": 0.4,
            "choice": {"grid": 10, "temperature": 300.0}}  # fmt: skip
    world = paid(setting(CHOOSING).with_(reps=reps), 0.4)
    alike, varied = (
        months(world.with_(customers={"initial_shape": shape}), effort.seed, effort.number(20)) for shape in (1e5, 0.5)
    )
    apart = float((alike["hunting_share"] - varied["hunting_share"]).abs().max())
    yield Finding("largest difference of a month's hunting share", 0.0, apart, 0.0, 0, "exact: pay is projected by its mean")
    spread = varied["commission"].std() / alike["commission"].std()
    yield Finding(
        "spread of the month's commission, of that with purchases alike",
        (1.0, np.inf),
        float(spread),
        0.0,
        0,
        "the pay itself does vary",
    )


@entry(
    id="multitask-corner",
    group="closed form",
    title="A fixed time budget: a corner, or an interior where marginal pay is equal",
    source=SOURCE,
    setting=CHOOSING,
)
def corner(effort: Effort) -> Iterator[Finding]:
    """Time is free and all of it is paid, a for a month of hunting and b for one of nurturing: all hunting if a > b, none if a < b, and any
    division alike if a = b (mean one half on the grid).  Where leads run short, attempts are L (1 - exp(-h C / L)) and hunting stops at
    h* = (L / C) ln(g C / b), g pay per attempt: the best point of the grid is one of the two neighbours of h*.
    """
    visits, sale = 50.0, 20.0  # visits of a month of nurturing; what the rep believes a visit sells
    free = setting(CHOOSING).with_(
        reps={"effort_cost": 0.0, "belief": {"visit_repeat": sale, "visit_lapse": 0.0}, "choice": {"temperature": 1e-3}}
    )

    def pays(a: float, b: float) -> dict[str, object]:
        return {
            "components": [{"measure": "signings", "rate": a / 2.5}, {"measure": "repeat_revenue", "rate": b / (visits * sale)}]
        }

    for ratio, expected in ((1.01, 1.0), (0.99, 0.0)):
        first = months(free.with_(months=1, scheme=pays(2000.0 * ratio, 2000.0)), effort.seed, 1)["hunting_share"]
        yield Finding(f"hunting share at a / b = {ratio}", expected, float(first.iloc[0]), 0.0, 0)
    level = free.with_(scheme=pays(2000.0, 2000.0), reps={"choice": {"temperature": 1.0}})
    table = months(level, effort.seed, effort.number(40))
    yield mean("hunting share at a = b", 0.5, table["hunting_share"])
    yield Finding("time spent at a = b", 1.0, float((table["hunting_share"] + table["nurturing_share"]).min()), 0.0, 0)
    random = effort.random("multitask-corner")
    for leads in (8.0, *random.uniform(3.0, 13.0, effort.number(4, 1)).tolist()):
        a, b, capacity = 2000.0, 800.0, 12.5
        best = min(1.0, leads / capacity * log(a / b))
        few = free.with_(months=1, market={"leads_at_start": leads}, scheme=pays(a, b))
        found = float(months(few, effort.seed, 1)["hunting_share"].iloc[0])
        yield Finding(
            f"hunting share with {leads:.1f} leads, h* = {best:.3f}",
            (max(0.0, best - 0.05), min(1.0, best + 0.05)),
            found,
            0.0,
            0,
        )


def vertex(values: np.ndarray, step: float) -> np.ndarray:
    """Where a parabola through values[..., 3] at -step, 0, step is largest."""
    low, middle, high = np.moveaxis(values, -1, 0)
    return np.asarray(0.5 * step * (high - low) / (2 * middle - low - high))


@entry(
    id="multitask-pay",
    group="closed form",
    title="The principal's best pay, with noise and an agent averse to risk",
    source=SOURCE,
    setting="sim/proofs/multitask.py",
)
def best_pay(effort: Effort) -> Iterator[Finding]:
    """One task measured: alpha = (p1 - p2 C12 / C22) / (1 + r s1^2 (C11 - C12^2 / C22)); p = (1, .8), C12 = .5, r = 1, s1^2 = .5: .43636.

    Both measured: (I + r C Sigma)⁻¹ p.  Not the ordinary model but the evaluation the optimiser takes in its place: profit is quadratic
    in alpha, so the alpha best in a run lies at the vertex of parabolas through the run's profits, and has mean alpha*.
    """
    runs = range(1, effort.number(4000) + 1)
    random = effort.random("multitask-pay")
    cases = [(1.0, 0.8, 0.5, 1.0, 0.5)]
    for _ in range(effort.number(4, 1)):
        cases.append(
            (
                random.uniform(0.8, 2),
                random.uniform(0, 1),
                random.uniform(-0.5, 0.7),
                random.uniform(0.2, 3),
                random.uniform(0.2, 1.5),
            )
        )
    for case, (p1, p2, c, r, variance) in enumerate(cases):
        expected = (p1 - p2 * c) / (1 + r * variance * (1 - c * c)) if case else 0.43636
        problem = Multitask((p1, p2), ((1.0, c), (c, 1.0)), (variance, np.inf), r)
        profit = [problem({"alpha_1": alpha}, own_seed(effort, case), runs)["profit"] for alpha in (0.2, 0.5, 0.8)]
        note = "printed to five decimals" if case == 0 else ""
        what = f"best alpha_1 at p = ({p1:.2f}, {p2:.2f}), C12 = {c:.2f}, r = {r:.2f}, variance {variance:.2f}"
        yield mean(what, expected, 0.5 + vertex(np.stack(profit, axis=-1), 0.3), note, 5e-6 if case == 0 else 0.0)
    both = Multitask((1.0, 0.8), ((1.0, 0.5), (0.5, 1.0)), (0.5, 0.8), 1.0)
    wanted = np.linalg.solve(np.eye(2) + np.array([[1.0, 0.5], [0.5, 1.0]]) @ np.diag([0.5, 0.8]), [1.0, 0.8])
    for name, expected, found in zip(("alpha_1", "alpha_2"), wanted, peaks(both, own_seed(effort, 99), runs).T, strict=True):
        yield mean(f"best {name}, both tasks measured", float(expected), found)


def peaks(problem: Multitask, seed: int, runs: range) -> np.ndarray:
    """The pair (alpha_1, alpha_2) that was best in each run: where the gradient of the quadratic through six points is nought."""
    points = np.array([(0, 0), (1, 0), (0, 1), (1, 1), (2, 0), (0, 2)], float) / 2
    x, y = points.T
    design = np.column_stack([np.ones(6), x, y, x * x, x * y, y * y])
    profit = np.array([problem({"alpha_1": a, "alpha_2": b}, seed, runs)["profit"] for a, b in points])
    _, gx, gy, xx, xy, yy = np.linalg.solve(design, profit)
    hessian = np.array([[2 * xx[0], xy[0]], [xy[0], 2 * yy[0]]])  # the same in all runs: noise enters the gradient only
    return np.asarray(np.linalg.solve(hessian, -np.array([gx, gy])).T)


@entry(
    id="multitask-commission",
    group="closed form",
    title="The best commission of a firm whose reps are not averse to risk",
    source=f"{SOURCE}; without participation constraint, as a monopsonist",
    setting=COMMISSION,
)
def commission(effort: Effort) -> Iterator[Finding]:
    """What the ordinary model makes of the principal: profit p't - alpha t1 at t = t0 + C⁻¹ (alpha, 0) is largest at
    alpha = ½ (p1 - s p2 - k (1 - s^2) t0_1), half of what it would be if the salary took back what the rep gains.

    p1 = .2 x 12.5 x (.55 x 10,000 - 200) - 12.5 x 10 = 13,125, p2 = -50 x 5 = -250, k = 20,000, s = .3, t0_1 = .25: alpha = 4,325 a
    month of hunting, 1,730 a signing.  Three commissions, a parabola through mean profit, its vertex by the jackknife.
    """
    k, s, t0 = 20_000.0, 0.3, 0.25
    p1, p2 = 0.2 * 12.5 * (0.55 * 10_000 - 200) - 12.5 * 10, -50 * 5.0
    expected = 0.5 * (p1 - s * p2 - k * (1 - s * s) * t0) / 2.5
    step, runs = 500.0, effort.number(400)
    pay = [{"components": [{"measure": "signings", "rate": expected + shift}]} for shift in (-step, 0.0, step)]
    npv = np.stack([runs_table(setting(COMMISSION).with_(scheme=one), effort.seed, runs)["npv"] for one in pay], axis=-1)
    left_out = vertex((npv.sum(axis=0) - npv) / (runs - 1), step)
    whole = float(vertex(npv.mean(axis=0), step))
    error = sqrt((runs - 1) / runs * ((left_out - left_out.mean()) ** 2).sum())
    yield Finding(
        "commission per signing at which discounted profit is largest", expected, expected + whole, error, runs, "jackknife"
    )
