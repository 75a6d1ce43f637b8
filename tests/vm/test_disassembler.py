"""Listings, lines and targets of XQVM streams."""

from __future__ import annotations

import random

import pytest

from vm.xqvm.assembler import assemble
from vm.xqvm.disassembler import listing
from vm.xqvm.isa import ISA
from vm.xqvm.program import Program


@pytest.mark.parametrize(
    ("code", "lines"),
    [
        ("", []),
        ("11f6ff", ["  0x0000:  PUSH1   -10", "  0x0002:  HALT    "]),
        (
            "00f0010074010203",
            [
                "  0x0000:  .0:  TARGET  ",
                "  0x0001:       NOP     ",
                "  0x0002:       JUMP1   .0",
                "  0x0004:       EQUALITYr1, r2, r3",
            ],
        ),
        ("0d000100", ["  0x0000:  .byte    0x0D", "  0x0001:  TARGET  ", "  0x0002:  JUMP1   .0"]),
        (
            "000d00",
            ["  0x0000:  .0:  TARGET  ", "  0x0001:       .byte    0x0D", "  0x0002:       TARGET  "],
        ),
        ("1811", ["  0x0000:  .byte    0x18", "  0x0001:  .byte    0x11"]),
        ("0301007f01", ["  0x0000:  JUMP2   .256", "  0x0003:  .byte    0x7F", "  0x0004:  .byte    0x01"]),
    ],
)
def test_listing(code: str, lines: list[str]) -> None:
    program = Program(bytes.fromhex(code))
    assert listing(program) == "".join(f"{line}\n" for line in lines)
    assert program.instructions == len(lines)


def test_the_gutter_is_as_wide_as_the_longest_label() -> None:
    shown = listing(Program(bytes(11) + b"\xff")).splitlines()
    assert shown[0] == "  0x0000:  .0:   TARGET  "
    assert shown[10] == "  0x000A:  .10:  TARGET  "
    assert shown[11] == "  0x000B:        HALT    "


def test_offsets_beyond_four_digits() -> None:
    assert listing(Program(b"\xf0" * 0x10001)).splitlines()[-1] == "  0x10000:  NOP     "


def test_targets_end_at_the_first_byte_that_does_not_decode() -> None:
    assert Program(bytes.fromhex("00110000fe00")).targets == (0, 3)
    assert Program(bytes.fromhex("000011")).targets == (0, 1)
    assert [line.label for line in Program(bytes.fromhex("00fe00")).lines()] == [".0", "", ""]


def test_lines_show_every_operand() -> None:
    program = assemble("PUSH 300\nSLACK r1 r2\nREDUCE r7\nJUMPI2 .3\n.0: ATLEASTW r1 r2 r3\nJUMP .0")
    assert [(line.pc, line.size, line.op, line.text, line.label) for line in program.lines()] == [
        (0, 3, "PUSH2", "PUSH2 300", ""),
        (3, 3, "SLACK", "SLACK r1 r2", ""),
        (6, 2, "REDUCE", "REDUCE r7", ""),
        (8, 3, "JUMPI2", "JUMPI2 .3", ""),
        (11, 1, "TARGET", "TARGET", ".0"),
        (12, 4, "ATLEASTW", "ATLEASTW r1 r2 r3", ""),
        (16, 2, "JUMP1", "JUMP1 .0", ""),
    ]
    assert program.lines() is program.lines()


def test_bytes_that_are_no_instruction_are_lines_without_mnemonic() -> None:
    (first, second) = Program(b"\x0d\xff").lines()
    assert (first.op, first.text, first.size) == ("", ".byte 0x0D", 1)
    assert (second.op, second.text, second.pc) == ("HALT", "HALT", 1)


def test_lines_cover_any_stream_without_a_gap() -> None:
    rng = random.Random(7)
    for _ in range(300):
        program = Program(rng.randbytes(rng.randint(0, 60)))
        lines = program.lines()
        assert sum(line.size for line in lines) == len(program.code)
        assert [line.pc for line in lines] == [sum(line.size for line in lines[:n]) for n in range(len(lines))]
        assert program.instructions == len(lines) == listing(program).count("\n")
        assert program.targets == tuple(line.pc for line in lines if line.label)


def test_text_to_bytes_to_text() -> None:
    rng = random.Random(11)
    ops = [op for op in ISA if not op.name.startswith("PUSH") and op.name != "TARGET"]
    for _ in range(100):
        lines = []
        for op in rng.choices(ops, k=20):
            values = [(operand.kind.value[0].replace("t", "."), rng.randint(0, 255)) for operand in op.operands]
            lines.append(" ".join((op.name, *(f"{mark}{value}" for mark, value in values))))
            lines.append(f"PUSH {rng.randint(-(1 << 63), (1 << 63) - 1) >> rng.randint(0, 63)}")
        texts = [line.text for line in assemble("\n".join(lines)).lines()]
        assert [text if text[:4] != "PUSH" else "PUSH" + text[5:] for text in texts] == lines
