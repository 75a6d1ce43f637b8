"""Arithmetic, logic, shifts and comparisons with an immediate (PVM reference, section 8)."""

from __future__ import annotations

from vm.pvm.isa import ISA
from vm.pvm.numbers import ONES32, ONES64, SIGN64, signed32, signed64, wide


@ISA.implements("add_imm_64")
def add(r: list[int], a: int, b: int, x: int) -> None:
    r[a] = r[b] + x & ONES64


@ISA.implements("add_imm_32")
def add_32(r: list[int], a: int, b: int, x: int) -> None:
    r[a] = wide(r[b] + x)


@ISA.implements("mul_imm_64")
def multiply(r: list[int], a: int, b: int, x: int) -> None:
    r[a] = r[b] * x & ONES64


@ISA.implements("mul_imm_32")
def multiply_32(r: list[int], a: int, b: int, x: int) -> None:
    r[a] = wide(r[b] * x)


@ISA.implements("neg_add_imm_64")
def subtract_from(r: list[int], a: int, b: int, x: int) -> None:
    r[a] = x - r[b] & ONES64


@ISA.implements("neg_add_imm_32")
def subtract_from_32(r: list[int], a: int, b: int, x: int) -> None:
    r[a] = wide(x - r[b])


@ISA.implements("and_imm")
def conjunction(r: list[int], a: int, b: int, x: int) -> None:
    r[a] = r[b] & x


@ISA.implements("or_imm")
def disjunction(r: list[int], a: int, b: int, x: int) -> None:
    r[a] = r[b] | x


@ISA.implements("xor_imm")
def difference(r: list[int], a: int, b: int, x: int) -> None:
    r[a] = r[b] ^ x


@ISA.implements("set_lt_u_imm")
def is_less(r: list[int], a: int, b: int, x: int) -> None:
    r[a] = 1 if r[b] < x else 0


@ISA.implements("set_lt_s_imm")
def is_less_signed(r: list[int], a: int, b: int, x: int) -> None:
    r[a] = 1 if r[b] ^ SIGN64 < x ^ SIGN64 else 0


@ISA.implements("set_gt_u_imm")
def is_greater(r: list[int], a: int, b: int, x: int) -> None:
    r[a] = 1 if r[b] > x else 0


@ISA.implements("set_gt_s_imm")
def is_greater_signed(r: list[int], a: int, b: int, x: int) -> None:
    r[a] = 1 if r[b] ^ SIGN64 > x ^ SIGN64 else 0


@ISA.implements("shlo_l_imm_64")
def shift_left(r: list[int], a: int, b: int, x: int) -> None:
    r[a] = r[b] << (x & 63) & ONES64


@ISA.implements("shlo_r_imm_64")
def shift_right(r: list[int], a: int, b: int, x: int) -> None:
    r[a] = r[b] >> (x & 63)


@ISA.implements("shar_r_imm_64")
def shift_right_signed(r: list[int], a: int, b: int, x: int) -> None:
    r[a] = signed64(r[b]) >> (x & 63) & ONES64


@ISA.implements("shlo_l_imm_32")
def shift_left_32(r: list[int], a: int, b: int, x: int) -> None:
    r[a] = wide(r[b] << (x & 31))


@ISA.implements("shlo_r_imm_32")
def shift_right_32(r: list[int], a: int, b: int, x: int) -> None:
    r[a] = wide((r[b] & ONES32) >> (x & 31))


@ISA.implements("shar_r_imm_32")
def shift_right_signed_32(r: list[int], a: int, b: int, x: int) -> None:
    r[a] = signed32(r[b]) >> (x & 31) & ONES64


@ISA.implements("rot_r_64_imm")
def rotate_right(r: list[int], a: int, b: int, x: int) -> None:
    value, by = r[b], x & 63
    r[a] = (value >> by | value << 64 - by) & ONES64


@ISA.implements("rot_r_32_imm")
def rotate_right_32(r: list[int], a: int, b: int, x: int) -> None:
    value, by = r[b] & ONES32, x & 31
    r[a] = wide(value >> by | value << 32 - by)


@ISA.implements("shlo_l_imm_alt_64")
def shift_immediate_left(r: list[int], a: int, b: int, x: int) -> None:
    r[a] = x << (r[b] & 63) & ONES64


@ISA.implements("shlo_r_imm_alt_64")
def shift_immediate_right(r: list[int], a: int, b: int, x: int) -> None:
    r[a] = x >> (r[b] & 63)


@ISA.implements("shar_r_imm_alt_64")
def shift_immediate_right_signed(r: list[int], a: int, b: int, x: int) -> None:
    r[a] = signed64(x) >> (r[b] & 63) & ONES64


@ISA.implements("shlo_l_imm_alt_32")
def shift_immediate_left_32(r: list[int], a: int, b: int, x: int) -> None:
    r[a] = wide(x << (r[b] & 31))


@ISA.implements("shlo_r_imm_alt_32")
def shift_immediate_right_32(r: list[int], a: int, b: int, x: int) -> None:
    r[a] = wide((x & ONES32) >> (r[b] & 31))


@ISA.implements("shar_r_imm_alt_32")
def shift_immediate_right_signed_32(r: list[int], a: int, b: int, x: int) -> None:
    r[a] = signed32(x) >> (r[b] & 31) & ONES64


@ISA.implements("rot_r_64_imm_alt")
def rotate_immediate_right(r: list[int], a: int, b: int, x: int) -> None:
    value, by = x, r[b] & 63
    r[a] = (value >> by | value << 64 - by) & ONES64


@ISA.implements("rot_r_32_imm_alt")
def rotate_immediate_right_32(r: list[int], a: int, b: int, x: int) -> None:
    value, by = x & ONES32, r[b] & 31
    r[a] = wide(value >> by | value << 32 - by)
