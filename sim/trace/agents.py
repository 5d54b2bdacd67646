"""The agents of the Mesa model, watched: they do what they do, and what changed is written down."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import fields
from typing import Any, ClassVar, Literal

import numpy as np

from sim.book import BookModel, CustomerAgent, RepAgent
from sim.compiled import kernel
from sim.rules import purchasing, renewal, resolution, service
from sim.rules.hunting import FOUNDERS
from sim.scenario.model import Scenario
from sim.scheme.measures import LEVEL, MEASURES
from sim.state import cents
from sim.trace import settlement
from sim.trace.record import Claim, Line, PayMonth, Settled, Signing

COMBINE = ("add", "multiply", "gate")
BOOKED = tuple(field.name for field in fields(Settled))


@kernel
def _seeks_solution(params, customer, month):  # type: ignore[no-untyped-def]
    seen = resolution.value_seen(customer[0], month)
    return resolution.seeks_solution(params[0].resolution_policy, seen, params[0].resolution_value)


def _whole(amounts: np.ndarray) -> tuple[int, ...]:
    return tuple(int(one) for one in amounts)


def customer_number(record: np.ndarray) -> int:
    """The `customer` column of the customers table: seat * 2**32 + month * 2**20 + order of signing."""
    c = record[0]
    return int(c["seat"]) * 2**32 + int(c["signed"]) * 2**20 + int(c["order"])


def is_founder(customer: int) -> bool:
    """Whether the number is one of the opening book's."""
    return customer % 2**20 > FOUNDERS


class TracedRep(RepAgent):
    """A seat whose pay is taken apart, every month."""

    model: TracedModel

    def open_month(self) -> None:
        """As ever; the page of the month is opened."""
        super().open_month()
        filled = bool(self.present)
        self.page: dict[str, Any] = {
            "seat": int(self.seat),
            "month": int(self.model.clock["month"][0]),
            "rep": int(self.hire) + 1 if filled else 0,
            "hired": int(self.hired_month) if filled else 0,
            "due_before": int(self.clawback_due),
        }
        self.signed: list[Signing] = []
        self.booked = dict.fromkeys(BOOKED, 0.0)

    def sign(self, record: np.ndarray, tally: np.ndarray) -> None:
        """As ever; the signing is noted."""
        super().sign(record, tally)
        self.signed.append(Signing(customer_number(record), int(record["initial"][0])))

    def be_paid(self) -> None:
        """As ever; every component's line is written."""
        model, components = self.model, self.model.setup.components
        known = (model.setup.params, components, model.clock, self.record, self.ledger, model.team)
        filled, month = bool(self.present), int(model.clock["month"][0])
        if not filled:
            with self._booking():
                super().be_paid()
            self.page |= {"lines": (), "salary": 0, "subsidy": 0, "factor": 1.0, "scale": 1.0, "room": np.inf, "recovered": 0}
            return
        stood, lost, held = settlement.award(*known), settlement.forfeits(*known), self.ledger.held.copy()
        with self._booking():
            super().be_paid()
        scale = float(self.scale)
        awarded = settlement.rounded(stood.award, scale)
        vested = held[:, month]
        back = (self.ledger.held - held).sum(axis=1) + vested
        self.page["lines"] = tuple(
            self._line(i, stood, *(int(one[i]) for one in (awarded, back, vested, lost))) for i in range(components.shape[0])
        )
        salary, fixed = int(cents(model.spec.reps.salary)), int(self.booked["salaries"])
        self.page |= {"salary": salary, "subsidy": fixed - salary, "recovered": int(self.booked["clawback"])}
        self.page |= {"factor": stood.scale, "scale": scale, "room": stood.room}

    def _line(self, i: int, stood: settlement.Award, awarded: int, back: int, vested: int, lost: int) -> Line:
        k, spec = self.model.setup.components[i], self.model.spec.scheme.components[i]
        value, adds = float(stood.value[i]), spec.combine == "add"
        matters = bool(spec.quota or spec.tiers or spec.bonus or spec.combine == "gate")
        counted = float(stood.counted[i])
        shown = spec.tiers and adds and stood.due[i] and not np.isnan(value)
        tiers = settlement.by_tier(self.model.setup.components, i, value, counted) if shown else []
        return Line(
            component=i,
            name=spec.name,
            measure=spec.measure,
            unit=MEASURES[int(k["measure"])].unit,
            combine=spec.combine,
            opened=int(stood.opened[i]),
            settled=bool(stood.due[i]),
            month_value=float(stood.month_value[i]),
            value=value,
            basis=self._basis(spec.measure) if spec.scope == "rep" else "",
            counted=counted,
            attainment=value / self._norm(k, spec, counted if stood.due[i] else spec.months) if matters else None,
            award=float(stood.award[i] if adds else stood.factor[i]),
            uncapped=float(stood.uncapped[i]),
            tiers=tuple(tiers),
            awarded=awarded,
            held_back=back,
            vested=vested,
            forfeited=lost,
        )

    def _norm(self, k: np.void, spec: Any, counted: float) -> float:
        """The quota of the months that count."""
        part = 1.0 if k["kind"] == LEVEL or k["trail_months"] else counted / spec.months
        return (spec.quota or 1.0) * (part if spec.quota else 1.0)

    def _basis(self, measure: str) -> str:
        """Numerator and denominator of a share, or the number of customers that a mean is of."""
        t = self.tally[0]
        if measure == "persistency":
            kept, of = (float(t[name]) for name in ("cohort_kept", "cohort_signed"))
            if self.model.spec.scheme.persistency_of == "premium":
                return f"{kept / 100:,.2f} of {of / 100:,.2f}"
            return f"{kept:.0f} of {of:.0f}"
        if measure == "arrears_rate":
            return f"{t['overdue']:.0f} of {t['active']:.0f}"
        return f"{t['active']:.0f} customers" if measure in ("satisfaction", "tenure") else ""

    def let_go(self) -> None:
        """As ever; what leavers cost the seat is written first."""
        model, month = self.model, int(self.model.clock["month"][0])
        claims = []
        for customer in self.book:
            if customer.lapsed_month == month:
                found = settlement.losses(model.setup.components, model.clock, customer.record, self.record, self.ledger)
                claims += [self._claim(customer.record, loss, month) for loss in found]
        self.page["claims"] = tuple(claims)
        with self._booking():
            super().let_go()

    def _claim(self, record: np.ndarray, loss: settlement.Loss, month: int) -> Claim:
        spec, signed = self.model.spec.scheme.components[loss.component], int(record["signed"][0])
        return Claim(
            component=loss.component,
            name=spec.name,
            customer=customer_number(record),
            signed=signed,
            age=month - signed + 1,
            commission=int(loss.commission),
            share=loss.share,
            claimed=int(loss.claimed),
            uncollectable=int(loss.uncollectable),
            withdrawn=loss.withdrawn,
            unit="customers" if spec.measure == "signings" else "money",
        )

    def evening(self) -> None:
        """As ever; then the page is complete."""
        filled, due, held = bool(self.present), int(self.clawback_due), self.ledger.held.sum(axis=1)
        model = self.model
        open_ = settlement.unsettled(model.setup.params, model.setup.components, model.clock, self.record, self.ledger)
        t = self.tally[0]
        self.page |= {"hunting": float(t["hunting"]), "nurturing": float(t["nurturing"])}
        self.page |= {name: int(t[name]) for name in ("attempts", "signings", "lapses")}
        with self._booking():
            super().evening()
        left = filled and not self.present
        self.page |= {
            "left": left,
            "lost_leaving": tuple(int(one) for one in held) if left else (0,) * held.size,
            "accrued": _whole(open_.pay * (not left)),
            "final": _whole(open_.final * left),
            "unsettled": _whole(open_.lost * left),
            "forfeited_open": int(open_.forfeited.sum() * left),
            "trail_due": int(open_.trail),
            "given_up": due if left else 0,
            "signed": tuple(self.signed),
            "due_after": int(self.clawback_due),
            "held": int(self.held),
            "settled": Settled(**{name: int(value) for name, value in self.booked.items()}),
        }
        self.model.pay.append(PayMonth(**self.page))

    def _booking(self) -> _Booking:
        return _Booking(self)


class _Booking:
    """Notes what a step adds to the month's accounts."""

    def __init__(self, rep: TracedRep) -> None:
        self.rep = rep

    def __enter__(self) -> None:
        self.before = self.rep.model.row.copy()

    def __exit__(self, *_: Any) -> None:
        for name in BOOKED:
            self.rep.booked[name] += float(self.rep.model.row[name][0] - self.before[name][0])


ACCOUNT = ("revenue", "cost_of_goods", "acquisition", "service", "resolution", "write_off", "collected")


class TracedCustomer(CustomerAgent):
    """A customer whose months are written down."""

    model: TracedModel

    def __init__(self, model: TracedModel, record: np.ndarray, rep: RepAgent) -> None:
        super().__init__(model, record, rep)
        self.page: dict[str, Any] = {}
        self.at_opening = np.zeros_like(record)  # the account when the month began; that of a newcomer is empty

    def begin(self) -> None:
        """As ever; the page of the month is opened."""
        super().begin()
        c, month = self.record[0], int(self.model.clock["month"][0])
        first = float(c["initial"]) if c["signed"] == month else 0.0
        self.page = {
            "customer": customer_number(self.record),
            "rep": int(c["seat"]),
            "month": month,
            "age": month - int(c["signed"]) + 1,
            "initial": 0.0 if c["founder"] else first, "repeat": first if c["founder"] else 0.0,
            "cross": 0.0, "wait": 0.0, "case": "",
        }  # fmt: skip

    def _step(self, act: str) -> None:
        revenue, cases = float(self.revenue), int(self.moment["cases"][0])
        super()._step(act)
        page = self.page
        page["repeat" if act in (renewal.ACT, purchasing.ACT) else "cross"] += float(self.revenue) - revenue
        if act == service.ACT and self.moment["contacts"][0]:
            page["wait"] = float(self.desk_agent.wait)
        if self.moment["cases"][0] > cases:
            page["case"] = "solution" if _seeks_solution(self.model.setup.params, self.record, page["month"]) else "strict"

    def be_counted(self) -> None:
        """As ever; the page is complete."""
        super().be_counted()
        c, e = self.record[0], self.moment[0]
        self.page |= {name: int(e[name]) for name in ("visits", "contacts", "unsolved", "referrals")}
        self.page |= {name: float(c[name] - self.at_opening[name][0]) for name in (*ACCOUNT, "purchases")}
        self.page |= {name: float(c[name]) for name in ("owed", "bucket", "satisfaction", "expectation", "tie")}
        self.page["left"] = bool(c["lapsed_month"] == self.page["month"])
        self.page["status"] = ("active", "lapsed", "written off")[int(c["status"])]
        self.at_opening = self.record.copy()
        self.model.pages.append(self.page)


class TracedModel(BookModel):
    """A :class:`~sim.book.BookModel` that writes down every seat's pay and the months of chosen customers."""

    rep_class: ClassVar[type[RepAgent]] = TracedRep

    def __init__(
        self, scenario: Scenario, rng: int | None = 1, run: int = 1, customers: Collection[int] | Literal["all"] = ()
    ) -> None:
        self.watched = customers if customers == "all" else frozenset(customers)
        self.pay: list[PayMonth] = []
        self.pages: list[dict[str, Any]] = []
        super().__init__(scenario, rng, run)

    def customer_class(self, model: BookModel, record: np.ndarray, rep: RepAgent) -> CustomerAgent:
        """Chosen customers are watched, step by step; all others stay in the compiled month."""
        watched = self.watched == "all" or customer_number(record) in self.watched
        return (TracedCustomer if watched else CustomerAgent)(model, record, rep)
