"""The algebra of pay: properties that hold for any scheme and any course of events, put through the real payroll.

hypothesis draws schemes and stories (who signs for how much, who leaves, what the months' revenue comes to); a worked
case (:mod:`tests.statements.case`) has the payroll pay them.  Amounts are in hundredths and each component rounds once a
month, so what is linear in theory is so within half a hundredth for each award that is rounded.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sim.scenario.components import merge
from sim.scenario.model import Scenario
from sim.trace import PayMonth
from tests.statements.case import QUIET, Case, ScriptedModel

MONTHS = 14
some = settings(max_examples=15, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))

Component = dict[str, Any]
Story = dict[int, dict[str, Any]]


# --- what is drawn ----------------------------------------------------------------------------------------------------------

money = st.integers(0, 500_000).map(lambda hundredths: hundredths / 100)
rates = st.floats(0.0, 0.5, allow_subnormal=False)
periods = st.sampled_from([1, 2, 3, 12])


@st.composite
def stories(draw: Any) -> Story:
    """Up to seven customers sign; some of them leave, in the month of signing or later; revenue comes in."""
    story: Story = {month: {"signs": {}, "leaves": [], "revenue": draw(money)} for month in range(1, MONTHS + 1)}
    for number in range(draw(st.integers(1, 7))):
        signed = draw(st.integers(1, MONTHS))
        story[signed]["signs"][f"customer {number}"] = draw(money)
        if draw(st.booleans()):
            story[draw(st.integers(signed, MONTHS))]["leaves"].append(f"customer {number}")
    return story


@st.composite
def shapes(draw: Any) -> Component:
    """A rate, or rising tiers on a quota; perhaps with a bonus, perhaps capped."""
    if draw(st.booleans()):
        one: Component = {"rate": draw(rates)}
    else:
        starts = sorted(draw(st.sets(st.integers(0, 20), min_size=1, max_size=4)))
        one = {"quota": draw(st.integers(1, 5000)) * 1.0, "tiers": [{"attainment": at / 8, "rate": draw(rates)} for at in starts]}
    if draw(st.booleans()):
        one |= {"quota": one.get("quota", 3000.0), "threshold": draw(st.integers(1, 12)) / 4, "bonus": draw(money)}
    if draw(st.booleans()):
        one["cap"] = draw(st.integers(1, 90_000)) / 100
    return one


@st.composite
def timings(draw: Any) -> Component:
    """On first purchases or on revenue; clawed back, deferred, both or neither; in force from the start or later."""
    measure = draw(st.sampled_from(["initial_revenue", "revenue"]))
    one: Component = {"measure": measure, "months": draw(periods), "from_month": draw(st.sampled_from([1, 1, 4]))}
    if measure == "initial_revenue" and draw(st.booleans()):
        ends = [{"months": 3, "share": 1.0}, {"months": 9, "share": draw(st.floats(0, 1))}]
        one["clawback"] = draw(st.sampled_from([{"months": 12}, {"months": 9, "shape": "step", "steps": ends}]))
    if draw(st.booleans()):
        slices = draw(st.integers(1, 4))
        malus = draw(st.sampled_from([{}, {"malus_measure": "tenure", "malus_below": 3.0}]))
        one["deferral"] = {"share": draw(st.floats(0.01, 1.0)), "months": draw(st.integers(1, 16)), "slices": slices, **malus}
    return one


@st.composite
def components(draw: Any) -> Component:
    """A component that adds, of any shape and timing."""
    return draw(shapes()) | draw(timings())


# --- how it is paid ---------------------------------------------------------------------------------------------------------


def payroll(parts: Sequence[Component], story: Story, scheme: Component | None = None, **reps: Any) -> list[PayMonth]:
    """The rep's months of pay under a scheme of these components; they are called a, b, c, ... unless they have a name."""
    named = [{"name": chr(ord("a") + i), **part} for i, part in enumerate(parts)]
    given_ = {"months": MONTHS, "reps": reps, "scheme": {"components": named, **(scheme or {})}}
    model = ScriptedModel(Case("", "", Scenario.model_validate(merge(QUIET, given_)), story, {}, {}))
    model.run_all()
    pages = [page for page in model.pay if page.seat == 0]
    assert len(pages) == MONTHS and all(page.adds_up() for page in pages)
    return pages


def awarded(pages: list[PayMonth], name: str = "") -> list[int]:
    """What each month awards, in hundredths: in all, or for a component."""
    return [sum(line.awarded for line in page.lines if name in ("", line.name)) for page in pages]


def flows(page: PayMonth) -> dict[str, int]:
    """All money of a page that is linear in pay, in hundredths."""
    claimed, borne = (sum(getattr(claim, name) for claim in page.claims) for name in ("claimed", "uncollectable"))
    return {"awarded": sum(line.awarded for line in page.lines), "variable": page.variable, "held": page.held,
            "forfeited": page.forfeited, "claimed": claimed, "uncollectable": borne}  # fmt: skip


def close(found: Sequence[float], expected: Sequence[float], within: float) -> None:
    """Month by month the same, but for so many hundredths."""
    assert list(found) == pytest.approx(list(expected), abs=within + 1e-6, rel=1e-12)


# --- linear -----------------------------------------------------------------------------------------------------------------


@some
@given(components(), stories(), st.sampled_from([0.5, 2.0, 3.0]))
def test_pay_scales_with_rates(part: Component, story: Story, factor: float) -> None:
    """All amounts of a component times c: its awards times c."""
    times = part | {name: part[name] * factor for name in ("rate", "bonus", "cap") if name in part}
    if "tiers" in part:
        times["tiers"] = [tier | {"rate": tier["rate"] * factor} for tier in part["tiers"]]
    once = awarded(payroll([part], story))
    close(awarded(payroll([times], story)), [factor * value for value in once], 0.5 * (1 + factor))


@some
@given(components(), components(), stories())
def test_components_that_add_are_paid_as_if_alone(a: Component, b: Component, story: Story) -> None:
    """Pay of A + B = pay of A + pay of B, to the hundredth: awards, what is held, forfeited, claimed back."""
    both, one, two = (payroll(parts, story) for parts in ([a, b], [a], [b]))
    for page, first, second in zip(both, one, two, strict=True):
        x, y = flows(first), flows(second)
        assert flows(page) == {name: x[name] + y[name] for name in x}


@some
@given(st.lists(components(), min_size=2, max_size=3), stories(), st.randoms(use_true_random=False))
def test_the_order_of_components_does_not_matter(parts: list[Component], story: Story, shuffle: Any) -> None:
    """With a multiplier, a gate and the regulator's cap among them, to rounding."""
    parts = [{"name": f"part {i}", **part} for i, part in enumerate(parts)]
    parts.append({"name": "x", "measure": "revenue", "combine": "multiply", "quota": 2500.0,
                  "tiers": [{"attainment": 0.0, "rate": 0.7}, {"attainment": 1.0, "rate": 1.3}]})  # fmt: skip
    parts.append({"name": "gate", "measure": "revenue", "combine": "gate", "threshold": 500.0})
    other = list(parts)
    shuffle.shuffle(other)
    pages = [payroll(some_, story, {"variable_cap": 0.05}, salary=1000.0) for some_ in (parts, other)]
    for part in parts:
        close(awarded(pages[0], part["name"]), awarded(pages[1], part["name"]), 1.0)


@some
@given(stories(), rates, st.integers(1, 5000))
def test_one_tier_is_a_rate(story: Story, rate: float, quota: int) -> None:
    """A single tier from nought pays its rate on all, whatever the quota."""
    tiers = [{"attainment": 0.0, "rate": rate}]
    parts = ({"measure": "revenue", "rate": rate}, {"measure": "revenue", "quota": quota * 1.0, "tiers": tiers})
    close(awarded(payroll([parts[0]], story)), awarded(payroll([parts[1]], story)), 1.0)


@some
@given(stories(), rates, st.integers(1, 20))
def test_equal_tiers_are_one_tier(story: Story, rate: float, at: int) -> None:
    """Where a tier begins does not matter if it pays as the one below."""
    tiers = [{"attainment": 0.0, "rate": rate}, {"attainment": at / 8, "rate": rate}]
    parts = [{"measure": "revenue", "quota": 2000.0, "tiers": some_} for some_ in (tiers, tiers[:1])]
    close(awarded(payroll(parts[:1], story)), awarded(payroll(parts[1:], story)), 1.0)


@some
@given(stories(), rates, st.sampled_from([2, 3, 7]))
def test_a_rate_pays_the_same_over_long_periods_as_over_months(story: Story, rate: float, months: int) -> None:
    """A rate is linear: what a period pays is what its months would have."""
    part = {"measure": "revenue", "rate": rate}
    monthly, long = awarded(payroll([part], story)), awarded(payroll([part | {"months": months}], story))
    for end in range(months, MONTHS + 1, months):
        assert long[end - 1] == pytest.approx(sum(monthly[end - months : end]), abs=0.5 * (months + 1) + 1e-6)
        assert not any(long[end - months : end - 1])


# --- monotone, capped -------------------------------------------------------------------------------------------------------


@some
@given(shapes(), money, money, stories())
def test_more_attained_is_never_paid_less(shape: Component, less: float, more: float, story: Story) -> None:
    low, high = sorted([less, more])
    low_, high_ = (
        sum(awarded(payroll([shape | {"measure": "revenue", "months": 2}], story | {1: story[1] | {"revenue": value}}))[:2])
        for value in (low, high)
    )
    assert low_ <= high_


@some
@given(stories(), st.lists(st.floats(0.0, 3.0), min_size=3, max_size=3))
def test_a_multiplier_never_pays_less_for_more_if_its_levels_rise(story: Story, levels: list[float]) -> None:
    """And every month has one of its levels, or 1 below the first."""
    tiers = [{"attainment": at, "rate": rate} for at, rate in zip((0.25, 1.0, 1.5), sorted(levels), strict=True)]
    factor = {"measure": "revenue", "combine": "multiply", "quota": 2500.0, "tiers": tiers}
    pages = payroll([{"measure": "signings", "rate": 10.0}, factor], story)
    attained = [story[month]["revenue"] / 2500.0 for month in range(1, MONTHS + 1)]
    expected = [next((tier["rate"] for tier in reversed(tiers) if value >= tier["attainment"]), 1.0) for value in attained]
    assert [page.factor for page in pages] == expected


@some
@given(shapes(), periods, st.integers(1, 90_000), stories())
def test_a_cap_binds_exactly(shape: Component, months: int, cap: int, story: Story) -> None:
    """min(award, cap), period by period."""
    part = shape | {"measure": "revenue", "months": months}
    part.pop("cap", None)
    free, capped = (awarded(payroll([part | more], story)) for more in ({}, {"cap": cap / 100}))
    close(capped, [min(value, cap) for value in free], 0.5)


@some
@given(st.lists(components(), min_size=1, max_size=3), stories(), st.floats(0.001, 0.3))
def test_the_regulators_cap_binds_each_year_and_only_where_it_is_reached(
    parts: list[Component], story: Story, share: float
) -> None:
    """Each month: as awarded without it, or what it leaves of the year.  Fixed pay counts for the year the rep is there."""
    free = awarded(payroll(parts, story, salary=1000.0))
    capped = awarded(payroll(parts, story, {"variable_cap": share}, salary=1000.0))
    rounding = 0.5 * len(parts) + 0.01
    for opening in (0, 12):
        used = 0.0
        for month in range(opening, min(opening + 12, MONTHS)):
            expected = min(free[month], max(0.0, 12 * 1000.0 * share * 100 - used))
            assert capped[month] == pytest.approx(expected, abs=rounding * 2)
            used += capped[month]
        assert used <= 12 * 1000.0 * share * 100 + rounding * 12


# --- multiplied, gated ------------------------------------------------------------------------------------------------------


def level(factor: float) -> Component:
    """A multiplier that always stands at a factor."""
    return {"name": "x", "measure": "active_customers", "combine": "multiply", "tiers": [{"attainment": 0.0, "rate": factor}]}


def gate(threshold: float) -> Component:
    return {"name": "gate", "measure": "active_customers", "combine": "gate", "threshold": threshold}


@some
@given(st.lists(components(), min_size=1, max_size=2), stories())
def test_a_multiplier_of_one_and_an_open_gate_are_neutral(parts: list[Component], story: Story) -> None:
    plain = [flows(page) for page in payroll(parts, story)]
    for neutral in (level(1.0), gate(-1.0)):
        assert [flows(page) for page in payroll([*parts, neutral], story)] == plain


@some
@given(st.lists(components(), min_size=1, max_size=2), stories())
def test_a_closed_gate_lets_nothing_through(parts: list[Component], story: Story) -> None:
    for page in payroll([*parts, gate(1e6)], story):
        assert not any(flows(page).values())


@some
@given(components(), stories(), st.floats(0.0, 3.0), st.floats(0.0, 3.0))
def test_multipliers_multiply_awards(part: Component, story: Story, one: float, two: float) -> None:
    once = awarded(payroll([part], story))
    both = awarded(payroll([part, level(one), level(two) | {"name": "y"}], story))
    close(both, [one * two * value for value in once], 0.5 * (1 + one * two))


# --- no money made, none lost -----------------------------------------------------------------------------------------------


@some
@given(st.lists(components(), min_size=1, max_size=3), stories(), st.integers(1, MONTHS + 1))
def test_what_is_awarded_is_paid_held_or_forfeited(parts: list[Component], story: Story, leaves: int) -> None:
    """In every month, whether or not the rep leaves; what is held is what was held back and has not vested."""
    if leaves <= MONTHS:
        story = story | {leaves: story[leaves] | {"rep_leaves": True}}
    total = held = 0
    for page in payroll(parts, story):
        total += sum(line.awarded for line in page.lines) - page.variable - page.forfeited
        assert total == page.held
        held += sum(line.held_back - line.vested for line in page.lines) - sum(page.lost_leaving)
        assert held == page.held >= 0
        assert all(min(line.awarded, line.held_back, line.vested, line.forfeited) >= 0 for line in page.lines)
        assert page.held == 0 or not page.left


@some
@given(st.lists(components(), min_size=1, max_size=3), stories(), st.integers(1, MONTHS + 1), st.sampled_from([0.0, 1000.0]))
def test_what_is_claimed_is_recovered_due_or_uncollectable(
    parts: list[Component], story: Story, leaves: int, savings: float
) -> None:
    """In every month, whether or not the rep has the means, or leaves."""
    if leaves <= MONTHS:
        story = story | {leaves: story[leaves] | {"rep_leaves": True}}
    open_ = 0
    for page in payroll(parts, story, expenses=100.0, savings_months=savings):
        open_ += sum(claim.claimed - claim.uncollectable for claim in page.claims) - page.recovered - page.given_up
        assert open_ == page.due_after >= 0
        assert min(page.recovered, page.given_up) >= 0
        assert savings or page.recovered <= max(0, page.salary + page.variable)


@some
@given(components(), stories())
def test_no_more_is_clawed_back_than_was_paid(part: Component, story: Story) -> None:
    """Neither of one customer nor in all; and what is claimed of a customer is within a hundredth the share of the commission."""
    pages = payroll([part], story)
    claims = [claim for page in pages for claim in page.claims]
    at_once = sum(line.awarded - line.held_back for page in pages for line in page.lines)
    assert sum(claim.claimed for claim in claims) <= at_once + len(claims)
    for claim in claims:
        assert 0.0 <= claim.share <= 1.0
        assert 0 <= claim.claimed <= claim.commission + 1
        if claim.withdrawn == 0.0:
            assert claim.claimed == pytest.approx(claim.share * claim.commission, abs=1.0)
    assert len({claim.customer for claim in claims}) == len(claims)


@some
@given(money, rates, st.integers(1, 12), st.integers(2, 12))
def test_a_straight_line_clawback_keeps_what_a_trail_would_have_paid(first: float, rate: float, age: int, months: int) -> None:
    """A customer who leaves in month `age` of the contract: commission less clawback = trail, = rate x first x age / months."""
    story: Story = {1: {"signs": {"Smith": first}}}
    story[age] = {**story.get(age, {}), "leaves": ["Smith"]}
    part = {"measure": "initial_revenue", "rate": rate}
    indemnity, trail = (
        payroll([part | {"clawback": {"months": months}}], story),
        payroll([part | {"trail_months": months}], story),
    )
    kept = sum(awarded(indemnity)) - sum(flows(page)["claimed"] for page in indemnity)
    share = min(age, months) / months
    assert kept == pytest.approx(first * 100 * rate * share, abs=1.0)
    assert sum(awarded(trail)) == pytest.approx(kept, abs=1.0 + 0.5 * months)
