"""The terms of a step, docs/changing.md: each is broken once, and that is said before anything is compiled."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from sim import draws as sim_draws
from sim.book import entries
from sim.compiled import kernel, rule
from sim.engine.results import check_money, new_output
from sim.errors import RuleError
from sim.rules import steps, terms
from sim.rules.steps import STEPS
from sim.scenario.model import Scenario
from sim.scenario.record import build
from sim.state import CLOCK, CUSTOMER, MOMENT, REP
from tests.conftest import ROOT

HEAD = """
import sim.numeric
from sim import draws
from sim.compiled import rule
from sim.numeric import exp_above
from sim.state import ACTIVE, cents, draw_contact, draw_purchase

ACT = "hear_news"

"""
QUIET = "@rule\ndef quiet(params, clock, customer, moment, rep):\n    "
OCCURS = "@rule\ndef occurs(params, clock, customer, moment, rep):\n    "
HAPPEN = "@rule\ndef happen(params, clock, customer, moment, rep, tally, agent):\n    "
NOTHING = HAPPEN + "pass\n"


def made(folder: Path, text: str) -> ModuleType:
    """A step, as if it stood in the folder of the rules."""
    path = folder / "news.py"
    path.write_text(HEAD + text)
    spec = importlib.util.spec_from_file_location("sim.rules.news", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_fields_are_found_wherever_they_are_read(tmp_path: Path) -> None:
    """By rules of other modules, named with dots, as a keyword or a number; within lambdas and branches."""
    text = (
        "@rule\ndef helper(one, other):\n    return (lambda x: x * one.margin)(other.tie) if one.owed > 0.0 else 0.0\n\n"
        + QUIET + "customer.expectation += params.feeling_fit * helper(other=customer, one=customer)\n    customer.tie *= 0.5\n\n"
        + OCCURS + "return sim.rules.lapse.ends(params, clock, customer, moment, sim.numeric.exp_above)\n\n"
        + HAPPEN + "draw_purchase(clock, customer, moment)\n    tally.cases += cents(moment.u_sale * agent.wait)\n"
    )  # fmt: skip
    *others, found = terms.checked((*STEPS, made(tmp_path, text)))
    assert terms.fields(found.quiet, "customer", "read") == {"margin", "tie", "owed", "expectation"}
    assert terms.fields(found.quiet, "customer", "written") == {"expectation", "tie"}
    assert terms.fields(found.quiet, "params", "read") == {"feeling_fit"}
    assert terms.fields(found.occurs, "customer", "read") == {
        "term_ends", "status", "odds_lapse", "satisfaction", "tie", "shortfall",
    }  # fmt: skip
    assert terms.fields(found.occurs, "moment", "read") == {"u_lapse"}
    assert found.draws == {sim_draws.PURCHASE} and {steps.DOES} == {tuple(others)}
    assert terms.fields(found.happen, "tally", "written") == {"cases"}
    assert terms.fields(found.happen, "agent", "read") == {"wait"}


BROKEN = {
    "a field by subscript": (QUIET + 'customer["tie"] = 0.0\n', "fields of it, as customer.satisfaction, got customer by itself"),
    "a record under another name": (QUIET + "mine = customer\n    mine.tie = 0.0\n", "got customer by itself"),
    "a record handed to a lambda": (QUIET + "f = lambda x: x.margin\n    customer.tie = f(customer)\n", "got customer handed to f"),
    "a record handed to an argument": (
        "@rule\ndef margin(customer):\n    return customer.margin\n\n@rule\ndef helper(customer, read=margin):\n    return read(customer)\n\n"
        + QUIET + "customer.tie = helper(customer)\n", "got customer handed to read"),
    "a record handed to no rule": ("def helper(customer):\n    return customer.tie\n\n" + QUIET + "customer.tie = helper(customer)\n", "handed to helper"),
    "a record handed to what reads by name": (QUIET + 'customer.tie = getattr(customer, "margin")\n', "handed to getattr"),
    "a field that there is not": (QUIET + "customer.tye = 0.0\n", 'customer.tye; did you mean "tie"'),
    "a parameter that there is not": (QUIET + "customer.tie = params.feeling_new\n", "params.feeling_new"),
    "a name that there is not": (QUIET + "customer.tie = cent(1.0)\n", 'cent; did you mean "cents"'),
    "a function that a module has not": (QUIET + "customer.tie = sim.numeric.expp(1.0)\n", "expected a name that is defined in sim.numeric"),
    "an undrawn uniform": (OCCURS + "return moment.u_sale < 0.5\n\n" + NOTHING, "expected uniforms that are drawn for everybody"),
    "one that is drawn for events": (OCCURS + "return moment.u_payment < 0.5\n\n" + NOTHING, "expected uniforms that are drawn for everybody"),
    "not drawn": (HAPPEN + "if moment.u_sale < 0.5:\n        tally.cases += 1.0\n", "expected draw_purchase.* before moment.u_sale is read"),
    "drawn in a branch": (
        HAPPEN + "if customer.tie > 0.5:\n        draw_contact(clock, customer, moment)\n    tally.cases += moment.u_offer < 0.5\n", "draw_contact"),
    "drawn too late": (HAPPEN + "customer.tie = moment.u_offer\n    draw_contact(clock, customer, moment)\n", "draw_contact"),
    "a rep changed in a quiet month": (QUIET + "rep.cold += 1.0\n", "only fields of the customer and the moment to be written"),
    "a rep changed where it is asked": (OCCURS + "rep.cold += 1.0\n    return True\n\n" + NOTHING, "only fields of the customer and the moment"),
    "leaving in a quiet month": (QUIET + "customer.lapsed_month = clock.month\n", "expected customers to leave in happen"),
    "leaving by status": (QUIET + "customer.status = 1\n", "expected customers to leave in happen"),
    "the scenario changed": (HAPPEN + "params.feeling_fit += 1.0\n", "to stay as they are"),
    "the address of draws changed": (HAPPEN + "customer.which += 1\n", "to stay as they are"),
    "the last one wins": (HAPPEN + "rep.pressure = customer.tie\n", r"expected what all customers share to be added to \(\+=, -=\)"),
    "multiplied in turn": (HAPPEN + "tally.cases *= 2.0\n", "to be added to"),
    "read in the midst of the month": (HAPPEN + "customer.tie = tally.lapses\n", "tally.lapses, which sim/rules/lapse.py:.* adds to"),
    "read in a quiet month": (QUIET + "customer.tie = rep.book_size\n", "rep.book_size, which sim/rules/lapse.py:.* adds to"),
    "a bound in a quiet month": (QUIET + "customer.tie = exp_above(customer.tie)\n", "expected the exact function.*got exp_above"),
    "a bound in what happens": (HAPPEN + "tally.cases += draws.may_count(moment.u_case, 0.5)\n", "expected the exact function.*got may_count"),
    "a purpose of other months": (HAPPEN + "customer.tie = draws.uniforms(clock.seed, clock.run, 64, clock.month, customer.who, customer.which)[0]\n", "below 64"),
    "no function": ("", "expected quiet, happen or both, got neither"),
    "nothing that happens": (OCCURS + "return True\n", "got occurs alone and no happen"),
    "a misspelt function": (OCCURS.replace("occurs", "ocurs") + "return True\n\n" + NOTHING, "expected quiet, occurs, happen, got ocurs"),
    "other arguments": ("@rule\ndef quiet(p, now, c, e, r):\n    c.tie = 0.0\n", "expected the arguments params, clock, customer, moment, rep, got p, now"),
    "no rule": ("def quiet(params, clock, customer, moment, rep):\n    customer.tie = 0.0\n", "expected a rule"),
    "nothing returned": (OCCURS + "customer.tie > 0.0\n\n" + NOTHING, "occurs: expected whether something happens to be returned"),
    "nothing returned in a branch": (OCCURS + "if customer.tie > 0.0:\n        return\n    return True\n\n" + NOTHING, "to be returned"),
    "the name of another": ('ACT = "pay"\n\n' + NOTHING, "ACT: expected the name of a method, which no other step has, got 'pay', as sim.rules.payment has"),
    "no name": ("del ACT\n\n" + NOTHING, "ACT: expected the name of a method"),
    "a name that is none": ('ACT = "hear news"\n\n' + NOTHING, "ACT: expected the name of a method"),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_term_is_said(name: str, tmp_path: Path) -> None:
    text, said = BROKEN[name]
    with pytest.raises(RuleError, match=rf"^sim/rules/news.py:.*{said}"):
        terms.checked((*STEPS, made(tmp_path, text)))


@pytest.mark.parametrize(("owed", "there"), [(2.5, True), (0.3, True), (-1.0, True), (np.nan, True), (0.0, False)])
def test_a_number_is_a_truth_whichever_way(owed: float, there: bool, number_for_truth: ModuleType) -> None:
    given = [np.zeros(1, dtype)[0] for dtype in (CLOCK, CUSTOMER, MOMENT, REP)]
    given[1]["owed"] = owed
    params = build(Scenario()).params[0]
    assert steps._next(steps._no_step, number_for_truth, 3)(params, *given) == there << 3
    steps.whole(number_for_truth)(params, *given, given[3], given[3])
    assert given[1]["tie"] == there


@pytest.fixture(scope="module")
def number_for_truth(tmp_path_factory: pytest.TempPathFactory) -> ModuleType:
    return made(tmp_path_factory.mktemp("step"), OCCURS + "return customer.owed\n\n" + HAPPEN + "customer.tie = 1.0\n")


@rule
def added(number):  # type: ignore[no-untyped-def]
    return number + "a"


@kernel
def calling(number):  # type: ignore[no-untyped-def]
    return added(number)


def test_what_numba_cannot_compile_is_said_in_a_line() -> None:
    line = added.py_func.__code__.co_firstlineno + 2
    with pytest.raises(
        RuleError, match=rf"test_terms.py:{line}: numba cannot compile this rule: No implementation .* add\(float64, Liter[^\n]*$"
    ):
        calling(1.0)


def test_a_customer_begins_with_an_empty_record_whosever_it_was() -> None:
    """Neither a new customer nor a new month has anything of what stood there before."""
    params, clock, rep = build(Scenario()).params, np.array([(5, 2, 3)], CLOCK), np.zeros(1, REP)
    rep["seat"] = 2
    empty, other = np.zeros(1, CUSTOMER), np.frombuffer(b"\x01" * CUSTOMER.itemsize, CUSTOMER).copy()
    for record in (empty, other):
        entries.founder(params, clock, record, rep, 4)
    assert empty.tobytes() == other.tobytes()
    order = next(order for order in range(1, 500) if entries.prospect(params, clock, empty, rep, order, False))
    assert entries.prospect(params, clock, other, rep, order, False) and empty.tobytes() == other.tobytes()
    before, after = np.zeros(1, MOMENT), np.frombuffer(b"\x01" * MOMENT.itemsize, MOMENT).copy()
    for moment in (before, after):
        entries.begin(params, clock, empty, moment)
    assert before.tobytes() == after.tobytes()


def test_an_amount_that_is_no_whole_hundredths_is_not_let_out() -> None:
    output = new_output(24, 2)
    check_money(output)
    output.months["service"][1, 3] = 12.5
    with pytest.raises(RuleError, match=r"months: service: expected whole hundredths, got 0\.125"):
        check_money(output)
    output.months["service"][1, 3], output.cohorts[1, 3, 0, 1] = 12.0, 0.1
    with pytest.raises(RuleError, match="cohorts: promised_profit: expected whole hundredths"):
        check_money(output)


IN_PYTHON = """
import sys
from types import ModuleType
import numpy as np
from sim import draws, numeric
from sim.rules import steps, terms
from sim.scenario.model import Scenario
from sim.scenario.record import _all_numbers
from sim.state import CLOCK, CUSTOMER, MOMENT, REP
from sim.uncompiled import by_attribute

numbers = _all_numbers(Scenario())
params = np.zeros(1, [(name, "f8", np.shape(value)) for name, value in numbers.items()])
for name, value in numbers.items():
    params[name] = value
def some(random, dtype):
    record = np.zeros(1, dtype)
    for name in dtype.names:
        uniform = random.uniform(0.0 if name.startswith(("u_", "odds_")) else -1.0, 1.0)
        record[name] = uniform if dtype[name].kind == "f" and random.random() < 0.7 or name.startswith("u_") else np.exp(random.normal())
    return record
bounded = [step for step, does in zip(steps.STEPS, steps.DOES) if any(use.field in terms.BOUNDS for use in does.occurs)]
def said():
    random = np.random.default_rng(1)
    states = [[by_attribute(one)[0] for one in (params, *(some(random, dtype) for dtype in (CLOCK, CUSTOMER, MOMENT, REP)))] for _ in range(400)]
    for state in states:
        state[2]["status"], state[3]["visits"] = 0, 0
    return np.array([[bool(step.occurs(*state)) for state in states] for step in bounded])
above = said()
for module in list(sys.modules.values()):
    if module.__name__.startswith("sim.rules") and hasattr(module, "exp_above"):
        module.exp_above = numeric.exp
    if module.__name__.startswith("sim.rules") and hasattr(module, "share_above"):
        module.share_above = numeric.share_of
draws.may_count = lambda u, mean: draws.poisson_count(u, mean, numeric.exp(-mean)) > 0
exact = said()
print([step.ACT for step in bounded], int((exact & ~above).sum()), int((above & ~exact).sum()) > 0, 0 < exact.mean() < 1)

for name in ("plan", "begin"):
    step = ModuleType("sim.rules.news", "")
    step.ACT, step.quiet, steps.STEPS = name, steps._nothing, (step,)
    try:
        import sim.book
    except Exception as error:
        print(type(error).__name__, error)
"""


def test_no_bound_says_no_where_the_rule_says_yes_and_no_step_has_an_agents_name() -> None:
    """In plain Python: `occurs` of every step that asks a bound from above, and the same asking the exact function."""
    env = os.environ | {"NUMBA_DISABLE_JIT": "1", "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", IN_PYTHON], capture_output=True, text=True, env=env, check=False)
    assert done.returncode == 0, done.stderr
    bounds, *names = done.stdout.splitlines()
    assert bounds == "['purchase', 'decide'] 0 True True"
    assert [one.split(":")[0] for one in names] == ["RuleError ACT", "RuleError ACT"], names
