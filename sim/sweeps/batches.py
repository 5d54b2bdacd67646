"""Cutting a sweep into batches: large enough that few files are written, small enough that a kill costs little."""

from __future__ import annotations

from collections.abc import Iterator

from sim.sweeps.job import Piece, Receipt

SECONDS = 1.5  # of work in a batch


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
        self._seconds = self._runs = 0.0

    def learn(self, receipt: Receipt) -> None:
        """Take in what a batch took; the last ones count most."""
        self._seconds = 0.7 * self._seconds + receipt.seconds
        self._runs = 0.7 * self._runs + receipt.runs

    def next(self) -> tuple[Piece, ...]:
        """The next batch; empty when there is no more."""
        most = int(SECONDS * self._runs / self._seconds) if self._seconds else 0
        found: list[Piece] = []
        room = max(1, most)
        while room > 0:
            piece = self._rest or next(self._pieces, None)
            self._rest = None
            if piece is None:
                break
            if most and piece.runs > 2 * most:  # a point too large for a batch
                self._rest = piece._replace(first=piece.first + room)
                piece = piece._replace(last=piece.first + room - 1)
            found.append(piece)
            room -= piece.runs
        return tuple(found)
