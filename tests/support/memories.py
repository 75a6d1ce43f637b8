"""Memories made by hand: areas, the windows a pane asks for, and moments with both."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tests.support.moments import moment
from vm.contract import Cell, Effect, Frame, Place, Read, Region, Window, Write
from xqdbg.glance import Glance
from xqdbg.moment import Moment
from xqdbg.tui.panes.memory_pane import MemoryPane
from xqdbg.tui.panes.memory_view import VIEWER

COLUMNS = 16
LOW = b"Hello, memory!\n\x00\x1b[31m\x9b\xff" + bytes(range(64))
HIGH = bytes(range(256)) * 2


def area(base: int, size: int, rights: str = "writable") -> Region:
    """An area of memory, 16 octets a row."""
    return Region(f"mem[{base:#x}:{size}]", "memory", "", size // COLUMNS, COLUMNS, base=base, rights=rights)


AREAS = (area(0x20000, 0x2000), area(0xFEFD0000, 0x10000, "read-only"))
CONTENTS: Mapping[int, bytes] = {0x20000: LOW, 0xFEFD0000: HIGH}


def window(region: Region, frame: Frame, contents: Mapping[int, bytes] = CONTENTS) -> Window:
    """Part of an area, with octets where there are some and zeros elsewhere."""
    base = region.base or 0
    held = contents.get(base, b"").ljust(region.rows * region.cols, b"\0")
    rows = range(frame.row, min(region.rows, frame.row + frame.height))
    cells = tuple(tuple(held[row * COLUMNS : (row + 1) * COLUMNS]) for row in rows)
    return Window(region, frame, cells, (), None, "", 255, len(held))


def remembering(
    parts: Mapping[str, Glance] | None = None,
    areas: Sequence[Region] = AREAS,
    contents: Mapping[int, bytes] = CONTENTS,
    **fields: Any,
) -> Moment:
    """A moment with memory, and with those parts of it that were asked for."""
    by_name = {region.name: region for region in areas}
    asked = {} if parts is None else parts
    windows = {
        (VIEWER, name): window(by_name[name], glance.frame, contents)
        for name, glance in asked.items()
        if name in by_name
    }
    return moment(regions=tuple(areas), windows=windows, **fields)


def touching(
    tick: int = 0, reads: Sequence[tuple[str, object]] = (), writes: Sequence[tuple[str, object, object]] = ()
) -> Effect:
    """What an instruction does to places."""
    return Effect(
        tick, 0, "op", tuple(Read(Place.parse(place), value) for place, value in reads),
        tuple(Write(Place.parse(place), old, new) for place, old, new in writes), (),
    )  # fmt: skip


def pointers(**values: int) -> Mapping[str, Sequence[Cell]]:
    """Registers that hold these numbers."""
    return {"registers": tuple(Cell(name, hex(value), "int", value) for name, value in values.items())}


class Served:
    """A pane that gets what it asks for with every moment."""

    def __init__(self, pane: MemoryPane) -> None:
        self.pane = pane
        self._turn = 0
        self._areas: Sequence[Region] = AREAS
        self._contents: Mapping[int, bytes] = CONTENTS
        self._fields: dict[str, Any] = {}

    def show(
        self, areas: Sequence[Region] | None = None, contents: Mapping[int, bytes] | None = None, **fields: Any
    ) -> None:
        """A moment of another turn, then the same with what the pane has asked for meanwhile, as the session does.

        What is not given is as it was before.
        """
        self._turn += 1
        self._areas = self._areas if areas is None else areas
        self._contents = self._contents if contents is None else contents
        self._fields = {"address": None, **self._fields, **fields} if fields else {**self._fields, "address": None}
        for _ in range(3):
            asked = self.pane.asked
            self.pane.moment = remembering(asked, self._areas, self._contents, turn=self._turn, **self._fields)
            if self.pane.asked == asked:
                break
