"""Dicts (reference, section 6.7). Keys keep the order in which they came."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vm.mdvm.isa import ISA
from vm.mdvm.ops.made import Working, bounded, dict_of, key_of
from vm.mdvm.values import Array, Dict

if TYPE_CHECKING:
    from vm.mdvm.state import State


@ISA.implements("dict_new")
def dict_new(m: State, d: int) -> Working:
    r, empty = m.regs, Dict()

    def step() -> None:
        r[d] = empty

    return step


@ISA.implements("dict_get")
def dict_get(m: State, d: int, a: int, b: int) -> Working:
    r = m.regs

    def step() -> None:
        held = dict_of(r[a])
        r[d] = held.value(key_of(r[b]))

    return step


@ISA.implements("dict_set")
def dict_set(m: State, a: int, b: int, c: int) -> Working:
    r = m.regs

    def step() -> None:
        held = dict_of(r[a])
        r[a] = bounded(held.put(key_of(r[b]), r[c]), m.memory_limit)

    return step


@ISA.implements("dict_remove")
def dict_remove(m: State, a: int, b: int) -> Working:
    r = m.regs

    def step() -> None:
        held = dict_of(r[a])
        r[a] = held.without(key_of(r[b]))

    return step


@ISA.implements("dict_contains")
def dict_contains(m: State, d: int, a: int, b: int) -> Working:
    r = m.regs

    def step() -> None:
        held = dict_of(r[a])
        r[d] = key_of(r[b]) in held

    return step


@ISA.implements("dict_keys")
def dict_keys(m: State, d: int, a: int) -> Working:
    r = m.regs

    def step() -> None:
        r[d] = Array(key for key, _ in dict_of(r[a]).pairs())

    return step


@ISA.implements("dict_values")
def dict_values(m: State, d: int, a: int) -> Working:
    r = m.regs

    def step() -> None:
        r[d] = Array(value for _, value in dict_of(r[a]).pairs())

    return step


@ISA.implements("dict_clear")
def dict_clear(m: State, a: int) -> Working:
    r, empty = m.regs, Dict()

    def step() -> None:
        dict_of(r[a])
        r[a] = empty

    return step


@ISA.implements("dict_len")
def dict_length(m: State, d: int, a: int) -> Working:
    r = m.regs

    def step() -> None:
        r[d] = len(dict_of(r[a]))

    return step
