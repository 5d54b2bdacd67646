"""What a file carries of what made it: one token of text, the same in pictures, pages and tables.

A token is ``daarna-provenance:``, the base64 of the zlib-compressed JSON, and a semicolon.  It stands unchanged among the bytes of a
PNG (a text chunk), an SVG, a PDF (its keywords), an HTML page and a Markdown file, so that one regular expression finds it in any of
them, with nothing installed::

    import base64, json, re, zlib
    token = re.search(rb"daarna-provenance:([A-Za-z0-9+/=]+);", open("figure.png", "rb").read())[1]
    record = json.loads(zlib.decompress(base64.b64decode(token)))
"""

from __future__ import annotations

import base64
import binascii
import json
import zlib
from pathlib import Path
from typing import Any

from sim.files.untrusted import from_json, read_bytes

MARK = "daarna-provenance:"
LONGEST = 32 << 20  # characters of a token, and
LARGEST = 64 << 20  # bytes of the record in it


def token(record: dict[str, Any]) -> str:
    """The record as a token; the same record gives the same token."""
    text = json.dumps(record, ensure_ascii=False, separators=(",", ":"), allow_nan=True)
    return MARK + base64.b64encode(zlib.compress(text.encode(), 9)).decode() + ";"


def carried(path: Path) -> dict[str, Any] | None:
    """The record a file carries; nothing if it carries none.

    Raises
    ------
    ValueError
        When there is a token that cannot be read: it was cut or changed.
    OSError
        When the file cannot be read.
    """
    content = read_bytes(path)
    begin = content.find(MARK.encode())
    if begin < 0:
        return None
    begin += len(MARK)
    end = content.find(b";", begin, begin + LONGEST)
    if end < 0:
        raise ValueError(f"its provenance has no end within {LONGEST >> 20} MB: it was cut or changed")
    try:
        unpacking = zlib.decompressobj()
        text = unpacking.decompress(base64.b64decode(content[begin:end], validate=True), LARGEST)
        if not unpacking.eof:
            raise ValueError(f"more than {LARGEST >> 20} MB, or no end")
        record = from_json(text)
    except (binascii.Error, zlib.error, ValueError) as error:
        raise ValueError(f"its provenance cannot be read ({error}): it was cut or changed") from None
    if not isinstance(record, dict):
        raise ValueError("its provenance is not a record: it was changed")
    return record
