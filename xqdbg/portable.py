"""Values of expressions as JSON and back: the machine's own, and the texts and integers that only expressions know."""

from __future__ import annotations

from collections.abc import Mapping

from vm.contract import Machine, PlaceError, Value
from vm.diagnostics import printable
from xqdbg.answer import Json
from xqdbg.errors import XqdbgError

_LARGEST = 1 << 128
"""Integers from here on have more digits than JSON files are read with."""


def to_json(machine: Machine, value: Value, what: str) -> Json:
    """A value as files have it; XqdbgError that says `what` holds it if there is no such form."""
    if isinstance(value, int) and not isinstance(value, bool):
        if abs(value) < _LARGEST:
            return int(value)
        raise XqdbgError(f"{what} holds an integer too large to be saved")
    if isinstance(value, str):
        return printable(value)
    try:
        found = machine.to_json(value)
        machine.from_json(found)
    except PlaceError as error:
        raise XqdbgError(f"{what} holds a value that cannot be saved: {error}") from None
    return found


def from_json(machine: Machine, value: Json, what: str) -> Value:
    """The value a file has; XqdbgError that says `what` should hold it if the machine knows none like it."""
    if isinstance(value, str) or (isinstance(value, int) and not isinstance(value, bool)):
        return value
    try:
        return machine.from_json(value)
    except PlaceError as error:
        raise XqdbgError(f"{what}: {error}") from None


def all_from_json(machine: Machine, values: Mapping[str, Json]) -> dict[str, Value]:
    """Saved values by name, as files have them."""
    return {name: from_json(machine, value, f"${name}") for name, value in values.items()}
