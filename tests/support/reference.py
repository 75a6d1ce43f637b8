"""An XQVM written a second time, naively, from the text of its reference: what the machine is compared with.

Every handler is the column *Checks in order* of section 9, one statement a check. It shares nothing with `vm`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import NoReturn

from tests.support.reference_models import ModelOps
from tests.support.reference_values import (
    BINARY,
    DEPTH,
    MAX,
    MIN,
    NAMES,
    SIZE_MAX,
    U64_MAX,
    UNARY,
    Frame,
    NaiveModel,
    NaiveSample,
    NaiveValue,
    Nothings,
    Refused,
    bits,
    copied,
    copy_bytes,
    copy_steps,
    kind,
    length,
)


@dataclass
class Naive(ModelOps):
    """The machine state of section 1.1."""

    calldata: list[NaiveValue] = field(default_factory=list)
    outputs: list[NaiveValue] = field(default_factory=list)
    step_limit: int | None = 10_000_000
    memory_limit: int = 1 << 30
    stack: list[int] = field(default_factory=list)
    registers: dict[int, NaiveValue] = field(default_factory=dict)
    loops: list[Frame] = field(default_factory=list)
    steps: int = 0
    dispatched: int = 0
    memory_used: int = 0
    message: str = "ok"
    jump: int | None = None
    skip: bool = False

    # The cycle, section 5

    def run(self, code: bytes) -> Naive:
        """Run a stream to its end or fault."""
        self.code, self.steps, self.dispatched, self.memory_used, self.message = code, 0, 0, 0, "ok"
        self.targets = self._targets()
        try:
            self._cycle()
        except Refused as refused:
            self.message = str(refused)
        return self

    def _targets(self) -> list[int]:
        found, at = [], 0
        try:
            while at < len(self.code):
                name, _, after = self.decode(at)
                found += [at] if name == "TARGET" else []
                at = after
        except Refused:
            pass
        return found

    def _cycle(self) -> None:
        self.pc, halted = 0, False
        while self.pc < len(self.code) and not halted:
            self.pos = self.pc
            self._step()
            self.dispatched += 1
            name, operands, self.pc = self.decode(self.pos)
            self.jump, self.skip = None, False
            handler: Callable[..., None] | None = getattr(self, f"op_{name}", None)
            if handler is not None:
                handler(*operands)
            else:
                self._simple(name, operands)
            self._go_on()
            halted = name == "HALT"

    def _go_on(self) -> None:
        if self.jump is not None:
            if self.jump >= len(self.targets):
                self.fault("InvalidLabel", pos=self.pos, label=self.jump)
            self.pc = self.targets[self.jump]
        if self.skip:
            self._skip()

    def _step(self) -> None:
        if self.step_limit is not None and self.steps + 1 > self.step_limit:
            self.fault("StepLimitExceeded", pos=None, requested=1, used=self.steps, limit=self.step_limit)
        self.steps += 1

    def _skip(self) -> None:
        depth = 1
        while depth:
            if self.pc >= len(self.code):
                self.fault("UnmatchedLoop", pos=self.pos)
            self._step()
            name, _, self.pc = self.decode(self.pc)
            depth += {"RANGE": 1, "ITER": 1, "NEXT": -1}.get(name, 0)

    def decode(self, at: int) -> tuple[str, tuple[int, ...], int]:
        """Mnemonic, operands and the following offset."""
        if self.code[at] not in NAMES:
            self.fault("BadOpcode", pos=at, byte=self.code[at])
        name, kinds = NAMES[self.code[at]]
        values, end = [], at + 1
        for operand in kinds:
            part = self.code[end : end + length(operand)]
            end += length(operand)
            values.append(int.from_bytes(part, "big", signed=operand[0] == "i"))
        if end > len(self.code):
            self.fault("TruncatedInstruction", pos=at)
        return name, tuple(values), end

    # The abbreviations of section 9.1

    def fault(self, identity: str, **fields: object) -> NoReturn:
        """End the run."""
        raise Refused(f"{identity} {{ {', '.join(f'{name}: {value}' for name, value in fields.items())} }}")

    def pop(self) -> int:
        """Pop."""
        if not self.stack:
            self.fault("StackUnderflow", pos=self.pos)
        return self.stack.pop()

    def push(self, value: int) -> None:
        """Push."""
        if len(self.stack) >= DEPTH:
            self.fault("StackOverflow", pos=self.pos)
        self.stack.append(value)

    def require(self, reg: int, expected: str) -> None:
        """Check the kind; `vec` and `model|sample` take two."""
        accepted = {"vec": ("vec<int>", "vec<xqmx>"), "model|sample": ("model", "sample")}.get(expected, (expected,))
        got = kind(self.registers.get(reg))
        if got not in accepted:
            self.fault("RegisterType", reg=reg, expected=f'"{expected}"', got=f'"{got}"')

    def is_set(self, reg: int) -> None:
        """Check that a register is set."""
        if self.registers.get(reg) is None:
            self.fault("UnsetRegister", pos=self.pos, reg=reg)

    def memory(self, n: int) -> None:
        """Charge bytes."""
        if self.memory_used + n > self.memory_limit or n >= U64_MAX:
            requested = min(n, U64_MAX)
            self.fault(
                "MemoryLimitExceeded", pos=self.pos, requested=requested, used=self.memory_used, limit=self.memory_limit
            )
        self.memory_used += n

    def extra(self, n: int) -> None:
        """Charge steps beyond the base step."""
        if n and self.step_limit is not None and self.steps + n > self.step_limit:
            pos = f"Some({self.pos})"
            self.fault("StepLimitExceeded", pos=pos, requested=n, used=self.steps, limit=self.step_limit)
        self.steps += n

    def bounded(self, index: int, n: int) -> None:
        """Check an index."""
        if not 0 <= index < n:
            self.fault("IndexOutOfBounds", pos=self.pos, index=index, len=n)

    def fit(self, value: int) -> int:
        """Check a result."""
        if not MIN <= value <= MAX:
            self.fault("ArithmeticOverflow", pos=f"Some({self.pos})")
        return value

    def vector(self, reg: int) -> list[int]:
        """A vec of int that has been checked to be one."""
        value = self.registers[reg]
        if not isinstance(value, list):
            raise TypeError(value)
        return value

    # Sections 9.2 to 9.10

    def _simple(self, name: str, operands: Sequence[int]) -> None:
        if name.startswith("PUSH"):
            self.push(operands[0])
        elif name in ("VEC", "VECI", "VECX"):
            self.registers[operands[0]] = Nothings() if name == "VECX" else []
        elif name in ("JUMP1", "JUMP2", "JUMPI1", "JUMPI2"):
            if "I" not in name or self.pop():
                self.jump = operands[0]
        elif name in UNARY:
            self.push(self.fit(UNARY[name](self.pop())))
        elif name in BINARY:
            b = self.pop()
            a = self.pop()
            if name in ("DIV", "MOD") and b == 0:
                self.fault("DivisionByZero", pos=self.pos)
            if name in ("SHL", "SHR") and not 0 <= b <= 63:
                self.fault("InvalidShift", pos=self.pos, amount=b)
            self.push(self.fit(BINARY[name](a, b)))
        elif name not in ("TARGET", "NOP", "HALT"):
            raise LookupError(name)

    def _frame(self) -> Frame:
        if not self.loops:
            self.fault("NoActiveLoop", pos=self.pos)
        return self.loops[-1]

    def _open(self, frame: Frame) -> None:
        if len(self.loops) >= DEPTH:
            self.fault("LoopStackOverflow", pos=self.pos)
        self.loops.append(frame)

    def op_LIDX(self, r: int) -> None:
        self.registers[r] = self._frame().index

    def op_LVAL(self, r: int) -> None:
        self.registers[r] = self._frame().value

    def op_NEXT(self) -> None:
        frame = self._frame()
        frame.position += 1
        if frame.position < frame.end:
            self.pc = frame.body
        else:
            self.loops.pop()

    def op_RANGE(self) -> None:
        count = self.pop()
        start = self.pop()
        if count <= 0:
            self.skip = True
            return
        self.fit(start + count)
        self._open(Frame(self.pc, start, start + count))

    def op_ITER(self, r: int) -> None:
        end = self.pop()
        start = self.pop()
        self.is_set(r)
        self.require(r, "vec")
        if start >= end:
            self.skip = True
            return
        value = self.registers[r]
        items = value if isinstance(value, list) else []
        for bound in (start, end):
            if not 0 <= bound <= len(items):
                self.fault("IndexOutOfBounds", pos=self.pos, index=bound, len=len(items))
        self.memory(8 * (end - start))
        self.extra(end - start)
        self._open(Frame(self.pc, 0, end - start, items[start:end], start))

    def op_LOAD(self, r: int) -> None:
        self.is_set(r)
        self.require(r, "int")
        value = self.registers[r]
        self.push(value if isinstance(value, int) else 0)

    def op_STOW(self, r: int) -> None:
        self.registers[r] = self.pop()

    def op_DROP(self, r: int) -> None:
        self.registers[r] = None

    def op_INPUT(self, r: int) -> None:
        slot = self.pop()
        if not 0 <= slot < len(self.calldata):
            self.fault("CallDataIndex", index=slot, len=len(self.calldata))
        self.memory(copy_bytes(self.calldata[slot]))
        self.extra(copy_steps(self.calldata[slot]))
        self.registers[r] = copied(self.calldata[slot])

    def op_OUTPUT(self, r: int) -> None:
        slot = self.pop()
        self.memory(copy_bytes(self.registers.get(r)))
        self.extra(copy_steps(self.registers.get(r)))
        self.is_set(r)
        if not 0 <= slot < len(self.outputs):
            self.fault("OutputIndex", index=slot, len=len(self.outputs))
        self.outputs[slot] = copied(self.registers[r])

    def op_POP(self) -> None:
        self.pop()

    def op_SCLR(self) -> None:
        self.stack.clear()

    def op_SWAP(self) -> None:
        if len(self.stack) < 2:
            self.fault("StackUnderflow", pos=self.pos)
        self.stack[-1], self.stack[-2] = self.stack[-2], self.stack[-1]

    def op_COPY(self) -> None:
        if not self.stack:
            self.fault("StackUnderflow", pos=self.pos)
        self.push(self.stack[-1])

    def _allocate(self, r: int, domain: str, sample: bool) -> None:
        k = self.pop() if domain == "integer" else None
        size = self.pop()
        if k is not None and k < 2:
            self.fault("InvalidIntegerK", pos=self.pos, k=k)
        if size < 0:
            self.fault("InvalidAllocation", pos=self.pos, size=size)
        self.memory(8 * size)
        if size > SIZE_MAX:
            self.fault("InvalidAllocation", pos=self.pos, size=size)
        if not sample:
            self.registers[r] = NaiveModel(domain, k, size)
            return
        self.extra(size)
        self.registers[r] = NaiveSample(domain, k, [-1 if domain == "spin" else 0] * size)

    def op_BQMX(self, r: int) -> None:
        self._allocate(r, "binary", False)

    def op_SQMX(self, r: int) -> None:
        self._allocate(r, "spin", False)

    def op_XQMX(self, r: int) -> None:
        self._allocate(r, "integer", False)

    def op_BSMX(self, r: int) -> None:
        self._allocate(r, "binary", True)

    def op_SSMX(self, r: int) -> None:
        self._allocate(r, "spin", True)

    def op_XSMX(self, r: int) -> None:
        self._allocate(r, "integer", True)

    def op_VECPUSH(self, r: int) -> None:
        value = self.pop()
        self.memory(16)
        self.require(r, "vec<int>")
        self.vector(r).append(value)

    def op_VECGET(self, r: int) -> None:
        i = self.pop()
        self.require(r, "vec<int>")
        self.bounded(i, len(self.vector(r)))
        self.push(self.vector(r)[i])

    def op_VECSET(self, r: int) -> None:
        value = self.pop()
        i = self.pop()
        self.require(r, "vec<int>")
        self.bounded(i, len(self.vector(r)))
        self.vector(r)[i] = value

    def op_VECLEN(self, r: int) -> None:
        self.require(r, "vec")
        value = self.registers[r]
        self.push(len(value) if isinstance(value, list) else 0)

    def op_SLACK(self, a: int, b: int) -> None:
        capacity = self.pop()
        start = self.pop()
        self.is_set(a)
        self.require(a, "vec<int>")
        self.is_set(b)
        self.require(b, "vec<int>")
        if capacity <= 0:
            return
        self.memory(32 * bits(capacity))
        self.extra(2 * bits(capacity))
        for i in range(bits(capacity)):
            self.vector(a).append(self.fit(start + i))
        for i in range(bits(capacity)):
            self.vector(b).append(1 << i)

    def op_IDXGRID(self) -> None:
        cols = self.pop()
        col = self.pop()
        row = self.pop()
        self.push(self.fit(self.fit(row * cols) + col))

    def op_IDXTRIU(self) -> None:
        j = self.pop()
        i = self.pop()
        i, j = min(i, j), max(i, j)
        self.push(self.fit(self.fit(j * self.fit(j - 1)) // 2 + i))
