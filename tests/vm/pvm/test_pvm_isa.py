"""The table of the PVM: every row says everything, and its text and its octets lead to each other."""

from __future__ import annotations

import random
from collections import Counter

import pytest

from vm.isa import Op, OperandKind
from vm.pvm.assembler import assemble
from vm.pvm.faults import CODES
from vm.pvm.isa import BLOCK_ENDS, ISA, REGISTERS
from vm.pvm.notation import TEXTS
from vm.pvm.operands import DECODERS, ENCODERS

ROWS = list(ISA)
LAYOUTS = {
    "N": 2, "I": 1, "RX": 1, "II": 4, "O": 1, "RI": 13, "RII": 4, "RIO": 11, "RR": 12, "RRI": 42, "RRO": 6,
    "RRII": 1, "RRR": 41,
}  # fmt: skip
"""Instructions of each class, as section 8 has them."""


def random_operands(op: Op, chance: random.Random) -> list[int]:
    found = []
    for operand in op.operands:
        if operand.kind is OperandKind.REGISTER:
            found.append(chance.randrange(len(REGISTERS)))
        elif operand.kind is OperandKind.TARGET:
            found.append(chance.choice((0, 1, 127, -129, 1 << 20, -(1 << 31), 2**31 - 1)))
        elif op.layout == "RX":
            found.append(chance.getrandbits(64))
        else:
            value = chance.choice((0, 1, -1, 127, 128, -128, -129, 1 << 15, 1 << 23, -(1 << 31), (1 << 31) - 1))
            found.append(value & (1 << 64) - 1)
    return found


def test_there_are_139_instructions_of_13_classes() -> None:
    assert len(ROWS) == 139
    assert Counter(op.layout for op in ROWS) == LAYOUTS
    assert len(BLOCK_ENDS) == 22


@pytest.mark.parametrize("op", ROWS, ids=lambda op: op.name)
def test_a_row_is_complete(op: Op) -> None:
    assert op.doc.endswith(".") and op.group and op.section
    assert op.conditions[0].identity == "OutOfGas" and set(op.faults) <= set(CODES)
    assert all(operand.access in ("r", "w") for operand in op.operands if operand.kind is OperandKind.REGISTER)
    assert op.name in TEXTS and op.layout in DECODERS.keys() & ENCODERS.keys()


@pytest.mark.parametrize("op", ROWS, ids=lambda op: op.name)
def test_operands_lead_to_octets_and_back(op: Op) -> None:
    chance = random.Random(op.code)
    for _ in range(40):
        operands = random_operands(op, chance)
        encoding = ENCODERS[op.layout](operands, 0)
        decoded = DECODERS[op.layout](bytes((op.code,)) + encoding + bytes(16), 0, len(encoding))
        assert list(decoded) == operands


@pytest.mark.parametrize("op", ROWS, ids=lambda op: op.name)
def test_text_leads_to_octets_and_back(op: Op) -> None:
    chance = random.Random(op.code + 1000)
    for _ in range(20):
        operands = random_operands(op, chance)
        encoding = bytes((op.code,)) + ENCODERS[op.layout](operands, 0)
        octets = assemble(f"%octets = {encoding.hex()}").lines()[0]
        again = assemble(f"@L0:\n{octets.text}")
        assert (again.code, again.lines()[0].op) == (encoding, op.name)
        assert again.lines()[0].operands == octets.operands
