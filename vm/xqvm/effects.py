"""What one instruction read and wrote, place by place.

Coefficients report their own writes (an expansion may touch one twice); everything else is told
from the state on either side of the instruction, by rules its row of the table has chosen.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import count, zip_longest
from typing import TYPE_CHECKING, Any, Generic, TypeVar, overload

from vm.contract import Effect, Place, Read, Write
from vm.isa import Flow
from vm.xqvm.blocks import Step
from vm.xqvm.coefficients import CancellableCoefficients, CoefficientWrite, ObservedCoefficients
from vm.xqvm.reads import Many, read_rule, stack_place
from vm.xqvm.writes import write_rule

if TYPE_CHECKING:
    from vm.xqvm.engine import Engine

T = TypeVar("T")

MANY = 256
"""Coefficients or cells of one instruction above which an item is made only when it is asked for."""

_ELSEWHERE = frozenset({Flow.JUMP, Flow.BRANCH, Flow.LOOP_OPEN, Flow.LOOP_CLOSE})
_PC = Place("pc")


class Listing(Sequence[T], Generic[T]):
    """Some items, and behind them others, made when they are asked for."""

    def __init__(self, first: Sequence[T], others: Sequence[Any], make: Callable[[Any], T]) -> None:
        self._first = first
        self._others = others
        self._make = make
        self._made: dict[int, T] = {}
        """Those of the first ones that were asked for: several will be looked at by all who show the instruction."""

    def __len__(self) -> int:
        return len(self._first) + len(self._others)

    @overload
    def __getitem__(self, index: int) -> T: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[T]: ...
    def __getitem__(self, index: int | slice) -> T | Sequence[T]:
        if isinstance(index, slice):
            return tuple(map(self._at, range(*index.indices(len(self)))))
        return self._at(range(len(self))[index])

    def _at(self, index: int) -> T:
        first = len(self._first)
        if index < first:
            return self._first[index]
        if index >= MANY:
            return self._make(self._others[index - first])
        if (made := self._made.get(index)) is None:
            made = self._made[index] = self._make(self._others[index - first])
        return made


class Look:
    """How to tell what one instruction does, worked out once."""

    __slots__ = ("clears", "kept", "leaves", "name", "needs", "puts", "reads", "selects", "writes")

    def __init__(self, step: Step) -> None:
        op = step.op
        self.name = "" if op is None else op.name
        self.needs = step.need
        self.kept = op.keeps if op is not None and op.pushes else 0
        """Values on the stack, of those it needs, that are only looked at."""
        self.clears = op is not None and op.clears_stack
        self.selects = () if op is None else (*(False,) * op.keeps, *(name in op.selects for name in reversed(op.pops)))
        self.leaves = op is not None and op.flow in _ELSEWHERE
        """Whether it may go on elsewhere than behind itself."""
        self.puts = op is not None and any(
            "w" in operand.access and operand.accepts.startswith("model") for operand in op.operands
        )
        """Whether it writes coefficients."""
        self.reads = read_rule(step)
        self.writes = write_rule(step)

    def operands(self, base: int, old: Sequence[int]) -> list[Read]:
        """The values it finds on the stack, from `base` up."""
        if self.clears:
            return []
        several = zip(count(base), old, self.selects, strict=False)
        return [Read(stack_place(n), value, selects) for n, value, selects in several]

    def results(self, base: int, old: Sequence[int], new: Sequence[int], completed: bool) -> list[Write]:
        """What became of the stack from `base` up; a value written over an equal one counts as well."""
        first = base + self.kept
        return [
            Write(stack_place(n), was, now)
            for n, (was, now) in zip(count(base), zip_longest(old, new), strict=False)
            if was != now or (completed and n >= first)
        ]


def observe(machine: Engine) -> Effect:
    """Execute one instruction and tell what it did."""
    tick, pc = machine.tick, machine.pc
    step = machine.instruction_at(pc)
    look = step.look
    if look is None:
        look = step.look = Look(step)
    steps, memory, stack = machine.steps_left, machine.bytes_left, machine.operands
    if steps < 1:
        machine.step_carefully()
        return Effect(tick, pc, look.name, (), (), (), machine.fault)
    base = 0 if look.clears else max(0, len(stack) - look.needs)
    old = stack[base:]
    reads = look.operands(base, old)
    enough = len(old) >= look.needs
    many = look.reads(machine, old, reads) if enough and look.reads is not None else None
    tell = look.writes(machine, old) if enough and look.writes is not None else None
    written: Many | None = None
    if look.puts:
        many, written = _execute_watched(machine, f"r{step.instruction.operands[0]}")
    else:
        machine.step_carefully()
    fault = machine.fault
    writes = look.results(base, old, stack[base:], fault is None)
    if tell is not None:
        tell(writes, fault is None)
    if look.leaves and fault is None and machine.pc != step.next:
        writes.append(Write(_PC, pc, machine.pc))
    costs = (("steps", steps - machine.steps_left), ("bytes", memory - machine.bytes_left))
    return Effect(tick, pc, look.name, _listed(reads, many), _listed(writes, written), costs, fault)


def _execute_watched(machine: Engine, name: str) -> tuple[Many | None, Many | None]:
    """Execute an instruction that may write coefficients of the model in a register: those it added to, and all."""
    plain, ask = machine.coefficients, machine.cancelled
    watched = ObservedCoefficients() if ask is None else CancellableCoefficients(ask)
    machine.coefficients = watched
    try:
        machine.step_carefully()
    finally:
        machine.coefficients = plain
    if not watched.writes:
        return None, None
    return (
        (watched.read, lambda write: Read(_coefficient(name, write), write[2])),
        (watched.writes, lambda write: Write(_coefficient(name, write), write[2], write[3])),
    )


def _coefficient(name: str, write: CoefficientWrite) -> Place:
    """The place in a model that was written."""
    i, j = write[:2]
    if j >= 0:
        return Place(name, ("quad", (i, j)))
    return Place(name, ("linear", (i,)) if i >= 0 else ("size",))


def _listed(first: list[T], many: Many | None) -> Sequence[T]:
    if many is None:
        return tuple(first)
    others, make = many
    return (*first, *map(make, others)) if len(others) <= MANY else Listing(first, others, make)
