"""Values, encoding and sizes of XQVM as the reference writes them down: dicts, lists and nothing clever."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

MIN, MAX = -(1 << 63), (1 << 63) - 1
U64_MAX = (1 << 64) - 1
SIZE_MAX = (1 << 32) - 1
DEPTH = 8192

_TABLE = """
00 TARGET | 01 JUMP1 u1 | 02 JUMPI1 u1 | 03 JUMP2 u2 | 04 JUMPI2 u2 | 05 LIDX r
06 LVAL r | 07 NEXT | 08 RANGE | 09 ITER r | 0A LOAD r | 0B STOW r
0C DROP r | 0E INPUT r | 0F OUTPUT r | 10 POP | 11 PUSH1 i1 | 12 PUSH2 i2
13 PUSH3 i3 | 14 PUSH4 i4 | 15 PUSH5 i5 | 16 PUSH6 i6 | 17 PUSH7 i7 | 18 PUSH8 i8
1A SCLR | 1B SWAP | 1C COPY | 20 ADD | 21 SUB | 22 MUL
23 DIV | 24 MOD | 25 SQR | 26 ABS | 27 NEG | 28 MIN
29 MAX | 2A INC | 2B DEC | 2C BITLEN | 30 EQ | 31 LT
32 GT | 33 LTE | 34 GTE | 36 NOT | 37 AND | 38 OR
39 XOR | 3A BAND | 3B BOR | 3C BXOR | 3D BNOT | 3E SHL
3F SHR | 40 BQMX r | 41 SQMX r | 42 XQMX r | 43 BSMX r | 44 SSMX r
45 XSMX r | 4A VEC r | 4B VECI r | 4C VECX r | 50 VECPUSH r | 51 VECGET r
52 VECSET r | 53 VECLEN r | 54 SLACK r r | 5A IDXGRID | 5B IDXTRIU | 60 GETLINE r
61 SETLINE r | 62 ADDLINE r | 63 GETQUAD r | 64 SETQUAD r | 65 ADDQUAD r | 66 RESIZE r
67 ROWFIND r | 68 COLFIND r | 69 ROWSUM r | 6A COLSUM r | 70 ONEHOTR r | 71 ONEHOTC r
72 EXCLUDE r | 73 IMPLIES r | 74 EQUALITY r r r | 75 ATLEAST r r | 76 ATLEASTW r r r | 77 REDUCE r
7F ENERGY r r | F0 NOP | FF HALT
"""
"""Section 2.4: code, mnemonic, operands; r a register, u a target, i an immediate, with their bytes."""


def _rows() -> Iterable[tuple[int, str, tuple[str, ...]]]:
    for row in _TABLE.replace("\n", "|").split("|"):
        if words := row.split():
            yield int(words[0], 16), words[1], tuple(words[2:])


CODES = {name: (code, operands) for code, name, operands in _rows()}
NAMES = {code: (name, operands) for code, name, operands in _rows()}


def length(kind: str) -> int:
    """Bytes of an operand."""
    return 1 if kind == "r" else int(kind[1])


def encode(*instructions: tuple[str | int, ...]) -> bytes:
    """A stream from tuples of mnemonic and operands; `PUSH` is a `PUSH8`."""
    stream = bytearray()
    for name, *values in instructions:
        code, kinds = CODES["PUSH8" if name == "PUSH" else str(name)]
        stream.append(code)
        for kind, value in zip(kinds, values, strict=True):
            stream += int(value).to_bytes(length(kind), "big", signed=kind[0] == "i")
    return bytes(stream)


class Refused(Exception):
    """A fault; its text is the message."""


@dataclass
class Frame:
    """Section 5.4."""

    body: int
    position: int
    end: int
    elements: list[int] | None = None
    offset: int = 0

    @property
    def index(self) -> int:
        return self.offset + self.position

    @property
    def value(self) -> int:
        return self.position if self.elements is None else self.elements[self.position]


@dataclass
class NaiveModel:
    """Section 1.3."""

    domain: str
    k: int | None
    size: int
    rows: int = 0
    cols: int = 0
    linear: dict[int, int] = field(default_factory=dict)
    quadratic: dict[tuple[int, int], int] = field(default_factory=dict)

    def copy(self) -> NaiveModel:
        """A model that shares nothing with this one."""
        return NaiveModel(
            self.domain, self.k, self.size, self.rows, self.cols, dict(self.linear), dict(self.quadratic)
        )  # fmt: skip


@dataclass
class NaiveSample:
    """Section 1.4."""

    domain: str
    k: int | None
    values: list[int]
    rows: int = 0
    cols: int = 0

    @property
    def size(self) -> int:
        return len(self.values)

    def copy(self) -> NaiveSample:
        """A sample that shares nothing with this one."""
        return NaiveSample(self.domain, self.k, list(self.values), self.rows, self.cols)

    def takes(self, value: int) -> bool:
        """Whether the domain has the value."""
        if self.domain == "spin":
            return value in (-1, 1)
        return 0 <= value < (2 if self.domain == "binary" else self.k or 0)

    @property
    def debug(self) -> str:
        """The domain in a fault."""
        return f"Integer({self.k})" if self.domain == "integer" else self.domain.capitalize()


class Nothings:
    """The vec of xqmx, which is always empty."""


NaiveValue = int | list[int] | NaiveModel | NaiveSample | Nothings | None


def kind(value: NaiveValue) -> str:
    """Name in faults, section 1.2."""
    match value:
        case None:
            return "unset"
        case int():
            return "int"
        case list():
            return "vec<int>"
        case Nothings():
            return "vec<xqmx>"
        case NaiveModel():
            return "model"
        case NaiveSample():
            return "sample"


def copied(value: NaiveValue) -> NaiveValue:
    """A value that shares nothing with the one given."""
    if isinstance(value, NaiveModel | NaiveSample):
        return value.copy()
    return list(value) if isinstance(value, list) else value


def copy_steps(value: NaiveValue) -> int:
    """Section 7.3, copy(v)."""
    match value:
        case list():
            return len(value)
        case NaiveSample():
            return value.size
        case NaiveModel():
            return 13 * (len(value.linear) + len(value.quadratic))
    return 0


def copy_bytes(value: NaiveValue) -> int:
    """Section 8.3, size(v)."""
    match value:
        case int():
            return 8
        case list():
            return 16 * len(value)
        case NaiveSample():
            return 8 * value.size
        case NaiveModel():
            return 8 * value.size + 32 * len(value.linear) + 48 * len(value.quadratic)
    return 0


def pairs(n: int) -> int:
    """Unordered pairs among n."""
    return n * (n - 1) // 2


def bits(x: int) -> int:
    """Section 0.2."""
    count = 0
    while x > 0:
        x //= 2
        count += 1
    return count


def expand_steps(n: int) -> int:
    """Section 7.3, expand(n)."""
    return 13 * (n + pairs(n))


def expand_bytes(n: int) -> int:
    """Section 8.3, exp(n)."""
    return 32 * n + 48 * pairs(n)


UNARY: dict[str, Callable[[int], int]] = {
    "SQR": lambda a: a * a, "ABS": abs, "NEG": lambda a: -a, "INC": lambda a: a + 1, "DEC": lambda a: a - 1,
    "BITLEN": bits, "NOT": lambda a: int(a == 0), "BNOT": lambda a: -a - 1,
}  # fmt: skip
BINARY: dict[str, Callable[[int, int], int]] = {
    "ADD": lambda a, b: a + b, "SUB": lambda a, b: a - b, "MUL": lambda a, b: a * b, "DIV": lambda a, b: a // b,
    "MOD": lambda a, b: a - b * (a // b), "MIN": min, "MAX": max, "EQ": lambda a, b: int(a == b),
    "LT": lambda a, b: int(a < b), "GT": lambda a, b: int(a > b), "LTE": lambda a, b: int(a <= b),
    "GTE": lambda a, b: int(a >= b), "AND": lambda a, b: int(a != 0 and b != 0),
    "OR": lambda a, b: int(a != 0 or b != 0), "XOR": lambda a, b: int((a != 0) != (b != 0)),
    "BAND": lambda a, b: a & b, "BOR": lambda a, b: a | b, "BXOR": lambda a, b: a ^ b,
    "SHL": lambda a, b: a * 2**b, "SHR": lambda a, b: a // 2**b,
}  # fmt: skip
