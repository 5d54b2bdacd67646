"""The ordinary model restricted to the multitask problem: the search finds the commission that a closed form gives."""

from __future__ import annotations

import numpy as np
import pytest

from sim.design import solve
from sim.design.evaluate import Simulated
from sim.design.surface import Optimum
from tests.design.worlds import RATE, problem
from tests.theory.worlds import world

COST, CROSS, HUNT, NURTURE = 20_000.0, 0.3, 0.25, 0.3  # effort cost k, substitution s, intrinsic shares of time
PRICE, MARGIN, PERKS = 10_000.0, 0.55, 200.0
ATTEMPTS, SUCCESS = 12.5, 0.2  # a month of hunting; of attempts
VISITS, VISIT_COST, ATTEMPT_COST = 50.0, 5.0, 10.0  # a month of nurturing

RESTRICTED = world(
    months=12,
    market={"leads_at_start": 1e6, "leads_per_month": 1e6, "success": SUCCESS},
    customers={"at_start": 60, "initial": PRICE, "margin": MARGIN, "renewal": 0.0, "visit_sale": 0.0,
               "lapse": {"alpha": 1e-6, "beta": 1e6}},
    firm={"perks": PERKS, "attempt_cost": ATTEMPT_COST, "visit_cost": VISIT_COST},
    reps={"count": 20, "screening": -10.0, "effort_cost": COST, "substitution": CROSS, "intrinsic_hunting": HUNT,
          "intrinsic_nurturing": NURTURE, "belief": {"rate": 0.0},
          "choice": {"rule": "logit", "temperature": 40.0, "grid": 20}},
    scheme={"components": [{"measure": "signings", "rate": 100.0}]},
)  # fmt: skip


def best_commission() -> float:
    """Per signing, of a firm that pays c and no salary.

    The rep is not averse to risk and answers t = t0 + C⁻¹ (a, 0), a = c x signings of a month of hunting: on a grid of
    splits, logit choice with quadratic cost is a discrete normal about that.  With p1 and p2 what a month of hunting and of
    nurturing (which costs visits and brings nothing here) leaves the firm, the profit p't - a t1 is largest at
    a = ½ (p1 - s p2 - k (1 - s²) t0_1): half the value, since the salary does not take back what the rep gains.
    """
    hunting = SUCCESS * ATTEMPTS * (MARGIN * PRICE - PERKS) - ATTEMPTS * ATTEMPT_COST
    nurturing = -VISITS * VISIT_COST
    paid = 0.5 * (hunting - CROSS * nurturing - COST * (1 - CROSS**2) * HUNT)
    return paid / (SUCCESS * ATTEMPTS)


def test_the_closed_form_lies_within_the_family() -> None:
    """1,730 per signing; the rep then hunts .49 and nurtures .23 of the time, at least four standard deviations off every bound."""
    assert best_commission() == pytest.approx(1730.0)
    paid = best_commission() * SUCCESS * ATTEMPTS
    hunt, nurture = np.array([HUNT, NURTURE]) + np.linalg.solve(COST * np.array([[1, CROSS], [CROSS, 1]]), [paid, 0.0])
    spread = np.sqrt(40.0 / COST / (1 - CROSS**2))
    assert min(hunt, nurture, (1 - hunt - nurture) / np.sqrt(2 * (1 - CROSS))) > 4 * spread


@pytest.mark.slow
def test_the_search_finds_the_commission_of_the_closed_form() -> None:
    effort = {"evaluations": 40, "search_runs": 8, "choice_runs": 200, "report_runs": 50, "candidates": 8}
    asked = problem(RATE, [{"outcome": "npv"}], low=0.0, high=4000.0, effort=effort)
    answer = solve(asked, workers=1, evaluate=Simulated(RESTRICTED, ("npv",)), outcomes=["npv"])
    assert isinstance(answer.optimum, Optimum), answer.optimum
    assert abs(answer.optimum.values[0] - best_commission()) < 2.5 * answer.optimum.errors[0]
    assert answer.optimum.errors[0] < 20.0 and answer.optimum.lack_of_fit < 1.0
