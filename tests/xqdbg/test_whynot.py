"""`whynot`: the decisions that kept control away from a line, and the values they were made on."""

from __future__ import annotations

import random
from typing import Any

import pytest

from tests.support.asking import Asking, started
from tests.support.naive_history import NaiveHistory
from tests.support.runs import program
from tests.support.toy import toy_machine
from tests.support.toy.programs import NESTED
from vm.contract import Machine
from vm.isa import Flow
from vm.xqvm.machine import XqvmMachine
from xqdbg.answer import Answer
from xqdbg.errors import XqdbgError
from xqdbg.history import History, Limits
from xqdbg.origins import whynot
from xqdbg.timeline import Pacing, Timeline

MOST_TICKS = 1_500
CLOSE = Pacing(most_slice=7, least_spacing=5, spacing_seconds=0, dense_seconds=0, most=9)


def machine(text: str, **inputs: Any) -> XqvmMachine:
    """A machine of XQVM at the start."""
    return XqvmMachine(program(text), **{"output_slots": 4, **inputs})


def asked(started: Machine, line: int, most: int = 5_000) -> Answer:
    """Why a line never ran."""
    history = NaiveHistory(started, most=most)
    pc = next(each.pc for each in started.code() if each.source_line == line)
    return whynot(history, started.code(), started.isa, pc)


def told(answer: Answer) -> list[str]:
    """The rows, indented: value and instruction."""
    return [". " * row.level + " | ".join(row.cells[:2]) for row in answer.rows]


def test_a_branch_that_went_elsewhere() -> None:
    answer = asked(machine("PUSH 0 / INPUT r0 / LOAD r0 / JUMPI .0 / PUSH 1 / STOW r1 / .0: NOP", calldata=[3]), 6)
    assert answer.title == "line 6 never ran: line 4 went to line 7, the one time it ran"
    assert told(answer) == ["went to line 7, the one time it ran | JUMPI1 .0 (condition=3)", ". r0 = 3 | input in[0]"]
    assert (answer.rows[0].tick, answer.rows[0].data["times"], answer.rows[0].data["to"]) == (3, 1, 12)


def test_a_branch_that_was_never_taken() -> None:
    text = "PUSH 0 / PUSH 4 / RANGE / LVAL r0 / LOAD r0 / PUSH 9 / EQ / JUMPI .0 / NEXT / HALT / .0: PUSH 5"
    answer = asked(machine(text), 11)
    assert answer.title == "line 11 never ran: line 8 went to line 9 all 4 times"
    assert told(answer)[:5] == [
        "went to line 9 all 4 times | JUMPI1 .0 (condition=0)",
        ". stack[0] = 0 | EQ (a=3, b=9)",
        ". . r0 = 3 | LVAL r0",
        ". . . loop[0].value = 3 | NEXT",
        ". . . . loop[0].index = 2 | NEXT",
    ]


def test_a_loop_that_was_skipped() -> None:
    text = "PUSH 0 / INPUT r0 / PUSH 0 / LOAD r0 / RANGE / LVAL r1 / PUSH 1 / POP / NEXT / NOP"
    answer = asked(machine(text, calldata=[0]), 8)
    assert answer.title == "line 8 never ran: line 5 went to line 10, the one time it ran"
    assert told(answer) == [
        "went to line 10, the one time it ran | RANGE (start=0, count=0)", ". literal 0 | PUSH1 0",
        ". r0 = 0 | input in[0]",
    ]  # fmt: skip


def test_a_loop_that_was_never_left() -> None:
    answer = asked(machine("PUSH 0 / PUSH 5 / RANGE / LVAL r1 / NEXT / PUSH 7", step_limit=9), 6)
    assert answer.title == "line 6 never ran: line 5 went to line 4 all 3 times"
    rows = told(answer)
    assert rows[0] == "went to line 4 all 3 times | NEXT"
    assert [row for row in rows if row.startswith(". loop")] == [
        ". loop[0].index = 2 | NEXT", ". loop[0].end = 5 | RANGE (start=0, count=5)",
    ]  # fmt: skip
    assert rows[-1] == (
        "then the run ended: StepLimitExceeded { pos: None, requested: 1, used: 9, limit: 9 } | LVAL r1"
    )


def test_a_loop_that_was_entered_and_not_come_out_of() -> None:
    answer = asked(machine("PUSH 0 / PUSH 2 / RANGE / HALT / NEXT / PUSH 7"), 6)
    assert answer.title == "line 6 never ran: line 3 went to line 4, the one time it ran"


def test_the_end_of_a_loop_that_was_jumped_into() -> None:
    text = "PUSH 0 / PUSH 2 / RANGE / JUMP .0 / PUSH 0 / PUSH 1 / RANGE / NOP / .0: NEXT / NEXT"
    answer = asked(machine(text), 8)
    assert answer.rows[0].cells[1] == "NEXT"
    assert answer.title.startswith("line 8 never ran: line 9 went to line")


def test_a_run_that_ended_before() -> None:
    answer = asked(machine("PUSH 1 / PUSH 0 / DIV / PUSH 2 / STOW r1"), 5)
    assert answer.title == "line 5 never ran: the run ended before, at line 3: DivisionByZero { pos: 4 }"
    assert told(answer) == [
        "DivisionByZero { pos: 4 } | DIV (a=1, b=0)", ". literal 1 | PUSH1 1", ". literal 0 | PUSH1 0",
    ]  # fmt: skip


def test_what_no_path_leads_to() -> None:
    assert asked(machine("PUSH 1 / HALT / PUSH 2 / STOW r1"), 4).title == "line 4 never ran: no path leads there"


def test_what_ran_is_said_to_have() -> None:
    looped = machine("PUSH 0 / PUSH 3 / RANGE / NOP / NEXT")
    answer = asked(looped, 4)
    assert answer.title == "line 4 ran 3 times, first at tick 3, last at tick 7"
    assert [row.tick for row in answer.rows] == [3, 7]
    assert asked(machine("PUSH 0 / PUSH 3 / RANGE / NOP / NEXT"), 1).title == "line 1 ran once, at tick 0"


def test_a_run_that_is_not_known_to_the_end() -> None:
    answer = asked(machine("PUSH 0 / PUSH 5 / RANGE / LVAL r1 / NEXT / PUSH 7"), 6, most=10)
    assert answer.title == "line 6 never ran: line 5 went to line 4 all 3 times"
    assert answer.note.startswith("the run is longer than 10 ticks")
    assert not answer.complete
    unknown = asked(machine("PUSH 0 / NOP / NOP / NOP"), 4, most=2)
    assert unknown.title == "line 4 never ran: the run is known only up to tick 2"


def test_what_is_no_instruction_is_refused() -> None:
    looked = machine("PUSH 1 / HALT")
    with pytest.raises(XqdbgError, match="no instruction begins at 0x0001"):
        whynot(NaiveHistory(looked), looked.code(), looked.isa, 1)


def test_toy_programs_too() -> None:
    answer = asked(toy_machine(NESTED), 14)
    assert answer.title == "line 14 never ran: the run ended before, at line 13: DivideByZero (dividend=3)"
    assert told(answer)[1:] == [". r0 = literal 3 | SET r0 3", ". r7 = 0 | initial state"]
    assert asked(toy_machine(NESTED), 17).title == "line 17 ran once, at tick 55"


def test_calls_lead_to_what_they_call() -> None:
    text = "SET r0 0\n JNZ r0 .f\n HALT\n.f\n CALL .g\n NOP\n HALT\n.g\n NOP\n RET\n"
    assert asked(toy_machine(text), 9).title == "line 9 never ran: line 2 went to line 3, the one time it ran"
    assert asked(toy_machine(text), 6).title == "line 6 never ran: line 2 went to line 3, the one time it ran"


def test_random_programs_have_a_reason_for_every_line() -> None:
    """Each reason is an instruction that ran, went to a line that ran, and can lead elsewhere or ended the run."""
    never = 0
    for seed in range(60):
        generator = Asking(seed)
        history = NaiveHistory(started(generator.program(), generator.inputs()), most=MOST_TICKS)
        executed = {effect.pc for effect in history.seen}
        code, isa = history.machine.code(), history.machine.isa
        for line in random.Random(seed).sample(code, min(6, len(code))):
            answer = whynot(history, code, isa, line.pc)
            if line.pc in executed:
                assert " ran " in answer.title
                continue
            never += 1
            if answer.title.endswith("no path leads there"):
                continue
            reasons = [row for row in answer.rows if row.level == 0]
            assert reasons
            for row in reasons:
                assert row.pc in executed
                flow = isa.by_name[history.effect(row.tick or 0).op].flow if history.effect(row.tick or 0).op else None
                if row.data["to"] is None:
                    assert row.tick == history.length - 1
                else:
                    assert flow in (Flow.BRANCH, Flow.LOOP_OPEN, Flow.LOOP_CLOSE)
                    assert row.data["to"] in executed
    assert never > 60


def test_the_history_of_a_session_gives_the_same_reasons() -> None:
    for seed in range(40):
        generator = Asking(seed)
        code, inputs = generator.program(), generator.inputs()
        slow = NaiveHistory(started(code, inputs), most=MOST_TICKS)
        quick = History(Timeline(started(code, inputs), CLOSE).scout(), Limits(ticks=MOST_TICKS))
        lines, isa = slow.machine.code(), slow.machine.isa
        for line in random.Random(seed).sample(lines, min(5, len(lines))):
            one, other = whynot(slow, lines, isa, line.pc), whynot(quick, lines, isa, line.pc)
            assert (one.title, one.rows, one.complete, one.note) == (
                other.title, other.rows, other.complete, other.note,
            )  # fmt: skip
