"""The one world that is measured, at several sizes, and the unit of work in it."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

import sim
from sim import Scenario

ROOT = Path(__file__).resolve().parent.parent
FILE = ROOT / "scenarios" / "signature-bonus.toml"
SEED = 1


def world(at_start: int, months: int, reps: int = 10) -> Scenario:
    """The signature bonus, full model, with `at_start` customers per rep when it opens; pay and accounts included."""
    return sim.load(FILE).with_(months=months, reps={"count": reps}, customers={"at_start": at_start})


def customer_months(months: pd.DataFrame) -> int:
    """Customers at each month's end and those who left in it, summed over months and runs: everyone who lived a month."""
    return int((months["customers"] + months["lapses"]).sum())
