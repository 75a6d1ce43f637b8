"""The list of problems: told as text, gone to by key and mouse."""

from __future__ import annotations

from typing import Any

from textual.pilot import Pilot

from tests.support.panes import run_pane, screen_text
from xqdbg.editing.text import Problem, Severity
from xqdbg.tui.editor.messages import ProblemChosen
from xqdbg.tui.editor.problems_pane import ProblemsPane

PROBLEMS = (
    Problem("unknown mnemonic '[red]\x1b'", 3, 1, 5, hint="did you mean [b]PUSH[/b]?"),
    Problem("the stack may be empty", 120, 7, 9, Severity.WARNING),
)


def test_problems_are_told_as_they_are_and_gone_to() -> None:
    pane = ProblemsPane()

    async def script(pilot: Pilot[Any]) -> None:
        assert "is looked through while you write" in screen_text(pilot.app)
        assert pane.pointed is None
        await pilot.press("enter")
        pane.show(PROBLEMS)
        await pilot.pause()
        rows = screen_text(pilot.app).splitlines()
        assert rows[0].startswith("✖   3:1  unknown mnemonic '[red]␛'  did you mean [b]PUSH[/b]?")
        assert rows[1].startswith("! 120:7  the stack may be empty")
        pane.focus()
        await pilot.press("down", "enter")
        await pilot.click(pane, offset=(5, 0))
        assert pane.pointed is not None and "PUSH" in pane.pointed.text
        pane.show(())
        await pilot.pause()
        assert "no problems" in screen_text(pilot.app) and pane.cursor_row == 0

    heard = run_pane(pane, script, size=(80, 6))
    chosen = [message.problem for message in heard if isinstance(message, ProblemChosen)]
    assert chosen == [PROBLEMS[1], PROBLEMS[0]]


def test_of_a_thousand_problems_those_in_sight_are_drawn() -> None:
    pane = ProblemsPane()

    async def script(pilot: Pilot[Any]) -> None:
        pane.show([Problem(f"problem {line}", line, 1, 2) for line in range(1, 1001)])
        pane.focus()
        await pilot.press("end")
        await pilot.pause()
        assert "1000:1  problem 1000" in screen_text(pilot.app)

    run_pane(pane, script, size=(40, 6))
