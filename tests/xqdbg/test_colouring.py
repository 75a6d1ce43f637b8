"""What is typed, told apart: words, places, assembly; and whether more is to come."""

from __future__ import annotations

import random

import pytest

from tests.support.toy import ISA as TOY
from vm.xqvm.isa import ISA
from xqdbg.commands import COMMANDS
from xqdbg.commands.blocks import is_unfinished, sources
from xqdbg.commands.colouring import KINDS, coloured


def told(text: str) -> list[tuple[str, str]]:
    return [(kind, part) for line in coloured(text, ISA) for kind, part in line if part.strip()]


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("step 3", [("command", "step"), ("number", "3")]),
        ("PUSH 3; STOW r1", [("op", "PUSH"), ("number", "3"), ("sign", ";"), ("op", "STOW"), ("register", "r1")]),
        ("push 3", [("op", "push"), ("number", "3")]),
        ("NEXT", [("command", "NEXT")]),
        ("asm RANGE; NEXT; next", [
            ("command", "asm"), ("flow", "RANGE"), ("sign", ";"), ("flow", "NEXT"), ("sign", ";"), ("command", "next"),
        ]),
        ("asm .1: JUMP .1 # why", [
            ("command", "asm"), ("label", ".1:"), ("flow", "JUMP"), ("label", ".1"), ("comment", "# why"),
        ]),
        ("asm\nADD ; sum\nend\nstep", [
            ("command", "asm"), ("op", "ADD"), ("comment", "; sum"), ("command", "end"), ("command", "step"),
        ]),
        ("asm FOO r1", [("command", "asm"), ("", "FOO"), ("register", "r1")]),
        ("p/x r3", [("command", "p"), ("format", "/x"), ("name", "r3")]),
        ("print r3/x", [("command", "print"), ("name", "r3"), ("operator", "/"), ("name", "x")]),
        ('log 4 "a; {r1}" if r2', [
            ("command", "log"), ("number", "4"), ("string", '"a; {r1}"'), ("word", "if"), ("name", "r2"),
        ]),
    ],
)  # fmt: skip
def test_what_is_what(text: str, spans: list[tuple[str, str]]) -> None:
    assert told(text) == spans


def test_the_spans_of_a_line_are_the_line_whatever_it_is() -> None:
    source = random.Random(7)
    pieces = [
        *(command.example for command in COMMANDS), "asm", "end", "PUSH 1", ".1:", ";", '"', "(", "/", "#", "\\", "\t",
        "\x1b", "é漢", "commands 1", "try JUMP .0", "0x", "-", " ",
    ]  # fmt: skip
    for _ in range(2_000):
        text = "".join(source.choice(pieces) + source.choice(["", " ", "\n"]) for _ in range(source.randint(0, 12)))
        for isa in (ISA, TOY, None):
            lines = coloured(text, isa)
            assert ["".join(part for _, part in line) for line in lines] == text.split("\n")
            assert {kind for line in lines for kind, _ in line} <= {*KINDS, ""}


@pytest.mark.parametrize(
    ("text", "unfinished"),
    [
        ("", False), ("step", False), ("asm", True), ("asm\nNOP", True), ("asm\nNOP\nend", False), ("asm NOP", False),
        ("asm; NOP; end", False), ("asm; NOP", True), ("try\nNOP", True), ("commands 1", True),
        ("commands 1\nasm\nend", True), ("commands 1\nasm\nend\nend", False), ("commands 1 step; end", False),
        ("step \\", True), ("step \\\n3", False), ("end", False), ('print "', False), ("x" * 30_000, False),
    ],
)  # fmt: skip
def test_whether_more_is_to_come(text: str, unfinished: bool) -> None:
    assert is_unfinished(text, ISA) is unfinished


def test_which_lines_are_assembly() -> None:
    assert sources(["asm", "NOP", "end", "step"], ISA) == [False, True, False, False]
    assert sources(["asm", "LOOP r1", "END", "end"], TOY) == [False, True, True, False]
    assert sources(["asm", "PUSH 1", "END"], ISA) == [False, True, False]
