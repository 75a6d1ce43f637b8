"""From moments to a picture: what has to be asked for, what is marked and painted, what is drawn."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from textwrap import wrap

from rich.segment import Segment
from textual.content import Content
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip

from vm.contract import Frame, Window
from vm.diagnostics import printable
from xqdbg.glance import Glance, Stand
from xqdbg.moment import Moment
from xqdbg.tui.panes.matrix_colour import Palette
from xqdbg.tui.panes.matrix_drawing import Aspect, Drawing, Marked
from xqdbg.tui.panes.matrix_foot import NAMES
from xqdbg.tui.panes.matrix_geometry import Layout
from xqdbg.tui.panes.matrix_lattice import grid_cell, stored_cell, strong
from xqdbg.tui.panes.matrix_modes import COUNTING, MARKS, VIEWER, Modes, Overlay, View, wanted
from xqdbg.tui.panes.matrix_scene import MatrixScene, Seen
from xqdbg.tui.panes.matrix_sight import Changes, Sight

NOTHING = ("nothing to show here yet", "what the program makes appears here")


class MatrixView(MatrixScene):
    """Shows one region of the moment and asks for the part of it that is in view. Knows no session and no machine."""

    class WindowWanted(Message, namespace="matrix_pane"):
        """Part of a region came into view and should come with the next moments."""

        def __init__(self, region: str, glances: Mapping[str, Glance]) -> None:
            super().__init__()
            self.region = region
            self.glances = glances
            """All that is looked at, by the names it is wanted under."""

        @property
        def frame(self) -> Frame:
            """The part whose values are in view."""
            return self.glances[VIEWER].frame

        def can_replace(self, message: Message) -> bool:
            return isinstance(message, MatrixView.WindowWanted)

    # -- from moment to picture ---------------------------------------------------------------------------------------

    def watch_moment(self, old: Moment | None, new: Moment | None) -> None:
        if old is not None and new is not None and old.tick != new.tick:
            self._before = old.windows
        names, known = ({region.name for region in moment.regions} if moment else set() for moment in (new, old))
        if self._asked is not None and self._asked[0] in names - known:
            self._asked = None
        self._look_again()

    def _look_again(self) -> None:
        """Whatever has changed: choose, ask for what is in view, draw."""
        region = self._pick()
        if region is None or self._region is None or region.name != self._region.name:
            self._hover = self._coupled = None
        self._region, self._known = region, None
        self._followed = self._followed if region is None else region.name
        layout = self._layout
        if region is not None and layout is not None:
            spot = self._spot
            origin = layout.clamp(spot.origin)
            self._keep(replace(spot, origin=origin))
            cell = layout.canonical(self._hover or spot.cursor)
            self._ask(region.name, wanted(self._modes, self.view, region, layout.frame(origin, cell), cell))
        self._tell_modes()
        self._repaint()

    def _repaint(self) -> None:
        """Draw anew the lines that look different; nothing at all where nothing has changed that is drawn."""
        shows = self._shows()
        if shows == self._drawn_of and self._drawing is not None:
            return
        before, size, earlier = self._lines, self.size, self._drawing
        self._drawn_of, self._drawing, self._lines = shows, None, {}
        if self._raw is not None and len(before) == size.height:  # else it is out of sight, or says that it is empty
            self._drawing = self._draw()
        if self._drawing is None:
            self.refresh()
            return
        kept = self._drawing.repeated(earlier) if earlier is not None else ()
        self._lines.update((y, before[y]) for y in kept if y in before)
        changed = [y for y in range(size.height) if before.get(y) != self._line(y)]
        if changed:
            self.refresh(*(Region(0, y, size.width, 1) for y in changed))

    def _shows(self) -> tuple[object, ...]:
        """All that decides how the picture looks."""
        moment, region = self.moment, self._region
        name = "" if region is None else region.name
        seen, before = (
            {viewer: _content(found) for (viewer, of), found in windows.items() if of == name}
            for windows in (moment.windows if moment is not None else {}, self._before)
        )
        branch = moment.branch if moment is not None else ""
        return (
            seen, before, self._regions, region, branch, self._layout, self._spot, self.view, self._modes, self._asked,
            self._hover, self.has_focus, self._palette, self._plain_colour,
        )  # fmt: skip

    def _line(self, y: int) -> list[Segment]:
        """A line of the picture, drawn once."""
        found = self._lines.get(y)
        if found is None and self._drawing is not None:
            found = self._lines[y] = self._drawing.line(y)
        return found or []

    def on_show(self) -> None:
        self._is_away = False
        self._look_again()

    def on_hide(self) -> None:
        """Nobody needs to make windows that nobody sees."""
        self._is_away = True
        if self._asked is not None:
            self.post_message(self.WindowWanted(self._asked[0], {}))
            self._asked = None

    _is_away = False
    """Whether it is out of sight."""

    def _ask(self, name: str, glances: Mapping[str, Glance]) -> None:
        if self._asked != (name, glances) and not self._is_away:
            self._asked = (name, glances)
            self.post_message(self.WindowWanted(name, glances))

    def _tell_modes(self) -> None:
        """Say in the rule which modes are on."""
        modes, told = self._modes, []
        if modes.overlay is not Overlay.CHANGED:
            since = "" if modes.pinned is None else f"since tick {modes.pinned.tick:,}"
            told.append(NAMES.get(modes.overlay, since))
        if self.view is not View.MAP:
            told.append(self.view.value)
        if self._mirrored:
            told.append("symmetric")
        self.tell_aside(*(Content.styled(text, "not bold $xq-quiet") for text in told if text))

    def _draw(self) -> Drawing | None:
        layout, region, drawn, raw = self._layout, self._region, self._drawn, self._raw
        if layout is None or region is None or drawn is None:
            return None
        seen = self._seen()
        plain = seen.plain if self.view is View.MAP or raw is None else self._plain(seen.lattice, raw, layout)
        window = plain or Window(drawn, Frame(), (), (), None, "", 0, 0)
        other = self._seen_other()
        aspect = self._aspect(layout, window, seen, other)
        return Drawing(
            layout=layout,
            origin=self._spot.origin,
            cursor=self._spot.cursor,
            sight=Sight(window),
            palette=self._colours(),
            regions=self._regions,
            aspect=aspect,
            paint=self._paint(layout, seen, other, aspect.other),
            focused=self.has_focus,
            hover=self._hover,
        )

    def _aspect(self, layout: Layout, window: Window, seen: Seen, other: Seen) -> Aspect:
        """How the region is looked at, and all that is known besides its values."""
        raw, couplings = self._other_raw, seen.couplings
        then = other.plain if self.view is View.MAP else None
        if raw is not None and self.view is not View.MAP:
            then = self._plain(other.lattice, raw, layout)
            then = replace(raw, region=then.region, frame=then.frame, cells=then.cells, head=()) if then else None
        if raw is None:
            then = None
        lights = self.view is View.GRID and couplings is not None and self._modes.overlay not in COUNTING
        return Aspect(
            modes=self._modes,
            view=self.view,
            marked=self._marked(layout, window, seen, other, then),
            coupled=self._in_blocks(layout, strong(couplings)) if lights and couplings is not None else {},
            lattice=self._painted_lattice() if self.view is not View.MAP else None,
            couplings=sum(map(bool, couplings.values)) if couplings is not None else 0,
            other=then,
            branch=self.moment.branch if self.moment is not None else "",
        )

    def _marked(self, layout: Layout, window: Window, seen: Seen, other: Seen, then: Window | None) -> Marked:
        """Where the picture differs from the one of the overlay."""
        overlay = self._modes.overlay
        if overlay in COUNTING:
            return Marked()
        mark = MARKS[overlay]
        if overlay is Overlay.CHANGED:
            before = self._laid(self._before, "")
            old, new = self._comparable(layout, before, window), self._comparable(layout, seen, window)
            found = Changes.between(old, new) if new is not None else Changes()
            return Marked(mark, found.marked, found.count)
        old, new = self._comparable(layout, other, then), self._comparable(layout, seen, window)
        changes = Changes.across(old, new) if new is not None else None
        return Marked(mark, known=False) if changes is None else Marked(mark, changes.marked, changes.count)

    def _comparable(self, layout: Layout, seen: Seen, plain: Window | None) -> Window | None:
        """The window to compare: of couplings, where these are painted."""
        if self.view is View.MAP:
            return seen.plain
        lattice = seen.couplings if self.view is View.COUPLINGS else seen.lattice
        if lattice is None:
            return None
        return lattice.window(layout.frame(self._spot.origin, self._spot.cursor), None, "", 0)

    def _paint(self, layout: Layout, seen: Seen, other: Seen, then: Window | None) -> Window | None:
        """What is painted in place of the values."""
        counted = self._modes.overlay in COUNTING
        if self.view is not View.COUPLINGS:
            return then if counted and isinstance(then, Window) else None
        lattice = other.couplings if counted else seen.couplings
        if lattice is None:
            return None
        return lattice.window(layout.frame(self._spot.origin, self._spot.cursor), None, "", 0)

    def _in_blocks(self, layout: Layout, cells: Mapping[int, list[int]]) -> dict[int, list[int]]:
        """Cells by the blocks they are in."""
        scale, found = layout.zoom.scale, dict[int, list[int]]()
        for row, cols in cells.items():
            found.setdefault(row // scale * scale, []).extend(col // scale * scale for col in cols)
        return found

    def _colours(self) -> Palette:
        if self._palette is None:
            _, _, ground, text = self.colors
            self._palette = Palette(self.app.theme_variables, ground, text)
        return self._palette

    def render_line(self, y: int) -> Strip:
        if self._drawing is None:
            self._drawing, self._lines = self._draw(), {}
        if self._drawing is not None and (y == 0 or self._raw is not None):
            return Strip(self._line(y), self.size.width)
        return self._notice_line(y)

    def _notice_line(self, y: int) -> Strip:
        """A line of what is said where there is nothing to draw."""
        palette, region, (width, height) = self._colours(), self._region, self.size
        lines: tuple[str, ...] = NOTHING
        if region is not None:
            empty = region.cols < 1 or region.rows < 1
            lines = (f"{printable(region.name)} is empty",) if empty else ("",)
        inks = (palette.title, *(palette.label,) * len(lines))
        rows = [(row, ink) for line, ink in zip(lines, inks, strict=False) for row in wrap(line, max(1, width - 2))]
        at = y - max(0, height - len(rows)) // 2
        text, ink = rows[at] if 0 <= at < len(rows) else ("", palette.label)
        return Strip([Segment(text.center(width)[:width], ink)], width)

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._palette = self._drawing = None

    # -- ways of looking ---------------------------------------------------------------------------------------------

    def _choose(self, modes: Modes) -> None:
        self._modes = modes
        self._look_again()

    def _choose_view(self, view: View) -> None:
        """Look at a region another way, at the same variable."""
        region, old = self._region, self._spot.cursor
        if region is None or view is self.view:
            return
        was_map = self.view is View.MAP
        cell = grid_cell(region, self._layout_cell(old)) if was_map else old
        self._views[region.name] = view
        target = stored_cell(region, cell) if view is View.MAP else cell
        self._hover = None
        self._keep(replace(self._spot, cursor=target))
        layout = self._layout
        if layout is not None:
            spot = self._spot
            self._keep(replace(spot, origin=layout.follow(spot.origin, spot.cursor)))
        self._look_again()

    def _layout_cell(self, cell: tuple[int, int]) -> tuple[int, int]:
        layout = self._layout
        return cell if layout is None else layout.canonical(cell)

    def _pin(self) -> Stand | None:
        """This moment, to compare others with."""
        return None if self.moment is None else Stand(self.moment.branch, self.moment.tick)


def _content(window: Window) -> tuple[object, ...]:
    """What is in a window, of whichever kind; windows themselves are equal to none but themselves."""
    return type(window), *(getattr(window, each.name) for each in fields(window))
