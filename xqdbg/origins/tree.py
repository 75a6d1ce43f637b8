"""A tree of origins, grown row by row."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cached_property

from vm.contract import Place, Read, Value
from vm.values import dataclass
from xqdbg.answer import Answer, Json, Row
from xqdbg.findings import Findings, Where, brief
from xqdbg.origins.folding import MOST_STEPS, Chain, Key, chain
from xqdbg.origins.known import KnownRun
from xqdbg.origins.origin import Kind, Origin, Point, Tracer, point
from xqdbg.origins.places import covers, held, in_order
from xqdbg.patience import Patience

COLUMNS = ("value", "instruction", "line", "tick", "loops")
MOST_ROWS = 2_000
"""Rows of a tree."""
DEEPEST = 200
"""Levels of a tree."""
_MOST_PARTS = 24
"""Parts of a whole that are explained one by one."""
_MOST_CHANGES = 2_000
"""Changes of a whole that are looked at to find its parts."""
_MOST_FOUND = 10_000
"""Parts after which no more are looked for."""
_LONGEST_VALUE = 48

UNTOLD = object()
"""In place of a value that is not known."""


@dataclass(frozen=True, slots=True)
class Bud:
    """Something still to be explained: what a place held at a point."""

    place: Place
    at: Point
    value: Value
    level: int
    asked: bool = False
    """Whether it is what the user asked about, so that it is called as the user did."""


@dataclass(frozen=True, slots=True)
class _First:
    """The first of a chain, and what the others of it are told by."""

    chain: Chain
    level: int


def buds(reads: Sequence[Read], tick: int, level: int) -> list[Bud]:
    """What an instruction read, to be explained."""
    return [Bud(read.place, point(tick), read.value, level) for read in reads]


class Tree:
    """Rows of a tree, as they are found."""

    def __init__(self, history: KnownRun, title: str, patience: Patience, note: str = "") -> None:
        self._history = history
        self._patience = patience
        self._tracer = Tracer(history, patience)
        self._where = Where(history.code, history.machine)
        self._text = history.machine.text
        self._found = Findings(COLUMNS, lambda _count: title, patience)
        self._seen: set[Key] = set()
        self._chains: dict[Key, Chain] = {}
        self._steps = 2 * MOST_STEPS
        """Steps that may still be spent on following chains."""
        self._note = note
        """Why it is not all there is."""

    @property
    def stack(self) -> frozenset[str]:
        """Names of the places operands are popped from."""
        return self._tracer.chart.stack

    def add(self, row: Row) -> None:
        """Put a row below the others."""
        self._found.add(lambda: row)

    def grow(self, first: Sequence[Bud]) -> None:
        """Explain something, and what it was made from, and so on."""
        waiting: list[Bud | _First | Row] = list(reversed(first))
        while waiting:
            if self._patience.cancelled():
                self._note = "not finished"
                return
            if self._found.count >= MOST_ROWS:
                self._note = f"the first {MOST_ROWS:,} rows are shown; ask about a place further down"
                return
            item = waiting.pop()
            if isinstance(item, Row):
                self.add(item)
            else:
                waiting.extend(reversed(list(self._explain(item))))

    def answer(self) -> Answer:
        """All of it."""
        self._tell_loops()
        return self._found.answer(not self._note, self._note)

    def instruction(self, pc: int | None, operands: Sequence[Read] = ()) -> str:
        """An instruction with the values it took from the stack by their names."""
        facts = None if pc is None else self._tracer.chart.facts.get(pc)
        if facts is None:
            return self._where.text(pc)
        names = () if facts.op is None else tuple(reversed(facts.op.pops))
        popped = operands[len(operands) - len(names) :] if len(operands) >= len(names) else ()
        named = [f"{name}={self.shown(read.value)}" for name, read in zip(names, popped, strict=False)]
        return facts.line.text + (f" ({', '.join(named)})" if named else "")

    def shown(self, value: Value) -> str:
        """A value, short enough for a cell."""
        text = self._text(value)
        return text if len(text) <= _LONGEST_VALUE else text[: _LONGEST_VALUE - 1] + "…"

    def row(self, level: int, cells: tuple[str, str], tick: int | None, pc: int | None, **told: Json) -> Row:
        """A row of the tree."""
        when = "" if tick is None else f"{tick:,}"
        place = {} if tick is None else self._where.told(tick, pc, ())
        return Row((*cells, self._where.line(pc), when, ""), tick, pc, level, {**place, **told})

    def _explain(self, bud: Bud | _First) -> Iterator[Bud | _First | Row]:
        """The row of something, and what is to be explained below it."""
        if isinstance(bud, _First):
            origin = bud.chain.first
            value = origin.write.new if origin.write is not None and origin.write.place == origin.place else UNTOLD
            bud = Bud(origin.place, 0, value, bud.level)
        else:
            origin = self._tracer.origin(bud.place, bud.at)
        if bud.level >= DEEPEST:
            self._note = f"only {DEEPEST} levels are shown; ask about a place further down"
            yield self._leaf(origin, bud, "deeper")
        elif origin.kind not in (Kind.MADE, Kind.PARTS):
            yield self._leaf(origin, bud, origin.kind.value)
        elif origin.key in self._chains:
            yield from self._passed(self._chains.pop(origin.key), bud.level)
        elif origin.key in self._seen:
            yield self._leaf(origin, bud, "seen")
        else:
            self._seen.add(origin.key)
            yield from self._made(origin, bud) if origin.kind is Kind.MADE else self._parts(origin, bud)

    def _made(self, origin: Origin, bud: Bud) -> Iterator[Bud | _First | Row]:
        """A value an instruction made from others."""
        yield self._leaf(origin, bud, "made")
        found = chain(self._tracer, origin, self._patience, min(MOST_STEPS, self._steps))
        if found is not None:
            self._steps -= found.steps
            self._chains[found.second.key] = found
            self._seen |= found.passed
        yield from buds(origin.sources, origin.tick or 0, bud.level + 1)

    def _passed(self, found: Chain, level: int) -> Iterator[Bud | _First | Row]:
        """The others of a chain, in one row, then the first of them."""
        first = found.first
        times = f"× {found.times:,} times since tick {first.tick or 0:,}"
        told = {"kind": "times", "times": found.times, "complete": found.whole}
        text = self.instruction(first.pc)
        yield self.row(level, (times if found.whole else f"more than {times}", text), first.tick, first.pc, **told)
        self._seen.add(found.second.key)
        if not found.whole and not self._patience.cancelled():
            self._note = f"a chain is not followed beyond tick {first.tick or 0:,}; go there and ask again"
            return
        if first.key in self._seen:
            return
        yield _First(found, level + 1)

    def _parts(self, origin: Origin, bud: Bud) -> Iterator[Bud | _First | Row]:
        """A whole of which parts were changed one by one: how it was before, and what they are now."""
        place, at = origin.place, origin.at
        found: dict[Place, tuple[Point, Value]] = {}
        base: Bud | None = None
        for _ in range(_MOST_CHANGES):
            change = self._tracer.latest(place, at)
            if change is None:
                base = Bud(place, 0, UNTOLD, bud.level + 1)
                break
            if covers(change.place.path, place.path):
                write = change.write
                whole = write.new if write is not None and write.place == place else UNTOLD
                base = Bud(place, change.after, whole, bud.level + 1)
                break
            for part, value in self._tracer.parts(change, place):
                found.setdefault(part, (change.after, value))
            at = change.before
            if len(found) > _MOST_FOUND or self._patience.cancelled():
                break
        count = f"{len(found):,}" if base is not None else f"more than {len(found):,}"
        yield self._leaf(origin, bud, "parts", f"{count} of its parts were changed since it was made")
        if base is not None:
            yield base
        parts = sorted(found, key=in_order)
        for part in parts[:_MOST_PARTS]:
            when, value = found[part]
            yield Bud(part, when, value, bud.level + 1)
        if len(parts) > _MOST_PARTS or base is None:
            more = f"{len(parts) - _MOST_PARTS:,} more" if base is not None else "many more"
            yield self.row(bud.level + 1, (f"… {more} of its parts", ""), None, None, kind="more")

    def _leaf(self, origin: Origin, bud: Bud, kind: str, text: str = "") -> Row:
        """One value and where it comes from."""
        name, place = str(bud.place if bud.asked else origin.best), str(origin.place)
        if origin.kind is Kind.INPUT:
            place = str(self._given(origin.place))
        value = None if bud.value is UNTOLD else bud.value
        shown = name if bud.value is UNTOLD else f"{name} = {self.shown(value)}"
        constant = origin.kind is Kind.INITIAL and origin.pc is not None and origin.place.name not in self._written
        if origin.kind is Kind.LITERAL or constant:
            named = bud.asked or origin.best.name not in self.stack
            shown = f"{name} = literal {self.shown(value)}" if named else f"literal {self.shown(value)}"
        words = {"input": f"input {place}", "initial": "initial state", "edit": "edited", "lost": "not found",
                 "seen": "see above", "deeper": "…"}  # fmt: skip
        told = {"kind": kind, "place": place, "name": name, "value": brief(self._history.machine, value)}
        text = text or ("" if constant else words.get(kind, "")) or self.instruction(origin.pc, origin.operands)
        return self.row(bud.level, (shown, text), origin.tick, origin.pc, **told)

    @cached_property
    def _written(self) -> frozenset[str]:
        """Names of the places that some instruction may write; what others hold is constant."""
        return frozenset(name for line in self._history.code.values() for name in line.writes)

    def _given(self, place: Place) -> Place:
        """The input, or the part of it, that a value came with; what came to be later was no part of it."""
        return place if held(self._history.machine, place)[0] else Place(place.name, place.path[:1])

    def _tell_loops(self) -> None:
        """Fill in where the open loops were."""
        rows = self._found.rows
        ticks = sorted({row.tick for row in rows if row.tick is not None and row.pc is not None})
        loops = {
            effect.tick: told for told, effect in self._history.effects_of(ticks, self._where.loops, self._patience)
        }
        for at, row in enumerate(rows):
            if row.tick is not None and row.pc is not None and row.tick in loops:
                told = self._where.told(row.tick, row.pc, loops[row.tick])
                cells = (*row.cells[:-1], " ".join(loops[row.tick]))
                rows[at] = replace(row, cells=cells, data={**row.data, **told})
