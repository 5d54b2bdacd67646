"""What scenarios must have in common, and that the message names who says what."""

from __future__ import annotations

import pytest

from sim.errors import InputError
from sim.study.results import check_currency, check_months, shared, unlike


def test_those_that_say_the_same_are_named_together() -> None:
    assert shared([("a", "EUR"), ("b", "USD"), ("c", "EUR")]) == "EUR in a and c, USD in b"
    assert unlike([("a", 24), ("b", 120)]) == "24 months in a, 120 months in b"
    assert shared([("a", "EUR"), ("b", "EUR")]) == unlike([("a", 3)]) == ""


def test_what_differs_is_refused() -> None:
    check_currency([("a", "EUR"), ("b", "EUR")])
    check_months([("a", 24), ("b", 24)])
    with pytest.raises(InputError, match="currency: found EUR in a, USD in b, allowed is one"):
        check_currency([("a", "EUR"), ("b", "USD")])
    with pytest.raises(InputError, match="months: found 24 months in a, 120 months in b, allowed is one length"):
        check_months([("a", 24), ("b", 120)])
