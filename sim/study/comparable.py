"""What scenarios must have in common: one currency to stand in one study, one length to be compared."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from sim.errors import InputError

if TYPE_CHECKING:
    from sim.study.results import Study

Said = Iterable[tuple[str, str]]  # name of a scenario, what it says


def shared(said: Said) -> str:
    """Who says what, where they differ: ``EUR in a, USD in b and c``; nothing where all say the same."""
    names: dict[str, list[str]] = {}
    for name, value in said:
        names.setdefault(value, []).append(name)
    return ", ".join(f"{value} in {' and '.join(those)}" for value, those in names.items()) if len(names) > 1 else ""


def check_currency(said: Said) -> None:
    """Refuse money of several currencies.

    Raises
    ------
    InputError
        Naming the scenarios and their currencies.
    """
    if found := shared(said):
        raise InputError(f"currency: found {found}, allowed is one for all: money in different currencies cannot be compared")


def check_months(said: Iterable[tuple[str, int]]) -> None:
    """Refuse runs of several lengths.

    Raises
    ------
    InputError
        Naming the scenarios and their months.
    """
    if found := unlike(said):
        raise InputError(
            f"months: found {found}, allowed is one length for all that is compared: a total over more months is another quantity; "
            "give them the same months, or simulate them with daarna run"
        )


def lengths(study: Study) -> list[tuple[str, int]]:
    """A study's scenarios by name, and how many months each runs."""
    return [(name, int(one["months"])) for name, one in zip(study.names, study.scenarios, strict=True)]


def unlike(said: Iterable[tuple[str, int]]) -> str:
    """How long the scenarios run, where they differ: ``24 months in a, 120 months in b``."""
    return shared((name, f"{months} months") for name, months in said)
