"""Damaged programs of the PVM: `python -m tests.support.pvm_damage [COUNT [SEED]]` tells how so many of them end."""

from __future__ import annotations

import random
import sys
from collections import Counter
from collections.abc import Iterator

from tests.support.pvm import examples, vectors
from vm.assembler import render
from vm.contract import Status
from vm.diagnostics import InputError, ProgramError
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


def damaged_octets(octets: bytes, chance: random.Random) -> bytes:
    """Octets changed, put in, taken out, or the end cut off."""
    found = bytearray(octets)
    for _ in range(chance.choice((1, 1, 1, 2, 8))):
        at = chance.randrange(len(found)) if found else 0
        match chance.randrange(6):
            case 0:
                found[at : at + 1] = bytes((chance.randrange(256),)) * 2
            case 1:
                del found[at : at + chance.choice((1, 1, 7))]
            case _ if found:
                found[at] = chance.choice((0, 255, chance.randrange(256), found[at] ^ 1 << chance.randrange(8)))
    return bytes(found[: chance.randrange(len(found) + 1)] if chance.random() < 0.1 else found)


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


def damaged_text(text: str, chance: random.Random) -> str:
    """A text with pieces put in, taken out and put elsewhere."""
    for _ in range(chance.choice((1, 1, 2, 5))):
        at = chance.randrange(len(text) + 1)
        behind = at + chance.choice((0, 0, 1, 5, 40))
        match chance.randrange(4):
            case 0:
                text = text[:at] + text[behind:]
            case 1:
                text = text[:behind] + text[at:]
            case _:
                text = text[:at] + chance.choice(_PIECES) + text[behind:]
    return text


def cases(count: int, seed: int) -> Iterator[tuple[str, bytes | str]]:
    """So many damaged programs, a third of each kind."""
    chance = random.Random(seed)
    octets = [data for _, data in examples().values()] + [data for name, data in vectors() if name[:4] != "bad_"]
    sound = [data for data in octets if _is_sound(data)]
    sources = [source for source, _ in examples().values()]
    for number in range(count):
        match number % 3:
            case 0:
                yield "octets", damaged_octets(chance.choice(octets), chance)
            case 1:
                yield "code", damaged_code(chance.choice(sound), chance)
            case _:
                yield "text", damaged_text(chance.choice(sources), chance)


def _is_sound(octets: bytes) -> bool:
    try:
        Program.load(octets)
    except ProgramError:
        return False
    return True


def ends(count: int, seed: int = 1) -> Counter[str]:
    """Use so many damaged programs; how often each end was met, by kind of damage."""
    found: Counter[str] = Counter()
    for kind, damaged in cases(count, seed):
        try:
            program = Program.load(damaged) if isinstance(damaged, bytes) else _assembled(damaged)
        except ProgramError as error:
            lines = damaged.split("\n") if isinstance(damaged, str) else []
            assert all(render("x", lines, finding) for finding in error.diagnostics)
            found[f"{kind}: refused"] += 1
        else:
            found[f"{kind}: {use(program)}"] += 1
    return found


def _assembled(text: str) -> Program:
    for line in text.split("\n"):
        SYNTAX.tokens(line)
    SYNTAX.doubts(text)
    return assemble(text)


if __name__ == "__main__":
    wanted, first = (int(word) for word in [*sys.argv[1:], *(str(COUNT), "1")[len(sys.argv) - 1 :]][:2])
    for end, times in sorted(ends(wanted, first).items()):
        print(f"{times:7,}  {end}")
