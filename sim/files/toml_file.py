"""Reading a TOML file that is no scenario (those inherit: :mod:`sim.scenario.load`), with messages a person can act on."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from sim import library
from sim.errors import InputError
from sim.files.untrusted import from_toml, read_text


def read_toml(path: Path, what: str) -> dict[str, Any]:
    """The content of a file that is to be `what`, such as "a design".

    Raises
    ------
    InputError
        When there is no such file, or it cannot be read, or is no TOML.
    """
    try:
        return from_toml(read_text(path))
    except FileNotFoundError:
        if path.is_symlink():
            raise InputError(f"{path}: is a link to a file that is not there; name the file of {what} (.toml)") from None
        there = sorted(file.name for file in path.parent.glob("*.toml")) if path.parent.is_dir() else []
        raise InputError(f"{path}: there is no such file{library.hint(path, there)}") from None
    except UnicodeDecodeError:
        raise InputError(f"{path}: is not a text file in UTF-8; {what} is a TOML text file") from None
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"{path}: is not valid TOML: {error}") from None
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or error
        raise InputError(f"{path}: cannot be read: {why}; name the file of {what} (.toml)") from None
    except RecursionError:
        raise InputError(f"{path}: is nested too deeply to be {what}") from None
