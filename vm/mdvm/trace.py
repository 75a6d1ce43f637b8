"""What a run does: in text as the debug trace of the released machine (reference, section 12), and in JSON."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING

from vm.contract import Effect, Observer, Place
from vm.mdvm.forms import TooLongError, quoted
from vm.mdvm.isa import ASSERTS, PASSED, TRACED
from vm.mdvm.program import Instruction
from vm.mdvm.values import Slot, TooDeepError

if TYPE_CHECKING:
    from vm.mdvm.machine import MdvmMachine

_LONGEST = 1 << 16


def tracer(machine: MdvmMachine, form: str, write: Callable[[str], object]) -> Observer:
    """An observer that writes lines in `form`."""

    def as_text(effect: Effect) -> None:
        write("".join(f"{line}\n" for line in debug_lines(machine, effect)))

    def as_json(effect: Effect) -> None:
        found = {
            "pc": effect.pc,
            "op": effect.op,
            "reads": {str(item.place): machine.to_json(item.value) for item in effect.reads},
            "writes": {str(item.place): machine.to_json(item.new) for item in effect.writes},
            "instructions": machine.instructions,
            "error": None if effect.fault is None else effect.fault.code,
        }
        write(json.dumps(found) + "\n")

    return as_json if form == "json" else as_text


def debug_lines(machine: MdvmMachine, effect: Effect) -> Iterator[str]:
    """The lines of an instruction, exactly as the released machine writes them; none for an attempt over the limit."""
    if not effect.costs or not effect.costs[0][1]:
        return
    instruction = machine.program.code[effect.pc]
    yield f"PC: {effect.pc}, Instruction: {_shown(instruction)}"
    more = _MORE.get(effect.op)
    if more is not None:
        yield from more(machine, effect, instruction.operands)


def _shown(instruction: Instruction) -> str:
    op, operands = instruction.op, instruction.operands
    if op is None:
        return "?"
    name, *fields = TRACED[op.name]
    values: Sequence[object] = operands
    if op.name == "call":
        into, f, *arguments = operands
        values = (f, arguments, into)
    elif op.name == "return":
        values = (f"Some({operands[0]})" if operands else "None",)
    elif op.name == "phi":
        values = (operands[0], [*zip(operands[1::2], operands[2::2], strict=True)])
    elif op.name == "assert":
        values = (operands[0], ASSERTS[operands[1]])
    if not fields:
        return name
    told = ", ".join(f"{field}: {value}" for field, value in zip(fields, values, strict=True))
    return f"{name} {{ {told} }}"


def _told(value: object) -> str:
    held: Slot = value  # type: ignore[assignment]
    try:
        return quoted(held, _LONGEST)
    except (TooDeepError, TooLongError):
        return "…"


def _values(effect: Effect) -> Mapping[Place, object]:
    return {read.place: read.value for read in effect.reads}


def _load(machine: MdvmMachine, effect: Effect, operands: Sequence[int]) -> Iterator[str]:
    d, k = operands
    if effect.fault is None:
        yield f"  LoadConstR: r{d} = constants[{k}] = {_told(machine.regs[d])}"


def _at_most(_machine: MdvmMachine, effect: Effect, operands: Sequence[int]) -> Iterator[str]:
    d, a, b = operands
    held = _values(effect)
    left, right = (_told(held[Place(f"r{number}")]) for number in (a, b))
    yield f"  LteR: r{d} = r{a} ({left}) <= r{b} ({right})"
    if effect.fault is None:
        yield f"    Result: {'true' if effect.writes[0].new else 'false'}"


def _call(machine: MdvmMachine, effect: Effect, operands: Sequence[int]) -> Iterator[str]:
    """Each argument as it is before any is copied, then each as it is copied, one after the other."""
    into, f, *arguments = operands
    yield f"CallR: func=r{f}, dst=r{into}, args={list(arguments)}"
    before = dict(_values(effect))
    for at, number in enumerate(arguments):
        yield f"  arg[{at}]: r{number} = {_told(_before(machine, before, number))}"
    if effect.fault is not None and effect.fault.identity != "StackOverflow":
        return
    copied = {write.place: write.new for write in effect.writes}
    for at, number in enumerate(arguments[:PASSED]):
        yield f"  Set r{at} = {_told(copied[Place(f'r{at}')])} (from r{number})"


def _before(machine: MdvmMachine, before: Mapping[Place, object], number: int) -> object:
    place = Place(f"r{number}")
    return before[place] if place in before else machine.regs[number]


def _print(_machine: MdvmMachine, effect: Effect, _operands: Sequence[int]) -> Iterator[str]:
    yield f"DEBUG: {_told(effect.reads[0].value)}"


def _breakpoint(_machine: MdvmMachine, effect: Effect, _operands: Sequence[int]) -> Iterator[str]:
    yield f"BREAKPOINT at PC: {effect.pc}"


_More = Callable[["MdvmMachine", Effect, Sequence[int]], Iterator[str]]
_MORE: Mapping[str, _More] = MappingProxyType(
    {"load_const": _load, "lte": _at_most, "call": _call, "print": _print, "breakpoint": _breakpoint}
)
