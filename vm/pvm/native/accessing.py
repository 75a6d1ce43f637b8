"""Loads and stores: at once where the page is at hand, by a function of the shared memory where it is not."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from vm.isa import Op
from vm.pvm.accesses import Access, access_of
from vm.pvm.memory import PAGE
from vm.pvm.native import layout
from vm.pvm.native.text import GUEST, LIKELY, OWN, UNLIKELY, Text
from vm.pvm.numbers import ONES32

Leave = Callable[[], str]
"""The label of what leaves the code before the instruction; made when it is asked for."""


def is_access(op: Op) -> bool:
    """Whether an instruction loads or stores."""
    return access_of(op) is not None


def access(text: Text, op: Op, operands: Mapping[str, int], leave: Leave) -> None:
    """Write a load or store."""
    found = access_of(op)
    if found is None:
        raise ValueError(f"{op.name} does not access memory")
    at = _address(text, found, operands)
    if found.stores:
        _store(text, found, operands, at, leave)
    else:
        _load(text, found, op, operands, at, leave)


def _address(text: Text, found: Access, operands: Mapping[str, int]) -> str:
    if not found.base:
        return str(operands["x"] & ONES32)
    total = text.let(f"add i64 {text.read(operands[found.base])}, {operands['x']}")
    return text.let(f"and i64 {total}, {ONES32}")


def _fast(text: Text, table: int, at: str, size: int) -> tuple[str, str]:
    """Whether the octets are at hand, and where."""
    number = text.let(f"lshr i64 {at}, 12")
    entry = text.let(f"getelementptr ptr, ptr {text.field(table)}, i64 {number}")
    page = text.let(f"load ptr, ptr {entry}, {OWN}")
    first = text.let(f"and i64 {at}, {PAGE - 1}")
    there = text.let(f"icmp ne ptr {page}, null")
    if size > 1:
        fits = text.let(f"icmp ule i64 {first}, {PAGE - size}")
        there = text.let(f"and i1 {there}, {fits}")
    return there, text.let(f"getelementptr i8, ptr {page}, i64 {first}")


def _load(text: Text, found: Access, op: Op, operands: Mapping[str, int], at: str, leave: Leave) -> None:
    there, near = _fast(text, layout.READS, at, found.size)
    fast, slow, join = (text.fresh(word) for word in ("fast", "slow", "join"))
    text.say(f"br i1 {there}, label %{fast}, label %{slow}, {LIKELY}")
    text.label(slow)
    function = text.fetch("ptr", layout.LOAD)
    far = text.let(f"call preserve_mostcc ptr {function}(ptr %s, i64 {at}, i64 {found.size})")
    refused = text.let(f"icmp eq ptr {far}, null")
    text.say(f"br i1 {refused}, label %{leave()}, label %{join}, {UNLIKELY}")
    text.label(fast)
    text.say(f"br label %{join}")
    text.label(join)
    place = text.let(f"phi ptr [ {near}, %{fast} ], [ {far}, %{slow} ]")
    kind = f"i{8 * found.size}"
    value = text.let(f"load {kind}, ptr {place}, align 1, {GUEST}")
    if found.size < 8:
        word = "sext" if op.name.rstrip("0123456789").endswith("i") else "zext"
        value = text.let(f"{word} {kind} {value} to i64")
    text.write(operands[found.value], value)


def _store(text: Text, found: Access, operands: Mapping[str, int], at: str, leave: Leave) -> None:
    value = str(operands["y"]) if found.value == "y" else text.read(operands[found.value])
    there, near = _fast(text, layout.WRITES, at, found.size)
    fast, slow, join = (text.fresh(word) for word in ("fast", "slow", "join"))
    text.say(f"br i1 {there}, label %{fast}, label %{slow}, {LIKELY}")
    text.label(slow)
    function = text.fetch("ptr", layout.STORE)
    done = text.let(f"call preserve_mostcc i1 {function}(ptr %s, i64 {at}, i64 {found.size}, i64 {value})")
    text.say(f"br i1 {done}, label %{join}, label %{leave()}, {LIKELY}")
    text.label(fast)
    kind = f"i{8 * found.size}"
    low = value
    if found.size < 8:
        low = text.let(f"trunc i64 {value} to {kind}")
    text.say(f"store {kind} {low}, ptr {near}, align 1, {GUEST}")
    text.say(f"br label %{join}")
    text.label(join)
