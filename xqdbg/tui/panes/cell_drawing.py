"""How a row of a cells pane looks, told apart from drawing it: rows that look the same are not drawn again."""

from __future__ import annotations

from collections.abc import Callable

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style

from vm.values import dataclass
from xqdbg.kinds import ALIKE, NOTHING
from xqdbg.tui.listing import shown
from xqdbg.tui.marks import NO_MARK, Mark
from xqdbg.tui.panes.list_pane import clipped

COLORED_KINDS = ("int", "vec", "model", "sample", "unset", "loop")
"""Kinds of values with a colour of their own; `vec<int>` is coloured as `vec`."""
CLOSED, OPEN = "▸", "▾"
"""A cell with something inside; one whose entries are below it."""

_NOTHING = "–"
_WHOLE = NOTHING | {"int"}
"""Kinds of values that are not cut for what is about to be written."""
TYPED, TAGGED = 44, 30
"""Columns from which on there is one for types; where values do not tell theirs."""
_LEAST_NOTE = 6
"""A note that has to be cut has at least these columns."""
_LEAST_VALUE = 8
"""Columns a value has before what is about to be written stands beside it."""

Styles = Callable[[str], Style]
"""The style of a component class, by the part of its name behind `cells--`."""


@dataclass(frozen=True, slots=True)
class CellLook:
    """All that is drawn of a row."""

    name: str
    """In its column already."""
    text: str = ""
    kind: str = ""
    type: str = ""
    """The kind in its column; empty where all values are of one."""
    typed: int = TYPED
    """Columns from which on it stands there."""
    note: str = ""
    mark: Mark = NO_MARK
    expander: str = ""
    """Empty where no cell of the pane has anything inside."""
    has_cursor: bool = False
    is_last_pin: bool = False
    """Whether the rows that scroll begin below it."""


def segments(look: CellLook, width: int, paper: Style, style: Styles) -> list[Segment]:
    """The row, at most `width` columns of it: marks, name, value, what is about to be written, note."""
    ground = paper.background_style
    if look.is_last_pin:
        ground += Style(underline=True)
    mark, changed = look.mark, style("changed") + ground
    gutter = [Segment(mark.past, changed), Segment(mark.coming, style("coming") + ground)]
    if look.expander:
        gutter.append(Segment(look.expander, style("name") + ground))
    room = width - sum(len(segment.text) for segment in gutter)
    name = clipped(look.name + "  ", room)
    room -= cell_len(name)
    parts = [*gutter, Segment(name, style("name") + ground)]
    written = look.text
    if look.type and width >= look.typed:
        parts.append(Segment(look.type + "  ", style("type") + ground))
        room -= cell_len(look.type) + 2
        written = _NOTHING if written == look.type.strip() else written.removeprefix(look.type.strip() + " ")
    value = changed if mark.past != " " else _ink(look.kind, style) + ground
    arrow = _arrow(look, written, room)
    text = clipped(written, room - cell_len(arrow))
    parts.append(Segment(text, value))
    if arrow:
        parts.append(Segment(arrow, style("coming") + ground))
    left = room - cell_len(text) - cell_len(arrow)
    if note := _note(look, left - 2):
        parts += [Segment("  ", ground), Segment(note, style("note") + ground)]
        left -= 2 + cell_len(note)
    if look.is_last_pin and left > 0:
        parts.append(Segment(" " * left, ground))
    return parts


def _arrow(look: CellLook, text: str, room: int) -> str:
    """What is about to be written, where that leaves the value its room; never half of it."""
    arrow = shown(look.mark.arrow)
    if not arrow:
        return ""
    gap = " " if arrow.startswith("→") else "  "
    least = min(cell_len(text), _LEAST_VALUE if look.kind not in _WHOLE else room)
    return gap + arrow if cell_len(gap + arrow) + least <= room else ""


def _ink(kind: str, style: Styles) -> Style:
    stem = kind.split("<")[0]
    stem = ALIKE.get(stem, stem)
    return style(f"kind-{stem}" if stem in COLORED_KINDS else "value")


def _note(look: CellLook, room: int) -> str:
    """The note of a cell where there is room; that of a number or loop is shown whole or not at all."""
    if cell_len(look.note) <= room:
        return look.note
    whole = look.kind in ("int", "loop") or room < _LEAST_NOTE
    return "" if whole else clipped(look.note, room)
