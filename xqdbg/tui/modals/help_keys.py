"""What keys mean in each pane, as help tells it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

Pair = tuple[str, str]
"""Keys, and what they do."""


@dataclass(frozen=True, slots=True)
class Section:
    """The keys of one kind of pane."""

    title: str
    pairs: Sequence[Pair]


ANYWHERE = Section(
    "In every pane",
    (
        ("12s", "digits before a key are a count: twelve steps; esc drops it"),
        ("tab", "next pane; 3 tab or alt+3 goes to pane 3, 0 tab to the timeline"),
        ("j k ↑ ↓", "move the cursor in the focused pane, 10j by ten rows; it never steps"),
        ("w } { e y =", "about what the cursor is at: why, next write, last write, edit, copy; = an expression"),
        ("z L H alt+→", "full screen and back, another layout, hide the pane, make it wider"),
        ("esc", "leave what was opened last: a search, the full screen, the lists"),
        ("^p", "command palette: commands and themes by name"),
    ),
)
SECTIONS: Mapping[str, Section] = MappingProxyType(
    {
        "code": Section(
            "In the code",
            (
                ("d", "source, disassembly, or both beside each other"),
                ("/ , .", "search; previous, next match; esc ends it"),
                ("[ ]", "to the time before when the line under the cursor ran, to the next"),
                ("b B u U", "breakpoint, its condition; run to the line, or back to it"),
                ("v", "hide what is outside of the slice"),
                ("t ^l", "follow the machine or stay; show where it stands"),
                ("click", "in the left margin, a breakpoint; with ctrl, run to there; drag selects, y copies"),
            ),
        ),
        "values": Section(
            "In the stack, registers, loops, inputs and outputs",
            (
                ("enter + -", "look inside and close again; enter on a value too large for that shows the matrix pane"),
                ("v", "show the value in the matrix pane"),
                ("/ a p", "filter by name or value; all slots or those in use; keep in sight at the top"),
                ("#", "decimal, hexadecimal, binary; values y copies change with it"),
            ),
        ),
        "matrix": Section(
            "In the matrix",
            (
                ("enter", "every contribution to the coefficient under the cursor"),
                ("h j k l", "move the cursor, as arrows do; with shift far; home, end in the row, ^home ^end corners"),
                ("d D", "what changes next, changed since p, how often written; D the other way round"),
                ("p", "compare with this moment from now on"),
                ("V", "map, grid, couplings"),
                (", .", "previous, next value to show"),
                ("+ - *", "closer, farther, all of it"),
                ("T t", "signs or numbers; triangle or symmetric"),
                ("a v", "linear, square root or logarithm; colour alone"),
                ("Y", "copy the line below the picture"),
            ),
        ),
        "memory": Section(
            "In the memory",
            (
                ("^g @", "go to an address or where a value points: memory 0x20000, memory sp"),
                ("enter ⌫", "where the number under the cursor points, and back"),
                ("p", "keep in view where a register points; first, no longer what the next instruction touches"),
                ("h j k l", "move the cursor, as arrows do; home, end in the row, ^home ^end in the area"),
                (", .", "previous, next area"),
                ("b d /", "stop when what is under the cursor changes; watch it; search memory"),
                ("t v #", "1, 2, 4 or 8 octets under the cursor; columns; decimal, hexadecimal, binary"),
            ),
        ),
        "watches": Section(
            "In the watches", (("delete d", "watch it no longer"), ("#", "decimal, hexadecimal, binary"))
        ),
        "lists": Section(
            "In lists and answers",
            (
                ("enter", "go to what the row tells of: its tick, branch or line"),
                ("← → h l", "other lists: breakpoints, bookmarks, branches, pins, log, answers"),
                ("space", "breakpoints: off and on again"),
                ("delete d", "delete what the row stands for"),
                ("esc q", "close; < goes back to where one was"),
            ),
        ),
        "explain": Section("In the explanation", (("/ , .", "search; previous, next match"), ("w }", "of its values"))),
        "costs": Section(
            "In the limits and costs",
            (
                ("enter", "show the line in the code"),
                (", .", "to where it ran before, runs next"),
                ("t v", "by line or opcode; sort by which meter"),
            ),
        ),
        "timeline": Section(
            "In the timeline, pane 0",
            (
                ("← → h l", "back and forth, with shift far; home and end to the ends"),
                ("↑ ↓ j k", "to what is marked before, after"),
                ("enter", "exactly to the mark here"),
                ("+ -", "a part of the run around here, or more of it"),
            ),
        ),
        "repl": Section(
            "In the REPL",
            (
                ("enter", "obey the line; an empty one does the last again; alt+enter begins another line"),
                ("tab ↑ ↓ ^r", "complete; what was typed before, or before with these letters in it"),
                ("pgup pgdn ^l", "what was told before; clear it"),
                ("esc", "to the panes, where letters are commands again"),
            ),
        ),
        "problems": Section("In the problems", (("enter", "to the problem in the text"),)),
        "editor": Section(
            "In the editor",
            (
                ("^r F5", "run what is edited, from the same tick where the run is the same"),
                ("^s ^o ^n", "save, open another file, begin a text; alt+s saves under another name"),
                ("^space tab", "complete: the first word, or the one chosen by ↑ ↓; two letters offer words unasked"),
                ("^k", "explain the word at the cursor; so does the mouse, where it rests"),
                ("F8 F12 F2", "next problem, to the label, rename; with shift before and back"),
                ("^f ^g F3", "find and replace, go to a line, find again"),
                ("^/ F4", "make comments of lines or lines of comments; put the text into its usual form"),
                ("^z ^y ^↑ ^↓", "undo, redo, move lines; F9 sets a breakpoint, F10 and F11 step on"),
                ("esc", "to the panes, where letters are commands again"),
            ),
        ),
    }
)
"""By pane; all views of a machine are `values`."""


def section_of(pane: str) -> str:
    """The section about a pane, by its id; empty where no pane has the focus."""
    return pane if pane in SECTIONS or not pane else "values"
