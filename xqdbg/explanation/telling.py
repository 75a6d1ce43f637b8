"""Explanations in sections, for every face: the important first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from textwrap import wrap
from types import MappingProxyType

from vm.diagnostics import printable
from vm.isa import Flow
from vm.values import dataclass
from xqdbg.answer import Json
from xqdbg.explanation.explaining import NOTHING, Cost, Danger, Explanation, Result, State
from xqdbg.explanation.facts import Given
from xqdbg.explanation.reference import facts, rule_text
from xqdbg.explanation.wording import told

DUE, SAFE, HIDDEN = "due", "no", "–"
"""Marks of faults: due, not due, hidden by one that comes before."""
ALARM = "✗"
BETWEEN = "—"
"""Stands between a text and its note."""
TAKEN = MappingProxyType({Flow.BRANCH: "jumps", Flow.LOOP_OPEN: "skips its body", Flow.LOOP_CLOSE: "goes around again"})
"""What it is called where control goes elsewhere."""
_WIDTH = 100
"""Columns of plain text."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing told in a section."""

    text: str
    name: str = ""
    """What it is about, in a column of its own."""
    mark: str = ""
    tone: str = ""
    """How to draw it: `strong`, `quiet`, `alarm`, or empty."""
    place: str = ""
    """The place it shows."""
    note: str = ""
    """Why, to be told behind the text."""

    @property
    def whole(self) -> str:
        """Text and note."""
        return f"{self.text} {BETWEEN} {self.note}" if self.text and self.note else self.text or self.note


@dataclass(frozen=True, slots=True)
class Section:
    """Entries under a title of one word."""

    title: str
    entries: tuple[Entry, ...]


def sections(explanation: Explanation) -> Sequence[Section]:
    """All of an explanation but its headline and sentence; nothing in it is empty or markup."""
    return tuple(Section(title, tuple(entries)) for title, found in _parts(explanation) if (entries := [*found]))


def _parts(each: Explanation) -> Iterator[tuple[str, Iterator[Entry]]]:
    yield "fault", _fault(each)
    yield "formula", _formula(each)
    yield _live_title(each), (Entry(printable(line), tone="strong") for line in each.live)
    yield "leaves", _results(each)
    yield "then", (Entry(printable(text)) for text in (each.flow,) if text)
    yield "takes", (_given(given) for given in each.takes)
    yield "before", (Entry(printable(text)) for text in (each.last,) if text)
    yield "faults", (_danger(danger) for danger in each.dangers)
    yield "cost", (_cost(cost) for cost in each.costs)
    yield "reference", _table(each)


def _formula(each: Explanation) -> Iterator[Entry]:
    tone = "quiet" if each.live else ""
    yield from (Entry(printable(line), tone=tone) for line in each.formula)
    if each.op is not None and each.op.taken:
        yield Entry(f"{TAKEN.get(each.op.flow, 'goes elsewhere')} if {each.op.taken}", tone=tone)


def _live_title(each: Explanation) -> str:
    return "now" if not each.fault else "would be"


def _fault(each: Explanation) -> Iterator[Entry]:
    if each.fault:
        verb = "faulted" if each.state is State.FAULTED else "faults"
        yield Entry(f"this {verb}: {printable(each.fault)}", mark=ALARM, tone="alarm")


def _given(given: Given) -> Entry:
    text = given.text or (NOTHING if given.value is None else told(given.value))
    if given.place == text or text == NOTHING:
        return Entry(printable(given.place), printable(given.name), place=_pointable(given))
    return Entry(f"{printable(given.place)} = {printable(text)}", printable(given.name), place=_pointable(given))


def _pointable(given: Given) -> str:
    """The place of an operand, if it is one that can be asked about."""
    return given.place if given.place[:1].isalpha() else ""


def _results(each: Explanation) -> Iterator[Entry]:
    for result in each.results:
        yield Entry(_result(result), printable(result.name), tone="strong", place=result.place)
    more = f"and {each.more:,} more" if each.more else ""
    if words := "; ".join(filter(None, (more, each.totals))):
        yield Entry(printable(words))


def _result(result: Result) -> str:
    old = "" if result.old == NOTHING else f"{result.old} "
    return printable(f"{result.place}  {old}→ {result.new}")


def _danger(danger: Danger) -> Entry:
    when = f"when {danger.when}" if danger.when else ""
    mark = DUE if danger.due else HIDDEN if danger.due is None else SAFE
    tone = "alarm" if danger.due else "quiet" if danger.due is None else ""
    return Entry(printable(when), printable(danger.identity), mark, tone, note=printable(danger.why))


def _cost(cost: Cost) -> Entry:
    rule = rule_text(cost.rule, 1 if cost.meter == "steps" else 0) if cost.rule else ""
    amount = "" if cost.amount is None else f"{cost.amount:,}"
    return Entry(printable(" = ".join(filter(None, (amount, rule))) or NOTHING), printable(cost.meter))


_TOLD_ABOVE = frozenset({"formula", "steps", "bytes", "flow"})


def _table(each: Explanation) -> Iterator[Entry]:
    """What the table says besides what is told above."""
    if each.op is None:
        return
    identities = {condition.identity for condition in each.op.conditions}
    hidden = _TOLD_ABOVE | identities | {"faults"} if each.dangers else _TOLD_ABOVE
    for name, text in facts(each.op):
        if name not in hidden or (name in _TOLD_ABOVE and not each.costs and name not in ("formula",)):
            yield Entry(text, name, tone="quiet")


def lines(explanation: Explanation) -> Iterator[str]:
    """Plain text, for terminals and files: a headline, then section by section."""
    where = f"   {explanation.where}" if explanation.where else ""
    yield printable(f"{explanation.headline}{where}")
    yield f"  {explanation.sentence}"
    for section in sections(explanation):
        names = max(len(entry.name) for entry in section.entries)
        marks = max(len(entry.mark) for entry in section.entries)
        for at, entry in enumerate(section.entries):
            title = section.title if at == 0 else ""
            mark = f"{entry.mark:{marks}} " if marks else ""
            name = f"{entry.name:{names}}  " if names else ""
            head = f"  {title:9}  {mark}{name}"
            yield from _hanging(head, entry.whole)


def _hanging(head: str, text: str) -> Iterator[str]:
    """Text wrapped beside what stands before it."""
    parts = wrap(text, max(20, _WIDTH - len(head)), drop_whitespace=True) or [""]
    yield head + parts[0]
    for part in parts[1:]:
        yield " " * len(head) + part


def as_json(each: Explanation) -> Json:
    """The same for scripts."""
    return {
        "state": each.state.value,
        "instruction": each.headline,
        "where": each.where,
        "op": None if each.op is None else each.op.name,
        "doc": each.sentence,
        "formula": list(each.formula),
        "live": list(each.live),
        "totals": each.totals,
        "takes": [
            {"name": given.name, "place": given.place, "value": given.value if isinstance(given.value, int) else None,
             "text": given.text or told(given.value)}
            for given in each.takes
        ],
        "leaves": [
            {"name": result.name, "place": result.place, "old": result.old, "new": result.new}
            for result in each.results
        ],
        "more": each.more,
        "then": each.flow,
        "fault": each.fault or None,
        "faults": [
            {"identity": danger.identity, "when": danger.when, "due": danger.due, "why": danger.why}
            for danger in each.dangers
        ],
        "costs": [{"meter": cost.meter, "rule": cost.rule, "amount": cost.amount} for cost in each.costs],
        "before": each.last,
    }  # fmt: skip
