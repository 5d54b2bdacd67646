"""What all long commands do alike: say how far they are, stop when asked, and give numbers as JSON."""

from __future__ import annotations

import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.cli.terminal import make_console

if TYPE_CHECKING:
    from sim.study.precision import InterimAnalysis

LATEST = 1.8  # seconds after Ctrl-C

Progress = Callable[[int, int], None]
Looked = Callable[["InterimAnalysis"], None]


@contextmanager
def interruptible() -> Iterator[None]:
    """Ctrl-C gives the runs under way a second to be finished and kept, a second one leaves at once; both say what is safe."""

    def stop(*_: Any) -> None:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        print("stopping: the runs under way have a second to finish (Ctrl-C again leaves at once)", file=sys.stderr, flush=True)
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGINT, stop)
    heard, watch = socket.socketpair()
    watch.setblocking(False)
    signal.set_wakeup_fd(watch.fileno(), warn_on_full_buffer=False)
    threading.Thread(target=_leave_in_time, args=(heard,), daemon=True).start()
    try:
        yield
    except KeyboardInterrupt as interrupt:
        print("\n".join(["interrupted", *getattr(interrupt, "__notes__", [])]), file=sys.stderr, flush=True)
        os._exit(1)  # at once: an ordinary exit would wait for threads that are still simulating
    finally:
        signal.set_wakeup_fd(-1)
        watch.close()
        signal.signal(signal.SIGINT, before)


def _leave_in_time(heard: socket.socket) -> None:
    """Leave within two seconds of Ctrl-C, whatever the main thread is at: compiling, say, where Python hears nothing."""
    with heard:
        while number := heard.recv(1):
            if number[0] == signal.SIGINT:
                time.sleep(LATEST)
                print(
                    "interrupted; what is finished is safe, and the same command goes on from there", file=sys.stderr, flush=True
                )
                os._exit(1)


@contextmanager
def progress_bar(
    quiet: bool, folder: Path, before: Progress | None = None, growing: bool = False
) -> Iterator[tuple[Progress | None, Looked | None]]:
    """A bar with time left on a terminal, nothing where standard error is piped, but for what is there already.

    Parameters
    ----------
    quiet : bool
        Whether nothing is to be said at all.
    folder : Path
        Where the runs are.
    before : callable, optional
        Called with (runs finished, runs in all) once, when that is known and before the bar is shown.
    growing : bool
        Whether the number of runs is being found: the bar then ends where it is expected, and says how far the targets are.
    """
    if quiet:
        yield None, None
        return

    def say_what_is_there(done: int, total: int) -> None:
        if done:
            rest = "nothing is left to simulate" if done == total else "going on from there"
            of_all = f"about {total}" if growing and done < total else str(total)
            print(f"{done} of {of_all} runs are in {folder} already; {rest}", file=sys.stderr)
        if before:
            before(done, total)

    if not sys.stderr.isatty():
        first: list[Progress] = [say_what_is_there]
        yield (lambda done, total: first.pop()(done, total) if first else None), None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    columns = (TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Bar(*columns, console=make_console(stderr=True), transient=True) as bar:
        known = ["runs"]

        def show(done: int, total: int) -> None:
            if not bar.tasks:
                say_what_is_there(done, total)
                bar.add_task(known[0], total=total, completed=done)
            else:
                bar.update(bar.tasks[0].id, completed=done, total=total, description=known[0])

        def tell(look: InterimAnalysis) -> None:
            from sim.cli.report import how_far

            known[0] = how_far(look)
            bar.update(bar.tasks[0].id, description=known[0]) if bar.tasks else None

        yield show, tell
