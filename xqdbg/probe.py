"""What a single breakpoint waits for: where it has to be asked, and what it asks there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import islice

from vm.contract import Effect, Machine, Place, PlaceError, Span, Value
from vm.values import dataclass
from xqdbg.trap import Arm, Test

_UNKNOWN = object()
"""A value nobody has looked at yet."""

_MOST_ELEMENTS = 100_000
"""Elements of a vector that are compared to tell whether it changed."""


@dataclass(frozen=True, slots=True)
class Probe:
    """Where a breakpoint is asked, and the question; it is met where the answer is yes."""

    pcs: frozenset[int] = frozenset()
    test: Test | None = None
    """None: always."""
    arm: Arm | None = None
    everywhere: bool = False
    """Whether it is asked at each instruction."""
    ticks: frozenset[int] = frozenset()
    """Moments at which it is asked, too."""


def conditional(probe: Probe, condition: Callable[[], Value]) -> Probe:
    """The same, met only where the condition holds."""
    test = probe.test
    if test is None:
        return replace(probe, test=lambda _machine: bool(condition()))
    return replace(probe, test=lambda machine: test(machine) and bool(condition()))


def remembering(probe: Probe, past: Past) -> Probe:
    """The same, asked at each instruction, so that `past` knows what was one tick before."""
    pcs, test, arm = probe.pcs, probe.test, probe.arm

    def asked(machine: Machine) -> bool:
        here = probe.everywhere or machine.pc in pcs or machine.tick in probe.ticks
        met = here and (test is None or test(machine))
        past.note(machine)
        return met

    def begin(machine: Machine) -> None:
        past.note(machine)
        if arm is not None:
            arm(machine)

    return Probe(test=asked, arm=begin, everywhere=True)


class Past:
    """What some places held one tick before, for `old(PLACE)`."""

    def __init__(self, machine: Machine, places: Sequence[Place]) -> None:
        self._machine = machine
        self._readers = {place: machine.reader(place) for place in places}
        self._tick = -1
        self._values: dict[Place, Value] = {}

    def note(self, machine: Machine) -> None:
        """Remember what is here now."""
        self._tick = machine.tick
        self._values = {place: _looked(machine, place, read) for place, read in self._readers.items()}

    def value(self, place: Place) -> Value:
        """What the place held one tick before; None if nobody looked then, or there was nothing."""
        return self._values.get(place) if self._tick == self._machine.tick - 1 else None


def _looked(machine: Machine, place: Place, read: Callable[[], Value]) -> Value:
    """What a place holds; what is read is live, so anything but a number is asked for as something to keep."""
    try:
        value = read()
        return value if value is None or isinstance(value, int) else machine.get(place)
    except PlaceError:
        return None


def _kept(value: Value) -> Value:
    """A value that stays as it is; a vector is copied, of anything else only that it is there is kept."""
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        return tuple(islice(value, _MOST_ELEMENTS))
    return _UNKNOWN


class After:
    """Met right after one of some instructions, where something then holds."""

    def __init__(self, pcs: frozenset[int], happened: Callable[[Machine, int], bool]) -> None:
        """`happened` gets the machine, and how many loops and calls were open before the instruction."""
        self._pcs = pcs
        self._happened = happened
        self._tick, self._depth = -1, 0

    def arm(self, machine: Machine) -> None:
        """Begin here."""
        self._tick = -1
        self._note(machine)

    def test(self, machine: Machine) -> bool:
        """Was the last instruction one of them?"""
        met = self._tick == machine.tick - 1 and self._happened(machine, self._depth)
        self._note(machine)
        return met

    def _note(self, machine: Machine) -> None:
        if machine.pc in self._pcs:
            self._tick, self._depth = machine.tick, machine.depth


class Change:
    """Met right after an instruction that changed a value."""

    def __init__(self, value: Callable[[], Value], writers: frozenset[int], peek: Peek | None) -> None:
        """`peek` tells of values too large to compare whether an instruction at `writers` is about to change them."""
        self._read = value
        self._writers = writers
        self._peek = peek
        self._value: Value = None
        self._due = -1

    def arm(self, machine: Machine) -> None:
        """Begin here."""
        self._value = self._now(machine)

    def test(self, machine: Machine) -> bool:
        """Has it changed since it was looked at last?"""
        due, before = self._due, self._value
        self._value = self._now(machine)
        return self._value != before or due == machine.tick

    def _now(self, machine: Machine) -> Value:
        value = self._read()
        if value is None or isinstance(value, int):
            return value
        kept = _kept(value)
        if kept is _UNKNOWN and self._peek is not None and machine.pc in self._writers and self._peek(machine):
            self._due = machine.tick + 1
        return kept


class Access:
    """Met right after an instruction that read a place, or wrote it."""

    def __init__(self, pcs: frozenset[int], peek: Peek) -> None:
        self._pcs = pcs
        self._peek = peek
        self._due = -1

    def arm(self, machine: Machine) -> None:
        """Begin here."""
        self._due = machine.tick + 1 if machine.pc in self._pcs and self._peek(machine) else -1

    def test(self, machine: Machine) -> bool:
        """Did the last instruction touch it?"""
        met = self._due == machine.tick
        self.arm(machine)
        return met


class Peek:
    """Tells whether the next instruction will touch a place, on a machine of its own."""

    def __init__(self, machine: Machine, place: Place, judge: Callable[[Effect, Place], bool]) -> None:
        """`judge` gets what the instruction does, and the place under the name that effects have for it there."""
        self._twin = machine.twin()
        self._place = place
        self._judge = judge

    def __call__(self, machine: Machine) -> bool:
        seen: list[Effect] = []
        try:
            place = machine.resolve(self._place)
        except PlaceError:
            return False
        self._twin.restore(machine.checkpoint())
        self._twin.run(1, None, seen.append)
        return bool(seen) and self._judge(seen[0], place)


def overlap(one: Place, other: Place) -> bool:
    """Whether two places share anything: one is the other, or a part of it."""
    if one.name != other.name:
        return False
    return all(_meet(a, b) for a, b in zip(one.path, other.path, strict=False))


def _meet(one: object, other: object) -> bool:
    first, second = _range(one), _range(other)
    if first is None or second is None:
        return one == other
    return first.start < second.stop and second.start < first.stop


def _range(selector: object) -> range | None:
    """The elements a selector covers; None for names and pairs of indices."""
    if isinstance(selector, Span):
        return range(selector.start, selector.start + selector.count)
    if isinstance(selector, tuple) and len(selector) == 1:
        return range(selector[0], selector[0] + 1)
    return None
