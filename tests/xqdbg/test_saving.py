"""Sessions in files: all of a session comes back, and a run that is another one is told from the one that was saved."""

from __future__ import annotations

import json
import os
import stat
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from vm.contract import Place
from vm.toolchain import Program
from vm.xqvm.toolchain import TOOLCHAIN
from xqdbg import resources, saving
from xqdbg.batch.target import open_target
from xqdbg.chain import GivenUp
from xqdbg.errors import XqdbgError
from xqdbg.marks import Scale
from xqdbg.moment import Bookmark, Kind, Pin
from xqdbg.patience import Patience
from xqdbg.session import Opened, Session
from xqdbg.sessionfile.reading import parse_session, read_session
from xqdbg.sessionfile.record import MOST_LINKS, SessionRecord
from xqdbg.sessionfile.writing import format_session

LOOP = """\
PUSH 0
STOW r1
PUSH 0
PUSH 1000
RANGE         ; line 5
  LOAD r1
  PUSH 3
  ADD         ; line 8
  STOW r1
NEXT
PUSH 0
OUTPUT r1
HALT
"""
END = 5_008


def begin(text: str = LOOP, name: str = "loop.xqasm", **inputs: Any) -> Session:
    program = TOOLCHAIN.assemble(text, name)
    return begin_on(program, name, inputs)


def begin_on(program: Program, name: str, inputs: dict[str, Any]) -> Session:
    return Session(TOOLCHAIN.machine(program, inputs), name, opened=Opened(TOOLCHAIN, program))


def reopened(record: SessionRecord, patience: Patience | None = None) -> tuple[Session, list[str]]:
    """A fresh session with all that is in a file, and the remarks."""
    tools, program, machine = saving.load(record, "s.xqs")
    session = Session(machine, record.name, opened=Opened(tools, program))
    return session, list(saving.restore(session, record, patience or Patience()))


def busy() -> Session:
    """A session in which something of everything was done."""
    session = begin(calldata=[4, [1, 2, 3], None])
    session.break_at("8", "r1 > 30", temporary=True)
    session.break_at("op:ADD")
    session.break_at("tick 77")
    session.break_at("50%")
    session.break_at("loop:exit")
    session.break_at("fault:STACK_UNDERFLOW")
    session.watch("r1", Kind.WRITE, "r1 % 2 == 0")
    session.watch("stack[-1]", Kind.ACCESS)
    session.logpoint("9", "r1 is {r1}")
    session.ignore(2, 5)
    session.set_commands(2, ["print r1", "continue"])
    session.enable([2, 3], enabled=False)
    session.delete([4])
    session.display("r1")
    session.display("r1 * 2", "x")
    session.undisplay([1])
    session.goto_tick(40)
    session.bookmark("forty", "where r1 grows")
    session.save_value("x", "r1 + 1")
    session.saved["nothing"] = None
    session.pins.add("r1 == $x - 1", 40, "main")
    session.proceed()
    session.asked = ["hits 8", "count by opcode"]
    session.edit([("r1", "1000"), ("stack", "[7]")], "what-if")
    session.step(30)
    session.edit([("r1", "5")])
    session.goto_tick(300)
    session.pins.add("old(r1) > 5", 300, "b1")
    session.switch("what-if")
    session.goto_tick(700)
    return session


def told(session: Session) -> dict[str, object]:
    """All of a session that is to come back."""
    return {
        "name": session.name,
        "source": session.source,
        "breakpoints": session.breakpoints.kept(),
        "displays": session.displays.all(),
        "bookmarks": session.bookmarks.made(),
        "pins": session.pins.all(),
        "saved": session.saved,
        "asked": session.asked,
        "branches": session.branches.notes(),
        "here": (session.branch.name, session.timeline.tick, session.machine.digest()),
        "inputs": TOOLCHAIN.inputs(session.machine),
    }


# Round trips


def test_all_of_a_session_comes_back(tmp_path: Path) -> None:
    session = busy()
    path = str(tmp_path / "s.xqs")
    before = told(session)
    record = saving.save(session, path)
    assert told(session) == before, "saving moves nothing"
    assert read_session(path) == record
    other, remarks = reopened(record)
    assert not remarks
    after = told(other)
    assert after == before
    assert saving.verify(other, record) == []
    assert told(other) == after, "verifying moves nothing"


def test_what_was_saved_is_saved_again_the_same() -> None:
    record = saving.capture(busy())
    other, _ = reopened(record)
    assert saving.capture(other) == record


def test_what_is_restored_works_on() -> None:
    session, _ = reopened(saving.capture(busy()))
    session.switch("main")
    assert session.branch.timeline.tick == session.moment.tick > 0
    session.goto("@forty")
    assert (session.moment.branch, session.moment.tick) == ("main", 40)
    session.delete()
    numbers = [breakpoint.number for breakpoint in session.break_at("9").breakpoints]
    assert numbers == [10], "numbers go on after the highest one that was saved"
    session.proceed()
    assert session.moment.stopped == (10,)
    session.switch("b1")
    assert session.timeline.tick == 300
    assert session.branch.parent is session.branches.find("what-if")


def test_restored_breakpoints_stop_where_the_others_did() -> None:
    one = begin()
    for location, condition in (("8", "r1 > 2_000"), ("loop:exit", ""), ("tick 1234", "")):
        one.break_at(location, condition)
    one.watch("r1 // 500")
    other, _ = reopened(saving.capture(one))
    for _ in range(12):
        assert one.proceed().tick == other.proceed().tick
        assert one.moment.stopped == other.moment.stopped
    assert one.moment.tick > 1_234


def test_a_moment_named_in_another_way_is_kept_as_its_tick() -> None:
    session = begin()
    session.goto_tick(99)
    session.bookmark("there")
    session.break_at("@there")
    session.delete_bookmark("there")
    session.goto_tick(0)
    record = saving.capture(session)
    assert [breakpoint.text for breakpoint in record.breakpoints] == ["tick 99"]
    other, _ = reopened(record)
    assert other.proceed().tick == 99


def test_a_program_without_source_comes_back() -> None:
    program = TOOLCHAIN.load(TOOLCHAIN.assemble(LOOP).container(), "loop.xqb")
    session = begin_on(program, "loop.xqb", {})
    session.goto_tick(50)
    record = saving.capture(session)
    other, _ = reopened(record)
    assert other.machine.digest() == session.machine.digest()
    assert other.source == ()
    assert other.opened is not None and other.opened.program.container() == program.container()


@pytest.mark.parametrize("text", ["", "\n", "HALT", "; «nothing»\n\n", "PUSH 1\r\nHALT\r\n", "\tPUSH 1 ; \u202e\n"])
def test_odd_texts_come_back(text: str) -> None:
    session = begin(text)
    other, remarks = reopened(parse_session(format_session(saving.capture(session)), "s.xqs"))
    assert not remarks
    assert [line.pc for line in other.code] == [line.pc for line in session.code]
    assert [line.source_line for line in other.code] == [line.source_line for line in session.code] or not text.strip()
    assert other.machine.digest() == session.machine.digest()


def test_inputs_and_limits_that_were_edited_come_back() -> None:
    text = "PUSH 0\nINPUT r1\nPUSH 0\nOUTPUT r1\nHALT\n"
    session = begin(text, calldata=[5], step_limit=77)
    session.edit([("in[0]", "9"), ("steps.limit", "60")])
    record = saving.capture(session)
    assert record.inputs["calldata"] == [5] and record.inputs["step_limit"] == 77
    other, _ = reopened(record)
    assert saving.verify(other, record) == []
    other.end()
    assert other.machine.get(Place.parse("out[0]")) == 9
    other.switch("main")
    other.end()
    assert other.machine.get(Place.parse("out[0]")) == 5


def test_values_of_models_come_back() -> None:
    session = begin("PUSH 3\nBQMX r0\nPUSH 0\nPUSH 2\nPUSH 5\nADDQUAD r0\nVEC r1\nHALT\n")
    session.end()
    session.save_value("model", "r0")
    session.edit([("r1", "$model")])
    other, _ = reopened(parse_session(format_session(saving.capture(session)), "s.xqs"))
    assert other.saved["model"] == session.saved["model"]
    assert other.evaluate("r1.quad[0,2]") == session.evaluate("r1.quad[0,2]") == 5


def test_lists_come_back_as_what_expressions_take_for_the_same() -> None:
    session = begin("VEC r2\nPUSH 1\nVECPUSH r2\nPUSH 2\nVECPUSH r2\nHALT\n")
    session.end()
    for name, text in (("held", "r2"), ("written", "[1, 2]"), ("slice", "r2[0:2]"), ("none", "stack")):
        session.save_value(name, text)
    other, _ = reopened(saving.capture(session))
    for expression in ("$held == r2 and $written == r2 and $slice == r2", "$held == $written", "sum($written) == 3",
                       "$slice[1] == 2", "len($none) == 0"):  # fmt: skip
        assert session.evaluate(expression) == other.evaluate(expression) == 1, expression


def test_a_value_that_no_file_can_hold_is_left_out_and_told() -> None:
    session = begin()
    session.saved.update({"big": 1 << 2_000, "small": 1 << 70, "text": "binary", "odd": object(), "ü": 1, "1": 1})
    record = saving.capture(session)
    assert record.values == {"small": 1 << 70, "text": "binary", "1": 1}
    assert saving.left_out(session, record) == ["$big", "$odd", "$ü"]
    other, _ = reopened(parse_session(format_session(record), "s.xqs"))
    assert other.saved == {"small": 1 << 70, "text": "binary", "1": 1}


def test_odd_blanks_and_signs_in_what_the_user_wrote_do_not_keep_a_session_from_being_saved() -> None:
    session = begin()
    session.break_at("8", "r1\t>\n3")
    session.logpoint("8", "\u200d {r1}\t")
    session.set_commands(1, ["print\tr1"])
    session.display("r1 +\t1")
    session.pins.add("r1\r\n== unset", 0, "main")
    session.asked = ["last\tr1"]
    record = parse_session(format_session(saving.capture(session)), "s.xqs")
    other, _ = reopened(record)
    assert other.breakpoints.numbered(1).condition == "r1 > 3"
    assert other.breakpoints.numbered(2).message == "· {r1} "
    assert other.check_pins().pins[0].holds
    assert other.asked == ["last r1"]
    assert other.proceed().tick == session.proceed().tick > 0


def test_a_renamed_first_branch_comes_back() -> None:
    session = begin()
    session.rename_branch("main", "base")
    session.goto_tick(10)
    session.fork("side")
    other, _ = reopened(saving.capture(session))
    assert other.branches.notes() == session.branches.notes()


def test_branches_that_were_renamed_and_dropped_take_their_bookmarks_and_pins_along() -> None:
    session = begin()
    session.goto_tick(10)
    session.edit([("r1", "5")], "one")
    session.bookmark("in-one")
    session.pin("r1 == 5")
    session.fork("two")
    session.bookmark("in-two")
    session.pin("r1 == 5")
    session.rename_branch("one", "uno")
    session.switch("uno")
    session.drop_branch("two")
    record = parse_session(format_session(saving.capture(session)), "s.xqs")
    assert [(mark.name, mark.branch) for mark in record.bookmarks] == [("in-one", "uno")]
    assert [pin.branch for pin in record.pins] == ["uno"]
    other, _ = reopened(record)
    assert other.goto("@in-one").branch == "uno"
    assert session.go_back().branch == "main"
    assert session.go_forward().branch == "uno"


# Through the verbs


def test_save_and_open_as_verbs(tmp_path: Path) -> None:
    path = str(tmp_path / "s.xqs")
    session = begin()
    session.break_at("8")
    session.goto_tick(40)
    session.bookmark("forty")
    assert session.save(path).message == f"saved as {path}"
    session.saved["odd"] = object()
    assert session.save(path).message == f"saved as {path}; not saved: $odd"
    session.delete()
    session.delete_bookmark("forty")
    session.edit([("r1", "5")])
    session.end()
    revision = session.moment.revision
    moment = session.open(path)
    assert moment.message == f"{path}: the run is the one that was saved"
    assert (moment.branch, moment.tick, len(moment.branches), len(moment.breakpoints)) == ("main", 40, 1, 1)
    assert [mark.name for mark in moment.bookmarks] == ["forty"]
    assert moment.revision > revision
    assert session.proceed().tick == 42
    assert session.moment.stopped == (1,)


def test_opening_what_cannot_be_opened_changes_nothing(tmp_path: Path) -> None:
    session = busy()
    path = tmp_path / "s.xqs"
    session.save(str(path))
    before = told(session)
    good = path.read_text("utf-8")
    for bad in (
        "", good[:500], good.replace('"version": 1', '"version": 2'), good.replace("PUSH 3", "PUSH 4"),
        good.replace("r1 % 2 == 0", "r1 % "), good.replace('"r1",1000', '"hat",1000'), good.replace("[4,", '["x",'),
    ):  # fmt: skip
        assert bad != good
        path.write_text(bad, "utf-8")
        with pytest.raises(XqdbgError) as caught:
            session.open(str(path))
        assert "\n" not in caught.value.message
        assert told(session) == before, caught.value.message
    with pytest.raises(XqdbgError):
        session.open(str(tmp_path / "none.xqs"))


def test_export_as_a_verb(tmp_path: Path) -> None:
    session = begin()
    assert session.export("vector", str(tmp_path / "v.jsonl")).message == f"1 case written to {tmp_path}/v.jsonl"


# Size


def test_files_of_the_shipped_examples_are_small(tmp_path: Path) -> None:
    """Breakpoints, bookmarks, a pin and a proof of the run: no more than 4 kB beside the program."""
    for example in resources.examples():
        target = open_target(f"{resources.EXAMPLE_PREFIX}{example.name}")
        inputs = {} if example.inputs is None else json.loads(example.inputs.read_text("utf-8"))
        opened = Opened(target.tools, target.program)
        session = Session(target.tools.machine(target.program, inputs), target.name, opened=opened)
        session.goto_tick(1_000)
        for line in session.code[:3]:
            session.toggle(line.pc)
        session.bookmark("here", "as far as this")
        session.pins.add("tick > 0", session.timeline.tick, "main")
        record = saving.save(session, str(tmp_path / "s.xqs"))
        size = (tmp_path / "s.xqs").stat().st_size - len(record.program.text.encode())
        assert size <= 4_096, f"{example.name}: {size}"
        chain = record.branches[0].chain
        assert chain is not None and len(chain.links) <= MOST_LINKS


# Verifying


def test_a_program_that_was_changed_is_told_with_the_interval() -> None:
    """Another addend from the thousandth tick on; the position is found again all the same."""
    session = begin()
    session.goto_tick(4_000)
    record = saving.capture(session)
    other_text = LOOP.replace("PUSH 3\n", "PUSH 3\n  EQ ; 1 once\n", 1)
    assert other_text != LOOP
    changed = replace(record, program=replace(record.program, text=other_text.replace("EQ ; 1 once", "POP\n  PUSH 3")))
    other, remarks = reopened(changed)
    found = saving.verify(other, changed)
    assert len(found) == 1
    assert found[0].startswith("the run differs at tick 0") or found[0].startswith("the run differs between tick 0 and")
    assert not remarks and other.timeline.tick == 4_000, "the session can be used"
    other.step()


@pytest.mark.parametrize("at", [200, 2_600, 4_990])
def test_a_handler_that_was_changed_is_told_with_the_interval(monkeypatch: pytest.MonkeyPatch, at: int) -> None:
    """An engine that adds wrongly when the sum exceeds a bound: states differ from that tick on."""
    session = begin()
    session.end()
    record = saving.capture(session)
    chain = record.branches[0].chain
    assert chain is not None
    tools, program, machine = saving.load(record, "s.xqs")
    wrong = type(machine).run

    def run(self: Any, budget: int, *arguments: Any, **named: Any) -> Any:
        """Runs as the machine does, and falsifies a register on its way past a tick."""
        if self.tick < at <= self.tick + budget:
            got = wrong(self, at - self.tick, *arguments, **named)
            if self.tick == at:
                self.set(Place("r9"), 1)
            return got
        return wrong(self, budget, *arguments, **named)

    monkeypatch.setattr(type(machine), "run", run)
    other = Session(machine, record.name, opened=Opened(tools, program))
    saving.restore(other, record)
    (line,) = saving.verify(other, record)
    after = max(tick for tick in chain.ticks if tick < at)
    by = min(tick for tick in chain.ticks if tick >= at)
    assert line.startswith(f"the run differs between tick {after:,} and {by:,}")


def test_other_inputs_are_told() -> None:
    record = saving.capture(begin(calldata=[1]))
    changed = replace(record, inputs={**record.inputs, "calldata": [2]})
    other, _ = reopened(changed)
    assert saving.verify(other, changed) == ["the run differs at tick 0"]


def test_a_position_the_run_no_longer_reaches_is_clamped() -> None:
    session = begin()
    session.end()
    record = saving.capture(session)
    changed = replace(record, program=replace(record.program, text=LOOP.replace("1000", "10")))
    other, remarks = reopened(changed)
    assert remarks == [f"the position is tick 58 instead of {END:,}: the run ends there now"]
    assert other.timeline.tick == 58
    (line,) = saving.verify(other, changed)
    assert line.startswith("the run differs at tick 0") or "between tick 0 and" in line
    assert other.back().tick == 57


def test_a_branch_that_differs_is_named_and_those_on_top_of_it_are_not() -> None:
    session = begin()
    session.goto_tick(100)
    session.edit([("r1", "5")], "five")
    session.goto_tick(200)
    session.edit([("r2", "1")], "six")
    session.switch("main")
    record = saving.capture(session)
    five = record.branches[1]
    changed = replace(
        record,
        branches=(record.branches[0], replace(five, edits=(replace(five.edits[0], value=6),)), record.branches[2]),
    )
    other, _ = reopened(changed)
    assert saving.verify(other, changed) == ["branch five: the run differs at tick 100"]


def test_an_edit_that_can_no_longer_be_made_is_told_and_the_session_goes_on() -> None:
    session = begin()
    session.goto_tick(8)
    session.edit([("stack[-1]", "5")], "five")
    record = saving.capture(session)
    five = record.branches[1]
    changed = replace(
        record, branches=(record.branches[0], replace(five, edits=(replace(five.edits[0], place="stack[9]"),)))
    )
    other, remarks = reopened(changed)
    assert len(remarks) == 1 and remarks[0].startswith("the branch five cannot be replayed: stack[9]")
    assert (other.branch.name, other.timeline.tick) == ("main", 0)
    (line,) = saving.verify(other, changed)
    assert line.startswith("branch five: the run differs at tick 8: an edit cannot be made: stack[9]")
    assert other.end().tick == END


def test_another_version_is_mentioned_where_the_run_differs() -> None:
    record = replace(saving.capture(begin(calldata=[1])), written_by="0.0.7")
    other, _ = reopened(record)
    assert saving.verify(other, record) == []
    changed = replace(record, inputs={**record.inputs, "calldata": [2]})
    other, _ = reopened(changed)
    (line,) = saving.verify(other, changed)
    assert "(saved by xqdbg 0.0.7, this is " in line


def test_the_state_at_the_position_is_proof_enough_where_there_is_no_chain() -> None:
    session = begin()
    session.goto_tick(40)
    record = saving.capture(session)
    bare = replace(record, branches=(replace(record.branches[0], chain=None),))
    other, _ = reopened(bare)
    assert saving.verify(other, bare) == []
    wrong = replace(bare, position=replace(bare.position, state="0" * 16))
    assert saving.verify(other, wrong) == ["the state at tick 40 is not the one that was saved"]


def test_resuming_tells_what_came_of_it() -> None:
    record = saving.capture(begin(calldata=[1]))
    tools, program, machine = saving.load(record, "s.xqs")
    session = Session(machine, "s", opened=Opened(tools, program))
    assert saving.resume(session, record, "s.xqs").message == "s.xqs: the run is the one that was saved"
    machine = tools.machine(program, {"calldata": [2]})
    session = Session(machine, "s", opened=Opened(tools, program))
    assert saving.resume(session, record, "s.xqs").message == "the run differs at tick 0"


# What cannot be


def test_a_session_without_its_program_at_hand_cannot_be_saved(tmp_path: Path) -> None:
    program = TOOLCHAIN.assemble(LOOP)
    session = Session(TOOLCHAIN.machine(program, {}), "loop")
    with pytest.raises(XqdbgError, match="its program is not at hand"):
        saving.save(session, str(tmp_path / "s.xqs"))
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("act", ["fsync", "replace"])
def test_a_failure_while_writing_keeps_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, act: str) -> None:
    path = tmp_path / "s.xqs"
    session = begin()
    saving.save(session, str(path))
    path.chmod(0o640)
    old = path.read_bytes()
    session.bookmark("more")

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, act, fail)
        with pytest.raises(XqdbgError, match="no space left on device"):
            saving.save(session, str(path))
    assert path.read_bytes() == old
    assert [each.name for each in tmp_path.iterdir()] == ["s.xqs"]
    saving.save(session, str(path))
    assert path.read_bytes() != old
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


def test_cancelling_keeps_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "s.xqs"
    path.write_bytes(b"old")
    session = begin("TARGET .0\nPUSH 1\nPOP\nJUMP .0\n", step_limit=None)
    session.goto_tick(30_000)
    began = time.monotonic()
    with pytest.raises(XqdbgError, match="saving was cancelled"):
        saving.save(session, str(path), Patience(cancelled=lambda: time.monotonic() > began + 0.02))
    assert path.read_bytes() == b"old"
    assert session.timeline.tick == 30_000


def test_verifying_can_be_cancelled() -> None:
    record = saving.capture(begin())
    session, _ = reopened(record)
    with pytest.raises(GivenUp):
        saving.verify(session, record, Patience(cancelled=lambda: True))
    tools, program, machine = saving.load(record, "s.xqs")
    other = Session(machine, "s", opened=Opened(tools, program))
    moment = saving.resume(other, record, "s.xqs", Patience(cancelled=lambda: True))
    assert moment.message == "whether the run is the one that was saved was not checked to the end"


def wrong(record: SessionRecord, **changes: Any) -> str:
    """The one line that opening such a file comes to."""
    changed = replace(record, **changes)
    assert parse_session(format_session(changed), "s.xqs") == changed, "by the letter it is a session file"
    with pytest.raises(XqdbgError) as caught:
        reopened(changed)
    assert caught.value.message.isprintable()
    return caught.value.message


def test_what_only_a_session_can_tell_to_be_wrong_is_told_in_one_line() -> None:
    record = saving.capture(busy())
    first, second, third = record.branches
    told_wrong = {
        "machine": wrong(record, machine="pdp11"),
        "inputs": wrong(record, inputs={"calldata": "x"}),
        "unknown input": wrong(record, inputs={"colour": 1}),
        "value": wrong(record, values={"x": {"type": "hat"}}),
        "branch": wrong(record, branches=(first, replace(second, name="a b"), replace(third, parent="a b")),
                        position=replace(record.position, branch="main"), bookmarks=(), pins=()),
        "edit": wrong(record, branches=(first, replace(second, edits=(replace(second.edits[0], value={}),)), third)),
        "place": wrong(record, branches=(first, replace(second, edits=(replace(second.edits[0], place="h"),)), third)),
        "pcs": wrong(record, breakpoints=(replace(record.breakpoints[0], pcs=(1,), text=""),)),
        "location": wrong(record, breakpoints=(replace(record.breakpoints[0], text="line nine"),)),
        "watched": wrong(record, breakpoints=(replace(record.breakpoints[0], kind=Kind.WRITE, text="r1 +"),)),
        "condition": wrong(record, breakpoints=(replace(record.breakpoints[0], condition="r1 >"),)),
        "message": wrong(record, breakpoints=(replace(record.breakpoints[0], kind=Kind.LOG, message="{r1"),)),
        "display": wrong(record, displays=(replace(record.displays[0], expression="("),)),
        "pin": wrong(record, pins=(Pin(1, 0, "main", "r1 =="),)),
    }  # fmt: skip
    assert told_wrong["machine"] == "there is no machine 'pdp11'"
    assert told_wrong["unknown input"].startswith("s.xqs: inputs: unknown key 'colour'")
    assert told_wrong["place"].startswith("s.xqs: branch what-if")
    unprefixed = [key for key, line in told_wrong.items() if not line.startswith("s.xqs: ") and key != "machine"]
    assert not unprefixed


def test_bookmarks_that_stops_made_stay_automatic() -> None:
    session = begin()
    session.break_at("8")
    session.proceed()
    session.proceed()
    record = saving.capture(session)
    assert [mark.name for mark in record.bookmarks if mark.automatic] == ["stop-1", "stop-2"]
    other, _ = reopened(record)
    other.proceed()
    assert [mark.name for mark in other.bookmarks.made()] == ["stop-1", "stop-2", "stop-3"]
    assert isinstance(other.bookmarks.find("stop-3"), Bookmark)


def test_what_a_face_wants_to_have_counted_is_counted_in_an_opened_session_too(tmp_path: Path) -> None:
    target = open_target("example:factorial")
    machine = target.tools.machine(target.program, {})
    session = Session(machine, "factorial", opened=Opened(target.tools, target.program))
    session.mark(Scale(10, 10))
    path = str(tmp_path / "kept.xqs")
    session.save(path)
    moment = session.open(path)
    assert moment.marks is not None and moment.marks.scale == Scale(10, 10)
