"""A customer's account page in text: what happened month by month, and the money in and out."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from typing import Any

from sim.trace.agents import is_founder
from sim.trace.record import Trace
from sim.trace.statement import WIDTH, StatementColumn, table

COSTS = ("cost_of_goods", "acquisition", "service", "resolution")


def account_page(trace: Trace, customer: int) -> str:
    """The months in which something happened to a followed customer, and the sums; at most 100 columns wide.

    Raises
    ------
    InputError
        When the customer was not followed, or never signed.
    """
    pages = trace.customer(customer)
    records: list[dict[Any, Any]] = pages.to_dict("records")
    rows = [row for row in records if any(_what(row))]
    costs = sum(pages[name].sum() for name in COSTS)
    first = pages.iloc[0]
    since = f"signed in month {int(first['month'] - first['age'] + 1)}"
    head = [
        f"ACCOUNT OF CUSTOMER {customer}, seat {int(first['rep'])}, {'in the opening book' if is_founder(customer) else since}",
        *textwrap.wrap(
            f"{trace.scenario.title} ({trace.scenario.name}), run {trace.run}, seed {trace.seed}; amounts in {trace.scenario.currency}; "
            f"followed to month {int(pages['month'].iloc[-1])}. Quiet months are left out.",
            WIDTH,
        ),
        "",
    ]
    sums = {name: float(pages[name].sum()) for name in ("revenue", "collected", "write_off")}
    columns = [
        StatementColumn("month", lambda row: str(row["month"]), total="sum"),
        StatementColumn("invoiced", lambda row: f"{row['revenue']:,.2f}", total=f"{sums['revenue']:,.2f}"),
        StatementColumn("collected", lambda row: f"{row['collected']:,.2f}", total=f"{sums['collected']:,.2f}"),
        StatementColumn("written off", lambda row: f"{row['write_off']:,.2f}", "0.00", f"{sums['write_off']:,.2f}"),
        StatementColumn("costs", lambda row: f"{sum(row[name] for name in COSTS):,.2f}", total=f"{costs:,.2f}"),
        StatementColumn("owed", lambda row: f"{row['owed']:,.2f}", total=f"{pages['owed'].iloc[-1]:,.2f}"),
        StatementColumn("satisfied", lambda row: f"{round(row['satisfaction'], 2) + 0.0:.2f}"),
        StatementColumn("tie", lambda row: f"{row['tie']:.2f}"),
    ]
    profit = sums["revenue"] - sums["write_off"] - costs
    parts = ", ".join(f"{name.replace('_', ' ')} {pages[name].sum():,.2f}" for name in COSTS)
    foot = [
        "",
        *textwrap.wrap(f"Costs: {parts}.", WIDTH),
        f"Account: invoiced {sums['revenue']:,.2f} - written off {sums['write_off']:,.2f} - costs {costs:,.2f} = {profit:,.2f}, before commission.",
    ]
    return "\n".join([*head, *table(columns, rows, lambda row: textwrap.wrap("; ".join(_what(row)), WIDTH - 6)), *foot])


def _what(row: dict[Any, Any]) -> Iterator[str]:
    """What happened in a month, in words."""
    if row["age"] == 1 and row["initial"] > 0:
        yield f"signed, first purchase {row['initial']:,.2f}"
    if row["visits"]:
        yield _times(row["visits"], "visit")
    if row["repeat"] > 0:
        bought = f" ({_times(int(row['purchases']), 'repeat purchase')})" if row["purchases"] else " (renewal)"
        yield f"repeat revenue {row['repeat']:,.2f}{bought}"
    if row["cross"] > 0:
        yield f"cross-purchase {row['cross']:,.2f}"
    if row["contacts"]:
        unsolved = f", {row['unsolved']} not solved" if row["unsolved"] else ", solved"
        yield f"{_times(row['contacts'], 'contact')} with the desk after {row['wait']:.1f} days{unsolved}"
    if row["case"]:
        how = {"solution": "a solution", "strict": "held to the contract"}[row["case"]]
        yield f"moment of truth: {how}"
    if row["bucket"] > 0:
        yield f"in arrears, bucket {int(row['bucket'])}"
    elif row["collected"] > 0 and row["revenue"] == 0:
        yield "pays what was owed"
    if row["write_off"] > 0:
        yield "debt written off"
    if row["referrals"]:
        yield _times(row["referrals"], "referral")
    if row["status"] != "active" and row["left"]:
        yield f"LEFT ({row['status']})"


def _times(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
