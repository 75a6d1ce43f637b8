"""Help and hints have the examples of the machine at hand."""

from __future__ import annotations

import re

import pytest

from tests.support.toy import ISA as TOY
from tests.support.toy import toy_machine
from tests.support.toy.programs import NESTED
from vm.isa import Isa, Wording
from vm.xqvm.isa import ISA as XQVM
from xqdbg.commands import COMMANDS
from xqdbg.commands.guide import about_command, about_topic, search
from xqdbg.commands.topics import TOPICS
from xqdbg.script.interpreter import Interpreter
from xqdbg.session import Session

EXAMPLES = {
    "r0": "a0", "r1": "a1", "r3": "a3", "r4": "a4", "r5": "a5", "r3[4]": "mem[64:4]", "r0.quad[1,5]": "mem[15]",
    "r0.size": "mem.size", "stack[-1]": "a7", "stack[-1] == 0": "a7 == 0", "op:ADDQUAD": "op:add_64",
    "PUSH 2; STOW r5": "load_imm a5, 2",
}  # fmt: skip
OTHER = Isa("other", TOY, Wording(stack="", places="  a0     a register\n", examples=EXAMPLES))


def test_the_machine_that_texts_are_written_with_has_them_as_they_are() -> None:
    for command in COMMANDS:
        if command.example:
            assert f"such as  {command.example}" in about_command(command, XQVM).title
    assert XQVM.worded("print r3, stack[-1], r0.quad[1,5]") == "print r3, stack[-1], r0.quad[1,5]"
    places = about_topic("places", XQVM).title
    assert "  r0.quad[1,5]           a quadratic term     pc             where the machine stands\n" in places
    assert "typed.\n\n  r3 " in places and "its limit\n\nEvery machine has its own" in places


@pytest.mark.parametrize("name", TOPICS)
def test_topics_are_told_in_the_words_of_another_machine(name: str) -> None:
    text = about_topic(name, OTHER).title
    assert "{places}" not in text
    assert not re.search(r"\br\d|\bstack\[|\bquad\b", text.replace("r2", "")), text
    if name == "places":
        assert "typed.\n\n  a0     a register\n\nEvery machine has its own" in text


def test_a_machine_that_says_nothing_of_its_places_has_none_told() -> None:
    bare = Isa("bare", TOY)
    assert "typed.\n\nEvery machine has its own" in about_topic("places", bare).title


def test_examples_of_commands_are_those_of_the_machine() -> None:
    by_word = {command.word: command for command in COMMANDS if command.words}
    assert "such as  print a3\n" in about_command(by_word["print"], OTHER).title + "\n"
    assert "such as  pin a3 == a3" in about_command(by_word["pin"], OTHER).title
    for command in by_word.values():
        assert not re.search(r"\br[0-9]", about_command(command, OTHER).title), command.word


def test_longer_examples_come_before_their_parts_and_names_stay_whole() -> None:
    assert OTHER.worded("as in r3[4] or r3, not r33 or x.r3 or r3x") == "as in mem[64:4] or a3, not r33 or x.r3 or r3x"
    assert OTHER.worded("") == ""


def test_searching_finds_what_is_told() -> None:
    found = [row.cells[0] for row in search(COMMANDS, "quadratic", XQVM).rows]
    assert found == ["help places"]
    assert "help places" not in [row.cells[0] for row in search(COMMANDS, "quadratic", OTHER).rows]


@pytest.mark.parametrize(
    ("line", "hint"),
    [
        ("print r0.", "as in mem.size or mem[15]"),
        ("print old(2)", "as in old(a3) or old(mem[64:4])"),
        ("print", "print EXPR, such as print a3"),
        ("why 1 + 1", "a place is such as a3, mem[64:4], mem[15], a7"),
    ],
)
def test_hints_are_worded_but_what_the_user_wrote_is_not(line: str, hint: str) -> None:
    session = Session(toy_machine(NESTED))
    session.isa = OTHER
    (reply,) = Interpreter(session).run(line)
    assert not reply.ok and hint in reply.lines[0], reply.lines
    assert reply.json["hint"] == hint
    if "r0." in line:
        assert any("print r0." in each for each in reply.lines)
