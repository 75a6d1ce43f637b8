"""What the editor tells around its text: how many problems there are, which one the cursor is at, and keys."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content

from vm.diagnostics import printable
from xqdbg.editing.text import Problem, Severity
from xqdbg.tui.editor.drawing import ERROR, WARNING, Underline

HINTS = (("^s", "save"), ("^r", "run"), ("f8", "problem"), ("^f", "find"), ("f12", "label"), ("esc", "code"))
"""Keys to hint at where there is nothing to tell."""


def underlines(problems: Sequence[Problem], lines: Sequence[str]) -> dict[int, tuple[Underline, ...]]:
    """Signs below words, by row; what lies behind the end of a line gets its last character, or the blank there."""
    found: dict[int, tuple[Underline, ...]] = {}
    for problem in problems:
        row = min(problem.line - 1, len(lines) - 1)
        start = min(problem.column - 1, max(0, len(lines[row]) - 1))
        sign = Underline(start, max(start + 1, problem.end - 1), problem.severity is Severity.ERROR)
        found[row] = (*found.get(row, ()), sign)
    return found


def counted(problems: Sequence[Problem], *, is_known: bool) -> list[Content]:
    """How many problems there are, for the rule."""
    errors = sum(problem.severity is Severity.ERROR for problem in problems)
    parts = []
    if errors:
        parts.append(Content.styled(f"{ERROR} {_number(errors, 'error')}", "not bold $xq-fault"))
    if warnings := len(problems) - errors:
        parts.append(Content.styled(f"{WARNING} {_number(warnings, 'warning')}", "not bold $xq-finding"))
    if not parts and is_known:
        parts.append(Content.styled("no problems", "not bold $xq-quiet"))
    return parts


def _number(count: int, noun: str) -> str:
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def problem_at(problems: Sequence[Problem], line: int, column: int) -> Problem | None:
    """The problem under the cursor; else the first one in its line."""
    here = [problem for problem in problems if problem.line == line]
    return next((each for each in here if each.column <= column <= each.end), here[0] if here else None)


def next_problem(problems: Sequence[Problem], line: int, column: int, by: int) -> Problem:
    """The problem behind or before a place, round and round. There must be one."""
    here = (line, column)
    if by > 0:
        return next((each for each in problems if (each.line, each.column) > here), problems[0])
    return next((each for each in reversed(problems) if (each.line, each.column) < here), problems[-1])


def foot(problem: Problem | None, line: int, column: int, width: int) -> Content:
    """The bottom row: a problem or keys, and where the cursor is."""
    where = Content.styled(f" {line:,}:{column:,}", "$xq-quiet")
    room = max(0, width - where.cell_length)
    told = _keys(room) if problem is None else problem_text(problem).truncate(room, ellipsis=True)
    return Content.assemble(told, " " * max(0, room - told.cell_length), where)


def problem_text(problem: Problem) -> Content:
    """A problem in one line."""
    is_error = problem.severity is Severity.ERROR
    return Content.assemble(
        (f"{ERROR if is_error else WARNING} {printable(problem.message)}", "$xq-fault" if is_error else "$xq-finding"),
        (f"  {printable(problem.hint)}" if problem.hint else "", "$xq-quiet"),
    )


def _keys(width: int) -> Content:
    """As many hints as there is room for."""
    parts: list[Content] = []
    for key, title in HINTS:
        hint = Content.assemble((key, "bold $xq-title"), " ", (title, "$xq-quiet"))
        if sum(part.cell_length + 2 for part in parts) + hint.cell_length > width:
            break
        parts.append(hint)
    return Content("  ").join(parts)
