"""One rule of choice: of declared alternatives one is drawn, the likelier the more it is worth."""

from __future__ import annotations

from sim.compiled import rule
from sim.numeric import exp


@rule
def logit_pick(utility, temperature, u):  # type: ignore[no-untyped-def]
    """Index drawn with probability proportional to exp(utility / temperature) (multinomial logit).

    The utilities are overwritten by the weights.  What is worth -inf, as room up to whole lanes is, is never drawn.
    """
    best = utility[0]
    for value in utility:
        best = max(best, value)
    for i in range(utility.shape[0]):
        utility[i] = exp((utility[i] - best) / temperature)
    return pick(utility, u)


@rule
def pick(weight, u):  # type: ignore[no-untyped-def]
    """Index drawn with probability proportional to weight."""
    total = 0.0
    for value in weight:
        total += value
    place = 0.0
    for i in range(weight.shape[0]):
        place += weight[i]
        if u * total < place:
            return i
    return weight.shape[0] - 1
