"""An answer on disk: what was found, as data and as scenarios that can be run."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from sim.design.answer import Answer, ReportedScheme
from sim.design.problem import Problem
from sim.design.scheme_file import write_scheme
from sim.design.surface import Optimum
from sim.errors import InputError
from sim.files.atomic import write_file, writing
from sim.files.csv_file import as_csv
from sim.files.untrusted import read_bytes, read_json
from sim.number_text import finite
from sim.scenario.base import shown
from sim.scenario.model import Scenario
from sim.study import crate
from sim.study.provenance import difference, digest, installed, made_now
from sim.study.work_folder import PARTS, WorkFolder, read_record

RECORD = "design.json"
EVALUATIONS = "evaluations"
KEPT = (EVALUATIONS,)  # samples of a search that may go on: nothing of the answer
SCHEMA_VERSION = 3  # 3: complete, and the SHA-256 of the files


class DesignFolder(WorkFolder):
    """An answer being found and written into a folder; a context manager, within which nobody else writes there.

    While the search runs, the folder holds ``design.json`` with ``"complete": false`` and the finished evaluations; in the end
    also ``front.csv``, ``tried.csv``, ``recommended.toml``, ``schemes/scheme-1.toml`` and so on, and the crate.  The record
    has the SHA-256 of each of these files.

    Parameters
    ----------
    folder : Path
        Where; made if it is not there.
    told : dict
        What determines the answer: see :func:`recipe_of`.
    """

    what, record = "design", RECORD

    def __init__(self, folder: Path, told: dict[str, Any]) -> None:
        super().__init__(
            folder,
            {
                "schema_version": SCHEMA_VERSION,
                "recipe": told,
                "content_hash": digest(told),
                "made": made(),
                "complete": False,
            },
        )

    def safe(self) -> str:
        """What is safe on disk, and how to go on, in words."""
        if self.about["complete"]:
            return f"the answer is whole in {self.folder}"
        return f"finished evaluations are safe in {self.folder / EVALUATIONS}; the same command goes on from there"

    def finish(self, answer: Answer) -> Path:
        """Write the answer; the file of the recommended scheme.

        Raises
        ------
        StudyError
            When it cannot be written; says what is safe.
        """
        title = answer.problem.title
        with self.keeping():
            files = [write_file(self.folder / "front.csv", as_csv(answer.front))]
            files.append(write_file(self.folder / "tried.csv", as_csv(answer.points)))
            for scheme in answer.schemes:
                path = self.folder / "schemes" / f"scheme-{scheme.name}.toml"
                files.append(write_scheme(answer, scheme.params, path, f"{title}: scheme {scheme.name}"))
            recommended = self.folder / "recommended.toml"
            files.append(write_scheme(answer, answer.recommended.params, recommended, f"{title}: recommended"))
            marks = {path.relative_to(self.folder).as_posix(): file_digest(path) for path in files}
            self.about = {**self.about, **plain_data(answer), "files": marks, "complete": True}
            try:
                self._write_record()
            except OSError:
                self.about["complete"] = False
                raise
            write_crate(self.folder)
        return recommended

    def _take_up(self) -> None:
        if (self.folder / RECORD).exists():
            there = read_record(self.folder / RECORD)
            if "recipe" not in there:
                raise InputError(f"{self.folder}: holds a sweep; choose another --out, or remove it first")
            self._refuse(difference(_determining(there), _determining(self.about), ("made", *self.about["recipe"])))
            if there.get("complete") and (gone := changed(self.folder, there)):
                raise InputError(
                    f"{self.folder / gone[0]}: was changed or is missing; put it back as it was, or choose another --out"
                )
            self.about["made"] = there["made"]
        else:
            self._check_free(("study.json", "runs.parquet", "front.csv", "recommended.toml", PARTS))
        self._write_record()


def _determining(about: dict[str, Any]) -> dict[str, Any]:
    """What another answer would differ in: the problem but for the name of its file, and the version of the model."""
    version = {key: about["made"].get(key) for key in ("daarna", "source")}
    return {**about["recipe"], "file": None, "name": None, "made": version}


def changed(folder: Path, about: dict[str, Any]) -> list[str]:
    """Files of a finished answer that are not those of its record, or are missing."""
    marks = about.get("files") or {}
    if not isinstance(marks, dict):
        raise InputError(f"{folder / RECORD}: files: expected SHA-256 by name, got {shown(marks)}")
    return [name for name, mark in marks.items() if ".." in Path(name).parts or file_digest(folder / name) != mark]


def file_digest(path: Path) -> str:
    """SHA-256 of a file of text, whatever ends its lines; empty if it cannot be read."""
    try:
        return hashlib.sha256(read_bytes(path).replace(b"\r\n", b"\n")).hexdigest()
    except OSError:
        return ""


def save(answer: Answer, folder: Path) -> Path:
    """Write an answer into a folder of its own: see :class:`DesignFolder`.

    Returns
    -------
    The file of the recommended scheme.

    Raises
    ------
    InputError, StudyError
        When the folder cannot be written, holds something else, or is being written.
    """
    with DesignFolder(folder, recipe(answer)) as target:
        return target.finish(answer)


def write_crate(folder: Path) -> Path:
    """Describe what is in the folder of an answer as an RO-Crate; call it when files were added.

    Raises
    ------
    InputError, StudyError
        When it cannot be written.
    """
    with writing(folder):
        told = read_json(folder / RECORD)
        effort, title = told["recipe"]["problem"]["effort"], str(told["title"])
        description = (
            f"The front of a family of schemes and the choice from it: {effort['evaluations']:,} schemes tried, "
            f"{effort['report_runs']:,} fresh runs of each reported, seed {told['recipe']['seed']}."
        )
        mark = f"daarna:{identity(told['recipe'], told['made'])[:12]}"
        return crate.write(folder, crate.Described(title, description, mark, RECORD, told["made"]), KEPT)


def identity(told: dict[str, Any], made: dict[str, Any]) -> str:
    """SHA-256 of all that determines the answer: problem, base, seed, version and source of the model."""
    return digest([told["problem"], told["base"], told["seed"], made["daarna"], made["source"]])


def recipe(answer: Answer) -> dict[str, Any]:
    """What an answer is found again from."""
    return recipe_of(answer.problem, answer.plain, answer.seed)


def recipe_of(problem: Problem, base: Scenario | None, seed: int) -> dict[str, Any]:
    """What an answer is found again from: the problem, its base in full, the seed."""
    told: dict[str, Any] = as_plain(
        {
            "kind": "design",
            "problem": problem.model_dump(mode="json"),
            "file": problem.file.name,
            "name": base and base.name,
            "base": base and base.canonical(),
            "seed": seed,
        }
    )
    return told


def made() -> dict[str, Any]:
    """By what an answer is made, and when; the search is Optuna's."""
    now = made_now()
    return now | {"versions": now["versions"] | {"optuna": installed("optuna")}}


def plain_data(answer: Answer) -> dict[str, Any]:
    """:func:`as_data` as JSON gives it back."""
    data: dict[str, Any] = as_plain(as_data(answer))
    return data


def as_plain(value: Any) -> Any:
    """A value as JSON gives it back."""
    return json.loads(json.dumps(finite(value), allow_nan=False, default=str))


def as_data(answer: Answer) -> dict[str, Any]:
    """The whole answer in plain types, with the problem that was solved."""
    problem = answer.problem
    peak = answer.optimum
    found = {
            "title": problem.title,
            "problem": problem.model_dump(mode="json"),
            "seeds": {"search": answer.seed, "choice": answer.seed + 1, "report": answer.seed + 2},
            "recommended": answer.recommended.name,
            "chosen": {criterion: answer.schemes[k].name for criterion, k in answer.chosen.items()},
            "schemes": [_scheme(answer, scheme) for scheme in answer.schemes],
            "base": None if answer.base is None else _scheme(answer, answer.base),
            "optimism": [
                {"outcome": objective.outcome, "gap": gap, "standard_error": error}
                for objective, (gap, error) in zip(problem.objectives, answer.optimism, strict=True)
            ],
            "optimum": {"parameters": dict(zip(peak.paths, peak.values.tolist(), strict=True)),
                        "standard_errors": dict(zip(peak.paths, peak.errors.tolist(), strict=True)),
                        "lack_of_fit": peak.lack_of_fit} if isinstance(peak, Optimum) else peak,
            "worlds": list(answer.worlds),
    }  # fmt: skip
    made: dict[str, Any] = finite(found)
    return made


def _scheme(answer: Answer, scheme: ReportedScheme) -> dict[str, Any]:
    problem = answer.problem
    return {
        "scheme": scheme.name,
        "parameters": scheme.params,
        "objectives": [
            {"outcome": objective.outcome, **vars(figure)}
            for objective, figure in zip(problem.objectives, scheme.figures, strict=True)
        ],
        "constraints": [
            {"constraint": constraint.text, **vars(margin)}
            for constraint, margin in zip(problem.constraints, scheme.margins, strict=True)
        ],
        "feasible": scheme.feasible,
        "dominated": scheme.dominated,
        "front_probability": scheme.front_probability,
        "by_world": scheme.worlds.tolist(),
    }
