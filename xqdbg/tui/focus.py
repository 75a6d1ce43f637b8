"""What the cursor of a pane is at, and the command lines that its keys stand for.

Keys about the thing in focus only compose text; it is obeyed like any line somebody typed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Protocol, TypeAlias, runtime_checkable

from vm.values import dataclass
from xqdbg.addresses import location_of
from xqdbg.errors import XqdbgError
from xqdbg.moment import Breakpoint, Moment
from xqdbg.tui.glyphs import strongest

MOST_TIMES = 1_000
"""Hits that are counted off one by one; further ones are no farther."""
NO_VALUE = "put it on a register, a slot or a matrix cell"


@dataclass(frozen=True, slots=True)
class Pointed:
    """What the cursor of a pane is at."""

    name: str
    """What to call it in a message."""
    place: str = ""
    """The place, or the expression, it shows; empty for what is neither."""
    text: str = ""
    """What copying it gives."""
    never: int | None = None
    """Address of the instruction it is, if that is known never to be executed."""
    forms: Sequence[tuple[str, str]] = ()
    """What else copying it can give, by name, such as `hex`; a text is made when it is looked at."""
    pcs: Sequence[int] = ()
    """Addresses of the instructions it is."""


@runtime_checkable
class Pointing(Protocol):
    """A pane with a cursor."""

    @property
    def pointed(self) -> Pointed | None:
        """What the cursor is at; None where there is nothing."""
        ...


def pointed_in(pane: object) -> Pointed | None:
    """What the cursor of a pane is at; None for what has no cursor."""
    return pane.pointed if isinstance(pane, Pointing) else None


@runtime_checkable
class Typing(Protocol):
    """A pane into which text can be typed."""

    @property
    def is_typing(self) -> bool:
        """Whether what is typed now is text, and no keys."""
        ...


def is_typing(pane: object) -> bool:
    """Whether a pane takes what is typed as text."""
    return isinstance(pane, Typing) and pane.is_typing


@dataclass(frozen=True, slots=True)
class Focus:
    """Where the user's attention is."""

    moment: Moment
    pointed: Pointed | None = None
    """What the cursor of the pane in focus is at."""
    pcs: Sequence[int] = ()
    """Instructions of the line under the cursor of the code pane."""
    line: int | None = None
    """That line's number in the source."""
    edit: str = ""
    """The beginning of a line that changes the row of the pane in focus, if the row knows one."""


@dataclass(frozen=True, slots=True)
class Composed:
    """A command line that a key stands for."""

    text: str
    sure: bool = True
    """Whether it is complete; else it is the beginning of one, for the user to go on with."""
    times: int = 1
    """How often it is obeyed."""


def _place(pointed: Pointed | None) -> str:
    if pointed is None or not pointed.place:
        raise XqdbgError("no value is under the cursor", NO_VALUE)
    return pointed.place


def write_line(pointed: Pointed | None, *, forward: bool) -> str:
    """Go to the previous or next write of what is pointed at."""
    return f"{'next-write' if forward else 'last'} {_place(pointed)}"


def why_line(pointed: Pointed | None, moment: Moment | None = None) -> str:
    """Ask why something is as it is, why an instruction never runs, or why the one under the cursor faults."""
    if pointed is not None and pointed.never is not None:
        return f"whynot {location_of(pointed.never, moment.code if moment is not None else ())}"
    if moment is not None and moment.fault is not None and moment.fault.pc in (pointed.pcs if pointed else ()):
        return "why fault"
    return f"why {_place(pointed)}"


def slice_line(moment: Moment, pointed: Pointed | None) -> str:
    """Confine everything to what matters to the thing pointed at, or end that."""
    return "slice off" if moment.relevant is not None else f"slice {_place(pointed)}"


def edit_start(pointed: Pointed | None) -> str:
    """The beginning of a line that gives what is pointed at another value."""
    return f"set {_place(pointed)} = "


def hit_line(moment: Moment, pcs: Sequence[int], times: int, *, forward: bool) -> str:
    """Go to the previous or next time some instructions are executed."""
    if not pcs:
        raise XqdbgError("there is no instruction under the cursor", "move the cursor onto a line of code")
    tick = _hit(moment, pcs, times, forward)
    if tick is not None:
        return f"goto {tick}"
    future = moment.future
    if forward and (future is None or not future.complete):
        return f"until {location_of(pcs[0], moment.code)}"
    raise XqdbgError(
        f"this line is not executed {'again' if forward else 'before'}", "the rule of the code pane tells its hits"
    )


def _hit(moment: Moment, pcs: Sequence[int], times: int, forward: bool) -> int | None:
    """The tick of that hit; of the last one there is where there are not so many; None if there is none at all."""
    visits, tick = moment.visits, moment.tick
    if visits is None:
        return None
    found: int | None = None
    for _ in range(min(times, MOST_TIMES)):
        hits = [visits.after(pc, tick) if forward else visits.before(pc, tick) for pc in pcs]
        known = [hit for hit in hits if hit is not None]
        if not known:
            break
        found = tick = min(known) if forward else max(known)
    return found


def condition_start(moment: Moment, pcs: Sequence[int], line: int | None) -> str:
    """The beginning of a line that says when the breakpoint at some instructions stops; makes one if there is none."""
    if not pcs:
        raise XqdbgError("there is no instruction under the cursor", "move the cursor onto a line of code")
    here = strongest(each for each in moment.breakpoints if set(each.pcs) & set(pcs))
    if here is not None:
        return condition_of(here)
    return f"break {line if line is not None else location_of(pcs[0], moment.code)} if "


def condition_of(breakpoint: Breakpoint) -> str:
    """The line that gives a breakpoint the condition it has."""
    return f"condition {breakpoint.number} {breakpoint.condition}"


def mark_line(letter: str) -> str:
    """Name this moment by a letter."""
    _letter(letter)
    return f"bookmark {letter}"


def marked_line(letter: str) -> str:
    """Go to the moment named by a letter; to where one was before the last jump, for a second quote."""
    if letter == "'":
        return "jump-back"
    _letter(letter)
    return f"goto @{letter}"


def _letter(letter: str) -> None:
    if len(letter) != 1 or not (letter.isascii() and letter.isalpha()):
        raise XqdbgError(f"{letter[:12]!a} is no letter", "bookmarks of one key are called a to z, A to Z")


MOST_REPEATS = 100
"""How often a line is repeated for a count."""

Compose: TypeAlias = Callable[[Focus, int], Composed]
"""From where the attention is, and a count, to a line. XqdbgError where there is nothing to be said."""

KEYS: Mapping[str, Compose] = MappingProxyType(
    {
        "at.hit_before": lambda at, n: Composed(hit_line(at.moment, at.pcs, n, forward=False)),
        "at.hit_after": lambda at, n: Composed(hit_line(at.moment, at.pcs, n, forward=True)),
        "at.write_before": lambda at, n: Composed(write_line(at.pointed, forward=False), times=min(n, MOST_REPEATS)),
        "at.write_after": lambda at, n: Composed(write_line(at.pointed, forward=True), times=min(n, MOST_REPEATS)),
        "at.why": lambda at, _: Composed(why_line(at.pointed, at.moment)),
        "at.slice": lambda at, _: Composed(slice_line(at.moment, at.pointed)),
        "at.edit": lambda at, _: Composed(at.edit or edit_start(at.pointed), sure=False),
        "at.print": lambda _at, _: Composed("print ", sure=False),
        "at.list": lambda _at, _: Composed("list ", sure=False),
        "at.condition": lambda at, _: Composed(at.edit or condition_start(at.moment, at.pcs, at.line), sure=False),
    }
)
"""What the keys of the face about the thing in focus stand for, by command id."""
