"""The places in code and time that a user can name."""

from __future__ import annotations

import pytest

from tests.support.toy import marks, toy_program
from tests.support.toy.isa import ISA
from tests.support.toy.programs import NESTED
from vm.contract import Line
from xqdbg.errors import XqdbgError
from xqdbg.locations import (
    AtBookmark,
    AtEnd,
    AtEvent,
    AtFault,
    AtPercent,
    AtTick,
    EventKind,
    InCode,
    InTime,
    Location,
    Nth,
    parse_code,
    parse_location,
    parse_time,
)

AT = marks(NESTED)
CODE = toy_program(NESTED).lines
BARE = [Line(line.pc, line.size, line.op, line.text, None, line.label) for line in CODE]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("2", ["first"]),
        ("1", ["first"]),
        (" 15 ", ["callee"]),
        (f"*{AT['add']}", ["add"]),
        (f"*{AT['add']:#x}", ["add"]),
        (f"* 0X{AT['add']:X}", ["add"]),
        (".2", ["callee"]),
        ("op:add", ["body", "add"]),
        ("OP:ADD", ["body", "add"]),
        ("op:LOOP", ["outer", "inner"]),
    ],
)
def test_code(text: str, names: list[str]) -> None:
    assert parse_code(text, CODE) == {AT[name] for name in names}
    assert parse_location(text, CODE, ISA) == InCode(frozenset(AT[name] for name in names))


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("", "nothing names no place", "a line number"),
        ("foo", "'foo' names no place", "op:NAME"),
        ("17 if r0 > 3", "names no place", "a line number"),
        ("99", "no instruction at or after line 99", "the last one is at line 17"),
        ("0", "line 0", "line 17"),
        ("*1", "no instruction begins at 0x0001", "begins at 0x0000"),
        ("*0xzz", "is no address", "*0x2a"),
        ("*", "is no address", "*0x2a"),
        (".3", "no label '.3'", "there are .2"),
        (".elsewhere", "no label", "there are .2"),
        ("op:ADDD", "has no 'ADDD'", "did you mean ADD?"),
        ("op:", "has no nothing", "there are"),
        ("9" * 30, "names no place", "a line number"),
        ("\x1b[31m", r"\x1b", "a line number"),
    ],
)
def test_code_that_is_not_there(text: str, message: str, hint: str) -> None:
    with pytest.raises(XqdbgError) as error:
        parse_code(text, CODE)
    assert message in error.value.message
    assert hint in error.value.hint
    assert (error.value.message + error.value.hint).isprintable()


def test_without_source_lines_are_those_of_the_listing() -> None:
    assert parse_code("3", BARE) == {AT["body"]}
    with pytest.raises(XqdbgError, match="line 16"):
        parse_code("16", BARE)


def test_a_program_without_instructions() -> None:
    for text in ("1", "*0", ".1", "op:ADD"):
        with pytest.raises(XqdbgError):
            parse_code(text, [])


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("1200", AtTick(1200)),
        ("1,200", AtTick(1200)),
        ("1_200", AtTick(1200)),
        ("tick 7", AtTick(7)),
        ("START", AtTick(0)),
        ("end", AtEnd()),
        ("42%", AtPercent(42.0)),
        (" 0.5 % ", AtPercent(0.5)),
    ],
)
def test_time(text: str, place: InTime) -> None:
    assert parse_time(text, CODE, ISA) == place


@pytest.mark.parametrize("text", ["", "-1", "101%", "%", "x%", "1.5", "tick", "tick x", "12 13", "9" * 40, "nan%"])
def test_no_time(text: str) -> None:
    with pytest.raises(XqdbgError):
        parse_time(text, CODE, ISA)


@pytest.mark.parametrize(("text", "place"), [("tick 12", AtTick(12)), ("Tick 12", AtTick(12)), ("42%", AtPercent(42))])
def test_a_location_can_be_in_time(text: str, place: Location) -> None:
    assert parse_location(text, CODE, ISA) == place


OPENERS = frozenset((AT["outer"], AT["inner"]))


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("loop:enter", AtEvent(EventKind.ENTER, OPENERS)),
        ("Loop:Enter#3", Nth(AtEvent(EventKind.ENTER, OPENERS), 3)),
        ("fault", AtFault("")),
        ("fault:divide_by_zero", AtFault("DIVIDE_BY_ZERO")),
        ("@here", AtBookmark("here")),
        ("op:LOOP#2", Nth(InCode(OPENERS), 2)),
        (".2#1", Nth(InCode(frozenset((AT["callee"],))), 1)),
        ("start", AtTick(0)),
        ("end", AtEnd()),
    ],
)
def test_events_and_moments(text: str, place: Location) -> None:
    assert parse_location(text, CODE, ISA) == place


@pytest.mark.parametrize(
    ("text", "message"),
    [("op:ADD#0", "no number of a hit"), ("op:ADD#x", "no number of a hit"), ("loop:middle", "names no place"),
     ("loop:enter#" + "9" * 40, "no number of a hit")],
)  # fmt: skip
def test_what_is_no_event(text: str, message: str) -> None:
    with pytest.raises(XqdbgError, match=message):
        parse_location(text, CODE, ISA)


def test_a_program_without_loops_has_no_loop_events() -> None:
    with pytest.raises(XqdbgError, match="no loop"):
        parse_location("loop:exit", CODE[:1], ISA)
    with pytest.raises(XqdbgError, match="writes an output"):
        parse_location("output", CODE[:1], ISA)
