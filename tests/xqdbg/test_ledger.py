"""Every contribution to a number is told, and together they are the number."""

from __future__ import annotations

import random
from itertools import pairwise
from time import perf_counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.programs import Generator
from tests.support.toy import toy_machine
from tests.support.toy.programs import NESTED, countdown
from tests.support.whole_run import WholeRun
from vm.contract import Machine, Place, PlaceError
from vm.xqvm import BINARY, Model, Program, XqvmMachine, assemble
from xqdbg.answer import Answer, Row
from xqdbg.errors import XqdbgError
from xqdbg.history import History, touches
from xqdbg.ledger import blame
from xqdbg.patience import Patience
from xqdbg.record import Edit, Record
from xqdbg.timeline import Pacing, Timeline

SEEDS = st.integers(0, 1 << 40)
CLOSE = Pacing(most_slice=7, least_spacing=5, spacing_seconds=0, dense_seconds=0, most=9)


def build(seed: int) -> XqvmMachine:
    generator = Generator(seed)
    program = Program(generator.program())
    return XqvmMachine(program, **generator.inputs())


def history_of(machine: Machine, record: Record | None = None) -> History:
    return History(Timeline(machine, CLOSE, record=record).scout())


def number(machine: Machine, place: Place) -> int | None:
    try:
        value = machine.get(place)
    except PlaceError:
        return None
    return value if isinstance(value, int) else None


def rows_of(answer: Answer, *kinds: str) -> list[Row]:
    return [row for row in answer.rows if row.data["kind"] in kinds]


def told(answer: Answer, key: str) -> list[object]:
    return [row.data[key] for row in answer.rows if row.data["kind"] != "total"]


def check(run: WholeRun, history: History, place: Place, now: int) -> None:
    value = number(run.at(now), place)
    answer = blame(history, place, now)
    assert answer.complete and answer.value == value
    (total,) = rows_of(answer, "total")
    assert total.data["agrees"] and total.data["total"] == (value or 0)
    mine = [row for row in answer.rows if row.data.get("place") == str(place)]
    made = [row for row in mine if row.data["kind"] not in ("start", "edit")]
    naive = [
        effect.tick
        for effect in run.effects
        if effect.tick < now and any(touches(write, place) for write in effect.writes)
    ]
    assert sorted({row.tick for row in made}) == naive  # type: ignore[type-var]
    for row, after in pairwise(mine):
        if after.data["kind"] == "add":
            assert (row.data["value"] or 0) + after.data["change"] == (after.data["value"] or 0)
    if mine:
        assert mine[-1].data["value"] == value
    ticks = [row.tick for row in mine]
    assert ticks == sorted(ticks)  # type: ignore[type-var]


def numbers_of(run: WholeRun, now: int) -> list[Place]:
    """Places that hold an integer at a tick, or held one before."""
    found = {write.place for effect in run.effects[:now] for write in effect.writes}
    wholes = {place for place in found if place.name[0] == "r" or place.name in ("stack", "out")}
    outputs = [Place("out", (*((slot,),), *place.path)) for slot in range(3) for place in found if place.path]
    machine = run.at(now)
    return [place for place in (*wholes, *outputs[:30]) if _askable(machine, place)]


def _askable(machine: Machine, place: Place) -> bool:
    try:
        value = machine.get(place)
    except PlaceError:
        return False
    return value is None or isinstance(value, int)


@given(SEEDS)
@settings(max_examples=120, deadline=None)
def test_contributions_of_random_programs_are_the_number(seed: int) -> None:
    run, history = WholeRun(build(seed), 2_000), history_of(build(seed))
    rng = random.Random(seed)
    for now in (run.end, rng.randrange(run.end + 1)):
        places = sorted(numbers_of(run, now), key=str)
        for place in rng.sample(places, min(12, len(places))):
            check(run, history, place, now)


@pytest.mark.parametrize("text", [NESTED, countdown(30)])
def test_contributions_of_toy_programs_are_the_number(text: str) -> None:
    run, history = WholeRun(toy_machine(text)), history_of(toy_machine(text))
    for name in ("r0", "r1", "r2", "r3", "grid[0,0]", "out[1]"):
        for now in (run.end, run.end // 2):
            place = Place.parse(name)
            if _askable(run.at(now), place):
                check(run, history, place, now)


PENALTIES = """
  PUSH 4
  BQMX r0
  PUSH 0
  PUSH 3
  RANGE
    LVAL r1
    LOAD r1
    PUSH 3
    PUSH 10
    ADDQUAD r0
  NEXT
  PUSH 1
  PUSH 3
  PUSH -10
  ADDQUAD r0
  PUSH 2
  PUSH 3
  PUSH 99
  SETQUAD r0
  PUSH 2
  PUSH 3
  PUSH 1
  ADDQUAD r0
  PUSH 0
  OUTPUT r0
  PUSH 0
  PUSH 3
  PUSH 5
  ADDQUAD r0
"""


def penalties() -> History:
    history = history_of(XqvmMachine(assemble(PENALTIES), output_slots=1))
    history.complete()
    return history


def test_rows_tell_who_and_when_and_in_which_round() -> None:
    history = penalties()
    answer = blame(history, Place.parse("r0.quad[0,3]"), history.length)
    made, first, second, total = answer.rows
    assert answer.columns == ("tick", "line", "instruction", "loops", "change", "value", "note")
    assert made.data["kind"] == "make" and made.data["op"] == "BQMX"
    assert first.data["op"] == second.data["op"] == "ADDQUAD"
    assert first.data["loops"] == [0] and second.data["loops"] == []
    assert (first.data["change"], second.data["change"]) == (10, 5)
    assert first.cells[1:] == ("11", "ADDQUAD r0", "0", "+10", "10", "")
    assert total.cells[5] == "15" and total.cells[6] == "0 + 10 + 5"
    assert answer.title == f"r0.quad[0,3] = 15 at tick {history.length:,}: 3 contributions"
    machine = history.at(first.tick or 0)
    assert machine.pc == first.pc


def test_what_came_to_nothing_is_told_and_marked() -> None:
    history = penalties()
    answer = blame(history, Place.parse("r0.quad[1,3]"), history.length)
    assert told(answer, "change") == [0, 10, -10]
    assert told(answer, "cancelled") == [False, True, True]
    assert [row.cells[-1] for row in answer.rows[1:3]] == ["cancelled", "cancelled"]
    assert rows_of(answer, "total")[0].data["total"] == 0


def test_a_set_kills_what_was_before() -> None:
    history = penalties()
    answer = blame(history, Place.parse("r0.quad[2,3]"), history.length)
    assert told(answer, "kind") == ["make", "add", "set", "add"]
    (when,) = (row.tick for row in rows_of(answer, "set"))
    assert told(answer, "overwritten") == [when, when, None, None]
    assert f"overwritten at tick {when:,}" in answer.rows[1].cells[-1]
    assert rows_of(answer, "total")[0].cells[6] == "99 + 1"


def test_history_goes_on_where_a_whole_was_moved_from() -> None:
    history = penalties()
    answer = blame(history, Place.parse("out[0].quad[0,3]"), history.length)
    assert told(answer, "kind") == ["make", "add", "move"]
    (move,) = rows_of(answer, "move")
    assert move.data["source"] == "r0.quad[0,3]" and "moved from r0.quad[0,3]" in move.cells[-1]
    assert "in r0.quad[0,3]" in answer.rows[1].cells[-1]
    assert rows_of(answer, "total")[0].data["total"] == 10  # what was added to r0 afterwards is no part of it


def test_a_number_that_came_with_an_input_was_there_from_the_start() -> None:
    model = Model(BINARY, 3)
    model.put_pair(0, 2, 7)
    text = "PUSH 0 / INPUT r4 / PUSH 0 / PUSH 2 / PUSH 5 / ADDQUAD r4".replace(" / ", "\n")
    history = history_of(XqvmMachine(assemble(text), calldata=[model]))
    answer = blame(history, Place.parse("r4.quad[0,2]"), 6)
    assert told(answer, "kind") == ["start", "move", "add"]
    assert told(answer, "place") == ["in[0].quad[0,2]", "r4.quad[0,2]", "r4.quad[0,2]"]
    assert rows_of(answer, "total")[0].data["total"] == 12


def test_edits_are_contributions() -> None:
    text = countdown(10)
    record = Record({9: (Edit(Place("r2"), 1_000),)})
    history = history_of(toy_machine(text), record)
    answer = blame(history, Place("r2"), 20)
    (edit,) = rows_of(answer, "edit")
    assert edit.tick == 9 and edit.data["value"] == 1_000 and edit.cells[2] == "edited"
    (total,) = rows_of(answer, "total")
    assert total.data["agrees"] and total.data["value"] == number(history.at(20), Place("r2"))
    before = blame(history, Place("r2"), 8)
    assert not rows_of(before, "edit") and rows_of(before, "total")[0].data["agrees"]
    only = blame(history_of(toy_machine(text), Record({0: (Edit(Place("r7"), 5),)})), Place("r7"), 20)
    assert told(only, "kind") == ["edit"] and rows_of(only, "total")[0].data["agrees"]


def test_what_is_no_number_cannot_be_blamed() -> None:
    with pytest.raises(XqdbgError, match="no number"):
        blame(penalties(), Place("r0"), 10)


def test_only_the_latest_contributions_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("xqdbg.ledger.MOST_ROWS", 10)
    history = history_of(toy_machine(countdown(40)))
    answer = blame(history, Place("r2"), 100)
    assert not answer.complete and "latest" in answer.note
    assert answer.rows[0].data["kind"] == "earlier"
    assert len(rows_of(answer, "add")) == 10 and rows_of(answer, "total")[0].data["agrees"]


def test_giving_up_is_told_and_asking_again_finishes() -> None:
    history = history_of(toy_machine(countdown(300)))
    history.complete()
    asked = iter(range(3))
    given_up = blame(history, Place("r2"), 900, Patience(cancelled=lambda: next(asked, None) is None))
    assert not given_up.complete and given_up.note
    assert blame(history, Place("r2"), 900).complete


def dense(variables: int) -> str:
    return f"""
      PUSH {variables}
      BQMX r0
      PUSH 0
      PUSH {variables - 1}
      RANGE
        LVAL r1
        LOAD r1
        INC
        PUSH {variables - 1}
        LOAD r1
        SUB
        RANGE
          LVAL r2
          LOAD r1
          LOAD r2
          PUSH 7
          ADDQUAD r0
          LOAD r1
          PUSH -2
          ADDLINE r0
          LOAD r2
          PUSH -2
          ADDLINE r0
        NEXT
      NEXT
    """


def test_a_cell_of_a_dense_model_is_blamed_at_once_when_it_is_indexed() -> None:
    variables = 60
    history = History(Timeline(XqvmMachine(assemble(dense(variables)), step_limit=None)).scout())
    history.complete()
    history.want("r0")
    while history.explore(0.1):
        pass
    began = perf_counter()
    answer = blame(history, Place("r0", ("linear", (variables // 2,))), history.length)
    seconds = perf_counter() - began
    assert len(rows_of(answer, "add")) == variables - 1 and rows_of(answer, "total")[0].data["agrees"]
    assert seconds < 1  # a generous bound: the benchmark tells the real figure
