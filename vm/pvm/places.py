"""Places of a PVM, compiled: closures that tell what a place holds, fast enough to be asked at every tick.

A few octets of memory, `mem[0x20000:4]`, are the number they spell, the first octet the lowest; more than eight are
a sequence. `mem[0x20000].i16` and `a0.i32` are the same read as numbers of another width.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeAlias

from vm.contract import Place, PlaceError, Selector, Span, Status, Value
from vm.pvm.calls import outward
from vm.pvm.inputs import register_number
from vm.pvm.isa import REGISTERS
from vm.pvm.memory import NONE, PAGE, SPACE

if TYPE_CHECKING:
    from vm.pvm.state import State

Reader: TypeAlias = Callable[[], Value]

WORD = 8
"""Octets that are told as one number."""
MOST_OCTETS = 1 << 20
"""Octets that one place can have."""
WIDTHS: Mapping[str, tuple[int, bool]] = MappingProxyType(
    {f"{sign}{8 * size}": (size, sign == "i") for sign in "ui" for size in (1, 2, 4, 8)}
)
"""Parts of a register or an address: how many octets, and whether they are signed."""
CALL_PARTS = ("entry", "back", "sp")
"""What there is of an open call."""
RANGE = f"0 to {SPACE - 1:#x}"

_COUNTERS = frozenset({"gas", "pc", "tick", "heap", "host"})
_REGISTER_PLACES = tuple(map(Place, REGISTERS))


def register_place(number: int) -> Place:
    """A register under its usual name."""
    return _REGISTER_PLACES[number]


def knows(name: str) -> bool:
    """Whether there can be places of this name."""
    return name in _COUNTERS or name in ("mem", "rights", "call") or register_number(name) is not None


def get(machine: State, place: Place) -> Value:
    """What a place holds; PlaceError if there is none."""
    return reader(machine, place)()


def reader(machine: State, place: Place) -> Reader:
    """A closure that tells what a place holds; PlaceError if there can be none."""
    number = register_number(place.name)
    if number is not None:
        return _register(machine, number, place)
    match place.name:
        case "mem":
            return _memory(machine, place)
        case "rights":
            return _rights(machine, place)
        case "call":
            return _call(machine, place)
    if place.name in _COUNTERS:
        return _counter(machine, place)
    raise PlaceError(
        f"there is no place called {place.name!r}; try ra, sp, t0 … a5, r0 to r12, mem, rights, gas, heap, host, call "
        "or pc"
    )


def resolve(place: Place) -> Place:
    """The same place as effects name it; what is no place stays as it is."""
    number = register_number(place.name)
    if number is not None:
        path = place.path
        return Place(REGISTERS[number], () if len(path) == 1 and path[0] in WIDTHS else path)
    if place.name == "mem":
        match place.path:
            case ((int(at),), str(width)) if width in WIDTHS:
                return Place("mem", (Span(at % SPACE, WIDTHS[width][0]),))
            case (Span(at, count),) if -SPACE <= at < 0:
                return Place("mem", (Span(at % SPACE, count),))
            case ((int(at),),) if -SPACE <= at < 0:
                return Place("mem", ((at % SPACE,),))
    return place


def octets_of(place: Place) -> tuple[int, int]:
    """The first octet a place in memory has, and how many; PlaceError if there can be none."""
    match place.path:
        case ((int(at),),):
            count = 1
        case ((int(at),), str(width)) if width in WIDTHS:
            count = WIDTHS[width][0]
        case (Span(at, count),):
            pass
        case _:
            raise PlaceError(
                f"{place}: give an address, or one and how many octets, such as {place.name}[0x20000:8] or "
                f"{place.name}[sp].u32"
            )
    if not -SPACE <= at < SPACE:
        raise PlaceError(f"{place}: addresses are {RANGE}")
    if not 0 < count <= MOST_OCTETS:
        raise PlaceError(f"{place}: a place has 1 to {MOST_OCTETS:,} octets")
    return at % SPACE, count


def unmapped(place: Place, machine: State, at: int, count: int) -> PlaceError:
    """What to say of octets that cannot all be looked at."""
    missing = next(
        number for number in range(at // PAGE, (at + count - 1) // PAGE + 1)
        if machine.memory.rights(number % (SPACE // PAGE)) == NONE
    )  # fmt: skip
    return PlaceError(f"{place}: nothing is mapped at {max(at, missing * PAGE) % SPACE:#x}")


def _register(machine: State, number: int, place: Place) -> Reader:
    regs = machine.regs
    match place.path:
        case ():
            return lambda: regs[number]
        case (str(width),) if width in WIDTHS:
            size, signed = WIDTHS[width]
            return lambda: _narrowed(regs[number], size, signed)
    raise PlaceError(f"{place}: a register has the parts {', '.join(WIDTHS)} only")


def _narrowed(value: int, size: int, signed: bool) -> int:
    low = value & (1 << 8 * size) - 1
    return low - (1 << 8 * size) if signed and low >> 8 * size - 1 else low


def _memory(machine: State, place: Place) -> Reader:
    at, count = octets_of(place)
    peek = machine.memory.peek
    signed = isinstance(part := place.path[-1], str) and WIDTHS[part][1]

    def read() -> Value:
        octets = peek(at, count)
        if octets is None:
            raise unmapped(place, machine, at, count)
        return int.from_bytes(octets, "little", signed=signed) if count <= WORD else tuple(octets)

    return read


def _rights(machine: State, place: Place) -> Reader:
    """What may be done with the page of an address; of several pages, the least."""
    first, end = pages_of(place)
    memory = machine.memory
    return lambda: memory.least_rights(first, end)


def pages_of(place: Place) -> tuple[int, int]:
    """The first page of the octets a place names, and the one behind the last; PlaceError if there can be none."""
    match place.path:
        case ((int(at),),):
            count = 1
        case (Span(at, count),):
            pass
        case _:
            raise PlaceError(f"{place}: give an address, or one and how many octets, such as rights[0x20000:0x3000]")
    if not 0 <= at < SPACE or not 0 < count <= SPACE - at:
        raise PlaceError(f"{place}: addresses are {RANGE}")
    return at // PAGE, (at + count - 1) // PAGE + 1


def _call(machine: State, place: Place) -> Reader:
    """How many calls are open, or a part of one of them, the outermost first."""
    match place.path:
        case ():
            return lambda: machine.depth
        case ((int(level),), str(part)) if part in CALL_PARTS:

            def read() -> Value:
                at = level + machine.depth if level < 0 else level
                for call in outward(machine.calls):
                    if call.depth - 1 == at:
                        return getattr(call, part)
                raise PlaceError(f"{place}: {machine.depth} calls are open, counted from 0")

            return read
    raise PlaceError(f"{place}: an open call has {', '.join(CALL_PARTS)}, such as call[0].entry")


def _counter(machine: State, place: Place) -> Reader:
    found = _COUNTERS_READ.get((place.name, *place.path))
    if found is None:
        raise PlaceError(f"{place}: {place.name} has no such part")
    return lambda: found(machine)


_COUNTERS_READ: Mapping[Sequence[Selector], Callable[[State], Value]] = MappingProxyType(
    {
        ("gas",): lambda machine: machine.gas,
        ("gas", "used"): lambda machine: machine.gas_used,
        ("gas", "limit"): lambda machine: machine.gas_limit,
        ("pc",): lambda machine: machine.pc,
        ("tick",): lambda machine: machine.tick,
        ("heap",): lambda machine: machine.memory.heap,
        ("host",): lambda machine: machine.host_calls[-1].number if machine.host_calls else None,
        ("host", "reply"): lambda machine: int(machine.status is not Status.HOST),
        ("host", "count"): lambda machine: sum(machine.host_counts.values()),
    }
)
"""`host` is the number of the latest host call."""
