"""S12: the customer feels it – experience against expectation, losses looming larger – talks about it, and goes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sim.rules import lapse, payment, purchasing, satisfaction
from tests.mechanisms.worlds import NEVER, assert_raises, assert_same, customers, lively, months, quiet, standard_errors


def test_losses_loom_larger_than_gains() -> None:
    """The same gap below expectation moves satisfaction `loss` times as far as above it."""
    gain = satisfaction.update(0.0, 0.2, 0.5, 0.2, 2.0, 0.0)
    pain = satisfaction.update(0.0, 0.2, -0.1, 0.2, 2.0, 0.0)
    assert gain == pytest.approx(0.06)
    assert pain == pytest.approx(-2 * gain)


def test_performance_counts_beside_disconfirmation() -> None:
    """As expected is no disconfirmation: S' = S + speed (performance x - S)."""
    assert satisfaction.update(0.4, 0.3, 0.3, 0.25, 2.0, 0.5) == pytest.approx(0.4 + 0.25 * (0.15 - 0.4))


def test_satisfaction_stays_between_minus_one_and_one() -> None:
    assert satisfaction.update(0.9, -1.0, 5.0, 1.0, 1.0, 1.0) == 1.0
    assert satisfaction.update(-0.9, 1.0, -5.0, 1.0, 10.0, 1.0) == -1.0


def test_satisfaction_and_expectation_follow_constant_treatment() -> None:
    """Nothing happens but a fit of the product, the same every month: the recursion written out by hand."""
    feeling = {
        "fit": 0.0,
        "tie": 1.0,
        "visit": 0.0,
        "expectation": 0.6,
        "learning": 0.2,
        "speed": 0.3,
        "loss": 2.0,
        "performance": 0.5,
    }
    world = quiet(
        reps={"choice": {"hunting": 0.0}},
        customers={"at_start": 3, "feeling": feeling, "tie": {"start": 0.4, "fade": 0.0, "visit": 0.0, "broken": 0.0}},
    )
    s, e, expected = 0.0, 0.6, []
    for _ in range(24):
        gap = 0.4 - e
        s += 0.3 * (0.5 * 0.4 + (gap if gap > 0 else 2 * gap) - s)
        e += 0.2 * gap
        expected.append(s)
    assert np.allclose(months(world, 1)["satisfaction"][1:], expected[1:], atol=1e-6)  # means are kept in quanta of 2**-20
    assert expected[2] < 0 < expected[-1]  # disappointed at first, then used to it


def test_losses_loom_larger_in_the_book() -> None:
    assert_raises("satisfaction", lively(customers={"feeling": {"loss": 1.0}}), lively(customers={"feeling": {"loss": 3.0}}))


def test_a_customer_promised_more_is_less_satisfied() -> None:
    modest, lured = (lively(customers={"feeling": {"expectation": e}}) for e in (0.0, 0.6))
    assert_raises("satisfaction", modest, lured)


def test_a_better_fit_pleases() -> None:
    assert_raises("satisfaction", lively(reps={"screening": 1.0}), lively(reps={"screening": -1.0}), after=12)


def test_the_satisfied_refer_others_the_dissatisfied_do_not() -> None:
    """Word of mouth: leads = rate x satisfaction above zero, summed over customers."""
    happy = {"fit": 0.0, "tie": 0.0, "expectation": -0.5, "learning": 0.0, "speed": 1.0, "performance": 0.0, "loss": 1.0}
    world = quiet(reps={"choice": {"hunting": 0.0}}, customers={"at_start": 100, "feeling": happy, "referral": {"rate": 0.1}})

    def arrived(scenario: Any) -> np.ndarray:
        m = months(scenario, 30)
        leads = m["leads"] - (m.groupby("run")["leads"].shift(fill_value=100.0) * (2 / 3) + 25.0)
        return leads.groupby(m["run"]).mean().to_numpy()

    assert abs(standard_errors(arrived(world) - 100 * 0.1 * 0.5)) < 4
    assert np.allclose(arrived(world.with_(customers={"feeling": {"expectation": 0.5}})), 0.0, atol=1e-9)
    assert np.allclose(arrived(world.with_(customers={"referral": {"rate": 0.0}})), 0.0, atol=1e-9)


def test_a_referral_is_a_lead_the_rep_can_sign() -> None:
    none = {"leads_at_start": 0.0, "leads_per_month": 0.0}
    assert_raises(
        "attempts",
        lively(market=none, customers={"referral": {"rate": 0.3, "visit": 0.0}}),
        lively(market=none, customers={"referral": {"rate": 0.0, "visit": 0.0}}),
    )


# --- what follows from satisfaction ---------------------------------------------------------------------------------------


def test_the_lapse_hazard_is_a_logit() -> None:
    """Odds multiply: own propensity, occasion, satisfaction, tie; a coefficient of ln 2 halves the odds per unit."""
    h = lapse.probability(0.25, 0.0, 0.0, 1.2, 0.8, 1.0)
    assert h == pytest.approx(0.2)
    assert lapse.probability(0.25, 1.0, 0.0, np.log(2), 0.8, 1.0) == pytest.approx(0.125 / 1.125)
    assert lapse.probability(0.25, 0.0, 1.0, 1.2, np.log(2), 1.0) == pytest.approx(0.125 / 1.125)
    assert lapse.probability(0.25, 0.0, 0.0, 1.2, 0.8, 0.5) == pytest.approx(0.125 / 1.125)


def test_the_dissatisfied_lapse_sooner() -> None:
    bad = {"desk": {"solve": 0.3}}
    assert_raises(
        "lapses",
        lively(customers={"service": {"rate": 0.4}, "lapse": {"satisfaction": 3.0}}, **bad),
        lively(customers={"service": {"rate": 0.4}, "lapse": {"satisfaction": 0.0}}, **bad),
    )


def test_a_lapse_waits_for_the_renewal() -> None:
    """Without lapses in term, customers leave in months 12, 24, 36 of the contract and in no other; the opening book's begins in month 1."""
    people = customers(lively(customers={"lapse": {"midterm": 0.0}, "payment": {"exit_on_write_off": False}}))
    gone = people[people["status"] == 1]
    assert len(gone) > 20
    assert set((gone["lapsed_month"] - gone["signed_month"].clip(lower=1) + 1) % 12) == {0}
    assert {0, 1} == set(gone["founder"])


def test_latent_propensity_makes_the_survivors_more_loyal() -> None:
    """Heterogeneity, not a drift of the individual (Fader et al. 2018): without it the hazard is flat."""

    def hazards(alpha: float, beta: float) -> np.ndarray:
        world = quiet(months=48, reps={"choice": {"hunting": 0.0}},
                      customers={"at_start": 600, "renewal_months": 12, "lapse": {**NEVER, "alpha": alpha, "beta": beta}})  # fmt: skip
        m = months(world, 12).query("month % 12 == 0")
        return (m["lapses"] / (m["customers"] + m["lapses"])).to_numpy().reshape(12, 4)

    mixed, alike = hazards(0.7, 1.6), hazards(0.7e5, 1.6e5)
    assert standard_errors(mixed[:, 0] - mixed[:, 3]) > 4
    assert abs(standard_errors(alike[:, 0] - alike[:, 3])) < 4


def test_purchases_rise_more_than_in_proportion_to_satisfaction() -> None:
    """Increasing returns (Mittal & Kamakura 2001)."""
    low, mid, high = (purchasing.rate(0.1, s, 0.5, 1.0) for s in (-1.0, 0.0, 1.0))
    assert mid == pytest.approx(0.1)
    assert high - mid > 1.2 * (mid - low) > 0
    assert purchasing.rate(0.1, 0.0, 0.5, 1.5) == pytest.approx(0.15)


def test_the_dissatisfied_pay_later() -> None:
    assert payment.lift(1.5, 0.5, 0.7) == 1.5
    assert payment.lift(1.5, -1.0, np.log(2)) == pytest.approx(0.75)  # odds halved
    angry = {"service": {"rate": 0.5}}
    assert_raises(
        "outstanding",
        lively(customers={**angry, "payment": {"dissatisfied": 3.0}}),
        lively(customers={**angry, "payment": {"dissatisfied": 0.0}}),
    )


def test_what_is_not_felt_changes_nothing() -> None:
    """Where satisfaction moves neither lapse, purchase, payment nor word of mouth, treatment changes no account but its cost."""
    deaf = {"lapse": {"satisfaction": 0.0}, "purchase": {"satisfaction": 0.0}, "payment": {"dissatisfied": 0.0},
            "referral": {"rate": 0.0, "visit": 0.0}, "service": {"rate": 0.3}}  # fmt: skip
    kind, rude = (lively(customers={**deaf, "feeling": {"unsolved": u}}, reps={"choice": {"rule": "fixed"}}) for u in (0.0, 2.0))
    assert_same(customers(kind), customers(rude))
    assert_raises("satisfaction", kind, rude)
