"""A debugger's edits of an XQVM. Nothing that a checkpoint or another machine holds is ever written."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from typing import TYPE_CHECKING

from vm.contract import Place, PlaceError, Selector, Value
from vm.diagnostics import InputError
from vm.xqvm.loops import DEPTH_LIMIT, Loop
from vm.xqvm.model import INT_MAX, INT_MIN, U64_MAX, Model, Sample, Slot, Vec, VecX
from vm.xqvm.places import position, register_of
from vm.xqvm.values import slot_of

if TYPE_CHECKING:
    from vm.xqvm.machine import XqvmMachine


def put(machine: XqvmMachine, place: Place, value: Value) -> None:
    """Write a place; PlaceError if there is none, or if it cannot hold the value. Then nothing has changed."""
    reg = register_of(place.name)
    if reg is not None:
        _put_register(machine, reg, place, value)
        return
    match place.name, place.path:
        case "stack", _:
            _put_stack(machine, place, value)
        case "out", (_, *_):
            outputs = machine.output_slots
            slot = position(place, 0, len(outputs))
            outputs[slot] = _edited(outputs[slot], place, place.path[1:], value)
        case "in", (_, *_):
            calldata = list(machine.calldata)
            slot = position(place, 0, len(calldata))
            calldata[slot] = _edited(calldata[slot], place, place.path[1:], value)
            machine.calldata = tuple(calldata)
        case "loop", (_, str(part)):
            _put_loop(machine.loops[position(place, 0, len(machine.loops))], place, part, value)
        case "steps", ("limit",):
            limit = None if value is None else _limit(place, value, machine.steps)
            machine.limit_steps(limit)
        case "bytes", ("limit",):
            machine.limit_memory(_limit(place, value, machine.memory_used))
        case "pc", ():
            machine.go_to(_instruction(machine, place, value))
        case _:
            raise PlaceError(
                f"{place} cannot be edited; registers, the stack, loop indices, inputs, outputs, "
                "their parts, pc, steps.limit and bytes.limit can"
            )


def _slot(place: Place, value: Value) -> Slot:
    """The value as a slot of its own."""
    if isinstance(value, VecX) and place.name != "in":
        return value
    try:
        return slot_of(value, str(place))
    except InputError as error:
        raise PlaceError(str(error)) from error


def _integer(place: Place, value: Value) -> int:
    if not isinstance(value, int) or not INT_MIN <= value <= INT_MAX:
        raise PlaceError(f"{place} holds signed 64-bit integers only")
    return int(value)


def _put_register(machine: XqvmMachine, reg: int, place: Place, value: Value) -> None:
    held = machine.regs[reg]
    if not place.path:
        machine.regs[reg] = _slot(place, value)
        return
    part = _part(held, place, place.path, value)
    if isinstance(held, Model):
        _write_part(machine.own_model(reg), part)
    elif isinstance(held, Sample):
        _write_part(machine.own_sample(reg), part)
    else:
        _write_part(machine.own_vector(reg), part)


def _edited(held: Slot, place: Place, path: Sequence[Selector], value: Value) -> Slot:
    """What a host slot holds once it, or the part that `path` leads to, is another value."""
    if not path:
        return _slot(place, value)
    part = _part(held, place, path, value)
    copy = held.clone(None) if isinstance(held, Model | Sample | Vec) else held
    _write_part(copy, part)
    return copy


_Part = tuple[tuple[int, ...], int]
"""Indices of an element or coefficient, and the number to put there."""


def _part(held: Slot, place: Place, path: Sequence[Selector], value: Value) -> _Part:
    """The part that a path leads to, with the value that is to go there, once all is found to be well."""
    number = _integer(place, value)
    match held, tuple(path):
        case Model(), (("linear" | "lin"), (int(i),)):
            _check_variables(held, place, i)
            return (i,), number
        case Model(), (("quad" | "quadratic"), (int(i), int(j))):
            _check_variables(held, place, i, j)
            return (i, j), number
        case Sample(), ((int(),),):
            if number not in held.domain:
                raise PlaceError(f"{place}: {number} is not in the domain {held.domain}")
            return (position(place, len(place.path) - 1, held.size),), number
        case Vec(), ((int(),),):
            return (position(place, len(place.path) - 1, len(held.items)),), number
    raise PlaceError(f"{place}: there is nothing to write there")


def _check_variables(model: Model, place: Place, *indices: int) -> None:
    for index in indices:
        if not 0 <= index < model.size:
            raise PlaceError(f"{place}: the model has {model.size} variables, counted from 0")


def _write_part(value: Slot, part: _Part) -> None:
    """Write into a value that nobody else holds."""
    indices, number = part
    if isinstance(value, Vec):
        value.items[indices[0]] = number
    elif isinstance(value, Sample):
        value.values[indices[0]] = number
    elif isinstance(value, Model):
        if len(indices) == 1:
            value.put_line(indices[0], number)
        else:
            value.put_pair(indices[0], indices[1], number)


def _put_stack(machine: XqvmMachine, place: Place, value: Value) -> None:
    stack = list(machine.stack)
    if place.path:
        if len(place.path) > 1:
            raise PlaceError(f"{place}: an integer has no parts")
        stack[position(place, 0, len(stack))] = _integer(place, value)
    elif isinstance(value, Sequence) and not isinstance(value, str | bytes):
        if len(value) > DEPTH_LIMIT:
            raise PlaceError(f"{place} holds at most {DEPTH_LIMIT:,} values")
        stack = [_integer(place, item) for item in value]
    else:
        raise PlaceError(f"{place} is a list of integers; one of them is stack[-1]")
    machine.replace_stack(stack)


def _put_loop(loop: Loop, place: Place, part: str, value: Value) -> None:
    """Move an open loop: to another index, or to end elsewhere."""
    number = _integer(place, value)
    if part == "index" or (part == "value" and loop.elements is None):
        first = INT_MIN if loop.elements is None else loop.offset
        _check_range(place, number, first, loop.last - 1)
        loop.position = number - loop.offset
    elif part == "end":
        most = INT_MAX if loop.elements is None else loop.offset + len(loop.elements)
        _check_range(place, number, loop.index + 1, most)
        loop.end = number - loop.offset
    else:
        raise PlaceError(f"{place} cannot be edited; of a loop its index and its end can")


def _check_range(place: Place, number: int, first: int, last: int) -> None:
    if not first <= number <= last:
        raise PlaceError(f"{place}: {number} is outside {first} to {last}")


def _limit(place: Place, value: Value, used: int) -> int:
    if not isinstance(value, int) or not 0 <= value <= U64_MAX:
        raise PlaceError(f"{place} must be an integer from 0 to {U64_MAX}")
    if value < used:
        raise PlaceError(f"{place}: {used:,} {place.name} are used already, the limit cannot be less")
    return int(value)


def _instruction(machine: XqvmMachine, place: Place, value: Value) -> int:
    lines = machine.code()
    at = bisect_left(lines, value, key=lambda line: line.pc) if isinstance(value, int) else len(lines)
    if at >= len(lines) or lines[at].pc != value or not lines[at].op:
        raise PlaceError(f"{place}: no instruction begins there")
    return lines[at].pc
