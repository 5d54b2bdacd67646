"""Lifetime value: what a customer is worth at constant retention (Gupta & Lehmann 2003; Berger & Nasr 1998)."""

from __future__ import annotations

from collections.abc import Iterator

from sim.validate.entry import Effort, Finding, entry
from sim.validate.measure import certain, mean, runs_table
from sim.validate.settings import setting

RENEWALS = "scenarios/validation/renewals.toml"
MARGIN_OF_A_SALE = 40.0


@entry(
    id="clv-multiple",
    group="closed form",
    title="Margin multiple of a customer at constant retention",
    source="Gupta & Lehmann 2003, J. Interactive Marketing 17(1)",
    setting=RENEWALS,
)
def multiple(effort: Effort) -> Iterator[Finding]:
    """First margin one period after signing: r / (1 + i - r); at (r, i) = (.8, .10) and (.9, .12) printed as 2.6667 and 4.0909."""
    for r, i, expected in ((0.8, 0.10, 2.6667), (0.9, 0.12, 4.0909)):
        world = setting(RENEWALS).with_(months=60 * 12, customers={"lapse": certain(1 - r)}, firm={"discount_year": i})
        value = runs_table(world, effort.seed, effort.number(60, 10))["npv"] / (world.customers.at_start * MARGIN_OF_A_SALE)
        note = "sixty years stand for ever; the printed value has four decimals"
        yield mean(f"multiple at r = {r}, i = {i}", expected, value - 1.0, note, tolerance=5e-5 + (r / (1 + i)) ** 60 * 10)
