"""Families of branches that differ by one value."""

from __future__ import annotations

from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.forks import MOST, branches, makers, replayed
from tests.support.toy import toy_machine
from tests.support.toy.programs import ENDLESS, NESTED, countdown
from vm.contract import Machine, Place
from vm.xqvm import BINARY, Model, XqvmMachine, assemble
from xqdbg.answer import Answer
from xqdbg.branches import Branches
from xqdbg.errors import XqdbgError
from xqdbg.expressions import parse
from xqdbg.patience import Patience
from xqdbg.record import Edit
from xqdbg.sweep import MOST_VALUES, parse_values, sweep

SQUARE = """
PUSH 3
STOW r1
NOP
LOAD r1
LOAD r1
MUL
STOW r2
PUSH 0
OUTPUT r2
PUSH 100
LOAD r1
DIV
STOW r3
VEC r4
LOAD r1
VECPUSH r4
PUSH 1
OUTPUT r4
VEC r5
PUSH 2
OUTPUT r5
"""


def square() -> XqvmMachine:
    return XqvmMachine(assemble(SQUARE.strip()), output_slots=4)


def place(text: str) -> Place:
    return Place.parse(text)


def names(tree: Branches) -> list[str]:
    return [note.name for note in tree.notes()]


# Values


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("50..200 step 50", [50, 100, 150, 200]),
        ("50..210 step 50", [50, 100, 150, 200]),
        ("1..4", [1, 2, 3, 4]),
        ("4..1", [4, 3, 2, 1]),
        ("4..-4 step -4", [4, 0, -4]),
        ("-3..-1", [-3, -2, -1]),
        ("7..7", [7]),
        ("7..7 step -2", [7]),
        (" 0x10 .. 0b10010  step  +1 ", [16, 17, 18]),
        ("1,2,5", [1, 2, 5]),
        ("5 , -1_000,5, 007", [5, -1000, 7]),
        ("12", [12]),
        ("0..999", list(range(1000))),
        (f"0..{10**30} step {10**30}", [0, 10**30]),
    ],
)
def test_values_are_read(text: str, expected: list[int]) -> None:
    assert list(parse_values(text)) == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "a number is missing"),
        ("1,,2", "a number is missing"),
        ("1 2", "'1 2' is no number"),
        ("1..", "is no range"),
        ("..5", "is no range"),
        ("1..5 by 2", "is no range"),
        ("1..5 step", "is no range"),
        ("1..5 step 0", "a step of 0 gets nowhere"),
        ("1..5 step -1", "steps of -1 never get from 1 to 5"),
        ("5..1 step 2", "steps of 2 never get from 5 to 1"),
        ("0..1000", "1,001 values"),
        (f"0..{10**30}", "values; a sweep has at most 1,000"),
        (",".join(map(str, range(1001))), "1,001 values"),
        ("1.5..2", "'1.5' is no number"),
        ("a..b", "'a' is no number"),
        ("1__0", "'1__0' is no number"),
        ("0x", "'0x' is no number"),
        ("9" * 5_000, "is no number"),
        ("٣..5", "is no number"),
        ("1\x1b[2J", "is no number"),
    ],
)
def test_bad_values_are_told_in_one_line(text: str, message: str) -> None:
    with pytest.raises(XqdbgError) as error:
        parse_values(text)
    assert message in error.value.message
    assert len(error.value.message) < 120 and error.value.message.isprintable()


# The table


def test_a_family_is_tabulated() -> None:
    tree = branches(square, None)
    tree.current.timeline.seek(5)
    answer = sweep(tree, place("r1"), "0..4 step 2", 2, [parse("r1 + 1"), parse("r3")])
    assert answer.title == "sweep of r1 at tick 2: 3 branches"
    assert answer.columns == ("branch", "r1", "ends", "tick", "out[0]", "out[1]", "out[2]", "r1 + 1", "r3")
    assert [row.cells for row in answer.rows] == [
        ("r1.0", "0", "fault DIVISION_BY_ZERO at line 12", "12", "0", "unset", "unset", "1", "unset"),
        ("r1.2", "2", "halted", "21", "4", "vec 1  [2]", "vec 0  []", "3", "50"),
        ("r1.4", "4", "halted", "21", "16", "vec 1  [4]", "vec 0  []", "5", "25"),
    ]
    assert [row.tick for row in answer.rows] == [12, 21, 21]
    assert answer.complete and not answer.note
    assert answer.rows[1].data == {
        "branch": "r1.2", "value": 2, "status": "halted", "fault": None, "tick": 21,
        "outputs": {"out[0]": 4, "out[1]": "vec 1  [2]", "out[2]": "vec 0  []"}, "shows": {"r1 + 1": 3, "r3": 50},
    }  # fmt: skip
    assert answer.rows[0].data["fault"] == "DIVISION_BY_ZERO"
    assert (tree.current.name, tree.current.timeline.tick) == ("main", 5)


def test_an_output_that_is_the_same_in_all_is_a_note() -> None:
    tree = branches(square, None)
    answer = sweep(tree, place("r1"), "2,4", 2)
    assert answer.columns == ("branch", "r1", "ends", "tick", "out[0]", "out[1]")
    assert answer.note == "out[2] is vec 0  [] in all"
    assert sweep(tree, place("r9"), "1,2", 2).columns == ("branch", "r9", "ends", "tick", "out[0]")


def test_models_of_one_look_and_different_coefficients_are_not_the_same() -> None:
    def make() -> Machine:
        return XqvmMachine(assemble("PUSH 0\nINPUT r0\nPUSH 0\nOUTPUT r0"), [Model(BINARY, 3)], output_slots=1)

    tree = branches(make)
    columns = sweep(tree, place("r0.linear[1]"), "3,4", 2).columns
    assert columns == ("branch", "r0.linear[1]", "ends", "tick", "out[0]")
    assert sweep(tree, place("r0.linear[1]"), "3", 2).columns == columns[:-1]


def test_branches_are_named_by_place_and_value() -> None:
    def make() -> Machine:
        return XqvmMachine(assemble("PUSH 1\nPUSH 2\nNOP"), [[1, 2, 3], 5])

    tree = branches(make)
    for text, value in [("in[0][1]", "5"), ("stack[-1]", "-7"), ("steps.limit", "900"), ("r1", "4"), ("r1", "4,5")]:
        sweep(tree, place(text), value, 2)
    assert names(tree)[1:] == ["in.0.1.5", "stack.-1.-7", "steps.limit.900", "r1.4", "r1.4_2", "r1.5"]
    assert tree.find("stack.-1.-7").edits == ("stack[-1] = -7",)


def test_a_long_name_is_cut_and_stays_unique() -> None:
    def make() -> Machine:
        return XqvmMachine(assemble("PUSH 0\nINPUT r0\nNOP"), [Model(BINARY, 200_000)])

    tree = branches(make)
    for _ in range(2):
        sweep(tree, place("r0.quadratic[123456,123457]"), "1000000000000000000", 2)
    assert names(tree)[1:] == ["r0.quadratic.123456.1000000000000000000", "r0.quadratic.12345.1000000000000000000_2"]
    assert all(len(name) <= 40 for name in names(tree))


@given(st.integers(0, 1 << 40), st.integers(0, 60), st.integers(-3, 3), st.integers(1, 4))
@settings(max_examples=60, deadline=None)
def test_each_row_is_the_end_of_its_branch(seed: int, tick: int, first: int, more: int) -> None:
    make = makers(seed)
    tree = branches(make)
    tree.current.timeline.seek(tick)
    tick = tree.current.timeline.tick
    tree.switch(tree.add(tick, [Edit(Place("r1"), 2)], []))
    tree.current.timeline.seek(tick + 3)
    now = tree.current.timeline.tick
    answer = sweep(tree, Place("r0"), f"{first}..{first + more}", now, [parse("r0")], most_ticks=MOST + now)
    assert len(answer.rows) == more + 1
    for value, row in zip(range(first, first + more + 1), answer.rows, strict=True):
        branch = tree.find(str(row.data["branch"]))
        assert branch.record.at(now)[-1] == Edit(Place("r0"), value)
        fresh = replayed(make, branch.record, MOST + now)
        branch.timeline.seek(fresh.tick)
        assert branch.timeline.machine.digest() == fresh.digest()
        assert (row.tick, row.data["status"], row.pc) == (fresh.tick, fresh.status.value, fresh.pc)
        assert row.cells[-1].rstrip("…") == fresh.text(fresh.get(Place("r0")))[: len(row.cells[-1].rstrip("…"))]
    assert tree.current.timeline.tick == now


def test_nothing_is_kept_of_a_run_but_its_edit_and_its_end() -> None:
    tree = branches(square)
    sweep(tree, place("r1"), "1..20", 2)
    assert len(tree) == 21
    for note in tree.notes()[1:]:
        branch = tree.find(note.name)
        assert branch._timeline is None and branch._history is None
        assert branch.future is not None and branch.future.complete and branch.future.explored == 21
        assert (branch.parent, branch.tick, branch.position) == (tree.current, 2, 2)


# What cannot be


@pytest.mark.parametrize(
    ("text", "values"),
    [("stack[-1]", "1,2"), ("r2[0]", "1"), ("nothing", "1"), ("r1", f"1,{1 << 70}"), ("steps.limit", "500,1")],
)
def test_a_value_that_cannot_be_put_there_makes_no_branch_at_all(text: str, values: str) -> None:
    tree = branches(square)
    with pytest.raises(XqdbgError) as error:
        sweep(tree, place(text), values, 2)
    assert names(tree) == ["main"]
    assert "\n" not in error.value.message


def test_there_is_room_for_one_full_sweep_and_not_for_two() -> None:
    tree = branches(lambda: toy_machine("ADD r2 r1 r1\nHALT"))
    answer = sweep(tree, place("r1"), f"1..{MOST_VALUES}", 0)
    assert len(answer.rows) == MOST_VALUES and len(tree) == MOST_VALUES + 1
    with pytest.raises(XqdbgError, match="the most there can be"):
        sweep(tree, place("r1"), f"1..{MOST_VALUES}", 0)
    assert len(tree) == MOST_VALUES + 1


# Long ones


def test_giving_up_keeps_what_was_finished() -> None:
    for calls in (0, 1, 2, 5, 17, 40):
        tree = branches(lambda: toy_machine(countdown(500)))
        tree.current.timeline.seek(30)
        asked = count()
        answer = sweep(tree, place("r2"), "1..30", 20, (), Patience(lambda asked=asked, n=calls: next(asked) >= n))  # type: ignore[misc]
        assert len(tree) == len(answer.rows) + 1
        assert not answer.complete
        assert f"{len(answer.rows):,} of 30 values so far" in answer.note
        assert all(row.tick == 1_503 for row in answer.rows)
        assert tree.current.timeline.tick == 30


def test_runs_without_an_end_are_followed_so_far() -> None:
    tree = branches(lambda: toy_machine(ENDLESS))
    answer = sweep(tree, place("r1"), "0..2", 1, most_ticks=2_000)
    assert [row.cells[2:4] for row in answer.rows] == [
        ("halted", "3"), ("runs on", "2,000"), ("runs on", "2,000"),
    ]  # fmt: skip
    assert "followed no further than tick 2,000" in answer.note
    future = tree.find("r1.1").future
    assert future is not None and not future.complete


def test_the_table_so_far_is_told() -> None:
    tree = branches(lambda: toy_machine(countdown(2_000)))
    told: list[Answer] = []
    ticks: list[int] = []
    answer = sweep(tree, place("r2"), "1..60", 5, (), Patience(answered=told.append, progress=ticks.append))
    assert told and not any(each.complete for each in told)
    assert list(told[-1].rows) == list(answer.rows[: len(told[-1].rows)])
    assert max(ticks) == 6_003


def test_very_many_outputs_are_few_columns() -> None:
    tree = branches(lambda: toy_machine("SET r6 400\nLOOP r6\nOUT r1\nEND\nHALT"))
    answer = sweep(tree, place("r1"), "1..3", 0)
    assert answer.columns[4:] == tuple(f"out[{n}]" for n in range(12))
    assert "more outputs are left out" in answer.note


def test_a_sweep_where_the_run_has_ended() -> None:
    tree = branches(lambda: toy_machine(NESTED))
    end = tree.current.timeline.forward(None).tick
    answer = sweep(tree, place("r7"), "1,2", end)
    assert [row.tick for row in answer.rows] == [end, end]
