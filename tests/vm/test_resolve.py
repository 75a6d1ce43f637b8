"""Places under the one name that effects have for them."""

from __future__ import annotations

import pytest

from tests.support.runs import program
from vm.contract import Place
from vm.xqvm import BINARY, Model, XqvmMachine

TEXT = """
  PUSH 7
  PUSH 8
  PUSH 9
  VEC r1
  PUSH 4
  VECPUSH r1
  PUSH 5
  VECPUSH r1
  PUSH 1
  INPUT r2
  PUSH 0
  PUSH 3
  RANGE
    NOP
  NEXT
"""


@pytest.fixture
def machine() -> XqvmMachine:
    """One that stands inside of a loop, with values of all kinds."""
    made = XqvmMachine(program(TEXT), calldata=[[1, 2, 3], Model(BINARY, 4)], output_slots=2)
    while made.depth == 0:
        made.run(1)
    return made


@pytest.mark.parametrize(
    ("text", "resolved"),
    [
        ("stack[-1]", "stack[2]"),
        ("stack[-3]", "stack[0]"),
        ("stack[-4]", "stack[-4]"),  # there is none
        ("stack[-2:2]", "stack[1:2]"),
        ("stack[1]", "stack[1]"),
        ("loop[-1].index", "loop[0].index"),
        ("loop[-1]", "loop[0]"),
        ("out[-1]", "out[1]"),
        ("in[-2][-1]", "in[0][2]"),
        ("r1[-1]", "r1[1]"),
        ("r1[-2:1]", "r1[0:1]"),
        ("r9[-1]", "r9[-1]"),
        ("r2.lin[3]", "r2.linear[3]"),
        ("r2.quad[3,1]", "r2.quad[1,3]"),
        ("in[1].quadratic[2,0]", "in[1].quad[0,2]"),
        ("r2", "r2"),
        ("r2.size", "r2.size"),
        ("pc", "pc"),
        ("nothing[-1]", "nothing[-1]"),
    ],
)
def test_a_place_has_one_name(machine: XqvmMachine, text: str, resolved: str) -> None:
    assert str(machine.resolve(Place.parse(text))) == resolved
