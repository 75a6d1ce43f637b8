"""The programs that are measured."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from vm.xqvm.machine import XqvmMachine
from vm.xqvm.program import Program
from vm.xqvm.toolchain import TOOLCHAIN

ROOT = Path(__file__).resolve().parents[2]
_PROGRAMS = ROOT / "conformance" / "programs" / "xqvm"
HEAVY = ("heavy_arithmetic", "heavy_vector", "heavy_model")
_SMALL_CALLDATA: dict[str, list[int]] = {
    "heavy_arithmetic": [15_000],
    "heavy_vector": [300, 50],
    "heavy_model": [80, 6, 24],
}
"""About 300,000 instructions each."""


def heavy_inputs(name: str, quick: bool) -> dict[str, Any]:
    """What a heavy program runs on: 5.5 million instructions, or a twentieth of it."""
    if quick:
        return {"calldata": _SMALL_CALLDATA[name], "step_limit": None}
    inputs: dict[str, Any] = json.loads((_PROGRAMS / name / "inputs.json").read_text("utf-8"))
    return inputs


def heavy_program(name: str) -> Program:
    """A heavy program, assembled."""
    return TOOLCHAIN.assemble((_PROGRAMS / name / "program.xqasm").read_text("utf-8"), name)


def heavy_machine(name: str, quick: bool = False) -> XqvmMachine:
    """A heavy program at tick 0."""
    return TOOLCHAIN.machine(heavy_program(name), heavy_inputs(name, quick))


def dense_model(variables: int) -> XqvmMachine:
    """A machine whose r0 holds a model with all couplings, after which it adds to one coupling a turn, for ever."""
    text = f"""
    PUSH {variables}
    BQMX r0
    PUSH 0
    PUSH {variables - 1}
    RANGE
      LVAL r1
      LOAD r1
      INC
      PUSH {variables - 1}
      LOAD r1
      SUB
      RANGE
        LVAL r2
        LOAD r1
        LOAD r2
        PUSH 7
        ADDQUAD r0
      NEXT
    NEXT
    PUSH 0
    STOW r1
    TARGET .0
      LOAD r1
      INC
      PUSH {variables - 1}
      MOD
      STOW r1
      LOAD r1
      PUSH {variables - 1}
      PUSH 1
      ADDQUAD r0
    PUSH 1
    JUMPI .0
    """
    return TOOLCHAIN.machine(TOOLCHAIN.assemble(text, "dense model"), {"step_limit": None})


def long_text(lines: int) -> str:
    """A source text of so many lines, of the mix that encoders have: comments, loops, vectors, a model."""
    head = ["; @first-line of a long program", "PUSH 16", "BQMX r0", "VEC r1", "PUSH 3", "VECPUSH r1"]
    tail = ["HALT"]
    block = [
        "",
        "; === Couplings of round {n} ===",
        "PUSH 0",
        "PUSH 4",
        "RANGE",
        "  LVAL r2",
        "  LOAD r2",
        "  LOAD r2",
        "  INC",
        "  PUSH {weight}   ; penalty",
        "  ADDQUAD r0",
        "  LOAD r2",
        "  PUSH -{n}",
        "  ADDLINE r0",
        "NEXT",
        "PUSH 0",
        "VECGET r1",
        "PUSH {n}",
        "ADD",
        "VECPUSH r1",
    ]
    body: list[str] = []
    while len(head) + len(body) + len(tail) < lines:
        turn = len(body) // len(block)
        body += [line.format(n=turn % 100 + 1, weight=turn % 7 + 2) for line in block]
    body = body[: lines - len(head) - len(tail)]
    while body and not body[-1].startswith("VECPUSH"):  # never in the middle of a block
        body.pop()
    filler = ["; -"] * (lines - len(head) - len(body) - len(tail))
    return "\n".join([*head, *body, *filler, *tail]) + "\n"
