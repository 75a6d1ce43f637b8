"""Parts of the dialogs that are worth a test of their own."""

from __future__ import annotations

from pathlib import Path

from xqdbg.tui.modals.difference import MOST_LINES, difference
from xqdbg.tui.modals.program_tree import MOST_SHOWN, ProgramTree


def test_of_a_huge_folder_only_the_beginning_is_shown(tmp_path: Path) -> None:
    asked = 0

    def entries() -> object:
        nonlocal asked
        for number in range(1_000_000):
            asked += 1
            yield tmp_path / f"{number}.xqasm"

    tree = ProgramTree(str(tmp_path), {".xqasm"})
    assert len(list(tree.filter_paths(entries()))) == MOST_SHOWN  # type: ignore[arg-type]
    assert asked < 10_000


def test_names_of_files_are_no_markup(tmp_path: Path) -> None:
    tree = ProgramTree(str(tmp_path), {".xqasm"})
    assert tree.process_label("[red]x[/y]\x1b.xqasm").plain == "[red]x[/y]␛.xqasm"


def test_differences_are_told_and_bounded() -> None:
    told = difference(("file", "a\nb\nc"), ("editor", "a\nX[red]\nc")).plain
    assert "-b" in told and "+X[red]" in told
    assert difference(("file", "a"), ("editor", "a")).plain == "the texts are the same"
    many = difference(("file", "a\n" * 4_000), ("editor", "b\n" * 4_000)).plain.split("\n")
    assert len(many) == MOST_LINES + 1 and many[-1] == "… and more"
