"""Slices: exactly what matters in small programs; in random ones, inputs outside a slice never change the value.

`python -m tests.xqdbg.test_slices SEED COUNT` tries as many slices of random programs.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.support.asking import Asking, asked, int_places, started, value_at
from tests.support.naive_history import NaiveHistory
from tests.support.runs import program
from tests.support.toy import toy_machine
from vm.contract import Place, Status, Write
from vm.xqvm.machine import XqvmMachine
from vm.xqvm.model import BINARY, Model, Sample
from xqdbg.errors import XqdbgError
from xqdbg.history import History, Limits
from xqdbg.origins import Slice, backward, slice_of
from xqdbg.patience import Patience
from xqdbg.record import Edit, Record
from xqdbg.timeline import Pacing, Timeline

MOST_TICKS = 1_500
CLOSE = Pacing(most_slice=7, least_spacing=5, spacing_seconds=0, dense_seconds=0, most=9)


def naive(text: str, record: Record | None = None, **inputs: Any) -> NaiveHistory:
    """A program of XQVM that has run."""
    return NaiveHistory(XqvmMachine(program(text), **{"output_slots": 4, **inputs}), record)


def sliced(history: NaiveHistory, place: str, now: int | None = None) -> Slice:
    """The slice of a place, at the end of the run unless told."""
    found = slice_of(history, Place.parse(place), history.length if now is None else now)
    assert found is not None
    return found


# Small programs


@pytest.mark.parametrize(
    ("text", "place", "ticks"),
    [
        pytest.param("PUSH 1 / PUSH 2 / ADD / STOW r1 / PUSH 3 / STOW r2", "r1", [0, 1, 2, 3], id="arithmetic"),
        pytest.param("PUSH 1 / STOW r1 / PUSH 2 / STOW r1", "r1", [2, 3], id="overwritten"),
        pytest.param("PUSH 1 / PUSH 2 / SWAP / POP", "stack[0]", [1, 2], id="swapped"),
        pytest.param("PUSH 1 / COPY / PUSH 5 / ADD / STOW r1", "stack[0]", [0], id="copied"),
        pytest.param("PUSH 1 / PUSH 2 / STOW r1", "r7", [], id="never written"),
        # An element that is put behind others depends on how many there are, and not on what they are.
        pytest.param("VEC r0 / PUSH 5 / VECPUSH r0 / PUSH 6 / VECPUSH r0", "r0[1]", [0, 2, 3, 4], id="second element"),
        pytest.param("VEC r0 / PUSH 5 / VECPUSH r0 / PUSH 6 / VECPUSH r0", "r0[0]", [0, 1, 2], id="first element"),
        pytest.param("VEC r0 / PUSH 5 / VECPUSH r0 / PUSH 6 / VECPUSH r0", "r0", [0, 1, 2, 3, 4], id="vector"),
        pytest.param("VEC r0 / PUSH 5 / VECPUSH r0 / VECLEN r0", "stack[0]", [0, 2, 3], id="length"),
        pytest.param("PUSH 9 / PUSH 4 / BQMX r0 / PUSH 0 / PUSH 7 / SETLINE r0", "stack[0]", [0], id="below operands"),
        # What was set elsewhere does not matter, but where it was set does.
        pytest.param(
            "PUSH 4 / BQMX r0 / PUSH 0 / PUSH 7 / SETLINE r0 / PUSH 1 / PUSH 8 / SETLINE r0", "r0.linear[0]",
            [0, 1, 2, 3, 4, 5, 7], id="coefficient",
        ),
        # Its old value, and neither those of the other coefficients nor what they were changed by before.
        pytest.param(
            "PUSH 4 / BQMX r0 / PUSH 2 / PUSH 2 / RESIZE r0 / PUSH 0 / PUSH 7 / SETLINE r0 / "
            "PUSH 1 / PUSH 8 / SETLINE r0 / PUSH 0 / PUSH 5 / ONEHOTR r0", "r0.linear[0]",
            [0, 1, 2, 3, 4, 5, 6, 7, 8, 10, 11, 12, 13], id="expansion",
        ),
        pytest.param("PUSH 3 / PUSH 0 / OUTPUT r1 / STOW r2", "r2", [], id="after a fault nothing is written"),
        pytest.param("PUSH 3 / STOW r1 / PUSH 0 / PUSH 2 / RANGE / NOP / NEXT / NOP", "r1", [0, 1, 2, 3, 4, 6, 8],
                     id="loop"),
        pytest.param("PUSH 0 / PUSH 2 / RANGE / LVAL r1 / PUSH 9 / POP / NEXT", "r1", [0, 1, 2, 6, 7, 10],
                     id="counter"),
        pytest.param("PUSH 1 / JUMPI .0 / PUSH 5 / .0: PUSH 6 / STOW r1", "r1", [0, 1, 3, 4], id="branch"),
    ],
)  # fmt: skip
def test_small_programs_have_exactly_the_slice_one_expects(text: str, place: str, ticks: list[int]) -> None:
    history = naive(text)
    found = sliced(history, place)
    if history.future.fault is None:
        assert list(found.ticks) == ticks
    assert found.pcs == {history.effect(tick).pc for tick in found.ticks}
    assert [tick for tick in range(history.length) if tick in found] == list(found.ticks)
    assert "tick" not in found


def test_a_place_before_now_has_the_slice_of_then() -> None:
    history = naive("PUSH 1 / STOW r1 / PUSH 2 / STOW r1")
    assert list(sliced(history, "r1", 2).ticks) == [0, 1]
    assert list(sliced(history, "r1", 0).ticks) == []


@pytest.mark.parametrize(
    ("text", "place", "calldata", "inputs"),
    [
        pytest.param("PUSH 0 / INPUT r0 / PUSH 1 / INPUT r1 / LOAD r0 / LOAD r1 / SWAP", "stack[0]", [5, 5], {1},
                     id="equal values exchanged"),
        pytest.param("VEC r1 / VEC r2 / PUSH 1 / PUSH 0 / INPUT r0 / LOAD r0 / SLACK r1 r2 / VECLEN r1", "stack[0]",
                     [0], {0}, id="nothing appended"),
        pytest.param("VEC r1 / VEC r2 / PUSH 1 / PUSH 0 / INPUT r0 / LOAD r0 / SLACK r1 r2 / PUSH 9 / VECPUSH r1",
                     "r1[2]", [3], {0}, id="appended behind how many"),
        pytest.param("PUSH 6 / BQMX r0 / PUSH 0 / INPUT r1 / PUSH 1 / PUSH 1 / EQUALITY r0 r1 r1", "r0.linear[4]",
                     [[1, 2]], {0}, id="indices that are weights too"),
        pytest.param("PUSH 6 / BQMX r0 / PUSH 0 / INPUT r1 / PUSH 1 / PUSH 1 / EQUALITY r0 r1 r1", "r0.size",
                     [[1, 2]], {0}, id="grown by nothing"),
        pytest.param("PUSH 6 / BQMX r0 / PUSH 0 / INPUT r1 / LOAD r1 / PUSH 3 / RESIZE r0 / PUSH 1 / PUSH 3 / "
                     "RESIZE r0", "r0.rows", [2], set(), id="arranged anew"),
        pytest.param("PUSH 1 / STOW r5 / PUSH 0 / INPUT r0 / PUSH 0 / OUTPUT r5 / LOAD r0 / OUTPUT r5", "out[0]", [1],
                     {0}, id="output elsewhere"),
        pytest.param("PUSH 0 / INPUT r0 / PUSH 1 / LOAD r0 / ITER r0", "stack[0]", [[1]], {0}, id="fault"),
        pytest.param("PUSH 0 / INPUT r0 / PUSH 1 / INPUT r1 / PUSH 7 / STOW r2", "steps", [[1, 2], 3], {0, 1},
                     id="what it cost"),
        pytest.param("PUSH 0 / INPUT r0 / PUSH 1 / INPUT r1 / PUSH 7 / STOW r2", "tick", [[1, 2], 3], set(), id="tick"),
        pytest.param("PUSH 0 / INPUT r0 / PUSH 0 / PUSH 2 / ITER r0 / LVAL r1 / NEXT", "r1", [[4, 5]], {0},
                     id="elements"),
        pytest.param("PUSH 0 / INPUT r0 / PUSH 0 / PUSH 2 / ITER r0 / LIDX r1 / NEXT", "r1", [[4, 5]], set(),
                     id="number of the round"),
        pytest.param("PUSH 0 / INPUT r0 / PUSH 1 / INPUT r1 / PUSH 2 / INPUT r2 / LOAD r2 / PUSH 5 / ATLEASTW r0 r1 r1",
                     "r0.quad[7,7]", [Model(BINARY, 6), [1, 2, 4], 2], {0, 1, 2}, id="came when the model grew"),
        pytest.param("PUSH 0 / INPUT r0 / PUSH 1 / INPUT r1 / PUSH 2 / INPUT r2 / LOAD r2 / PUSH 5 / ATLEASTW r0 r1 r1",
                     "r0.quad[5,5]", [Model(BINARY, 6), [1, 2, 4], 2], {0, 1}, id="was there before the model grew"),
        pytest.param("PUSH 0 / INPUT r0 / PUSH 1 / INPUT r1 / PUSH 2 / INPUT r2 / LOAD r2 / PUSH 5 / "
                     "ATLEASTW r0 r1 r1 / PUSH 7 / PUSH 7 / PUSH 3 / SETQUAD r0",
                     "r0.quad[7,7]", [Model(BINARY, 6), [1, 2, 4], 2], {0}, id="was set after the model grew"),
        pytest.param("PUSH 0 / INPUT r0 / PUSH 1 / INPUT r0 / PUSH 0 / VECGET r0", "stack[0]", [[1], [2]], {1},
                     id="overwritten as a whole"),
        pytest.param("PUSH 0 / INPUT r0 / PUSH 0 / PUSH 1 / INPUT r1 / LOAD r1 / VECSET r0 / "
                     "PUSH 0 / PUSH 7 / VECSET r0 / PUSH 0 / PUSH 1 / ITER r0 / LVAL r2 / NEXT",
                     "r2", [[1, 2], 3], set(), id="element overwritten"),
        pytest.param("PUSH 0 / INPUT r0 / PUSH 299 / PUSH 1 / INPUT r1 / LOAD r1 / VECSET r0 / "
                     "PUSH 0 / PUSH 300 / ITER r0 / LVAL r2 / NEXT", "r2", [[1] * 300, 3], {0, 1}, id="many elements"),
        pytest.param("PUSH 0 / INPUT r0 / PUSH 5 / VECGET r0 / PUSH 1 / INPUT r1", "r1", [[4, 5], 3], {0},
                     id="never read"),
    ],
)  # fmt: skip
def test_small_programs_depend_on_exactly_these_inputs(
    text: str, place: str, calldata: list[Any], inputs: set[int]
) -> None:
    assert sliced(naive(text, calldata=calldata), place).inputs == inputs


def test_an_edit_ends_what_was_there_before() -> None:
    text = "PUSH 0 / INPUT r0 / PUSH 1 / INPUT r1 / NOP / LOAD r0 / LOAD r1 / ADD / STOW r2"
    record = Record({4: [Edit(Place("r0"), 7)]})
    history = naive(text, record, calldata=[5, 6])
    assert history.machine.get(Place("r2")) == 13
    assert sliced(history, "r2").inputs == {1}
    assert list(sliced(history, "r2").ticks) == [2, 3, 5, 6, 7, 8]
    assert sliced(history, "r0", 4).ticks.tolist() == []
    assert sliced(history, "r0", 3).inputs == {0}


def test_an_edit_of_a_part_leaves_the_rest() -> None:
    record = Record({5: [Edit(Place.parse("r0[0]"), 7)]})
    history = naive("VEC r0 / PUSH 5 / VECPUSH r0 / PUSH 6 / VECPUSH r0 / NOP", record)
    assert list(sliced(history, "r0[0]").ticks) == [0]
    assert list(sliced(history, "r0[1]").ticks) == [0, 2, 3, 4]
    assert list(sliced(history, "r0").ticks) == [0, 1, 2, 3, 4]


def test_an_edit_of_a_whole_ends_what_its_parts_were_before() -> None:
    record = Record({5: [Edit(Place("r0"), [7, 8])]})
    history = naive("VEC r0 / PUSH 5 / VECPUSH r0 / PUSH 6 / VECPUSH r0 / NOP", record)
    assert list(sliced(history, "r0[0]").ticks) == []


def test_what_a_budget_was_spent_on_matters_where_it_ran_out() -> None:
    text = "PUSH 0 / INPUT r0 / PUSH 1 / INPUT r1 / PUSH 7 / STOW r2"
    calldata = [[1, 2, 3], 5]
    enough = naive(text, calldata=calldata)
    steps = enough.at(5).get(Place("steps"))
    assert isinstance(steps, int)
    short = naive(text, calldata=calldata, step_limit=steps)
    assert short.future.fault is not None
    assert short.future.fault.over_budget
    assert sliced(short, "r2").inputs == {0, 1}
    assert sliced(enough, "r2").inputs == set()


def test_calls_are_decisions_as_far_as_they_depend_on_anything() -> None:
    history = NaiveHistory(toy_machine("SET r0 1\n CALL .f\n SET r1 2\n HALT\n.f\n SET r2 3\n RET\n"))
    assert [effect.op for effect in history.seen] == ["SET", "CALL", "SET", "RET", "SET", "HALT"]
    assert list(sliced(history, "r1").ticks) == [1, 3, 4]


def test_toy_programs_have_slices_too() -> None:
    text = """
      SET r0 2
      SET r1 5
      SET r5 1
      LOOP r0
        ADD r2 r2 r1
        ADD r3 r3 r0
      END
      PUT r5 r0 r2
      OUT r3
    """
    history = NaiveHistory(toy_machine(text))
    assert list(sliced(history, "r2").ticks) == [0, 1, 3, 4, 6, 7, 9]
    # Where the value was put depends on r5 and r0; what is put into the grid elsewhere does not matter.
    assert list(sliced(history, "grid[1,2]").ticks) == [0, 1, 2, 3, 4, 6, 7, 9, 10]
    assert list(sliced(history, "grid[0,0]").ticks) == [0, 2, 3, 6, 9, 10]


def test_places_that_cannot_be_are_refused() -> None:
    history = naive("PUSH 1 / STOW r1")
    for place in ("nonsense", "r1.nonsense", "loop[0].nonsense"):
        with pytest.raises(XqdbgError):
            slice_of(history, Place.parse(place), 2)


def test_a_part_that_is_not_there_depends_on_the_whole() -> None:
    history = naive("VEC r0 / PUSH 5 / VECPUSH r0")
    assert list(sliced(history, "r0[3]").ticks) == [0, 1, 2]


def test_giving_up_leaves_no_slice_and_news_come_meanwhile() -> None:
    history = naive("PUSH 0 / STOW r3 / PUSH 0 / PUSH 300 / RANGE / LOAD r3 / PUSH 1 / ADD / STOW r3 / NEXT")
    news: list[int] = []
    assert slice_of(history, Place("r3"), history.length, Patience(progress=news.append)) is not None
    assert news == sorted(news, reverse=True)
    assert len(news) > 2
    assert slice_of(history, Place("r3"), history.length, Patience(lambda: len(news) > 0)) is None


def test_what_cannot_matter_is_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    history = naive("PUSH 7 / STOW r5 / PUSH 0 / PUSH 300 / RANGE / LVAL r3 / NOP / NEXT / NOP")
    looked: set[int] = set()
    for name in ("effects_at", "each_effect"):
        plain = getattr(NaiveHistory, name)

        def noted(*arguments: Any, plain: Any = plain) -> Any:
            for effect in plain(*arguments):
                looked.add(effect.tick)
                yield effect

        monkeypatch.setattr(NaiveHistory, name, noted)
    assert len(sliced(history, "r5").ticks) == 305
    assert len(looked) < 320 < history.length // 2


# Random programs


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


def test_changing_an_input_outside_a_slice_never_changes_the_value() -> None:
    tally = tallied(1, 800)
    assert tally.wrong == []
    assert tally.outside > 0.25 * tally.trials, "slices must not be everything"
    assert tally.changed > 0.25 * tally.trials, "inputs must matter"


def test_memory_is_bounded_and_that_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    for seed in range(30):
        generator = Asking(seed)
        history = NaiveHistory(started(generator.program(), generator.inputs()), most=MOST_TICKS)
        if not history.length or not (places := int_places(history, history.length)):
            continue
        place = random.Random(seed).choice(places)
        found = []
        for light, heavy in ((10_000, 100_000), (5, 20)):
            monkeypatch.setattr(backward, "_LIGHT", light)
            monkeypatch.setattr(backward, "_HEAVY", heavy)
            found.append(slice_of(history, place, history.length))
        assert found[0] is not None
        assert found[1] is not None
        assert (found[0].ticks, found[0].places) == (found[1].ticks, found[1].places)


def test_slices_leave_much_of_a_run_out() -> None:
    inside = every = 0
    for seed in range(60):
        generator = Asking(seed)
        history = NaiveHistory(started(generator.program(), generator.inputs()), most=MOST_TICKS)
        if history.length and (places := int_places(history, history.length)):
            found = slice_of(history, random.Random(seed).choice(places), history.length)
            assert found is not None
            inside, every = inside + len(found.ticks), every + history.length
    assert 0.1 * every < inside < 0.7 * every


@pytest.mark.parametrize("first", [0, 50, 100])
def test_executing_only_the_slice_makes_the_same_value(first: int) -> None:
    compared = 0
    for seed in range(first, first + 50):
        generator = Asking(seed)
        code, inputs = generator.program(), generator.inputs()
        history = NaiveHistory(started(code, inputs), most=400)
        for now in {history.length, history.length // 2} - {0}:
            places = int_places(history, now)
            if not places or history.effect(now - 1).fault is not None:
                continue
            place = random.Random(seed).choice(places)
            value = value_at(history.at(now), place)
            found = slice_of(history, place, now)
            assert found is not None
            machine = _Junk(history, found, seed).run(started(code, inputs))
            if machine is not None:
                compared += 1
                assert value_at(machine, place) == value, (seed, place, now)
    assert compared > 40


class _Junk:
    """Executes the instructions of a slice; the others leave junk where they would have written."""

    def __init__(self, history: NaiveHistory, found: Slice, seed: int) -> None:
        self.history = history
        self.found = found
        self.random = random.Random(seed)

    def run(self, machine: XqvmMachine) -> XqvmMachine | None:
        """The machine afterwards; None if it could not go on with the junk."""
        for effect in self.history.seen[: self.found.tick]:
            if effect.tick in self.found:
                machine.run(1)
                if machine.status is Status.FAULTED:
                    return None
            else:
                self.skip(machine, effect.tick)
        return machine

    def skip(self, machine: XqvmMachine, tick: int) -> None:
        """Leave everything as long as it would be, but with other numbers in it."""
        effect, after = self.history.effect(tick), self.history.states[tick + 1]
        for write in effect.writes:
            match write.place.name, write.place.path:
                case "stack", ((int(index),),):
                    self.push(machine, index, gone=write.new is None)
                case "out", _:
                    machine.set(write.place, self.number())
                case name, path if name.startswith("r"):
                    self.spoil(machine, name, path, write)
        other = started(machine.program.code, {})
        other.restore(after)
        if other.status is Status.READY:
            machine.set(Place("pc"), other.pc)

    def push(self, machine: XqvmMachine, index: int, *, gone: bool) -> None:
        stack = list(machine.stack)
        if gone:
            del stack[index:]
        else:
            stack[index : index + 1] = [self.number()]
        machine.replace_stack(stack)

    def spoil(self, machine: XqvmMachine, reg: str, path: Sequence[object], write: Write) -> None:
        """Put junk where a register, or a part of it, would have been written."""
        held = machine.get(Place(reg))
        match path, write.new:
            case (), int():
                machine.set(write.place, self.number())
            case (), None:
                machine.set(write.place, None)
            case (), Model() as model:
                machine.set(write.place, Model(model.domain, model.size, model.rows, model.cols))
            case (), Sample() as sample:
                junk = [sample.domain.initial for _ in sample.values]
                machine.set(write.place, Sample(sample.domain, junk, sample.rows, sample.cols))
            case (), vec:
                machine.set(write.place, [self.number() for _ in _items(vec)])
            case (("size" | "rows" | "cols") as shape,), _ if isinstance(held, Model | Sample):
                copy = held.clone(None)
                setattr(copy, shape, write.new)
                machine.regs[int(reg[1:])] = copy
            case ((_,),), _ if write.old is None:
                machine.set(Place(reg), [*_items(held), self.number()])
            case (("linear" | "quad"), _) | ((_,),), _:
                machine.set(write.place, held.domain.initial if isinstance(held, Sample) else self.number())

    def number(self) -> int:
        return self.random.randint(0, 3)


def _items(value: object) -> list[int]:
    return list(value) if value is not None else []  # type: ignore[call-overload]


def history_of(make: Callable[[], XqvmMachine], record: Record | None = None) -> History:
    history = History(Timeline(make(), CLOSE, record=record).scout(), Limits(ticks=MOST_TICKS))
    history.complete()
    return history


def test_the_history_of_a_session_gives_the_same_slices() -> None:
    compared = 0
    for seed in range(40):
        generator, pick = Asking(seed), random.Random(seed)
        code, inputs = generator.program(), generator.inputs()
        record = Record({pick.randint(0, 20): [Edit(Place("r0"), 3)]} if seed % 2 else {})
        slow = NaiveHistory(started(code, inputs), record, most=MOST_TICKS)
        quick = history_of(lambda code=code, inputs=inputs: started(code, inputs), record)  # type: ignore[misc]
        for _ in range(3):
            now = pick.randint(0, slow.length)
            if places := int_places(slow, now):
                place = pick.choice(places)
                one, other = slice_of(slow, place, now), slice_of(quick, place, now)
                assert one is not None
                assert other is not None
                assert (one.ticks, one.pcs, one.places, one.inputs) == (
                    other.ticks, other.pcs, other.places, other.inputs,
                )  # fmt: skip
                compared += 1
    assert compared > 60


if __name__ == "__main__":
    done = tallied(int(sys.argv[1]), int(sys.argv[2]))
    print("\n".join([done.text, *done.wrong[:20]]))
    sys.exit(bool(done.wrong))
