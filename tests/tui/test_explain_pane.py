from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from rich.cells import cell_len
from textual.pilot import Pilot

from tests.support.moments import fault, moment
from tests.support.panes import run_pane, screen_text
from tests.support.toy import toy_machine
from tests.support.toy.programs import NESTED
from vm.contract import Status
from vm.xqvm.assembler import assemble
from vm.xqvm.machine import XqvmMachine
from xqdbg.explanation import explain
from xqdbg.session import Session
from xqdbg.tui.focus import Pointed
from xqdbg.tui.panes.explain_pane import ExplainPane
from xqdbg.tui.panes.explain_rows import filled, rows

MODEL = "PUSH 25 / BQMX r3 / PUSH 5 / PUSH 5 / RESIZE r3 / PUSH 1 / PUSH 250 / ONEHOTR r3 / HALT"
LOOP = "PUSH 2 / PUSH 2 / RANGE / LVAL r1 / NEXT / HALT"
JUMP = "PUSH {} / JUMPI .1 / NOP / .1: HALT"
SLACK = "VEC r1 / VEC r2 / PUSH 7 / VECPUSH r1 / PUSH 30 / PUSH 6 / SLACK r1 r2 / VECLEN r1 / HALT"

SCENES: dict[str, tuple[str, int, tuple[int, int]]] = {
    "add": ("PUSH 7 / PUSH 5 / ADD / HALT", 2, (70, 26)),
    "jump_taken": (JUMP.format(3), 1, (70, 22)),
    "jump_not_taken": (JUMP.format(0), 1, (70, 22)),
    "onehot": (MODEL, 7, (100, 44)),
    "onehot_narrow": (MODEL, 7, (38, 90)),
    "div_by_zero": ("PUSH 7 / PUSH 0 / DIV / HALT", 2, (70, 30)),
    "faulted": ("PUSH 7 / PUSH 0 / DIV / HALT", 3, (70, 30)),
    "range": (LOOP, 2, (80, 30)),
    "next_again": (LOOP, 4, (80, 24)),
    "next_done": (LOOP, 6, (80, 24)),
    "slack": (SLACK, 6, (90, 40)),
    "veclen": (SLACK, 7, (60, 30)),
    "halted": ("PUSH 7 / HALT", 2, (60, 8)),
    "before": ("PUSH 7 / HALT", 0, (60, 22)),
}  # fmt: skip


def session_at(text: str, ticks: int) -> Session:
    session = Session(XqvmMachine(assemble(text.replace(" / ", "\n"))), "x")
    for _ in range(ticks):
        session.step()
    return session


def pane_of(session: Session) -> ExplainPane:
    return ExplainPane(session.isa, session.code, session.source, id="explain")


def shown(session: Session, size: tuple[int, int], look: Callable[[ExplainPane, str], None]) -> None:
    pane = pane_of(session)

    async def script(pilot: Pilot[Any]) -> None:
        pane.moment = session.moment
        await pilot.pause()
        look(pane, screen_text(pilot.app))

    run_pane(pane, script, size=size)


@pytest.mark.parametrize("name", SCENES)
def test_what_is_told(name: str, golden: Any) -> None:
    text, ticks, size = SCENES[name]
    shown(session_at(text, ticks), size, lambda _, screen: golden(f"explain_{name}.txt", screen))


@pytest.mark.parametrize("width", [20, 24, 30, 44, 58, 80, 120])
def test_no_row_is_wider_than_the_pane_and_no_word_is_lost(width: int) -> None:
    for text, ticks, _ in SCENES.values():
        session = session_at(text, ticks)
        each = explain(session.moment, session.isa, session.lines, session.source)
        found = rows(each, width)
        assert all(cell_len(row.text) <= width for row in found)
        assert "".join(each.sentence.split()) in "".join("".join(row.text.split()) for row in found)


def test_words_are_wrapped_by_cells() -> None:
    wide = filled([("an 字字字 end", "text")], 7)
    assert ["".join(text for text, _ in line).rstrip() for line in wide] == ["an", "字字字", "end"]
    assert ["".join(text for text, _ in line) for line in filled([("abcdefgh", "text")], 3)] == ["abc", "def", "gh"]
    assert list(filled([], 5)) == [[]]


def test_a_fault_is_told_in_words_and_by_a_mark() -> None:
    def look(pane: ExplainPane, screen: str) -> None:
        assert "✗ this faults: DivisionByZero" in screen and "due DivisionByZero" in screen
        assert pane._rule_aside[0].plain == "✗ faults next"

    shown(session_at("PUSH 7 / PUSH 0 / DIV", 2), (80, 30), look)


def test_a_row_points_at_the_place_it_shows() -> None:
    session = session_at(MODEL, 7)
    pane = pane_of(session)
    assert pane.pointed is None

    async def script(pilot: Pilot[Any]) -> None:
        pane.moment = session.moment
        pane.focus()
        await pilot.pause()
        assert pane.pointed == Pointed("head", text="ONEHOTR r3 line 8, 0x000f")
        at = next(at for at, row in enumerate(pane._rows) if "r3.linear[5]" in row.text)
        pane.cursor_row = at
        pointed = pane.pointed
        assert pointed is not None and pointed.place == "r3.linear[5]" and "0 → -250" in pointed.text

    run_pane(pane, script, size=(80, 40))


def test_the_cursor_stays_in_its_section_and_the_same_moment_is_not_explained_again() -> None:
    session = session_at(MODEL, 6)
    pane = pane_of(session)

    async def script(pilot: Pilot[Any]) -> None:
        pane.moment = session.moment
        await pilot.pause()
        first = pane.explanation
        pane.moment = session.say("told something")
        await pilot.pause()
        assert pane.explanation is first
        pane.cursor_row = next(at for at, row in enumerate(pane._rows) if row.section == "cost" and row.pieces)
        pane.moment = session.step()
        await pilot.pause()
        assert pane.explanation is not first
        row = pane.current
        assert row is not None and row.section == "cost"
        assert pane.cursor_row in pane.rows_in_sight

    run_pane(pane, script, size=(60, 10))


def test_what_it_says_can_be_searched() -> None:
    session = session_at(MODEL, 7)
    pane = pane_of(session)

    async def script(pilot: Pilot[Any]) -> None:
        pane.moment = session.moment
        pane.focus()
        await pilot.press("slash", *"grid", "enter")
        await pilot.pause()
        row = pane.current
        assert row is not None and "grid" in row.text.lower()
        assert pane._rule_aside[0].plain.startswith("/grid")
        pane.moment = session.step()
        await pilot.pause()
        assert pane._rule_aside[0].plain.startswith("/grid") and pane._rule_aside[-1].plain == "next"

    run_pane(pane, script, size=(80, 20))


def test_it_wraps_anew_when_its_width_changes() -> None:
    session = session_at(MODEL, 7)
    pane = pane_of(session)

    async def script(pilot: Pilot[Any]) -> None:
        pane.moment = session.moment
        await pilot.resize_terminal(34, 20)
        await pilot.pause()
        width = pane.scrollable_content_region.width
        assert 0 < max(cell_len(row.text) for row in pane._rows) <= width < 34 + 1

    run_pane(pane, script, size=(100, 20))


def test_a_machine_without_formulas_and_a_fault_that_was_jumped_to() -> None:
    machine = toy_machine(NESTED)
    pane = ExplainPane(machine.isa, machine.code(), id="explain")

    async def script(pilot: Pilot[Any]) -> None:
        at = next(line.pc for line in machine.code() if line.op == "DIV")
        pane.moment = moment(pc=at, status=Status.FAULTED, fault=fault(at))
        await pilot.pause()
        screen = screen_text(pilot.app)
        assert "✗ this faulted: The divisor was 0." in screen and "Divide, rounding down." in screen
        pane.moment = moment(pc=9_999)
        await pilot.pause()
        assert "There is no instruction here." in screen_text(pilot.app)

    run_pane(pane, script, size=(70, 20))
