"""What one instruction read: the values on the stack, and what its row of the table says it looks at."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from vm.contract import Place, Read, Selector, Span
from vm.isa import Op, OperandKind
from vm.xqvm.blocks import Step
from vm.xqvm.model import Model, Sample, Slot, Vec, share

if TYPE_CHECKING:
    from vm.xqvm.engine import Engine


class Before:
    """What is needed of the state before an instruction."""

    __slots__ = (
        "base", "bytes", "elements", "instructions", "loops", "outputs", "pc", "regs", "shapes", "stack", "steps",
        "tick",
    )  # fmt: skip

    def __init__(self, machine: Engine, step: Step) -> None:
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


def register_place(reg: int, *path: Selector) -> Place:
    """A place in a register."""
    return Place(f"r{reg}", path)


def stack_reads(before: Before, op: Op | None) -> Iterator[Read]:
    if op is not None and not op.clears_stack:
        for n, value in enumerate(before.stack):
            yield Read(Place("stack", ((before.base + n,),)), value)


def other_reads(machine: Engine, before: Before, step: Step) -> Iterator[Read]:
    """What was read besides the stack and coefficients that were written."""
    op = step.op
    if op is None or len(before.stack) < op.needs:
        return
    regs = step.instruction.operands
    if op.looks_at:
        yield from _READERS[op.looks_at](machine, before, op, regs)
    elif op.operands and op.operands[0].kind is OperandKind.REGISTER:
        for operand, reg in zip(op.operands, regs, strict=True):
            if operand.accepts and operand.access == "r":
                yield Read(register_place(reg), share(before.regs[reg]))


_Reader = Callable[["Engine", Before, Op, Sequence[int]], Iterator[Read]]


def _read_loop(machine: Engine, before: Before, op: Op, regs: Sequence[int]) -> Iterator[Read]:
    depth, loop = before.loops
    if loop is not None:
        name = op.looks_at.removeprefix("loop ")
        yield Read(Place("loop", ((depth - 1,), name)), loop.value if name == "value" else loop.index)


def _read_line(machine: Engine, before: Before, op: Op, regs: Sequence[int]) -> Iterator[Read]:
    value, i = before.regs[regs[0]], before.operand(op, "i")
    if i is None or not isinstance(value, Model | Sample) or not 0 <= i < value.size:
        return
    if isinstance(value, Model):
        if "w" not in op.operands[0].access:  # else the write tells what was there
            yield Read(register_place(regs[0], "linear", (i,)), value.line(i))
    else:
        # A sample may have been written in place since, so the value before is the one remembered.
        element = before.elements[regs[0]]
        yield Read(register_place(regs[0], (i,)), None if element is None else element[1])


def _read_pair(machine: Engine, before: Before, op: Op, regs: Sequence[int]) -> Iterator[Read]:
    value, i, j = before.regs[regs[0]], before.operand(op, "i"), before.operand(op, "j")
    if not isinstance(value, Model) or i is None or j is None:
        return
    if min(i, j) >= 0 and max(i, j) < value.size:
        yield Read(register_place(regs[0], "quad", (min(i, j), max(i, j))), value.pair(i, j))


def _read_element(machine: Engine, before: Before, op: Op, regs: Sequence[int]) -> Iterator[Read]:
    element = before.elements[regs[0]]
    if element is not None:
        yield Read(register_place(regs[0], (element[0],)), element[1])


def _read_lengths(machine: Engine, before: Before, op: Op, regs: Sequence[int]) -> Iterator[Read]:
    for reg in dict.fromkeys(regs):
        if isinstance(before.regs[reg], Vec):
            yield Read(register_place(reg, "length"), before.shapes[reg][0])


def _read_slice(machine: Engine, before: Before, op: Op, regs: Sequence[int]) -> Iterator[Read]:
    vec, start, end = before.regs[regs[0]], before.operand(op, "start"), before.operand(op, "end")
    if isinstance(vec, Vec) and start is not None and end is not None and 0 <= start < end <= len(vec.items):
        yield Read(register_place(regs[0], Span(start, end - start)), tuple(vec.items[start:end]))


def _read_grid_line(machine: Engine, before: Before, op: Op, regs: Sequence[int]) -> Iterator[Read]:
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
        yield Read(register_place(regs[0], *path), value.line(i))


def _read_slot(machine: Engine, before: Before, op: Op, regs: Sequence[int]) -> Iterator[Read]:
    slot = before.operand(op, "slot")
    if slot is not None and 0 <= slot < len(machine.calldata):
        yield Read(Place("in", ((slot,),)), share(machine.calldata[slot]))


_READERS: dict[str, _Reader] = {
    "loop index": _read_loop,
    "loop value": _read_loop,
    "line": _read_line,
    "pair": _read_pair,
    "element": _read_element,
    "length": _read_lengths,
    "slice": _read_slice,
    "row": _read_grid_line,
    "column": _read_grid_line,
    "slot": _read_slot,
}
"""By what the row of the instruction says it looks at."""
