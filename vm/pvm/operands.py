"""Operands to octets and back, by class of encoding. Section 7.

Values come in the order of the table; immediates are sign-extended to 64 bits, targets are addresses.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

LONGEST_SKIP = 24
"""Octets of operands that an instruction has at most. Section 6."""
LONGEST = 16
"""Octets of an instruction beyond which nothing is read. Section 6."""
_MASK64 = (1 << 64) - 1
_LAST = 12

Decode = Callable[[bytes, int, int], tuple[int, ...]]
"""Takes the code with enough zeros behind it, the address of the instruction, and how many octets follow its opcode."""
Encode = Callable[[Sequence[int], int], bytes]
"""Takes the values and the address of the instruction; gives the octets behind the opcode, as few as can be."""


def _immediate(code: bytes, at: int, length: int) -> int:
    return int.from_bytes(code[at : at + length], "little", signed=True) & _MASK64


def _target(code: bytes, pc: int, at: int, length: int) -> int:
    return pc + int.from_bytes(code[at : at + length], "little", signed=True)


def _rest(length: int) -> int:
    """Octets of a last immediate, of so many that are left."""
    return 0 if length < 0 else min(4, length)


def _low(octet: int) -> int:
    return min(_LAST, octet & 15)


def _high(octet: int) -> int:
    return min(_LAST, octet >> 4)


def _n(_code: bytes, _pc: int, _skip: int) -> tuple[int, ...]:
    return ()


def _i(code: bytes, pc: int, skip: int) -> tuple[int, ...]:
    return (_immediate(code, pc + 1, min(4, skip)),)


def _rx(code: bytes, pc: int, _skip: int) -> tuple[int, ...]:
    return _low(code[pc + 1]), int.from_bytes(code[pc + 2 : pc + 10], "little")


def _ii(code: bytes, pc: int, skip: int) -> tuple[int, ...]:
    first = min(4, code[pc + 1] & 7)
    second = _rest(skip - first - 1)
    return _immediate(code, pc + 2, first), _immediate(code, pc + 2 + first, second)


def _o(code: bytes, pc: int, skip: int) -> tuple[int, ...]:
    return (_target(code, pc, pc + 1, min(4, skip)),)


def _ri(code: bytes, pc: int, skip: int) -> tuple[int, ...]:
    return _low(code[pc + 1]), _immediate(code, pc + 2, _rest(skip - 1))


def _rii(code: bytes, pc: int, skip: int) -> tuple[int, ...]:
    octet = code[pc + 1]
    first = min(4, octet >> 4 & 7)
    second = _rest(skip - first - 1)
    return _low(octet), _immediate(code, pc + 2, first), _immediate(code, pc + 2 + first, second)


def _rio(code: bytes, pc: int, skip: int) -> tuple[int, ...]:
    octet = code[pc + 1]
    first = min(4, octet >> 4 & 7)
    second = _rest(skip - first - 1)
    return _low(octet), _immediate(code, pc + 2, first), _target(code, pc, pc + 2 + first, second)


def _rr(code: bytes, pc: int, _skip: int) -> tuple[int, ...]:
    octet = code[pc + 1]
    return _low(octet), _high(octet)


def _rri(code: bytes, pc: int, skip: int) -> tuple[int, ...]:
    octet = code[pc + 1]
    return _low(octet), _high(octet), _immediate(code, pc + 2, _rest(skip - 1))


def _rro(code: bytes, pc: int, skip: int) -> tuple[int, ...]:
    octet = code[pc + 1]
    return _low(octet), _high(octet), _target(code, pc, pc + 2, _rest(skip - 1))


def _rrii(code: bytes, pc: int, skip: int) -> tuple[int, ...]:
    octet = code[pc + 1]
    first = min(4, code[pc + 2] & 7)
    second = _rest(skip - first - 2)
    return _low(octet), _high(octet), _immediate(code, pc + 3, first), _immediate(code, pc + 3 + first, second)


def _rrr(code: bytes, pc: int, _skip: int) -> tuple[int, ...]:
    octet = code[pc + 1]
    return _low(octet), _high(octet), min(_LAST, code[pc + 2])


DECODERS: Mapping[str, Decode] = MappingProxyType(
    {
        "N": _n, "I": _i, "RX": _rx, "II": _ii, "O": _o, "RI": _ri, "RII": _rii, "RIO": _rio, "RR": _rr, "RRI": _rri,
        "RRO": _rro, "RRII": _rrii, "RRR": _rrr,
    }
)  # fmt: skip
"""By class of encoding."""


def is_immediate(value: int) -> bool:
    """Whether a pattern of 64 bits is the sign extension of one of 32 bits, and so fits into an immediate."""
    return value < 1 << 31 or _MASK64 - (1 << 31) < value <= _MASK64


def shortest(value: int) -> bytes:
    """A signed number in as few octets as sign extension allows; none for 0. OverflowError beyond 32 bits."""
    if not value:
        return b""
    size = ((value if value >= 0 else ~value).bit_length() + 8) // 8
    if size > 4:
        raise OverflowError(f"{value} does not fit into 32 bits")
    return value.to_bytes(size, "little", signed=True)


def _short(pattern: int) -> bytes:
    """An immediate, given as a pattern of 64 bits."""
    return shortest(pattern - (1 << 64) if pattern >= 1 << 63 else pattern)


def _two(first: bytes, second: bytes, low: int = 0) -> bytes:
    """Two immediates behind the length of the first, which shares its octet with a register."""
    return bytes((low | len(first) << 4,)) + first + second


def _encode_ii(values: Sequence[int], _pc: int) -> bytes:
    first = _short(values[0])
    return bytes((len(first),)) + first + _short(values[1])


def _encode_rrii(values: Sequence[int], _pc: int) -> bytes:
    a, b, x, y = values
    first = _short(x)
    return bytes((a | b << 4, len(first))) + first + _short(y)


ENCODERS: Mapping[str, Encode] = MappingProxyType(
    {
        "N": lambda values, pc: b"",
        "I": lambda values, pc: _short(values[0]),
        "RX": lambda values, pc: bytes((values[0],)) + values[1].to_bytes(8, "little"),
        "II": _encode_ii,
        "O": lambda values, pc: shortest(values[0] - pc),
        "RI": lambda values, pc: bytes((values[0],)) + _short(values[1]),
        "RII": lambda values, pc: _two(_short(values[1]), _short(values[2]), values[0]),
        "RIO": lambda values, pc: _two(_short(values[1]), shortest(values[2] - pc), values[0]),
        "RR": lambda values, pc: bytes((values[0] | values[1] << 4,)),
        "RRI": lambda values, pc: bytes((values[0] | values[1] << 4,)) + _short(values[2]),
        "RRO": lambda values, pc: bytes((values[0] | values[1] << 4,)) + shortest(values[2] - pc),
        "RRII": _encode_rrii,
        "RRR": lambda values, pc: bytes((values[0] | values[1] << 4, values[2])),
    }
)
"""By class of encoding; OverflowError where an immediate or a distance has more than 32 bits."""
