"""Questions over the whole run, answered in rows that are places in time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from types import MappingProxyType

from vm.contract import Machine, Place, Value
from xqdbg.answer import Answer, Json, Row
from xqdbg.errors import XqdbgError
from xqdbg.expressions import Expression, Template, format_value
from xqdbg.findings import COLUMNS, Findings, Where, brief, value_of, value_text
from xqdbg.history import History
from xqdbg.patience import ENDLESS, Patience
from xqdbg.probe import Past

_BAR = 24
"""Width of the bar of the greatest share."""

_FIRST_STRETCH = 100_000
"""Ticks explored before looking whether something was true in them; twice as many the next time."""

_NOTHING_SAVED: Mapping[str, Value] = MappingProxyType({})

Show = Callable[[], Value]
Sites = AbstractSet[int] | Sequence[int]
"""Addresses of instructions; or ticks, ascending."""


def last(history: History, place: Place, now: int, patience: Patience = ENDLESS) -> Answer:
    """The instruction that wrote a place last before now. Asked again from there, the one before it."""
    history.want(place.name)
    place = history.resolve(place, now)
    tick = history.last_write(place, now, patience)
    edited = history.last_edit(place, now - 1)
    if edited is not None and (tick is None or tick < edited):
        answer = _edited(history, place, edited)
    elif tick is not None:
        answer = _written(history, place, tick, "was last written")
    else:
        answer = _nothing(history, place, f"nothing wrote {place} before tick {now:,}", patience)
    if history.last_edit(place, now) == now:
        return replace(answer, note=f"{place} was edited at this very tick")
    return answer


def next_write(history: History, place: Place, now: int, patience: Patience = ENDLESS) -> Answer:
    """The first instruction at tick `now` or later that writes a place."""
    history.want(place.name)
    place = history.resolve(place, now)
    tick = history.next_write(place, now - 1, patience)
    if tick is not None:
        return _written(history, place, tick, "is next written")
    return _nothing(history, place, f"nothing writes {place} at tick {now:,} or later", patience)


def _written(history: History, place: Place, tick: int, how: str) -> Answer:
    machine = history.at(tick)
    where = _where(history)
    loops, pc = where.loops(machine), machine.pc
    before, old = value_text(machine, place), brief(machine, value_of(machine, place))
    machine = history.at(tick + 1)
    after, new = value_text(machine, place), brief(machine, value_of(machine, place))
    told = {**where.told(tick, pc, loops), "place": str(place), "old": old, "new": new}
    row = Row((*where.cells(tick, pc, loops), before, after), tick, pc, data=told)
    change = f"{before} → {after}" if before != after else f"{after}, as before"
    title = f"{place} {how} at tick {tick:,} by {where.named(pc)}: {change}"
    return Answer(title, (*COLUMNS, "before", "after"), (row,), value=tick)


def _edited(history: History, place: Place, tick: int) -> Answer:
    machine = history.at(tick)
    where = _where(history)
    text, told = value_text(machine, place), {**where.told(tick, None, ()), "place": str(place), "edited": True}
    told["new"] = brief(machine, value_of(machine, place))
    cells = (f"{tick:,}", "", "edited", " ".join(where.loops(machine)), "", text)
    title = f"{place} was last edited, at tick {tick:,}, to {text}"
    return Answer(title, (*COLUMNS, "before", "after"), (Row(cells, tick, data=told),), value=tick)


def _nothing(history: History, place: Place, title: str, patience: Patience) -> Answer:
    if patience.cancelled():
        return Answer(f"the search for writes to {place} was given up", complete=False, note="not finished")
    if all(place.name not in line.writes for line in history.code.values()):
        return Answer(title, note=f"no instruction of the program writes {place.name}")
    return Answer(title, complete=not history.future.note, note=history.future.note)


def first(
    history: History,
    expression: Expression,
    patience: Patience = ENDLESS,
    saved: Mapping[str, Value] = _NOTHING_SAVED,
) -> Answer:
    """The first moment of the run at which an expression is true."""
    places = expression.places
    columns = (*COLUMNS, *map(str, places))
    tick = _first(history, expression, patience, saved)
    if tick is None:
        if patience.cancelled():
            return Answer(
                f"the search for {expression.text} was given up", columns, complete=False, note="not finished"
            )
        known = history.future.complete and not history.future.note
        when = "is never true" if known else f"is not true before tick {history.length:,}"
        return Answer(f"{expression.text} {when}", columns, complete=known, note=history.future.note)
    machine = history.at(tick)
    where = _where(history)
    loops = where.loops(machine)
    told = {
        **where.told(tick, machine.pc, loops),
        "places": {str(at): brief(machine, value_of(machine, at)) for at in places},
    }
    cells = (*where.cells(tick, machine.pc, loops), *(value_text(machine, place) for place in places))
    title = f"{expression.text} is true for the first time at tick {tick:,}"
    return Answer(title, columns, (Row(cells, tick, machine.pc, data=told),), value=tick)


def _first(history: History, expression: Expression, patience: Patience, saved: Mapping[str, Value]) -> int | None:
    """The first tick at which it is true; no more of the run is explored than has to be."""
    start, ahead = history.first, _FIRST_STRETCH
    while True:
        tick = next(history.matching(expression, start, patience=patience, saved=saved), None)
        if tick is not None or history.known or patience.cancelled():
            return tick
        start = history.length
        history.reach(history.length + ahead, patience)
        ahead *= 2


def hits(
    history: History,
    sites: Sites,
    shows: Sequence[Expression] = (),
    condition: Expression | None = None,
    patience: Patience = ENDLESS,
    saved: Mapping[str, Value] = _NOTHING_SAVED,
) -> Answer:
    """Every time the run comes to some instructions, or is at some ticks, and what expressions come to there."""
    look = _Look(history, (*shows, *([condition] if condition else ())), patience, saved)
    bound = [look.bind(show) for show in shows]
    wanted = None if condition is None else look.bind(condition)
    found = Findings((*COLUMNS, *(show.text for show in shows)), lambda n: _counted(n, "hit"), patience)
    where = _where(history)

    def row(machine: Machine) -> Row:
        values = [show() for show in bound]
        loops = where.loops(machine)
        texts = (format_value(machine, value) for value in values)
        told = where.told(machine.tick, machine.pc, loops)
        told["shows"] = {show.text: brief(machine, value) for show, value in zip(shows, values, strict=True)}
        return Row((*where.cells(machine.tick, machine.pc, loops), *texts), machine.tick, machine.pc, data=told)

    return look.over(sites, found, wanted, row)


def past_log(
    history: History,
    sites: Sites,
    template: Template,
    condition: Expression | None = None,
    patience: Patience = ENDLESS,
    saved: Mapping[str, Value] = _NOTHING_SAVED,
) -> Answer:
    """What a logpoint tells in the whole run, the past and the future of the position alike."""
    look = _Look(history, (*template.expressions, *([condition] if condition else ())), patience, saved)
    text = template.bind(look.machine, saved, look.old)
    wanted = None if condition is None else look.bind(condition)
    found = Findings(("tick", "line", "text"), lambda n: _counted(n, "line"), patience)
    where = _where(history)

    def row(machine: Machine) -> Row:
        told, pc = text(), machine.pc
        shown = {"tick": machine.tick, "pc": pc, "text": told}
        return Row((f"{machine.tick:,}", where.line(pc), told), machine.tick, pc, data=shown)

    return look.over(sites, found, wanted, row)


class _Look:
    """A pass over the run that looks at expressions on the scout's machine."""

    def __init__(
        self, history: History, expressions: Sequence[Expression], patience: Patience, saved: Mapping[str, Value]
    ) -> None:
        self._history = history
        self._patience = patience
        self._saved = saved
        self.machine = history.machine
        self._past: Past | None = history.past_of(expressions, saved)
        self.old = None if self._past is None else self._past.value

    def bind(self, expression: Expression) -> Show:
        """What an expression comes to where the machine stands."""
        return expression.bind(self.machine, self._saved, self.old)

    def over(self, sites: Sites, found: Findings, wanted: Show | None, row: Callable[[Machine], Row]) -> Answer:
        """Look at all of them; a row for each at which `wanted` is true."""
        history, patience = self._history, self._patience

        def ask(machine: Machine) -> None:
            if wanted is None or wanted():
                found.add(lambda: row(machine))

        if not isinstance(sites, AbstractSet):
            done = self._at(sites, ask, lambda: found.full and wanted is None)
            found.count = len(sites) if done and wanted is None else found.count
            known = history.future.complete and not patience.cancelled()
            return found.answer(done and known, history.future.note if done else "")
        history.complete(patience)
        total = history.ticks_of(sites).count
        for _ in history.sweep(ask, sites, patience, self._past) if total else ():
            if found.full and wanted is None:
                found.count = total
                break
        done = history.known and (found.count == total if wanted is None else not patience.cancelled())
        return found.answer(done and history.future.complete, history.future.note if done else "")

    def _at(self, ticks: Iterable[int], ask: Callable[[Machine], None], enough: Callable[[], bool]) -> bool:
        """Look at some ticks; False if the caller gave up."""
        for tick in ticks:
            if enough():
                break
            if self._past is not None and tick > self._history.first:
                self._past.note(self._history.at(tick - 1))
            ask(self._history.at(tick))
            self._patience.progress(tick)
            if self._patience.cancelled():
                return False
        return True


def count(history: History, by: str, patience: Patience = ENDLESS) -> Answer:
    """How often each `opcode` or `line` is executed in the whole run, the most frequent ones first."""
    if by not in ("opcode", "line"):
        raise XqdbgError(f"cannot count by {by[:40]!a}", "count by opcode, or by line")
    history.complete(patience)
    where = _where(history)
    counts: Counter[str | int] = Counter()
    for pc in history.executed:
        line = history.code.get(pc)
        key = pc if by == "line" else "?" if line is None else line.op
        counts[key] += history.visits.count(pc)
    total, most = history.length - history.first, max(counts.values(), default=1)
    rows = [
        _share(history, where, key, number, total, most)
        for key, number in sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    ]
    names = ("line", "instruction") if by == "line" else ("opcode",)
    kinds = "instructions" if by == "line" else "opcodes"
    title = f"{_counted(total, 'instruction')} executed: {len(rows)} {kinds}"
    note = history.future.note or ("" if history.future.complete else "not finished")
    return Answer(title, (*names, "count", "share", ""), tuple(rows), history.future.complete, note)


def _share(history: History, where: Where, key: str | int, number: int, total: int, most: int) -> Row:
    """A row of a count; choosing it goes to the first time."""
    share = f"{number / total:.1%}"
    bar = "█" * max(1, round(_BAR * number / most))
    told: dict[str, Json] = {"count": number, "share": number / total}
    if isinstance(key, str):
        pcs = [pc for pc in history.executed if (line := history.code.get(pc)) is not None and line.op == key]
        tick = history.ticks_of(pcs).after(history.first - 1)
        return Row((key, f"{number:,}", share, bar), tick, None, data={"opcode": key, **told})
    tick = history.visits.after(key, history.first - 1)
    line = history.code.get(key)
    told = {"line": None if line is None else line.source_line, "pc": key, **told}
    return Row((where.line(key), where.text(key), f"{number:,}", share, bar), tick, key, data=told)


def _where(history: History) -> Where:
    return Where(history.code, history.machine)


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
