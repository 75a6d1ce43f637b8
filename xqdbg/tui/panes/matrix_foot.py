"""The two lines below a heat map: the cell that is read out, and what the colours mean."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from vm.diagnostics import printable
from xqdbg.glance import Tally
from xqdbg.tui.panes import matrix_text as text
from xqdbg.tui.panes.matrix_colour import Ink, Mark
from xqdbg.tui.panes.matrix_geometry import Look
from xqdbg.tui.panes.matrix_modes import COUNTING, Overlay, View
from xqdbg.tui.panes.matrix_pieces import Piece
from xqdbg.tui.panes.matrix_sight import Sight

if TYPE_CHECKING:
    from xqdbg.tui.panes.matrix_drawing import Drawing

LEGEND = (-16, -11, -7, -3, 0, 3, 7, 11, 16)
"""Levels the legend shows."""
COUNTS = (0, 3, 7, 11, 16)
"""The same for numbers of writes."""
MOST_NAME = 16
"""Characters of a branch's name that are shown."""
NAMES = {Overlay.COMING: "next", Overlay.WRITES: "writes so far", Overlay.ALL_WRITES: "writes of the run"}


def readout(drawing: Drawing) -> list[Piece]:
    """What the cell under the cursor holds, and what the overlay knows of it."""
    notes = [_overlay_note(drawing)]
    if drawing.aspect.lattice is None:
        notes.append(f"{drawing.sight.window.stored:,} stored")
    told = _told(drawing)
    if _length(told) + 1 > drawing.layout.width:
        told = _told(drawing, brief=True)
    room = drawing.layout.width - _length(told) - 4
    where = next((text for text in _where(drawing) if len(text) <= room), "")
    if drawing.aspect.lattice is not None and len(where) + len(notes[0]) > room - 2:
        notes = []
    return _with_right(drawing, told, where, notes, first_to_go=-1)


def sentence(drawing: Drawing) -> str:
    """The read-out as text, for copying."""
    return "".join(part for part, _ in _told(drawing)).strip()


def cell_read(drawing: Drawing) -> tuple[int, int]:
    """The cell that is read out, as its value is stored."""
    return drawing.layout.canonical(drawing.hover or drawing.cursor)


def name(drawing: Drawing, cell: tuple[int, int]) -> str:
    """The place of a cell."""
    sight, lattice = drawing.sight, drawing.aspect.lattice
    known, place = sight.window.frame.cursor, printable(sight.window.focus_place)
    if lattice is None or known is None or known == cell:
        return sight.name(cell)
    cols = lattice.region.cols
    old, new = (f"[{row * cols + col}]" for row, col in (known, cell))
    return place.removesuffix(old) + new if place.endswith(old) else sight.name(cell)


def _length(pieces: Sequence[Piece]) -> int:
    return sum(len(part) for part, _ in pieces)


def _told(drawing: Drawing, brief: bool = False) -> list[Piece]:
    palette, cell = drawing.palette, cell_read(drawing)
    known, value = drawing.sight.exact(cell)
    pieces: list[Piece] = [(" " + name(drawing, cell), palette.strong)]
    if not known:
        return [*pieces, (" = …", palette.label)]
    overlaid = _overlaid(drawing, cell, value, brief)
    if overlaid and not brief and drawing.aspect.modes.overlay is Overlay.SINCE:
        return pieces + overlaid
    return [*pieces, *_value(drawing, value), *overlaid]


def _value(drawing: Drawing, value: int | None) -> list[Piece]:
    palette = drawing.palette
    if value is None:
        return [(" nothing stored", palette.label)]
    return [(" = ", palette.label), (str(value), palette.number(value))]


def _overlaid(drawing: Drawing, cell: tuple[int, int], value: int | None, brief: bool) -> list[Piece]:
    """What the overlay at hand says about a cell."""
    aspect, palette = drawing.aspect, drawing.palette
    other, overlay = aspect.other, aspect.modes.overlay
    if other is None or overlay is Overlay.CHANGED:
        return []
    if overlay in COUNTING:
        known = other.frame.cursor == cell
        return [(_written(other, brief), palette.label)] if isinstance(other, Tally) and known else []
    known, there = Sight(other).exact(cell)
    if not known or (there or 0) == (value or 0):
        return []
    if overlay is Overlay.COMING:
        ink = palette.marks[Mark.COMING]
        return [(" → ", palette.label), (str(there or 0), palette.number(there or 0)), (" next", ink)]
    then, now = ("nothing" if each is None else str(each) for each in (there, value))
    if brief:
        return [(", was ", palette.label), (then, palette.marks[Mark.SINCE])]
    change = f" ({(value or 0) - (there or 0):+d})"
    ink = palette.marks[Mark.SINCE]
    when = [(" = ", palette.label), (then, palette.strong), (f" {_pinned(drawing)}, now ", palette.label)]
    return [*when, (now, palette.number(value or 0)), (change, ink)]


def _written(tally: Tally, brief: bool) -> str:
    """`  5 writes, first at tick 41, last 3,221`."""
    count = tally.focus or 0
    if brief:
        return f"  {count:,} write{'' if count == 1 else 's'}"
    so_far = "" if tally.complete else f" up to tick {tally.counted:,}"
    if not count or tally.first is None or tally.last is None:
        return f"  never written{so_far}"
    if count == 1:
        return f"  1 write, at tick {tally.first:,}{so_far}"
    return f"  {count:,} writes, first at tick {tally.first:,}, last {tally.last:,}{so_far}"


def _pinned(drawing: Drawing) -> str:
    """`at tick 41`, and of which branch if it is another one."""
    pinned = drawing.aspect.modes.pinned
    if pinned is None:
        return ""
    of = "" if pinned.branch == drawing.aspect.branch else f" of {printable(pinned.branch)[:MOST_NAME]}"
    return f"at tick {pinned.tick:,}{of}"


def _where(drawing: Drawing) -> Sequence[str]:
    """Where on the grid the variables of the cell are; on the grid itself, what the sums are there. Longest first."""
    lattice, cell = drawing.aspect.lattice, cell_read(drawing)
    if lattice is None:
        return (text.grid_text(drawing.layout.region, cell),)
    row, col = cell
    where = f"({row},{col})"
    if row >= len(lattice.row_sums) or col >= len(lattice.col_sums):
        return (where,)
    across, down = lattice.row_sums[row], lattice.col_sums[col]
    label = text.ON_LABELS.get(lattice.region.values, text.SUM_LABEL)
    sums = f"row {label} {across} · column {label} {down}"
    return f"{where}  {sums}", sums, f"{label}→ {across} {label}↓ {down}", where


def _overlay_note(drawing: Drawing) -> str:
    """What the overlay found, in a few words."""
    aspect = drawing.aspect
    marked, overlay = aspect.marked, aspect.modes.overlay
    if overlay is Overlay.CHANGED:
        return f"{marked.count} changed" if marked.count else ""
    if overlay is Overlay.COMING:
        return ("no change" if not marked.count else f"› {marked.count} change") + " next" if marked.known else ""
    if overlay is Overlay.SINCE:
        if aspect.modes.pinned is None:
            return "p pins a moment to compare with"
        told = f"≠ {marked.count} since" if marked.count else "none differs since"
        when = _pinned(drawing).removeprefix("at ")
        return f"{told} {when}" if marked.known else f"{when} is not comparable"
    other = aspect.other
    if not isinstance(other, Tally):
        return NAMES[overlay]
    return NAMES[overlay] if other.complete else f"{NAMES[overlay]} to tick {other.counted:,}…"


def _with_right(
    drawing: Drawing, left: list[Piece], optional: str, right: Sequence[str], first_to_go: int = 0
) -> list[Piece]:
    """Something on the left, then as many of the lesser things as there is room for."""
    palette = drawing.palette
    room = drawing.layout.width - sum(len(part) for part, _ in left) - 1
    notes = [note for note in right if note]
    while notes and len(" · ".join(notes)) + 1 > room:
        notes.pop(first_to_go)
    tail = " · ".join(notes)
    if optional and room - len(tail) - len(optional) - 4 >= 0:
        left = [*left, ("  " + optional, palette.label)]
        room -= len(optional) + 2
    gap = " " * max(0, room - len(tail))
    return [*left, (gap, palette.base), (tail, palette.label), (" ", palette.base)]


def legend(drawing: Drawing) -> list[Piece]:
    """What the colours mean, and which modes are on."""
    palette, largest = drawing.palette, drawing.largest
    if largest == 0:
        nothing = " nothing was written" if drawing.counting else " nothing but zeros"
        return _with_right(drawing, [(nothing, palette.label)], "", _modes(drawing)[1:])
    bound = text.compact(largest, 8)
    symbols = drawing.symbols
    if symbols is not None and drawing.layout.zoom.look is Look.NUMBERS:
        pieces = [(f" {sign} {value} ", palette.cell(Ink(16 * value))) for value, sign in symbols.items()]
        return _with_right(drawing, [(" ", palette.base), *pieces], "", _modes(drawing))
    low: Piece = (" 0 ", palette.strong) if drawing.counting else (f" -{bound} ", palette.number(-largest))
    pieces = [low]
    for step in COUNTS if drawing.counting else LEGEND:
        pieces.append((_legend_glyph(drawing, step), palette.cell(Ink(step))))
    high = f" {bound} write{'' if largest == 1 else 's'}" if drawing.counting else f" +{bound}"
    pieces.append((high, palette.number(largest)))
    return _with_right(drawing, pieces, "", _modes(drawing))


def _modes(drawing: Drawing) -> list[str]:
    """Which modes are on: what matters most to understand the picture comes last."""
    layout, aspect = drawing.layout, drawing.aspect
    scale = layout.zoom.scale
    zoom = f"{scale}×{scale} a cell" if scale > 1 and not layout.wrapped else ""
    view = "" if aspect.view is View.MAP else aspect.view.value
    if aspect.view is View.COUPLINGS:
        view = f"{aspect.couplings} coupling{'' if aspect.couplings == 1 else 's'} of ({_variable(drawing)})"
    lights = f"{text.MARKS[Mark.COUPLED]} strongly coupled" if aspect.coupled else ""
    half = "symmetric" if layout.mirrored else ""
    return [f"{aspect.modes.scale.value} scale", half, lights, view, zoom]


def _variable(drawing: Drawing) -> str:
    row, col = drawing.hover or drawing.cursor
    return f"{max(row, 0)},{col}"


def _legend_glyph(drawing: Drawing, step: int) -> str:
    match drawing.layout.zoom.look:
        case Look.CELLS:
            return text.glyph(step) if step else text.NOTHING
        case Look.PAIRS:
            sign = (step > 0) - (step < 0)
            return text.PAIRS[sign, sign] * 2
    return "  "
