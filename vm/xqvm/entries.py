"""What is inside of a value, a stretch at a time: elements, the coefficients that are stored, the parts of a loop."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate, islice
from typing import TYPE_CHECKING

from vm.contract import Cell, Place, PlaceError
from vm.xqvm.loops import Loop
from vm.xqvm.model import Model, Sample, Slot, Vec, share
from vm.xqvm.places import reader

if TYPE_CHECKING:
    from vm.xqvm.machine import XqvmMachine

_LOOP_PARTS = ("index", "value", "end", "body")


def held(value: Slot) -> int:
    """How many entries a value has."""
    if isinstance(value, Vec | Sample):
        return len(value)
    return value.terms if isinstance(value, Model) else 0


def held_by(loop: Loop) -> int:
    """How many entries an open loop has: its parts, and its elements if it runs over some."""
    return len(_LOOP_PARTS) + (0 if loop.elements is None else len(loop.elements))


def entries(machine: XqvmMachine, name: str, start: int, count: int) -> Sequence[Cell]:
    """Some entries of what a register, an input, an output or a loop holds; PlaceError if there is none."""
    place = Place.parse(name)
    start, count = max(0, start), max(0, count)
    if place.name == "loop":
        return tuple(_of_loop(machine, place, start, count))
    value = reader(machine, place)()
    if isinstance(value, Vec | Sample):
        first = enumerate(value[start : start + count], start)
        return tuple(_cell(f"{name}[{at}]", number) for at, number in first)
    if isinstance(value, Model):
        share(value)
        return tuple(machine.index_of(name, value).cells(name, start, count))
    raise PlaceError(f"{name} holds nothing to look into now")


def _of_loop(machine: XqvmMachine, place: Place, start: int, count: int) -> Iterator[Cell]:
    """Its parts, then the elements it runs over."""
    loop, parts = _loop_at(machine, place), len(_LOOP_PARTS)
    for part in _LOOP_PARTS[start : start + count]:
        yield _cell(f"{place}.{part}", getattr(loop, "last" if part == "end" else part))
    first, end = max(0, start - parts), max(0, start + count - parts)
    for at, number in enumerate((loop.elements or [])[first:end], first):
        yield _cell(f"{place}.elements[{at}]", number)


def _loop_at(machine: XqvmMachine, place: Place) -> Loop:
    match place.path:
        case ((int(level),),) if 0 <= level < len(machine.loops):
            return machine.loops[level]
    raise PlaceError(f"{place}: no such loop is open")


def _cell(name: str, number: int) -> Cell:
    return Cell(name, str(number), "int", number)


class CoefficientIndex:
    """Where the stored coefficients of a model that was handed out stand in order: linear ones, then row by row."""

    def __init__(self, model: Model, before: CoefficientIndex | None = None) -> None:
        """`before` is the index of what the same register held earlier; what did not change is not sorted again."""
        self.model = model
        self._linear_of: Mapping[int, int] = model.linear
        same = before is not None and before._linear_of is model.linear
        self._linear: Sequence[int] = before._linear if same and before is not None else sorted(model.linear)
        self._rows = sorted(model.quad)
        self._ends = list(accumulate(len(model.quad[row]) for row in self._rows))
        """For each row, how many quadratic coefficients stand in it and those before."""

    def cells(self, name: str, start: int, count: int) -> Iterator[Cell]:
        """The coefficients from a number on."""
        for i in self._linear[start : start + count]:
            yield _cell(f"{name}.linear[{i}]", self.model.linear[i])
        first = max(0, start - len(self._linear))
        left = start + count - len(self._linear) - first
        if left > 0:
            for i, j, number in islice(self._quadratic(first), left):
                yield _cell(f"{name}.quad[{i},{j}]", number)

    def _quadratic(self, first: int) -> Iterator[tuple[int, int, int]]:
        """The quadratic coefficients from a number on."""
        at = bisect_right(self._ends, first)
        skipped = first - (self._ends[at - 1] if at else 0)
        for i in self._rows[at:]:
            row = self.model.quad[i]
            for j in sorted(row)[skipped:]:
                yield i, j, row[j]
            skipped = 0
