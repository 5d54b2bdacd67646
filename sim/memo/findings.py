"""What was found, in sentences and tables made from the numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from sim.memo.blocks import Block, Paragraph, Picture, Points, Section, Table
from sim.memo.words import called, difference, interval, number

if TYPE_CHECKING:
    from sim.analysis.compare import Comparison
    from sim.study import Study

#: Outcomes in the order in which a memo speaks of them: the result, its sources, what the customers and the reps live through.
GROUPS = {
    "The profit": ("npv", "promised_profit", "realised_profit", "share_loss_making", "bad_debt_ratio", "cost_to_serve"),
    "The customers": ("signings", "customers_end", "persistency_24", "satisfaction"),
    "The reps": ("rep_pay_mean", "variable_share", "hunting_share", "nurturing_share", "rep_turnover"),
}
TOLD = tuple(outcome for group in GROUPS.values() for outcome in group)
MAIN = ("npv", "share_loss_making", "signings", "rep_pay_mean")
CAPTIONS = {
    "profit_by_year": "Profit of the book by year; bands are the spread between runs.",
    "profit_distribution": "Discounted profit of the book over the runs.",
    "paired_differences": "Paired differences, outcome by outcome.",
    "promised_realised": "Profit promised when customers signed, and realised on the same customers, by year of signing.",
    "drivers": "What the profit is made of: the drivers of the book's profitability.",
    "persistency": "Customers still there, by years since signing.",
    "time_use": "How reps spend their time.",
    "whale": "Concentration of profit: share of all profit earned by the most profitable customers.",
}


def titles(study: Study) -> dict[str, str]:
    """Title of every scenario by name; where titles coincide, with the name."""
    found = [str(scenario["title"]) for scenario in study.scenarios]
    return {
        name: title if found.count(title) == 1 else f"{title} ({name})" for name, title in zip(study.names, found, strict=True)
    }


def summary(study: Study, comparison: Comparison | None) -> Iterator[str]:
    """The few sentences that stand at the beginning."""
    known = titles(study)
    if comparison is None:
        name, level = study.names[0], _rows(study)
        yield from (_level(level[name, outcome], known[name]) for outcome in MAIN)
        return
    for name in comparison.others:
        rows = {row["outcome"]: row for row in _differences(comparison, name)}
        yield from (difference(rows[outcome], known[name], known[comparison.base], comparison.level) for outcome in MAIN)
    if len(comparison.others) > 1:
        yield _best(comparison, known)


def _best(comparison: Comparison, known: Mapping[str, str]) -> str:
    from sim.analysis.verdict import probability

    table = comparison.ranking("npv")
    first = table.iloc[0]
    left = [known[str(name)] for name in table.loc[table["may_be_best"].astype(bool), "scenario"]]
    rest = (
        f"at {comparison.level:.0%} each of {', '.join(left)} may be"
        if len(left) > 1
        else f"at {comparison.level:.0%} no other may be"
    )
    best = f"{known[str(first['scenario'])]}, with probability {probability(float(first['p_best']))}"
    return f"The highest expected {called('npv')} is that of {best}; {rest}."


def findings(study: Study, comparison: Comparison | None) -> Section:
    """All findings: a list per comparison, the tables, and the figures."""
    blocks: list[Block] = []
    known = titles(study)
    if comparison is not None:
        for name in comparison.others:
            rows = {row["outcome"]: row for row in _differences(comparison, name)}
            for group, told in GROUPS.items():
                sentences = [difference(rows[outcome], known[name], known[comparison.base], comparison.level) for outcome in told]
                if "npv" in told:
                    better, pairs = rows["npv"]["better"], f"{rows['npv']['n']:,} pairs of runs"
                    sentences.insert(1, f"Run by run, {known[name]} has the higher {called('npv')} in {better:.0%} of {pairs}.")
                blocks += [
                    Paragraph(f"{group} under {known[name]}, compared with {known[comparison.base]}:"),
                    Points(tuple(sentences)),
                ]
    else:
        name, level = study.names[0], _rows(study)
        blocks.append(Points(tuple(_level(level[name, outcome], known[name]) for outcome in TOLD)))
    blocks += [Picture("profit_by_year", CAPTIONS["profit_by_year"]), outcomes(study)]
    if comparison is not None:
        blocks += [Picture("paired_differences", CAPTIONS["paired_differences"]), differences(comparison)]
    blocks.append(years(study, comparison))
    others = ("profit_distribution", "promised_realised", "drivers", "persistency", "time_use", "whale")
    return Section("Findings", (*blocks, *(Picture(name, CAPTIONS[name]) for name in others)))


def _level(row: Mapping[str, Any], title: str) -> str:
    what, unit = called(row["outcome"]), row["unit"]
    if row["n"] < 2 or not row["standard_error"] > 0:
        return (
            f"The {what} under {title} is {number(row['mean'], 0, unit)} in every run."
            if row["n"]
            else f"The {what} is undefined in every run."
        )
    mean, span = number(row["mean"], row["standard_error"], unit), interval(row["low"], row["high"], unit)
    runs = interval(row["q05"], row["q95"], unit)
    return f"The expected {what} under {title} is {mean} (95% interval {span}); nine runs in ten lie within {runs}."


def _rows(study: Study) -> dict[tuple[str, str], dict[str, Any]]:
    """The summary by scenario and outcome, with unit and the 95% interval of each mean."""
    from scipy.stats import t

    from sim.analysis.outcomes import KNOWN

    rows = {}
    for row in study.summary().to_dict("records"):
        half = float(t.ppf(0.975, row["n"] - 1)) * row["standard_error"] if row["n"] > 1 else float("nan")
        unit = KNOWN[row["outcome"]].unit.replace("money", study.currency)
        named = {str(key): value for key, value in row.items()}
        rows[row["scenario"], row["outcome"]] = {**named, "unit": unit, "low": row["mean"] - half, "high": row["mean"] + half}
    return rows


def _differences(comparison: Comparison, name: str) -> list[dict[Any, Any]]:
    table = comparison.differences
    return list(table[table["scenario"] == name].to_dict("records"))


def outcomes(study: Study) -> Table:
    """Every outcome of every scenario: mean, 95% interval and quantiles over runs."""
    known, level = titles(study), _rows(study)
    rows = []
    for outcome in TOLD:
        for k, name in enumerate(study.names):
            if not (row := level[name, outcome])["n"]:
                continue
            what = f"{called(outcome)} ({row['unit']})" if not k else ""
            spread = (row["q95"] - row["q05"]) / 20
            quantiles = (number(row[q], spread) for q in ("q05", "q50", "q95"))
            rows.append(
                (
                    what,
                    known[name],
                    number(row["mean"], row["standard_error"] or 0.0),
                    interval(row["low"], row["high"], ""),
                    *quantiles,
                )
            )
    columns = ("outcome", "scenario", "mean", "95% interval of the mean", "5% of runs", "median", "95% of runs")
    return Table("outcomes", "Outcomes over all runs.", columns, tuple(rows), left=2)


def differences(comparison: Comparison) -> Table:
    """Paired differences of every scenario to the base."""
    known = titles(comparison.study)
    found = {(row["scenario"], row["outcome"]): row for row in comparison.differences.to_dict("records")}
    several = len(comparison.others) > 1
    rows = []
    for outcome in TOLD:
        for k, name in enumerate(comparison.others):
            row = found[name, outcome]
            if row["n"] < 2:
                continue
            what = f"{called(outcome)} ({row['unit']})" if not k else ""
            cells = (number(row["mean"], row["standard_error"]), interval(row["low_joint"], row["high_joint"], ""))
            better = "" if row["better"] != row["better"] else f"{row['better']:.0%}"
            rows.append((what, *([known[name]] if several else []), *cells, better, _p(row["p_holm"])))
    names = " and ".join(known[name] for name in comparison.others)
    caption = f"Paired differences, {names} less {known[comparison.base]}, on common random numbers"
    caption += f"; intervals hold jointly for the {len(comparison.others)} schemes." if several else "."
    columns = (
        "outcome",
        *(["scenario"] if several else []),
        "difference",
        f"{comparison.level:.0%} interval",
        "better in runs",
        "p",
    )
    return Table("differences", caption, columns, tuple(rows), left=2 if several else 1)


def _p(value: float) -> str:
    if value != value:
        return ""
    return "< .001" if value < 0.001 else f"{value:.3f}".lstrip("0")


def years(study: Study, comparison: Comparison | None) -> Table:
    """Profit of every year: mean with its 95% interval, and the difference to the base."""
    known, level = titles(study), _rows(study)
    gaps = (
        {}
        if comparison is None
        else {(row["scenario"], row["outcome"]): row for row in comparison.differences.to_dict("records")}
    )
    rows = []
    for year in range(1, 1 + sum(name.startswith("profit_year_") for name in study.outcomes())):
        outcome = f"profit_year_{year}"
        cells = [_plus_minus(level[name, outcome]) for name in study.names]
        cells += [_plus_minus(gaps[name, outcome]) for name in study.names[1:]]
        rows.append((str(year), *cells))
    columns = ("year", *known.values(), *(f"{known[name]} less {known[study.names[0]]}" for name in study.names[1:]))
    return Table("years", f"Profit of the book by year, mean ± 95% half-width ({study.currency}).", columns, tuple(rows), left=1)


def _plus_minus(row: Mapping[Any, Any]) -> str:
    if not row["n"]:
        return "n/a"
    half = (row["high"] - row["low"]) / 2
    return f"{number(row['mean'], half)} ± {number(half, half)}" if half > 0 else number(row["mean"])
