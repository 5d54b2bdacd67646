"""From a problem to an answer: search on one seed, choose on a second, report on a third.

Whoever takes the best of many noisy estimates takes the luckiest too: its estimate is too good (the winner's curse of
optimisation; Smith & Winkler 2006).  Here the numbers that are reported come from runs that no choice was made on.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from sim.design.answer import Answer, Margin, ReportedObjective, ReportedScheme, Tried
from sim.design.answer_folder import EVALUATIONS, DesignFolder, recipe_of
from sim.design.case import Case, JudgedScheme, plugged, prepare
from sim.design.evaluate import Evaluation, Sample
from sim.design.pareto import dominated, front_probability, ranks, spread
from sim.design.parzen import search
from sim.design.problem import Problem
from sim.design.robust import CRITERIA, losses
from sim.design.space import Params
from sim.design.statistic import Value
from sim.design.surface import Optimum, optimum, points_needed
from sim.errors import InputError
from sim.files.atomic import place
from sim.whole_number import LAST_SEED, whole

Array = NDArray[np.float64]
log = logging.getLogger(__name__)
Progress = Callable[[str, int, int], None]  # stage, runs simulated, runs in all
SEARCH, CHOICE, REPORT = 0, 1, 2  # added to the seed


def solve(
    problem: Problem,
    seed: int = 1,
    workers: int | None = None,
    folder: str | Path | None = None,
    progress: Progress | None = None,
    evaluate: Evaluation | None = None,
    outcomes: Sequence[str] = (),
) -> Answer:
    """Find the Pareto front of a family of schemes, and the robust choice from it.

    Parameters
    ----------
    problem : Problem
        See :func:`sim.design.load` and docs/designing.md.
    seed : int
        The search runs on `seed`, the choice on `seed` + 1, the report on `seed` + 2.
    workers : int, optional
        Threads; all cores by default.  The answer does not depend on it.
    folder : path, optional
        Where finished evaluations are kept: the same call goes on where a killed one stopped.  Nobody else may write there meanwhile,
        and one that holds another problem's is refused.
    progress : callable, optional
        Called with (stage, runs simulated, runs in all).
    evaluate : Evaluation, optional
        An evaluation of the caller's own, instead of simulating the problem's base; `outcomes` are its columns.

    Raises
    ------
    InputError
        When the problem names what is not there, no scheme of the family keeps to the limits, or the folder cannot be used.
    StudyError
        When the disk is full.
    """
    check(seed, workers)
    threads = workers or os.cpu_count() or 1
    kept = None if folder is None else place(folder, "folder") / EVALUATIONS
    case = plugged(problem, evaluate, outcomes, seed, threads) if evaluate else prepare(problem, seed, threads, kept)
    for warning in () if evaluate else problem.warnings():
        log.warning(f"{problem.file}: {warning}")
    if kept is None or evaluate:
        return solve_case(case, seed, progress)
    with DesignFolder(kept.parent, recipe_of(problem, case.plain, seed)) as target, target.keeping():
        return solve_case(case, seed, progress)


def check(seed: int, workers: int | None) -> None:
    """Whether a seed and a number of threads are possible; :class:`InputError` if not."""
    whole("seed", seed, 0, LAST_SEED - REPORT)
    if workers is not None:
        whole("workers", workers, 1)


def solve_case(case: Case, seed: int, progress: Progress | None = None) -> Answer:
    """As :func:`solve`, of a problem that has been made ready (:func:`sim.design.case.prepare`)."""
    return _Solver(case, seed, progress).answer()


def fresh(case: Case, seed: int, schemes: Sequence[Params]) -> list[list[tuple[float, float]]]:
    """Value and standard error of every objective of some schemes, on the runs of the report."""
    judged, _ = _Solver(case, seed, None).judge(schemes, REPORT)
    return [[(sense * gain.value, gain.error) for sense, gain in zip(case.senses, one.gains, strict=True)] for one in judged]


class _Solver:
    """The three stages, and the samples they share."""

    def __init__(self, case: Case, seed: int, progress: Progress | None) -> None:
        self.case, self.seed, self.progress = case, seed, progress
        self.effort = case.problem.effort
        self.z = float(ndtri(self.effort.confidence))
        self.runs = {SEARCH: self.effort.search_runs, CHOICE: self.effort.choice_runs, REPORT: self.effort.report_runs}
        self.done, self.total, self.stage = 0, runs_needed(case.problem), "search"
        self.base_samples: dict[int, Sample] = {}

    def answer(self) -> Answer:
        """All stages."""
        tried = self._search()
        best, peak = self._candidates(tried), None
        if len(self.case.objectives) == 1:
            peak = self._optimum(best[0])
            best = [peak.params, *best] if isinstance(peak, Optimum) else best
        shown, chosen = self._choose(best)
        return self._report(shown, chosen, tried, peak)

    def judge(self, schemes: Sequence[Params], stage: int) -> tuple[list[JudgedScheme], list[Sample]]:
        """Schemes on the random numbers of a stage."""
        base = self._base(stage)
        samples = self._samples(schemes, stage)
        return [self.case.judge(sample, base) for sample in samples], samples

    def _samples(self, schemes: Sequence[Params], stage: int) -> list[Sample]:
        return self.case.evaluator.samples(schemes, self.seed + stage, self.runs[stage], self._finished)

    def _finished(self, runs: int) -> None:
        self.done += runs
        if self.progress:
            self.progress(self.stage, min(self.done, self.total), self.total)

    def _base(self, stage: int) -> Sample | None:
        if self.case.base is None:
            return None
        if stage not in self.base_samples:
            self.base_samples[stage] = self.case.base.samples([{}], self.seed + stage, self.runs[stage], self._finished)[0]
        return self.base_samples[stage]

    def _search(self) -> list[Tried]:
        case, found = self.case, dict[str, Tried]()

        def assess(params: Params) -> tuple[Array, Array]:
            judged = self.judge([params], SEARCH)[0][0]
            slack = judged.slack(self.z)
            found[repr(params)] = Tried(params, judged, bool((slack >= 0).all()))
            return judged.vector(), -np.nan_to_num(slack, neginf=-1e300) / self._scales()

        first = [case.start] if case.start is not None else []
        tried = search(case.space, assess, len(case.objectives), self.effort.evaluations, self.seed, first)
        return [found[repr(params)] for params in tried]

    def _scales(self) -> Array:
        """What a violation is measured in: the limit, or the base's value."""
        base = self._base(SEARCH)
        found = []
        for limit in self.case.limits:
            value = limit.number
            if value is None and base is not None:
                value = limit.statistic.of(base).value
            found.append(abs(value) if value else 1.0)
        return np.array(found)

    def _candidates(self, tried: list[Tried]) -> list[Params]:
        """The schemes that go on: by the rank of their front, spread out within the last; the single best first."""
        able = [one for one in tried if one.feasible and one.judged.defined]
        if not able:
            able = sorted(tried, key=lambda one: -float(np.min(one.judged.slack(0.0) / self._scales(), initial=0.0)))
            return [one.params for one in able[: self.effort.candidates]]
        values = np.array([one.judged.vector() for one in able])
        if len(self.case.objectives) == 1:
            return [able[k].params for k in np.argsort(-values[:, 0], kind="stable")[: self.effort.candidates]]
        rank, taken = ranks(values), list[int]()
        for level in range(rank.max() + 1):
            members = np.flatnonzero(rank == level)
            taken += members[spread(values[members], self.effort.candidates - len(taken))].tolist()
            if len(taken) >= self.effort.candidates:
                break
        return [able[k].params for k in taken]

    def _optimum(self, best: Params) -> Optimum | str:
        found = optimum(self.case.space, best, self._gains_on_choice, self.seed)
        if isinstance(found, Optimum) and (self.judge([found.params], CHOICE)[0][0].slack(0.0) < 0).any():
            return "the surface is highest where limits are broken, so the best scheme lies on a limit"
        return found

    def _gains_on_choice(self, schemes: Sequence[Params]) -> list[Value]:
        self.stage = "optimum"
        return [judged.gains[0] for judged in self.judge(schemes, CHOICE)[0]]

    def _choose(self, candidates: list[Params]) -> tuple[list[Params], dict[str, int]]:
        """The front on the second seed, and the choice of each criterion: positions in it."""
        self.stage = "choice"
        judged, samples = self.judge(candidates, CHOICE)
        keeps = np.array([one.defined and (one.slack(self.z) >= 0).all() for one in judged])
        if not keeps.any():  # none surely keeps the limits: those that do by their estimates
            keeps = np.array([one.defined and (one.slack(0.0) >= 0).all() for one in judged])
        if not keeps.any():
            raise InputError(self._infeasible(candidates, judged))
        values = np.array([one.vector() for one in judged])
        front = np.flatnonzero(keeps & ~dominated(values, keeps))
        worlds = np.array([self.case.by_world(samples[k]) for k in front])
        weights = np.array([objective.weight for objective in self.case.problem.objectives])
        winner = {name: int(np.nan_to_num(loss, nan=np.inf).argmin()) for name, loss in losses(worlds, weights).items()}
        shown = set(spread(values[front], self.effort.shown).tolist()) | set(winner.values())
        order = sorted(shown, key=lambda k: -values[front[k]][0])
        return [candidates[front[k]] for k in order], {name: order.index(k) for name, k in winner.items()}

    def _infeasible(self, candidates: list[Params], judged: list[JudgedScheme]) -> str:
        if not self.case.limits or not any(one.defined for one in judged):
            return f"{self.case.problem.file}: objectives: undefined, or without a number, for every scheme that was tried"
        slack = np.array([one.slack(0.0) for one in judged]) / self._scales()
        nearest = int(slack.min(axis=1).argmax())
        worst = int(slack[nearest].argmin())
        limit = self.case.problem.constraints[worst]
        off = -judged[nearest].margins[worst].value
        where = ", ".join(f"{path} = {value}" for path, value in candidates[nearest].items())
        return (
            f"{self.case.problem.file}: constraints: no scheme of the family was found that keeps all limits; the nearest misses"
            f" {limit.text} by {off:,.4g}, with {where}"
        )

    def _report(self, shown: list[Params], chosen: dict[str, int], tried: list[Tried], peak: Optimum | str | None) -> Answer:
        self.stage = "report"
        fresh, samples = self.judge(shown, REPORT)
        searched, screened = self.judge(shown, SEARCH)[0], self.judge(shown, CHOICE)[0]
        base = [self._base_judged(stage) for stage in (SEARCH, CHOICE, REPORT)]
        gains = np.stack([np.stack([value.replicates() for value in one.gains], axis=1) for one in fresh], axis=1)
        keeps = np.stack([self._keeps(one, len(gains)) for one in fresh], axis=1)
        front = front_probability(gains, keeps)
        values = np.array([one.vector() for one in fresh])
        beaten = dominated(values, np.array([(one.slack(0.0) >= 0).all() for one in fresh]))
        worlds = np.array([self.case.by_world(sample) for sample in samples])
        schemes = [
            ReportedScheme(
                name=str(k + 1),
                params=params,
                figures=self._figures((searched[k], screened[k], fresh[k]), base),
                margins=self._margins(fresh[k]),
                feasible=bool((fresh[k].slack(0.0) >= 0).all()),
                dominated=bool(beaten[k]),
                front_probability=float(front[k]),
                worlds=worlds[k] * np.array(self.case.senses),
            )
            for k, params in enumerate(shown)
        ]
        base_scheme = None
        if base[REPORT] is not None:
            mine, mean = base[REPORT], self._base(REPORT)
            assert mine is not None and mean is not None
            base_scheme = ReportedScheme(
                "base", self.case.start or {}, self._figures((base[SEARCH], base[CHOICE], mine), [None] * 3),
                self._margins(mine), bool((mine.slack(0.0) >= 0).all()), False, float("nan"),
                self.case.by_world(mean) * np.array(self.case.senses),
            )  # fmt: skip
        return Answer(
            self.case.problem, self.seed, schemes, base_scheme, chosen, tried, peak, self.case.evaluator.worlds,
            self._optimism(searched, fresh, base), self.case.scenario, self.case.senses, self.case.plain,
        )  # fmt: skip

    def _base_judged(self, stage: int) -> JudgedScheme | None:
        sample = self._base(stage)
        return None if sample is None else self.case.judge(sample, sample)

    def _keeps(self, judged: JudgedScheme, replicates: int) -> NDArray[np.bool_]:
        found = np.full(replicates, judged.defined)
        for margin in judged.margins:
            found &= margin.replicates(replicates) >= 0.0
        return found

    def _figures(
        self, stages: Sequence[JudgedScheme | None], base: Sequence[JudgedScheme | None]
    ) -> tuple[ReportedObjective, ...]:
        searched, screened, fresh = stages
        assert searched is not None and screened is not None and fresh is not None
        found = []
        for j, sense in enumerate(self.case.senses):
            now, then = fresh.gains[j], searched.gains[j]
            rise = None if base[REPORT] is None else now - base[REPORT].gains[j]  # type: ignore[union-attr]
            found.append(
                ReportedObjective(
                    sense * now.value, now.error, sense * then.value, then.error, sense * screened.gains[j].value,
                    None if rise is None else sense * rise.value, None if rise is None else rise.error,
                )
            )  # fmt: skip
        return tuple(found)

    def _margins(self, judged: JudgedScheme) -> tuple[Margin, ...]:
        found = []
        for limit, margin in zip(self.case.limits, judged.margins, strict=True):
            share = float((margin.replicates() >= 0).mean()) if margin.error > 0 else float(margin.value >= 0)
            found.append(Margin(limit.sign * margin.value, margin.error, bool(margin.value >= 0), share))
        return tuple(found)

    def _optimism(
        self, searched: list[JudgedScheme], fresh: list[JudgedScheme], base: list[JudgedScheme | None]
    ) -> tuple[tuple[float, float], ...]:
        """Per objective: how much better the front looked where it was searched than on fresh runs, and its standard error.

        Both are differences to the base on the same runs, where there is one, so that only the flattery of
        selection is left and not what the one seed has over the other.
        """
        found = []
        for j in range(len(self.case.objectives)):
            gaps = []
            for stage, judged in ((SEARCH, searched), (REPORT, fresh)):
                reference = base[stage]
                each = [one.gains[j] - (reference.gains[j] if reference else 0.0) for one in judged]
                mean = Value(float(np.mean([v.value for v in each])), np.mean([v.influence for v in each], axis=0))
                gaps.append(mean)
            found.append((gaps[0].value - gaps[1].value, float(np.hypot(gaps[0].error, gaps[1].error))))
        return tuple(found)


def runs_needed(problem: Problem) -> int:
    """Runs that a problem takes at most, all stages together; fewer where schemes are tried twice or the front is small."""
    effort, worlds = problem.effort, problem.uncertainty.worlds if problem.uncertainty.factors else 1
    candidates = min(effort.candidates, effort.evaluations) + 1
    reported = min(effort.shown + len(CRITERIA), candidates)
    search = (effort.evaluations + 1) * effort.search_runs
    fitted = points_needed(len(problem.vary)) if len(problem.objectives) == 1 else 0
    return worlds * (search + (fitted + candidates + 1) * effort.choice_runs + (reported + 1) * effort.report_runs)
