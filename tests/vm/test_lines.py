"""What each line of a program may read and write, by name."""

from __future__ import annotations

import pytest

from vm.xqvm.assembler import assemble
from vm.xqvm.isa import ISA
from vm.xqvm.program import Program


@pytest.mark.parametrize(
    ("text", "reads", "writes"),
    [
        ("NOP", "", ""), ("HALT", "", ""), ("PUSH 1", "", "stack"), ("POP", "stack", "stack"), ("SCLR", "", "stack"),
        ("SWAP", "stack", "stack"), ("LOAD r3", "r3", "stack"), ("STOW r3", "stack", "stack r3"), ("DROP r3", "", "r3"),
        ("LVAL r3", "loop", "r3"), ("LIDX r3", "loop", "r3"), ("NEXT", "loop", "loop pc"),
        ("RANGE", "stack", "stack loop pc"), ("ITER r7", "stack r7", "stack loop pc"),
        ("INPUT r2", "stack in", "stack r2"), ("OUTPUT r2", "stack r2", "stack out"),
        (".0: JUMP .0", "", "pc"), (".0: JUMPI .0", "stack", "stack pc"), ("BQMX r1", "stack", "stack r1"),
        ("VECPUSH r1", "stack r1", "stack r1"), ("VECGET r1", "stack r1", "stack"), ("VECLEN r1", "r1", "stack"),
        ("SLACK r1 r2", "stack r1 r2", "stack r1 r2"), ("RESIZE r1", "stack r1", "stack r1"),
        ("EQUALITY r0 r1 r2", "stack r0 r1 r2", "stack r0"), ("ATLEAST r0 r1", "stack r0 r1", "stack r0"),
        ("ENERGY r4 r5", "r4 r5", "stack"), ("REDUCE r0", "stack r0", "stack r0"),
    ],
)  # fmt: skip
def test_names(text: str, reads: str, writes: str) -> None:
    line = assemble(text).lines()[-1]
    assert (line.reads, line.writes) == (set(reads.split()), set(writes.split()))


def test_bytes_that_are_no_instruction_touch_nothing() -> None:
    (line,) = Program(b"\xee").lines()
    assert (line.op, line.reads, line.writes) == ("", frozenset(), frozenset())


def test_equal_sets_are_one_object() -> None:
    lines = assemble("\n".join(f"PUSH {n}\nLOAD r{n % 3}\nADD\nSTOW r{n % 3}" for n in range(400))).lines()
    assert len({id(line.reads) for line in lines}) == len({line.reads for line in lines}) == 5
    assert len({id(line.writes) for line in lines}) == len({line.writes for line in lines}) == 4


def test_which_instructions_only_move() -> None:
    assert {op.name for op in ISA if op.moves} == {"LOAD", "STOW", "COPY", "SWAP", "POP", "INPUT", "OUTPUT"}


def test_what_selects_is_popped() -> None:
    assert all(set(op.selects) <= set(op.pops) for op in ISA)


def test_lines_tell_the_bytes_they_are_made_of() -> None:
    program = Program(assemble("PUSH 300\nTARGET\nLOAD r3").code + b"\xee")
    assert b"".join(line.encoding for line in program.named_lines) == program.code
    assert [len(line.encoding) for line in program.named_lines] == [line.size for line in program.named_lines]
