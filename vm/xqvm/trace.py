"""The released toolchain's trace, in text and JSON (XQVM reference, section 11)."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any

from vm.contract import Effect, Observer, Place, Write
from vm.isa import Op, OperandKind
from vm.xqvm.isa import ISA
from vm.xqvm.machine import XqvmMachine
from vm.xqvm.model import Model, Sample, Slot, Vec, VecX
from vm.xqvm.places import register_of

_AFTER_THE_LINE = frozenset({"InvalidLabel", "UnmatchedLoop", "BadOpcode", "TruncatedInstruction"})
"""Faults that arise once an instruction has been executed and traced: a jump or a skip that leads nowhere."""

_WIDTHS = (6, 8, 21, 25, 15, 15)
_TITLES = ("step", "offset", "instruction", "stack", "read-regs", "written-regs")


def _completed(effect: Effect) -> bool:
    fault = effect.fault
    if fault is None:
        return True
    if not effect.op:
        return False
    skipped = fault.identity == "StepLimitExceeded" and fault.operands["pos"] is None and bool(effect.writes)
    return fault.identity in _AFTER_THE_LINE or skipped


def _instruction_text(op: Op, operands: tuple[int, ...]) -> str:
    if op.bare:
        return op.name
    prefix = {OperandKind.REGISTER: "r", OperandKind.TARGET: ".", OperandKind.IMMEDIATE: ""}
    parts = [prefix[operand.kind] + str(number) for operand, number in zip(op.operands, operands, strict=True)]
    return " ".join([op.name, *parts])


Described = dict[str, Any]
"""A value as the JSON trace shows it."""


def _describe(value: Slot) -> Described:
    match value:
        case int():
            return {"type": "int", "value": value}
        case Vec():
            return {"type": "vec<int>", "len": len(value.items)}
        case Model():
            return {"type": "model", "rows": value.rows, "cols": value.cols}
        case Sample():
            return {"type": "sample", "len": value.size}
        case None:
            return {"type": "unset"}
    return {"type": "vec<model>", "len": 0}


def _text_of(value: Described) -> str:
    kind = value["type"]
    if kind == "int":
        return str(value["value"])
    if kind == "model":
        return f"model({value['rows']}x{value['cols']})"
    return str(kind) if kind == "unset" else f"{kind}(len={value['len']})"


class Tracer:
    """Writes one line for each instruction that completed."""

    def __init__(self, machine: XqvmMachine, form: str, write: Callable[[str], object]) -> None:
        self._machine = machine
        self._form = self._json_line if form == "json" else self._text_line
        self._write = write
        self._headed = form == "json"

    def __call__(self, effect: Effect) -> None:
        if not _completed(effect):
            return
        machine = self._machine
        step = machine.instruction_at(effect.pc)
        op = ISA.by_name[effect.op]
        registers = [
            (operand.access, number)
            for operand, number in zip(op.operands, step.instruction.operands, strict=True)
            if operand.kind is OperandKind.REGISTER
        ]
        read = [(reg, _before(effect, reg, machine.regs[reg])) for access, reg in registers if "r" in access]
        changed = _changed(effect)
        written = [(reg, _describe(machine.regs[reg])) for access, reg in registers if "w" in access and reg in changed]
        self._form(effect, _instruction_text(op, step.instruction.operands), read, written)

    def _json_line(self, effect: Effect, text: str, read: _Registers, written: _Registers) -> None:
        stack = ",".join(map(str, self._machine.stack))
        self._write(
            f'{{"step":{effect.tick + 1},"pos":{effect.pc},"instruction":{json.dumps(text)},"stack":[{stack}],'
            f'"read_regs":{_json_registers(read)},"written_regs":{_json_registers(written)}}}\n'
        )

    def _text_line(self, effect: Effect, text: str, read: _Registers, written: _Registers) -> None:
        if not self._headed:
            self._write("  ".join(title.ljust(width) for title, width in zip(_TITLES, _WIDTHS, strict=True)) + "\n")
            self._headed = True
        stack = self._machine.stack
        shown = [f"...{len(stack) - 8} more", *map(str, stack[-8:])] if len(stack) > 8 else list(map(str, stack))
        cells = (
            str(effect.tick + 1).rjust(6),
            f"0x{effect.pc:04X}".ljust(8),
            text.ljust(21),
            f"[{', '.join(shown)}]".ljust(25),
            _text_registers(read).ljust(15),
            _text_registers(written).ljust(15),
        )
        self._write("  ".join(cells) + "\n")


_Registers = list[tuple[int, Described]]


def _json_registers(registers: _Registers) -> str:
    return "{" + ",".join(f'"{reg}":{json.dumps(v, separators=(",", ":"))}' for reg, v in registers) + "}"


def _text_registers(registers: _Registers) -> str:
    return ", ".join(f"r{reg}={_text_of(value)}" for reg, value in registers)


def _register_writes(effect: Effect) -> Iterable[tuple[int, Write]]:
    for write in effect.writes:
        reg = register_of(write.place.name)
        if reg is not None:
            yield reg, write


def _before(effect: Effect, reg: int, now: Slot) -> Described:
    """A register before the instruction, told from what it holds now and what was written to it."""
    shown = _describe(now)
    for number, write in _register_writes(effect):
        if number != reg:
            continue
        match write.place.path:
            case ():
                old = write.old
                shown = _describe(old if isinstance(old, int | Vec | VecX | Model | Sample) else None)
            case (("rows" | "cols") as name,) if name in shown:
                shown[name] = write.old
            case ((_,),) if write.old is None:
                shown["len"] -= 1
    return shown


def _changed(effect: Effect) -> set[int]:
    """Registers that hold something else than before: a place written twice may be back where it was."""
    first: dict[tuple[int, Place], object] = {}
    last: dict[tuple[int, Place], object] = {}
    for reg, write in _register_writes(effect):
        first.setdefault((reg, write.place), write.old)
        last[reg, write.place] = write.new
    return {key[0] for key, old in first.items() if old != last[key]}


def tracer(machine: XqvmMachine, form: str, write: Callable[[str], object]) -> Observer:
    """An observer of `machine` that writes its trace in `form`, `text` or `json`; ValueError for any other."""
    if form not in ("text", "json"):
        raise ValueError(f"a trace is text or json, not {form!r}")
    return Tracer(machine, form, write)
