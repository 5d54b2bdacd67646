"""TOML files: read with messages a person can act on, and written."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from sim import library
from sim.errors import InputError
from sim.files.untrusted import read_text
from sim.texts import brief

DOTS = 200  # of a key, whose parser takes their square
_ENDS = re.compile(r"[,=\[\]{}]")  # of a key


def _missing(path: Path) -> str:
    """That a file is not there, and which one may be meant."""
    if path.is_symlink():
        return f"{path}: is a link to a file that is not there"
    there = sorted(file.name for file in path.parent.glob("*.toml")) if path.parent.is_dir() else []
    return f"{path}: there is no such file{library.hint(path, there)}"


def read_toml(path: Path, what: str, place: str = "", missing: Callable[[Path], str] = _missing) -> dict[str, Any]:
    """The content of a file that is to be `what`, such as "a design".

    Parameters
    ----------
    path, what : the file, and what it is to be.
    place : what messages begin with, if not the file's path.
    missing : the message where there is no such file.

    Raises
    ------
    InputError
        When there is no such file, or it cannot be read, or is no TOML.
    """
    try:
        return _parsed(read_text(path))
    except FileNotFoundError:
        raise InputError(missing(path)) from None
    except IsADirectoryError:
        why = f"is a folder; name the file of {what} (.toml)"
    except UnicodeDecodeError:
        why = f"is not a text file in UTF-8; {what} is a TOML text file"
    except tomllib.TOMLDecodeError as error:
        why = f"is not valid TOML: {error}"
    except (OSError, ValueError) as error:
        why = f"cannot be read: {getattr(error, 'strerror', None) or error}; name the file of {what} (.toml)"
    except RecursionError:
        why = f"is nested too deeply to be {what}"
    raise InputError(f"{place or brief(path)}: {why}")


def _parsed(text: str) -> dict[str, Any]:
    """What TOML says.

    Raises
    ------
    tomllib.TOMLDecodeError
        When it is none, or a number has more than 4,300 digits.
    RecursionError
        When it is nested too deeply.
    """
    if any(part.count(".") > DOTS for line in text.splitlines() for part in _ENDS.split(line) if len(part) > DOTS):
        raise RecursionError
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        raise
    except ValueError:
        raise tomllib.TOMLDecodeError("found a number of more than 4,300 digits") from None


def toml_text(data: Mapping[str, Any], comment: str = "") -> str:
    """A file that says this: tables and entries of lists under headings of their own, what is within an entry on a line of it."""
    import tomlkit

    def headed(table: Mapping[str, Any]) -> dict[str, Any]:
        made = {key: under_heading(value) for key, value in table.items()}
        return dict(sorted(made.items(), key=lambda one: isinstance(one[1], dict | tomlkit.items.AoT)))

    def under_heading(value: Any) -> Any:
        if isinstance(value, Mapping):
            return headed(value)
        if isinstance(value, list | tuple) and value and all(isinstance(one, Mapping) for one in value):
            return tomlkit.item([{key: on_a_line(inner) for key, inner in one.items()} for one in value])
        return value

    def on_a_line(value: Any) -> Any:
        made: Any = value
        if isinstance(value, Mapping):
            made = tomlkit.inline_table()
            made.update({key: on_a_line(one) for key, one in value.items()})
        elif isinstance(value, list | tuple):
            made = tomlkit.array()
            made.extend(map(on_a_line, value))
        return made

    return "".join(f"# {line}".rstrip() + "\n" for line in comment.splitlines()) + tomlkit.dumps(headed(data))
