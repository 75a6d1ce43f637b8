"""A session on an edited program: what of the old one still means something, and what becomes of the run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from vm.contract import Line, Machine
from vm.isa import Isa
from xqdbg.addresses import location_of, where
from xqdbg.answer import Row
from xqdbg.bookmarks import Bookmarks
from xqdbg.branches import Branch, Branches, check
from xqdbg.breakpoints import Breakpoints
from xqdbg.correspondence import Correspondence, correspondence
from xqdbg.differences import meter_differences, output_differences, short
from xqdbg.errors import XqdbgError
from xqdbg.history import History
from xqdbg.moment import Bookmark, Breakpoint, Kind, Pin
from xqdbg.parting import Split, reason, split
from xqdbg.patience import Patience
from xqdbg.pins import Pins
from xqdbg.record import Edit
from xqdbg.timeline import Pacing, Timeline

if TYPE_CHECKING:
    from xqdbg.session import Session

NEAR = 1_000_000
"""Ticks of a run that are looked through though nobody has been there: a fraction of a second."""
_MOST_DIFFERENCES = 20
"""Outputs that are told to differ."""
COLUMNS = ("what", "which", "before", "now")


@dataclass(slots=True)
class Plan:
    """What a session on the new program is going to be; made before anything of the old one is touched."""

    code: Sequence[Line]
    branches: Branches
    breakpoints: Breakpoints
    bookmarks: Bookmarks
    pins: Pins
    branch: str
    """The branch to stand on."""
    tick: int
    stood: int | None
    """The tick of that branch the user stood at; None if it was another branch."""
    kin: Correspondence
    splits: Mapping[str, Split]
    """By branch that is kept: how its run parts from the old one."""
    looked: str
    """How far the run of that branch was compared, in words."""
    rows: list[Row] = field(default_factory=list)
    """What was lost."""
    message: str = ""


def plan(session: Session, machine: Machine, pacing: Pacing | None, patience: Patience) -> Plan:
    """Carry everything over. XqdbgError if the user gives up. The session stays as it is, and where it is."""
    code = tuple(machine.code())
    kin = correspondence(session.code, code, session.isa)
    carried = _Branches(session, Timeline(machine, pacing), kin, patience)
    carried.carry()
    name, tick = carried.position()
    rows = [*carried.rows]
    breakpoints = Breakpoints(code)
    rows += _carry_breakpoints(session.breakpoints, breakpoints, session.code, code, kin, session.isa)
    bookmarks, pins = Bookmarks(), Pins()
    rows += _carry_bookmarks(session.bookmarks, bookmarks, carried.splits)
    rows += _carry_pins(session.pins, pins, carried.splits)
    stood = session.timeline.tick if session.branch.name == name else None
    looked = carried.looked(name)
    made = Plan(
        code, carried.branches, breakpoints, bookmarks, pins, name, tick, stood, kin, carried.splits, looked, rows
    )
    made.message = _message(session, made, kin)
    return made


def way_back(made: Plan, old: History, new: History) -> int | None:
    """Where in the new run the user stood: the same tick, or the same hit of the same line; None if nowhere."""
    path, stood = made.splits[made.branch].path, made.stood
    if stood is None or path is None or stood <= path.tick:
        return stood
    if old.future.complete and stood == old.length:
        return new.length if new.future.complete else None
    pc = old.pc_at(stood)
    to = None if pc is None else made.kin.kin.get(pc)
    if pc is None or to is None:
        return None
    hit, ticks = old.ticks_of((pc,)).rank(stood), new.ticks_of((to,))
    return ticks.at(hit) if hit < len(ticks) else None


# Branches


class _Branches:
    """The branches of a session, made again on the new program as far as their runs are what they were."""

    def __init__(self, session: Session, timeline: Timeline, kin: Correspondence, patience: Patience) -> None:
        self.branches = Branches(timeline)
        self.splits: dict[str, Split] = {}
        self.rows: list[Row] = []
        self._session = session
        self._kin = kin
        self._patience = patience
        self._looked: dict[str, str] = {}
        self._old = [session.branches.find(note.name) for note in session.branches.notes()]

    def carry(self) -> None:
        """Make all of them that still have something to begin from."""
        for old in self._old:
            if why := self._lost(old):
                self.rows.append(_row("lost", f"branch {old.name}", f"from tick {old.tick:,}", why, old.tick))
                continue
            self._make(old)
            self._compare(old)
        self.branches.switch(self.branches.find(self._old[0].name))

    def position(self) -> tuple[str, int]:
        """The branch and the tick to stand at: where the user is, or the last moment before that is still the same."""
        branch, tick = self._session.branch, self._session.timeline.tick
        while branch.name not in self.splits and branch.parent is not None:
            branch, tick = branch.parent, min(tick, branch.tick)
        state = self.splits[branch.name].state
        return branch.name, tick if state is None else min(tick, state.tick)

    def looked(self, name: str) -> str:
        """How far a branch was compared, in words."""
        return self._looked[name]

    def _lost(self, old: Branch) -> str:
        """Why a branch cannot be made again; empty if it can."""
        if old.parent is None:
            return ""
        if old.parent.name not in self.splits:
            return f"gone with {old.parent.name}"
        path = self.splits[old.parent.name].path
        if path is not None and path.tick < old.tick:
            return f"gone: the run goes another way from tick {path.tick:,} on"
        edits = [self._moved(edit) for edit in self._edits(old)]
        if None in edits:
            return "gone: it jumped to an instruction that is no more"
        return self._refused(old, [edit for edit in edits if edit is not None])

    def _refused(self, old: Branch, edits: Sequence[Edit]) -> str:
        """Why edits cannot be made in the run as it is now; empty if they can."""
        if old.parent is None or not edits:
            return ""
        line = self.branches.find(old.parent.name).scout()
        line.seek(old.tick, self._patience.cancelled)
        try:
            check(line.machine, edits)
        except XqdbgError as error:
            return f"gone: {error.message}"
        return ""

    def _make(self, old: Branch) -> None:
        if old.parent is None:
            if old.name != self.branches.current.name:
                self.branches.rename(self.branches.current.name, old.name)
            return
        edits = [moved for edit in self._edits(old) if (moved := self._moved(edit)) is not None]
        self.branches.switch(self.branches.find(old.parent.name))
        made = self.branches.add(old.tick, edits, old.edits, old.name)
        made.position = old.position

    def _edits(self, old: Branch) -> Sequence[Edit]:
        """Its own edits, without those it has from its parent."""
        inherited = len(old.parent.record.at(old.tick)) if old.parent is not None else 0
        return old.record.at(old.tick)[inherited:]

    def _moved(self, edit: Edit) -> Edit | None:
        """The same edit of the new program; None if it is a jump to what is no more."""
        if str(edit.place) != "pc" or not isinstance(edit.value, int):
            return edit
        to = self._kin.kin.get(edit.value)
        return None if to is None else replace(edit, value=to)

    def _compare(self, old: Branch) -> None:
        mine, other = old.scout(), self.branches.find(old.name).scout()
        until = self._worth(old)
        self.splits[old.name] = self._inheriting(old, split(mine, other, self._kin, old.tick, until, self._patience))
        ended = mine.machine.status.ended
        self._looked[old.name] = f"to its end at tick {mine.tick:,}" if ended else f"up to tick {mine.tick:,} at least"

    def _inheriting(self, old: Branch, own: Split) -> Split:
        """A branch whose parent's state was another one already has that from the beginning."""
        before = self.splits[old.parent.name].state if old.parent is not None else None
        return own if before is None or before.tick > old.tick else replace(own, state=before)

    def _worth(self, old: Branch) -> int:
        """How far the run of a branch matters to somebody."""
        marks = [mark.tick for mark in self._session.bookmarks.all() if mark.branch == old.name]
        children = [child.tick for child in self._old if child.parent is old]
        here = [self._session.timeline.tick, NEAR] if old is self._session.branch else []
        return max([old.tick, *marks, *children, *here])


# Breakpoints


def _carry_breakpoints(
    old: Breakpoints,
    new: Breakpoints,
    old_code: Sequence[Line],
    code: Sequence[Line],
    kin: Correspondence,
    isa: Isa,
) -> Iterator[Row]:
    """Set the breakpoints again where their instructions are now; rows for those that are nowhere."""
    before = {line.pc: line for line in old_code}
    lines = {line.pc: line for line in code}
    kept: list[Breakpoint] = []
    trial = Breakpoints(code)
    for told in old.kept():
        moved = _moved_breakpoint(told, before, lines, kin)
        if moved is None or not _is_good(moved, trial, isa):
            which = f"{told.kind.value} {told.number}"
            was = told.text or where(told.pcs[0], before)
            yield _row(
                "lost", which, short(was), "gone with its line" if moved is None else "gone: there is no such place now"
            )
        else:
            kept.append(moved)
    new.restore(kept, isa, last=old.last)


def _is_good(told: Breakpoint, trial: Breakpoints, isa: Isa) -> bool:
    try:
        trial.restore([told], isa)
    except XqdbgError:
        return False
    return True


def _moved_breakpoint(
    told: Breakpoint, before: Mapping[int, Line], lines: Mapping[int, Line], kin: Correspondence
) -> Breakpoint | None:
    """The same at the new address; None if its instruction is no more. What has a name is found anew."""
    by_name = told.kind not in (Kind.CODE, Kind.LOG) or told.text[:1].isalpha() or not told.pcs
    if by_name:
        return told
    pcs = [kin.kin.get(pc) for pc in told.pcs]
    if len(pcs) != 1 or pcs[0] is None:
        return None
    pc, text = pcs[0], told.text
    if text:  # a line, an address or a label
        line = lines[pc]
        named = line.label if text.startswith(".") and before[told.pcs[0]].label == text else ""
        number = "" if line.source_line is None or text.startswith("*") else str(line.source_line)
        text = named or (number if _first_of_line(lines, pc) else "") or location_of(pc, lines)
    return replace(told, pcs=(pc,), text=text)


def _first_of_line(lines: Mapping[int, Line], pc: int) -> bool:
    """Whether an instruction is the one that is meant by the number of its line."""
    return min(line.pc for line in lines.values() if line.source_line == lines[pc].source_line) == pc


# Bookmarks and pins


def _carry_bookmarks(old: Bookmarks, new: Bookmarks, splits: Mapping[str, Split]) -> Iterator[Row]:
    kept: list[Bookmark] = []
    for mark in old.made():
        found = splits.get(mark.branch)
        if found is not None and (found.path is None or mark.tick <= found.path.tick):
            kept.append(replace(mark, pc=None))  # the address is another one, perhaps
        elif not mark.automatic:
            why = "gone: the run goes another way" if found is not None else "gone with its branch"
            yield _row("lost", f"bookmark {mark.name}", f"tick {mark.tick:,}", why, mark.tick)
    new.restore(kept)


def _carry_pins(old: Pins, new: Pins, splits: Mapping[str, Split]) -> Iterator[Row]:
    """Pins assert something of a moment whatever the program, so they stay; only their branch may be gone."""
    kept: list[Pin] = []
    for pin in old.all():
        if pin.branch in splits:
            kept.append(replace(pin, holds=None))
        else:
            yield _row("lost", f"pin {pin.number}", f"tick {pin.tick:,}", "gone with its branch", pin.tick)
    new.restore(kept)


# What is told


def _message(session: Session, made: Plan, kin: Correspondence) -> str:
    found = made.splits[made.branch].state
    if found is None:
        alike = len(kin.same) == len(session.code) == len(made.code)
        return "the instructions are the same" if alike else f"the run is the same {made.looked}"
    before, after = ({line.pc: line for line in code} for code in (session.code, made.code))
    why = reason(found, kin, before, after)
    here = "; standing there" if found.tick < session.timeline.tick else ""
    return f"the run is the same up to tick {found.tick:,}, {why}{here}"


def outcome(old: History, new: History, patience: Patience) -> tuple[str, Sequence[Row]]:
    """What the run comes to now, beside what it came to before; empty where one of the runs is too long to know."""
    for history in (old, new):
        history.reach(NEAR, patience)
    if not (old.future.complete and new.future.complete):
        return "", ()
    mine, other = old.at(old.length), new.at(new.length)
    rows = [
        _row("output", found.place, found.a, found.b)
        for found, _ in zip(output_differences(mine, other), range(_MOST_DIFFERENCES), strict=False)
    ]
    ends = [_end(history) for history in (old, new)]
    if ends[0] != ends[1]:
        rows.append(_row("end", "", ends[0], ends[1]))
    rows += [_row("cost", found.place, found.a, found.b) for found in meter_differences(mine, other)]
    first = rows[0] if rows and rows[0].cells[0] != "cost" else None
    if first is None:
        return "outputs are the same", rows
    _, which, was, now = first.cells
    told = f"outputs differ: {which} {was} → {now}" if which else f"it {now}, not {was}"
    return told, rows


def _end(history: History) -> str:
    future = history.future
    return future.status.value if future.fault is None else f"fault {future.fault.code}"


def _row(what: str, which: str, before: str, now: str, tick: int | None = None) -> Row:
    data = {"what": what, "which": which, "before": before, "now": now}
    return Row((what, which, before, now), tick, data=data)
