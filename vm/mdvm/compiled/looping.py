"""Loops. One that calls nothing and holds no other is a Python loop over the ticks that are left, or over a register.

It is written in up to three ways, the best first: by a register that steps, without the tests that are known to come
out alike for as many rounds; without the checks that bounds make needless; and with all of them.
"""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING

from vm.mdvm.compiled import bounds, strides
from vm.mdvm.compiled.branching import together
from vm.mdvm.compiled.choices import Choice, Choices, choices
from vm.mdvm.compiled.facts import Facts
from vm.mdvm.compiled.loop import Hole, Loop, Way

if TYPE_CHECKING:
    from vm.mdvm.compiled.writer import Writer

COPIES = 3
"""How often an instruction is written at most, where ways meet again that are no two sides of a branch."""
_NESTED = 6
"""Loops within each other; Python takes twenty, and a counted one is two."""
_ATTEMPTS = 40
_SHORT, _LAPS = 16, 4
"""Instructions of a loop that goes round more than once in the text, and how often."""


def write_loop(w: Writer, pc: int, body: AbstractSet[int], facts: Facts, until: int | None) -> tuple[int, Facts] | None:
    """Write a loop: where to go on behind it, -1 for `until`; None if control goes no further."""
    if len(w.loops) >= _NESTED:
        w.leave(pc, facts)
        return None
    w.mark(facts)
    w.settle(facts)
    w.pay(facts)
    w.numbers += 1
    w.sheet.spend(len(body))
    loop = Loop(pc, body, w.numbers)
    loop.counted = not loop.inside(w.graph)[0] and all(_is_even_at(w, each) for each in body)
    start = len(w.lines)
    known = _settled(w, loop, facts)
    if loop.counted:
        laps = _LAPS if len(body) <= _SHORT and len(loop.way.rests) == 1 else 1
        plan = bounds.plan(w.graph, loop, known)
        best = strides.plan(w.graph, loop, known, plan)
        if plan is not None or best is not None or laps > 1:
            del w.lines[start:]
            _once_more(w, loop, known, choices(loop.number, plan, best, laps))
    return _after(w, loop, until)


def _is_even_at(w: Writer, pc: int) -> bool:
    """Whether an instruction takes ticks that can be told, as all do but most calls."""
    op = w.program.code[pc].op
    return op is None or op.name != "call" or pc in w.sheet.even_calls


def _settled(w: Writer, loop: Loop, facts: Facts) -> Facts:
    """Write a loop, again and again until it knows no more where it begins than where it begins anew."""
    known, start, times = facts.copy(), len(w.lines), w.times.copy()
    for _ in range(_ATTEMPTS):
        loop.forget()
        w.times = times.copy()
        del w.lines[start:]
        _whole(w, loop, known, choices(loop.number, None, None, 1))
        # every way is looked at
        changes = [known.meet(each) for each in loop.way.rests]
        if not any(changes):
            return known
    raise w.sheet.too_large()


def _once_more(w: Writer, loop: Loop, known: Facts, found: Choices) -> None:
    """Write a loop again, with all that is known of it now."""
    times = w.times.copy()
    loop.forget()
    for pc in loop.body:
        times.pop(pc, None)
    copies = sum(each.way.laps for each in found.every)
    w.times = {pc: -COPIES * copies for pc in loop.body} | times
    _whole(w, loop, known, found)


def _whole(w: Writer, loop: Loop, known: Facts, found: Choices) -> None:
    """Write a loop, with what is known where it begins."""
    w.line("while True:")
    w.depth += 1
    facts = known.copy()
    if loop.counted:
        _counted(w, loop, facts, found)
    else:
        w.begin(facts, loop.header)
        w.loops.append(loop)
        w.walk(loop.header, facts, None, arriving=False, inner=False)
        w.loops.pop()
    w.depth -= 1


# Loops that are counted


def _counted(w: Writer, loop: Loop, facts: Facts, found: Choices) -> None:
    """Write all ways, and leave where there are too few ticks for any."""
    shortest = found.every[-1].way.segment
    facts.done = 0
    w.line(lambda: f"if room < {shortest.most}:")
    w.leave(loop.header, facts, more=1)
    w.line(lambda: f"g{loop.number} = 0" if any(each.way.uneven for each in found.every) else "")
    for number in found.read:
        w.read(facts, number)
    for text in found.lines:
        w.line(text)
    w.loops.append(loop)
    loop.ways.clear()
    for choice in found.every:
        _chosen(w, loop, facts.copy(), choice, is_first=not loop.ways)
    w.loops.pop()
    w.line("break")


def _chosen(w: Writer, loop: Loop, facts: Facts, choice: Choice, *, is_first: bool) -> None:
    loop.ways.append(choice.way)
    condition = choice.condition
    if condition is not None:
        word = "if" if is_first else "elif"
        w.line(lambda: f"{word} {condition()}:")
    elif not is_first:
        w.line("else:")
    inward = condition is not None or not is_first
    w.depth += inward
    if choice.way.stride is None:
        _rounds(w, loop, facts, choice.chunk)
    else:
        _strides(w, loop, choice.way.stride, facts)
    w.depth -= inward


def _rounds(w: Writer, loop: Loop, facts: Facts, chunk: int) -> None:
    """Write a loop over the ticks that are left."""
    way = loop.way
    segment = way.segment

    def ticks() -> str:
        most = segment.most
        return f"for room in range(room, max({most - 1}, room - {most * max(1, chunk // way.laps)}), -{most}):"

    w.line(ticks)
    _inside(w, loop, facts)
    w.line(lambda: f"room += g{way.number} - {segment.most}" if way.uneven else f"room -= {segment.most}", 1)
    w.line("continue", 1)


def _strides(w: Writer, loop: Loop, stride: strides.Stride, facts: Facts) -> None:
    """Write a loop over what is in a register."""
    way, counter, step, number = loop.way, stride.counter, stride.step, loop.number
    w.line(f"s{number} = r{counter} + {step}" if stride.is_ahead else f"s{number} = r{counter}")
    w.line(f"for r{counter} in range(s{number}, s{number} + n{number} * {step}, {step}):")
    facts.put(counter, "int")
    if stride.is_ahead:
        facts.pending[counter] = f"(r{counter} - {step})"
    _inside(w, loop, facts)
    if not stride.is_ahead:
        w.line(f"r{counter} += {step}", 1)
    segment = way.segment
    w.line(lambda: f"room -= n{number} * {segment.most}" + (f" - g{number}" if way.uneven else ""), 1)
    w.line("continue", 1)


def _inside(w: Writer, loop: Loop, facts: Facts) -> None:
    """Write what a counted loop goes through, and what is due where it has gone through all."""
    way = loop.way
    w.depth += 1
    facts.segment, facts.done, facts.laps = way.segment, 0, 0
    w.walk(loop.header, facts, None, arriving=False, inner=False)
    w.depth -= 1
    w.line("else:")
    for register in sorted({number for each in way.endings for number in each}):
        w.line(_late(way, register), 1)


def _late(way: Way, register: int) -> Callable[[], str]:
    return lambda: f"r{register} = {way.put_off(register)}" if way.put_off(register) else ""


# Where a loop begins anew, and where it ends


def again(w: Writer, loop: Loop, facts: Facts) -> None:
    """Begin a loop anew."""
    way = loop.way
    if not loop.counted:
        w.settle(facts)
        way.rests.append(facts)
        if facts.done:
            w.line(f"room -= {facts.done}")
        w.line("continue")
        return
    facts.pending.pop(way.counter, None)
    way.endings.append(facts.pending.copy())
    for register, text in facts.pending.items():
        w.line(_early(way, register, text))
    facts.pending.clear()
    way.rests.append(facts)
    done, segment = facts.done, way.segment
    w.line(lambda: f"g{loop.number} += {segment.most - done}" if segment.most != done else "")
    w.line("continue")


def _early(way: Way, register: int, text: str) -> Callable[[], str]:
    return lambda: "" if way.put_off(register) else f"r{register} = {text}"


def out(w: Writer, loop: Loop, pc: int, facts: Facts) -> None:
    """End a loop."""
    facts.laps = 0
    if loop.counted:
        room = w.room_left(facts)
        w.line(lambda: f"room = {room()}" if room() != "room" else "")
        loop.way.looked.update(facts.bound - facts.pending.keys())
    elif facts.done:
        w.line(f"room -= {facts.done}")
    w.settle(facts, stepping=True)
    facts.done = 0
    loop.exits.setdefault(pc, []).append(facts)
    number = list(loop.exits).index(pc)
    w.line(lambda: f"x{loop.number} = {number}" if len(loop.exits) > 1 else "")
    w.line("break")


def _after(w: Writer, loop: Loop, until: int | None) -> tuple[int, Facts] | None:
    """Go on where a loop has ended."""
    exits = []
    for pc, known in loop.exits.items():
        for each in known[1:]:
            known[0].meet(each)
        exits.append((pc, known[0]))
    if not exits:
        return None
    if len(exits) == 1:
        pc, facts = exits[0]
        w.begin(facts, pc)
        return pc, facts
    sides: list[tuple[Facts, Hole]] = []
    for number, (pc, facts) in enumerate(exits):
        hole = Hole()
        w.line(f"if x{loop.number} == {number}:")
        w.depth += 1
        w.begin(facts, pc)
        met = w.walk(pc, facts, until)
        if met is not None:
            w.settle(met)
        w.line(hole)
        w.depth -= 1
        if met is not None:
            sides.append((met, hole))
    if not sides or until is None:
        return None
    return -1, together(w, sides, until)
