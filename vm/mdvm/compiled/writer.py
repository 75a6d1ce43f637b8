"""Writing a unit, or a function it calls, as Python: the way control takes through it becomes the shape of the text."""

from __future__ import annotations

from collections.abc import Set as AbstractSet

from vm.mdvm.compiled.branching import branch, know
from vm.mdvm.compiled.calling import call, give_back
from vm.mdvm.compiled.facts import ANY, Facts, Segment
from vm.mdvm.compiled.looping import COPIES, again, out, write_loop
from vm.mdvm.compiled.lowering import COMPARISONS, LOWERINGS, by_handler, condition, truth_text
from vm.mdvm.compiled.page import Page
from vm.mdvm.compiled.sheet import Function, Sheet
from vm.mdvm.compiled.strides import Stride
from vm.mdvm.isa import SAVED
from vm.mdvm.program import Instruction

_DEEPEST = 40
"""Levels of indentation; Python takes a hundred."""


class Writer(Page):
    """Writes one function."""

    def __init__(self, sheet: Sheet, function: Function) -> None:
        super().__init__(sheet, function)
        self.times: dict[int, int] = {}
        """How often each instruction was written."""
        self.outside = sheet.surroundings(function.root)
        """The loops outside all loops, and where branches come together there."""
        self.numbers = 0
        """Loops that were begun."""

    def written(self) -> str:
        """The text of the function."""
        function = self.function
        facts = Facts(Segment(), dict(function.kinds), function.params)
        if not function.is_called:
            self._open_unit(facts)
        if function.ticks < 0:
            self.begin(facts, function.root)
        self.is_even, segment = True, facts.segment
        self.walk(function.root, facts, None, arriving=False)
        self.ticks.add(segment.most)  # a way that is left before it returns must not be longer: nobody paid for that
        function.takes(self.ticks.pop() if self.is_even and len(self.ticks) == 1 else -1)
        return "\n".join([f"def {function.name}({', '.join(self._parameters())}):", *self.spelled()]) + "\n"

    def _parameters(self) -> list[str]:
        names = [f"r{number}" for number in sorted(self.function.params)] if self.function.is_called else []
        return names if self.function.ticks >= 0 else ["room", "deep", *names]

    def _open_unit(self, facts: Facts) -> None:
        """Take the registers from the machine, and leave at once if one is of another kind than it was."""
        function = self.function
        for number in sorted(function.params):
            self.line(f"r{number} = R[{number}]")
        tests = [
            f"type(r{number}) is not {self.sheet.type_of(facts.kind(number))}"
            for number in sorted(function.relied)
            if facts.kind(number) != ANY
        ]
        if tests:
            self.line(f"if {' or '.join(tests)}:")
            self.leave(function.root, facts, more=1, entrance=True)

    def walk(
        self, pc: int, facts: Facts, until: int | None, *, arriving: bool = True, inner: bool = True
    ) -> Facts | None:
        """Write what happens from an instruction on, at most until control comes to another one.

        What is known there; None if control never does.
        """
        while True:
            if arriving:
                if pc == until:
                    self.mark(facts)
                    return facts
                if self._ends_at(pc, facts):
                    return None
            body = self._loop_at(pc) if inner and (arriving or pc not in self.graph.cuts) else None
            if body is not None:
                went = write_loop(self, pc, body, facts, until)
                if went is None or went[0] == -1:
                    return went[1] if went else None
                pc, facts = went
                arriving = inner = True
                continue
            arriving = inner = True
            if self.depth > _DEEPEST or self.times.get(pc, 0) >= COPIES * (facts.laps + 1):
                self.leave(pc, facts)
                return None
            self.times[pc] = self.times.get(pc, 0) + 1
            went = self._instruction(self.program.code[pc], facts, until)
            if went is None or went[0] == -1:
                return went[1] if went else None
            pc, facts = went

    def _ends_at(self, pc: int, facts: Facts) -> bool:
        """Leave, begin the loop anew, or end it, if that is what it means to come to an instruction."""
        if not 0 <= pc < self.program.instructions or pc in self.graph.cuts:
            self.leave(pc, facts)
            return True
        loop = self.loops[-1] if self.loops else None
        if loop is None or (pc in loop.body and pc != loop.header):
            return False
        self.mark(facts)
        if pc == loop.header and facts.laps + 1 < loop.way.laps:
            facts.laps += 1
            return False
        if pc == loop.header:
            again(self, loop, facts)
        else:
            out(self, loop, pc, facts)
        return True

    def _instruction(self, instruction: Instruction, facts: Facts, until: int | None) -> tuple[int, Facts] | None:
        """Write an instruction: where to go on, -1 for `until`; None if control goes no further."""
        name, pc = instruction.name, instruction.pc
        if instruction.target is not None and not 0 <= instruction.target < self.program.instructions:
            name = ""
        stride = self.loops[-1].way.stride if self.loops else None
        if stride is not None and pc == stride.update:
            self._step(facts, stride)
            return pc + 1, facts
        if stride is not None and pc in stride.tests and self._is_known(instruction, until):
            return self._pass(instruction, facts, stride.tests[pc])
        match name:
            case "jump":
                self.ran(facts, pc)
                return instruction.target or 0, facts
            case "jump_if" | "jump_if_not":
                text = truth_text(self, facts, instruction.operands[0])
                return branch(self, instruction, text, -1, facts, until)
            case "call":
                return call(self, instruction, facts)
            case "return" if self.function.is_called:
                give_back(self, instruction, facts)
                return None
            case "" | "return" | "halt" | "phi" | "assert" | "scope_enter" | "scope_exit":
                self.leave(pc, facts)
                return None
        if name in COMPARISONS and self._is_tested(instruction, until):
            text = condition(self, facts, instruction)
            if text:
                self.ran(facts, pc)
                return branch(self, self.program.code[pc + 1], text, instruction.operands[0], facts, until)
        lower = LOWERINGS.get(name, by_handler)
        if pc in self.sheet.generic:
            lower = by_handler
        if not lower(self, facts, instruction):
            self.leave(pc, facts)
            return None
        self.ran(facts, pc)
        return pc + 1, facts

    def _step(self, facts: Facts, stride: Stride) -> None:
        """Take note that what a loop counts by goes on: nothing is written for that."""
        counter = stride.counter
        self.put(facts, counter, "int")
        if not stride.is_ahead:
            facts.pending[counter] = f"(r{counter} + {stride.step})"
        self.ran(facts, stride.update)

    def _is_known(self, instruction: Instruction, until: int | None) -> bool:
        """Whether what comes out of a test need not be looked at, once its rounds are bounded."""
        return instruction.name not in COMPARISONS or self._is_tested(instruction, until)

    def _pass(self, instruction: Instruction, facts: Facts, holds: bool) -> tuple[int, Facts]:
        """Go on behind a test of which it is known how it comes out."""
        self.ran(facts, instruction.pc)
        jump = instruction
        if instruction.name in COMPARISONS:
            know(self, facts, instruction.operands[0], holds)
            jump = self.program.code[instruction.pc + 1]
            self.ran(facts, jump.pc)
        self.mark(facts)
        taken = holds == (jump.name == "jump_if")
        return (jump.target or 0) if taken else jump.pc + 1, facts

    def _is_tested(self, instruction: Instruction, until: int | None) -> bool:
        """Whether the next instruction is a branch by the register that a comparison writes, and nothing else."""
        pc = instruction.pc + 1
        if (
            pc >= self.program.instructions
            or pc in self.graph.cuts
            or pc == until
            or instruction.pc in self.sheet.generic
        ):
            return False
        after, written = self.program.code[pc], instruction.operands[0]
        if after.op is None or after.op.name not in ("jump_if", "jump_if_not") or after.operands[0] != written:
            return False
        target = after.target
        if target is None or not 0 <= target < self.program.instructions or written >= SAVED:
            return False
        if self.loops and (pc not in self.loops[-1].body or pc == self.loops[-1].header):
            return False
        return self._loop_at(pc) is None

    def _loop_at(self, pc: int) -> AbstractSet[int] | None:
        """The loop that an instruction is in, seen from the loop that is being written."""
        inside = self.loops[-1].inside(self.graph)[0] if self.loops else self.outside[0]
        return inside.get(pc)
