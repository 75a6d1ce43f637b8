"""Places of the machine, compiled: closures that tell what a place holds, fast enough to be asked at every tick.

`r7`, and inside of it `r7[3]`, `r7[0:4]`, `r7.key` or `r7["any key"]`, as deep as it goes; the same behind `globals.x`,
`const[2]`, `result` and `frame[0].r5`, which is what an open call, the outermost first, has saved. `tag[7]` is a type
tag by name.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeAlias

from vm.contract import Place, PlaceError, Selector, Span, Value
from vm.mdvm.frames import Frame, outward
from vm.mdvm.isa import REGISTERS, SAVED, TYPES
from vm.mdvm.values import ARRAY, DICT, UNKNOWN, Array, Dict, Slot, tag_of

if TYPE_CHECKING:
    from vm.mdvm.state import State

Reader: TypeAlias = Callable[[], Value]
Path: TypeAlias = Sequence[Selector]

FRAME_PARTS = ("pc", "into", "entry")
"""What there is of an open call besides registers: where it returns to, what takes the value, where it began."""
TAGS: Mapping[int, str] = MappingProxyType({**dict(enumerate(TYPES)), UNKNOWN: "unknown", ARRAY: "array", DICT: "dict"})
_NAMES = frozenset(
    {"globals", "frame", "out", "const", "result", "tag", "pc", "tick", "instructions", "memory", "scope", "jumped"}
)
_REGISTER = re.compile(r"r(0|[1-9][0-9]{0,2})")


def register_number(name: str) -> int | None:
    """The number of a register; None for any other name."""
    found = _REGISTER.fullmatch(name)
    return int(found[1]) if found and int(found[1]) < REGISTERS else None


def knows(name: str) -> bool:
    """Whether there can be places of this name."""
    return name in _NAMES or register_number(name) is not None


def get(machine: State, place: Place) -> Value:
    """What a place holds; PlaceError if there is none."""
    return reader(machine, place)()


def reader(machine: State, place: Place) -> Reader:
    """A closure that tells what a place holds; PlaceError if there can be none."""
    number = register_number(place.name)
    if number is not None:
        return _register(machine, number, place)
    compile_ = _READERS.get(place.name)
    if compile_ is None:
        raise PlaceError(
            f"there is no place called {place.name!r}; try r0 to r255, globals, frame, out, const, tag, result or pc"
        )
    return compile_(machine, place)


def resolve(machine: State, place: Place) -> Place:
    """The same place as effects name it, its indices counted from the start; what is no place stays as it is."""
    if not place.path:
        return place
    path: list[Selector] = []
    for step in place.path:
        if isinstance(step, tuple) and len(step) == 1 and step[0] < 0:
            count = _count_at(machine, Place(place.name, tuple(path)))
            step = (step[0] + count,) if count is not None and step[0] >= -count else step
        path.append(step)
    return Place(place.name, tuple(path))


def _count_at(machine: State, place: Place) -> int | None:
    """How many things can be counted at a place."""
    match place.name, place.path:
        case "frame", ():
            return machine.depth
        case "out", ():
            return len(machine.output)
        case "const", ():
            return len(machine.program.constants)
        case "scope", ():
            return len(machine.scopes)
    try:
        held = get(machine, place)
    except PlaceError:
        return None
    return len(held) if isinstance(held, Array) else None


def inner(value: Slot, path: Path, place: Place) -> Value:
    """What is inside of a value; PlaceError if there is no such thing now."""
    held: Value = value
    for at, step in enumerate(path):
        held = _stepped(held, step, place, last=at == len(path) - 1)
    return held


def _stepped(held: Value, step: Selector, place: Place, *, last: bool) -> Value:
    match step:
        case str(key) if isinstance(held, Dict):
            if key not in held:
                raise PlaceError(f"{place}: the dict has no key {key[:40]!r}")
            return held.value(key)
        case (int(index),) if isinstance(held, Array):
            if not -len(held) <= index < len(held):
                raise PlaceError(f"{place}: the array has {len(held):,} elements, counted from 0")
            return held.element(index % len(held))
        case Span(start, count) if isinstance(held, Array) and last:
            first = start + len(held) if start < 0 else start
            if not 0 <= first <= len(held):
                raise PlaceError(f"{place}: the array has {len(held):,} elements, counted from 0")
            return held[first : first + count]
    what = "array" if isinstance(held, Array) else "dict" if isinstance(held, Dict) else "value without parts"
    raise PlaceError(f"{place}: it holds {'an' if what[0] == 'a' else 'a'} {what}; arrays have [index], dicts .key")


def tag_name(tag: int | None, value: Slot) -> str:
    """The name of a type tag that was set, or of that of the value."""
    return TAGS[tag_of(value) if tag is None else tag]


def _register(machine: State, number: int, place: Place) -> Reader:
    regs, path = machine.regs, place.path
    if not path:
        return lambda: regs[number]
    return lambda: inner(regs[number], path, place)


def _globals(machine: State, place: Place) -> Reader:
    match place.path:
        case ():
            return lambda: len(machine.globals)
        case (str(name), *rest):

            def read() -> Value:
                if name not in machine.globals:
                    raise PlaceError(f"{place}: there is no global {name[:40]!r} now")
                return inner(machine.globals[name], rest, place)

            return read
    raise PlaceError(f'{place}: globals have names, such as globals.x or globals["a name"]')


def _frame(machine: State, place: Place) -> Reader:
    """How many calls are open, or a part of one of them, the outermost first."""
    match place.path:
        case ():
            return lambda: machine.depth
        case ((int(level),), str(part)) if part in FRAME_PARTS:
            return lambda: _part(frame_at(machine, level, place), part)
        case ((int(level),), str(part), *rest):
            number = register_number(part)
            if number is not None and number < SAVED:
                return lambda: inner(frame_at(machine, level, place).saved[number], rest, place)
    raise PlaceError(f"{place}: an open call has {', '.join(FRAME_PARTS)} and r0 to r63, such as frame[0].pc")


def _part(frame: Frame, part: str) -> int:
    return {"pc": frame.back, "into": frame.into, "entry": frame.entry}[part]


def frame_at(machine: State, level: int, place: Place) -> Frame:
    """The open call of a number, negative ones counted from the innermost; PlaceError if there is none."""
    at = level + machine.depth if level < 0 else level
    for frame in outward(machine.frames):
        if frame.depth - 1 == at:
            return frame
    raise PlaceError(f"{place}: {machine.depth} calls are open, counted from 0")


def _numbered(held: Callable[[State], Sequence[Value]], what: str) -> Callable[[State, Place], Reader]:
    """A list that can be counted, and its items."""

    def compile_(machine: State, place: Place) -> Reader:
        match place.path:
            case ():
                return lambda: len(held(machine))
            case ((int(index),), *rest):

                def read() -> Value:
                    items = held(machine)
                    if not -len(items) <= index < len(items):
                        raise PlaceError(f"{place}: there are {len(items):,} {what}, counted from 0")
                    found: Slot = items[index]  # type: ignore[assignment]
                    return inner(found, rest, place)

                return read
        raise PlaceError(f"{place}: {what} have numbers, such as {place.name}[0]")

    return compile_


def _tag(machine: State, place: Place) -> Reader:
    regs, tags = machine.regs, machine.tags
    match place.path:
        case ((int(number),),) if 0 <= number < REGISTERS:
            return lambda: tag_name(tags.get(number), regs[number])
    raise PlaceError(f"{place}: the tags are tag[0] to tag[{REGISTERS - 1}], one a register")


def _result(machine: State, place: Place) -> Reader:
    return lambda: inner(machine.result, place.path, place)


def _counter(machine: State, place: Place) -> Reader:
    found = _COUNTERS.get((place.name, *place.path))
    if found is None:
        raise PlaceError(f"{place}: {place.name} has no such part")
    return lambda: found(machine)


_COUNTERS: Mapping[Sequence[Selector], Callable[[State], Value]] = MappingProxyType(
    {
        ("pc",): lambda machine: machine.pc,
        ("tick",): lambda machine: machine.tick,
        ("instructions",): lambda machine: machine.instructions,
        ("instructions", "limit"): lambda machine: machine.limit,
        ("memory", "limit"): lambda machine: machine.memory_limit,
        ("jumped",): lambda machine: machine.jumped,
    }
)
_READERS: Mapping[str, Callable[[State, Place], Reader]] = MappingProxyType(
    {
        "globals": _globals,
        "frame": _frame,
        "out": _numbered(lambda machine: machine.output, "printed lines"),
        "const": _numbered(lambda machine: machine.program.constants, "constants"),
        "scope": _numbered(lambda machine: machine.scopes, "open scopes"),
        "tag": _tag,
        "result": _result,
        **dict.fromkeys(("pc", "tick", "instructions", "memory", "jumped"), _counter),
    }
)
