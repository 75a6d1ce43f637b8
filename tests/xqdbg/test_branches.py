"""Branches: each is the run with its edits, and nothing else is touched by making, visiting or forgetting one."""

from __future__ import annotations

import random
from dataclasses import dataclass

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.support.forks import MOST, branches, makers, random_edits, random_tree, replayed, walked
from tests.support.toy import toy_machine
from tests.support.toy.programs import NESTED, countdown
from vm.contract import Machine, Place, PlaceError, Status
from vm.xqvm import XqvmMachine, assemble
from xqdbg.branches import MOST as MOST_BRANCHES
from xqdbg.branches import Branches, check
from xqdbg.errors import XqdbgError
from xqdbg.record import Edit, Record
from xqdbg.shelf import Shelf
from xqdbg.timeline import Pacing, Timeline
from xqdbg.trap import Trap

SEEDS = st.integers(0, 1 << 40)


def edit(text: str, value: object) -> Edit:
    return Edit(Place.parse(text), value)


# Every branch is a fresh run


@given(SEEDS, st.integers(1, 5))
@settings(max_examples=150, deadline=None)
def test_a_branch_is_a_fresh_run_with_its_edits_in_any_order_of_visits(seed: int, count: int) -> None:
    source, make = random.Random(seed), makers(seed)
    tree = branches(make)
    every = random_tree(source, tree, count)
    for _ in range(8):
        branch, tick = source.choice(every), source.randint(0, MOST)
        tree.switch(branch)
        branch.timeline.seek(tick)
        fresh = replayed(make, branch.record, tick)
        assert (branch.timeline.tick, branch.timeline.machine.digest()) == (fresh.tick, fresh.digest())
        if source.random() < 0.2:
            source.choice(every).forget()


@given(SEEDS)
@settings(max_examples=60, deadline=None)
def test_a_scout_sees_the_same_and_moves_nobody(seed: int) -> None:
    source, make = random.Random(seed), makers(seed)
    tree = branches(make)
    every = random_tree(source, tree, 4)
    stood = {branch.name: (branch.timeline.tick, branch.timeline.machine.digest()) for branch in every}
    for branch in every:
        scout, tick = branch.scout(), source.randint(0, MOST)
        scout.seek(tick)
        assert scout.machine.digest() == replayed(make, branch.record, tick).digest()
    assert stood == {branch.name: (branch.timeline.tick, branch.timeline.machine.digest()) for branch in every}


@given(SEEDS)
@settings(max_examples=80, deadline=None)
def test_a_branch_is_a_fresh_machine_started_from_the_edited_state(seed: int) -> None:
    source, make = random.Random(seed), makers(seed)
    tree = branches(make)
    tick = source.randint(0, 60)
    tree.current.timeline.seek(tick)
    edits = random_edits(source, tree.current.timeline.machine)
    branch = tree.add(tree.current.timeline.tick, edits, [])
    edited = make()
    edited.run(tick)
    for each in edits:
        each.apply(edited)
    started = make()
    started.restore(edited.checkpoint())
    started.run(MOST)
    branch.timeline.seek(started.tick)
    assert branch.timeline.machine.digest() == started.digest()
    assert branch.timeline.machine.status is started.status


@given(SEEDS)
@settings(max_examples=60, deadline=None)
def test_an_empty_edit_changes_nothing_to_the_end(seed: int) -> None:
    source, make = random.Random(seed), makers(seed)
    tree = branches(make)
    line = tree.current.timeline
    line.seek(source.randint(0, 80))
    edits = list(empty_edits(line.machine))
    assert edits
    branch = tree.add(line.tick, edits, [])
    for ours, theirs in zip(walked(make, Record()), walked(make, branch.record), strict=True):
        branch.timeline.seek(theirs.tick)
        assert ours.digest() == theirs.digest() == branch.timeline.machine.digest()
    assert ours.status is theirs.status


def empty_edits(machine: Machine) -> list[Edit]:
    """Every place that can be set, set to what it holds."""
    names = [cell.name for view in machine.views() for cell in machine.cells(view.id)]
    names += ["steps.limit", "bytes.limit", "fuel.limit", "grid[2,3]", "loop[0].index", "loop[0].end", "loop[0].left"]
    names += [f"{name}{part}" for name in names for part in ("[0]", ".linear[0]", ".quad[0,1]", ".quad[1,0]")]
    found: list[Edit] = []
    for name in names:
        try:
            place = Place.parse(name)
            found.append(Edit(place, machine.get(place)))
            check(machine, found[-1:])
        except (PlaceError, XqdbgError):
            found = [each for each in found if str(each.place) != name]
    return found


@given(SEEDS, st.integers(1, 4))
@settings(max_examples=60, deadline=None)
@example(seed=3, count=3)
def test_back_undoes_step_across_edits(seed: int, count: int) -> None:
    source, make = random.Random(seed), makers(seed)
    tree = branches(make)
    branch = random_tree(source, tree, count)[-1]
    line = branch.timeline
    for tick in sorted({max(0, tick + by) for tick, _ in branch.record for by in (-1, 0, 1)}):
        line.seek(tick)
        here, digest = line.tick, line.machine.digest()
        if line.machine.status is not Status.READY:
            continue
        line.step()
        there = line.machine.digest()
        assert there == replayed(make, branch.record, here + 1).digest()
        line.seek(here)
        assert line.machine.digest() == digest
        line.step()
        assert line.machine.digest() == there


@given(SEEDS, st.integers(1, 4), st.integers(1, 4))
@settings(max_examples=80, deadline=None)
def test_going_back_meets_what_going_forward_met_across_edits(seed: int, count: int, some: int) -> None:
    source, make = random.Random(seed), makers(seed)
    tree = branches(make)
    branch = random_tree(source, tree, count)[-1]
    states = [(machine.tick, machine.pc, machine.status) for machine in walked(make, branch.record)]
    trap = Trap(frozenset(pc for _, pc, _ in source.choices(states, k=some)))
    met = [tick for tick, pc, status in states[:-1] if status is Status.READY and pc in trap.pcs]
    line, end = branch.timeline, states[-1][0]
    line.seek(0)
    forward = [0] if 0 in met else []
    while line.tick < end and line.forward(end - line.tick, trap).status is Status.PAUSED and line.tick < end:
        forward.append(line.tick)
    line.seek(end)
    back = []
    while (found := line.back_to(trap)) is not None:
        back.append(found.tick)
    assert forward == met
    assert back == met[::-1]


@given(SEEDS)
@settings(max_examples=40, deadline=None)
def test_making_and_visiting_a_branch_leaves_its_parent_as_it_was(seed: int) -> None:
    source, make = random.Random(seed), makers(seed)
    tree = branches(make)
    parent = tree.current
    parent.timeline.seek(source.randint(0, MOST))
    before = parent.timeline.tick, parent.timeline.machine.digest(), parent.timeline.machine.checkpoint()
    branch = tree.add(parent.timeline.tick, random_edits(source, parent.timeline.machine), [])
    for tick in (MOST, 0, source.randint(0, MOST)):
        branch.timeline.seek(tick)
    parent.timeline.machine.get(Place("pc"))
    assert (parent.timeline.tick, parent.timeline.machine.digest()) == before[:2]
    for tick in (0, source.randint(0, MOST), MOST):
        parent.timeline.seek(tick)
        assert parent.timeline.machine.digest() == replayed(make, Record(), tick).digest()


# Places where a branch may begin


STEPS = "PUSH 0 / STOW r0 / TARGET .0 / LOAD r0 / INC / STOW r0 / PUSH 1 / JUMPI .0".replace(" / ", "\n")


def limited() -> XqvmMachine:
    return XqvmMachine(assemble(STEPS), step_limit=50)


def test_more_steps_granted_before_the_fault_let_the_run_go_on() -> None:
    tree = branches(limited)
    line = tree.current.timeline
    assert line.forward(None).status is Status.FAULTED
    end = line.tick
    branch = tree.add(end - 1, [edit("steps.limit", 90)], [])
    branch.timeline.seek(10_000)
    assert branch.timeline.tick == end + 40
    assert branch.timeline.machine.digest() == replayed(limited, branch.record, 10_000).digest()
    assert line.tick == end and line.machine.fault is not None


@pytest.mark.parametrize("value", [51, 90])
def test_an_edit_where_the_run_ended_is_made_there(value: int) -> None:
    tree = branches(limited)
    line = tree.current.timeline
    line.forward(None)
    branch = tree.add(line.tick, [edit("steps.limit", value), edit("r0", 77)], [])
    assert branch.timeline.seek(10_000).tick == replayed(limited, branch.record, 10_000).tick
    assert branch.timeline.machine.get(Place("r0")) == 77
    branch.timeline.seek(line.tick - 1)
    assert branch.timeline.machine.get(Place("r0")) != 77
    branch.timeline.step()
    assert branch.timeline.machine.get(Place("r0")) == 77


def test_a_jump_where_the_run_ended_lets_it_go_on() -> None:
    tree = branches(lambda: toy_machine(NESTED))
    line = tree.current.timeline
    line.forward(None)
    assert line.machine.status is Status.FAULTED
    end = line.tick
    branch = tree.add(end, [edit("pc", 0), edit("r7", 1)], [])
    assert branch.timeline.forward(None).status is Status.HALTED
    assert branch.timeline.tick > end and branch.timeline.ended
    assert branch.timeline.seek(end).status is Status.PAUSED
    branch.timeline.seek(end - 1)
    assert branch.timeline.step().status is Status.BUDGET, "the fault is there for nobody to see"
    assert branch.timeline.seek(10**9).status is Status.HALTED


def test_edits_where_checkpoints_are() -> None:
    def make() -> Machine:
        return toy_machine(countdown(60))

    tree = branches(make)
    tree.current.timeline.forward(None)
    for tick in list(tree.current.timeline.shelf):
        branch = tree.add(tick, [edit("r2", 5)], [])
        for visit in (tick, tick + 1, max(0, tick - 1), tick + 9, tick):
            branch.timeline.seek(visit)
            assert branch.timeline.machine.digest() == replayed(make, branch.record, visit).digest()


def test_a_branch_at_the_start_begins_with_the_inputs_there_were_wherever_its_parent_stands() -> None:
    def make() -> Machine:
        return XqvmMachine(assemble("PUSH 0\nINPUT r0\nPUSH 0\nINPUT r1\nPUSH 0\nINPUT r2"), [5], step_limit=1000)

    tree = branches(make)
    first = tree.add(3, [edit("in[0]", 9), edit("steps.limit", 20)], [])
    tree.switch(first)
    first.timeline.seek(6)
    second = tree.add(0, [edit("r7", 1)], [])
    for tick in (0, 6, 2):
        second.timeline.seek(tick)
        assert second.timeline.machine.digest() == replayed(make, second.record, tick).digest()
    scout = second.scout()
    scout.seek(6)
    assert [scout.machine.get(Place.parse(name)) for name in ("r0", "r1", "r2", "in[0]")] == [5, 5, 5, 5]


def test_edits_at_the_start_of_a_branch_of_a_branch_are_made_once_and_in_order() -> None:
    def make() -> Machine:
        return XqvmMachine(assemble("LOAD r0\nLOAD r0"), [])

    tree = branches(make)
    first = tree.add(0, [edit("r0", (1, 2, 3)), edit("r0[1]", 9)], [])
    tree.switch(first)
    second = tree.add(0, [edit("r0", 4)], [])
    second.timeline.seek(1)
    assert second.timeline.machine.get(Place("stack")) == (4,)
    assert second.scout().machine.get(Place("r0")) == 4


def test_a_long_chain_of_branches_nobody_has_visited_can_be_visited() -> None:
    def make() -> Machine:
        return toy_machine(countdown(2_000))

    tree = branches(make, None)
    top = tree.current
    for tick in range(1_500):
        branch = tree.add(tick, [edit("r2", tick)], [])
        tree.switch(branch)
    branch.timeline.seek(1_600)
    assert branch.timeline.machine.digest() == replayed(make, branch.record, 1_600).digest()
    assert len(branch.record) == 1_500
    assert top.timeline.tick == 0


# The branches of a session


def started() -> Branches:
    return branches(lambda: toy_machine(NESTED))


def test_there_is_a_first_branch() -> None:
    tree = started()
    assert (tree.current.name, len(tree)) == ("main", 1)
    assert [note.name for note in tree.notes()] == ["main"]


def test_branches_are_named_and_stand_after_their_parents() -> None:
    tree = started()
    first = tree.add(4, [edit("r1", 1)], ["r1 = 1"])
    named = tree.add(9, [edit("r2", 2)], ["r2 = 2"], "try")
    tree.switch(first)
    child = tree.add(5, [edit("r3", 3)], ["r3 = 3"])
    assert [(note.name, note.parent, note.tick, note.edits, note.current) for note in tree.notes()] == [
        ("main", "", 0, (), False),
        ("b1", "main", 4, ("r1 = 1",), True),
        ("b2", "b1", 5, ("r3 = 3",), False),
        ("try", "main", 9, ("r2 = 2",), False),
    ]
    assert [tree.find(name) for name in ("b1", "try", "b2")] == [first, named, child]
    assert tree.has("try") and not tree.has("b3")


@pytest.mark.parametrize("name", ["", "2x", "a b", "é", "x" * 41, "a/b", "main"])
def test_a_name_that_is_no_good_or_taken_is_refused(name: str) -> None:
    tree = started()
    if name == "":
        assert tree.add(0, [], [], name).name == "b1"
        return
    with pytest.raises(XqdbgError):
        tree.add(0, [], [], name)
    assert len(tree) == 1


def test_an_unknown_branch_is_told_with_what_there_is() -> None:
    tree = started()
    tree.add(0, [], [], "penalty")
    with pytest.raises(XqdbgError) as error:
        tree.find("penatly")
    assert "penalty" in error.value.hint


def test_branches_are_dropped_leaves_first_and_never_under_the_user() -> None:
    tree = started()
    first = tree.add(4, [], [])
    tree.switch(first)
    tree.add(5, [], [], "leaf")
    for name in ("b1", "main"):
        with pytest.raises(XqdbgError):
            tree.drop(name)
    tree.switch(tree.find("main"))
    with pytest.raises(XqdbgError, match="leaf branched off b1"):
        tree.drop("b1")
    tree.drop("leaf")
    tree.drop("b1")
    assert [note.name for note in tree.notes()] == ["main"]


def test_a_renamed_branch_keeps_its_place() -> None:
    tree = started()
    tree.add(4, [], [])
    tree.add(6, [], [])
    tree.rename("b1", "early")
    assert [note.name for note in tree.notes()] == ["main", "early", "b2"]
    with pytest.raises(XqdbgError):
        tree.rename("b2", "early")
    assert tree.add(0, [], []).name == "b3"


def test_there_is_a_most() -> None:
    tree = started()
    tree.check_room(MOST_BRANCHES - 1)
    with pytest.raises(XqdbgError):
        tree.check_room(MOST_BRANCHES)
    for _ in range(MOST_BRANCHES - 1):
        tree.add(0, [], [])
    with pytest.raises(XqdbgError, match="the most there can be"):
        tree.add(0, [], [])
    assert len(tree) == MOST_BRANCHES


def test_edits_are_checked_without_moving_anything() -> None:
    machine = XqvmMachine(assemble("PUSH 1\nPUSH 2"), [])
    machine.run(2)
    before = machine.digest()
    check(machine, [edit("stack[-1]", 7), edit("stack[0]", 8)])
    with pytest.raises(XqdbgError):
        check(machine, [edit("stack[-1]", 7), edit("stack[5]", 8)])
    assert machine.digest() == before


# What is kept of a branch that was left


def test_a_branch_that_was_left_is_found_where_it_was() -> None:
    def make() -> Machine:
        return toy_machine(countdown(3_000))

    tree = branches(make)
    main = tree.current
    main.timeline.seek(600)
    child = tree.add(300, [edit("r2", 1)], [])
    tree.switch(child)
    assert (main.position, main.timeline.tick) == (600, 0), "the run itself is left, and its machine holds nothing"
    child.timeline.seek(2_000)
    tree.switch(main)
    assert (child.position, child.timeline.tick) == (2_000, 0), "made anew"
    for tick in (child.position, 10, 2_500):
        child.timeline.seek(tick)
        assert child.timeline.machine.digest() == replayed(make, child.record, tick).digest()


def test_little_is_kept_of_a_branch_that_was_left_but_the_way_back() -> None:
    tree = branches(lambda: toy_machine(countdown(30_000)), Pacing(least_spacing=10, spacing_seconds=0, most=900))
    main = tree.current
    main.timeline.forward(None)
    full = main.timeline.shelf.weight
    every = [tree.add(tick, [edit("r2", 1)], []) for tick in (30_000, 45_000)]
    for branch in every:
        tree.switch(branch)
        branch.timeline.forward(None)
        branch.timeline.seek(80_000)
    tree.switch(main)
    for branch in every:
        assert branch._timeline is None and branch._history is None
        assert 0 < len(branch._kept) <= 12
        assert sum(checkpoint.size for checkpoint in branch._kept) <= full / 100
        assert max(checkpoint.tick for checkpoint in branch._kept if checkpoint.tick <= 80_000) > 79_000
        assert min(checkpoint.tick for checkpoint in branch._kept) >= branch.tick
        began = branch.scout()
        assert {checkpoint.tick for checkpoint in branch._kept} <= set(began.shelf)
    every[0].enter()
    assert every[0]._kept == (), "its timeline has them now"


@dataclass(frozen=True)
class Saved:
    """A checkpoint of nothing."""

    tick: int
    weight: int = 10
    size: int = 1_000


@pytest.mark.parametrize("focus", [0, 55, 100, 990, 2_000])
@pytest.mark.parametrize(("most", "most_bytes"), [(1, 10**9), (4, 10**9), (50, 600), (50, 9), (50, 20), (0, 10**9)])
def test_a_few_checkpoints_are_the_nearest_one_and_some_spread_out(focus: int, most: int, most_bytes: int) -> None:
    shelf = Shelf(Saved(0), 1_000, 10**9)
    for tick in range(10, 1_000, 10):
        shelf.put(Saved(tick), 1)
    shelf.focus = focus
    few = [checkpoint.tick for checkpoint in shelf.few(100, most, most_bytes)]
    assert few == sorted(few) and all(tick >= 100 for tick in few)
    assert len(few) <= most
    room = most >= 1 and most_bytes > 1_000
    assert bool(few) == room or most_bytes == 600
    if few and focus >= 100:
        assert min(990, focus) in few
    if most == 4 and room:
        assert max(few) - min(few) > 300 or len(few) == 1
    assert len(shelf) == 100, "nothing was dropped"
    shelf.shrink(most, most_bytes)
    assert next(iter(shelf)) == 0 and len(shelf) <= most + 1


def test_the_run_itself_is_not_forgotten() -> None:
    line = Timeline(toy_machine(NESTED))
    tree = Branches(line)
    tree.current.forget()
    assert tree.current.timeline is line
