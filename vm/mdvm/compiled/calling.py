"""Calls and returns: what is called becomes a function that is called."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from vm.mdvm.compiled.facts import ANY, NEVER, Facts, common
from vm.mdvm.compiled.runtime import CallSite
from vm.mdvm.compiled.sheet import Function
from vm.mdvm.isa import PASSED, SAVED
from vm.mdvm.program import Instruction

if TYPE_CHECKING:
    from vm.mdvm.compiled.writer import Writer


def call(w: Writer, instruction: Instruction, facts: Facts) -> tuple[int, Facts] | None:
    pc, (into, f, *arguments) = instruction.pc, instruction.operands
    entry = _callee(w, pc, f, facts)
    if entry is None:
        w.leave(pc, facts)
        return None
    given = _given(w, facts, arguments[:PASSED])
    called = w.sheet.function(entry, {to: kind for to, (_, kind) in given.items()})
    if not _is_right_about(w, pc, called):
        w.leave(pc, facts)
        return None
    values = [given[number][0] if number in given else w.read(facts, number) for number in sorted(called.params)]
    w.line("if deep < 1:")
    w.leave(pc, facts, more=1)
    for to in given:
        if to in w.sheet.defined and to not in facts.untagged:
            w.line(f"T.pop({to}, None)")
    w.ran(facts, pc)
    w.mark(facts)
    _enter(w, called, values, CallSite(pc, into, entry, tuple(arguments[:PASSED]), ()), facts)
    w.is_even = False
    if called.ticks < 0:
        w.begin(facts, pc + 1)
    return pc + 1, facts


def _is_right_about(w: Writer, pc: int, called: Function) -> bool:
    """Whether what was thought of a call holds, that it always takes as much; if not it is written once more."""
    sheet = w.sheet
    if called.ticks >= 0 and pc not in sheet.even_calls | sheet.uneven_calls:
        sheet.even_calls.add(pc)
        w.function.changed = True
    elif called.ticks < 0 and pc in sheet.even_calls:
        sheet.even_calls.discard(pc)
        sheet.uneven_calls.add(pc)
        w.function.changed = True
    return called.ticks >= 0 or w.counted() is None


def _callee(w: Writer, pc: int, register: int, facts: Facts) -> int | None:
    """Where a call leads; if that is in no constant, it is taken to be what is there now."""
    if register in facts.constants:
        return w.sheet.entry(facts.constants[register])
    name = w.sheet.registers[register]
    entry = w.sheet.entry(name)
    if entry is None or type(name) is not str or pc in w.sheet.generic:
        return None
    w.line(f"if {w.read(facts, register)} != {w.sheet.keep('K', name)}:")
    w.leave(pc, facts, more=1, guessed=True)
    if register < SAVED:
        facts.constants[register], facts.kinds[register] = name, "str"
    return entry


def _given(w: Writer, facts: Facts, arguments: Iterable[int]) -> dict[int, tuple[str, str]]:
    """Text and kind of what a call copies to r0 and so on: one after the other, so that one can copy another."""
    given: dict[int, tuple[str, str]] = {}
    for to, register in enumerate(arguments):
        given[to] = given[register] if register in given else (w.read(facts, register), facts.kind(register))
    return given


def _enter(w: Writer, called: Function, values: Sequence[str], site: CallSite, facts: Facts) -> None:
    registers = tuple(sorted(facts.dirty))
    if called.void and site.into < SAVED:
        w.settle(facts)
        w.need(facts, site.into)
    handed = w.values(facts, registers)
    shared = tuple(sorted({number for number in site.arguments if number >= SAVED}))
    for number in shared:
        w.line(f"v{number} = {w.name(number)}")
    kept = w.sheet.keep("C", CallSite(site.pc, site.into, site.entry, site.arguments, registers, shared))
    to = "t" if called.void else w.name(site.into)
    w.line("try:")
    if called.ticks >= 0:
        room = w.room_left(facts)
        w.line(f"{to} = {called.name}({', '.join(values)})", 1)
        w.line("except Leave as leave:")
        w.line(lambda: f"leave.room += {room()}", 1)
        facts.done += called.ticks
        facts.segment.most = max(facts.segment.most, facts.done)
    else:
        w.line(f"room, {to} = {called.name}({', '.join([f'room - {facts.done}', 'deep - 1', *values])})", 1)
        w.line("except Leave as leave:")
    then = "".join(f"v{number}, " for number in shared)
    w.line(f"leave.outer.append(({kept}, ({handed}), ({then})))", 1)
    w.line("raise", 1)
    kind = called.result
    if called.void:
        w.line("if t is not VOID:")
        w.line(f"{w.name(site.into)} = t", 1)
        kind = common(ANY if kind == NEVER else kind, facts.kind(site.into))
    facts.untagged = {number for number in range(SAVED)}
    if site.into < SAVED:
        facts.put(site.into, kind)
    elif site.into in w.sheet.defined:
        w.line("if t is not VOID:" if called.void else "if True:")
        w.line(f"T.pop({site.into}, None)", 1)


def give_back(w: Writer, instruction: Instruction, facts: Facts) -> None:
    operands = instruction.operands
    value = w.read(facts, operands[0]) if operands else "VOID"
    w.ran(facts, instruction.pc)
    w.mark(facts)
    if w.sheet.defined:
        w.line("if T:")
        w.line("untag(T)", 1)
    kind = facts.kind(operands[0]) if operands else NEVER
    w.function.returns(kind, void=not operands)
    w.ticks.add(facts.done)
    if w.function.ticks >= 0:
        w.line(f"return {value}")
    else:
        room = w.room_left(facts)
        w.line(lambda: f"return {room()}, {value}")
