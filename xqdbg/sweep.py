"""A family of branches that differ by one value, and what becomes of each."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field
from itertools import islice
from time import perf_counter
from types import MappingProxyType

from vm.contract import Line, Machine, Place, PlaceError, Status, Value
from vm.values import dataclass
from xqdbg.answer import Answer, Json, Row
from xqdbg.branches import Branch, Branches
from xqdbg.compare import where
from xqdbg.differences import plain, short
from xqdbg.errors import XqdbgError
from xqdbg.expressions import Expression
from xqdbg.moment import Future
from xqdbg.patience import ENDLESS, Patience
from xqdbg.record import Edit
from xqdbg.timeline import Pacing, Timeline
from xqdbg.trap import OPEN

MOST_VALUES = 1_000
"""Branches one sweep makes."""

MOST_TICKS = 50_000_000
"""Each run is followed as far as this."""

MOST_COLUMNS = 12
"""Outputs that are tabulated."""

_HINT = "write a range such as 50..200 step 10, or a list such as 1,2,5"
_RANGE = re.compile(r"(?P<first>\S+?)\s*\.\.\s*(?P<last>\S+)(?:\s+step\s+(?P<step>\S+))?")
_NUMBER = re.compile(r"[-+]?(?:0[xX][0-9a-fA-F_]+|0[bB][01_]+|[0-9][0-9_]*)", re.ASCII)
_LONGEST = 80
"""Characters of a number."""
_NAME = 40
"""Characters of a branch's name."""
_EVERY_SECONDS = 0.1
"""How often the table so far is told."""
_SHORT = 32
_MOST_OUTPUTS = 256
"""Outputs of one run that are remembered."""
_NONE: Mapping[str, Value] = MappingProxyType({})
_BRIEF = Pacing(most=2, spacing_seconds=10.0)
"""Nobody will step back in these runs."""


def sweep(
    branches: Branches,
    place: Place,
    values: str,
    tick: int,
    shows: Sequence[Expression] = (),
    patience: Patience = ENDLESS,
    saved: Mapping[str, Value] = _NONE,
    most_ticks: int = MOST_TICKS,
) -> Answer:
    """Branch off the current branch at `tick` for each of `A..B step N` or `1,2,5`, and run each to its end.

    Nobody is moved, and of each branch only the edit is kept. XqdbgError, and no branch, if the values make no
    sense or cannot all be put there. Incomplete if the asker gives up; the branches made so far stay.
    """
    numbers = parse_values(values)
    family = _Family(branches, place, tick, shows, saved, patience, most_ticks)
    return family.run(numbers)


def parse_values(text: str) -> Sequence[int]:
    """The values of a range, both ends included, or of a list, each once; XqdbgError that says what is wrong."""
    text = text.strip()
    if ".." not in text:
        return tuple(dict.fromkeys(_limited([_number(word.strip()) for word in text.split(",")])))
    match = _RANGE.fullmatch(text)
    if match is None:
        raise XqdbgError(f"{text[:40]!a} is no range of values", _HINT)
    first, last = _number(match["first"]), _number(match["last"])
    step = (1 if first <= last else -1) if match["step"] is None else _number(match["step"])
    if step == 0:
        raise XqdbgError("a step of 0 gets nowhere", "leave it out for steps of 1")
    if (last - first) * step < 0:
        raise XqdbgError(f"steps of {step} never get from {first} to {last}", f"write step {-step}")
    if (count := (last - first) // step + 1) > MOST_VALUES:
        raise XqdbgError(f"these are {count:,} values; a sweep has at most {MOST_VALUES:,}", "take larger steps")
    return range(first, last + (1 if step > 0 else -1), step)


def _limited(numbers: Sequence[int]) -> Sequence[int]:
    if len(numbers) > MOST_VALUES:
        raise XqdbgError(f"these are {len(numbers):,} values; a sweep has at most {MOST_VALUES:,}")
    return numbers


def _number(word: str) -> int:
    if len(word) > _LONGEST or not _NUMBER.fullmatch(word):
        raise XqdbgError(f"{word[:40]!a} is no number" if word else "a number is missing", _HINT)
    try:
        return int(word, 0 if word.lstrip("+-")[:2].lower() in ("0x", "0b") else 10)
    except ValueError:
        raise XqdbgError(f"{word[:40]!a} is no number", _HINT) from None


@dataclass(frozen=True, slots=True)
class _Output:
    """What one run left in an output."""

    text: str
    value: Json
    mark: str
    """Equal for equal values."""


@dataclass(frozen=True, slots=True)
class _Run:
    """What became of one value."""

    branch: str
    value: int
    end: str
    tick: int
    pc: int
    status: Status
    fault: str | None
    outputs: Mapping[str, _Output] = field(default_factory=dict)
    shows: tuple[tuple[str, Json], ...] = ()


class _Family:
    """One sweep, and what is known of it so far."""

    def __init__(
        self,
        branches: Branches,
        place: Place,
        tick: int,
        shows: Sequence[Expression],
        saved: Mapping[str, Value],
        patience: Patience,
        most_ticks: int,
    ) -> None:
        self._branches = branches
        self._place = place
        self._tick = tick
        self._shows = shows
        self._patience = patience
        self._most = most_ticks
        self._runs: list[_Run] = []
        self._scout = branches.current.scout()
        self._machine: Machine = self._scout.machine
        self._code: Mapping[int, Line] = {line.pc: line for line in self._machine.code()}
        self._shown = [(show.text, show.bind(self._machine, saved)) for show in shows]

    def run(self, values: Sequence[int]) -> Answer:
        """Make the branches and the table."""
        self._branches.check_room(len(values))
        stop = self._scout.seek(self._tick, self._patience.cancelled)
        if stop.tick != self._tick and stop.status is Status.BUDGET:
            return self._table(len(values), complete=False)
        base = self._machine.checkpoint()
        for value in values:
            self._machine.restore(base)
            self._put(value)
        told = perf_counter()
        for value in values:
            self._machine.restore(base)
            self._put(value)
            if not self._finish(value):
                return self._table(len(values), complete=False)
            if perf_counter() - told > _EVERY_SECONDS:
                self._patience.answered(self._table(len(values), complete=False))
                told = perf_counter()
        return self._table(len(values), complete=True)

    def _put(self, value: int) -> None:
        try:
            self._machine.set(self._place, value)
        except PlaceError as error:
            raise XqdbgError(str(error), "no branch was made") from error

    def _finish(self, value: int) -> bool:
        """Run on from the edit to the end, and keep the branch; False if the asker gave up on the way."""
        line = Timeline(self._machine, _BRIEF)

        def ask() -> bool:
            self._patience.progress(line.tick)
            return self._patience.cancelled()

        line.forward(max(0, self._most - line.tick), OPEN, ask)
        if ask() or (line.machine.status is Status.READY and line.tick < self._most):
            return False
        edit = Edit(self._place, value)
        name = self._name(value)
        branch = self._branches.add(self._tick, [edit], [f"{self._place} = {value}"], name)
        self._runs.append(self._seen(branch, value))
        return True

    def _seen(self, branch: Branch, value: int) -> _Run:
        machine = self._machine
        fault = None if machine.fault is None else machine.fault.code
        ended = machine.status.ended
        branch.future = Future(machine.tick, ended, machine.status, machine.fault, machine.pc)
        end = where(self._code, machine) if ended else "runs on"
        outputs = dict(islice(_outputs(machine), _MOST_OUTPUTS))
        shows = tuple(self._evaluated())
        return _Run(branch.name, value, end, machine.tick, machine.pc, machine.status, fault, outputs, shows)

    def _evaluated(self) -> Iterator[tuple[str, Json]]:
        for _, evaluate in self._shown:
            value = evaluate()
            yield short(self._machine.text(value), _SHORT), plain(self._machine, value)

    def _name(self, value: int) -> str:
        """A name such as `r1.50`, legal and free."""
        stem = re.sub(r"[^\w-]+", ".", str(self._place), flags=re.ASCII)
        for again in range(1, len(self._branches) + 2):
            tail = f".{value}" if again == 1 else f".{value}_{again}"
            name = stem[: _NAME - len(tail)].rstrip(".") + tail
            if not self._branches.has(name):
                return name
        raise LookupError("more names than branches")

    # The table

    def _table(self, wanted: int, *, complete: bool) -> Answer:
        slots, same, left = self._columns()
        rows = tuple(self._row(run, slots) for run in self._runs)
        notes = [f"{slot} is {short(text, _SHORT)} in all" for slot, text in same[:4]]
        if left:
            notes.append(f"{left:,} more outputs are left out")
        if any(not run.status.ended for run in self._runs):
            notes.append(f"runs are followed no further than tick {self._most:,}")
        if not complete:
            notes.append(f"{len(rows):,} of {wanted:,} values so far")
        title = f"sweep of {self._place} at tick {self._tick:,}: {_counted(len(rows))}"
        columns = ("branch", str(self._place), "ends", "tick", *slots, *(short(text, 40) for text, _ in self._shown))
        return Answer(title, columns, rows, complete, "; ".join(notes))

    def _columns(self) -> tuple[list[str], list[tuple[str, str]], int]:
        """Outputs worth a column; those that are the same in all, with what they are; how many are left out."""
        slots = sorted({slot for run in self._runs for slot in run.outputs}, key=_order)
        telling, same = [], []
        for slot in slots:
            seen = [run.outputs.get(slot) for run in self._runs]
            marks = {"" if output is None else output.mark for output in seen}
            if len(marks) > 1 or any(output is not None and isinstance(output.value, int) for output in seen):
                telling.append(slot)
            elif seen[0] is not None:
                same.append((slot, seen[0].text))
        return telling[:MOST_COLUMNS], same, max(0, len(telling) - MOST_COLUMNS)

    def _row(self, run: _Run, slots: Sequence[str]) -> Row:
        unset = self._machine.text(None)
        cells = [output.text if (output := run.outputs.get(slot)) is not None else unset for slot in slots]
        told = {
            "branch": run.branch,
            "value": run.value,
            "status": run.status.value,
            "fault": run.fault,
            "tick": run.tick,
            "outputs": {slot: output.value for slot, output in run.outputs.items()},
            "shows": {text: value for (text, _), (_, value) in zip(self._shown, run.shows, strict=True)},
        }
        shown = [text for text, _ in run.shows]
        return Row((run.branch, str(run.value), run.end, f"{run.tick:,}", *cells, *shown), run.tick, run.pc, data=told)


def _outputs(machine: Machine) -> Iterator[tuple[str, _Output]]:
    """Outputs that are set, by place."""
    for view in machine.views():
        for cell in machine.cells(view.id):
            if cell.name.partition("[")[0] == "out":
                value = plain(machine, cell.value)
                yield cell.name, _Output(short(cell.text, _SHORT), value, _mark(machine, cell.value))


def _mark(machine: Machine, value: Value) -> str:
    if isinstance(value, int):
        return str(value)
    return hashlib.sha256(json.dumps(machine.to_json(value), sort_keys=True).encode()).hexdigest()


def _order(name: str) -> tuple[str, tuple[int, ...]]:
    """By number where there is one, so that out[10] comes after out[9]."""
    return name.partition("[")[0], tuple(int(digits) for digits in re.findall(r"\d+", name))


def _counted(count: int) -> str:
    return "1 branch" if count == 1 else f"{count:,} branches"
