"""What a heat map says in characters: glyphs of sign and strength, numbers, names of cells."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from vm.contract import Region
from vm.diagnostics import printable
from xqdbg.tui.panes.matrix_colour import GLYPHS, LEVELS, Mark
from xqdbg.tui.panes.matrix_geometry import HEAD

POSITIVE = (" +", "++", " ╋", "╋╋")
NEGATIVE = (" −", "−−", " ━", "━━")
STORED_ZERO = " 0"
NOTHING = " ·"
HEAD_LABEL = "lin"
"""The head of a matrix holds its linear terms."""
PAIRS = {
    (0, 0): " ", (1, 0): "⁺", (0, 1): "₊", (-1, 0): "⁻", (0, -1): "₋",
    (1, 1): "‡", (-1, -1): "=", (1, -1): "±", (-1, 1): "∓",
}  # fmt: skip
"""Two cells above each other by their signs, where there are no colours."""
DIGITS_MOST = 7
"""Characters a number in a cell takes at most; longer ones are rounded."""
MARKS: Mapping[Mark, str] = MappingProxyType({Mark.COUPLED: "°", Mark.CHANGED: "*", Mark.SINCE: "≠", Mark.COMING: "›"})
"""What tells marked cells apart without colours."""
SYMBOLS: Mapping[str, Mapping[int, str]] = MappingProxyType({"bits": {1: "■", 0: "·"}, "spins": {1: "▲", -1: "▽"}})
"""Signs for values, where these are few."""
SUM_LABEL = "Σ"
ON_LABELS: Mapping[str, str] = MappingProxyType({"bits": "Σ", "spins": "▲"})
"""What is counted in place of a sum, by what the values are."""
NOT_ONE = " ≠1"
"""Behind a row that should have one value on, and has another number of them."""
AFTER_SUM = len(NOT_ONE)


def signed(cell: str, sign: str) -> str:
    """The text of a cell with a sign right in front of what it says."""
    at = max(len(cell) - len(cell.lstrip()) - 1, 0)
    return cell[:at] + sign + cell[at + 1 :]


def glyph(level: int) -> str:
    """Two characters that tell sign and strength of a value that is not zero."""
    rank = (abs(level) * GLYPHS - 1) // LEVELS
    return (POSITIVE if level > 0 else NEGATIVE)[rank]


def digits(region: Region, largest: int, signs: bool = True) -> int:
    """Characters a value of a region takes, as a sign where there are `signs` for values, else as a number."""
    if region.values in SYMBOLS and (signs or region.values == "bits"):
        return 1
    plain = 1 if region.values == "spins" else 0 if 0 < largest < 10 and not region.upper else 1
    return min(len(str(largest)) + plain, DIGITS_MOST)


def compact(value: int, width: int) -> str:
    """A number in at most `width` characters: itself, or thousands, millions, … or with a power of ten.

    From 10**15 on a letter would be taken for another power: nobody reads `9.2E` as exa.
    """
    text = str(value)
    if len(text) <= width:
        return text
    for unit, size in (("k", 10**3), ("M", 10**6), ("G", 10**9), ("T", 10**12)):
        for places in (2, 1, 0):
            text = f"{value / size:.{places}f}{unit}"
            if abs(value) < 1000 * size and len(text) <= width:
                return text
    for places in (2, 1, 0):
        text = f"{value:.{places}e}".replace("e+0", "e").replace("e+", "e")
        if len(text) <= width:
            return text
    return "-…" if value < 0 else "…"


def grid_text(region: Region, cell: tuple[int, int]) -> str:
    """Where the variables of a cell are in the grid, such as `(0,1)` and `(1,0)`; empty without a grid."""
    pitch = region.grid[1]
    if pitch <= 0 or not region.upper:
        return ""
    variables = cell[1:] if cell[0] == HEAD else cell
    return "×".join(f"({variable // pitch},{variable % pitch})" for variable in variables)


def tab_text(region: Region) -> str:
    """A region in a few characters, such as `r3 model 25`."""
    size = f" {region.cols}" if region.upper else f" {region.grid[0]}×{region.grid[1]}" if region.grid[0] else ""
    return f"{printable(region.name)} {printable(region.kind)}{size}"
