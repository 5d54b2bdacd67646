"""Figures of a design problem: the search, the choice and the report are made again; in a hurry, only what is reported."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.design import Answer
from sim.design.answer_folder import as_plain, made, plain_data
from sim.design.answer_folder import identity as identity_of
from sim.design.answer_folder import recipe as recipe_of
from sim.design.case import Case, prepare
from sim.design.problem import Problem
from sim.design.solve import fresh, solve_case
from sim.errors import InputError
from sim.files.atomic import make_folder
from sim.plots.draw import settled
from sim.plots.pareto import pareto
from sim.recipes import Recipe, Record, write
from sim.recipes.study import read
from sim.recipes.verdict import CannotVerifyError, How, unlike
from sim.study.record_schema import check

if TYPE_CHECKING:
    from matplotlib.figure import Figure


REPORTED = ("schemes", "base")  # of an answer as data: what figures carry of it


def write_front(answer: Answer, folder: Path, kinds: tuple[str, ...] = ("png", "svg")) -> list[Path]:
    """Write the figure of the front in a folder, which is made if it is not there."""
    make_folder(folder)
    told = recipe_of(answer)
    figure, data = draw(answer, told), plain_data(answer)
    more = {"answer": {key: data[key] for key in REPORTED}}
    return [write(figure, folder / f"pareto.{kind}", told, made(), **more) for kind in kinds]


def again(record: Record, how: How) -> Answer | None:
    """The answer behind a figure, found again and compared; of a sample, the schemes it reports are simulated again."""
    return answer_again(record["recipe"], record["answer"], how)


def answer_again(told: Recipe, there: dict[str, Any], how: How) -> Answer | None:
    """An answer from its recipe, found again and compared with what is carried of it; None if only its schemes were."""
    case = case_of(told)
    if how.quick:
        _schemes_again(case, told["seed"], there, how)
        return None
    progress = how.progress
    answer = solve_case(case, told["seed"], None if progress is None else lambda stage, done, total: progress(done, total))
    here = plain_data(answer)
    how.verdict.findings += unlike(there, {key: here.get(key) for key in there})
    how.verdict.checked.append("search, choice and report, made again from the problem")
    return answer


def case_of(told: Recipe) -> Case:
    """A problem as its recipe has it, made ready.

    Raises
    ------
    CannotVerifyError
        When it contains no base, or is no problem.
    """
    if told["base"] is None:
        raise CannotVerifyError("was made with an evaluation of the user's own, which it does not contain")
    problem = problem_of(told)
    return prepare(problem, told["seed"], os.cpu_count() or 1, base=read(told["name"], told["base"]))


def problem_of(told: Recipe) -> Problem:
    """The problem of a recipe.

    Raises
    ------
    CannotVerifyError
        When this version of daarna knows no such problem: names the place, what was expected and what was found.
    """
    data = dict(told["problem"])
    if isinstance(data.get("uncertainty"), dict) and not data["uncertainty"].get("factors"):
        del data["uncertainty"]  # without any, a problem does not speak of uncertainty
    try:
        check(Problem, data, "the record's problem")
    except InputError as error:
        raise CannotVerifyError(str(error)) from None
    problem = Problem.model_validate(data)
    problem._file = Path(told["file"])
    return problem


def _schemes_again(case: Case, seed: int, there: dict[str, Any], how: How) -> None:
    schemes = there["schemes"]
    for scheme, values in zip(schemes, fresh(case, seed, [one["parameters"] for one in schemes]), strict=True):
        for told, (value, error) in zip(scheme["objectives"], values, strict=True):
            here = as_plain({"value": value, "error": error})
            old = {key: told[key] for key in here}
            how.verdict.findings += unlike(old, here, f"scheme {scheme['scheme']}, {told['outcome']}")
    runs = case.problem.effort.report_runs
    how.verdict.checked.append(f"the objectives of all {len(schemes)} schemes reported, {runs:,} fresh runs each, made again")
    how.verdict.notes.append("neither search nor choice was made again, nor the picture: leave out --quick")


def draw(results: Answer, recipe: Recipe) -> Figure:
    """The front."""
    return settled(lambda: pareto(results))


def subject(recipe: Recipe) -> str:
    """The problem's title."""
    return f"the design problem {recipe['problem']['title']}"


def note(recipe: Recipe) -> str:
    """Schemes tried, runs reported, seed."""
    effort = recipe["problem"]["effort"]
    return f"{effort['evaluations']:,} schemes tried, {effort['report_runs']:,} fresh runs of each reported, seed {recipe['seed']}, compiled engine"


def identity(record: Record) -> str:
    """That of the answer."""
    return identity_of(record["recipe"], record["made"])
