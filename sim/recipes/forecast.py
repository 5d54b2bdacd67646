"""Figures of a forecast: they carry how it was made and the fingerprint of the log, and not the log, which is the user's own."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.calibrate import Forecast, calibrate
from sim.calibrate.forecast import forecast
from sim.errors import InputError
from sim.files.untrusted import LOG, read_bytes
from sim.plots import forecast as picture
from sim.plots.draw import settled
from sim.recipes import Recipe, Record
from sim.recipes.verdict import CannotVerifyError, How
from sim.study.provenance import digest

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def recipe(logs: Sequence[Path], options: dict[str, Any], steps: int, runs: int, seed: int) -> Recipe:
    """The recipe of a forecast.

    Parameters
    ----------
    logs : the files, of which names and SHA-256 are carried.
    options : of :func:`sim.calibrate.calibrate`.
    steps, runs, seed : of :func:`sim.calibrate.forecast.forecast`.
    """
    told = [{"file": path.name, "sha256": sha256(path)} for path in logs]
    return {"kind": "forecast", "logs": told, "options": options, "steps": steps, "runs": runs, "seed": seed}


def sha256(path: Path) -> str:
    """Of a file.

    Raises
    ------
    InputError
        When it cannot be read.
    """
    try:
        return hashlib.sha256(read_bytes(path, LOG)).hexdigest()
    except OSError as error:
        raise CannotVerifyError(f"{path}: cannot be read: {error.strerror or error}") from None


def again(record: Record, how: How) -> Forecast:
    """Estimates and forecast, made again from the user's logs; there is no smaller sample of it.

    Raises
    ------
    InputError
        When the logs are not given.
    """
    told = record["recipe"]
    logs = _given(told["logs"], how)
    found = calibrate(*logs, **told["options"])
    shops = [one.maximum for one in found.estimates if one.model.startswith("BG/NBD")]
    if found.histories is None or not shops or shops[0] is None:
        raise InputError(f"{logs[0]}: is no log of transactions without a contract, which the forecast was made from")
    made = forecast(shops[0], found.histories, told["steps"], told["runs"], told["seed"], progress=how.progress)
    how.verdict.checked.append(f"the estimates from {', '.join(map(str, logs))}, and all {told['runs']:,} runs, made again")
    return made


def _given(told: list[dict[str, str]], how: How) -> list[Path]:
    """The logs in the order in which they were given first, found by content; what is another is a finding."""
    if len(how.data) != len(told):
        names = " and ".join(f"{one['file']} (SHA-256 {one['sha256'][:12]}…)" for one in told)
        raise CannotVerifyError(f"is a forecast from {names}, which it does not contain; give it with --data")
    left = {path: sha256(path) for path in how.data}
    chosen = []
    for one in told:
        path = next((path for path, mark in left.items() if mark == one["sha256"]), next(iter(left)))
        if left.pop(path) != one["sha256"]:
            how.verdict.findings.append(
                f"{path}: is not the log that the forecast was made from, {one['file']}: its SHA-256 is another"
            )
        chosen.append(path)
    return chosen


def draw(results: Forecast, recipe: Recipe) -> Figure:
    """The forecast beside the log."""
    return settled(lambda: picture.forecast(results, Path(recipe["logs"][0]["file"]).stem))


def subject(recipe: Recipe) -> str:
    """The logs."""
    return f"a forecast from {' and '.join(one['file'] for one in recipe['logs'])}"


def note(recipe: Recipe) -> str:
    """Steps, runs, seed."""
    return (
        f"{recipe['steps']} {recipe['options']['unit']}s ahead; {recipe['runs']:,} runs, seed {recipe['seed']}, compiled engine"
    )


def identity(record: Record) -> str:
    """Logs, options, version and source of the model."""
    told = record["recipe"] | {"logs": [one["sha256"] for one in record["recipe"]["logs"]]}
    return digest([told, record["made"]["daarna"], record["made"]["source"]])
