"""What all long commands do alike: say how far they are, stop when asked, and give numbers as JSON."""

from __future__ import annotations

import gc
import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

Progress = Callable[[int, int], None]


def announce_compilation() -> None:
    """Say that the model is compiled, where that is not done yet."""
    from sim.compiled import cache_folder

    if not any(cache_folder().rglob("*.nbc")):
        print("Compiling the model once (about 40 seconds); later starts take it from disk.", file=sys.stderr)
        gc.disable()  # numba makes millions of objects that stay: looking for garbage among them costs seconds


def without_nan(value: Any) -> Any:
    """JSON has no word for an undefined number but null."""
    if isinstance(value, dict):
        return {key: without_nan(one) for key, one in value.items()}
    if isinstance(value, list):
        return [without_nan(one) for one in value]
    return None if value != value else value


@contextmanager
def interruptible() -> Iterator[None]:
    """Ctrl-C finishes and keeps the runs under way; a second one leaves at once; both say what is safe."""

    def stop(*_: Any) -> None:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        print("stopping: the runs under way are finished first (Ctrl-C again leaves at once)", file=sys.stderr, flush=True)
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGINT, stop)
    try:
        yield
    except KeyboardInterrupt as interrupt:
        print("\n".join(["interrupted", *getattr(interrupt, "__notes__", [])]), file=sys.stderr, flush=True)
        os._exit(1)  # at once: an ordinary exit would wait for threads that are still simulating
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def progress_bar(quiet: bool, folder: Path, before: Progress | None = None) -> Iterator[Progress | None]:
    """A bar with time left on a terminal, nothing where standard error is piped, but for what is there already.

    Parameters
    ----------
    quiet : bool
        Whether nothing is to be said at all.
    folder : Path
        Where the runs are.
    before : callable, optional
        Called with (runs finished, runs in all) once, when that is known and before the bar is shown.
    """
    if quiet:
        yield None
        return

    def say_what_is_there(done: int, total: int) -> None:
        if done:
            rest = "nothing is left to simulate" if done == total else "going on from there"
            print(f"{done} of {total} runs are in {folder} already; {rest}", file=sys.stderr)
        if before:
            before(done, total)

    if not sys.stderr.isatty():
        first: list[Progress] = [say_what_is_there]
        yield lambda done, total: first.pop()(done, total) if first else None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:

        def show(done: int, total: int) -> None:
            if not bar.tasks:
                say_what_is_there(done, total)
                bar.add_task("runs", total=total, completed=done)
            else:
                bar.update(bar.tasks[0].id, completed=done)

        yield show
