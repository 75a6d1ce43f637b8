"""What the drawer shows: answers, and the lists of what a session keeps, each as rows that do something."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import field
from typing import Generic, Protocol, TypeVar

from vm.contract import Line
from vm.diagnostics import printable
from vm.values import dataclass
from xqdbg.addresses import address_of, location_of
from xqdbg.answer import Answer, Row
from xqdbg.moment import Bookmark, BranchNote, Breakpoint, Kind, Moment, Pin
from xqdbg.tui.glyphs import breakpoint_glyph
from xqdbg.tui.listing import shown

Thing = TypeVar("Thing")

TABS = ("answer", "stops", "marks", "branches", "pins", "log")
"""Names of the sheets, in order."""

SAMPLE = 300
"""Rows that are looked at to find out what kind of rows they are."""
MOST_LINES = 10_000
"""Lines of one text that are shown."""


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One row, and the command lines that its keys stand for; empty where a key does nothing."""

    cells: tuple[str, ...]
    level: int = 0
    enter: str = ""
    delete: str = ""
    toggle: str = ""
    edit: str = ""
    """The beginning of a line that changes it."""
    place: str = ""
    """The place it is about."""
    careful: bool = False
    """Whether deleting it loses something: the line is shown before it is obeyed."""
    here: bool = False
    """Whether it is where one is now."""
    quiet: bool = False
    """Whether it matters less than the others."""
    text: str = ""
    """What copying it gives."""


class Sheet(Protocol):
    """Rows under a title. They are made when they are drawn."""

    @property
    def title(self) -> str: ...
    @property
    def columns(self) -> Sequence[str]: ...
    @property
    def note(self) -> str:
        """Why it is not complete, or what one should know to read it."""
        ...

    def __len__(self) -> int: ...
    def row(self, at: int) -> SheetRow: ...
    def levels(self) -> Sequence[int]:
        """How deep in a tree each row is; empty for what is no tree."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Made(Generic[Thing]):
    """A sheet whose rows are made of things one by one."""

    title: str
    things: Sequence[Thing]
    make: Callable[[Thing], SheetRow]
    columns: Sequence[str] = ()
    note: str = ""

    def __len__(self) -> int:
        return len(self.things)

    def row(self, at: int) -> SheetRow:
        return self.make(self.things[at])

    def levels(self) -> Sequence[int]:
        return ()


@dataclass(frozen=True, slots=True)
class Listed:
    """A sheet whose rows are there already."""

    title: str
    rows: Sequence[SheetRow] = ()
    columns: Sequence[str] = ()
    note: str = ""

    def __len__(self) -> int:
        return len(self.rows)

    def row(self, at: int) -> SheetRow:
        return self.rows[at]

    def levels(self) -> Sequence[int]:
        return [row.level for row in self.rows]


@dataclass(frozen=True, slots=True, eq=False)
class Answered:
    """An answer, as it is seen from a moment."""

    answer: Answer
    moment: Moment | None = None
    kept: Sequence[int] = field(default=())
    """Columns in which something stands."""

    @property
    def title(self) -> str:
        """The answer's title, else what its rows are called."""
        rows = len(self.answer.rows)
        return printable(self.answer.title.partition("\n")[0]) or f"{rows:,} row{'' if rows == 1 else 's'}"

    @property
    def columns(self) -> Sequence[str]:
        names = self.answer.columns
        return [printable(names[at]) for at in self.kept if at < len(names)]

    @property
    def note(self) -> str:
        if self.answer.note:
            return printable(self.answer.note)
        return "" if self.answer.complete else "there is more"

    def __len__(self) -> int:
        return len(self.answer.rows)

    def levels(self) -> Sequence[int]:
        return [row.level for row in self.answer.rows]

    def row(self, at: int) -> SheetRow:
        row = self.answer.rows[at]
        cells = tuple(shown(row.cells[column]) if column < len(row.cells) else "" for column in self.kept)
        here = self.moment is not None and row.tick == self.moment.tick and not _elsewhere(row, self.moment)
        place = row.data.get("place")
        return SheetRow(
            cells, row.level, _enter(row, self.moment), here=here, place=place if isinstance(place, str) else "",
            text="  ".join(cell for cell in cells if cell.strip()),
        )  # fmt: skip


def answered(answer: Answer, moment: Moment | None = None) -> Sheet:
    """The sheet of an answer. A text of several lines becomes a row a line."""
    lines = answer.title.split("\n")
    if not answer.rows and len(lines) > 1:
        return text_sheet(lines[0], lines[1:], answer.note)
    if any("\n" in cell for row in answer.rows[:SAMPLE] for cell in row.cells[:1]):
        return text_sheet(lines[0], [line for row in answer.rows for line in "  ".join(row.cells).split("\n")])
    count = max((len(row.cells) for row in answer.rows[:SAMPLE]), default=len(answer.columns))
    kept = [at for at in range(count) if _is_filled(answer.rows, at)]
    return Answered(answer, moment, kept or range(count))


def text_sheet(title: str, lines: Sequence[str], note: str = "") -> Listed:
    """Lines of text."""
    rows = [SheetRow((shown(line),), text=printable(line)) for line in lines[:MOST_LINES]]
    return Listed(printable(title), rows, note=printable(note))


def aligned(lines: Sequence[str]) -> Sequence[str]:
    """Lines that begin with a tick and a colon, the colons below each other."""
    widest = max((line.find(":") for line in lines), default=0)
    return [" " * (widest - line.find(":")) + line for line in lines]


def deserves_room(answer: Answer | None, moment: Moment) -> bool:
    """Whether an answer is more than the message line can say: several rows, lines, or a row one is not at yet."""
    if answer is None:
        return False
    if not answer.rows:
        return "\n" in answer.title
    if moment.cursor is not None and "code" in answer.columns:
        return False  # the code pane shows these very lines
    only = answer.rows[0]
    return len(answer.rows) > 1 or any("\n" in cell for cell in only.cells) or _leads_away(only, moment)


def _leads_away(row: Row, moment: Moment) -> bool:
    return row.tick is not None and (row.tick != moment.tick or _elsewhere(row, moment) != "")


def _is_filled(rows: Sequence[Row], at: int) -> bool:
    return any(at < len(row.cells) and row.cells[at].strip() for row in rows)


def _elsewhere(row: Row, moment: Moment) -> str:
    """The branch a row is about, if that is another one than this."""
    branch = row.data.get("branch")
    known = isinstance(branch, str) and any(note.name == branch for note in moment.branches)
    return str(branch) if known and branch != moment.branch else ""


def _enter(row: Row, moment: Moment | None) -> str:
    branch = _elsewhere(row, moment) if moment is not None else ""
    if row.tick is not None:
        return f"switch {branch}; goto {row.tick}" if branch else f"goto {row.tick}"
    return f"list {location_of(row.pc, _code(moment))}" if row.pc is not None else ""


def _code(moment: Moment | None) -> Sequence[Line]:
    return () if moment is None else moment.code


# What a session keeps


def breakpoints(moment: Moment, line_of: Mapping[int, int | None]) -> Sheet:
    """Everything that stops the run or tells of it; `line_of` are source lines by address."""
    rows = moment.breakpoints
    note = "" if rows else "none; b sets one at the cursor, break, watch and log set others"
    columns = ("", "", "kind", "where", "hits", "") if rows else ()
    return Made("Breakpoints", rows, lambda each: _breakpoint(each, line_of, moment.code), columns, note)


def _breakpoint(each: Breakpoint, line_of: Mapping[int, int | None], code: Sequence[Line]) -> SheetRow:
    first = each.pcs[0] if each.pcs else None
    at = line_of.get(first) if first is not None else None
    line = f"line {at}" if at is not None else address_of(first, code) if first is not None else ""
    places = f"{len(each.pcs):,} places" if len(each.pcs) > 1 and each.kind in (Kind.CODE, Kind.LOG) else ""
    notes = (
        "" if each.enabled else "disabled",
        f'"{printable(each.message)}"' if each.message else "",
        f"if {printable(each.condition)}" if each.condition else "",
        places,
        "once" if each.temporary else "",
        f"passes over {each.ignore:,}" if each.ignore else "",
        f"{len(each.commands)} commands" if each.commands else "",
    )
    number = str(each.number)
    return SheetRow(
        (breakpoint_glyph(each), number, each.kind.value,
         line if each.text.isdecimal() else printable(each.text) or line,
         f"{each.hits:,}" if each.hits else "", "  ".join(filter(None, notes))),
        enter=f"list {location_of(first, code)}" if first is not None else "",
        delete=f"delete {number}",
        toggle=f"{'disable' if each.enabled else 'enable'} {number}",
        edit=f"condition {number} {each.condition}",
        place=each.text if each.kind in (Kind.WRITE, Kind.READ, Kind.ACCESS) else "",
        quiet=not each.enabled,
        text=f"{each.kind.value} {number} {each.text or line}",
    )  # fmt: skip


def bookmarks(moment: Moment) -> Sheet:
    """Moments with names."""
    several = len(moment.branches) > 1
    rows = moment.bookmarks
    note = "" if rows else "none; m and a letter makes one here, and so does bookmark NAME"
    columns = ("name", "tick", *(["branch"] if several else []), "") if rows else ()
    return Made("Bookmarks", rows, lambda mark: _bookmark(mark, moment, several), columns, note)


def _bookmark(mark: Bookmark, moment: Moment, several: bool) -> SheetRow:
    branch = [printable(mark.branch)] if several else []
    return SheetRow(
        (printable(mark.name), f"{mark.tick:,}", *branch, printable(mark.note)),
        enter=f"goto @{mark.name}",
        delete=f"unbookmark {mark.name}",
        edit=f"bookmark {mark.name} {mark.note}",
        here=(mark.tick, mark.branch) == (moment.tick, moment.branch),
        quiet=mark.automatic,
        text=f"@{mark.name}",
    )


def branches(moment: Moment) -> Listed:
    """The tree of branches, each after its parent."""
    depth: dict[str, int] = {}
    rows: list[SheetRow] = []
    for note in _in_order(moment.branches):
        level = depth[note.name] = depth[note.parent] + 1 if note.parent in depth else 0
        made = ", ".join(map(printable, note.edits)) or ("no edit" if note.parent else "the run itself")
        name = printable(note.name)
        rows.append(
            SheetRow(
                (name, f"{note.tick:,}" if note.parent else "", made),
                level,
                f"switch {note.name}",
                f"drop {note.name}" if note.parent else "",
                edit=f"rename {note.name} ",
                careful=True,
                here=note.name == moment.branch,
                text=name,
            )
        )
    return Listed("Branches", rows, ("branch", "from tick", "edits"))


def _in_order(notes: Sequence[BranchNote]) -> Sequence[BranchNote]:
    """Children right below their parents, in the order they were made."""
    children: dict[str, list[BranchNote]] = {}
    for note in notes:
        children.setdefault(note.parent, []).append(note)
    waiting, found = list(reversed(children.get("", []))), []
    while waiting:
        note = waiting.pop()
        found.append(note)
        waiting += reversed(children.pop(note.name, []))
    return found


def pins(moment: Moment) -> Sheet:
    """Assertions at moments."""
    rows = moment.pins
    note = "" if rows else "none; pin EXPR asserts something at this moment"
    columns = ("", "state", "tick", "assertion") if rows else ()
    return Made("Pins", rows, lambda pin: _pin(pin, moment), columns, note)


def _pin(pin: Pin, moment: Moment) -> SheetRow:
    state = {True: "✓ holds", False: "✗ does not hold", None: "? not checked"}[pin.holds]
    return SheetRow(
        (str(pin.number), state, f"{pin.tick:,}", printable(pin.expression)),
        enter=f"goto {pin.tick}" if pin.branch == moment.branch else f"switch {pin.branch}; goto {pin.tick}",
        delete=f"unpin {pin.number}",
        place=pin.expression,
        here=(pin.tick, pin.branch) == (moment.tick, moment.branch),
        text=pin.expression,
    )
