"""Arithmetic of two registers (PVM reference, section 8). Nothing traps: divisors of zero have results, too."""

from __future__ import annotations

from vm.pvm.isa import ISA
from vm.pvm.numbers import ONES32, ONES64, signed32, signed64, wide


def quotient(dividend: int, divisor: int) -> int:
    """Signed division, rounded towards zero; -1 for a divisor of zero."""
    if divisor == 0:
        return -1
    return dividend // divisor if (dividend < 0) == (divisor < 0) else -(-dividend // divisor)


def remainder(dividend: int, divisor: int) -> int:
    """What signed division leaves, with the sign of the dividend; all of it for a divisor of zero."""
    if divisor == 0:
        return dividend
    return dividend % abs(divisor) if dividend >= 0 else -(-dividend % abs(divisor))


@ISA.implements("add_64")
def add(r: list[int], a: int, b: int, d: int) -> None:
    r[d] = r[a] + r[b] & ONES64


@ISA.implements("sub_64")
def subtract(r: list[int], a: int, b: int, d: int) -> None:
    r[d] = r[a] - r[b] & ONES64


@ISA.implements("mul_64")
def multiply(r: list[int], a: int, b: int, d: int) -> None:
    r[d] = r[a] * r[b] & ONES64


@ISA.implements("div_u_64")
def divide(r: list[int], a: int, b: int, d: int) -> None:
    r[d] = r[a] // r[b] if r[b] else ONES64


@ISA.implements("div_s_64")
def divide_signed(r: list[int], a: int, b: int, d: int) -> None:
    r[d] = quotient(signed64(r[a]), signed64(r[b])) & ONES64


@ISA.implements("rem_u_64")
def remain(r: list[int], a: int, b: int, d: int) -> None:
    r[d] = r[a] % r[b] if r[b] else r[a]


@ISA.implements("rem_s_64")
def remain_signed(r: list[int], a: int, b: int, d: int) -> None:
    r[d] = remainder(signed64(r[a]), signed64(r[b])) & ONES64


@ISA.implements("add_32")
def add_32(r: list[int], a: int, b: int, d: int) -> None:
    r[d] = wide(r[a] + r[b])


@ISA.implements("sub_32")
def subtract_32(r: list[int], a: int, b: int, d: int) -> None:
    r[d] = wide(r[a] - r[b])


@ISA.implements("mul_32")
def multiply_32(r: list[int], a: int, b: int, d: int) -> None:
    r[d] = wide(r[a] * r[b])


@ISA.implements("div_u_32")
def divide_32(r: list[int], a: int, b: int, d: int) -> None:
    by = r[b] & ONES32
    r[d] = wide((r[a] & ONES32) // by) if by else ONES64


@ISA.implements("div_s_32")
def divide_signed_32(r: list[int], a: int, b: int, d: int) -> None:
    r[d] = wide(quotient(signed32(r[a]), signed32(r[b])))


@ISA.implements("rem_u_32")
def remain_32(r: list[int], a: int, b: int, d: int) -> None:
    by = r[b] & ONES32
    r[d] = wide((r[a] & ONES32) % by) if by else wide(r[a])


@ISA.implements("rem_s_32")
def remain_signed_32(r: list[int], a: int, b: int, d: int) -> None:
    r[d] = remainder(signed32(r[a]), signed32(r[b])) & ONES64


@ISA.implements("mul_upper_s_s")
def upper_product_signed(r: list[int], a: int, b: int, d: int) -> None:
    r[d] = signed64(r[a]) * signed64(r[b]) >> 64 & ONES64


@ISA.implements("mul_upper_u_u")
def upper_product(r: list[int], a: int, b: int, d: int) -> None:
    r[d] = r[a] * r[b] >> 64


@ISA.implements("mul_upper_s_u")
def upper_product_mixed(r: list[int], a: int, b: int, d: int) -> None:
    r[d] = signed64(r[a]) * r[b] >> 64 & ONES64
