"""Where two branches begin to differ, against naive looks at every tick of both."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from itertools import count

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.forks import MOST, Make, branches, makers, random_edits, random_tree, walked
from tests.support.toy import ToyMachine, toy_machine
from tests.support.toy.programs import ENDLESS, NESTED, countdown
from vm.contract import Machine, Place, Status
from vm.xqvm import BINARY, Model, Sample, XqvmMachine, assemble
from xqdbg.answer import Answer, Row
from xqdbg.branches import Branch, Branches
from xqdbg.compare import diff
from xqdbg.patience import Patience
from xqdbg.record import Edit

SEEDS = st.integers(0, 1 << 40)


def edit(text: str, value: object) -> Edit:
    return Edit(Place.parse(text), value)


def state(machine: Machine) -> object:
    """Everything a program has made, without what was given to it."""
    if isinstance(machine, XqvmMachine):
        slots = repr((machine.regs, machine.output_slots, [loop.state() for loop in machine.loops]))
        meters = machine.steps, machine.memory_used, machine.instructions
        return machine.tick, machine.pc, machine.status, machine.fault, machine.stack, slots, meters
    assert isinstance(machine, ToyMachine)
    return replace(machine.checkpoint(), fuel=0)  # type: ignore[type-var]


class Naive:
    """Both runs, every state of them."""

    def __init__(self, make: Make, a: Branch, b: Branch) -> None:
        self.sides = [[(state(m), m.pc, m.status) for m in walked(make, branch.record)] for branch in (a, b)]
        self.ends = [len(side) - 1 for side in self.sides]

    @property
    def diverge(self) -> int | None:
        """The first tick whose states differ."""
        return self._first(lambda seen: seen[0])

    @property
    def part(self) -> int | None:
        """The first tick, from there on, at which they stand at different instructions or only one has ended."""
        diverge = self.diverge
        return None if diverge is None else self._first(lambda seen: (seen[1], seen[2].ended), diverge)

    def _first(self, look, start: int = 0) -> int | None:  # type: ignore[no-untyped-def]
        for tick in range(start, min(self.ends) + 1):
            if look(self.sides[0][tick]) != look(self.sides[1][tick]):
                return tick
        return None


def rows(answer: Answer, what: str) -> list[tuple[str, str, str]]:
    return [(row.cells[1], row.cells[2], row.cells[3]) for row in answer.rows if row.cells[0] == what]


def only(answer: Answer, what: str) -> Row:
    [row] = [row for row in answer.rows if row.cells[0] == what]
    return row


@given(SEEDS, st.integers(1, 4))
@settings(max_examples=250, deadline=None)
def test_any_two_branches_part_where_a_look_at_every_tick_says(seed: int, count: int) -> None:
    source, make = random.Random(seed), makers(seed)
    tree = branches(make)
    every = random_tree(source, tree, count)
    a, b = source.choice(every), source.choice(every)
    naive = Naive(make, a, b)
    answer = diff(a, b, most_ticks=MOST)
    assert answer.value["diverge"] == naive.diverge
    assert answer.value["part"] == naive.part
    ended = [side[-1][2].ended for side in naive.sides]
    assert answer.complete == all(ended) or naive.diverge is None
    if all(ended):
        assert answer.value["ends"] == naive.ends
    if naive.diverge is not None:
        assert only(answer, "diverge").tick == naive.diverge
        assert rows(answer, "differs") or rows(answer, "diverge")[0][1] != rows(answer, "diverge")[0][2]
    else:
        assert answer.rows == ()


@given(SEEDS)
@settings(max_examples=100, deadline=None)
def test_an_input_or_a_limit_matters_where_it_is_used(seed: int) -> None:
    source = random.Random(seed)
    lines = ["PUSH 3", "BQMX r1"]
    for _ in range(12):
        lines += [f"PUSH {source.randint(0, 2)}", f"INPUT r{source.randint(0, 3)}"]
        lines += [f"PUSH {source.randint(1, 9)}", f"STOW r{source.randint(0, 3)}"] if source.random() < 0.7 else []
    program = assemble("\n".join(lines))

    def make() -> Machine:
        return XqvmMachine(program, [7, 8, 9], output_slots=2, step_limit=200, memory_limit=100_000)

    tree = branches(make)
    line = tree.current.timeline
    made = [tree.current]
    for _ in range(3):
        line.seek(source.randint(0, 40))
        place = source.choice(("in[0]", "in[1]", "in[2]", "steps.limit", "bytes.limit"))
        value = source.choice((7, 8, 9)) if place.startswith("in") else source.choice((300, 100_000))
        used = {"steps": 200, "bytes": 100_000}.get(place.partition(".")[0], 0)
        made.append(tree.add(line.tick, [edit(place, max(value, used)), edit("in[1]", source.choice((8, 80)))], []))
    a, b = source.sample(made, 2)
    naive = Naive(make, a, b)
    answer = diff(a, b)
    assert (answer.value["diverge"], answer.value["part"]) == (naive.diverge, naive.part)
    assert answer.complete


def two(make: Make, tick: int, edits: Sequence[Edit], pacing: None = None) -> tuple[Branches, Branch, Branch]:
    tree = branches(make, pacing)
    return tree, tree.current, tree.add(tick, edits, [])


ADDING = """
PUSH 1
STOW r0
LOAD r0
PUSH 5
ADD
STOW r1
LOAD r1
PUSH 0
OUTPUT r1
PUSH 10
GT
JUMPI .0
PUSH 1
STOW r9
TARGET .0
PUSH 2
STOW r8
"""


def test_the_rows_tell_the_whole_story() -> None:
    def make() -> XqvmMachine:
        return XqvmMachine(assemble(ADDING.strip()), output_slots=2)

    _, main, branch = two(make, 4, [edit("r0", 1), edit("stack[0]", 100)])
    answer = diff(main, branch)
    assert answer.title == "main and b1 diverge at tick 4"
    assert answer.columns == ("", "place", "main", "b1")
    assert answer.complete and not answer.note
    assert [(row.cells, row.tick) for row in answer.rows] == [
        (("diverge", "", "line 5: ADD", "line 5: ADD"), 4),
        (("differs", "stack[0]", "1", "100"), 4),
        (("paths part", "", "line 13: PUSH1 1", "line 15: TARGET"), 12),
        (("ends", "", "halted, tick 17", ""), 17),
        (("ends", "", "", "halted, tick 15"), 15),
        (("output", "out[0]", "6", "105"), 17),
        (("cost", "steps", "17", "15"), 17),
    ]
    assert answer.rows[1].data == {"what": "differs", "place": "stack[0]", "a": 1, "b": 100}
    assert answer.rows[0].pc == 8
    back = diff(branch, main)
    assert [(row.cells, row.tick) for row in back.rows][1] == (("differs", "stack[0]", "100", "1"), 4)
    assert back.value == {"diverge": 4, "part": 12, "ends": [15, 17]}


def test_an_edit_that_changes_nothing_is_told_so() -> None:
    _, main, branch = two(lambda: toy_machine(countdown(40)), 30, [edit("r1", 1)])
    answer = diff(main, branch)
    assert answer.title == "main and b1 are the same to the end (tick 123)"
    assert (answer.rows, answer.complete, answer.note) == ((), True, "")
    assert answer.value == {"diverge": None, "part": None, "ends": [123, 123]}


def test_a_branch_is_the_same_as_itself() -> None:
    _, main, branch = two(lambda: toy_machine(countdown(4)), 3, [edit("r2", 2)])
    assert "the same to the end (tick 15)" in diff(main, main).title
    assert diff(branch, branch).value["diverge"] is None


def test_an_edit_undone_by_the_program_is_still_told() -> None:
    _, main, branch = two(lambda: toy_machine("NOP\nNOP\nSET r1 5\nNOP\nHALT"), 1, [edit("r1", 9)])
    answer = diff(main, branch)
    assert answer.value == {"diverge": 1, "part": None, "ends": [5, 5]}
    assert rows(answer, "differs") == [("r1", "0", "9")]
    assert rows(answer, "ends") == [("", "halted, tick 5", "halted, tick 5")]
    assert not rows(answer, "paths part") + rows(answer, "output") + rows(answer, "cost")


def test_edits_of_both_and_in_between() -> None:
    tree = branches(lambda: toy_machine(countdown(40)))
    tree.switch(tree.add(10, [edit("r2", 50)], []))
    deeper = tree.add(60, [edit("r2", 7)], [])
    same = tree.add(60, [edit("r2", 7)], [])
    other = tree.add(63, [edit("r2", 8)], [])
    tree.switch(tree.find("main"))
    assert diff(deeper, same).value["diverge"] is None
    assert diff(deeper, other).value["diverge"] == 60
    assert diff(tree.find("b1"), other).value["diverge"] == 63
    assert diff(tree.find("main"), other).value["diverge"] == 10


def test_an_input_that_is_never_read_is_told_apart() -> None:
    def make() -> XqvmMachine:
        return XqvmMachine(assemble("PUSH 0\nINPUT r0\nPUSH 5\nINPUT r1".replace("5", "1")), [1, 2, 3])

    _, main, branch = two(make, 1, [edit("in[2]", 8), edit("in[0]", 1)])
    answer = diff(main, branch)
    assert answer.value["diverge"] is None
    assert answer.note == "what differs is in[2], which is never used"
    read = two(make, 1, [edit("in[1]", 8)])
    answer = diff(read[1], read[2])
    assert answer.value["diverge"] == 4
    assert rows(answer, "differs") == [("r1", "2", "8"), ("in[1]", "2", "8")]


def test_a_limit_matters_where_the_run_ends() -> None:
    def make() -> XqvmMachine:
        return XqvmMachine(assemble("TARGET .0\nPUSH 1\nJUMPI .0"), step_limit=60)

    tree, main, branch = two(make, 30, [edit("steps.limit", 90)])
    answer = diff(main, branch)
    assert answer.value == {"diverge": 61, "part": 61, "ends": [61, 91]}
    assert ("status", "fault STEP_LIMIT_EXCEEDED", "ready") in rows(answer, "differs")
    assert ("steps.limit", "60", "90") in rows(answer, "differs")
    longer = tree.add(30, [edit("steps.limit", 91)], [])
    assert diff(branch, longer).value["diverge"] == 91
    assert diff(branch, tree.add(20, [edit("steps.limit", 90)], [])).value["diverge"] is None


def test_limits_that_both_ran_into_are_told_apart_from_what_they_did() -> None:
    def make() -> Machine:
        return toy_machine(ENDLESS, fuel=20)

    tree, main, branch = two(make, 21, [edit("fuel.limit", 26)])
    assert diff(main, branch).value["diverge"] is None, "it was raised after the fault"
    assert diff(branch, main).value["diverge"] is None
    assert diff(main, tree.add(20, [edit("fuel.limit", 26)], [])).value == {"diverge": 21, "part": 21, "ends": [21, 27]}


def test_an_input_and_a_part_of_it_are_one_input() -> None:
    def make() -> Machine:
        return XqvmMachine(assemble("NOP\nNOP\nPUSH 0\nINPUT r0\nNOP"), [[1, 2, 3]])

    tree, _, whole = two(make, 1, [edit("in[0]", ())])
    part = tree.add(2, [edit("in[0][2]", 7)], [])
    assert diff(whole, part).value["diverge"] == 4
    assert diff(part, whole).value["diverge"] == 4
    one, other = tree.add(5, [edit("in[0]", ())], []), tree.add(5, [edit("in[0][2]", 7)], [])
    assert [diff(*pair).value["diverge"] for pair in ((one, other), (other, one))] == [None, None]


def test_differences_at_the_last_tick_that_is_followed() -> None:
    tree, main, branch = two(lambda: toy_machine(ENDLESS), 50, [edit("pc", 0)])
    answer = diff(main, branch, most_ticks=50)
    assert (answer.value["diverge"], answer.value["part"], answer.complete) == (50, 50, False)
    assert diff(main, branch, most_ticks=49).value["diverge"] is None
    short = tree.add(10, [edit("fuel.limit", 60)], [])
    found = [diff(main, short, most_ticks=most).value["diverge"] for most in (60, 61, 62)]
    assert found == [None, 61, 61]


MODELS = """
PUSH 3
BQMX r0
PUSH 3
BSMX r1
PUSH 1
PUSH 2
PUSH 4
ADDQUAD r0
PUSH 0
PUSH 5
ADDLINE r0
PUSH 2
PUSH 1
SETLINE r1
PUSH 1
PUSH 1
SETLINE r1
PUSH 0
OUTPUT r0
NOP
"""


def test_parts_of_values_and_energies_are_told_by_their_places() -> None:
    def make() -> XqvmMachine:
        return XqvmMachine(assemble(MODELS.strip()), output_slots=2)

    _, main, branch = two(make, 8, [edit("r0.quad[2,1]", 7), edit("r0.linear[2]", -3), edit("r1[0]", 1)])
    answer = diff(main, branch)
    assert rows(answer, "differs") == [
        ("r0.linear[2]", "0", "-3"),
        ("r0.quad[1,2]", "4", "7"),
        ("r1[0]", "0", "1"),
    ]
    assert rows(answer, "energy") == [("energy(r0, r1)", "4", "9")]
    assert [place for place, _, _ in rows(answer, "output")] == ["out[0].linear[2]", "out[0].quad[1,2]"]
    assert not rows(diff(*two(make, 8, [edit("r9", 1)])[1:]), "energy")
    gone = two(make, 17, [edit("r1", None)])
    assert ("energy(r0, r1)", "4", "unset") in rows(diff(gone[1], gone[2]), "energy")


def test_energies_are_of_what_the_program_made() -> None:
    def make() -> XqvmMachine:
        model = Model(BINARY, 2)
        return XqvmMachine(assemble("PUSH 0\nINPUT r0\nNOP"), [model, Sample(BINARY, [1, 1])])

    _, main, branch = two(make, 2, [edit("r0.quad[0,1]", 6)])
    assert rows(diff(main, branch), "energy") == []
    _, main, branch = two(make, 2, [edit("r0.quad[0,1]", 6), edit("r1", Sample(BINARY, [1, 1]))])
    assert rows(diff(main, branch), "energy") == [("energy(r0, r1)", "unset", "6")]


def test_a_value_of_another_kind_or_length_is_told_as_it_is() -> None:
    def make() -> XqvmMachine:
        model = Model(BINARY, 2)
        return XqvmMachine(assemble("PUSH 0\nINPUT r0\nPUSH 1\nINPUT r1\nNOP"), [model, [1, 2, 3]])

    _, main, branch = two(make, 4, [edit("r0", Sample(BINARY, [0, 1])), edit("r1", (1, 2, 3, 4))])
    answer = diff(main, branch)
    assert rows(answer, "differs") == [
        ("r0", "binary 2  0 linear  0 quadratic", "binary 2  01"),
        ("r1[3]", "unset", "4"),
    ]


def test_what_only_a_window_shows_is_told_too() -> None:
    _, main, branch = two(lambda: toy_machine(NESTED), 6, [edit("grid[2,3]", 9), edit("grid[-1,5]", 4)])
    assert rows(diff(main, branch), "differs") == [("grid[-1,5]", "unset", "4"), ("grid[2,3]", "unset", "9")]


def test_very_many_differences_are_few_rows() -> None:
    def make() -> XqvmMachine:
        return XqvmMachine(assemble("NOP\n" * 5), output_slots=300)

    edits = [edit(f"out[{n}]", n) for n in range(300)] + [edit("r0", tuple(range(500)))]
    tree, _, branch = two(make, 2, edits)
    answer = diff(tree.current, branch)
    assert answer.complete and len(answer.rows) < 250
    assert "differs: only the first 100 places are told" in answer.note
    other = tree.add(2, [edit("r0", (*range(400), *[7] * 100))], [])
    another = tree.add(2, [edit("r0", tuple(range(500)))], [])
    found = rows(diff(another, other), "differs")
    assert found[0] == ("r0[400]", "400", "7")
    assert found[-1] == ("r0 …", "88 more parts differ", "")
    assert len(found) == 13


def test_runs_without_an_end_are_followed_so_far() -> None:
    tree, main, branch = two(lambda: toy_machine(ENDLESS), 50, [edit("r0", 3)])
    answer = diff(main, branch, most_ticks=5_000)
    assert answer.value["diverge"] == 50
    assert not answer.complete
    assert "followed no further than tick 5,000" in answer.note
    same = diff(main, tree.add(70, [edit("r1", 1)], []), most_ticks=5_000)
    assert same.title == "main and b2 are the same up to tick 5,000"
    assert not same.complete
    late = diff(main, tree.add(6_000, [edit("r1", 0)], []), most_ticks=5_000)
    assert late.value["diverge"] is None and not late.complete


def test_giving_up_at_any_time_leaves_a_true_answer() -> None:
    _, main, branch = two(lambda: toy_machine(countdown(3_000)), 4_000, [edit("r0", 2_900), edit("r2", 1)])
    whole = diff(main, branch)
    finished = False
    for calls in (*range(30), 100, 300, 1_000, 100_000):
        asked = count()
        answer = diff(main, branch, Patience(cancelled=lambda asked=asked, calls=calls: next(asked) >= calls))  # type: ignore[misc]
        told = [row.cells for row in answer.rows]
        assert told == [row.cells for row in whole.rows][: len(told)]
        finished = finished or answer.complete
        assert answer.complete == (answer.value is not None)
        if not answer.complete:
            assert "stopped" in answer.note
    assert finished


def test_what_is_found_is_told_at_once_and_nobody_is_moved() -> None:
    tree, main, branch = two(lambda: toy_machine(countdown(2_000)), 900, [edit("r0", 1_000)])
    main.timeline.seek(1_234)
    tree.switch(tree.add(1_000, [edit("r2", 4)], []))
    here = main.timeline.tick, main.timeline.machine.digest()
    told: list[Answer] = []
    ticks: list[int] = []
    answer = diff(main, branch, Patience(answered=told.append, progress=ticks.append))
    assert told[0].title == "main and b1 diverge at tick 900"
    assert [row.cells[0] for row in told[0].rows] == ["diverge", "differs"]
    assert not any(each.complete for each in told)
    assert [len(each.rows) for each in told] == sorted(len(each.rows) for each in told)
    assert told[-1].rows == answer.rows
    assert max(ticks) <= 6_100 and len(set(ticks)) > 2
    assert (main.timeline.tick, main.timeline.machine.digest()) == here
    assert branch._timeline is None, "nothing is left of looking at a branch nobody was on"


def test_a_long_path_in_common_is_found_to_its_end() -> None:
    """More ticks than are compared at a time."""
    _, main, branch = two(lambda: toy_machine(countdown(50_000)), 9, [edit("r0", 49_995)])
    answer = diff(main, branch)
    line = main.scout()
    assert answer.value["diverge"] == 9
    ends = answer.value["ends"]
    assert ends[0] == line.forward(None).tick == 150_003
    assert answer.value["part"] == min(ends) - 1
    assert only(answer, "paths part").cells[2:] == ("line 4: SUB r0 r0 r1", "line 7: HALT")
    assert line.machine.status is Status.HALTED


@given(SEEDS)
@settings(max_examples=60, deadline=None)
def test_every_difference_that_is_told_is_one_and_every_register_that_differs_is_told(seed: int) -> None:
    source, make = random.Random(seed), makers(seed)
    tree = branches(make)
    line = tree.current.timeline
    line.seek(source.randint(0, 60))
    a = tree.current
    b = tree.add(line.tick, random_edits(source, line.machine), [])
    answer = diff(a, b, most_ticks=MOST)
    if (tick := answer.value["diverge"]) is None:
        return
    mine, other = a.scout(), b.scout()
    mine.seek(tick)
    other.seek(tick)
    told = rows(answer, "differs")
    for _, x, y in told:
        assert x != y or "…" in x or x.startswith(("binary", "spin", "integer"))
    names = {place.partition("[")[0].partition(".")[0] for place, _, _ in told}
    for number in range(8):
        place = Place(f"r{number}")
        if repr(mine.machine.get(place)) != repr(other.machine.get(place)):
            assert place.name in names
