"""A unit while it is written: its functions, and what its text names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING

from vm.mdvm.compiled.facts import ANY, NEVER, common
from vm.mdvm.compiled.graph import Graph, joins, loops
from vm.mdvm.values import Slot

if TYPE_CHECKING:
    from vm.mdvm.compiled.runtime import CallSite, Site

MOST_LINES = 6_000
"""Lines of a function; what would have more is left to the interpreter."""
MOST_WORK = 30_000
"""Lines that are written for a unit in all, over all rounds, before it is left to the interpreter."""
_MOST_FUNCTIONS = 24
_VERSIONS = 3
"""Functions that are written for one entry, each for other kinds of arguments."""
_TYPES = {"int": "int", "float": "float", "bool": "bool", "str": "str", "array": "Array", "dict": "Dict",
          "empty": "Empty"}  # fmt: skip


class TooLargeError(Exception):
    """A unit would be larger than is sensible."""


class Function:
    """What is known of a Python function that is part of a unit, or is the unit itself."""

    def __init__(self, name: str, root: int, kinds: Mapping[int, str], *, is_called: bool) -> None:
        self.name = name
        self.root = root
        self.kinds = kinds
        """Kinds of registers where it begins."""
        self.is_called = is_called
        self.params: set[int] = set()
        """Registers it takes."""
        self.relied: set[int] = set()
        """Those among them whose kind matters."""
        self.result = NEVER
        self.void = False
        """Whether it can give nothing back."""
        self.ticks = -1
        """What it executes, if that is always as much and it neither calls nor loops: then it is given no room."""
        self._is_uneven = not is_called
        self.changed = False

    def takes(self, ticks: int) -> None:
        """Take note of what it executes; -1 for one that is not always the same."""
        if self._is_uneven:
            return
        if ticks < 0 <= self.ticks:
            self._is_uneven = True
        if ticks != self.ticks:
            self.ticks, self.changed = ticks, True

    def need(self, register: int) -> None:
        """Take a register."""
        if register not in self.params:
            self.params.add(register)
            self.changed = True

    def rely(self, register: int) -> None:
        """Take note that what is in a parameter is looked at."""
        if register not in self.relied:
            self.relied.add(register)
            self.changed = True

    def returns(self, kind: str, *, void: bool) -> None:
        """Take note of what it can give back."""
        result = common(self.result, kind)
        if result != self.result or (void and not self.void):
            self.result, self.void, self.changed = result, self.void or void, True


class Sheet:
    """What the functions of a unit have in common."""

    room = MOST_LINES

    def __init__(
        self, graph: Graph, registers: Sequence[Slot], reached: AbstractSet[int], generic: AbstractSet[int]
    ) -> None:
        self.graph = graph
        self.program = graph.program
        self.generic = generic
        """Instructions that are done by their handlers, as the kinds of what they find differ."""
        self.defined = frozenset(
            each.operands[0] for each in self.program.code if each.op is not None and each.op.name == "define"
        )
        """Registers whose tags the program sets."""
        self.registers = registers
        """What is in the registers while the unit is written."""
        self._reached = reached
        self.names: dict[str, object] = {}
        self.marks: list[tuple[int, ...]] = []
        self.unmarked: set[int] = set()
        """Instructions that are not marked, as they were reached before."""
        self.handlers: set[int] = set()
        self.functions: dict[tuple[int, tuple[tuple[int, str], ...]], Function] = {}
        self.even_calls: set[int] = set()
        """Calls of functions that always execute as much."""
        self.uneven_calls: set[int] = set()
        self.used: dict[Function, None] = {}
        """Functions that are called."""
        self.work = 0
        """Lines that were written so far, and as much else as takes as long."""
        self._surroundings: dict[int, tuple[Mapping[int, AbstractSet[int]], Mapping[int, int]]] = {}

    def begin(self) -> None:
        """Begin a round of writing."""
        self.names.clear()
        self.marks.clear()
        self.unmarked.clear()
        self.handlers.clear()
        self.used.clear()

    def too_large(self) -> TooLargeError:
        """What is raised where writing goes on for too long."""
        return TooLargeError()

    def spend(self, lines: int) -> None:
        """Take account of work, as many lines as take that long; TooLargeError once it was enough."""
        self.work += lines
        if self.work > MOST_WORK:
            raise self.too_large()

    def surroundings(self, root: int) -> tuple[Mapping[int, AbstractSet[int]], Mapping[int, int]]:
        """The loops, and where branches come together, in what is reached from an instruction."""
        found = self._surroundings.get(root)
        if found is None:
            within = self.graph.reached_from(root)
            self.spend(len(within))
            found = self._surroundings[root] = loops(self.graph, within), joins(self.graph, within, frozenset())
        return found

    def keep(self, letter: str, thing: Site | CallSite | Slot) -> str:
        """The name that the text has for an object."""
        name = f"{letter}{len(self.names)}"
        self.names[name] = thing
        return name

    def mark(self, pcs: Sequence[int]) -> int:
        """The number of the mark that instructions were executed; -1 if none of them needs one."""
        fresh = tuple(pc for pc in pcs if pc not in self._reached)
        self.unmarked.update(pc for pc in pcs if pc in self._reached)
        if not fresh:
            return -1
        self.marks.append(fresh)
        return len(self.marks) - 1

    @staticmethod
    def type_of(kind: str) -> str:
        """The name of the type of values of a kind."""
        return _TYPES[kind]

    def entry(self, name: Slot) -> int | None:
        """Where a call by a constant leads; None if that is unknown, or no place to go on at."""
        program = self.program
        if type(name) is int:
            name = program.by_entry.get(name, f"func_{name}")
        found = program.functions.get(name) if type(name) is str else None
        if found is None or not 0 <= found < program.instructions or found in self.graph.cuts:
            return None
        return found

    def function(self, entry: int, kinds: Mapping[int, str]) -> Function:
        """The function for an entry, and arguments of certain kinds."""
        key = (entry, tuple(sorted((to, kind) for to, kind in kinds.items() if kind not in (ANY, NEVER))))
        if key not in self.functions and sum(each == entry for each, _ in self.functions) >= _VERSIONS:
            key = (entry, ())
        found = self.functions.get(key)
        if found is None:
            if len(self.functions) >= _MOST_FUNCTIONS:
                raise TooLargeError
            found = Function(f"f{len(self.functions)}", entry, dict(key[1]), is_called=True)
            self.functions[key] = found
        self.used[found] = None
        return found
