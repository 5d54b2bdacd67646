"""The customers of the Mesa model: a row each, which compiled code goes through, and an agent for whoever asks.

Rows never move and are never used again, so that an agent's ``record`` is the customer's own for good, whoever steps it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sim.state import CUSTOMER, MOMENT

if TYPE_CHECKING:
    from sim.book.agents import CustomerAgent, RepAgent
    from sim.book.model import BookModel

#: Of each row: whose customer it is, in whose book it stands (a seat; -1 for none), what steps it, whether its account is closed.
PLACE = np.dtype([("rep", "i8"), ("book", "i8"), ("by", "i8"), ("closed", "i8")])
CODE, AGENT, LEAVING, NOBODY = range(4)  # compiled code; its agent; nothing, and its agent is to be removed; nothing
SMALLEST = 256  # rows of a block


class Rows(NamedTuple):
    """What is kept of some customers, as compiled code is given it."""

    records: np.ndarray  # CUSTOMER
    moments: np.ndarray  # MOMENT, of the last month
    places: np.ndarray  # PLACE


class Block:
    """Rows for so many customers, in order of signing, and the agents made of them so far."""

    def __init__(self, size: int) -> None:
        self.rows = Rows(np.zeros(size, CUSTOMER), np.zeros(size, MOMENT), np.zeros(size, PLACE))
        self.used = 0
        self.shown = 0  # rows of which agents were made, if any were
        self.agents: dict[int, CustomerAgent] = {}  # by row

    def where(self, field: str, value: int) -> list[int]:
        """Rows whose place has this value."""
        found: list[int] = np.flatnonzero(self.rows.places[field][: self.used] == value).tolist()
        return found


class Register:
    """Every customer of a run, in order of signing.

    Attributes
    ----------
    blocks : the rows.
    shown : whether every customer in a book has an agent: from the day when somebody asks for one, or from the first
        where the customers' class is not :class:`~sim.book.CustomerAgent` itself.
    by_agents : whether every customer is stepped by its agent.
    """

    def __init__(self, model: BookModel, shown: bool) -> None:
        self.model, self.shown, self.by_agents = model, shown, False
        self.blocks: list[Block] = []

    def __len__(self) -> int:
        """Customers ever signed."""
        return sum(block.used for block in self.blocks)

    def with_room(self, customers: int) -> Block:
        """The block in which the next so many customers are entered."""
        if not self.blocks or self.blocks[-1].used + customers > self.blocks[-1].rows.records.size:
            self.blocks.append(Block(max(2 * customers, len(self), SMALLEST)))
        return self.blocks[-1]

    def enter(self, record: np.ndarray, seat: int) -> tuple[Block, int]:
        """Enter a customer of a seat's book; the record is copied, and nobody can change the copied one any more."""
        block = self.with_room(1)
        row = block.used
        block.rows.records[row] = record[0]
        block.rows.places["rep"][row] = block.rows.places["book"][row] = seat
        block.used += 1
        record.flags.writeable = False
        return block, row

    def show(self) -> None:
        """Make an agent of every customer in a book who has none."""
        self.shown = True
        for block in self.blocks:
            for row in range(block.shown, block.used):
                place, record = block.rows.places[row], block.rows.records[row : row + 1]
                if place["by"] < LEAVING:
                    rep = self.model.reps[int(place["rep"])]
                    self._take(self.model.customer_class(self.model, record, rep), block, row)
            block.shown = block.used

    def welcome(self) -> None:
        """Customers have been signed: they have agents at once where every customer has one."""
        if self.shown:
            self.show()

    def _take(self, agent: CustomerAgent, block: Block, row: int) -> None:
        records, moments, places = (rows[row : row + 1] for rows in block.rows)
        agent.record, agent.moment, agent.place = records, moments, places
        block.agents[row] = agent
        places["rep"] = agent.rep.seat
        if self.by_agents or agent.steps_itself():
            places["by"] = AGENT

    def step_by_agents(self) -> None:
        """From now on every customer is stepped by its agent."""
        if self.by_agents:
            return
        self.show()
        self.by_agents = True
        for block in self.blocks:
            block.rows.places["by"][block.where("by", CODE)] = AGENT

    def stepped_by_agents(self) -> list[CustomerAgent]:
        """The agents that step their customers, in order of signing."""
        return [block.agents[row] for block in self.blocks if block.agents for row in block.where("by", AGENT)]

    def book(self, seat: int) -> tuple[CustomerAgent, ...]:
        """The customers in a seat's book, in order of signing."""
        self.show()
        return tuple(block.agents[row] for block in self.blocks for row in block.where("book", seat))

    def set_book(self, rep: RepAgent, customers: tuple[CustomerAgent, ...]) -> None:
        """These customers, and no others, are in the rep's book; those without a row, made by hand, are entered."""
        self.show()
        seat = int(rep.seat)
        for block in self.blocks:
            block.rows.places["book"][block.where("book", seat)] = -1
        for customer in customers:
            if customer.place is None:
                block, row = self.enter(customer.record, seat)
                self._take(customer, block, row)
                block.shown = block.used
            customer.place["book"] = seat

    def dismiss(self) -> None:
        """The agents of those who have settled everything are removed."""
        for block in self.blocks:
            for row in block.where("by", LEAVING) if block.agents else ():
                block.rows.places["by"][row] = NOBODY
                if row in block.agents:  # not of those who had left before anybody asked for agents
                    block.agents.pop(row).remove()

    def closed(self) -> np.ndarray:
        """Records of those whose accounts have been closed."""
        return np.concatenate([np.zeros(0, CUSTOMER), *(block.rows.records[block.where("closed", 1)] for block in self.blocks)])
