"""From moments to rows of memory: what has to be asked for, what is drawn, and where the cursor is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich.segment import Segment
from rich.style import Style
from textual.content import Content
from textual.message import Message
from textual.strip import Strip

from vm.contract import Frame, Region
from vm.diagnostics import printable
from xqdbg.glance import Glance
from xqdbg.memory import areas, base_of, place_at, space_of
from xqdbg.moment import Moment
from xqdbg.numerals import Base
from xqdbg.tui.panes.list_pane import clipped, padded
from xqdbg.tui.panes.matrix_pieces import tabs_in_view
from xqdbg.tui.panes.memory_drawing import OctetsLook, gap, heading, octets_row, tab
from xqdbg.tui.panes.memory_foot import events, foot_lines, numbers, packed
from xqdbg.tui.panes.memory_rows import Kind, Space, grid_for
from xqdbg.tui.panes.memory_scene import NEXT, Look, MemoryScene
from xqdbg.tui.panes.memory_sight import Octets, Touches, differing, windows_of

VIEWER = "memory"
"""Who asks for the windows."""
MOST_AREAS = 6
"""Areas that are shown at a time."""
FEW = 64
"""Octets that are marked however many are in sight."""
PAGE = 4096
"""Octets after which an address stands out."""
REFUSED = "✖ "
"""Stands before the gap that an access went to."""
NOTHING = "no memory is mapped here"


class MemoryView(MemoryScene, inherit_bindings=False):
    """Shows the memory of the moment and asks for the part that is in view. Knows no session and no machine."""

    class PartsWanted(Message, namespace="memory_pane"):
        """Parts of regions came into view and should come with the next moments."""

        def __init__(self, parts: Mapping[str, Glance]) -> None:
            super().__init__()
            self.parts = parts
            """One of each region, by its name."""

        def can_replace(self, message: Message) -> bool:
            return isinstance(message, MemoryView.PartsWanted)

    # -- from moment to rows ------------------------------------------------------------------------------------------

    def watch_moment(self, old: Moment | None, new: Moment | None) -> None:
        if new is None:
            return
        if old is not None and (old.tick, old.branch) != (new.tick, new.branch):
            self._before = self._octets
        self._octets = Octets(windows_of(new.windows, VIEWER))
        found = areas(new.regions)
        if found != self._space.areas:
            self._lay_out(found)
        self._touches = Touches.of(new, frozenset(map(space_of, found)))
        self._count_changed()
        if not self._settled and found:
            self._at, self._settled = base_of(found[0]), True
            self.cursor_row = self._space.row_of(self._at)
        fresh = old is None or old.turn != new.turn
        if fresh and new.address is not None:
            self.pointer = ""
            self.go(new.address)
        elif old is None or (old.tick, old.branch) != (new.tick, new.branch):
            self._pursue()
        self._tell()
        self._redraw()
        self._ask()

    def _count_changed(self) -> None:
        """Find out how many octets in sight differ; where most do, none is marked."""
        self._changed, self._flooded = 0, False
        if self.moment is None or self.moment.effect is not None:
            return
        columns, shown = self._grid.columns, 0
        for row in self.rows_in_sight:
            if self._space.stretch(row).kind is Kind.OCTETS:
                start = self._space.address(row)
                signs = differing(self._before.get(start, columns), self._octets.get(start, columns))
                self._changed += columns - signs.count(" ") if signs else 0
                shown += columns
        self._flooded = self._changed > max(FEW, shown // 2)

    def _lay_out(self, found: Sequence[Region] | None = None) -> None:
        """Rows anew: for other areas, or for another number of columns."""
        known = self._space.areas if found is None else tuple(found)
        width, height = self.scrollable_content_region.width, self.size.height
        digits = max([5, *(len(f"{area.end - 1:x}") for area in known)])
        self._grid = grid_for(width, digits, self.wanted_columns)
        self.foot_lines = foot_lines(height, width)
        self._space = Space(known, self._grid.columns)
        self.resize_list(self._space.rows)
        row = self._space.row_of(self._at) if known else 0
        if row != self.cursor_row:
            self.cursor_row = row
        self._drawn.clear()
        self.refresh()

    def _redraw(self) -> None:
        """Draw anew the rows in sight that look different, and the lines at the edges."""
        rows = [row for row in self.rows_in_sight if self._drawn.get(row) != self._look(row)]
        if rows:
            self.refresh_rows(rows)
        edges = (self._foot(), self.followed, self._space.areas, self.has_focus)
        if edges != self._edges:
            self._edges = edges
            self.refresh()

    # -- asking -------------------------------------------------------------------------------------------------------

    def _ask(self) -> None:
        """Ask for the octets in sight and around, unless they come already; out of sight, for none."""
        asked, wanted = self._asked, {} if self._is_away else self._wanted()
        if all(name in asked and _covers(asked[name].frame, each.frame) for name, each in wanted.items()) and (
            wanted or not asked
        ):
            return
        around = self._wanted(self.size.height) if wanted else {}
        self._asked = around
        self.post_message(self.PartsWanted(around))

    def _wanted(self, around: int = 0) -> dict[str, Glance]:
        """The parts of areas in sight, so many rows more on both sides."""
        rows, parts = self.rows_in_sight, dict[str, Glance]()
        first, last = max(0, rows.start - around), min(self._space.rows, rows.stop + around)
        at = first
        while at < last and len(parts) < MOST_AREAS:
            stretch = self._space.stretch(at)
            end = min(last, stretch.row + stretch.rows)
            if stretch.kind is Kind.OCTETS and stretch.area is not None:
                area = stretch.area
                low = max(0, self._space.address(at) - base_of(area)) // area.cols
                high = min(self._space.address(end - 1) + self._grid.columns, area.end) - base_of(area)
                parts[area.name] = Glance(Frame(low, 0, -(-high // area.cols) - low, area.cols))
            at = end
        return parts

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        super().watch_scroll_y(old_value, new_value)
        self._ask()

    def on_resize(self) -> None:
        self._lay_out()
        self.reveal(self.cursor_row)
        self._ask()

    def on_show(self) -> None:
        self._is_away = False
        self._lay_out()
        self._ask()

    def on_hide(self) -> None:
        """Nobody needs to make windows that nobody sees."""
        self._is_away = True
        self._ask()

    # -- drawing ------------------------------------------------------------------------------------------------------

    def _look(self, row: int) -> Look:
        stretch, width = self._space.stretch(row), self.scrollable_content_region.width
        if stretch.kind is Kind.GAP:
            mark = REFUSED if self._is_fault and stretch.start <= self._at < stretch.end else ""
            return mark + gap(stretch, width - len(mark))
        if stretch.area is None or stretch.kind is Kind.HEADING:
            return "" if stretch.area is None else heading(stretch.area, width)
        start, count = self._space.address(row), self._grid.columns
        now = self._octets.get(start, count)
        changed = self._touches.just(start, count)
        if self.moment is not None and self.moment.effect is None:
            changed = differing(self._before.get(start, count), now)
        signs = self._touches.signs(start, count)
        if self._flooded:
            changed = ""
        if signs and changed:
            signs = "".join(sign if sign != " " else past for sign, past in zip(signs, changed, strict=True))
        first = max(0, base_of(stretch.area) - start)
        return OctetsLook(
            address=start, octets=now, first=first, end=min(count, stretch.end - start),
            signs=signs or changed, changed=changed,
            chosen=range(max(0, self._at - start), max(0, min(count, self._at + self.unit - start))),
            begins_page=start % PAGE == 0,
        )  # fmt: skip

    def draw_row(self, row: int, width: int) -> Strip:
        if len(self._drawn) > 4 * max(64, self.size.height):
            self._drawn.clear()
        look = self._drawn[row] = self._look(row)
        if isinstance(look, str):
            kind = "gap" if self._space.stretch(row).kind is Kind.GAP else "heading"
            kind = "fault" if look.startswith(REFUSED) else kind
            return padded([Segment(look, self._ink(kind))], 0, width, self.rich_style)
        return padded(octets_row(look, self._grid, self._ink), 0, width, self.rich_style)

    def _ink(self, name: str) -> Style:
        """A style on the paper of the pane."""
        found = self._inks.get(name)
        if found is None:
            found = self.rich_style + (self.style(f"memory--{name.rstrip('!')}") if name else Style())
            if name.endswith("!"):
                found += Style(reverse=True) if self.has_focus else Style(underline=True)
            self._inks[name] = found
        return found

    def render_line(self, y: int) -> Strip:
        width, height = self.scrollable_content_region.width, self.size.height
        if not self._space.areas:
            text = NOTHING if y == height // 2 else ""
            return padded([Segment(text.center(width), self._ink("gap"))], 0, width, self.rich_style)
        if y >= height - self.foot_lines and y >= self.head_lines:
            return self._foot_line(y - (height - self.foot_lines), width)
        return super().render_line(y)

    def draw_head(self, y: int, width: int) -> Strip:
        """The areas there are, that under the cursor marked."""
        tabs, at = self._tabs(width)
        pieces = [Segment(text, self._ink("place" if number == at else "tab")) for number, text in tabs]
        return padded(pieces, 0, width, self.rich_style)

    def _tabs(self, width: int) -> tuple[list[tuple[int, str]], int]:
        """Numbers and texts of the areas there is room for, and the number of that under the cursor."""
        known = self._space.areas
        area = self._space.area_of(self._at)
        at = known.index(area) if area is not None else 0
        names = [tab(each) for each in known]
        first, end = tabs_in_view([len(name) for name in names], at, width)
        shown = [(number, f"{'▸' if number == at and area else ' '}{names[number]} ") for number in range(first, end)]
        before, behind = [(-1, "‹ ")] if first else [], [(-1, "›")] if end < len(names) else []
        return [*before, *shown, *behind], at if area is not None else -1

    def _foot_line(self, y: int, width: int) -> Strip:
        lines = self._foot()
        text = lines[y] if y < len(lines) else ""
        style = self._ink("place" if y == 0 else "foot")
        return padded([Segment(clipped(text, width), style)], 0, width, self.rich_style)

    def _foot(self) -> Sequence[str]:
        """The lines below: the place, numbers, what happens."""
        width, lines = self.scrollable_content_region.width, self.foot_lines
        area = self._space.area_of(self._at)
        if not lines:
            return ()
        if area is None:
            return (f" {self._at:#x} is not mapped{': what was accessed' if self._is_fault else ''}",)
        found = list(numbers(self._octets, self._at, self.base))
        place = f" {place_at(area, self._at, self.unit)}"
        if lines == 1:
            return (packed([place.strip(), *found], width, 1)[0],)
        rights = f"  {printable(area.rights)}" if area.rights else ""
        told = events(self._touches, self._changed, width, self.base)
        return [f"{place}{rights}{self._character()}", *packed(found, width, lines - 2), told]

    def _character(self) -> str:
        octet = self._octets.number(self._at, 1)
        return f"  '{chr(octet)}'" if octet is not None and 32 <= octet < 127 else ""

    def _tell(self) -> None:
        """Say in the rule what is followed, and how numbers are shown."""
        said = []
        if self.pointer:
            address = self._pointed_at()
            mapped = self.pointer == NEXT or (address is not None and self._space.area_of(address) is not None)
            away = "" if mapped else " (not mapped)"
            said.append(f"follows {printable(self.pointer)}{away}")
        if self.base is not Base.DECIMAL:
            said.append(self.base.value)
        self.tell_aside(*map(Content, said))

    def notify_style_update(self) -> None:
        self._inks.clear()
        super().notify_style_update()

    def watch_has_focus(self, has_focus: bool) -> None:
        super().watch_has_focus(has_focus)
        self._inks.clear()


def _covers(held: Frame, wanted: Frame) -> bool:
    return held.row <= wanted.row and wanted.row + wanted.height <= held.row + held.height
