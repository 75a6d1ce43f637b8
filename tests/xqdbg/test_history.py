"""What is known of a whole run equals a naive look at all its effects, however it was asked for."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Iterator
from itertools import pairwise
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.programs import Generator
from tests.support.runs import program
from tests.support.toy import marks, toy_machine
from tests.support.toy.programs import ENDLESS, NESTED, countdown
from tests.support.whole_run import WholeRun
from vm.contract import Effect, Machine, Place, Status, Write
from vm.xqvm import Program, XqvmMachine, assemble
from xqdbg.errors import XqdbgError
from xqdbg.expressions import ExpressionError, parse
from xqdbg.history import History, Limits, VisitIndex, touches
from xqdbg.history.replay import CHUNK
from xqdbg.patience import Patience
from xqdbg.record import Edit, Record
from xqdbg.timeline import Pacing, Timeline

SEEDS = st.integers(0, 1 << 40)
CLOSE = Pacing(most_slice=7, least_spacing=5, spacing_seconds=0, dense_seconds=0, most=9)
"""Checkpoints every few ticks, and few of them, so that short programs meet slice borders and thinning."""
TOY = [NESTED, countdown(40), countdown(300)]
MOST = 2_000


def build(seed: int) -> XqvmMachine:
    generator = Generator(seed)
    return XqvmMachine(Program(generator.program()), **generator.inputs())


def history_of(machine: Machine, limits: Limits | None = None, record: Record | None = None) -> History:
    return History(Timeline(machine, CLOSE, record=record).scout(), limits or Limits(ticks=MOST))


def explored(machine: Machine) -> History:
    history = history_of(machine)
    history.complete()
    return history


def giving_up_after(questions: int) -> Callable[[], bool]:
    """Somebody who waits for so many questions whether they still do."""
    left = iter(range(questions))
    return lambda: next(left, None) is None


def places_of(run: WholeRun) -> list[Place]:
    """Places worth asking for: those written, the wholes they are parts of, and some nobody writes."""
    found = {write.place: None for effect in run.effects for write in effect.writes}
    wholes = {Place(place.name): None for place in found}
    others = [
        Place.parse(text) for text in ("r5[1]", "r0.linear[0]", "stack[0]", "loop[0].index", "r3.length", "out[1]")
    ]
    return [*wholes, *list(found)[:40], *others]


def naive_writes(run: WholeRun, place: Place) -> list[int]:
    return [effect.tick for effect in run.effects if any(touches(write, place) for write in effect.writes)]


def machines() -> Iterator[Callable[[], Machine]]:
    yield from (lambda text=text: toy_machine(text) for text in TOY)


TOYS = pytest.mark.parametrize("make", list(machines()))


# Visits


def check_visits(run: WholeRun, history: History) -> None:
    executed = [effect.pc for effect in run.effects]
    assert history.length == run.end
    for pc in {line.pc for line in run.machine.code()} | set(executed):
        ticks = [tick for tick, at in enumerate(executed) if at == pc]
        assert history.visits.count(pc) == len(ticks)
        for now in {0, 1, run.end, *ticks[:5], *[tick + 1 for tick in ticks[:5]]}:
            assert history.visits.before(pc, now) == max((tick for tick in ticks if tick < now), default=None)
            assert history.visits.after(pc, now) == min((tick for tick in ticks if tick > now), default=None)
    assert [history.pc_at(tick) for tick in range(run.end)] == executed
    assert history.pc_at(run.end) is None


@given(SEEDS)
@settings(max_examples=60, deadline=None)
def test_visits_of_random_programs(seed: int) -> None:
    check_visits(WholeRun(build(seed), MOST), explored(build(seed)))


@TOYS
def test_visits_of_toy_programs(make: Callable[[], Machine]) -> None:
    check_visits(WholeRun(make()), explored(make()))


@given(SEEDS, st.integers(0, 1 << 30))
@settings(max_examples=60, deadline=None)
def test_ticks_of_several_instructions_are_in_order(seed: int, choice: int) -> None:
    history = explored(build(seed))
    executed = [effect.pc for effect in WholeRun(build(seed), MOST).effects]
    rng = random.Random(choice)
    pcs = {pc for pc in set(executed) if rng.random() < 0.5}
    ticks = history.ticks_of(pcs)
    naive = [tick for tick, pc in enumerate(executed) if pc in pcs]
    assert list(ticks) == naive and list(reversed(ticks)) == naive[::-1]
    assert ticks.count == len(naive) == len(ticks)
    assert [ticks.at(number) for number in range(len(naive))] == naive
    low, high = sorted(rng.randrange(len(executed) + 2) for _ in range(2))
    assert list(ticks.between(low, high)) == [tick for tick in naive if low <= tick < high]
    assert list(ticks.backward(low, high)) == [tick for tick in naive[::-1] if low <= tick < high]
    for tick in (low, high):
        assert ticks.rank(tick) == sum(each < tick for each in naive)
        assert ticks.before(tick) == max((each for each in naive if each < tick), default=None)
        assert ticks.after(tick) == min((each for each in naive if each > tick), default=None)
    with pytest.raises(IndexError):
        ticks.at(len(naive))


def test_ticks_are_those_known_when_they_were_asked_for() -> None:
    machine = toy_machine(countdown(50))
    pc = marks(countdown(50))["again"]
    history = history_of(machine)
    history.reach(30)
    ticks = history.ticks_of({pc})
    before = list(ticks)
    history.complete()
    assert list(ticks) == before and history.ticks_of({pc}).count == 50 > len(before)


def test_any_thread_may_read_visits_while_the_engine_adds() -> None:
    index = VisitIndex()
    loop, start = (4, 5, 6), (1, 2, 3)
    index.add([start])
    done, wrong = threading.Event(), []

    def read() -> None:
        latest = 0
        while not done.is_set():
            count = index.count(5)
            last = index.before(5, 1 << 31)
            pcs = list(index.pcs)
            if count < latest or (last is not None and (last - 4) % 3) or 1 not in pcs:
                wrong.append((count, latest, last))
            latest = count

    reader = threading.Thread(target=read)
    reader.start()
    for number in range(3_000):
        index.add([loop] * 50 + [(4, 5, 6, 7 + number % 200)[:3]])
    done.set()
    reader.join()
    assert not wrong
    assert index.count(5) == 3_000 * 51 and index.tick == 3 + 3_000 * 153


# How far it is known


@TOYS
def test_the_future_says_how_the_run_ends(make: Callable[[], Machine]) -> None:
    run, history = WholeRun(make()), history_of(make())
    assert not history.future.complete and history.future.explored == 0
    while history.explore(0.001):
        pass
    future = history.future
    assert future.complete and future.explored == run.end and future.pc == run.machine.pc
    assert future.status is run.machine.status and future.fault == run.fault


def test_a_fault_is_known_before_anybody_gets_there() -> None:
    history = explored(toy_machine(NESTED))
    assert history.future.status is Status.FAULTED
    assert history.future.fault is not None and history.future.fault.identity == "DivideByZero"
    assert history.future.pc == marks(NESTED)["div"]


def test_an_endless_run_is_explored_up_to_the_limit() -> None:
    history = history_of(toy_machine(ENDLESS), Limits(ticks=5_000))
    assert not history.complete()
    assert history.length == 5_000 and not history.future.complete
    assert "5,000" in history.future.note
    assert not history.explore(0.01)
    assert history.last_write(Place("r0"), 5_000) == 4_999 - (4_999 - 1) % 2


def test_a_varied_run_is_explored_as_far_as_there_is_memory() -> None:
    history = history_of(toy_machine(ENDLESS), Limits(ticks=5_000_000, visit_bytes=20_000))
    assert not history.complete()
    assert "varied" in history.future.note
    assert 0 < history.length < 5_000_000


def test_giving_up_leaves_what_is_known_and_a_later_call_goes_on() -> None:
    history = history_of(toy_machine(countdown(500)))
    assert not history.complete(Patience(cancelled=giving_up_after(2)))
    known = history.length
    assert 0 < known < 1_503
    assert history.complete() and history.length == 1_503


# Effects


def check_effects(run: WholeRun, history: History, rng: random.Random) -> None:
    for _ in range(8):
        start = rng.randrange(run.end + 1)
        stop = rng.randrange(start, run.end + 3)
        assert same(history.effects(start, stop), run.effects[start:stop])
    for _ in range(12):
        tick = rng.randrange(max(1, run.end))
        assert same([history.effect(tick)], [run.effects[tick]])
    pcs = {effect.pc for effect in run.effects if rng.random() < 0.3}
    low, high = sorted(rng.randrange(run.end + 1) for _ in range(2))
    naive = [effect for effect in run.effects[low:high] if effect.pc in pcs]
    assert same(list(history.effects_at(pcs, low, high)), naive)


def same(some: list[Effect], others: list[Effect]) -> bool:
    """Whether effects are the same; sequences of reads and writes may be of several types."""

    def plain(effect: Effect) -> tuple[object, ...]:
        return effect.tick, effect.pc, effect.op, [*effect.reads], [*effect.writes], effect.costs, effect.fault

    return [*map(plain, some)] == [*map(plain, others)]


@given(SEEDS)
@settings(max_examples=60, deadline=None)
def test_effects_of_random_programs(seed: int) -> None:
    run = WholeRun(build(seed), MOST)
    if run.end:
        check_effects(run, explored(build(seed)), random.Random(seed))


@TOYS
def test_effects_of_toy_programs(make: Callable[[], Machine]) -> None:
    check_effects(WholeRun(make()), explored(make()), random.Random(1))


def test_beyond_the_end_there_is_no_effect_and_no_moment() -> None:
    history = explored(toy_machine(countdown(3)))
    with pytest.raises(XqdbgError, match="ends"):
        history.effect(history.length)
    with pytest.raises(XqdbgError, match="ends at"):
        history.at(history.length + 1)
    assert history.at(history.length).status is Status.HALTED


def test_kept_effects_are_bounded() -> None:
    history = explored(toy_machine(countdown(20 * CHUNK)))
    for tick in range(0, history.length, CHUNK):
        history.effect(tick)
    kept = history._replay._chunks
    assert len(kept) == -(-history.length // CHUNK)
    weight = sum(1 + len(e.reads) + len(e.writes) for chunk in kept.values() for e in chunk.values())
    assert history._replay._kept == weight


# Writes


def check_writes(run: WholeRun, history: History, rng: random.Random) -> None:
    places = places_of(run)
    rng.shuffle(places)
    for place in places[:25]:
        naive = naive_writes(run, place)
        for now in [0, run.end, *(rng.randrange(run.end + 1) for _ in range(4))]:
            assert history.last_write(place, now) == max((tick for tick in naive if tick < now), default=None), place
            assert history.next_write(place, now) == min((tick for tick in naive if tick > now), default=None), place
        assert list(history.writes(place)) == naive
        assert list(history.writes_before(place, run.end)) == naive[::-1]


@given(SEEDS)
@settings(max_examples=80, deadline=None)
def test_writes_of_random_programs(seed: int) -> None:
    check_writes(WholeRun(build(seed), MOST), explored(build(seed)), random.Random(seed))


@given(SEEDS)
@settings(max_examples=40, deadline=None)
def test_writes_of_a_run_that_is_not_explored_yet(seed: int) -> None:
    run, rng = WholeRun(build(seed), MOST), random.Random(seed)
    for place in rng.sample(places_of(run), 4):
        naive, now = naive_writes(run, place), rng.randrange(run.end + 1)
        before, after = [tick for tick in naive if tick < now], [tick for tick in naive if tick > now]
        assert history_of(build(seed)).last_write(place, now) == max(before, default=None)
        assert history_of(build(seed)).next_write(place, now) == min(after, default=None)


@TOYS
def test_writes_of_toy_programs(make: Callable[[], Machine]) -> None:
    check_writes(WholeRun(make()), explored(make()), random.Random(2))


@given(SEEDS)
@settings(max_examples=30, deadline=None)
def test_writes_are_found_with_next_to_no_memory(seed: int) -> None:
    run = WholeRun(build(seed), MOST)
    history = history_of(build(seed), Limits(ticks=MOST, write_bytes=1_500))
    history.complete()
    check_writes(run, history, random.Random(seed))
    largest = max((len(effect.writes) for effect in run.effects), default=0)
    assert len(history._writes._by_name) <= 2 or history._writes.size <= 1_500 + 40 * largest


@given(SEEDS, st.integers(1, 9), st.sampled_from((0, 4, 30)))
@settings(max_examples=60, deadline=None)
def test_writes_are_found_in_small_steps(seed: int, look: int, joined: int) -> None:
    where = "xqdbg.history.writes"
    with patch.multiple(where, _FIRST_LOOK=look, _MOST_LOOK=3 * look, _MOST_JOINED=joined + 1):
        check_writes(WholeRun(build(seed), MOST), explored(build(seed)), random.Random(seed))


@given(SEEDS, st.integers(0, 400))
@settings(max_examples=60, deadline=None)
def test_a_search_given_up_is_finished_by_a_later_one(seed: int, questions: int) -> None:
    run, history = WholeRun(build(seed), MOST), explored(build(seed))
    rng = random.Random(seed)
    for place in rng.sample(places_of(run), 3):
        naive = naive_writes(run, place)
        patience = Patience(cancelled=giving_up_after(questions % 7))
        found = list(history.writes_before(place, run.end, patience))
        assert found == naive[::-1][: len(found)]
        assert list(history.writes_before(place, run.end)) == naive[::-1]


def test_indices_from_the_end_are_those_of_the_moment() -> None:
    run, history = WholeRun(build(7), MOST), explored(build(7))
    asked = 0
    for now in range(run.end + 1):
        depth = len(run.at(now).get(Place("stack")))  # type: ignore[arg-type]
        if depth:
            asked += 1
            naive = naive_writes(run, Place("stack", ((depth - 1,),)))
            top = Place.parse("stack[-1]")
            assert history.last_write(top, now) == max((tick for tick in naive if tick < now), default=None)
            assert history.next_write(top, now) == min((tick for tick in naive if tick > now), default=None)
    assert asked


def test_other_spellings_of_a_place_are_the_same_place() -> None:
    text = "PUSH 3 / BQMX r0 / PUSH 2 / PUSH 1 / PUSH 5 / ADDQUAD r0 / PUSH 2 / PUSH 5 / ADDLINE r0"
    history = explored(XqvmMachine(program(text)))
    for text, tick in (("r0.quad[2,1]", 5), ("r0.quadratic[1,2]", 5), ("r0.lin[2]", 8), ("r0.linear[1]", 1)):
        assert history.last_write(Place.parse(text), history.length) == tick


def test_what_was_asked_for_is_completed_in_the_background() -> None:
    history = explored(toy_machine(countdown(300)))
    history.want("r0")
    rounds = 0
    while history.explore(0.0001):
        rounds += 1
    assert rounds and history._writes.of("r0").known == history.length
    extents = history._writes.of("r0")._extents
    assert extents[0].start == 0 and extents[-1].stop == history.length
    assert all(left.stop == right.start for left, right in pairwise(extents))


def test_an_element_that_comes_is_a_write_to_the_length() -> None:
    here = Write(Place("r3", ((2,),)), None, 5)
    assert touches(here, Place.parse("r3.length")) and touches(here, Place.parse("r3"))
    assert not touches(Write(Place("r3", ((2,),)), 4, 5), Place.parse("r3.length"))
    assert not touches(here, Place.parse("r4.length")) and not touches(here, Place.parse("r3[1]"))


# Edits


def edited() -> tuple[str, Record]:
    text = countdown(30)
    edits = {20: (Edit(Place("r0"), 100),), 21: (Edit(Place("r2"), -5),), 50: (Edit(Place("r0"), 2),)}
    return text, Record(edits)


def test_effects_and_writes_of_a_branch_are_those_with_its_edits() -> None:
    text, record = edited()
    naive = toy_machine(text)
    effects: list[Effect] = []
    while naive.status is Status.READY:
        for edit in record.at(naive.tick):
            edit.apply(naive)
        naive.run(1, None, effects.append)
    history = history_of(toy_machine(text), None, record)
    assert history.complete() and history.length == naive.tick
    assert history.effects(0, history.length) == effects
    assert [history.effect(tick) for tick in (49, 50, 51, 20, 19)] == [effects[tick] for tick in (49, 50, 51, 20, 19)]
    ticks = [effect.tick for effect in effects if any(write.place == Place("r2") for write in effect.writes)]
    assert list(history.writes(Place("r2"))) == ticks
    assert history.last_edit(Place("r0"), 49) == 20 and history.last_edit(Place("r0"), 50) == 50
    assert history.last_edit(Place("r1"), 50) is None


# What is true


def naive_matching(run: WholeRun, text: str, start: int, stop: int) -> list[int]:
    held = [bool(run.value(tick, text)) for tick in range(start, stop)]
    return [start + at for at, now in enumerate(held) if now and (at == 0 or not held[at - 1])]


XQVM_CONDITIONS = (
    "stack[-1] < 0", "r0 == 1 or r1 == 1", "r2[1] > 2", "loop[0].index == 1", "tick % 7 == 3", "depth == 2",
    "stack[-1] == old(stack[-1])", "old(r1) != r1", "out[0] == unset", "1", "0", "steps > 40", "r3.length > 3",
)  # fmt: skip
TOY_CONDITIONS = ("r0 == 7", "r2 > 50", "r2 > old(r2)", "depth > 1", "pc == 0", "r1 == 1", "r3 != old(r3)", "tick > 20")


@given(SEEDS, st.sampled_from(XQVM_CONDITIONS))
@settings(max_examples=120, deadline=None)
def test_conditions_of_random_programs(seed: int, text: str) -> None:
    run, history = WholeRun(build(seed), 400), explored(build(seed))
    if text.startswith("out") and not build(seed).output_slots:
        with pytest.raises(ExpressionError):
            next(history.matching(parse(text)))
        return
    start = random.Random(seed).randrange(run.end + 1)
    for first, stop in ((0, run.end + 1), (start, run.end + 1), (start, start)):
        assert list(history.matching(parse(text), first, stop)) == naive_matching(run, text, first, stop)


@TOYS
@pytest.mark.parametrize("text", TOY_CONDITIONS)
def test_conditions_of_toy_programs(make: Callable[[], Machine], text: str) -> None:
    run, history = WholeRun(make()), explored(make())
    found = []
    for tick in history.matching(parse(text)):
        found.append(tick)
        history.at(tick // 2)  # meanwhile somebody looks elsewhere
    assert found == naive_matching(run, text, 0, run.end + 1)


def test_an_edit_makes_a_condition_true() -> None:
    text, record = edited()
    history = history_of(toy_machine(text), None, record)
    history.complete()
    assert 20 in history.matching(parse("r0 == 100")) and 21 in history.matching(parse("r2 == -5"))
    assert 21 in history.matching(parse("r2 == -5 and old(r2) != -5"))
    assert 50 in history.matching(parse("r0 == 2 and tick == 50"))


def test_saved_values_are_known_to_conditions() -> None:
    history = explored(toy_machine(countdown(10)))
    found = list(history.matching(parse("r0 == $wanted"), saved={"wanted": 4}))
    assert len(found) == 1 and history.at(found[0]).get(Place("r0")) == 4


DENSE = """
  VEC r1
  PUSH 0
  PUSH 30
  RANGE
    LVAL r2
    LOAD r2
    VECPUSH r1
  NEXT
  PUSH 30
  BQMX r0
  PUSH 5
  PUSH 7
  EQUALITY r0 r1 r1
  PUSH 5
  PUSH 9
  EQUALITY r0 r1 r1
"""
"""Ends with two instructions that write 465 coefficients each."""


def test_giving_up_over_the_writes_of_one_instruction_leaves_them_for_later() -> None:
    place = Place.parse("r0.quad[3,4]")
    run = WholeRun(XqvmMachine(assemble(DENSE)))
    naive = naive_writes(run, place)
    assert len(naive) == 3  # the model made, and two expansions
    with patch("xqdbg.history.writes._HEAVY", 50):
        for questions in range(0, 60, 3):
            history = explored(XqvmMachine(assemble(DENSE)))
            patience = Patience(cancelled=giving_up_after(questions))
            found = list(history.writes_before(place, run.end, patience))
            assert found == naive[::-1][: len(found)]
            assert list(history.writes(place)) == naive


@pytest.mark.parametrize("grace", [-1.0, 10.0])
def test_background_work_comes_to_an_end_over_heavy_instructions(grace: float) -> None:
    with patch.multiple("xqdbg.history.core", _GRACE=grace), patch("xqdbg.history.writes._HEAVY", 50):
        history = explored(XqvmMachine(assemble(DENSE)))
        history.want("r0")
        rounds = 0
        while history.explore(0):
            rounds += 1
            assert rounds < 1_000
        assert (history._writes.of("r0").known == history.length) == (grace > 0)
        assert list(history.writes(Place.parse("r0.quad[3,4]")))
