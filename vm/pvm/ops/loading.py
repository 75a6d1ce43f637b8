"""Loads (PVM reference, sections 8 and 10). One from two pages is too long for what reads a number out of one."""

from __future__ import annotations

from struct import Struct
from struct import error as TooLong

from vm.pvm.isa import ISA
from vm.pvm.memory import Pages
from vm.pvm.numbers import ONES32, ONES64
from vm.pvm.state import State

unsigned16 = Struct("<H").unpack_from
unsigned32 = Struct("<I").unpack_from
unsigned64 = Struct("<Q").unpack_from
signed16 = Struct("<h").unpack_from
signed32 = Struct("<i").unpack_from


@ISA.implements("load_u8")
def load_octet(r: list[int], pages: Pages, a: int, x: int) -> None:
    at = x & ONES32
    r[a] = pages[at >> 12][at & 4095]


@ISA.implements("load_i8")
def load_signed_octet(r: list[int], pages: Pages, a: int, x: int) -> None:
    at = x & ONES32
    r[a] = (pages[at >> 12][at & 4095] ^ 0x80) - 0x80 & ONES64


@ISA.implements("load_u16")
def load_16_bits(m: State, r: list[int], pages: Pages, a: int, x: int) -> None:
    at = x & ONES32
    try:
        (r[a],) = unsigned16(pages[at >> 12], at & 4095)
    except TooLong:
        r[a] = m.memory.load(at, 2)


@ISA.implements("load_i16")
def load_signed_16_bits(m: State, r: list[int], pages: Pages, a: int, x: int) -> None:
    at = x & ONES32
    try:
        r[a] = signed16(pages[at >> 12], at & 4095)[0] & ONES64
    except TooLong:
        r[a] = (m.memory.load(at, 2) ^ 0x8000) - 0x8000 & ONES64


@ISA.implements("load_u32")
def load_32_bits(m: State, r: list[int], pages: Pages, a: int, x: int) -> None:
    at = x & ONES32
    try:
        (r[a],) = unsigned32(pages[at >> 12], at & 4095)
    except TooLong:
        r[a] = m.memory.load(at, 4)


@ISA.implements("load_i32")
def load_signed_32_bits(m: State, r: list[int], pages: Pages, a: int, x: int) -> None:
    at = x & ONES32
    try:
        r[a] = signed32(pages[at >> 12], at & 4095)[0] & ONES64
    except TooLong:
        r[a] = (m.memory.load(at, 4) ^ 0x80000000) - 0x80000000 & ONES64


@ISA.implements("load_u64")
def load_64_bits(m: State, r: list[int], pages: Pages, a: int, x: int) -> None:
    at = x & ONES32
    try:
        (r[a],) = unsigned64(pages[at >> 12], at & 4095)
    except TooLong:
        r[a] = m.memory.load(at, 8)


@ISA.implements("load_ind_u8")
def load_octet_at(r: list[int], pages: Pages, a: int, b: int, x: int) -> None:
    at = r[b] + x & ONES32
    r[a] = pages[at >> 12][at & 4095]


@ISA.implements("load_ind_i8")
def load_signed_octet_at(r: list[int], pages: Pages, a: int, b: int, x: int) -> None:
    at = r[b] + x & ONES32
    r[a] = (pages[at >> 12][at & 4095] ^ 0x80) - 0x80 & ONES64


@ISA.implements("load_ind_u16")
def load_16_bits_at(m: State, r: list[int], pages: Pages, a: int, b: int, x: int) -> None:
    at = r[b] + x & ONES32
    try:
        (r[a],) = unsigned16(pages[at >> 12], at & 4095)
    except TooLong:
        r[a] = m.memory.load(at, 2)


@ISA.implements("load_ind_i16")
def load_signed_16_bits_at(m: State, r: list[int], pages: Pages, a: int, b: int, x: int) -> None:
    at = r[b] + x & ONES32
    try:
        r[a] = signed16(pages[at >> 12], at & 4095)[0] & ONES64
    except TooLong:
        r[a] = (m.memory.load(at, 2) ^ 0x8000) - 0x8000 & ONES64


@ISA.implements("load_ind_u32")
def load_32_bits_at(m: State, r: list[int], pages: Pages, a: int, b: int, x: int) -> None:
    at = r[b] + x & ONES32
    try:
        (r[a],) = unsigned32(pages[at >> 12], at & 4095)
    except TooLong:
        r[a] = m.memory.load(at, 4)


@ISA.implements("load_ind_i32")
def load_signed_32_bits_at(m: State, r: list[int], pages: Pages, a: int, b: int, x: int) -> None:
    at = r[b] + x & ONES32
    try:
        r[a] = signed32(pages[at >> 12], at & 4095)[0] & ONES64
    except TooLong:
        r[a] = (m.memory.load(at, 4) ^ 0x80000000) - 0x80000000 & ONES64


@ISA.implements("load_ind_u64")
def load_64_bits_at(m: State, r: list[int], pages: Pages, a: int, b: int, x: int) -> None:
    at = r[b] + x & ONES32
    try:
        (r[a],) = unsigned64(pages[at >> 12], at & 4095)
    except TooLong:
        r[a] = m.memory.load(at, 8)
