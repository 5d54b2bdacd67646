"""The Mesa model: the readable reference of the month, bit for bit what the compiled engine does."""

from __future__ import annotations

from typing import ClassVar

import mesa
import numpy as np
import pandas as pd

from sim.accounts import MONTH, new_archive
from sim.book import entries
from sim.book.agents import CustomerAgent, DeskAgent, RepAgent
from sim.engine import setup
from sim.engine.results import new_output
from sim.errors import InputError
from sim.scenario.load import as_scenario
from sim.scenario.model import Scenario
from sim.scheme import measures
from sim.state import CUSTOMER, DESK, NOW
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
    setup, now : the scenario as the rules read it, and the address of the month.
    reps, desk_agents : the agents; customers are in ``agents_by_type[CustomerAgent]``.
    row : the month's accounts, in hundredths.

    Raises
    ------
    InputError
        When `rng` is no seed or `run` no number of a run; by `step`, when all months are over.
    """

    rep_class: ClassVar[type[RepAgent]] = RepAgent
    customer_class: ClassVar[type[CustomerAgent]] = CustomerAgent
    reported = ("customers", "signings", "lapses", "revenue", "profit", "satisfaction", "hunting_share", "nurturing_share")

    def __init__(self, scenario: Scenario, rng: int | np.random.Generator | None = None, run: int = 1) -> None:
        scenario = as_scenario(scenario, "BookModel")
        self.seed = _seed(rng)
        super().__init__(rng=self.seed)
        self.spec = scenario
        self.setup = setup(scenario)
        self.now = np.zeros(1, NOW)
        self.now["seed"], self.now["run"] = self.seed, whole("run", run, 1)
        self.desk = np.zeros(scenario.desk.agents, DESK)
        self.team = np.zeros(measures.COUNT)
        self.row = np.zeros(1, MONTH)
        self.archive = new_archive(64, years(scenario.months))
        self.closed: list[np.ndarray] = []
        self.output = new_output(scenario.months, 1)
        self.desk_agents = [DeskAgent(self, number) for number in range(scenario.desk.agents)]
        self.reps = [self.rep_class(self, seat) for seat in range(scenario.reps.count)]
        for name in self.reported:
            setattr(self, name, 0.0)
        self.datacollector = mesa.DataCollector(model_reporters={name: name for name in self.reported})

    def step(self) -> None:
        """One month."""
        if not self.running:
            raise InputError(f"step: all {self.spec.months} months of this run are over; make a new model for another run")
        self.now["month"] += 1
        month = int(self.now["month"][0])
        self.row = np.zeros(1, MONTH)
        if month == 1:  # before anybody is hired: a newcomer's beliefs are about the book that is there
            for rep in self.reps:
                rep.inherit(self.spec.customers.at_start)
        for rep in self.reps:
            rep.open_month()
        entries.open_desk(self.setup.p, self.desk)
        present = [rep for rep in self.reps if rep.present]
        for rep in present:
            rep.plan()
        for rep in present:
            rep.hunt()
        for rep in self.reps:
            rep.spread_visits()
        self.customers_live()
        for rep in self.reps:
            rep.measure()
        self.reward()
        for rep in self.reps:
            rep.let_go()
        for rep in self.reps:
            rep.evening()
        for rep in self.reps:
            rep.refill()
        self.close_month(month)

    def customers_live(self) -> None:
        """Every customer's month: nurture, purchase, service, payment, resolution, satisfaction, churn."""
        everybody = self.agents.select(agent_type=self.customer_class)
        active = everybody.select(lambda customer: customer.is_active)
        owing = everybody.select(lambda customer: not customer.is_active)
        everybody.do("begin")
        for step in ("be_visited", "purchase", "need_service", "pay", "be_judged", "feel", "decide"):
            active.do(step)
        owing.do("pay")
        everybody.do("be_counted")

    def reward(self) -> None:
        """Team values are taken, every rep is paid."""
        values = np.stack([rep.ledger.values for rep in self.reps])
        entries.team_values(values, np.concatenate([rep.record for rep in self.reps]), self.team)
        for rep in self.reps:
            rep.be_paid()

    def close_month(self, month: int) -> None:
        """The accounts; after the last month, the run's outcomes."""
        records = np.concatenate([rep.record for rep in self.reps])
        entries.close_month(self.setup.p, self.now, records, np.concatenate([rep.tally for rep in self.reps]), self.row)
        self.output.months[0, month - 1] = self.row[0]
        for name in self.reported:
            money = name in ("revenue", "profit")
            setattr(self, name, float(self.row[name][0]) / (100.0 if money else 1.0))
        self.datacollector.collect(self)
        if month == self.spec.months:
            self.finish(records)
            self.running = False

    def finish(self, records: np.ndarray) -> None:
        """The run's row, whale curve and cohorts."""
        out, arc = self.output, self.archive
        entries.outcomes(
            self.setup.p,
            out.months[0],
            records,
            arc,
            len(self.closed),
            out.profit_years[0],
            out.run,
            out.whale[0],
            out.cohorts[0],
        )

    def closed_records(self) -> np.ndarray:
        """Records of all accounts that have been closed."""
        return np.concatenate(self.closed) if self.closed else np.zeros(0, CUSTOMER)

    def close(self, customer: CustomerAgent) -> None:
        """Close a customer's account."""
        number = len(self.closed)
        if number == self.archive.profit.shape[0]:
            self.archive = entries.widen(self.archive)
        year = (int(self.now["month"][0]) - 1) // 12
        entries.close_customers(
            self.setup.p, self.setup.components, customer.record, customer.rep.ledger, self.archive, number, year
        )
        self.closed.append(customer.record)

    def run_all(self) -> BookModel:
        """Step to the end; returns the model."""
        while self.running:
            self.step()
        return self

    def month_table(self) -> pd.DataFrame:
        """What the data collector gathered, by month."""
        table: pd.DataFrame = self.datacollector.get_model_vars_dataframe()
        return table
