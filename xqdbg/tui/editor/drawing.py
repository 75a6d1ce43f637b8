"""How a line of the editor is drawn: marks, number, and the text in its colours."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from vm.values import dataclass
from xqdbg.tui.editor.lines import drawn, spread
from xqdbg.tui.glyphs import FINDING, HERE
from xqdbg.tui.highlight import Span

ERROR, WARNING = "✖", FINDING
"""What stands beside a line with an error, and beside one with a warning."""
MARKS = 3
"""Columns in front of the number: a breakpoint, the arrow, a blank."""
MOST_COLOURED = 2_000
"""Characters of a line that are told apart by colour: nobody reads further, and each key would pay for it."""

Paint = Callable[[str], Style]
"""From the name of a component class, without its beginning, to a style."""


@dataclass(frozen=True, slots=True)
class Underline:
    """Characters of a line that something is wrong with."""

    start: int
    end: int
    is_error: bool


@dataclass(frozen=True, slots=True)
class Look:
    """All that decides how a line is drawn."""

    text: str
    number: int
    """From 1; 0 behind the end of the text."""
    digits: int
    mark: str = " "
    armed: bool = False
    here: bool = False
    """Whether the machine stands on it."""
    fault: bool = False
    attended: bool = False
    """Whether the cursor is on it."""
    cursor: int = -1
    """The character the cursor is at; -1 where it is not seen."""
    selected: tuple[int, int] = (0, 0)
    underlines: tuple[Underline, ...] = ()
    found: tuple[tuple[int, int], ...] = ()
    """Characters that are being looked for."""


def gutter_columns(digits: int) -> int:
    """Columns in front of the text."""
    return MARKS + digits + 3


def draw(look: Look, spans: Callable[[str], Sequence[Span]], paint: Paint, scroll: int, width: int) -> Strip:
    """One line, exactly `width` cells wide, its text from cell `scroll` on."""
    paper = _paper(look, paint)
    gutter = Strip(_gutter(look, paint, paper), gutter_columns(look.digits))
    room = max(0, width - gutter.cell_length)
    text = Strip(_text(look, spans, paint, paper)).crop_extend(scroll, scroll + room, paper)
    return Strip.join([gutter, text]).crop_extend(0, width, paper)


def _paper(look: Look, paint: Paint) -> Style:
    """What all of a line stands on."""
    if look.here:
        return paint("plain") + paint("fault" if look.fault else "pc").background_style
    if look.attended:
        return paint("plain") + paint("line").background_style
    return paint("plain")


def _gutter(look: Look, paint: Paint, paper: Style) -> list[Segment]:
    def ink(name: str) -> Style:
        return paint(name) + paper.background_style

    arrow = ink("fault-mark" if look.fault else "arrow")
    number = str(look.number) if look.number else ""
    sign, signed = " ", "number"
    if look.underlines:
        error = any(each.is_error for each in look.underlines)
        sign, signed = (ERROR, "error-mark") if error else (WARNING, "warning-mark")
    return [
        Segment(look.mark, ink("breakpoint" if look.armed else "number")),
        Segment(f"{HERE} " if look.here else "  ", arrow),
        Segment(f"{number:>{look.digits}}", arrow if look.here else ink("here" if look.attended else "number")),
        Segment(" ", paper),
        Segment(sign, ink(signed)),
        Segment(" ", paper),
    ]


def _text(look: Look, spans: Callable[[str], Sequence[Span]], paint: Paint, paper: Style) -> list[Segment]:
    """The text and one blank for the cursor, cut where its style changes."""
    text = drawn(look.text) + " "
    inks = _inks(text, spans, paint, paper)
    cuts = {0, len(text), *inks}
    for start, end in (look.selected, *look.found, *((each.start, each.end) for each in look.underlines)):
        cuts.update((start, end))
    if look.cursor >= 0:
        cuts.update((look.cursor, look.cursor + 1))
    edges = sorted(cut for cut in cuts if 0 <= cut <= len(text))
    segments, at, ink = [], 0, paper
    for start, end in pairwise(edges):
        ink = inks.get(start, ink)
        piece, at = spread(text[start:end], at)
        segments.append(Segment(piece, _over(ink, look, start, paint)))
    return segments


def _inks(text: str, spans: Callable[[str], Sequence[Span]], paint: Paint, paper: Style) -> dict[int, Style]:
    """The style from each place on where the kind of the text changes."""
    inks: dict[int, Style] = {}
    at = 0
    for kind, part in spans(text[:MOST_COLOURED]):
        inks[at] = (paint(f"kind-{kind}") if kind else paint("plain")) + paper.background_style
        at += len(part)
    inks[at] = paint("plain") + paper.background_style
    return inks


def _over(ink: Style, look: Look, at: int, paint: Paint) -> Style:
    """The style of a character with all that lies over it."""
    for each in look.underlines:
        if each.start <= at < each.end:
            ink += paint("error" if each.is_error else "warning")
    if any(start <= at < end for start, end in look.found):
        ink += paint("found")
    if look.selected[0] <= at < look.selected[1]:
        ink += paint("selection")
    if at == look.cursor:
        ink += paint("cursor")
    return ink
