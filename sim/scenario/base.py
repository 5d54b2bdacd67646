"""How a parameter is declared: default, unit, bounds, meaning and source, together in one place."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from types import NoneType
from typing import Annotated, Any, NoReturn, get_args

from pydantic import BaseModel, ConfigDict, Field, Strict, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from sim.texts import plain

Whole = Annotated[int, Strict()]  # within lists and tables; a field of its own is checked by Group
Number = Annotated[float, Strict()]


class Group(BaseModel):
    """A frozen group of parameters; unknown keys are errors, and NaN and infinity are not numbers."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    @field_validator("*", mode="before")
    @classmethod
    def _no_coercion(cls, value: Any, info: ValidationInfo) -> Any:
        """A number is a number: neither "1.5" nor true; a whole number is not 1.5."""
        kind = _kind(cls.model_fields[str(info.field_name)].annotation)
        if not isinstance(value, Mapping):  # of a group, whose own fields are looked at in their turn
            value = as_plain(value)
        if value is None:
            return value
        if kind in (float, int) and isinstance(value, bool | str):
            raise ValueError(f"found {shown(value)}, allowed is a {'whole ' if kind is int else ''}number")
        if kind is float and isinstance(value, int) and abs(value) > 2**1023:
            raise ValueError(f"found {shown(value)}, allowed is a number of at most 300")
        if kind is int and isinstance(value, float):
            raise ValueError(f"found {shown(value)}, allowed is a whole number")
        if kind is bool and not isinstance(value, bool):
            raise ValueError(f"found {shown(value)}, allowed is true or false")
        if isinstance(value, str) and (
            control := [ch for ch in value if unicodedata.category(ch) in ("Cc", "Cs") and ch not in "\n\t"]
        ):
            raise ValueError(f"found the control character U+{ord(control[0]):04X}, allowed is text")
        return " ".join(value.replace("\t", " ").splitlines()) if isinstance(value, str) else value  # in one line


class Fixed(dict[str, float]):
    """A table that stays as it is, as all of a scenario does."""

    def _refuse(self, *_: Any, **__: Any) -> NoReturn:
        raise TypeError("a scenario does not change; make another one: scenario.with_(...)")

    __setitem__ = __delitem__ = __ior__ = update = setdefault = pop = popitem = clear = _refuse  # type: ignore[assignment]

    def __reduce__(self) -> Any:
        """Copied and pickled by what it holds."""
        return Fixed, (dict(self),)


def _kind(annotation: Any) -> Any:
    """What a field holds, be it optional or not."""
    kinds = [kind for kind in get_args(annotation) if kind is not NoneType]
    return kinds[0] if NoneType in get_args(annotation) and len(kinds) == 1 else annotation


def par(default: Any, unit: str, meaning: str, source: str = "assumed", **bounds: Any) -> Any:
    """Declare a parameter.

    Parameters
    ----------
    default : Any
        Value where a scenario says nothing.
    unit : str
        Unit in words; ``money`` stands for the scenario's currency.
    meaning : str
        What it is, in one sentence.
    source : str
        Where the default comes from, or the word *assumed*.
    **bounds : Any
        ``ge``, ``gt``, ``le``, ``lt``: what is allowed.
    """
    return Field(default, description=meaning, json_schema_extra={"unit": unit, "source": source}, **bounds)


def wrong(message: str, *place: int | str) -> PydanticCustomError:
    """An error to raise in a validator of a group, about the parameter at `place` within the group."""
    return PydanticCustomError("inconsistent", "{message}", {"message": message, "place": place})


def as_plain(value: Any) -> Any:
    """Numbers, arrays and columns of NumPy and pandas, decimals and fractions as Python's own; all else as it is."""
    if hasattr(value, "tolist") and hasattr(value, "dtype"):
        value = value.tolist()
    if isinstance(value, Decimal | Fraction):
        return int(value) if _is_finite(value) and value == int(value) else float(value)
    if isinstance(value, Mapping) and not isinstance(value, Fixed):
        return {as_plain(key): as_plain(one) for key, one in value.items()}
    if type(value) in (list, tuple):
        return type(value)(as_plain(one) for one in value)
    return value


def _is_finite(value: Decimal | Fraction) -> bool:
    return isinstance(value, Fraction) or value.is_finite()


def shown(value: Any) -> str:
    """A value as one would write it in a scenario file, short enough for a message."""
    if hasattr(value, "dtype"):
        value = as_plain(value)
    if isinstance(value, BaseModel):
        return f"a {type(value).__name__}"
    if isinstance(value, dict):
        return "a table"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return f'"{plain(value[:60])}…"' if len(value) > 60 else f'"{plain(value)}"'
    if isinstance(value, list | tuple):
        return f"[{', '.join(shown(one) for one in value[:9])}{', …' if len(value) > 9 else ''}]"
    if isinstance(value, int) and abs(value) >= 10**40:
        return f"a whole number of about {round(value.bit_length() * math.log10(2)):,} digits"
    text = str(value)
    return f"{text[:60]}…" if len(text) > 61 else text
