"""Running entries: an entry that raises is shown as failing, with its error."""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from queue import SimpleQueue

from sim import library
from sim.errors import InputError
from sim.proofs.entry import GROUPS, Effort, Entry, Figure, Finding
from sim.proofs.omnibus import Seen, sees, together
from sim.texts import nearest
from sim.threads import Finished, Threads, next_finished, watched


@dataclass(frozen=True)
class Result:
    """What an entry found, or the error it ended with."""

    entry: Entry
    findings: tuple[Finding, ...]
    figures: tuple[Figure, ...] = ()
    error: str = ""
    seconds: float = field(default=0.0, compare=False)

    @property
    def sees(self) -> list[Seen]:
        """The smallest steady fault of each of its rates that it finds with probability .9."""
        return sees(self.findings)

    @property
    def passes(self) -> bool:
        """Whether it found something, all of it agrees, and nothing was raised."""
        return not self.error and bool(self.findings) and all(one.passes for one in self.findings)


@dataclass(frozen=True)
class Battery:
    """The results of a battery, in the order of the registry."""

    results: tuple[Result, ...]
    effort: Effort
    left_out: tuple[Entry, ...] = ()  # entries asked for that the quick battery does not run

    @property
    def passes(self) -> bool:
        """Whether every entry that was run passes."""
        return all(one.passes for one in self.results)

    @property
    def findings(self) -> list[Finding]:
        """All findings."""
        return [finding for result in self.results for finding in result.findings]


def run_entry(one: Entry, effort: Effort) -> Result:
    """Run one entry.

    Raises
    ------
    InputError
        When the library is not there: that is no result of the entry.
    """
    library.folder()
    start = time.perf_counter()
    found: list[Finding | Figure] = []
    error = ""
    try:
        found.extend(one.check(effort))
    except Exception as raised:
        error = f"{type(raised).__name__}: {raised}"
    findings = tuple(value for value in found if isinstance(value, Finding))
    findings += tuple(together(findings))
    figures = tuple(value for value in found if not isinstance(value, Finding))
    return Result(one, findings, figures, error, time.perf_counter() - start)


def choose(
    entries: Mapping[str, Entry], quick: bool, only: Iterable[str] = (), groups: Iterable[str] = ()
) -> tuple[list[Entry], list[Entry]]:
    """The entries asked for: by id, by group, or all; and which of them are left out, as those kept out of the quick battery run
    there only when named.

    Raises
    ------
    InputError
        When a name is unknown, or nothing is left to run.
    """
    only, groups = list(only), list(groups)
    for what, names, known in (("--only", only, list(entries)), ("--group", groups, list(GROUPS))):
        for name in names:
            if name not in known:
                allowed = (
                    f"; allowed is one of {', '.join(known)}" if what == "--group" else "; daarna validate --list names them"
                )
                raise InputError(f'{what}: found "{name}"{nearest(name, known)}{allowed}')
    chosen = [one for one in entries.values() if one.id in only or one.group in groups or not (only or groups)]
    left_out = [one for one in chosen if quick and not one.quick and one.id not in only]
    if chosen and len(left_out) == len(chosen):
        raise InputError(
            f"--quick: found nothing to run: it leaves out {by_group(left_out)}, which is all that is asked for; "
            "leave --quick out, or name an entry with --only"
        )
    return [one for one in chosen if one not in left_out], left_out


def by_group(entries: Iterable[Entry]) -> str:
    """How many entries of which groups: ``12 of the group pattern, 2 of the group docking``."""
    counts = Counter(one.group for one in entries)
    return ", ".join(f"{counts[group]} of the group {group}" for group in GROUPS if counts[group])


def run_battery(
    entries: Mapping[str, Entry],
    quick: bool = False,
    seed: int = 1,
    only: Iterable[str] = (),
    groups: Iterable[str] = (),
    workers: int | None = 1,
    progress: Callable[[int, int], None] | None = None,
) -> Battery:
    """Run entries.

    Parameters
    ----------
    entries : mapping
        From :func:`sim.proofs.registry`.
    quick : bool
        A tenth of the runs, and only the entries that belong to the quick battery.
    seed : int
        Key of all random numbers: same seed, same report, whatever the workers.
    only, groups : iterables of str
        Entries by id and by group; all where neither is given.
    workers : int, optional
        Threads, an entry each; all cores where None.
    progress : callable, optional
        Called with (entries finished, entries in all).
    """
    effort = Effort(quick, seed)
    chosen, left_out = choose(entries, quick, only, groups)
    finished: Finished[Result] = SimpleQueue()
    with Threads(workers or os.cpu_count()) as pool:
        try:
            waiting = [watched(pool.submit(run_entry, one, effort), finished) for one in chosen]
            for done in range(1, len(chosen) + 1):
                next_finished(finished)
                if progress:
                    progress(done, len(chosen))
            return Battery(tuple(one.result() for one in waiting), effort, tuple(left_out))
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
