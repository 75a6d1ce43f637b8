"""Branches (PVM reference, sections 8 and 9). Numbers with their top bits turned over are in signed order."""

from __future__ import annotations

from vm.pvm.isa import ISA
from vm.pvm.numbers import SIGN64


@ISA.implements("branch_eq_imm")
def branch_if_equal_to(r: list[int], a: int, x: int, y: int) -> int | None:
    return y if r[a] == x else None


@ISA.implements("branch_ne_imm")
def branch_if_unequal_to(r: list[int], a: int, x: int, y: int) -> int | None:
    return y if r[a] != x else None


@ISA.implements("branch_lt_u_imm")
def branch_if_less_to(r: list[int], a: int, x: int, y: int) -> int | None:
    return y if r[a] < x else None


@ISA.implements("branch_le_u_imm")
def branch_if_at_most_to(r: list[int], a: int, x: int, y: int) -> int | None:
    return y if r[a] <= x else None


@ISA.implements("branch_ge_u_imm")
def branch_if_at_least_to(r: list[int], a: int, x: int, y: int) -> int | None:
    return y if r[a] >= x else None


@ISA.implements("branch_gt_u_imm")
def branch_if_greater_to(r: list[int], a: int, x: int, y: int) -> int | None:
    return y if r[a] > x else None


@ISA.implements("branch_lt_s_imm")
def branch_if_less_signed_to(r: list[int], a: int, x: int, y: int) -> int | None:
    return y if r[a] ^ SIGN64 < x ^ SIGN64 else None


@ISA.implements("branch_le_s_imm")
def branch_if_at_most_signed_to(r: list[int], a: int, x: int, y: int) -> int | None:
    return y if r[a] ^ SIGN64 <= x ^ SIGN64 else None


@ISA.implements("branch_ge_s_imm")
def branch_if_at_least_signed_to(r: list[int], a: int, x: int, y: int) -> int | None:
    return y if r[a] ^ SIGN64 >= x ^ SIGN64 else None


@ISA.implements("branch_gt_s_imm")
def branch_if_greater_signed_to(r: list[int], a: int, x: int, y: int) -> int | None:
    return y if r[a] ^ SIGN64 > x ^ SIGN64 else None


@ISA.implements("branch_eq")
def branch_if_equal(r: list[int], a: int, b: int, x: int) -> int | None:
    return x if r[a] == r[b] else None


@ISA.implements("branch_ne")
def branch_if_unequal(r: list[int], a: int, b: int, x: int) -> int | None:
    return x if r[a] != r[b] else None


@ISA.implements("branch_lt_u")
def branch_if_less(r: list[int], a: int, b: int, x: int) -> int | None:
    return x if r[a] < r[b] else None


@ISA.implements("branch_lt_s")
def branch_if_less_signed(r: list[int], a: int, b: int, x: int) -> int | None:
    return x if r[a] ^ SIGN64 < r[b] ^ SIGN64 else None


@ISA.implements("branch_ge_u")
def branch_if_at_least(r: list[int], a: int, b: int, x: int) -> int | None:
    return x if r[a] >= r[b] else None


@ISA.implements("branch_ge_s")
def branch_if_at_least_signed(r: list[int], a: int, b: int, x: int) -> int | None:
    return x if r[a] ^ SIGN64 >= r[b] ^ SIGN64 else None
