"""Cutting a sweep into batches: large enough that few files are written, small enough that a kill costs little."""

from __future__ import annotations

from collections.abc import Iterator

from sim.sweeps.job import Piece, Receipt

SHORTEST, LONGEST = 2.0, 60.0  # seconds of work in a batch
SHARE = 1 / 500  # of the work done so far: a long sweep has longer batches, and fewer files


class Batches:
    """Batches of pieces of about equal work, sized by what earlier ones took.

    Parameters
    ----------
    pieces : iterator of Piece
        What is to be done, in order.
    """

    def __init__(self, pieces: Iterator[Piece]) -> None:
        self._pieces = pieces
        self._rest: Piece | None = None
        self._seconds = self._runs = self._spent = 0.0

    def learn(self, receipt: Receipt) -> None:
        """Take in what a batch took; the last ones count most."""
        self._spent += receipt.seconds
        self._seconds = 0.7 * self._seconds + receipt.seconds
        self._runs = 0.7 * self._runs + receipt.runs

    def next(self) -> tuple[Piece, ...]:
        """The next batch; empty when there is no more.  Until something is known of the work, it is a single run."""
        wanted = min(LONGEST, max(SHORTEST, SHARE * self._spent))
        room = max(1, int(wanted * self._runs / self._seconds)) if self._seconds else 1
        found: list[Piece] = []
        while room > 0 and (piece := self._rest or next(self._pieces, None)):
            self._rest = None
            if piece.runs > 2 * room:
                self._rest = piece
                if found:
                    break
                self._rest = piece._replace(first=piece.first + room)  # a point too large for a batch
                piece = piece._replace(last=piece.first + room - 1)
            found.append(piece)
            room -= piece.runs
        return tuple(found)
