"""Help: every command and key, from the tables they come from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from textwrap import wrap
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from xqdbg.commands import Command
from xqdbg.commands.topics import TOPICS
from xqdbg.tui.face import key_name
from xqdbg.tui.glyphs import BOOKMARK, CONDITIONAL, DISABLED, ENABLED, EXECUTED, FINDING, NEVER, SLICED, TEMPORARY
from xqdbg.tui.marks import BOTH, CHANGED, READS, WRITES, WRITTEN
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

PANE_KEYS: Sequence[tuple[str, str]] = (
    ("12s", "digits before a key are a count; esc drops it"),
    ("tab", "next pane; 3 tab or alt+3 goes to pane 3"),
    ("j k ↑ ↓", "move the cursor in the focused pane, 10j by ten rows; it never steps"),
    ("d", "code: source, disassembly, or both beside each other"),
    ("/ , .", "code: search; previous, next match; esc ends it"),
    ("v t ^l", "code: hide what is outside of the slice; follow the machine or stay; to where it stands"),
    ("click", "code: in the left margin, a breakpoint; with ctrl, run to there; drag selects, y copies"),
    ("enter + -", "values: look inside and close again; a number shows in the matrix pane, v any value"),
    ("/ a p #", "values: filter; all slots or those in use; keep in sight; decimal, hex, binary"),
    ("t v , .", "costs: by line or opcode; by which meter; to where it ran before, runs next"),
    ("+ - *", "matrix: closer, farther, fit"),
    (", .", "matrix: previous, next value"),
    ("enter", "matrix: every contribution to the coefficient under the cursor"),
    ("← →", "timeline, pane 0: back and forth; with shift far; ↑ ↓ to what is marked, enter exactly there"),
    ("+ -", "timeline: a part of the run around here, or more of it"),
    ("enter", "lists and answers: go there; ← → other lists, d deletes, space on and off, esc closes"),
    ("^p", "command palette: commands and themes"),
)
EDITOR_KEYS: Sequence[tuple[str, str]] = (
    ("^r F5", "run what is edited, from the same tick where the run is the same"),
    ("^s ^o ^n", "save, open another file, begin a text; alt+s saves under another name"),
    ("^space tab", "complete: the first word, or the one chosen by ↑ ↓; two letters offer words unasked"),
    ("^k", "explain the word at the cursor; so does the mouse, where it rests"),
    ("F8 F12 F2", "next problem, to the label, rename; with shift before and back"),
    ("^f ^g F3", "find and replace, go to a line, find again"),
    ("^/ F4", "make comments of lines or lines of comments; put the text into its usual form"),
    ("^z ^y ^↑ ^↓", "undo, redo, move lines; F9 sets a breakpoint, F10 and F11 step on"),
    ("esc", "to the panes, where letters are commands again"),
)
"""What keys mean while one types."""
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
_USAGE_COLUMNS = 25
_MOST_COLUMNS = 104
"""A help wider than this would be hard to read."""
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
    ]

    def __init__(
        self,
        commands: Iterable[Command],
        keys: Mapping[str, Sequence[str]],
        only: Command | None = None,
        topic: str = "",
    ) -> None:
        """Take a command to explain, or the text of a topic; without either, all commands are told of."""
        super().__init__()
        self._commands, self._keys, self._only, self._topic = tuple(commands), keys, only, topic

    def compose(self) -> ComposeResult:
        with Vertical() as frame, VerticalScroll():
            yield Static("", markup=False)
        title = self._topic.partition("\n")[0]
        frame.border_title = Content(f"help {self._only.word if self._only else title}".strip())
        frame.border_subtitle = "esc closes · j k scroll"

    def on_resize(self) -> None:
        columns = min(_MOST_COLUMNS, self.size.width - 4)
        self.query_one(Vertical).styles.width = columns
        width = columns - _FRAME_COLUMNS
        only, keys = self._only, self._keys
        if self._topic:
            text = Content.styled(self._topic.partition("\n")[2], "$foreground")
        else:
            text = explained(only, keys, width) if only else listed(self._commands, keys, width)
        self.query_one(Static).update(text)

    def action_leave(self) -> None:
        self.leave()

    def action_move(self, rows: int) -> None:
        self.query_one(VerticalScroll).scroll_relative(y=rows, animate=False)


def listed(commands: Sequence[Command], keys: Mapping[str, Sequence[str]], width: int) -> Content:
    """All commands by group, then the keys of the panes."""
    lines: list[Content] = []
    for group, title in GROUPS.items():
        rows = [command for command in commands if command.id.partition(".")[0] == group]
        if rows:
            lines += [
                Content.styled(title, "bold $xq-rule-focus"),
                *(_row(row, keys, width) for row in rows),
                Content(""),
            ]
    lines += [Content.styled("On the command line", "bold $xq-rule-focus")]
    lines += [_pair("help", f"explains a command, or one of {', '.join(TOPICS)}", "$xq-op"), Content("")]
    lines.append(Content.styled("In the panes", "bold $xq-rule-focus"))
    lines += [_pair(key, what, "bold $xq-changed") for key, what in PANE_KEYS]
    lines += [Content(""), Content.styled("In the editor", "bold $xq-rule-focus")]
    lines += [_pair(key, what, "bold $xq-changed") for key, what in EDITOR_KEYS]
    signs = {"What stands beside the code": CODE_GLYPHS, "What stands before values": VALUE_GLYPHS,
             "What the timeline is drawn with": TIME_GLYPHS,
             "What the matrix is drawn with": GLYPHS}  # fmt: skip
    for title, pairs in signs.items():
        lines += [Content(""), Content.styled(title, "bold $xq-rule-focus")]
        lines += [_pair(glyphs, what, "$xq-op") for glyphs, what in pairs]
    return Content("\n").join(lines)


def _pair(left: str, right: str, ink: str) -> Content:
    return Content.assemble((left.ljust(_KEY_COLUMNS), ink), (right, "$foreground"))


def explained(command: Command, keys: Mapping[str, Sequence[str]], width: int) -> Content:
    """One command at length."""
    rows = [
        ("does", command.help),
        ("usage", command.usage),
        ("example", command.example),
        ("keys", "  ".join(map(key_name, keys.get(command.id, ())))),
        ("also", ", ".join(command.words[1:])),
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


def _hanging(text: str, indent: int, width: int) -> Content:
    """Text wrapped in the columns from `indent` on."""
    lines = wrap(text, max(20, width - indent))
    return Content("\n" + " " * indent).join(Content.styled(line, "$foreground") for line in lines)
