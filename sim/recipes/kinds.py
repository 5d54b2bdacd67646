"""The kinds of recipes, and the module that makes each again."""

from __future__ import annotations

from sim.recipes import Kind, Record, design, follow, forecast, recipe_of, study, sweep
from sim.recipes.verdict import CannotVerifyError

#: By kind; the command line adds the proofs' own, ``battery`` (:mod:`sim.proofs.recipe`), on which nothing here depends.
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
        raise CannotVerifyError(f'its recipe is of the kind "{kind}", which this version of daarna does not know')
    return KINDS[kind]
