"""Registered predictions: a sign, what was published, and a score that can fail."""

from __future__ import annotations

import numpy as np
import pytest

from sim.proofs.entry import registry
from sim.proofs.predictions import Prediction, sign_of


@pytest.mark.parametrize(
    ("sign", "published", "score"),
    [("-", "-", 1.0), ("-", "+", 0.0), ("-", "not -", 0.0), ("+", "not -", 1.0), ("0", "not -", 1.0), ("-", "", np.nan)],
)
def test_a_prediction_is_scored_by_what_was_published(sign: str, published: str, score: float) -> None:
    assert Prediction(outcome="signings", sign=sign, seen="text", published=published).score() == pytest.approx(
        score, nan_ok=True
    )


def test_a_sign_is_that_of_the_interval() -> None:
    values = np.random.default_rng(1).normal(0.0, 1.0, 400)
    assert [sign_of(values - values.mean() + shift) for shift in (-0.2, 0.02, 0.2)] == ["-", "0", "+"]


def test_the_library_has_predictions_in_the_battery() -> None:
    assert [one.id for one in registry().values() if one.group == "prediction"] == ["au-life-reform"]
