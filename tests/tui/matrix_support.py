"""A pane of its own: an app that answers a matrix pane's wishes from plain dicts and lists."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Protocol

from textual.app import App, ComposeResult

from vm.contract import Frame, Region, Status, Window
from xqdbg.glance import Glance, Of
from xqdbg.moment import Moment
from xqdbg.tui.panes.line_given import LineGiven
from xqdbg.tui.panes.matrix_pane import MatrixPane
from xqdbg.tui.panes.wanted import WindowWanted


class Held(Protocol):
    """Something a register could hold."""

    @property
    def region(self) -> Region: ...
    def window(self, frame: Frame) -> Window: ...


class Terms:
    """A model: linear and upper-triangular quadratic terms."""

    def __init__(
        self,
        name: str,
        size: int,
        linear: Mapping[int, int],
        quadratic: Mapping[tuple[int, int], int],
        grid: tuple[int, int] = (0, 0),
    ) -> None:
        self.linear, self.quadratic = dict(linear), dict(quadratic)
        shape = f" · {grid[0]}×{grid[1]} grid" if grid[0] else ""
        title = f"binary model · {size} variables{shape}"
        self.region = Region(name, "model", title, size, size, upper=True, head=True, grid=grid)

    def window(self, frame: Frame) -> Window:
        cells: list[list[int | None]] = [[None] * frame.width for _ in range(frame.height)]
        head: list[int | None] = [None] * frame.width
        for (row, col), value in self.quadratic.items():
            down, across = (row - frame.row) // frame.scale, (col - frame.col) // frame.scale
            if 0 <= down < frame.height and 0 <= across < frame.width:
                cells[down][across] = _stronger(cells[down][across], value)
        for col, value in self.linear.items():
            across = (col - frame.col) // frame.scale
            if 0 <= across < frame.width:
                head[across] = _stronger(head[across], value)
        every = [*self.linear.values(), *self.quadratic.values()]
        row, col = frame.cursor or (0, 0)
        return Window(
            region=self.region,
            frame=frame,
            cells=tuple(map(tuple, cells)),
            head=tuple(head),
            focus=self.linear.get(col) if row < 0 else self.quadratic.get((row, col)),
            focus_place=f"{self.region.name}.linear[{col}]" if row < 0 else f"{self.region.name}.quad[{row},{col}]",
            largest=max(map(abs, every), default=0),
            stored=len(every),
        )


class Values:
    """A sample or vector: values row by row."""

    def __init__(self, name: str, kind: str, cols: int, values: Sequence[int], of: str = "") -> None:
        self.values = list(values)
        grid = (len(values) // cols, cols) if kind == "sample" else (0, 0)
        rows = -(-len(values) // cols)
        self.region = Region(name, kind, f"{kind} · {len(values)} values", rows, cols, grid=grid, values=of)

    def window(self, frame: Frame) -> Window:
        row, col = frame.cursor or (0, 0)
        index = row * self.region.cols + col
        inside = index < len(self.values)
        return Window(
            region=self.region,
            frame=frame,
            cells=tuple(tuple(self._block(frame, r, c) for c in range(frame.width)) for r in range(frame.height)),
            head=(),
            focus=self.values[index] if inside else None,
            focus_place=f"{self.region.name}[{index}]" if inside else "",
            largest=max(map(abs, self.values), default=0),
            stored=len(self.values),
        )

    def _block(self, frame: Frame, down: int, across: int) -> int | None:
        top, left = frame.row + down * frame.scale, frame.col + across * frame.scale
        best: int | None = None
        for row in range(top, min(top + frame.scale, self.region.rows)):
            for col in range(left, min(left + frame.scale, self.region.cols)):
                if (index := row * self.region.cols + col) < len(self.values):
                    best = _stronger(best, self.values[index])
        return best


def _stronger(old: int | None, new: int) -> int:
    return new if old is None or abs(new) > abs(old) else old


class PaneApp(App[None]):
    """A matrix pane alone. `answering` turns its wishes into moments, as a session would."""

    def __init__(self, *held: Held, answering: bool = True) -> None:
        super().__init__()
        self.held: list[Held] = list(held)
        self.frames: dict[str, Frame] = {}
        self.glances: dict[str, Mapping[str, Glance]] = {}
        """All that is looked at, by region."""
        self.other: dict[Of, Callable[[str, Frame], Window | None]] = {}
        """What is seen of other moments."""
        self.wishes: list[tuple[str, Frame]] = []
        self.lines: list[str] = []
        """Command lines the pane gave."""
        self.answering = answering
        self.tick = 0
        self.branch = "main"
        self._revision = 0

    def compose(self) -> ComposeResult:
        yield MatrixPane()

    @property
    def pane(self) -> MatrixPane:
        return self.query_one(MatrixPane)

    def on_mount(self) -> None:
        self.publish()
        self.pane.focus()

    def step(self, change: Callable[[], object]) -> None:
        """Go to the next tick after a change."""
        change()
        self.tick += 1
        self.publish()

    def publish(self) -> None:
        """A new moment, with the windows asked for so far."""
        self._revision += 1
        held = {each.region.name: each for each in self.held}
        self.pane.moment = Moment(
            revision=self._revision,
            tick=self.tick,
            furthest=self.tick,
            ended=False,
            pc=0,
            status=Status.READY,
            regions=tuple(each.region for each in self.held),
            windows=dict(self._windows(held)),
            branch=self.branch,
        )

    def _windows(self, held: Mapping[str, Held]) -> Iterator[tuple[tuple[str, str], Window]]:
        for name in self.frames:
            for viewer, glance in self.glances[name].items():
                see = self.other.get(glance.of)
                if glance.of is Of.NOW and name in held:
                    yield (viewer, name), held[name].window(glance.frame)
                elif see is not None and (window := see(name, glance.frame)) is not None:
                    yield (viewer, name), window

    def on_matrix_pane_window_wanted(self, message: WindowWanted) -> None:
        self.wishes.append((message.region, message.glances["matrix"].frame))
        self.frames[message.region] = message.glances["matrix"].frame
        self.glances[message.region] = message.glances
        if self.answering:
            self.publish()

    def on_line_given(self, message: LineGiven) -> None:
        self.lines.append(message.line)

    def text(self) -> str:
        """What the screen shows, without colours."""
        lines = self.screen._compositor.render_strips()
        return "\n".join("".join(segment.text for segment in strip).rstrip() for strip in lines)

    def line(self, y: int) -> str:
        return self.text().splitlines()[y]

    def row(self, label: int) -> str:
        """The line that begins with a label."""
        return next(line for line in self.text().splitlines()[2:] if line.strip().startswith(f"{label} "))


def chain(size: int, seed: int = 1) -> Terms:
    """A sparse model with terms of both signs and many sizes, the same each time."""
    state = seed
    quadratic: dict[tuple[int, int], int] = {}
    linear: dict[int, int] = {}
    for row in range(size):
        state = (state * 1103515245 + 12345) % 2**31
        linear[row] = state % 401 - 200
        for reach in (1, 2, 5, 17):
            state = (state * 1103515245 + 12345) % 2**31
            if row + reach < size:
                quadratic[row, row + reach] = state % 1001 - 500
    return Terms("r0", size, linear, quadratic)


def one_hot(rows: int, cols: int, penalty: int = 500, name: str = "r3") -> Terms:
    """Exactly one variable set in each row and column of a grid."""
    size = rows * cols
    quadratic = {
        (one, other): 2 * penalty
        for one in range(size)
        for other in range(one + 1, size)
        if one // cols == other // cols or one % cols == other % cols
    }
    return Terms(name, size, dict.fromkeys(range(size), -2 * penalty), quadratic, (rows, cols))
