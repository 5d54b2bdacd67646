"""The practice of a financial adviser (Houghton, Siegel, Jalali et al. 2016), written down as equations, and the way from there to here.

Published stocks, per tier i of clients (1 ordinary, 2 wealthy): clients C_i, leads L_i; besides, months of savings B.  With H hours a
month, a hours per attempt, p the success rate, m hours of meetings and f referrals per client and month, shelf life T, lifetime D:

    hours left  R = max(H - m (C_1 + C_2), 0) while B >= 0, else 0;   tier 2 first: R_2 = min(R, a L_2),  R_1 = R - R_2
    sales       S_i = p min(R_i / a, L_i)
    dC_i / dt   = S_i - C_i / D
    dL_1 / dt   = (1 - up) f C_1 + down f C_2 + S_1 - L_1 / T
    dL_2 / dt   = up f C_1 + (1 - down) f C_2 + S_2 - L_2 / T
    dB / dt     = w_1 S_1 + w_2 S_2 + subsidy (in the first months) - 1

A sale adds a lead, and working on a lead does not use it up.  :func:`monthly` changes one thing at a time until what is left is the
expectation of daarna's month; :func:`by_chance` plays that month with whole clients.  Nothing here uses the model's own code.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Practice:
    """Parameters, as published; money in months of expenses."""

    hours: float = 50.0
    attempt: float = 4.0
    success: float = 0.2
    meeting: float = 1 / 12  # hours per client and month
    referrals: float = 2 / 12  # per client and month
    shelf: float = 3.0
    leads: float = 100.0
    lifetime: float = 120.0
    savings: float = 6.0
    subsidy: float = 0.75
    subsidy_months: float = 3.0
    worth: tuple[float, float] = (12 / 300, 12 / 30)
    up: float = 0.15
    down: float = 0.2

    def one_tier(self, worth: float) -> Practice:
        """All clients alike, a sale being worth so many months of expenses."""
        return replace(self, worth=(worth, worth), up=0.0, down=0.0)


@dataclass(frozen=True)
class Trajectory:
    """At the end of months 1 ...: clients, leads, the month's income, savings, and whether the adviser is still there."""

    clients: Array
    leads: Array
    income: Array
    savings: Array
    employed: Array


def flows(practice: Practice, time: float, state: Array) -> Array:
    """Right-hand side of the published equations; state (C_1, C_2, L_1, L_2, B, income so far)."""
    q = practice
    clients, leads, savings = state[:2], state[2:4], state[4]
    left = max(q.hours - q.meeting * clients.sum(), 0.0) if savings >= 0 else 0.0
    second = min(left, q.attempt * leads[1])
    sales = q.success * np.minimum(np.array([left - second, second]) / q.attempt, leads)
    referred = q.referrals * clients
    toward = np.array([(1 - q.up) * referred[0] + q.down * referred[1], q.up * referred[0] + (1 - q.down) * referred[1]])
    income = float(sales @ np.array(q.worth)) + (q.subsidy if time < q.subsidy_months else 0.0)
    return np.concatenate([sales - clients / q.lifetime, toward + sales - leads / q.shelf, [income - 1.0, income]])


def published(practice: Practice, months: int = 200, step: float = 1 / 16) -> Trajectory:
    """Euler's method with the published step of 1/16 month."""
    state = np.array([0.0, 0.0, practice.leads, 0.0, practice.savings, 0.0])
    rows = [state]
    each = round(1 / step)
    for i in range(months * each):
        state = state + step * flows(practice, i * step, state)
        if (i + 1) % each == 0:
            rows.append(state)
    table = np.array(rows)
    return Trajectory(
        table[1:, :2].sum(axis=1),
        table[1:, 2:4].sum(axis=1),
        np.diff(table[:, 5]),
        table[1:, 4],
        (table[1:, 4] >= 0).astype(float),
    )


def monthly(
    practice: Practice, months: int = 200, used_up: bool = True, sale_adds: bool = False, share: float | None = 2 / 3
) -> Trajectory:
    """One tier in steps of a month.

    Parameters
    ----------
    used_up : an attempt takes its lead; of L leads, L (1 - exp(-attempts possible / L)) are met, not min(possible, L).
    sale_adds : a sale adds a lead.
    share : of the hours, spent on attempts; None for what meetings leave.
    """
    q = practice
    clients, leads, savings, employed = 0.0, q.leads, q.savings, True
    rows = []
    for month in range(1, months + 1):
        hours = (q.hours * share if share is not None else max(q.hours - q.meeting * clients, 0.0)) if employed else 0.0
        able = hours / q.attempt
        met = (leads * (1 - np.exp(-able / leads)) if used_up else min(able, leads)) if leads > 0 else 0.0
        signed = q.success * met
        income = q.worth[0] * signed + (q.subsidy if month <= q.subsidy_months else 0.0) if employed else 0.0
        clients += signed
        leads = (leads - met * used_up) * (1 - 1 / q.shelf) + q.referrals * clients + signed * sale_adds
        clients *= 1 - 1 / q.lifetime
        savings += income - 1.0 if employed else 0.0
        rows.append((clients, leads, income, savings, float(employed)))
        employed = employed and savings >= 0
    return Trajectory(*np.array(rows).T)


def by_chance(
    practice: Practice, rng: np.random.Generator, runs: int, months: int = 200, share: float | None = 2 / 3
) -> Trajectory:
    """The last of those months with whole clients, many advisers at once: arrays [runs, months]."""
    q = practice
    clients, cold, warm = np.zeros(runs), np.full(runs, q.leads), np.zeros(runs)
    savings, employed = np.full(runs, q.savings), np.ones(runs, bool)
    rows = []
    for month in range(1, months + 1):
        leads = cold + warm
        hours = q.hours * share if share is not None else np.maximum(q.hours - q.meeting * clients, 0.0)
        able = np.where(employed, hours / q.attempt, 0.0)
        met = leads * (1 - np.exp(-able / np.maximum(leads, 1e-12)))
        met = np.minimum(np.floor(met + rng.random(runs)), np.floor(leads))
        met_warm = np.minimum(met, np.floor(warm))
        signed = rng.binomial(met.astype(int), q.success)
        clients += signed
        referred = rng.binomial(clients.astype(int), q.referrals)
        cold = np.maximum(cold - (met - met_warm), 0.0) * (1 - 1 / q.shelf)
        warm = (warm - met_warm) * (1 - 1 / q.shelf) + referred
        clients -= rng.binomial(clients.astype(int), 1 / q.lifetime)
        income = np.where(employed, q.worth[0] * signed + (q.subsidy if month <= q.subsidy_months else 0.0), 0.0)
        savings = savings + np.where(employed, income - 1.0, 0.0)
        rows.append((clients.copy(), cold + warm, income, savings, employed.astype(float)))
        employed = employed & (savings >= 0)
    return Trajectory(*np.moveaxis(np.array(rows), 0, 2))
