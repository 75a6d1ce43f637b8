"""Values as `print /FORMAT` shows them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice
from types import MappingProxyType
from typing import Any

from vm.contract import Machine, Value
from vm.diagnostics import printable
from xqdbg.errors import XqdbgError

FORMATS: Mapping[str, str] = MappingProxyType(
    {
        "": "as the machine shows it",
        "d": "decimal",
        "x": "hexadecimal, with a minus for negative integers",
        "b": "binary, with a minus for negative integers",
        "e": "as an energy: with its sign, and grouped by thousands",
        "m": "a vector or matrix, drawn in lines",
        "j": "JSON, as inputs and results have it",
    }
)
"""What each letter means; the empty one is for none."""

SHOWN = 100
"""Most elements of a sequence in one line."""
SIDE = 20
"""Most rows and columns of a matrix that is drawn."""

_NUMBERS: Mapping[str, Callable[[int], str]] = MappingProxyType(
    {"": str, "d": str, "x": hex, "b": bin, "e": "{:+,}".format}
)
_NONE = "·"
"""An element that is not there, such as a coefficient nobody wrote."""


def format_value(machine: Machine, value: Value, fmt: str = "") -> str:
    """A value in the format of a letter of FORMATS, safe for a terminal; several lines for `m` only.

    Elements of a sequence are formatted each. What has no elements, such as a model, is shown in `d`,
    `x`, `b` and `e` as without a format. XqdbgError for a letter that is none.
    """
    if fmt == "j":
        return printable(json.dumps(machine.to_json(value), ensure_ascii=False))
    if fmt == "m":
        return "\n".join(printable(line) for line in _drawn(machine, value))
    number = _NUMBERS.get(fmt)
    if number is None:
        letters = ", ".join(f"/{letter} {meaning}" for letter, meaning in FORMATS.items() if letter)
        raise XqdbgError(f"there is no format /{printable(fmt[:10])}", f"there are {letters}")
    return printable(_in_line(machine, value, number, plain=fmt == ""))


def _in_line(machine: Machine, value: Value, number: Callable[[int], str], plain: bool) -> str:
    if machine.isa.wording.typed and (value is None or isinstance(value, bool | str)):
        return machine.text(value)
    if isinstance(value, int):
        return number(int(value))
    if isinstance(value, str):
        return value
    if not isinstance(value, Sequence) or (plain and type(value) not in (tuple, list)):
        return machine.text(value)
    parts = [number(item) if isinstance(item, int) else machine.text(item) for item in islice(value, SHOWN)]
    more = f", … {len(value) - SHOWN:,} more" if len(value) > SHOWN else ""
    return f"[{', '.join(parts)}{more}]"


# Drawing: out of the JSON form, which has vectors as lists and coefficients by their indices


def _drawn(machine: Machine, value: Value) -> Iterator[str]:
    if value is None or isinstance(value, int | str):
        yield _in_line(machine, value, str, plain=True)
        return
    form = machine.to_json(value)
    if isinstance(form, list):
        yield from _vector(form, None)
        return
    yield machine.text(value)
    if isinstance(form, Mapping):
        width = _width(form)
        for name, part in form.items():
            if isinstance(part, list):
                yield from _vector(part, form.get("cols"))
            elif isinstance(part, Mapping):
                yield from _coefficients(str(name), part, width)


def _vector(items: Sequence[Any], cols: object) -> Iterator[str]:
    """Elements in rows of `cols`, or of as many as are drawn side by side."""
    if not items:
        yield "empty"
        return
    pitch = cols if isinstance(cols, int) and cols > 0 else SIDE
    height = -(-len(items) // pitch)
    rows = [[str(item) for item in items[at * pitch : (at + 1) * pitch][:SIDE]] for at in range(min(height, SIDE))]
    labels = [str(at * pitch) for at in range(len(rows))]
    yield from _table("", [str(at) for at in range(min(pitch, SIDE, len(items)))], labels, rows)
    if len(items) > sum(map(len, rows)):
        yield f"… {sum(map(len, rows)):,} of {len(items):,} elements"


def _coefficients(name: str, entries: Mapping[Any, Any], width: int) -> Iterator[str]:
    """Values by `i` as a row, values by `i,j` as a matrix."""
    places = {_indices(key): value for key, value in entries.items()}
    kept = {key: value for key, value in places.items() if key and max(key) < SIDE}
    columns = [str(at) for at in range(min(width, SIDE))]
    if all(len(key) == 1 for key in kept):
        row = [str(kept.get((at,), _NONE)) for at in range(len(columns))]
        yield from _table(name, columns, [""], [row])
    elif all(len(key) == 2 for key in kept):
        rows = [[str(kept.get((i, j), _NONE)) for j in range(len(columns))] for i in range(len(columns))]
        yield from _table(name, columns, columns, rows)
    if len(kept) < len(entries):
        yield f"… {len(kept):,} of {len(entries):,} {name} values: those below {SIDE}"


def _indices(key: object) -> tuple[int, ...]:
    """The indices in `3` or `1,5`; empty for another key."""
    parts = str(key).split(",")
    return tuple(map(int, parts)) if all(part.isascii() and part.isdigit() and len(part) < 20 for part in parts) else ()


def _width(form: Mapping[Any, Any]) -> int:
    """How many rows and columns the coefficients have."""
    size = form.get("size")
    if isinstance(size, int):
        return size
    keys = (key for part in form.values() if isinstance(part, Mapping) for key in part)
    return max((index for key in keys for index in _indices(key)), default=-1) + 1


def _table(name: str, columns: Sequence[str], labels: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Rows of right-aligned cells under their columns, each with a label before it."""
    widths = [
        max(map(len, cells)) for cells in zip(columns, *(_filled(row, len(columns)) for row in rows), strict=True)
    ]
    edge = max(map(len, (name, *labels)), default=0)
    yield "  ".join(
        [name.ljust(edge), *(cell.rjust(size) for cell, size in zip(columns, widths, strict=True))]
    ).rstrip()
    for label, row in zip(labels, rows, strict=True):
        cells = (cell.rjust(size) for cell, size in zip(row, widths, strict=False))
        yield "  ".join([label.rjust(edge), *cells]).rstrip()


def _filled(row: Sequence[str], length: int) -> list[str]:
    return [*row, *[""] * (length - len(row))]
