"""An answer on disk: what was found, as data and as scenarios that can be run."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from sim.design.answer import Answer, Scheme
from sim.design.surface import Optimum
from sim.design.write import write_scheme
from sim.received import read_json
from sim.study import crate
from sim.study.disk import make_folder, write_file, writing
from sim.study.provenance import digest, installed, made_now

RECORD = "design.json"
KEPT = ("evaluations",)  # samples of a search that may go on: nothing of the answer
SCHEMA_VERSION = 2  # 2: recipe, content_hash and made


def save(answer: Answer, folder: Path) -> Path:
    """Write ``design.json``, ``front.csv``, ``tried.csv``, ``recommended.toml``, ``schemes/scheme-1.toml`` and so on, and the crate.

    Returns
    -------
    The file of the recommended scheme.

    Raises
    ------
    InputError, StudyError
        When the folder cannot be written.
    """
    with writing(folder):
        make_folder(folder)
        told = recipe(answer)
        record = {
            "schema_version": SCHEMA_VERSION,
            "recipe": told,
            "content_hash": digest(told),
            "made": made(),
            **plain_data(answer),
        }
        write_file(folder / RECORD, json.dumps(record, indent=1, allow_nan=False))
        for name, frame in (("front.csv", answer.front), ("tried.csv", answer.points)):
            write_file(folder / name, frame.to_csv(index=False))
    title = answer.problem.title
    for scheme in answer.schemes:
        write_scheme(answer, scheme.params, folder / "schemes" / f"scheme-{scheme.name}.toml", f"{title}: scheme {scheme.name}")
    recommended = write_scheme(answer, answer.recommended.params, folder / "recommended.toml", f"{title}: recommended")
    write_crate(folder)
    return recommended


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
    """What the answer is found again from: the problem, its base in full, the seed."""
    problem, base = answer.problem, answer.plain
    return {
        "kind": "design",
        "problem": as_plain(problem.model_dump(mode="json")),
        "file": problem.file.name,
        "name": base and base.name,
        "base": base and base.canonical(),
        "seed": answer.seed,
    }


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
    return json.loads(json.dumps(without_nan(value), allow_nan=False, default=_plain))


def _plain(value: Any) -> Any:
    """What JSON does not know, as what it does."""
    if isinstance(value, np.ndarray):
        return value.tolist()
    return value.item() if isinstance(value, np.generic) else str(value)


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
    return {key: without_nan(value) for key, value in found.items()}


def _scheme(answer: Answer, scheme: Scheme) -> dict[str, Any]:
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


def without_nan(value: Any) -> Any:
    """JSON has no word for an undefined number but null."""
    if isinstance(value, dict):
        return {key: without_nan(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [without_nan(one) for one in value]
    return None if isinstance(value, float | np.floating) and not np.isfinite(value) else value
