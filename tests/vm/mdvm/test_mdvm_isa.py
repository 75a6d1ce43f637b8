"""The table of the Machine Dialect VM."""

from __future__ import annotations

import pytest

from vm.isa import Flow, Op, OperandKind
from vm.mdvm.encoding import WIDTHS, decode, encode, length_at
from vm.mdvm.faults import CODES
from vm.mdvm.isa import EXTENSIONS, ISA, TRACED
from vm.mdvm.ops import made as made  # binds nothing, but all handlers are there once ops is imported


def test_there_are_fifty_codes() -> None:
    assert sorted(ISA.by_code) == list(range(50))
    assert {ISA.by_code[code].name for code in EXTENSIONS} == {"phi", "assert", "scope_enter", "scope_exit"}
    assert TRACED.keys() == ISA.by_name.keys() == ISA.handlers.keys()


@pytest.mark.parametrize("op", list(ISA), ids=lambda op: op.name)
def test_a_row_says_all_there_is(op: Op) -> None:
    assert op.doc.endswith(".") and op.section and op.group
    assert set(op.faults) <= CODES.keys() and op.faults[0] == "InstructionLimit"
    if not op.layout.islower():
        assert len(op.layout) == len(op.operands)
        kinds = {"R": OperandKind.REGISTER, "K": OperandKind.IMMEDIATE, "T": OperandKind.IMMEDIATE,
                 "J": OperandKind.TARGET}  # fmt: skip
        assert [operand.kind for operand in op.operands] == [kinds[letter] for letter in op.layout]
        assert op.size == 1 + sum(WIDTHS[letter] for letter in op.layout)
    assert (op.flow is Flow.NEXT) == (op.name not in {"jump", "jump_if", "jump_if_not", "call", "return", "halt"})


OPERANDS = {
    "call": [(1, 2), (255, 254, 0, 1, 2), (0, 0, *range(255))], "return": [(), (7,)],
    "phi": [(1,), (1, 2, 65535, 3, 0)],
    "assert": [(1, 0, 7), (1, 1, 65535), (1, 2, 7, -(1 << 63), (1 << 63) - 1)],
}  # fmt: skip


@pytest.mark.parametrize("op", list(ISA), ids=lambda op: op.name)
def test_every_row_is_encoded_and_decoded(op: Op) -> None:
    extremes = {"R": (0, 255), "K": (0, 65535), "T": (0, 65535), "J": (-(1 << 31), (1 << 31) - 1)}
    least, most = (tuple(extremes[letter][end] for letter in op.layout if letter in extremes) for end in (0, 1))
    for operands in OPERANDS.get(op.name, [least, most]):
        raw = encode(op, operands)
        assert raw[0] == op.code and length_at(raw + b"\xff" * 30, 0) == len(raw)
        assert decode(raw) == (op, operands)
        assert decode(raw + b"\0") is None
        assert len(raw) == 1 or decode(raw[:-1]) is None


@pytest.mark.parametrize(
    ("name", "operands"),
    [("move", (0, 256)), ("move", (-1, 0)), ("load_const", (0, 65536)), ("jump", (1 << 31,)), ("call", (0, 0, 256)),
     ("call", (0, 0, *[1] * 256)), ("return", (256,)), ("phi", (0, 1, 65536)), ("assert", (0, 2, 0, 0, 1 << 63))],
)  # fmt: skip
def test_operands_that_do_not_fit_are_refused(name: str, operands: tuple[int, ...]) -> None:
    with pytest.raises(OverflowError):
        encode(ISA.by_name[name], operands)


def test_what_is_no_instruction_is_not_decoded() -> None:
    assert decode(b"") is None and decode(b"\x32") is None and decode(b"\x1c\x00\x03\x00\x00") is None
    assert decode(b"\x1a\xff\x03") == (ISA.by_name["return"], (3,))
