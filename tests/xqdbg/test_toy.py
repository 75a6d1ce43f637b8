"""The toy machine keeps the contract that the tests of the debugger rely on."""

from __future__ import annotations

import pytest

from tests.support.toy import ToyMachine, marks, toy_machine, toy_program
from tests.support.toy.programs import NESTED, countdown
from vm.contract import Effect, Frame, Machine, Place, PlaceError, Status, StopWhen


def typed(machine: Machine) -> Machine:
    """For mypy: the toy is a Machine."""
    return machine


def finished(text: str, fuel: int = 10_000) -> ToyMachine:
    machine = toy_machine(text, fuel)
    typed(machine).run(10**9)
    return machine


def test_arithmetic_and_output() -> None:
    machine = finished("SET r0 7\nSET r1 2\nDIV r2 r0 r1\nOUT r2\nMUL r2 r0 r1\nOUT r2\nLT r2 r1 r0\nOUT r2\nHALT")
    assert machine.output == (3, 14, 1)
    assert machine.status is Status.HALTED


def test_loops_repeat_and_empty_ones_are_skipped() -> None:
    machine = finished("SET r0 3\nSET r1 1\nLOOP r0\nADD r2 r2 r1\nLOOP r7\nADD r3 r3 r1\nEND\nEND")
    assert (machine.registers[2], machine.registers[3]) == (3, 0)
    assert machine.status is Status.HALTED, "falling off the end halts"


def test_the_attempt_that_faults_takes_its_tick() -> None:
    at = marks(NESTED)
    machine = finished(NESTED)
    assert machine.status is Status.FAULTED
    assert machine.fault is not None and machine.fault.code == "DIVIDE_BY_ZERO"
    assert machine.pc == machine.fault.pc == at["div"]
    before = toy_machine(NESTED)
    before.run(machine.tick - 1)
    assert (before.status, before.pc) == (Status.READY, at["div"])


def test_fuel_is_a_limit() -> None:
    machine = finished(countdown(50), fuel=10)
    assert machine.fault is not None and machine.fault.over_budget
    assert [(meter.name, meter.used, meter.limit) for meter in machine.meters()] == [("fuel", 11, 10)]


def test_stops_are_checked_before_each_instruction_but_the_first() -> None:
    machine = toy_machine(countdown(3))
    stop = StopWhen(frozenset({marks(countdown(3))["again"]}))
    assert [machine.run(100, stop).tick for _ in range(4)] == [2, 5, 8, 12]


def test_effects_tell_reads_and_writes() -> None:
    machine = toy_machine("SET r0 7\nSET r1 5\nSUB r1 r0 r1\nPUT r7 r7 r1")
    seen: list[Effect] = []
    machine.run(100, None, seen.append)
    reads, writes = seen[2].reads, seen[2].writes
    assert [(str(read.place), read.value) for read in reads] == [("r0", 7), ("r1", 5)]
    assert [(str(write.place), write.old, write.new) for write in writes] == [("r1", 5, 2)]
    assert [str(write.place) for write in seen[3].writes] == ["grid[0,0]"]
    assert [effect.tick for effect in seen] == [0, 1, 2, 3]


def test_a_checkpoint_restores_everything() -> None:
    machine = toy_machine(NESTED)
    machine.run(30)
    saved, digest = machine.checkpoint(), machine.digest()
    machine.run(100)
    assert machine.digest() != digest
    machine.restore(saved)
    assert machine.digest() == digest


def test_window_shows_head_cells_and_focus() -> None:
    machine = finished("SET r0 -1\nSET r1 2\nSET r2 9\nPUT r0 r1 r2\nSET r2 -5\nPUT r1 r1 r2")
    window = machine.window("grid", Frame(0, 0, 3, 3, cursor=(2, 2)))
    assert window.head == (None, None, 9)
    assert window.cells[2] == (None, None, -5)
    assert (window.focus, window.focus_place, window.largest, window.stored) == (-5, "grid[2,2]", 9, 2)
    assert machine.get(Place.parse("grid[2,2]")) == -5
    blocks = machine.window("grid", Frame(0, 0, 2, 2, scale=3))
    assert blocks.cells == ((-5, None), (None, None))
    with pytest.raises(PlaceError):
        machine.window("out", Frame())


def test_marks_and_labels() -> None:
    program = toy_program(NESTED)
    by_pc = {line.pc: line for line in program.lines}
    assert by_pc[program.marks["callee"]].label == ".2"
    assert by_pc[program.marks["add"]].text == "ADD r3 r3 r2"
    assert by_pc[program.marks["first"]].source_line == 2
