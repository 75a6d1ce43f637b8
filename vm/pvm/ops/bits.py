"""Instructions on the bits of one register (PVM reference, section 8)."""

from __future__ import annotations

from vm.pvm.isa import ISA
from vm.pvm.numbers import ONES32, ONES64


@ISA.implements("count_set_bits_64")
def count_ones(r: list[int], a: int, d: int) -> None:
    r[d] = r[a].bit_count()


@ISA.implements("count_set_bits_32")
def count_ones_32(r: list[int], a: int, d: int) -> None:
    r[d] = (r[a] & ONES32).bit_count()


@ISA.implements("leading_zero_bits_64")
def leading_zeros(r: list[int], a: int, d: int) -> None:
    r[d] = 64 - r[a].bit_length()


@ISA.implements("leading_zero_bits_32")
def leading_zeros_32(r: list[int], a: int, d: int) -> None:
    r[d] = 32 - (r[a] & ONES32).bit_length()


@ISA.implements("trailing_zero_bits_64")
def trailing_zeros(r: list[int], a: int, d: int) -> None:
    value = r[a] | 1 << 64
    r[d] = (value & -value).bit_length() - 1


@ISA.implements("trailing_zero_bits_32")
def trailing_zeros_32(r: list[int], a: int, d: int) -> None:
    value = r[a] | 1 << 32
    r[d] = (value & -value).bit_length() - 1


@ISA.implements("sign_extend_8")
def extend_octet(r: list[int], a: int, d: int) -> None:
    r[d] = ((r[a] & 0xFF) ^ 0x80) - 0x80 & ONES64


@ISA.implements("sign_extend_16")
def extend_16_bits(r: list[int], a: int, d: int) -> None:
    r[d] = ((r[a] & 0xFFFF) ^ 0x8000) - 0x8000 & ONES64


@ISA.implements("zero_extend_16")
def low_16_bits(r: list[int], a: int, d: int) -> None:
    r[d] = r[a] & 0xFFFF


@ISA.implements("reverse_bytes")
def reverse_octets(r: list[int], a: int, d: int) -> None:
    r[d] = int.from_bytes(r[a].to_bytes(8, "little"), "big")
