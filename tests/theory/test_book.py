"""C3: who is signed (the other identities of a book are entries of `daarna validate`)."""

from __future__ import annotations

from scipy import stats

from sim.proofs.measure import customers
from tests.theory.worlds import close, world


def test_fit_of_the_signed_is_the_mills_ratio() -> None:
    """C3: accept when fit > z: E[fit | signed] = phi(z) / (1 - Phi(z))."""
    z = 0.4
    scenario = world(
        reps={"choice": {"hunting": 1.0}, "screening": z, "savings_months": 1e6},
        market={"leads_at_start": 1e5, "leads_per_month": 1e5, "success": 0.9},
        customers={"at_start": 0},
    )
    close(customers(scenario, 9, 60)["fit"], stats.norm.pdf(z) / stats.norm.sf(z))
