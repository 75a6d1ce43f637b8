"""Damaged programs of the Machine Dialect: `python -m tests.support.mdvm_damage [COUNT [SEED]]` tells how they end."""

from __future__ import annotations

import random
import sys
from collections import Counter
from collections.abc import Iterator

from tests.support.mdvm_programs import examples, vectors
from vm.assembler import render
from vm.contract import Status
from vm.diagnostics import ProgramError
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


def damaged_octets(octets: bytes, chance: random.Random) -> bytes:
    """Bytes changed, put in, taken out, or the end cut off."""
    found = bytearray(octets)
    for _ in range(chance.choice((1, 1, 1, 2, 8))):
        at = chance.randrange(len(found)) if found else 0
        match chance.randrange(6):
            case 0:
                found[at : at + 1] = bytes((chance.randrange(256),)) * 2
            case 1:
                del found[at : at + chance.choice((1, 1, 7))]
            case _ if found:
                found[at] = chance.choice((0, 255, chance.randrange(50), found[at] ^ 1 << chance.randrange(8)))
    return bytes(found[: chance.randrange(len(found) + 1)] if chance.random() < 0.1 else found)


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
    octets = [data for _, data in vectors()]
    sound = [data for data in octets if _is_sound(data)]
    sources = [source for source, _ in examples().values()]
    for number in range(count):
        match number % 3:
            case 0:
                yield "bytes", damaged_octets(chance.choice(octets), chance)
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
