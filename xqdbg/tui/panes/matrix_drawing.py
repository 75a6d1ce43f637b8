"""Draws a region: every line of the pane as segments, from a layout, a window and a palette."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from rich.segment import Segment
from rich.style import Style

from vm.contract import Region, Window
from vm.diagnostics import printable
from xqdbg.tui.panes import matrix_text as text
from xqdbg.tui.panes.matrix_colour import Ink, Mark, Palette, level
from xqdbg.tui.panes.matrix_geometry import HEAD, Layout, Look, label_step

FEW = 16
"""As many changed blocks are marked in any case."""
LEGEND = (-16, -11, -7, -3, 0, 3, 7, 11, 16)
"""Levels the legend shows."""
Piece = tuple[str, Style]


@dataclass(frozen=True, slots=True)
class Sight:
    """The values of a window, by row and column of its region."""

    window: Window

    def covers(self, row: int, col: int) -> bool:
        """Whether a cell is inside the window."""
        frame = self.window.frame
        down, across = (row - frame.row) // frame.scale, (col - frame.col) // frame.scale
        if row == HEAD:
            return 0 <= across < len(self.window.head)
        return 0 <= down < len(self.window.cells) and 0 <= across < len(self.window.cells[down])

    def value(self, row: int, col: int) -> int | None:
        """What is shown for a cell; None where nothing is stored or known."""
        if not self.covers(row, col):
            return None
        frame = self.window.frame
        across = (col - frame.col) // frame.scale
        return self.window.head[across] if row == HEAD else self.window.cells[(row - frame.row) // frame.scale][across]

    def values(self, row: int, cols: Sequence[int]) -> Sequence[int | None]:
        """What is shown for some columns of a row."""
        frame, down = self.window.frame, (row - self.window.frame.row) // self.window.frame.scale
        line = self.window.cells[down] if 0 <= down < len(self.window.cells) else ()
        line = self.window.head if row == HEAD else line
        return [line[at] if 0 <= (at := (col - frame.col) // frame.scale) < len(line) else None for col in cols]

    def exact(self, cell: tuple[int, int]) -> tuple[bool, int | None]:
        """Whether the value of a single cell is known, and the value."""
        if self.window.frame.cursor == cell:
            return True, self.window.focus
        if self.window.frame.scale == 1 and self.covers(*cell):
            return True, self.value(*cell)
        return False, None

    def name(self, cell: tuple[int, int]) -> str:
        """The place of a single cell; until the machine has told it, as it follows from that of another cell."""
        known, place = self.window.frame.cursor, printable(self.window.focus_place)
        if known == cell and place:
            return place
        if known is not None and (known[0] == HEAD) == (cell[0] == HEAD) and place.endswith(_indices(known)):
            return place.removesuffix(_indices(known)) + _indices(cell)
        return f"{printable(self.window.region.name)} at {_indices(cell)}"


def _indices(cell: tuple[int, int]) -> str:
    return f"[{cell[1]}]" if cell[0] == HEAD else f"[{cell[0]},{cell[1]}]"


@dataclass(frozen=True, slots=True)
class Changes:
    """The blocks in view that differ from the tick before."""

    count: int = 0
    marked: Mapping[int, Sequence[int]] = field(default_factory=dict)
    """Columns to mark by row: none when so many blocks have changed that the marks would be the picture."""

    @classmethod
    def between(cls, before: Window | None, now: Window) -> Changes:
        """What differs between two windows; nothing where they cannot be compared."""
        if before is None or before is now or before.frame.scale != now.frame.scale:
            return cls()
        if before.region.kind != now.region.kind:
            return cls()
        frame, scale = now.frame, now.frame.scale
        down, across = (frame.row - before.frame.row) // scale, (frame.col - before.frame.col) // scale
        changed = {HEAD: _different(before.head, now.head, across)}
        for at, values in enumerate(now.cells):
            if 0 <= at + down < len(before.cells):
                changed[frame.row + at * scale] = _different(before.cells[at + down], values, across)
        count = sum(map(len, changed.values()))
        filled = sum(len(values) - values.count(None) for values in (now.head, *now.cells))
        if count > max(FEW, filled // 2):
            return cls(count)
        return cls(count, {row: [frame.col + at * scale for at in places] for row, places in changed.items()})


def _different(old: Sequence[int | None], new: Sequence[int | None], shift: int) -> Sequence[int]:
    """Where values differ from those that lie `shift` places further in `old`."""
    start, end = max(0, -shift), min(len(new), len(old) - shift)
    if new[start:end] == old[start + shift : end + shift]:
        return ()
    return [at for at in range(start, end) if new[at] != old[at + shift]]


class Block(NamedTuple):
    """All that decides how a block is drawn."""

    value: int | None
    ink: Ink
    mark: Mark = Mark.NONE


UNMARKED = Mark.NONE
ABSENT = Block(None, Ink(0, exists=False))


@dataclass(frozen=True, slots=True)
class Drawing:
    """A picture of a region that does not change."""

    layout: Layout
    origin: tuple[int, int]
    cursor: tuple[int, int]
    sight: Sight
    changes: Changes
    palette: Palette
    regions: Sequence[Region]
    focused: bool = True
    hover: tuple[int, int] | None = None
    levels: dict[int | None, int] = field(default_factory=dict)
    """Strengths of the values met so far."""

    def line(self, y: int) -> list[Segment]:
        """One line of the pane, as wide as the pane."""
        layout = self.layout
        if y == 0:
            pieces = cut([piece for _, piece in self.tabs()], layout.width)
        elif y == layout.axis_line:
            pieces = self._axis()
        elif y == layout.head_line:
            pieces = self._head()
        elif layout.top <= y < layout.top + layout.lines:
            pieces = self._body(y - layout.top)
        elif y == layout.height - layout.foot:
            pieces = cut(self._readout(), layout.width)
        elif y == layout.height - 1:
            pieces = cut(self._legend(), layout.width)
        else:
            pieces = []
        return list(joined(fitted(pieces, layout.width, self.palette.base)))

    def tabs(self) -> list[tuple[str | None, Piece]]:
        """Pieces of the line of regions, each with the region it stands for; the one in view says what it is."""
        palette, active = self.palette, self.layout.region
        names = [region.name for region in self.regions]
        labels = [text.tab_text(region) for region in self.regions]
        at = names.index(active.name) if active.name in names else 0
        room = self.layout.width - 1
        full = f"{printable(active.name)} {printable(active.title)}"
        if labels and sum(len(label) + 3 for label in [*labels[:at], full, *labels[at + 1 :]]) - 3 <= room:
            labels[at] = full
        first, end = _tabs_in_view([len(label) for label in labels], at, room)
        shown: list[tuple[str | None, Piece]] = [(None, (" ", palette.base))]
        if first > 0:
            shown.append((names[first - 1], ("‹ ", palette.label)))
        for index in range(first, end):
            name, rest = printable(names[index]), labels[index].removeprefix(printable(names[index])) + "   "
            active_one = index == at
            shown.append((names[index], (name, palette.tab if active_one else palette.label)))
            rest = rest.rstrip() if index == end - 1 else rest
            shown.append((names[index], (rest, palette.title if active_one else palette.label)))
        if end < len(names):
            shown.append((names[end], (" ›", palette.label)))
        return shown

    # -- the map -----------------------------------------------------------------------------------------------------

    def _axis(self) -> list[Piece]:
        layout, palette = self.layout, self.palette
        scale, width = layout.zoom.scale, layout.cell_width
        numbers = layout.zoom.look is Look.NUMBERS
        first = 0 if layout.wrapped else self.origin[1]
        pointed = self.cursor[1] % (layout.across * scale) if layout.wrapped else self.cursor[1]
        room = len(str(layout.region.cols)) + 1
        pitch = layout.region.grid[1] if layout.region.upper else 0
        step = label_step(1 if numbers else pitch, room, width, scale)
        count = min(layout.across, -(-(layout.region.cols - first) // scale))
        labels: dict[int, Piece] = {}
        for block in range(count):
            start = first + block * scale
            mark = -(-start // step) * step
            inside = start <= pointed < start + scale
            if mark < min(start + scale, layout.region.cols) or inside:
                label = str(pointed if inside else mark)
                x = layout.gutter + block * width
                x = max(0, x + width - len(label)) if numbers else x
                labels[x] = (label, palette.strong if inside else palette.label)
        return self._spread(labels)

    def _spread(self, labels: dict[int, Piece]) -> list[Piece]:
        """Labels at their columns; where two would touch, the one of the cursor stays."""
        pieces: list[Piece] = []
        end = 0
        strong = next(((x, x + len(p[0])) for x, p in labels.items() if p[1] is self.palette.strong), (-9, -9))
        for x, (label, style) in sorted(labels.items()):
            clear = style is self.palette.strong or x + len(label) < strong[0] or x > strong[1]
            if not clear or x < end or x + len(label) > self.layout.width:
                continue
            pieces += [(" " * (x - end), self.palette.base), (label, style)]
            end = x + len(label)
        return pieces

    def _head(self) -> list[Piece]:
        layout = self.layout
        label = text.HEAD_LABEL.rjust(layout.gutter - 1) + " "
        cols = [col for _, col in layout.blocks((0, self.origin[1]), 0)]
        cells = map(self._cell, self._blocks(HEAD, cols))
        return [(label, self.palette.strong if self.cursor[0] == HEAD else self.palette.label), *cells]

    def _body(self, line: int) -> list[Piece]:
        places = list(self.layout.blocks(self.origin, line))
        if not places:
            return []
        row, cols = places[0][0], [col for _, col in places]
        upper = self._blocks(row, cols)
        if self.layout.stacked == 1:
            return [self._row_label(*places[0]), *map(self._cell, upper)]
        lower = self._blocks(row + self.layout.zoom.scale, cols)
        pair = self._half_blocks if self.layout.zoom.look is Look.HALVES else self._signs
        return [self._row_label(*places[0]), *map(pair, upper, lower)]

    def _blocks(self, row: int, cols: Sequence[int]) -> list[Block]:
        layout, levels, largest = self.layout, self.levels, self._largest
        guides, triangle, top = layout.has_guides, layout.region.upper, max(row, 0)
        if row >= layout.region.rows:
            return [ABSENT] * len(cols)
        marks = self._marks(row)
        blocks = []
        for col, value in zip(cols, self.sight.values(row, cols), strict=True):
            if triangle and row > col:
                blocks.append(ABSENT)
                continue
            if (strength := levels.get(value)) is None:
                strength = levels[value] = level(value, largest)
            ink = Ink(strength, True, guides and layout.odd(top, col))
            blocks.append(Block(value, ink, marks.get(col, UNMARKED)))
        return blocks

    def _marks(self, row: int) -> dict[int, Mark]:
        """What is special about blocks of a row, by column."""
        scale = self.layout.zoom.scale
        marks = dict.fromkeys(self.changes.marked.get(row, ()), Mark.CHANGED)
        if row == self.cursor[0] or (row != HEAD and row <= self.cursor[0] < row + scale):
            marks[self.cursor[1] // scale * scale] = Mark.CURSOR if self.focused else Mark.CURSOR_AWAY
        return marks

    def _row_label(self, row: int, col: int) -> Piece:
        layout = self.layout
        scale = layout.zoom.scale
        size = scale * layout.stacked
        first, pointed = row, self.cursor[0]
        if layout.wrapped:
            first, pointed, size = col, self.cursor[1], scale * layout.across
        inside = first <= pointed < first + size
        pitch = layout.region.grid[1] if layout.region.upper else 0
        numbers = layout.zoom.look is Look.NUMBERS
        step = 1 if numbers or layout.wrapped else label_step(pitch, 2, 1, size)
        step = step if step == 1 or pitch > 1 else max(step, 5)
        mark = -(-first // step) * step
        last = layout.region.cols if layout.wrapped else layout.region.rows
        shown = str(mark) if mark < min(first + size, last) else ""
        if inside and not layout.wrapped:
            shown = str(pointed)
        return shown.rjust(layout.gutter - 1) + " ", self.palette.strong if inside else self.palette.label

    def _cell(self, block: Block) -> Piece:
        legible = self.layout.zoom.look is Look.NUMBERS
        return self._cell_text(block), self.palette.cell(block.ink, block.mark, legible)

    def _cell_text(self, block: Block) -> str:
        value, width = block.value, self.layout.cell_width
        if not block.ink.exists:
            return " " * width
        if self.layout.zoom.look is Look.NUMBERS:
            return ("·" if value is None else text.compact(value, max(self.layout.digits, 2))).rjust(width)
        if not value:
            return (text.NOTHING if value is None else text.STORED_ZERO)[-width:]
        if width == 1:
            return "+" if value > 0 else "−"
        return text.glyph(block.ink.level)

    def _half_blocks(self, upper: Block, lower: Block) -> Piece:
        """Two blocks, one above the other, in one character, told apart by colour."""
        return "▀", self.palette.halves(upper.ink, upper.mark, lower.ink, lower.mark)

    def _signs(self, upper: Block, lower: Block) -> Piece:
        """Two blocks, one above the other, in one character of their signs, in the colour of the stronger one."""
        first, second = upper.ink.level, lower.ink.level
        signs = text.PAIRS[(first > 0) - (first < 0), (second > 0) - (second < 0)]
        ink = upper.ink if upper.ink.exists and abs(first) >= abs(second) else lower.ink
        return signs, self.palette.cell(ink, upper.mark if upper.mark > lower.mark else lower.mark)

    @property
    def _largest(self) -> int:
        return self.sight.window.largest

    # -- the foot ----------------------------------------------------------------------------------------------------

    def _readout(self) -> list[Piece]:
        palette, region = self.palette, self.layout.region
        cell = self.hover or self.cursor
        known, value = self.sight.exact(cell)
        pieces: list[Piece] = [(" " + self.sight.name(cell), palette.strong)]
        if not known:
            pieces.append((" = …", palette.label))
        elif value is None:
            pieces.append((" nothing stored", palette.label))
        else:
            pieces += [(" = ", palette.label), (str(value), palette.number(value))]
        changed = f"{self.changes.count} changed" if self.changes.count else ""
        notes = [changed, f"{self.sight.window.stored:,} stored"]
        return self._with_right(pieces, text.grid_text(region, cell), notes)

    def _with_right(self, left: list[Piece], optional: str, right: Sequence[str]) -> list[Piece]:
        """Something on the left, then as many of the lesser things as there is room for."""
        palette = self.palette
        room = self.layout.width - sum(len(part) for part, _ in left) - 1
        notes = [note for note in right if note]
        while notes and len(" · ".join(notes)) + 1 > room:
            notes.pop(0)
        tail = " · ".join(notes)
        if optional and room - len(tail) - len(optional) - 4 >= 0:
            left = [*left, ("  " + optional, palette.label)]
            room -= len(optional) + 2
        gap = " " * max(0, room - len(tail))
        return [*left, (gap, palette.base), (tail, palette.label), (" ", palette.base)]

    def _legend(self) -> list[Piece]:
        palette, layout, largest = self.palette, self.layout, self._largest
        scale = layout.zoom.scale
        zoom = f"{scale}×{scale} a cell" if scale > 1 and not layout.wrapped else ""
        if largest == 0:
            return self._with_right([(" nothing but zeros", palette.label)], "", [zoom])
        bound = text.compact(largest, 8)
        pieces: list[Piece] = [(f" -{bound} ", palette.number(-largest))]
        pieces += [(self._legend_glyph(step), palette.cell(Ink(step))) for step in LEGEND]
        pieces.append((f" +{bound}", palette.number(largest)))
        return self._with_right(pieces, "", ["√ scale", zoom])

    def _legend_glyph(self, step: int) -> str:
        match self.layout.zoom.look:
            case Look.CELLS:
                return text.glyph(step) if step else text.NOTHING
            case Look.PAIRS:
                sign = (step > 0) - (step < 0)
                return text.PAIRS[sign, sign] * 2
        return "  "


def _tabs_in_view(widths: Sequence[int], at: int, room: int) -> tuple[int, int]:
    """First tab to show and the one behind the last, all of them whole, with tab `at` in view.

    Widths are without the three columns between two tabs; marks of more tabs take two columns on either side.
    """

    def fits(first: int, end: int) -> bool:
        marks = (2 if first > 0 else 0) + (2 if end < len(widths) else 0)
        return sum(widths[first:end]) + 3 * (end - first - 1) + marks <= room

    first, end = 0, at + 1
    while first < at and not fits(first, end):
        first += 1
    while end < len(widths) and fits(first, end + 1):
        end += 1
    return first, min(end, len(widths))


def joined(pieces: Iterable[Piece]) -> Iterator[Segment]:
    """Segments of pieces, neighbours of one style made one."""
    run, last = "", Style.null()
    for part, style in pieces:
        if style is last:
            run += part
            continue
        if run:
            yield Segment(run, last)
        run, last = part, style
    if run:
        yield Segment(run, last)


def cut(pieces: Iterable[Piece], width: int) -> list[Piece]:
    """The pieces themselves if they fit into a width without the blanks at their end, else their start and `…`."""
    pieces = list(pieces)
    text = "".join(part for part, _ in pieces)
    if len(text.rstrip()) <= width:
        return pieces
    start = list(_start(pieces, width - 1))
    return [*start, ("…", start[-1][1])] if start else pieces


def _start(pieces: Iterable[Piece], room: int) -> Iterator[Piece]:
    for part, style in pieces:
        if room <= 0:
            return
        yield part[:room], style
        room -= len(part)


def fitted(pieces: Iterable[Piece], width: int, blank: Style) -> Iterator[Piece]:
    """The pieces cut off or filled up to a width; every character of theirs is one column wide."""
    room = width
    for part, style in pieces:
        if room <= 0:
            return
        yield part[:room], style
        room -= len(part)
    if room > 0:
        yield " " * room, blank
