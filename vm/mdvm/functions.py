"""What a debugger can compute from values of the machine, and make of its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from vm.contract import PlaceError, Value
from vm.faults import Fault
from vm.mdvm import faults
from vm.mdvm.edits import slot
from vm.mdvm.forms import TooLongError, printed, quoted, text
from vm.mdvm.ops.comparing import same
from vm.mdvm.ops.typing import to_int
from vm.mdvm.values import Array, Dict, Slot, TooDeepError, truth, type_name

_LONGEST = 1 << 16
_MOST = 1 << 20


def _float(value: Slot) -> float:
    if isinstance(value, str):
        try:
            return float(value)
        except ValueError:
            raise PlaceError(f"{value[:40]!r} is no number") from None
    if isinstance(value, int | float):
        return float(value)
    raise PlaceError("float takes a number, or a text that is one")


def _int(value: Slot) -> int:
    try:
        return to_int(value)
    except Fault as fault:
        raise PlaceError(faults.report(fault, 0).message) from None


def _form(form: Callable[[Slot, int], str | None]) -> Callable[[Slot], Value]:
    def formed(value: Slot) -> Value:
        try:
            return form(value, _LONGEST)
        except (TooDeepError, TooLongError):
            raise PlaceError("the text would be too long") from None

    return formed


def _array(length: Slot) -> Array:
    if not isinstance(length, int) or not 0 <= length <= _MOST:
        raise PlaceError(f"array takes a length up to {_MOST:,}")
    return Array.of_empty(length)


def _keys(value: Slot) -> Array:
    if not isinstance(value, Dict):
        raise PlaceError("keys takes a dict")
    return Array(value)


def _values(value: Slot) -> Array:
    if not isinstance(value, Dict):
        raise PlaceError("values takes a dict")
    return Array(item for _, item in value.pairs())


def _size(value: Slot) -> int:
    if isinstance(value, Array | Dict):
        return len(value)
    if isinstance(value, str):
        return len(value.encode())
    raise PlaceError("size takes an array, a dict or a string, of which it is the length in bytes")


def _of(holder: Slot, key: Slot) -> Value:
    if isinstance(holder, Dict) and isinstance(key, str) and key in holder:
        return holder.value(key)
    if isinstance(holder, Array) and type(key) is int and 0 <= key < len(holder):
        return holder.element(key)
    raise PlaceError("there is no such key or index")


def _equal(a: Slot, b: Slot) -> bool:
    try:
        return same(a, b)
    except Fault as fault:
        raise PlaceError(faults.report(fault, 0).message) from None


FUNCTIONS: Mapping[str, str] = MappingProxyType(
    {
        "float": "float(value)", "int": "int(value)", "bool": "bool(value)", "text": "text(value)",
        "printed": "printed(value)", "quoted": "quoted(value)", "type": "type(value)", "size": "size(value)",
        "keys": "keys(dict)", "values": "values(dict)", "of": "of(collection, key)", "equal": "equal(a, b)",
        "array": "array(length)", "dict": "dict()",
    }
)  # fmt: skip
"""Usage by name. The first four convert as the machine does, but that `float` also reads texts, such as "2.5"."""
_COMPUTED: Mapping[str, Callable[..., Any]] = MappingProxyType(
    {
        "float": _float, "int": _int, "bool": truth, "text": _form(text), "printed": _form(printed),
        "quoted": _form(quoted), "type": type_name, "size": _size, "keys": _keys, "values": _values, "of": _of,
        "equal": _equal, "array": _array, "dict": Dict,
    }
)  # fmt: skip


def call(function: str, arguments: Sequence[Value]) -> Value:
    """Compute a function; PlaceError that says what is wrong with the arguments."""
    if function not in FUNCTIONS:
        raise PlaceError(f"there is no function {function[:40]!r}; there is {', '.join(FUNCTIONS)}")
    usage = FUNCTIONS[function]
    inside = usage.partition("(")[2].rstrip(")")
    wanted = inside.count(",") + 1 if inside else 0
    if len(arguments) != wanted:
        raise PlaceError(f"{usage} takes {wanted} argument{'' if wanted == 1 else 's'}, not {len(arguments)}")
    found: Value = _COMPUTED[function](*(slot(each, function) for each in arguments))
    return found
