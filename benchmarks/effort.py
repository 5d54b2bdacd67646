"""How much is measured: all of it, or what fits in a minute."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Effort:
    """Sizes of the benchmarks.

    Attributes
    ----------
    repeats : of every timing.
    books : customers per rep at the start, one world each.
    months : length of a run.
    customer_months : in one timing of a book, at least (whole runs).
    mesa_months : length of the run both engines make.
    growth_runs : runs in a timing of the growth benchmark.
    pairs, thread_runs : pairs of one thread and two, and the runs of each.
    study_runs : studies on disk whose memory is compared, from short to long.
    sweep_points : points of two sweeps whose cost beside the kernel is compared.
    stored_points : points of a stored sweep, of 20 runs each.
    first_start : whether to compile with an empty cache.
    """

    repeats: int
    books: tuple[int, ...]
    months: int
    customer_months: int
    mesa_months: int
    growth_runs: int
    pairs: int
    thread_runs: int
    study_runs: tuple[int, ...]
    sweep_points: tuple[int, int]
    stored_points: int
    first_start: bool


FULL = Effort(
    repeats=7,
    books=(60, 250, 1000, 4000),
    months=120,
    customer_months=10_000_000,
    mesa_months=120,
    growth_runs=10,
    pairs=7,
    thread_runs=400,
    study_runs=(200, 2000, 4000),
    sweep_points=(20, 220),
    stored_points=50_000,
    first_start=True,
)
QUICK = Effort(
    repeats=3,
    books=(60, 1000),
    months=120,
    customer_months=3_000_000,
    mesa_months=24,
    growth_runs=4,
    pairs=3,
    thread_runs=200,
    study_runs=(40, 400),
    sweep_points=(10, 60),
    stored_points=2_000,
    first_start=False,
)
