"""Places of an XQVM: reading them, and a debugger's edits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vm.contract import Place, PlaceError, Selector, Span, Value
from vm.diagnostics import InputError
from vm.xqvm.model import INT_MAX, INT_MIN, Model, Sample, Slot, Vec, VecX, share
from vm.xqvm.values import slot_of

if TYPE_CHECKING:
    from vm.xqvm.machine import XqvmMachine


def register_of(name: str) -> int | None:
    """The number in `r0` to `r255`, None for any other name."""
    digits = name[1:]
    if name[:1] == "r" and digits.isascii() and digits.isdigit() and len(digits) <= 3 and int(digits) <= 255:
        return int(digits)
    return None


def get(machine: XqvmMachine, place: Place) -> Value:
    """What a place holds; PlaceError if there is none."""
    reg = register_of(place.name)
    if reg is not None:
        return _inside(machine.regs[reg], place)
    if place.name in ("pc", "tick", "steps", "bytes"):
        if place.path:
            raise PlaceError(f"{place}: {place.name} is an integer, which has no parts")
        return machine.memory_used if place.name == "bytes" else getattr(machine, place.name)
    if place.name == "stack":
        return machine.stack if not place.path else machine.stack[_position(place, 0, len(machine.stack))]
    if place.name == "loop":
        return _loop(machine, place)
    if place.name in ("in", "out"):
        slots = machine.calldata if place.name == "in" else machine.output_slots
        slot = slots[_position(place, 0, len(slots))]
        return _inside(slot, Place(f"{place.name}[{place.path[0]}]", place.path[1:]))
    raise PlaceError(
        f"there is no place called {place.name!r}; try r0 to r255, stack, loop, in, out, pc, steps or bytes"
    )


def _position(place: Place, step: int, length: int) -> int:
    """The index a selector means, counted from the end if negative."""
    selector = place.path[step] if len(place.path) > step else None
    if not isinstance(selector, tuple) or len(selector) != 1:
        raise PlaceError(f"{place}: give one index in brackets, such as {place.name}[0]")
    index = selector[0] + length if selector[0] < 0 else selector[0]
    if not 0 <= index < length:
        raise PlaceError(f"{place}: there are {length} elements, counted from 0")
    return index


def _loop(machine: XqvmMachine, place: Place) -> Value:
    if not place.path:
        return len(machine.loops)
    loop = machine.loops[_position(place, 0, len(machine.loops))]
    names = {"index": loop.index, "value": loop.value, "position": loop.position, "end": loop.end, "body": loop.body}
    attribute = place.path[1] if len(place.path) == 2 else "value"
    if not isinstance(attribute, str) or attribute not in names:
        raise PlaceError(f"{place}: a loop has {', '.join(names)}")
    return names[attribute]


def _inside(value: Slot, place: Place) -> Value:
    if not place.path:
        return share(value)
    first, rest = place.path[0], place.path[1:]
    if isinstance(value, Vec | VecX):
        return _element(value.items if isinstance(value, Vec) else [], place, first, rest)
    if isinstance(value, Sample):
        if isinstance(first, str) and not rest and first in ("rows", "cols", "size", "k", "domain"):
            return _attribute(value, first)
        return _element(value.values, place, first, rest)
    if isinstance(value, Model):
        return _coefficient(value, place)
    raise PlaceError(f"{place.name} holds {'nothing' if value is None else 'an integer'}, which has no parts")


def _element(items: list[int], place: Place, first: Selector, rest: tuple[Selector, ...]) -> Value:
    if first == "length" and not rest:
        return len(items)
    if isinstance(first, Span) and not rest:
        return tuple(items[first.start : first.start + first.count])
    if rest:
        raise PlaceError(f"{place}: an integer has no parts")
    return items[_position(place, 0, len(items))]


def _attribute(value: Model | Sample, name: str) -> Value:
    if name == "k":
        return value.domain.k
    return value.domain.name if name == "domain" else getattr(value, name)


def _coefficient(model: Model, place: Place) -> Value:
    match place.path:
        case (("linear" | "lin"), (i,)):
            _check(model, place, i)
            return model.line(i)
        case (("quad" | "quadratic"), (i, j)):
            _check(model, place, i, j)
            return model.pair(i, j)
        case (("rows" | "cols" | "size" | "k" | "domain") as name,):
            return _attribute(model, name)
    raise PlaceError(f"{place}: a model has linear[i], quad[i,j], size, rows, cols, domain and k")


def _check(model: Model, place: Place, *indices: int) -> None:
    for index in indices:
        if not 0 <= index < model.size:
            raise PlaceError(f"{place}: the model has {model.size} variables, counted from 0")


def put(machine: XqvmMachine, place: Place, value: Value) -> None:
    """Write a place; PlaceError if there is none, or if it cannot hold the value."""
    reg = register_of(place.name)
    try:
        slot = slot_of(value, str(place))
    except InputError as error:
        raise PlaceError(str(error)) from error
    if reg is not None:
        _put_register(machine, reg, place, slot)
    elif place.name == "stack" and place.path:
        machine.replace_stack(_position(place, 0, len(machine.stack)), _number(place, slot))
    elif place.name == "out" and len(place.path) == 1:
        machine.output_slots[_position(place, 0, len(machine.output_slots))] = slot
    else:
        raise PlaceError(f"{place} cannot be edited; registers, their parts, stack values and outputs can")


def _number(place: Place, slot: Slot) -> int:
    if not isinstance(slot, int) or not INT_MIN <= slot <= INT_MAX:
        raise PlaceError(f"{place} holds integers only")
    return slot


def _put_register(machine: XqvmMachine, reg: int, place: Place, slot: Slot) -> None:
    if not place.path:
        machine.regs[reg] = slot
        return
    value = machine.regs[reg]
    match value, place.path:
        case Model(), (("linear" | "lin"), (i,)):
            _check(value, place, i)
            machine.own_model(reg).put_line(i, _number(place, slot))
        case Model(), (("quad" | "quadratic"), (i, j)):
            _check(value, place, i, j)
            machine.own_model(reg).put_pair(i, j, _number(place, slot))
        case Sample(), ((_,),):
            index, number = _position(place, 0, value.size), _number(place, slot)
            if number not in value.domain:
                raise PlaceError(f"{place}: {number} is not in the domain {value.domain}")
            machine.own_sample(reg).values[index] = number
        case Vec(), ((_,),):
            machine.own_vector(reg).items[_position(place, 0, len(value.items))] = _number(place, slot)
        case _:
            raise PlaceError(f"{place}: there is nothing to write there")
