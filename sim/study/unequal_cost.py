"""Whether schemes cost the same: the one line that every comparison has when they do not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.analysis.outcomes import KNOWN, samples

if TYPE_CHECKING:
    from sim.study import Study

COST = "sales_force_cost"
MATERIAL = 0.02  # of the base's cost: below that a difference is too small to speak of
REMEDY = "daarna compare --equal-pay takes it out"


def unequal_costs(study: Study) -> list[str]:
    """A sentence for every scheme whose expected cost of the sales force differs from the first one's.

    Cost is salaries, subsidy and commission less clawback, discounted to the start.  It differs if it does by more than 2% of
    the base's, and by more than two standard errors of the paired difference.
    """
    if len(study.names) < 2 or COST not in study.runs:
        return []
    values = samples(study.runs, study.names, [KNOWN[COST]])[:, :, 0]
    base, said = values[0].mean(), []
    for name, other in zip(study.names[1:], values[1:], strict=True):
        gap = other - values[0]
        error = gap.std(ddof=1) / np.sqrt(gap.size) if gap.size > 1 else 0.0
        if abs(gap.mean()) > max(MATERIAL * abs(base), 2.0 * error):
            share = f" ({gap.mean() / base:+.0%})" if base else ""
            said.append(
                f"The schemes do not cost the same: the sales force of {name} costs {other.mean():,.0f} {study.currency}, discounted, "
                f"that of {study.names[0]} {base:,.0f}{share}; so differences are of what is paid as well as of how: {REMEDY}."
            )
    return said
