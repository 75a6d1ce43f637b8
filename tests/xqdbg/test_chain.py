"""Chains of hashes: the same run has the same one, and another run is told by the first interval that differs."""

from __future__ import annotations

import random
from collections.abc import Callable
from itertools import pairwise

import pytest

from vm.contract import Machine, Place
from vm.xqvm.toolchain import TOOLCHAIN
from xqdbg.chain import Difference, GivenUp, chain, compare, first_difference, state_hash
from xqdbg.patience import Patience
from xqdbg.record import Edit, Record
from xqdbg.sessionfile.record import MOST_LINKS, Chain, stride_of
from xqdbg.timeline import Timeline


def program(body: str, count: int = 1_000) -> str:
    """`body` once in each of `count` iterations."""
    return f"PUSH 0\nSTOW r0\nPUSH 0\nPUSH {count}\nRANGE\n{body}\nNEXT\nHALT\n"


COUNT_UP = "LOAD r0\nPUSH 1\nADD\nSTOW r0"


def machine(text: str, step_limit: int | None = None) -> Machine:
    return TOOLCHAIN.machine(TOOLCHAIN.assemble(text), {"step_limit": step_limit})


def run(text: str, edits: dict[int, dict[str, int]] | None = None, step_limit: int | None = None) -> Timeline:
    record = Record({
        tick: [Edit(Place.parse(place), value) for place, value in made.items()] for tick, made in (edits or {}).items()
    })  # fmt: skip
    return Timeline(machine(text, step_limit), record=record)


FAR = 1 << 60


def test_it_covers_the_run_to_its_end() -> None:
    found = chain(run(program(COUNT_UP)), 0, FAR)
    assert found.ended
    assert found.last == 5_006
    assert found.stride == 128
    assert len(found.links) == len(found.ticks) <= MOST_LINKS
    assert len(set(found.links)) == len(found.links)


def test_the_same_run_has_the_same_chain_however_it_was_visited() -> None:
    text = program(COUNT_UP)
    fresh = chain(run(text), 0, FAR)
    visited = run(text)
    for tick in (4_000, 17, 5_006, 1_000):
        visited.seek(tick)
    assert chain(visited, 0, FAR) == fresh
    assert compare(run(text), fresh) is None
    assert compare(visited, fresh) is None
    assert first_difference(chain(visited, 0, FAR), fresh) is None


def test_a_part_of_a_run() -> None:
    text = program(COUNT_UP)
    part = chain(run(text), 100, 3_000)
    assert (part.first, part.last, part.ended) == (100, 3_000, False)
    assert compare(run(text), part) is None
    alone = chain(run(text), 40, 40)
    assert (alone.ticks, len(alone.links)) == ([40], 1)
    assert compare(run(text), alone) is None


def naive(one: str, other: str, ticks: list[int], edits: dict[int, dict[str, int]] | None = None) -> tuple[int, int]:
    """Ticks between which two runs part, by comparing the states at all of them."""
    first, second = run(one), run(other, edits)
    for after, by in pairwise(ticks):
        first.seek(by)
        second.seek(by)
        if second.tick != by or first.machine.digest() != second.machine.digest():
            return after, by
    raise AssertionError("they do not part")


@pytest.mark.parametrize("at", [3, 500, 731, 999])
def test_a_program_that_does_something_else_is_found_out_in_the_right_interval(at: int) -> None:
    text = program(COUNT_UP)
    edits = {at * 5: {"r0": 12_345}}
    saved = chain(run(text), 0, FAR)
    found = compare(run(text, edits), saved)
    assert found is not None
    assert (found.after, found.by) == naive(text, text, list(saved.ticks), edits)
    assert found.after is not None and found.after < at * 5 <= found.by
    assert str(found).startswith(f"the run differs between tick {found.after:,} and {found.by:,}")


def test_a_short_run_is_localised_to_the_tick() -> None:
    saved = chain(run("PUSH 1\nPUSH 2\nADD\nPUSH 5\nHALT\n"), 0, FAR)
    found = compare(run("PUSH 1\nPUSH 2\nSUB\nPUSH 5\nHALT\n"), saved)
    assert found == Difference(2, 3)
    assert str(found) == "the run differs between tick 2 and 3"


def test_a_handler_that_was_changed_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine of another version: one instruction does something else, and only with one operand."""
    text = program("LOAD r0\nPUSH 3\nBXOR\nSTOW r0\n" + COUNT_UP, 400)
    saved = chain(run(text), 0, FAR)
    edited = run(text)
    broken = edited.machine.run

    def run_wrongly(*args: object, **kwargs: object) -> object:
        before = edited.machine.tick
        got = broken(*args, **kwargs)  # type: ignore[arg-type]
        if before < 2_000 <= edited.machine.tick:
            edited.machine.set(Place("r7"), 1)
        return got

    monkeypatch.setattr(edited.machine, "run", run_wrongly)
    found = compare(edited, saved)
    assert found is not None and found.after is not None
    assert found.after < 2_000 + saved.stride and found.by >= 2_000
    assert found.by - found.after <= saved.stride


def test_a_run_that_ends_earlier_says_so() -> None:
    text = program(COUNT_UP)
    saved = chain(run(text), 0, FAR)
    halt = machine(text).code()[-1].pc
    found = compare(run(text, {1_000: {"pc": halt}}), saved)
    assert (
        str(found) == "the run differs between tick 896 and 1,024: it ends at tick 1,001 now, and went on to tick 5,006"
    )
    add = next(line.pc for line in machine(text).code() if line.op == "ADD")
    found = compare(run(text, {1_000: {"pc": add}}), saved)
    assert found is not None and found.why.startswith("it faults with STACK_UNDERFLOW at tick 1,001 now")


def test_a_run_that_goes_on_where_it_ended_says_so() -> None:
    saved = chain(run("PUSH 1\nPUSH 2\nHALT\nPUSH 3\n"), 0, FAR)
    found = compare(run("PUSH 1\nPUSH 2\nPUSH 0\nPUSH 3\n"), saved)
    assert found == Difference(2, 3, "it goes on now where it ended")
    saved = chain(run("PUSH 1\nPUSH 2\nPUSH 0\nPUSH 3\n"), 0, 3)
    found = compare(run("PUSH 1\nPUSH 2\nHALT\nPUSH 3\n"), saved)
    assert found == Difference(2, 3, "it ends there now")


def test_an_edit_that_can_no_longer_be_made_is_a_difference() -> None:
    text = "PUSH 1\nPUSH 2\nPOP\nPOP\nHALT\n"
    saved = chain(run(text), 0, FAR)
    found = compare(run(text, {4: {"stack[3]": 1}}), saved)
    assert found is not None and (found.after, found.by) == (3, 4)
    assert "an edit cannot be made: stack[3]" in found.why


def test_edits_are_part_of_the_run() -> None:
    text = program(COUNT_UP)
    edits = {100: {"r0": 7}, 2_000: {"r0": 1}}
    saved = chain(run(text, edits), 100, FAR)
    assert compare(run(text, edits), saved) is None
    without = compare(run(text), saved)
    assert without is not None and (without.after, without.by) == (None, 100)
    assert str(without) == "the run differs at tick 100"


def test_a_run_that_never_ends_is_covered_as_far_as_it_was_known() -> None:
    text = "TARGET .0\nPUSH 1\nPOP\nJUMP .0\n"
    saved = chain(run(text), 0, 100_000)
    assert (saved.last, saved.ended) == (100_000, False)
    assert compare(run(text), saved) is None


def test_both_give_up_when_nobody_waits() -> None:
    text = program(COUNT_UP)
    saved = chain(run(text), 0, FAR)
    asked: list[int] = []

    def after_ten() -> bool:
        asked.append(1)
        return len(asked) > 10

    replays: list[Callable[[Patience], object]] = [
        lambda patience: chain(run(text), 0, FAR, patience),
        lambda patience: compare(run(text), saved, patience),
    ]
    for replay in replays:
        asked.clear()
        with pytest.raises(GivenUp):
            replay(Patience(cancelled=after_ten))
        assert len(asked) < 20


def test_progress_is_told() -> None:
    told: list[int] = []
    saved = chain(run(program(COUNT_UP)), 0, FAR, Patience(progress=told.append))
    assert told[-1] == saved.last
    assert set(saved.ticks[1:]) <= set(told)


def test_chains_alone_tell_where_two_runs_part() -> None:
    text = program(COUNT_UP)
    one, other = chain(run(text), 0, FAR), chain(run(text, {640: {"r0": 7}}), 0, FAR)
    assert first_difference(one, other) == first_difference(other, one) == Difference(512, 640)
    half = Chain(0, one.ticks[20], one.stride, one.links[:21], False)
    assert first_difference(one, half) is None
    ended = Chain(0, one.ticks[20], one.stride, one.links[:21], True)
    found = first_difference(ended, one)
    assert found is not None and found.by == ended.last
    with pytest.raises(ValueError, match="strides"):
        first_difference(one, chain(run(text), 0, 100))


def test_the_hash_of_a_state() -> None:
    one, other = run(program(COUNT_UP)), run(program(COUNT_UP))
    one.seek(100)
    other.seek(300)
    assert state_hash(one) != state_hash(other)
    other.seek(100)
    assert state_hash(one) == state_hash(other)
    assert len(state_hash(one)) == 16


def test_random_edits_are_found_where_a_full_comparison_finds_them() -> None:
    choose = random.Random(11)
    text = program("LOAD r0\nPUSH 7\nMUL\nPUSH 1000\nMOD\nSTOW r0\n" + COUNT_UP, 120)
    plain = run(text)
    plain.seek(FAR)
    saved = chain(run(text), 0, FAR)
    assert saved.stride == stride_of(0, plain.tick)
    for _ in range(25):
        tick = choose.randrange(1, plain.tick)
        edits = {tick: {f"r{choose.randrange(1, 4)}": choose.randrange(100)}}
        found = compare(run(text, edits), saved)
        assert found is not None and (found.after, found.by) == naive(text, text, list(saved.ticks), edits)
