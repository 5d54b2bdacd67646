"""Multitask moral hazard (Holmstrom & Milgrom 1991) as an evaluation: the optimiser must find the known optimum.

A principal pays a + alpha'x on signals x = t + e, e ~ N(0, Sigma), of two tasks t.  The agent, with constant absolute risk
aversion r and effort cost ½ (t - t0)'C(t - t0), answers t = t0 + C⁻¹ alpha, whatever a is; a is such that the agent just takes part:
certainty equivalent zero, a = cost + ½ r alpha'Sigma alpha - alpha't.  The principal's profit p't - a - alpha'x has its mean largest at

    alpha* = (I + r C Sigma)⁻¹ p,

or, where only the first task is measured, at alpha_1 = (p1 - p2 C12 / C22) / (1 + r s1² (C11 - C12² / C22)), alpha_2 = 0.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Array = NDArray[np.float64]
PATHS = ("alpha_1", "alpha_2")


@dataclass(frozen=True)
class Multitask:
    """Two tasks, one agent.

    Attributes
    ----------
    benefit : p, money per unit of either task.
    cost : C, money per unit squared, symmetric, positive definite.
    noise : variances of the two signals; infinite where a task is not measured (it cannot be paid on).
    risk_aversion : r, per money.
    intrinsic : t0, effort of an agent who is paid nothing for it.
    """

    benefit: tuple[float, float] = (1.0, 0.8)
    cost: tuple[tuple[float, float], tuple[float, float]] = ((1.0, 0.5), (0.5, 1.0))
    noise: tuple[float, float] = (0.5, np.inf)
    risk_aversion: float = 1.0
    intrinsic: tuple[float, float] = (0.0, 0.0)

    def __call__(self, params: Mapping[str, Any], seed: int, runs: range) -> pd.DataFrame:
        """``profit`` of the principal and ``welfare``, the agent's pay less cost, in each run.

        The signals' noise is drawn from the seed and the run alone, so it is common to all schemes.
        """
        alpha = np.array([float(params.get(path, 0.0)) for path in PATHS])
        measured = np.isfinite(self.noise)
        if (alpha[~measured] != 0.0).any():
            raise ValueError("a task that is not measured cannot be paid on")
        variance = np.where(measured, self.noise, 0.0)
        shock = np.array([np.random.default_rng([seed, run]).standard_normal(2) for run in runs]) * np.sqrt(variance)
        effort = self.response(alpha)
        away = effort - np.array(self.intrinsic)
        cost = 0.5 * away @ np.array(self.cost) @ away
        fixed = cost + 0.5 * self.risk_aversion * (variance * alpha**2).sum() - alpha @ effort
        pay = fixed + (effort + shock) @ alpha
        return pd.DataFrame({"run": list(runs), "profit": np.array(self.benefit) @ effort - pay, "welfare": pay - cost})

    def response(self, alpha: Array) -> Array:
        """The agent's effort, t0 + C⁻¹ alpha."""
        return np.array(self.intrinsic) + np.linalg.solve(np.array(self.cost), alpha)

    def optimum(self) -> Array:
        """alpha*, in closed form."""
        p, c, variance = np.array(self.benefit), np.array(self.cost), np.array(self.noise)
        if np.isfinite(variance).all():
            return np.linalg.solve(np.eye(2) + self.risk_aversion * c @ np.diag(variance), p)
        k, other = int(np.isfinite(variance).argmax()), int(np.isfinite(variance).argmin())
        sharp = c[k, k] - c[k, other] ** 2 / c[other, other]
        found = np.zeros(2)
        found[k] = (p[k] - p[other] * c[k, other] / c[other, other]) / (1.0 + self.risk_aversion * variance[k] * sharp)
        return found

    def sampling_covariance(self, runs: int) -> Array:
        """Covariance of the alpha that is best on so many runs, instead of on average, if both tasks are measured.

        The mean of the shocks, m ~ N(0, Sigma / runs), moves it to (I + r C Sigma)⁻¹ (p - C m).
        """
        c, sigma = np.array(self.cost), np.diag(self.noise)
        turn = np.linalg.solve(np.eye(2) + self.risk_aversion * c @ sigma, c)
        return np.asarray(turn @ sigma @ turn.T / runs)
