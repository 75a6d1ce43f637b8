"""A debugger's edits of a PVM. Nothing that a checkpoint or another machine holds is ever written."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from vm.contract import Place, PlaceError, Status, Value
from vm.pvm.inputs import register_number
from vm.pvm.memory import LOW, PAGE, SPACE, WRITABLE
from vm.pvm.numbers import ONES64
from vm.pvm.places import WIDTHS, WORD, octets_of, pages_of, unmapped

if TYPE_CHECKING:
    from vm.pvm.state import State


def put(machine: State, place: Place, value: Value) -> None:
    """Write a place; PlaceError if there is none, or if it cannot hold the value. Then nothing has changed."""
    number = register_number(place.name)
    if number is not None:
        machine.regs[number] = _registered(machine.regs[number], place, value)
        return
    match place.name, place.path:
        case "mem", _:
            _put_octets(machine, place, value)
        case "rights", _:
            _put_rights(machine, place, value)
        case "gas", ():
            _put_gas(machine, _natural(place, value, ONES64))
        case "gas", ("limit",):
            used, limit = machine.gas_used, _natural(place, value, ONES64)
            if limit < used:
                raise PlaceError(f"{place}: {used:,} gas is used already, the limit cannot be less")
            machine.gas, machine.gas_limit = limit - used, limit
        case "heap", ():
            machine.memory.heap = _natural(place, value, SPACE)
        case "host", ("reply",):
            if machine.status is not Status.HOST:
                raise PlaceError("the program does not wait for its host")
            machine.go_to(machine.program.decode(machine.pc).next_pc)
        case "pc", ():
            machine.go_to(_instruction(machine, place, value))
        case _:
            raise PlaceError(
                f"{place} cannot be edited; registers, mem[…], rights[…], gas, gas.limit, heap, pc and host.reply can"
            )


def _put_gas(machine: State, left: int) -> None:
    """What is left from now on. What was used stays used; but a host that replies charges for its call by it."""
    if machine.status is Status.HOST:
        machine.gas_limit = max(machine.gas_limit, left)
    else:
        machine.gas_limit = machine.gas_used + left
    machine.gas = left


def _natural(place: Place, value: Value, most: int) -> int:
    if not isinstance(value, int) or not 0 <= value <= most:
        raise PlaceError(f"{place} must be an integer from 0 to {most:#x}")
    return int(value)


def _bits(place: Place, value: Value, size: int) -> int:
    """A number of so many octets, a signed one as its pattern."""
    if not isinstance(value, int) or not -(1 << 8 * size - 1) <= value < 1 << 8 * size:
        raise PlaceError(f"{place} holds numbers of {8 * size} bits, {-(1 << 8 * size - 1)} to {(1 << 8 * size) - 1}")
    return value & (1 << 8 * size) - 1


def _registered(held: int, place: Place, value: Value) -> int:
    """What a register holds once it, or the low part of it that is named, is another value."""
    match place.path:
        case ():
            return _bits(place, value, WORD)
        case (str(width),) if width in WIDTHS:
            size = WIDTHS[width][0]
            return held & ~((1 << 8 * size) - 1) | _bits(place, value, size)
    raise PlaceError(f"{place}: a register has the parts {', '.join(WIDTHS)} only")


def _put_octets(machine: State, place: Place, value: Value) -> None:
    at, count = octets_of(place)
    if isinstance(value, Sequence) and not isinstance(value, str):
        octets = _listed(place, value, count)
    elif count <= WORD:
        octets = _bits(place, value, count).to_bytes(count, "little")
    else:
        raise PlaceError(f"{place} takes a list of {count} octets, or name at most {WORD} for a number")
    if not machine.memory.poke(at, octets):
        raise unmapped(place, machine, at, count)


def _listed(place: Place, value: Sequence[object], count: int) -> bytes:
    if len(value) != count:
        raise PlaceError(f"{place} takes {count} octets, not {len(value)}")
    found = [each for each in value if isinstance(each, int) and 0 <= each <= 255]
    if len(found) != count:
        raise PlaceError(f"{place}: octets are 0 to 255")
    return bytes(found)


def _put_rights(machine: State, place: Place, value: Value) -> None:
    first, end = pages_of(place)
    if not isinstance(value, int) or not 0 <= value <= WRITABLE:
        raise PlaceError(f"{place} is 0 for pages that are not mapped, 1 for read-only and 2 for writable ones")
    if first < LOW // PAGE:
        raise PlaceError(f"{place}: pages below {LOW:#x} can never be mapped")
    machine.memory.protect(first, end, int(value))


def _instruction(machine: State, place: Place, value: Value) -> int:
    marks = machine.program.marks
    if isinstance(value, int) and 0 <= value < len(marks) and marks[value]:
        return int(value)
    raise PlaceError(f"{place}: no instruction begins there")
