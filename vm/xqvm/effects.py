"""What one instruction read and wrote, place by place.

Coefficients report their own writes (an expansion may touch one twice); everything else is told
from the state on either side of the instruction and the operands in its row of the table.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from vm.contract import Effect, Place, Read, Span, Value, Write
from vm.isa import Op, OperandKind
from vm.xqvm.blocks import Step
from vm.xqvm.coefficients import ObservedCoefficients
from vm.xqvm.loops import Loop
from vm.xqvm.model import Model, Sample, Slot, Vec, share

if TYPE_CHECKING:
    from vm.xqvm.machine import XqvmMachine


class _Before:
    """What is needed of the state before an instruction."""

    __slots__ = (
        "base", "bytes", "elements", "instructions", "loops", "outputs", "pc", "regs", "shapes", "stack", "steps",
        "tick",
    )  # fmt: skip

    def __init__(self, machine: XqvmMachine, step: Step) -> None:
        op = step.op
        self.tick, self.pc = machine.tick, machine.pc
        self.steps, self.bytes, self.instructions = machine.steps, machine.memory_used, machine.instructions
        stack = machine.stack
        self.base = 0 if op is None or op.clears_stack else max(0, len(stack) - op.needs)
        self.stack = stack[self.base :]
        """Values from `base` up: those the instruction can touch."""
        self.regs = {reg: machine.regs[reg] for reg in _registers(step)}
        self.shapes = {reg: _shape(value) for reg, value in self.regs.items()}
        self.elements = {reg: self._element(value, op) for reg, value in self.regs.items()}
        self.loops = (len(machine.loops), machine.loops[-1].copy() if machine.loops else None)
        slot = self.operand(op, "slot")
        outputs = machine.output_slots
        self.outputs = outputs[slot] if slot is not None and 0 <= slot < len(outputs) else None

    def operand(self, op: Op | None, name: str) -> int | None:
        """The stack value an instruction pops under a name; None if it pops none, or it is not there."""
        if op is None or name not in op.pops:
            return None
        at = len(self.stack) - 1 - op.pops.index(name)
        return self.stack[at] if at >= 0 else None

    def _element(self, value: Slot, op: Op | None) -> tuple[int, int] | None:
        """Index and value of the one element an instruction may replace in place."""
        items = value.items if isinstance(value, Vec) else value.values if isinstance(value, Sample) else []
        index = self.operand(op, "index") if isinstance(value, Vec) else self.operand(op, "i")
        return (index, items[index]) if index is not None and 0 <= index < len(items) else None


def _registers(step: Step) -> list[int]:
    if step.op is None:
        return []
    pairs = zip(step.op.operands, step.instruction.operands, strict=True)
    return list(dict.fromkeys(number for operand, number in pairs if operand.kind is OperandKind.REGISTER))


def _shape(value: Slot) -> tuple[int, ...]:
    if isinstance(value, Vec):
        return (len(value.items),)
    return (value.rows, value.cols) if isinstance(value, Model | Sample) else ()


def observe(machine: XqvmMachine) -> Effect:
    """Execute one instruction and tell what it did."""
    step = machine.instruction_at(machine.pc)
    before = _Before(machine, step)
    plain, watched = machine.coefficients, ObservedCoefficients()
    machine.coefficients = watched
    try:
        machine.step_carefully()
    finally:
        machine.coefficients = plain
    if machine.instructions == before.instructions:
        return Effect(before.tick, before.pc, "" if step.op is None else step.op.name, (), (), (), machine.fault)
    reads = [*_stack_reads(before, step.op), *_reads(machine, before, step, watched)]
    writes = [*_stack_writes(machine, before, step.op), *_writes(machine, before, step, watched)]
    if machine.fault is None and machine.pc != step.next and not machine.status.ended:
        writes.append(Write(Place("pc"), before.pc, machine.pc))
    costs = (("steps", machine.steps - before.steps), ("bytes", machine.memory_used - before.bytes))
    name = "" if step.op is None else step.op.name
    return Effect(before.tick, before.pc, name, tuple(reads), tuple(writes), costs, machine.fault)


def _stack_reads(before: _Before, op: Op | None) -> Iterator[Read]:
    if op is not None and not op.clears_stack:
        for n, value in enumerate(before.stack):
            yield Read(Place("stack", ((before.base + n,),)), value)


def _stack_writes(machine: XqvmMachine, before: _Before, op: Op | None) -> Iterator[Write]:
    kept = 0 if op is None else op.keeps
    old: Sequence[int | None] = before.stack
    new: Sequence[int | None] = machine.stack[before.base :]
    for n in range(max(len(old), len(new))):
        was = old[n] if n < len(old) else None
        now = new[n] if n < len(new) else None
        if n >= kept or was != now:
            yield Write(Place("stack", ((before.base + n,),)), was, now)


def _register(reg: int, *path: str | tuple[int, ...] | Span) -> Place:
    return Place(f"r{reg}", path)


def _reads(machine: XqvmMachine, before: _Before, step: Step, watched: ObservedCoefficients) -> Iterator[Read]:
    op = step.op
    if op is None or len(before.stack) < op.needs:
        return
    reader = _READERS.get(op.name)
    regs = step.instruction.operands
    if reader is not None:
        yield from reader(machine, before, op, regs)
    elif op.operands and op.operands[0].kind is OperandKind.REGISTER:
        for operand, reg in zip(op.operands, regs, strict=True):
            if operand.accepts and operand.access == "r":
                yield Read(_register(reg), share(before.regs[reg]))
    if not op.name.startswith("SET"):
        for path, old, _ in watched.writes:
            yield Read(_register(regs[0], *path), old)


_Reader = Callable[["XqvmMachine", _Before, Op, Sequence[int]], Iterator[Read]]


def _read_loop(machine: XqvmMachine, before: _Before, op: Op, regs: Sequence[int]) -> Iterator[Read]:
    depth, loop = before.loops
    if loop is not None:
        name = "value" if op.name == "LVAL" else "index"
        yield Read(Place("loop", ((depth - 1,), name)), loop.value if name == "value" else loop.index)


def _read_line(machine: XqvmMachine, before: _Before, op: Op, regs: Sequence[int]) -> Iterator[Read]:
    value, i = before.regs[regs[0]], before.operand(op, "i")
    if i is None or not isinstance(value, Model | Sample) or not 0 <= i < value.size:
        return
    if isinstance(value, Model):
        if op.name == "GETLINE":
            yield Read(_register(regs[0], "linear", (i,)), value.line(i))
    elif op.name != "SETLINE":
        # Samples are written in place, so the value before is the one remembered.
        element = before.elements[regs[0]]
        yield Read(_register(regs[0], (i,)), None if element is None else element[1])


def _read_pair(machine: XqvmMachine, before: _Before, op: Op, regs: Sequence[int]) -> Iterator[Read]:
    value, i, j = before.regs[regs[0]], before.operand(op, "i"), before.operand(op, "j")
    if not isinstance(value, Model) or i is None or j is None:
        return
    if min(i, j) >= 0 and max(i, j) < value.size:
        yield Read(_register(regs[0], "quad", (min(i, j), max(i, j))), value.pair(i, j))


def _read_element(machine: XqvmMachine, before: _Before, op: Op, regs: Sequence[int]) -> Iterator[Read]:
    element = before.elements[regs[0]]
    if element is not None:
        yield Read(_register(regs[0], (element[0],)), element[1])


def _read_length(machine: XqvmMachine, before: _Before, op: Op, regs: Sequence[int]) -> Iterator[Read]:
    shape = before.shapes[regs[0]]
    if isinstance(before.regs[regs[0]], Vec):
        yield Read(_register(regs[0], "length"), shape[0])


def _read_lengths(machine: XqvmMachine, before: _Before, op: Op, regs: Sequence[int]) -> Iterator[Read]:
    for reg in dict.fromkeys(regs):
        yield from _read_length(machine, before, op, (reg,))


def _read_slice(machine: XqvmMachine, before: _Before, op: Op, regs: Sequence[int]) -> Iterator[Read]:
    vec, start, end = before.regs[regs[0]], before.operand(op, "start"), before.operand(op, "end")
    if isinstance(vec, Vec) and start is not None and end is not None and 0 <= start < end <= len(vec.items):
        yield Read(_register(regs[0], Span(start, end - start)), tuple(vec.items[start:end]))


def _read_grid_line(machine: XqvmMachine, before: _Before, op: Op, regs: Sequence[int]) -> Iterator[Read]:
    value = before.regs[regs[0]]
    if not isinstance(value, Model | Sample) or not value.rows:
        return
    row, col = before.operand(op, "row"), before.operand(op, "col")
    if row is not None and 0 <= row < value.rows:
        indices = range(row * value.cols, (row + 1) * value.cols)
    elif col is not None and 0 <= col < value.cols:
        indices = range(col, value.rows * value.cols, value.cols)
    else:
        return
    for i in indices:
        path: tuple[str | tuple[int, ...], ...] = ("linear", (i,)) if isinstance(value, Model) else ((i,),)
        yield Read(_register(regs[0], *path), value.line(i))


def _read_slot(machine: XqvmMachine, before: _Before, op: Op, regs: Sequence[int]) -> Iterator[Read]:
    slot = before.operand(op, "slot")
    if slot is not None and 0 <= slot < len(machine.calldata):
        yield Read(Place("in", ((slot,),)), share(machine.calldata[slot]))


_READERS: dict[str, _Reader] = {
    "LVAL": _read_loop, "LIDX": _read_loop, "NEXT": _read_loop,
    "GETLINE": _read_line, "SETLINE": _read_line, "ADDLINE": _read_line, "GETQUAD": _read_pair,
    "VECGET": _read_element, "VECLEN": _read_length, "VECPUSH": _read_length, "SLACK": _read_lengths,
    "ITER": _read_slice, "INPUT": _read_slot,
    "ROWFIND": _read_grid_line, "COLFIND": _read_grid_line, "ROWSUM": _read_grid_line, "COLSUM": _read_grid_line,
}  # fmt: skip


def _writes(machine: XqvmMachine, before: _Before, step: Step, watched: ObservedCoefficients) -> Iterator[Write]:
    yield from _loop_writes(machine, before)
    if step.op is None:
        return
    for path, old, new in watched.writes:
        yield Write(_register(step.instruction.operands[0], *path), old, new)
    written = dict(zip(step.instruction.operands, step.op.operands, strict=True)) if before.regs else {}
    for reg, operand in written.items():
        if "w" in operand.access and (machine.fault is None or operand.access == "rw"):
            yield from _register_writes(
                reg, before, machine.regs[reg], in_place=not operand.becomes, completed=machine.fault is None
            )
    if step.op.name == "OUTPUT" and machine.fault is None:
        slot = before.operand(step.op, "slot")
        yield Write(Place("out", ((slot or 0,),)), before.outputs, machine.output_slots[slot or 0])


def _register_writes(reg: int, before: _Before, now: Slot, *, in_place: bool, completed: bool) -> Iterator[Write]:
    if not in_place:
        yield Write(_register(reg), share(before.regs[reg]), share(now))
        return
    yield from _shape_writes(reg, before.shapes[reg], now)
    element = before.elements[reg] if completed else None
    if element is not None and isinstance(now, Vec | Sample):
        index, old = element
        yield Write(_register(reg, (index,)), old, now.items[index] if isinstance(now, Vec) else now.values[index])


def _shape_writes(reg: int, shape: tuple[int, ...], now: Slot) -> Iterator[Write]:
    if isinstance(now, Vec):
        for index in range(shape[0], len(now.items)):
            yield Write(_register(reg, (index,)), None, now.items[index])
    elif isinstance(now, Model | Sample):
        for name, old, new in zip(("rows", "cols"), shape, (now.rows, now.cols), strict=True):
            if old != new:
                yield Write(_register(reg, name), old, new)


def _loop_writes(machine: XqvmMachine, before: _Before) -> Iterator[Write]:
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
