"""All studies of these tests start at one time, so that equal ones are equal byte for byte."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from sim.study.provenance import EPOCH


@pytest.fixture(scope="package", autouse=True)
def _one_date() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(EPOCH, "1700000000")
        yield
