"""What a debugger shows of a PVM, as cells."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING

from vm.contract import Cell, Place, Span, Status, View
from vm.isa import OperandKind
from vm.pvm.calls import outward
from vm.pvm.hosting import named
from vm.pvm.isa import REGISTERS
from vm.pvm.memory import PAGE, rights_words
from vm.pvm.numbers import SIGN64, signed64

if TYPE_CHECKING:
    from vm.pvm.state import State

VIEWS = (
    View("registers", "Registers", tall=True),
    View("counters", "Counters", fitted=True),
    View("calls", "Calls", top_first=True),
    View("pages", "Pages", fitted=True),
    View("host", "Host calls", top_first=True, fitted=True),
    View("outputs", "Output", fitted=True),
)
_SHOWN = 24
"""Octets in a summary."""
_PLAIN = 10
"""Numbers below are the same in every base."""
_FAR = 1_000
"""Instructions of a block that are counted."""
_CALLS = 256
"""Calls that are listed, innermost first."""
_WORDS: Mapping[str, str] = MappingProxyType({"r": "read next", "w": "written next", "rw": "changed next"})


def cells(machine: State, view: str) -> Sequence[Cell]:
    """The cells of one view; KeyError if there is none of that name."""
    return tuple(_CELLS[view](machine))


def text(value: object) -> str:
    """Any value a place can hold in one line."""
    match value:
        case None:
            return "unset"
        case int():
            return number_text(value)
        case bytes() | tuple() | list():
            return octets_text(value)
    return str(value)


def number_text(value: int) -> str:
    """A number in hexadecimal and, signed if its highest bit says so, in decimal."""
    if -_PLAIN < value < _PLAIN:
        return str(value)
    if value < 0:
        return f"{value:#x} ({value})"
    return f"{value:#x} ({signed64(value) if value & SIGN64 else value})"


def octets_text(octets: Sequence[int]) -> str:
    """Some octets in hexadecimal, and as text where they are some."""
    shown = bytes(octet & 255 for octet in octets[:_SHOWN])
    more = " …" if len(octets) > _SHOWN else ""
    letters = "".join(chr(octet) if 32 <= octet < 127 else "." for octet in shown)
    return f"{shown.hex(' ')}{more}" + (f"  {letters}{more}" if any(32 <= octet < 127 for octet in shown) else "")


def _registers(machine: State) -> Iterator[Cell]:
    roles = _roles(machine)
    for number, (name, value) in enumerate(zip(REGISTERS, machine.regs, strict=True)):
        yield Cell(name, number_text(value), "int", value, roles.get(number, f"r{number}"))


def _roles(machine: State) -> dict[int, str]:
    """What the next instruction does with registers."""
    if machine.status is not Status.READY:
        return {}
    instruction = machine.program.decode(machine.pc)
    op = instruction.op
    if op is None:
        return {}
    access: dict[int, str] = {}
    for operand, number in zip(op.operands, instruction.operands, strict=True):
        if operand.kind is OperandKind.REGISTER:
            access[number] = "".join(sorted({*access.get(number, ""), *operand.access}))
    return {number: _WORDS[each] for number, each in access.items()}


def _counters(machine: State) -> Iterator[Cell]:
    yield Cell("gas", f"{machine.gas:,}", "int", machine.gas, "left")
    yield Cell("pc", number_text(machine.pc), "int", machine.pc, _block_note(machine))
    yield Cell("heap", number_text(machine.memory.heap), "int", machine.memory.heap, "where it ends")


def _block_note(machine: State) -> str:
    """The basic block the machine stands in, and where in it."""
    program = machine.program
    if not 0 <= machine.pc < len(program.code):
        return "behind the code"
    first, number = machine.pc, 1
    while first not in program.block_starts and (before := program.marks.rfind(1, 0, first)) >= 0:
        first, number = before, number + 1
        if number > _FAR:
            return "in a long block"
    return f"instruction {number} of the block at {first:#x}"


def _calls(machine: State) -> Iterator[Cell]:
    for call, _ in zip(outward(machine.calls), range(_CALLS), strict=False):
        level = call.depth - 1
        back = machine.landings.get(call.back)
        note = "" if back is None else f"returns to {back:#x}"
        yield Cell(f"call[{level}]", f"{call.entry:#x}, sp {call.sp:#x}", "call", (call.entry, call.sp, back), note)


def _pages(machine: State) -> Iterator[Cell]:
    memory = machine.memory
    for (first, end, rights), touched in zip(memory.areas, memory.held_by_area(), strict=True):
        count = end - first
        shown = f"{rights_words(rights)}, {count:,} page{'s' if count > 1 else ''}"
        note = f"to {end * PAGE - 1:#x}, {touched:,} in use"
        place = Place("rights", (Span(first * PAGE, count * PAGE),))
        yield Cell(str(place), shown, "pages", (rights, touched), note)


def _host(machine: State) -> Iterator[Cell]:
    count = sum(machine.host_counts.values())
    for at in range(len(machine.host_calls) - 1, -1, -1):
        call = machine.host_calls[at]
        last = at == len(machine.host_calls) - 1
        waits = last and machine.status is Status.HOST
        note = "waits for a reply" if waits else "answered by the inputs" if call.answered else "answered"
        given = " ".join(f"{REGISTERS[n]}={call.registers[n]:#x}" for n in range(7, 13) if call.registers[n])
        number = count - len(machine.host_calls) + at
        yield Cell(
            f"host[{number}]", f"{named(call.number)} {given}".strip(), "host", call, f"{note}, tick {call.tick:,}"
        )


def _outputs(machine: State) -> Iterator[Cell]:
    output = machine.output()
    if output:
        place = Place("mem", (Span(machine.regs[7], len(output)),))
        yield Cell(str(place), octets_text(output), "octets", output, f"{len(output):,} octets", len(output))


_CELLS: Mapping[str, Callable[[State], Iterator[Cell]]] = MappingProxyType(
    {
        "registers": _registers,
        "counters": _counters,
        "calls": _calls,
        "pages": _pages,
        "host": _host,
        "outputs": _outputs,
    }
)
