"""All that is kept of a session, as plain values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field

from vm.values import dataclass
from xqdbg import __version__
from xqdbg.answer import Json
from xqdbg.moment import Bookmark, Breakpoint, Pin

HASH_DIGITS = 16
"""Hexadecimal digits of a hash of a state or of a link."""
MOST_LINKS = 64
"""Links of a chain."""


@dataclass(frozen=True, slots=True)
class Chain:
    """Hashes of the states of a run, each one also of all before it, so that the first difference can be told."""

    first: int
    """Tick of the first link."""
    last: int
    """Tick of the last link: the end, or how far the run was known."""
    stride: int
    """A power of two: links stand at its multiples, and at both ends."""
    links: tuple[str, ...]
    ended: bool
    """Whether the run ends at `last`."""

    @property
    def ticks(self) -> Sequence[int]:
        """The tick of each link."""
        end = [self.last] if self.last > self.first else []
        return [self.first, *_inner(self.first, self.last, self.stride), *end]


def link_count(first: int, last: int, stride: int) -> int:
    """How many links a chain has."""
    return 1 + len(_inner(first, last, stride)) + (last > first)


def stride_of(first: int, last: int, most: int = MOST_LINKS) -> int:
    """The smallest power of two that makes a chain of no more than `most` links."""
    stride = 1
    while link_count(first, last, stride) > max(2, most):
        stride *= 2
    return stride


def _inner(first: int, last: int, stride: int) -> range:
    return range(first // stride * stride + stride, last, stride)


@dataclass(frozen=True, slots=True)
class SavedEdit:
    """A value put into a place."""

    place: str
    value: Json
    """As `Machine.to_json` gives it."""
    text: str
    """As the user sees it."""


@dataclass(frozen=True, slots=True)
class SavedBranch:
    """A history, and what proves that it is the same one."""

    name: str
    parent: str = ""
    tick: int = 0
    edits: tuple[SavedEdit, ...] = ()
    """Its own, all made at `tick`."""
    chain: Chain | None = None
    """From `tick` on; None for a branch that was not replayed when the file was written."""
    position: int | None = None
    """Where the user left it; None: where it begins, or where the user is."""


@dataclass(frozen=True, slots=True)
class SavedPosition:
    """Where the user was."""

    branch: str
    tick: int
    state: str = ""
    """The hash of the state there; empty if it is not known."""


@dataclass(frozen=True, slots=True)
class SavedDisplay:
    """An expression that is shown at every moment."""

    number: int
    expression: str
    format: str = ""


@dataclass(frozen=True, slots=True)
class SavedProgram:
    """The program itself: its text, or bytecode if there is none."""

    text: str = ""
    code: bytes = b""


@dataclass(frozen=True, slots=True)
class SessionRecord:
    """All that is kept of a session."""

    machine: str
    """Name of the machine, as registered."""
    name: str
    """What the user calls the program."""
    program: SavedProgram
    inputs: Mapping[str, Json]
    """Inputs and limits, as the machine's tools take them."""
    branches: tuple[SavedBranch, ...]
    """The run itself first, each after its parent."""
    position: SavedPosition
    breakpoints: tuple[Breakpoint, ...] = ()
    displays: tuple[SavedDisplay, ...] = ()
    bookmarks: tuple[Bookmark, ...] = ()
    """In the order they were made."""
    pins: tuple[Pin, ...] = ()
    values: Mapping[str, Json] = field(default_factory=dict)
    """The user's `$names`, without the sign."""
    queries: tuple[str, ...] = ()
    """Command lines that asked something, oldest first."""
    written_by: str = __version__
    """Version of the program that wrote it."""


def default_text(place: str, value: Json) -> str:
    """How an edit is told if nothing better is known."""
    return f"{place} = {value if type(value) is int else 'unset' if value is None else '…'}"
