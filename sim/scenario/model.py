"""A scenario: everything that is simulated, frozen and validated."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from pydantic import PrivateAttr, ValidationError, field_validator, model_validator

from sim.errors import InputError
from sim.scenario.base import Group, as_plain, par, shown, wrong
from sim.scenario.components import merge, overlaid
from sim.scenario.explain import explain
from sim.scenario.parameters import Customers, Desk, Firm, Market, Reps
from sim.scenario.path import vary
from sim.scenario.scheme import Scheme
from sim.scenario.sources import layered, own

LABEL = "a label: no result depends on it"


class Scenario(Group):
    """What is simulated.  Load one with :func:`sim.load`, vary it with :meth:`with_`."""

    title: str = par("Untitled", "text", "what the scenario is called", LABEL)
    question: str = par("", "text", "what it is to answer", LABEL)
    months: int = par(120, "months", "length of a run", ge=1, le=1200)
    currency: str = par("EUR", "code", "of all money", LABEL)
    market: Market = Market()
    reps: Reps = Reps()
    customers: Customers = Customers()
    desk: Desk = Desk()
    firm: Firm = Firm()
    scheme: Scheme = Scheme()
    sources: dict[str, str] = par({}, "text", "parameter path -> where its value comes from", LABEL)
    _name: str = PrivateAttr("")
    _origins: tuple[str, ...] = PrivateAttr(())

    @field_validator("currency")
    @classmethod
    def _named(cls, code: str) -> str:
        if not code.strip():
            raise ValueError(f"found {shown(code)}, allowed is a text that is not empty, such as EUR")
        return code

    @model_validator(mode="after")
    def _consistent(self) -> Scenario:
        bad = [seat for seat in self.reps.absent if not 0 <= seat < self.reps.count]
        if bad:
            raise wrong(f"found {shown(bad)}, but seats run from 0 to {self.reps.count - 1}", "reps", "absent")
        buckets = len(self.customers.payment.transitions) - 1
        if self.firm.resolution.bucket > max(1, buckets):
            found = self.firm.resolution.bucket
            raise wrong(f"found {found}, but there are only {buckets} arrears buckets", "firm", "resolution", "bucket")
        return self

    @property
    def origins(self) -> tuple[str, ...]:
        """Which files the components come from, a sentence each; none where the scenario is not from files that change any."""
        return self._origins

    @property
    def name(self) -> str:
        """Short name: the file's, or one made from the title."""
        slug = "".join(ch if ch.isalnum() else "-" for ch in self.title.lower())
        return self._name or "-".join(part for part in slug.split("-") if part) or "scenario"

    def with_(self, **changes: Any) -> Scenario:
        """A copy with groups or values replaced; nested dictionaries are merged, lists are replaced.

        Components of the scheme are changed, added and taken out by name:
        ``with_(scheme={"change": {"quarterly bonus": {"bonus": 0.0}}, "add": [...], "remove": ["..."]})``.
        A dotted path will do as well: ``with_(**{"reps.salary": 3000})``, ``with_(**{"scheme.components[bonus].rate": 0.1})``.
        What is changed loses its source and is *assumed*, unless `changes` has ``sources`` for it.

        Raises
        ------
        InputError
            When the result is no valid scenario.
        """
        if listed := {path: value for path, value in changes.items() if "[" in path}:
            start = vary(self, listed, "with_")
            return start.with_(**{path: value for path, value in changes.items() if path not in listed})
        before = self.model_dump()
        changes = _nested(as_plain(changes))
        data = overlaid(before, changes, "with_: ")
        try:
            made = Scenario.model_validate(data)
        except ValidationError as error:
            raise InputError(explain(error, data, lambda place: "with_", Scenario)) from None
        made = made.model_copy(update={"sources": layered(self.sources, own(changes), before, made.model_dump(), Scenario)})
        made._name = self._name if "title" not in changes else ""
        return made

    @classmethod
    def __get_pydantic_json_schema__(cls, core_schema: Any, handler: Any) -> Any:
        """A file may also say what it extends: not part of a scenario, but of its schema."""
        made = handler.resolve_ref_schema(handler(core_schema))
        meaning = "the scenario file that says everything not said here, beside this one"
        made["properties"] = {"extends": {"type": "string", "description": meaning}, **made["properties"]}
        made["$schema"] = "https://json-schema.org/draft/2020-12/schema"
        return made

    def canonical(self) -> dict[str, Any]:
        """Everything in full, defaults included, as plain JSON types."""
        return self.model_dump(mode="json")

    def __hash__(self) -> int:
        """By content, so that scenarios can be keys."""
        return hash(self.content_hash())

    def content_hash(self) -> str:
        """SHA-256 of what is simulated (title, question and sources do not count)."""
        data = {key: value for key, value in self.canonical().items() if key not in ("title", "question", "sources")}
        return hashlib.sha256(json.dumps(data, sort_keys=True).encode()).hexdigest()


def _nested(changes: dict[str, Any]) -> dict[str, Any]:
    """Dotted paths as dictionaries within dictionaries."""
    found: dict[str, Any] = {}
    for path, value in changes.items():
        *groups, name = path.split(".")
        said = {name: value}
        for group in reversed(groups):
            said = {group: said}
        found = merge(found, said)
    return found
