"""The `.xqb` container: header, checks, damage."""

from __future__ import annotations

import random

import pytest

from vm.diagnostics import ProgramError
from vm.xqvm.assembler import assemble
from vm.xqvm.program import Program

EXAMPLE = bytes.fromhex("5851424301000000000006 5b96d509 110a 1120 20 ff")
HALT = bytes.fromhex("5851424301000000000001 ff000000 ff")


def test_the_example_of_the_reference() -> None:
    assert assemble("PUSH 10\nPUSH 32\nADD\nHALT").container() == EXAMPLE
    assert assemble("").container() == bytes.fromhex("5851424301") + bytes(10)


def test_load() -> None:
    program = Program.load(EXAMPLE, "sum.xqb")
    assert (program.name, program.code, program.instructions) == ("sum.xqb", EXAMPLE[15:], 4)
    assert program.container() == EXAMPLE


def test_slot_counts_are_counted_and_end_at_255() -> None:
    header = assemble("INPUT r0\n" * 3 + "OUTPUT r0\n" * 300).container()
    assert header[5:7] == bytes((3, 255))
    assert assemble("NOP").container()[5:7] == b"\0\0"
    assert assemble("PUSH 14\nSLACK r15 r14").container()[5:7] == b"\0\0"


def test_slot_counts_of_a_file_are_kept_and_never_checked() -> None:
    odd = HALT[:5] + b"\x07\xc8" + HALT[7:]
    assert Program.load(odd).container() == odd


@pytest.mark.parametrize(
    ("data", "variant", "long"),
    [
        ("", "TruncatedHeader", "XQBC header is truncated"),
        ("41414141 09 0000 00000001 0000", "TruncatedHeader", "XQBC header is truncated"),
        ("41424344 09 0000 00000001 ff000000 ff", "BadMagic", "not an XQBC file (wrong magic bytes)"),
        (
            "58514243 02 0000 00000009 00000000 ff",
            "UnsupportedVersion { found: 2, expected: 1 }",
            "unsupported XQBC version 2 (expected 1)",
        ),
        (
            "58514243 01 0000 00000002 00000000 ff",
            "LengthMismatch { expected: 2, got: 1 }",
            "instruction stream length mismatch: header says 2 bytes, got 1",
        ),
        (
            "58514243 01 0000 00000001 0000000a ff",
            "ChecksumMismatch { expected: 10, got: 4278190080 }",
            "CRC-32 mismatch: expected 0x0000000A, computed 0xFF000000",
        ),
    ],
)
def test_checks_in_their_order(data: str, variant: str, long: str) -> None:
    with pytest.raises(ProgramError) as caught:
        Program.load(bytes.fromhex(data))
    (finding,) = caught.value.diagnostics
    assert (finding.kind, finding.line) == ("DECODE", None)
    assert finding.message == str(caught.value) == f"decode error: {variant}"
    assert finding.reference == f"decode error: {long}"
    assert finding.hint


def test_every_truncation_and_corruption_is_told_or_harmless() -> None:
    for length in range(len(EXAMPLE)):
        with pytest.raises(ProgramError):
            Program.load(EXAMPLE[:length])
    rng = random.Random(3)
    for at in range(len(EXAMPLE)):
        damaged = bytearray(EXAMPLE)
        damaged[at] ^= rng.randint(1, 255)
        if at in (5, 6):
            assert Program.load(bytes(damaged)).code == EXAMPLE[15:]
        else:
            with pytest.raises(ProgramError):
                Program.load(bytes(damaged))
    with pytest.raises(ProgramError):
        Program.load(EXAMPLE + b"\0")
