"""Standard output and standard error that may be closed or full: the work goes on, and the exit status says what was lost."""

from __future__ import annotations

import errno
import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

CLOSED = {errno.EPIPE, errno.EBADF, *([errno.EINVAL] if os.name == "nt" else [])}  # nobody reads on, as after `| head`


class Stream:
    """A stream that swallows what cannot be written any more, and remembers why."""

    def __init__(self, stream: Any) -> None:
        self._stream = io.StringIO() if stream is None else stream  # None: closed before the start
        self.error: OSError | None = None

    def write(self, text: str) -> int:
        """Write, if that is possible."""
        with self._remembered():
            self._stream.write(text)
        return len(text)

    def writelines(self, lines: Any) -> None:
        """Write lines."""
        for line in lines:
            self.write(line)

    def flush(self) -> None:
        """Flush, if that is possible."""
        with self._remembered():
            self._stream.flush()

    def __getattr__(self, name: str) -> Any:
        """All else is the stream's own."""
        return getattr(self._stream, name)

    @contextmanager
    def _remembered(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            if self.error is None:
                self.error = error
                with suppress(OSError, ValueError):  # what is in its buffer goes nowhere, now and when the program ends
                    nowhere = os.open(os.devnull, os.O_RDWR)
                    os.dup2(nowhere, self._stream.fileno())
                    os.close(nowhere)


@contextmanager
def guarded() -> Iterator[None]:
    """Have what is printed go through a :class:`Stream`; exit with status 1 in the end if it was lost, but for one who reads no further."""
    before = sys.stdout, sys.stderr
    out, err = Stream(sys.stdout), Stream(sys.stderr)
    sys.stdout, sys.stderr = out, err  # type: ignore[assignment]
    status: int | str | None = 0
    try:
        yield
    except SystemExit as left:
        status = left.code
        raise
    finally:
        out.flush()
        if out.error is not None and out.error.errno not in CLOSED:
            print(f"standard output: cannot be written: {out.error.strerror}", file=err)
        err.flush()
        sys.stdout, sys.stderr = before
        if out.error is not None and out.error.errno not in CLOSED and not status:
            raise SystemExit(1)
