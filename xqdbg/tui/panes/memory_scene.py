"""What a memory pane looks at: where the cursor is, what it follows, and what is known of the octets around."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from rich.style import Style
from textual.reactive import reactive

from vm.contract import Place, PlaceError
from xqdbg.copying import forms
from xqdbg.glance import Glance
from xqdbg.memory import base_of, octets_named, place_at
from xqdbg.moment import Moment
from xqdbg.numerals import Base
from xqdbg.tui.focus import Pointed
from xqdbg.tui.panes.list_pane import ListPane
from xqdbg.tui.panes.memory_drawing import OctetsLook
from xqdbg.tui.panes.memory_rows import Grid, Space
from xqdbg.tui.panes.memory_sight import Octets, Touches

NEXT = "next"
"""Followed instead of a value: what the next instruction reads or writes."""

Look = OctetsLook | str
"""A row of octets, or the text of another one."""


class MemoryScene(ListPane, inherit_bindings=False):
    """Knows the memory of the moment, and where in it the user is. Knows no session and no machine."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "memory--address", "memory--page", "memory--octet", "memory--zero", "memory--changed", "memory--coming",
        "memory--cursor", "memory--heading", "memory--gap", "memory--tab", "memory--foot", "memory--place",
        "memory--fault",
    }  # fmt: skip
    DEFAULT_CSS = """
    MemoryScene {
        width: 1fr; height: 1fr;
        overflow-x: hidden; overflow-y: scroll;
        & > .memory--address { color: $xq-quiet; }
        & > .memory--page { color: $xq-title; text-style: bold; }
        & > .memory--octet { color: $xq-int; }
        & > .memory--zero { color: $xq-idle-foreground; }
        & > .memory--changed { color: $xq-changed; text-style: bold; }
        & > .memory--coming { color: $xq-coming-write; text-style: bold; }
        & > .memory--cursor { background: $xq-cursor-background; }
        & > .memory--heading { color: $xq-title; text-style: bold; }
        & > .memory--gap { color: $xq-quiet; }
        & > .memory--fault { color: $xq-fault; text-style: bold; }
        & > .memory--tab { color: $xq-quiet; }
        & > .memory--foot { color: $xq-quiet; }
        & > .memory--place { color: $foreground; text-style: bold; }
    }
    """
    head_lines = 1

    moment: reactive[Moment | None] = reactive(None, repaint=False)

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self.base = Base.DECIMAL
        self.unit = 1
        """Octets under the cursor."""
        self.wanted_columns = 0
        """Octets in a row as the user wants them; 0 for as many as there is room for."""
        self.pointer = NEXT
        """Name of the value whose address is kept in view, or NEXT; empty for none."""
        self._at = 0
        """The address under the cursor."""
        self._settled = False
        """Whether the cursor is where something is mapped."""
        self._grid = Grid(16, 8)
        self._space = Space()
        self._octets = self._before = Octets()
        self._touches = Touches()
        self._asked: Mapping[str, Glance] = {}
        self._changed = 0
        """Octets in sight that differ from those at the last stop."""
        self._flooded = False
        """Whether so many do that marks would be all one sees."""
        self._is_away = False
        self._drawn: dict[int, Look] = {}
        self._edges: tuple[object, ...] = ()
        """What the lines at the edges show."""
        self._inks: dict[str, Style] = {}

    def _redraw(self) -> None:
        """Draw anew what looks different."""
        raise NotImplementedError

    def _ask(self) -> None:
        """Ask for what is in sight."""
        raise NotImplementedError

    def _tell(self) -> None:
        """Say in the rule what is followed."""
        raise NotImplementedError

    # -- what others ask ----------------------------------------------------------------------------------------------

    @property
    def address(self) -> int:
        """The address under the cursor."""
        return self._at

    @property
    def asked(self) -> Mapping[str, Glance]:
        """The parts of areas that were asked for, by the name of the area."""
        return self._asked

    @property
    def followed(self) -> str:
        """Name of the region under the cursor; empty if there is none."""
        area = self._space.area_of(self._at)
        return "" if area is None else area.name

    @property
    def pointed(self) -> Pointed | None:
        """The octets under the cursor."""
        area = self._space.area_of(self._at)
        if area is None:
            return None
        place = str(place_at(area, self._at, self.unit))
        value = self._octets.number(self._at, self.unit)
        if value is None:
            return Pointed(place, place)
        octets = value.to_bytes(self.unit, "little")
        found = [*forms(value, str(value)), ("octets", octets.hex(" "))]
        return Pointed(place, place, str(value), forms=found)

    def show(self, name: str) -> bool:
        """Go to the memory that a name stands for: an area, octets, or where a value points. Whether it is any."""
        address = self._meant(name)
        if address is None or self._space.area_of(address) is None:
            return False
        self.go(address)
        return True

    def follow(self, name: str) -> None:
        """Keep in view where a value points, wherever that is; nothing for an empty name."""
        self.pointer = name
        self._pursue()
        self._tell()

    def go(self, address: int) -> None:
        """Put the cursor at an address."""
        self._at = address
        self._settled = True
        row = self._space.row_of(address)
        self.cursor_row = row
        self.reveal(row)
        self._redraw()
        self._ask()

    def _meant(self, name: str) -> int | None:
        """The address a name of a region, a place or a cell stands for."""
        for area in self._space.areas:
            if area.name == name:
                return base_of(area)
        value = self._value(name)
        if value is not None:
            return value
        try:
            place = Place.parse(name)
        except PlaceError:
            return None
        found = octets_named(place, {place.name})
        return None if found is None else found.start

    def _value(self, name: str) -> int | None:
        """The number that a cell of the moment holds."""
        cells = () if self.moment is None else (cell for view in self.moment.cells.values() for cell in view)
        value = next((cell.value for cell in cells if cell.name == name), None)
        return value if isinstance(value, int) else None

    def _pursue(self) -> None:
        """Go where the followed value points, if something is mapped there."""
        address = self._pointed_at()
        if address is not None and address != self._at and (self._is_fault or self._space.area_of(address) is not None):
            self.go(address)

    @property
    def _is_fault(self) -> bool:
        """Whether the machine stands at an access that was refused."""
        return self.moment is not None and self.moment.fault is not None and self.moment.fault.address is not None

    def _pointed_at(self) -> int | None:
        """Where what is followed points; None where it points nowhere."""
        if self.pointer != NEXT:
            return self._value(self.pointer) if self.pointer else None
        if self._is_fault and self.moment is not None and self.moment.fault is not None:
            return self.moment.fault.address
        coming = (*self._touches.writes, *self._touches.reads)
        return coming[0].span.start if coming else None
