"""Patterns: what is missed says so, with what would be needed."""

from __future__ import annotations

import numpy as np
import pytest

from sim.proofs.patterns import around, pattern


def test_a_pattern_missed_says_what_is_needed_and_one_met_does_not() -> None:
    values = np.random.default_rng(1).normal(0.3, 0.01, 50)
    met, missed = pattern("share", (0.2, 0.4), values, "here", "more"), pattern("share", (0.5, 0.6), values, "here", "more")
    assert met.passes and met.note == "here"
    assert not missed.passes and missed.note == "here; not reproduced: more"
    assert missed.found == met.found == pytest.approx(0.3, abs=0.01)


def test_half_to_one_and_a_half_times_an_estimate_of_either_sign() -> None:
    assert around(10.0) == (5.0, 15.0)
    assert around(-0.4) == pytest.approx((-0.6, -0.2))
