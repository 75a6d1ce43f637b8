"""A loop as one over a register that steps, for as many rounds as its tests are known to come out alike."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from vm.mdvm.compiled.bounds import Plan, read_by
from vm.mdvm.compiled.facts import Facts
from vm.mdvm.compiled.graph import Graph
from vm.mdvm.compiled.loop import Loop
from vm.mdvm.compiled.signs import Signs, signs
from vm.mdvm.compiled.steps import Line, Step, Steps, constant
from vm.mdvm.isa import SAVED
from vm.mdvm.program import Instruction
from vm.values import dataclass

_OPPOSITE = {"lt": "gte", "gte": "lt", "gt": "lte", "lte": "gt", "eq": "neq", "neq": "eq"}


@dataclass(frozen=True, slots=True)
class Stride:
    """How to go round by a register."""

    counter: int
    update: int
    """Index of the instruction that makes the step."""
    step: str
    """The text of the step."""
    is_ahead: bool
    """Whether the variable holds from the beginning of a round what is in the register after the step."""
    tests: Mapping[int, bool]
    """By instruction, a comparison or a branch by a register: how what is tested comes out."""
    limits: Sequence[str]
    """Texts of numbers of rounds for which all this holds."""
    gap: str
    """The text of a number: if that is small, so is the number of rounds, but for loops that hardly ever end."""


@dataclass(frozen=True, slots=True)
class Best:
    """How to write a loop so that it does as little as possible."""

    condition: str
    """What must hold where it begins; empty for nothing."""
    least: Mapping[int, tuple[int, int]]
    """For divisions: what their operands are known to be at least."""
    stride: Stride | None
    read: Sequence[int]
    """Registers that the texts look at."""


def plan(graph: Graph, loop: Loop, known: Facts, bounds: Plan | None) -> Best | None:
    """The best way to write a loop whose instructions have been seen once; None if there is none but the common one."""
    steps = Steps(graph, loop, known, bounds.unchecked if bounds is not None else frozenset())
    tests = dict(_tests(graph, loop, steps))
    found = signs(graph, loop, known, steps)
    if found is None and not tests:
        return None
    conditions, tested, least = [], sorted(found.tested) if found is not None else [], {}
    if found is not None:
        least = dict(found.least)
        conditions = [f"r{register} >= 0" for register in tested]
        steps.look_at(*tested)
    stride = _stride(steps, tests, found)
    if stride is not None and steps.found[stride.counter].line.by is None:
        conditions.insert(0, stride.step)  # it does step
    if stride is None and not conditions and not least:
        return None
    return Best(" and ".join(conditions), least, stride, tuple(steps.read))


@dataclass(frozen=True, slots=True)
class _Test:
    """A test that comes out alike as long as a difference is positive, or is not zero."""

    holds: bool
    gap: Line
    is_unequal: bool
    registers: tuple[int, ...]

    def limit(self) -> str:
        """The text of a number of rounds for which it does."""
        start, step, by = self.gap.start, self.gap.step, self.gap.by
        if self.is_unequal:
            return f"unequal_rounds({start}, {step})"
        if by is not None and by < 0:
            return start if by == -1 else f"-({start} // {step})"
        return f"positive_rounds({start}, {step})"


def _tests(graph: Graph, loop: Loop, steps: Steps) -> Iterator[tuple[int, _Test]]:
    """The tests that come out alike for a number of rounds, by instruction."""
    for jump in steps.code:
        stays = _stays(graph, loop, jump)
        if stays is None:
            continue
        register = jump.operands[0]
        step = steps.found.get(register)
        if step is not None and stays:
            yield jump.pc, _Test(True, step.at(jump.pc), True, (register,))
        before = graph.program.code[jump.pc - 1] if jump.pc - 1 in loop.body else None
        if before is not None and before.name in _OPPOSITE and before.operands[0] == register < SAVED:
            test = _comparing(steps, before, stays)
            if test is not None:
                yield before.pc, test


def _stays(graph: Graph, loop: Loop, jump: Instruction) -> bool | None:
    """What the condition of a branch is if it stays in the loop; None if that is not the question."""
    target, pc = jump.target, jump.pc
    if jump.name not in ("jump_if", "jump_if_not") or target is None:
        return None
    inside = target in loop.body, pc + 1 in loop.body
    if inside[0] == inside[1] or not 0 <= target < graph.program.instructions:
        return None
    return inside[0] == (jump.name == "jump_if")


def _comparing(steps: Steps, each: Instruction, stays: bool) -> _Test | None:
    _, a, b = each.operands
    left, right = steps.linear(a, each.pc), steps.linear(b, each.pc)
    if left is None or right is None or not steps.is_of_ints(each.pc) or not {a, b} & steps.found.keys():
        return None
    name = each.name if stays else _OPPOSITE[each.name]
    gaps = {
        "lt": lambda: right.minus(left), "lte": lambda: right.minus(left, 1), "gt": lambda: left.minus(right),
        "gte": lambda: left.minus(right, 1), "neq": lambda: left.minus(right),
    }  # fmt: skip
    return _Test(stays, gaps[name](), name == "neq", (a, b)) if name in gaps else None


def _stride(steps: Steps, tests: Mapping[int, _Test], found: Signs | None) -> Stride | None:
    """How to go round by the register that is looked at least on one side of its step."""
    stepping = sorted(found.stepping) if found is not None else []
    if not tests and not stepping:
        return None
    for test in tests.values():
        steps.look_at(*test.registers)
    steps.look_at(*stepping)
    sides = {register: _looks(steps, step, tests) for register, step in steps.found.items()}
    counter = min(sides, key=lambda register: (min(sides[register]), register))
    steps.look_at(counter)
    step = steps.found[counter]
    limits = [each.limit() for each in tests.values()]
    limits += [
        f"positive_rounds({_more(steps.found[each].line)}, {steps.found[each].line.step}) - 1" for each in stepping
    ]
    gap = next((each.gap.start for each in tests.values()), "")
    return Stride(
        counter, step.update, step.line.step, sides[counter][1] > sides[counter][0],
        {pc: test.holds for pc, test in tests.items()}, tuple(dict.fromkeys(limits)), gap,
    )  # fmt: skip


def _more(line: Line) -> str:
    return line.minus(constant(0), 1).start


def _looks(steps: Steps, step: Step, tests: Mapping[int, _Test]) -> tuple[int, int]:
    """How many instructions look at a register before its step, and behind it."""
    sides = [0, 0]
    for each in steps.code:
        if each.pc != step.update and each.pc not in tests:
            sides[each.pc in step.later] += list(read_by(each)).count(step.register)
    return sides[0], sides[1]
