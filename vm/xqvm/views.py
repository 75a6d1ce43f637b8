"""What a debugger shows of an XQVM: cells, regions and windows."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING

from vm.contract import Cell, Frame, PlaceError, Region, View, Window
from vm.isa import Op, OperandKind
from vm.xqvm.entries import held, held_by
from vm.xqvm.model import Model, Sample, Slot, Vec, VecX, kind_of, share
from vm.xqvm.places import register_of
from vm.xqvm.values import to_json

if TYPE_CHECKING:
    from vm.xqvm.machine import XqvmMachine


def views(machine: XqvmMachine) -> Sequence[View]:
    """The views there are; the number of output slots is the host's choice."""
    return (
        View("stack", "Stack", tall=True, top_first=True),
        View("registers", "Registers", tall=True, slots=len(machine.regs), pattern="r{}"),
        View("loops", "Loops"),
        View("inputs", "Inputs"),
        View("outputs", "Outputs", slots=len(machine.output_slots), pattern="out[{}]"),
    )


_SHOWN = 12
"""Elements of a vector or sample in its summary."""
_WRAP = 32
"""Columns a vector, or a sample without a grid, is laid out in."""


def cells(machine: XqvmMachine, view: str) -> Sequence[Cell]:
    """The cells of one view; KeyError if there is none of that name."""
    return tuple(_VIEWS[view](machine))


def _stack(machine: XqvmMachine) -> Iterator[Cell]:
    stack, op = machine.stack, _next_op(machine)
    names = () if op is None else op.pops
    for depth, index in enumerate(range(len(stack) - 1, -1, -1)):
        value = stack[index]
        yield Cell(f"stack[{index}]", str(value), "int", value, names[depth] if depth < len(names) else "")


def _next_op(machine: XqvmMachine) -> Op | None:
    if machine.status.ended or machine.pc >= len(machine.program.code):
        return None
    return machine.instruction_at(machine.pc).op


def _registers(machine: XqvmMachine) -> Iterator[Cell]:
    roles = _roles(machine)
    for reg, value in enumerate(machine.regs):
        if value is not None or reg in roles:
            yield _slot(f"r{reg}", share(value), roles.get(reg, ""))


def _slot(name: str, value: Slot, note: str = "") -> Cell:
    """A value that is handed out."""
    json = None if value is None or isinstance(value, int) else partial(to_json, value)
    kind = kind_of(value).partition("<")[0]
    return Cell(name, summary(value), kind, value, note, held(value), json)


def _roles(machine: XqvmMachine) -> dict[int, str]:
    """What the next instruction does with its registers."""
    op = _next_op(machine)
    if op is None:
        return {}
    numbers = machine.instruction_at(machine.pc).instruction.operands
    words = {"r": "read next", "w": "written next", "rw": "changed next"}
    pairs = zip(op.operands, numbers, strict=True)
    return {number: words[operand.access] for operand, number in pairs if operand.kind is OperandKind.REGISTER}


def _loops(machine: XqvmMachine) -> Iterator[Cell]:
    for level in range(len(machine.loops) - 1, -1, -1):
        loop = machine.loops[level]
        if loop.elements is None:
            text = f"{loop.value}, last {loop.end - 1}"
        else:
            text = f"{loop.value}, element {loop.index}, last {loop.offset + loop.end - 1}"
        note = f"from {loop.body:04x}"
        yield Cell(f"loop[{level}]", text, "loop", (loop.value, loop.index), note, held_by(loop))


def _inputs(machine: XqvmMachine) -> Iterator[Cell]:
    for slot, value in enumerate(machine.calldata):
        yield _slot(f"in[{slot}]", share(value))


def _outputs(machine: XqvmMachine) -> Iterator[Cell]:
    for slot, value in enumerate(machine.output_slots):
        if value is not None:
            yield _slot(f"out[{slot}]", share(value))


_VIEWS: dict[str, Callable[[XqvmMachine], Iterator[Cell]]] = {
    "stack": _stack,
    "registers": _registers,
    "loops": _loops,
    "inputs": _inputs,
    "outputs": _outputs,
}


def text(value: object) -> str:
    """Any value a place can hold in one line."""
    match value:
        case None | int() | Vec() | VecX() | Sample() | Model():
            return summary(value)
        case tuple() | list():
            return f"[{_some(value)}]"
    return str(value)


def summary(value: Slot) -> str:
    """What a slot holds in one line."""
    match value:
        case None:
            return "unset"
        case Vec():
            return f"vec {len(value.items)}  [{_some(value.items)}]"
        case VecX():
            return "vec of models 0  []"
        case Sample():
            return f"{shape(value)}  {_digits(value)}"
        case Model():
            return f"{shape(value)}  {len(value.linear)} linear  {value.pairs} quadratic"
    return str(value)


def _some(items: Sequence[int]) -> str:
    return " ".join(map(str, items[:_SHOWN])) + (" …" if len(items) > _SHOWN else "")


def _digits(sample: Sample) -> str:
    """Values of a sample, run together where one character is enough for each."""
    if sample.domain.name == "spin":
        return "".join("+" if value > 0 else "-" for value in sample.values[:_WRAP]) + (
            "…" if sample.size > _WRAP else ""
        )
    if (sample.domain.k or 2) <= 10:
        return "".join(map(str, sample.values[:_WRAP])) + ("…" if sample.size > _WRAP else "")
    return _some(sample.values)


def shape(value: Model | Sample) -> str:
    """Domain, size and grid of a model or sample."""
    domain = f"integer<{value.domain.k}" if value.domain.k is not None else value.domain.name
    grid = f" {value.rows}x{value.cols}" if value.rows else ""
    return f"{domain} {value.size}{grid}"


def regions(machine: XqvmMachine) -> Sequence[Region]:
    """The models, samples and vectors in registers, models first."""
    kinds = Model | Sample | Vec
    found = [_region(f"r{reg}", value) for reg, value in enumerate(machine.regs) if isinstance(value, kinds)]
    order = {"model": 0, "sample": 1, "vec": 2}
    return tuple(sorted(found, key=lambda region: order[region.kind]))


def _region(name: str, value: Model | Sample | Vec) -> Region:
    if isinstance(value, Vec):
        size = len(value.items)
        return Region(name, "vec", f"vector · {size} elements", *_extent(size, 0, 0))
    domain = f"integer 0..{value.domain.k - 1}" if value.domain.k is not None else value.domain.name
    kind = "model" if isinstance(value, Model) else "sample"
    grid = f" · {value.rows}×{value.cols} grid" if value.rows else ""
    title = f"{domain} {kind} · {value.size} variables{grid}"
    if isinstance(value, Model):
        shape_ = (value.rows, value.cols)
        return Region(name, kind, title, value.size, value.size, upper=True, head=True, grid=shape_)
    extent, grid_ = _extent(value.size, value.rows, value.cols), (value.rows, value.cols)
    values = {"binary": "bits", "spin": "spins"}.get(value.domain.name, "categories")
    return Region(name, kind, title, *extent, grid=grid_, values=values)


def _extent(size: int, rows: int, cols: int) -> tuple[int, int]:
    """Rows and columns to lay out values in; those behind the grid of a sample go into further rows."""
    width = cols if rows else min(size, _WRAP)
    return (-(-size // width), width) if width else (0, 0)


def window(machine: XqvmMachine, name: str, frame: Frame) -> Window:
    """Part of a model, sample or vector in a register; PlaceError if there is none."""
    reg = register_of(name)
    value = machine.regs[reg] if reg is not None else None
    if not isinstance(value, Model | Sample | Vec):
        raise PlaceError(f"{name} holds no model, sample or vector now")
    share(value)
    region = _region(name, value)
    return machine.lens(name).window(region, value, frame)
