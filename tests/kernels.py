"""Compiled functions for the tests of the compiler, which finds them by their names."""

from __future__ import annotations

from sim.compiled import kernel, rule, shared


@kernel
def tripled(x: float) -> float:
    return 3.0 * x


@rule
def halved(x: float) -> float:
    return 0.5 * x


@shared
def doubled(x: float) -> float:
    return 2.0 * x


@kernel
def quadrupled(x: float) -> float:
    return doubled(doubled(x))


@kernel
def wrong(x: float) -> float:
    return x.no_such_thing  # type: ignore[attr-defined, no-any-return]
