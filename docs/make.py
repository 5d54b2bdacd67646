"""Makes every published number, figure and page again, and says which are stale.

    python -m docs.make --stale      # names what is stale; exit status 1 if anything is
    python -m docs.make              # makes what is stale
    python -m docs.make NAME…        # makes these (``--list`` shows the names)
    python -m docs.make --all        # makes everything: about half an hour on two cores

A target is a page, a figure, or a block of a page or scenario file: the lines between ``docs.make: NAME`` and ``docs.make: end``.
``docs/made.json`` records, per target, a SHA-256 of what it is made from (the model's sources, the files it reads, the code
that writes it) and of what was made.  A target is stale when either differs.  Benchmarks are of a machine, and
mutation testing takes long: their pages are not made here.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic
from typing import TYPE_CHECKING

from sim.sources import model_hash
from sim.texts import markdown_table

if TYPE_CHECKING:
    import sim

ROOT = Path(__file__).resolve().parent.parent
RECORD = ROOT / "docs" / "made.json"
BLOCK = re.compile(r"(^[^\n]*docs\.make: (?P<name>(?!end)[\w-]+)[^\n]*\n)(?P<body>.*?)(^[^\n]*docs\.make: end)", re.M | re.S)
STUDY = Path("studies/readme")
PAIR = ("scenarios/signature-bonus.toml", "scenarios/relationship-bonus.toml")
WORLDS = (*PAIR, "scenarios/baseline.toml")


@dataclass(frozen=True)
class Target:
    """What one function makes: files, and blocks written ``file#block``, from files and folders of the repository."""

    name: str
    make: Callable[[], None]
    makes: tuple[str, ...]
    reads: tuple[str, ...]

    def made_from(self) -> str:
        """SHA-256 of the model's sources and of all that is read, without the blocks made here."""
        found = hashlib.sha256(model_hash().encode())
        for file in sorted(self._files()):
            found.update(f"{file.relative_to(ROOT)}\n".encode())
            found.update(outside(file.read_text(encoding="utf-8")).encode() if file.suffix in TEXTS else file.read_bytes())
        return found.hexdigest()[:16]

    def _files(self) -> Iterator[Path]:
        for name in self.reads:
            path = ROOT / name
            assert path.exists(), f"docs.make: {self.name}: {name} is not there"
            yield from (path,) if path.is_file() else (one for one in path.rglob("*") if one.suffix in (*TEXTS, ".csv"))

    def made(self) -> dict[str, str]:
        """SHA-256 of what stands there now, by file and block."""
        return {name: hashlib.sha256(content(name)).hexdigest()[:16] for name in self.makes}

    def stale(self, record: dict[str, dict[str, object]]) -> str:
        """Why it is stale, or nothing."""
        told = record.get(self.name)
        if told is None:
            return "never made"
        changed = [name for name, found in self.made().items() if told["made"].get(name) != found]  # type: ignore[attr-defined]
        if changed:
            return f"changed since it was made: {', '.join(changed)}"
        return "" if told["made_from"] == self.made_from() else "made from an older model, scenario or code"


TEXTS = (".py", ".toml", ".md", ".json")


def content(name: str) -> bytes:
    """A file, or a block of it."""
    file, _, block = name.partition("#")
    path = ROOT / file
    if not path.exists():
        return b""
    if not block:
        return path.read_bytes()
    return next(
        (found["body"].encode() for found in BLOCK.finditer(path.read_text(encoding="utf-8")) if found["name"] == block), b""
    )


def outside(text: str) -> str:
    """A text without the blocks that are made here."""
    return BLOCK.sub(lambda found: found[1] + found[4], text)


def fill(file: str, block: str, text: str) -> None:
    """Put a text into a block of a file."""
    path = ROOT / file
    before = path.read_text(encoding="utf-8")
    assert f"docs.make: {block}" in before, f"{file} has no block {block}"
    lead = "# " if path.suffix == ".toml" else ""
    body = "".join(f"{lead}{line}".rstrip() + "\n" for line in text.strip("\n").split("\n"))
    if not lead:
        body = f"\n{body}\n"
    path.write_text(
        BLOCK.sub(lambda found: found[1] + body + found[4] if found["name"] == block else found[0], before), encoding="utf-8"
    )


def daarna(*arguments: str, status: tuple[int, ...] = (0,)) -> str:
    """What a command prints, run in the checkout as a reader would type it."""
    done = subprocess.run(
        [sys.executable, "-m", "sim.cli", *arguments], cwd=ROOT, capture_output=True, text=True, encoding="utf-8"
    )
    assert done.returncode in status, done.stderr
    return done.stdout


def lines(text: str, *keep: str) -> str:
    """The lines of a text that contain one of the words, in a block of code."""
    kept = [line.rstrip() for line in text.splitlines() if any(word in line for word in keep)]
    return "\n".join(["```", *kept, "```"])


@cache
def study() -> str:
    """The study that README and tutorial show: what its command prints."""
    shutil.rmtree(ROOT / STUDY, ignore_errors=True)
    return daarna("run", *PAIR, "--runs", "200", "--seed", "1", "--out", str(STUDY))


def readme() -> None:
    """README's figure and the waterfall, from the study that README names."""
    study()
    for name in ("profit_by_year", "waterfall"):
        shutil.copy(ROOT / STUDY / "figures" / f"{name}.png", ROOT / "docs" / "figures")


def tutorial() -> None:
    """The two tables that the tutorial reads."""
    means, differences = re.split(r"^ +relationship-bonus *$", study(), maxsplit=1, flags=re.M)
    shown = (" outcome ", " npv ", " share_loss_making ", " signings ")
    fill("docs/tutorial.md", "means", lines(means, *shown))
    fill("docs/tutorial.md", "differences", lines(differences, *shown))


def worlds() -> None:
    """What separates the world in which the article's claim holds from the baseline: a group of numbers at a time."""
    import sim

    names = {
        "the baseline world": PAIR,
        "this world": ("scenarios/article-holds.toml", "scenarios/article-holds-relationship.toml"),
    }
    here = {world: [sim.load(ROOT / file) for file in files] for world, files in names.items()}

    def gap(schemes: Sequence[sim.Scenario], equal_pay: bool = False) -> str:
        other, base = schemes
        found = sim.compare(base, other, runs=100, seed=1, equal_pay=equal_pay).differences.set_index("outcome").loc["npv"]
        return f"{found['mean'] / 1000:+,.0f} ± {found['standard_error'] / 1000:,.0f}".replace("-", "−")

    def taken(world: str, other: str, paths: Sequence[str]) -> list[sim.Scenario]:
        made = []
        for scheme, source in zip(here[world], here[other], strict=True):
            given = source.model_dump()
            changes: dict[str, dict[str, object]] = {}
            for group, name in (path.split(".") for path in paths):
                changes.setdefault(group, {})[name] = given[group][name]
            made.append(scheme.with_(**changes))
        return made

    rows = [(f"{world}", gap(schemes), "at equal expected pay", gap(schemes, True)) for world, schemes in here.items()]
    for number, (name, paths) in enumerate(GROUPS.items(), 1):
        rows.append(
            (
                f"this world, but {number} ({name}) as in the baseline",
                gap(taken("this world", "the baseline world", paths)),
                f"the baseline with {number} only",
                gap(taken("the baseline world", "this world", paths)),
            )
        )
    text = [f"  {first:<52}{value:>10}     {second:<24}{other:>10}" for first, value, second, other in rows]
    fill("scenarios/article-holds.toml", "worlds", "\n".join(text))


#: What the two worlds differ in, as numbered in scenarios/article-holds.toml.
GROUPS = {
    "lapse": ("customers.lapse",),
    "purchases": ("customers.purchase",),
    "poor fit": (
        "customers.service", "customers.payment", "customers.correlation", "reps.pressure_fit", "desk.capacity", "desk.contact_cost",
    ),
    "acquisition": ("firm.perks", "firm.attempt_cost"),
}  # fmt: skip


def lured() -> None:
    """Effects of luring, overselling and complaints in two worlds."""
    from docs import effects

    fill("docs/lured.md", "lured-effects", effects.lured())


def seats() -> None:
    """Effects of seats, courting, guarding and the learned promise in two worlds; profit by salary; the gap of promised profit."""
    from docs import effects

    fill("docs/seats.md", "seats-effects", effects.seats())
    fill("docs/seats.md", "seats-salaries", effects.salaries())
    fill("docs/seats.md", "seats-gaps", effects.gaps())


def article() -> None:
    """The article, sentence by sentence: what each mechanism does."""
    from docs.article import page

    fill("docs/article.md", "article", page())


def understanding() -> None:
    """What the example of scenario discovery prints."""
    page = (ROOT / "docs" / "understanding.md").read_text(encoding="utf-8")
    example = re.search(r"^```python\n(.*?)^```", page, re.M | re.S)
    assert example
    shutil.rmtree(ROOT / "studies" / "article", ignore_errors=True)
    with TemporaryDirectory() as folder:
        code = example[1].replace('"box.png"', repr(str(Path(folder) / "box.png")))
        done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    fill("docs/understanding.md", "discovery", f"```text\n{done.stdout.rstrip()}\n```")


def explain() -> None:
    """An extract of a statement of pay, a rep's year, a customer's life."""
    file = "scenarios/relationship-bonus.toml"
    told = daarna("explain", file, "--rep", "2", "--year", "2")
    first = told[told.index("[0] ") : told.index("  period")].rstrip()
    claims = told[told.index("Clawback: ") : told.index("Check: ")].rstrip()
    fill("docs/explain.md", "statement", f"```\n{first}\n…\n{claims}\n```")
    daarna("explain", file, "--rep", "0", "--year", "5", "--figure", "docs/figures/rep_year.png")
    daarna("explain", file, "--customer", CUSTOMER, "--figure", "docs/figures/customer_timeline.png")


CUSTOMER = "30077353988"  # one whose life has a little of everything


def calibrating() -> None:
    """The fit of the CDNOW log and its forecast, as the commands print them."""
    log = "scenarios/data/cdnow_sample_to_1997-09-30.csv"
    with TemporaryDirectory() as folder:
        told = daarna("calibrate", log, "--currency", "USD", "--out", f"{folder}/cdnow.toml", "--extends", "library:cdnow-shop")
        fit = told[: told.index("\nfragment")].rstrip()
        fill("docs/calibrating.md", "fit", f"```\n{fit}\n```")
        figure = ROOT / "docs" / "figures" / "cdnow_forecast.png"
        figure.unlink(missing_ok=True)
        told = daarna(
            "calibrate", log, "--forecast", "39", "--back-test", "--runs", "200", "--seed", "1",
            "--out", f"{folder}/again.toml", "--figure", "docs/figures/cdnow_forecast.png",
        )  # fmt: skip
    shown = told[told.index("\nforecast of") :]
    kept = [line for line in shown.strip().splitlines() if not line.startswith(("fragment", "figure"))]
    fill("docs/calibrating.md", "forecast", "\n".join(["```", *kept, "```"]))


def docking() -> None:
    """Clients of an adviser's practice, from the published equations to the model, one change at a time."""
    from sim.proofs.docking import CASES, rungs, simulated

    months = (24, 60, 200)
    table: dict[str, list[str]] = {}
    for number, case in enumerate(CASES):
        for name, path in rungs(case).items():
            table.setdefault(name, []).append(", ".join(f"{path.clients[month - 1]:.1f}" for month in months))
        seen = simulated(case.scenario(), 1 + number, 1000)
        clients = seen.clients[:, [month - 1 for month in months]]
        means, errors = clients.mean(axis=0), clients.std(axis=0, ddof=1) / len(clients) ** 0.5
        table.setdefault("daarna, mean of 1,000 runs", []).append(
            ", ".join(f"{mean:.1f} ± {error:.1f}" for mean, error in zip(means, errors, strict=True))
        )
        employed = seen.employed.sum(axis=1)
        to_the_end = (employed == seen.employed.shape[1]).mean()
        table.setdefault("the same, months employed", []).append(f"{employed.mean():.1f} on average, {to_the_end:.0%} to the end")
    rows = ((name, *cells) for name, cells in table.items())
    fill("docs/docking.md", "ladder", markdown_table(("", *(case.name for case in CASES)), rows))


def australia() -> None:
    """Lapse by policy year before the reform, as the file says that it is measured."""
    import sim

    study = sim.run(sim.load(ROOT / "scenarios/au-life-upfront.toml"), runs=100, seed=1, customers=True)
    years = [sim.observe(study, "lapse", year=year) for year in range(1, 7)]
    fill("scenarios/au-life-upfront.toml", "lapse", ", ".join(f"{100 * one.mean():.1f}" for one in years))


def cookbook() -> None:
    """Twenty plans, simulated."""
    from sim.proofs.cookbook import main

    main([str(ROOT / "docs" / "cookbook.md")])


def validation() -> None:
    """The full battery and its figures; published patterns may fail, which is a finding."""
    daarna("validate", "--quiet", "--out", "docs/validation.md", status=(0, 1))


def hypotheses() -> None:
    """Hypotheses and robustness."""
    from sim.proofs.pages import main

    main(ROOT / "docs")


def coverage() -> None:
    """How often intervals hold, in 2,000 studies of each kind."""
    from tests.analysis.coverage import table

    fill("docs/coverage.md", "coverage", table())


VALIDATION = ("bgnbd", "book", "clv-continuous", "houghton", "nbd", "pareto-nbd", "z")
HYPOTHESES = tuple(
    f"sim/proofs/{name}.py"
    for name in ("entry", "flips", "hypotheses", "measure", "outcomes", "pages", "registered", "report", "robustness", "verdicts")
)
TARGETS = (
    Target("readme", readme, ("docs/figures/profit_by_year.png", "docs/figures/waterfall.png"), (*WORLDS, "sim/plots")),
    Target("tutorial", tutorial, ("docs/tutorial.md#means", "docs/tutorial.md#differences"), WORLDS),
    Target(
        "worlds", worlds, ("scenarios/article-holds.toml#worlds",),
        (*WORLDS, "scenarios/article-holds.toml", "scenarios/article-holds-relationship.toml"),
    ),
    Target(
        "explain", explain,
        ("docs/explain.md#statement", "docs/figures/rep_year.png", "docs/figures/customer_timeline.png"),
        (PAIR[1], "scenarios/baseline.toml", "sim/trace", "sim/plots"),
    ),
    Target(
        "understanding", understanding, ("docs/understanding.md#discovery",),
        (*WORLDS, "scenarios/designs/article.toml", "sim/understand"),
    ),
    Target(
        "lured", lured, ("docs/lured.md#lured-effects",),
        ("docs/effects.py", "scenarios/signature-bonus.toml", "scenarios/article-holds.toml", "scenarios/baseline.toml"),
    ),
    Target(
        "seats", seats, ("docs/seats.md#seats-effects", "docs/seats.md#seats-salaries", "docs/seats.md#seats-gaps"),
        ("docs/effects.py", "scenarios/signature-bonus.toml", "scenarios/article-holds.toml", "scenarios/baseline.toml"),
    ),
    Target(
        "article", article, ("docs/article.md#article",),
        ("docs/article.py", "docs/article.toml", "docs/effects.py", "scenarios/relationship-bonus.toml", *PAIR[:1],
         "scenarios/article-holds.toml", "scenarios/baseline.toml"),
    ),
    Target("cookbook", cookbook, ("docs/cookbook.md",), ("scenarios/schemes", "scenarios/baseline.toml", "sim/proofs/cookbook.py")),
    Target(
        "calibrating", calibrating,
        ("docs/calibrating.md#fit", "docs/calibrating.md#forecast", "docs/figures/cdnow_forecast.png"),
        ("scenarios/data", "scenarios/cdnow-shop.toml", "sim/calibrate", "sim/plots/forecast.py"),
    ),
    Target("docking", docking, ("docs/docking.md#ladder",), ("scenarios/validation/dock-houghton.toml", "sim/proofs/houghton.py")),
    Target("australia", australia, ("scenarios/au-life-upfront.toml#lapse",), ("scenarios/au-life-upfront.toml", "sim/observables.py")),
    Target(
        "validation", validation,
        ("docs/validation.md", *(f"docs/figures/validation-{name}.png" for name in VALIDATION)),
        ("scenarios/validation", "scenarios/baseline.toml", "scenarios/hypotheses", "sim/proofs"),
    ),
    Target(
        "hypotheses", hypotheses, ("docs/hypotheses.md", "docs/robustness.md", "scenarios/hypotheses/found.json"),
        (*WORLDS, "scenarios/article-holds.toml", "scenarios/hypotheses", *HYPOTHESES),
    ),
    Target(
        "coverage", coverage, ("docs/coverage.md#coverage",),
        (*WORLDS, "tests/analysis/coverage.py", "sim/analysis", "sim/study/equal_pay.py", "sim/study/precision.py"),
    ),
)  # fmt: skip


def read() -> dict[str, dict[str, object]]:
    """The record of what was made."""
    return json.loads(RECORD.read_text(encoding="utf-8")) if RECORD.exists() else {}  # type: ignore[no-any-return]


def stale() -> dict[str, str]:
    """The stale targets, each with the reason."""
    record = read()
    return {one.name: why for one in TARGETS if (why := one.stale(record))}


def make(target: Target) -> None:
    """Make a target and record what it was made from; the record is written at once, so that a kill loses one target at most."""
    start = monotonic()
    target.make()
    record = read() | {target.name: {"made_from": target.made_from(), "made": target.made()}}
    RECORD.write_text(json.dumps(dict(sorted(record.items())), indent=1) + "\n", encoding="utf-8")
    print(f"{target.name}: made in {monotonic() - start:,.0f} s", flush=True)


def main(arguments: Sequence[str]) -> int:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m docs.make", description="Makes published numbers, figures and pages again.")
    parser.add_argument("names", nargs="*", choices=[*(one.name for one in TARGETS), []], metavar="NAME")
    parser.add_argument("--all", action="store_true", help="make everything")
    parser.add_argument("--stale", action="store_true", help="name what is stale, make nothing")
    parser.add_argument("--list", action="store_true", help="list the targets and what each makes")
    told = parser.parse_args(arguments)
    if told.list:
        print("\n".join(f"{one.name}: {', '.join(one.makes)}" for one in TARGETS))
        return 0
    reasons = stale()
    if told.stale:
        print("\n".join(f"{name}: {why}" for name, why in reasons.items()) or "nothing is stale")
        return int(bool(reasons))
    for one in TARGETS:
        if told.all or one.name in (told.names or reasons):
            make(one)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
