"""How a parameter is declared: default, unit, bounds, meaning and source, together in one place."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator


class Group(BaseModel):
    """A frozen group of parameters; unknown keys are errors, and NaN and infinity are not numbers."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    @field_validator("*", mode="before")
    @classmethod
    def _no_coercion(cls, value: Any, info: ValidationInfo) -> Any:
        """A number is a number: neither "1.5" nor true; a whole number is not 1.5."""
        kind = cls.model_fields[str(info.field_name)].annotation
        if kind in (float, int) and isinstance(value, bool | str):
            raise ValueError(f"found {value!r}, allowed is a number")
        if kind is int and isinstance(value, float):
            raise ValueError(f"found {value!r}, allowed is a whole number")
        if kind is bool and not isinstance(value, bool):
            raise ValueError(f"found {value!r}, allowed is true or false")
        return value


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
