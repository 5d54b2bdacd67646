"""The agents of the Mesa model: their steps read like the month page, and hold no formula."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import mesa
import numpy as np

from sim.book import entries
from sim.state import ACTIVE, CUSTOMER, MOMENT, REP, TALLY

if TYPE_CHECKING:
    from sim.book.model import BookModel


class _Recorded(mesa.Agent):  # type: ignore[misc]
    """An agent whose state is a record; fields read and write as attributes (``agent.satisfaction``)."""

    record: np.ndarray

    def __getattr__(self, name: str) -> Any:
        record = self.__dict__.get("record")
        if record is not None and name in record.dtype.names:
            return record[name][0]
        raise AttributeError(f"{type(self).__name__} has no attribute {name!r}")

    def __setattr__(self, name: str, value: Any) -> None:
        record = self.__dict__.get("record")
        if record is not None and name in record.dtype.names:
            record[name][0] = value
        else:
            super().__setattr__(name, value)


class DeskAgent(_Recorded):
    """Somebody on the service desk: wait, expected contacts, backlog and skill stand in the model's desk."""

    def __init__(self, model: BookModel, number: int) -> None:
        super().__init__(model)
        self.record = model.desk[number : number + 1]
        entries.staff(model.setup.p, model.now, self.record, number)


class CustomerAgent(_Recorded):
    """A customer: buys, needs service, pays or not, is pleased or not, stays or goes."""

    def __init__(self, model: BookModel, record: np.ndarray, rep: RepAgent) -> None:
        super().__init__(model)
        self.record = record
        self.moment = np.zeros(1, MOMENT)
        self.answered_by = 0
        self.rep = rep

    def _step(self, rule: Any) -> None:
        model, rep = self.model, self.rep
        rule(model.setup.p, model.now, self.record, self.moment, rep.record, rep.tally, self.desk_agent.record)

    @property
    def desk_agent(self) -> DeskAgent:
        """Whom the customer meets at the desk this month."""
        agent: DeskAgent = self.model.desk_agents[self.answered_by]
        return agent

    def begin(self) -> None:
        """The month's uniforms are drawn."""
        self.answered_by = entries.begin(self.model.setup.p, self.model.now, self.record, self.moment)

    def be_visited(self) -> None:
        """The tie fades; a visit renews it."""
        self._step(entries.nurture)

    def purchase(self) -> None:
        """Renewal premium and repeat purchases."""
        self._step(entries.purchase)

    def need_service(self) -> None:
        """Contacts with the desk."""
        self._step(entries.serve)

    def pay(self) -> None:
        """The account is paid, ages or is written off."""
        self._step(entries.pay)

    def be_judged(self) -> None:
        """The moment of truth."""
        self._step(entries.resolve)

    def feel(self) -> None:
        """Satisfaction against expectation; word of mouth."""
        self._step(entries.feel)

    def decide(self) -> None:
        """Stay or go."""
        self._step(entries.decide)

    def be_counted(self) -> None:
        """The stocks of the month's end."""
        entries.count(self.model.now, self.record, self.moment, self.rep.tally)

    @property
    def is_active(self) -> bool:
        """Whether the customer has not left; one who has left still settles what is owed."""
        return bool(self.record["status"][0] == ACTIVE)


class RepAgent(_Recorded):
    """A seat in the sales force and the rep who fills it."""

    def __init__(self, model: BookModel, seat: int) -> None:
        super().__init__(model)
        self.record = np.zeros(1, REP)
        entries.furnish(self.record, seat, seat in model.spec.reps.absent)
        self.tally = np.zeros(1, TALLY)  # this month
        self.known = np.zeros(1, TALLY)  # last month: what the rep knows of the book
        self.ledger = entries.open_ledger(model.setup.p, model.setup.components)
        self.book: list[CustomerAgent] = []

    def open_month(self) -> None:
        """A vacancy may end."""
        self.known, self.tally = self.tally, self.known
        self.tally[:] = np.zeros(1, TALLY)
        entries.open_month(self.model.setup.p, self.model.setup.components, self.model.now, self.record, self.ledger)

    def plan(self) -> None:
        """Split the month between ``hunting``, ``nurturing`` and neither, by projecting pay.

        Override this in a subclass to try another theory of the rep: set ``self.hunting`` and
        ``self.nurturing`` (shares of time).  Pay pressure and whom visits go to are weighed here as well: a theory of
        time alone calls ``super().plan()`` first.
        """
        entries.plan(self.model.setup.p, self.model.setup.components, self.model.now, self.record, self.known, self.ledger)

    def hunt(self) -> None:
        """Work down the leads; sign who accepts and is accepted."""
        model = self.model
        number, warm = entries.attempts(model.setup.p, self.record)
        self.tally["attempts"] += number
        for order in range(1, number + 1):
            record = np.zeros(1, CUSTOMER)
            if entries.prospect(model.setup.p, model.now, record, self.record, order, order <= warm):
                self.sign(record, self.tally)

    def sign(self, record: np.ndarray, tally: np.ndarray) -> None:
        """A prospect becomes a customer."""
        model = self.model
        entries.sign(model.setup.p, record, self.record, tally, self.ledger, model.desk)
        self.book.append(model.customer_class(model, record, self))

    def inherit(self, customers: int) -> None:
        """The book a seat starts with, tallied apart: nobody is paid for it."""
        model, opening = self.model, np.zeros(1, TALLY)
        for order in range(1, customers + 1):
            record = np.zeros(1, CUSTOMER)
            entries.founder(model.setup.p, model.now, record, self.record, order)
            entries.take_over(record, self.record, opening, model.desk)
            self.book.append(model.customer_class(model, record, self))
        entries.add_lines(model.setup.p, opening, model.row)

    def spread_visits(self) -> None:
        """Visits go to the customers the rep expects to earn most from."""
        entries.spread_visits(self.model.setup.p, self.record, self.tally)

    def measure(self) -> None:
        """Every measure of the month is taken."""
        entries.measure_month(self.model.setup.p, self.model.now, self.record, self.tally, self.ledger)

    def be_paid(self) -> None:
        """Settlement of every component that falls due."""
        model = self.model
        entries.payday(
            model.setup.p, model.setup.components, model.now, self.record, self.tally, self.ledger, model.team, model.row
        )

    def let_go(self) -> None:
        """Commission on those who left is claimed back; accounts are closed when they can be, and at the end."""
        model, month = self.model, int(self.model.now["month"][0])
        staying = []
        for customer in self.book:
            if customer.lapsed_month == month:
                entries.customers_left(model.setup.components, model.now, customer.record, self.record, self.ledger, model.row)
                entries.forget(model.now, customer.record, model.desk)
            settled = not customer.is_active and entries.can_close(model.setup.components, customer.record, month)
            if settled or month == model.spec.months:
                model.close(customer)
            elif month % 12 == 0:
                entries.enter_year(
                    model.setup.p, model.setup.components, customer.record, self.ledger, model.archive, month // 12 - 1
                )
            if settled:
                customer.remove()
            else:
                staying.append(customer)
        self.book = staying

    def evening(self) -> None:
        """Stay with the firm, or leave."""
        model = self.model
        entries.evening(model.setup.p, model.setup.components, model.now, self.record, self.tally, self.ledger, model.row)

    def refill(self) -> None:
        """Leads go stale and come in."""
        entries.refill(self.model.setup.p, self.record, self.tally)
