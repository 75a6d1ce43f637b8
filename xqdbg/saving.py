"""Sessions kept in files: what is taken of one, how it is put together again, and whether its run is still the same."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from vm.contract import Machine, Place, PlaceError, Value
from vm.diagnostics import printable
from xqdbg import __version__
from xqdbg.answer import Json
from xqdbg.bookmarks import Bookmarks
from xqdbg.branches import Branch, Branches
from xqdbg.breakpoints import Breakpoints
from xqdbg.chain import Difference, GivenUp, chain, compare, state_hash
from xqdbg.displays import Displays
from xqdbg.errors import XqdbgError
from xqdbg.moment import Breakpoint, Future, Moment
from xqdbg.navigation import Navigation
from xqdbg.outflow import replace_file
from xqdbg.patience import ENDLESS, Patience
from xqdbg.pins import Pins
from xqdbg.portable import all_from_json, from_json, to_json
from xqdbg.record import Edit
from xqdbg.sessionfile.loading import begin_machine, load_program
from xqdbg.sessionfile.reading import is_value_name
from xqdbg.sessionfile.record import (
    SavedBranch,
    SavedDisplay,
    SavedEdit,
    SavedPosition,
    SavedProgram,
    SessionRecord,
)
from xqdbg.sessionfile.writing import format_session
from xqdbg.timeline import Timeline

if TYPE_CHECKING:
    from vm.toolchain import Program, Toolchain
    from xqdbg.session import Session


SAME = "the run is the one that was saved"
"""What is told of a session whose runs are all what they were."""

_LEAST = 200_000
"""Ticks, of all branches together, that are run for the file even if nobody has seen them: a fraction of a second."""


# Saving


def save(session: Session, path: str, patience: Patience = ENDLESS) -> SessionRecord:
    """Write a session into a file; what was written. XqdbgError if that fails: then the old file is still there."""
    try:
        record = capture(session, patience)
    except GivenUp:
        raise XqdbgError("saving was cancelled", f"{printable(path)} was not written") from None
    replace_file(path, format_session(record))
    return record


def left_out(session: Session, record: SessionRecord) -> Sequence[str]:
    """The `$names` whose values could not be saved."""
    return [f"${name}" for name in session.saved if name not in record.values]


def capture(session: Session, patience: Patience = ENDLESS) -> SessionRecord:
    """All that is kept of a session. Replays its branches for their chains; the position stays. Raises GivenUp."""
    if session.opened is None:
        raise XqdbgError("this session cannot be saved: its program is not at hand")
    tools, program = session.opened.tools, session.opened.program
    branches = [session.branches.find(note.name) for note in session.branches.notes()]
    machine = branches[0].timeline.machine
    kept = session.breakpoints.kept()
    if session.has_foreign_source:
        kept = tuple(map(_at_address, kept))
    return SessionRecord(
        machine=tools.name,
        name=printable(session.name)[:1_000],
        program=program_of(program),
        inputs=tools.inputs(machine),
        branches=tuple(_branch(session, branch, patience) for branch in branches),
        position=SavedPosition(session.branch.name, session.timeline.tick, state_hash(session.timeline)),
        breakpoints=tuple(map(_in_one_line, kept)),
        displays=tuple(SavedDisplay(number, _line(text), form) for number, text, form in session.displays.all()),
        bookmarks=tuple(session.bookmarks.made()),
        pins=tuple(replace(pin, expression=_line(pin.expression)) for pin in session.pins.all()),
        values=dict(_values(machine, session.saved)),
        queries=tuple(map(_line, session.asked)),
        written_by=__version__,
    )


def program_of(program: Program) -> SavedProgram:
    """A program as files have it: its text if it has one, else its bytecode."""
    text = "".join(f"{line}\n" for line in program.source)
    return SavedProgram(text=text) if text else SavedProgram(code=program.container())


def known_of(session: Session, branch: Branch) -> int:
    """How far the run of a branch is worth proving: as far as it is known, and a little further for little money."""
    least = _LEAST // len(session.branches)
    known = max(branch.tick + least, branch.position, branch.future.explored if branch.future is not None else 0)
    if branch is not session.branch:
        return known
    return max(known, session.timeline.furthest, session.history.future.explored)


def _branch(session: Session, branch: Branch, patience: Patience) -> SavedBranch:
    made = branch.record.at(branch.tick)
    inherited = len(branch.parent.record.at(branch.tick)) if branch.parent is not None else 0
    texts = _edit_texts(branch, len(made) - inherited)
    edits = [
        SavedEdit(str(edit.place), to_json(session.machine, edit.value, f"branch {branch.name}"), text)
        for edit, text in zip(made[inherited:], texts, strict=True)
    ]
    proof = chain(branch.scout(), branch.tick, known_of(session, branch), patience)
    parent = branch.parent.name if branch.parent is not None else ""
    position = branch.position if branch is not session.branch and branch.position != branch.tick else None
    return SavedBranch(branch.name, parent, branch.tick, tuple(edits), proof, position)


def _line(text: str) -> str:
    """A text as files have it: one line without anything that hides. A blank of any kind means the same to readers."""
    return printable(" ".join(text.splitlines()).replace("\t", " "))


def _at_address(breakpoint: Breakpoint) -> Breakpoint:
    """The same without the line it was set at: the file keeps no text that has it."""
    return replace(breakpoint, text="") if breakpoint.pcs and breakpoint.text.strip().isdigit() else breakpoint


def _in_one_line(breakpoint: Breakpoint) -> Breakpoint:
    return replace(
        breakpoint,
        text=_line(breakpoint.text),
        condition=_line(breakpoint.condition),
        commands=tuple(map(_line, breakpoint.commands)),
        message=_line(breakpoint.message),
    )


def _edit_texts(branch: Branch, count: int) -> Sequence[str]:
    """What is told of its edits, one each."""
    texts = list(map(_line, branch.edits))
    return texts if len(texts) == count else [", ".join(texts)] * count


def _values(machine: Machine, saved: Mapping[str, Value]) -> Iterator[tuple[str, Json]]:
    for name, value in saved.items():
        with suppress(XqdbgError):  # the user is told by `left_out`; the rest is worth keeping
            if is_value_name(name):
                yield name, to_json(machine, value, f"${name}")


# Opening


def load(record: SessionRecord, source: str) -> tuple[Toolchain, Program, Machine]:
    """The program of a session file, and a machine at tick 0 with its inputs. `source` is what the file is called.

    XqdbgError for anything in the file that no session on this program can have, so that whoever has a
    session can keep it; ProgramError for a program that is none.
    """
    tools, program = load_program(record)
    machine = begin_machine(tools, program, record.inputs, source)
    rehearse(record, machine, source)
    return tools, program, machine


def rehearse(record: SessionRecord, machine: Machine, source: str) -> None:
    """Make all parts once, for nobody; XqdbgError for one that no session on this machine can have."""
    try:
        all_from_json(machine, record.values)
        _add_branches(Branches(Timeline(machine.twin())), machine, record.branches)
        Breakpoints(machine.code()).restore(record.breakpoints, machine.isa)
        Displays().restore(_displays(record))
        Bookmarks().restore(record.bookmarks)
        Pins().restore(record.pins)
    except XqdbgError as error:
        raise XqdbgError(f"{source}: {error.message}", error.hint) from None


def restore(session: Session, record: SessionRecord, patience: Patience = ENDLESS) -> Sequence[str]:
    """Put all that is in a session file into a session that was just begun on what `load` gave.

    Returns remarks on what could not be had as it was, each a line.
    """
    session.saved.update(all_from_json(session.machine, record.values))
    _add_branches(session.branches, session.machine, record.branches)
    session.breakpoints.restore(record.breakpoints, session.isa)
    session.displays.restore(_displays(record))
    session.pins.restore(record.pins)
    session.asked = list(record.queries)
    remarks = _return_to(session, record.position, patience)
    session.bookmarks.restore(record.bookmarks)
    _leave_where_left(session, record.branches)
    return remarks


def _displays(record: SessionRecord) -> Sequence[tuple[int, str, str]]:
    return [(shown.number, shown.expression, shown.format) for shown in record.displays]


def _add_branches(branches: Branches, machine: Machine, saved: Sequence[SavedBranch]) -> None:
    if saved[0].name != branches.current.name:
        branches.rename(branches.current.name, saved[0].name)
    for each in saved[1:]:
        edits = [_edit(machine, edit, f"branch {each.name}, {edit.place}") for edit in each.edits]
        branches.switch(branches.find(each.parent))
        branches.add(each.tick, edits, [edit.text for edit in each.edits], each.name)
    branches.switch(branches.find(saved[0].name))


def _edit(machine: Machine, saved: SavedEdit, what: str) -> Edit:
    place = Place.parse(saved.place)
    if not machine.knows(place.name):
        raise XqdbgError(f"{what}: this machine has no such place")
    return Edit(place, from_json(machine, saved.value, what))


def _leave_where_left(session: Session, saved: Sequence[SavedBranch]) -> None:
    """Each branch as it was when the user left it."""
    for each in saved:
        branch = session.branches.find(each.name)
        branch.position = each.tick if each.position is None else each.position
        if each.chain is not None:
            branch.future = Future(each.chain.last, False)  # how far to look again; what is there is to be seen anew


def _return_to(session: Session, position: SavedPosition, patience: Patience) -> Sequence[str]:
    """Go where the user was, or as near as the run comes."""
    try:
        session.switch(position.branch)
        session.goto_tick(position.tick, patience)
    except PlaceError as error:
        remark = f"the branch {position.branch} cannot be replayed: {error}"
        session.switch(session.branches.notes()[0].name)
        session.start()
    else:
        here = session.timeline.tick
        why = "the run ends there now" if session.machine.status.ended else "going there was cancelled"
        remark = f"the position is tick {here:,} instead of {position.tick:,}: {why}" if here != position.tick else ""
    session.navigation = Navigation(session.branch.name, session.timeline.tick)
    return [remark] if remark else []


def verify(session: Session, record: SessionRecord, patience: Patience = ENDLESS) -> Sequence[str]:
    """Replay the branches of a session that was restored, and compare them with what was saved; the position stays.

    Returns where each branch differs first, a line each, without those that only inherit it; empty if
    all runs are the same. Raises GivenUp.
    """
    found: list[str] = []
    parted: dict[str, int] = {}
    for saved in record.branches:
        inherited = parted.get(saved.parent, saved.tick + 1) <= saved.tick
        difference = None if saved.chain is None or inherited else _difference(session, saved, patience)
        if inherited:
            parted[saved.name] = saved.tick
        elif difference is not None:
            parted[saved.name] = difference.by
            found.append(f"branch {saved.name}: {difference}" if saved.parent else str(difference))
    if not found and _is_elsewhere(session, record.position):
        found.append(f"the state at tick {record.position.tick:,} is not the one that was saved")
    return [f"{line}{_other_version(record)}" for line in found]


def _is_elsewhere(session: Session, position: SavedPosition) -> bool:
    """Whether the user stands where the file says, and yet finds another state there."""
    here = session.branch.name, session.timeline.tick
    known = position.state and here == (position.branch, position.tick)
    return bool(known) and state_hash(session.timeline) != position.state


def _difference(session: Session, saved: SavedBranch, patience: Patience) -> Difference | None:
    if saved.chain is None:
        return None
    try:
        replay = session.branches.find(saved.name).scout()
    except PlaceError as error:
        return Difference(None, saved.tick, f"an edit cannot be made: {error}")
    return compare(replay, saved.chain, patience)


def _other_version(record: SessionRecord) -> str:
    return "" if record.written_by == __version__ else f" (saved by xqdbg {record.written_by}, this is {__version__})"


def resume(session: Session, record: SessionRecord, source: str, patience: Patience = ENDLESS) -> Moment:
    """Restore and verify; the moment tells what came of it. XqdbgError as `load`, and nothing has changed then."""
    rehearse(record, session.machine, source)
    remarks = list(restore(session, record, patience))
    try:
        remarks += verify(session, record, patience)
    except GivenUp:
        remarks.append("whether the run is the one that was saved was not checked to the end")
    return session.say("; ".join(remarks) or f"{source}: {SAME}")
