"""Moves between registers, immediates into registers, and conditional moves (PVM reference, section 8)."""

from __future__ import annotations

from vm.pvm.isa import ISA


@ISA.implements("load_imm", "load_imm_64")
def load_number(r: list[int], a: int, x: int) -> None:
    r[a] = x


@ISA.implements("move_reg")
def copy(r: list[int], a: int, d: int) -> None:
    r[d] = r[a]


@ISA.implements("cmov_iz_imm")
def load_if_zero(r: list[int], a: int, b: int, x: int) -> None:
    if r[b] == 0:
        r[a] = x


@ISA.implements("cmov_nz_imm")
def load_if_not_zero(r: list[int], a: int, b: int, x: int) -> None:
    if r[b] != 0:
        r[a] = x


@ISA.implements("cmov_iz")
def copy_if_zero(r: list[int], a: int, b: int, d: int) -> None:
    if r[b] == 0:
        r[d] = r[a]


@ISA.implements("cmov_nz")
def copy_if_not_zero(r: list[int], a: int, b: int, d: int) -> None:
    if r[b] != 0:
        r[d] = r[a]
