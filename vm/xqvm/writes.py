"""What an instruction wrote besides the stack, the program counter and coefficients of models.

A rule is worked out once an instruction. It is asked before each execution that somebody watches,
remembers what may be overwritten, and gives what tells the writes afterwards.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, TypeAlias

from vm.contract import Place, Value, Write
from vm.isa import Flow, Op
from vm.xqvm.blocks import Step
from vm.xqvm.loops import Loop
from vm.xqvm.model import Model, Sample, Vec, share
from vm.xqvm.reads import loop_place, operand_at

if TYPE_CHECKING:
    from vm.xqvm.engine import Engine

Tell: TypeAlias = "Callable[[list[Write], bool], None]"
"""Adds the writes; told whether the instruction completed or faulted on the way."""

WriteRule: TypeAlias = "Callable[[Engine, Sequence[int]], Tell | None]"
"""Given the values the instruction finds on the stack, the top one last."""


def write_rule(step: Step) -> WriteRule | None:
    """What tells the further writes of an instruction; None if there are none."""
    op = step.op
    if op is None:
        return None
    if op.flow is Flow.LOOP_OPEN:
        return _opens
    if op.flow is Flow.LOOP_CLOSE:
        return _closes
    if op.operands and op.operands[0].becomes:
        return _replaces(step.instruction.operands[0])
    rule = _RULES.get(op.name)
    return None if rule is None else rule(step, op)


def _replaces(reg: int) -> WriteRule:
    place = Place(f"r{reg}")

    def watch(machine: Engine, _old: Sequence[int]) -> Tell:
        was = share(machine.regs[reg])

        def tell(writes: list[Write], completed: bool) -> None:
            if completed:
                writes.append(Write(place, was, share(machine.regs[reg])))

        return tell

    return watch


def _appends(step: Step, op: Op) -> WriteRule:
    registers = list(dict.fromkeys(step.instruction.operands))

    def watch(machine: Engine, _old: Sequence[int]) -> Tell:
        vectors = [(reg, len(vec)) for reg in registers if isinstance(vec := machine.regs[reg], Vec)]

        def tell(writes: list[Write], _completed: bool) -> None:
            for reg, length in vectors:
                vec = machine.regs[reg]
                if isinstance(vec, Vec) and len(vec) > length:
                    name = f"r{reg}"
                    writes.extend(Write(Place(name, ((n,),)), None, vec[n]) for n in range(length, len(vec)))
                    writes.append(Write(Place(name, ("length",)), length, len(vec)))

        return tell

    return watch


def _puts_element(step: Step, op: Op) -> WriteRule:
    """An element of a vector or a sample; coefficients of models tell themselves."""
    reg, at = step.instruction.operands[0], operand_at(op, op.selects[0])
    name = f"r{reg}"

    def watch(machine: Engine, old: Sequence[int]) -> Tell | None:
        value, index = machine.regs[reg], old[at]
        if not isinstance(value, Vec | Sample) or not 0 <= index < len(value):
            return None
        was = value[index]

        def tell(writes: list[Write], completed: bool) -> None:
            now = machine.regs[reg]
            if completed and isinstance(now, Vec | Sample):
                writes.append(Write(Place(name, ((index,),)), was, now[index]))

        return tell

    return watch


def _shapes(step: Step, op: Op) -> WriteRule:
    reg, name = step.instruction.operands[0], f"r{step.instruction.operands[0]}"

    def watch(machine: Engine, _old: Sequence[int]) -> Tell | None:
        value = machine.regs[reg]
        if not isinstance(value, Model | Sample):
            return None
        rows, cols = value.rows, value.cols

        def tell(writes: list[Write], completed: bool) -> None:
            now = machine.regs[reg]
            if completed and isinstance(now, Model | Sample):
                writes.append(Write(Place(name, ("rows",)), rows, now.rows))
                writes.append(Write(Place(name, ("cols",)), cols, now.cols))

        return tell

    return watch


def _sends(step: Step, op: Op) -> WriteRule:
    def watch(machine: Engine, old: Sequence[int]) -> Tell | None:
        outputs, slot = machine.output_slots, old[-1]
        if not 0 <= slot < len(outputs):
            return None
        was = outputs[slot]

        def tell(writes: list[Write], completed: bool) -> None:
            if completed:
                writes.append(Write(Place("out", ((slot,),)), was, outputs[slot]))

        return tell

    return watch


def _opens(machine: Engine, _old: Sequence[int]) -> Tell:
    level = len(machine.loops)

    def tell(writes: list[Write], _completed: bool) -> None:
        if len(machine.loops) > level:
            writes.extend(Write(loop_place(level, part), None, now) for part, now in _parts(machine.loops[level]))

    return tell


def _closes(machine: Engine, _old: Sequence[int]) -> Tell | None:
    level = len(machine.loops) - 1
    if level < 0:
        return None
    loop = machine.loops[level]
    index, value = loop.index, loop.value

    def tell(writes: list[Write], _completed: bool) -> None:
        if len(machine.loops) <= level:
            writes.extend(Write(loop_place(level, part), was, None) for part, was in _parts(loop))
        else:
            writes.append(Write(loop_place(level, "index"), index, loop.index))
            writes.append(Write(loop_place(level, "value"), value, loop.value))

    return tell


def _parts(loop: Loop) -> list[tuple[str, Value]]:
    parts: list[tuple[str, Value]] = [
        ("index", loop.index), ("value", loop.value), ("end", loop.last), ("body", loop.body)
    ]  # fmt: skip
    if loop.elements is not None:
        parts.append(("elements", tuple(loop.elements)))
    return parts


_RULES: dict[str, Callable[[Step, Op], WriteRule]] = {
    "VECPUSH": _appends,
    "SLACK": _appends,
    "VECSET": _puts_element,
    "SETLINE": _puts_element,
    "ADDLINE": _puts_element,
    "RESIZE": _shapes,
    "OUTPUT": _sends,
}
"""By mnemonic, for those that write into something."""
