"""What one instruction read and wrote, place by place.

Coefficients report their own writes (an expansion may touch one twice); everything else is told
from the state on either side of the instruction and the operands in its row of the table.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import chain
from typing import TYPE_CHECKING, Generic, TypeVar, overload

from vm.contract import Effect, Place, Read, Value, Write
from vm.isa import Op
from vm.xqvm.blocks import Step
from vm.xqvm.coefficients import CoefficientWrite, ObservedCoefficients
from vm.xqvm.loops import Loop
from vm.xqvm.model import Model, Sample, Slot, Vec, share
from vm.xqvm.reads import Before, other_reads, register_place, stack_reads

if TYPE_CHECKING:
    from vm.xqvm.engine import Engine

T = TypeVar("T")

MANY = 256
"""Coefficient writes of one instruction above which an item is made only when it is asked for."""


class Listing(Sequence[T], Generic[T]):
    """Some items, and behind them one for each coefficient written, made when it is asked for."""

    def __init__(
        self, first: tuple[T, ...], written: Sequence[CoefficientWrite], make: Callable[[CoefficientWrite], T]
    ):
        self._first = first
        self._written = written
        self._make = make

    def __len__(self) -> int:
        return len(self._first) + len(self._written)

    @overload
    def __getitem__(self, index: int) -> T: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[T]: ...
    def __getitem__(self, index: int | slice) -> T | Sequence[T]:
        if isinstance(index, slice):
            return tuple(self._at(n) for n in range(*index.indices(len(self))))
        return self._at(range(len(self))[index])

    def _at(self, index: int) -> T:
        first = len(self._first)
        return self._first[index] if index < first else self._make(self._written[index - first])


def _listed(
    first: Iterator[T], written: Sequence[CoefficientWrite], make: Callable[[CoefficientWrite], T]
) -> Sequence[T]:
    if len(written) > MANY:
        return Listing(tuple(first), written, make)
    return (*first, *map(make, written))


def observe(machine: Engine) -> Effect:
    """Execute one instruction and tell what it did."""
    step = machine.instruction_at(machine.pc)
    before = Before(machine, step)
    plain, watched = machine.coefficients, ObservedCoefficients()
    machine.coefficients = watched
    try:
        machine.step_carefully()
    finally:
        machine.coefficients = plain
    name = "" if step.op is None else step.op.name
    if machine.instructions == before.instructions:
        return Effect(before.tick, before.pc, name, (), (), (), machine.fault)
    model = f"r{step.instruction.operands[0]}" if watched.writes else ""
    reads = _listed(
        chain(stack_reads(before, step.op), other_reads(machine, before, step)),
        watched.read,
        lambda write: Read(Place(model, write[0]), write[1]),
    )
    writes = _listed(
        chain(_stack_writes(machine, before, step.op), _other_writes(machine, before, step)),
        watched.writes,
        lambda write: Write(Place(model, write[0]), write[1], write[2]),
    )
    costs = (("steps", machine.steps - before.steps), ("bytes", machine.memory_used - before.bytes))
    return Effect(before.tick, before.pc, name, reads, writes, costs, machine.fault)


def _stack_writes(machine: Engine, before: Before, op: Op | None) -> Iterator[Write]:
    kept = 0 if op is None else op.keeps
    old: Sequence[int | None] = before.stack
    new: Sequence[int | None] = machine.stack[before.base :]
    for n in range(max(len(old), len(new))):
        was = old[n] if n < len(old) else None
        now = new[n] if n < len(new) else None
        if n >= kept or was != now:
            yield Write(Place("stack", ((before.base + n,),)), was, now)


def _other_writes(machine: Engine, before: Before, step: Step) -> Iterator[Write]:
    """What was written besides the stack and coefficients."""
    yield from _loop_writes(machine, before)
    if machine.fault is None and machine.pc != step.next and not machine.status.ended:
        yield Write(Place("pc"), before.pc, machine.pc)
    if step.op is None:
        return
    written = dict(zip(step.instruction.operands, step.op.operands, strict=True)) if before.regs else {}
    for reg, operand in written.items():
        if "w" in operand.access and (machine.fault is None or operand.access == "rw"):
            yield from _register_writes(
                reg, before, machine.regs[reg], in_place=not operand.becomes, completed=machine.fault is None
            )
    if step.op.name == "OUTPUT" and machine.fault is None:
        slot = before.operand(step.op, "slot")
        yield Write(Place("out", ((slot or 0,),)), before.outputs, machine.output_slots[slot or 0])


def _register_writes(reg: int, before: Before, now: Slot, *, in_place: bool, completed: bool) -> Iterator[Write]:
    if not in_place:
        yield Write(register_place(reg), share(before.regs[reg]), share(now))
        return
    yield from _shape_writes(reg, before.shapes[reg], now)
    element = before.elements[reg] if completed else None
    if element is not None and isinstance(now, Vec | Sample):
        index, old = element
        yield Write(register_place(reg, (index,)), old, now.items[index] if isinstance(now, Vec) else now.values[index])


def _shape_writes(reg: int, shape: tuple[int, ...], now: Slot) -> Iterator[Write]:
    if isinstance(now, Vec):
        for index in range(shape[0], len(now.items)):
            yield Write(register_place(reg, (index,)), None, now.items[index])
    elif isinstance(now, Model | Sample):
        for name, old, new in zip(("rows", "cols"), shape, (now.rows, now.cols), strict=True):
            if old != new:
                yield Write(register_place(reg, name), old, new)


def _loop_writes(machine: Engine, before: Before) -> Iterator[Write]:
    depth, old = before.loops
    loops = machine.loops
    if len(loops) > depth:
        yield from _frame_writes(len(loops) - 1, None, loops[-1])
    elif len(loops) < depth:
        yield from _frame_writes(depth - 1, old, None)
    elif old is not None and loops[-1].position != old.position:
        yield from _frame_writes(depth - 1, old, loops[-1])


def _frame_writes(level: int, old: Loop | None, new: Loop | None) -> Iterator[Write]:
    for name in ("index", "value"):
        was: Value = None if old is None else getattr(old, name)
        now: Value = None if new is None else getattr(new, name)
        yield Write(Place("loop", ((level,), name)), was, now)
