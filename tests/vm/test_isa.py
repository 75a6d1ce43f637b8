"""The table: every row says everything, and says it once."""

from __future__ import annotations

import pytest

from vm.codec import decode, encode
from vm.isa import Isa, IsaError, Op, OperandKind
from vm.xqvm import ops
from vm.xqvm.assembler import assemble
from vm.xqvm.faults import FAULTS
from vm.xqvm.isa import ISA

ROWS = list(ISA)
TYPED_OTHERWISE = {f"PUSH{size}" for size in range(1, 9)}
"""Explicit forms the assembler refuses: one types PUSH."""


def operands(op: Op) -> tuple[int, ...]:
    return tuple(range(3, 3 + len(op.operands)))


def test_there_are_93_instructions_and_each_has_a_handler() -> None:
    assert len(ROWS) == 93
    assert set(ISA.handlers) == {op.name for op in ROWS}
    assert ops.__all__ == sorted(ops.__all__)


@pytest.mark.parametrize("op", ROWS, ids=lambda op: op.name)
def test_row_is_complete(op: Op) -> None:
    assert op.doc.endswith(".") and op.group and op.section.startswith("9.")
    assert set(op.faults) <= set(FAULTS)
    assert all(operand.access for operand in op.operands if operand.kind is OperandKind.REGISTER)
    assert op.charges_steps == (op.steps != "0")


@pytest.mark.parametrize("op", ROWS, ids=lambda op: op.name)
def test_bytes_round_trip(op: Op) -> None:
    code = encode(op, operands(op))
    instruction = decode(ISA, code, 0)
    assert (instruction.op, instruction.operands, instruction.size) == (op, operands(op), len(code))


@pytest.mark.parametrize("op", [op for op in ROWS if op.name not in TYPED_OTHERWISE], ids=lambda op: op.name)
def test_text_to_bytes_to_text(op: Op) -> None:
    prefix = {OperandKind.REGISTER: "r", OperandKind.TARGET: ".", OperandKind.IMMEDIATE: ""}
    text = " ".join([op.name, *(prefix[o.kind] + str(n) for o, n in zip(op.operands, operands(op), strict=True))])
    program = assemble(text)
    assert program.code == encode(op, operands(op))
    assert [line.text for line in program.lines()] == [text]


@pytest.mark.parametrize("size", range(1, 9))
def test_push_takes_the_least_size(size: int) -> None:
    value = -(1 << (8 * size - 1))
    assert assemble(f"PUSH {value}").code == encode(ISA.by_name[f"PUSH{size}"], (value,))


def test_every_truncation_of_an_instruction_is_told_apart_from_a_bad_opcode() -> None:
    for op in ROWS:
        code = encode(op, operands(op))
        for length in range(1, len(code)):
            instruction = decode(ISA, code[:length], 0)
            assert instruction.op is None and instruction.truncated
    assert not decode(ISA, b"\x0d", 0).truncated


def test_a_table_that_contradicts_itself_is_refused() -> None:
    with pytest.raises(IsaError, match="is there twice"):
        Isa("twice", (Op(1, "A"), Op(1, "B")))
    isa = Isa("lonely", (Op(1, "A"), Op(2, "B")))
    isa.implements("A")(lambda: None)
    with pytest.raises(IsaError, match="already has a handler"):
        isa.implements("A")(lambda: None)
    with pytest.raises(IsaError, match="no row for C"):
        isa.implements("C")(lambda: None)
    with pytest.raises(IsaError, match="no handler for B"):
        isa.seal()
