"""Standard output that is closed or full, for every command: never a traceback, and the exit status says what was lost."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

START = "import sys; from sim.cli import main; sys.argv = ['daarna', *sys.argv[1:]]; main()"
COMMANDS = (("describe", "tiny.toml"), ("validate", "--list"), ("run", "--help"))


def started(arguments: tuple[str, ...], redirected: str, folder: Path) -> tuple[int, str]:
    """Exit status of the command itself, and what it says on standard error."""
    (folder / "tiny.toml").write_text('title = "Tiny"\nmonths = 3\n')
    line = f'{{ "$@"; echo "status $?" >&2; }} {redirected}'
    shell = ["bash", "-c", line, "bash", sys.executable, "-c", START, *arguments]
    said = subprocess.run(shell, cwd=folder, capture_output=True, text=True, check=False).stderr
    text, _, status = said.rpartition("status ")
    return int(status), text


@pytest.mark.skipif(sys.platform == "win32", reason="a POSIX shell")
@pytest.mark.parametrize("arguments", COMMANDS, ids=" ".join)
def test_a_full_output_is_one_message_and_a_closed_one_is_quiet(arguments: tuple[str, ...], tmp_path: Path) -> None:
    assert started(arguments, ">/dev/full", tmp_path) == (1, "standard output: cannot be written: No space left on device\n")
    assert started(arguments, "| true", tmp_path) == (0, "")
    assert started(arguments, ">&-", tmp_path) == (0, "")


@pytest.mark.skipif(sys.platform == "win32", reason="a POSIX shell")
def test_wrong_input_stays_wrong_whatever_the_streams(tmp_path: Path) -> None:
    for redirected in (">/dev/full", "| true", ">&-"):
        status, said = started(("check", "none.toml"), redirected, tmp_path)
        assert status == 2 and said.startswith("none.toml: there is no such file") and len(said.splitlines()) == 1
    with open("/dev/full", "w", encoding="utf-8") as full:
        assert (
            subprocess.run([sys.executable, "-c", START, "check", "none.toml"], stderr=full, cwd=tmp_path, check=False).returncode
            == 2
        )
