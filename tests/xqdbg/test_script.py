"""The interpreter of command lines: blocks, lists at stops, scripts within scripts, replies."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest

from tests.support.toy import marks, toy_machine
from tests.support.toy.programs import ENDLESS, NESTED, countdown
from vm.xqvm import XqvmMachine, assemble
from xqdbg.answer import Answer, Row
from xqdbg.commands import COMMANDS, Request
from xqdbg.errors import XqdbgError
from xqdbg.patience import Patience
from xqdbg.script import Interpreter, Reply, Spot, obey, prompt, read_script
from xqdbg.script.interpreter import DEEPEST, LONGEST_LIST, MOST_COMMANDS
from xqdbg.script.render import MOST_ROWS, answer_lines
from xqdbg.session import Session

AT = marks(NESTED)
FILES = {"keep.save", "keep.open", "keep.export", "keep.source"}


def interpreter(text: str = NESTED, *, keep_going: bool = False) -> Interpreter:
    return Interpreter(Session(toy_machine(text), "toy"), keep_going=keep_going)


def run(mind: Interpreter, *lines: str) -> list[Reply]:
    return [reply for line in lines for reply in mind.run(line)]


def told(mind: Interpreter, *lines: str) -> list[str]:
    return [line for reply in run(mind, *lines) for line in reply.lines]


# One line


def test_commands_of_a_line_are_obeyed_in_order_until_one_fails() -> None:
    mind = interpreter()
    replies = run(mind, "step; step; print r9; step")
    assert [(reply.command, reply.ok) for reply in replies] == [("step", True), ("step", True), ("print r9", False)]
    assert mind.session.moment.tick == 2


def test_a_stop_is_told_in_one_line() -> None:
    mind = interpreter()
    assert told(mind, "step") == ["tick 1  line 3  LOOP r0   SET wrote r0 0 -> 3"]
    assert told(mind, "step 2") == ["tick 3  line 5  SET r2 4"]
    assert told(mind, "break 7; c") == [
        "breakpoint 1 at line 7",
        "tick 5  line 7  ADD r3 r3 r2   breakpoint 1 at line 7, hit 1",
    ]
    assert told(mind, "display r3; step") == [
        "1: r3 = 0",
        "tick 6  line 8  PUT r4 r5 r3   ADD wrote r3 0 -> 4",
        "  1: r3 = 4   changed",
    ]
    assert told(mind, "end")[0].endswith("DIV r0 r0 r7   fault DIVIDE_BY_ZERO")
    assert told(mind, "step")[0].endswith("already at the end: fault DIVIDE_BY_ZERO")


def test_a_move_to_another_branch_is_told_with_its_name() -> None:
    mind = interpreter()
    assert told(mind, "step 5; set r3 = 40")[-1].startswith("tick 5 on b1  line 7  ADD r3 r3 r2")
    assert told(mind, "switch main")[-1].startswith("tick 5  line 7")


@pytest.mark.parametrize(
    ("line", "column", "says"),
    [
        ("print r3 + ", 10, "missing after +"),
        ("step;  xyzzy", 7, "no command 'xyzzy'"),
        ("step; print r1, r2, r99", 20, "r99"),
        ("break 7 if r3 > nosuch", 16, "nosuch"),
        ("break .9 if r3 > 1", 6, "no label"),
        ('log 7 "r3 is {r3 + nosuch}"', 19, "nosuch"),
        (r'log 7 "\"r3\" is {nosuch}"', 18, "nosuch"),
        ("hits 7 show r1, r1 r2", 19, "r2"),
        ("x/99x", None, ""),
        ("p/q r3", 1, "'/q' is no format"),
        ("set r3 == 4", 7, "compares"),
        ("set r3 = 4, r77 = 2", 12, "r77"),
        ("set r3 = 4, r4 = (", None, "("),
        ("goto op:ADD#zero", 5, "no number of a hit"),
        ("delete 1, x", 10, "no breakpoint number"),
        ("step 0", 5, "too small"),
        ("finish now", 7, "not understood"),
        ('bookmark here "note', 14, "never closed"),
        ("watch r1 + ", 10, "missing after +"),
        ("info nonsense", 5, "no topic"),
    ],
)
def test_an_error_knows_its_column_and_has_a_sign_under_it(line: str, column: int | None, says: str) -> None:
    reply = run(interpreter(), line)[-1]
    assert not reply.ok
    assert says in reply.error
    if column is not None:
        assert reply.json["column"] == column + 1
        assert reply.lines[1:] == (f"  {line}", "  " + " " * column + "^")


def test_errors_of_scripts_name_the_place() -> None:
    mind = interpreter()
    (reply,) = mind.run("  print r9", spot=Spot("setup.xqd", 12))
    assert reply.error.startswith("setup.xqd:12:9: ")
    assert reply.json["source"] == "setup.xqd:12"


def test_what_a_program_or_user_writes_never_reaches_the_terminal_as_it_is() -> None:
    mind = interpreter()
    for line in (
        "\x1b[31mstep",
        'bookmark a "\x1b]0;x\x07"',
        "print \u202er1",
        "help \x1b[2J",
        "apropos \x07",
        "source \x1b[1m",
        "open \x1b[1m",
        "save /\x9b/x",
    ):
        for each in told(mind, line):
            assert each.isprintable()


# JSON


def test_every_reply_is_an_object_with_the_position() -> None:
    mind = interpreter()
    lines = (
        "step",
        "print r0, r1",
        "break 7",
        "info b",
        "display r3",
        "c",
        "list",
        "explain",
        "help step",
        "bad",
        "quit",
    )
    for reply in run(mind, *lines):
        found = json.loads(json.dumps(reply.json))
        assert {"command", "ok", "tick", "pc", "line"} <= set(found)
        assert found["ok"] == reply.ok
        assert ("result" in found) == reply.ok
        assert ("error" in found) == (not reply.ok)


def test_json_says_what_text_says() -> None:
    mind = interpreter()
    (step,) = run(mind, "step")
    assert step.json["result"]["effect"] == {"op": "SET", "pc": 0, "wrote": [{"place": "r0", "old": 0, "new": 3}]}
    assert (step.json["tick"], step.json["line"]) == (1, 3)
    (value,) = run(mind, "print r0 + 4")
    assert value.json["result"]["value"] == 7
    (many,) = run(mind, "print r0, r1")
    assert [row["value"] for row in many.json["result"]["rows"]] == [3, 0]
    run(mind, "break 7")
    (stop,) = run(mind, "c")
    assert stop.json["result"]["stopped"] == [1]
    (logged,) = run(mind, 'delete; log 8 "r3 is {r3}"; c')[-1:]
    assert logged.json["result"]["logged"][0].endswith("r3 is 4")
    (fault,) = run(mind, "end")
    assert fault.json["result"]["fault"]["code"] == "DIVIDE_BY_ZERO"


# Lists of commands at stops


def test_a_list_is_obeyed_at_each_stop() -> None:
    mind = interpreter()
    assert told(mind, "break 9", "commands 1", "print r1", "", "# note", "end") == [
        "breakpoint 1 at line 9",
        "breakpoint 1: 1 command",
    ]
    assert told(mind, "c")[1:] == ["r1 = 3"]
    assert told(mind, "rc") == ["tick 0  line 2  SET r0 3   start of history"]
    assert mind.session.moment.breakpoints[0].commands == ("print r1",)


def test_a_list_on_one_line() -> None:
    mind = interpreter()
    run(mind, "break 9; commands 1 step; print r3; end; continue")
    assert mind.session.moment.breakpoints[0].commands == ("step", "print r3")
    assert mind.session.moment.pc != AT["inner_end"]


def test_a_list_that_goes_on_meets_the_next_stop() -> None:
    mind = interpreter()
    replies = run(mind, "break 10; commands 1 print r1; continue; print 99; end; continue")
    printed = [reply.lines for reply in replies if reply.command.startswith("print")]
    assert printed == [("r1 = 3",), ("r1 = 6",), ("r1 = 9",), ("99 = 99",)]
    assert mind.session.moment.status.ended


def test_a_temporary_breakpoint_has_its_list_obeyed_once() -> None:
    mind = interpreter()
    replies = run(mind, "tbreak 10; commands 1 print 5; end; continue; continue")
    assert [reply.command for reply in replies].count("print 5") == 1


def test_lists_within_lists() -> None:
    mind = interpreter()
    run(mind, "break 4; break 7", "commands 1", "commands 2", "print 2", "end", "print 1", "end")
    assert mind.session.moment.breakpoints[0].commands == ("commands 2", "print 2", "end", "print 1")
    assert [line for line in told(mind, "c; c") if line.startswith(("1 =", "2 ="))] == ["1 = 1", "2 = 2"]


def test_a_failure_in_a_list_ends_it_and_says_where() -> None:
    mind = interpreter()
    replies = run(mind, "break 7; commands 1 print r1; print r9; print r2; end; continue")
    assert [reply.ok for reply in replies[-2:]] == [True, False]
    assert replies[-1].error.startswith("commands 1:2:7: ")


def test_a_list_that_never_ends_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    assert MOST_COMMANDS == 10_000
    monkeypatch.setattr("xqdbg.script.interpreter.MOST_COMMANDS", 300)
    mind = interpreter(countdown(1_000))
    run(mind, "break .again; commands 1 continue; end")
    replies = list(mind.run("continue"))
    assert len(replies) == 301
    assert "came to 300 commands" in replies[-1].error
    assert len(list(mind.run("continue"))) == 301  # the next line goes on from there


def test_a_list_that_is_too_long_or_never_closed() -> None:
    mind = interpreter()
    run(mind, "break 7; commands 1")
    replies = run(mind, *["print r1"] * (LONGEST_LIST + 1))
    assert [reply.ok for reply in replies] == [False]
    assert not mind.inside
    run(mind, "commands 1", "print r1")
    assert mind.inside and prompt(mind) == "> "
    (reply,) = mind.finish()
    assert "never closed" in reply.error
    assert not mind.inside


@pytest.mark.parametrize("which", ["9", "", "x"])
def test_a_script_skips_the_list_of_a_breakpoint_that_is_not_there(which: str) -> None:
    mind = interpreter(keep_going=True)
    text = f"commands {which}\nstep\nend\nprint r1"
    replies = []
    obey(mind, ((Spot("s", at), line) for at, line in enumerate(text.split("\n"), 1)), replies.append)
    assert [reply.ok for reply in replies] == [False, True]
    assert mind.session.moment.tick == 0


def test_somebody_who_types_is_not_trapped_in_a_list_of_nothing() -> None:
    mind = interpreter()
    assert [reply.ok for reply in run(mind, "commands 9", "step")] == [False, True]


# Scripts


def write(folder: Path, name: str, text: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def test_source_obeys_a_script_and_names_its_errors(tmp_path: Path) -> None:
    path = write(tmp_path, "a b.xqd", "\ufeff# first\r\nstep 3\r\n\r\nbreak 7\r\nprint r9\r\nstep\r\n")
    mind = interpreter()
    replies = run(mind, f'source "{path}"; step')
    assert [reply.ok for reply in replies] == [True, True, False]
    assert replies[-1].error.startswith(f"{path}:5:7: ")
    assert mind.session.moment.tick == 3
    mind = interpreter(keep_going=True)
    assert [reply.ok for reply in run(mind, f'source "{path}"')] == [True, True, False, True]


def test_a_script_that_calls_itself_comes_to_an_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("xqdbg.script.interpreter.MOST_COMMANDS", 500)
    path = write(tmp_path, "self.xqd", "")
    path.write_text(f"step\nsource {path}\n")
    mind = interpreter(countdown(100))
    replies = run(mind, f"source {path}")
    assert mind.session.moment.tick == DEEPEST
    assert "within another" in replies[-1].error
    path.write_text(f"source {path}\n" * 50)
    assert len(run(interpreter(countdown(100), keep_going=True), f"source {path}")) <= 501


def test_scripts_that_cannot_be_read(tmp_path: Path) -> None:
    binary = write(tmp_path, "binary.xqd", bytes(range(256)))
    zeros = write(tmp_path, "zeros.xqd", b"step\0\n")
    mind = interpreter()
    for path, says in (
        (tmp_path / "none", "no such file"),
        (tmp_path, "directory"),
        (binary, "not UTF-8"),
        (zeros, "zero bytes"),
    ):
        (reply,) = mind.run(f"source {path}")
        assert says in reply.error
        with pytest.raises(XqdbgError):
            read_script(str(path))
    (reply,) = mind.run("source -")
    assert "missing" in reply.error


def test_an_open_list_ends_with_its_script(tmp_path: Path) -> None:
    path = write(tmp_path, "open.xqd", "break 7\ncommands 1\nprint r1\n")
    mind = interpreter()
    replies = run(mind, f"source {path}")
    assert replies[-1].error.startswith(f"{path}:2:1: the list is never closed")
    assert not mind.inside


# Patience, keys, repetition


def test_cancelling_ends_a_script() -> None:
    mind = interpreter(ENDLESS)
    asked = 0

    def cancelled() -> bool:
        nonlocal asked
        asked += 1
        return asked > 3

    replies = list(mind.run("continue", Patience(cancelled)))
    assert [reply.json["result"]["message"] for reply in replies] == ["paused"]
    assert not mind.session.moment.status.ended


def test_a_key_has_the_lists_obeyed_too() -> None:
    mind = interpreter()
    run(mind, "break 7; commands 1 print r3; end")
    replies = list(mind.act("run.continue", Request(count=2)))
    assert [reply.command for reply in replies] == ["continue", "print r3"]
    (reply,) = mind.act("run.finish", Request("nonsense"))
    assert not reply.ok


@pytest.mark.parametrize(
    ("line", "again"),
    [("step 2", "step 2"), ("s; n", "s; n"), ("last r3", "last r3"), ("print r1", ""), ("step; p r1", "")],
)
def test_what_an_empty_line_stands_for(line: str, again: str) -> None:
    mind = interpreter()
    run(mind, line)
    assert mind.again() == again


def test_leaving() -> None:
    mind = interpreter()
    replies = run(mind, "step; quit; step")
    assert [reply.command for reply in replies] == ["step", "quit"]
    assert mind.left


def test_leaving_takes_no_argument() -> None:
    mind = interpreter()
    (reply,) = run(mind, "quit now")
    assert reply.lines[0] == "'now' is not understood here (this command takes no argument)"
    assert not reply.ok and not mind.left


def test_what_is_displayed_and_not_there_is_unset() -> None:
    machine = XqvmMachine(assemble("PUSH 3\nSTOW r0\nHALT"), step_limit=100, memory_limit=1 << 20)
    mind = Interpreter(Session(machine, "short"))
    assert told(mind, "display r0; display r0 + 1") == ["1: r0 = unset", "2: r0 + 1 = r0 is unset"]
    assert told(mind, "end")[1:] == ["  1: r0 = 3   changed", "  2: r0 + 1 = 4   changed"]


def test_how_often_lines_run_is_told_without_having_asked_for_it() -> None:
    (listing,) = run(interpreter(), "longlist")
    rows = listing.json["result"]["rows"]
    assert {row["runs"] for row in rows if row["pcs"]} >= {1, 3}
    assert {row["runs"] for row in rows if not row["pcs"]} == {None}


def test_a_line_that_may_still_come_is_not_called_unreached() -> None:
    machine = XqvmMachine(assemble("PUSH 0\nPUSH 4000000\nRANGE\nNEXT\nNOP\nHALT"), step_limit=None)
    (listing,) = run(Interpreter(Session(machine, "long")), "longlist")
    runs = [row["runs"] for row in listing.json["result"]["rows"]]
    assert runs[:3] == [1, 1, 1] and runs[3] > 900_000 and runs[4:] == [None, None]


def test_what_is_one_is_told_as_one() -> None:
    mind = interpreter()
    assert told(mind, "break 7; commands 1 print r0; end; info b")[-1].endswith("line 7  1 command")


def test_faces_keep_their_own_commands() -> None:
    mind = interpreter()
    (reply,) = mind.run("pause")
    assert "without a screen" in reply.error


# Help


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("help", "commands"),
        ("help st", "ambiguous"),
        ("help s", "step [COUNT]"),
        ("help until", "until [LOC]"),
        ("help expressions", "popcount"),
        ("help loc", "loop:enter"),
        ("help time", "tick 0"),
        ("help formats", "hexadecimal"),
        ("help xyzzy", "no command"),
        ("apropos loop", "finish"),
        ("apropos grid", "help places"),
        ("apropos qqq", "nothing tells of"),
    ],
)
def test_help(line: str, says: str) -> None:
    assert says in "\n".join(told(interpreter(), line))


# Tables


def test_tables_are_aligned_and_trees_indented() -> None:
    rows = [Row(("a", "5", "x")), Row(("bbb", "1,234", "")), Row(("c", "-7", "yy"))]
    assert list(answer_lines(Answer("title", ("name", "n", "what"), rows, note="note"))) == [
        "title",
        "  name      n  what",
        "  a         5  x",
        "  bbb   1,234",
        "  c        -7  yy",
        "(note)",
    ]
    tree = [Row(("root",)), Row(("child", "1"), level=1), Row(("leaf", "22"), level=2)]
    assert list(answer_lines(Answer("", rows=tree))) == ["root", "  child    1", "    leaf  22"]


def test_tables_are_bounded() -> None:
    rows = [Row((str(at),)) for at in range(MOST_ROWS + 5)]
    lines = list(answer_lines(Answer("", rows=rows)))
    assert len(lines) == MOST_ROWS + 1
    assert "5 more rows" in lines[-1]


# Anything at all


PARTS = (
    "r0", "r1", "r9", "grid[0,0]", "out[0]", "loop[0]", "pc", "tick", "depth", "fuel", "0", "5", "-3", "0x1f", "$n",
    "unset", "len(out)", "old(r1)", "4", ".2", "op:ADD", "op:OUT#2", "loop:exit", "output", "fault", "tick", "42%",
    "start", "end", "@stop-1", "b1", "main", "if", "show", "as", "step", "by", "opcode", "=", "==", "+", "-", "//",
    "(", ")", "[", "]", "{", "}", ",", ";", "#", '"a {r1}"', '"', "/x", "/4", "--past", "1..3", "and", "not",
    "pytest", "off", "commands",
)  # fmt: skip
WORDS = [word for command in COMMANDS for word in command.words if command.id not in FILES | {"ui.quit"}]


@pytest.mark.parametrize("seed", range(8))
def test_whatever_is_typed_is_answered(seed: int) -> None:
    """In lines that can be printed and objects that are JSON; a bug would be another exception."""
    chance = random.Random(seed)
    mind = interpreter(keep_going=True)
    answered = 0
    for _ in range(150):
        parts = [chance.choice(PARTS) for _ in range(chance.choice((0, 1, 1, 1, 2, 3, 5)))]
        for reply in mind.run(" ".join((chance.choice(WORDS), *parts))):
            answered += reply.ok
            assert all(line.isprintable() for line in reply.lines)
            assert json.loads(json.dumps(reply.json))["command"]
        if mind.inside:
            list(mind.run("end"))
    assert answered > 10


def test_questions_are_remembered_as_lines_that_ask_the_same() -> None:
    mind = interpreter()
    asked = [
        "first r1 > 2",
        "hits op:ADD if r1 > 1 show r1, r1 + 1",
        "count by line",
        'log --past op:ADD "r1={r1} \\"quoted\\"" if r1 > 1',
        "whynot 2",
    ]
    titles = [told(mind, line)[0] for line in asked]
    assert len(mind.session.asked) == len(asked)
    assert [told(mind, line)[0] for line in list(mind.session.asked)] == titles
