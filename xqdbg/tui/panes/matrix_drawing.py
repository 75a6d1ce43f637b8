"""Draws a region: every line of the pane as segments, from a layout, a window and a palette."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from rich.segment import Segment

from vm.contract import Region, Window
from vm.diagnostics import printable
from xqdbg.tui.panes import matrix_text as text
from xqdbg.tui.panes.matrix_colour import Ink, Mark, Palette, level
from xqdbg.tui.panes.matrix_foot import legend, readout
from xqdbg.tui.panes.matrix_geometry import HEAD, Layout, Look, label_step
from xqdbg.tui.panes.matrix_lattice import Lattice
from xqdbg.tui.panes.matrix_modes import COUNTING, Modes, View
from xqdbg.tui.panes.matrix_pieces import Piece, cut, fitted, joined, tabs_in_view
from xqdbg.tui.panes.matrix_sight import Sight


@dataclass(frozen=True, slots=True)
class Marked:
    """Blocks that are special in the overlay at hand, and how many of them there are in view."""

    mark: Mark = Mark.NONE
    blocks: Mapping[int, Sequence[int]] = field(default_factory=dict)
    """Columns by row."""
    count: int = 0
    known: bool = True
    """Whether it is known what is special."""


@dataclass(frozen=True, slots=True)
class Aspect:
    """How a region is looked at, and what belongs to it besides its values."""

    modes: Modes = Modes()  # noqa: RUF009  frozen
    view: View = View.MAP
    marked: Marked = Marked()
    coupled: Mapping[int, Sequence[int]] = field(default_factory=dict)
    """Columns of the variables that are strongly coupled to the one under the cursor, by row."""
    lattice: Lattice | None = None
    """Of a grid: all its values, and their sums."""
    couplings: int = 0
    """How many couplings the variable under the cursor has."""
    other: Window | None = None
    """The same part at another moment, or the numbers of writes."""
    branch: str = ""
    """The branch the moment is of."""


class Block(NamedTuple):
    """All that decides how a block is drawn."""

    value: int | None
    ink: Ink
    mark: Mark = Mark.NONE


ABSENT = Block(None, Ink(0, exists=False))


@dataclass(frozen=True, slots=True)
class Drawing:
    """A picture of a region that does not change."""

    layout: Layout
    origin: tuple[int, int]
    cursor: tuple[int, int]
    sight: Sight
    palette: Palette
    regions: Sequence[Region]
    aspect: Aspect = Aspect()
    paint: Window | None = None
    """What is painted in place of the values: couplings, or numbers of writes."""
    focused: bool = True
    hover: tuple[int, int] | None = None
    known: dict[tuple[int | None, bool], Block] = field(default_factory=dict)
    """Blocks met so far that are not marked, by value, and whether they are in an odd field of the grid."""
    pairs: dict[tuple[int, int], tuple[Block, Block, Piece]] = field(default_factory=dict)
    """Two of them as one character, by their identities."""

    def line(self, y: int) -> list[Segment]:
        """One line of the pane, as wide as the pane."""
        layout = self.layout
        if y == 0:
            pieces = cut([piece for _, piece in self.tabs()], layout.width)
        elif y == layout.axis_line:
            pieces = self._axis()
        elif y == layout.head_line:
            pieces = self._head()
        elif layout.top <= y < layout.top + layout.used:
            pieces = self._body(y - layout.top)
        elif y == layout.sum_line:
            pieces = self._sums()
        elif y == layout.height - layout.foot:
            pieces = cut(readout(self), layout.width)
        elif y == layout.height - 1:
            pieces = cut(legend(self), layout.width)
        else:
            pieces = []
        return list(joined(fitted(pieces, layout.width, self.palette.base)))

    def repeated(self, earlier: Drawing) -> list[int]:
        """The lines of the matrix that look as they did in an earlier picture; it may tell of fewer than there are."""
        layout, scale = self.layout, self.layout.zoom.scale
        if layout.wrapped or self.aspect.lattice is not None or self._manner() != earlier._manner():
            return []
        kept, heights = [], range(0, scale * layout.stacked, scale)
        for line in range(layout.used):
            row = self.origin[0] + line * scale * layout.stacked
            if all(self._row_shows(row + height) == earlier._row_shows(row + height) for height in heights):
                kept.append(layout.top + line)
        return kept

    def _manner(self) -> tuple[object, ...]:
        """All that decides how a value looks, whatever the value."""
        aspect = self.aspect
        return (
            self.layout, self.origin, self.cursor, self.palette, self.focused, self.hover, aspect.view,
            aspect.modes, aspect.lattice, self.counting, self.largest, self.painted.window.frame,
        )  # fmt: skip

    def _row_shows(self, row: int) -> tuple[object, ...]:
        return self._marks(row), self.painted.line(row)

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
        first, end = tabs_in_view([len(label) for label in labels], at, room)
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
        if layout.edge:
            label = text.ON_LABELS.get(layout.region.values, text.SUM_LABEL)
            at = layout.gutter + count * width + self._sum_room - len(label)
            if at + len(label) <= layout.width:
                labels[at] = (label, palette.label)
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
            return [self._row_label(*places[0]), *map(self._cell, upper), *self._row_sum(row)]
        lower = self._blocks(row + self.layout.zoom.scale, cols)
        return [self._row_label(*places[0]), *map(self._pair, upper, lower)]

    def _pair(self, upper: Block, lower: Block) -> Piece:
        """Two blocks, one above the other, in one character."""
        found = self.pairs.get((id(upper), id(lower)))
        if found is None:
            draw = self._half_blocks if self.layout.zoom.look is Look.HALVES else self._signs
            found = self.pairs[id(upper), id(lower)] = upper, lower, draw(upper, lower)
        return found[2]

    def _blocks(self, row: int, cols: Sequence[int]) -> list[Block]:
        layout, known = self.layout, self.known
        guides, triangle, top = layout.has_guides, layout.triangle, max(row, 0)
        if row >= layout.region.rows:
            return [ABSENT] * len(cols)
        marks = self._marks(row)
        blocks = []
        for col, value in zip(cols, self.painted.values(row, cols), strict=True):
            if triangle and row > col:
                blocks.append(ABSENT)
                continue
            look = value, guides and layout.odd(top, col)
            block = known.get(look) or self._met(look)
            blocks.append(Block(value, block.ink, marks[col]) if col in marks else block)
        return blocks

    def _met(self, look: tuple[int | None, bool]) -> Block:
        """A block that is not marked, remembered."""
        value, is_odd = look
        block = self.known[look] = Block(value, Ink(level(value, self.largest, self.aspect.modes.scale), True, is_odd))
        return block

    def _marks(self, row: int) -> dict[int, Mark]:
        """What is special about blocks of a row, by column."""
        scale, marked = self.layout.zoom.scale, self.aspect.marked
        marks = dict.fromkeys(self.aspect.coupled.get(row, ()), Mark.COUPLED)
        marks.update(dict.fromkeys(marked.blocks.get(row, ()), marked.mark))
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
        plain = self._plain_text(block)
        sign = text.MARKS.get(block.mark)
        return plain if sign is None else text.signed(plain, sign)

    def _plain_text(self, block: Block) -> str:
        value, width = block.value, self.layout.cell_width
        if not block.ink.exists:
            return " " * width
        if self.layout.zoom.look is Look.NUMBERS:
            if self.symbols is not None and value is not None:
                return self.symbols.get(value, str(value)).rjust(width)
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
        mark = max(upper.mark, lower.mark)
        return text.MARKS.get(mark, signs), self.palette.cell(ink, mark)

    # -- sums --------------------------------------------------------------------------------------------------------

    def _row_sum(self, row: int) -> list[Piece]:
        """The sum of a row, at its end; none where a line is of several rows."""
        layout, lattice = self.layout, self.aspect.lattice
        if lattice is None or not layout.edge or layout.zoom.scale > 1 or not 0 <= row < len(lattice.row_sums):
            return []
        total = lattice.row_sums[row]
        room = self._sum_room
        style = self.palette.strong if row == self.cursor[0] else self.palette.title
        pieces: list[Piece] = [(text.compact(total, room - 1).rjust(room), style)]
        if lattice.chooses and total != 1:
            pieces.append((text.NOT_ONE, self.palette.broken))
        return pieces

    def _sums(self) -> list[Piece]:
        """The sums of columns; where columns are too narrow for them, the one of the column under the cursor."""
        layout, lattice, palette = self.layout, self.aspect.lattice, self.palette
        if lattice is None:
            return []
        label = text.ON_LABELS.get(layout.region.values, text.SUM_LABEL)
        pieces: list[Piece] = [(label.rjust(layout.gutter - 1) + " ", palette.label)]
        first, scale, width = self.origin[1], layout.zoom.scale, layout.cell_width
        count = min(layout.across, -(-(layout.region.cols - first) // scale))
        sums = lattice.col_sums[first : first + count]
        if scale == 1 and max((len(text.compact(total, text.DIGITS_MOST)) for total in sums), default=0) < width:
            for col, total in enumerate(sums, first):
                broken = lattice.chooses and total != 1
                style = palette.strong if col == self.cursor[1] else palette.broken_sum if broken else palette.title
                pieces.append((text.compact(total, text.DIGITS_MOST).rjust(width), style))
        else:
            shown = text.compact(lattice.col_sums[min(self.cursor[1], layout.region.cols - 1)], text.DIGITS_MOST)
            end = ((self.cursor[1] - first) // scale + 1) * width
            end = min(max(end, len(shown)), count * width)
            pieces.append((f"{shown.rjust(end)}{' ' * (count * width - end)}", palette.strong))
        room = self._sum_room
        pieces.append((text.compact(lattice.total, room - 1).rjust(room), palette.title))
        return pieces

    @property
    def _sum_room(self) -> int:
        """Characters for the sum at the end of a line."""
        lattice = self.aspect.lattice
        return self.layout.edge - (text.AFTER_SUM if lattice is not None and lattice.chooses else 0)

    # -- what is painted ---------------------------------------------------------------------------------------------

    @property
    def counting(self) -> bool:
        """Whether numbers of writes are painted."""
        return self.aspect.modes.overlay in COUNTING and self.paint is not None

    @property
    def painted(self) -> Sight:
        """What is painted."""
        return self.sight if self.paint is None else Sight(self.paint)

    @property
    def symbols(self) -> Mapping[int, str] | None:
        """Signs that stand for values, where these are few."""
        if self.counting or self.aspect.modes.digits:
            return None
        return text.SYMBOLS.get(self.layout.region.values)

    @property
    def largest(self) -> int:
        """The value at full strength."""
        return self.painted.window.largest
