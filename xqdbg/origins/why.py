"""`why`: what produced a value."""

from __future__ import annotations

from vm.contract import Place
from xqdbg.answer import Answer
from xqdbg.errors import XqdbgError
from xqdbg.origins.known import KnownRun
from xqdbg.origins.origin import point
from xqdbg.origins.places import held, settled
from xqdbg.origins.tree import Bud, Tree, buds
from xqdbg.patience import ENDLESS, Patience

FAULT = Place("fault")
"""Stands for the fault a run ends in."""


def why(history: KnownRun, place: Place, now: int, patience: Patience = ENDLESS) -> Answer:
    """What produced what a place holds at tick `now`, down to literals, inputs, edits and what was there at first.

    `fault` asks about the fault the run ends in. XqdbgError for a place that holds nothing.
    """
    history.reach(now, patience)
    if place == FAULT:
        return _of_fault(history, now, patience)
    machine = history.at(now)
    place = settled(machine, place)
    if place.name in {"tick", *(meter.name for meter in machine.meters())}:
        raise XqdbgError(f"{place} is counted at every instruction", "ask about a place that instructions write")
    there, value = held(machine, place)
    if not there:
        raise XqdbgError(f"there is no {place} at tick {now:,}")
    tree = Tree(history, f"why {place} = {machine.text(value)[:60]} at tick {now:,}", patience)
    tree.grow([Bud(place, point(now), value, 0, asked=True)])
    return tree.answer()


def _of_fault(history: KnownRun, now: int, patience: Patience) -> Answer:
    """What an instruction found that could not go on."""
    effect = history.effect(now - 1) if now > history.first else None
    if effect is None or effect.fault is None:
        raise XqdbgError(f"there is no fault at tick {now:,}", "go to where the run ends in one")
    tree = Tree(history, f"why {effect.fault.message} at tick {effect.tick:,}", patience)
    operands = [read for read in effect.reads if read.place.name in tree.stack]
    cells = (effect.fault.message, tree.instruction(effect.pc, operands))
    tree.add(tree.row(0, cells, effect.tick, effect.pc, kind="fault", fault=effect.fault.code))
    tree.grow(buds(effect.reads, effect.tick, 1))
    return tree.answer()
