"""Places of an XQVM, compiled: closures that tell what a place holds, fast enough to be asked at every tick."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, TypeAlias

from vm.contract import Place, PlaceError, Selector, Span, Value
from vm.xqvm.loops import Loop
from vm.xqvm.model import Model, Sample, Slot, Vec, VecX, share

if TYPE_CHECKING:
    from vm.xqvm.machine import XqvmMachine

Reader: TypeAlias = Callable[[], Value]

_NAMES = frozenset({"stack", "loop", "in", "out", "pc", "tick", "steps", "bytes"})
_SHAPE = frozenset({"rows", "cols", "size", "k", "domain"})
LOOP_PARTS = ("index", "value", "end", "body", "elements")
"""What there is of an open loop; `elements` of a loop over a vector only."""


def register_of(name: str) -> int | None:
    """The number in `r0` to `r255`, None for any other name."""
    digits = name[1:]
    if name[:1] == "r" and digits.isascii() and digits.isdigit() and len(digits) <= 3 and int(digits) <= 255:
        return int(digits) if len(digits) == 1 or digits[0] != "0" else None
    return None


def knows(name: str) -> bool:
    """Whether there can be places of this name."""
    return name in _NAMES or register_of(name) is not None


def get(machine: XqvmMachine, place: Place) -> Value:
    """What a place holds, to be kept; PlaceError if there is none."""
    value = reader(machine, place)()
    return share(value) if isinstance(value, Vec | Model | Sample) else value


def reader(machine: XqvmMachine, place: Place) -> Reader:
    """A closure that tells what a place holds, not to be kept; PlaceError if there can be none."""
    reg = register_of(place.name)
    if reg is not None:
        regs = machine.regs
        return _inside(lambda: regs[reg], place, place.path)
    match place.name:
        case "stack":
            return _stack(machine, place)
        case "loop":
            return _loop(machine, place)
        case "in" | "out":
            return _slot(machine, place)
        case "pc" | "tick" | "steps" | "bytes":
            return _number(machine, place)
    raise PlaceError(
        f"there is no place called {place.name!r}; try r0 to r255, stack, loop, in, out, pc, steps or bytes"
    )


def resolve(machine: XqvmMachine, place: Place) -> Place:
    """The same place as effects name it; what is no place now stays as it is."""
    lists: dict[str, Sequence[object]] = {
        "stack": machine.operands, "loop": machine.loops, "in": machine.calldata, "out": machine.output_slots,
    }  # fmt: skip
    head: tuple[Selector, ...] = ()
    tail = place.path
    if place.name in lists and tail:
        head, tail = (_absolute(tail[0], len(lists[place.name])),), tail[1:]
    match tail:
        case ("lin", *rest):
            tail = ("linear", *rest)
        case (("quad" | "quadratic"), (int(i), int(j))):
            tail = ("quad", (min(i, j), max(i, j)))
        case (((int(),) | Span()) as selector,):
            tail = (_absolute(selector, _length(machine, Place(place.name, head))),)
    return Place(place.name, (*head, *tail))


def _absolute(selector: Selector, length: int) -> Selector:
    """A selector counted from the start; one that reaches beyond the start stays as it is."""
    match selector:
        case Span(start, count) if -length <= start < 0:
            return Span(start + length, count)
        case (int(index),) if -length <= index < 0:
            return (index + length,)
    return selector


def _length(machine: XqvmMachine, place: Place) -> int:
    """How many elements a place has, 0 if it has none."""
    try:
        length = reader(machine, Place(place.name, (*place.path, "length")))()
    except PlaceError:
        return 0
    return length if isinstance(length, int) else 0


def _number(machine: XqvmMachine, place: Place) -> Reader:
    match place.name, place.path:
        case "steps", ("limit",):
            return lambda: machine.step_limit
        case "bytes", ("limit",):
            return lambda: machine.memory_limit
        case "pc", ():
            return lambda: machine.pc
        case "tick", ():
            return lambda: machine.tick
        case "steps", ():
            return lambda: machine.steps
        case "bytes", ():
            return lambda: machine.memory_used
    raise PlaceError(f"{place}: {place.name} is an integer, which has no parts")


def _stack(machine: XqvmMachine, place: Place) -> Reader:
    stack = machine.operands
    match place.path:
        case ():
            return lambda: tuple(stack)
        case ("length",):
            return lambda: len(stack)
        case (Span() as span,):
            return lambda: _span(stack, span, place)
        case ((int(index),),):

            def value() -> Value:
                try:
                    return stack[index]
                except IndexError:
                    raise _beyond(place, len(stack)) from None

            return value
    raise PlaceError(f"{place}: give one index in brackets, such as stack[-1]")


def _loop(machine: XqvmMachine, place: Place) -> Reader:
    loops = machine.loops
    match place.path:
        case ():
            return lambda: len(loops)
        case ((int(level),),):
            part = "value"
        case ((int(level),), str(part)) if part in LOOP_PARTS:
            pass
        case ((int(level),), "elements", *rest) if len(rest) == 1:
            return _within(lambda: _elements(_open_loop(loops, level, place), place), place, rest[0])
        case _:
            raise PlaceError(f"{place}: a loop has {', '.join(LOOP_PARTS)}, such as loop[0].index")
    if part == "elements":
        return lambda: tuple(_elements(_open_loop(loops, level, place), place))

    def value() -> Value:
        try:
            return getattr(loops[level], attribute)
        except IndexError:
            raise _beyond(place, len(loops)) from None

    attribute = "last" if part == "end" else part
    return value


def _open_loop(loops: list[Loop], level: int, place: Place) -> Loop:
    if not -len(loops) <= level < len(loops):
        raise _beyond(place, len(loops))
    return loops[level]


def _elements(loop: Loop, place: Place) -> list[int]:
    if loop.elements is None:
        raise PlaceError(f"{place}: this loop runs over integers, not over the elements of a vector")
    return loop.elements


def _slot(machine: XqvmMachine, place: Place) -> Reader:
    """A host slot, or a part of what it holds; how many there are never changes."""
    if not place.path or not isinstance(place.path[0], tuple) or len(place.path[0]) != 1:
        raise PlaceError(f"{place}: give one index in brackets, such as {place.name}[0]")
    outputs = machine.output_slots
    index = position(place, 0, len(machine.calldata if place.name == "in" else outputs))
    if place.name == "in":
        return _inside(lambda: machine.calldata[index], place, place.path[1:])
    return _inside(lambda: outputs[index], place, place.path[1:])


def _inside(fetch: Callable[[], Slot], place: Place, path: Sequence[Selector]) -> Reader:
    """A part of a value that is fetched anew each time."""
    match tuple(path):
        case ():
            return fetch
        case ("length",):
            return lambda: len(_items(fetch(), place))
        case (str(name),) if name in _SHAPE:
            return lambda: _attribute(fetch(), name, place)
        case (("linear" | "lin"), (int(i),)) if i >= 0:
            return lambda: _model(fetch(), place, i).linear.get(i, 0)
        case (("quad" | "quadratic"), (int(i), int(j))) if i >= 0 and j >= 0:
            return lambda: _model(fetch(), place, max(i, j)).pair(i, j)
        case (((int(),) | Span()) as selector,):
            return _within(lambda: _items(fetch(), place), place, selector)
    raise PlaceError(
        f"{place}: there can be no such part; vectors and samples have [i] and length, "
        "models linear[i] and quad[i,j], models and samples size, rows, cols, domain and k"
    )


def _within(fetch: Callable[[], list[int]], place: Place, selector: Selector) -> Reader:
    """Elements of a list that is fetched anew each time."""
    if isinstance(selector, Span):
        return lambda: _span(fetch(), selector, place)
    if not isinstance(selector, tuple) or len(selector) != 1:
        raise PlaceError(f"{place}: give one index in brackets")
    index = selector[0]

    def element() -> Value:
        items = fetch()
        try:
            return items[index]
        except IndexError:
            raise _beyond(place, len(items)) from None

    return element


def _span(items: list[int], span: Span, place: Place) -> tuple[int, ...]:
    """The elements of a span that are there; it may reach beyond the end, not begin there."""
    start = span.start + len(items) if span.start < 0 else span.start
    if not 0 <= start <= len(items):
        raise _beyond(place, len(items))
    return tuple(items[start : start + span.count])


def _items(value: Slot, place: Place) -> list[int]:
    if type(value) is Vec:
        return value.items
    if isinstance(value, Sample):
        return value.values
    if isinstance(value, VecX):
        return []
    raise _no_part(value, place)


def _attribute(value: Slot, name: str, place: Place) -> Value:
    if not isinstance(value, Model | Sample):
        raise _no_part(value, place)
    if name == "k":
        return value.domain.k
    return value.domain.name if name == "domain" else getattr(value, name)


def _model(value: Slot, place: Place, largest: int) -> Model:
    """The model, if it has a variable of the largest index asked for."""
    if type(value) is not Model:
        raise _no_part(value, place)
    if largest >= value.size:
        raise PlaceError(f"{place}: the model has {value.size} variables, counted from 0")
    return value


def _no_part(value: Slot, place: Place) -> PlaceError:
    match value:
        case None:
            return PlaceError(f"{place}: what is unset has no parts")
        case int():
            return PlaceError(f"{place}: an integer has no parts")
        case Model():
            return PlaceError(f"{place}: a model has linear[i], quad[i,j], size, rows, cols, domain and k")
        case Sample():
            return PlaceError(f"{place}: a sample has [i], length, size, rows, cols, domain and k")
    return PlaceError(f"{place}: a vector has [i] and length")


def _beyond(place: Place, length: int) -> PlaceError:
    return PlaceError(f"{place}: there are {length} elements, counted from 0")


def position(place: Place, step: int, length: int) -> int:
    """The index a selector means, counted from the end if negative; PlaceError if there is none."""
    selector = place.path[step] if len(place.path) > step else None
    if not isinstance(selector, tuple) or len(selector) != 1:
        raise PlaceError(f"{place}: give one index in brackets, such as {place.name}[0]")
    index = selector[0] + length if selector[0] < 0 else selector[0]
    if not 0 <= index < length:
        raise _beyond(place, length)
    return index
