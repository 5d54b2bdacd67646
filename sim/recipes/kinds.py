"""The kinds of recipes, and the module that makes each again."""

from __future__ import annotations

from sim.recipes import Kind, Record, design, follow, forecast, recipe_of, study, sweep
from sim.recipes.verdict import CannotVerifyError

#: By kind.  On the proofs nothing here depends: :mod:`sim.proofs.recipe` adds its own, ``battery``, when it is imported.
KINDS: dict[str, Kind] = {"study": study, "follow": follow, "sweep": sweep, "design": design, "forecast": forecast}


def kind_of(record: Record) -> Kind:
    """The module that makes a figure again.

    Raises
    ------
    CannotVerifyError
        When this version of daarna knows no such kind.
    """
    kind = recipe_of(record).get("kind")
    if kind not in KINDS:
        hint = "; daarna verify does, and in Python whoever imports sim.proofs.recipe" if kind == "battery" else ""
        raise CannotVerifyError(f'its recipe is of the kind "{kind}", which this version of daarna does not know{hint}')
    return KINDS[kind]
