"""Assertions at moments: which hold, which do not and why, on whatever branch."""

from __future__ import annotations

import pytest

from vm.contract import Machine, Place
from vm.xqvm.toolchain import TOOLCHAIN
from xqdbg.errors import XqdbgError
from xqdbg.moment import Pin
from xqdbg.patience import Patience
from xqdbg.pins import Pins
from xqdbg.record import Edit, Record
from xqdbg.session import Session
from xqdbg.timeline import Timeline

PROGRAM = """
PUSH 0
STOW r1     ; 2
PUSH 0
PUSH 5
RANGE       ; 5
  LOAD r1
  PUSH 3
  ADD
  STOW r1
NEXT
VEC r2
LOAD r1
VECPUSH r2
HALT
"""
END = 34


class Runs:
    """Two branches of one run, and the visits that were made."""

    def __init__(self) -> None:
        machine = TOOLCHAIN.machine(TOOLCHAIN.assemble(PROGRAM), {})
        main = Timeline(machine)
        edited = Timeline(machine.twin(), record=Record({5: [Edit(Place("r1"), 100)]}))
        self.runs = {"main": main, "b1": edited}
        self.visits: list[tuple[str, int]] = []

    def __call__(self, branch: str, tick: int) -> Machine:
        self.visits.append((branch, tick))
        run = self.runs[branch]
        run.seek(tick)
        return run.machine


def judged(
    expression: str, tick: int = END, branch: str = "main", saved: dict[str, object] | None = None
) -> str | None:
    """Why a pin does not hold; None if it does."""
    pins = Pins()
    pins.add(expression, tick, branch)
    (verdict,) = pins.check(Runs(), saved or {})
    assert verdict.pin == pins.all()[0]
    assert verdict.pin.holds is (verdict.why == "")
    return verdict.why or None


def test_the_end_is_where_it_is_thought_to_be() -> None:
    run = Timeline(TOOLCHAIN.machine(TOOLCHAIN.assemble(PROGRAM), {}))
    run.seek(1_000)
    assert run.tick == END


@pytest.mark.parametrize(
    ("expression", "tick", "branch"),
    [
        ("r1 == 15", END, "main"),
        ("r1 == 3", 10, "main"),
        ("r1 == 115", END, "b1"),
        ("tick == 7 and depth == 1", 7, "main"),
        ("old(r1) == 0 and r1 == 3", 9, "main"),
        ("old(r1) == unset", 2, "main"),
        ("r2[0] == $want", END, "main"),
        ("sum(r2) + len(r2) == 16", END, "main"),
        ("r9 == unset", 0, "main"),
    ],
)
def test_those_that_hold(expression: str, tick: int, branch: str) -> None:
    assert judged(expression, tick, branch, {"want": 15}) is None


@pytest.mark.parametrize(
    ("expression", "tick", "branch", "why"),
    [
        ("r1 == 14", END, "main", "r1 is 15"),
        ("r1 == 15", END, "b1", "r1 is 115"),
        ("r1 > 3 and r2[0] < 0", END, "main", "r1 is 15, r2[0] is 15"),
        ("tick == 8", 7, "main", "it is not true"),
        ("0", 7, "main", "it is not true"),
        ("r1 == 15", END + 1, "main", "the run ends at tick 34, before 35"),
        ("unset", 3, "main", "it is not true"),
        ("old(r1) == r1", 9, "main", "r1 is 3"),
    ],
)
def test_those_that_do_not_and_why(expression: str, tick: int, branch: str, why: str) -> None:
    assert judged(expression, tick, branch) == why


@pytest.mark.parametrize(
    "expression", ["r2[7] == 1", "r1[0] == 1", "$gone == 1", "1 // (r1 - r1) == 0", "stack[-1] == 1"]
)
def test_what_cannot_be_evaluated_does_not_hold_and_says_why(expression: str) -> None:
    why = judged(expression)
    assert why is not None and why.isprintable() and len(why) > 10


def test_no_expression_is_no_pin() -> None:
    pins = Pins()
    for text in ("", "r1 ==", "r1 = 5", "import os", "r1; r2"):
        with pytest.raises(XqdbgError):
            pins.add(text, 0, "main")
    assert not pins.all()


def test_they_are_numbered_and_an_equal_one_is_the_same() -> None:
    pins = Pins()
    assert [pins.add(text, 3, "main").number for text in ("r1 == 1", "r1 == 2", " r1 == 1 ")] == [1, 2, 1]
    assert pins.add("r1 == 1", 4, "main").number == 3
    assert pins.add("r1 == 1", 3, "b1").number == 4
    assert [pin.number for pin in pins.remove([2, 4, 2])] == [2, 4]
    assert pins.add("r1 == 2", 3, "main").number == 5
    assert [pin.number for pin in pins.all()] == [1, 3, 5]
    with pytest.raises(XqdbgError) as caught:
        pins.remove([1, 9])
    assert (caught.value.message, caught.value.hint) == ("there is no pin 9", "there are 1, 3, 5")
    assert len(pins) == 3, "nothing was removed"
    assert len(pins.remove()) == 3
    assert not pins.all()


def test_only_those_that_are_named_are_checked() -> None:
    pins = Pins()
    pins.add("r1 == 15", END, "main")
    pins.add("r1 == 0", END, "main")
    assert [verdict.pin.number for verdict in pins.check(Runs(), {}, numbers=[2, 2])] == [2]
    assert [pin.holds for pin in pins.all()] == [None, False]
    assert [verdict.why for verdict in pins.check(Runs(), {})] == ["", "r1 is 15"]
    assert [pin.holds for pin in pins.all()] == [True, False]


def test_moments_are_visited_in_order_and_verdicts_are_by_number() -> None:
    pins = Pins()
    for tick, branch in ((20, "main"), (9, "b1"), (3, "main"), (30, "b1")):
        pins.add("old(r1) == r1 or 1", tick, branch)
    runs = Runs()
    verdicts = pins.check(runs, {})
    assert [verdict.pin.number for verdict in verdicts] == [1, 2, 3, 4]
    assert runs.visits == [
        ("b1", 8), ("b1", 9), ("b1", 29), ("b1", 30), ("main", 2), ("main", 3), ("main", 19), ("main", 20),
    ]  # fmt: skip


def test_what_patience_does_not_reach_stays_as_it_was() -> None:
    pins = Pins()
    for tick in (1, 2, 3):
        pins.add("1", tick, "main")
    asked: list[int] = []
    verdicts = pins.check(Runs(), {}, Patience(cancelled=lambda: len(asked) == 3, progress=asked.append))
    assert [verdict.pin.number for verdict in verdicts] == [1, 2]
    assert [pin.holds for pin in pins.all()] == [True, True, None]
    assert asked == [1, 2, 3]


def test_a_branch_that_is_gone_is_a_reason_like_any_other() -> None:
    pins = Pins()
    pins.add("1", 0, "gone")

    def visit(branch: str, _tick: int) -> Machine:
        raise XqdbgError(f"there is no branch {branch}")

    assert [verdict.why for verdict in pins.check(visit, {})] == ["there is no branch gone"]


def test_renamed_and_dropped_branches() -> None:
    pins = Pins()
    pins.add("1", 0, "b1")
    pins.add("1", 0, "main")
    pins.renamed("b1", "c")
    assert [pin.branch for pin in pins.all()] == ["c", "main"]
    pins.dropped("c")
    assert [pin.number for pin in pins.all()] == [2]


def test_restored_ones_are_checked_and_numbers_go_on() -> None:
    pins = Pins()
    pins.add("0", 0, "main")
    kept = (Pin(7, 3, "main", "r1 == 0", True), Pin(2, 0, "b1", "1"))
    pins.restore(kept)
    assert pins.all() == (kept[1], kept[0])
    assert pins.add("2", 0, "main").number == 8
    before = pins.all()
    for wrong in ([Pin(1, 0, "main", "r1 ==")], [Pin(1, 0, "main", "1"), Pin(1, 0, "main", "2")]):
        with pytest.raises(XqdbgError):
            pins.restore(wrong)
    assert pins.all() == before


def test_through_the_session_the_position_stays() -> None:
    program = TOOLCHAIN.assemble(PROGRAM)
    session = Session(TOOLCHAIN.machine(program, {}))
    session.goto_tick(5)
    assert session.pin("r1 == 0").message == "pin 1 at tick 5: r1 == 0 holds"
    session.edit([("r1", "100")], "more")
    assert session.pin("r1 == 0").message == "pin 2 at tick 5: r1 == 0 does not hold: r1 is 100"
    session.end()
    session.pin("r1 == 115 and old(r1) == 115")
    session.switch("main")
    session.goto_tick(20)
    moment = session.check_pins()
    assert (moment.branch, moment.tick) == ("main", 20)
    assert [pin.holds for pin in moment.pins] == [True, False, True]
    assert moment.answer is not None
    assert [row.data["why"] for row in moment.answer.rows] == ["", "r1 is 100", ""]
    assert moment.message == moment.answer.title == "3 pins, 1 broken"
    assert len(session.unpin([2]).pins) == 2
