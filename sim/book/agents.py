"""The agents of the Mesa model: their steps read like the month page, and hold no formula."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import mesa
import numpy as np

from sim.book import entries
from sim.book.register import AGENT, CODE, NOBODY
from sim.errors import RuleError
from sim.rules import rep_month, service
from sim.rules.steps import STEPS
from sim.state import ACTIVE, CUSTOMER, MOMENT, TALLY, Ledger

if TYPE_CHECKING:
    from sim.book.model import BookModel


class Steps:
    """The steps of a class of agents as they stand here, to see whether somebody has others.

    What nobody overrides is done for all by compiled code at once; what a subclass, or an agent by itself, does in a way
    of its own is asked of the agents.
    """

    def __init__(self, kind: type, names: str) -> None:
        self.ours = {name: getattr(kind, name) for name in names.split()}

    def overridden(self, agents: Sequence[mesa.Agent], *kinds: type) -> set[str]:
        """Names of the steps that one of the agents, or of the classes, does in a way of its own."""
        every = {type(agent) for agent in agents}.union(kinds)
        classes = {name for name, ours in self.ours.items() for kind in every if getattr(kind, name) is not ours}
        return classes.union(*(self.ours.keys() & vars(agent) for agent in agents))


class _Recorded(mesa.Agent):  # type: ignore[misc]
    """An agent whose state is a record; fields read and write as attributes (``agent.satisfaction``)."""

    record: np.ndarray

    def __getattr__(self, name: str) -> Any:
        record = self.__dict__.get("record")
        if record is not None and name in record.dtype.fields:
            return record[name][0]
        raise AttributeError(f"{type(self).__name__} has no attribute {name!r}")

    def __setattr__(self, name: str, value: Any) -> None:
        record = self.__dict__.get("record")
        if record is not None and name in record.dtype.fields:
            record[name][0] = value
        else:
            super().__setattr__(name, value)


class DeskAgent(_Recorded):
    """Somebody on the service desk: wait, expected contacts, backlog and skill stand in the model's desk."""

    def __init__(self, model: BookModel, number: int) -> None:
        super().__init__(model)
        self.record = model.desk[number : number + 1]
        entries.staff(model.setup.params, model.clock, self.record, number)

    def serve(self, customer: CustomerAgent) -> None:
        """A customer's contacts of the month, if any; where this is overridden, customers are stepped by their agents."""
        customer._step(service.ACT)


class CustomerAgent(_Recorded):
    """A customer: buys, needs service, pays or not, is pleased or not, stays or goes.

    Agents are made when somebody asks for them (``rep.book``, ``model.agents_by_type``), or at signing where the model's
    ``customer_class`` is a subclass.  A customer none of whose steps is overridden is stepped by compiled code, which reads and
    writes the same ``record`` and ``moment`` as the agent.
    """

    _answered_by: int | None = None
    place: Any = None  # the customer's row of :data:`sim.book.register.PLACE`

    def __init__(self, model: BookModel, record: np.ndarray, rep: RepAgent) -> None:
        super().__init__(model)
        self.record = record
        self.moment = np.zeros(1, MOMENT)
        self.rep = rep

    def __setattr__(self, name: str, value: Any) -> None:
        """A step of the agent's own takes the customer out of the compiled month; another rep is told to it."""
        super().__setattr__(name, value)
        if self.place is not None and name in CUSTOMER_STEPS.ours and self.place["by"] == CODE:
            self.place["by"] = AGENT
        elif self.place is not None and name == "rep":
            self.place["rep"] = value.seat

    def steps_itself(self) -> bool:
        """Whether a step is overridden, so that compiled code would do something else than the agent."""
        return bool(CUSTOMER_STEPS.overridden([self]))

    def remove(self) -> None:
        """Leave the model; the customer is stepped no more."""
        if self.place is not None:
            self.place["by"] = NOBODY
        super().remove()

    def _step(self, act: str) -> None:
        model, rep = self.model, self.rep
        entries.STEPS[act](
            model.setup.params, model.clock, self.record, self.moment, rep.record, rep.tally, self.desk_agent.record
        )

    @property
    def answered_by(self) -> int:
        """Number of the desk agent whom the customer meets this month."""
        if self._answered_by is None:
            return int(entries.answers(self.model.setup.params, self.record, self.moment))
        return self._answered_by

    @property
    def desk_agent(self) -> DeskAgent:
        """Whom the customer meets at the desk this month."""
        agent: DeskAgent = self.model.desk_agents[self.answered_by]
        return agent

    def begin(self) -> None:
        """The month's uniforms are drawn."""
        self._answered_by = entries.begin(self.model.setup.params, self.model.clock, self.record, self.moment)

    def need_service(self) -> None:
        """Contacts with the desk."""
        self.desk_agent.serve(self)

    def be_counted(self) -> None:
        """The stocks of the month's end."""
        entries.count(self.model.clock, self.record, self.moment, self.rep.tally)

    @property
    def is_active(self) -> bool:
        """Whether the customer has not left; one who has left still settles what is owed."""
        return bool(self.record["status"][0] == ACTIVE)


def _method(act: str, meaning: str) -> Any:
    def method(self: CustomerAgent) -> None:
        self._step(act)

    method.__name__, method.__doc__ = act, meaning
    return method


for step in STEPS:  # every step of the month is a method of the customer's, to be overridden
    if step is not service:  # the desk's
        if hasattr(CustomerAgent, step.ACT):
            raise RuleError(f"{step.__name__}: ACT: expected a name that no method of CustomerAgent has, got {step.ACT}")
        setattr(CustomerAgent, step.ACT, _method(step.ACT, step.__doc__ or ""))


class Seats(NamedTuple):
    """Some seats, of which a step of :class:`RepAgent` makes one call of compiled code: a rep is one, the sales force all."""

    model: BookModel
    record: np.ndarray  # [seats] REP
    tally: np.ndarray  # [seats] TALLY, of this month
    known: np.ndarray  # [seats] TALLY, of last month: what the rep knows of the book
    ledgers: Ledger  # [seats, ...]


def _do(step: str, seats: Any) -> None:
    """A step that has a rule, of some seats or of one rep."""
    model = seats.model
    entries.REP_STEPS[step](
        model.setup.params, model.setup.components, model.clock, seats.record, seats.tally, seats.known, seats.ledgers, model.firm,
        model.team, model.row,
    )  # fmt: skip


class RepAgent(_Recorded):
    """A seat in the sales force and the rep who fills it.

    Every step can be overridden; the rest of the month stays compiled, customers included.

    Attributes
    ----------
    record, tally, known : the seat's record (fields read and write as attributes), this month's counts and last month's.
    ledger : the seat's pay ledger.
    book : the customers, in order of signing: a tuple of agents.  Assign another to change who is in it.
    """

    def __init__(self, model: BookModel, seat: int) -> None:
        super().__init__(model)
        force, here = model.force, slice(seat, seat + 1)
        self.record, self.tally, self.known = force.record[here], force.tally[here], force.known[here]
        self.ledgers = Ledger(*(array[here] for array in force.ledgers))
        self.ledger = Ledger(*(array[seat] for array in force.ledgers))
        entries.furnish(self.record, seat, seat in model.spec.reps.absent)

    @property
    def book(self) -> tuple[CustomerAgent, ...]:
        """The customers, in order of signing."""
        found: tuple[CustomerAgent, ...] = self.model.register.book(int(self.seat))
        return found

    @book.setter
    def book(self, customers: Iterable[CustomerAgent]) -> None:
        self.model.register.set_book(self, tuple(customers))

    def open_month(self) -> None:
        """A vacancy may end."""
        _do("open_month", self)

    def plan(self) -> None:
        """Split the month between ``hunting``, ``nurturing`` and neither, by projecting pay.

        Override this in a subclass to try another theory of the rep: set ``self.hunting`` and
        ``self.nurturing`` (shares of time).  Pay pressure and whom visits go to are weighed here as well: a theory of
        time alone calls ``super().plan()`` first.
        """
        _do("plan", self)

    def hunt(self) -> None:
        """Work down the leads; sign who accepts and is accepted."""
        model = self.model
        if "sign" not in model.own:
            attempts = entries.all_attempts(model.setup.params, self.record)
            block = model.register.with_room(int(attempts[:, 0].sum()))
            block.used = entries.hunt(
                model.setup.params,
                model.clock,
                self.record,
                self.tally,
                self.ledgers,
                model.desk,
                attempts,
                block.rows,
                block.used,
            )
            model.register.welcome()
            return
        number, warm = entries.attempts(model.setup.params, self.record)
        self.tally["attempts"] += number
        for order in range(1, number + 1):
            record = np.zeros(1, CUSTOMER)
            if entries.prospect(model.setup.params, model.clock, record, self.record, order, order <= warm):
                self.sign(record, self.tally)

    def sign(self, record: np.ndarray, tally: np.ndarray) -> None:
        """A prospect becomes a customer; the record is copied and then closed: change the customer in ``self.book[-1]``."""
        model = self.model
        entries.sign(model.setup.params, record, self.record, tally, self.ledger, model.desk)
        model.register.enter(record, int(self.seat))
        model.register.welcome()

    def inherit(self, customers: int) -> None:
        """The book a seat starts with, tallied apart: nobody is paid for it."""
        model, opening = self.model, np.zeros(self.record.size, TALLY)
        block = model.register.with_room(customers * self.record.size)
        block.used = entries.inherit(
            model.setup.params, model.clock, self.record, opening, model.desk, customers, block.rows, block.used
        )
        entries.add_lines(model.setup.params, opening, model.row)
        model.register.welcome()

    def spread_visits(self) -> None:
        """Visits go to the customers the rep expects to earn most from."""
        _do("spread_visits", self)

    def measure(self) -> None:
        """Every measure of the month is taken."""
        _do("measure", self)

    def be_paid(self) -> None:
        """Settlement of every component that falls due."""
        _do("be_paid", self)

    def let_go(self) -> None:
        """Commission on those who left is claimed back; accounts are closed when they can be, and at the end."""
        model, setup = self.model, self.model.setup
        archive = model.archive_with_room()
        for block in model.register.blocks:
            model.accounts_closed = entries.let_go(
                setup.params, setup.components, model.clock, self.record, self.ledgers, model.desk, block.rows, block.used, archive,
                model.accounts_closed, model.row,
            )  # fmt: skip
        model.register.dismiss()

    def evening(self) -> None:
        """Stay with the firm, or leave."""
        _do("evening", self)
        model = self.model
        for rep in self.record[self.record["ended"] == 1]:
            left = 0 if rep["present"] else model.clock["month"][0]
            model.services.append((model.clock["run"][0], rep["seat"], rep["hired_month"], left))

    def refill(self) -> None:
        """Leads go stale and come in."""
        _do("refill", self)


def _rep_method(name: str) -> Any:
    def method(self: RepAgent) -> None:
        _do(name, self)

    method.__name__ = name
    return method


for added in rep_month.STEPS:  # a step that is not written out above
    if added.does is not None and not hasattr(RepAgent, added.name):
        setattr(RepAgent, added.name, _rep_method(added.name))


DESK_STEPS = Steps(DeskAgent, "serve")
CUSTOMER_STEPS = Steps(
    CustomerAgent,
    " ".join(step.ACT for step in STEPS) + " begin be_counted is_active answered_by desk_agent _step",
)
REP_STEPS = Steps(RepAgent, " ".join(step.name for step in rep_month.STEPS if hasattr(RepAgent, step.name)) + " inherit sign")
