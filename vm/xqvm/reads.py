"""What an instruction is about to read, besides its operands on the stack and the coefficients it adds to.

A rule is worked out once an instruction and then asked before each execution that somebody watches.
It lists everything that what is written depends on; `selects` marks what only says where.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, TypeAlias

from vm.contract import Place, Read, Span
from vm.isa import Op
from vm.xqvm.blocks import Step
from vm.xqvm.model import Model, Sample, Slot, Vec, VecX, share

if TYPE_CHECKING:
    from vm.xqvm.engine import Engine

Many: TypeAlias = tuple[Sequence[Any], Callable[[Any], Any]]
"""Reads or writes that may be very many: what is known of each, and what makes it."""

ReadRule: TypeAlias = "Callable[[Engine, Sequence[int], list[Read]], Many | None]"
"""Adds what is read, given the values the instruction finds on the stack, the top one last."""


@cache
def stack_place(index: int) -> Place:
    """A place on the stack, from the bottom; there are at most 8192."""
    return Place("stack", ((index,),))


@cache
def loop_place(level: int, part: str) -> Place:
    """A part of an open loop; there are at most 8192."""
    return Place("loop", ((level,), part))


def operand_at(op: Op, name: str) -> int:
    """Where the value an instruction pops under a name is among those it finds on the stack."""
    return op.needs - 1 - op.pops.index(name)


def read_rule(step: Step) -> ReadRule | None:
    """What tells the further reads of an instruction; None if there are none."""
    op = step.op
    if op is None:
        return None
    if op.looks_at:
        return _RULES[op.looks_at](step, op)
    whole = [
        (reg, Place(f"r{reg}"))
        for reg, operand in zip(step.instruction.operands, op.operands, strict=True)
        if operand.accepts and operand.access == "r"
    ]
    return _whole(whole) if whole else None


def _whole(registers: Sequence[tuple[int, Place]]) -> ReadRule:
    def read(machine: Engine, _old: Sequence[int], reads: list[Read]) -> None:
        for reg, place in registers:
            reads.append(Read(place, share(machine.regs[reg])))

    return read


def _refused(name: str, value: Slot) -> Read:
    """What shows why an instruction cannot use a value: its extent if that is too small, else the value."""
    match value:
        case Vec() | VecX():
            return Read(Place(name, ("length",)), len(value))
        case Model() | Sample():
            return Read(Place(name, ("size",)), value.size)
    return Read(Place(name), value)


def _loop_part(step: Step, op: Op) -> ReadRule:
    part = op.looks_at.removeprefix("loop ")

    def read(machine: Engine, _old: Sequence[int], reads: list[Read]) -> None:
        if loops := machine.loops:
            reads.append(Read(loop_place(len(loops) - 1, part), getattr(loops[-1], part)))

    return read


def _loop_round(step: Step, op: Op) -> ReadRule:
    def read(machine: Engine, _old: Sequence[int], reads: list[Read]) -> None:
        if not machine.loops:
            return
        level, loop = len(machine.loops) - 1, machine.loops[-1]
        reads.append(Read(loop_place(level, "index"), loop.index))
        reads.append(Read(loop_place(level, "end"), loop.last))
        following = loop.position + 1
        if following < loop.end:
            reads.append(Read(loop_place(level, "body"), loop.body))
            if loop.elements is not None:
                place = Place("loop", ((level,), "elements", (following,)))
                reads.append(Read(place, loop.elements[following]))

    return read


def _line(step: Step, op: Op) -> ReadRule:
    reg, at = step.instruction.operands[0], operand_at(op, "i")
    name, adds = f"r{reg}", "w" in op.operands[0].access

    def read(machine: Engine, old: Sequence[int], reads: list[Read]) -> None:
        value, i = machine.regs[reg], old[at]
        if not isinstance(value, Model | Sample) or not 0 <= i < value.size:
            reads.append(_refused(name, value))
        elif isinstance(value, Sample):
            reads.append(Read(Place(name, ((i,),)), value.values[i]))
        elif not adds:  # else the write tells what was there
            reads.append(Read(Place(name, ("linear", (i,))), value.line(i)))

    return read


def _pair(step: Step, op: Op) -> ReadRule:
    reg, i_at, j_at = step.instruction.operands[0], operand_at(op, "i"), operand_at(op, "j")
    name = f"r{reg}"

    def read(machine: Engine, old: Sequence[int], reads: list[Read]) -> None:
        model, i, j = machine.regs[reg], old[i_at], old[j_at]
        if i > j:
            i, j = j, i
        if isinstance(model, Model) and i >= 0 and j < model.size:
            reads.append(Read(Place(name, ("quad", (i, j))), model.pair(i, j)))
        else:
            reads.append(_refused(name, model))

    return read


def _element(step: Step, op: Op) -> ReadRule:
    reg, at = step.instruction.operands[0], operand_at(op, "index")
    name = f"r{reg}"

    def read(machine: Engine, old: Sequence[int], reads: list[Read]) -> None:
        vec, index = machine.regs[reg], old[at]
        if isinstance(vec, Vec) and 0 <= index < len(vec.items):
            reads.append(Read(Place(name, ((index,),)), vec.items[index]))
        else:
            reads.append(_refused(name, vec))

    return read


def _lengths(step: Step, op: Op) -> ReadRule:
    registers = [(reg, f"r{reg}", Place(f"r{reg}", ("length",))) for reg in dict.fromkeys(step.instruction.operands)]
    appends = "w" in op.operands[0].access

    def read(machine: Engine, _old: Sequence[int], reads: list[Read]) -> None:
        for reg, name, place in registers:
            vec = machine.regs[reg]
            reads.append(Read(place, len(vec), appends) if isinstance(vec, Vec | VecX) else _refused(name, vec))

    return read


def _slice(step: Step, op: Op) -> ReadRule:
    reg, start_at, end_at = step.instruction.operands[0], operand_at(op, "start"), operand_at(op, "end")
    name = f"r{reg}"

    def read(machine: Engine, old: Sequence[int], reads: list[Read]) -> None:
        vec, start, end = machine.regs[reg], old[start_at], old[end_at]
        if isinstance(vec, Vec) and 0 <= start < end <= len(vec.items):
            reads.append(Read(Place(name, (Span(start, end - start),)), tuple(vec.items[start:end])))
        elif not isinstance(vec, Vec | VecX) or start < end:
            reads.append(_refused(name, vec))

    return read


def _grid_shape(step: Step, op: Op) -> ReadRule:
    """Rows and columns of the grid, as far as they tell where a line of it is."""
    reg, name = step.instruction.operands[0], f"r{step.instruction.operands[0]}"
    rows, cols, columns = Place(name, ("rows",)), Place(name, ("cols",)), op.looks_at.endswith("column")
    selects = "w" in op.operands[0].access

    def read(machine: Engine, _old: Sequence[int], reads: list[Read]) -> None:
        value = machine.regs[reg]
        if not isinstance(value, Model | Sample):
            reads.append(_refused(name, value))
            return
        if columns or not value.rows:
            reads.append(Read(rows, value.rows, selects))
        reads.append(Read(cols, value.cols, selects))

    return read


def _grid_line(step: Step, op: Op) -> ReadRule:
    reg, at, by_row = step.instruction.operands[0], operand_at(op, op.pops[-1]), op.looks_at == "row"
    shape, name = _grid_shape(step, op), f"r{reg}"

    def read(machine: Engine, old: Sequence[int], reads: list[Read]) -> Many | None:
        shape(machine, old, reads)
        value, line = machine.regs[reg], old[at]
        if not isinstance(value, Model | Sample) or not 0 <= line < (value.rows if by_row else value.cols):
            return None
        cols = value.cols
        cells = range(line * cols, (line + 1) * cols) if by_row else range(line, value.rows * cols, cols)
        if isinstance(value, Model):
            return [(i, value.line(i)) for i in cells], lambda cell: Read(Place(name, ("linear", (cell[0],))), cell[1])
        return [(i, value.line(i)) for i in cells], lambda cell: Read(Place(name, ((cell[0],),)), cell[1])

    return read


def _size(step: Step, op: Op) -> ReadRule:
    reg, name = step.instruction.operands[0], f"r{step.instruction.operands[0]}"

    def read(machine: Engine, _old: Sequence[int], reads: list[Read]) -> None:
        reads.append(_refused(name, machine.regs[reg]))

    return read


def _vectors(step: Step, op: Op) -> ReadRule:
    """A model's size, and the vectors of a weighted sum: indices say where, unless the model grows to have them."""
    size, indices = _size(step, op), step.instruction.operands[1]
    coeffs = step.instruction.operands[2] if len(op.operands) > 2 else None
    place, length = Place(f"r{indices}"), Place(f"r{indices}", ("length",))
    fits = op.name != "EQUALITY"

    def read(machine: Engine, old: Sequence[int], reads: list[Read]) -> None:
        size(machine, old, reads)
        model, vec = machine.regs[step.instruction.operands[0]], machine.regs[indices]
        inside = fits or (isinstance(model, Model) and isinstance(vec, Vec) and max(vec, default=-1) < model.size)
        if coeffs is None and isinstance(vec, Vec):
            reads.append(Read(length, len(vec)))
        reads.append(Read(place, share(vec), inside and coeffs != indices))
        if coeffs is not None and coeffs != indices:
            reads.append(Read(Place(f"r{coeffs}"), share(machine.regs[coeffs])))

    return read


def _slot(step: Step, op: Op) -> ReadRule:
    def read(machine: Engine, old: Sequence[int], reads: list[Read]) -> None:
        if 0 <= old[0] < len(machine.calldata):
            reads.append(Read(Place("in", ((old[0],),)), share(machine.calldata[old[0]])))

    return read


_RULES: dict[str, Callable[[Step, Op], ReadRule]] = {
    "loop index": _loop_part,
    "loop value": _loop_part,
    "loop round": _loop_round,
    "line": _line,
    "pair": _pair,
    "element": _element,
    "length": _lengths,
    "slice": _slice,
    "row": _grid_line,
    "column": _grid_line,
    "grid row": _grid_shape,
    "grid column": _grid_shape,
    "vectors": _vectors,
    "size": _size,
    "slot": _slot,
}
"""By what the row of the instruction says it looks at."""
