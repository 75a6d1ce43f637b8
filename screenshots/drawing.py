"""A screen as SVG: small, the same in every renderer, and with its plain text inside for those who cannot see it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from html import escape

from rich.cells import cell_len
from rich.color import Color
from rich.style import Style
from rich.terminal_theme import DIMMED_MONOKAI, TerminalTheme
from textual.strip import Strip

from screenshots.playing import Screen

COLUMN, ROW = 12.2, 24.4
"""The size of a cell, for letters of 20 pixels."""
BASELINE = 18.5
MARGIN, BAR = 9, 41
"""Around the screen, and what the title takes of it above."""
FONTS = '"Fira Code","JetBrains Mono",Menlo,Consolas,"DejaVu Sans Mono",monospace'
NO_BREAK = "\N{NO-BREAK SPACE}"
"""Stands for a space, which renderers leave out at will."""
ANSI: TerminalTheme = DIMMED_MONOKAI
"""What a terminal makes of colours that are left to it."""

# x, y, width and height in eighths of a cell: what fonts do not draw from edge to edge is drawn as shapes.
SHAPES: dict[str, tuple[tuple[int, int, int, int], ...]] = {
    "▀": ((0, 0, 8, 4),), "▐": ((4, 0, 4, 8),), "▔": ((0, 0, 8, 1),), "▕": ((7, 0, 1, 8),),
    **{chr(0x2580 + high): ((0, 8 - high, 8, high),) for high in range(1, 9)},
    **{chr(0x2590 - wide): ((0, 0, wide, 8),) for wide in range(1, 8)},
    "▖": ((0, 4, 4, 4),), "▗": ((4, 4, 4, 4),), "▘": ((0, 0, 4, 4),), "▝": ((4, 0, 4, 4),),
    "▚": ((0, 0, 4, 4), (4, 4, 4, 4)), "▞": ((4, 0, 4, 4), (0, 4, 4, 4)),
}  # fmt: skip
THIN, THICK = 1.6, 3.2
# Which ways a line goes from the middle of a cell (left, right, up, down), and how thick it is.
LINES: dict[str, tuple[str, float]] = {
    "─": ("lr", THIN), "│": ("ud", THIN), "┌": ("rd", THIN), "┐": ("ld", THIN), "└": ("ru", THIN), "┘": ("lu", THIN),
    "├": ("rud", THIN), "┤": ("lud", THIN), "┬": ("lrd", THIN), "┴": ("lru", THIN), "┼": ("lrud", THIN),
    "╭": ("rd", THIN), "╮": ("ld", THIN), "╰": ("ru", THIN), "╯": ("lu", THIN),
    "╴": ("l", THIN), "╶": ("r", THIN), "╵": ("u", THIN), "╷": ("d", THIN),
    "━": ("lr", THICK), "┃": ("ud", THICK), "╸": ("l", THICK), "╺": ("r", THICK), "╹": ("u", THICK), "╻": ("d", THICK),
}  # fmt: skip

Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Ink:
    """How letters look."""

    colour: str
    bold: bool = False
    italic: bool = False
    underline: bool = False
    strike: bool = False

    @property
    def rules(self) -> str:
        """As a stylesheet says it."""
        lines = " ".join(["underline"] * self.underline + ["line-through"] * self.strike)
        said = [f"fill:{self.colour}", *["font-weight:bold"] * self.bold, *["font-style:italic"] * self.italic]
        return ";".join([*said, *([f"text-decoration:{lines}"] if lines else [])])


@dataclass(slots=True)
class Sheet:
    """What is drawn, sorted by colour and by kind of letters."""

    background: str
    boxes: dict[str, list[Box]] = field(default_factory=dict)
    """Behind the letters, by colour."""
    shapes: dict[str, list[Box]] = field(default_factory=dict)
    """Glyphs that are drawn, by colour."""
    letters: list[tuple[Ink, float, float, str]] = field(default_factory=list)
    """With where they stand: the left end of their baseline."""

    def row(self, at: int, runs: Iterable[tuple[str, Style | None]]) -> None:
        """Take a row of the screen in."""
        x = 0
        for text, style in runs:
            ink, behind = looks(style, self.background)
            width = cell_len(text)
            if behind != self.background:
                self.boxes.setdefault(behind, []).append((x * COLUMN, at * ROW, width * COLUMN, ROW))
            for start, part in _parts(text):
                self._take(ink, (x + start) * COLUMN, at * ROW, part)
            x += width

    def _take(self, ink: Ink, x: float, y: float, part: str) -> None:
        if part in SHAPES or part in LINES:
            self.shapes.setdefault(ink.colour, []).extend(_shaped(part, x, y))
        elif part.strip() or ink.underline or ink.strike:
            self.letters.append((ink, x, y + BASELINE, part))


def looks(style: Style | None, background: str) -> tuple[Ink, str]:
    """Letters, and the colour behind them."""
    style = style or Style.null()
    front, back = _hex(style.color, foreground=True), _hex(style.bgcolor, foreground=False, otherwise=background)
    if style.reverse:
        front, back = back, front
    if style.dim:
        front = _between(front, back)
    return Ink(front, bool(style.bold), bool(style.italic), bool(style.underline), bool(style.strike)), back


def _hex(colour: Color | None, *, foreground: bool, otherwise: str = "") -> str:
    if colour is None or colour.is_default:
        return otherwise or ANSI.foreground_color.hex
    return colour.get_truecolor(ANSI, foreground=foreground).hex


def _between(one: str, other: str) -> str:
    mixed = [(int(one[at : at + 2], 16) + int(other[at : at + 2], 16)) // 2 for at in (1, 3, 5)]
    return "#{:02x}{:02x}{:02x}".format(*mixed)


def _parts(text: str) -> Iterator[tuple[int, str]]:
    """What is drawn in one go, and how many cells stand before it: shapes alone, words with single spaces together."""
    at, word, start = 0, "", 0
    for letter in text:
        if letter in SHAPES or letter in LINES or (letter == " " and word.endswith(" ")):
            if word.strip():
                yield start, word.rstrip()
            word = ""
            if letter != " ":
                yield at, letter
        elif word or letter != " ":
            start = at if not word else start
            word += letter
        at += cell_len(letter)
    if word.strip():
        yield start, word.rstrip()


def _shaped(glyph: str, x: float, y: float) -> Iterator[Box]:
    """The boxes a glyph is made of."""
    for left, top, width, height in SHAPES.get(glyph, ()):
        yield x + left * COLUMN / 8, y + top * ROW / 8, width * COLUMN / 8, height * ROW / 8
    ways, thick = LINES.get(glyph, ("", 0.0))
    half, across, down = thick / 2, COLUMN / 2, ROW / 2
    for way in ways:
        if way in "lr":
            yield x + (0 if way == "l" else across - half), y + down - half, across + half, thick
        else:
            yield x + across - half, y + (0 if way == "u" else down - half), thick, down + half


# Writing it down


def frame(screen: Sequence[Strip], background: str) -> Sheet:
    """Rows of a screen, ready to be written down."""
    sheet = Sheet(background)
    for at, strip in enumerate(screen):
        sheet.row(at, _joined(strip))
    return sheet


def row_of(strip: Strip, at: int, background: str) -> Sheet:
    """One row of a screen, ready to be written down."""
    sheet = Sheet(background)
    sheet.row(at, _joined(strip))
    return sheet


def ground(screen: Screen) -> str:
    """The colour of what nothing is drawn on."""
    colour = Color.parse(screen.background) if screen.background.startswith("#") else None
    return _hex(colour, foreground=False, otherwise=ANSI.background_color.hex)


def _joined(strip: Strip) -> Iterator[tuple[str, Style | None]]:
    """Neighbours that look alike as one."""
    text, style = "", None
    for segment in strip:
        if text and segment.style == style:
            text += segment.text
            continue
        if text:
            yield text, style
        text, style = segment.text, segment.style
    if text:
        yield text, style


def written(sheet: Sheet, inks: dict[Ink, str]) -> str:
    """A sheet as SVG; `inks` names the classes of letters and gets those that are new."""
    paths = [_path(colour, boxes) for colour, boxes in sheet.boxes.items()]
    paths += [_path(colour, boxes) for colour, boxes in sheet.shapes.items()]
    rows = [
        f'<text class="{inks.setdefault(ink, f"i{len(inks)}")}" x="{_short(x)}" y="{_short(y)}" '
        f'textLength="{_short(cell_len(text) * COLUMN)}">{escape(text.replace(" ", NO_BREAK))}</text>'
        for ink, x, y, text in sheet.letters
    ]
    return "\n".join([*paths, *rows])


def _path(colour: str, boxes: Iterable[Box]) -> str:
    drawn = "".join(f"M{_short(x)} {_short(y)}h{_short(w)}v{_short(h)}h-{_short(w)}z" for x, y, w, h in _merged(boxes))
    return f'<path fill="{colour}" d="{drawn}"/>'


def _merged(boxes: Iterable[Box]) -> list[Box]:
    """Boxes that stand side by side as one."""
    merged: list[Box] = []
    for x, y, width, height in boxes:
        last = merged[-1] if merged else None
        if last is not None and (last[1], last[3]) == (y, height) and abs(last[0] + last[2] - x) < COLUMN / 2:
            merged[-1] = (last[0], y, max(last[2], x + width - last[0]), height)
        else:
            merged.append((x, y, width, height))
    return merged


def _short(number: float) -> str:
    return f"{number:.1f}".removesuffix(".0")


def sheet_of_rules(inks: dict[Ink, str], more: str = "") -> str:
    """The stylesheet of a picture."""
    rules = [f".{name}{{{ink.rules}}}" for ink, name in inks.items()]
    return f"<style>text{{font:20px {FONTS}}}path{{shape-rendering:crispEdges}}{''.join(rules)}{more}</style>"


def window(title: str, size: tuple[float, float], background: str, text: str, inside: Sequence[str], rules: str) -> str:
    """A picture in the window of a terminal: a title above, and what it says as plain text for who cannot see it."""
    width, height = size[0] + 2 * MARGIN, size[1] + MARGIN + BAR
    bright = sum(int(background[at : at + 2], 16) for at in (1, 3, 5)) > 3 * 128
    bar, letters = ("#e4e4e4", "#444444") if bright else ("#292929", "#c5c8c6")
    lights = "".join(
        f'<circle cx="{26 + 22 * at}" cy="21" r="7" fill="{colour}"/>'
        for at, colour in enumerate(("#ff5f57", "#febc2e", "#28c840"))
    )
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_short(width)} {_short(height)}" role="img">',
            f"<title>{escape(title)}</title>",
            f"<desc>{escape(text, quote=False)}</desc>",
            rules,
            f'<rect width="{_short(width)}" height="{_short(height)}" rx="8" fill="{bar}"/>',
            lights,
            f'<text x="{_short(width / 2)}" y="27" fill="{letters}" text-anchor="middle" '
            f'style="font:bold 18px Arial,Helvetica,sans-serif">{escape(title)}</text>',
            f'<g transform="translate({MARGIN} {BAR})">',
            f'<rect width="{_short(size[0])}" height="{_short(size[1])}" fill="{background}"/>',
            *inside,
            "</g>",
            "</svg>\n",
        ]
    )


def picture(screen: Screen, title: str) -> str:
    """A screen as a picture."""
    inks: dict[Ink, str] = {}
    background = ground(screen)
    inside = written(frame(screen.strips, background), inks)
    size = screen.size[0] * COLUMN, screen.size[1] * ROW
    return window(title, size, background, screen.text, [inside], sheet_of_rules(inks))
