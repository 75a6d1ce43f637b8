"""What the names of a formula stand for at one moment, gathered from what an instruction reads and what panes show."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field
from typing import TypeAlias

from vm.contract import Cell, Effect, Line, Meter, Place, Region, Selector, Span, Value
from vm.isa import Op, OperandKind
from vm.values import dataclass
from xqdbg.spoken import Words, plainly

Path: TypeAlias = tuple[Selector, ...]

_NUMBER = re.compile(r"-?[0-9]{1,39}|0x[0-9a-f]{1,32}")


class UnknownError(Exception):
    """Something a formula needs that is not known at this moment."""


@dataclass(frozen=True, slots=True)
class Given:
    """One operand: what the instruction calls it, how the program spells it, and what is there."""

    name: str
    place: str
    """`r3`, `stack[5]`; empty for what is written into the instruction."""
    value: Value
    text: str = ""
    """The value in a few words, as cells show it; empty where it is only known as a number."""


@dataclass(slots=True)
class Facts:
    """Values by name and path."""

    op: Op
    line: Line
    stack: str = ""
    """The name of the places that values are popped from."""
    words: Words = plainly
    """Tells values that are no integers."""
    values: dict[tuple[str, Path], Value] = field(default_factory=dict)
    kinds: dict[str, str] = field(default_factory=dict)
    """Kinds of the values that operands hold, by the name of the operand."""
    texts: dict[str, str] = field(default_factory=dict)
    """The same values in a few words."""
    spelled: dict[str, str] = field(default_factory=dict)
    """How the program spells each operand that is written into the instruction."""
    given: list[Given] = field(default_factory=list)
    """The operands, in the order of the table: those of the instruction, then those popped."""

    def look(self, name: str, path: Path) -> Value:
        """What a place holds; UnknownError if that is not known."""
        for found in ((name, path), (name, _swapped(path))):
            if found in self.values:
                return self.values[found]
        if path == ("kind",) and name in self.kinds:
            return self.kinds[name]
        return self._inside(name, path)

    def _inside(self, name: str, path: Path) -> Value:
        """An element, or the number, of what is known as a whole."""
        if not path:
            raise UnknownError(name)
        whole, last = self.values.get((name, path[:-1])), path[-1]
        if isinstance(whole, Sequence) and not isinstance(whole, str):
            if last in ("length", "size"):
                return len(whole)
            if isinstance(last, tuple) and len(last) == 1 and 0 <= last[0] < len(whole):
                return whole[last[0]]
        if isinstance(last, tuple) and len(last) == 1:
            for (other, spanned), value in self.values.items():
                if other == name and spanned[:-1] == path[:-1] and spanned and isinstance(spanned[-1], Span):
                    offset = last[0] - spanned[-1].start
                    if isinstance(value, Sequence) and 0 <= offset < len(value):
                        return value[offset]
        raise UnknownError(str(Place(name, path)))

    def place(self, name: str, path: Path = ()) -> Place:
        """A place as the machine calls it: operands by what they are in this instruction."""
        return Place(self.spelled.get(name, name), path)


_MOST_READS = 512
"""Reads that are looked at: those of the operands come first."""
_MOST_POPS = 16
"""Reads among which are all that an instruction pops."""


def _swapped(path: Path) -> Path:
    """The same pair the other way round: a pair has no order."""
    last = path[-1] if path else None
    return (*path[:-1], (last[1], last[0])) if isinstance(last, tuple) and len(last) == 2 else path


def facts_of(
    op: Op,
    line: Line,
    effect: Effect,
    cells: Mapping[str, Sequence[Cell]],
    regions: Sequence[Region] = (),
    meters: Sequence[Meter] = (),
    depth: int = 0,
    stack: str = "",
    words: Words = plainly,
) -> Facts:
    """What is known before an instruction that has, or is about to have, an effect; `depth` loops are open then.

    `stack` is what the machine calls the places that values are popped from.
    """
    facts = Facts(op, line, stack, words)
    _spell(facts)
    for held in cells.values():
        _note_view(facts, held)
    for region in regions:
        _note_region(facts, region)
    _note_reads(facts, effect)
    _note_popped(facts, effect)
    _note_meters(facts, effect, meters)
    facts.values["depth", ()] = depth
    facts.given = list(_given(facts, effect))
    return facts


def _spell(facts: Facts) -> None:
    for operand, word in zip(facts.op.operands, facts.line.operands, strict=False):
        facts.spelled[operand.name] = word.rstrip(",")
        if operand.kind is OperandKind.IMMEDIATE and _NUMBER.fullmatch(word):
            facts.values[operand.name, ()] = int(word, 16) if word.startswith("0x") else int(word)


def _called(facts: Facts, place: str) -> Iterator[str]:
    """The names an instruction has for a place it names."""
    for operand in facts.op.operands:
        if operand.kind is OperandKind.REGISTER and facts.spelled.get(operand.name) == place:
            yield operand.name


def _note_view(facts: Facts, cells: Sequence[Cell]) -> None:
    """How many cells a numbered view has, and what operands hold."""
    wanted = {facts.spelled[each.name] for each in facts.op.operands if each.name in facts.spelled}
    root, bracket, _ = cells[0].name.partition("[") if cells else ("", "", "")
    if bracket:
        facts.values[root, ("length",)] = len(cells)
        return
    for cell in cells:
        if cell.name in wanted:
            for name in _called(facts, cell.name):
                facts.kinds[name], facts.texts[name] = cell.kind, cell.text
                if isinstance(cell.value, int | Sequence):
                    facts.values[name, ()] = cell.value


def _note_region(facts: Facts, region: Region) -> None:
    for name in _called(facts, region.name):
        facts.values[name, ("rows",)], facts.values[name, ("cols",)] = region.grid
        if region.upper:
            facts.values[name, ("size",)] = region.cols


def _note_reads(facts: Facts, effect: Effect) -> None:
    called: dict[str, list[str]] = {}
    for read in effect.reads[:_MOST_READS]:
        place = read.place
        if (names := called.get(place.name)) is None:
            names = called[place.name] = list(_called(facts, place.name))
        for name in names or [place.name]:
            facts.values[name, place.path] = read.value
        if not names and place.name != facts.stack and place.path and isinstance(place.path[0], tuple):
            facts.values.setdefault((place.name, place.path[1:]), read.value)


def _popped(effect: Effect, stack: str) -> list[tuple[Place, Value]]:
    """What it finds on the stack, top first."""
    head = effect.reads[:_MOST_POPS]
    found = [(read.place, read.value) for read in head if read.place.name == stack and len(read.place.path) == 1]
    return found[::-1]


def _note_popped(facts: Facts, effect: Effect) -> None:
    found = _popped(effect, facts.stack)
    for name, (_, value) in zip(facts.op.pops, found, strict=False):
        facts.values[name, ()] = value
    for depth, (_, value) in enumerate(found, 1):
        facts.values[facts.stack, ((-depth,),)] = value
    if found:
        (top,) = found[0][0].path
        facts.values[facts.stack, ("length",)] = top[0] + 1 if isinstance(top, tuple) else len(found)
    facts.values.setdefault((facts.stack, ("length",)), 0)


def _note_meters(facts: Facts, effect: Effect, meters: Sequence[Meter]) -> None:
    for meter in meters:
        if meter.limit is not None:
            facts.values[meter.name, ("left",)] = meter.limit - meter.used
    for name, cost in effect.costs if effect.fault is None else ():
        facts.values[name, ("needed",)] = cost


def _given(facts: Facts, effect: Effect) -> Iterator[Given]:
    for operand in facts.op.operands:
        if operand.name in facts.spelled:
            value = facts.values.get((operand.name, ()))
            yield Given(operand.name, facts.spelled[operand.name], value, facts.texts.get(operand.name, ""))
    names = facts.op.pops or ("top", "below")[: facts.op.keeps]
    for name, (place, value) in zip(names, _popped(effect, facts.stack), strict=False):
        yield Given(name, str(place), value)
