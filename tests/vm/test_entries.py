"""Values looked into a stretch at a time."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.forks import random_toy, random_xqvm
from vm.contract import Cell, Machine, Place, PlaceError
from vm.xqvm.assembler import assemble
from vm.xqvm.machine import XqvmMachine
from vm.xqvm.model import BINARY, Model, Vec

CHUNK = 3


def all_entries(machine: Machine, cell: Cell) -> list[Cell]:
    """Every entry of a cell, a few at a time."""
    found: list[Cell] = []
    for start in range(0, cell.holds, CHUNK):
        found += machine.entries(cell.name, start, CHUNK)
    return found


def check(machine: Machine) -> int:
    """Each cell holds as many entries as it says, each a place with that value; how many there were."""
    count = 0
    for view in machine.views():
        for cell in machine.cells(view.id):
            if not cell.holds:
                with suppress(PlaceError):
                    assert not machine.entries(cell.name, 0, 1)
                continue
            found = all_entries(machine, cell)
            assert len(found) == len({entry.name for entry in found}) == cell.holds
            assert [machine.get(Place.parse(entry.name)) for entry in found] == [entry.value for entry in found]
            assert all(machine.resolve(Place.parse(entry.name)) == Place.parse(entry.name) for entry in found)
            assert all(entry.text == str(entry.value) and entry.kind == "int" for entry in found)
            assert list(machine.entries(cell.name, 0, cell.holds)) == found
            assert not machine.entries(cell.name, cell.holds, 5) and not machine.entries(cell.name, 0, 0)
            count += len(found)
    return count


@given(st.integers(0, 1 << 40))
@settings(max_examples=60, deadline=None)
def test_entries_are_places_wherever_a_random_run_stands(seed: int) -> None:
    for machine in (random_xqvm(seed), random_toy(seed)):
        while not machine.status.ended and machine.tick < 200:
            check(machine)
            machine.run(7)
        check(machine)


def test_a_model_is_told_by_its_stored_coefficients_in_order_and_anew_when_they_change() -> None:
    model = Model(BINARY, 6)
    for i, value in ((4, 7), (1, -2)):
        model.put_line(i, value)
    for i, j, value in ((2, 5, 1), (0, 3, 2), (0, 1, 3)):
        model.put_pair(i, j, value)
    program = assemble("PUSH 0\nINPUT r0\nPUSH 0\nPUSH 2\nPUSH 9\nADDQUAD r0\nPUSH 4\nPUSH 0\nSETLINE r0\nHALT")
    machine = XqvmMachine(program, [model])
    machine.run(2)
    names = ["r0.linear[1]", "r0.linear[4]", "r0.quad[0,1]", "r0.quad[0,3]", "r0.quad[2,5]"]
    assert [cell.name for cell in machine.entries("r0", 0, 99)] == names
    assert [(cell.name, cell.value) for cell in machine.entries("r0", 3, 1)] == [("r0.quad[0,3]", 2)]
    machine.run(4)
    names.insert(3, "r0.quad[0,2]")
    assert [cell.name for cell in machine.entries("r0", 0, 99)] == names
    machine.run(3)
    assert [cell.name for cell in machine.entries("r0", 0, 99)] == [n for n in names if n != "r0.linear[4]"]


def test_a_part_of_a_million_elements_costs_that_part() -> None:
    class Counted(list[int]):
        read = 0

        def __getitem__(self, at: object) -> object:  # type: ignore[override]
            found = super().__getitem__(at)  # type: ignore[index]
            Counted.read += len(found) if isinstance(found, list) else 1
            return found

        def __iter__(self) -> object:  # type: ignore[override]
            raise AssertionError("nobody reads all of it")

    machine = XqvmMachine(assemble("HALT"))
    machine.regs[1] = Vec(Counted(range(1_000_000)))
    (cell,) = machine.cells("registers")
    Counted.read = 0
    found = machine.entries(cell.name, 700_000, 40)
    assert cell.holds == 1_000_000 and found[-1] == Cell("r1[700039]", "700039", "int", 700039)
    assert Counted.read == 40


def test_slots_that_are_always_there_are_told_by_number() -> None:
    machine = XqvmMachine(assemble("HALT"), output_slots=5)
    views = {view.id: view for view in machine.views()}
    assert (views["registers"].slots, views["registers"].slot(255)) == (256, "r255")
    assert (views["outputs"].slots, views["outputs"].slot(4)) == (5, "out[4]")
    assert views["stack"].slots == 0
    for view in views.values():
        for number in range(view.slots):
            assert machine.get(Place.parse(view.slot(number))) is None


def test_what_a_cell_is_in_json_is_made_when_it_is_asked_for() -> None:
    machine = XqvmMachine(assemble("PUSH 0\nINPUT r0\nPUSH 1\nINPUT r1\nHALT"), [[1, 2], Model(BINARY, 2)])
    machine.run(10)
    vector, model = machine.cells("registers")
    assert vector.json is not None and vector.json() == [1, 2]
    assert model.json is not None and model.json()["size"] == 2
    with pytest.raises(PlaceError):
        machine.entries("r2", 0, 1)
    assert vector == Cell("r0", "vec 2  [1 2]", "vec", Vec([1, 2]), holds=2)
