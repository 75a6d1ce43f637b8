"""What if other instructions ran here: assembly, run beside the program, and what is different after it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from vm.contract import Effect, Line, Machine, Place, PlaceError, Read, Selector, Status, Value, Write
from vm.diagnostics import ProgramError, printable
from vm.isa import Flow
from vm.toolchain import Program, Toolchain
from xqdbg.answer import Answer, Json, Row
from xqdbg.errors import XqdbgError
from xqdbg.patience import ENDLESS, Patience
from xqdbg.record import Edit

MOST_TICKS = 100_000
"""Instructions a snippet may execute."""
MOST_ROWS = 1_000
"""Of these, instructions that are told one by one."""
MOST_PARTS = 64
"""Parts of one thing that are told and put one by one; of more, the whole is."""
MOST_EDITS = 1_000
"""Places a snippet may change, those counted as one that are put as a whole."""
_MOST_NOTED = 10_000
_MOST_TOLD = 2
"""Reads, and writes, of an instruction that are told; scripts are told more."""
_WIDEST = 40
"""Characters of a value among others."""


class SnippetError(XqdbgError):
    """What is wrong with a snippet, and where in it."""

    def __init__(self, message: str, hint: str = "", line: int | None = None, column: int = 0) -> None:
        super().__init__(message, hint)
        self.line = line
        """From 1; None for all of it."""
        self.column = column
        """From 0."""


@dataclass(frozen=True, slots=True)
class Change:
    """A place that holds something else afterwards."""

    place: Place
    old: Value
    new: Value


@dataclass(slots=True)
class Trial:
    """What a snippet did, and what it comes to."""

    ticks: int = 0
    costs: dict[str, int] = field(default_factory=dict)
    done: list[tuple[str, Effect]] = field(default_factory=list)
    """The first instructions, as they are written, and what each did."""
    changes: Sequence[Change] = ()
    edits: Sequence[Edit] = ()
    """What makes those changes at once."""


def assembled(tools: Toolchain, text: str) -> Program:
    """The snippet as a program; SnippetError for text that is none."""
    try:
        program = tools.assemble(text, "snippet")
    except ProgramError as error:
        first, more = error.diagnostics[0], len(error.diagnostics) - 1
        rest = f", and {more:,} more {'error' if more == 1 else 'errors'}" if more else ""
        raise SnippetError(first.message + rest, first.hint, first.line, (first.column or 1) - 1) from None
    return program


def attempt(machine: Machine, program: Program, patience: Patience = ENDLESS) -> Trial:
    """Run a snippet from the state of a machine, which stays as it is; SnippetError where it comes to no end."""
    scratch, trial, notes = machine.scratch(program), Trial(), _Notes()
    lines = {line.pc: line for line in scratch.code()}
    if not lines:
        raise SnippetError("there is no instruction in it", "such as `asm PUSH 1`, if the machine has a PUSH")
    outside = machine.depth
    while scratch.status is Status.READY and not _is_end(lines.get(scratch.pc)):
        _check_going(scratch, lines.get(scratch.pc), outside, trial.ticks, patience)
        seen: list[Effect] = []
        scratch.run(1, None, seen.append)
        _take(trial, notes, seen[0], lines.get(seen[0].pc))
        if seen[0].fault is not None:
            raise _faulted(seen[0], lines.get(seen[0].pc), trial.ticks)
        if scratch.depth < outside:
            raise _leaves(lines.get(seen[0].pc))
    if scratch.status is Status.HOST:
        raise SnippetError("it waits for its host, which does not answer a snippet")
    _check_closed(scratch, lines.values(), outside)
    trial.changes, trial.edits = _net(machine, scratch, notes)
    return trial


# While it runs


def _check_going(scratch: Machine, line: Line | None, outside: int, ticks: int, patience: Patience) -> None:
    if patience.cancelled():
        raise XqdbgError("interrupted", f"the snippet had executed {ticks:,} instructions; no branch was made")
    if ticks >= MOST_TICKS:
        raise SnippetError(f"it has not ended after {MOST_TICKS:,} instructions", "does it loop without end?")
    if line is not None and scratch.depth == outside > 0 and line.op and _flow(scratch, line) is Flow.LOOP_CLOSE:
        raise _leaves(line)


def _is_end(line: Line | None) -> bool:
    """Whether it stands for the end of a program, where a snippet is over whatever the machine makes of it."""
    return line is not None and not line.op and not line.encoding


def _flow(machine: Machine, line: Line) -> Flow:
    return machine.isa.by_name[line.op].flow


def _leaves(line: Line | None) -> SnippetError:
    op = line.op if line is not None else "it"
    hint = "a snippet closes what it opened itself; `jump` goes to another instruction of the program"
    return SnippetError(f"{op} would close a loop or call of the program", hint, _source_line(line))


def _check_closed(scratch: Machine, lines: Iterable[Line], outside: int) -> None:
    """SnippetError if something that the snippet opened is open at its end."""
    open_still = list(scratch.nests())[outside:]
    if not open_still:
        return
    is_loop = open_still[0].kind == "loop"
    opener = next((line for line in lines if is_loop and line.pc + line.size == open_still[0].entry), None)
    closers = [op.name for op in scratch.isa if op.flow is Flow.LOOP_CLOSE]
    hint = f"{' or '.join(closers)} closes it" if is_loop and closers else "it must end first"
    op = f"the {open_still[0].kind} that {opener.op} opens" if opener is not None else f"a {open_still[0].kind}"
    raise SnippetError(f"{op} is still open at the end", hint, _source_line(opener))


def _source_line(line: Line | None) -> int | None:
    return line.source_line if line is not None else None


def _faulted(effect: Effect, line: Line | None, ticks: int) -> SnippetError:
    fault = effect.fault
    told = fault.message if fault is not None else ""
    text = line.text if line is not None else effect.op
    explanation = fault.explanation if fault is not None else ""
    return SnippetError(f"{text} faults, as instruction {ticks:,}: {told}", explanation, _source_line(line))


def _take(trial: Trial, notes: _Notes, effect: Effect, line: Line | None) -> None:
    trial.ticks += 1
    for name, cost in effect.costs:
        trial.costs[name] = trial.costs.get(name, 0) + cost
    if len(trial.done) < MOST_ROWS:
        trial.done.append((line.text if line is not None else effect.op, effect))
    for write in effect.writes:
        notes.note(write.place)


class _Notes:
    """Which places were written. Of very many in one thing, only where they are in it."""

    def __init__(self) -> None:
        self.paths: dict[str, dict[tuple[Selector, ...], None]] = {}
        self.crowded: set[str] = set()
        """Names of those of which only that is known."""

    def note(self, place: Place) -> None:
        """Take down a place; where the run goes on is none of the snippet's effects."""
        if place.name == "pc":
            return
        paths = self.paths.setdefault(place.name, {})
        paths[place.path] = None
        if len(paths) > _MOST_NOTED:
            self.crowded.add(place.name)
            self.paths[place.name] = dict.fromkeys(path[:1] for path in paths)


# What it comes to


class _Absent:
    """What is found where there is no place."""


_ABSENT = _Absent()


def _held(machine: Machine, place: Place) -> Value:
    try:
        return machine.get(place)
    except PlaceError:
        return _ABSENT


def _is_there(machine: Machine, place: Place) -> bool:
    return _held(machine, place) is not _ABSENT


def _net(before: Machine, after: Machine, notes: _Notes) -> tuple[list[Change], list[Edit]]:
    """What is different, and the edits that make it so."""
    changes: list[Change] = []
    edits: list[Edit] = []
    for name, paths in notes.paths.items():
        parts: Sequence[Place] = [Place(name, path) for path in paths]
        if name in notes.crowded:
            parts = next((level for level in _levels(parts) if all(_is_there(after, part) for part in level)), parts)
        changed = [part for part in parts if _held(before, part) != _held(after, part)]
        if not changed:
            continue
        made = _edits(before, after, changed)
        edits += made
        told = changed if len(changed) <= MOST_PARTS else [edit.place for edit in made]
        changes += [_change(before, after, place) for place in told]
    if len(edits) > MOST_EDITS:
        raise SnippetError(f"it changes {len(edits):,} places, and {MOST_EDITS:,} is the most a branch begins with")
    return changes, edits


def _change(before: Machine, after: Machine, place: Place) -> Change:
    old, new = _held(before, place), _held(after, place)
    return Change(place, None if old is _ABSENT else old, None if new is _ABSENT else new)


def _edits(before: Machine, after: Machine, parts: Sequence[Place]) -> list[Edit]:
    """The edits that bring some parts of one thing to what they are afterwards: each part, or something around them."""
    for places in _levels(parts):
        edits = [Edit(place, _held(after, place)) for place in places]
        if all(edit.value is not _ABSENT for edit in edits) and _makes(before, after, edits, parts):
            return edits
    raise SnippetError(f"what it does to {parts[0].name} cannot be kept in a branch")


def _levels(parts: Sequence[Place]) -> Iterator[Sequence[Place]]:
    """The parts themselves, then what is ever further around them; those that are too many come last."""
    deepest = max(len(part.path) for part in parts)
    levels: list[Sequence[Place]] = []
    for depth in range(deepest, -1, -1):
        levels.append(list(dict.fromkeys(Place(part.name, part.path[:depth]) for part in parts)))
    yield from (level for level in levels if len(level) <= MOST_PARTS)
    yield from (level for level in reversed(levels) if len(level) > MOST_PARTS)


def _makes(before: Machine, after: Machine, edits: Sequence[Edit], parts: Sequence[Place]) -> bool:
    """Whether these edits can be made, and the parts are afterwards what they should be."""
    twin = before.twin()
    twin.restore(before.checkpoint())
    try:
        for edit in edits:
            edit.apply(twin)
    except PlaceError:
        return False
    return all(_held(twin, part) == _held(after, part) for part in parts)


# What is told


def report(machine: Machine, trial: Trial, heading: str) -> Answer:
    """A table: what each instruction read and wrote and what it cost, then what is different after all of them."""
    meters = list(trial.costs)
    rows = [_done_row(machine, text, effect, meters) for text, effect in trial.done]
    if trial.ticks > len(trial.done):
        rows.append(Row((f"… and {trial.ticks - len(trial.done):,} more instructions",)))
    rows.append(Row(("different afterwards" if trial.changes else "nothing is different afterwards",)))
    rows += [_change_row(machine, change, len(meters)) for change in trial.changes]
    count = f"{trial.ticks:,} instruction{'' if trial.ticks == 1 else 's'}"
    costs = ", ".join(f"{name} {cost:,}" for name, cost in trial.costs.items())
    title = f"{heading}: {count} ({costs})" if costs else f"{heading}: {count}"
    return Answer(title, ("instruction", "reads", "writes", *meters), rows, value=_summary(trial))


def _summary(trial: Trial) -> Mapping[str, Json]:
    return {"instructions": trial.ticks, "costs": dict(trial.costs), "changes": len(trial.changes)}


def _done_row(machine: Machine, text: str, effect: Effect, meters: Sequence[str]) -> Row:
    costs = dict(effect.costs)
    reads = [f"{read.place} = {_short(machine, read.value)}" for read in effect.reads[:_MOST_TOLD]]
    written = [write for write in effect.writes[:MOST_PARTS] if write.place.name != "pc"]
    lasting = sorted(written, key=lambda write: write.new is None)[:_MOST_TOLD]
    writes = [_write_text(machine, write) for write in lasting]
    unseen = max(0, len(effect.writes) - MOST_PARTS)
    cells = (
        printable(text),
        _listed(reads, len(effect.reads)),
        _listed(writes, len(written) + unseen),
        *(f"{costs.get(name, 0):,}" for name in meters),
    )
    data = {
        "instruction": text,
        "reads": [_read_json(machine, read) for read in effect.reads[:MOST_PARTS]],
        "writes": [_write_json(machine, write) for write in effect.writes[:MOST_PARTS]],
        "costs": costs,
    }
    return Row(cells, data=data)


def _listed(texts: Sequence[str], count: int) -> str:
    rest = f" and {count - len(texts):,} more" if count > len(texts) else ""
    return ", ".join(texts) + rest


def _change_row(machine: Machine, change: Change, meters: int) -> Row:
    place = printable(str(change.place))
    data = {"place": place, "old": _json(machine, change.old), "new": _json(machine, change.new)}
    told = f"{_short(machine, change.old)} -> {_short(machine, change.new)}"
    return Row((place, "", told, *("" for _ in range(meters))), data=data)


def _write_text(machine: Machine, write: Write) -> str:
    return f"{write.place} {_short(machine, write.old)} -> {_short(machine, write.new)}"


def _read_json(machine: Machine, read: Read) -> Mapping[str, Json]:
    return {"place": str(read.place), "value": _json(machine, read.value)}


def _write_json(machine: Machine, write: Write) -> Mapping[str, Json]:
    return {"place": str(write.place), "old": _json(machine, write.old), "new": _json(machine, write.new)}


def _json(machine: Machine, value: Value) -> Json:
    """Numbers as they are, anything larger in the text that cells show."""
    return value if value is None or isinstance(value, int) else machine.text(value)


def _short(machine: Machine, value: Value) -> str:
    text = printable(machine.text(value))
    return text if len(text) <= _WIDEST else text[: _WIDEST - 1] + "…"
