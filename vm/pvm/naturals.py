"""General naturals: numbers below 2^64 in one to nine octets, the shortest form the only one. Section 3."""

from __future__ import annotations

_MOST = 1 << 64


class NaturalError(ValueError):
    """Octets that are no general natural. The message says why, without the place."""


def encode(value: int) -> bytes:
    """The only encoding of a natural; OverflowError for what is none or has more than 64 bits."""
    if not 0 <= value < _MOST:
        raise OverflowError(f"{value} is not from 0 to 2^64 - 1")
    if value >= 1 << 56:
        return b"\xff" + value.to_bytes(8, "little")
    length = max(0, (value.bit_length() - 1) // 7)
    first = 256 - (1 << (8 - length)) + (value >> 8 * length)
    return bytes((first,)) + (value & ((1 << 8 * length) - 1)).to_bytes(length, "little")


def decode(data: bytes, at: int, *, lenient: bool = False) -> tuple[int, int]:
    """The natural at an offset, and the offset behind it; NaturalError if there is none.

    `lenient` takes longer forms than the shortest.
    """
    if at >= len(data):
        raise NaturalError("a number is missing")
    first = data[at]
    length = 8 - (first ^ 0xFF).bit_length()
    end = at + 1 + length
    if end > len(data):
        raise NaturalError(f"a number of {length + 1} octets is cut off")
    low = int.from_bytes(data[at + 1 : end], "little")
    value = low if length == 8 else ((first - (256 - (1 << (8 - length)))) << 8 * length) + low
    if not lenient and length and value < 1 << 7 * length:
        raise NaturalError(f"{value:,} is written in {length + 1} octets, more than it needs")
    return value, end
