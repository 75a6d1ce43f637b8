"""Session files, read strictly: what is not as it should be is named by its key."""

from __future__ import annotations

import re
from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from vm.contract import Place, PlaceError
from xqdbg import __version__
from xqdbg.answer import Json
from xqdbg.bookmarks import MOST_AUTOMATIC, MOST_NAMED, MOST_NOTE, NAME_FORM, is_bookmark_name
from xqdbg.errors import XqdbgError
from xqdbg.intake import decode_text, json_kind, label, parse_json, read_file
from xqdbg.moment import Bookmark, Breakpoint, Kind, Pin
from xqdbg.sessionfile.fields import FieldError, Fields, is_text, items_of, line_of, number_of, plain
from xqdbg.sessionfile.form import FILE_LIMIT, FORMAT, VERSION
from xqdbg.sessionfile.packing import unpack
from xqdbg.sessionfile.record import (
    HASH_DIGITS,
    Chain,
    SavedBranch,
    SavedDisplay,
    SavedEdit,
    SavedPosition,
    SavedProgram,
    SessionRecord,
    default_text,
    link_count,
)

MOST_BRANCHES = 1_000
MOST_EDITS = 10_000
"""Edits of one branch."""
MOST_NUMBERED = 10_000
"""Breakpoints, displays, pins and saved values, of each."""
MOST_PLACES = 1_000_000
"""Addresses of one breakpoint."""
MOST_LINES = 1_000
"""Queries, and commands of a breakpoint, of each."""

_HEX = frozenset("0123456789abcdef")
_VALUE_NAME = re.compile(r"[A-Za-z0-9_]{1,80}")
_KINDS = {kind.value: kind for kind in Kind}


def read_session(path: str) -> SessionRecord:
    """Read a session file; XqdbgError that names the key at fault."""
    return parse_session(read_file(path, FILE_LIMIT), label(path))


def parse_session(data: bytes, name: str) -> SessionRecord:
    """The session a file of this content holds; XqdbgError that names the key at fault."""
    value = parse_json(decode_text(data, name), name)
    try:
        return _session(value)
    except FieldError as error:
        raise XqdbgError(f"{name}: {error}") from None
    except _OtherFormat as error:
        raise XqdbgError(f"{name} {error}", error.hint) from None


class _OtherFormat(Exception):
    """A file that is no session, or one of another version."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.hint = hint


def _session(value: object) -> SessionRecord:
    if not isinstance(value, dict) or value.get("format") != FORMAT:
        what = "has no such format" if isinstance(value, dict) else f"holds {json_kind(value)}"
        raise _OtherFormat(f"is no session file: it {what}", f"those begin with the format {FORMAT!r}")
    whole = Fields(value)
    whole.take("format")
    version = whole.number("version", least=1)
    written_by = whole.text("written_by", "", 40)
    if version != VERSION:
        by = f" by xqdbg {written_by}" if written_by else ""
        raise _OtherFormat(f"was written{by} in version {version} of the format", f"this is xqdbg {__version__}, "
                           f"which reads version {VERSION}")  # fmt: skip
    record = SessionRecord(
        machine=whole.text("machine", most=40),
        name=whole.text("name", "", 1_000),
        program=_program(whole.fields("program")),
        inputs=_inputs(whole),
        branches=_branches(whole),
        position=_position(whole.fields("position")),
        breakpoints=tuple(_breakpoint(*item) for item in whole.items("breakpoints", MOST_NUMBERED, optional=True)),
        displays=tuple(_display(*item) for item in whole.items("displays", MOST_NUMBERED, optional=True)),
        bookmarks=_bookmarks(whole),
        pins=tuple(_pin(*item) for item in whole.items("pins", MOST_NUMBERED, optional=True)),
        values=_values(whole),
        queries=tuple(line_of(*item) for item in whole.items("queries", MOST_LINES, optional=True)),
        written_by=written_by,
    )
    whole.done()
    _agree(record)
    return record


def _program(program: Fields) -> SavedProgram:
    if "text" in program:
        text = program.take("text")
        if not isinstance(text, str):
            raise FieldError(program.at("text"), f"a text was expected, not {json_kind(text)}")
        if not is_text(text):
            raise FieldError(program.at("text"), "there is half a character in it")
        found = SavedProgram(text=text)
    else:
        found = SavedProgram(code=_bytes(program, "bytecode"))
    program.done()
    return found


def _bytes(owner: Fields, key: str) -> bytes:
    text = owner.take(key)
    if not isinstance(text, str):
        raise FieldError(owner.at(key), f"base64 text was expected, not {json_kind(text)}")
    try:
        return b64decode(text, validate=True)
    except (Base64Error, ValueError):
        raise FieldError(owner.at(key), "not valid base64") from None


def _inputs(whole: Fields) -> Mapping[str, Json]:
    key = "packed_inputs" if "packed_inputs" in whole else "inputs"
    value = whole.take(key) if key == "inputs" else _unpacked(whole.take(key), key)
    if not isinstance(value, dict):
        raise FieldError(key, f"an object was expected, not {json_kind(value)}")
    found: Mapping[str, Json] = plain(value, key)
    return found


def _unpacked(packed: object, key: str) -> object:
    if not isinstance(packed, str):
        raise FieldError(key, f"a text was expected, not {json_kind(packed)}")
    content = unpack(packed, key)
    try:
        return parse_json(decode_text(content, key), key)
    except XqdbgError as error:
        raise FieldError("", error.message) from None


def _branches(whole: Fields) -> tuple[SavedBranch, ...]:
    found: dict[str, SavedBranch] = {}
    for item, where in whole.items("branches", MOST_BRANCHES):
        branch = _branch(Fields(item, where))
        if branch.name in found:
            raise FieldError(f"{where}.name", f"there is a branch {branch.name!r} already")
        if found and branch.parent not in found:
            raise FieldError(f"{where}.parent", f"there is no branch {branch.parent!r} before this one")
        if not found and (branch.parent or branch.tick or branch.edits):
            raise FieldError(where, "the first branch is the run itself, without parent, tick and edits")
        if found and branch.tick < found[branch.parent].tick:
            raise FieldError(f"{where}.tick", f"the branch {branch.parent!r} begins later")
        found[branch.name] = branch
    if not found:
        raise FieldError("branches", "there is none, not even the run itself")
    return tuple(found.values())


def _branch(branch: Fields) -> SavedBranch:
    name, parent, tick = branch.text("name", most=40), branch.text("parent", "", 40), branch.number("tick", 0)
    edits = tuple(_edit(*item) for item in branch.items("edits", MOST_EDITS, optional=True))
    chain = _chain(branch.fields("chain"), tick) if "chain" in branch else None
    position = branch.number("position") if "position" in branch else None
    branch.done()
    if not name:
        raise FieldError(branch.at("name"), "it is empty")
    return SavedBranch(name, parent, tick, edits, chain, position)


def _edit(value: object, where: str) -> SavedEdit:
    parts = list(items_of(value, where, 3))
    if len(parts) < 2:
        raise FieldError(where, "a place and a value were expected")
    place = line_of(*parts[0])
    try:
        Place.parse(place)
    except PlaceError as error:
        raise FieldError(parts[0][1], str(error)) from None
    text = line_of(*parts[2]) if len(parts) == 3 else default_text(place, parts[1][0])
    return SavedEdit(place, plain(*parts[1]), text)


def _chain(chain: Fields, first: int) -> Chain:
    last, stride = chain.number("last"), chain.number("stride", least=1)
    ended, joined = chain.flag("ended", False), chain.text("links")
    chain.done()
    if last < first:
        raise FieldError(chain.at("last"), f"{last:,} is before {first:,}, where the branch begins")
    if stride & (stride - 1):
        raise FieldError(chain.at("stride"), f"{stride:,} is no power of two")
    count = link_count(first, last, stride)
    if len(joined) != count * HASH_DIGITS or not _HEX.issuperset(joined):
        raise FieldError(chain.at("links"), f"{count} times {HASH_DIGITS} hexadecimal digits were expected")
    links = tuple(joined[at : at + HASH_DIGITS] for at in range(0, len(joined), HASH_DIGITS))
    return Chain(first, last, stride, links, ended)


def _position(position: Fields) -> SavedPosition:
    found = SavedPosition(position.text("branch", most=40), position.number("tick"), position.text("state", "", 16))
    position.done()
    if found.state and (len(found.state) != HASH_DIGITS or not _HEX.issuperset(found.state)):
        raise FieldError(position.at("state"), f"{HASH_DIGITS} hexadecimal digits were expected")
    return found


def _breakpoint(value: object, where: str) -> Breakpoint:
    item = Fields(value, where)
    found = Breakpoint(
        number=item.number("number", least=1),
        pcs=tuple(number_of(*pc) for pc in item.items("pcs", MOST_PLACES, optional=True)),
        text=item.text("text", ""),
        kind=_KINDS[item.choice("kind", _KINDS, Kind.CODE.value)],
        condition=item.text("condition", ""),
        enabled=item.flag("enabled", True),
        temporary=item.flag("temporary", False),
        ignore=item.number("ignore", 0),
        hits=item.number("hits", 0),
        commands=tuple(line_of(*line) for line in item.items("commands", MOST_LINES, optional=True)),
        message=item.text("message", ""),
    )
    item.done()
    if any(later <= earlier for earlier, later in zip(found.pcs, found.pcs[1:], strict=False)):
        raise FieldError(item.at("pcs"), "the addresses do not ascend")
    return found


def _display(value: object, where: str) -> SavedDisplay:
    item = Fields(value, where)
    found = SavedDisplay(item.number("number", least=1), item.text("expression"), item.text("format", "", 8))
    item.done()
    return found


def _pin(value: object, where: str) -> Pin:
    item = Fields(value, where)
    number, expression = item.number("number", least=1), item.text("expression")
    holds = item.flag("holds", False) if "holds" in item else None
    found = Pin(number, item.number("tick"), item.text("branch", most=40), expression, holds)
    item.done()
    return found


def _bookmarks(whole: Fields) -> tuple[Bookmark, ...]:
    found: dict[str, Bookmark] = {}
    for value, where in whole.items("bookmarks", MOST_NAMED + MOST_AUTOMATIC, optional=True):
        item = Fields(value, where)
        mark = Bookmark(
            item.text("name", most=40),
            item.number("tick"),
            item.text("branch", most=40),
            item.text("note", "", MOST_NOTE),
            item.flag("automatic", False),
        )
        item.done()
        if not is_bookmark_name(mark.name):
            raise FieldError(item.at("name"), f"{mark.name!r} cannot be the name of a bookmark: {NAME_FORM}")
        if mark.name in found:
            raise FieldError(item.at("name"), f"there is a bookmark {mark.name} already")
        found[mark.name] = mark
    return tuple(found.values())


def is_value_name(name: str) -> bool:
    """Whether a saved value can be called so, without its `$`."""
    return _VALUE_NAME.fullmatch(name) is not None


def _values(whole: Fields) -> Mapping[str, Json]:
    if "values" not in whole:
        return {}
    value = whole.take("values")
    if not isinstance(value, dict):
        raise FieldError("values", f"an object was expected, not {json_kind(value)}")
    if len(value) > MOST_NUMBERED:
        raise FieldError("values", f"there are {len(value):,}, and {MOST_NUMBERED:,} are the most there can be")
    for name in value:
        if not is_value_name(name):
            raise FieldError("values", f"{name[:40]!a} cannot be the name of a value")
    return {name: plain(held, f"values.{name}") for name, held in value.items()}


def _agree(record: SessionRecord) -> None:
    """The parts name each other rightly, and no number is used twice."""
    branches = {branch.name for branch in record.branches}
    named: Iterable[tuple[str, Sequence[Any]]] = (("bookmarks", record.bookmarks), ("pins", record.pins))
    for key, parts in [*named, ("position", [record.position])]:
        for at, part in enumerate(parts):
            if part.branch not in branches:
                where = f"{key}.branch" if key == "position" else f"{key}[{at}].branch"
                raise FieldError(where, f"there is no branch {part.branch!r}")
    numbered: Iterable[tuple[str, Sequence[Any]]] = (
        ("breakpoints", record.breakpoints),
        ("displays", record.displays),
        ("pins", record.pins),
    )
    for key, parts in numbered:
        seen: set[int] = set()
        for at, part in enumerate(parts):
            if part.number in seen:
                raise FieldError(f"{key}[{at}].number", f"{part.number:,} is there twice")
            seen.add(part.number)
