"""Is it what it says it is?  A study, a table, a figure or a memo is made again from what it carries, and compared number by number.

What may be found: the record was changed (its content hash says so), a file was changed (its fingerprint says
so), the numbers do not come out again, or a picture is not the one that these numbers give.
"""

from __future__ import annotations

import platform
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from sim import __version__
from sim.cite.designs import design_folder
from sim.cite.memos import memo
from sim.cite.pictures import check_record, figure
from sim.cite.sweeps import sweep_folder
from sim.cite.tables import study_folder, table
from sim.cite.things import Thing, find
from sim.cite.verdict import CannotVerifyError, How, Progress, Verdict
from sim.errors import InputError
from sim.study.provenance import PACKAGES, installed

LARGEST_UNTRUSTED = 100_000  # runs that are made again although the record was changed

#: How each kind of thing is verified.
VERIFIED: Mapping[str, Callable[[Thing, How], None]] = {
    "study": study_folder,
    "sweep": sweep_folder,
    "design": design_folder,
    "table": table,
    "figure": figure,
    "memo": memo,
}


def verify(thing: str | Path, quick: bool = False, progress: Progress | None = None, data: Sequence[str | Path] = ()) -> Verdict:
    """Make a result again from what it carries, and compare.

    Parameters
    ----------
    thing : str or Path
        A folder of a study, a sweep or a design, a figure (PNG, SVG, PDF), a memo (HTML, Markdown, PDF) or a table (Parquet).
    quick : bool
        Make a sample again, not all: ten runs of each scenario of a study, ten points of a sweep, the schemes that a design reports.
        A figure of a study, a memo, a followed run and a forecast show all of what they are made from, and are always verified in full.
    progress : callable, optional
        Called with (runs made again, runs in all).
    data : sequence of paths
        The user's own files, of a figure that was made from some.

    Raises
    ------
    InputError
        When there is no such thing, it carries no provenance, or it was made by a model or from data that is not here
        (:class:`sim.cite.verdict.CannotVerifyError`).
    """
    found = find(str(thing))
    verdict = Verdict(str(found.path), versions=_versions(found))
    how = How(verdict, quick, tuple(map(Path, data)), progress)
    try:
        check_record(found, verdict)
        if verdict.findings and (asked := _runs_asked(found)) > LARGEST_UNTRUSTED:
            raise InputError(f"the changed record asks for {asked:,} runs, which are not made")
        VERIFIED[found.kind](found, how)
    except CannotVerifyError as error:
        raise CannotVerifyError(f"{found.path}: {error}") from None
    except InputError as error:
        verdict.findings.append(f"it cannot be made again from what it carries: {error}")
    return verdict


def _runs_asked(thing: Thing) -> int:
    """How many runs a record of a study or a sweep asks for, if it asks for a number."""
    about = thing.recipe.get("sweep") or thing.record.get("study") or {}
    numbers = about.get("runs"), about.get("points", len(about.get("names", ())))
    return numbers[0] * numbers[1] if all(isinstance(one, int) for one in numbers) else 0


def _versions(thing: Thing) -> list[tuple[str, str, str]]:
    from sim.compiled import source_hash

    there = {**thing.about["versions"], "model source": thing.about["source"]}
    here = {"daarna": __version__, "python": platform.python_version(), "model source": source_hash()}
    here |= {name: installed(name) for name in (*PACKAGES, *there) if name not in here}
    return [(name, there.get(name) or "not known", now) for name, now in here.items() if there.get(name) != now]
