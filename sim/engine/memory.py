"""What simulating a scenario takes in memory, and what there is: known before anything is asked for."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from sim.accounts import MONTH
from sim.engine.shelf import BLOCK, COLUMNS, ROW
from sim.errors import InputError
from sim.scenario.model import Scenario
from sim.state import CUSTOMER

BLOCK_BYTES = BLOCK * CUSTOMER.itemsize + 8 * COLUMNS + 4 * 2 * ROW
ARCHIVED = 32  # bytes of a customer whose account is closed, and of their sorting
AGENT = 1700  # bytes of a customer of the Mesa model that is an agent: measured, 40,000 of them; 700 without agents
SMALL = 2**28  # bytes that any machine has
LIMITS = ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")
USED = ("/sys/fs/cgroup/memory.current", "/sys/fs/cgroup/memory/memory.usage_in_bytes")


def needed(scenario: Scenario, runs: int = 1, customers: bool = False, engine: str = "compiled") -> float:
    """Bytes that one worker takes for so many runs, about: ledgers, customers there at once, accounts, and the tables."""
    reps, market, months = scenario.reps, scenario.market, scenario.months
    attempts = min(reps.hours / reps.hours_per_attempt, market.leads_at_start / months + market.leads_per_month)
    signed = attempts * max(market.success, market.referred_success) * months
    components = scenario.scheme.components
    horizon = months + max((one.deferral.months for one in components), default=0)
    ledger = 8.0 * (months * (4 + len(components)) + horizon * len(components) + 1000)
    founders = scenario.customers.at_start
    blocks = (founders + 16 + signed) / BLOCK + 1  # as if nobody left
    people = blocks * BLOCK_BYTES if engine == "compiled" else (founders + signed) * AGENT
    seats = reps.count * (ledger + people + ARCHIVED * (founders + signed))
    kept = reps.count * (founders + signed) * runs * 2.0 * CUSTOMER.itemsize if customers else 0.0
    return seats + kept + 2.0 * runs * months * MONTH.itemsize


def available() -> float:
    """Bytes of memory that are free, within the limits set to this process; infinite where that cannot be known."""
    return min(_free(), _within_limits())


def _free() -> float:
    try:
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
        return 1024.0 * next(int(line.split()[1]) for line in lines if line.startswith("MemAvailable"))
    except (OSError, StopIteration, ValueError, IndexError):
        pass
    if sys.platform != "win32" and "SC_PHYS_PAGES" in os.sysconf_names:
        return float(os.sysconf("SC_PAGE_SIZE")) * os.sysconf("SC_PHYS_PAGES")
    return float("inf")


def _within_limits() -> float:
    for limit, used in zip(LIMITS, USED, strict=True):
        try:
            return float(Path(limit).read_text(encoding="ascii")) - float(Path(used).read_text(encoding="ascii"))
        except (OSError, ValueError):  # there is no such file, or no limit ("max")
            continue
    return float("inf")


def threads_for(need: float, wanted: int) -> int:
    """As many of the wanted workers as there is memory for; results do not depend on it."""
    return wanted if need * wanted <= SMALL else max(1, min(wanted, int(available() // need)))


def check_memory(scenario: Scenario, need: float) -> None:
    """Refuse what there is no memory for, rather than be killed without a word.

    Raises
    ------
    InputError
        It says what is needed and what there is.
    """
    if need <= SMALL or need <= (there := available()):
        return
    reps, founders = scenario.reps.count, scenario.customers.at_start
    raise InputError(
        f"{scenario.name}: expected a scenario that fits into the {in_words(there)} of memory free here, got one that needs about "
        f"{in_words(need)} (reps.count = {reps:,}, customers.at_start = {founders:,}, months = {scenario.months})"
    )


def in_words(size: float) -> str:
    """A size of memory, to be read."""
    return f"{size / 1e9:,.1f} GB" if size >= 1e8 else f"{size / 1e6:,.0f} MB"
