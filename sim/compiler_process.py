"""What the compiler does: compile what it is asked for, until nobody asks any more (see :mod:`sim.compiler`)."""

from __future__ import annotations

import os
import sys
from importlib import import_module
from pathlib import Path
from typing import BinaryIO

from numba.core import serialize


def main(hashed: str, folder: str, level: str) -> None:
    """Serve requests from standard input; the answer to each is a line on standard output."""
    with os.fdopen(os.dup(1), "wb") as answers:
        os.dup2(2, 1)  # whatever else is printed is no answer
        serve(sys.stdin.buffer, answers, hashed, folder, level)


def serve(requests: BinaryIO, answers: BinaryIO, hashed: str, folder: str, level: str) -> None:
    """Answer each request, ``done`` or why it failed."""
    from sim import compiled, compiler, llvm
    from sim.compiler import Place
    from sim.sources import model_hash

    compiler.become(Place(Path(folder), level))
    compiled.Compiled.targetdescr = llvm.Target("cpu")
    while len(size := requests.read(8)) == 8:
        module, name, signature = serialize.loads(requests.read(int.from_bytes(size, "big")))
        try:
            found = getattr(import_module(module), name)
            if model_hash.__wrapped__() != hashed:
                raise RuntimeError("the sources have changed")
            (found.public if isinstance(found, compiled.Rule) else found).compile(signature)
            answer = "done"
        except Exception as error:
            answer = f"{type(error).__name__}: {' '.join(str(error).split())}"
        answers.write(answer.encode() + b"\n")
        answers.flush()
