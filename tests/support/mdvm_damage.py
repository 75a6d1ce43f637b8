"""Damaged programs of the Machine Dialect: `python -m tests.support.mdvm_damage [COUNT [SEED]]` tells how they end."""

from __future__ import annotations

import random
from collections import Counter

from tests.support.damage import Workshop, tell
from tests.support.mdvm_programs import examples, vectors
from vm.contract import Status
from vm.mdvm.assembler import assemble
from vm.mdvm.disassembler import disassemble
from vm.mdvm.program import Program
from vm.mdvm.tokens import SYNTAX
from vm.mdvm.toolchain import TOOLCHAIN

COUNT = 10_000
_TICKS = 2_000
_PIECES = (
    "@", ":", ";", "[", "]", ",", "0x", "-", "ffffffffffffffffff", "jump ", "r0", "r256", "k7 ", '"', '\\"', "\0", "é",
    "\u202e", ".const k0 int 5\n", ".func ", "type:9 ", "bits:", "\r", ".fill 99, 1\n", "1e999", ".byte 26\n", "\n",
    ".section name 3\n", "phi r0, [r1, 2]\n", "call ", "empty",
)  # fmt: skip


def use(program: Program) -> str:
    """Everything one does with a program; how it ended."""
    program.lines()
    TOOLCHAIN.check(program)
    assert assemble(disassemble(program)).container() == program.container()
    machine = TOOLCHAIN.machine(program, {"instructions": _TICKS, "memory": 100_000})
    machine.run(2 * _TICKS)
    if machine.status is Status.READY:
        raise AssertionError("it does not end")
    for view in machine.views():
        machine.cells(view.id)
    machine.regions()
    machine.digest()
    outcome = TOOLCHAIN.outcome(machine)
    assert TOOLCHAIN.report(machine)
    return str(outcome.get("error", outcome["ended"]))


def damaged_code(octets: bytes, chance: random.Random) -> bytes:
    """Operands changed and opcodes changed for others of their length, so that what comes out is loaded and run."""
    program = Program.load(octets)
    start = program.parts.code_offset
    found, at = bytearray(octets), start
    places: list[int] = []
    for raw in program.parts.code:
        places += range(at + 1, at + len(raw))
        at += len(raw)
    for _ in range(chance.choice((1, 2, 4, 8)) if places else 0):
        found[chance.choice(places)] = chance.choice((0, 1, 2, 3, 63, 64, 255, chance.randrange(256)))
    return bytes(found)


def _assembled(text: str) -> Program:
    for line in text.split("\n"):
        SYNTAX.tokens(line)
    SYNTAX.doubts(text)
    return assemble(text)


WORKSHOP = Workshop(Program.load, _assembled, use, damaged_code, _PIECES, opcodes=50)


def ends(count: int, seed: int = 1) -> Counter[str]:
    """Use so many damaged programs; how often each end was met, by kind of damage."""
    octets = [data for _, data in vectors()]
    return WORKSHOP.ends(WORKSHOP.cases(octets, [source for source, _ in examples().values()], count, seed))


if __name__ == "__main__":
    tell(ends, COUNT)
