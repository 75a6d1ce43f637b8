"""Compiles the parts of an expression that look at the machine."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from functools import partial
from typing import TypeAlias

from vm.contract import Machine, Place, PlaceError, Selector, Span, Value
from vm.diagnostics import printable
from xqdbg.expressions.arithmetic import Evaluate
from xqdbg.expressions.errors import bare, shown
from xqdbg.expressions.names import CLOCK, unknown_place, unknown_saved
from xqdbg.expressions.refusing import ELEMENTS, Refusing
from xqdbg.expressions.tree import Attribute, Indices, Look, Node, Old, Saved, Slice, Step

Path: TypeAlias = tuple[Selector, ...]

_INDEX = 1 << 63
_READERS = 1024
"""Places with computed indices that are remembered."""


class Reading(Refusing, ABC):
    """Compiles places, what they held before, and saved values."""

    __slots__ = ()

    @abstractmethod
    def value(self, node: Node) -> Evaluate:
        """What computes a node."""

    def read(self, node: Look) -> Evaluate:
        """What tells what a place holds, or raises PlaceError."""
        machine, name = self.machine, node.name
        if name in machine.isa.wording.constants and not machine.knows(name):
            constant = machine.isa.wording.constants[name]
            return self._plain(node, lambda: constant)
        if name == "depth" or (name in CLOCK and not machine.knows(name)):
            return self._plain(node, _clock(machine, name))
        if self._is_meter(node):
            return self._plain(node, lambda: next(meter.used for meter in machine.meters() if meter.name == name))
        if not machine.knows(name):
            raise self.error(node, f"there is no place called {shown(name)}", unknown_place(machine, name))
        place = node.place
        if place is None:
            return self._computed(node)
        try:
            reader = machine.reader(place)
        except PlaceError as error:
            raise self.error(node, printable(str(error))) from error
        return partial(machine.get, place) if self.strict else reader

    def _is_meter(self, node: Look) -> bool:
        """Whether it is a meter, and no place tells the same."""
        machine, name = self.machine, node.name
        if all(meter.name != name for meter in machine.meters()):
            return False
        if node.steps or not machine.knows(name):
            return not machine.knows(name)
        try:
            machine.get(Place(name))
        except PlaceError:
            return True
        return False

    def _plain(self, node: Look, read: Evaluate) -> Evaluate:
        if node.steps:
            raise self.error(node, f"{node.name} is an integer, which has no parts")
        return read

    def _computed(self, node: Look) -> Evaluate:
        """A place whose indices are computed first."""
        name, steps = node.name, [self.selector(step) for step in node.steps]
        reader_of = self._readers(name)

        def read() -> Value:
            path = []
            for step in steps:
                if (selector := step()) is None:
                    return None
                path.append(selector)
            return reader_of(tuple(path))()

        return read

    def _readers(self, name: str) -> Callable[[Path], Evaluate]:
        """What tells how to read a place of a name, and remembers it: a loop comes by the same places again."""
        machine, known = self.machine, dict[Path, Evaluate]()
        if self.strict:
            return lambda path: partial(machine.get, Place(name, path))

        def reader_of(path: Path) -> Evaluate:
            reader = known.get(path)
            if reader is None:
                if len(known) >= _READERS:
                    known.clear()
                reader = known[path] = machine.reader(Place(name, path))
            return reader

        return reader_of

    def selector(self, step: Step) -> Callable[[], Selector | None]:
        """What computes a step into a value, None if a part of it is missing."""
        match step:
            case Attribute(name):
                return lambda: name
            case Indices(items):
                return _indices([self.integer(item, "an index") for item in items])
            case Slice(start, count):
                first = self.integer(start, "the start of a slice")
                return _span(first, self.integer(count, "the count of a slice", 0, ELEMENTS))

    def integer(self, node: Node, what: str, least: int = -_INDEX, most: int = _INDEX - 1) -> Callable[[], int | None]:
        """What computes an integer within bounds, None for anything else."""
        evaluate = self.value(node)
        refuse = self.refusal(node, lambda value: f"{what} cannot be {self.told(value)}")

        def integer() -> int | None:
            value = evaluate()
            if type(value) is int and least <= value <= most:
                return value
            refuse(value)
            return None

        return integer

    def before(self, node: Old) -> Evaluate:
        """What tells what a place held before the last instruction."""
        self.read(node.look)  # is there such a place?
        old, place = self.old, node.look.place
        if old is None or place is None:
            raise self.error(node, "there is no old value here", "old(place) is for conditions, messages and print")
        return lambda: old(place)

    def settled(self, node: Look | Old, read: Evaluate) -> Evaluate:
        """A place that may be missing: unset, or an error."""
        if not self.strict:
            return _absent_is_unset(read)
        refuse = self.refusal(node, lambda why: why or f"{self.words(node)} is unset")
        empty_too = self.machine.isa.wording.typed

        def value() -> Value:
            try:
                found = read()
            except PlaceError as error:
                return refuse(printable(str(error)))
            return refuse("") if found is None and not empty_too else found

        return value

    def saved_value(self, node: Saved) -> Evaluate:
        """What tells what is saved under a $name, by now."""
        saved, name = self.saved, node.name
        if name not in saved:
            message = f"there is no saved value {bare('$' + name)}"
            raise self.error(node, message, unknown_saved(self.machine, name, saved))
        if not self.strict:
            return lambda: saved.get(name)
        refuse = self.refusal(node, lambda: f"${name} is unset")
        return lambda: refuse() if (value := saved.get(name)) is None else value


def _absent_is_unset(read: Evaluate) -> Evaluate:
    def value() -> Value:
        try:
            return read()
        except PlaceError:
            return None

    return value


def _clock(machine: Machine, name: str) -> Evaluate:
    if name == "tick":
        return lambda: machine.tick
    return (lambda: machine.depth) if name == "depth" else (lambda: machine.pc)


def _indices(items: Sequence[Callable[[], int | None]]) -> Callable[[], Selector | None]:
    if len(items) == 1:
        (item,) = items
        return lambda: None if (index := item()) is None else (index,)

    def indices() -> Selector | None:
        found = [index for item in items if (index := item()) is not None]
        return tuple(found) if len(found) == len(items) else None

    return indices


def _span(start: Callable[[], int | None], count: Callable[[], int | None]) -> Callable[[], Span | None]:
    def span() -> Span | None:
        first, length = start(), count()
        return None if first is None or length is None else Span(first, length)

    return span
