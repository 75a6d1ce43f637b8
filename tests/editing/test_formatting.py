"""The usual form of a text, which is the same program."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from tests.editing.support import LANGUAGE, LOOP
from tests.support.sources import sources
from vm.diagnostics import ProgramError
from vm.xqvm.assembler import assemble
from xqdbg.editing.text import replaced

TEXTS = st.text(st.sampled_from("r.:;1aA \t\r\nPUSHNEXTRANGE\u2028é"), max_size=80)


def outcome(text: str) -> object:
    """What a text assembles to, or what is wrong with it, line by line."""
    try:
        return assemble(text).code
    except ProgramError as error:
        return [(found.line, found.kind) for found in error.diagnostics]


def test_every_program_that_ships_stays_what_it_is_and_formatted() -> None:
    for name, text in sources():
        formatted = LANGUAGE.format(text)
        assert assemble(formatted).code == assemble(text).code, name
        assert LANGUAGE.format(formatted) == formatted, name
        assert formatted.count("\n") == text.count("\n"), name


def test_however_a_program_is_spaced_it_comes_out_the_same() -> None:
    chance = random.Random(1)
    for text in [text for _, text in sources() if "\r" not in text][:300]:
        messy = "\n".join(_shaken(line, chance) for line in text.split("\n"))
        assert LANGUAGE.format(messy) == LANGUAGE.format(text)


def _shaken(line: str, chance: random.Random) -> str:
    code, mark, comment = line.partition(";")
    words = code.split()
    words[:1] = [word.lower() if chance.random() < 0.5 and word[0].isalpha() else word for word in words[:1]]
    between = "\t" if chance.random() < 0.5 else "   "
    return (
        " " * chance.randrange(4)
        + between.join(words)
        + (" " * chance.randrange(4) + mark + comment + "  "[:1] if mark else "")
    )


@given(TEXTS)
def test_any_text_stays_as_good_or_bad_as_it_is_and_formatted(text: str) -> None:
    formatted = LANGUAGE.format(text)
    assert outcome(formatted) == outcome(text)
    assert LANGUAGE.format(formatted) == formatted


def test_the_usual_form() -> None:
    text = """\
  ; a loop
push 0 ; start
PUSH   10   ;count
range
lval r1 ;the counter

; nothing more
next
  .0 :   jumpi .0;again
STOW r1 ; a line without a neighbour
"""
    assert LANGUAGE.format(text) == """\
; a loop
PUSH 0              ; start
PUSH 10             ;count
RANGE
  LVAL r1           ;the counter

  ; nothing more
NEXT
.0: JUMPI .0        ;again
STOW r1             ; a line without a neighbour
"""  # fmt: skip


def test_comments_move_for_longer_code_but_not_for_the_longest() -> None:
    text = "EQUALITY r100 r101 r102 ; long\nADD ; short\n"
    assert LANGUAGE.format(text) == "EQUALITY r100 r101 r102 ; long\nADD                     ; short\n"
    endless = f"PUSH {'0' * 50}1 ; long\nADD ; short\n"
    assert LANGUAGE.format(endless) == f"PUSH {'0' * 50}1 ; long\nADD                 ; short\n"


def test_lines_that_make_no_sense_are_left_alone() -> None:
    text = "add\n  FOO   r1;x\nload  R1\n"
    assert LANGUAGE.format(text) == "ADD\n  FOO   r1;x\nload  R1\n"


def test_more_ends_than_beginnings_indent_nothing() -> None:
    assert LANGUAGE.format("NEXT\nNEXT\nRANGE\nNOP\n") == "NEXT\nNEXT\nRANGE\n  NOP\n"


def test_very_deep_loops_stay_on_the_screen() -> None:
    deep = LANGUAGE.format("RANGE\n" * 1000 + "NOP")
    assert deep.endswith("\n" + " " * 40 + "NOP")


def test_carriage_returns_stay() -> None:
    assert LANGUAGE.format("add \r\n ;x\r\n\r\nNOP") == "ADD\r\n;x\r\n\r\nNOP"
    assert LANGUAGE.format("ADD\r") == "ADD\r"


# Comments


def toggled(text: str, first: int, last: int) -> str:
    return replaced(text, LANGUAGE.toggle_comment(text, first, last))


def test_lines_become_comments_and_code_again() -> None:
    commented = toggled(LOOP, 6, 9)
    assert commented.split("\n")[5:9] == ["; RANGE", ";   LVAL r2    ; the counter", ";   LOAD r1", ";   LOAD r2"]
    assert toggled(commented, 6, 9) == LOOP


def test_the_mark_stands_at_the_least_indented_line() -> None:
    text = "RANGE\n  ADD\n\n    NOP\nNEXT"
    assert toggled(text, 2, 4) == "RANGE\n  ; ADD\n\n  ;   NOP\nNEXT"
    assert toggled(toggled(text, 2, 4), 2, 4) == text


def test_where_some_are_comments_all_become_comments() -> None:
    assert toggled("; a\nADD", 1, 2) == "; ; a\n; ADD"
    assert toggled(";a\n;b", 1, 2) == "a\nb"


def test_nothing_to_comment() -> None:
    assert not LANGUAGE.toggle_comment("\n  \n", 1, 3)
    assert not LANGUAGE.toggle_comment("ADD", 5, 9)
    assert not LANGUAGE.toggle_comment("ADD", 2, 1)
