"""`whynot`: which decisions kept control away from an instruction."""

from __future__ import annotations

from collections.abc import Sequence

from vm.contract import Effect, Line, Read
from vm.isa import Isa
from xqdbg.addresses import address_of, where
from xqdbg.answer import Answer, Row
from xqdbg.errors import XqdbgError
from xqdbg.origins.chart import Chart
from xqdbg.origins.dependence import Deed
from xqdbg.origins.known import KnownRun, Times
from xqdbg.origins.paths import Paths
from xqdbg.origins.places import INDEX, is_attribute
from xqdbg.origins.tree import COLUMNS, Tree, buds
from xqdbg.patience import ENDLESS, Patience

_MOST_DECISIONS = 12
"""Decisions that are told."""
_MOST_EXPLAINED = 3
"""Decisions whose reasons are told."""


def whynot(history: KnownRun, code: Sequence[Line], isa: Isa, pc: int, patience: Patience = ENDLESS) -> Answer:
    """Why the instruction at `pc` never ran; when it ran, if it did. XqdbgError if there is no instruction."""
    if all(line.pc != pc for line in code):
        raise XqdbgError(f"no instruction begins at {address_of(pc, code)}", "ask about a line of the listing")
    history.complete(patience)
    question = _Question(history, Chart(history.code, isa), pc, patience)
    ticks = question.ticks(pc)
    return question.ran(ticks) if len(ticks) else question.kept_away(Paths(code, isa))


class _Question:
    """A question about one instruction."""

    def __init__(self, history: KnownRun, chart: Chart, pc: int, patience: Patience) -> None:
        self.pc = pc
        self._history = history
        self._chart = chart
        self._patience = patience

    def ticks(self, pc: int) -> Times:
        """When an instruction was executed."""
        return self._history.ticks_of((pc,))

    def ran(self, ticks: Times) -> Answer:
        """When it was executed, the first and the last time."""
        first, last = ticks.after(self._history.first - 1), ticks.before(self._history.length)
        when = f"at tick {first:,}" if first == last else f"first at tick {first:,}, last at tick {last:,}"
        tree = self._tree(f"{self._at(self.pc)} ran {_times(len(ticks))}, {when}")
        for tick in dict.fromkeys((first, last)):
            text = "the first time" if tick == first else "the last time"
            tree.add(tree.row(0, (text, tree.instruction(self.pc)), tick, self.pc, kind="ran"))
        return tree.answer()

    def kept_away(self, paths: Paths) -> Answer:
        """Which instructions control came to, and where it went from there instead."""
        near = paths.leading_to(self.pc, lambda pc: len(self.ticks(pc)) > 0)
        last = [(between, self.ticks(pc).before(self._history.length) or 0) for pc, between in near]
        ticks = [tick for _, tick in sorted(last, key=lambda each: (each[0], -each[1]))[:_MOST_DECISIONS]]
        if not ticks:
            return self._unreachable()
        tree = self._tree(f"{self._at(self.pc)} never ran: {self._told(self._history.effect(ticks[0]))}")
        for number, tick in enumerate(ticks):
            effect = self._history.effect(tick)
            tree.add(self._row(tree, effect, self._went(effect)))
            if number < _MOST_EXPLAINED:
                tree.grow(buds(self._reasons(effect), tick, 1))
        end = self._history.length - 1
        if end not in ticks and (effect := self._history.effect(end)).fault is not None:
            tree.add(self._row(tree, effect, f"then the run ended: {self._went(effect)}"))
        return tree.answer()

    def _row(self, tree: Tree, effect: Effect, text: str) -> Row:
        """One instruction that control came to."""
        operands = [read for read in effect.reads if read.place.name in tree.stack]
        kind = "decision" if self._next(effect.tick) is not None else "end"
        cells = (text, tree.instruction(effect.pc, operands))
        times, to = len(self.ticks(effect.pc)), self._next(effect.tick)
        return tree.row(0, cells, effect.tick, effect.pc, kind=kind, times=times, to=to)

    def _unreachable(self) -> Answer:
        """Nothing that was executed leads there."""
        if self._history.length == self._history.first:
            return Answer(f"{self._at(self.pc)} never ran: nothing did", COLUMNS)
        return Answer(f"{self._at(self.pc)} never ran: no path leads there", COLUMNS, note=self._limit())

    def _told(self, effect: Effect) -> str:
        """Where control went from an instruction, in the middle of a sentence."""
        if self._next(effect.tick) is not None:
            return f"{self._at(effect.pc)} {self._went(effect)}"
        if effect.fault is not None or self._history.future.complete:
            return f"the run ended before, at {self._at(effect.pc)}" + (
                f": {fault.message}" if (fault := effect.fault) else ""
            )
        return f"the run is known only up to tick {self._history.length:,}"

    def _went(self, effect: Effect) -> str:
        """Where control went from an instruction."""
        times, to = len(self.ticks(effect.pc)), self._next(effect.tick)
        if to is not None:
            each = ", the one time it ran" if times == 1 else f" all {times:,} times"
            return f"went to {self._at(to)}{each}"
        if effect.fault is not None:
            return effect.fault.message
        return "the run ended here" if self._history.future.complete else "no more of the run is known"

    def _reasons(self, effect: Effect) -> list[Read]:
        """The values a decision was made on, or those an instruction could not go on with."""
        if effect.fault is not None:
            return list(effect.reads)
        reads = list(Deed(effect, self._chart).deciding())
        to = self._next(effect.tick)
        # That a loop knows where its rounds begin is no reason for another one.
        begins = [
            read
            for read in reads
            if read.value == to and is_attribute(read.place.path) and read.place.path[-1] != INDEX
        ]
        return [read for read in reads if read not in begins[-1:]]

    def _next(self, tick: int) -> int | None:
        """Where control was after a tick, if it went on."""
        return self._history.effect(tick + 1).pc if tick + 1 < self._history.length else None

    def _limit(self) -> str:
        future = self._history.future
        return "" if future.complete else future.note or f"the run is known only up to tick {self._history.length:,}"

    def _tree(self, title: str) -> Tree:
        return Tree(self._history, title, self._patience, self._limit())

    def _at(self, pc: int) -> str:
        """An instruction in a sentence."""
        return where(pc, self._history.code)


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count:,} times"
