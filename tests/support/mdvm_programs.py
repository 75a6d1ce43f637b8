"""Programs of the Machine Dialect VM: those that ship, those of the vectors, and random ones."""

from __future__ import annotations

import base64
import json
import random
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from vm.mdvm.container import Constant, Container, constant
from vm.mdvm.encoding import Raw, encode
from vm.mdvm.inputs import Inputs
from vm.mdvm.isa import EXTENSIONS, ISA
from vm.mdvm.machine import MdvmMachine
from vm.mdvm.program import Program
from vm.mdvm.values import LEAST, MOST, Slot

CONFORMANCE = Path(__file__).parents[2] / "conformance"
FUNCTIONS = 3
_REGISTERS = (0, 1, 2, 3, 4, 5, 6, 7, 63, 64, 65, 255)
_NUMBERS: tuple[Slot, ...] = (
    0, 1, 2, 3, -1, -7, 10, 63, LEAST, MOST, MOST - 1, 0.0, -0.0, 0.5, 2.0, -3.25, 1e16, 1e-7, 1e300, 9007199254740993,
    float("inf"), float("-inf"), float("nan"),
)  # fmt: skip
_TEXTS = ("", "a", "b", "é", 'text "quoted"\n', "0", "😀")
_PLAIN: tuple[Slot, ...] = (*_NUMBERS, *_TEXTS, True, False, None)
_LISTING = ("dict_keys", "dict_values", "print", "concat", "cast")
"""Instructions that tell the order of a dict."""
_SMALL = (0, 1, 2, 3, 5)


@cache
def cases() -> tuple[dict[str, Any], ...]:
    """The vectors in the published layout."""
    lines = (
        line
        for path in sorted((CONFORMANCE / "mdvm" / "runs").glob("*.jsonl"))
        for line in path.read_text(encoding="utf-8").splitlines()
    )
    return tuple(case for case in map(json.loads, lines) if "mdbc" in case)


def vectors() -> Iterator[tuple[str, bytes]]:
    """The files of the vectors, those that cannot be loaded included, by name."""
    return ((case["name"], base64.b64decode(case["mdbc"])) for case in cases())


@cache
def examples() -> Mapping[str, tuple[str, bytes]]:
    """Source and bytes of the programs that ship as text, by name."""
    from vm.mdvm.assembler import assemble

    found = {}
    for path in sorted((CONFORMANCE / "programs" / "mdvm").glob("*/program.mdasm")):
        text = path.read_text(encoding="utf-8")
        found[path.parent.name] = (text, assemble(text).container())
    return found


class RandomProgram:
    """A program of random instructions that fit what registers are likely to hold, jumps and calls included."""

    def __init__(self, seed: int, *, extended: bool = False) -> None:
        self._chance = chance = random.Random(seed)
        self._ordered = chance.random() < 0.5
        """Whether dicts have one key, so that their order shows nothing."""
        self._length = chance.choice((5, 20, 60))
        keys = ("k",) if self._ordered else ("k", "l", "")
        names = tuple(f"f{number}" for number in range(FUNCTIONS))
        self._groups: dict[str, list[int]] = {}
        self._constants: list[Constant] = []
        groups: dict[str, tuple[Slot, ...]] = {
            "plain": _PLAIN, "small": _SMALL, "key": keys, "name": names, "global": ("g", "h"),
        }  # fmt: skip
        for group, values in groups.items():
            self._groups[group] = list(range(len(self._constants), len(self._constants) + len(values)))
            self._constants += map(constant, values)
        self._names = [op.name for op in ISA if self._usable(op.name, extended)]

    def _usable(self, name: str, extended: bool) -> bool:
        if ISA.by_name[name].code in EXTENSIONS:
            return extended
        return name not in ("halt", "new_array") and (self._ordered or name not in _LISTING)

    def container(self) -> Container:
        """The file."""
        code = self._prologue()
        while len(code) < self._length:
            code += self._piece(len(code))
        entries = tuple((f"f{n}", self._chance.randrange(self._length)) for n in range(FUNCTIONS))
        return Container("random", constants=tuple(self._constants), functions=entries, code=tuple(code))

    def program(self) -> Program:
        """The program, loaded."""
        return Program(self.container())

    def machine(self, instructions: int = 2_000) -> MdvmMachine:
        """A machine with little room, at its start."""
        return MdvmMachine(self.program(), Inputs(instructions, 20_000))

    def _prologue(self) -> list[Raw]:
        code = []
        for register in self._chance.sample(_REGISTERS, 6):
            code.append(self._put("load_const", register, self._constant(self._chance.choice(("plain", "small")))))
        size = self._chance.choice(_REGISTERS)
        code.append(self._put("load_const", size, self._constant("small")))
        code.append(self._put("new_array", self._register(), size))
        code.append(self._put("dict_new", self._register()))
        return code

    def _piece(self, at: int) -> list[Raw]:
        """An instruction, at times behind one that makes what it takes."""
        chance, name = self._chance, self._chance.choice(self._names)
        op = ISA.by_name[name]
        before: list[Raw] = []
        if name == "call":
            f = self._register()
            if chance.random() < 0.9:
                before.append(self._put("load_const", f, self._constant("name")))
            arguments = [self._register() for _ in range(chance.choice((0, 1, 2, 18)))]
            return [*before, self._put(name, self._register(), f, *arguments)]
        if name == "return":
            return [self._put(name, *([self._register()] if chance.random() < 0.8 else []))]
        operands = [self._operand(letter, name, at) for letter in self._layout(name)]
        if op.group in ("array", "dict") and len(operands) == 3 and chance.random() < 0.9:
            index = operands[2] if op.operands[0].access == "w" else operands[1]
            kind = "small" if op.group == "array" else "key"
            before.append(self._put("load_const", index, self._constant(kind)))
        return [*before, self._put(name, *operands)]

    def _layout(self, name: str) -> str:
        varying = {"phi": "RRT", "assert": "RAK"}
        return varying.get(name, ISA.by_name[name].layout)

    def _operand(self, letter: str, name: str, at: int) -> int:
        match letter:
            case "R":
                return self._register()
            case "K":
                return self._constant("global" if "global" in name or name == "assert" else "plain")
            case "J":
                return self._chance.choice((0, 1, 2, 3, 5, -2, -5, -at - 2, self._chance.randrange(-at, self._length)))
            case "A":
                return self._chance.randrange(2)
        return self._chance.choice((0, 1, 2, 3, 4, 5, 6, 7, 9))

    def _register(self) -> int:
        return self._chance.choice(_REGISTERS)

    def _constant(self, group: str) -> int:
        return self._chance.choice(self._groups[group])

    def _put(self, name: str, *operands: int) -> Raw:
        return encode(ISA.by_name[name], operands)


@cache
def shipped() -> Mapping[str, Program]:
    """All programs that ship, texts and files, by name."""
    from vm.mdvm.assembler import assemble

    found = {}
    for path in sorted((CONFORMANCE / "programs" / "mdvm").glob("*/program.md*")):
        if path.suffix == ".mdasm":
            found[path.parent.name] = assemble(path.read_text(encoding="utf-8"))
        elif path.suffix == ".mdbc":
            found[path.parent.name] = Program.load(path.read_bytes())
    return found


def some_machine(seed: int, instructions: int = 2_000) -> MdvmMachine:
    """A machine with a random program, extensions included, or with one that ships, which runs longer."""
    if seed % 4:
        return RandomProgram(seed, extended=seed % 2 == 0).machine(instructions)
    programs = list(shipped().values())
    return MdvmMachine(programs[seed // 4 % len(programs)], Inputs(instructions, 20_000))
