"""The formulas of the PVM's table are what its machine does."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest

from tests.support.explained import facts_before
from vm.contract import Effect, Line, Place, Status, Value
from vm.isa import Op, OperandKind
from vm.pvm.blob import Blob
from vm.pvm.inputs import Inputs, Mapped
from vm.pvm.isa import ISA, REGISTERS
from vm.pvm.machine import PvmMachine
from vm.pvm.operands import ENCODERS
from vm.pvm.program import Program
from xqdbg.explanation.evaluating import evaluate, puts
from xqdbg.explanation.facts import Facts
from xqdbg.explanation.formula import assignment, term

ROUNDS = 60
IN_WORDS = {"trap", "fallthrough", "ecalli", "jump", "jump_ind", "sbrk", "reverse_bytes"}
"""Instructions whose sentence says all there is."""
BASE = 0x20000
EDGES = (0, 1, 2, 31, 32, 63, 64, 0x7F, 0x80, 0xFFFF, 1 << 31, (1 << 32) - 1, 1 << 63, (1 << 64) - 1, (1 << 64) - 2)


def immediate(chance: random.Random) -> int:
    value = chance.choice(
        (0, 1, -1, 31, 33, 64, -5, 127, 1 << 15, -(1 << 31), (1 << 31) - 1, chance.randrange(-99, 99))
    )
    return value & (1 << 64) - 1


def register(chance: random.Random) -> int:
    return chance.choice((chance.choice(EDGES), chance.getrandbits(64), chance.getrandbits(32), chance.randrange(70)))


def machine_for(op: Op, chance: random.Random) -> PvmMachine:
    """A machine about to execute an instruction with random operands, in random registers."""
    operands = []
    for operand in op.operands:
        if operand.kind is OperandKind.REGISTER:
            operands.append(chance.randrange(len(REGISTERS)))
        elif operand.kind is OperandKind.TARGET:
            operands.append(0)
        else:
            operands.append(BASE + chance.randrange(4080) if is_address(op, operand.name) else immediate(chance))
    code = bytes((op.code,)) + ENCODERS[op.layout](operands, 0)
    registers = {number: register(chance) for number in range(len(REGISTERS))}
    base = next((at for at, each in enumerate(op.operands) if each.name in op.selects), -1)
    if base >= 0 and op.group in ("load", "store"):
        displacement = operands[[each.name for each in op.operands].index("x")]
        registers[operands[base]] = (BASE + chance.randrange(4080) - displacement) & (1 << 64) - 1
    marks = bytes((1, *(0 for _ in code[1:])))
    memory = ((BASE, chance.randbytes(4096)),)
    inputs = Inputs(gas=10, registers=registers, pages=(Mapped(BASE, 4096, True),), memory=memory)
    return PvmMachine(Program(Blob(code, marks)), inputs)


def is_address(op: Op, name: str) -> bool:
    return op.group in ("load", "store") and name == "x" and not op.selects


def wanted(facts: Facts) -> Iterator[tuple[Place, Value]]:
    for text in facts.op.formula:
        for put in puts(assignment(text), facts, {}, 10):
            yield facts.place(put.name, put.path), put.value


def written(effect: Effect) -> dict[Place, Value]:
    return {write.place: write.new for write in effect.writes if write.place != Place("pc")}


@pytest.mark.parametrize("op", list(ISA), ids=lambda op: op.name)
def test_a_formula_says_what_is_written(op: Op) -> None:
    assert bool(op.formula) != (op.name in IN_WORDS or op.name.startswith("branch"))
    chance = random.Random(op.code)
    done = 0
    for _ in range(ROUNDS):
        machine = machine_for(op, chance)
        line: Line = machine.code()[0]
        facts, effect = facts_before(machine, line)
        if effect.fault is not None and op.group in ("load", "store"):
            continue  # an address that wrapped
        done += 1
        if op.formula:
            assert comparable(dict(wanted(facts))) == comparable(written(effect)), line.text
        if op.taken:
            jumps = machine.pc == 0 and machine.status is Status.READY
            assert bool(evaluate(term(op.taken).tree, facts, {})) == jumps, line.text
    assert done > ROUNDS // 2


def comparable(values: dict[Place, Value]) -> dict[str, object]:
    """Values of memory as numbers, whether they are told as octets or not."""
    found: dict[str, object] = {}
    for place, value in values.items():
        octets = value if isinstance(value, bytes | tuple) else None
        found[str(place)] = value if octets is None else int.from_bytes(bytes(octets), "little")
    return found
