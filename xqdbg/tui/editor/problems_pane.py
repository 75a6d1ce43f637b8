"""What is wrong with the text that is edited, as a list."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from textual.binding import Binding, BindingType
from textual.reactive import reactive
from textual.strip import Strip

from vm.diagnostics import printable
from xqdbg.editing.text import Problem, Severity
from xqdbg.moment import Moment
from xqdbg.tui.editor.drawing import ERROR, WARNING
from xqdbg.tui.editor.foot import counted
from xqdbg.tui.editor.messages import ProblemChosen
from xqdbg.tui.focus import Pointed
from xqdbg.tui.panes.list_pane import ListPane, clipped, padded


class ProblemsPane(ListPane):
    """One row a problem; enter goes there."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "problems--cursor",
        "problems--error",
        "problems--warning",
        "problems--place",
        "problems--text",
        "problems--hint",
    }
    DEFAULT_CSS = """
    ProblemsPane {
        width: 1fr; height: 1fr;
        & > .problems--cursor { background: $xq-cursor-background; }
        & > .problems--error { color: $xq-fault; text-style: bold; }
        & > .problems--warning { color: $xq-finding; text-style: bold; }
        & > .problems--place { color: $xq-quiet; }
        & > .problems--text { color: $foreground; }
        & > .problems--hint { color: $xq-quiet; }
    }
    """
    HINTS: ClassVar[Sequence[tuple[str, str]]] = (("enter", "go there"),)
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "choose", "Go there", show=False, id="problems.choose"),
    ]

    moment: reactive[Moment | None] = reactive(None, repaint=False)

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._problems: Sequence[Problem] = ()
        self._is_known = False

    def show(self, problems: Sequence[Problem]) -> None:
        """List these from now on."""
        self._problems, self._is_known = problems, True
        self.resize_list(max(1, len(problems)), max((len(_text(each)) for each in problems), default=0))
        self.tell_aside(*counted(problems, is_known=True) if problems else ())
        self.forget_strips()

    def on_mount(self) -> None:
        self.resize_list(1)

    @property
    def pointed(self) -> Pointed | None:
        """The problem under the cursor."""
        if not self._problems:
            return None
        return Pointed("the problem", text=_text(self._problems[self.cursor_row]))

    def action_choose(self) -> None:
        if self._problems:
            self.post_message(ProblemChosen(self._problems[self.cursor_row]))

    def row_clicked(self, row: int, column: int, times: int) -> None:
        super().row_clicked(row, column, times)
        self.action_choose()

    def draw_row(self, row: int, width: int) -> Strip:
        if not self._problems:
            told = "no problems" if self._is_known else "the text is looked through while you write"
            return Strip([Segment(told, self.style("problems--hint"))]).adjust_cell_length(width, self.rich_style)
        problem = self._problems[row]
        is_error = problem.severity is Severity.ERROR
        paper = self.rich_style
        if row == self.cursor_row and self.has_focus:
            paper += self.style("problems--cursor").background_style
        ground = paper.background_style
        place = max((len(_place(each)) for each in (self._problems[0], self._problems[-1])), default=0)
        sign = f"{ERROR if is_error else WARNING} "
        room = self.scroll_offset.x + width - len(sign) - place - 2 - cell_len(printable(problem.message)) - 2
        hint = clipped(printable(problem.hint), room)
        segments = [
            Segment(sign, self.style("problems--error" if is_error else "problems--warning") + ground),
            Segment(f"{_place(problem):>{place}}  ", self.style("problems--place") + ground),
            Segment(printable(problem.message), self.style("problems--text") + ground),
            Segment(f"  {hint}" if hint else "", self.style("problems--hint") + ground),
        ]
        return padded(segments, self.scroll_offset.x, width, paper)


def _place(problem: Problem) -> str:
    return f"{problem.line}:{problem.column}"


def _text(problem: Problem) -> str:
    return f"{_place(problem)}  {printable(problem.message)}  {printable(problem.hint)}".rstrip()
