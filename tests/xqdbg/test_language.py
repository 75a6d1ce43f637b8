"""The command language: statements, words, arguments with their columns, completion, help."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.toy import toy_machine
from tests.support.toy.programs import NESTED
from vm.diagnostics import printable
from xqdbg.commands import COMMANDS, Command, CommandError, Known, Takes, caret, complete, completions, read, statements
from xqdbg.commands.argument import Piece, divide, first_word, numbers, piece, quoted, split, whole_text
from xqdbg.commands.language import LONGEST
from xqdbg.commands.topics import TOPICS
from xqdbg.errors import XqdbgError
from xqdbg.expressions import parse
from xqdbg.session import Session

# Statements


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("", []),
        ("   ", []),
        (";;", []),
        ("step", [("step", 0)]),
        ("  step 2 ;print r3", [("step 2", 2), ("print r3", 10)]),
        ("step # and rest", [("step", 0)]),
        ("# nothing; at all", []),
        ('   # not even a "quote', []),
        ("step;# nothing", [("step", 0)]),
        ("goto op:MUL#3; step", [("goto op:MUL#3", 0), ("step", 15)]),
        ('log 4 "a; # b"; step', [('log 4 "a; # b"', 0), ("step", 16)]),
        (r'log 4 "a\"; b"; c', [(r'log 4 "a\"; b"', 0), ("c", 16)]),
        ("log 4 {r3; r4}; c", [("log 4 {r3; r4}", 0), ("c", 16)]),
        ("p r0[1;2]; s", [("p r0[1;2]", 0), ("s", 11)]),
        ("p 1); s", [("p 1)", 0), ("s", 6)]),
    ],
)
def test_statements(line: str, found: list[tuple[str, int]]) -> None:
    assert [(statement.text, statement.at) for statement in statements(line)] == found


@pytest.mark.parametrize(
    ("line", "column", "says"),
    [
        ('step; log 4 "never closed', 12, "never closed"),
        ('p "a\\', 2, "never closed"),
        ("x" * (LONGEST + 1), None, "too long"),
    ],
)
def test_lines_that_cannot_be_read(line: str, column: int | None, says: str) -> None:
    with pytest.raises(CommandError, match=says) as told:
        statements(line)
    assert told.value.column == column


@given(st.text(max_size=60))
def test_any_line_is_read_or_refused_and_every_statement_stands_where_it_says(line: str) -> None:
    try:
        found = statements(line)
    except CommandError as error:
        assert error.column is None or line[error.column] == '"'
        return
    for statement in found:
        assert line[statement.at :].startswith(statement.text)
        try:
            spoken = read(statement.text)
        except CommandError as error:
            assert printable(error.message) == error.message
            assert error.column is not None and 0 <= error.column <= len(statement.text)
        else:
            assert statement.text[spoken.at :].strip() == spoken.argument or spoken.command.id == "time.goto"


# Words and formats


@pytest.mark.parametrize(
    ("text", "id", "argument", "at"),
    [
        ("print /x r3", "show.print", "/x r3", 6),
        ("p/x r3", "show.print", "/x r3", 1),
        ("p  r3", "show.print", "r3", 3),
        ("x/8d r3[4]", "show.examine", "/8d r3[4]", 1),
        ("display/x r3", "show.display", "/x r3", 7),
        ("  last   r3 ", "ask.last", "r3", 9),
        ("42%", "time.goto", "42%", 0),
        (" 1,200 ", "time.goto", "1,200", 1),
        ("<", "time.back", "", 1),
        ("> 2", "time.forward", "2", 2),
        ("!tt 50%", "time.goto", "50%", 4),
        ("save /tmp/x", "keep.save", "/tmp/x", 5),
        ("SL r3", "ask.slice", "r3", 3),
        ("w", "time.when", "", 1),
        ("ll", "show.all", "", 2),
        ("longlist", "show.all", "", 8),
    ],
)
def test_read(text: str, id: str, argument: str, at: int) -> None:
    spoken = read(text)
    assert (spoken.command.id, spoken.argument, spoken.at) == (id, argument, at)


@pytest.mark.parametrize(
    ("text", "column", "says"),
    [
        ("  xyzzy", 2, "there is no command 'xyzzy'"),
        ("step/x", 4, "step takes no format"),
        ("/x r3", 0, "does not begin with a command"),
        ("sw main", 0, "'sw' is ambiguous"),
        ("\x1b[31m", 0, "there is no command"),
    ],
)
def test_what_is_no_command_is_told_with_its_column(text: str, column: int, says: str) -> None:
    with pytest.raises(CommandError) as told:
        read(text)
    assert says in told.value.message
    assert told.value.column == column
    assert told.value.message.isprintable()


def test_a_misspelt_command_is_not_searched_for_at_length() -> None:
    with pytest.raises(CommandError) as told:
        read("x" * LONGEST)
    assert len(told.value.message) < 100


# Arguments


def texts(pieces: list[Piece]) -> list[tuple[str, int]]:
    return [(each.text, each.at) for each in pieces]


def test_split_keeps_brackets_and_quotes_together() -> None:
    assert texts(split(piece("r3, r0.quad[1,5],  max(1, 2)"), ",")) == [
        ("r3", 0),
        ("r0.quad[1,5]", 4),
        ("max(1, 2)", 19),
    ]
    assert texts(split(piece('"a,b", c'), ",")) == [('"a,b"', 0), ("c", 7)]
    assert texts(split(piece("r3"), ",")) == [("r3", 0)]


@pytest.mark.parametrize(("text", "column"), [("r3,,r4", 3), (",r4", 0), ("r3,", 2)])
def test_a_hole_in_a_list_is_told_where_it_is(text: str, column: int) -> None:
    with pytest.raises(CommandError, match="something is missing") as told:
        split(piece(text), ",")
    assert told.value.column == column


def test_divide_finds_words_only_outside() -> None:
    before, after = divide(piece("41 if r3 > 2"), "if")
    assert (before.text, after) == ("41", Piece("r3 > 2", 6))
    assert divide(piece('gif if2 (if) "if"'), "if")[1] is None
    assert divide(piece("if r3"), "if") == (Piece("", 0), Piece("r3", 3))
    with pytest.raises(CommandError, match="missing after if") as told:
        divide(piece("41 if"), "if")
    assert told.value.column == 5


def test_quoted_texts_remember_where_each_character_stood() -> None:
    text, rest = quoted(piece(r'"a\"b\\c\n{r3}" if x'))
    assert text.text == 'a"b\\c\n{r3}'
    assert rest == Piece("if x", 16)
    assert [text.column(index) for index in (0, 1, 2, 3)] == [1, 2, 4, 5]
    assert text.column(text.text.index("r3")) == 11
    with pytest.raises(CommandError, match="means nothing") as told:
        quoted(piece(r'"ab\tc"'))
    assert told.value.column == 3


def test_texts_may_stand_in_quotes_or_not() -> None:
    assert whole_text(piece("a file.txt")) == "a file.txt"
    assert whole_text(piece('"a file.txt"')) == "a file.txt"
    with pytest.raises(CommandError, match="not understood after the text"):
        whole_text(piece('"a" b'))


def test_small_parts() -> None:
    assert first_word(piece("one  two three")) == (Piece("one", 0), Piece("two three", 5))
    assert numbers(piece("1, 22 3")) == [1, 22, 3]
    with pytest.raises(CommandError, match="'x' is no breakpoint number") as told:
        numbers(piece("1 x"))
    assert told.value.column == 2


def test_an_error_of_an_expression_is_put_down_to_its_column_in_the_line() -> None:
    part = piece("  r3 + ")
    with pytest.raises(CommandError) as told, part.blamed():
        parse(part.text)
    assert told.value.column == len("  r3 +")
    with pytest.raises(CommandError) as plain, Piece("x", 7).blamed():
        raise XqdbgError("no", "because")
    assert (plain.value.column, plain.value.hint) == (7, "because")


def test_carets_stand_under_what_they_point_at() -> None:
    assert caret("print r3 +", 10) == ("print r3 +", "          ^")
    line, sign = caret("a" * 500 + "!" + "b" * 500, 500)
    assert line[sign.index("^")] == "!"
    assert len(line) < 130
    assert caret("a\tb\x1b[31m", 2)[0].isprintable()
    assert caret("ab", 99)[1] == "  ^"


# Completion


@pytest.fixture(scope="module")
def known() -> Known:
    session = Session(toy_machine(NESTED))
    session.step(12)
    session.break_at("7")
    session.bookmark("half-way")
    session.display("r1")
    session.fork("other")
    session.save_value("kept", "r1")
    return Known.of(session)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("ste", {"step", "stepi"}),
        ("step; ste", {"step; step", "step; stepi"}),
        ("break op:A", {"break op:ADD"}),
        ("until loop:", {"until loop:enter", "until loop:exit"}),
        ("goto @h", {"goto @half-way"}),
        ("unbookmark h", {"unbookmark half-way"}),
        ("switch o", {"switch other"}),
        ("diff other m", {"diff other main"}),
        ("delete ", {"delete 1"}),
        ("undisplay ", {"undisplay 1"}),
        ("info bre", {"info breakpoints"}),
        ("info reg", {"info registers"}),
        ("print r1 + r", {f"print r1 + r{n}" for n in range(8)}),
        ("p/x max", {"p/x max("}),
        ("break 7 if r", {f"break 7 if r{n}" for n in range(8)}),
        ("hits 7 show $k", {"hits 7 show $kept"}),
        ("count by op", {"count by opcode"}),
        ("export p", {"export pytest"}),
        ("explain MU", {"explain MUL"}),
        ("help loc", {"help locations"}),
        ("help unti", {"help until"}),
        ("log --", {"log --past"}),
        ("xyzzy a", set()),
        ("step 1", set()),
        ("", {"step", "print", "why"}),
    ],
)
def test_completion(known: Known, line: str, expected: set[str]) -> None:
    found = set(complete(line, known))
    assert expected <= found
    if len(expected) < 3:
        assert found == expected


def test_completions_replace_what_is_there(known: Known) -> None:
    (found,) = completions("break 7 if $k", known)
    assert (found.text, found.start) == ("$kept", 11)


@given(st.text(max_size=40))
def test_completion_of_anything_is_quiet(line: str) -> None:
    for found in completions(line, Known()):
        assert 0 <= found.start <= len(line)


# The table says what arguments are


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.id)
def test_what_a_command_takes_agrees_with_its_usage(command: Command) -> None:
    takes_something = len(command.usage.split()) > 1
    assert (command.takes is not Takes.NOTHING) == takes_something
    assert command.formatted == (("/" in command.usage and "FMT" in command.usage.upper()) or "/NF" in command.usage)


def test_topics_are_complete() -> None:
    assert {"expressions", "locations", "places", "formats", "time"} <= set(TOPICS)
    for title, text in TOPICS.values():
        assert title and all(len(line) <= 120 for line in text.split("\n"))
