"""Values too large for a cell, and how they are looked at by window."""

from __future__ import annotations

from enum import Enum

from vm.values import dataclass


class Shape(Enum):
    """How values too large for a cell are looked at; the ids of the panes that show them."""

    MATRIX = "matrix"
    MEMORY = "memory"


class Room(Enum):
    """How much room on a screen the values of a program that are too large for a cell deserve at first."""

    MOST = "most"
    SOME = "some"
    NONE = "none"  # it makes none of them


@dataclass(frozen=True, slots=True)
class Region:
    """A value too large for a cell, looked at by window: a matrix, a vector, a memory."""

    name: str
    """Its place, such as `r3`."""
    kind: str
    """Kind of the value, as in `Cell.kind`."""
    title: str
    """One line of what it is, such as `binary model · 25 variables · 5×5 grid`."""
    rows: int
    cols: int
    upper: bool = False
    """Whether only cells with row <= col exist."""
    head: bool = False
    """Whether there is one more row of values, one a column, that stands above the matrix (linear terms)."""
    grid: tuple[int, int] = (0, 0)
    """Rows and columns of the grid the variables are arranged in; (0, 0) without one."""
    values: str = ""
    """What its values are, where there are but few: `bits`, `spins` or `categories`; empty for numbers."""
    base: int | None = None
    """Of a memory: the address of its first octet; row by row the others follow. None for what has no addresses.

    If the place of the region is `mem`, `mem[ADDRESS]` is one of its octets and `mem[ADDRESS:COUNT]` are several.
    """
    rights: str = ""
    """Of a memory: what a program may do with it, in a word such as `writable`."""

    @property
    def shape(self) -> Shape:
        """How it is looked at."""
        return Shape.MATRIX if self.base is None else Shape.MEMORY

    @property
    def end(self) -> int:
        """Of a memory: the address behind its last octet."""
        return (self.base or 0) + self.rows * self.cols


@dataclass(frozen=True, slots=True)
class Frame:
    """The part of a region that is wanted: `height` x `width` blocks of `scale` x `scale` cells from (row, col)."""

    row: int = 0
    col: int = 0
    height: int = 1
    width: int = 1
    scale: int = 1
    cursor: tuple[int, int] | None = None
    """A single cell to read out exactly, as (row, col); row -1 is the head."""


@dataclass(frozen=True, slots=True, eq=False)
class Window:
    """Values of a region within a frame. A block shows its value of largest magnitude; None where nothing is stored."""

    region: Region
    frame: Frame
    cells: tuple[tuple[int | None, ...], ...]
    head: tuple[int | None, ...]
    focus: int | None
    """The value under the cursor of the frame; None where nothing is stored."""
    focus_place: str
    """The place under the cursor, such as `r3.quad[1,5]`; empty where the region has no cell there."""
    largest: int
    """Greatest magnitude in the whole region, for the scale of colours; 0 when it holds nothing but zeros."""
    stored: int
    """Number of values stored in the whole region."""
