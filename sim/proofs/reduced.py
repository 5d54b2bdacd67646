"""A second programme for a reduced month, written apart from the model: NumPy, arrays over all customers of all runs at once.

It shares with the model the description of the month (docs/model.md, sections 3 and 7), a scenario's numbers, and no code: other
random numbers, other distributions' code, other bookkeeping.  Reduced: time is split in fixed shares, nobody feels anything, there are no
visits, repeat purchases, referrals or cases; what is left is hunting, first purchases, yearly renewals, service contacts, payment
through the ageing chain, contractual lapse with beta-distributed propensity, commission with a straight-line clawback, and reps who
quit and are replaced.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.scenario.model import Scenario

Array = NDArray[np.float64]
FOUNDER, NOBODY = -1, -2  # whose signature it is: that of nobody, because the customer was there before


@dataclass
class Book:
    """Customers, one position each: whose seat, month and rep of signing, traits, term, debt."""

    seat: Array
    signed: Array
    rep: Array
    initial: Array
    margin: Array
    odds_lapse: Array
    odds_pay: Array
    need: Array
    owed: Array
    bucket: Array
    active: Array

    def keep(self, chosen: NDArray[np.bool_]) -> None:
        """Forget the others."""
        for one in fields(self):
            setattr(self, one.name, getattr(self, one.name)[chosen])

    def add(self, other: Book) -> None:
        """Newly signed customers."""
        for one in fields(self):
            setattr(self, one.name, np.concatenate([getattr(self, one.name), getattr(other, one.name)]))


def drawn(s: Scenario, rng: np.random.Generator, seat: Array, month: int, rep: Array) -> Book:
    """Customers signed this month, with traits."""
    q, n = s.customers, len(seat)
    lapse = rng.beta(q.lapse.alpha, q.lapse.beta, n)
    return Book(
        seat=seat,
        signed=np.full(n, float(month)),
        rep=rep,
        initial=rng.gamma(q.initial_shape, q.initial / q.initial_shape, n),
        margin=rng.beta(q.margin * q.margin_precision, (1 - q.margin) * q.margin_precision, n),
        odds_lapse=lapse / (1 - lapse),
        odds_pay=np.exp(q.payment.spread * rng.standard_normal(n)),
        need=rng.gamma(q.service.shape, q.service.rate / q.service.shape, n),
        owed=np.zeros(n),
        bucket=np.zeros(n),
        active=np.ones(n),
    )


def play(s: Scenario, rng: np.random.Generator, runs: int) -> pd.DataFrame:
    """Outcomes of each run: profit, commission, write-off, clawback, customers at the end.

    Parameters
    ----------
    s : the reduced scenario; what it has and this programme lacks is not looked at.
    rng : generator of all random numbers.
    runs : how many to play side by side; seat j of run i has position i x seats + j.
    """
    seats = runs * s.reps.count
    none = np.zeros(0)
    book = drawn(s, rng, none, 0, none)
    leads = np.full(seats, s.market.leads_at_start)
    rep, skill, back = (
        np.arange(seats, dtype=float),
        skills(s, rng, seats),
        np.zeros(seats),
    )  # back: month in which somebody is there again
    due, hired = np.zeros(seats), seats
    rate, n = s.scheme.components[0].rate, s.scheme.components[0].clawback.months
    lines = {name: np.zeros(seats) for name in ("profit", "commission", "write_off", "clawback")}
    for month in range(1, s.months + 1):
        new = back == month
        rep[new], skill[new] = hired + np.arange(new.sum()), skills(s, rng, int(new.sum()))
        hired += int(new.sum())
        there = back <= month
        if month == 1:
            old = np.repeat(np.arange(seats, dtype=float), s.customers.at_start)
            book.add(drawn(s, rng, old, 1, np.full(len(old), float(FOUNDER))))
        met = tried(s, rng, leads, np.where(there, skill, 0.0))
        leads = (leads - met) * (1 - 1 / s.market.stale_months) + s.market.leads_per_month
        signed = rng.binomial(met.astype(int), s.market.success)
        seat = np.repeat(np.arange(seats, dtype=float), signed)
        book.add(drawn(s, rng, seat, month, rep[seat.astype(int)]))
        first = (book.signed == month) & (book.rep >= 0)  # the opening book has cost its perks before
        lines["profit"] -= met * s.firm.attempt_cost + np.bincount(book.seat[first].astype(int), minlength=seats) * s.firm.perks
        lines["profit"] -= np.where(there, s.reps.salary, 0.0)
        gained, lost, left = customers_month(s, rng, book, month, seats)
        lines["profit"] += gained - lost
        lines["write_off"] += lost
        paid = rate * np.bincount(book.seat[first].astype(int), book.initial[first], seats)
        recovered = np.where(there, due, 0.0)
        lines["commission"] += paid
        lines["clawback"] += recovered
        lines["profit"] += recovered - paid
        due = due - recovered + claims(book, left, month, rep, there, rate, n, seats)
        quits = there & (rng.random(seats) < s.reps.quit_rate)
        due[quits] = 0.0
        rep[quits] = NOBODY
        back[quits] = month + 1 + s.reps.vacancy_months
        book.keep((book.active > 0) | (book.owed > 0))
    table = {name: line.reshape(runs, -1).sum(axis=1) for name, line in lines.items()}
    table["profit"] -= s.months * (s.desk.agents * s.desk.salary + s.firm.fixed_cost)
    ends = np.bincount(book.seat[book.active > 0].astype(int) // s.reps.count, minlength=runs)
    return pd.DataFrame({**table, "customers": ends.astype(float)})


def skills(s: Scenario, rng: np.random.Generator, n: int) -> Array:
    """Lognormal with mean 1."""
    return np.asarray(np.exp(s.reps.skill_spread * rng.standard_normal(n) - 0.5 * s.reps.skill_spread**2))


def tried(s: Scenario, rng: np.random.Generator, leads: Array, skill: Array) -> Array:
    """Whole attempts: L (1 - exp(-possible / L)), made whole by a uniform, of whole leads."""
    possible = s.reps.choice.hunting * s.reps.hours / s.reps.hours_per_attempt * skill
    expected = leads * -np.expm1(-possible / np.maximum(leads, 1e-12))
    return np.asarray(np.minimum(np.floor(expected + rng.random(len(leads))), np.floor(leads)))


def customers_month(
    s: Scenario, rng: np.random.Generator, book: Book, month: int, seats: int
) -> tuple[Array, Array, NDArray[np.bool_]]:
    """Invoices, contacts, payment and lapse of everybody: (margin less contacts by seat, written off by seat, who left)."""
    q = s.customers
    active = book.active > 0
    age = month - book.signed
    invoice = np.where(age == 0, book.initial, np.where((age % q.renewal_months == 0), q.renewal * book.initial, 0.0)) * active
    book.owed += invoice
    contacts = rng.poisson(book.need * active)
    gained = np.bincount(book.seat.astype(int), invoice * book.margin - s.desk.contact_cost * contacts, seats)
    lost = written_off(s, rng, book)
    if q.payment.exit_on_write_off:
        book.active[lost > 0] = 0.0
    ends = age % q.renewal_months == q.renewal_months - 1
    odds = book.odds_lapse * np.where(ends, 1.0, q.lapse.midterm)
    book.active[(book.active > 0) & (rng.random(len(age)) < odds / (1 + odds))] = 0.0
    return (
        np.asarray(gained, float),
        np.asarray(np.bincount(book.seat.astype(int), lost, seats), float),
        active & (book.active == 0),
    )


def written_off(s: Scenario, rng: np.random.Generator, book: Book) -> Array:
    """Every balance moves once through the chain; what is written off, by customer."""
    rows = np.array(s.customers.payment.transitions)
    move = rows[book.bucket.astype(int)]
    lifted = move[:, 0] * book.odds_pay
    move = np.column_stack([lifted, move[:, 1:]]) / (1 - move[:, 0] + lifted)[:, None]
    place = (rng.random(len(lifted))[:, None] > move.cumsum(axis=1)).sum(axis=1)
    place = np.minimum(place, rows.shape[1] - 1)
    owing, gone = book.owed > 0, place == rows.shape[1] - 1
    lost = np.where(owing & gone, book.owed, 0.0)
    settled = owing & (gone | (place == 0))
    book.owed[settled] = 0.0
    book.bucket[settled] = 0.0
    moved = owing & ~settled
    book.bucket[moved] = place[moved]
    return lost


def claims(
    book: Book, left: NDArray[np.bool_], month: int, rep: Array, there: NDArray[np.bool_], rate: float, n: int, seats: int
) -> Array:
    """Commission claimed back by seat: 1 - t / n of it from the rep who signed, if still there, when a customer leaves in month t."""
    seat = book.seat.astype(int)
    share = np.maximum(1 - (month - book.signed + 1) / n, 0.0)
    asked = left & (book.rep == rep[seat]) & there[seat]
    return np.asarray(np.bincount(seat, rate * book.initial * share * asked, seats))
