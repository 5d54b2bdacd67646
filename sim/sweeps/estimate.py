"""What a sweep will take, measured on a few of its runs."""

from __future__ import annotations

import time

from sim.sweeps.checks import observables
from sim.sweeps.design import Design
from sim.sweeps.job import Job, Model, Piece

SAMPLE = 5  # points that are tried
ENOUGH = 2.0  # seconds of trying


def seconds_per_run(design: Design, model: Model | None = None) -> float | None:
    """Time of one run on one core: the mean over a few points spread over the design; None if they all fail.

    Parameters
    ----------
    design : Design
        What is to be simulated.
    model : callable, optional
        What takes the place of the simulation.
    """
    job = Job("", design.base, design.factors, design.seed, {}, "", model, observables(design))
    last = len(design) - 1
    times: list[float] = []
    for number in range(SAMPLE):
        piece = Piece(b"", design.row(last * number // (SAMPLE - 1)), 1, 1)
        try:
            if not times:
                job.simulate(piece)  # the first time includes loading the kernel
            began = time.perf_counter()
            job.simulate(piece)
        except Exception:  # a failing point: it will be recorded as one
            continue
        times.append(time.perf_counter() - began)
        if sum(times) > ENOUGH or last == 0:
            break
    return sum(times) / len(times) if times else None


def in_words(seconds: float) -> str:
    """A length of time, to be read."""
    for size, name in ((86400.0, "days"), (3600.0, "hours"), (60.0, "minutes")):
        if seconds >= 1.5 * size:
            return f"{seconds / size:.1f} {name}" if seconds < 10 * size else f"{seconds / size:.0f} {name}"
    return f"{seconds:.0f} seconds" if seconds >= 1.5 else "a second"
