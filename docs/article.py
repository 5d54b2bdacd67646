"""The page "The article, sentence by sentence": what each mechanism does, made by ``docs.make`` from ``docs/article.toml``."""

from __future__ import annotations

import tomllib
from typing import Any

import numpy as np

import sim
from docs.effects import world
from docs.make import ROOT
from sim.number_text import decimals, fixed
from sim.texts import markdown_table

Table = dict[str, Any]
REGISTERED = ROOT / "docs" / "article.toml"
HEADINGS = ("mechanism", "in", "outcome", "on", "on less off", "matters from", "so")


def switched_off(on: sim.Scenario, experiment: Table) -> sim.Scenario:
    """The scenario without a mechanism: parameters set, others scaled, or the scheme of another scenario of the library."""
    changes: Table = dict(experiment.get("off", {}))
    if "scheme_of" in experiment:
        changes["scheme"] = world(experiment["scheme_of"]).scheme.model_dump()
    off = on.with_(**changes)
    for path, factor in experiment.get("scale", {}).items():
        value: Any = off
        for name in path.split("."):
            value = getattr(value, name)
        for name in reversed(path.split(".")):
            value = {name: value * factor if name == path.rsplit(".", 1)[1] else value}
        off = off.with_(**value)
    return off.with_(title="Off")


def verdict(effect: float, half: float, least: float) -> str:
    """Whether an effect with its 95% half-width matters: all of the interval beyond the least that does, or all of it below."""
    if abs(effect) - half > least:
        return "matters"
    return "**below what matters**" if abs(effect) + half < least else "not decided"


def amount(value: float, half: float, sign: bool = False) -> str:
    """A number with the digits that its 95% half-width leaves, with a real minus."""
    text = fixed(value, max(0, decimals(half, 2)))
    return (f"+{text}" if sign and value > 0 else text).replace("-", "−")


def rows(experiment: Table, given: Table) -> list[list[str]]:
    """One experiment in all worlds: paired differences of its outcomes, with the verdict."""
    found = []
    for name in given["worlds"]:
        on = world(name).with_(title="On", **given["with"])
        study = sim.run([on, switched_off(on, experiment)], runs=given["runs"], seed=given["seed"], customers=True)
        here = study.runs["scenario"].to_numpy() == study.runs["scenario"].iloc[0]
        for outcome in experiment["outcomes"]:
            known = given["outcomes"][outcome]
            values = study.runs[outcome] if outcome in study.runs else sim.observe(study, outcome)
            values = np.asarray(values, float) / known.get("scale", 1)
            with_it, without = values[here], values[~here]
            gaps = with_it - without
            effect, half = gaps.mean(), 1.96 * gaps.std(ddof=1) / len(gaps) ** 0.5
            least = known["least"]
            limit = abs(with_it.mean()) * float(least[:-1]) / 100 if least.endswith("%") else float(least)
            told = f"{amount(effect, half, sign=True)} ± {amount(half, half)}"
            what = (
                ("", "") if outcome != experiment["outcomes"][0] else (experiment["mechanism"] if not found else "", f"`{name}`")
            )
            found.append([*what, known["shown"], amount(with_it.mean(), half), told, least, verdict(effect, half, limit)])
    return found


def page() -> str:
    """All sentences, each with its experiments."""
    given = tomllib.loads(REGISTERED.read_text(encoding="utf-8"))
    parts = []
    for sentence in given["sentences"]:
        parts.append(f"### {sentence['english']}\n\n*{sentence['dutch']}*")
        parts.extend([sentence["told"]] if "told" in sentence else [])
        if experiments := sentence.get("experiments"):
            parts.append(markdown_table(HEADINGS, [row for one in experiments for row in rows(one, given)], "lllrrrl"))
    limits = [[known["shown"], known["least"], known["because"]] for known in given["outcomes"].values()]
    parts.append("## What would matter\n\n" + markdown_table(("outcome", "from", "because"), limits, "lrl"))
    return "\n\n".join(parts)
