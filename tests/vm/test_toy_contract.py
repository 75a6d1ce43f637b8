"""The toy machine keeps what the contract says of time travel, so that the debugger can be tested on it."""

from __future__ import annotations

import pytest

from tests.support.toy import ToyMachine, marks, toy_machine
from tests.support.toy.programs import NESTED, countdown
from vm.contract import Effect, Machine, Place, PlaceError, Status, StopWhen, Trail, Write

LOOPS = "SET r0 3\nLOOP r0\nCALL .f\nEND\nLOOP r7\nNOP\nEND\nHALT\n.f\nADD r1 r1 r0\nRET"


def walked(machine: ToyMachine) -> list[int]:
    found = []
    while machine.status is Status.READY:
        found.append(machine.pc)
        machine.run(1)
    return found


@pytest.mark.parametrize("text", [NESTED, countdown(5), LOOPS])
def test_trails_and_tests_are_those_of_a_walk(text: str) -> None:
    expected = walked(toy_machine(text))
    machine, trail, asked = toy_machine(text), Trail(), list[int]()

    def test(seen: Machine) -> bool:
        asked.append(seen.tick)
        return seen.tick % 4 == 0

    stops = []
    while machine.status is Status.READY:
        stop = machine.run(3, StopWhen(test=test), None, trail)
        stops += [stop.tick] * (stop.status is Status.PAUSED)
    assert [pc for run in trail for pc in run] == expected
    assert asked == list(range(1, len(expected)))
    assert stops == [tick for tick in asked if tick % 4 == 0]


def test_a_test_is_asked_at_its_places_only() -> None:
    at, asked = marks(NESTED)["out"], list[int]()
    machine = toy_machine(NESTED)
    machine.run(10**6, StopWhen(frozenset({at}), test=lambda seen: bool(asked.append(seen.pc))))
    assert asked == [at] * 3 and machine.status is Status.FAULTED


@pytest.mark.parametrize("text", [NESTED, countdown(5), LOOPS])
def test_effects_name_what_the_lines_do_and_all_that_changes(text: str) -> None:
    machine = toy_machine(text)
    lines = {line.pc: line for line in machine.code()}
    while machine.status is Status.READY:
        before = held(machine)
        effects: list[Effect] = []
        machine.run(1, None, effects.append)
        (effect,) = effects
        line, after = lines[effect.pc], held(machine)
        assert {read.place.name for read in effect.reads} <= line.reads
        assert {write.place.name for write in effect.writes} <= line.writes
        written = {str(write.place) for write in effect.writes}
        assert {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)} <= written
        assert all(before.get(str(read.place)) == read.value for read in effect.reads)
        if machine.status is Status.READY and machine.pc != effect.pc + line.size:
            assert Write(Place("pc"), effect.pc, machine.pc) in effect.writes


def held(machine: ToyMachine) -> dict[str, object]:
    """Every place but the counters, by name."""
    names = [f"r{n}" for n in range(8)]
    names += [f"grid[{row},{col}]" for row in range(-1, 6) for col in range(6)]
    names += [f"out[{n}]" for n in range(len(machine.output))]
    names += [f"loop[{n}].{part}" for n in range(machine.depth) for part in ("left", "entry", "back")]
    return {name: machine.get(Place.parse(name)) for name in names}


def test_a_twin_takes_checkpoints_and_limits() -> None:
    machine = toy_machine(NESTED, 500)
    machine.run(20)
    machine.set(Place.parse("fuel.limit"), 400)
    twin = machine.twin()
    assert (twin.tick, twin.get(Place.parse("fuel.limit"))) == (0, 400)
    twin.restore(machine.checkpoint())
    assert twin.digest() == machine.digest()


def test_edits_and_readers() -> None:
    machine = toy_machine(countdown(5), fuel=4)
    read = machine.reader(Place("r0"))
    machine.run(100)
    assert machine.status is Status.FAULTED and read() == 4
    machine.set(Place.parse("fuel.limit"), 1000)
    machine.set(Place("pc"), marks(countdown(5))["again"])
    machine.set(Place("r0"), 9)
    assert (read(), machine.status) == (9, Status.READY)
    machine.run(100)
    assert machine.status is Status.HALTED
    for text, value in (("fuel.limit", 1), ("pc", 1), ("r9", 1), ("r0", None), ("tick", 3)):
        with pytest.raises(PlaceError):
            machine.set(Place.parse(text), value)
    for text in ("x", "r0.x", "pc[0]", "r8"):
        with pytest.raises(PlaceError):
            machine.reader(Place.parse(text))
    assert machine.knows("out") and not machine.knows("stack")


def test_values() -> None:
    machine = toy_machine("NOP")
    assert machine.functions() == {"double": "double(x)"} and machine.call("double", [4]) == 8
    assert (machine.text(None), machine.text(3)) == ("unset", "3")
    assert machine.from_json(machine.to_json((1, 2))) == (1, 2)
    for wrong in (1.5, True, "x"):
        with pytest.raises(PlaceError):
            machine.from_json(wrong)
    with pytest.raises(PlaceError):
        machine.call("energy", [])


def test_loops_count_their_iterations_and_calls_have_none() -> None:
    machine = toy_machine(LOOPS)
    told = set()
    while machine.status is Status.READY:
        told |= {(nest.kind, nest.index, nest.count) for nest in machine.nests()}
        machine.run(1)
    assert told == {("loop", 1, 3), ("loop", 2, 3), ("loop", 3, 3), ("call", None, None)}
