"""Where a rule saves itself an exponential, it decides as it would with one."""

from __future__ import annotations

import numpy as np
import pytest

from sim.rules import payment


@pytest.mark.parametrize("odds", [0.01, 1.0, 40.0])
@pytest.mark.parametrize("dissatisfied", [0.0, 0.7, 10.0])
@pytest.mark.parametrize("satisfaction", [-1.0, -0.3, 0.0, 0.8])
def test_who_surely_pays_pays(odds: float, dissatisfied: float, satisfaction: float) -> None:
    """And the shortcut is worth having: nobody who pays is missed unless dissatisfied."""
    for paid in (0.05, 0.9, 1.0):
        lifted = paid * payment.lift(odds, satisfaction, dissatisfied)
        for u in np.linspace(0.001, 0.999, 101):
            pays = u * (1.0 - paid + lifted) < lifted
            surely = payment.surely_pays(u, paid, odds, satisfaction, dissatisfied)
            assert pays or not surely
            if satisfaction >= 0.0:
                assert surely == pays
