"""The command table and its language."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import pytest

from tests.support.toy import marks, toy_machine, toy_program
from tests.support.toy.programs import NESTED
from tests.support.toy.toolchain import TOOLS
from xqdbg.commands import COMMANDS, Command, Request, by_id, complete, find, parse
from xqdbg.errors import XqdbgError
from xqdbg.keymap import KeymapError, check_keymap, keymap
from xqdbg.keys import keys_of
from xqdbg.moment import Moment
from xqdbg.session import Opened, Session

AT = marks(NESTED)
IN_LOOP = 30
OBEYED = [command for command in COMMANDS if command.run is not None]
FILES = {"keep.reload", "keep.save", "keep.open", "keep.export", "keep.source"}
"""Commands about files, which need more than a machine."""


def obey(session: Session, line: str, count: int | None = None, cursor: int | None = None) -> Moment:
    command, argument = parse(line)
    assert command.run is not None
    return command.run(session, Request(argument, count, cursor))


def press(session: Session, id: str, count: int | None = None, cursor: int | None = None) -> Moment:
    run = by_id(id).run
    assert run is not None
    return run(session, Request("", count, cursor))


def stops(moment: Moment) -> set[int]:
    """Addresses at which there are breakpoints."""
    return {pc for breakpoint in moment.breakpoints for pc in breakpoint.pcs}


NOT_OF_TOYS = {"branch.reply", "show.memory", "show.search"}
"""Commands without a use here: this machine never waits for its host, and has no memory with addresses."""


def nested(tick: int = 0) -> Session:
    program: Any = toy_program(NESTED)
    session = Session(toy_machine(NESTED), "nested", opened=Opened(TOOLS, program))
    session.goto_tick(tick)
    return session


# The table


def test_words_and_ids_are_unique() -> None:
    words = [word for command in COMMANDS for word in command.words]
    ids = [command.id for command in COMMANDS]
    assert len(words) == len(set(words))
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.id)
def test_every_row_is_complete(command: Command) -> None:
    assert command.title and command.help.endswith(".")
    assert command.words or command.keys
    assert all(re.fullmatch(r"!?[a-z]+(-[a-z]+)*|[<>]", word) for word in command.words)
    assert (command.run is None) == command.id.startswith("ui.")
    if command.words:
        assert command.usage.replace("/", " ").split()[0] == command.word
        assert parse(command.example)[0] is command


@pytest.mark.parametrize(
    "command", [row for row in OBEYED if row.id not in FILES | NOT_OF_TOYS], ids=lambda command: command.id
)
def test_every_example_works(command: Command) -> None:
    session = nested(IN_LOOP)
    for line in ("break 4", "break 5", "break 6", "continue", "pin r1 == r1", "display r1"):
        obey(session, line)
    for line in ("fork b1", "switch main", "fork", "switch main"):
        obey(session, line)
    session.goto_tick(IN_LOOP)
    before = session.moment.revision
    assert obey(session, command.example).revision > before


@pytest.mark.parametrize("command", [row for row in OBEYED if row.keys], ids=lambda command: command.id)
def test_every_key_works(command: Command) -> None:
    session = nested(IN_LOOP)
    count = 42 if command.id == "time.percent" else None
    assert press(session, command.id, count, AT["add"]) is session.moment


@pytest.mark.parametrize("command", [row for row in OBEYED if row.id not in FILES], ids=lambda command: command.id)
@pytest.mark.parametrize("argument", ["\x1b[31m[/red]", "-1", "9" * 5000, "x" * 100_000, "٣", "1 2 3"])
def test_every_command_refuses_nonsense_in_one_printable_line(command: Command, argument: str) -> None:
    assert command.run is not None
    session = nested(IN_LOOP)
    session.toggle(AT["add"])
    try:
        told = command.run(session, Request(argument)).message
    except XqdbgError as error:
        told = error.message + error.hint
    assert told.isprintable()
    assert len(told) < 400


# The keys of the first debugger


@pytest.mark.parametrize(
    ("key", "id"),
    [
        ("s", "run.step"),
        ("S", "run.back"),
        ("n", "run.next"),
        ("N", "run.previous"),
        ("c", "run.continue"),
        ("C", "run.reverse"),
        ("u", "run.until"),
        ("U", "run.back_until"),
        ("b", "break.toggle"),
        ("g", "time.start"),
        ("G", "time.end"),
        ("i", "run.iterate"),
        ("I", "run.iterate_back"),
        ("f", "run.finish"),
        ("F", "run.begin"),
        ("r", "run.restart"),
        ("f5", "run.continue"),
        ("f10", "run.next"),
        ("f11", "run.step"),
        ("shift+f11", "run.finish"),
        ("?", "ui.help"),
        ("f1", "ui.help"),
        (":", "ui.command"),
        ("q", "ui.quit"),
        ("escape", "ui.pause"),
        ("ctrl+c", "ui.pause"),
    ],
)
def test_default_keys(key: str, id: str) -> None:
    assert [command.id for command in COMMANDS if key in keys_of(command.keys)] == [id]


def test_a_keymap_is_checked() -> None:
    check_keymap({"run.step": "ctrl+x"})
    check_keymap({"run.step": "n", "run.next": "s"})
    with pytest.raises(KeymapError, match=r"no such command: run\.stpe"):
        check_keymap({"run.stpe": "ctrl+x"})
    with pytest.raises(KeymapError, match="'n' would mean both"):
        check_keymap({"run.step": "n"})
    with pytest.raises(KeymapError, match="no keymap 'emacs'"):
        keymap("emacs")


# The language


@pytest.mark.parametrize(
    ("line", "id", "argument"),
    [
        ("step", "run.step", ""),
        ("  STEP   12 ", "run.step", "12"),
        ("s", "run.step", ""),
        ("si 3", "run.step", "3"),
        ("c", "run.continue", ""),
        ("cont", "run.continue", ""),
        ("contin", "run.continue", ""),
        ("rc", "run.reverse", ""),
        ("reverse-c", "run.reverse", ""),
        ("rs", "run.back", ""),
        ("rn", "run.previous", ""),
        ("rf", "run.begin", ""),
        ("n 2", "run.next", "2"),
        ("b 14", "break.set", "14"),
        ("br op:ADD", "break.set", "op:ADD"),
        ("tb .2", "break.temporary", ".2"),
        ("d", "break.delete", ""),
        ("dis 1", "break.disable", "1"),
        ("i b", "show.info", "b"),
        ("p r3", "show.print", "r3"),
        ("fin", "run.finish", ""),
        ("adv 3", "run.until", "3"),
        ("r", "run.restart", ""),
        ("run", "run.restart", ""),
        ("h until", "ui.help", "until"),
        ("q", "ui.quit", ""),
        ("exit", "ui.quit", ""),
        ("1200", "time.goto", "1200"),
        ("1,200", "time.goto", "1,200"),
        ("42%", "time.goto", "42%"),
        ("0.5 %", "time.goto", "0.5 %"),
        ("goto end", "time.goto", "end"),
    ],
)
def test_parse(line: str, id: str, argument: str) -> None:
    command, rest = parse(line)
    assert (command.id, rest) == (id, argument)


def test_every_beginning_of_a_word_finds_its_command_or_is_told_ambiguous() -> None:
    for command in COMMANDS:
        for word in command.words:
            assert find(word) is command
            for length in range(1, len(word)):
                rivals = {other.id for other in COMMANDS for known in other.words if known.startswith(word[:length])}
                exact = [other.id for other in COMMANDS if word[:length] in other.words]
                if exact or len(rivals) == 1:
                    assert find(word[:length]).id in (exact or rivals)
                else:
                    with pytest.raises(XqdbgError, match="ambiguous"):
                        find(word[:length])


@pytest.mark.parametrize(
    ("line", "message", "hint"),
    [
        ("", "no command was given", "help"),
        ("st", "'st' is ambiguous", "step, start"),
        ("re", "ambiguous", "reverse-step"),
        ("contineu", "no command 'contineu'", "did you mean continue?"),
        ("xyzzy", "no command 'xyzzy'", "help"),
        ("\x1b[2J", r"no command '\x1b[2j'", "help"),
    ],
)
def test_parse_errors(line: str, message: str, hint: str) -> None:
    with pytest.raises(XqdbgError) as error:
        parse(line)
    assert message in error.value.message
    assert hint in error.value.hint


def test_completion() -> None:
    assert complete("ret") == ["return"]
    assert {"step", "stepi", "start"} <= set(complete("st"))
    assert complete("nothing-like-it") == []


# What they do


@dataclass(frozen=True, slots=True)
class Said:
    """One line of a transcript: what was typed, and where it led."""

    line: str
    mark: str
    message: str = ""


TRANSCRIPT = [
    Said("step", "outer"),
    Said("next", "call"),
    Said("back", "outer_end"),
    Said("rf", "outer"),
    Said("b 7", "outer", "breakpoint 1 at line 7"),
    Said("tbreak op:OUT", "outer", "temporary breakpoint 2 at line 10"),
    Said("c", "add", "breakpoint 1 at line 7, hit 1"),
    Said("disable 1", "add", "breakpoint 1 disabled"),
    Said("p r3", "add", "r3 = 0"),
    Said("iterate 2", "add"),
    Said("p r3", "add", "r3 = 8"),
    Said("print grid[0,0]", "add", "grid[0,0] = 8"),
    Said("info breakpoints", "add", "1 breakpoint line 7 disabled, hit 1 · 2 breakpoint line 10 temporary"),
    Said("info loops", "add", "loop[0] = 3 left · loop[1] = 2 left"),
    Said("c", "out", "temporary breakpoint 2 at line 10, hit 1"),
    Said("until op:END", "outer_end"),
    Said("enable", "outer_end", "breakpoint 1 enabled"),
    Said("rc", "add", "breakpoint 1 at line 7, hit 2"),
    Said("delete 1", "add", "breakpoint 1 deleted"),
    Said("info b", "add", "no breakpoint is set"),
    Said("c", "div", "fault DIVIDE_BY_ZERO"),
    Said("info out", "div", "out[0] = 3 · out[1] = 6 · out[2] = 9"),
    Said("print out", "div", "out = [3, 6, 9]"),
    Said("rs", "div"),
    Said("ru .2", "callee"),
    Said("finish", "div"),
    Said("100%", "div", "fault DIVIDE_BY_ZERO"),
    Said("1", "outer"),
    Said("goto start", "first"),
    Said("reverse-continue", "first", "start of history"),
    Said("r", "first", "restarted"),
]


def test_transcript() -> None:
    session = nested()
    said = []
    for entry in TRANSCRIPT:
        moment = obey(session, entry.line)
        mark = next(name for name, pc in AT.items() if pc == moment.pc)
        said.append(Said(entry.line, mark, moment.message))
    assert said == TRANSCRIPT


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("step 0", "too small"),
        ("step x", "no count"),
        ("step 9999999999999999", "too large1,000,000,000,000,000 is the most"),
        ("step 99999999999999999999", "this count is too large"),
        ("continue x", "is no count"),
        ("finish 3", "takes no argument"),
        ("delete x", "no breakpoint number"),
        ("delete 9", "no breakpoint 9"),
        ("delete", "no breakpoint is set"),
        ("info", "info about what"),
        ("info nonsense", "is no topic"),
        ("print", "what to print"),
        ("print r9", "no place called 'r9'"),
        ("print r3[", "missing after ["),
        ("until", "where to"),
        ("finish", "no loop or call is open"),
        ("iterate", "no loop is open"),
        ("goto", "where to go"),
        ("percent", "is missing"),
        ("break 14 if r0 +", "missing after +"),
        ("break r0", "names no place"),
    ],
)
def test_requests_that_cannot_be_met_change_nothing(line: str, message: str) -> None:
    session = nested()
    before = session.moment
    with pytest.raises(XqdbgError) as error:
        obey(session, line)
    assert message in error.value.message + error.value.hint
    assert session.moment is before


def test_info_takes_the_beginning_of_a_topic() -> None:
    assert obey(nested(), "info reg").message.startswith("r0 = 0 · r1 = 0")


def test_counts_before_keys() -> None:
    session = nested()
    assert press(session, "run.step", 12).tick == 12
    assert press(session, "run.back", 2).tick == 10
    assert press(session, "time.start", 33).tick == 33
    assert press(session, "time.end", 34).tick == 34
    assert press(session, "time.start").tick == 0
    assert press(session, "time.percent", 50).tick == 28


def test_keys_at_the_cursor() -> None:
    session = nested()
    assert press(session, "run.until", cursor=AT["out"]).pc == AT["out"]
    assert press(session, "run.back_until", cursor=AT["add"]).pc == AT["add"]
    assert stops(press(session, "break.toggle", cursor=AT["call"])) == {AT["call"]}
    assert stops(press(session, "break.toggle", cursor=AT["call"])) == set()
    assert stops(press(session, "break.toggle")) == {AT["add"]}


def test_list_draws_attention_to_a_place() -> None:
    moment = obey(nested(), "list op:OUT")
    assert (moment.cursor, moment.pc, moment.message) == (AT["out"], AT["first"], "line 10: OUT r1")
    assert obey(nested(), "list").cursor == AT["first"]
    assert obey(nested(), "step").cursor is None


def test_a_break_on_many_instructions() -> None:
    session = nested()
    assert obey(session, "break op:ADD").message == "breakpoint 1 at op:ADD, 2 places"
    assert stops(session.moment) == {AT["body"], AT["add"]}


# Counts and names that mean something else


@pytest.mark.parametrize(
    "id", ["run.finish", "run.begin", "run.until", "run.back_until", "run.restart", "break.toggle"]
)
def test_a_count_that_would_mean_nothing_is_refused(id: str) -> None:
    session = nested(IN_LOOP)
    with pytest.raises(XqdbgError, match="a count of 3 means nothing here"):
        press(session, id, 3, AT["add"])
    assert session.moment.tick == IN_LOOP


def test_counts_reach_continue_and_percent() -> None:
    session = nested()
    obey(session, "break 5")
    first = obey(session, "continue").tick
    third = obey(session, "continue 2").tick
    session.start()
    assert press(session, "run.continue", 3).tick == third
    assert press(session, "run.reverse", 2).tick == first
    assert press(session, "time.percent", 0).tick == 0


def test_a_view_is_not_a_place_but_names_one() -> None:
    session = nested()
    for wrong, right in (("registers[2]", "did you mean r"), ("registers", "info registers shows them all")):
        with pytest.raises(XqdbgError) as told:
            obey(session, f"print {wrong}")
        assert told.value.hint.startswith(right) or told.value.hint == "info registers shows them all"
    session.end()
    session = Session(toy_machine("SET r1 5\nOUT r1\nHALT"))
    session.end()
    with pytest.raises(XqdbgError) as told:
        obey(session, "print output[0]")
    assert told.value.hint == "did you mean out[0]?"


def test_addresses_are_told_in_the_form_that_can_be_typed() -> None:
    session = nested(IN_LOOP)
    pc = session.moment.pc
    assert f"pc = {pc:#06x} ({pc}), line " in obey(session, "print pc").message
    taken = {line.pc for line in session.code}
    decimal = next(
        f"{line.pc:x}" for line in session.code if f"{line.pc:x}".isdigit() and int(f"{line.pc:x}") not in taken
    )
    with pytest.raises(XqdbgError) as told:
        obey(session, f"until *{decimal}")
    assert told.value.hint.startswith(f"did you mean *0x{decimal}?")


def test_who_wants_to_leave_a_loop_of_jumps_is_told_what_can() -> None:
    session = Session(toy_machine("SET r1 1\n.again\nNOP\nJNZ r1 .again\nHALT"))
    session.step(9)
    for id in ("run.finish", "run.iterate"):
        with pytest.raises(XqdbgError) as told:
            press(session, id)
        assert "made of jumps" in told.value.hint and "until" in told.value.hint
