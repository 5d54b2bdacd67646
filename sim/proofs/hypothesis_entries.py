"""The hypotheses in the battery: an entry each, that passes while the verdicts are those recorded in `found.json`.

A hypothesis that the model refutes is a result, not a failure of the model; what would be one is an answer that changes unnoticed.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from sim import library
from sim.proofs.entry import Effort, Finding, entry
from sim.proofs.hypotheses import PARAMETERS, PAY, Studied, study
from sim.proofs.registered import load
from sim.proofs.verdicts import VERDICTS

EVERY = (-np.inf, np.inf)
FILES = {
    "e0-article": "Pay on the signature alone makes a less profitable book than pay on the relationship",
    "e1-revenue-pay": "Revenue-only pay sells more at first, looks after customers less, and earns less of them later",
    "e2-quality": "Volume pay lowers the quality acquired",
    "e3-moderation": "Pay on maintenance or payment moderates adverse selection; multiplicative schemes suit hunters, not farmers",
    "e4-clawback": "Straight-line clawback is level commission to a patient rep who stays; a step makes lapses jump when it ends",
    "e5-deferral": "Deferral lengthens the horizon but mutes effort: an inverted U",
    "e6-satisfaction": "The best weight of satisfaction rises with its precision and with the rep's short-termism",
    "e7-quota": "A quota with an accelerator makes a spike at the period's end; a cap lowers revenue",
    "e8-moment-of-truth": "Solution or strictness by customer value; a fixed contact waits longer and knows more",
    "e17-luring": "Perks that lure sign more, who stay less; beyond some amount they cost profit",
    "e18-oversold": "Selling more than is asked for pays only as long as customers keep it and pay for it",
    "e19-grievance": "Where the dissatisfied complain, looking for a solution keeps more of them",
    "e20-seats": "Reps are not free: paying them less empties seats, and some pay is better than none",
    "e21-guard": "Reps who guard what can be claimed back make lapses wait for the clawback's end",
    "e22-courting": "Calling again and again pays where prospects are scarce, and costs where they are plenty",
}


def findings(answer: Studied) -> Iterator[Finding]:
    """Verdicts against those recorded; then every difference, and every sweep, as information."""
    for world, recorded in answer.hypothesis.found.items():
        for at, said in zip((PARAMETERS, PAY), recorded, strict=False):
            now = answer.verdict(world, at)
            label = f"verdict in {world} at {at} (1 supported, 0 not decided, -1 refuted)"
            yield Finding(label, VERDICTS[said], VERDICTS[now], 0.0, 0, f"{now}; recorded: {said}")
    for part in answer.parts:
        for one in part.judged:
            label = f"{one.outcome}, {part.world}, {part.at}: {part.claim.say}"
            note = f"expected {one.expected}{': ' + one.verdict if one.verdict else ''}; base {one.base:.4g}; {part.note}".strip(
                "; "
            )
            yield Finding(label, EVERY, one.mean, one.standard_error, one.n, note)
    for swept in answer.found:
        label = f"share of points with a positive difference of {swept.flip.outcome}: {swept.flip.say}"
        case = swept.paired.table["difference"] > 0
        regions = "; ".join(
            f"{r.sign} where {r.words} (density {r.density:.0%}, coverage {r.coverage:.0%})" for r in swept.regions
        )
        error = float(np.sqrt(case.mean() * (1 - case.mean()) / len(case)))
        yield Finding(label, EVERY, float(case.mean()), error, len(case), regions)


def check(effort: Effort, file: str) -> Iterator[Finding]:
    """As registered; when quick, with few runs and without sweeps, so that little is decided."""
    hypothesis = load(f"{library.PREFIX}hypotheses/{file}")
    seed = hypothesis.seed + effort.seed - 1
    yield from findings(study(hypothesis, 8 if effort.quick else None, seed=seed, sweeps=not effort.quick))


def _register(file: str, title: str) -> None:
    def one(effort: Effort) -> Iterator[Finding]:
        """Registered in the setting's file: claims, signs expected, rule of decision; what was found is recorded in found.json."""
        return check(effort, file)

    one.__qualname__ = f"check_{file}"
    source = "named in the file"
    entry(id=file, group="hypothesis", title=title, source=source, setting=f"scenarios/hypotheses/{file}.toml", quick=False)(one)


for _file, _title in FILES.items():
    _register(_file, _title)
