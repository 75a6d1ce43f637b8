"""Random XQVM programs that get somewhere: mostly sensible, now and then not."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from vm.codec import encode
from vm.xqvm.isa import ISA
from vm.xqvm.model import BINARY, SPIN, Domain, Model, Sample

EDGES = (0, 1, -1, 2, 3, 5, 7, 62, 63, 64, 255, -128, 1 << 31, (1 << 62) + 3, (1 << 63) - 1, -(1 << 63), 1 - (1 << 63))
REGISTERS = 7
KINDS = ("int", "vec", "model", "sample")


class Generator:
    """Writes one program. The abstract state it keeps is a guess, never needed to be right."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.wild = self.random.choice((0.0, 0.0, 0.0, 0.02, 0.06))
        """How often something senseless is done on purpose."""
        self.code = bytearray()
        self.jumps: list[tuple[int, int, int]] = []
        self.labels = 0
        self.loops = 0
        self.kinds: dict[int, str] = {}
        self.calldata = [self.value() for _ in range(5 if self.chance(0.9) else self.random.randint(0, 4))]

    # Emitting

    def emit(self, name: str, *operands: int) -> None:
        self.code += encode(ISA.by_name[name], operands)

    def push(self, value: int) -> None:
        size = 1
        while not -(1 << (8 * size - 1)) <= value < 1 << (8 * size - 1):
            size += 1
        if self.random.random() < 0.05:
            size = self.random.randint(size, 8)
        self.emit(f"PUSH{size}", value)

    def number(self) -> int:
        choice = self.random.random()
        if choice < 0.7:
            return self.random.randint(-3, 9)
        return self.random.choice(EDGES) if choice < 0.85 else self.random.randint(-1000, 1000)

    def chance(self, probability: float) -> bool:
        return self.random.random() < probability

    def register(self, kind: str) -> int:
        """A register thought to hold a kind, made now if there is none."""
        if self.chance(self.wild):
            return self.random.randrange(REGISTERS + 1)
        having = [reg for reg, held in self.kinds.items() if held == kind]
        if having and self.chance(0.85):
            return self.random.choice(having)
        return self.make(kind)

    def make(self, kind: str) -> int:
        reg = self.random.randrange(REGISTERS)
        if kind == "int":
            self.push(self.number())
            self.emit("STOW", reg)
        elif kind == "vec":
            self.emit(self.random.choice(("VEC", "VECI")), reg)
            for _ in range(self.random.randint(3, 5) if self.chance(0.9) else 0):
                self.push(self.random.randint(0, 5) if self.chance(0.8) else self.number())
                self.emit("VECPUSH", reg)
        else:
            self.push(self.random.randint(6, 8) if self.chance(0.97) else self.number())
            letter = self.random.choice("BSX")
            if letter == "X":
                self.push(self.random.randint(2, 5) if self.chance(0.97) else self.number())
            self.emit(letter + ("QMX" if kind == "model" else "SMX"), reg)
        self.kinds[reg] = kind
        return reg

    # Statements

    def arithmetic(self) -> None:
        op = self.random.choice(
            [op for op in ISA if op.group in ("arithmetic", "compare", "logic", "bitwise", "index")]
        )
        for name in reversed(op.pops):
            if op.name in ("SHL", "SHR", "DIV", "MOD") and name == "b" and self.chance(0.9):
                self.push(self.random.randint(1, 9))
            else:
                self.operand()
        self.emit(op.name)
        self.sink()

    def operand(self) -> None:
        choice = self.random.random()
        if choice < 0.25:
            self.emit("LOAD", self.register("int"))
        elif choice < 0.35:
            vec = self.register("vec")
            self.push(self.random.randint(0, 2))
            self.emit("VECGET", vec)
        else:
            self.push(self.number())

    def index(self) -> None:
        self.push(self.random.randint(0, 5) if not self.chance(self.wild) else self.number())

    def sink(self) -> None:
        choice = self.random.random()
        if choice < 0.4:
            reg = self.random.randrange(REGISTERS)
            self.emit("STOW", reg)
            self.kinds[reg] = "int"
        elif choice < 0.7:
            self.emit("POP")

    def stack(self) -> None:
        name = self.random.choice(("COPY", "SWAP", "POP", "SCLR", "NOP", "TARGETLESS"))
        if name == "TARGETLESS":
            name = "NOP"
        if name != "SCLR" and not self.chance(self.wild):
            self.push(self.number())
            self.push(self.number())
        self.emit(name)

    def vector(self) -> None:
        vec = self.register("vec")
        name = self.random.choice(("VECPUSH", "VECGET", "VECSET", "VECLEN", "SLACK"))
        if name == "SLACK":
            other = self.register("vec")
            self.operand()
            self.push(self.random.choice((0, 1, 1, 3)) if self.chance(0.9) else self.number())
            self.emit("SLACK", vec, other)
            return
        if name in ("VECGET", "VECSET"):
            self.push(self.random.randint(0, 3))
        if name in ("VECPUSH", "VECSET"):
            self.operand()
        self.emit(name, vec)
        if name in ("VECGET", "VECLEN"):
            self.sink()

    def coefficient(self) -> None:
        op = self.random.choice([op for op in ISA if op.group == "coefficient"])
        either = "LINE" in op.name and self.chance(0.4)
        reg = self.register("sample" if either else "model")
        for name in reversed(op.pops):
            self.index() if name in "ij" else self.small(either)
        self.emit(op.name, reg)
        if op.pushes:
            self.sink()

    def small(self, sample: bool) -> None:
        self.push(self.random.choice((0, 1, -1)) if sample and self.chance(0.9) else self.number())

    def grid(self) -> None:
        reg = self.register(self.random.choice(("model", "sample")))
        if self.chance(0.95):
            self.push(2)
            self.push(3 if self.chance(0.8) else 2)
            self.emit("RESIZE", reg)
        name = self.random.choice(("ROWFIND", "COLFIND", "ROWSUM", "COLSUM"))
        self.push(self.random.randint(0, 1))
        if name.endswith("FIND"):
            self.push(self.random.randint(-1, 2))
        self.emit(name, reg)
        self.sink()

    def constraint(self) -> None:
        name = self.random.choice(
            ("ONEHOTR", "ONEHOTC", "EXCLUDE", "IMPLIES", "EQUALITY", "ATLEAST", "ATLEASTW", "REDUCE", "ENERGY")
        )
        model = self.register("model")
        if name in ("ONEHOTR", "ONEHOTC"):
            if self.chance(0.95):
                self.push(2)
                self.push(self.random.randint(2, 3))
                self.emit("RESIZE", model)
            self.push(self.random.randint(0, 1))
        elif name in ("EXCLUDE", "IMPLIES", "REDUCE"):
            self.index()
            self.index()
        elif name == "ENERGY":
            self.energy(model)
            return
        else:
            self.weighted(name, model)
            return
        self.push(self.number())
        self.emit(name, model)
        if name == "REDUCE":
            self.sink()

    def weighted(self, name: str, model: int) -> None:
        indices = self.register("vec")
        coeffs = indices if self.chance(0.4) else self.register("vec")
        self.push(self.random.randint(0, 4) if self.chance(0.9) else self.number())
        self.push(self.number())
        self.emit(name, *((model, indices) if name == "ATLEAST" else (model, indices, coeffs)))

    def energy(self, model: int) -> None:
        size = self.random.randint(0, 6)
        sample = (model + 1) % REGISTERS
        if self.chance(0.7):
            self.push(size)
            self.emit("BQMX", model)
            self.push(size)
            self.emit("SSMX", sample)
            self.kinds[model], self.kinds[sample] = "model", "sample"
            for _ in range(size):
                self.index()
                self.index()
                self.push(self.number())
                self.emit("ADDQUAD", model)
        self.emit("ENERGY", model, sample)
        self.sink()

    def host(self) -> None:
        reg = self.random.randrange(REGISTERS)
        slot = self.random.randint(0, 4) if not self.chance(self.wild) else self.number()
        if self.chance(0.5):
            self.push(slot)
            self.emit("INPUT", reg)
            self.kinds.pop(reg, None)
            if 0 <= slot < len(self.calldata):
                self.kinds[reg] = self.kind(self.calldata[slot])
        else:
            self.push(slot)
            self.emit("OUTPUT", self.stored())

    @staticmethod
    def kind(value: Any) -> str:
        return {int: "int", list: "vec", Model: "model", Sample: "sample"}.get(type(value), "unset")

    def stored(self) -> int:
        held = [reg for reg, kind in self.kinds.items() if kind in KINDS]
        return self.random.choice(held) if held and not self.chance(self.wild) else self.random.randrange(REGISTERS)

    def misc(self) -> None:
        reg = self.random.randrange(REGISTERS)
        if self.chance(0.3):
            self.emit("DROP", reg)
            self.kinds.pop(reg, None)
        elif self.chance(0.2):
            self.emit("VECX", reg)
            self.kinds[reg] = "vecx"
        elif self.loops and self.chance(0.9):
            self.emit(self.random.choice(("LVAL", "LIDX")), reg)
            self.kinds[reg] = "int"
        else:
            self.emit("NOP")

    # Control

    def loop(self, depth: int) -> None:
        if self.chance(0.6):
            self.push(self.number() if self.chance(0.2) else self.random.randint(-2, 3))
            self.push(self.random.randint(-1, 4))
            self.emit("RANGE")
        else:
            vec = self.register("vec")
            self.push(self.random.randint(0, 1))
            if self.chance(0.6):
                self.emit("VECLEN", vec)
            else:
                self.push(self.random.randint(0, 3))
            self.emit("ITER", vec)
        self.loops += 1
        self.block(depth + 1)
        self.loops -= 1
        if not self.chance(self.wild / 2):
            self.emit("NEXT")

    def branch(self, depth: int) -> None:
        self.operand()
        label = self.labels
        self.labels += 1
        self.jump("JUMPI1" if self.chance(0.8) else "JUMPI2", label)
        self.block(depth + 1)
        self.target(label)

    def repeat(self, depth: int) -> None:
        counter, label = REGISTERS, self.labels
        self.labels += 1
        self.push(self.random.randint(1, 4))
        self.emit("STOW", counter)
        self.target(label)
        self.block(depth + 1)
        self.emit("LOAD", counter)
        self.emit("DEC")
        self.emit("COPY")
        self.emit("STOW", counter)
        self.push(0)
        self.emit("GT")
        self.jump("JUMPI1", label)

    def jump(self, name: str, label: int) -> None:
        self.jumps.append((len(self.code) + 1, label, 1 if name.endswith("1") else 2))
        self.emit(name, 0)

    def target(self, label: int) -> None:
        self.targets.append(label)
        self.emit("TARGET")

    def block(self, depth: int) -> None:
        statements: list[Callable[[], None]] = [
            self.arithmetic, self.arithmetic, self.stack, self.vector, self.vector, self.coefficient,
            self.coefficient, self.grid, self.constraint, self.constraint, self.host, self.misc,
        ]  # fmt: skip
        for _ in range(self.random.randint(1, 6 if depth else 14)):
            choice = self.random.random()
            if depth < 3 and choice < 0.2:
                self.random.choice((self.loop, self.loop, self.branch, self.repeat))(depth)
            elif choice < 0.2 + self.wild / 4:
                self.code += self.random.randbytes(self.random.randint(1, 3))
            else:
                self.random.choice(statements)()

    def program(self) -> bytes:
        """The instruction stream."""
        self.targets: list[int] = []
        self.block(0)
        if self.chance(0.3):
            self.emit("HALT")
        numbers = {label: number for number, label in enumerate(self.targets)}
        for at, label, size in self.jumps:
            number = numbers.get(label, 99) if not self.chance(self.wild / 4) else self.random.randrange(256)
            self.code[at : at + size] = min(number, 255).to_bytes(size, "big")
        return bytes(self.code)

    # Inputs

    def domain(self) -> Domain:
        return self.random.choice((BINARY, SPIN, Domain("integer", self.random.randint(2, 5))))

    def value(self) -> Any:
        """A host value for a calldata slot."""
        kind = self.random.choice(("int", "int", "vec", "vec", "model", "sample", "none"))
        if kind == "int":
            return self.number()
        if kind == "vec":
            return [self.random.randint(0, 5) for _ in range(self.random.choice((0, 3, 4, 5, 6)))]
        if kind == "none":
            return None
        domain, size = self.domain(), self.random.choice((0, 6, 6, 7))
        rows, cols = (2, size // 2) if size and self.chance(0.5) else (0, 0)
        if kind == "sample":
            members = {"binary": (0, 1), "spin": (-1, 1)}.get(domain.name) or range(domain.k or 2)
            return Sample(domain, [self.random.choice(members) for _ in range(size)], rows, cols)
        model = Model(domain, size, rows, cols)
        for _ in range(size):
            model.put_line(self.random.randrange(size), self.number())
            model.put_pair(self.random.randrange(size), self.random.randrange(size), self.number())
        return model

    def inputs(self) -> dict[str, Any]:
        """Calldata, slots and limits."""
        return {
            "calldata": self.calldata,
            "output_slots": 5 if self.chance(0.9) else self.random.randint(0, 4),
            "step_limit": self.random.choice((20_000, 20_000, 20_000, 20_000, self.random.randint(0, 1500))),
            "memory_limit": self.random.choice((1 << 30, 1 << 30, 1 << 30, 1 << 30, self.random.randint(0, 6000))),
        }
