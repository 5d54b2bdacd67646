"""What a record may say: one type for each kind, checked whenever one is opened; a record is believed no further than that.

A study, a sweep, the answer to a design problem, a figure and a memo each have one.  Keys that are not named here are left alone: a
later version may write more.  A scenario within a record is a whole scenario, if this version made the record; of another version's
only what is shown of it is checked.
"""

from __future__ import annotations

import datetime
import unicodedata
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from sim.errors import InputError
from sim.files.untrusted import read_json
from sim.scenario.base import shown
from sim.scenario.explain import allowed
from sim.scenario.model import Scenario
from sim.study.provenance import digest
from sim.texts import plain, repeated
from sim.version import __version__
from sim.whole_number import LAST_SEED, MOST_RUNS

MOST_POINTS = 1_000_000
RECORD = "study.json"
MARK = "sha256"  # of a record: of all else that it says


def _in_a_line(text: str) -> str:
    if any(unicodedata.category(one) in ("Cc", "Zl", "Zp") for one in text):
        raise ValueError("a text in one line, without control characters")
    return text


def _date(text: str) -> str:
    try:
        datetime.datetime.fromisoformat(text)
    except ValueError:
        raise ValueError("a date and time, as 2026-01-31T12:00:00+00:00") from None
    return text


def _scenario(found: dict[str, Any]) -> dict[str, Any]:
    try:
        Scenario.model_validate(found)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(map(str, first["loc"]))
        raise ValueError(f"a scenario of this version ({place or 'it'} is none: {_expected(first)})") from None
    if not {"title", "currency", "months"} <= set(found):
        raise ValueError("a scenario in full, with its title, currency and months")
    return found


Line = Annotated[str, StringConstraints(max_length=10_000), AfterValidator(_in_a_line)]
Text = Annotated[str, StringConstraints(max_length=1_000_000)]
Digest = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Source = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{16}$")]
Date = Annotated[str, AfterValidator(_date)]
Seed = Annotated[int, Field(ge=0, le=LAST_SEED)]
Runs = Annotated[int, Field(ge=1, le=MOST_RUNS)]
Count = Annotated[int, Field(ge=0, le=2**62)]
Finite = Annotated[float, Field(allow_inf_nan=False)]
Value = bool | int | Finite | Line
Whole = Annotated[dict[str, Any], AfterValidator(_scenario)]


class _Record(BaseModel):
    """What every part of a record has."""

    model_config = ConfigDict(strict=True, extra="allow", hide_input_in_errors=False)


class Model(_Record):
    """A researcher's own model: its name and the hash of its source."""

    name: Line
    source: Line


class Made(_Record):
    """By what something was made, and when."""

    daarna: Line
    source: Source | None
    versions: dict[Line, Line]
    command: Text
    machine: dict[Line, Line | int | None] = {}
    date: Date = ""


class TableRecord(_Record):
    """Of a table: rows and fingerprint."""

    rows: Count = 0
    sha256: Digest | None = None


class Told(_Record):
    """Of a scenario made by another version: what is shown of it."""

    title: Line
    currency: Line
    months: Annotated[int, Field(ge=1, le=1200)]


class AttainedRecord(_Record):
    """How far a precision was reached."""

    target: Line
    scenario: Line
    value: Finite | None
    standard_error: Finite | None
    half_width: Finite | None
    allowed: Finite | None
    n: Count
    reached: bool


class PrecisionRecord(_Record):
    """The precision that was asked for."""

    targets: list[Line]
    max_runs: Runs
    rule: Line


class Match(_Record):
    """How a scenario was brought to the base's pay."""

    scenario: Line
    pay: Finite
    target: Finite
    standard_error: Annotated[float, Field(ge=0, allow_inf_nan=False)] | None
    runs: Runs
    slopes: dict[Line, Finite]


class _Study(Made):
    """The record of a study but for its scenarios."""

    schema_version: Count
    complete: bool = True
    names: Annotated[list[Line], Field(min_length=1, max_length=10_000)]
    seed: Seed
    runs: Runs
    customers: bool
    engine: Literal["compiled", "mesa"]
    model: Model | None = None
    precision: PrecisionRecord | None = None
    attained: list[AttainedRecord] | None = None
    equal_pay: list[Match] | None = None
    reached: bool | None = None
    content_hash: Digest
    tables: dict[Literal["runs", "months", "cohorts", "whale", "reps", "customers"], TableRecord] = {}
    continued: list[dict[str, Any]] = []
    date: Date
    machine: dict[Line, Line | int | None]


class StudyRecord(_Study):
    """The record of a study that this version made."""

    scenarios: list[Whole]


class OldStudy(_Study):
    """The record of a study that another version made."""

    scenarios: list[Told]


class Level(_Record):
    """A level of a factor."""

    label: Value
    value: Any = None
    scenario: Whole | None = None


class FactorRecord(_Record):
    """A factor of a sweep."""

    name: Line
    paths: list[Line]
    levels: Annotated[list[Level], Field(min_length=1)] | None = None
    low: Finite | int | None
    high: Finite | int | None
    log: bool
    scale: bool
    whole: bool
    steps: Annotated[int, Field(ge=1, le=MOST_POINTS)] | None
    crossed: bool


class Labels(_Record):
    """What a base is called."""

    title: Line
    question: Text = ""
    sources: dict[str, Text] = {}


class DesignRecord(_Record):
    """What a sweep varies."""

    title: Line
    base: Labels | None
    method: Literal["grid", "lhs", "sobol_sequence", "sobol", "morris", "table", "list"]
    points: Annotated[int, Field(ge=1, le=MOST_POINTS)] | None
    second_order: bool
    grid_levels: Annotated[int, Field(ge=2, le=1000)]
    outcomes: list[Line]
    factors: Annotated[list[FactorRecord], Field(min_length=1, max_length=10_000)]


class SweepRecord(Made):
    """The record of a sweep."""

    schema_version: Count
    complete: bool = True
    base: dict[str, Any] | None
    seed: Seed
    model: Model | None
    points: Annotated[int, Field(ge=1, le=MOST_POINTS)]
    runs: Runs
    design: DesignRecord
    design_hash: Digest
    content_hash: Digest
    tables: dict[Literal["runs", "points"], TableRecord] = {}
    failing_points: Count = 0
    standing: list[Line] = []
    continued: list[dict[str, Any]] = []
    date: Date
    machine: dict[Line, Line | int | None]


Points = dict[Line, Annotated[list[Value], Field(max_length=MOST_POINTS)]]
Means = dict[Line, Annotated[list[float | None], Field(max_length=MOST_POINTS)]]


class Swept(_Record):
    """A sweep that a memo is made from."""

    sweep: SweepRecord
    points: Points | None = None
    means: Means | None = None


class Asked(_Record):
    """What a figure asks of a sweep."""

    figure: Literal["sensitivity", "response", "box", "tradeoff"]
    outcome: Line
    pair: Annotated[list[Value], Field(min_length=3, max_length=3)] | None
    factor: Line | None = None
    condition: Line | None = None
    boxes: Annotated[int, Field(ge=1, le=100)] | None = None
    density: Finite | None = None
    number: Annotated[int, Field(ge=0, le=100)] | None = None


class OfSweep(_Record):
    """The recipe of a figure of a sweep."""

    kind: Literal["sweep"]
    sweep: SweepRecord
    points: Points | None
    asked: Asked


class OfRun(_Record):
    """The recipe of a figure of a followed run."""

    kind: Literal["follow"]
    name: Line
    scenario: Whole
    seed: Seed
    run: Runs
    months: Annotated[int, Field(ge=1, le=1200)]
    customer: Count | None = None
    rep: Count | None = None
    year: Annotated[int, Field(ge=1, le=100)] | None = None


class EffortRecord(_Record):
    """What is told of the effort of a design problem; :func:`sim.recipes.design.problem_of` looks at the rest."""

    evaluations: Runs
    report_runs: Runs


class ProblemRecord(_Record):
    """What is told of a design problem."""

    title: Line
    effort: EffortRecord


class OfDesign(_Record):
    """The recipe of the answer to a design problem."""

    kind: Literal["design"]
    problem: ProblemRecord
    file: Line
    name: Line | None
    base: Whole | None
    seed: Annotated[int, Field(ge=0, le=LAST_SEED - 2)]


class LogRecord(_Record):
    """A log: its name and SHA-256."""

    file: Line
    sha256: Digest


class OfForecast(_Record):
    """The recipe of a forecast."""

    kind: Literal["forecast"]
    logs: Annotated[list[LogRecord], Field(min_length=1, max_length=1000)]
    options: dict[
        Literal["kind", "unit", "until", "setting", "term", "buckets", "smoothing", "money"],
        bool | int | Finite | Line | None,
    ]
    steps: Annotated[int, Field(ge=1, le=100_000)]
    runs: Runs
    seed: Seed


class OfBattery(_Record):
    """The recipe of a figure of the battery."""

    kind: Literal["battery"]
    entries: Annotated[list[Line], Field(min_length=1, max_length=1000)]
    quick: bool
    seed: Seed
    figure: Line


class Shown(_Record):
    """What a figure shows; undefined numbers are allowed there."""

    texts: list[Text]
    numbers: dict[Line, list[Annotated[list[float], Field(min_length=2, max_length=2)]]]


class Said(_Record):
    """What a memo says."""

    texts: list[Text]
    tables: dict[Line, list[list[Text]]]


class Figures(_Record):
    """Values of an objective of a scheme."""

    outcome: Line
    value: Finite | None
    error: Finite | None


class SchemeRecord(_Record):
    """A scheme that is reported."""

    scheme: Line | int
    parameters: dict[Line, Value]
    objectives: list[Figures]


class Reported(_Record):
    """What a figure of a design problem carries of its answer."""

    schemes: Annotated[list[SchemeRecord], Field(max_length=10_000)]


class FigureRecord(_Record):
    """What every figure carries."""

    thing: Literal["figure"]
    title: Line
    matplotlib: Line
    shown: Shown
    dpi: Annotated[int, Field(ge=10, le=1200)] | None = None


class StudyFigure(FigureRecord):
    """What a figure of a study carries."""

    figure: Line
    study: dict[str, Any]


class RecipeFigure(FigureRecord):
    """What any other figure carries."""

    recipe: Annotated[OfSweep | OfRun | OfDesign | OfForecast | OfBattery, Field(discriminator="kind")]
    content_hash: Digest
    made: Made
    means: Means | None = None
    answer: Reported | None = None


class MemoRecord(_Record):
    """What a memo carries."""

    thing: Literal["memo"]
    title: Line
    matplotlib: Line
    study: dict[str, Any]
    shown: Said
    sweep: Swept | None = None
    drives: Said | None = None


class AnswerRecord(_Record):
    """The record of the answer to a design problem."""

    title: Line
    recipe: OfDesign
    content_hash: Digest
    made: Made
    schemes: Annotated[list[SchemeRecord], Field(min_length=1, max_length=10_000)]
    recommended: Line | int


class Unfinished(_Record):
    """The record of a design problem whose answer is being found."""

    recipe: OfDesign
    content_hash: Digest
    made: Made
    complete: Literal[False]


def check(kind: type[BaseModel], found: Any, where: object) -> dict[str, Any]:
    """A record, if it is one of its kind.

    Raises
    ------
    InputError
        When it is not: names the file, the place in the record, what was expected and what was found; and the version that made it,
        if that is another.
    """
    try:
        kind.model_validate(found)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(str(one) for one in first["loc"] if not str(one).startswith(("function-", "Told")))
        said = f"{where}: {place or 'the record'}: expected {_expected(first)}, got {_got(first)}"
        raise InputError(f"{said}{_other(found)}") from None
    except RecursionError:
        raise InputError(f"{where}: the record is nested too deeply") from None
    assert isinstance(found, dict)
    return found


def check_study(about: Any, where: object) -> dict[str, Any]:
    """The record of a study, if it is one; raises as :func:`check`."""
    here = not isinstance(about, dict) or about.get("daarna") == __version__
    study = check(StudyRecord if here else OldStudy, about, where)
    if len(study["names"]) != len(study["scenarios"]) or len(set(study["names"])) < len(study["names"]):
        raise InputError(
            f"{where}: names: expected a name of its own for each of {len(study['scenarios'])} scenarios, got {shown(study['names'])}"
        )
    return study


def check_mark(path: Path, about: dict[str, Any]) -> dict[str, Any]:
    """A record without the SHA-256 of all else that it says; InputError if it is another.  Only one of an earlier version has none."""
    rest = {key: value for key, value in about.items() if key != MARK}
    if MARK not in about and about.get("made", about).get("daarna") == __version__:
        raise InputError(
            f"{path}: {MARK}: expected the SHA-256 of all else that the record says, got nothing; put it back as it was"
        )
    if about.get(MARK, digest(rest)) != digest(rest):
        raise InputError(f"{path}: was changed or damaged: it does not agree with its SHA-256; put it back as it was")
    return rest


def read(path: Path, marked: bool = False) -> dict[str, Any]:
    """The record of a study, a sweep or the answer to a design problem; of the last, it has a ``recipe``.

    With what :func:`check_mark` takes if `marked`; else without it, for those who tell what was changed.

    Raises
    ------
    InputError
        When the file cannot be read, or is no such record.
    """
    try:
        found = read_json(path)
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or error
        raise InputError(f"{path}: cannot be read as the record of a study, a sweep or a design: {why}") from None
    if isinstance(found, dict) and not marked:
        found.pop(MARK, None)
    if path.name == RECORD:
        return check_study(found, path)
    kind = (
        SweepRecord
        if not isinstance(found, dict) or "recipe" not in found
        else AnswerRecord
        if "problem" in found
        else Unfinished
    )
    told = check(kind, found, path)
    if kind is AnswerRecord:
        names = [one["scheme"] for one in told["schemes"]]
        if (twice := repeated(names)) is not None:
            raise InputError(f"{path}: schemes: expected a name of its own for each, got {shown(twice)} twice")
        if told["recommended"] not in names:
            raise InputError(f"{path}: recommended: expected one of the {len(names)} schemes, got {shown(told['recommended'])}")
    return told


def check_carried(record: Any, where: object) -> dict[str, Any]:
    """What a figure or a memo carries, if it is that; raises as :func:`check`."""
    thing = record.get("thing") if isinstance(record, dict) else None
    if thing == "memo":
        check(MemoRecord, record, where)
    elif isinstance(record, dict) and "recipe" in record:
        check(RecipeFigure, record, where)
        needed = {"design": "answer", "sweep": "means"}.get(record["recipe"]["kind"])
        if needed and needed not in record:
            raise InputError(f"{where}: {needed}: expected it to be there, got nothing")
        return dict(record)
    else:
        check(StudyFigure, record, where)
    check_study(record["study"], f"{where}: study")
    return dict(record)


def _expected(error: Any) -> str:
    return allowed(error).removesuffix(" of parameters")


def _got(error: Any) -> str:
    return "nothing" if error["type"] == "missing" else shown(error.get("input"))


def _other(found: Any) -> str:
    made = found.get("made", found.get("study", found)) if isinstance(found, dict) else None
    version = made.get("daarna") if isinstance(made, dict) else None
    return (
        f" (daarna {plain(version[:40])} made it, here is {__version__})"
        if isinstance(version, str) and version != __version__
        else ""
    )
