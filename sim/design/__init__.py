"""Designing a scheme: the Pareto front of a family of schemes, and the robust choice, on common random numbers.

>>> from sim.design import load, solve
>>> answer = solve(load("scenarios/problems/short-and-long-run.toml"))  # doctest: +SKIP
>>> answer.front, answer.recommended.params  # doctest: +SKIP
"""

from __future__ import annotations

from sim.design.answer import Answer
from sim.design.problem import Problem, load
from sim.design.scheme_file import scenario_text, write_scheme
from sim.design.solve import solve

__all__ = ["Answer", "Problem", "load", "scenario_text", "solve", "write_scheme"]
