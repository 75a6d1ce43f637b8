"""Slices: exactly what matters in small programs; in random ones, inputs outside a slice never change the value."""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.support.naive_history import NaiveHistory
from tests.support.programs import Generator
from tests.support.runs import program
from vm.contract import Effect, Place, PlaceError, Status
from vm.xqvm.machine import XqvmMachine
from vm.xqvm.program import Program
from xqdbg.origins import Slice, slice_of

MOST_TICKS = 1_500


@dataclass
class Tally:
    """What became of trials."""

    trials: int = 0
    """Slices whose value was looked at again with an input changed."""
    outside: int = 0
    """Of these: the input was outside the slice, and the value had to be the same."""
    changed: int = 0
    """Of these: the value or the way to it was another, and the input had to be in the slice."""
    faulted: int = 0
    """Changed runs that came to nothing, because they faulted before."""
    wrong: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """In one line."""
        return (
            f"{self.trials} slices tried: in {self.outside} the changed input was outside, in {self.changed} what it "
            f"changed was inside; {self.faulted} changed runs faulted before; {len(self.wrong)} wrong"
        )


class Trials:
    """One program and its run, and what becomes of it when inputs are changed."""

    def __init__(self, seed: int, tally: Tally) -> None:
        self.seed = seed
        self.tally = tally
        self.generator = Asking(seed)
        self.random = self.generator.random
        self.code, self.inputs = self.generator.program(), self.generator.inputs()
        self.history = NaiveHistory(started(self.code, self.inputs), most=MOST_TICKS)

    def run(self) -> None:
        """Look at some moments, and change an input that was read before each."""
        if not self.history.length:
            return
        for _ in range(4):
            last = self.random.random() < 0.3
            now = self.history.length if last else self.random.randint(1, self.history.length)
            slots = sorted(asked(self.history.seen[:now]))
            if slots:
                self.change(self.random.choice(slots), now)

    def change(self, slot: int, now: int) -> None:
        """Change an input, and compare what all places hold at a tick."""
        before = self.history.at(now)
        places = int_places(self.history, now)
        values = [value_at(before, place) for place in places]
        changed, pcs = self.changed(slot, now)
        if changed.status is Status.FAULTED and (changed.tick < now or self.history.effect(now - 1).fault is None):
            self.tally.faulted += 1
            return
        astray = pcs != [effect.pc for effect in self.history.seen[:now]]
        others = [p for p, value in zip(places, values, strict=True) if astray or value_at(changed, p) != value]
        for place in self.random.sample(others, min(len(others), 6)):
            self.judge(place, slot, now, other=True)
        same = [place for place in places if place not in others]
        for place in self.random.sample(same, min(len(same), 2)):
            self.judge(place, slot, now, other=False)

    def changed(self, slot: int, now: int) -> tuple[XqvmMachine, list[int]]:
        """The machine after as many ticks with another value in the slot, and the way it took."""
        calldata = list(self.inputs["calldata"])
        kind = self.generator.kind(calldata[slot])
        alike = self.generator.chance(0.8)
        calldata[slot] = self.generator.fitting(kind) if alike else self.generator.value()
        machine = started(self.code, {**self.inputs, "calldata": calldata})
        pcs: list[int] = []
        machine.run(now, None, lambda effect: pcs.append(effect.pc))
        return machine, pcs

    def judge(self, place: Place, slot: int, now: int, *, other: bool) -> None:
        """Take note whether the slice says so if the input changed the value."""
        found = slice_of(self.history, place, now)
        assert found is not None
        self.tally.trials += 1
        self.tally.changed += other
        self.tally.outside += slot not in found.inputs
        if other and slot not in found.inputs:
            self.tally.wrong.append(f"seed {self.seed}: {place} at {now} depends on in[{slot}]")


def tallied(first: int, wanted: int) -> Tally:
    """Trials on one program after the other, until so many slices have been tried."""
    tally, seed = Tally(), first
    while tally.trials < wanted:
        Trials(seed, tally).run()
        seed += 1
    return tally


if __name__ == "__main__":
    done = tallied(int(sys.argv[1]), int(sys.argv[2]))
    print("\n".join([done.text, *done.wrong[:20]]))
    sys.exit(bool(done.wrong))
