"""``python -m sim.build FOLDER [LEVEL…]``: compile the model before it is used, for several kinds of processors.

``setup.py`` calls it when the package is built.  What is compiled is what the commands ask for: each is called once.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from sim import code_cache, compiler
from sim.code_cache import LEVELS
from sim.compiler import Place


def build(folder: Path, levels: Sequence[str] = ()) -> None:
    """Fill a folder with code for each level of x86-64; the newest that this processor has, if none is named.

    Raises
    ------
    RuntimeError
        When this processor has none of them, or something cannot be compiled.
    """
    mine = [level for level in code_cache.fitting() if level in (levels or LEVELS)]
    if not mine:
        raise RuntimeError("this processor has none of the levels of x86-64 that were asked for")
    code_cache.use_only(Place(folder, mine[0]))
    call_everything()
    others = [level for level in levels if level != mine[0]]
    with ThreadPoolExecutor() as pool:
        list(pool.map(lambda level: _compile_all(Place(folder, level)), others))


def _compile_all(place: Place) -> None:
    """Compile for a place what has been asked for so far; none of it is called."""
    at_work = compiler.Compiler(place)
    for function, signature in tuple(compiler.asked):
        if why := at_work.ask(function, signature):
            raise RuntimeError(f"{function.__qualname__}: {why}")
    at_work.end()


def call_everything() -> None:
    """Call everything that commands call, in a short run of a small firm: the ensemble, the Mesa model, and a run followed."""
    from sim import Scenario
    from sim.study import run
    from sim.trace.model import follow
    from sim.trace.statement import statement

    # more customers than an archive has room for at first: it is made larger
    small = Scenario.model_validate({"months": 14, "reps": {"count": 2}, "customers": {"at_start": 40}})
    run(small, runs=1)
    run(small, runs=1, engine="mesa", customers=True)
    statement(follow(small, customers="all"), 0, 1, 12)


if __name__ == "__main__":
    build(Path(sys.argv[1]), sys.argv[2:])
