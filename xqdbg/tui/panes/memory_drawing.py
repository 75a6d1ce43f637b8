"""How rows of memory look, told apart from drawing them: rows that look the same are not drawn again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rich.segment import Segment
from rich.style import Style

from vm.contract import Region
from vm.diagnostics import printable
from xqdbg.memory import base_of
from xqdbg.tui.marks import CHANGED, WRITTEN
from xqdbg.tui.panes.list_pane import clipped
from xqdbg.tui.panes.matrix_pieces import Piece, joined
from xqdbg.tui.panes.memory_rows import GROUP, HIGHEST, Grid, Stretch

Inks = Callable[[str], Style]
"""The style of a component class on the paper of the pane, by the part of its name behind `memory--`.

`octet!` is that of an octet under the cursor.
"""
UNKNOWN = "··"
"""An octet that has not come yet."""


@dataclass(frozen=True, slots=True)
class OctetsLook:
    """All that is drawn of a row of octets."""

    address: int
    octets: Sequence[int | None]
    first: int = 0
    """The octets before belong to no area."""
    end: int = 0
    """Those from here on do not either."""
    signs: str = ""
    """What stands before each octet."""
    changed: str = ""
    """Which of them were written, or differ."""
    chosen: range = range(0)
    """Those under the cursor."""
    begins_page: bool = False


def octets_row(look: OctetsLook, grid: Grid, ink: Inks) -> list[Segment]:
    """A row of octets: where it is, the octets with a sign before each, and what they are as characters."""
    paper = ink("")
    pieces: list[Piece] = [(_address(look.address, grid), ink("page" if look.begins_page else "address"))]
    kinds = [_kind(look, number) for number in range(grid.columns)]
    for number, kind in enumerate(kinds):
        if grid.gaps and number % GROUP == 0:
            pieces.append((" ", paper))
        sign = look.signs[number] if look.signs else " "
        pieces.append((sign, paper if sign == " " else ink("changed" if sign in (WRITTEN, CHANGED) else "coming")))
        octet = look.octets[number] if look.first <= number < look.end else None
        text = "  " if not kind else UNKNOWN if octet is None else f"{octet:02x}"
        pieces.append((text, ink(kind)))
    if grid.text:
        pieces.append((" " * (grid.text_at - grid.octet_at(grid.columns - 1) - 2), paper))
        pieces += [(_character(look, number), ink(kind)) for number, kind in enumerate(kinds)]
    return list(joined(pieces))


def _address(address: int, grid: Grid) -> str:
    digits = f"{address:0{grid.digits}x}"
    return digits if len(digits) <= grid.digits else f"…{digits[1 - grid.digits :]}"


def _kind(look: OctetsLook, number: int) -> str:
    """The part of the name of its component class; empty for what is outside of the area."""
    if not look.first <= number < look.end:
        return ""
    octet = look.octets[number]
    kind = "octet" if octet else "zero"
    if octet is not None and look.changed and look.changed[number] != " ":
        kind = "changed"
    return kind + "!" if number in look.chosen else kind


def _character(look: OctetsLook, number: int) -> str:
    octet = look.octets[number] if look.first <= number < look.end else 32
    return " " if octet is None else chr(octet) if 32 <= octet < 127 else "."


def heading(area: Region, width: int) -> str:
    """`0x20000 to 0x5ffff  writable  262,144 octets` as far as there is room."""
    size = f"{area.end - base_of(area):,} octets"
    parts = [f" {base_of(area):#x} to {area.end - 1:#x}", printable(area.rights), size]
    while len(parts) > 1 and len("  ".join(parts)) > width:
        parts.pop()
    return clipped("  ".join(parts), width)


def gap(stretch: Stretch, width: int) -> str:
    """`┄ 0x60000 to 0xfefcffff is not mapped ┄`."""
    end = f"{stretch.start:#x} and above" if stretch.end == HIGHEST else f"{stretch.start:#x} to {stretch.end - 1:#x}"
    told = f" {end} not mapped "
    return clipped(f"┄{told}".ljust(width, "┄") if len(told) < width else told, width)


def tab(area: Region) -> str:
    """What an area is called where all are listed."""
    return f" {base_of(area):#x} {printable(area.rights)} "
