"""What stops a run: places in the code, events, moments, values that change; and logpoints, which only tell."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace

from vm.contract import Effect, Line, Machine, Place, Status, Value
from vm.isa import Isa
from vm.values import dataclass
from xqdbg.bundle import composed
from xqdbg.errors import XqdbgError
from xqdbg.expressions import Expression, Template
from xqdbg.locations import AtEvent, AtFault, AtTick, EventKind, InCode, parse_location
from xqdbg.moment import Breakpoint, Kind
from xqdbg.probe import Access, After, Change, Past, Peek, Probe, conditional, overlap, remembering
from xqdbg.successors import Successors, change_anywhere
from xqdbg.trap import Trap

MOST = 1_000
"""Breakpoints a session may have."""

AIM = 0
"""The number under which what a ride is to come to is met; breakpoints count from 1."""

MOST_LOGGED = 1_000
"""Lines of logpoints kept of one ride; the last ones."""

Target = InCode | AtEvent | AtFault | AtTick
"""What a breakpoint can be at."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A breakpoint, and what it was made of."""

    told: Breakpoint
    target: Target | None = None
    """None for watchpoints."""
    watched: Expression | None = None
    condition: Expression | None = None
    template: Template | None = None


class Breakpoints:
    """A session's breakpoints, watchpoints and logpoints, numbered from 1 in the order they were set."""

    def __init__(self, code: Sequence[Line]) -> None:
        self._code = code
        self._successors = Successors(code)
        self._entries: dict[int, Entry] = {}
        self._last = 0
        self.logged: deque[str] = deque(maxlen=MOST_LOGGED)
        """What logpoints told on the last ride."""

    # What there is

    @property
    def all(self) -> tuple[Breakpoint, ...]:
        """All of them as they are now, by number."""
        return tuple(entry.told for entry in self._entries.values())

    @property
    def last(self) -> int:
        """The greatest number that was given so far."""
        return self._last

    def at(self, pc: int) -> Breakpoint | None:
        """One that is at this address alone and at no event."""
        own = (each for each in self.all if each.pcs == (pc,) and not each.text and each.kind is Kind.CODE)
        return next(own, None)

    def numbered(self, number: int) -> Breakpoint:
        """The one called `number`; XqdbgError if there is none."""
        return self._entry(number).told

    def chosen(self, numbers: Sequence[int]) -> Sequence[Breakpoint]:
        """The ones with these numbers, or all; XqdbgError if there is none."""
        if numbers:
            return [self.numbered(number) for number in dict.fromkeys(numbers)]
        if not self._entries:
            raise XqdbgError("no breakpoint is set", "break LOC sets one")
        return self.all

    # Setting and changing

    def add(self, target: Target, text: str = "", condition: str = "", *, temporary: bool = False) -> Breakpoint:
        """Set one at a place, an event or a moment, or enable the plain one that is there; a lasting one stays so."""
        pcs = target.pcs if isinstance(target, InCode | AtEvent) else frozenset()
        plain = isinstance(target, InCode) and len(pcs) == 1 and not condition
        if plain and (there := self.at(min(pcs))) is not None and not there.condition:
            return self._tell(replace(there, enabled=True, temporary=there.temporary and temporary))
        told = Breakpoint(0, tuple(sorted(pcs)), text, condition=condition, temporary=temporary)
        return self._keep(Entry(told, target, condition=_parsed(condition)))

    def watch(self, text: str, kind: Kind, condition: str = "") -> Breakpoint:
        """Stop after instructions that change a value, or read or write a place."""
        watched = _watched(text, kind)
        told = Breakpoint(0, text=watched.text, kind=kind, condition=condition)
        return self._keep(Entry(told, watched=watched, condition=_parsed(condition)))

    def log(self, target: Target, text: str, message: str, condition: str = "") -> Breakpoint:
        """Tell something wherever a place is passed going forward."""
        pcs = target.pcs if isinstance(target, InCode | AtEvent) else frozenset()
        template = Template.parse(message)
        told = Breakpoint(0, tuple(sorted(pcs)), text, Kind.LOG, condition, message=message)
        return self._keep(Entry(told, target, condition=_parsed(condition), template=template))

    def remove(self, number: int) -> None:
        """Take one away."""
        self._entries.pop(number, None)

    def enable(self, number: int, enabled: bool) -> None:
        """Switch one on or off."""
        self._tell(replace(self.numbered(number), enabled=enabled))

    def ignore(self, number: int, count: int) -> None:
        """Pass over so many hits before stopping again."""
        self._tell(replace(self.numbered(number), ignore=count))

    def condition(self, number: int, text: str) -> None:
        """Give one another condition; none if the text is empty."""
        entry = self._entry(number)
        told = replace(entry.told, condition=text)
        self._entries[number] = replace(entry, told=told, condition=_parsed(text))

    def commands(self, number: int, lines: Sequence[str]) -> None:
        """Give one the command lines to obey at each stop there."""
        self._tell(replace(self.numbered(number), commands=tuple(lines)))

    def forget_hits(self) -> None:
        """Count from 0 again."""
        for told in self.all:
            self._tell(replace(told, hits=0))

    # Keeping them

    def kept(self) -> tuple[Breakpoint, ...]:
        """All of them, told so that `restore` understands: a moment by its tick, whatever it was called."""
        return tuple(
            replace(entry.told, text=f"tick {entry.target.tick}") if isinstance(entry.target, AtTick) else entry.told
            for entry in self._entries.values()
        )

    def restore(self, kept: Iterable[Breakpoint], isa: Isa, last: int = 0) -> None:
        """Have these instead; XqdbgError for one that is nowhere in this program, or has an expression that is none.

        `last` is the greatest number that was given before.
        """
        entries = {told.number: self._restored(told, isa) for told in kept}
        self._entries = dict(sorted(entries.items()))
        self._last = max([last, *self._entries])

    def _restored(self, told: Breakpoint, isa: Isa) -> Entry:
        watched = target = None
        if told.kind in (Kind.WRITE, Kind.READ, Kind.ACCESS):
            watched = _watched(told.text, told.kind)
        elif told.text:
            place = parse_location(told.text, self._code, isa)
            if not isinstance(place, InCode | AtEvent | AtFault | AtTick):
                raise XqdbgError(f"breakpoint {told.number} cannot be at {told.text[:40]!a}")
            target = place
        else:
            unknown = set(told.pcs) - {line.pc for line in self._code}
            if unknown or not told.pcs:
                raise XqdbgError(f"breakpoint {told.number} is at an address where no instruction begins")
            target = InCode(frozenset(told.pcs))
        pcs = tuple(sorted(target.pcs)) if isinstance(target, InCode | AtEvent) else ()
        template = Template.parse(told.message) if told.kind is Kind.LOG else None
        return Entry(replace(told, pcs=pcs), target, watched, _parsed(told.condition), template)

    # Meeting them

    def trap(
        self,
        machine: Machine,
        saved: Mapping[str, Value],
        aim: Probe | None = None,
        depth: int = -1,
        *,
        kinds: AbstractSet[Kind] = frozenset(Kind),
    ) -> Trap:
        """What a ride of `machine` can be stopped by: those that are enabled, what the ride is to come to, a depth.

        What the ride is to come to is met under the number AIM.
        """
        probes = [
            (number, self._probe(entry, machine, saved))
            for number, entry in self._entries.items()
            if entry.told.enabled and entry.told.kind in kinds and not isinstance(entry.target, AtFault)
        ]
        return composed([*probes, *([] if aim is None else [(AIM, aim)])], depth)

    def aim(self, target: Target) -> Probe:
        """What a ride to a place, an event or a moment waits for."""
        return self._waiting(target)

    def at_end(
        self, machine: Machine, saved: Mapping[str, Value], *, kinds: AbstractSet[Kind] = frozenset(Kind)
    ) -> tuple[int, ...]:
        """Numbers of those that wait for the fault the machine ended in; logpoints tell, and are not among them."""
        fault = machine.fault if machine.status is Status.FAULTED else None
        waiting = [
            (number, self._asking(entry, machine, saved, _past(machine, entry)).test)
            for number, entry in self._entries.items()
            if entry.told.enabled
            and entry.told.kind in kinds
            and isinstance(entry.target, AtFault)
            and entry.target.is_met_by(fault)
        ]
        return tuple(number for number, test in waiting if test is None or test(machine))

    def hit(self, numbers: Sequence[int]) -> tuple[Breakpoint, ...]:
        """Count a hit of each; returns those that stop. A temporary one is gone after it stopped."""
        stopping = []
        for number in numbers:
            if number == AIM:
                continue
            told = self._entries[number].told
            counted = replace(told, hits=told.hits + 1, ignore=max(0, told.ignore - 1))
            self._tell(counted)
            if told.ignore == 0:
                stopping.append(counted)
                if told.temporary:
                    del self._entries[number]
        return tuple(stopping)

    # Inside

    def _entry(self, number: int) -> Entry:
        if number not in self._entries:
            raise XqdbgError(f"there is no breakpoint {number}", self._hint())
        return self._entries[number]

    def _hint(self) -> str:
        numbers = ", ".join(map(str, list(self._entries)[:20]))
        return f"there are {numbers}" if numbers else "none is set; `break LOC` sets one"

    def _keep(self, entry: Entry) -> Breakpoint:
        if len(self._entries) >= MOST:
            raise XqdbgError(f"there are {MOST:,} breakpoints, which is the most there can be", "delete some")
        self._last += 1
        told = replace(entry.told, number=self._last)
        self._entries[self._last] = replace(entry, told=told)
        return told

    def _tell(self, told: Breakpoint) -> Breakpoint:
        self._entries[told.number] = replace(self._entries[told.number], told=told)
        return told

    def _probe(self, entry: Entry, machine: Machine, saved: Mapping[str, Value]) -> Probe:
        past = _past(machine, entry)
        probe = self._asking(entry, machine, saved, past)
        return probe if past is None else remembering(probe, past)

    def _asking(self, entry: Entry, machine: Machine, saved: Mapping[str, Value], past: Past | None) -> Probe:
        """The same for somebody who keeps `past` up to date."""
        probe = self._watching(entry, machine, saved) if entry.watched is not None else self._waiting(entry.target)
        if entry.condition is not None:
            old = None if past is None else past.value
            probe = conditional(probe, entry.condition.bind(machine, saved, old))
        if entry.template is not None:
            probe = self._telling(probe, entry.told.number, entry.template, machine, saved, past)
        return probe

    def _waiting(self, target: Target | None) -> Probe:
        match target:
            case InCode(pcs):
                return Probe(pcs)
            case AtEvent(kind, pcs):
                after = After(pcs, _HAPPENED[kind])
                return Probe(pcs | self._successors.of(pcs), after.test, after.arm)
            case AtTick(tick):
                return Probe(ticks=frozenset((tick,)))
            case _:
                return Probe()  # a fault is met where the run ends, and asked for there

    def _watching(self, entry: Entry, machine: Machine, saved: Mapping[str, Value]) -> Probe:
        watched = entry.watched
        if watched is None:
            return Probe()
        place = watched.place
        if entry.told.kind is not Kind.WRITE and place is not None:
            both = entry.told.kind is Kind.ACCESS
            pcs = self._touching(watched.names, reads=True, writes=both)
            access = Access(pcs, Peek(machine, place, _accesses if both else _reads))
            return Probe(pcs | self._successors.of(pcs), access.test, access.arm)
        pcs = self._touching(watched.names, reads=False, writes=True)
        peek = None if place is None else Peek(machine, place, _changes)
        change = Change(watched.bind(machine, saved), pcs, peek)
        everywhere = change_anywhere(watched.names, machine)
        return Probe(pcs | self._successors.of(pcs), change.test, change.arm, everywhere)

    def _touching(self, names: AbstractSet[str], *, reads: bool, writes: bool) -> frozenset[int]:
        return frozenset(
            line.pc for line in self._code if (reads and line.reads & names) or (writes and line.writes & names)
        )

    def _telling(
        self,
        probe: Probe,
        number: int,
        template: Template,
        machine: Machine,
        saved: Mapping[str, Value],
        past: Past | None,
    ) -> Probe:
        text, test = template.bind(machine, saved, None if past is None else past.value), probe.test

        def tell(machine: Machine) -> bool:
            if test is None or test(machine):
                self.logged.append(f"{machine.tick:,}: {text()}")
                told = self._entries[number].told
                self._tell(replace(told, hits=told.hits + 1))
            return False

        return replace(probe, test=tell)


_HAPPENED: Mapping[EventKind, Callable[[Machine, int], bool]] = {
    EventKind.ENTER: lambda machine, before: machine.depth > before,
    EventKind.EXIT: lambda machine, before: machine.depth < before,
    EventKind.OUTPUT: lambda _machine, _before: True,
}


def _watched(text: str, kind: Kind) -> Expression:
    """What a watchpoint looks at; XqdbgError for what cannot be watched."""
    watched = Expression.parse(text)
    if kind in (Kind.READ, Kind.ACCESS) and watched.place is None:
        raise XqdbgError(f"{text[:40]!a} is no place", "only a place such as r3[4] is read or written")
    if watched.past:
        hint = "a watchpoint compares with what was before by itself; old(PLACE) can be asked in its condition"
        raise XqdbgError("what old() tells cannot be watched", hint)
    return watched


def _parsed(condition: str) -> Expression | None:
    return Expression.parse(condition) if condition else None


def _past(machine: Machine, entry: Entry) -> Past | None:
    """A memory for the places that conditions and messages ask the past of; None if they ask nothing."""
    asking = [entry.condition, *(entry.template.expressions if entry.template is not None else ())]
    places = [place for expression in asking if expression is not None for place in expression.old_places]
    return Past(machine, places) if places else None


def _reads(effect: Effect, place: Place) -> bool:
    return any(overlap(place, read.place) for read in effect.reads)


def _accesses(effect: Effect, place: Place) -> bool:
    return _reads(effect, place) or any(overlap(place, write.place) for write in effect.writes)


def _changes(effect: Effect, place: Place) -> bool:
    return any(overlap(place, write.place) and write.old != write.new for write in effect.writes)
