"""What one instruction read and wrote, place by place, told from the state on either side of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING

from vm.contract import Effect, Place, Read, Selector, Status, Trail, Write
from vm.isa import Flow, OperandKind
from vm.mdvm.frames import Frame
from vm.mdvm.isa import PASSED, SAVED
from vm.mdvm.program import Instruction
from vm.mdvm.state import written_register
from vm.mdvm.values import Array, Dict, Slot

if TYPE_CHECKING:
    from vm.mdvm.engine import Engine

_PC, _RESULT, _SCOPES, _JUMPED = Place("pc"), Place("result"), Place("scope"), Place("jumped")
_COST, _FREE = (("instructions", 1),), (("instructions", 0),)


@cache
def register(number: int) -> Place:
    """A register."""
    return Place(f"r{number}")


class Before:
    """What there was before an instruction."""

    __slots__ = ("depth", "frames", "globals", "output", "registers", "scopes", "tags")

    def __init__(self, machine: Engine) -> None:
        self.registers = tuple(machine.regs)
        self.tags = dict(machine.tags)
        self.frames, self.depth = machine.frames, machine.depth
        self.globals = dict(machine.globals) if machine.globals else {}
        self.output, self.scopes = machine.output, machine.scopes


def observe(machine: Engine, trail: Trail | None = None) -> Effect:
    """Execute one instruction and tell what it did."""
    tick, pc = machine.tick, machine.pc
    instruction = machine.program.code[pc]
    name = "" if instruction.op is None else instruction.op.name
    refused, before = machine.refused, Before(machine)
    machine.step(trail)
    if machine.refused != refused:
        return Effect(tick, pc, name, (), (), _FREE, machine.fault)
    reads = tuple(_reads(machine, before, instruction))
    writes = tuple(_writes(machine, before, instruction))
    return Effect(tick, pc, name, reads, writes, _COST, machine.fault)


# Reads


def _reads(machine: Engine, before: Before, instruction: Instruction) -> Iterator[Read]:
    op, operands, registers = instruction.op, instruction.operands, before.registers
    if op is None:
        return
    special = _READS.get(op.name)
    if special is not None:
        yield from special(machine, before, operands)
        return
    inner = _inner(op.name, before, operands) if machine.fault is None else None
    if inner is not None:
        yield from inner
        return
    seen = set()
    for operand, number in zip(op.operands, operands, strict=False):
        if operand.kind is OperandKind.REGISTER and "r" in operand.access and number not in seen:
            seen.add(number)
            yield Read(register(number), registers[number], operand.name in op.selects)


def _inner(name: str, before: Before, operands: Sequence[int]) -> Iterator[Read] | None:
    """What is read of an instruction that looks at one element; None of others."""
    if name not in _ELEMENTS:
        return None
    return _element_reads(name, before, operands)


_ELEMENTS = frozenset({"array_get", "array_set", "dict_get", "dict_set", "dict_remove", "dict_contains"})
_LOOKING = frozenset({"array_get", "dict_get", "dict_contains"})


def _element_reads(name: str, before: Before, operands: Sequence[int]) -> Iterator[Read]:
    registers = before.registers
    a, b = (operands[1], operands[2]) if name in _LOOKING else (operands[0], operands[1])
    if name in _LOOKING:
        yield Read(Place(f"r{a}", (_selector(registers[b]),)), inside(registers[a], registers[b]))
    yield Read(register(b), registers[b], True)
    if name in ("array_set", "dict_set") and operands[2] != b:
        yield Read(register(operands[2]), registers[operands[2]])


def _selector(index: Slot) -> Selector:
    return (index,) if isinstance(index, int) else str(index)


def inside(holder: Slot, index: Slot) -> Slot:
    """The element of an array or dict; Empty if there is none."""
    if isinstance(holder, Array) and isinstance(index, int) and 0 <= index < len(holder):
        return holder.element(index)
    if isinstance(holder, Dict) and isinstance(index, str):
        return holder.value(index)
    return None


def _constant(machine: Engine, k: int) -> Iterator[Read]:
    if k < len(machine.program.constants):
        yield Read(Place("const", ((k,),)), machine.constant(k))


def _global(machine: Engine, k: int) -> Place | None:
    name = machine.program.constants[k] if k < len(machine.program.constants) else None
    return Place("globals", (name,)) if isinstance(name, str) else None


def _reads_const(machine: Engine, _before: Before, operands: Sequence[int]) -> Iterator[Read]:
    return _constant(machine, operands[1])


def _reads_global(machine: Engine, before: Before, operands: Sequence[int]) -> Iterator[Read]:
    place = _global(machine, operands[1])
    if place is not None:
        yield Read(place, before.globals.get(str(place.path[0])))


def _reads_tag(_machine: Engine, before: Before, operands: Sequence[int]) -> Iterator[Read]:
    from vm.mdvm.places import tag_name

    a = operands[1]
    yield Read(Place("tag", ((a,),)), tag_name(before.tags.get(a), before.registers[a]))


def _reads_call(_machine: Engine, before: Before, operands: Sequence[int]) -> Iterator[Read]:
    _, f, *arguments = operands
    yield Read(register(f), before.registers[f], True)
    for number in dict.fromkeys(arguments[:PASSED]):
        if number != f:
            yield Read(register(number), before.registers[number])


def _reads_return(_machine: Engine, before: Before, operands: Sequence[int]) -> Iterator[Read]:
    if operands:
        yield Read(register(operands[0]), before.registers[operands[0]])
    if before.frames is not None:
        yield Read(Place("frame", ((before.depth - 1,), "pc")), before.frames.back, True)


def _reads_phi(machine: Engine, before: Before, operands: Sequence[int]) -> Iterator[Read]:
    yield Read(_JUMPED, machine.jumped, True)
    pairs = zip(operands[1::2], operands[2::2], strict=True)
    source = next((number for number, label in pairs if label == machine.jumped), None)
    if source is not None:
        yield Read(register(source), before.registers[source])


_Reads = Callable[["Engine", Before, Sequence[int]], Iterator[Read]]
_READS: Mapping[str, _Reads] = MappingProxyType(
    {
        "load_const": _reads_const,
        "load_global": _reads_global,
        "check_type": _reads_tag,
        "call": _reads_call,
        "return": _reads_return,
        "phi": _reads_phi,
    }
)


# Writes


def _writes(machine: Engine, before: Before, instruction: Instruction) -> Iterator[Write]:
    """What became of the places; a value written over an equal one counts as well."""
    op, operands = instruction.op, instruction.operands
    if op is None:
        return
    special = _WRITES.get(op.name)
    if special is not None:
        yield from special(machine, before, operands)
    elif machine.fault is None:
        number = written_register(instruction)
        if number >= 0:
            yield Write(register(number), before.registers[number], machine.regs[number])
    yield from _tags(machine, before)
    if op.flow in (Flow.JUMP, Flow.BRANCH) and machine.fault is None:
        if machine.program.remembers and machine.jumped == instruction.pc & 0xFFFF and op.layout.endswith("J"):
            yield Write(_JUMPED, None, machine.jumped)
        if machine.status is Status.READY and machine.pc != instruction.pc + 1:
            yield Write(_PC, instruction.pc, machine.pc)


def _tags(machine: Engine, before: Before) -> Iterator[Write]:
    """Tags that a define set, or that were forgotten."""
    if not before.tags and not machine.tags:
        return
    from vm.mdvm.places import tag_name

    for number in sorted(before.tags.keys() | machine.tags.keys()):
        old, new = before.tags.get(number), machine.tags.get(number)
        if old != new:
            was, now = tag_name(old, before.registers[number]), tag_name(new, machine.regs[number])
            yield Write(Place("tag", ((number,),)), was, now)


def _writes_global(machine: Engine, before: Before, operands: Sequence[int]) -> Iterator[Write]:
    place = _global(machine, operands[1])
    if machine.fault is None and place is not None:
        name = str(place.path[0])
        yield Write(place, before.globals.get(name), machine.globals.get(name))


def _writes_element(machine: Engine, before: Before, operands: Sequence[int]) -> Iterator[Write]:
    if machine.fault is not None:
        return
    a, index = operands[0], before.registers[operands[1]]
    old, new = inside(before.registers[a], index), inside(machine.regs[a], index)
    yield Write(Place(f"r{a}", (_selector(index),)), old, new)


def _writes_output(machine: Engine, before: Before, _operands: Sequence[int]) -> Iterator[Write]:
    if len(machine.output) != len(before.output):
        yield Write(Place("out", ((len(before.output),),)), None, machine.output[-1])


def _writes_call(machine: Engine, before: Before, operands: Sequence[int]) -> Iterator[Write]:
    """Arguments go first, so they are there even where a call is one too many."""
    fault = machine.fault
    if fault is None or fault.identity == "StackOverflow":
        for number, source in enumerate(_passed(operands[2 : 2 + PASSED])):
            yield Write(register(number), before.registers[number], machine.regs[number], register(source))
    frame = machine.frames
    if fault is None and frame is not None:
        yield from _frame_writes(frame, opened=True)


def _passed(arguments: Sequence[int]) -> Sequence[int]:
    """The registers whose values arrive as arguments: they are copied one after the other, over those still to go."""
    held: list[int] = []
    for number in arguments:
        held.append(held[number] if number < len(held) else number)
    return held


def _frame_writes(frame: Frame, *, opened: bool) -> Iterator[Write]:
    for part, value in (("pc", frame.back), ("into", frame.into), ("entry", frame.entry)):
        place = Place("frame", ((frame.depth - 1,), part))
        yield Write(place, None, value) if opened else Write(place, value, None)


def _writes_return(machine: Engine, before: Before, operands: Sequence[int]) -> Iterator[Write]:
    """Registers that hold something else than before, and what takes the value."""
    frame = before.frames
    if frame is None:
        if operands:
            yield Write(_RESULT, None, machine.result)
        return
    into = frame.into if operands else -1
    for number in range(SAVED):
        if machine.regs[number] is not before.registers[number] and number != into:
            yield Write(register(number), before.registers[number], machine.regs[number])
    if operands:
        yield Write(register(into), before.registers[into], machine.regs[into])
    yield from _frame_writes(frame, opened=False)


def _writes_scopes(machine: Engine, before: Before, _operands: Sequence[int]) -> Iterator[Write]:
    old, new = before.scopes, machine.scopes
    if len(new) > len(old):
        yield Write(Place(_SCOPES.name, ((len(old),),)), None, new[-1])
    elif len(new) < len(old):
        yield Write(Place(_SCOPES.name, ((len(new),),)), old[-1], None)


def _writes_phi(machine: Engine, before: Before, operands: Sequence[int]) -> Iterator[Write]:
    if machine.jumped is not None and machine.jumped in operands[2::2]:
        yield Write(register(operands[0]), before.registers[operands[0]], machine.regs[operands[0]])


def _nothing(_machine: Engine, _before: Before, _operands: Sequence[int]) -> Iterator[Write]:
    return iter(())


_Writes = Callable[["Engine", Before, Sequence[int]], Iterator[Write]]
_WRITES: Mapping[str, _Writes] = MappingProxyType(
    {
        "store_global": _writes_global,
        "define": _nothing,
        "array_set": _writes_element,
        "dict_set": _writes_element,
        "dict_remove": _writes_element,
        "print": _writes_output,
        "call": _writes_call,
        "return": _writes_return,
        "scope_enter": _writes_scopes,
        "scope_exit": _writes_scopes,
        "phi": _writes_phi,
    }
)
