"""The Mesa model: the readable reference of the month, bit for bit what the compiled engine does."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

import mesa
import numpy as np
import pandas as pd

from sim.accounts import MONTH, Archive
from sim.book import entries
from sim.book.agents import CUSTOMER_STEPS, DESK_STEPS, REP_STEPS, CustomerAgent, DeskAgent, RepAgent, Seats
from sim.book.register import Register
from sim.engine import setup
from sim.engine.results import new_output
from sim.errors import InputError
from sim.rules import rep_month
from sim.rules.steps import AFTER_LEAVING, STEPS
from sim.scenario.load import as_scenario
from sim.scenario.model import Scenario
from sim.scheme import measures
from sim.state import CLOCK, DESK, FIRM, REP, SERVICE, TALLY
from sim.tables import years
from sim.whole_number import LAST_SEED, whole


def _seed(rng: int | np.random.Generator | None) -> int:
    if rng is None:
        rng = np.random.default_rng()
    if isinstance(rng, np.random.Generator):
        return int(rng.integers(LAST_SEED))
    return whole("rng", rng, 0, LAST_SEED)


class BookModel(mesa.Model):  # type: ignore[misc]
    """A firm, its reps, its desk and its customers.

    A step that no agent overrides is one call of compiled code for all; an overridden one is asked of each agent.  The
    numbers are the same whichever way.

    Parameters
    ----------
    scenario : Scenario
        What is simulated.
    rng : int, numpy.random.Generator or None
        Seed of all draws (mesa's own generator is not used); a generator is asked for one; without it a
        fresh one is taken, as is mesa's custom, so that ``mesa.batch_run`` with ``iterations`` gives different runs.
    run : int
        Run number, from 1: with the seed of a study, run k is the study's.

    Attributes
    ----------
    seed : the seed of all draws, also where it was taken afresh.
    spec : the scenario (mesa 3.5 keeps the name ``scenario`` for itself).
    setup, clock : the scenario as the rules read it, and the address of the month.
    reps, desk_agents : the agents; customers are in ``agents_by_type[CustomerAgent]`` and in each rep's ``book``.
    force : all seats at once; register : all customers, a row each.
    row : the month's accounts, in hundredths.

    Raises
    ------
    InputError
        When `rng` is no seed or `run` no number of a run; by `step`, when all months are over.
    """

    rep_class: ClassVar[type[RepAgent]] = RepAgent
    customer_class: ClassVar[Callable[..., CustomerAgent]] = CustomerAgent  # a class, or a method that chooses one
    desk_class: ClassVar[type[DeskAgent]] = DeskAgent
    reported = ("customers", "signings", "lapses", "revenue", "profit", "satisfaction", "hunting_share", "nurturing_share")

    def __init__(self, scenario: Scenario, rng: int | np.random.Generator | None = None, run: int = 1) -> None:
        scenario = as_scenario(scenario, "BookModel")
        self.seed = _seed(rng)
        super().__init__(rng=self.seed)
        self.register = Register(self, shown=self.customer_class is not CustomerAgent)
        self.spec = scenario
        self.setup = setup(scenario)
        self.clock = np.zeros(1, CLOCK)
        self.clock["seed"], self.clock["run"] = self.seed, whole("run", run, 1)
        self.desk = np.zeros(scenario.desk.agents, DESK)
        self.team = np.zeros(measures.COUNT)
        self.row = np.zeros(1, MONTH)
        self.firm = np.zeros(1, FIRM)
        self.archive = entries.open_books(self.setup.params, years(scenario.months), self.firm)
        self.accounts_closed = 0
        self.services: list[tuple[int, ...]] = []  # of reps, that have ended
        self.output = new_output(scenario.months, 1)
        self.desk_agents = [self.desk_class(self, number) for number in range(scenario.desk.agents)]
        seats = scenario.reps.count
        ledgers = entries.open_ledgers(self.setup.params, self.setup.components, seats)
        self.force = Seats(self, np.zeros(seats, REP), np.zeros(seats, TALLY), np.zeros(seats, TALLY), ledgers)
        self.own: set[str] = set()  # the reps' steps that are overridden
        self.reps = [self.rep_class(self, seat) for seat in range(seats)]
        for name in self.reported:
            setattr(self, name, 0.0)
        self.datacollector = mesa.DataCollector(model_reporters={name: name for name in self.reported})

    def step(self) -> None:
        """One month."""
        if not self.running:
            raise InputError(f"step: all {self.spec.months} months of this run are over; make a new model for another run")
        self.clock["month"] += 1
        month = int(self.clock["month"][0])
        self.row = np.zeros(1, MONTH)
        self.own = REP_STEPS.overridden(self.reps)
        if "sign" in self.own:
            self.own.add("hunt")
        if month == 1:  # before anybody is hired: a newcomer's beliefs are about the book that is there
            self.reps_do("inherit", self.spec.customers.at_start)
        self.force.known[:] = self.force.tally
        self.force.tally[:] = np.zeros(1, TALLY)
        entries.open_desk(self.setup.params, self.desk)
        for step in rep_month.STEPS:
            if step.name == "customers":
                self.customers_live()
            elif step.name == "team":
                entries.team_values(self.force.ledgers.values, self.force.record, self.team)
            else:
                self.reps_do(step.name, filled=step.filled)
        self.close_month(month)

    def reps_do(self, step: str, *given: int, filled: bool = False) -> None:
        """A step of every rep, or of those alone whose seats are filled: each rep's own, if one overrides it."""
        if step not in self.own:
            getattr(RepAgent, step)(self.force, *given)
            return
        for rep in self.reps:
            if rep.present or not filled:
                getattr(rep, step)(*given)

    def customers_live(self) -> None:
        """Every customer's month: nurture, purchase, service, payment, resolution, satisfaction, churn."""
        if DESK_STEPS.overridden(self.desk_agents) or CUSTOMER_STEPS.overridden((), CustomerAgent):
            self.register.step_by_agents()
        for block in self.register.blocks:
            entries.live(self.setup.params, self.clock, block.rows, block.used, self.force.record, self.force.tally, self.desk)
        everybody = self.register.stepped_by_agents()
        active = [customer for customer in everybody if customer.is_active]
        owing = [customer for customer in everybody if not customer.is_active]
        for customer in everybody:
            customer.begin()
        for step in STEPS:
            for customer in active:
                getattr(customer, step.ACT)()
        for step in AFTER_LEAVING:
            for customer in owing:
                getattr(customer, step.ACT)()
        for customer in everybody:
            customer.be_counted()

    def close_month(self, month: int) -> None:
        """The accounts; after the last month, the run's outcomes."""
        entries.close_month(self.setup.params, self.clock, self.force.record, self.force.tally, self.row)
        entries.learn(self.setup.params, self.clock, self.row, self.archive, self.firm)
        self.output.months[0, month - 1] = self.row[0]
        for name in self.reported:
            money = name in ("revenue", "profit")
            setattr(self, name, float(self.row[name][0]) / (100.0 if money else 1.0))
        self.datacollector.collect(self)
        if month == self.spec.months:
            self.finish()
            self.running = False

    def finish(self) -> None:
        """The run's row, whale curve and cohorts, and its reps' services."""
        self.output = self.output._replace(services=np.array(self.services, SERVICE))
        out, arc = self.output, self.archive
        entries.outcomes(
            self.setup.params,
            out.months[0],
            self.force.record,
            arc,
            self.accounts_closed,
            out.profit_years[0],
            out.run,
            out.whale[0],
            out.cohorts[0],
        )

    def closed_records(self) -> np.ndarray:
        """Records of all accounts that have been closed."""
        return self.register.closed()

    def archive_with_room(self) -> Archive:
        """The archive, with room for everybody's closed account."""
        while self.archive.profit.shape[0] < len(self.register):
            self.archive = entries.widen(self.archive)
        archive: Archive = self.archive
        return archive

    def close(self, customer: CustomerAgent) -> None:
        """Close a customer's account: for a `let_go` of one's own, since the reps' own closes accounts without asking."""
        year = (int(self.clock["month"][0]) - 1) // 12
        entries.close_customers(
            self.setup.params, self.setup.components, customer.record, customer.rep.ledger, self.archive_with_room(),
            self.accounts_closed, year,
        )  # fmt: skip
        customer.place["closed"] = 1
        self.accounts_closed += 1

    @property
    def agents(self) -> mesa.agent.AgentSet:
        """All agents; whoever asks has every customer made one."""
        self.register.show()
        return super().agents

    @property
    def agents_by_type(self) -> dict[type[mesa.Agent], mesa.agent.AgentSet]:
        """All agents by class; whoever asks has every customer made one."""
        self.register.show()
        by_type: dict[type[mesa.Agent], mesa.agent.AgentSet] = super().agents_by_type
        return by_type

    @property
    def agent_types(self) -> list[type[mesa.Agent]]:
        """The classes of agents; whoever asks has every customer made one."""
        return list(self.agents_by_type)

    def __getstate__(self) -> object:
        """Refuse to be copied or pickled: agents share memory with the model, and a copy's would not."""
        raise InputError("a BookModel cannot be copied; make another of the same scenario, rng and run, and step it as far")

    def run_all(self) -> BookModel:
        """Step to the end; returns the model."""
        while self.running:
            self.step()
        return self

    def month_table(self) -> pd.DataFrame:
        """What the data collector gathered, by month."""
        table: pd.DataFrame = self.datacollector.get_model_vars_dataframe()
        return table
