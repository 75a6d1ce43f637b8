"""Programs for the PVM made of instructions by name, and random ones, for tests of the machine alone.

Nothing here uses the project's own encoder: immediates and distances always take equally many octets, so that
addresses are known before targets are.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from vm.contract import Place, Status
from vm.pvm.blob import Blob, least_entry_size
from vm.pvm.inputs import from_json
from vm.pvm.isa import HALT_ADDRESS, ISA
from vm.pvm.machine import PvmMachine
from vm.pvm.program import Program

DATA, ODD, STACK = 0x20000, 0x30000, 0x50000
"""Where random programs have two writable pages, one read-only page, and a stack below."""
PAGES: Sequence[Mapping[str, Any]] = (
    {"address": DATA, "length": 0x2000},
    {"address": ODD, "length": 0x1000, "writable": False},
    {"address": STACK - 0x1000, "length": 0x1000},
)
Word = int | str
"""An operand; a text is a label."""


@dataclass
class Writer:
    """Puts instructions one behind the other."""

    code: bytearray = field(default_factory=bytearray)
    starts: list[int] = field(default_factory=list)
    labels: dict[str, int] = field(default_factory=dict)
    table: list[str] = field(default_factory=list)
    """Labels of the jump table."""
    _holes: list[tuple[int, int, int, str]] = field(default_factory=list)

    def label(self, name: str) -> None:
        """What follows is called so."""
        self.labels[name] = len(self.code)

    def address(self, label: str) -> int:
        """The jump-table address of a label, which gets an entry."""
        self.table.append(label)
        return 2 * len(self.table)

    def put(self, name: str, *operands: Word) -> int:
        """Append an instruction, its operands in the order of the table; its address."""
        op, pc = ISA.by_name[name], len(self.code)
        self.starts.append(pc)
        self.code.append(op.code)
        given = [0 if isinstance(operand, str) else operand for operand in operands]
        head, numbers = _HEADS[op.layout](given)
        self.code += head
        for value, operand in zip(numbers, operands[len(operands) - len(numbers) :], strict=True):
            size = _SIZES.get((op.layout, operand is operands[-1]), 4)
            if isinstance(operand, str):
                self._holes.append((pc, len(self.code), size, operand))
            self.code += (value % (1 << 8 * size)).to_bytes(size, "little")
        return pc

    def program(self) -> Program:
        """What was written, every label in its place."""
        for pc, at, size, label in self._holes:
            distance = self.labels[label] - pc
            self.code[at : at + size] = (distance % (1 << 8 * size)).to_bytes(size, "little")
        marks = bytearray(len(self.code))
        for start in self.starts:
            marks[start] = 1
        table = tuple(self.labels[label] for label in self.table)
        return Program(Blob(bytes(self.code), bytes(marks), table, least_entry_size(table)), "test.pvm")


_HEADS: Mapping[str, Any] = {
    "N": lambda v: (b"", v),
    "I": lambda v: (b"", v),
    "O": lambda v: (b"", v),
    "RX": lambda v: (bytes((v[0],)), v[1:]),
    "II": lambda v: (bytes((4,)), v),
    "RI": lambda v: (bytes((v[0],)), v[1:]),
    "RII": lambda v: (bytes((v[0] | 4 << 4,)), v[1:]),
    "RIO": lambda v: (bytes((v[0] | 4 << 4,)), v[1:]),
    "RR": lambda v: (bytes((v[0] | v[1] << 4,)), []),
    "RRI": lambda v: (bytes((v[0] | v[1] << 4,)), v[2:]),
    "RRO": lambda v: (bytes((v[0] | v[1] << 4,)), v[2:]),
    "RRII": lambda v: (bytes((v[0] | v[1] << 4, 4)), v[2:]),
    "RRR": lambda v: (bytes((v[0] | v[1] << 4, v[2])), []),
}
"""By layout: the octets of registers and lengths, and the numbers that follow."""

_SIZES = {("RX", True): 8, ("II", True): 2, ("RII", True): 2, ("RIO", True): 2, ("RRII", True): 2}
"""Octets of a number, by layout and whether it is the last one, where they are not four.

The engine that random programs are compared with loses octets of two numbers that have more than six together.
"""

EDGES = (0, 1, 2, 3, 7, 8, 31, 32, 33, 63, 64, 127, 128, 255, 0x7FFF, 0x8000, 0xFFFF, 0x7FFFFFFF, 0x80000000,
         0xFFFFFFFF, 1 << 32, (1 << 63) - 1, 1 << 63, (1 << 63) + 1, (1 << 64) - 2, (1 << 64) - 1)  # fmt: skip
SMALL = (0, 1, 2, 3, 5, 8, 31, 32, 63, 100, -1, -2, -128, 0x7FFFFFFF, -0x80000000)
LOOP, RA, SP, BASE, STRAY = 12, 0, 1, 5, 6
"""Registers with a duty: loop counter, return address, stack, address of the data, and an address near a border."""
FREE = (2, 3, 4, 7, 8, 9, 10, 11)


class RandomProgram:
    """Writes one program of a few functions, loops and forward jumps, which ends if it has gas enough.

    A `wild` one may go anywhere and touch anything. One that is not keeps to what every engine has agreed on.
    """

    def __init__(self, seed: int, *, wild: bool) -> None:
        self.seed = f"pvm {seed} {wild}"
        self.random = random.Random(self.seed)
        self.wild = wild
        self.writer = Writer()
        self._count = 0
        self._functions = [self._name("f") for _ in range(self.random.randint(0, 3))]
        self._main()
        for at, name in enumerate(self._functions):
            self._function(name, self._functions[at + 1 :])
        self.program = self.writer.program()

    def inputs(self, gas: int = 100_000) -> dict[str, Any]:
        """Registers, pages and what is in them."""
        pick = random.Random(self.seed + " inputs")
        registers = [pick.choice(EDGES) if pick.random() < 0.6 else pick.getrandbits(64) for _ in range(13)]
        registers[RA], registers[SP], registers[BASE] = HALT_ADDRESS, STACK, DATA
        registers[STRAY] = pick.choice((DATA + 0xFFC, ODD, DATA + 0x1FF9, 0, 0xFFFC, 0xFFFFFFFD)) if self.wild else DATA
        memory = {str(DATA): pick.randbytes(64).hex(), str(ODD): pick.randbytes(64).hex()}
        return {"gas": gas, "registers": registers, "pages": [dict(page) for page in PAGES], "memory": memory}

    def machine(self, gas: int = 100_000) -> PvmMachine:
        """A machine at its start."""
        return PvmMachine(self.program, from_json(self.inputs(gas)))

    def _name(self, kind: str) -> str:
        self._count += 1
        return f"{kind}{self._count}"

    def _main(self) -> None:
        self._body(self.random.randint(2, 6), self._functions)
        self.writer.put("jump_ind", RA, 0)

    def _function(self, name: str, callees: Sequence[str]) -> None:
        """A function with a frame for its return address."""
        self.writer.put("fallthrough")
        self.writer.label(name)
        self.writer.put("add_imm_64", SP, SP, -16)
        self.writer.put("store_ind_u64", RA, SP, 8)
        self._body(self.random.randint(1, 3), callees)
        self.writer.put("load_ind_u64", RA, SP, 8)
        self.writer.put("add_imm_64", SP, SP, 16)
        self.writer.put("jump_ind", RA, 0)

    def _body(self, parts: int, callees: Sequence[str]) -> None:
        for _ in range(parts):
            choice = self.random.random()
            if choice < 0.35:
                self._loop()
            elif choice < 0.6:
                self._forward()
            elif choice < 0.8 and callees:
                self._call(self.random.choice(callees))
            else:
                self._straight()

    def _straight(self) -> None:
        for _ in range(self.random.randint(1, 8)):
            self._instruction()

    def _loop(self) -> None:
        writer, again = self.writer, self._name("loop")
        writer.put("load_imm", LOOP, self.random.choice((1, 2, 3, 5, 40 if not self.wild else 200)))
        writer.put("fallthrough")
        writer.label(again)
        self._straight()
        writer.put("add_imm_64", LOOP, LOOP, -1)
        writer.put("branch_ne_imm", LOOP, 0, again)

    def _forward(self) -> None:
        """A branch or jump over a few instructions."""
        writer, end, pick = self.writer, self._name("end"), self.random
        kind = pick.choice(("branch", "branch", "branch_imm", "jump", "table"))
        if kind == "branch":
            name = pick.choice(("eq", "ne", "lt_u", "lt_s", "ge_u", "ge_s"))
            writer.put(f"branch_{name}", pick.choice(FREE), pick.choice(FREE), end)
        elif kind == "branch_imm":
            name = pick.choice(("eq", "ne", "lt_u", "le_u", "ge_u", "gt_u", "lt_s", "le_s", "ge_s", "gt_s"))
            writer.put(f"branch_{name}_imm", pick.choice(FREE), pick.choice(SMALL), end)
        elif kind == "jump":
            writer.put("load_imm_jump", pick.choice(FREE), pick.choice(SMALL), end)
        else:
            register = pick.choice(FREE)
            writer.put("load_imm", register, writer.address(end))
            writer.put("jump_ind", register, 0)
        self._straight()
        if not self.wild or pick.random() < 0.9:
            writer.put("fallthrough")
        writer.label(end)
        self._instruction()

    def _call(self, name: str) -> None:
        writer, back = self.writer, self._name("back")
        if self.random.random() < 0.5:
            writer.put("load_imm_jump", RA, writer.address(back), name)
        else:
            writer.put("load_imm", RA, writer.address(back))
            writer.put("jump", name)
        writer.label(back)
        writer.put("load_imm", RA, HALT_ADDRESS - (1 << 32))

    def _instruction(self) -> None:
        """One that goes on behind itself."""
        pick = self.random
        if self.wild and pick.random() < 0.01:
            self._odd()
        elif pick.random() < 0.3:
            self._access()
        else:
            op = ISA.by_name[pick.choice(_PLAIN)]
            self.writer.put(op.name, *(pick.choice(FREE) if o.name in "abd" else self._immediate(op.layout)
                                       for o in op.operands))  # fmt: skip

    def _immediate(self, layout: str) -> int:
        pick = self.random
        if layout == "RX":
            return pick.choice(EDGES)
        return pick.choice(SMALL) if pick.random() < 0.7 else pick.randint(-(1 << 31), (1 << 31) - 1)

    def _access(self) -> None:
        pick, op = self.random, ISA.by_name[self.random.choice(_ACCESSES)]
        base = STRAY if self.wild and pick.random() < 0.05 else BASE
        values = []
        for operand in op.operands:
            if operand.name in op.selects:
                values.append(base)
            elif operand.name == "x":
                far = pick.randrange(0x1000 - 8) if base == BASE else pick.randrange(16)
                values.append(far if op.selects else DATA + far)
            else:
                values.append(pick.choice(FREE) if operand.name == "a" else pick.choice(SMALL))
        self.writer.put(op.name, *values)

    def _odd(self) -> None:
        """Something that ends a run, or leads astray."""
        pick, writer = self.random, self.writer
        match pick.choice(("trap", "ecalli", "sbrk", "jump", "table", "ind")):
            case "trap":
                writer.put("trap")
            case "ecalli":
                writer.put("ecalli", pick.choice((0, 100, -1)))
            case "sbrk":
                writer.put("sbrk", pick.choice(FREE), pick.choice(FREE))
            case "jump":
                astray = self._name("astray")
                writer.put("branch_ne_imm", pick.choice(FREE), 5, pick.choice([*writer.labels, astray]))
                writer.put("move_reg", 2, 3)
                writer.label(astray)
            case "table":
                writer.put("jump_ind", pick.choice(FREE), pick.choice(SMALL))
            case "ind":
                writer.put("load_imm_jump_ind", pick.choice(FREE), pick.choice(FREE), 4, 2)


_ODD_GROUPS = frozenset({"control", "host", "branch", "load", "store", "heap"})
_PLAIN = tuple(op.name for op in ISA if op.group not in _ODD_GROUPS)
_ACCESSES = tuple(op.name for op in ISA if op.group in ("load", "store"))


def run_on(machine: PvmMachine) -> PvmMachine:
    """Run a machine to its end, a host call answered with nothing."""
    for _ in range(1000):
        machine.run()
        if machine.status is not Status.HOST:
            break
        machine.set(Place("a0"), 7)
        machine.go_to(machine.instruction_at(machine.pc).next)
    return machine
