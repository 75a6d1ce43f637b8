"""Calls and returns (reference, section 7)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vm.faults import Fault
from vm.mdvm.frames import Frame
from vm.mdvm.halt import Halt
from vm.mdvm.isa import CALL_DEPTH, ISA, PASSED, SAVED
from vm.mdvm.ops.made import Jumping
from vm.mdvm.values import Slot

if TYPE_CHECKING:
    from vm.mdvm.state import State


def entry_of(m: State, value: Slot) -> int:
    """The entry of the function that a value names, by its name or by its entry."""
    if type(value) is str:
        name = value
    elif type(value) is int:
        name = m.program.by_entry.get(value, f"func_{value}")
    else:
        raise Fault("UndefinedFunction", name="no function specified")
    entry = m.program.functions.get(name)
    if entry is None:
        raise Fault("UndefinedFunction", name=name)
    return entry


@ISA.implements("call")
def call(m: State, d: int, f: int, *arguments: int) -> Jumping:
    r, tags, back = m.regs, m.tags, m.binding + 1
    passed = tuple(enumerate(arguments[:PASSED]))
    functions, end = m.program.functions, m.program.instructions

    def step() -> int:
        name = r[f]
        entry = functions.get(name) if type(name) is str else None
        if entry is None:
            entry = entry_of(m, name)
        saved = r[:SAVED]
        for to, a in passed:
            r[to] = r[a]
        if tags:
            for to, _ in passed:
                tags.pop(to, None)
        depth = m.depth
        if depth >= CALL_DEPTH:
            raise Fault("StackOverflow", depth=depth)
        m.frames = Frame(back, d, entry, saved, m.frames, depth + 1)
        m.depth = depth + 1
        return entry if entry < end else m.landing(entry)

    return step


@ISA.implements("return")
def give_back(m: State, *value: int) -> Jumping:
    r, tags = m.regs, m.tags
    source = value[0] if value else -1

    def step() -> int:
        frame = m.frames
        result = r[source] if source >= 0 else None
        if frame is None:
            m.returned(result)
            raise Halt
        m.frames = frame.below
        m.depth -= 1
        r[:SAVED] = frame.saved
        if tags:
            for number in [number for number in tags if number < SAVED]:
                del tags[number]
        if source >= 0:
            r[frame.into] = result
            tags.pop(frame.into, None)
        return frame.back

    return step
