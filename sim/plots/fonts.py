"""Fonts for letters beyond those that come with matplotlib: found on the machine, by the letters a text needs."""

from __future__ import annotations

import os
import threading
import unicodedata
import warnings
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from functools import cache
from typing import NamedTuple

from matplotlib.font_manager import FontEntry, FontProperties, findfont, findSystemFonts, fontManager
from matplotlib.ft2font import FT2Font

FIRST = "DejaVu Sans"  # comes with matplotlib, Arabic and Hebrew included: the same letters on every machine
LAST = "Last Resort High-Efficiency"  # comes with matplotlib too: a box that shows the script of a letter
#: Families that are asked first where several have a letter; the others follow in the order of their names.
PREFERRED = (
    "Noto Sans", "Source Han Sans", "PingFang", "Hiragino", "Microsoft YaHei", "Yu Gothic", "Meiryo", "Malgun Gothic",
    "Apple SD Gothic", "WenQuanYi", "IPA", "Noto Emoji", "Segoe UI", "Noto",
)  # fmt: skip
_KANA, _HANGUL = range(0x3040, 0x3100), range(0xAC00, 0xD7B0)
_SELECTORS = range(0xFE00, 0xFE10)
_HINT = "a font that has them, such as Noto Sans CJK for Chinese, Japanese and Korean, is used once it is installed"


class MissingGlyphsWarning(UserWarning):
    """Letters that no font of this machine has: they are drawn as boxes."""


class Face(NamedTuple):
    """A font of this machine."""

    family: str
    path: str
    face: int  # its place in the file


_turn = threading.RLock()
_found: list[Face] = []
_missing: set[str] = set()


def families() -> list[str]:
    """The families to draw in, in the order in which they are asked for a letter."""
    with _turn:
        return [FIRST, *(face.family for face in _found), *([LAST] if _missing else [])]


def folders() -> list[str]:
    """Where the files of :func:`families` lie."""
    with _turn:
        return sorted({os.path.dirname(face.path) for face in (_first(), *_found)})


def beyond(text: str) -> set[str]:
    """The letters of a text that the font of all figures does not have, so that they depend on the machine."""
    if text.isascii():
        return set()
    own = _letters(_first())
    return {letter for letter in set(text) if ord(letter) not in own and _visible(letter)}


def want(text: str) -> None:
    """Find fonts for the letters of a text, and say once which letters no font of this machine has."""
    with _turn:
        needed = beyond(text) - _missing
        for face in _found:
            needed -= {letter for letter in needed if ord(letter) in _letters(face)}
        if not needed:
            return
        for face in _installed(needed):
            if covered := {letter for letter in needed if ord(letter) in _letters(face)}:
                _found.append(face)
                _also_bold(face.family)
                needed -= covered
            if not needed:
                return
        _missing.update(needed)
        _also_bold(LAST)
    some = " ".join(sorted(needed)[:20]) + (" …" if len(needed) > 20 else "")
    warnings.warn(f"no font on this machine has {some}: drawn as boxes; {_HINT}", MissingGlyphsWarning, stacklevel=2)


def _visible(letter: str) -> bool:
    """Whether a letter leaves a mark: controls, joiners and selectors of a variant do not."""
    return unicodedata.category(letter) not in ("Cc", "Cf", "Zs", "Zl", "Zp") and ord(letter) not in _SELECTORS


def _first() -> Face:
    return Face(FIRST, str(findfont(FontProperties(family=FIRST))), 0)


@cache
def _letters(face: Face) -> frozenset[int]:
    """The letters a font has; none where it cannot be read, or cannot be drawn in any size."""
    try:
        font = FT2Font(face.path, face_index=face.face)
    except (OSError, RuntimeError, ValueError):
        return frozenset()
    return frozenset(font.get_charmap()) if font.scalable else frozenset()


def _installed(needed: Iterable[str]) -> list[Face]:
    """Every font of this machine, those to be preferred first; new ones too, which matplotlib's own list has not heard of."""
    known = {entry.fname for entry in fontManager.ttflist}
    for path in findSystemFonts():
        if path not in known:
            with suppress(OSError, RuntimeError, ValueError):  # no font after all
                fontManager.addfont(path)
    own = _region(needed)
    order = (f"Noto Sans CJK {own}", f"Source Han Sans {own}", *PREFERRED)

    def rank(entry: FontEntry) -> tuple[object, ...]:
        place = next((at for at, family in enumerate(order) if entry.name.startswith(family)), len(order))
        return (
            place,
            entry.style != "normal",
            entry.weight not in (400, "normal", "regular"),
            entry.name,
            entry.fname,
            entry.index,
        )

    there = (entry for entry in fontManager.ttflist if entry.name != LAST and os.path.exists(entry.fname))
    return [Face(entry.name, entry.fname, entry.index) for entry in sorted(there, key=rank)]


def _also_bold(family: str) -> None:
    """Let a family that has no bold face be asked for one without a word in the log."""
    own = [entry for entry in fontManager.ttflist if entry.name == family]
    if own and not any(entry.weight in (700, "bold") for entry in own):
        fontManager.ttflist.append(replace(own[0], weight=700))


def _region(letters: Iterable[str]) -> str:
    """Whose forms of Chinese characters are meant, as far as the letters beside them tell."""
    codes = [ord(letter) for letter in letters]
    return "JP" if any(code in _KANA for code in codes) else "KR" if any(code in _HANGUL for code in codes) else "SC"
