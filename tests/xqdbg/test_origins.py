"""`why`: trees down to literals, inputs, edits and what was there at first, which come to the value when worked out."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest

from tests.support.asking import Asking, int_places, started
from tests.support.naive_history import NaiveHistory
from tests.support.runs import program
from tests.support.toy import toy_machine
from vm.contract import Place
from vm.xqvm.machine import XqvmMachine
from xqdbg.answer import Answer, Row
from xqdbg.errors import XqdbgError
from xqdbg.history import History, Limits
from xqdbg.origins import FAULT, why
from xqdbg.origins.tree import DEEPEST, MOST_ROWS
from xqdbg.patience import Patience
from xqdbg.record import Edit, Record
from xqdbg.timeline import Pacing, Timeline

MOST_TICKS = 1_500
CLOSE = Pacing(most_slice=7, least_spacing=5, spacing_seconds=0, dense_seconds=0, most=9)
LEAVES = {"literal", "input", "initial"}


def naive(text: str, record: Record | None = None, **inputs: Any) -> NaiveHistory:
    """A program of XQVM that has run."""
    return NaiveHistory(XqvmMachine(program(text), **{"output_slots": 4, **inputs}), record)


def tree(history: NaiveHistory, place: str, now: int | None = None) -> list[str]:
    """The rows of an answer, indented: value and instruction."""
    answer = why(history, Place.parse(place), history.length if now is None else now)
    return [". " * row.level + " | ".join(row.cells[:2]) for row in answer.rows]


# Small programs


def test_moves_are_passed_over_and_the_best_name_is_shown() -> None:
    history = naive("PUSH 1 / PUSH 2 / ADD / STOW r1 / LOAD r1 / COPY / MUL / STOW r3")
    assert tree(history, "r3") == [
        "r3 = 9 | MUL (a=3, b=3)",
        ". r1 = 3 | ADD (a=1, b=2)",
        ". . literal 1 | PUSH1 1",
        ". . literal 2 | PUSH1 2",
        ". r1 = 3 | see above",
    ]
    assert tree(history, "stack[-1]", 6)[0] == "stack[1] = 3 | ADD (a=1, b=2)"
    assert tree(history, "r3", 7) == ["r3 = unset | initial state"]


def test_rows_are_moments_and_tell_line_and_loops() -> None:
    history = naive("PUSH 5 / PUSH 2 / RANGE / LVAL r1 / LOAD r1 / PUSH 3 / MUL / STOW r2 / NEXT")
    answer = why(history, Place("r2"), history.length)
    first = answer.rows[0]
    assert answer.title == "why r2 = 18 at tick 15"
    assert answer.columns == ("value", "instruction", "line", "tick", "loops")
    assert first.cells == ("r2 = 18", "MUL (a=6, b=3)", "7", "12", "6")
    assert (first.tick, first.pc) == (12, history.effect(12).pc)
    assert first.data == {
        "kind": "made", "place": "stack[0]", "name": "r2", "value": 18, "tick": 12, "pc": first.pc, "line": 7,
        "op": "MUL", "loops": [6],
    }  # fmt: skip
    assert (answer.complete, answer.note) == (True, "")


def test_exchanged_values_are_told_apart() -> None:
    text = "PUSH 5 / PUSH 5 / SWAP / STOW r1 / PUSH 6 / PUSH 7 / SWAP"
    history = naive(text)
    assert tree(history, "stack[-1]") == ["stack[2] = literal 6 | PUSH1 6"]
    assert tree(history, "stack[-2]") == ["stack[1] = literal 7 | PUSH1 7"]


def test_inputs_are_leaves_under_their_own_names() -> None:
    history = naive("PUSH 1 / INPUT r0 / PUSH 2 / VECGET r0 / PUSH 0 / OUTPUT r0", calldata=[3, [7, 8, 9]])
    assert tree(history, "stack[0]") == [
        "stack[0] = 9 | VECGET r0 (index=2)",
        ". literal 2 | PUSH1 2",
        ". r0[2] = 9 | input in[1][2]",
    ]
    assert tree(history, "out[0][1]") == ["out[0][1] = 8 | input in[1][1]"]
    assert tree(history, "in[0]") == ["in[0] = 3 | input in[0]"]


def test_sums_and_counters_are_folded() -> None:
    text = "PUSH 0 / STOW r3 / PUSH 0 / PUSH 500 / RANGE / LOAD r3 / LVAL r1 / LOAD r1 / ADD / STOW r3 / NEXT"
    history = naive(text)
    assert tree(history, "r3") == [
        "r3 = 124750 | ADD (a=124251, b=499)",
        ". × 500 times since tick 8 | ADD",
        ". . r3 = 0 | ADD (a=0, b=0)",
        ". . . r3 = literal 0 | PUSH1 0",
        ". . . r1 = 0 | LVAL r1",
        ". . . . loop[0].value = 0 | RANGE (start=0, count=500)",
        ". . . . . literal 0 | PUSH1 0",
        ". . . . . literal 500 | PUSH2 500",
        ". r1 = 499 | LVAL r1",
        ". . loop[0].value = 499 | NEXT",
        ". . . × 499 times since tick 10 | NEXT",
        ". . . . loop[0].index = 1 | NEXT",
        ". . . . . loop[0].index = 0 | RANGE (start=0, count=500)",
        ". . . . . . literal 0 | PUSH1 0",
        ". . . . . . literal 500 | PUSH2 500",
    ]
    rows = why(history, Place("r3"), history.length).rows
    assert [(row.data["times"], row.tick) for row in rows if row.data["kind"] == "times"] == [(500, 8), (499, 10)]


def test_chains_over_several_instructions_are_folded() -> None:
    text = (
        "PUSH 1 / STOW r3 / PUSH 0 / PUSH 100 / RANGE / "
        "LOAD r3 / PUSH 3 / MUL / PUSH 5 / ADD / PUSH 1000 / MOD / STOW r3 / NEXT"
    )
    told = tree(naive(text), "r3")
    assert told[0].startswith("r3 = ")
    assert len(told) == 14
    assert [line for line in told if "×" in line] == [". . . × 100 times since tick 11 | MOD"]
    assert told[4] == ". . . . r3 = 8 | MOD (a=8, b=1000)"


def test_what_is_in_the_middle_of_a_chain_is_not_told_again() -> None:
    text = (
        "PUSH 0 / STOW r3 / PUSH 0 / PUSH 50 / RANGE / LOAD r4 / STOW r6 / LOAD r3 / STOW r4 / LOAD r3 / "
        "PUSH 2 / ADD / STOW r3 / NEXT / LOAD r3 / LOAD r6 / ADD / STOW r5"
    )
    told = tree(naive("PUSH 0 / STOW r4 / " + text), "r5")
    assert told[0] == "r5 = 196 | ADD (a=100, b=96)"
    assert told[-1] == ". r6 = 96 | see above"
    assert sum("×" in line for line in told) == 1


def test_short_chains_are_told_in_full() -> None:
    told = tree(naive("PUSH 0 / STOW r3 / PUSH 0 / PUSH 3 / RANGE / LOAD r3 / INC / STOW r3 / NEXT"), "r3")
    assert [line.strip(". ") for line in told] == [
        "r3 = 3 | INC (a=2)", "r3 = 2 | INC (a=1)", "r3 = 1 | INC (a=0)", "r3 = literal 0 | PUSH1 0",
    ]  # fmt: skip


def test_a_coefficient_is_told_from_its_own_contributions() -> None:
    text = (
        "PUSH 4 / BQMX r0 / PUSH 2 / PUSH 2 / RESIZE r0 / PUSH 0 / PUSH 1 / PUSH 5 / ADDQUAD r0 / "
        "PUSH 0 / PUSH 9 / ONEHOTR r0 / PUSH 1 / PUSH 1 / PUSH 9 / ADDQUAD r0"
    )
    expected = [
        "r0.quad[0,1] = 23 | ONEHOTR r0 (row=0, penalty=9)",
        ". literal 9 | PUSH1 9",
        ". r0.quad[0,1] = 5 | ADDQUAD r0 (i=0, j=1, delta=5)",
        ". . literal 5 | PUSH1 5",
        ". . r0.quad[0,1] = 0 | BQMX r0 (size=4)",
        ". . . literal 4 | PUSH1 4",
    ]
    assert tree(naive(text), "r0.quad[0,1]") == expected
    assert tree(naive(text), "r0.quadratic[1,0]") == expected


def test_a_coefficient_that_an_instruction_changed_twice_is_told_once() -> None:
    text = (
        "PUSH 4 / BQMX r0 / VEC r1 / PUSH 2 / VECPUSH r1 / PUSH 2 / VECPUSH r1 / PUSH 2 / PUSH 3 / SETLINE r0 / "
        "PUSH 1 / PUSH 10 / ATLEAST r0 r1"
    )
    rows = why(naive(text), Place.parse("r0.linear[2]"), 13).rows
    assert [row.cells[0] for row in rows if row.cells[0].startswith("r0.linear[2]")] == [
        "r0.linear[2] = -17", "r0.linear[2] = 3",
    ]  # fmt: skip


def test_a_whole_is_told_from_its_parts() -> None:
    text = "VEC r0 / PUSH 4 / VECPUSH r0 / PUSH 5 / VECPUSH r0 / PUSH 0 / PUSH 7 / VECSET r0 / PUSH 0 / OUTPUT r0"
    told = tree(naive(text), "out[0]")
    assert told[0].endswith("| 2 of its parts were changed since it was made")
    assert told[1].startswith(". r0 = literal ")
    assert told[2:] == [
        ". r0[0] = 7 | VECSET r0 (index=0, value=7)", ". . literal 7 | PUSH1 7",
        ". r0[1] = 5 | VECPUSH r0 (value=5)", ". . literal 5 | PUSH1 5",
    ]  # fmt: skip


def test_of_many_parts_only_some_are_told() -> None:
    text = "VEC r0 / PUSH 0 / PUSH 40 / RANGE / PUSH 4 / VECPUSH r0 / NEXT"
    told = tree(naive(text), "r0")
    assert told[0].endswith("| 40 of its parts were changed since it was made")
    assert told[-1] == ". … 16 more of its parts | "
    assert [line for line in told if "r0[9]" in line]


def test_an_edit_is_a_leaf() -> None:
    record = Record({3: [Edit(Place("r1"), 7)]})
    history = naive("PUSH 1 / STOW r1 / NOP / LOAD r1 / INC / STOW r2", record)
    assert tree(history, "r2") == ["r2 = 8 | INC (a=7)", ". r1 = 7 | edited"]
    assert tree(history, "r1") == ["r1 = 7 | edited"]
    assert tree(history, "r1", 2) == ["r1 = literal 1 | PUSH1 1"]
    assert why(history, Place("r1"), 6).rows[0].tick == 3


def test_an_edit_of_a_part_is_told_beside_the_others() -> None:
    record = Record({5: [Edit(Place.parse("r0[0]"), 7), Edit(Place.parse("r0[1]"), 8)]})
    told = tree(naive("VEC r0 / PUSH 4 / VECPUSH r0 / PUSH 5 / VECPUSH r0 / NOP", record), "r0")
    assert told[2:] == [". r0[0] = 7 | edited", ". r0[1] = 8 | edited"]


def test_a_fault_is_told_from_what_the_instruction_found() -> None:
    history = naive("PUSH 2 / INPUT r0 / PUSH 3 / PUSH 4 / ADD / VECGET r0", calldata=[1, 2, [5, 6]])
    answer = why(history, FAULT, history.length)
    assert [". " * row.level + " | ".join(row.cells[:2]) for row in answer.rows] == [
        "IndexOutOfBounds { pos: 9, index: 7, len: 2 } | VECGET r0 (index=7)",
        ". stack[0] = 7 | ADD (a=3, b=4)",
        ". . literal 3 | PUSH1 3",
        ". . literal 4 | PUSH1 4",
        ". r0.length = 2 | input in[2].length",
    ]
    with pytest.raises(XqdbgError, match="there is no fault at tick 3"):
        why(history, FAULT, 3)


def test_toy_programs_are_explained_too() -> None:
    history = NaiveHistory(toy_machine("SET r0 3\n SET r1 4\n ADD r2 r0 r1\n PUT r0 r1 r2\n OUT r2"))
    expected = [". r0 = literal 3 | SET r0 3", ". r1 = literal 4 | SET r1 4"]
    assert tree(history, "r2") == ["r2 = 7 | ADD r2 r0 r1", *expected]
    assert tree(history, "grid[3,4]")[1:] == [". r2 = 7 | ADD r2 r0 r1", *(f". {line}" for line in expected)]
    assert tree(history, "r5") == ["r5 = 0 | initial state"]


def test_places_without_an_answer_are_refused() -> None:
    history = naive("PUSH 1 / STOW r1")
    for place, message in (
        ("stack[4]", "no stack"), ("r1[2]", "no r1"), ("steps", "counted"), ("tick", "counted"), ("x", "no place"),
    ):  # fmt: skip
        with pytest.raises(XqdbgError, match=message):
            why(history, Place.parse(place), 2)


def test_deep_trees_are_cut_and_say_so() -> None:
    deep = "PUSH 1 / " + " / ".join(f"PUSH {n % 100} / {('ADD', 'SUB', 'MAX')[n % 3]}" for n in range(250))
    answer = why(naive(deep + " / STOW r1"), Place("r1"), 502)
    assert max(row.level for row in answer.rows) == DEEPEST
    assert not answer.complete
    assert answer.note == f"only {DEEPEST} levels are shown; ask about a place further down"
    assert answer.rows[-1].data["kind"] != "deeper"


def test_broad_trees_are_cut_and_say_so() -> None:
    wide = "PUSH 1 / " + " / ".join(f"PUSH {n % 100} / STOW r{n % 200}" for n in range(MOST_ROWS))
    broad = (
        wide + " / " + " / ".join(f"LOAD r{n % 200} / LOAD r{n % 199} / ADD / STOW r{n % 200}" for n in range(2_000))
    )
    history = naive(broad)
    answer = why(history, Place("r150"), history.length)
    assert len(answer.rows) <= MOST_ROWS


def test_giving_up_keeps_what_was_found_and_news_come_meanwhile() -> None:
    history = naive("PUSH 1 / " + " / ".join(f"PUSH {n} / ADD" for n in range(60)) + " / STOW r1")
    news: list[Answer] = []
    asked = iter(range(12))
    patience = Patience(lambda: next(asked, None) is None, answered=news.append)
    answer = why(history, Place("r1"), history.length, patience)
    assert (answer.complete, answer.note) == (False, "not finished")
    assert 0 < len(answer.rows) < 60


# Random programs


def random_trees(first: int, count: int) -> Iterator[tuple[NaiveHistory, Answer]]:
    """Trees of some places in the runs of random programs, the larger ones of more."""
    for seed in range(first, first + count):
        generator, pick = Asking(seed), random.Random(seed)
        history = NaiveHistory(started(generator.program(), generator.inputs()), most=MOST_TICKS)
        for _ in range(2 if history.length else 0):
            now = pick.randint(1, history.length)
            places = int_places(history, now)
            machine = history.at(now)
            if telling := [place for place in places if machine.get(place)] or places:
                trees = [why(history, place, now) for place in pick.sample(telling, min(5, len(telling)))]
                yield history, max(trees, key=lambda answer: len(answer.rows))


def children(rows: Sequence[Row], at: int) -> list[int]:
    """The rows one level below a row."""
    found = []
    for number in range(at + 1, len(rows)):
        if rows[number].level <= rows[at].level:
            break
        if rows[number].level == rows[at].level + 1:
            found.append(number)
    return found


def test_every_leaf_is_a_literal_an_input_or_was_there_at_first() -> None:
    leaves = trees = 0
    for _, answer in random_trees(0, 150):
        trees += 1
        for at, row in enumerate(answer.rows):
            kind = row.data["kind"]
            if kind in LEAVES:
                leaves += 1
                assert not children(answer.rows, at)
            elif kind in ("made", "parts"):
                assert children(answer.rows, at), row
            else:
                assert kind in ("seen", "times", "more"), row
            if kind == "seen":
                keys = [(other.data.get("place"), other.tick) for other in answer.rows[:at]]
                folded = any(other.data["kind"] == "times" for other in answer.rows)
                assert (row.data["place"], row.tick) in keys or folded
        assert answer.complete
    assert trees > 200
    assert leaves > 1.5 * trees


WORK: dict[str, Callable[..., int]] = {
    "ADD": lambda a, b: a + b, "SUB": lambda a, b: a - b, "MUL": lambda a, b: a * b, "DIV": lambda a, b: a // b,
    "MOD": lambda a, b: a % b, "SQR": lambda a: a * a, "ABS": abs, "NEG": lambda a: -a, "MIN": min, "MAX": max,
    "INC": lambda a: a + 1, "DEC": lambda a: a - 1, "BITLEN": lambda a: a.bit_length() if a > 0 else 0,
    "EQ": lambda a, b: a == b, "LT": lambda a, b: a < b, "GT": lambda a, b: a > b, "LTE": lambda a, b: a <= b,
    "GTE": lambda a, b: a >= b, "NOT": lambda a: not a, "AND": lambda a, b: bool(a and b),
    "OR": lambda a, b: bool(a or b), "XOR": lambda a, b: bool(a) != bool(b), "BAND": lambda a, b: a & b,
    "BOR": lambda a, b: a | b, "BXOR": lambda a, b: a ^ b, "BNOT": lambda a: ~a, "SHL": lambda a, b: a << b,
    "SHR": lambda a, b: a >> b, "IDXGRID": lambda row, col, cols: row * cols + col,
    "VECGET": lambda index, element: element, "GETLINE": lambda i, value: value,
    "GETQUAD": lambda i, j, value: value, "VECPUSH": lambda value: value, "VECSET": lambda value: value,
    "SETLINE": lambda value: value, "SETQUAD": lambda value: value, "LVAL": lambda value: value,
    "LIDX": lambda index: index, "VECLEN": lambda length: length,
    "EXCLUDE": lambda penalty, old: old + penalty, "RANGE": lambda start, count: start,
}  # fmt: skip


def test_values_follow_from_those_below_them() -> None:
    worked = literals = inputs = 0
    for history, answer in random_trees(1_000, 240):
        for at, row in enumerate(answer.rows):
            value, op = row.data.get("value"), str(row.data.get("op"))
            below = [answer.rows[number].data.get("value") for number in children(answer.rows, at)]
            if row.data["kind"] == "literal" and op.startswith("PUSH"):
                literals += 1
                assert row.cells[1] == f"{op} {value}"
            elif row.data["kind"] == "input" and isinstance(value, int):
                inputs += 1
                given = history.at(0).get(Place.parse(row.data["place"]))
                assert given == value if isinstance(given, int) else value == 0
            elif row.data["kind"] == "made" and op in WORK and all(isinstance(each, int) for each in below):
                if row.data["place"].endswith(("length", "size", "end", "body")):
                    continue
                worked += 1
                assert WORK[op](*below) == value, row
    assert worked > 200
    assert literals > 250
    assert inputs > 100


def test_the_history_of_a_session_gives_the_same_trees() -> None:
    compared = 0
    for seed in range(40):
        generator, pick = Asking(seed), random.Random(seed)
        code, inputs = generator.program(), generator.inputs()
        record = Record({pick.randint(0, 30): [Edit(Place("r0"), 3)]} if seed % 2 else {})
        slow = NaiveHistory(started(code, inputs), record, most=MOST_TICKS)
        quick = History(Timeline(started(code, inputs), CLOSE, record=record).scout(), Limits(ticks=MOST_TICKS))
        quick.complete()
        for _ in range(3):
            now = pick.randint(0, slow.length)
            if places := int_places(slow, now):
                place = pick.choice(places)
                one, other = why(slow, place, now), why(quick, place, now)
                assert (one.title, one.rows, one.complete, one.note) == (
                    other.title, other.rows, other.complete, other.note,
                )  # fmt: skip
                compared += 1
    assert compared > 60
