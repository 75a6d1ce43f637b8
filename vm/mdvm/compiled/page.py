"""The text of one function while it is written, and the account of its ticks.

A line is a text, or what makes it once all is known; a line that comes to nothing is left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from vm.mdvm.compiled.facts import Facts, Segment
from vm.mdvm.compiled.loop import Loop
from vm.mdvm.compiled.runtime import Site
from vm.mdvm.compiled.sheet import Function, Sheet
from vm.mdvm.isa import SAVED

Text = str | Callable[[], str]


class Page:
    """Lines, registers that are read and written in them, and ticks that are paid for."""

    def __init__(self, sheet: Sheet, function: Function) -> None:
        self.sheet = sheet
        self.function = function
        self.graph = sheet.graph
        self.program = sheet.program
        self.lines: list[tuple[int, Text]] = []
        self.depth = 1
        """Levels of indentation."""
        self.loops: list[Loop] = []
        """The loops that are being written, the outermost first."""
        self.ticks: set[int] = set()
        """What a way through a function has executed where it returns."""
        self.is_even = True
        """Whether nothing but the ways to a return can execute more or less."""

    # Lines

    def line(self, text: Text, more: int = 0) -> None:
        """Write a line."""
        self.lines.append((self.depth + more, text))
        self.sheet.spend(1)
        if len(self.lines) > self.sheet.room:
            raise self.sheet.too_large()

    def spelled(self) -> Iterator[str]:
        """The lines as they are in the end."""
        opened = -1
        for depth, text in self.lines:
            line = text if isinstance(text, str) else text()
            if not line:
                continue
            if depth <= opened:
                yield " " * (opened + 1) + "pass"
            yield " " * depth + line
            opened = depth if line.endswith(":") else -1
        if opened >= 0:
            yield " " * (opened + 1) + "pass"

    # Registers

    def read(self, facts: Facts, register: int) -> str:
        """The text of what is in a register."""
        if register >= SAVED:
            return f"R[{register}]"
        if register in facts.pending:
            return facts.pending[register]
        self.need(facts, register)
        if register in self.function.params:
            self.function.rely(register)
        return f"r{register}"

    def need(self, facts: Facts, register: int) -> None:
        """Have a variable hold a register."""
        if register not in facts.bound:
            self.function.need(register)
            facts.bound.add(register)
        if self.loops:
            self.loops[-1].way.looked.add(register)

    def values(self, facts: Facts, registers: tuple[int, ...]) -> str:
        """The text of what is in registers, as the items of a tuple."""
        texts = []
        for number in registers:
            if number not in facts.pending:
                self.need(facts, number)
            texts.append(facts.pending.get(number, f"r{number}") + ", ")
        return "".join(texts)

    @staticmethod
    def name(register: int) -> str:
        """The text of a register that is written."""
        return f"R[{register}]" if register >= SAVED else f"r{register}"

    def put(self, facts: Facts, register: int, kind: str) -> None:
        """Take note that a register was written, and have its tag be that of the value."""
        facts.put(register, kind)
        if register in self.sheet.defined and register not in facts.untagged:
            self.line(f"T.pop({register}, None)")
            if register < SAVED:
                facts.untagged.add(register)

    def settle(self, facts: Facts, *, stepping: bool = False) -> None:
        """Put what is known to be in registers into them; what a loop counts by only if that is over (`stepping`)."""
        loop = self.counted()
        kept = loop.way.counter if loop is not None and not stepping else -1
        for number, text in facts.pending.items():
            if number != kept:
                self.line(f"r{number} = {text}")
        facts.pending = {number: text for number, text in facts.pending.items() if number == kept}

    # What is known of the instructions of a loop

    def note(self, pc: int, kinds: tuple[str, ...]) -> None:
        """Take note of the kinds of operands; none where they are not always the same."""
        if self.loops:
            known = self.loops[-1].kinds
            known[pc] = kinds if known.get(pc, kinds) == kinds else ()

    def fits(self, pc: int) -> bool:
        """Whether the result of an instruction is known to fit into 64 bits."""
        return bool(self.loops) and pc in self.loops[-1].way.unchecked

    def least(self, pc: int) -> tuple[int, int]:
        """What both operands of a division are known to be at least: 0, 1, or -1 for anything."""
        return self.loops[-1].way.least.get(pc, (-1, -1)) if self.loops else (-1, -1)

    def counted(self) -> Loop | None:
        """The loop that is being written, if it is one over the ticks that are left."""
        return self.loops[-1] if self.loops and self.loops[-1].counted else None

    # Ticks

    def leave(self, pc: int, facts: Facts, *, more: int = 0, guessed: bool = False, entrance: bool = False) -> None:
        """Leave before an instruction."""
        registers = tuple(sorted(facts.dirty))
        values = self.values(facts, registers)
        site = self.sheet.keep("S", Site(pc, registers, tuple(facts.passed), guessed, entrance))
        room = self.room_left(facts)
        self.line(lambda: f"raise Leave({site}, {room()}, ({values}))", more)

    def room_left(self, facts: Facts) -> Callable[[], str]:
        """The ticks that are left at some point."""
        done, loop = facts.done, self.counted()
        if self.function.ticks >= 0:
            return lambda: str(-done)
        way = loop.way if loop is not None else None

        def text() -> str:
            spent = f" - {done}" if done else ""
            return f"{way.room()}{spent}" if way is not None else f"room{spent}"

        return text

    def begin(self, facts: Facts, pc: int) -> None:
        """Begin a segment: leave if not all of it can be paid for."""
        self.is_even = False
        segment = facts.segment = Segment()
        facts.done = 0
        self.line(lambda: f"if room < {segment.most}:" if segment.most else "if False:")
        self.leave(pc, facts, more=1)

    def pay(self, facts: Facts) -> None:
        """Take what was executed from the ticks that are left."""
        if facts.done:
            self.line(f"room -= {facts.done}")
            facts.done = 0

    def ran(self, facts: Facts, pc: int) -> None:
        """Take note that an instruction was executed."""
        facts.done += 1
        facts.segment.most = max(facts.segment.most, facts.done)
        facts.passed.append(pc)

    def mark(self, facts: Facts) -> None:
        """Have what was executed be known as reached."""
        number = self.sheet.mark(facts.passed)
        if number >= 0:
            self.line(f"M[{number}] = 1")
        facts.passed.clear()
