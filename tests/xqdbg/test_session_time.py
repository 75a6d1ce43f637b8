"""What a session does with time: questions that lead somewhere, branches, slices, displays, where one has been."""

from __future__ import annotations

import pytest

from tests.support.toy import toy_machine
from vm.contract import Place, Status
from vm.xqvm.toolchain import TOOLCHAIN
from xqdbg.errors import XqdbgError
from xqdbg.moment import Kind
from xqdbg.patience import Patience
from xqdbg.session import Opened, Session

COUNT = """PUSH 0
STOW r1
PUSH 0
PUSH 5
RANGE
LVAL r2
LOAD r2
LOAD r1
ADD
STOW r1
NEXT
LOAD r1
STOW r3
PUSH 0
OUTPUT r1
HALT"""
SUM_PC = 17
"""Where `STOW r1` of the loop is, by its line."""


def counting(**inputs: object) -> Session:
    program = TOOLCHAIN.assemble(COUNT, "count")
    return Session(TOOLCHAIN.machine(program, inputs), "count", opened=Opened(TOOLCHAIN, program))


def test_the_future_is_found_out_little_by_little() -> None:
    session = counting()
    assert session.moment.future is not None and not session.moment.future.complete
    while session.explore(0.001):
        pass
    moment = session.moment
    future = moment.future
    assert future is not None and (future.complete, future.status) == (True, Status.HALTED)
    assert (moment.tick, moment.furthest, moment.ended) == (0, future.explored, True)
    assert moment.visits is not None
    counts = [moment.visits.count(line.pc) for line in session.code]
    assert counts == [1, 1, 1, 1, 1, 5, 5, 5, 5, 5, 5, 1, 1, 1, 1, 1]
    body = session.code[5].pc
    first = moment.visits.after(body, 0)
    assert first == 5 and moment.visits.before(body, first) is None
    assert moment.forecast is not None and moment.forecast.depths[body] == 0


def test_last_goes_back_write_by_write_and_next_write_forward() -> None:
    session = counting()
    session.end()
    ticks = []
    while (moment := session.last("r1")).answer is not None and moment.answer.rows:
        ticks.append(moment.tick)
    assert ticks == [33, 27, 21, 15, 9, 1]
    assert "nothing wrote r1" in moment.message
    session.start()
    forward = []
    while (moment := session.next_write("r1")).answer is not None and moment.answer.rows:
        forward.append(moment.tick)
    assert forward == ticks[::-1]


def test_the_kth_hit_is_a_moment() -> None:
    session = counting()
    assert session.goto("op:STOW#4").tick == 21
    assert session.goto("loop:enter#1").tick == 5
    assert session.goto("loop:exit#1").tick == 35
    assert session.goto("output#1").tick == 39
    with pytest.raises(XqdbgError, match="no hit 8"):
        session.goto("op:STOW#8")
    with pytest.raises(XqdbgError, match="no hit 2"):
        session.goto("loop:exit#2")


def test_an_edit_makes_a_branch_and_leaves_the_run_alone() -> None:
    session = counting()
    session.goto("op:STOW#4")
    digest = session.machine.digest()
    moment = session.edit([("stack[-1]", "100"), ("r7", "r2 + 40")], "more")
    assert (moment.branch, moment.tick, session.get(Place.parse("stack[-1]"))) == ("more", 21, 100)
    assert session.evaluate("r7") == 42
    assert session.end().status is Status.HALTED
    assert session.evaluate("out[0]") == 107
    assert [(note.name, note.parent, note.current) for note in session.moment.branches] == [
        ("main", "", False), ("more", "main", True),
    ]  # fmt: skip
    session.switch("main")
    assert (session.machine.tick, session.machine.digest()) == (21, digest)
    session.end()
    assert session.evaluate("out[0]") == 10
    diff = session.diff("main", "more").answer
    assert diff is not None and diff.value["diverge"] == 21


def test_an_edit_that_cannot_be_made_changes_nothing() -> None:
    session = counting()
    for place, value, message in [
        ("r1", "1 << 80", "i64|64"),
        ("r9[3]", "1", "."),
        ("tick", "4", "."),
        ("r1", "r8 + 1", "unset"),
    ]:
        with pytest.raises(XqdbgError, match=message):
            session.edit([(place, value)])
    assert (len(session.moment.branches), session.moment.branch) == (1, "main")


def test_a_limit_raised_at_the_fault_lets_the_run_go_on() -> None:
    session = counting(step_limit=20)
    assert session.end().status is Status.FAULTED
    moment = session.edit([("steps.limit", "1000")])
    assert moment.status is Status.READY
    assert session.end().status is Status.HALTED
    assert session.evaluate("out[0]") == 10


def test_an_input_is_edited_where_it_is_still_to_be_read() -> None:
    program = TOOLCHAIN.assemble("PUSH 0\nINPUT r0\nLOAD r0\nINC\nSTOW r1\nHALT", "input")
    session = Session(TOOLCHAIN.machine(program, {"calldata": [5]}))
    session.edit([("in[0]", "70")])
    session.end()
    assert session.evaluate("r1") == 71
    session.switch("main")
    session.end()
    assert session.evaluate("r1") == 6


def test_a_jump_goes_on_elsewhere_on_a_branch() -> None:
    session = counting()
    moment = session.jump("12")
    assert (moment.branch, moment.pc, moment.tick) == ("b1", session.code[11].pc, 0)
    with pytest.raises(XqdbgError, match="one instruction"):
        session.jump("op:PUSH1")


def test_a_watched_value_is_told_by_a_single_step() -> None:
    session = counting()
    session.watch("r1")
    assert session.step().stopped == ()
    assert session.step().stopped == (1,)
    assert session.moment.message == "watchpoint 1 (r1), hit 1"


def test_ignored_hits_are_passed_over_in_either_direction() -> None:
    session = counting()
    session.break_at("10")
    session.ignore(1, 2)
    assert session.proceed().tick == 21
    session.end()
    session.ignore(1, 1)
    assert session.reverse().tick == 27


def test_a_logpoint_tells_and_does_not_stop() -> None:
    session = counting()
    session.logpoint("10", "i={r2} sum={stack[-1]}", "r2 > 2")
    moment = session.proceed()
    assert moment.status is Status.HALTED
    assert list(moment.logged) == ["27: i=3 sum=6", "33: i=4 sum=10"]
    answer = session.past_log("10", "i={r2} sum={stack[-1]}", "r2 > 2").answer
    assert answer is not None and [row.tick for row in answer.rows] == [27, 33]


def test_a_slice_is_stepped_through_alone() -> None:
    session = counting()
    session.end()
    session.confine("r3")
    assert session.slice is not None
    ticks = list(session.slice.ticks)
    walked = []
    session.start()
    while not session.step().message:
        walked.append(session.moment.tick)
    assert walked == [tick for tick in ticks if tick > 0]
    back = []
    while not session.back().message:
        back.append(session.moment.tick)
    assert back == walked[-2::-1] + ([0] if ticks[0] == 0 else [])
    assert session.moment.relevant == session.slice.pcs
    assert session.unconfine().relevant is None


def test_displays_are_told_at_every_moment() -> None:
    session = counting()
    session.display("r1 + 1")
    assert session.moment.watches[0].text != "1"
    assert session.step(2).watches[0].text == "1"
    assert (session.goto_tick(16).watches[0].text, session.moment.watches[0].changed) == ("2", True)
    session.undisplay([1])
    assert session.moment.watches == ()


def test_where_one_has_been() -> None:
    session = counting()
    session.goto_tick(20)
    session.goto_tick(7)
    assert [session.go_back().tick, session.go_back().tick, session.go_forward().tick] == [20, 0, 20]
    assert "nothing before" in session.go_back(5).message or session.moment.tick == 0


def test_stops_are_bookmarked_and_bookmarks_lead_back() -> None:
    session = counting()
    session.break_at("10")
    session.proceed()
    session.bookmark("here", "the first sum")
    session.proceed()
    assert [(mark.name, mark.tick) for mark in session.moment.bookmarks if not mark.automatic] == [("here", 9)]
    assert [mark.tick for mark in session.moment.bookmarks if mark.automatic]
    assert session.goto("@here").tick == 9


def test_any_machine_can_be_asked() -> None:
    session = Session(toy_machine("SET r0 3\nSET r1 1\nLOOP r0\nADD r2 r2 r1\nEND\nOUT r2\nHALT"))
    session.end()
    assert session.last("r2").tick == 7
    assert session.evaluate("old(r2)") == 2
    answer = session.hits("4", ["r2"]).answer
    assert answer is not None and len(answer.rows) == 3
    session.watch("r2", Kind.ACCESS)
    assert session.reverse().stopped == (1,)


def test_a_percentage_is_one_of_the_whole_run_known_or_not() -> None:
    assert counting().goto("50%").tick == 20
    session = counting()
    session.break_at("50%")
    assert session.proceed().tick == 20


def test_labels_are_those_of_the_source() -> None:
    text = "PUSH 3\n.7: DEC\nCOPY\nJUMPI .2\nHALT\n.2: NOP\nJUMP .7"
    program = TOOLCHAIN.assemble(text, "labels")
    session = Session(TOOLCHAIN.machine(program, {}))
    assert session.until(".7").pc == program.pcs_of(2)[0]
    assert session.until(".2").pc == program.pcs_of(6)[0]
    assert [line.text for line in session.code if line.op.startswith("JUMP")] == ["JUMPI1 .2", "JUMP1 .7"]
    assert [line.text for line in program.lines() if line.op.startswith("JUMP")] == ["JUMPI1 .1", "JUMP1 .0"]
    with pytest.raises(XqdbgError, match="no label"):
        session.until(".1")


def test_a_branch_made_before_its_elder_begins_is_no_child_of_it() -> None:
    session = counting()
    session.goto_tick(20)
    session.edit([("r7", "1")])
    session.goto_tick(5)
    session.edit([("r7", "2")])
    assert [(note.name, note.parent) for note in session.moment.branches] == [
        ("main", ""),
        ("b1", "main"),
        ("b2", "main"),
    ]
    session.drop_branch("b1")


def test_what_is_found_early_is_found_soon() -> None:
    endless = TOOLCHAIN.assemble(".0: PUSH 1\nPOP\nJUMP .0", "endless")
    session = Session(TOOLCHAIN.machine(endless, {"step_limit": None}))
    assert session.first("tick == 5000").message.endswith("at tick 5,000")
    assert session.goto("2#5").tick == 18
    assert session.history.length < 1_000_000


@pytest.mark.parametrize("name", ["fault:StackUnderflow", "fault:stack_underflow", "fault"])
def test_a_fault_goes_by_its_code_and_its_identity(name: str) -> None:
    session = Session(TOOLCHAIN.machine(TOOLCHAIN.assemble("PUSH 1\nADD\nHALT", "under"), {}))
    session.break_at(name)
    assert session.proceed().stopped == (1,)


def test_an_edit_at_a_fault_is_made_before_it() -> None:
    session = Session(TOOLCHAIN.machine(TOOLCHAIN.assemble("LOAD r0\nSTOW r1\nHALT", "unset"), {}))
    assert session.end().status is Status.FAULTED
    moment = session.edit([("r0", "4")])
    assert (moment.tick, moment.status) == (0, Status.READY)
    session.end()
    assert session.evaluate("r1") == 4


def test_a_slice_of_nothing_is_refused() -> None:
    with pytest.raises(XqdbgError, match="nothing before tick 0"):
        counting().confine("r1")


def test_an_edit_at_a_fault_that_cannot_be_made_leaves_the_user_there() -> None:
    session = Session(toy_machine("SET r0 1\nSET r1 7\nDIV r0 r0 r2\nHALT"))
    session.end()
    for places, name in ((("nonsense[", "1"), ""), (("r2", "2"), "no name"), (("grid[99,0]", "1"), "")):
        with pytest.raises(XqdbgError):
            session.edit([places], name)
        assert (session.machine.tick, session.moment.tick) == (3, 3)
        assert [branch.name for branch in session.branches.notes()] == ["main"]
    assert session.edit([("r2", "2")]).tick == 2, "before the instruction that faulted"


def test_what_was_executed_is_told_of_each_branch_alone() -> None:
    session = Session(toy_machine("NOP\nJNZ r0 .there\nNOP\nHALT\n.there\nNOP\nHALT"))
    main = session.end().reached
    session.start()
    session.edit([("r0", "1")])
    there = session.end().reached
    assert len(main) == len(there)
    assert there != main
    assert session.code[2].pc not in there
    assert session.switch("main").reached != there


def test_a_write_is_asked_for_anew_on_a_branch_that_took_a_name() -> None:
    session = Session(toy_machine("SET r0 1\nSET r0 2\nSET r0 3\nHALT"))
    session.fork("try")
    assert session.next_write("r0").tick == 0
    session.switch("main")
    session.drop_branch("try")
    session.fork("try")
    assert session.next_write("r0").tick == 0, "the first one asked for here"


def test_going_to_a_branch_can_be_given_up_on_the_way() -> None:
    session = Session(toy_machine("SET r1 1\n.again\nADD r0 r0 r1\nJNZ r1 .again\nHALT"))
    session.goto_tick(50_000)
    session.fork("far")
    session.switch("main")
    session.branches.find("far").position = 400_000
    moment = session.switch("far", Patience(cancelled=lambda: True))
    assert (moment.branch, moment.message) == ("far", "branch far, paused before tick 400,000")
    assert 0 < moment.tick == session.machine.tick < 400_000


def test_the_forecast_is_told_as_soon_as_it_is_known() -> None:
    session = counting()
    session.count("opcode")
    assert session.history.known
    while session.explore(0.01):
        pass
    assert session.moment.forecast == session.forecast


def test_an_event_is_not_told_as_the_place_of_its_instruction() -> None:
    session = counting(output_slots=1)
    session.break_at("output")
    moment = session.proceed()
    assert moment.message == "breakpoint 1 (output), hit 1"
    assert session.where(moment.pc) == "line 16", "the one after it"


def test_a_fault_can_be_asked_why() -> None:
    text = "PUSH 0\nINPUT r0\nPUSH 9\nLOAD r0\nDIV\nHALT"
    session = Session(TOOLCHAIN.machine(TOOLCHAIN.assemble(text, "division"), {"calldata": [0]}))
    with pytest.raises(XqdbgError, match="no fault at tick 0"):
        session.why("fault")
    session.end()
    answer = session.why("fault").answer
    assert answer is not None
    assert [row.data["kind"] for row in answer.rows] == ["fault", "literal", "input"]
