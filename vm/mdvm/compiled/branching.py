"""Branches: both sides are written one after the other, up to where they come together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from vm.mdvm.compiled.facts import Facts
from vm.mdvm.compiled.loop import Hole
from vm.mdvm.program import Instruction

if TYPE_CHECKING:
    from vm.mdvm.compiled.writer import Writer


def branch(
    w: Writer, instruction: Instruction, text: str, flag: int, facts: Facts, until: int | None
) -> tuple[int, Facts] | None:
    """Write a branch; `flag` is the register of its condition, if that was not written yet."""
    target, pc = instruction.target or 0, instruction.pc
    w.ran(facts, pc)
    w.mark(facts)
    meets = _joins(w).get(pc, until)
    taken = instruction.name == "jump_if"
    other = facts.copy()
    w.line(f"if {text}:" if taken else f"if not ({text}):")
    hole = Hole()
    met = _side(w, target, facts, meets, flag, taken, hole)
    if met is None or meets is None:
        know(w, other, flag, not taken)
        return pc + 1, other
    w.line("else:")
    rest = Hole()
    met_too = _side(w, pc + 1, other, meets, flag, not taken, rest)
    sides = [(met, hole)] + ([(met_too, rest)] if met_too is not None else [])
    return (-1 if meets == until else meets), together(w, sides, meets)


def _side(w: Writer, pc: int, facts: Facts, until: int | None, flag: int, value: bool, hole: Hole) -> Facts | None:
    w.depth += 1
    know(w, facts, flag, value)
    met = w.walk(pc, facts, until)
    if met is not None:
        w.settle(met)
    w.line(hole)
    w.depth -= 1
    return met


def know(w: Writer, facts: Facts, flag: int, value: bool) -> None:
    """Take note of what the condition of a branch was; it need not be written yet."""
    if flag >= 0:
        w.put(facts, flag, "bool")
        facts.pending[flag] = str(value)


def together(w: Writer, sides: Sequence[tuple[Facts, Hole]], pc: int) -> Facts:
    """What is known where several ways come together, all of them having paid alike."""
    first = sides[0][0]
    if all(facts.segment is first.segment for facts, _ in sides):
        most = max(facts.done for facts, _ in sides)
        for facts, hole in sides:
            _refund(w, most - facts.done, hole)
            facts.done = most
        met = first
        for facts, _ in sides[1:]:
            met.meet(facts)
        return met
    for facts, hole in sides:
        hole.text = f"room -= {facts.done}" if facts.done else ""
        if facts is not first:
            first.meet(facts)
    w.begin(first, pc)
    return first


def _refund(w: Writer, ticks: int, hole: Hole) -> None:
    if not ticks:
        return
    w.is_even = False
    loop = w.counted()
    if loop is None:
        hole.text = f"room += {ticks}"
    else:
        loop.way.refunds = True
        hole.text = f"g{loop.number} += {ticks}"


def _joins(w: Writer) -> Mapping[int, int]:
    return w.loops[-1].inside(w.graph)[1] if w.loops else w.outside[1]
