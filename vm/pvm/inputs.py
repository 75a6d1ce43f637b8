"""What a PVM is given: arguments, gas, registers, memory and replies of its host, as inputs.json has them.

Numbers are naturals below 2^64, or texts such as "0xfefe0000"; octets are hexadecimal text or lists of numbers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from vm.contract import Place, PlaceError, Reply, Value
from vm.diagnostics import InputError
from vm.pvm.hosting import Answer, HostTable
from vm.pvm.isa import REGISTERS
from vm.pvm.memory import DEFAULT_LIMIT, LOW, PAGE, SPACE
from vm.pvm.numbers import ONES64

DEFAULT_GAS = 100_000_000
KEYS = ("args", "gas", "pc", "registers", "pages", "memory", "heap", "host", "memory_limit")
MOST_PAGES = 1 << 12
"""Entries of a list of pages or of memory."""
MOST_REPLIES = 1 << 20

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Mapped:
    """Pages that are there from the start, besides those of the program."""

    address: int
    length: int
    writable: bool


@dataclass(frozen=True, slots=True)
class Inputs:
    """What a machine starts with; None where the program decides."""

    args: bytes = b""
    gas: int | None = None
    pc: int | None = None
    registers: Mapping[int, int] = field(default_factory=dict)
    pages: Sequence[Mapped] = ()
    memory: Sequence[tuple[int, bytes]] = ()
    """Addresses and what is there."""
    heap: int | None = None
    host: HostTable = field(default_factory=HostTable)
    memory_limit: int = DEFAULT_LIMIT
    json: Json = field(default_factory=dict, compare=False, repr=False)
    """As they were given."""


def from_json(given: Json) -> Inputs:
    """Read inputs; InputError that names the key and says what is wrong with it."""
    if unknown := sorted(set(map(str, given)) - set(KEYS)):
        raise InputError(f"unknown key {unknown[0][:40]!r}; inputs have {', '.join(KEYS)}")
    return Inputs(
        args=octets(given.get("args", ""), "args"),
        gas=_optional(given, "gas", ONES64),
        pc=_optional(given, "pc", ONES64),
        registers=_registers(given.get("registers", {})),
        pages=tuple(_pages(given.get("pages", []))),
        memory=tuple(_memory(given.get("memory", []))),
        heap=_optional(given, "heap", SPACE),
        host=_host(given.get("host", [])),
        memory_limit=number(given.get("memory_limit", DEFAULT_LIMIT), "memory_limit", 1 << 40),
        json=MappingProxyType(dict(given)),
    )


def number(value: object, where: str, most: int = ONES64, least: int = 0) -> int:
    """An integer within bounds, or a text that is one; InputError that says where."""
    if isinstance(value, str):
        text = value[:80]
        try:
            value = int(text, 0)
        except ValueError:
            raise InputError(f"{where}: {text[:40]!r} is no number") from None
    if not isinstance(value, int) or isinstance(value, bool):
        raise InputError(f"{where}: must be an integer")
    if not least <= value <= most:
        raise InputError(f"{where}: must be {least} to {most:#x}")
    return value


def octets(value: object, where: str) -> bytes:
    """Octets given in hexadecimal or one by one; InputError that says where."""
    if isinstance(value, str):
        try:
            return bytes.fromhex(value.removeprefix("0x"))
        except ValueError:
            raise InputError(f"{where}: {value[:40]!r} is not hexadecimal; two digits make an octet") from None
    if isinstance(value, list):
        return bytes(number(each, f"{where}[{at}]", 255) for at, each in enumerate(value))
    raise InputError(f'{where}: must be octets in hexadecimal, such as "2c 01", or a list of them')


def register(value: object, where: str) -> int:
    """What a register holds, signed numbers as their patterns of 64 bits."""
    return number(value, where, least=-(1 << 63)) & ONES64


def register_number(name: str) -> int | None:
    """The number of a register by either of its names, `a0` or `r7`; None for any other name."""
    return _NUMBERS.get(name)


_NUMBERS: Mapping[str, int] = MappingProxyType(
    {name: at for at, name in enumerate(REGISTERS)} | {f"r{at}": at for at in range(len(REGISTERS))}
)


def _optional(given: Json, key: str, most: int) -> int | None:
    return None if given.get(key) is None else number(given[key], key, most)


def _registers(given: object) -> Mapping[int, int]:
    if isinstance(given, list):
        if len(given) != len(REGISTERS):
            raise InputError(f"registers: there are {len(REGISTERS)} of them, not {len(given)}")
        return {at: register(value, f"registers[{at}]") for at, value in enumerate(given)}
    if not isinstance(given, Mapping):
        raise InputError('registers: must be a list of 13 numbers, or an object such as {"a0": 5}')
    found: dict[int, int] = {}
    for name, value in given.items():
        at = register_number(str(name))
        if at is None or at in found:
            what = "is no register" if at is None else "is there twice"
            raise InputError(f"registers: {str(name)[:40]!r} {what}; they are ra, sp, t0 … a5, or r0 … r12")
        found[at] = register(value, f"registers.{name}")
    return found


def _listed(given: object, where: str, most: int) -> list[Any]:
    if not isinstance(given, list):
        raise InputError(f"{where}: must be a list")
    if len(given) > most:
        raise InputError(f"{where}: {len(given):,} entries are too many; there can be {most:,}")
    return given


def _pages(given: object) -> Iterator[Mapped]:
    for at, item in enumerate(_listed(given, "pages", MOST_PAGES)):
        where = f"pages[{at}]"
        fields = _fields(item, where, ("address", "length"), ("writable",))
        address = number(fields["address"], f"{where}.address", SPACE - PAGE)
        length = number(fields["length"], f"{where}.length", SPACE)
        writable = fields.get("writable", True)
        if not isinstance(writable, bool):
            raise InputError(f"{where}.writable: must be true or false")
        if address % PAGE or length % PAGE:
            raise InputError(f"{where}: address and length must be multiples of {PAGE}")
        if address < LOW or address + length > SPACE:
            raise InputError(f"{where}: pages lie between {LOW:#x} and {SPACE:#x}; nothing below can be mapped")
        yield Mapped(address, length, writable)


def _memory(given: object) -> Iterator[tuple[int, bytes]]:
    if isinstance(given, Mapping):
        given = [{"address": address, "contents": contents} for address, contents in given.items()]
    for at, item in enumerate(_listed(given, "memory", MOST_PAGES)):
        where = f"memory[{at}]"
        fields = _fields(item, where, ("address", "contents"))
        address = number(fields["address"], f"{where}.address", SPACE - 1)
        contents = octets(fields["contents"], f"{where}.contents")
        if address + len(contents) > SPACE:
            raise InputError(f"{where}: the contents reach beyond {SPACE:#x}")
        yield address, contents


def _fields(item: object, where: str, needed: Sequence[str], others: Sequence[str] = ()) -> Json:
    if not isinstance(item, Mapping):
        raise InputError(f"{where}: must be an object with {', '.join((*needed, *others))}")
    if missing := [key for key in needed if key not in item]:
        raise InputError(f"{where}: {missing[0]} is missing")
    if unknown := [str(key) for key in item if key not in (*needed, *others)]:
        raise InputError(f"{where}: unknown key {unknown[0][:40]!r}; there are {', '.join((*needed, *others))}")
    return item


# Replies of the host


def _host(given: object) -> HostTable:
    if isinstance(given, list):
        replies = _listed(given, "host", MOST_REPLIES)
        return HostTable(tuple(_answer(each, f"host[{at}]") for at, each in enumerate(replies)))
    if not isinstance(given, Mapping):
        raise InputError("host: must be a list of replies in order, or an object with replies by number of the call")
    listed: dict[int, Sequence[Answer]] = {}
    always: dict[int, Answer] = {}
    for key, value in given.items():
        call, where = number(key, "host: a number of a call", least=-(1 << 63)) & ONES64, f"host.{key}"
        if isinstance(value, list):
            replies = _listed(value, where, MOST_REPLIES)
            listed[call] = tuple(_answer(each, f"{where}[{at}]") for at, each in enumerate(replies))
        else:
            always[call] = _answer(value, where)
    return HostTable(by_number=MappingProxyType(listed), always=MappingProxyType(always))


def _answer(given: object, where: str) -> Answer:
    """A reply: values by place, and what the call costs."""
    if not isinstance(given, Mapping):
        raise InputError(f'{where}: must be an object of values by place, such as {{"a0": 5, "charge": 10}}')
    writes = tuple(_write(str(key), value, f"{where}.{key}") for key, value in given.items() if key != "charge")
    return Answer(Reply(writes), number(given.get("charge", 0), f"{where}.charge"))


def _write(name: str, value: object, where: str) -> tuple[Place, Value]:
    try:
        place = Place.parse(name)
    except PlaceError as error:
        raise InputError(f"{where}: {error}") from None
    if register_number(place.name) is not None and not place.path:
        return place, register(value, where)
    if place.name == "gas" and not place.path:
        return place, number(value, where)
    if place.name == "mem" and place.path:
        return place, octets(value, where) if isinstance(value, list | str) else number(value, where)
    if place.name == "rights" and place.path:
        return place, number(value, where, 2)
    raise InputError(f"{where}: a reply can set registers, gas, rights[…] and mem[…]")
