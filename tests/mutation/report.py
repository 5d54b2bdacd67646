"""What the fates of the mutants come to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from scipy import stats

from sim.texts import markdown_table
from tests.mutation.mutants import Mutant


def wilson(killed: int, run: int) -> tuple[float, float]:
    """95% interval of a share (Wilson 1927)."""
    interval = stats.binomtest(killed, run).proportion_ci(method="wilson")
    return float(interval.low), float(interval.high)


def report(everything: list[Mutant], chosen: list[Mutant], fates: Mapping[int, Mapping[str, Any]]) -> str:
    """A table by file, the rate over all of them weighted by how many mutants each file has, and the survivors."""
    rows = []
    rate = variance = 0.0
    all_run = all_killed = 0
    done = [one for one in chosen if one.number in fates]
    begun = {one.file for one in done}
    population = sum(one.file in begun for one in everything)
    for file in sorted({one.file for one in everything}):
        total = sum(one.file == file for one in everything)
        mine = [fates[one.number]["fate"] != "survived" for one in done if one.file == file]
        run, killed = len(mine), sum(mine)
        if run:
            low, high = wilson(killed, run)
            rows.append((file, str(total), str(run), str(killed), f"{killed / run:.0%}", f"{low:.0%} to {high:.0%}"))
            smoothed = (killed + 1) / (run + 2)
            rate += total / population * killed / run
            variance += (total / population) ** 2 * smoothed * (1 - smoothed) / run * (1 - run / total)
        all_run, all_killed = all_run + run, all_killed + killed
    error = 1.96 * variance**0.5
    told = (f"{rate:.1%}", f"{rate - error:.1%} to {rate + error:.1%}")
    rows.append(("all, weighted", str(population), str(all_run), str(all_killed), *told))
    kinds = {fate: sum(fates[one.number]["fate"] == fate for one in done) for fate in ("killed", "timeout", "crash", "survived")}
    lines = [markdown_table(("file", "mutants", "run", "killed", "rate", "95%"), rows)]
    lines.append(", ".join(f"{number} {fate}" for fate, number in kinds.items()) + "\n")
    for one in done:
        if fates[one.number]["fate"] == "survived":
            lines.append(f"{one.number} {one.file}:{one.line} {one.function} ({one.operator}): {one.before}  ->  {one.after}")
    return "\n".join(lines)
