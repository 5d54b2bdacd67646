"""A folder of results as an RO-Crate (Soiland-Reyes et al. 2022): ``ro-crate-metadata.json`` says what is in it and what made it.

Form: RO-Crate 1.1 with a CreateAction, as the Process Run Crate profile has it.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

from sim.files.atomic import write_file
from sim.study.provenance import AUTHOR, PROGRAM, RECORD, identifier

CRATE = "ro-crate-metadata.json"
VERSION = "https://w3id.org/ro/crate/1.1"
PROFILE = "https://w3id.org/ro/wfrun/process/0.5"
FORMATS = {
    ".json": "application/json",
    ".parquet": "application/vnd.apache.parquet",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".pdf": "application/pdf",
    ".html": "text/html",
    ".md": "text/markdown",
    ".csv": "text/csv",
    ".tex": "text/x-tex",
    ".toml": "application/toml",
}


class Described(NamedTuple):
    """What a crate says of its results as a whole."""

    name: str
    description: str
    identifier: str
    record: str  # the file that says what made them
    about: dict[str, Any]  # with daarna, source, versions, machine, command, date


def write_crate(folder: Path, about: dict[str, Any]) -> Path:
    """Describe what is in a study folder; call it when files were added.

    Parameters
    ----------
    folder : Path
        A finished study.
    about : dict
        Its record: see :func:`sim.study.provenance.record`.

    Raises
    ------
    OSError
        When it cannot be written.
    """
    titles = " and ".join(scenario["title"] for scenario in about["scenarios"])
    questions = " ".join(dict.fromkeys(scenario["question"] for scenario in about["scenarios"] if scenario["question"]))
    description = f"{questions} {about['runs']:,} runs of each scenario, seed {about['seed']}, {about['engine']} engine.".strip()
    return write(folder, Described(titles, description, identifier(about), RECORD, about))


def write(folder: Path, described: Described, left_out: tuple[str, ...] = ()) -> Path:
    """Describe what is in a folder, but for some subfolders and links; nothing is written if that is what stands there.

    Raises
    ------
    OSError
        When it cannot be written.
    """
    inside = (path.relative_to(folder) for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
    files = sorted(folder / one for one in inside if _counts(one) and one.parts[0] not in left_out)
    graph = [
        _descriptor(),
        _root(folder, files, described),
        *(_file(path, folder) for path in files),
        *_making(folder, files, described),
    ]
    text = json.dumps({"@context": f"{VERSION}/context", "@graph": graph}, indent=1, ensure_ascii=False)
    path = folder / CRATE
    same = path.is_file() and not path.is_symlink() and path.read_bytes() == text.encode()
    return path if same else write_file(path, text)


def _counts(inside: Path) -> bool:
    return inside.name != CRATE and not any(part.startswith(".") for part in inside.parts)


def _descriptor() -> dict[str, Any]:
    return {"@id": CRATE, "@type": "CreativeWork", "conformsTo": {"@id": VERSION}, "about": {"@id": "./"}}


def _root(folder: Path, files: list[Path], described: Described) -> dict[str, Any]:
    return {
        "@id": "./",
        "@type": "Dataset",
        "name": described.name,
        "description": described.description,
        "identifier": described.identifier,
        "datePublished": described.about["date"],
        "license": "The results belong to whoever made them; daarna is under the MIT licence.",
        "conformsTo": {"@id": PROFILE},
        "hasPart": [_reference(path, folder) for path in files],
        "mentions": {"@id": "#simulation"},
    }


def _file(path: Path, folder: Path) -> dict[str, Any]:
    return {
        **_reference(path, folder),
        "@type": "File",
        "name": path.name,
        "contentSize": str(path.stat().st_size),
        "encodingFormat": FORMATS.get(path.suffix, "application/octet-stream"),
    }


def _making(folder: Path, files: list[Path], described: Described) -> list[dict[str, Any]]:
    about = described.about
    results = [_reference(path, folder) for path in files if path != folder / described.record]
    program = {
        "@id": "#daarna",
        "@type": "SoftwareApplication",
        "name": PROGRAM,
        "softwareVersion": f"{about['daarna']} (model source {about['source']})",
        "softwareRequirements": [f"{name} {version}" for name, version in about["versions"].items()],
        "author": {"@id": "#authors"},
    }
    making = {
        "@id": "#simulation",
        "@type": "CreateAction",
        "name": about["command"],
        "description": f"made on {about['machine']['platform']}",
        "endTime": about["date"],
        "instrument": {"@id": "#daarna"},
        "object": {"@id": described.record},
        "result": results,
        "conformsTo": {"@id": PROFILE},
    }
    profile = {"@id": PROFILE, "@type": "CreativeWork", "name": "Process Run Crate", "version": "0.5"}
    return [program, making, {"@id": "#authors", "@type": "Organization", "name": AUTHOR}, profile]


def _reference(path: Path, folder: Path) -> dict[str, str]:
    return {"@id": quote(path.relative_to(folder).as_posix())}
