"""A debugger's edits. Values are immutable, so what checkpoints or other machines hold is never written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from vm.contract import Place, PlaceError, Selector, Value
from vm.mdvm.frames import Frame
from vm.mdvm.inputs import MOST_INSTRUCTIONS, MOST_MEMORY
from vm.mdvm.isa import REGISTERS, SAVED
from vm.mdvm.places import FRAME_PARTS, TAGS, frame_at, register_number
from vm.mdvm.values import ARRAY, DEEPEST, LEAST, MOST, UNKNOWN, Array, Dict, Function, Slot, Url, size_of

if TYPE_CHECKING:
    from vm.mdvm.state import State

_LEVELS = 200
"""Levels of lists and mappings that are taken for arrays and dicts."""
_TAG_NUMBERS = {name: tag for tag, name in TAGS.items() if tag < ARRAY}


def put(machine: State, place: Place, value: Value) -> None:
    """Write a place; PlaceError if there is none, or if it cannot hold the value. Then nothing has changed."""
    number = register_number(place.name)
    if number is not None:
        machine.regs[number] = _changed(machine, machine.regs[number], place.path, value, place)
        if not place.path:
            machine.define(number, None)
        return
    match place.name, place.path:
        case "globals", (str(name), *rest):
            held = machine.globals.get(name)
            if rest and name not in machine.globals:
                raise PlaceError(f"{place}: there is no global {name[:40]!r} now")
            changed = _changed(machine, held, rest, value, place)
            machine.own_globals()[name] = changed
        case "frame", ((int(level),), str(part), *rest):
            _put_frame(machine, place, level, part, rest, value)
        case "tag", ((int(number),),) if 0 <= number < REGISTERS:
            machine.define(number, _tag(place, value))
        case "instructions", ("limit",):
            limit = _natural(place, value, MOST_INSTRUCTIONS)
            if limit < machine.instructions:
                raise PlaceError(f"{place}: {machine.instructions:,} are executed already, the limit cannot be less")
            machine.limit = limit
        case "memory", ("limit",):
            machine.memory_limit = _natural(place, value, MOST_MEMORY)
        case "pc", ():
            machine.go_to(_natural(place, value, machine.program.instructions))
        case _:
            raise PlaceError(
                f"{place} cannot be edited; registers, globals, frame[…], tag[…], instructions.limit, memory.limit and "
                "pc can, and what is inside of them"
            )


def slot(value: Value, place: object) -> Slot:
    """A value as a register takes it, lists as arrays and mappings as dicts; PlaceError if it cannot."""
    return _slot(value, place, 0)


def _slot(value: Any, place: object, level: int) -> Slot:
    match value:
        case None | bool() | float() | Array() | Dict() | Function() | Url():
            return value
        case int():
            if not LEAST <= value <= MOST:
                raise PlaceError(f"{place}: Ints are {LEAST} to {MOST}")
            return int(value)
        case str():
            try:
                value.encode()
            except UnicodeEncodeError:
                raise PlaceError(f"{place}: the text has characters that UTF-8 cannot hold") from None
            return value
    if level >= _LEVELS:
        raise PlaceError(f"{place}: the value is nested too deeply")
    if isinstance(value, Mapping):
        if not all(isinstance(key, str) for key in value):
            raise PlaceError(f"{place}: the keys of a dict are texts")
        return Dict((str(_slot(key, place, level)), _slot(item, place, level + 1)) for key, item in value.items())
    if isinstance(value, Sequence) and not isinstance(value, bytes | bytearray):
        return Array(_slot(item, place, level + 1) for item in value)
    raise PlaceError(f"{place} cannot hold that")


def _changed(machine: State, held: Slot, path: Sequence[Selector], value: Value, place: Place) -> Slot:
    """What a place holds once something inside of it is another value."""
    holders: list[Slot] = []
    for step in path:
        if len(holders) >= DEEPEST:
            raise PlaceError(f"{place}: too many steps")
        holders.append(held)
        held = _entered(held, step, place)
    changed = slot(value, place)
    for holder, step in zip(reversed(holders), reversed(path), strict=True):
        changed = _replaced(holder, step, changed)
    if size_of(changed) > machine.memory_limit:
        raise PlaceError(f"{place}: the value would be larger than memory.limit allows, {machine.memory_limit:,}")
    return changed


def _entered(held: Slot, step: Selector, place: Place) -> Slot:
    match step:
        case str(key) if isinstance(held, Dict):
            return held.value(key)
        case (int(index),) if isinstance(held, Array):
            if -len(held) <= index < len(held):
                return held.element(index % len(held))
            raise PlaceError(f"{place}: the array has {len(held):,} elements, counted from 0; arrays never grow")
    raise PlaceError(f"{place}: an element of an array has [index], one of a dict .key, and this is neither")


def _replaced(holder: Slot, step: Selector, value: Slot) -> Slot:
    if isinstance(holder, Dict) and isinstance(step, str):
        return holder.put(step, value)
    if isinstance(holder, Array) and isinstance(step, tuple):
        return holder.put(step[0] % len(holder), value)
    raise PlaceError("it has no parts")


def _put_frame(machine: State, place: Place, level: int, part: str, rest: Sequence[Selector], value: Value) -> None:
    """Replace an open call, and all above it, as each holds the one below."""
    frame = frame_at(machine, level, place)
    number = register_number(part)
    if number is not None and number < SAVED:
        changed = _changed(machine, frame.saved[number], rest, value, place)
        held = [*frame.saved[:number], changed, *frame.saved[number + 1 :]]
        new = Frame(frame.back, frame.into, frame.entry, held, frame.below, frame.depth)
    elif part in FRAME_PARTS and not rest:
        most = REGISTERS - 1 if part == "into" else machine.program.instructions
        natural = _natural(place, value, most)
        parts = {"pc": frame.back, "into": frame.into, "entry": frame.entry} | {part: natural}
        new = Frame(parts["pc"], parts["into"], parts["entry"], frame.saved, frame.below, frame.depth)
    else:
        raise PlaceError(f"{place}: an open call has {', '.join(FRAME_PARTS)} and r0 to r63")
    above: list[Frame] = []
    here = machine.frames
    while here is not None and here is not frame:
        above.append(here)
        here = here.below
    for each in reversed(above):
        new = Frame(each.back, each.into, each.entry, each.saved, new, each.depth)
    machine.frames = new


def _natural(place: Place, value: Value, most: int) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= most:
        raise PlaceError(f"{place} must be an integer from 0 to {most:,}")
    return int(value)


def _tag(place: Place, value: Value) -> int:
    if isinstance(value, str) and value in _TAG_NUMBERS:
        return _TAG_NUMBERS[value]
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 0xFFFF:
        return min(value, UNKNOWN)
    raise PlaceError(f"{place} must be a type: {', '.join(_TAG_NUMBERS)}, or its number")
