"""Writing a unit, or a function it calls, as Python: the way control takes through it becomes the shape of the text."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet

from vm.mdvm.compiled import bounds
from vm.mdvm.compiled.calling import call, give_back, values_of
from vm.mdvm.compiled.facts import ANY, Facts, Segment
from vm.mdvm.compiled.looping import Hole, Loop
from vm.mdvm.compiled.lowering import COMPARISONS, LOWERINGS, by_handler, condition, truth_text
from vm.mdvm.compiled.runtime import Site
from vm.mdvm.compiled.sheet import Function, Sheet
from vm.mdvm.isa import SAVED
from vm.mdvm.program import Instruction

_DEEPEST = 40
"""Levels of indentation; Python takes a hundred."""
_NESTED = 6
"""Loops within each other; Python takes twenty, and a counted one is two."""
_COPIES = 3
"""How often an instruction is written at most, where ways meet again that are no two sides of a branch."""
_ATTEMPTS = 40
_SHORT, _LAPS = 16, 4
"""Instructions of a loop that goes round more than once in the text, and how often."""
_CHECKED_CHUNK = 4_096

Text = str | Callable[[], str]


class Writer:
    """Writes one function."""

    def __init__(self, sheet: Sheet, function: Function) -> None:
        self.sheet = sheet
        self.function = function
        self.graph = sheet.graph
        self.program = sheet.program
        self._lines: list[tuple[int, Text]] = []
        self._depth = 1
        self._loops: list[Loop] = []
        self._times: dict[int, int] = {}
        self._outside = sheet.surroundings(function.root)
        self.ticks: set[int] = set()
        """What a way through a function has executed where it returns."""
        self.is_even = True
        """Whether nothing but the ways to a return can execute more or less."""
        self.numbers = 0

    def written(self) -> str:
        """The text of the function."""
        function = self.function
        facts = Facts(Segment(), dict(function.kinds), function.params)
        if not function.is_called:
            self._open_unit(facts)
        if function.ticks < 0:
            self.begin(facts, function.root)
        self.is_even, segment = True, facts.segment
        self._walk(function.root, facts, None, arriving=False)
        self.ticks.add(segment.most)  # a way that is left before it returns must not be longer: nobody paid for that
        function.takes(self.ticks.pop() if self.is_even and len(self.ticks) == 1 else -1)
        lines = [f"def {function.name}({', '.join(self._parameters())}):"]
        for depth, text in self._lines:
            spelled = text if isinstance(text, str) else text()
            if spelled:
                lines.append(" " * depth + spelled)
        return "\n".join(lines) + "\n"

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

    # Lines

    def line(self, text: Text, more: int = 0) -> None:
        """Write a line."""
        self._lines.append((self._depth + more, text))
        if len(self._lines) > self.sheet.room:
            raise self.sheet.too_large()

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
        if register not in facts.bound:
            self.function.need(register)
            facts.bound.add(register)

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

    def note(self, pc: int, kinds: tuple[str, ...]) -> None:
        """Take note of the kinds of operands; none where they are not always the same."""
        if self._loops:
            known = self._loops[-1].kinds
            known[pc] = kinds if known.get(pc, kinds) == kinds else ()

    def fits(self, pc: int) -> bool:
        """Whether the result of an instruction is known to fit into 64 bits."""
        return bool(self._loops) and pc in self._loops[-1].unchecked

    def leave(self, pc: int, facts: Facts, *, more: int = 0, guessed: bool = False, entrance: bool = False) -> None:
        """Leave before an instruction."""
        registers = tuple(sorted(facts.dirty))
        for number in registers:
            self.need(facts, number)
        site = self.sheet.keep("S", Site(pc, registers, tuple(facts.passed), guessed, entrance))
        values = values_of(facts, registers)
        room = self.room_left(facts)
        self.line(lambda: f"raise Leave({site}, {room()}, ({values}))", more)

    def room_left(self, facts: Facts) -> Callable[[], str]:
        """The ticks that are left at some point."""
        done, loop = facts.done, self.counted()
        if self.function.ticks >= 0:
            return lambda: str(-done)

        def text() -> str:
            spent = f" - {done}" if done else ""
            return f"room + g{loop.number}{spent}" if loop is not None and loop.uneven else f"room{spent}"

        return text

    def counted(self) -> Loop | None:
        return self._loops[-1] if self._loops and self._loops[-1].counted else None

    def begin(self, facts: Facts, pc: int) -> None:
        """Begin a segment: leave if not all of it can be paid for."""
        self.is_even = False
        segment = facts.segment = Segment()
        facts.done = 0
        self.line(lambda: f"if room < {segment.most}:" if segment.most else "if False:")
        self.leave(pc, facts, more=1)

    def _pay(self, facts: Facts) -> None:
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

    def settle(self, facts: Facts) -> None:
        """Put constants into the registers they are known to be in."""
        for number, text in facts.pending.items():
            self.line(f"r{number} = {text}")
        facts.pending.clear()

    # The way

    def _walk(
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
                went = self._loop(pc, body, facts, until)
                if went is None or went[0] == -1:
                    return went[1] if went else None
                pc, facts = went
                arriving = inner = True
                continue
            arriving = inner = True
            if self._depth > _DEEPEST or self._times.get(pc, 0) >= _COPIES * (facts.laps + 1):
                self.leave(pc, facts)
                return None
            self._times[pc] = self._times.get(pc, 0) + 1
            went = self._instruction(self.program.code[pc], facts, until)
            if went is None or went[0] == -1:
                return went[1] if went else None
            pc, facts = went

    def _ends_at(self, pc: int, facts: Facts) -> bool:
        """Leave, begin the loop anew, or end it, if that is what it means to come to an instruction."""
        if not 0 <= pc < self.program.instructions or pc in self.graph.cuts:
            self.leave(pc, facts)
            return True
        loop = self._loops[-1] if self._loops else None
        if loop is None or (pc in loop.body and pc != loop.header):
            return False
        self.mark(facts)
        if pc == loop.header and facts.laps + 1 < loop.laps:
            facts.laps += 1
            return False
        if pc == loop.header:
            self._again(loop, facts)
        else:
            self._out(loop, pc, facts)
        return True

    def _instruction(self, instruction: Instruction, facts: Facts, until: int | None) -> tuple[int, Facts] | None:
        """Write an instruction: where to go on, -1 for `until`; None if control goes no further."""
        name, pc = instruction.name, instruction.pc
        if instruction.target is not None and not 0 <= instruction.target < self.program.instructions:
            name = ""
        match name:
            case "jump":
                self.ran(facts, pc)
                return instruction.target or 0, facts
            case "jump_if" | "jump_if_not":
                text = truth_text(self, facts, instruction.operands[0])
                return self._branch(instruction, text, -1, facts, until)
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
                return self._branch(self.program.code[pc + 1], text, instruction.operands[0], facts, until)
        lower = LOWERINGS.get(name, by_handler)
        if pc in self.sheet.generic:
            lower = by_handler
        if not lower(self, facts, instruction):
            self.leave(pc, facts)
            return None
        self.ran(facts, pc)
        return pc + 1, facts

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
        if self._loops and (pc not in self._loops[-1].body or pc == self._loops[-1].header):
            return False
        return self._loop_at(pc) is None

    # Branches

    def _branch(
        self, instruction: Instruction, text: str, flag: int, facts: Facts, until: int | None
    ) -> tuple[int, Facts] | None:
        """Write a branch; `flag` is the register of its condition, if that was not written yet."""
        target, pc = instruction.target or 0, instruction.pc
        self.ran(facts, pc)
        self.mark(facts)
        meets = self._joins().get(pc, until)
        taken = instruction.name == "jump_if"
        other = facts.copy()
        self.line(f"if {text}:" if taken else f"if not ({text}):")
        hole = Hole()
        met = self._side(target, facts, meets, flag, taken, hole)
        if met is None or meets is None:
            self._flag(other, flag, not taken)
            return pc + 1, other
        self.line("else:")
        rest = Hole()
        met_too = self._side(pc + 1, other, meets, flag, not taken, rest)
        sides = [(met, hole)] + ([(met_too, rest)] if met_too is not None else [])
        return (-1 if meets == until else meets), self._together(sides, meets)

    def _side(self, pc: int, facts: Facts, until: int | None, flag: int, value: bool, hole: Hole) -> Facts | None:
        self._depth += 1
        self.line("pass")
        self._flag(facts, flag, value)
        met = self._walk(pc, facts, until)
        if met is not None:
            self.settle(met)
        self.line(hole)
        self._depth -= 1
        return met

    def _flag(self, facts: Facts, flag: int, value: bool) -> None:
        """Write the condition of a branch where it is known."""
        if flag >= 0:
            self.put(facts, flag, "bool")
            facts.pending[flag] = str(value)

    def _together(self, sides: Sequence[tuple[Facts, Hole]], pc: int) -> Facts:
        """What is known where several ways come together, all of them having paid alike."""
        first = sides[0][0]
        if all(facts.segment is first.segment for facts, _ in sides):
            most = max(facts.done for facts, _ in sides)
            for facts, hole in sides:
                self._refund(most - facts.done, hole)
                facts.done = most
            met = first
            for facts, _ in sides[1:]:
                met.meet(facts)
            return met
        for facts, hole in sides:
            hole.text = f"room -= {facts.done}" if facts.done else ""
            if facts is not first:
                first.meet(facts)
        self.begin(first, pc)
        return first

    def _refund(self, ticks: int, hole: Hole) -> None:
        if not ticks:
            return
        self.is_even = False
        loop = self.counted()
        if loop is None:
            hole.text = f"room += {ticks}"
        else:
            loop.refunds = True
            hole.text = f"g{loop.number} += {ticks}"

    def _joins(self) -> Mapping[int, int]:
        return self._loops[-1].inside(self.graph)[1] if self._loops else self._outside[1]

    # Loops

    def _loop_at(self, pc: int) -> AbstractSet[int] | None:
        """The loop that an instruction is in, seen from the loop that is being written."""
        inside = self._loops[-1].inside(self.graph)[0] if self._loops else self._outside[0]
        return inside.get(pc)

    def _loop(self, pc: int, body: AbstractSet[int], facts: Facts, until: int | None) -> tuple[int, Facts] | None:
        if len(self._loops) >= _NESTED:
            self.leave(pc, facts)
            return None
        self.mark(facts)
        self.settle(facts)
        self._pay(facts)
        self.numbers += 1
        loop = Loop(pc, body, self.numbers)
        loop.counted = not loop.inside(self.graph)[0] and all(self._is_even_at(each) for each in body)
        known = self._settled(loop, facts)
        plan = bounds.plan(self.program, loop, known) if loop.counted else None
        if loop.counted and len(body) <= _SHORT and len(loop.rests) == 1:
            loop.laps = _LAPS
        if plan is not None or loop.laps > 1:
            self._once_more(loop, known, plan)
        return self._after(loop, until)

    def _is_even_at(self, pc: int) -> bool:
        """Whether an instruction takes ticks that can be told, as all do but most calls."""
        op = self.program.code[pc].op
        return op is None or op.name != "call" or pc in self.sheet.even_calls

    def _settled(self, loop: Loop, facts: Facts) -> Facts:
        """Write a loop, again and again until it knows no more where it begins than where it begins anew."""
        known, start, times = facts.copy(), len(self._lines), self._times.copy()
        for _ in range(_ATTEMPTS):
            loop.forget()
            self._times = times.copy()
            del self._lines[start:]
            self._whole(loop, known)
            # every way is looked at
            changes = [known.meet(each) for each in loop.rests]
            if not any(changes):
                self._start = start
                return known
        raise self.sheet.too_large()

    def _whole(self, loop: Loop, known: Facts, plan: bounds.Plan | None = None) -> None:
        """Write a loop, with what is known where it begins."""
        self.line("while True:")
        self._depth += 1
        facts = known.copy()
        self.begin(facts, loop.header)
        loop.segment = facts.segment
        self._loops.append(loop)
        if not loop.counted:
            self._walk(loop.header, facts, None, arriving=False, inner=False)
        else:
            self.line(lambda: f"g{loop.number} = 0" if loop.uneven else "")
            self._ways(loop, facts, plan)
            self.line("break")
        self._loops.pop()
        self._depth -= 1

    def _ways(self, loop: Loop, facts: Facts, plan: bounds.Plan | None) -> None:
        """Write a counted loop; with a plan, once without the checks that it makes needless, and once with them."""
        if plan is None:
            self._count(loop, facts, _CHECKED_CHUNK)
            return
        for number in plan.read:
            self.read(facts, number)
        for text in plan.lines:
            self.line(text)
        self.line(f"if {plan.condition}:")
        loop.unchecked = plan.unchecked
        self._depth += 1
        self._count(loop, facts.copy(), bounds.CHUNK)
        self._depth -= 1
        self.line("else:")
        loop.unchecked = frozenset()
        self._depth += 1
        self._count(loop, facts, _CHECKED_CHUNK)
        self._depth -= 1

    def _count(self, loop: Loop, facts: Facts, chunk: int) -> None:
        segment, number = loop.segment, loop.number

        def ticks() -> str:
            most = segment.most
            return f"for room in range(room, max({most - 1}, room - {most * max(1, chunk // loop.laps)}), -{most}):"

        self.line(ticks)
        self._depth += 1
        self.line("pass")
        facts.segment = segment
        self._walk(loop.header, facts, None, arriving=False, inner=False)
        self._depth -= 1
        self.line("else:")
        self.line(lambda: f"room += g{number} - {segment.most}" if loop.uneven else f"room -= {segment.most}", 1)
        self.line("continue", 1)

    def _once_more(self, loop: Loop, known: Facts, plan: bounds.Plan | None) -> None:
        """Write a loop again, with all that is known of it now."""
        times = self._times.copy()
        del self._lines[self._start :]
        loop.forget()
        for pc in loop.body:
            times.pop(pc, None)
        self._times = {pc: -_COPIES * loop.laps for pc in loop.body} | times  # it may be written twice
        self._whole(loop, known, plan)

    def _again(self, loop: Loop, facts: Facts) -> None:
        """Begin a loop anew."""
        self.settle(facts)
        loop.rests.append(facts)
        done, segment = facts.done, loop.segment
        if loop.counted:
            self.line(lambda: f"g{loop.number} += {segment.most - done}" if segment.most != done else "")
        elif done:
            self.line(f"room -= {done}")
        self.line("continue")

    def _out(self, loop: Loop, pc: int, facts: Facts) -> None:
        """End a loop."""
        self.settle(facts)
        facts.laps = 0
        done = facts.done
        if loop.counted:
            room = self.room_left(facts)
            self.line(lambda: f"room = {room()}" if room() != "room" else "")
        elif done:
            self.line(f"room -= {done}")
        facts.done = 0
        loop.exits.setdefault(pc, []).append(facts)
        number = list(loop.exits).index(pc)
        self.line(lambda: f"x{loop.number} = {number}" if len(loop.exits) > 1 else "")
        self.line("break")

    def _after(self, loop: Loop, until: int | None) -> tuple[int, Facts] | None:
        """Go on where a loop has ended."""
        exits = []
        for pc, known in loop.exits.items():
            for each in known[1:]:
                known[0].meet(each)
            exits.append((pc, known[0]))
        if not exits:
            return None
        if len(exits) == 1:
            pc, facts = exits[0]
            self.begin(facts, pc)
            return pc, facts
        sides: list[tuple[Facts, Hole]] = []
        for number, (pc, facts) in enumerate(exits):
            hole = Hole()
            self.line(f"if x{loop.number} == {number}:")
            self._depth += 1
            self.begin(facts, pc)
            met = self._walk(pc, facts, until)
            if met is not None:
                self.settle(met)
            self.line(hole)
            self._depth -= 1
            if met is not None:
                sides.append((met, hole))
        if not sides or until is None:
            return None
        return -1, self._together(sides, until)
