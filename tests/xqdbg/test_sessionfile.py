"""The session file: what is written is what is read, and whatever else is there is refused by name."""

from __future__ import annotations

import base64
import json
import re
import zlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vm.diagnostics import printable
from xqdbg import __version__
from xqdbg.errors import XqdbgError
from xqdbg.moment import Bookmark, Breakpoint, Kind, Pin
from xqdbg.sessionfile import packing
from xqdbg.sessionfile.form import FILE_LIMIT, is_session
from xqdbg.sessionfile.reading import parse_session, read_session
from xqdbg.sessionfile.record import (
    MOST_LINKS,
    Chain,
    SavedBranch,
    SavedDisplay,
    SavedEdit,
    SavedPosition,
    SavedProgram,
    SessionRecord,
    link_count,
    stride_of,
)
from xqdbg.sessionfile.writing import format_session

LINK = "0123456789abcdef"


def full() -> SessionRecord:
    """A session with some of everything."""
    return SessionRecord(
        machine="xqvm",
        name="tsp5/encoder",
        program=SavedProgram(text="PUSH 1 ; «eins»\nHALT\n"),
        inputs={"calldata": [1, [2, 3], None], "step_limit": None},
        branches=(
            SavedBranch("main", chain=Chain(0, 2, 1, (LINK, LINK[::-1], LINK), True)),
            SavedBranch("b1", "main", 1, (SavedEdit("r3", 7, "r3 = 7"), SavedEdit("r0.quad[1,5]", -1, "half"))),
            SavedBranch("b2", "b1", 2, (SavedEdit("r1", [1, 2], "r1 = […]"),), Chain(2, 2, 1, (LINK,), False), 9),
        ),
        position=SavedPosition("b1", 2, LINK),
        breakpoints=(
            Breakpoint(1, (0, 2), "op:PUSH", condition="r3 > 1", ignore=2, hits=9, commands=("print r3", "continue")),
            Breakpoint(4, text="r3", kind=Kind.WRITE, enabled=False, temporary=True),
            Breakpoint(5, (2,), "2", Kind.LOG, message="at {tick}"),
        ),
        displays=(SavedDisplay(1, "r3"), SavedDisplay(3, "r0", "m")),
        bookmarks=(Bookmark("here", 1, "b1", "ünder"), Bookmark("stop-1", 0, "main", automatic=True)),
        pins=(Pin(1, 2, "b1", "r3 == 7", True), Pin(2, 0, "main", "depth == 0"), Pin(5, 0, "main", "1", False)),
        values={"x": 5, "list": [1, 2], "nothing": None},
        queries=("last r3", "hits 2 show r3"),
    )


def as_object(record: SessionRecord | None = None) -> dict[str, Any]:
    """The JSON of a file."""
    found: dict[str, Any] = json.loads(format_session(record or full()))
    return found


def parsed(value: object) -> SessionRecord:
    return parse_session(json.dumps(value).encode(), "s.xqs")


def refusal(content: object) -> XqdbgError:
    """The error that a file of this content comes to: one line that can be shown."""
    data = content if isinstance(content, bytes) else json.dumps(content).encode()
    with pytest.raises(XqdbgError) as caught:
        parse_session(data, "s.xqs")
    assert caught.value.message.startswith("s.xqs")
    assert printable(caught.value.message) == caught.value.message
    assert len(caught.value.message) < 400
    return caught.value


# Round trips


def test_everything_comes_back() -> None:
    record = full()
    assert parse_session(format_session(record), "s.xqs") == record


def test_a_file_has_a_line_for_each_thing() -> None:
    lines = format_session(full()).decode().splitlines()
    assert lines[:3] == ["{", '"format": "xqdbg session",', '"version": 1,']
    assert lines[3] == f'"written_by": "{__version__}",'
    assert '"inputs": {"calldata":[1,[2,3],null],"step_limit":null},' in lines
    assert '{"name":"here","tick":1,"branch":"b1","note":"ünder"},' in lines
    assert lines[-1] == "}"


def test_what_is_as_usual_is_not_written() -> None:
    little = SessionRecord(
        "xqvm", "", SavedProgram(code=b"XQBC"), {}, (SavedBranch("main"),), SavedPosition("main", 0),
        breakpoints=(Breakpoint(1, (0,)),),
    )  # fmt: skip
    written = as_object(little)
    assert written["program"] == {"bytecode": base64.b64encode(b"XQBC").decode()}
    assert written["breakpoints"] == [{"number": 1, "pcs": [0]}]
    assert written["branches"] == [{"name": "main"}]
    assert not {"pins", "bookmarks", "displays", "values", "queries", "name"} & written.keys()
    assert parsed(written) == little


def test_long_inputs_are_packed() -> None:
    record = replace(full(), inputs={"calldata": [[7] * 1_000]})
    written = as_object(record)
    assert "inputs" not in written
    assert len(written["packed_inputs"]) < 100
    assert parsed(written) == record


LINES = st.text(st.characters(codec="utf-8"), max_size=30).filter(lambda text: printable(text) == text)
TICKS = st.integers(0, (1 << 63) - 1)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(1 << 64), 1 << 64) | st.text(st.characters(codec="utf-8"), max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(LINES, inner, max_size=3),
    max_leaves=8,
)
PLACES = st.sampled_from(["r0", "stack[-1]", "r0.quad[1,5]", "in[0]", "loop[0].index", "pc", "steps.limit"])


@st.composite
def chains(draw: st.DrawFn, first: int) -> Chain:
    last = first + draw(st.integers(0, 1 << 40))
    stride = stride_of(first, last, draw(st.integers(2, MOST_LINKS)))
    count = link_count(first, last, stride)
    links = tuple(draw(st.sampled_from([LINK, LINK[::-1], "f" * 16])) for _ in range(count))
    return Chain(first, last, stride, links, draw(st.booleans()))


@st.composite
def sessions(draw: st.DrawFn) -> SessionRecord:
    names = draw(st.lists(st.from_regex(r"[a-z][a-z0-9]{0,5}", fullmatch=True), min_size=1, max_size=4, unique=True))
    branches = [SavedBranch(names[0], chain=draw(st.none() | chains(0)))]
    for name in names[1:]:
        parent = draw(st.sampled_from(branches))
        tick = parent.tick + draw(st.integers(0, 1_000))
        edits = draw(st.lists(st.builds(SavedEdit, PLACES, JSON, LINES), max_size=3))
        branches.append(
            SavedBranch(name, parent.name, tick, tuple(edits), draw(st.none() | chains(tick)), draw(st.none() | TICKS))
        )
    numbers = st.lists(st.integers(1, 10_000), max_size=3, unique=True)
    on, marks = st.sampled_from(names), st.from_regex(r"[A-Za-z][A-Za-z0-9_-]{0,39}", fullmatch=True)
    breakpoints = st.builds(
        Breakpoint, st.just(0), st.sets(TICKS, max_size=3).map(lambda pcs: tuple(sorted(pcs))), LINES,
        st.sampled_from(Kind), LINES, st.booleans(), st.booleans(), TICKS, TICKS,
        st.lists(LINES, max_size=2).map(tuple), LINES,
    )  # fmt: skip
    program = st.builds(SavedProgram, text=st.text(st.characters(codec="utf-8"))) | st.builds(
        SavedProgram, code=st.binary(min_size=1)
    )
    return SessionRecord(
        machine="xqvm",
        name=draw(LINES),
        program=draw(program),
        inputs=draw(st.dictionaries(LINES, JSON, max_size=3)),
        branches=tuple(branches),
        position=SavedPosition(draw(on), draw(TICKS), draw(st.sampled_from(["", LINK]))),
        breakpoints=tuple(replace(draw(breakpoints), number=number) for number in draw(numbers)),
        displays=tuple(SavedDisplay(number, draw(LINES), draw(st.sampled_from("xdm"))) for number in draw(numbers)),
        bookmarks=tuple(
            Bookmark(name, draw(TICKS), draw(on), draw(LINES), draw(st.booleans()))
            for name in draw(st.lists(marks, max_size=3, unique=True))
        ),
        pins=tuple(
            Pin(number, draw(TICKS), draw(on), draw(LINES), draw(st.sampled_from([None, True, False])))
            for number in draw(numbers)
        ),
        values=draw(st.dictionaries(st.from_regex(r"[A-Za-z_][a-z0-9_]{0,5}", fullmatch=True), JSON, max_size=3)),
        queries=tuple(draw(st.lists(LINES, max_size=3))),
    )  # fmt: skip


@settings(deadline=None)
@given(sessions())
def test_any_session_comes_back(record: SessionRecord) -> None:
    assert parse_session(format_session(record), "s.xqs") == record


# Strides


@pytest.mark.parametrize(
    ("first", "last", "stride"),
    [
        (0, 0, 1),
        (0, 63, 1),
        (0, 64, 2),
        (0, 126, 2),
        (0, 127, 4),
        (0, 10_000_000, 1 << 18),
        (1_000, 1_063, 1),
        (5, 9, 1),
    ],
)
def test_a_stride_is_the_smallest_power_of_two_that_is_enough(first: int, last: int, stride: int) -> None:
    assert stride_of(first, last) == stride
    assert link_count(first, last, stride) <= MOST_LINKS
    assert stride == 1 or link_count(first, last, stride // 2) > MOST_LINKS


@given(st.integers(0, 1 << 40), st.integers(0, 1 << 40))
def test_links_stand_at_both_ends_and_at_multiples(first: int, length: int) -> None:
    found = Chain(first, first + length, stride_of(first, first + length), (), False)
    ticks = found.ticks
    assert len(ticks) == link_count(found.first, found.last, found.stride) <= MOST_LINKS
    assert (ticks[0], ticks[-1]) == (first, first + length)
    assert list(ticks) == sorted(set(ticks))
    assert all(tick % found.stride == 0 for tick in ticks[1:-1])


# What is refused


@pytest.mark.parametrize(
    "content",
    [
        b"", b"{", b"null", b"[]", b"3", b'"xqdbg session"', b"PUSH 1\n", b"\xff\xfe", b"\x00" * 40, b"{}",
        b'{"format": 1}', b'{"format": "xqdbg theme", "version": 1}', b'{"format": "xqdbg session"}',
        b'{"format": "xqdbg session", "version": 1, "version": 1}', b'{"a":' * 100_000, b"[" * 1_000_000,
        b'{"format": "xqdbg session", "version": ' + b"9" * 5_000 + b"}", b'{"format": NaN}',
    ],
)  # fmt: skip
def test_what_is_no_session_file_is_refused_in_one_line(content: bytes) -> None:
    refusal(content)


def test_another_version_is_named() -> None:
    error = refusal({"format": "xqdbg session", "version": 2, "written_by": "9.9", "machine": 7, "new": []})
    assert error.message == "s.xqs was written by xqdbg 9.9 in version 2 of the format"
    assert error.hint == f"this is xqdbg {__version__}, which reads version 1"


def change(path: str, value: object) -> dict[str, Any]:
    """The full session with one value replaced; `...` takes the key away."""
    changed = as_object()
    *steps, last = [int(step) if step.isdigit() else step for step in path.split("/")]
    owner: Any = changed
    for step in steps:
        owner = owner[step]
    if value is ...:
        del owner[last]
    else:
        if isinstance(owner, list) and last == len(owner):
            owner.append(None)
        owner[last] = value
    return changed


LONG = "x" * 5_000
CORRUPTIONS: list[tuple[str, object, str]] = [
    ("version", ..., "the key `version` is missing"),
    ("version", "1", "version: a whole number was expected, not a string"),
    ("version", True, "version: a whole number was expected, not a boolean"),
    ("version", 0, "version: 0 is not within 1 and"),
    ("written_by", 3, "written_by: a text was expected, not a number"),
    ("machine", ..., "the key `machine` is missing"),
    ("machine", ["xqvm"], "machine: a text was expected, not an array"),
    ("machine", LONG, "machine: the text has 5,000 characters, and 40 are the most"),
    ("name", "a\u001b[2J", "name: the text has a character that cannot be shown"),
    ("name", "a\nb", "name: the text has a character that cannot be shown"),
    ("surprise", 1, "the key `surprise` is not known here"),
    ("program", ..., "the key `program` is missing"),
    ("program", "PUSH 1", "program: an object was expected, not a string"),
    ("program", {}, "program: the key `bytecode` is missing"),
    ("program", {"text": 5}, "program.text: a text was expected, not a number"),
    ("program", {"text": "a", "bytecode": ""}, "program: the key `bytecode` is not known here"),
    ("program", {"text": "\ud800"}, "program.text: there is half a character in it"),
    ("program", {"bytecode": "!!"}, "program.bytecode: not valid base64"),
    ("program", {"bytecode": "é"}, "program.bytecode: not valid base64"),
    ("program", {"bytecode": 5}, "program.bytecode: base64 text was expected, not a number"),
    ("inputs", ..., "the key `inputs` is missing"),
    ("inputs", [], "inputs: an object was expected, not an array"),
    ("inputs/calldata", [1e400], "Infinity is not JSON"),
    ("inputs/calldata", "\ud800", "inputs: there is half a character in a text"),
    ("packed_inputs", "zlib:", "packed_inputs: it is packed JSON cut off"),
    ("branches", ..., "the key `branches` is missing"),
    ("branches", [], "branches: there is none, not even the run itself"),
    ("branches", {}, "branches: an array was expected, not an object"),
    ("branches", [{}] * 1_001, "branches: there are 1,001 elements, and 1,000 are the most"),
    ("branches/0", 7, "branches[0]: an object was expected, not a number"),
    ("branches/0/name", "", "branches[0].name: it is empty"),
    ("branches/0/parent", "b1", "branches[0]: the first branch is the run itself"),
    ("branches/0/tick", 5, "branches[0]"),
    ("branches/1/name", "main", "branches[1].name: there is a branch 'main' already"),
    ("branches/1/name", None, "branches[1].name: a text was expected, not null"),
    ("branches/1/parent", "b2", "branches[1].parent: there is no branch 'b2' before this one"),
    ("branches/1/parent", "b1", "branches[1].parent: there is no branch 'b1' before this one"),
    ("branches/1/tick", -1, "branches[1].tick: -1 is not within 0 and"),
    ("branches/1/tick", 1.5, "branches[1].tick: a whole number was expected, not one with a fraction"),
    ("branches/1/tick", 10**30, "branches[1].tick: "),
    ("branches/2", {"name": "b2", "parent": "b1", "tick": 0}, "branches[2].tick: the branch 'b1' begins later"),
    ("branches/1/edits", 5, "branches[1].edits: an array was expected, not a number"),
    ("branches/1/edits/0", ["r3"], "branches[1].edits[0]: a place and a value were expected"),
    ("branches/1/edits/0", ["r3", 1, "t", 2], "branches[1].edits[0]: there are 4 elements, and 3 are the most"),
    ("branches/1/edits/0/0", "3r", "branches[1].edits[0][0]: '3r' does not begin with the name of a place"),
    ("branches/1/edits/0/0", 3, "branches[1].edits[0][0]: a text was expected, not a number"),
    ("branches/1/edits", [["r3", 1]] * 10_001, "branches[1].edits: there are 10,001 elements"),
    ("branches/2/position", None, "branches[2].position: a whole number was expected, not null"),
    ("branches/1/more", 1, "branches[1]: the key `more` is not known here"),
    ("branches/0/chain", [], "branches[0].chain: an object was expected, not an array"),
    ("branches/0/chain/last", ..., "branches[0].chain: the key `last` is missing"),
    ("branches/0/chain/last", 10**18, "branches[0].chain.links: 1000000000000000001 times 16 hexadecimal digits"),
    ("branches/0/chain/stride", 3, "branches[0].chain.stride: 3 is no power of two"),
    ("branches/0/chain/stride", 0, "branches[0].chain.stride: 0 is not within 1 and"),
    ("branches/0/chain/links", LINK, "branches[0].chain.links: 3 times 16 hexadecimal digits were expected"),
    ("branches/0/chain/links", "X" * 48, "branches[0].chain.links: 3 times 16 hexadecimal digits were expected"),
    ("branches/0/chain/links", ["a"], "branches[0].chain.links: a text was expected, not an array"),
    ("branches/0/chain/ended", "yes", "branches[0].chain.ended: true or false was expected, not a string"),
    ("branches/2/chain/last", 1, "branches[2].chain.last: 1 is before 2, where the branch begins"),
    ("position", ..., "the key `position` is missing"),
    ("position/branch", ..., "position: the key `branch` is missing"),
    ("position/branch", "b9", "position.branch: there is no branch 'b9'"),
    ("position/tick", ..., "position: the key `tick` is missing"),
    ("position/tick", None, "position.tick: a whole number was expected, not null"),
    ("position/state", "xyz", "position.state: 16 hexadecimal digits were expected"),
    ("position/else", "xyz", "position: the key `else` is not known here"),
    ("breakpoints", {}, "breakpoints: an array was expected, not an object"),
    ("breakpoints", [{}] * 10_001, "breakpoints: there are 10,001 elements"),
    ("breakpoints/0/number", 0, "breakpoints[0].number: 0 is not within 1 and"),
    ("breakpoints/1/number", 1, "breakpoints[1].number: 1 is there twice"),
    ("breakpoints/0/pcs", [2, 0], "breakpoints[0].pcs: the addresses do not ascend"),
    ("breakpoints/0/pcs", ["0"], "breakpoints[0].pcs[0]: a whole number was expected, not a string"),
    ("breakpoints/1/kind", "sort of", "breakpoints[1].kind: 'sort of' is none of breakpoint, watchpoint"),
    ("breakpoints/0/condition", LONG, "breakpoints[0].condition: the text has 5,000 characters"),
    ("breakpoints/0/enabled", 1, "breakpoints[0].enabled: true or false was expected, not a number"),
    ("breakpoints/0/temporary", None, "breakpoints[0].temporary: true or false was expected, not null"),
    ("breakpoints/0/ignore", -2, "breakpoints[0].ignore: -2 is not within 0 and"),
    ("breakpoints/0/hits", "9", "breakpoints[0].hits: a whole number was expected, not a string"),
    ("breakpoints/0/commands", "print", "breakpoints[0].commands: an array was expected, not a string"),
    ("breakpoints/0/commands/1", "a\tb", "breakpoints[0].commands[1]: the text has a character that cannot be shown"),
    ("breakpoints/2/message", 1, "breakpoints[2].message: a text was expected, not a number"),
    ("breakpoints/0/color", 1, "breakpoints[0]: the key `color` is not known here"),
    ("displays/0/expression", ..., "displays[0]: the key `expression` is missing"),
    ("displays/1/number", 1, "displays[1].number: 1 is there twice"),
    ("displays/1/format", "mmmmmmmmm", "displays[1].format: the text has 9 characters, and 8 are the most"),
    ("displays/0/text", "5", "displays[0]: the key `text` is not known here"),
    ("bookmarks/0/name", "1st", "bookmarks[0].name: '1st' cannot be the name of a bookmark"),
    ("bookmarks/1/name", "here", "bookmarks[1].name: there is a bookmark here already"),
    ("bookmarks/0/branch", "gone", "bookmarks[0].branch: there is no branch 'gone'"),
    ("bookmarks/0/note", "x" * 1_001, "bookmarks[0].note: the text has 1,001 characters"),
    ("bookmarks/0/automatic", 0, "bookmarks[0].automatic: true or false was expected"),
    ("bookmarks/0/at", 0, "bookmarks[0]: the key `at` is not known here"),
    ("pins/0/holds", "yes", "pins[0].holds: true or false was expected, not a string"),
    ("pins/0/branch", "gone", "pins[0].branch: there is no branch 'gone'"),
    ("pins/1/number", 1, "pins[1].number: 1 is there twice"),
    ("pins/1/tick", ..., "pins[1]: the key `tick` is missing"),
    ("pins/1/expression", None, "pins[1].expression: a text was expected, not null"),
    ("pins/1/x", None, "pins[1]: the key `x` is not known here"),
    ("values", [], "values: an object was expected, not an array"),
    ("values", {"a b": 1}, "values: 'a b' cannot be the name of a value"),
    ("values", {"\u001b": 1}, "values: '\\x1b' cannot be the name of a value"),
    ("values", {f"v{number}": 1 for number in range(10_001)}, "values: there are 10,001"),
    ("queries", "last r3", "queries: an array was expected, not a string"),
    ("queries/0", 1, "queries[0]: a text was expected, not a number"),
    ("queries", ["x"] * 1_001, "queries: there are 1,001 elements"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("path", "value", "told"), CORRUPTIONS, ids=[f"{n}-{row[0]}" for n, row in enumerate(CORRUPTIONS)]
)
def test_each_corrupted_field_is_named(path: str, value: object, told: str) -> None:
    error = refusal(change(path, value))
    assert told in error.message


def test_a_number_that_is_none_is_refused() -> None:
    content = format_session(full()).replace(b'"step_limit":null', b'"step_limit":1e999')
    assert "inputs: there is a number too large to be one" in refusal(content).message


def test_a_key_nobody_knows_is_shown_safely() -> None:
    assert refusal(change("evil\u001b[2J\n", 1)).message == "s.xqs: the key `evil␛[2J␊` is not known here"


def test_values_nested_without_end_are_refused() -> None:
    deep: object = 1
    for _ in range(200):
        deep = [deep]
    assert "inputs: the value is nested too deeply" in refusal(change("inputs/deep", deep)).message
    assert "values.x: the value is nested too deeply" in refusal(change("values/x", deep)).message


def leaves(value: object, path: str = "") -> list[str]:
    """The path of every value in a JSON object."""
    inner: list[str] = []
    if isinstance(value, dict):
        inner = [each for key, part in value.items() for each in leaves(part, f"{path}/{key}")]
    if isinstance(value, list):
        inner = [each for at, part in enumerate(value) for each in leaves(part, f"{path}/{at}")]
    return [path[1:], *inner] if path else inner


FIXED = [path for path in leaves(as_object()) if not re.match(r"inputs|values|branches/./edits/./1", path)]
"""All but what is the machine's to judge."""


@pytest.mark.parametrize("path", FIXED)
@pytest.mark.parametrize("value", [{"x": []}, [[1]], -7, 1.5], ids=["object", "array", "negative", "fraction"])
def test_any_value_of_a_wrong_kind_is_refused(path: str, value: object) -> None:
    refusal(change(path, value))


@settings(deadline=None)
@given(st.data())
def test_a_file_cut_off_anywhere_is_refused(data: st.DataObject) -> None:
    content = format_session(full())
    refusal(content[: data.draw(st.integers(0, len(content) - 3))])


@settings(deadline=None)
@given(st.integers(0, len(format_session(full())) - 1), st.integers(0, 255))
def test_a_file_with_one_byte_changed_is_read_or_refused_in_one_line(at: int, byte: int) -> None:
    content = bytearray(format_session(full()))
    content[at] = byte
    try:
        parse_session(bytes(content), "s.xqs")
    except XqdbgError as error:
        assert printable(error.message) == error.message


def inputs_packed(packed: object) -> dict[str, Any]:
    """The full session with its inputs packed in this way."""
    written = as_object()
    del written["inputs"]
    return {**written, "packed_inputs": packed}


def by_zlib(content: bytes, behind: bytes = b"") -> str:
    return "zlib:" + base64.b85encode(zlib.compress(content) + behind).decode()


def test_inputs_packed_in_either_way_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    content = json.dumps(full().inputs).encode()
    assert parsed(inputs_packed(by_zlib(content))) == full()
    assert packing.pack(content).startswith(("zlib:", "lzma:"))
    assert parsed(inputs_packed(packing.pack(content))) == full()
    monkeypatch.setattr(packing, "lzma", None)
    assert packing.pack(content).startswith("zlib:")
    assert parsed(inputs_packed(packing.pack(content))) == full()
    assert "which this Python was built without" in refusal(inputs_packed("lzma:abc")).message


@pytest.mark.parametrize(
    ("packed", "told"),
    [
        (5, "packed_inputs: a text was expected, not a number"),
        ("", "it does not say how it is packed"),
        ("gzip:abc", "it does not say how it is packed"),
        ("zlib:\u00e9", "not valid base85"),
        ('zlib:"', "not valid base85"),
        ("zlib:abcde", "it cannot be unpacked"),
        ("lzma:abcde", "it cannot be unpacked"),
        (by_zlib(b"{}")[:-5], "cut off, or with something behind it"),
        (by_zlib(b"{}", b"more"), "cut off, or with something behind it"),
        (packing.pack(b"{}" + b" " * 9_000)[:-5], "cut off, or with something behind it"),
        (by_zlib(b"[1]"), "packed_inputs: an object was expected, not an array"),
        (by_zlib(b'{"a":1,"a":2}'), "the key 'a' is there twice in one object"),
        (by_zlib(b"{"), "packed_inputs:1:2: not valid JSON"),
        (by_zlib(b"\xff"), "is not UTF-8 text"),
        (by_zlib(b" " * (FILE_LIMIT + 1)), "unpacked it is larger than 32 MiB"),
        (packing.pack(b" " * (FILE_LIMIT + 1)), "unpacked it is larger than 32 MiB"),
    ],
    ids=range(16),
)
def test_packed_inputs_that_are_none(packed: object, told: str) -> None:
    assert told in refusal(inputs_packed(packed)).message


def test_a_file_of_100_megabytes_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "large.xqs"
    with path.open("wb") as file:
        file.truncate(100 << 20)
    with pytest.raises(XqdbgError) as caught:
        read_session(str(path))
    assert caught.value.message == f"{path} is too large: more than 32 MiB"


def test_no_file(tmp_path: Path) -> None:
    with pytest.raises(XqdbgError, match="no such file"):
        read_session(str(tmp_path / "none.xqs"))


def test_what_cannot_be_read_again_is_not_written() -> None:
    for record, told in (
        (replace(full(), pins=(Pin(1, 0, "nowhere", "1"),)), "pins[0].branch: there is no branch 'nowhere'"),
        (replace(full(), values={"x": float("inf")}), "it has a value that JSON cannot hold"),
        (replace(full(), values={"x": object()}), "it has a value that JSON cannot hold"),
        (replace(full(), program=SavedProgram(text="x" * (FILE_LIMIT + 1))), "it takes more than 32 MiB"),
        (replace(full(), name="a\nb"), "name: the text has a character that cannot be shown"),
    ):
        with pytest.raises(XqdbgError) as caught:
            format_session(record)
        assert caught.value.message.startswith("the session cannot be saved: ")
        assert told in caught.value.message


# Telling them from programs


@pytest.mark.parametrize(
    ("head", "name", "is_one"),
    [
        (format_session(full()), "anything", True),
        (b'\n { "format": "xqdbg session",', "-", True),
        (b"", "a.XQS", True),
        (b"PUSH 1", "a.xqs", True),
        (b"PUSH 1", "a.xqasm", False),
        (b'{"format": "other"}', "a.json", False),
        (b'; "xqdbg session"', "a.xqasm", False),
    ],
)
def test_a_session_is_told_by_its_first_bytes_or_its_suffix(head: bytes, name: str, is_one: bool) -> None:
    assert is_session(head, name) is is_one
