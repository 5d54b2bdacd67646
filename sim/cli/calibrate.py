"""``daarna calibrate``: customer processes estimated from logs, as a scenario fragment with standard errors."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sim.cli.effort import Quiet
from sim.cli.library import named
from sim.cli.terminal import say, say_json

if TYPE_CHECKING:
    from sim.calibrate import Calibration, Forecast
    from sim.calibrate.back_test import BackTest


COVERS = (
    "the interval holds chance and estimation, not that the law may be wrong, which counts for more the larger the log; "
    "--back-test tries it on the log's own last third"
)
FIGURES = (".png", ".svg", ".pdf")


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(calibrate)


def calibrate(
    logs: Annotated[list[Path], named("Logs (CSV): purchases, invoices, policies; one of each kind.")],
    kind: Annotated[
        str | None, typer.Option(help="transactions, invoices, statuses, policies or renewals; by default told from the columns.")
    ] = None,
    unit: Annotated[str, typer.Option(help="week or month: the unit in which purchases are estimated.")] = "week",
    until: Annotated[str | None, typer.Option(help="Last day of observation, such as 1997-09-30; nothing later is used.")] = None,
    setting: Annotated[str | None, typer.Option(help="contractual or non_contractual (silent dropout).")] = None,
    term: Annotated[int, typer.Option(help="Months of a contract.")] = 12,
    buckets: Annotated[int, typer.Option(help="Arrears buckets, the current one included.")] = 4,
    smoothing: Annotated[float, typer.Option(help="Dirichlet prior added to every possible payment transition.")] = 0.0,
    currency: Annotated[str, typer.Option(help="Of amounts, for the tables.")] = "money",
    extends: Annotated[str, typer.Option(help="Scenario that the fragment is to extend: a file, or library:NAME.")] = "",
    out: Annotated[Path | None, typer.Option(help="Fragment to write; LOG-fragment.toml by default.")] = None,
    steps: Annotated[int, typer.Option("--forecast", help="Weeks (or months) after the log's end to forecast; no contract.")] = 0,
    runs: Annotated[int, typer.Option(help="Runs of the forecast.")] = 200,
    seed: Annotated[int, typer.Option(help="Key of the forecast's random numbers.")] = 1,
    back_test: Annotated[
        bool,
        typer.Option(
            "--back-test", help="Try the forecast on the log's own last third first; widens its interval where the law fails."
        ),
    ] = False,
    figure: Annotated[Path | None, typer.Option(help="File for the figure of the forecast (.png, .svg, .pdf).")] = None,
    quiet: Quiet = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print everything as JSON.")] = False,
) -> None:
    """Estimate customer processes from logs; print them with standard errors and fit; write a scenario fragment."""
    from sim import library
    from sim.calibrate import calibrate as estimate
    from sim.calibrate.back_test import back_test as try_out
    from sim.errors import InputError

    logs = [library.file(log) for log in logs]
    target = out or Path(f"{logs[0].stem}-fragment.toml")
    target, figure = _check(figure, steps, runs, seed, target)
    options: dict[str, Any] = {
        "kind": kind, "unit": unit, "until": until, "setting": setting, "term": term,
        "buckets": buckets, "smoothing": smoothing, "money": currency,
    }  # fmt: skip
    found = estimate(*logs, **options)
    text = _fragment(found, target, extends)
    if out is None and target.is_file() and target.read_bytes() != text.encode():
        raise InputError(f"{target}: holds another fragment; name a file with --out, that one if it is to be replaced")
    if back_test and not steps:
        raise InputError("--back-test: is of a forecast; say how far with --forecast")
    made = _forecast(found, steps, runs, seed, quiet or as_json) if steps else None
    tried = try_out(found.histories, runs, seed) if back_test and found.histories is not None else None
    _write(text, target)
    if as_json:
        say_json(_as_data(found, target, made, runs, tried))
    elif not quiet:
        say(f"{found}\n")
        if made is not None and found.histories is not None:
            mean, low, high = made.total(factor=tried.factor if tried else 1.0)
            say(
                f"forecast of {steps} {found.histories.units} after {found.histories.until:%Y-%m-%d}: {mean:,.0f} repeat purchases, "
                f"95% interval {low:,.0f} to {high:,.0f} ({runs} runs, seed {seed})\n"
                f"{tried or COVERS}\n"
            )
        say(f"fragment: {target}")
    if figure is not None and made is not None:
        from sim.recipes.forecast import recipe

        _draw(made, figure, recipe(logs, options, steps, runs, seed))


def _check(figure: Path | None, steps: int, runs: int, seed: int, target: Path) -> tuple[Path, Path | None]:
    """Refuse, before anything is estimated, what cannot be forecast, drawn or written; where to write."""
    from sim.calibrate.forecast import LONGEST, check_extent
    from sim.errors import InputError
    from sim.files.atomic import check_file
    from sim.whole_number import whole

    if whole("--forecast", steps, 0, LONGEST):
        check_extent(steps, runs, seed)
    target = check_file(target)
    if figure is not None and not steps:
        raise InputError("--figure: is of a forecast; say how far with --forecast")
    if figure is not None and figure.suffix not in FIGURES:
        raise InputError(f'--figure: found "{figure}", allowed are files that end in {", ".join(FIGURES)}')
    return target, None if figure is None else check_file(figure)


def _fragment(found: Calibration, target: Path, extends: str) -> str:
    """The text of the fragment, once it is known that a scenario takes it and that its file may be written."""
    from sim import library
    from sim.errors import InputError
    from sim.scenario.load import load
    from sim.scenario.model import Scenario

    fragment = found.fragment
    if not fragment.values:
        raise InputError(f"{found}\n\n{found.logs[0].file}: identifies no parameter, so there is no fragment to write")
    base = load(library.beside(target.parent, extends)) if extends else Scenario()
    try:
        base.with_(**fragment.tree())
    except InputError as error:
        problem = str(error).replace("with_: ", "")
        raise InputError(f"{found.logs[0].file}: the estimates lie outside what a scenario may say: {problem}") from None
    text = found.toml(extends)
    begin = text[:25].encode()
    if target.is_file() and target.open("rb").read(len(begin)) != begin:
        raise InputError(f"{target}: is there already and was not made by daarna calibrate; name another file with --out")
    return text


def _write(text: str, target: Path) -> None:
    """Whole or not at all."""
    from sim.files.atomic import write_file, writing

    with writing(target):
        write_file(target, text)


def _forecast(found: Calibration, steps: int, runs: int, seed: int, silent: bool) -> Forecast:
    from sim.calibrate.forecast import forecast
    from sim.errors import InputError

    shops = [one.maximum for one in found.estimates if one.model.startswith("BG/NBD")]
    if found.histories is None or not shops or shops[0] is None:
        raise InputError("--forecast: needs a log of transactions without a contract")
    return forecast(shops[0], found.histories, steps, runs, seed, progress=None if silent else _progress())


def _progress() -> Callable[[int, int], None] | None:
    """A count on a terminal, nothing where standard error is piped."""
    if not sys.stderr.isatty():
        return None
    return lambda done, total: print(
        f"\rforecast: run {done} of {total}", end="\n" if done == total else "", file=sys.stderr, flush=True
    )


def _as_data(found: Calibration, target: Path, made: Forecast | None, runs: int, tried: BackTest | None) -> dict[str, Any]:
    from sim.calibrate.estimates import as_json as plain

    answer: dict[str, Any] = {
        "logs": [str(log.file) for log in found.logs],
        "fragment": str(target),
        "estimates": [plain(one) for one in found.estimates],
    }
    if made is not None:
        mean, low, high = made.total(factor=tried.factor if tried else 1.0)
        rows = made.table().iloc[made.fitted :][["step", "mean", "low", "high"]].to_dict("records")
        total = {"mean": mean, "low": low, "high": high}
        answer["forecast"] = {
            "unit": made.unit,
            "after": made.fitted,
            "runs": runs,
            "seed": made.seed,
            "total": total,
            "covers": COVERS,
            "back_test": tried
            and {
                "fitted": tried.forecast.fitted,
                "seen": tried.seen.tolist(),
                "forecast": dict(zip(("mean", "low", "high"), tried.forecast.total(), strict=True)),
                "cumulated_steps_held": tried.held,
                "holds": tried.holds,
                "widened_by": tried.factor,
            },
            "steps": rows,
        }
    return answer


def _draw(made: Forecast, file: Path, told: dict[str, Any]) -> None:
    from sim.files.atomic import writing
    from sim.recipes import write
    from sim.recipes.forecast import draw
    from sim.study.provenance import made_now

    with writing(file):
        write(draw(made, told), file, told, made_now())
