"""What the pages on the lured and on seats say of two worlds: tables of effects, made by ``docs.make``."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pandas as pd

import sim
from docs.make import ROOT
from sim.texts import markdown_table

Change = dict[str, Any]  # of a scenario, as `Scenario.with_` takes it
Switched = tuple[str, Change, Change]  # what is switched on: name, changes of both scenarios, changes of the second alone
WORLDS = ("signature-bonus", "article-holds")
COLUMNS = (  # heading, outcome, places, unit
    ("profit", "npv", 0, 1000.0), ("signings", "signings", 0, 1.0), ("turnover", "rep_turnover", 3, 1.0),
    ("persistency", "persistency_24", 1, 0.01), ("loss makers", "share_loss_making", 1, 0.01), ("promised", "promised_profit", 0, 1000.0),
)  # fmt: skip
SALARIES = (0, 300, 600, 900, 1800, 2700)  # of a rep, in currency a month
SEATS = {"hiring_rate": 0.5, "hiring_cost": 2500.0}
ELSEWHERE = SEATS | {"reservation": 2000.0}


def world(name: str) -> sim.Scenario:
    """A scenario of the library."""
    return sim.load(ROOT / "scenarios" / f"{name}.toml")


def shown(values: pd.Series, places: int = 0, scale: float = 1.0) -> str:
    """A mean with its 95% half-width, signed."""
    mean, half = values.mean() / scale, 1.96 * values.std(ddof=1) / len(values) ** 0.5 / scale
    return f"{mean:+,.{places}f} ± {half:,.{places}f}".replace("-", "−")


def table(rows: Callable[[sim.Scenario], Sequence[Switched]], left_out: Sequence[str] = (), runs: int = 60) -> str:
    """What switching on does in two worlds, paired, with seed 1."""
    columns = [one for one in COLUMNS if one[0] not in left_out]
    cells = []
    for name in WORLDS:
        base = world(name)
        for what, both, on in rows(base):
            off = base.with_(**both)
            pair = sim.run([off, off.with_(title="On", **on)], runs=runs, seed=1).runs
            first, other = (part.reset_index(drop=True) for _, part in pair.groupby("scenario", sort=False))
            gaps = [shown(other[outcome] - first[outcome], places, scale) for _, outcome, places, scale in columns]
            cells.append([what, f"`{name}`", *gaps])
    return markdown_table(["switched on", "in", *(one[0] for one in columns)], cells, "llr")


def lured() -> str:
    """Effects of luring, overselling and complaints."""
    luring: Change = {"market": {"lure": 3.0}, "customers": {"lapse": {"shortfall": 1.0}}}
    short: Change = {
        "market": {"lure": 3.0},
        "customers": {"lapse": {"shortfall": 1.0}, "payment": {"shortfall": 1.0}, "shed": 1.0},
        "firm": {"perks": 0.0},
    }
    larger: Change = {"reps": {"pressure_size": 0.6}}
    complain: Change = {"customers": {"service": {"complaint": 0.25}}, "desk": {"redress": 0.6}}
    solve: Change = {"firm": {"resolution": {"policy": "solution"}}}
    everything: Change = {
        "market": {"lure": 3.0, "urgency": 0.5},
        "customers": {
            "shed": 1.0, "lapse": {"shortfall": 1.0}, "payment": {"shortfall": 1.0},
            "service": {"complaint": 0.25}, "referral": {"warned": 0.02},
        },
        "desk": {"redress": 0.6},
        "firm": {"concession": 0.1},
    }  # fmt: skip

    def rows(base: sim.Scenario) -> list[Switched]:
        perks, twice = {"firm": {"perks": base.firm.perks}}, {"firm": {"perks": 2.0 * base.firm.perks}}
        return [
            ("perks none → the library's (200, 300), lure 3, lapse 1", luring | {"firm": {"perks": 0.0}}, perks),
            ("the library's → twice as much, the same", luring, twice),
            ("the library's → twice as much, nobody lured", {}, twice),
            ("urgency .5, lapse 1", {"customers": {"lapse": {"shortfall": 1.0}}}, {"market": {"urgency": 0.5}}),
            ("oversize .15 → .6, kept and paid", {}, larger),
            ("oversize .15 → .6, shed, paid worse, held against the firm (no perks)", short, larger),
            ("complaints .25, redress .6", {}, complain),
            ("a solution instead of strictness, the dissatisfied silent", {}, solve),
            ("the same where they complain", complain, solve),
            ("a concession of .1, lure 3, lapse 1", luring, {"firm": {"concession": 0.1}}),
            ("word of mouth .02", {}, {"customers": {"referral": {"warned": 0.02}}}),
            ("all of the file above", {}, everything),
        ]

    return table(rows, left_out=("turnover",))


def seats() -> str:
    """Effects of seats, courting, guarding and the learned promise."""
    clawback = {"scheme": {"change": {"signing commission": {"clawback": {"months": 24}}}}}
    courting, promise = {"market": {"courting": 4}}, {"firm": {"promise_learning": 0.03}}
    rows: list[Switched] = [
        ("seats, nothing elsewhere", {}, {"reps": SEATS}),
        ("seats, 2,000 elsewhere", {}, {"reps": ELSEWHERE}),
        ("courting 4", {}, courting),
        ("guard 1, with a clawback of 24 months in a straight line", clawback, {"reps": {"guard": 1.0}}),
        ("promise learned, .03", {}, promise),
        ("all of the file above", {}, {"reps": ELSEWHERE | {"guard": 1.0}} | courting | promise),
    ]
    return table(lambda base: rows, runs=100)


def salaries() -> str:
    """Profit and seats filled by salary, the commission as it is, where seats have to be filled."""
    cells = []
    for name in WORLDS:
        made = [sim.run(world(name).with_(reps=ELSEWHERE | {"salary": float(pay)}), runs=100, seed=20) for pay in SALARIES]
        cells.append([f"`{name}`", *(shown(one.runs["npv"], scale=1000).lstrip("+") for one in made)])
        cells.append(["seats filled", *(f"{one.months['reps'].mean():.1f}" for one in made)])
    return markdown_table(["salary", *(f"{pay:,}" for pay in SALARIES)], cells, "lr")


def gaps() -> str:
    """Realised less promised profit of the first three years of a contract, in %, by year of signing and weight of what is learned."""
    cells = []
    for name in WORLDS:
        for weight in (0.0, 0.03, 0.1):
            found = sim.run(world(name).with_(firm={"promise_learning": weight}), runs=60, seed=20).cohorts
            near = found[(found["cohort"] > 0) & (found["year"] - found["cohort"]).between(0, 2)]
            total = near.groupby(["cohort", "run"])[["profit", "promised_profit"]].sum()
            gap = total["profit"] / total["promised_profit"] - 1
            cells.append([f"`{name}`", f"{weight:g}", *(shown(gap[year], 0, 0.01) for year in (1, 3, 5, 8))])
    return markdown_table(["in", "weight", "signed in year 1", "year 3", "year 5", "year 8"], cells, "llr")
