"""Memory against a plain model of it, and what checkpoints share."""

from __future__ import annotations

import random
from collections.abc import Callable
from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vm.faults import Fault
from vm.pvm.memory import NONE, PAGE, PAGES, READABLE, SPACE, WRITABLE, Memory

FIRST = 0x20
"""The page that the tests begin at."""


def mapped(*rights: int) -> Memory:
    """Pages with these rights, one behind the other."""
    memory = Memory()
    for at, right in enumerate(rights):
        memory.protect(FIRST + at, FIRST + at + 1, right)
    return memory


class Model:
    """Octets and rights in dictionaries."""

    def __init__(self) -> None:
        self.octets: dict[int, int] = {}
        self.rights: dict[int, int] = {}

    def refused(self, at: int, size: int, least: int) -> int | None:
        """The page of the first octet that may not be touched so."""
        for n in range(size):
            page = (at + n) % SPACE // PAGE
            if self.rights.get(page, NONE) < least:
                return page * PAGE
        return None

    def load(self, at: int, size: int) -> int:
        return sum(self.octets.get((at + n) % SPACE, 0) << 8 * n for n in range(size))

    def store(self, at: int, size: int, value: int) -> None:
        for n in range(size):
            self.octets[(at + n) % SPACE] = value >> 8 * n & 255

    def protect(self, first: int, end: int, rights: int) -> None:
        for page in range(first, end):
            self.rights[page] = rights
            if rights == NONE:
                for at in [at for at in self.octets if at // PAGE == page]:
                    del self.octets[at]


@given(st.integers(0, 1 << 40))
@settings(max_examples=150, deadline=None)
def test_memory_is_like_a_plain_model(seed: int) -> None:
    chance, memory, model, kept = random.Random(seed), Memory(), Model(), []
    for _ in range(120):
        page = chance.choice((FIRST, FIRST + 1, FIRST + 2, PAGES - 1))
        at, size = page * PAGE + chance.choice((0, 1, 7, 4088, 4089, 4092, 4095)), chance.choice((1, 2, 4, 8))
        match chance.choice(("load", "load", "store", "store", "protect", "share")):
            case "protect":
                end, rights = min(PAGES, page + chance.randint(1, 3)), chance.randint(0, 2)
                memory.protect(page, end, rights)
                model.protect(page, end, rights)
            case "share":
                kept.append((memory.share(), memory_hash(memory)))
            case "load":
                refused = model.refused(at, size, READABLE)
                if refused is None:
                    assert memory.load(at, size) == model.load(at, size)
                    assert memory.peek(at, size) == model.load(at, size).to_bytes(size, "little")
                else:
                    check_refused(partial(memory.load, at, size), refused)
                    assert memory.peek(at, size) is None
            case "store":
                value, refused = chance.getrandbits(64), model.refused(at, size, WRITABLE)
                if refused is None:
                    memory.store(at, size, value)
                    model.store(at, size, value)
                else:
                    before = memory_hash(memory)
                    check_refused(partial(memory.store, at, size, value), refused)
                    assert memory_hash(memory) == before
    for snapshot, expected in kept:
        memory.restore(snapshot)
        assert memory_hash(memory) == expected


def memory_hash(memory: Memory) -> object:
    return memory.areas, [(number, bytes(page)) for number, page in memory.stored()]


def check_refused(access: Callable[[], object], page: int) -> None:
    with pytest.raises(Fault) as caught:
        access()
    expected = "Panic" if page < 0x10000 else "PageFault"
    assert (caught.value.identity, caught.value.operands["address"]) == (expected, page)


def test_areas_are_as_few_as_can_be() -> None:
    memory = mapped(WRITABLE, READABLE, READABLE, WRITABLE)
    seen = [memory.areas]
    for first, end, rights in ((33, 35, WRITABLE), (33, 34, NONE), (0x20, 0x20, READABLE)):
        memory.protect(first, end, rights)
        seen.append(memory.areas)
    assert seen == [((32, 33, 2), (33, 35, 1), (35, 36, 2)), ((32, 36, 2),), *[((32, 33, 2), (34, 36, 2))] * 2]


def test_a_great_memory_takes_what_is_touched() -> None:
    memory = Memory()
    memory.protect(16, PAGES, WRITABLE)
    for at in range(16, 20):
        assert memory.pages[at] == bytes(PAGE)
    assert memory.held == 0
    memory.store(0x1000_0000, 8, 5)
    assert (memory.held, memory.load(0x1000_0000, 8)) == (1, 5)


def test_pages_stay_shared_until_they_are_written() -> None:
    memory = mapped(WRITABLE, WRITABLE)
    memory.store(0x20000, 1, 1)
    memory.store(0x21000, 1, 2)
    first = memory.share()
    memory.store(0x20000, 1, 9)
    second = memory.share()
    assert first.pages[0x21] is second.pages[0x21] and first.pages[0x20] is not second.pages[0x20]
    memory.restore(first)
    assert memory.load(0x20000, 1) == 1
    memory.restore(second)
    assert memory.load(0x20000, 1) == 9


def test_what_is_no_longer_writable_is_not_written_through_an_old_page() -> None:
    memory = mapped(WRITABLE)
    memory.store(0x20000, 1, 1)
    memory.protect(0x20, 0x21, READABLE)
    check_refused(lambda: memory.store(0x20000, 1, 2), 0x20000)
    memory.protect(0x20, 0x21, NONE)
    memory.protect(0x20, 0x21, WRITABLE)
    assert memory.load(0x20000, 1) == 0 and memory.held == 0


def test_a_debugger_writes_where_the_program_may_not() -> None:
    memory = mapped(READABLE, WRITABLE)
    before = memory.share()
    assert memory.poke(0x20FFF, b"\1\2") and memory.load(0x20FFF, 2) == 0x0201
    check_refused(lambda: memory.store(0x20FFF, 1, 2), 0x20000)
    assert not memory.poke(0x21FFF, b"\1\2") and memory.load(0x21FFF, 1) == 0
    memory.restore(before)
    assert memory.load(0x20FFF, 2) == 0


def test_a_limit_is_on_pages_that_are_written() -> None:
    memory = Memory(limit=2 * PAGE)
    memory.protect(0x20, 0x30, WRITABLE)
    memory.store(0x20000, 1, 1)
    memory.store(0x21000, 1, 1)
    with pytest.raises(Fault) as caught:
        memory.store(0x22000, 1, 1)
    assert caught.value.identity == "MemoryLimit"
    memory.share()
    memory.store(0x20000, 1, 2)
    assert memory.load(0x22000, 1) == 0


def test_the_heap_grows_until_something_is_in_the_way() -> None:
    memory = mapped(WRITABLE)
    memory.heap = 0x21000
    memory.protect(0x50, 0x51, WRITABLE)
    assert memory.grow(0) == 0x21000 and memory.areas == ((0x20, 0x21, 2), (0x50, 0x51, 2))
    assert memory.grow(1) == 0x21001 and memory.rights(0x21) == WRITABLE and memory.rights(0x22) == NONE
    assert memory.grow(0x50000) == 0 and memory.heap == 0x21001
    assert memory.grow(0x50000 - 0x21001) == 0x50000
    assert memory.grow(1 << 64) == 0


def test_a_heap_from_nothing_never_maps_the_first_pages() -> None:
    memory = Memory()
    assert memory.grow(0x10001) == 0x10001
    assert memory.areas == ((16, 17, 2),)
    assert memory.grow(SPACE - 0x10001) == SPACE and memory.grow(1) == 0
