"""Damaged programs: every one is refused or runs to a result; none ends in a traceback."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from vm.diagnostics import ProgramError
from vm.xqvm import Program, XqvmMachine, assemble
from vm.xqvm.disassembler import listing
from vm.xqvm.toolchain import TOOLCHAIN
from vm.xqvm.verifier import verify

PROGRAMS = Path(__file__).parents[2] / "conformance" / "programs" / "xqvm"
SOURCE = (PROGRAMS / "tsp5" / "encoder.xqasm").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def container() -> bytes:
    return assemble(SOURCE).container()


def use(program: Program) -> XqvmMachine:
    """Everything one does with a program."""
    listing(program)
    program.lines()
    machine = TOOLCHAIN.machine(
        program, {"calldata": [3, [1, 2, 3, 4, 5, 6, 7, 8, 9]], "step_limit": 3000, "memory_limit": 1 << 20}
    )
    machine.run(1 << 60)
    outcome = TOOLCHAIN.outcome(machine)
    assert machine.status.ended and ("error" in outcome) == (machine.fault is not None)
    return machine


def test_every_truncation_is_refused(container: bytes) -> None:
    for length in range(len(container)):
        with pytest.raises(ProgramError, match="TruncatedHeader" if length < 15 else "LengthMismatch"):
            Program.load(container[:length])


def test_every_corrupted_byte_of_a_container_is_refused_or_harmless(container: bytes) -> None:
    refused = 0
    for at in range(len(container)):
        for flip in (0x01, 0x80, 0xFF):
            damaged = bytearray(container)
            damaged[at] ^= flip
            try:
                program = Program.load(bytes(damaged))
            except ProgramError as error:
                refused += 1
                assert error.diagnostics[0].kind == "DECODE"
            else:
                assert at in (5, 6) and program.code == container[15:]  # the two counts are never checked
    assert refused == 3 * (len(container) - 2)


def test_ten_thousand_damaged_streams_come_to_a_result(container: bytes) -> None:
    chance = random.Random(20)
    stream = container[15:]
    ends = set()
    for _ in range(10_000):
        damaged = bytearray(stream)
        for _ in range(chance.choice((1, 1, 1, 2, 8))):
            damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        if chance.random() < 0.2:
            del damaged[chance.randrange(len(damaged)) :]
        machine = use(Program.load(Program(bytes(damaged)).container()))
        ends.add(machine.fault.identity if machine.fault else "halted")
    assert len(ends) > 10


def test_damaged_streams_are_verified_without_a_traceback(container: bytes) -> None:
    chance = random.Random(21)
    stream = container[15:]
    verdicts = set()
    for _ in range(500):
        damaged = bytearray(stream)
        damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        verdicts.add(verify(bytes(damaged))[:1])
    assert len(verdicts) > 10


def test_damaged_text_is_assembled_or_refused_with_a_position() -> None:
    chance = random.Random(22)
    refused = 0
    for _ in range(2000):
        text = list(SOURCE)
        text[chance.randrange(len(text))] = chr(
            chance.choice((0, 9, 10, 13, 27, 32, 46, 48, 65, 114, 233, 0x202E, 0x1F600))
        )
        try:
            assemble("".join(text))
        except ProgramError as error:
            refused += 1
            assert all(finding.line and finding.column for finding in error.diagnostics if finding.kind != "MORE")
    assert 200 < refused < 2000
