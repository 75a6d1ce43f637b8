"""Commands that show memory by address, and search it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from vm.contract import Place, PlaceError, Region
from xqdbg.answer import Answer, Row
from xqdbg.commands.argument import CommandError, Piece, piece, shown, split
from xqdbg.commands.command import Command, Request, Takes
from xqdbg.errors import XqdbgError
from xqdbg.memory import area_at, areas, base_of, find, octets, octets_named, space_of
from xqdbg.moment import Moment
from xqdbg.session import Session

COLUMNS = 16
"""Octets of a line."""
USUAL = 128
"""Octets that are shown of where an address points."""
MOST = 16_384
"""Octets that are shown at once."""
MOST_HITS = 200
"""Places that a search lists."""
MOST_WANTED = 4_096
"""Octets that are searched for."""
_MOST_NAMED = 4

_HEX = re.compile(r"(?:0x)?((?:[0-9a-fA-F]{2}\s*)+)")


def show(session: Session, request: Request) -> Moment:
    """`memory [WHERE[, COUNT]]`: octets from an address on, that of a place, or what a value points at."""
    argument = piece(request.argument)
    found = _areas(session)
    if not argument:
        return _listed(session, found)
    where, *more = split(argument, ",")
    if len(more) > 1:
        raise more[1].error("memory takes an address and a number of octets", "memory WHERE[, COUNT]")
    with where.blamed():
        start, length = _asked(session, where, found)
        count = _count(more[0]) if more else length
        if area_at(found, start) is None:
            raise where.error(f"nothing is mapped at {start:#x}", _mapped(found))
        there = octets(session.machine, start, count)
    end = f", and nothing is mapped behind {start + len(there) - 1:#x}" if len(there) < count else ""
    message = f"memory at {start:#x}{end}"
    note = end.removeprefix(", and ")
    answer = Answer("", ("address", "octets", "text"), tuple(_lines(start, there)), note=note)
    return session.say(message, answer=answer, address=start)


def _areas(session: Session) -> Sequence[Region]:
    found = areas(session.moment.regions)
    if not found:
        raise CommandError("no memory is mapped here", "print shows values by name")
    return found


def _listed(session: Session, found: Sequence[Region]) -> Moment:
    """All areas; none of them is gone to."""
    rows = [
        Row(
            (f"{base_of(area):#x}", f"{area.end - 1:#x}", f"{area.end - base_of(area):,}", area.rights),
            data={"base": base_of(area), "end": area.end, "rights": area.rights, "place": area.name},
        )
        for area in found
    ]
    title = f"{len(rows)} mapped area{'' if len(rows) == 1 else 's'}"
    return session.say(title, answer=Answer(title, ("first", "last", "octets", "rights"), rows))


def _asked(session: Session, where: Piece, found: Sequence[Region]) -> tuple[int, int]:
    """The address that is meant, and how many octets: of a place in memory its own, else what the value is."""
    spaces = {space_of(area) for area in found}
    try:
        place = session.machine.resolve(Place.parse(where.text))
    except PlaceError:
        place = Place("")
    named = octets_named(place, spaces)
    if named is not None:
        return named.start, min(MOST, max(len(named), USUAL if len(named) == 1 else 1))
    value = session.evaluate(where.text)
    if not isinstance(value, int):
        raise XqdbgError(f"{shown(where.text)} is no address", "memory WHERE[, COUNT], such as memory 0x20000, 64")
    return int(value), USUAL


def _count(argument: Piece) -> int:
    text = argument.text
    if not re.fullmatch(r"\d{1,6}|0x[0-9a-fA-F]{1,5}", text) or not 1 <= int(text, 0) <= MOST:
        raise argument.error(f"{shown(text)} is no number of octets", f"1 to {MOST:,}")
    return int(text, 0)


def _mapped(found: Sequence[Region]) -> str:
    """What is mapped, for a hint."""
    named = [f"{base_of(area):#x} to {area.end - 1:#x}" for area in found[:_MOST_NAMED]]
    more = f" and {len(found) - _MOST_NAMED} more" if len(found) > _MOST_NAMED else ""
    return f"mapped: {', '.join(named)}{more}"


def _lines(start: int, there: Sequence[int]) -> Iterator[Row]:
    for at in range(0, len(there), COLUMNS):
        line = bytes(there[at : at + COLUMNS])
        data = {"address": start + at, "octets": line.hex()}
        yield Row((f"{start + at:#010x}", line.hex(" "), as_text(line)), data=data)


def as_text(octets: Sequence[int]) -> str:
    """Octets as characters, those that are none a terminal can be trusted with as dots."""
    return "".join(chr(octet) if 32 <= octet < 127 else "." for octet in octets)


def search(session: Session, request: Request) -> Moment:
    """`search "TEXT"`, `search OCTETS`: every address at which they stand."""
    argument = piece(request.argument)
    if not argument:
        raise CommandError("what to search for is missing", 'search "text" or search 0a 0b 0c', argument.at)
    wanted, found = _wanted(argument), _areas(session)
    rows: list[Row] = []
    after = base_of(found[0]) - 1
    while len(rows) < MOST_HITS and (at := find(session.machine, wanted, after, request.patience)) is not None:
        line = bytes(octets(session.machine, at, COLUMNS))
        data = {"address": at, "octets": line.hex()}
        rows.append(Row((f"{at:#010x}", line.hex(" "), as_text(line)), data=data))
        after = at
    if not rows:
        raise argument.error(f"{shown(argument.text)} stands nowhere in memory now")
    complete = len(rows) < MOST_HITS
    title = f"{'' if complete else 'at least '}{len(rows):,} place{'' if len(rows) == 1 else 's'} in memory"
    answer = Answer(title, ("address", "octets", "text"), rows, complete=complete)
    first = int(rows[0].data["address"])
    return session.say(f"{title}, the first at {first:#x}", answer=answer, address=first)


def _wanted(argument: Piece) -> bytes:
    """The octets that are meant: a text in quotes, or hexadecimal digits."""
    text = argument.text
    if len(text) > 2 and text[0] in "'\"" and text[-1] == text[0]:
        wanted = text[1:-1].encode()
    elif (match := _HEX.fullmatch(text)) is not None:
        wanted = bytes.fromhex(match[1])
    else:
        hint = 'search "text" for characters, search 0a 0b 0c for octets'
        raise argument.error(f"{shown(text)} is neither a text in quotes nor octets in hexadecimal", hint)
    if len(wanted) > MOST_WANTED:
        raise argument.error(f"there can be {MOST_WANTED:,} octets to search for")
    return wanted


ROWS: tuple[Command, ...] = (
    Command("show.memory", ("memory", "dump"), "", "Show memory",
            "Show octets from an address on, of a place, or where a value points; without one, what is mapped.",
            "memory [WHERE[, COUNT]]", "memory 0x20000, 64", show, Takes.EXPRESSION),
    Command("show.search", ("search",), "", "Search memory",
            'Show every address at which a "text" or octets in hexadecimal stand.', "search TEXT|OCTETS",
            'search "abc"', search, Takes.TEXT),
)  # fmt: skip
