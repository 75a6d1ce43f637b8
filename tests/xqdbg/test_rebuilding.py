"""A session goes on with an edited program."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vm.contract import Place, Status
from vm.xqvm.toolchain import TOOLCHAIN
from xqdbg import resources
from xqdbg.errors import XqdbgError
from xqdbg.host import Host
from xqdbg.moment import Kind, Moment
from xqdbg.patience import Patience
from xqdbg.script import Interpreter
from xqdbg.session import Opened, Session, Unassembled

SUM = """\
PUSH 0
STOW r1       ; the sum
PUSH 1
PUSH 10
RANGE
  LVAL r2
  LOAD r1
  LOAD r2
  ADD
  STOW r1
NEXT
PUSH 7
LOAD r1
ADD
STOW r1
PUSH 0
OUTPUT r1
HALT
"""
BEHIND = 65
"""A tick behind the loop: about to execute `PUSH 7`."""


def begun(text: str = SUM, path: str = "", **inputs: object) -> Session:
    program = TOOLCHAIN.assemble(text, "sum")
    return Session(TOOLCHAIN.machine(program, inputs), "sum", opened=Opened(TOOLCHAIN, program, path))


def edited(old: str, new: str, text: str = SUM) -> str:
    assert text.count(old) >= 1
    return text.replace(old, new, 1)


def line_of(session: Session, moment: Moment) -> str:
    line = next(line for line in session.code if line.pc == moment.pc)
    assert line.source_line is not None
    return session.source[line.source_line - 1].strip()


def lost(moment: Moment) -> dict[str, str]:
    """What could not be kept, and why."""
    rows = moment.answer.rows if moment.answer is not None else ()
    return {row.cells[1]: row.cells[3] for row in rows if row.cells[0] == "lost"}


def told(moment: Moment, what: str) -> list[tuple[str, ...]]:
    rows = moment.answer.rows if moment.answer is not None else ()
    return [row.cells[1:] for row in rows if row.cells[0] == what]


# Staying where one is


def test_a_comment_changes_nothing() -> None:
    session = begun()
    session.toggle(next(line.pc for line in session.code if line.source_line == 9))
    session.goto_tick(33)
    session.bookmark("here", "a note")
    session.pin("r1 > 0")
    session.display("r1 + 1")
    session.save_value("x", "r1")
    session.fork("what-if")
    before = session.moment
    after = session.rebuild("; hello\n\n" + SUM)
    assert after.message == "rebuilt: the instructions are the same; outputs are the same"
    assert after.answer is None
    assert (after.tick, after.branch, after.pc) == (33, "what-if", before.pc)
    assert after.cells == before.cells and after.meters == before.meters
    assert [(mark.name, mark.tick, mark.note) for mark in after.bookmarks] == [("here", 33, "a note")]
    assert [note.name for note in after.branches] == ["main", "what-if"]
    assert [watch.text for watch in after.watches] == [watch.text for watch in before.watches]
    assert session.evaluate("$x") == session.evaluate("r1")
    assert [each.pcs for each in after.breakpoints] == [each.pcs for each in before.breakpoints]
    assert session.where(after.breakpoints[0].pcs[0]) == "line 11"
    assert session.source[0] == "; hello"


def test_a_constant_changed_behind_here_keeps_the_tick() -> None:
    session = begun()
    session.goto_tick(30)
    before = session.moment
    after = session.rebuild(edited("PUSH 7", "PUSH 9"))
    assert (after.tick, after.cells) == (30, before.cells)
    assert after.message == (
        f"rebuilt: the run is the same up to tick {BEHIND}, where line 12 was changed; outputs differ: out[0] 62 → 64"
    )
    assert session.end().status is Status.HALTED
    assert session.get(Place.parse("out[0]")) == 64


def test_standing_exactly_at_the_change_stays_there() -> None:
    session = begun()
    session.goto_tick(BEHIND)
    after = session.rebuild(edited("PUSH 7", "PUSH 9"))
    assert after.tick == BEHIND and "standing there" not in after.message


def test_a_constant_changed_before_here_goes_to_the_change() -> None:
    session = begun()
    session.end()
    after = session.rebuild(edited("PUSH 10", "PUSH 20"))
    assert after.message == (
        "rebuilt: the run is the same up to tick 3, where line 4 was changed; standing there; "
        "jump-back goes to tick 132; outputs differ: out[0] 62 → 217"
    )
    assert (after.tick, line_of(session, after)) == (3, "PUSH 20")


def test_one_can_go_back_to_where_one_was_if_the_run_still_comes_there() -> None:
    session = begun()
    session.goto_tick(BEHIND + 2)
    after = session.rebuild(edited("PUSH 7", "PUSH 9"))
    assert after.tick == BEHIND and f"; jump-back goes to tick {BEHIND + 2};" in after.message
    assert session.go_back().tick == BEHIND + 2


@pytest.mark.parametrize("tick", [9, 33, BEHIND, BEHIND + 7])
def test_one_can_go_back_to_the_same_hit_of_the_same_line(tick: int) -> None:
    session = begun()
    session.goto_tick(tick)
    before = session.moment
    line = line_of(session, before) if not before.status.ended else ""
    assert session.rebuild("NOP\n" + edited("  LVAL r2\n", "  NOP\n  LVAL r2\n")).tick == 0
    back = session.go_back()
    assert {name: text for name, text in shown(session).items() if name in ("r1", "r2")} == {
        cell.name: cell.text for cells in before.cells.values() for cell in cells if cell.name in ("r1", "r2")
    }
    assert not line or line_of(session, back) == line


def test_there_is_no_way_back_to_what_is_no_more() -> None:
    session = begun()
    session.goto_tick(BEHIND)
    after = session.rebuild("NOP\n" + edited("PUSH 7\nLOAD r1\nADD\n", "INC\n"))
    assert after.tick == 0 and "jump-back" not in after.message
    assert session.go_back().message == "nothing before in the history"


@pytest.mark.parametrize(
    ("old", "new", "tick", "why", "next_line"),
    [
        ("  LOAD r2\n", "  LOAD r2\n  NOP\n", 8, "where line 9 is new", "NOP"),
        ("  STOW r1\nNEXT", "NEXT", 9, "where line 10 was taken out", "NEXT"),
        ("  ADD\n", "  SUB\n", 8, "where line 9 was changed", "SUB"),
        ("  ADD\n", "  NOP\n  SUB\n  NOP\n", 8, "where line 9 was changed", "NOP"),
        ("LOAD r1\nADD", "HALT\nLOAD r1\nADD", 66, "where line 13 is new", "HALT"),
    ],
)
def test_why_runs_part(old: str, new: str, tick: int, why: str, next_line: str) -> None:
    session = begun()
    session.end()
    after = session.rebuild(edited(old, new))
    assert after.tick == tick
    assert f"up to tick {tick}, {why}; standing there" in after.message
    assert line_of(session, after) == next_line


def test_a_jump_that_leads_elsewhere_parts_the_runs() -> None:
    session = begun("PUSH 1\nJUMPI .0\nNOP\nTARGET .0\nSCLR\nHALT\n")
    session.end()
    after = session.rebuild("PUSH 1\nJUMPI .0\nNOP\nSCLR\nTARGET .0\nHALT\n")
    assert "up to tick 1, where line 2 leads elsewhere now; standing there" in after.message
    assert after.tick == 1


def test_labels_can_be_renamed() -> None:
    text = "PUSH 1\nJUMPI .0\nNOP\nTARGET .0\nHALT\n"
    session = begun(text)
    session.end()
    after = session.rebuild(text.replace(".0", ".44"))
    assert after.message.startswith("rebuilt: the instructions are the same")
    assert after.tick == 4 and after.status is Status.HALTED


def test_code_that_never_ran_can_change() -> None:
    text = "PUSH 1\nJUMPI .0\nPUSH 5\nPOP\nTARGET .0\nHALT\n"
    session = begun(text)
    session.end()
    after = session.rebuild(text.replace("PUSH 5", "PUSH 6"))
    assert after.message == "rebuilt: the run is the same to its end at tick 4; outputs are the same"
    assert after.tick == 4


def test_a_program_that_ran_off_its_end_goes_on() -> None:
    session = begun("PUSH 1\nPOP\n")
    session.end()
    after = session.rebuild("PUSH 1\nPOP\nPUSH 2\nPOP\n")
    assert "up to tick 2, where the old run ends" in after.message
    assert (after.tick, after.status) == (2, Status.READY)


def test_a_program_that_ends_earlier() -> None:
    session = begun("PUSH 1\nPOP\nPUSH 2\nPOP\n")
    session.end()
    after = session.rebuild("PUSH 1\nPOP\n")
    assert (after.tick, after.status) == (2, Status.HALTED)
    assert "where the run ends now" in after.message


def test_a_fault_that_is_mended() -> None:
    session = begun("PUSH 1\nPUSH 0\nDIV\nSTOW r0\nPUSH 0\nOUTPUT r0\n")
    assert session.end().status is Status.FAULTED
    after = session.rebuild("PUSH 1\nPUSH 1\nDIV\nSTOW r0\nPUSH 0\nOUTPUT r0\n")
    assert (after.tick, line_of(session, after)) == (1, "PUSH 1")
    assert told(after, "output") == [("out[0]", "unset", "1")]
    assert told(after, "end")[0][2] == "halted"


def test_a_limit_of_steps_that_only_one_run_meets() -> None:
    """A body that is skipped costs by its length, so the same instruction faults in one of the runs."""
    text = "PUSH 0\nPUSH 0\nRANGE\nNOP\nNEXT\nNOP\n"
    session = begun(text, step_limit=5)
    session.end()
    after = session.rebuild(text.replace("NOP\nNEXT", "NOP\nNOP\nNOP\nNEXT"))
    assert session.machine.tick == after.tick == 2
    assert session.end().status is Status.FAULTED


# What is kept


def test_inputs_and_limits_stay() -> None:
    text = "PUSH 0\nINPUT r0\nPUSH 0\nOUTPUT r0\n"
    session = begun(text, calldata=[[1, 2, 3]], output_slots=3, step_limit=77, memory_limit=999)
    session.rebuild(text + "HALT\n")
    assert TOOLCHAIN.inputs(session.machine) == {
        "calldata": [[1, 2, 3]],
        "output_slots": 3,
        "step_limit": 77,
        "memory_limit": 999,
    }
    assert session.end().status is Status.HALTED


def test_breakpoints_move_with_their_lines() -> None:
    session = begun()
    session.break_at("9", "r2 == 3")
    session.break_at("op:NEXT")
    session.break_at("loop:enter")
    session.break_at("tick 12")
    session.logpoint("10", "sum {r1}")
    session.watch("r1", Kind.WRITE)
    session.enable([2], enabled=False)
    session.set_commands(1, ["print r1"])
    after = session.rebuild("NOP\n; more\n" + SUM)
    assert not lost(after)
    stops = {each.number: each for each in after.breakpoints}
    assert session.where(stops[1].pcs[0]) == "line 11"
    assert (stops[1].condition, stops[1].commands) == ("r2 == 3", ("print r1",))
    assert session.where(stops[2].pcs[0]) == "line 13" and not stops[2].enabled
    assert stops[4].text == "tick 12"
    assert stops[5].text == "12" and session.where(stops[5].pcs[0]) == "line 12"
    assert stops[6].kind is Kind.WRITE
    session.delete([2, 3, 4, 6])
    assert session.proceed().stopped == (1,)
    assert session.evaluate("r2") == 3
    assert session.moment.logged == ("9: sum 0", "16: sum 1") or len(session.moment.logged) == 2


def test_a_breakpoint_on_a_line_that_was_replaced_stays_there() -> None:
    session = begun()
    session.break_at("12")
    after = session.rebuild(edited("PUSH 7", "PUSH 9"))
    assert not lost(after) and session.where(after.breakpoints[0].pcs[0]) == "line 12"


def test_a_breakpoint_whose_line_is_gone_is_told() -> None:
    session = begun()
    session.break_at("12")
    session.break_at("9")
    session.break_at("op:ADD")
    after = session.rebuild(edited("PUSH 7\nLOAD r1\nADD\n", "").replace("ADD", "SUB"))
    assert lost(after) == {
        "breakpoint 1": "gone with its line",
        "breakpoint 3": "gone: there is no such place now",
    }
    assert "lost: breakpoint 1 and 1 more" in after.message
    assert [each.number for each in after.breakpoints] == [2]
    session.break_at("2")
    assert [each.number for each in session.moment.breakpoints] == [2, 4]


def test_bookmarks_and_pins_stay_as_far_as_the_run_goes_the_same_way() -> None:
    session = begun()
    for tick, name in ((2, "early"), (30, "middle")):
        session.goto_tick(tick)
        session.bookmark(name)
        session.pin("r1 >= 0")
    session.goto_tick(2)
    same_way = session.rebuild(edited("PUSH 0\n", "PUSH 5\n"))
    assert [mark.name for mark in same_way.bookmarks] == ["early", "middle"]
    assert [pin.holds for pin in same_way.pins] == [None, None]
    other_way = session.rebuild(edited("  LOAD r2\n", "  NOP\n  LOAD r2\n", session_text(session)))
    assert [mark.name for mark in other_way.bookmarks] == ["early"]
    assert lost(other_way) == {"bookmark middle": "gone: the run goes another way"}
    assert len(other_way.pins) == 2


def session_text(session: Session) -> str:
    return "".join(f"{line}\n" for line in session.source)


# Branches


def test_branches_stay_with_their_edits() -> None:
    session = begun()
    session.goto_tick(30)
    session.edit([("r1", "1000")], "rich")
    session.goto_tick(40)
    session.edit([("r2", "0")], "richer")
    session.goto_tick(50)
    after = session.rebuild(edited("PUSH 7", "PUSH 9"))
    assert (after.branch, after.tick) == ("richer", 50)
    assert [(note.name, note.parent, note.tick, note.edits) for note in after.branches] == [
        ("main", "", 0, ()),
        ("rich", "main", 30, ("r1 = 1000",)),
        ("richer", "rich", 40, ("r2 = 0",)),
    ]
    session.end()
    richer = session.evaluate("out[0]")
    assert isinstance(richer, int) and richer > 1000
    session.switch("main")
    session.end()
    assert session.evaluate("out[0]") == 64


def test_a_branch_whose_beginning_is_no_more_is_told_and_left() -> None:
    session = begun()
    session.goto_tick(30)
    session.edit([("r1", "1000")], "rich")
    session.goto_tick(40)
    session.fork("deep")
    session.goto_tick(50)
    session.bookmark("there")
    session.pin("r1 > 0")
    after = session.rebuild(edited("  LOAD r2\n", "  LOAD r2\n  NOP\n"))
    assert (after.branch, after.tick) == ("main", 8)
    assert [note.name for note in after.branches] == ["main"]
    assert lost(after) == {
        "branch rich": "gone: the run goes another way from tick 8 on",
        "branch deep": "gone with rich",
        "bookmark there": "gone with its branch",
        "pin 1": "gone with its branch",
    }


def test_a_jump_made_by_hand_goes_to_where_the_instruction_is_now() -> None:
    session = begun()
    session.goto_tick(4)
    session.jump("12")
    after = session.rebuild(edited("PUSH 7", "NOP\nPUSH 7"))
    assert after.branch == "b1" and line_of(session, after) == "PUSH 7"
    session.goto_tick(4)
    gone = session.rebuild(edited("PUSH 7\nLOAD r1\nADD", "LOAD r1\nINC"))
    assert gone.branch == "main"
    assert "it jumped to an instruction that is no more" in lost(gone)["branch b1"]


def test_an_edit_that_can_be_made_no_more() -> None:
    text = "VEC r0\nPUSH 5\nVECPUSH r0\nNOP\nNOP\n"
    session = begun(text)
    session.goto_tick(4)
    session.edit([("r0[0]", "6")], "six")
    after = session.rebuild(text.replace("VECPUSH r0", "STOW r0"))
    assert after.branch == "main" and after.tick == 2
    assert lost(after)["branch six"].startswith("gone: ")


def test_the_first_branch_keeps_its_name() -> None:
    session = begun()
    session.rename_branch("main", "trunk")
    session.goto_tick(5)
    session.fork("other")
    after = session.rebuild(SUM + "NOP\n")
    assert [note.name for note in after.branches] == ["trunk", "other"] and after.branch == "other"


# What does not become of it


def test_a_text_with_errors_changes_nothing() -> None:
    session = begun()
    session.goto_tick(20)
    before, machine, program = session.moment, session.machine, session.opened
    with pytest.raises(Unassembled) as raised:
        session.rebuild("FOO\nADD r1\nPUSH 1\n")
    error = raised.value
    assert error.message == "sum:1:1: unknown mnemonic 'FOO', and 1 more error"
    assert error.details == ("sum:1:1: unknown mnemonic 'FOO'", "sum:2:1: ADD takes no operands, not 1")
    assert [found.line for found in error.diagnostics] == [1, 2]
    assert session.moment is before and session.machine is machine and session.opened is program
    assert session.step().tick == 21


def test_a_session_without_its_program_cannot_be_rebuilt() -> None:
    program = TOOLCHAIN.assemble(SUM)
    session = Session(TOOLCHAIN.machine(program, {}))
    with pytest.raises(XqdbgError, match="not at hand"):
        session.rebuild(SUM)
    with pytest.raises(XqdbgError, match="not at hand"):
        session.reload()


def test_who_gives_up_keeps_the_session_as_it_was() -> None:
    session = begun("PUSH 0\nPUSH 3000000\nRANGE\nNOP\nNEXT\n")
    session.goto_tick(500_000)
    before = session.moment
    with pytest.raises(XqdbgError, match="cancelled"):
        session.rebuild("PUSH 0\nPUSH 3000000\nRANGE\nNOP\nNEXT\nNOP\n", patience=Patience(lambda: True))
    assert session.moment is before and session.step().tick == 500_001


def test_a_program_that_is_assembled_already() -> None:
    session = begun()
    session.goto_tick(30)
    after = session.rebuild(TOOLCHAIN.assemble(edited("PUSH 7", "PUSH 9"), "nine"), name="nine")
    assert after.tick == 30 and session.name == "nine" and session.source[11] == "PUSH 9"


def test_an_empty_program_is_one() -> None:
    session = begun()
    session.end()
    after = session.rebuild("")
    assert (after.tick, after.status) == (0, Status.READY) or after.status is Status.HALTED
    assert session.code == () and session.rebuild(SUM).tick == 0


# Whoever looks on


def test_a_moment_tells_the_program_it_is_of() -> None:
    session = begun()
    before = session.moment.program
    assert before is not None and before.number == 0 and before.source == tuple(SUM.splitlines())
    session.step()
    assert session.moment.program is before
    session.rebuild(SUM + "NOP\n", name="other")
    after = session.moment.program
    assert after is not None and (after.number, after.name) == (1, "other")
    assert after.code == session.code and after.source == session.source != before.source
    assert session.name == "other"


def test_everything_else_works_on_the_new_program() -> None:
    session = begun()
    session.goto_tick(30)
    session.confine("r1")
    session.rebuild(edited("PUSH 7", "PUSH 9"))
    assert session.slice is None and session.moment.relevant is None
    session.end()
    assert session.why("out[0]").answer is not None
    assert session.last("r1").pc == next(line.pc for line in session.code if line.source_line == 15)
    assert session.forecast is not None
    session.history.complete()
    assert session.moment.future is not None
    assert session.goto("100%").tick == session.history.length


def test_it_can_be_saved_and_is_the_new_program(tmp_path: Path) -> None:
    session = begun()
    session.goto_tick(30)
    session.rebuild(edited("PUSH 7", "PUSH 9"))
    session.save(str(tmp_path / "s.xqs"))
    other = begun(edited("PUSH 7", "PUSH 9"))
    assert other.open(str(tmp_path / "s.xqs")).tick == 30


def test_the_host_rebuilds_while_it_explores() -> None:
    from threading import Event

    session, done = begun("PUSH 0\nPUSH 300000\nRANGE\nNOP\nNEXT\n"), Event()
    failures: list[Exception] = []
    moments: list[Moment] = []

    def arrived(moment: Moment) -> None:
        moments.append(moment)
        if (
            moment.program is not None
            and moment.program.number
            and moment.future is not None
            and moment.future.complete
        ):
            done.set()

    host = Host(session, arrived, failures.append)
    text = "PUSH 0\nPUSH 300000\nRANGE\nNOP\nNOP\nNEXT\n"
    host.submit(lambda session, patience: session.rebuild(text, patience=patience))
    assert done.wait(30)
    host.close()
    assert not failures


# However it is edited

_PIECES = ("NOP", "PUSH 3", "LOAD r1", "STOW r2", "ADD", "SUB", "INC", "POP", "COPY", "SWAP", "LVAL r2", "HALT")


@st.composite
def edits(draw: st.DrawFn) -> str:
    lines = SUM.splitlines()
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, len(lines) - 1))
        how = draw(st.sampled_from(("insert", "replace", "delete")))
        lines[at : at + (how != "insert")] = [] if how == "delete" else [draw(st.sampled_from(_PIECES))]
    return "\n".join(lines)


def shown(session: Session) -> dict[str, str]:
    """Every value there is."""
    cells = [cell for cells in session.moment.cells.values() for cell in cells]
    return {cell.name: cell.text for cell in cells if cell.kind != "unset"}


@settings(max_examples=60, deadline=None)
@given(edits(), st.integers(0, 80))
def test_the_run_is_the_same_up_to_where_that_is_said(text: str, tick: int) -> None:
    session, old, fresh = begun(), begun(), begun(text)
    stood = session.goto_tick(tick).tick
    after = session.rebuild(text)
    assert old.goto_tick(after.tick).tick == fresh.goto_tick(after.tick).tick == after.tick <= stood
    assert shown(session) == shown(old) == shown(fresh)
    assert ("standing there" in after.message) == (after.tick < stood)
    assert after.status is fresh.moment.status and after.pc == fresh.moment.pc


# From the file


def obey(session: Session, line: str) -> list[str]:
    return [text for reply in Interpreter(session).run(line) for text in reply.lines]


def test_reload(tmp_path: Path) -> None:
    file = tmp_path / "sum.xqasm"
    file.write_text(SUM)
    session = begun(path=str(file))
    session.goto_tick(30)
    file.write_text(edited("PUSH 7", "PUSH 9"))
    assert obey(session, "reload")[0] == (
        f"rebuilt: the run is the same up to tick {BEHIND}, where line 12 was changed; outputs differ: out[0] 62 → 64"
    )
    assert session.moment.tick == 30 and session.name == "sum"


def test_reload_another_file_and_then_that_one(tmp_path: Path) -> None:
    session = begun()
    with pytest.raises(XqdbgError, match="read from no file"):
        session.reload()
    file = tmp_path / "a b.xqasm"
    file.write_text(SUM + "NOP\n")
    obey(session, f'reload "{file}"')
    assert session.name == str(file) and len(session.source) == 19
    file.write_text(SUM)
    session.reload()
    assert len(session.source) == 18


def test_reload_tells_all_errors(tmp_path: Path) -> None:
    file = tmp_path / "bad.xqasm"
    file.write_text("FOO\nBAR\n")
    session = begun(path=str(file))
    lines = obey(session, "reload")
    assert [line.replace(str(file), "bad") for line in lines] == [
        "bad:1:1: unknown mnemonic 'FOO', and 1 more error "
        "(there is no instruction of that name, nor of a similar one)",
        "  bad:1:1: unknown mnemonic 'FOO'",
        "  bad:2:1: unknown mnemonic 'BAR'",
    ]
    (reply,) = Interpreter(session).run(f"reload {file}")
    assert not reply.ok and len(reply.lines) == 5  # with the signs under the name
    details = reply.json["details"]
    assert isinstance(details, list) and len(details) == 2


def test_reload_of_what_is_no_program(tmp_path: Path) -> None:
    session = begun()
    for name, data, problem in (
        ("empty.xqasm", b"", "is empty"),
        ("none.xqasm", None, "no such file"),
        ("s.xqs", b'{"xqdbg-session": 1}', "is a session|cannot|not"),
        ("bad.xqasm", b"\xff", "not UTF-8"),
        ("bad.xqb", b"XQBC\1", "."),
    ):
        if data is not None:
            (tmp_path / name).write_bytes(data)
        with pytest.raises(XqdbgError, match=problem):
            session.reload(str(tmp_path / name))
    assert session.moment.program is not None and session.moment.program.number == 0


def test_reload_of_bytecode_keeps_the_place(tmp_path: Path) -> None:
    file = tmp_path / "sum.xqb"
    file.write_bytes(TOOLCHAIN.assemble(SUM).container())
    session = begun()
    session.goto_tick(30)
    after = session.reload(str(file))
    assert after.tick == 30 and session.source == ()
    assert after.message.startswith("rebuilt: the instructions are the same")


@pytest.mark.parametrize("name", [each.name for each in resources.examples() if each.program.suffix == ".xqasm"])
def test_every_example_can_be_reloaded_and_edited_at_its_end(name: str) -> None:
    import json

    example = resources.find_example(name)
    inputs = {} if example.inputs is None else json.loads(example.inputs.read_text("utf-8"))
    text = example.program.read_text("utf-8")
    session = begun(text, **inputs)
    session.goto_tick(200)
    before = session.moment
    after = session.rebuild(text.replace("; ", "; more "))
    assert (after.tick, after.cells, after.status) == (before.tick, before.cells, before.status)
    assert "the instructions are the same" in after.message
    last = session.rebuild(text.rstrip("\n") + "\nNOP\n")
    assert last.tick == before.tick and not lost(last)
