"""Damaged programs of the PVM: `python -m tests.support.pvm_damage [COUNT [SEED]]` tells how so many of them end."""

from __future__ import annotations

import random
from collections import Counter

from tests.support.damage import Workshop, tell
from tests.support.pvm import examples, vectors
from vm.contract import Status
from vm.diagnostics import InputError
from vm.pvm.assembler import assemble
from vm.pvm.blob import Blob
from vm.pvm.disassembler import disassemble
from vm.pvm.program import Program
from vm.pvm.tokens import SYNTAX
from vm.pvm.toolchain import TOOLCHAIN

COUNT = 20_000
_TICKS = 2_000
_PIECES = (
    "@", ":", "%", "//", "[", "]", "=", "0x", "-", "ffffffffffffffffff", "jump ", "a0", ">>a", "pub ", "invalid ", "\0",
    "é", "\u202e", "tmp", "if ", "%octets = ", "pre: ", "\r", "~(", "i64 ", "%ro_data_size = 99999999999", "\n",
)  # fmt: skip


def use(program: Program) -> str:
    """Everything one does with a program; how it ended."""
    program.lines()
    TOOLCHAIN.check(program)
    assert assemble(disassemble(program)).container() == program.container()
    try:
        machine = TOOLCHAIN.machine(program, {"gas": _TICKS})
    except InputError:
        return "inputs"
    machine.run(2 * _TICKS)
    if machine.status is Status.READY:
        raise AssertionError("it does not end")
    outcome = TOOLCHAIN.outcome(machine)
    assert TOOLCHAIN.report(machine)
    return str(outcome["exit"])


def damaged_code(octets: bytes, chance: random.Random) -> bytes:
    """The same inside of the code and its bitmask, so that what comes out is read and run."""
    program = Program.load(octets)
    code, marks = bytearray(program.code), bytearray(program.marks)
    for _ in range(chance.choice((1, 1, 2, 8))):
        if code:
            at = chance.randrange(len(code))
            code[at] = chance.randrange(256)
            if chance.random() < 0.3:
                marks[at] ^= 1
    parts = Blob(bytes(code), bytes(marks), program.jump_table, program.parts.entry_size)
    return parts.pack() if program.memory is None else program.memory.pack(parts.pack())


def _assembled(text: str) -> Program:
    for line in text.split("\n"):
        SYNTAX.tokens(line)
    SYNTAX.doubts(text)
    return assemble(text)


WORKSHOP = Workshop(Program.load, _assembled, use, damaged_code, _PIECES)


def ends(count: int, seed: int = 1) -> Counter[str]:
    """Use so many damaged programs; how often each end was met, by kind of damage."""
    octets = [data for _, data in examples().values()] + [data for name, data in vectors() if name[:4] != "bad_"]
    return WORKSHOP.ends(WORKSHOP.cases(octets, [source for source, _ in examples().values()], count, seed))


if __name__ == "__main__":
    tell(ends, COUNT)
