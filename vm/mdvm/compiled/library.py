"""What has been compiled of a program. Machines with the same program share it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from types import CodeType

from vm.mdvm.compiled.facts import ANY, common, kind_of
from vm.mdvm.compiled.graph import Graph, loops
from vm.mdvm.compiled.sheet import Function, Sheet, TooLargeError
from vm.mdvm.compiled.writer import Writer
from vm.mdvm.isa import SAVED
from vm.mdvm.program import Program
from vm.mdvm.values import Slot
from vm.values import dataclass

_ROUNDS = 40
_MOST_UNITS = 400
"""Units of a program, over all that were written anew; then what there is must do."""
MOST_WORK = 200_000
"""Lines that are written for a program in all, however often anew; then what there is must do."""
MOST_VERSIONS = 6
"""Units that are written for one instruction, each for what was found there by then."""


@dataclass(frozen=True, slots=True, eq=False)
class Unit:
    """A part of a program as a function."""

    root: int
    text: str
    code: CodeType
    names: Mapping[str, object]
    handlers: Sequence[int]
    """Indices of the instructions whose handlers it calls."""
    marks: Sequence[tuple[int, ...]]
    """The instructions it marks as reached, by number of the mark."""
    unmarked: AbstractSet[int]
    """Those it does not mark; who runs it must have reached them before."""
    kinds: Mapping[int, str]
    """Kinds that registers must have where it begins."""


class Shelf:
    """The units of a program that stop before certain instructions."""

    def __init__(self, program: Program, cuts: AbstractSet[int]) -> None:
        self.graph = Graph(program, cuts)
        self.units: dict[int, list[Unit]] = {}
        self.versions: Counter[int] = Counter()
        """How many units were written for an instruction."""
        self.hopeless: set[int] = set()
        """Where no unit can begin."""
        self._around: dict[int, Sequence[int]] = {}
        self._seen: dict[int, dict[int, str]] = {}
        """By root: the kinds of registers that were found there so far."""

    def forget(self, unit: Unit) -> None:
        """Never use a unit again."""
        self.units[unit.root] = [each for each in self.units[unit.root] if each is not unit]

    def loops_around(self, pc: int) -> Sequence[int]:
        """Where the loops begin that an instruction is in, the outermost first."""
        found = self._around.get(pc)
        if found is None:
            found = self._around[pc] = tuple(self._found_around(pc))
        return found

    def _found_around(self, pc: int) -> Iterator[int]:
        within: AbstractSet[int] = frozenset(range(self.graph.program.instructions))
        while True:
            body = loops(self.graph, within).get(pc)
            heads = sorted(body & self.graph.heads) if body else []
            if body is None or not heads:
                return
            yield heads[0]
            within = body - {heads[0]}

    def kinds_at(self, root: int, registers: Sequence[Slot]) -> Mapping[int, str]:
        """The kinds of registers, those that differ from what was found before being unknown."""
        now = {number: kind_of(registers[number]) for number in range(SAVED)}
        before = self._seen.get(root, now)
        kinds = {number: common(kind, before[number]) for number, kind in now.items()}
        self._seen[root] = kinds
        return kinds


class Library:
    """All units of one program."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._shelves: dict[frozenset[int], Shelf] = {}
        self.generic: set[int] = set()
        """Instructions that are done by their handlers, as what they find is of several kinds."""
        self._count = self._work = 0

    def shelf(self, cuts: AbstractSet[int]) -> Shelf:
        """The units that stop before certain instructions."""
        key = frozenset(cuts)
        if key not in self._shelves:
            while len(self._shelves) >= 8:
                self._shelves.pop(next(iter(self._shelves)))
            self._shelves[key] = Shelf(self._program, key)
        return self._shelves[key]

    def unit(
        self,
        shelf: Shelf,
        root: int,
        registers: Sequence[Slot],
        reached: Callable[[], AbstractSet[int]],
        *,
        fresh: bool,
    ) -> Unit | None:
        """A unit that begins at an instruction and fits what is there now; `fresh` for none that there is already.

        What was `reached` takes long to tell.
        """
        known = shelf.units.get(root, [])
        if not fresh:
            for unit in known:
                if all(kind_of(registers[r]) == k for r, k in unit.kinds.items()) and unit.unmarked <= reached():
                    return unit
        if root in shelf.hopeless or shelf.versions[root] >= MOST_VERSIONS or self._is_enough():
            return None
        self._count += 1
        shelf.versions[root] += 1
        sheet = Sheet(shelf.graph, tuple(registers), reached(), self.generic)
        try:
            unit = written(sheet, root, shelf.kinds_at(root, registers))
        except (TooLargeError, RecursionError):
            shelf.hopeless.add(root)
            return None
        finally:
            self._work += sheet.work
        shelf.units.setdefault(root, []).insert(0, unit)
        return unit

    def _is_enough(self) -> bool:
        return self._count >= _MOST_UNITS or self._work >= MOST_WORK


def library_of(program: Program) -> Library:
    """The library of a program."""
    found = program.library
    if not isinstance(found, Library):
        found = program.library = Library(program)
    return found


def written(sheet: Sheet, root: int, kinds: Mapping[int, str]) -> Unit:
    """Write a unit, round by round until nothing new comes up about its functions; TooLargeError."""
    known = {number: kind for number, kind in kinds.items() if kind != ANY}
    unit = Function("unit", root, known, is_called=False)
    for _ in range(_ROUNDS):
        sheet.begin()
        functions = [unit]
        texts = []
        for function in functions:  # grows while it is written
            function.changed = False
            texts.append(Writer(sheet, function).written())
            functions += [each for each in sheet.used if each not in functions]
        if not any(function.changed for function in functions):
            return _made(sheet, unit, "".join(texts))
    raise TooLargeError


def _made(sheet: Sheet, unit: Function, text: str) -> Unit:
    names = {name: thing for name, thing in sheet.names.items() if name in text}
    code = compile(text, "<compiled>", "exec", dont_inherit=True)
    kinds = {number: unit.kinds[number] for number in unit.relied if number in unit.kinds}
    return Unit(
        unit.root, text, code, names, tuple(sheet.handlers), tuple(sheet.marks), frozenset(sheet.unmarked), kinds
    )
