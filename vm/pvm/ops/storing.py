"""Stores (PVM reference, sections 8 and 10). One to two pages is too long for what writes a number into one."""

from __future__ import annotations

from struct import Struct
from struct import error as TooLong

from vm.pvm.isa import ISA
from vm.pvm.memory import OwnPages
from vm.pvm.numbers import ONES32
from vm.pvm.state import State

put16 = Struct("<H").pack_into
put32 = Struct("<I").pack_into
put64 = Struct("<Q").pack_into


@ISA.implements("store_imm_u8")
def put_octet(own: OwnPages, x: int, y: int) -> None:
    at = x & ONES32
    own[at >> 12][at & 4095] = y & 0xFF


@ISA.implements("store_imm_u16")
def put_16_bits(m: State, own: OwnPages, x: int, y: int) -> None:
    at = x & ONES32
    try:
        put16(own[at >> 12], at & 4095, y & 0xFFFF)
    except TooLong:
        m.memory.store(at, 2, y)


@ISA.implements("store_imm_u32")
def put_32_bits(m: State, own: OwnPages, x: int, y: int) -> None:
    at = x & ONES32
    try:
        put32(own[at >> 12], at & 4095, y & 0xFFFFFFFF)
    except TooLong:
        m.memory.store(at, 4, y)


@ISA.implements("store_imm_u64")
def put_64_bits(m: State, own: OwnPages, x: int, y: int) -> None:
    at = x & ONES32
    try:
        put64(own[at >> 12], at & 4095, y)
    except TooLong:
        m.memory.store(at, 8, y)


@ISA.implements("store_u8")
def store_octet(r: list[int], own: OwnPages, a: int, x: int) -> None:
    at = x & ONES32
    own[at >> 12][at & 4095] = r[a] & 0xFF


@ISA.implements("store_u16")
def store_16_bits(m: State, r: list[int], own: OwnPages, a: int, x: int) -> None:
    at = x & ONES32
    try:
        put16(own[at >> 12], at & 4095, r[a] & 0xFFFF)
    except TooLong:
        m.memory.store(at, 2, r[a])


@ISA.implements("store_u32")
def store_32_bits(m: State, r: list[int], own: OwnPages, a: int, x: int) -> None:
    at = x & ONES32
    try:
        put32(own[at >> 12], at & 4095, r[a] & 0xFFFFFFFF)
    except TooLong:
        m.memory.store(at, 4, r[a])


@ISA.implements("store_u64")
def store_64_bits(m: State, r: list[int], own: OwnPages, a: int, x: int) -> None:
    at = x & ONES32
    try:
        put64(own[at >> 12], at & 4095, r[a])
    except TooLong:
        m.memory.store(at, 8, r[a])


@ISA.implements("store_imm_ind_u8")
def put_octet_at(r: list[int], own: OwnPages, a: int, x: int, y: int) -> None:
    at = r[a] + x & ONES32
    own[at >> 12][at & 4095] = y & 0xFF


@ISA.implements("store_imm_ind_u16")
def put_16_bits_at(m: State, r: list[int], own: OwnPages, a: int, x: int, y: int) -> None:
    at = r[a] + x & ONES32
    try:
        put16(own[at >> 12], at & 4095, y & 0xFFFF)
    except TooLong:
        m.memory.store(at, 2, y)


@ISA.implements("store_imm_ind_u32")
def put_32_bits_at(m: State, r: list[int], own: OwnPages, a: int, x: int, y: int) -> None:
    at = r[a] + x & ONES32
    try:
        put32(own[at >> 12], at & 4095, y & 0xFFFFFFFF)
    except TooLong:
        m.memory.store(at, 4, y)


@ISA.implements("store_imm_ind_u64")
def put_64_bits_at(m: State, r: list[int], own: OwnPages, a: int, x: int, y: int) -> None:
    at = r[a] + x & ONES32
    try:
        put64(own[at >> 12], at & 4095, y)
    except TooLong:
        m.memory.store(at, 8, y)


@ISA.implements("store_ind_u8")
def store_octet_at(r: list[int], own: OwnPages, a: int, b: int, x: int) -> None:
    at = r[b] + x & ONES32
    own[at >> 12][at & 4095] = r[a] & 0xFF


@ISA.implements("store_ind_u16")
def store_16_bits_at(m: State, r: list[int], own: OwnPages, a: int, b: int, x: int) -> None:
    at = r[b] + x & ONES32
    try:
        put16(own[at >> 12], at & 4095, r[a] & 0xFFFF)
    except TooLong:
        m.memory.store(at, 2, r[a])


@ISA.implements("store_ind_u32")
def store_32_bits_at(m: State, r: list[int], own: OwnPages, a: int, b: int, x: int) -> None:
    at = r[b] + x & ONES32
    try:
        put32(own[at >> 12], at & 4095, r[a] & 0xFFFFFFFF)
    except TooLong:
        m.memory.store(at, 4, r[a])


@ISA.implements("store_ind_u64")
def store_64_bits_at(m: State, r: list[int], own: OwnPages, a: int, b: int, x: int) -> None:
    at = r[b] + x & ONES32
    try:
        put64(own[at >> 12], at & 4095, r[a])
    except TooLong:
        m.memory.store(at, 8, r[a])
