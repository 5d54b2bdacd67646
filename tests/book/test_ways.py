"""Who overrides a step of an agent gets what it says, and not one bit else changes, whichever way the rest is stepped."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pytest

import sim
from sim import book, engine
from sim.book import entries, register
from sim.book.register import AGENT, CODE
from sim.scenario.model import Scenario
from sim.state import CUSTOMER as RECORD
from tests.book.ways import BY_AGENTS, CUSTOMER, DESK, REP, again, model, own
from tests.engine.test_engines_agree import TABLES
from tests.mechanisms.worlds import lively

#: Everything happens; the desk has a fixed contact, accounts are written off, reps leave, leavers owe and are claimed for.
WORLD = lively(
    months=14,
    reps={"count": 3, "quit_rate": 0.05},
    customers={
        "at_start": 12,
        "lapse": {"alpha": 1.0, "beta": 4.0, "midterm": 0.3},
        "service": {"rate": 0.5},
        "payment": {"transitions": [[0.6, 0.4, 0.0, 0.0], [0.4, 0.3, 0.3, 0.0], [0.3, 0.0, 0.4, 0.3]]},
    },
    desk={"contact": "fixed", "agents": 3},
    scheme={"components": [{"measure": "initial_revenue", "rate": 0.3, "clawback": {"months": 12}}]},
)
POOL = WORLD.with_(desk={"contact": "pool"})
SHOP = WORLD.with_(customers={"setting": "non_contractual"})
WAYS = pytest.mark.parametrize("way", [sim.BookModel, BY_AGENTS], ids=["compiled", "agents"])


def made(kind: type[sim.BookModel], scenario: Scenario = WORLD) -> engine.Tables:
    return book.simulate(scenario, 1, range(1, 2), True, kind)


@cache
def compiled(scenario: Scenario = WORLD) -> engine.Tables:
    return engine.simulate(scenario, 1, range(1, 2), customers=True)


def assert_same(one: engine.Tables, other: engine.Tables) -> None:
    for table in TABLES:
        pd.testing.assert_frame_equal(getattr(one, table), getattr(other, table), check_exact=True)


def test_there_is_something_to_see() -> None:
    customers = compiled().customers
    assert (customers["lapsed_month"] > 0).sum() > 10 and (compiled().months["claimed"] > 0).any()
    assert compiled().months["write_off"].sum() > 0 and compiled().runs["rep_turnover"][0] > 0


@pytest.mark.parametrize("scenario", [WORLD, POOL, SHOP], ids=["fixed contact", "pool", "non-contractual"])
@WAYS
def test_whichever_way_the_bits_are_those_of_the_ensemble(way: type[sim.BookModel], scenario: Scenario) -> None:
    assert_same(compiled(scenario), made(way, scenario))


@WAYS
def test_customers_come_in_any_number_of_blocks(way: type[sim.BookModel], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(register, "SMALLEST", 2)
    alone = WORLD.with_(customers={"at_start": 0})
    model = way(alone, rng=1).run_all()
    assert sum(block.used > 0 for block in model.register.blocks) > 1
    assert_same(compiled(alone), made(way, alone))


@pytest.mark.parametrize("step", REP)
def test_a_step_of_the_reps_own_changes_nothing_else(step: str) -> None:
    assert_same(compiled(), made(model(rep_class=own(sim.RepAgent, [step]))))


@pytest.mark.parametrize("step", CUSTOMER)
def test_a_step_of_the_customers_own_changes_nothing_else(step: str) -> None:
    assert_same(compiled(), made(model(customer_class=own(sim.CustomerAgent, [step]))))


def test_steps_of_both_and_of_the_desk_change_nothing_else() -> None:
    desk = own(sim.DeskAgent, DESK)
    assert_same(compiled(), made(model(desk_class=desk)))
    mixed = model(
        desk_class=desk,
        rep_class=own(sim.RepAgent, ["plan", "sign", "let_go"]),
        customer_class=own(sim.CustomerAgent, ["decide"]),
    )
    assert_same(compiled(), made(mixed))


class Lasting(sim.CustomerAgent):
    """Never leaves by choice."""

    def decide(self) -> None:
        """Stays."""


class Deaf(sim.DeskAgent):
    """Hears nobody."""

    def serve(self, customer: sim.CustomerAgent) -> None:
        """No contact."""


class Picky(sim.RepAgent):
    """Signs only who fits."""

    def sign(self, record: np.ndarray, tally: np.ndarray) -> None:
        """Sends the others away."""
        if record["fit"][0] > 1.0:
            super().sign(record, tally)


class Idle(sim.RepAgent):
    """Does nothing."""

    def plan(self) -> None:
        """Rests."""
        self.hunting, self.nurturing = 0.0, 0.0


def test_an_overridden_step_does_what_it_says() -> None:
    before = compiled().months[["lapses", "contacts", "signings", "hunting_share"]].sum()
    assert (before > 0).all()
    staying = made(model(customer_class=Lasting)).customers
    assert (staying["status"] != 1).all() and len(staying) > 36
    assert made(model(desk_class=Deaf)).months["contacts"].sum() == 0
    fits = made(model(rep_class=Picky))
    assert (
        0 < fits.months["signings"].sum() < before["signings"]
        and (fits.months["fit"].loc[fits.months["signings"] > 0] > 1.0).all()
    )
    assert made(model(rep_class=Idle)).months["hunting_share"].sum() == 0


def test_reps_and_customers_of_different_kinds_stand_side_by_side() -> None:
    """The second seat idles; customers signed in even months are of another class, every third has a step of its own."""
    other = own(sim.CustomerAgent, ["purchase"])

    class Mixed(sim.BookModel):
        def __init__(self, *given: Any, **named: Any) -> None:
            super().__init__(*given, **named)
            self.reps[1].plan = lambda: Idle.plan(self.reps[1])

        def customer_class(self, model: sim.BookModel, record: np.ndarray, rep: sim.RepAgent) -> sim.CustomerAgent:
            return (sim.CustomerAgent if record["signed"][0] % 2 else other)(model, record, rep)

        def customers_live(self) -> None:
            for customer in list(self.agents_by_type[sim.CustomerAgent])[::3]:
                if customer.place["by"] == CODE:
                    customer.feel = lambda customer=customer: sim.CustomerAgent.feel(customer)
            ways = {int(customer.place["by"][0]) for rep in self.reps for customer in rep.book}
            assert ways == {CODE, AGENT}
            super().customers_live()

    class AllAlone(BY_AGENTS):
        def __init__(self, *given: Any, **named: Any) -> None:
            super().__init__(*given, **named)
            self.reps[1].plan = lambda: Idle.plan(self.reps[1])

    mixed = made(Mixed)
    assert_same(mixed, made(AllAlone))
    founders = mixed.customers["signed_month"] == 0
    assert set(mixed.customers.loc[~founders, "rep"]) == {0, 2}


def test_a_base_class_that_is_changed_is_followed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sim.CustomerAgent, "decide", Lasting.decide)
    monkeypatch.setattr(sim.RepAgent, "plan", Idle.plan)
    tables = made(sim.BookModel)
    assert (tables.customers["status"] != 1).all() and tables.months["hunting_share"].sum() == 0


# --- agents for whoever asks ------------------------------------------------------------------------------------------------------


def test_customers_are_agents_once_somebody_asks() -> None:
    model = sim.BookModel(WORLD, rng=1)
    for _ in range(3):
        model.step()
    assert not any(block.agents for block in model.register.blocks)
    held = model.agents_by_type[sim.CustomerAgent]
    assert sim.CustomerAgent in model.agent_types and set(held) <= set(model.agents)
    there = {id(customer) for customer in held}
    while model.running:
        model.step()
        active = [customer for customer in held if customer.is_active]
        assert len(active) == model.customers == sum(customer.is_active for rep in model.reps for customer in rep.book)
        assert np.isclose(np.mean([customer.satisfaction for customer in active]), model.satisfaction, atol=1e-6)
        contacts = sum(int(customer.moment["contacts"][0]) for customer in active)
        assert 0 < contacts <= model.row["contacts"][0]
    assert there & {id(customer) for customer in held} and there - {id(customer) for customer in held}


@WAYS
def test_a_book_is_in_order_of_signing_and_its_agents_stay_the_same(way: type[sim.BookModel]) -> None:
    model = way(WORLD, rng=1)
    marks: dict[Any, int] = {}
    while model.running:
        model.step()
        for rep in model.reps:
            signed = [(customer.signed, 1 - customer.founder, customer.order) for customer in rep.book]
            assert signed == sorted(signed) and all(customer.rep is rep for customer in rep.book)
            for customer in rep.book:
                assert getattr(customer, "mark", None) == marks.get(customer)
                customer.mark = marks.setdefault(customer, len(marks))
                desk = model.desk_agents.index(customer.desk_agent)
                assert desk == customer.agent == customer.answered_by
    everybody = model.closed_records()
    assert len(marks) <= everybody.size == 36 + model.month_table()["signings"].sum()
    left = next(customer for customer in marks if not customer.is_active)
    assert (
        left.lapsed_month > 0
        and left.revenue == everybody["revenue"][(everybody["who"] == left.who) & (everybody["which"] == left.which)]
    )


def changed(way: type[sim.BookModel], change: Callable[[sim.BookModel, int], None], scenario: Scenario = WORLD) -> pd.DataFrame:
    """Months of a run to which something is done after every month."""
    model = way(scenario, rng=1)
    while model.running:
        model.step()
        change(model, int(model.clock["month"][0]))
    return model.month_table()


def pleased(model: sim.BookModel, month: int) -> None:
    for customer in model.agents_by_type[next(kind for kind in model.agent_types if issubclass(kind, sim.CustomerAgent))]:
        customer.satisfaction, customer.tie = 1.0, 1.0
        customer.record["pushed"] = 0.0


def better_desk(model: sim.BookModel, month: int) -> None:
    for agent in model.desk_agents:
        agent.skill = 1.0


def thinned(model: sim.BookModel, month: int) -> None:
    if month == 3:
        for rep in model.reps:
            for customer in rep.book[::3]:
                customer.remove()


def moved_desk(model: sim.BookModel, month: int) -> None:
    for rep in model.reps:
        for customer in rep.book:
            customer.agent = (customer.agent + month) % len(model.desk_agents)
            customer.seat = 77  # a name, no more


def given_away(model: sim.BookModel, month: int) -> None:
    """The first rep's customers are the second's: who steps them, and who lets them go."""
    if month == 5:
        giver, taker = model.reps[:2]
        for customer in giver.book:
            customer.rep = taker
        taker.book, giver.book = (*taker.book, *giver.book), ()
        assert not giver.book and len(taker.book) > 20 and all(customer.rep is taker for customer in taker.book)


@pytest.mark.parametrize("change", [pleased, better_desk, moved_desk, thinned, given_away], ids=lambda change: change.__name__)
def test_what_is_written_between_months_is_seen_whichever_way(change: Any) -> None:
    found = changed(sim.BookModel, change)
    assert found.equals(changed(BY_AGENTS, change))
    assert not found.equals(changed(sim.BookModel, lambda model, month: None))


def test_who_is_signed_by_hand_is_a_customer() -> None:
    """A hunt of one's own; what is written to the agent at once is seen, and to the record given away it cannot be."""

    class Caller(sim.RepAgent):
        def hunt(self) -> None:
            record = np.zeros(1, RECORD)
            entries.founder(self.model.setup.params, self.model.clock, record, self.record, 1)
            record["founder"], record["order"] = 0, 1
            self.sign(record, self.tally)
            with pytest.raises(ValueError, match="read-only"):
                record["tie"] = 1.0
            self.book[-1].tie, self.book[-1].label = 1.0, "called"

    found = [made(model(rep_class=Caller)), made(model(rep_class=Caller, customer_class=own(sim.CustomerAgent, ["feel"])))]
    assert_same(*found)
    assert found[0].months["signings"].sum() == found[0].months["reps"].sum()


def test_a_let_go_and_a_sign_written_out_in_full_give_the_same() -> None:
    """As they could be written before customers were rows."""

    class Special(sim.CustomerAgent):
        decide = again(sim.CustomerAgent.decide)

    class Own(sim.RepAgent):
        def sign(self, record: np.ndarray, tally: np.ndarray) -> None:
            model = self.model
            entries.sign(model.setup.params, record, self.record, tally, self.ledger, model.desk)
            self.book = (*self.book, Special(model, record, self))
            assert self.book[-1].place["by"] == AGENT and self.book[-1].record is not record

        def let_go(self) -> None:
            model, month = self.model, int(self.model.clock["month"][0])
            staying = []
            for customer in self.book:
                if customer.lapsed_month == month:
                    entries.customers_left(
                        model.setup.components, model.clock, customer.record, self.record, self.ledger, model.row
                    )
                    entries.forget(model.clock, customer.record, model.desk)
                settled = not customer.is_active and entries.can_close(model.setup.components, customer.record, month)
                if settled or month == model.spec.months:
                    model.close(customer)
                elif month % 12 == 0:
                    entries.enter_year(
                        model.setup.params, model.setup.components, customer.record, self.ledger, model.archive, month // 12 - 1
                    )
                if settled:
                    customer.remove()
                else:
                    staying.append(customer)
            self.book = staying

    assert_same(compiled(), made(model(rep_class=Own)))
