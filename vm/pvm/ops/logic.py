"""Logic, shifts and comparisons of two registers (PVM reference, section 8)."""

from __future__ import annotations

from vm.pvm.isa import ISA
from vm.pvm.numbers import ONES32, ONES64, SIGN64, signed32, signed64, wide


@ISA.implements("and")
def conjunction(r: list[int], a: int, b: int, d: int) -> None:
    r[d] = r[a] & r[b]


@ISA.implements("or")
def disjunction(r: list[int], a: int, b: int, d: int) -> None:
    r[d] = r[a] | r[b]


@ISA.implements("xor")
def difference(r: list[int], a: int, b: int, d: int) -> None:
    r[d] = r[a] ^ r[b]


@ISA.implements("and_inv")
def conjunction_inverted(r: list[int], a: int, b: int, d: int) -> None:
    r[d] = r[a] & ~r[b]


@ISA.implements("or_inv")
def disjunction_inverted(r: list[int], a: int, b: int, d: int) -> None:
    r[d] = r[a] | r[b] ^ ONES64


@ISA.implements("xnor")
def agreement(r: list[int], a: int, b: int, d: int) -> None:
    r[d] = r[a] ^ r[b] ^ ONES64


@ISA.implements("shlo_l_64")
def shift_left(r: list[int], a: int, b: int, d: int) -> None:
    r[d] = r[a] << (r[b] & 63) & ONES64


@ISA.implements("shlo_r_64")
def shift_right(r: list[int], a: int, b: int, d: int) -> None:
    r[d] = r[a] >> (r[b] & 63)


@ISA.implements("shar_r_64")
def shift_right_signed(r: list[int], a: int, b: int, d: int) -> None:
    r[d] = signed64(r[a]) >> (r[b] & 63) & ONES64


@ISA.implements("shlo_l_32")
def shift_left_32(r: list[int], a: int, b: int, d: int) -> None:
    r[d] = wide(r[a] << (r[b] & 31))


@ISA.implements("shlo_r_32")
def shift_right_32(r: list[int], a: int, b: int, d: int) -> None:
    r[d] = wide((r[a] & ONES32) >> (r[b] & 31))


@ISA.implements("shar_r_32")
def shift_right_signed_32(r: list[int], a: int, b: int, d: int) -> None:
    r[d] = signed32(r[a]) >> (r[b] & 31) & ONES64


@ISA.implements("rot_l_64")
def rotate_left(r: list[int], a: int, b: int, d: int) -> None:
    value, by = r[a], r[b] & 63
    r[d] = (value << by | value >> 64 - by) & ONES64


@ISA.implements("rot_r_64")
def rotate_right(r: list[int], a: int, b: int, d: int) -> None:
    value, by = r[a], r[b] & 63
    r[d] = (value >> by | value << 64 - by) & ONES64


@ISA.implements("rot_l_32")
def rotate_left_32(r: list[int], a: int, b: int, d: int) -> None:
    value, by = r[a] & ONES32, r[b] & 31
    r[d] = wide(value << by | value >> 32 - by)


@ISA.implements("rot_r_32")
def rotate_right_32(r: list[int], a: int, b: int, d: int) -> None:
    value, by = r[a] & ONES32, r[b] & 31
    r[d] = wide(value >> by | value << 32 - by)


@ISA.implements("set_lt_u")
def is_less(r: list[int], a: int, b: int, d: int) -> None:
    r[d] = 1 if r[a] < r[b] else 0


@ISA.implements("set_lt_s")
def is_less_signed(r: list[int], a: int, b: int, d: int) -> None:
    r[d] = 1 if r[a] ^ SIGN64 < r[b] ^ SIGN64 else 0


@ISA.implements("max")
def largest_signed(r: list[int], a: int, b: int, d: int) -> None:
    r[d] = r[a] if r[a] ^ SIGN64 > r[b] ^ SIGN64 else r[b]


@ISA.implements("min")
def least_signed(r: list[int], a: int, b: int, d: int) -> None:
    r[d] = r[a] if r[a] ^ SIGN64 < r[b] ^ SIGN64 else r[b]


@ISA.implements("max_u")
def largest(r: list[int], a: int, b: int, d: int) -> None:
    r[d] = r[a] if r[a] > r[b] else r[b]


@ISA.implements("min_u")
def least(r: list[int], a: int, b: int, d: int) -> None:
    r[d] = r[a] if r[a] < r[b] else r[b]
