"""The timeline: whatever was visited before, a tick is what a fresh run finds there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import count, pairwise
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.toy import ToyMachine, marks, toy_machine
from tests.support.toy.programs import ENDLESS, NESTED, countdown
from vm.contract import Observer, Status, Stop, StopWhen, Trail
from xqdbg.shelf import Shelf
from xqdbg.timeline import Pacing, Timeline
from xqdbg.trap import OPEN, Trap

TINY = Pacing(most_slice=7, least_spacing=3, spacing_seconds=0, dense_seconds=0, most=9)
"""Slices and checkpoints so small that programs of a few hundred ticks meet every border."""

_REGISTER = st.integers(0, 7).map("r{}".format)
_PLAIN = st.one_of(
    st.builds("SET {} {}".format, _REGISTER, st.integers(-3, 5)),
    st.builds("{} {} {} {}".format, st.sampled_from(["ADD", "SUB", "MUL", "LT"]), _REGISTER, _REGISTER, _REGISTER),
    st.builds("PUT {} {} {}".format, _REGISTER, _REGISTER, _REGISTER),
    st.builds("DIV {} {} {}".format, _REGISTER, _REGISTER, _REGISTER),
    st.builds("OUT {}".format, _REGISTER),
    st.just("CALL .f"),
)


def _looped(body: list[str], times: int) -> str:
    return "\n".join([f"SET r6 {times}", "LOOP r6", *body, "END"])


_BLOCK = st.recursive(
    _PLAIN, lambda inner: st.builds(_looped, st.lists(inner, min_size=1, max_size=4), st.integers(0, 5)), max_leaves=12
)
PROGRAMS = st.lists(_BLOCK, min_size=1, max_size=8).map(
    lambda parts: "\n".join([*parts, "HALT", ".f", "OUT r0", "RET"])
)


class Run:
    """Every state of a program, by tick, from one plain run."""

    def __init__(self, text: str) -> None:
        machine = toy_machine(text)
        self.states = [machine.checkpoint()]
        self.pcs = [machine.pc]
        self.depths = [machine.depth]
        while machine.status is Status.READY:
            machine.run(1)
            self.states.append(machine.checkpoint())
            self.pcs.append(machine.pc)
            self.depths.append(machine.depth)
        self.end = machine.tick

    def hits(self, stop: Trap) -> list[int]:
        """Ticks before the end where a stop holds."""
        return [t for t in range(self.end) if self.pcs[t] in stop.pcs or self.depths[t] <= stop.depth]


class Costly(ToyMachine):
    """Counts how often and how many ticks it is made to run."""

    calls = spent = 0

    def run(
        self, budget: int, stop: StopWhen | None = None, observer: Observer | None = None, trail: Trail | None = None
    ) -> Stop:
        before = self.tick
        got = super().run(budget, stop, observer, trail)
        self.spent += got.tick - before
        self.calls += 1
        return got


class CostlyWork(ToyMachine):
    """Each tick is thirty units of work."""

    def run(
        self, budget: int, stop: StopWhen | None = None, observer: Observer | None = None, trail: Trail | None = None
    ) -> Stop:
        most = budget if stop is None or stop.work is None else max(1, stop.work // 30)
        return super().run(min(budget, most), stop, observer, trail)


def frozen() -> float:
    """A clock that stands still, so that a timeline never learns how fast its machine is."""
    return 0.0


def erratic(seed: int) -> Callable[[], float]:
    """A clock that goes forward by leaps of any size."""
    random, now = Random(seed), 0.0

    def clock() -> float:
        nonlocal now
        now += random.choice((0.0, 1e-7, 1e-5, 1e-3, 1.0))
        return now

    return clock


def after(calls: int) -> Callable[[], bool]:
    """Gives up after having been asked so many times."""
    asked = count()
    return lambda: next(asked) >= calls


@settings(max_examples=60, deadline=None)
@given(PROGRAMS, st.lists(st.integers(0, 400), max_size=6), st.integers(0, 400), st.integers(0, 99))
def test_seek_is_a_fresh_run(text: str, visits: list[int], tick: int, seed: int) -> None:
    fresh = toy_machine(text)
    fresh.run(tick)
    line = Timeline(toy_machine(text), TINY, erratic(seed))
    for visit in [*visits, tick]:
        line.seek(visit)
    assert line.machine.digest() == fresh.digest()
    assert line.tick == fresh.tick
    assert line.furthest == max([fresh.tick, *(min(visit, line.furthest) for visit in visits)])


@settings(max_examples=60, deadline=None)
@given(PROGRAMS, st.integers(0, 300))
def test_back_undoes_step(text: str, tick: int) -> None:
    line = Timeline(toy_machine(text), TINY, frozen)
    line.seek(tick)
    here, digest = line.tick, line.machine.digest()
    line.step()
    if line.tick > here:
        line.seek(line.tick - 1)
    assert (line.tick, line.machine.digest()) == (here, digest)


STOPS = st.builds(lambda picks, depth: (picks, depth), st.lists(st.integers(0, 1000), max_size=3), st.integers(-1, 2))


def stop_of(run: Run, stop: tuple[list[int], int]) -> Trap:
    """Some of the program's addresses, and a depth."""
    return Trap(frozenset(run.pcs[pick % len(run.pcs)] for pick in stop[0]), stop[1])


@settings(max_examples=60, deadline=None)
@given(PROGRAMS, STOPS, st.integers(1, 9))
def test_forward_finds_every_hit_once_whatever_the_slices(text: str, chosen: tuple[list[int], int], slice: int) -> None:
    run = Run(text)
    stop = stop_of(run, chosen)
    line = Timeline(toy_machine(text), Pacing(most_slice=slice, least_spacing=slice, most=9), frozen)
    found = []
    while (got := line.forward(None, stop)).status is Status.PAUSED:
        found.append(got.tick)
        assert len(found) <= run.end
    assert found == [hit for hit in run.hits(stop) if hit > 0]
    assert line.ended and line.furthest == run.end == line.tick
    assert got.status is line.machine.status


@settings(max_examples=60, deadline=None)
@given(PROGRAMS, STOPS, st.integers(0, 400), st.integers(0, 30), st.integers(0, 99))
def test_back_to_finds_the_last_hit_before_here(
    text: str, chosen: tuple[list[int], int], tick: int, floor: int, seed: int
) -> None:
    run = Run(text)
    stop = stop_of(run, chosen)
    line = Timeline(toy_machine(text), TINY, erratic(seed))
    line.seek(tick)
    here = line.tick
    expected = max((hit for hit in run.hits(stop) if floor <= hit < here), default=None)
    got = line.back_to(stop, floor=floor)
    assert (None if got is None else got.tick) == expected
    landed = here if expected is None else expected
    assert line.machine.checkpoint() == run.states[landed]
    assert (line.tick, line.machine.pc) == (landed, run.pcs[landed])


def test_repeated_back_to_walks_all_hits() -> None:
    run = Run(NESTED)
    stop = Trap(frozenset({marks(NESTED)["add"]}))
    line = Timeline(toy_machine(NESTED), TINY, frozen)
    line.seek(10**6)
    found = []
    while (got := line.back_to(stop)) is not None:
        found.append(got.tick)
    assert found == run.hits(stop)[::-1]
    assert len(found) == 12


def test_a_test_function_stops_too() -> None:
    line = Timeline(toy_machine(countdown(100)), TINY, frozen)
    stop = Trap(everywhere=True, test=lambda machine: machine.tick == 49)
    assert line.forward(None, stop).tick == 49
    line.seek(200)
    got = line.back_to(stop)
    assert got is not None and got.tick == 49


@pytest.mark.parametrize("budget", [1, 6, 7, 8, 14, 15])
def test_a_stop_on_the_last_tick_of_a_budget_is_told(budget: int) -> None:
    line = Timeline(toy_machine(countdown(100)), TINY, frozen)
    stop = Trap(everywhere=True, test=lambda machine: machine.tick == budget)
    assert line.forward(budget, stop) == Stop(Status.PAUSED, budget, line.machine.pc)
    assert line.forward(3, stop).status is Status.BUDGET


def test_budget_and_end() -> None:
    line = Timeline(toy_machine(countdown(10)), TINY, frozen)
    assert line.forward(12).status is Status.BUDGET
    assert (line.tick, line.ended) == (12, False)
    assert line.forward(100).status is Status.HALTED
    assert (line.tick, line.furthest, line.ended) == (33, 33, True)
    assert line.forward(5).status is Status.HALTED, "nothing more to run"
    line.seek(5)
    assert (line.furthest, line.ended) == (33, True)
    assert line.seek(1_000).status is Status.HALTED
    assert line.tick == 33


def test_an_empty_program_has_ended_at_tick_0() -> None:
    line = Timeline(toy_machine(""))
    assert line.ended
    assert line.seek(5).tick == line.forward(3).tick == line.step().tick == 0
    assert line.back_to(Trap(depth=0)) is None


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 60), st.integers(0, 300), st.integers(0, 300))
def test_a_cancelled_seek_stands_at_a_true_tick(calls: int, start: int, tick: int) -> None:
    text = countdown(100)
    line = Timeline(toy_machine(text), TINY, frozen)
    line.seek(start)
    got = line.seek(tick, after(calls))
    assert (got.status is Status.PAUSED) == (line.tick == tick)
    fresh = toy_machine(text)
    fresh.run(line.tick)
    assert line.machine.digest() == fresh.digest()


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 80))
def test_a_cancelled_back_to_stays_where_it_was(calls: int) -> None:
    line = Timeline(toy_machine(countdown(100)), TINY, frozen)
    line.seek(290)
    digest = line.machine.digest()
    got = line.back_to(Trap(everywhere=True, test=lambda machine: machine.tick == 4), after(calls))
    assert (line.tick, got is None) in ((290, True), (4, False))
    assert got is not None or line.machine.digest() == digest


def test_an_endless_run_gives_up_when_asked() -> None:
    line = Timeline(toy_machine(ENDLESS), TINY, frozen)
    got = line.forward(None, OPEN, after(10))
    assert got.status is Status.BUDGET
    assert 0 < line.tick <= 11 * TINY.most_slice
    assert not line.ended


@pytest.mark.parametrize("most", [2, 3, 16, 100])
def test_checkpoints_stay_few_and_seeks_right(most: int) -> None:
    text = countdown(3_000)
    line = Timeline(toy_machine(text), Pacing(most_slice=20, least_spacing=10, spacing_seconds=0, most=most), frozen)
    line.forward(None)
    random = Random(most)
    for _ in range(20):
        tick = random.randrange(9_000)
        line.seek(tick)
        fresh = toy_machine(text)
        fresh.run(tick)
        assert line.machine.digest() == fresh.digest()
        assert len(line.shelf) <= most
    assert 0 in line.shelf


def test_checkpoints_are_dense_near_here_and_sparse_far_away() -> None:
    line = Timeline(toy_machine(countdown(20_000)), Pacing(least_spacing=10, spacing_seconds=0, most=200), frozen)
    line.forward(None)
    ticks = list(line.shelf)
    gaps = [after - before for before, after in pairwise(ticks)]
    assert len(ticks) > 20
    assert max(gaps[-10:]) < max(gaps[:10]) / 10


def test_the_memory_of_checkpoints_is_bounded() -> None:
    pacing = Pacing(least_spacing=10, spacing_seconds=0, most_bytes=20_000)
    line = Timeline(toy_machine("SET r0 5000\nLOOP r0\nOUT r0\nEND\nHALT"), pacing, frozen)
    line.forward(None)
    assert line.tick == 10_003
    assert 0 < line.shelf.weight <= pacing.most_bytes
    line.seek(5_000)
    assert line.tick == 5_000
    assert line.shelf.weight <= pacing.most_bytes


def test_no_room_at_all_still_works() -> None:
    line = Timeline(toy_machine(countdown(50)), Pacing(most_slice=7, least_spacing=5, most_bytes=1), frozen)
    line.forward(None)
    got = line.back_to(Trap(frozenset({marks(countdown(50))["again"]})))
    assert list(line.shelf) == [0]
    assert got is not None and got.tick == 149


def costly(text: str, pacing: Pacing) -> tuple[Timeline, Costly]:
    machine = Costly(toy_machine(text).program)
    return Timeline(machine, replace(pacing, first_rate=100_000), frozen), machine


def test_stepping_back_again_and_again_is_cheap() -> None:
    line, machine = costly(countdown(5_000), Pacing(least_spacing=100, spacing_seconds=0.1))
    line.seek(9_900)
    machine.spent = 0
    for _ in range(1_000):
        line.seek(line.tick - 1)
    assert line.tick == 8_900
    assert machine.spent < 1_000 * 100 + 20_000


def test_going_back_to_a_crowded_breakpoint_costs_little_more_than_the_stretch() -> None:
    text = countdown(5_000)
    line, machine = costly(text, Pacing(least_spacing=100, spacing_seconds=1))
    line.seek(14_000)
    machine.spent = 0
    got = line.back_to(Trap(frozenset({marks(text)["again"]})))
    assert got is not None and got.tick == 13_997
    assert machine.spent < 3 * 14_000
    assert machine.calls < 14_000 / 3 / 4, "far fewer stops than hits"
    spent = machine.spent
    assert line.back_to(Trap(frozenset({marks(text)["again"]}))) is not None
    assert machine.spent - spent < 1_000


@pytest.mark.parametrize("last", [*range(60, 70), 9_000, 13_998])
def test_the_last_of_a_crowd_is_found_wherever_it_is(last: int) -> None:
    line, _ = costly(countdown(5_000), Pacing(least_spacing=100, spacing_seconds=1))
    line.seek(14_000)
    got = line.back_to(Trap(everywhere=True, test=lambda machine: machine.tick <= last))
    assert got is not None and got.tick == last


@dataclass(frozen=True)
class Saved:
    """A checkpoint of nothing."""

    tick: int
    weight: int = 1
    size: int = 1_000_000


def test_a_shelf_is_dense_where_its_user_is() -> None:
    shelf = Shelf(Saved(0), 100, 10**9)
    shelf.focus = 5_000
    for tick in range(10, 20_001, 10):
        shelf.put(Saved(tick), 10)
    ticks = list(shelf)
    assert set(range(4_970, 5_040, 10)) <= set(ticks)
    assert len(ticks) <= 100
    assert (shelf.at_or_before(5_003).tick, shelf.before(5_000).tick, shelf.before(0).tick) == (5_000, 4_990, 0)
    assert max(ticks) > 15_000


def test_what_a_dropped_checkpoint_shared_stays_on_the_account_of_the_next() -> None:
    shelf = Shelf(Saved(0, 100, 100), 4, 10**9)
    for tick in (1, 2, 3, 4):
        shelf.focus = tick
        shelf.put(Saved(tick, 10, 115), 1)
    assert list(shelf) != [0, 1, 2, 3, 4]
    assert shelf.weight == 100 + 10 * max(shelf), "nothing is freed by dropping what the next one still holds"
    alone = Shelf(Saved(0, 100, 100), 4, 120)
    for tick in range(1, 20):
        alone.put(Saved(tick, 10, 20), 1)
    assert alone.weight <= 120


def test_costly_instructions_are_run_few_at_a_time() -> None:
    asked = []
    line = Timeline(CostlyWork(toy_machine(countdown(500)).program), Pacing(most_work=50))
    line.forward(400, OPEN, lambda: bool(asked.append(line.tick)))
    assert line.tick == 400
    assert len(asked) > 400 / 2, "every tick or two somebody may give up"


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 2**32))
def test_the_clock_never_changes_an_answer(seed: int) -> None:
    text, stop = countdown(200), Trap(frozenset({marks(countdown(200))["jump"]}))
    line = Timeline(toy_machine(text), Pacing(most_slice=50, least_spacing=1), erratic(seed))
    answers = [line.forward(100).tick, line.forward(None, stop).tick, line.seek(450).tick]
    back = line.back_to(stop)
    assert back is not None
    assert [*answers, back.tick] == [100, 103, 450, 448]


def test_one_slow_slice_does_not_set_the_pace_for_ever() -> None:
    machine = toy_machine(ENDLESS)

    def clock() -> float:
        return machine.tick / 1_000_000 + (0.02 if machine.tick else 0)

    timeline = Timeline(machine, Pacing(most=10_000), clock)
    timeline.forward(100_000)
    assert len(timeline.shelf) < 500


def slow_from_400_000() -> tuple[Timeline, list[float]]:
    """A run whose ticks take a hundred times longer from there on, and its clock."""
    machine = toy_machine(ENDLESS)
    seconds, run = [0.0], machine.run

    def timed(*given: object) -> Stop:
        before = machine.tick
        stop = run(*given)  # type: ignore[arg-type]
        seconds[0] += sum(0.0001 if tick >= 400_000 else 0.000001 for tick in range(before, machine.tick))
        return stop

    machine.run = timed  # type: ignore[method-assign,assignment]
    return Timeline(machine, clock=lambda: seconds[0]), seconds


def test_stepping_back_where_ticks_are_slower_than_before_runs_few_of_them_again() -> None:
    timeline, seconds = slow_from_400_000()
    timeline.forward(400_095)
    costs = []
    for _ in range(90):
        began = seconds[0]
        timeline.seek(timeline.tick - 1)
        costs.append(seconds[0] - began)
    assert timeline.tick == 400_005
    assert sum(costs[3:]) / 87 < 0.001, "a checkpoint every few ticks, though a hundred fast ones would do"


def test_who_stepped_on_through_slow_ticks_steps_back_at_once() -> None:
    timeline, seconds = slow_from_400_000()
    timeline.forward(400_000)
    for _ in range(80):
        timeline.step()
    for _ in range(10):
        began = seconds[0]
        timeline.seek(timeline.tick - 1)
        assert seconds[0] - began < 0.001
    assert timeline.tick == 400_070
