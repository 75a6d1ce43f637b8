"""Open calls, as far as they can be told: in the usual forms, in recursion, and where a program plays tricks."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.pvm_programs import RandomProgram, Writer
from vm.contract import Status, StopWhen
from vm.pvm.calls import MOST, Call, closed, opened, outward
from vm.pvm.inputs import from_json
from vm.pvm.isa import HALT_ADDRESS
from vm.pvm.machine import PvmMachine

STACK: dict[str, Any] = {
    "pages": [{"address": 0x20000, "length": 0x10000}],
    "registers": {"ra": HALT_ADDRESS, "sp": 0x30000},
}


def chained(*calls: tuple[int, int]) -> Call | None:
    found = None
    for back, sp in calls:
        found = opened(found, back, sp, 0)
    return found


def told(innermost: Call | None) -> list[tuple[int, int]]:
    return [(call.back, call.sp) for call in outward(innermost)][::-1]


def test_a_return_closes_the_call_it_belongs_to_and_those_inside() -> None:
    open_calls = chained((2, 100), (4, 90), (6, 80))
    assert told(open_calls) == [(2, 100), (4, 90), (6, 80)]
    assert told(closed(open_calls, 6, 80)) == [(2, 100), (4, 90)]
    assert told(closed(open_calls, 4, 90)) == [(2, 100)]
    assert told(closed(open_calls, 2, 100)) == []


def test_a_jump_to_somewhere_else_closes_nothing_but_what_is_gone() -> None:
    open_calls = chained((2, 100), (4, 90))
    assert told(closed(open_calls, 8, 80)) == [(2, 100), (4, 90)]
    assert told(closed(open_calls, 8, 95)) == [(2, 100)]
    assert told(closed(open_calls, 4, 80)) == [(2, 100), (4, 90)]


def test_a_call_made_again_without_a_return_is_the_same_call() -> None:
    open_calls = chained((2, 100))
    for _ in range(1000):
        open_calls = opened(open_calls, 2, 100, 0)
    assert told(open_calls) == [(2, 100)]


def test_leaf_calls_with_one_stack_pointer_are_told_apart() -> None:
    open_calls = chained((2, 100), (4, 100), (6, 100))
    assert told(closed(open_calls, 4, 100)) == [(2, 100)]


def test_very_deep_calls_are_not_kept_and_their_returns_close_nothing() -> None:
    open_calls = None
    for depth in range(MOST + 10):
        open_calls = opened(open_calls, 2, (1 << 40) - depth, 0)
    assert open_calls is not None and open_calls.depth == MOST
    for depth in range(MOST + 9, -1, -1):
        open_calls = closed(open_calls, 2, (1 << 40) - depth)
    assert open_calls is None


def recursive(form: str) -> Writer:
    """A function that calls itself a0 times, then returns."""
    writer = Writer()
    call(writer, "first", "f", form)
    writer.label("first")
    writer.put("load_imm", 0, HALT_ADDRESS - (1 << 32))
    writer.put("jump_ind", 0, 0)
    writer.label("f")
    writer.put("branch_eq_imm", 7, 0, "end")
    writer.put("add_imm_64", 1, 1, -8)
    writer.put("store_ind_u64", 0, 1, 0)
    writer.put("add_imm_64", 7, 7, -1)
    call(writer, "second", "f", form)
    writer.label("second")
    writer.put("load_ind_u64", 0, 1, 0)
    writer.put("add_imm_64", 1, 1, 8)
    writer.put("fallthrough")
    writer.label("end")
    writer.put("jump_ind", 0, 0)
    return writer


def call(writer: Writer, back: str, target: str, form: str) -> None:
    if form == "load":
        writer.put("load_imm_jump", 0, writer.address(back), target)
        return
    writer.put("load_imm", 0, writer.address(back))
    if form == "jump":
        writer.put("jump", target)
        return
    writer.put("load_imm", 2, writer.address(target))
    if form == "ind":
        writer.put("jump_ind", 2, 0)
    else:
        writer.put("load_imm_jump_ind", 3, 2, 7, 0)


@pytest.mark.parametrize("form", ["load", "jump", "ind", "load ind"])
@pytest.mark.parametrize("often", [1, 64])
def test_recursion_opens_and_closes_calls(form: str, often: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vm.pvm.blocks.OFTEN", often)
    writer = recursive(form)
    program, deepest = writer.program(), 0
    machine = PvmMachine(program, from_json({**STACK, "registers": {**STACK["registers"], "a0": 100}}))
    entry = writer.labels["f"]
    while machine.status is Status.READY:
        machine.run(1)
        deepest = max(deepest, machine.depth)
        assert len(machine.nests()) == machine.depth
        assert all((nest.kind, nest.entry) == ("call", entry) for nest in machine.nests())
    assert (deepest, machine.depth, machine.status) == (101, 0, Status.HALTED)
    again = machine.twin()
    stop = again.run(1 << 60, StopWhen(frozenset({entry})))
    assert (stop.status, again.depth) == (Status.PAUSED, 1)
    again.run(1 << 60, StopWhen(depth=0))
    assert (again.depth, again.pc) == (0, writer.labels["first"])


def test_calls_are_part_of_a_checkpoint_and_of_the_digest() -> None:
    machine = PvmMachine(recursive("load").program(), from_json({**STACK, "registers": {"a0": 50, "sp": 0x30000}}))
    machine.run(100)
    kept, depth, digest = machine.checkpoint(), machine.depth, machine.digest()
    assert depth > 5
    machine.run(200)
    assert machine.depth != depth
    machine.restore(kept)
    assert (machine.depth, machine.digest()) == (depth, digest)
    machine.calls = None
    assert machine.digest() != digest
    scratch = machine.scratch(Writer().program())
    machine.restore(kept)
    assert scratch.depth == 0 and machine.scratch(Writer().program()).depth == depth


def test_a_register_that_is_no_return_address_makes_no_call() -> None:
    writer = Writer()
    writer.put("load_imm", 0, 4)
    writer.put("jump", "on")
    writer.label("on")
    writer.put("jump", "behind")
    writer.label("behind")
    writer.address("behind")
    writer.put("trap")
    machine = PvmMachine(writer.program())
    machine.run()
    assert machine.depth == 0


@pytest.mark.parametrize("seed", range(30))
def test_sound_programs_close_what_they_open(seed: int) -> None:
    machine = RandomProgram(seed, wild=False).machine()
    machine.run()
    assert (machine.status, machine.depth) == (Status.HALTED, 0)
