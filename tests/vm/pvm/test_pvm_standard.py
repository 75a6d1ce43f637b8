"""The memory a standard program begins with."""

from __future__ import annotations

import pytest

from vm.diagnostics import InputError, ProgramError
from vm.pvm import standard
from vm.pvm.program import Program
from vm.pvm.standard import ARGUMENTS_BASE, MOST_ARGUMENTS, STACK_TOP, Segment, Standard

BLOB = bytes((0, 0, 1, 0, 1))


def test_an_empty_one_has_no_memory_at_all() -> None:
    start = Standard().start()
    assert start.segments == ()
    assert start.registers == (0xFFFF0000, 0xFEFE0000, 0, 0, 0, 0, 0, 0xFEFF0000, 0, 0, 0, 0, 0)
    assert start.heap == 0x20000


def test_every_region_is_where_section_5_says() -> None:
    memory = Standard(b"ro", bytes(5000), 3, 10_000)
    assert memory.start(b"args").segments == (
        Segment(0x10000, 4096, False, b"ro"),
        Segment(0x30000, 20_480, True, bytes(5000)),
        Segment(STACK_TOP - 12_288, 12_288, True),
        Segment(ARGUMENTS_BASE, 4096, False, b"args"),
    )
    assert memory.heap == 0x30000 + 20_480
    assert memory.start(b"args").registers[8] == 4


def test_the_read_write_data_begins_a_zone_behind_the_read_only_data() -> None:
    assert Standard(bytes(0x10000)).read_write_base == 0x30000
    assert Standard(bytes(0x10001)).read_write_base == 0x40000
    assert Standard().read_write_base == 0x20000


def test_it_is_written_as_it_is_read() -> None:
    memory = Standard(b"ro", b"rw!", 7, 0x1234, b"made by hand")
    data = memory.pack(BLOB)
    said, start, end = standard.unpack(data, metadata=True)
    assert (said, data[start:end]) == (memory, BLOB)


def test_regions_that_do_not_fit_are_refused() -> None:
    """Stack and heap of 16 MiB and 64 Ki pages at most never fill the space; together with data they can."""
    largest = Standard(bytes((1 << 24) - 1), bytes((1 << 24) - 1), (1 << 16) - 1, (1 << 24) - 1)
    assert largest.zones < 1 << 32
    standard.check_size(largest)
    with pytest.raises(ProgramError, match="of address space"):
        standard.check_size(Standard(heap_pages=1 << 20))


def test_arguments_are_bounded() -> None:
    assert Standard().start(bytes(MOST_ARGUMENTS)).segments[-1].length == MOST_ARGUMENTS
    with pytest.raises(InputError, match="args: 16,777,217 octets are too many"):
        Standard().start(bytes(MOST_ARGUMENTS + 1))


def test_a_bare_blob_takes_no_arguments() -> None:
    program = Program.load(BLOB)
    assert program.start().registers == (0,) * 13 and program.start().segments == ()
    with pytest.raises(InputError, match="args: a bare program blob takes no argument"):
        program.start(b"x")


@pytest.mark.parametrize(
    ("octets", "says"),
    [
        (bytes(10), "the header of a standard program has 11 octets, there are 10"),
        (b"\x05" + bytes(14), "the data is cut off: 5 read-only and 0 read-write octets should be there"),
        (bytes(11) + b"\x05\0\0\0abc", "the program blob should have 5 octets, and 3 are there"),
        (bytes(11) + b"\x01\0\0\0abc", "the program blob should have 1 octets, and 3 are there"),
    ],
)
def test_lengths_must_fit_exactly(octets: bytes, says: str) -> None:
    with pytest.raises(ProgramError) as caught:
        standard.unpack(octets)
    assert caught.value.diagnostics[0].message == f"decode error: {says}"
