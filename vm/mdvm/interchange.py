"""Values as JSON has them, and back. What it has no form for stands in an object whose one key begins with `$`."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from vm.contract import PlaceError, Value
from vm.mdvm.edits import slot
from vm.mdvm.values import Array, Dict, Function, Url

_LEVELS = 200


def to_json(value: Value) -> Any:
    """Ints, Floats, Bools, Strings and Empty as JSON has them, arrays as lists, dicts as objects in their order."""
    return _to_json(value, 0)


def _to_json(value: Any, level: int) -> Any:
    if level > _LEVELS:
        return {"$deeper": f"than {_LEVELS} levels"}
    match value:
        case None | bool() | int() | str():
            return value
        case float():
            return value if math.isfinite(value) else {"$float": repr(value)}
        case Array() | tuple() | list():
            return [_to_json(item, level + 1) for item in value]
        case Dict():
            found = {key: _to_json(item, level + 1) for key, item in value.pairs()}
            return {"$dict": found} if len(found) == 1 and next(iter(found)).startswith("$") else found
        case Url(text):
            return {"$url": text}
        case Function(name, entry, arity):
            return {"$function": [name, entry, arity]}
    return str(value)


def from_json(value: Any) -> Value:
    """The value that `to_json` gave this for; PlaceError for what is none."""
    return _from_json(value, 0)


def _from_json(value: Any, level: int) -> Value:
    if level > _LEVELS:
        raise PlaceError("the value is nested too deeply")
    if isinstance(value, list):
        return Array(slot(_from_json(item, level + 1), "an element") for item in value)
    if isinstance(value, Mapping):
        if len(value) == 1 and str(next(iter(value))).startswith("$"):
            return _wrapped(*next(iter(value.items())), level)
        return _dict(value, level)
    if value is None or isinstance(value, bool | int | float | str):
        return slot(value, "the value")
    raise PlaceError("the value is nothing that a register can hold")


def _dict(value: Mapping[Any, Any], level: int) -> Dict:
    return Dict((str(key), slot(_from_json(item, level + 1), "an element")) for key, item in value.items())


def _wrapped(kind: str, inside: Any, level: int) -> Value:
    match kind, inside:
        case "$dict", Mapping():
            return _dict(inside, level)
        case "$float", "nan" | "inf" | "-inf":
            return float(inside)
        case "$url", str():
            return Url(inside)
        case "$function", [str(name), int(entry), int(arity)]:
            return Function(name, entry, arity)
    raise PlaceError(f"{kind[:40]!r} is no kind of value that is written so")
