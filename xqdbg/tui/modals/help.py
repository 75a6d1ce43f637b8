"""Help: every command and key, from the tables they come from."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from textwrap import wrap
from typing import ClassVar

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from xqdbg.commands import Command
from xqdbg.commands.guide import topic_named
from xqdbg.commands.topics import TOPICS
from xqdbg.tui.face import key_name
from xqdbg.tui.glyphs import BOOKMARK, CONDITIONAL, DISABLED, ENABLED, EXECUTED, FINDING, NEVER, SLICED, TEMPORARY
from xqdbg.tui.marks import BOTH, CHANGED, READS, WRITES, WRITTEN
from xqdbg.tui.modals.help_keys import ANYWHERE, SECTIONS, Pair, Section
from xqdbg.tui.modals.once import OnceModal
from xqdbg.tui.panes.cell_drawing import CLOSED, OPEN
from xqdbg.tui.panes.matrix_text import NEGATIVE, NOTHING, PAIRS, POSITIVE, STORED_ZERO

GROUPS: Mapping[str, str] = {
    "run": "Run, forwards and backwards",
    "time": "Go to a time",
    "break": "Stop",
    "show": "Look",
    "ask": "Ask about the whole run",
    "at": "Ask about what the cursor is at",
    "branch": "Change the past",
    "keep": "Keep",
    "ui": "The screen",
}
"""Titles by the first part of a command's id."""

GLYPHS: Sequence[tuple[str, str]] = (
    (" ".join(map(str.strip, POSITIVE)), "positive, from weak to strong"),
    (" ".join(map(str.strip, NEGATIVE)), "negative, from weak to strong"),
    (" ".join(map(str.strip, (STORED_ZERO, NOTHING))), "a zero that is stored; nothing stored"),
    (f"{PAIRS[1, 0]} {PAIRS[0, 1]} {PAIRS[1, 1]}", "two rows a line: positive above, below, both"),
    (f"{PAIRS[-1, 0]} {PAIRS[0, -1]} {PAIRS[-1, -1]}", "two rows a line: negative above, below, both"),
    (f"{PAIRS[1, -1]} {PAIRS[-1, 1]}", "two rows a line: positive above negative; negative above positive"),
    ("▀", "two rows a line, told by colour: the upper half is the upper row"),
)
"""What the matrix pane draws, and what it stands for."""
CODE_GLYPHS: Sequence[tuple[str, str]] = (
    (f"{ENABLED} {CONDITIONAL} {TEMPORARY} {DISABLED}", "breakpoints: plain, with a condition, for once, disabled"),
    ("△ ▷ ▽ »", "in lists: watched for changes, reads, both; a logpoint"),
    (f"{EXECUTED} {NEVER} {SLICED}", "executed already, never executed in this run, in the slice"),
    (FINDING, "the verifier finds something wrong"),
    (BOOKMARK, "the machine stands here in a moment with a bookmark"),
    ("a=7 → r4=9", "what the next instruction reads, and what it is about to write"),
)
"""What stands beside the code, and what it stands for."""
VALUE_GLYPHS: Sequence[tuple[str, str]] = (
    (f"{WRITTEN} {CHANGED}", "just written; changed on the way here, after a longer move"),
    (f"{READS} {WRITES} {BOTH}", "the next instruction reads it, writes it, both; → what it writes"),
    (f"{CLOSED} {OPEN}", "there is something inside; it is shown below"),
)
"""What stands before values, and what it stands for."""
TIME_GLYPHS: Sequence[tuple[str, str]] = (
    ("━ ◆ ─ ┄", "behind, now, known to come, not known yet"),
    ("a • ● ╵", "a bookmark by its first letter, a hit of a breakpoint, several, a stop"),
    ("▂ ▅ █", "writes to the place the cursor was moved to, few to many"),
    ("↑ ⇑ ┼", "an output, several; a loop goes around"),
    ("✓ ✗ ?", "pins that hold, do not, are not checked"),
    ("┬ ┴ ■ ✖", "branches leave, this one left; the end, a fault"),
)
"""What the timeline is drawn with, and what it stands for."""
_KEY_COLUMNS = 13
_GAP = re.compile(r"(?<=\S)  +(?=\S)")
"""Between two columns of a table."""
_USAGE_COLUMNS = 25
_MOST_COLUMNS = 104
"""A help wider than this would be hard to read."""
_TOPIC_COLUMNS = 124
"""A topic is written in lines of its own, and is wider."""
_FRAME_COLUMNS = 5
"""Border, padding and scrollbar."""


class HelpModal(OnceModal[None]):
    """All commands, or one explained."""

    DEFAULT_CSS = """
    HelpModal {
        align: center middle;
        background: $background 60%;
        & > Vertical {
            width: auto; height: auto; max-height: 92%;
            background: $surface;
            border: round $xq-rule-focus;
            border-title-color: $xq-rule-focus;
            border-subtitle-color: $xq-quiet;
            padding: 0 1;
        }
        VerticalScroll { height: auto; max-height: 100%; scrollbar-size-vertical: 1; scrollbar-background: $surface; }
        VerticalScroll > Static { height: auto; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,question_mark,f1", "leave", "Close", show=False),
        Binding("j", "move(1)", "Down", show=False),
        Binding("k", "move(-1)", "Up", show=False),
        Binding("tab,n", "turn(1)", "Next section", show=False),
        Binding("shift+tab,N", "turn(-1)", "Previous section", show=False),
    ]

    def __init__(
        self,
        commands: Iterable[Command],
        keys: Mapping[str, Sequence[str]],
        only: Command | None = None,
        topic: str = "",
        here: str = "",
        pane: str = "",
    ) -> None:
        """Take a command to explain, the text of a topic, or a pane; without any, all commands are told of.

        `here` is the pane in focus, whose keys are told first.
        """
        super().__init__()
        self._commands, self._keys, self._only, self._topic = tuple(commands), keys, only, topic
        self._here, self._pane = here, pane
        self._sections: Sequence[int] = ()
        """Rows at which sections begin."""

    def compose(self) -> ComposeResult:
        with Vertical() as frame, VerticalScroll():
            yield Static("", markup=False)
        title = self._topic.partition("\n")[0]
        frame.border_title = Content(f"help {self._only.word if self._only else self._pane or title}".strip())
        is_whole = not (self._only or self._topic or self._pane)
        frame.border_subtitle = "esc closes · j k scroll" + (" · tab next section" if is_whole else "")

    def on_resize(self) -> None:
        columns = min(_MOST_COLUMNS if not self._topic else _TOPIC_COLUMNS, self.size.width - 4)
        self.query_one(Vertical).styles.width = columns
        width = columns - _FRAME_COLUMNS
        only, keys = self._only, self._keys
        if self._topic:
            text = Content.styled(fitted(self._topic.partition("\n")[2], width), "$foreground")
        elif self._pane:
            text = pane_listed(self._pane, width)
        else:
            text = explained(only, keys, width) if only else listed(self._commands, keys, width, self._here)
            self._sections = _beginnings(text) if only is None else ()
        self.query_one(Static).update(text)

    def action_leave(self) -> None:
        self.leave()

    def action_move(self, rows: int) -> None:
        self.query_one(VerticalScroll).scroll_relative(y=rows, animate=False)

    def action_turn(self, by: int) -> None:
        """To the next section or the one before."""
        scroll = self.query_one(VerticalScroll)
        at = round(scroll.scroll_y)
        rows = [row for row in self._sections if (row - at) * by > 0]
        if rows:
            scroll.scroll_to(y=rows[0 if by > 0 else -1], animate=False)


def _beginnings(text: Content) -> list[int]:
    """Rows at which sections begin: the first one, and those behind an empty row."""
    rows = text.plain.split("\n")
    return [at for at in range(len(rows)) if not at or not rows[at - 1]]


def listed(commands: Sequence[Command], keys: Mapping[str, Sequence[str]], width: int, here: str = "") -> Content:
    """The keys of the pane in focus, all commands by group, then the keys of the other panes, and signs.

    What the code does is what the commands do; it comes behind them even where it has the focus.
    """
    lines: list[Content] = []
    if here in SECTIONS and here != "code":
        lines += [*_section(SECTIONS[here], width), Content("")]
    for group, title in GROUPS.items():
        rows = [command for command in commands if command.id.partition(".")[0] == group]
        if rows:
            lines += [
                Content.styled(title, "bold $xq-rule-focus"),
                *(_row(row, keys, width) for row in rows),
                Content(""),
            ]
    lines += [Content.styled("On the command line", "bold $xq-rule-focus")]
    lines += [_pair(("help", f"explains a command, a pane, or one of {', '.join(TOPICS)}"), "$xq-op", width)]
    for section in (ANYWHERE, *(section for pane, section in SECTIONS.items() if pane != here or pane == "code")):
        lines += [Content(""), *_section(section, width)]
    signs = {"What stands beside the code": CODE_GLYPHS, "What stands before values": VALUE_GLYPHS,
             "What the timeline is drawn with": TIME_GLYPHS,
             "What the matrix is drawn with": GLYPHS}  # fmt: skip
    for title, pairs in signs.items():
        lines += [Content(""), Content.styled(title, "bold $xq-rule-focus")]
        lines += [_pair(pair, "$xq-op", width) for pair in pairs]
    return Content("\n").join(lines)


def pane_listed(pane: str, width: int) -> Content:
    """The keys of one pane, and those that are the same in all."""
    parts = [*_section(SECTIONS[pane], width), Content(""), *_section(ANYWHERE, width)]
    return Content("\n").join(parts)


def _section(section: Section, width: int) -> list[Content]:
    title = Content.styled(section.title, "bold $xq-rule-focus")
    return [title, *(_pair(pair, "bold $xq-changed", width) for pair in section.pairs)]


def _pair(pair: Pair, ink: str, width: int) -> Content:
    left, right = pair
    gap = " " * max(1, _KEY_COLUMNS - cell_len(left))
    return Content.assemble((left + gap, ink), _hanging(right, max(_KEY_COLUMNS, cell_len(left) + 1), width))


def explained(command: Command, keys: Mapping[str, Sequence[str]], width: int) -> Content:
    """One command at length."""
    rows = [
        ("does", command.help),
        ("usage", command.usage),
        ("example", command.example),
        ("keys", "  ".join(map(key_name, keys.get(command.id, ())))),
        ("also", ", ".join(command.words[1:])),
        ("more", f"help {topic}" if (topic := topic_named(command.word)) and topic != command.word else ""),
    ]
    return Content("\n").join(
        Content.assemble((f"{label:<9}" if label else "", "$xq-quiet"), _hanging(text, 9, width))
        for label, text in rows
        if text
    )


def _row(command: Command, keys: Mapping[str, Sequence[str]], width: int) -> Content:
    shown, indent = " ".join(key_name(key) for key in keys.get(command.id, ())[:2]), _KEY_COLUMNS + _USAGE_COLUMNS + 1
    usage = command.usage or command.title
    below = "\n" + " " * indent if len(usage) > _USAGE_COLUMNS else ""
    return Content.assemble(
        (shown.ljust(_KEY_COLUMNS), "bold $xq-changed"),
        (usage.ljust(_USAGE_COLUMNS) + " ", "$xq-op" if command.usage else "$xq-title"),
        below,
        _hanging(command.help, indent, width),
    )


def fitted(text: str, width: int) -> str:
    """A topic whose lines are no longer than that: prose is wrapped, a row of a table below its second column."""
    lines: list[str] = []
    for is_prose, group in groupby(text.split("\n"), lambda line: line[:1] not in ("", " ")):
        rows = list(group)
        if is_prose and max(map(len, rows)) > width:
            lines += wrap(" ".join(rows), width, break_on_hyphens=False)
        else:
            lines += [part for row in rows for part in _folded(row, width)]
    return "\n".join(lines)


def _folded(row: str, width: int) -> list[str]:
    gap = _GAP.search(row)
    indent = " " * min(gap.end() if gap else 4, width // 2)
    return wrap(row, width, subsequent_indent=indent, break_on_hyphens=False) if len(row) > width else [row]


def _hanging(text: str, indent: int, width: int) -> Content:
    """Text wrapped in the columns from `indent` on."""
    lines = wrap(text, max(20, width - indent))
    return Content("\n" + " " * indent).join(Content.styled(line, "$foreground") for line in lines)
