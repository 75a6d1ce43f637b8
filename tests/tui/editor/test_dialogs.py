"""Parts of the dialogs that are worth a test of their own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from textual.pilot import Pilot

from tests.support.panes import run_pane, screen_text
from tests.support.screens import until
from xqdbg.tui.modals.difference import MOST_LINES, difference
from xqdbg.tui.modals.program_tree import MOST_SHOWN, ProgramTree


def test_of_a_huge_folder_only_the_beginning_is_shown(tmp_path: Path) -> None:
    asked = 0

    def entries() -> Iterator[Path]:
        nonlocal asked
        for number in range(1_000_000):
            asked += 1
            yield tmp_path / f"{number}.xqasm"

    tree = ProgramTree(str(tmp_path), {".xqasm"})

    async def script(_pilot: Pilot[Any]) -> None:
        assert len(list(tree.filter_paths(entries()))) == MOST_SHOWN
        assert asked < 10_000

    run_pane(tree, script)


def test_names_of_files_are_no_markup_and_some_are_left_out(tmp_path: Path) -> None:
    for name in ("[red]x[b].xqasm", "a\x1bb.xqasm", "notes.txt", ".hidden.xqasm"):
        (tmp_path / name).write_text("")
    (tmp_path / "sub[y]").mkdir()
    tree = ProgramTree(str(tmp_path), {".xqasm"})

    async def script(pilot: Pilot[Any]) -> None:
        await until(pilot, lambda: "sub[y]" in screen_text(pilot.app))
        text = screen_text(pilot.app)
        assert "[red]x[b].xqasm" in text and "a␛b.xqasm" in text and "\x1b" not in text
        assert "notes" not in text and "hidden" not in text

    run_pane(tree, script)


def test_differences_are_told_and_bounded() -> None:
    told = difference(("file", "a\nb\nc"), ("editor", "a\nX[red]\nc")).plain
    assert "-b" in told and "+X[red]" in told
    assert difference(("file", "a"), ("editor", "a")).plain == "the texts are the same"
    many = difference(("file", "a\n" * 4_000), ("editor", "b\n" * 4_000)).plain.split("\n")
    assert len(many) == MOST_LINES + 1 and many[-1] == "… and more"
