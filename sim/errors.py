"""What can go wrong, as exceptions: one message each, ready to be read by a person."""

from __future__ import annotations

from sim.texts import message


class DaarnaError(Exception):
    """Base of all errors daarna raises on purpose; its text is the whole message, short and without control characters."""

    def __str__(self) -> str:
        """The message, whatever it quotes."""
        return message(super().__str__())


class InputError(DaarnaError):
    """The input is wrong: names the file, the place, what was found and what is allowed."""


class RuleError(DaarnaError):
    """A rule in the sources is not written so that all ways through a month follow it."""


class StudyError(DaarnaError):
    """A study on disk cannot be read, written or continued; says what is safe."""


class WorkerError(StudyError):
    """A worker of a sweep cannot do the work, whatever the point: its machine's fault, and others may do it.

    Parameters
    ----------
    message : str
        What is wrong, and with which worker.
    address : str
        Where the worker is, as its scheduler says; empty if there is none.
    """

    def __init__(self, message: str, address: str = "") -> None:
        super().__init__(message)
        self.address = address

    def __reduce__(self) -> tuple[type[WorkerError], tuple[str, str]]:
        """It comes back from other processes."""
        return WorkerError, (str(self), self.address)
