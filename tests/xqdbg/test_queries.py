"""Every answer equals what a naive look at the whole run says, and comes in pieces to whoever waits."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from time import perf_counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.programs import Generator
from tests.support.toy import marks, toy_machine
from tests.support.toy.programs import ENDLESS, NESTED, countdown
from tests.support.whole_run import WholeRun
from vm.contract import Machine, Place, PlaceError
from vm.xqvm import Program, XqvmMachine
from xqdbg.answer import Answer
from xqdbg.errors import XqdbgError
from xqdbg.expressions import Expression, ExpressionError, Template, format_value, parse
from xqdbg.history import History, Limits, touches
from xqdbg.patience import Patience
from xqdbg.queries import count, first, hits, last, next_write, past_log
from xqdbg.record import Edit, Record
from xqdbg.timeline import Pacing, Timeline

SEEDS = st.integers(0, 1 << 40)
CLOSE = Pacing(most_slice=7, least_spacing=5, spacing_seconds=0, dense_seconds=0, most=9)
SHOWS = [parse(text) for text in ("stack[-1] + 1", "r1", "tick * 2", "old(r2)", "loop[0].index", "len(stack)")]
CONDITION = parse("r1 != old(r1) or stack[-1] < 3")


def build(seed: int) -> XqvmMachine:
    generator = Generator(seed)
    program = Program(generator.program())
    return XqvmMachine(program, **generator.inputs())


def history_of(machine: Machine, record: Record | None = None, limits: Limits | None = None) -> History:
    return History(Timeline(machine, CLOSE, record=record).scout(), limits)


def ticks_of(answer: Answer) -> list[int | None]:
    return [row.tick for row in answer.rows]


def giving_up_after(questions: int) -> Callable[[], bool]:
    left = iter(range(questions))
    return lambda: next(left, None) is None


# Writes


@given(SEEDS)
@settings(max_examples=60, deadline=None)
def test_the_writes_around_a_moment(seed: int) -> None:
    run, history = WholeRun(build(seed), 2_000), history_of(build(seed))
    rng = random.Random(seed)
    places = sorted({write.place for effect in run.effects for write in effect.writes}, key=str)
    for place in rng.sample(places, min(6, len(places))):
        now = rng.randrange(run.end + 1)
        naive = [effect.tick for effect in run.effects if any(touches(write, place) for write in effect.writes)]
        before, after = [tick for tick in naive if tick < now], [tick for tick in naive if tick >= now]
        assert ticks_of(last(history, place, now)) == before[-1:]
        assert ticks_of(next_write(history, place, now)) == after[:1]
        for answer in (last(history, place, now), next_write(history, place, now)):
            assert answer.complete
            for row in answer.rows:
                tick = row.tick or 0
                assert row.pc == run.pcs[tick] and row.data["place"] == str(place)
                assert row.cells[-2:] == (shown(run, tick, place), shown(run, tick + 1, place))


def shown(run: WholeRun, tick: int, place: Place) -> str:
    machine = run.at(tick)
    try:
        return machine.text(machine.get(place))
    except PlaceError:
        return machine.text(None)


def test_last_is_repeatable_down_to_the_first_write() -> None:
    run, history = WholeRun(toy_machine(NESTED)), history_of(toy_machine(NESTED))
    naive = run.writes(Place("r3"))
    now: int | None = run.end
    found = []
    while now is not None and (answer := last(history, Place("r3"), now)).rows:
        now = answer.rows[0].tick
        found.append(now)
    assert found == naive[::-1]
    assert answer.title == f"nothing wrote r3 before tick {naive[0]:,}"


def test_the_title_says_what_happened() -> None:
    history = history_of(toy_machine(NESTED))
    answer = last(history, Place("r1"), 3)
    assert answer.title == "r1 was last written at tick 2 by ADD r1 r1 r0 (line 4): 0 → 3"
    assert answer.columns == ("tick", "line", "instruction", "loops", "before", "after")
    assert answer.rows[0].cells == ("2", "4", "ADD r1 r1 r0", "3 left", "0", "3")
    assert answer.value == 2 and answer.rows[0].data["old"] == 0 and answer.rows[0].data["new"] == 3
    assert "is next written at tick 8" in next_write(history, Place("r3"), 6).title


def test_what_no_instruction_writes_is_told() -> None:
    answer = last(history_of(toy_machine(NESTED)), Place("r6"), 10)
    assert not answer.rows and answer.complete and "no instruction" in answer.note


def test_an_edit_is_a_write_of_its_own() -> None:
    record = Record({10: (Edit(Place("r2"), 1_000),)})
    history = history_of(toy_machine(countdown(10)), record)
    answer = last(history, Place("r2"), 11)
    assert ticks_of(answer) == [10] and answer.rows[0].data["edited"] and answer.rows[0].data["new"] == 1_000
    assert ticks_of(last(history, Place("r2"), 10)) == [9] and "very tick" in last(history, Place("r2"), 10).note
    assert ticks_of(last(history, Place("r2"), 13)) == [12]


# Conditions


@given(SEEDS, st.sampled_from(["r1 > 3", "stack[-1] < 0", "depth == 2", "old(r2) != r2", "r0 == 12345678"]))
@settings(max_examples=60, deadline=None)
def test_the_first_time_something_is_true(seed: int, text: str) -> None:
    run, history = WholeRun(build(seed), 400), history_of(build(seed), None, Limits(ticks=400))
    naive = [tick for tick in range(run.end + 1) if run.value(tick, text)][:1]
    answer = first(history, parse(text))
    assert ticks_of(answer) == naive and answer.complete == (run.ended or bool(naive))
    assert answer.value == (naive[0] if naive else None)


def test_what_is_never_true_is_told() -> None:
    answer = first(history_of(toy_machine(countdown(5))), parse("r0 == 99"))
    assert answer.title == "r0 == 99 is never true" and not answer.rows
    endless = first(history_of(toy_machine(ENDLESS), None, Limits(ticks=1_000)), parse("r0 == -1"))
    assert not endless.complete and "not true before tick 1,000" in endless.title and endless.note


# Hits and logs


def check_hits(
    run: WholeRun, history: History, pcs: frozenset[int], shows: list[Expression], checked: Expression
) -> None:
    at = [effect.tick for effect in run.effects if effect.pc in pcs]
    wanted = [tick for tick in at if run.value(tick, checked.text)]
    for condition, ticks in ((None, at), (checked, wanted)):
        answer = hits(history, pcs, shows, condition)
        assert ticks_of(answer) == ticks and answer.complete
        assert answer.title == f"{len(ticks):,} hit{'' if len(ticks) == 1 else 's'}"
        for row in answer.rows[:20]:
            tick = row.tick or 0
            values = [(run.value(tick, show.text), show) for show in shows]
            assert row.pc == run.pcs[tick]
            assert row.cells[4:] == tuple(format_value(run.machine, run.value(tick, e.text)) for _, e in values)
    assert ticks_of(hits(history, at, shows, checked)) == wanted


@given(SEEDS)
@settings(max_examples=50, deadline=None)
def test_hits_of_random_programs(seed: int) -> None:
    run, history = WholeRun(build(seed), 400), history_of(build(seed))
    pcs = sorted({effect.pc for effect in run.effects})
    rng = random.Random(seed)
    if run.ended and pcs:
        check_hits(run, history, frozenset(rng.sample(pcs, min(4, len(pcs)))), SHOWS, CONDITION)


def test_hits_of_a_toy_program() -> None:
    at = marks(NESTED)
    shows = [parse(text) for text in ("r3", "old(r3)", "depth", "grid[0,0]")]
    for name in ("add", "out", "callee", "div"):
        run, history = WholeRun(toy_machine(NESTED)), history_of(toy_machine(NESTED))
        check_hits(run, history, frozenset((at[name],)), shows, parse("r3 % 3 == 1 or r3 == old(r3)"))


def test_rows_know_the_rounds_of_their_loops() -> None:
    answer = hits(history_of(toy_machine(NESTED)), frozenset((marks(NESTED)["add"],)))
    assert [row.cells[3] for row in answer.rows[:5]] == ["3 left 4 left", "3 left 3 left", "3 left 2 left",
                                                         "3 left 1 left", "2 left 4 left"]  # fmt: skip


@given(SEEDS)
@settings(max_examples=40, deadline=None)
def test_a_log_of_the_past_is_what_a_logpoint_would_have_told(seed: int) -> None:
    run, history = WholeRun(build(seed), 400), history_of(build(seed))
    pcs = sorted({effect.pc for effect in run.effects})
    if not pcs or not run.ended:
        return
    chosen = frozenset(random.Random(seed).sample(pcs, min(3, len(pcs))))
    template = Template.parse("at {tick}: {r1} was {old(r1)} {{x}}")
    answer = past_log(history, chosen, template, CONDITION)
    ticks = [e.tick for e in run.effects if e.pc in chosen and run.value(e.tick, CONDITION.text)]
    assert ticks_of(answer) == ticks
    for row in answer.rows[:10]:
        tick = row.tick or 0
        values = [format_value(run.machine, run.value(tick, text)) for text in ("r1", "old(r1)")]
        assert row.cells[2] == f"at {tick}: {values[0]} was {values[1]} {{x}}"


def test_saved_values_are_known() -> None:
    history = history_of(toy_machine(countdown(9)))
    pcs = frozenset((marks(countdown(9))["sum"],))
    answer = hits(history, pcs, [parse("$k + r0")], parse("r0 == $k"), saved={"k": 4})
    assert [row.cells[-1] for row in answer.rows] == ["8"]
    assert len(past_log(history, pcs, Template.parse("{$k}"), saved={"k": 4}).rows) == 9
    assert first(history, parse("r0 == $k"), saved={"k": 4}).rows


def test_what_the_machine_cannot_have_is_an_error_and_no_answer() -> None:
    with pytest.raises(ExpressionError):
        hits(history_of(toy_machine(NESTED)), frozenset((0,)), [parse("nothing[3]")])


# Counts


@given(SEEDS)
@settings(max_examples=40, deadline=None)
def test_counts(seed: int) -> None:
    run, history = WholeRun(build(seed), 3_000), history_of(build(seed))
    if not run.ended or not run.end:
        return
    listed = {line.pc for line in run.machine.code()}
    ops = Counter(effect.op if effect.pc in listed else "?" for effect in run.effects)
    pcs = Counter(effect.pc for effect in run.effects)
    by_op, by_line = count(history, "opcode"), count(history, "line")
    assert {row.data["opcode"]: row.data["count"] for row in by_op.rows} == ops
    assert {row.data["pc"]: row.data["count"] for row in by_line.rows} == pcs
    for answer in (by_op, by_line):
        numbers = [row.data["count"] for row in answer.rows]
        assert numbers == sorted(numbers, reverse=True) and answer.complete
        assert sum(row.data["share"] for row in answer.rows) == pytest.approx(1)
    for row in by_line.rows:
        assert row.tick == min(effect.tick for effect in run.effects if effect.pc == row.pc)


def test_counting_by_something_else_is_refused() -> None:
    with pytest.raises(XqdbgError, match="count by"):
        count(history_of(toy_machine(NESTED)), "mood")


# Waiting


def test_many_rows_are_counted_and_the_first_ones_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("xqdbg.findings.MOST_ROWS", 20)
    pcs = frozenset((marks(countdown(100))["sum"],))
    for condition, number in ((None, 100), (parse("r0 % 2 == 0"), 50)):
        answer = hits(history_of(toy_machine(countdown(100))), pcs, (), condition)
        assert len(answer.rows) == 20 and not answer.complete
        assert answer.title == f"{number} hits" and "first 20" in answer.note


def test_news_comes_while_rows_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("xqdbg.findings.NEWS_SECONDS", 0)
    news: list[Answer] = []
    pcs = frozenset((marks(countdown(50))["sum"],))
    answer = hits(history_of(toy_machine(countdown(50))), pcs, [parse("r0")], None, Patience(answered=news.append))
    assert [len(each.rows) for each in news] == list(range(1, 51))
    assert not any(each.complete for each in news) and answer.complete
    assert list(news[-1].rows) == list(answer.rows)


@pytest.mark.parametrize("questions", [0, 1, 2, 5, 20])
def test_giving_up_is_told_and_asking_again_finishes(questions: int) -> None:
    text = countdown(400)
    pcs = frozenset((marks(text)["sum"],))
    asks: list[Callable[[History, Patience], Answer]] = [
        lambda history, patience: hits(history, pcs, [parse("r0")], parse("r0 > 0"), patience),
        lambda history, patience: hits(history, pcs, [parse("r0")], None, patience),
        lambda history, patience: past_log(history, pcs, Template.parse("{r0}"), None, patience),
        lambda history, patience: first(history, parse("r0 == -1"), patience),
        lambda history, patience: last(history, Place("r1"), 1_000, patience),
        lambda history, patience: count(history, "opcode", patience),
    ]
    for ask in asks:
        history = history_of(toy_machine(text))
        given_up = ask(history, Patience(cancelled=giving_up_after(questions)))
        assert not given_up.complete and given_up.note
        answer = ask(history, Patience())
        assert answer.complete
        assert list(answer.rows) == list(ask(history_of(toy_machine(text)), Patience()).rows)


def test_a_search_gives_up_at_once() -> None:
    history = History(Timeline(toy_machine(ENDLESS)).scout())
    until = perf_counter() + 0.3
    answer = first(history, parse("r0 == -1"), Patience(cancelled=lambda: perf_counter() > until))
    assert perf_counter() - until < 0.5  # a tenth of a second is the goal; the machine may be busy
    assert not answer.complete
