"""What the next instruction does, with the numbers of a moment."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from enum import Enum
from itertools import islice
from types import MappingProxyType

from vm.contract import Effect, Line, Place, Status, Write
from vm.isa import Condition, Flow, Isa, Op
from vm.values import dataclass
from xqdbg.addresses import address_of
from xqdbg.explanation.evaluating import Names, count_rounds, defined, evaluate, meant, number, quantity_of, truth
from xqdbg.explanation.facts import Facts, Given, UnknownError, facts_of
from xqdbg.explanation.formula import Assignment, assignment, quantity, term
from xqdbg.explanation.wording import live_line, place_text, reason, spelled, substituted, told
from xqdbg.moment import UNLISTED, Moment
from xqdbg.spoken import Words, plainly

NOTHING = "–"
"""Stands for no value in results."""
MOST_RESULTS = 6
"""Results that are told one by one."""
_HEAD = 64
"""Writes those are chosen from: an instruction may have very many, each made when it is asked for."""


class State(Enum):
    """What there is to explain."""

    COMING = "next"  # an instruction is about to be executed
    FAULTED = "faulted"  # the last one faulted
    HALTED = "halted"
    WAITING = "waiting"
    UNKNOWN = "unknown"  # no instruction of the table


@dataclass(frozen=True, slots=True)
class Result:
    """One write."""

    name: str
    """What the instruction calls it; empty where it has no name of its own."""
    place: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Danger:
    """One way to fault, in the order of the checks."""

    identity: str
    when: str
    """In words, with the registers of this instruction."""
    due: bool | None
    """Whether it happens now; None where an earlier fault hides it."""
    why: str
    """The numbers that decide it, or what else is known."""


@dataclass(frozen=True, slots=True)
class Cost:
    """One meter."""

    meter: str
    rule: str
    """How it is computed, as the table says; empty where it is nothing."""
    amount: int | None
    """What it is now; None where the instruction does not complete."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """An instruction at one moment."""

    state: State
    headline: str
    """The instruction as the program spells it, or what there is instead of one."""
    sentence: str
    op: Op | None = None
    where: str = ""
    """Where it stands in the program."""
    formula: tuple[str, ...] = ()
    """As the table has it."""
    live: tuple[str, ...] = ()
    """The same with numbers."""
    totals: str = ""
    """How many coefficients, or the like, it adds to, if there are many."""
    takes: tuple[Given, ...] = ()
    results: tuple[Result, ...] = ()
    more: int = 0
    """Further results."""
    flow: str = ""
    """Where control goes, and why."""
    dangers: tuple[Danger, ...] = ()
    fault: str = ""
    """What goes, or went, wrong."""
    costs: tuple[Cost, ...] = ()
    last: str = ""
    """What the last instruction did."""


def explain(moment: Moment, isa: Isa, code: Mapping[int, Line], source: Sequence[str] = ()) -> Explanation:
    """The explanation of a moment: of its next instruction, or of the one that faulted."""
    line = code.get(moment.pc)
    op = None if line is None else isa.by_name.get(line.op)
    last = last_text(moment.effect, code, source, moment.words)
    if moment.status is Status.HALTED:
        return Explanation(
            State.HALTED, "halted", "The program has come to its end; no instruction follows.", last=last
        )
    if moment.status is Status.HOST:
        words = "The machine waits for a reply of its host; `reply PLACE = VALUE, …` gives one."
        return Explanation(State.WAITING, "waiting", words, last=last)
    if line is None or op is None:
        return _unknown(moment, line, last)
    faulted = moment.status is Status.FAULTED
    effect = _own_effect(moment) if faulted else moment.coming
    where = _where(line)
    headline = _spelling(line, source)
    if effect is None or not effect.listed:
        words = moment.fault.explanation if moment.fault is not None else ""
        state = State.FAULTED if faulted else State.COMING
        much = "" if effect is None else f"{UNLISTED} before it is executed"
        return Explanation(state, headline, op.doc, op, where, op.formula, totals=much, fault=words, last=last)
    meters = () if faulted else moment.meters
    facts = facts_of(
        op, line, effect, moment.cells, moment.regions, meters, len(moment.nests), isa.wording.stack, moment.words
    )
    whole = _whole(faulted, headline, where, facts, effect, last if not faulted else "")
    return whole if effect.fault is not None else replace(whole, flow=flow_text(facts, effect, code, source))


def _own_effect(moment: Moment) -> Effect | None:
    """What the faulting instruction did before it faulted, if that was watched."""
    effect = moment.effect
    own = effect is not None and effect.listed and effect.fault is not None and effect.pc == moment.pc
    return effect if own else None


def _unknown(moment: Moment, line: Line | None, last: str) -> Explanation:
    fault = moment.coming.fault if moment.coming is not None else moment.fault
    headline = address_of(moment.pc, moment.code) if line is None else line.text
    where = "" if line is None else _where(line)
    words = "" if fault is None else fault.explanation
    return Explanation(State.UNKNOWN, headline, "There is no instruction here.", None, where, fault=words, last=last)


def _where(line: Line) -> str:
    place = address_of(line.pc, (line,))
    return place if line.source_line is None else f"line {line.source_line}, {place}"


def _spelling(line: Line, source: Sequence[str]) -> str:
    """The line of the source that the instruction comes from, if it is that instruction's alone."""
    if line.source_line is None or not 0 < line.source_line <= len(source):
        return line.text
    text = source[line.source_line - 1][:_WIDEST].partition(";")[0].strip()
    words, own = text.split(), line.text.split()
    words = words[1:] if words and words[0].endswith(":") else words
    same = bool(words and own) and own[0].rstrip("0123456789") == words[0].upper().rstrip("0123456789")
    return " ".join(words) if same else line.text


_WIDEST = 200
"""Characters of a source line that are looked at."""


def _whole(faulted: bool, headline: str, where: str, facts: Facts, effect: Effect, last: str) -> Explanation:
    op = facts.op
    names, live, totals = _formula(facts, effect)
    costs = tuple(_costs(facts, effect, names))
    results, more = _results(op, effect, facts)
    fault = effect.fault
    return Explanation(
        state=State.FAULTED if faulted else State.COMING,
        headline=headline,
        sentence=op.doc,
        op=op,
        where=where,
        formula=op.formula,
        live=live,
        totals=totals,
        takes=tuple(facts.given),
        results=results,
        more=more,
        dangers=tuple(_dangers(facts, effect, names)),
        fault="" if fault is None else f"{fault.identity}: {fault.explanation}",
        costs=costs,
        last=last,
    )


# The formula


def _formula(facts: Facts, effect: Effect) -> tuple[Names, tuple[str, ...], str]:
    """Names the formula defines, its lines with numbers, and how much it adds to."""
    names: dict[str, int] = {}
    live: list[str] = []
    added: list[str] = []
    for text in facts.op.formula:
        line = assignment(text)
        if meant(line, facts) and (shown := _defining(line, facts, names) or live_line(line, facts, names)):
            live.append(shown)
            if effect.fault is None and (count := _added(line, facts, names)):
                added.append(count)
    return names, tuple(live), f"adds to {' and '.join(_merged(added))}" if added else ""


def _defining(line: Assignment, facts: Facts, names: dict[str, int]) -> str:
    """A line that defines a name, which is then known to the lines below."""
    if not defined(line, facts):
        return ""
    name, shown = line.place.name, substituted(line.value, facts, names)
    try:
        names[name] = number(line.value.tree, facts, names)
    except UnknownError:
        return f"{name} = {shown}"
    return f"{name} = {names[name]}" if shown == str(names[name]) else f"{name} = {shown} = {names[name]}"


def _added(line: Assignment, facts: Facts, names: Names) -> str:
    """`5 r0.linear`, of a line that adds to many."""
    if not (line.adds and line.loops) or line.place.name in facts.op.pushes:
        return ""
    try:
        count = count_rounds(line.loops, facts, names)
    except UnknownError:
        return ""
    return f"{count} {place_text(line, facts, names).partition('[')[0]}"


def _merged(added: Sequence[str]) -> Iterator[str]:
    """Counts of the same thing in one: `25 of r0.linear`."""
    totals: dict[str, int] = {}
    for each in added:
        count, _, what = each.partition(" ")
        totals[what] = totals.get(what, 0) + int(count)
    return (f"{count:,} of {what}" for what, count in totals.items())


# Results


def _results(op: Op, effect: Effect, facts: Facts) -> tuple[tuple[Result, ...], int]:
    """What it writes that lasts, the named values first."""
    head = [effect.writes[at] for at in range(min(_HEAD, len(effect.writes)))]
    lasting = [write for write in head if write.place != _PC and not _is_taken(write)]
    chosen = lasting[:MOST_RESULTS]
    more = len(lasting) - len(chosen) + max(0, len(effect.writes) - len(head))
    names = iter(op.pushes)
    return tuple(_result(write, names, facts) for write in chosen), more


_PC = Place("pc")


def _is_taken(write: Write) -> bool:
    """Whether it only took a value away from where operands are."""
    return write.new is None and len(write.place.path) == 1 and isinstance(write.place.path[0], tuple)


def _result(write: Write, names: Iterator[str], facts: Facts) -> Result:
    named = write.place.name == facts.stack
    old, new = (NOTHING if value is None else told(value, facts.words) for value in (write.old, write.new))
    return Result(next(names, "") if named else "", str(write.place), old, new)


def last_text(
    effect: Effect | None, code: Mapping[int, Line], source: Sequence[str] = (), words: Words = plainly
) -> str:
    """What an instruction did, in one line."""
    if effect is None:
        return ""
    line = code.get(effect.pc)
    name = _spelling(line, source) if line is not None else effect.op
    if effect.fault is not None:
        return f"{name} faulted: {effect.fault.message}"
    if not effect.listed:
        return f"{name}: {UNLISTED}"
    head = list(islice((effect.writes[at] for at in range(min(_HEAD, len(effect.writes)))), _HEAD))
    lasting = [write for write in head if not _is_taken(write)]
    told_of = [_write_text(write, code, source, words) for write in lasting[:3]]
    more = len(effect.writes) - len(head) + len(lasting) - len(told_of)
    changes = ", ".join(told_of) + (f" and {more:,} more" if more else "")
    return f"{name}: {changes}" if changes else f"{name} changed nothing that stays"


def _write_text(write: Write, code: Mapping[int, Line], source: Sequence[str], words: Words) -> str:
    if write.place == _PC and isinstance(write.new, int):
        return f"went to {_target(write.new, code, source)}"
    old = "" if write.old is None else f"{told(write.old, words)} "
    return f"{write.place} {old}→ {NOTHING if write.new is None else told(write.new, words)}"


# Where control goes


_TAKEN: Mapping[Flow, tuple[str, str]] = MappingProxyType(
    {
        Flow.BRANCH: ("jumps", "does not jump: goes on"),
        Flow.LOOP_OPEN: ("skips the loop: goes on", "enters the loop: goes on"),
        Flow.LOOP_CLOSE: ("goes around again: back", "leaves the loop: goes on"),
    }
)
"""What it is called when control goes elsewhere, and when it does not."""


def flow_text(facts: Facts, effect: Effect, code: Mapping[int, Line], source: Sequence[str] = ()) -> str:
    """`jumps to line 12, .2: condition = 3`."""
    op = facts.op
    if op.flow is Flow.HALT:
        return "stops"
    moved = [write.new for write in _tail(effect) if write.place == _PC and isinstance(write.new, int)]
    to = moved[-1] if moved else facts.line.pc + facts.line.size
    holds, why = _why_taken(facts)
    taken = bool(moved) or (holds and op.flow is Flow.BRANCH)  # a jump to what follows anyway is one, too
    words = _TAKEN[op.flow][0 if taken else 1] if op.flow in _TAKEN else "jumps" if moved else "goes on"
    return f"{words} to {_target(to, code, source)}{f', because {why}' if why else ''}"


def _tail(effect: Effect) -> list[Write]:
    """The last writes: the program counter is told at the end."""
    count = len(effect.writes)
    return [effect.writes[at] for at in range(max(0, count - 2), count)]


def _why_taken(facts: Facts) -> tuple[bool, str]:
    """Whether control is known to go elsewhere, and the numbers that decide it."""
    if not facts.op.taken:
        return False, ""
    condition = term(facts.op.taken)
    try:
        holds = truth(evaluate(condition.tree, facts, {}))
    except UnknownError:
        return False, ""
    return holds, f"{substituted(condition, facts, {})} is {'true' if holds else 'false'}"


def _target(pc: int, code: Mapping[int, Line], source: Sequence[str]) -> str:
    line = code.get(pc)
    if line is None:
        return "the end"
    what = " ".join(filter(None, (line.label, _spelling(line, source))))
    return f"{_where(line).partition(',')[0]} ({what})"


# Faults and costs


def _dangers(facts: Facts, effect: Effect, names: Names) -> Iterator[Danger]:
    """Each condition; the first that can be the fault that is due is due."""
    fault, found = effect.fault, False
    conditions = facts.op.conditions or tuple(Condition(identity, "") for identity in facts.op.faults)
    for condition in conditions:
        known, why = _judged(condition, facts, names)
        when = spelled(condition.when, facts.spelled)
        if fault is None:
            yield Danger(condition.identity, when, False, why or "not now: the instruction completes")
        elif not found and condition.identity == fault.identity and known is not False:
            found = True
            yield Danger(condition.identity, when, True, why or fault.message)
        elif found:
            yield Danger(condition.identity, when, None, "not looked at: it faults before")
        else:
            yield Danger(condition.identity, when, False, why or "not now")
    if fault is not None and not found:
        yield Danger(fault.identity, "", True, fault.message)


def _judged(condition: Condition, facts: Facts, names: Names) -> tuple[bool | None, str]:
    """Whether a condition holds, as far as that can be computed, and the numbers that decide."""
    if not condition.due:
        return None, ""
    due = term(condition.due)
    try:
        return bool(evaluate(due.tree, facts, names)), reason(due, facts, names)
    except UnknownError:
        return None, ""


def _costs(facts: Facts, effect: Effect, names: Names) -> Iterator[Cost]:
    """Each meter; what is needed is told to the facts, for conditions about limits."""
    rules = {"steps": facts.op.steps, "bytes": facts.op.bytes}
    for meter, charged in effect.costs:
        rule = rules.get(meter, "0")
        yield Cost(meter, "" if rule == "0" else rule, charged if effect.fault is None else None)
    for at, (meter, rule) in enumerate(rules.items()):
        cost = quantity(rule)
        if (meter, ("left",)) not in facts.values or cost is None:
            continue
        try:
            facts.values[meter, ("needed",)] = quantity_of(cost, facts, names) + (1 - at)
        except UnknownError:
            continue
