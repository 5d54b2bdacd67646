"""A statement of pay: what a rep was paid in some months, and how every line of it came about."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sim.number_text import finite, short
from sim.scheme.measures import MEASURES
from sim.scheme_words import limit_words, rate_words, terms
from sim.texts import columns_of, left, right
from sim.trace.record import Claim, Line, PayMonth, Trace

WIDTH = 100
KIND = {entry.name: entry.kind for entry in MEASURES}


@dataclass(frozen=True)
class StatementColumn:
    """A column of a table on the statement."""

    heading: str
    cell: Callable[[Any], str]
    plain: str | None = None  # what it says where nothing is the matter: a column that says nothing else is left out
    total: str = ""


def money(hundredths: float) -> str:
    """An amount in hundredths, as currency."""
    text = f"{hundredths / 100:,.2f}"
    return "0.00" if text == "-0.00" else text


def table(
    columns: Sequence[StatementColumn], rows: Sequence[Any], notes: Callable[[Any], Sequence[str]] | None = None
) -> list[str]:
    """Rows under right-aligned headings, with their totals if there are several; notes stand under the row they are about."""
    shown = [column for column in columns if column.plain is None or any(column.cell(row) != column.plain for row in rows)]
    several = len(rows) > 1 and any(column.total for column in shown)
    cells = [[column.heading, *(column.cell(row) for row in rows), *([column.total] if several else [])] for column in shown]
    widths = [max(map(columns_of, column)) for column in cells]
    gap = "  " if sum(widths) + 2 * len(widths) <= WIDTH else " "
    lines = [
        "  " + gap.join(right(cell, width) for cell, width in zip(line, widths, strict=True)) for line in zip(*cells, strict=True)
    ]
    told = [lines[0]]
    for row, line in zip(rows, lines[1:], strict=False):
        told += [line, *(f"      {note}" for note in (notes(row) if notes else ()))]
    return [*told, "  " + gap.join("-" * width for width in widths), lines[-1]] if several else told


def statement(trace: Trace, seat: int, first: int, last: int) -> str:
    """The statement of a seat's months from `first` to `last`, in text of at most :data:`WIDTH` columns."""
    pages = trace.of_seat(seat, first, last)
    blocks = [_head(trace, seat, first, last), _reps(trace, pages), _sum(trace, pages), _months(pages)]
    if first == last:
        blocks.append(_signed(trace, pages[0]))
    for i in range(len(trace.scenario.scheme.components)):
        blocks.append(_component(trace, i, pages))
    blocks += [_limit(trace, pages), _claims(trace, pages), _accrued(trace, pages[-1]), _check(trace, pages)]
    return "\n\n".join("\n".join(block) for block in blocks if block)


def _wrap(text: str, indent: str = "") -> list[str]:
    return textwrap.wrap(text, WIDTH, initial_indent=indent, subsequent_indent=indent, break_on_hyphens=False)


def _span(first: int, last: int) -> str:
    return f"month {first}" if first == last else f"months {first} to {last}"


def _head(trace: Trace, seat: int, first: int, last: int) -> list[str]:
    scenario = trace.scenario
    when = f"month {first} (in year {-(-first // 12)})" if first == last else f"year {-(-first // 12)} ({_span(first, last)})"
    return [
        f"STATEMENT OF PAY: seat {seat}, {when}",
        *_wrap(f"{scenario.title} ({scenario.name}), run {trace.run}, seed {trace.seed}; amounts in {scenario.currency}."),
        "Seats are numbered from 0, as in the column rep of the customers table; months are those of the run.",
    ]


def _reps(trace: Trace, pages: Sequence[PayMonth]) -> list[str]:
    """Who sat there: a seat may change hands."""
    said, before = [], None
    for page in pages:
        if page.rep != before:
            who = f"rep no. {page.rep} of this seat, hired in month {page.hired}" if page.rep else "nobody: the seat is empty"
            said.append(f"From month {page.month}: {who}.")
        before = page.rep
        if page.left:
            lost = f"; deferred pay of {money(sum(page.lost_leaving))} is forfeited" if sum(page.lost_leaving) else ""
            if sum(page.final) + page.forfeited_open:
                kept = f" (and {money(page.forfeited_open)}, to be deferred, forfeited)" if page.forfeited_open else ""
                lost += f"; for periods not settled yet {money(sum(page.final))} is paid{kept}"
            if sum(page.unsettled):
                lost += f"; {money(sum(page.unsettled))} of periods not settled yet is not paid"
            given = f"; clawback of {money(page.given_up)} still due is given up" if page.given_up else ""
            said += _wrap(f"At the end of month {page.month} rep no. {page.rep} leaves{lost}{given}.")
    return said


def totals(trace: Trace, pages: Sequence[PayMonth]) -> list[tuple[str, int]]:
    """What pay is the sum of: (name, hundredths); the last is ``PAY``, the sum."""
    rows = [("salary", sum(page.salary for page in pages))]
    if trace.scenario.reps.subsidy:
        rows.append(("start-up subsidy", sum(page.subsidy for page in pages)))
    for i, component in enumerate(trace.scenario.scheme.components):
        if component.combine == "add":
            rows.append(
                (component.name, sum(line.paid for line in _lines(pages, i)) + sum(page.final[i] for page in pages if page.final))
            )
    recovered = sum(page.recovered for page in pages)
    if recovered or any(component.clawback.months for component in trace.scenario.scheme.components):
        rows.append(("less clawback recovered", -recovered))
    return [*rows, ("PAY", sum(page.pay for page in pages))]


def _sum(trace: Trace, pages: Sequence[PayMonth]) -> list[str]:
    rows = totals(trace, pages)
    amounts = [money(amount) for _, amount in rows]
    wide = max(map(len, amounts))
    room = WIDTH - wide - 4
    label = max(min(columns_of(name), room) for name, _ in rows)
    lines = [f"  {left(name[:room], label)}  {text.rjust(wide)}" for (name, _), text in zip(rows, amounts, strict=True)]
    return [*lines[:-1], f"  {' ' * label}  {'-' * wide}", lines[-1]]


def _months(pages: Sequence[PayMonth]) -> list[str]:
    def amount(heading: str, of: Callable[[PayMonth], int], plain: str | None = None) -> StatementColumn:
        return StatementColumn(heading, lambda page: money(of(page)), plain, money(sum(map(of, pages))))

    columns = [
        StatementColumn("month", lambda page: str(page.month), total="sum"),
        StatementColumn("rep", lambda page: str(page.rep or "-")),
        StatementColumn("hunting", lambda page: f"{100 * page.hunting:.0f}%"),
        StatementColumn("visits", lambda page: f"{100 * page.nurturing:.0f}%"),
        StatementColumn("signed", lambda page: str(page.signings), total=str(sum(page.signings for page in pages))),
        StatementColumn("lapsed", lambda page: str(page.lapses), total=str(sum(page.lapses for page in pages))),
        amount("salary", lambda page: page.salary),
        amount("subsidy", lambda page: page.subsidy, "0.00"),
        amount("variable", lambda page: page.variable),
        amount("clawback", lambda page: -page.recovered, "0.00"),
        amount("PAY", lambda page: page.pay),
        StatementColumn("held", lambda page: money(page.held), "0.00"),
        StatementColumn("due back", lambda page: money(page.due_after), "0.00"),
    ]
    what = "Month by month: share of time for hunting and for visits; customers signed and lapsed; pay;"
    return [what, "deferred pay held and clawback due at the month's end.", *table(columns, pages)]


def _signed(trace: Trace, page: PayMonth) -> list[str]:
    if not page.signed:
        return []
    columns = [
        StatementColumn("customer", lambda one: str(one.customer), total="sum"),
        StatementColumn("first purchase", lambda one: money(one.initial), total=money(sum(one.initial for one in page.signed))),
    ]
    return ["Customers signed", *table(columns, page.signed)]


def _lines(pages: Sequence[PayMonth], i: int) -> list[Line]:
    return [line for page in pages for line in page.lines if line.component == i]


def _component(trace: Trace, i: int, pages: Sequence[PayMonth]) -> list[str]:
    component, currency = trace.scenario.scheme.components[i], trace.scenario.currency
    least = trace.scenario.scheme.persistency_least
    heading = [f"[{i}] {component.name}", *_wrap(terms(component, currency) + ".", "    ")]
    every = [(page, line) for page in pages for line in page.lines if line.component == i]
    if component.combine != "add":
        return [*heading, *_factors(component.combine, every)]
    rows = [(page, line) for page, line in every if line.settled or line.vested or len(pages) == 1]
    leaving = [one for page, line in every if any(page.final) for one in _final(page, line, component, least)]
    if not rows:
        return [*heading, *(leaving or ["  nothing was settled in these months"])]
    scaled, deferred = any(page.scale != 1.0 for page, _ in rows), bool(component.deferral.share)

    def amount(heading: str, of: Callable[[Line], int], plain: str | None = None) -> StatementColumn:
        return StatementColumn(heading, lambda row: money(of(row[1])), plain, money(sum(of(line) for _, line in rows)))

    columns = [
        StatementColumn("period", lambda row: _period(*row), total="sum"),
        StatementColumn(component.measure.replace("_", " "), lambda row: _value(row[1])),
        StatementColumn("of whom", lambda row: row[1].basis if row[1].settled else "", ""),
        StatementColumn("attained", lambda row: _attained(row[1], bool(component.quota)), ""),
        StatementColumn("award", lambda row: f"{row[1].award:,.2f}"),
        *([StatementColumn("factor", lambda row: short(round(row[0].scale, 4)))] if scaled else []),
        *([amount("awarded", lambda line: line.awarded)] if scaled and deferred else []),
        amount("held back", lambda line: -line.held_back, "0.00"),
        amount("vested", lambda line: line.vested, "0.00"),
        amount("forfeited", lambda line: -line.forfeited, "0.00"),
        amount("paid", lambda line: line.paid),
    ]
    return [*heading, *table(columns, rows, lambda row: list(_details(row[0], row[1], component, currency, least))), *leaving]


def _final(page: PayMonth, line: Line, component: Any, least: int) -> Iterator[str]:
    """What a rep who leaves is paid for the open period, and how it came about."""
    if paid := page.final[line.component]:
        part = "".join(f", {text}" for text in _part_period(page, line, component))
        measure = f"{component.measure.replace('_', ' ')} {_value(line)}"
        if math.isnan(line.value):
            measure += f" ({_unmeasured(line, component, least)})"
        yield from _wrap(
            f"paid to the leaver of month {page.month} for {_span(line.opened, page.month)}: {measure}{part}: {money(paid)}", "  "
        )


def _period(page: PayMonth, line: Line) -> str:
    if not line.settled:
        return f"({page.month})" if line.vested else f"{line.opened}-…"
    return str(page.month) if line.opened == page.month else f"{line.opened}-{page.month}"


def _value(line: Line) -> str:
    if not line.settled and line.vested:
        return ""
    if math.isnan(line.value):
        return "none"
    if line.unit == "money":
        return f"{line.value:,.2f}"
    return f"{line.value:,.4f}" if line.unit in ("share", "score") else short(round(line.value, 4))


def _attained(line: Line, quota: bool) -> str:
    if line.attainment is None or not quota or not line.settled:
        return ""
    return f"{100 * line.attainment:.1f}%"


def _details(page: PayMonth, line: Line, component: Any, currency: str, least: int) -> Iterator[str]:
    """How an award was made where a rate alone does not say it."""
    if not line.settled:
        return
    yield from _part_period(page, line, component)
    if math.isnan(line.value):
        yield _unmeasured(line, component, least)
        return
    if line.tiers:
        parts = [
            f"{short(round(part, 2))} at {rate_words(component, rate, currency)} = {pay:,.2f}" for part, rate, pay in line.tiers
        ]
        bonus = line.uncapped - sum(pay for _, _, pay in line.tiers)
        if bonus > 0.005:
            parts.append(f"bonus {bonus:,.2f}")
        yield from _wrap("; ".join(parts))
    elif component.bonus and component.rate and line.award > 0:
        base = component.rate * line.value
        yield f"rate {base:,.2f}; bonus {line.uncapped - base:,.2f}"
    if line.uncapped > line.award:
        yield f"cap: {line.uncapped:,.2f} without it"


#: What holds in a period whose measure does not exist.
UNMEASURED = {
    "unpaid": "nothing is paid",
    "target": "it counts as on target",
    "carried": "{months} are carried into the next period",
}


def _unmeasured(line: Line, component: Any, least: int) -> str:
    """Why the measure of a period does not exist, and what holds then; a cohort below the least number is not nobody."""
    some = any(digit in line.basis.rpartition(" of ")[2] for digit in "123456789")
    few = f"fewer than {least:,} customers" if least > 1 else "too few customers"
    why = few if some else "nobody" if line.basis else f"nobody, or {few},"
    months = "1 month" if line.counted == 1 else f"{short(line.counted)} months"
    said = UNMEASURED[component.unmeasured].format(months=months).replace("1 month are", "1 month is")
    return f"{why} to measure: {said}"


def _part_period(page: PayMonth, line: Line, component: Any) -> Iterator[str]:
    """Of a period that is not a whole one: how many months count, and what that makes of quota and bonus."""
    there = page.month - line.opened + 1
    if component.trail_months or (there == component.months and line.counted == component.months):
        return
    part = f"{short(line.counted)} of {component.months} months"
    if not component.pro_rata:
        yield f"part period of {there} of {component.months} months: everything in full"
        return
    level = KIND[component.measure] == "level"
    amounts = {"quota": 0.0 if level else component.quota, "bonus": component.bonus, "cap": component.cap}
    in_part = [f"{name} {amount * line.counted / component.months:,.2f}" for name, amount in amounts.items() if amount]
    yield f"pro rata for {part}" + (f": {', '.join(in_part)}" if in_part else "")


def _accrued(trace: Trace, page: PayMonth) -> list[str]:
    """What the rep has earned by the end of the last month and has not been paid."""
    rows = [
        (f"[{i}] {component.name}, period not settled yet", page.accrued[i])
        for i, component in enumerate(trace.scenario.scheme.components)
        if page.accrued and page.accrued[i]
    ]
    if page.held:
        rows.append(("deferred pay not vested", page.held))
    if not rows and not page.trail_due:
        return []
    amounts = [*(money(amount) for _, amount in rows), money(sum(amount for _, amount in rows))]
    wide = max(map(len, amounts))
    names = [*(name for name, _ in rows), "ACCRUED"]
    label = max(map(len, names))
    last = " (the run's last)" if page.month == trace.scenario.months else ""
    said = _wrap(f"Earned and not paid at the end of month {page.month}{last}, were the open periods to end now:")
    said += (
        [f"  {name.ljust(label)}  {amount.rjust(wide)}" for name, amount in zip(names, amounts, strict=True)]
        if rows
        else ["  nothing"]
    )
    if page.trail_due:
        said += _wrap(f"Trail still to come if all customers there stay, before factors: {money(page.trail_due)}.", "  ")
    return said


def _factors(kind: str, rows: Sequence[tuple[PayMonth, Line]]) -> list[str]:
    settled = [(page, line) for page, line in rows if line.settled]
    said = []
    if not settled:
        return ["  not settled in these months" + (f"; it stands at {short(rows[-1][1].award)}" if rows else "")]
    columns = [
        StatementColumn("period", lambda row: _period(*row)),
        StatementColumn(settled[0][1].measure.replace("_", " "), lambda row: _value(row[1])),
        StatementColumn("of whom", lambda row: row[1].basis, ""),
        StatementColumn("gate" if kind == "gate" else "factor", lambda row: _stands(kind, row[1].award)),
    ]
    said += table(columns, settled)
    return said


def _stands(kind: str, factor: float) -> str:
    if kind == "gate":
        return "open" if factor else "closed"
    return short(round(factor, 4))


def _limit(trace: Trace, pages: Sequence[PayMonth]) -> list[str]:
    words = limit_words(trace.scenario.scheme)
    if not words:
        return []
    rows = [page for page in pages if page.rep and page.scale < page.factor]
    heading = [f"Regulator's limit: {words}."]
    if not rows:
        return [*heading, "  it was not reached in these months"]
    columns = [
        StatementColumn("month", lambda page: str(page.month)),
        StatementColumn("awards x factors", lambda page: f"{page.factor * sum(_adding(page)):,.2f}"),
        StatementColumn("room left in the year", lambda page: f"{page.room:,.2f}"),
        StatementColumn("awarded", lambda page: money(sum(line.awarded for line in page.lines))),
    ]
    return [*heading, *table(columns, rows)]


def _adding(page: PayMonth) -> list[float]:
    return [line.award for line in page.lines if line.combine == "add"]


def _claims(trace: Trace, pages: Sequence[PayMonth]) -> list[str]:
    rows = [(page, claim) for page in pages for claim in page.claims]
    if not any(component.clawback.months for component in trace.scenario.scheme.components):
        return []
    claimed, withdrawn = [row for row in rows if row[1].claimed], [row for row in rows if row[1].withdrawn]
    said = ["Clawback: customers who left before their commission was earned"]
    if not rows:
        said.append("  none in these months")
    if claimed:

        def amount(heading: str, of: Callable[[Claim], int], plain: str | None = None) -> StatementColumn:
            return StatementColumn(heading, lambda row: money(of(row[1])), plain, money(sum(of(claim) for _, claim in claimed)))

        columns = [
            *_whose(),
            amount("commission", lambda claim: claim.commission),
            StatementColumn("of it back", lambda row: f"{100 * row[1].share:.2f}%"),
            amount("claimed", lambda claim: claim.claimed),
            amount("uncollectable", lambda claim: claim.uncollectable, "0.00"),
        ]
        said += table(columns, claimed)
        if any(claim.uncollectable for _, claim in claimed):
            said.append("  uncollectable: the rep who signed has left.")
    if withdrawn:
        said.append("Left before the period was settled: so much no longer counts in it")
        said += table([*_whose(), StatementColumn("withdrawn", _withdrawn)], withdrawn)
    due = [page.due_before for page in pages][0], pages[-1].due_after
    taken, given = sum(page.recovered for page in pages), sum(page.given_up for page in pages)
    said += _wrap(
        f"Due at the start {money(due[0])} + claimed {money(sum(page.claimed for page in pages))} - recovered {money(taken)}"
        f"{f' - given up {money(given)}' if given else ''} = due at the end {money(due[1])}.",
        "  ",
    )
    return said


def _withdrawn(row: tuple[PayMonth, Claim]) -> str:
    claim = row[1]
    return f"{claim.withdrawn:,.2f}" if claim.unit == "money" else f"{short(round(claim.withdrawn, 4))} {claim.unit}"


def _whose() -> list[StatementColumn]:
    return [
        StatementColumn("month", lambda row: str(row[0].month), total="sum"),
        StatementColumn("component", lambda row: f"[{row[1].component}]"),
        StatementColumn("customer", lambda row: str(row[1].customer)),
        StatementColumn("signed", lambda row: str(row[1].signed)),
        StatementColumn("left in month", lambda row: f"{row[1].age} of contract"),
    ]


def _check(trace: Trace, pages: Sequence[PayMonth]) -> list[str]:
    """The lines against the payroll and the months table."""
    wrong = trace.unexplained()
    if wrong:
        return ["Check: THE LINES DO NOT ADD UP: " + "; ".join(wrong[:5])]
    span = _span(pages[0].month, pages[-1].month)
    seats = trace.scenario.reps.count
    whose = "this seat's lines" if seats == 1 else f"the lines of all {seats} seats"
    return _wrap(
        f"Check: in every month this statement adds up to what the payroll booked for the seat, and {whose} to "
        f"awarded, commission, forfeited, salaries, clawback, claimed, uncollectable, accrued, unsettled and trail_due of the months table, to the hundredth ({span} "
        f"and all before)."
    )


def as_data(trace: Trace, seat: int, first: int, last: int) -> dict[str, Any]:
    """The statement as plain data, money in currency: for scripts."""
    scenario = trace.scenario
    return {
        "scenario": scenario.name,
        "seat": seat,
        "run": trace.run,
        "seed": trace.seed,
        "currency": scenario.currency,
        "components": [{"name": k.name, "terms": terms(k, scenario.currency)} for k in scenario.scheme.components],
        "months": [_month_data(page) for page in trace.of_seat(seat, first, last)],
        "adds_up": not trace.unexplained(),
    }


MONTH_MONEY = tuple("salary subsidy variable recovered pay held due_before due_after given_up forfeited trail_due".split())
LINE = tuple("component name measure unit opened settled value basis counted attainment award".split())
LINE_MONEY = ("awarded", "held_back", "vested", "forfeited", "paid")
CLAIM_MONEY = ("commission", "claimed", "uncollectable")


def _month_data(page: PayMonth) -> dict[str, Any]:
    counts = ("month", "rep", "hired", "hunting", "nurturing", "attempts", "signings", "lapses", "factor", "scale", "left")
    plain = {name: getattr(page, name) for name in counts}
    lines = [
        {name: finite(getattr(line, name)) for name in LINE} | {name: getattr(line, name) / 100 for name in LINE_MONEY}
        for line in page.lines
    ]
    claims = [
        {name: getattr(claim, name) for name in ("component", "customer", "signed", "age", "share", "withdrawn")}
        | {name: getattr(claim, name) / 100 for name in CLAIM_MONEY}
        for claim in page.claims
    ]
    signed = [{"customer": one.customer, "first_purchase": one.initial / 100} for one in page.signed]
    by_component = {name: [one / 100 for one in getattr(page, name)] for name in ("accrued", "final", "unsettled")}
    return (
        plain
        | by_component
        | {name: getattr(page, name) / 100 for name in MONTH_MONEY}
        | {"lines": lines, "claims": claims, "signed": signed}
    )
