"""Reads and writes by name, against names made of every one of them."""

from __future__ import annotations

import random

import pytest

from tests.support.effects import MadeWhenAsked
from vm.contract import Effect, Place, Read, Span, Write
from xqdbg.named import ENDS, ByName, Named, Names


def every_name(place: Place) -> set[str]:
    """The place, the value it is a part of, and the cell of that value."""
    first = place.path[0] if place.path else None
    inner = isinstance(first, tuple) and len(place.path) > 1
    return {place.name, str(place)} | ({str(Place(place.name, (first,)))} if inner and first is not None else set())


def some_place(dice: random.Random) -> Place:
    name = dice.choice(("r0", "r1", "stack", "loop"))
    index = (dice.randrange(4),)
    return Place(name, dice.choice(((), (index,), (index, "index"), ("quad", (0, dice.randrange(3))), (Span(1, 2),))))


@pytest.mark.parametrize("seed", range(50))
def test_the_first_touch_is_found_under_each_of_its_names(seed: int) -> None:
    dice = random.Random(seed)
    reads = [Read(some_place(dice), number) for number in range(dice.randrange(12))]
    found = ByName(reads)
    names = {name for read in reads for name in every_name(read.place)}
    for name in names:
        assert found.get(name) is next(read for read in reads if name in every_name(read.place))
        assert name in found
    for name in ("r9", "stack[9]", "r0.linear[7]", "loop[3].count", "r"):
        assert found.get(name) is None and name not in found


def test_of_very_many_the_ends_are_known() -> None:
    kept = [Write(Place("r3", ("quad", (0, at))), 0, 1) for at in range(10_000)]
    writes = MadeWhenAsked(kept)
    found = ByName(writes)
    assert found.get("r3") is kept[0]
    assert f"r3.quad[0,{ENDS - 1}]" in found and "r3.quad[0,9999]" in found and "r3.quad[0,5000]" not in found
    assert writes.made == 2 * ENDS


def test_spans_are_those_of_reads() -> None:
    span = Place("stack", (Span(2, 3),))
    effect = Effect(0, 0, "X", (Read(Place("r1"), 4), Read(span, (1, 2, 3))), (), ())
    assert Named(effect).spans == (("stack", range(2, 5)),)


def test_names_of_two_effects_are_found_once() -> None:
    effects = [Effect(tick, 0, "X", (), (Write(Place("r1"), 0, tick),), ()) for tick in range(3)]
    names = Names()
    first, second = names.of(effects[0]), names.of(effects[1])
    assert names.of(effects[0]) is first and names.of(effects[1]) is second
    written = names.of(effects[2]).writes.get("r1")
    assert written is not None and written.new == 2
    assert names.of(effects[0]) is not first, "only two are kept"
