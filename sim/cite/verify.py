"""Is it what it says it is?  A study, a table, a figure or a memo is made again from what it carries, and compared number by number.

What may be found: the record was changed (its content hash says so), a file was changed (its fingerprint says
so), the numbers do not come out again, or a picture is not the one that these numbers give.
"""

from __future__ import annotations

import platform
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from sim import __version__
from sim.cite.citable import Thing, find
from sim.cite.designs import design_folder
from sim.cite.memos import memo
from sim.cite.pictures import check_record, figure
from sim.cite.sweeps import points_of, sweep_folder
from sim.cite.tables import study_folder, table
from sim.cite.work import TooMuchError, check_work
from sim.errors import InputError
from sim.recipes.verdict import CannotVerifyError, How, Progress, Verdict
from sim.study.finished_tables import Marks
from sim.study.provenance import PACKAGES, RECORD, installed
from sim.texts import plain

#: What a record that is of the right types may still bring about, such as a factor of a path that there is not.
FOLLOWING = (KeyError, IndexError, TypeError, ValueError, AttributeError, ArithmeticError, AssertionError, MemoryError)

#: How each kind of thing is verified.
VERIFIED: Mapping[str, Callable[[Thing, How], None]] = {
    "study": study_folder,
    "sweep": sweep_folder,
    "design": design_folder,
    "table": table,
    "figure": figure,
    "memo": memo,
}


def verify(
    thing: str | Path,
    quick: bool = False,
    progress: Progress | None = None,
    data: Sequence[str | Path] = (),
    yes: bool = False,
) -> Verdict:
    """Make a result again from what it carries, and compare.

    What another version of daarna or of its model made is not made again: ``other`` of the verdict says which version does.

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
    yes : bool
        Make it again however long it takes.

    Raises
    ------
    InputError
        When there is no such thing, it carries no provenance or one that is none, it asks for more than some minutes of work and
        `yes` was not said, or it was made by a model or from data that is not here (:class:`sim.recipes.verdict.CannotVerifyError`).
    """
    found = find(str(thing))
    verdict = Verdict(str(found.path), versions=_versions(found), other=_other(found))
    how = How(verdict, quick, tuple(map(Path, data)), progress)
    try:
        check_record(found, verdict)
        if verdict.other:
            _check_as_it_is(found, verdict)
            return verdict
        check_work(found, quick, yes)
        VERIFIED[found.kind](found, how)
    except CannotVerifyError as error:
        raise CannotVerifyError(f"{found.path}: {error}") from None
    except TooMuchError:
        raise
    except InputError as error:
        verdict.findings.append(f"it cannot be made again from what it carries: {error}")
    except FOLLOWING as error:
        verdict.findings.append(f"it cannot be made again from what it carries: {type(error).__name__}: {plain(error)[:200]}")
    return verdict


def _check_as_it_is(found: Thing, verdict: Verdict) -> None:
    """What can be told of a result of another version without making it again: whether its tables are those of its record."""
    if found.kind not in ("study", "sweep"):
        return
    about = found.recipe["sweep"] if found.kind == "sweep" else found.about
    marks = Marks(found.path / ("design.json" if found.kind == "sweep" else RECORD), about)
    for name in about.get("tables", {}):
        try:
            marks.check(name, points_of(found.path) if (found.kind, name) == ("sweep", "points") else None)
        except InputError as error:
            verdict.findings.append(str(error))
    verdict.checked.append("the tables, held against the fingerprints in the record")


def _other(found: Thing) -> str:
    """By which version it was made, if by another one."""
    from sim.compiled import source_hash

    made, source = found.about, source_hash()
    if (made["daarna"], made["source"] or source) == (__version__, source):
        return ""
    which = "version" if made["daarna"] != __version__ else "state of the sources"
    return (
        f"made by daarna {made['daarna']} (model {made['source']}), here is daarna {__version__} (model {source}); "
        f"install that {which} to check it"
    )


def _versions(thing: Thing) -> list[tuple[str, str, str]]:
    from sim.compiled import source_hash

    there = {**thing.about["versions"], "model source": thing.about["source"]}
    here = {"daarna": __version__, "python": platform.python_version(), "model source": source_hash()}
    here |= {name: installed(name) for name in (*PACKAGES, *there) if name not in here}
    return [(name, there.get(name) or "not known", now) for name, now in here.items() if there.get(name) != now]
