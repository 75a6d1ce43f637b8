"""Facts and moments of a machine before its next instruction, without a session."""

from __future__ import annotations

from tests.support.moments import moment
from vm.contract import Effect, Line, Machine
from xqdbg.explanation.facts import Facts, facts_of
from xqdbg.moment import Moment


def moment_before(machine: Machine) -> tuple[Moment, Effect]:
    """The moment the machine stands at, and the effect of its next instruction, which is then executed."""
    shown = {
        "pc": machine.pc,
        "tick": machine.tick,
        "cells": {view.id: tuple(machine.cells(view.id)) for view in machine.views()},
        "regions": machine.regions(),
        "meters": machine.meters(),
        "nests": machine.nests(),
    }
    effects: list[Effect] = []
    machine.run(1, None, effects.append)
    (effect,) = effects
    return moment(coming=effect, **shown), effect


def facts_before(machine: Machine, line: Line) -> tuple[Facts, Effect]:
    """What is known before the next instruction, which is then executed."""
    now, effect = moment_before(machine)
    op = machine.isa.by_name[line.op]
    stack = machine.isa.wording.stack
    return facts_of(op, line, effect, now.cells, now.regions, now.meters, len(now.nests), stack), effect
