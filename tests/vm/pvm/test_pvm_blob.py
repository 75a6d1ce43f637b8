"""Files with programs: what is taken, what is refused and why, and how code is cut into instructions."""

from __future__ import annotations

import re
from collections.abc import Callable
from time import perf_counter

import pytest

from tests.support.pvm import examples, random_blob, vectors
from vm.diagnostics import ProgramError
from vm.pvm import naturals
from vm.pvm.blob import Blob, bitmask, unpack
from vm.pvm.loading import recognises
from vm.pvm.program import Program

FIB = examples()["fib"][1]
SHORT = bytes((0, 0, 5, 51, 7, 1, 50, 4, 9))


# General naturals


@pytest.mark.parametrize(
    ("value", "octets"),
    [
        (0, "00"), (127, "7f"), (128, "8080"), (300, "812c"), (16383, "bfff"), (16384, "c00040"), (100000, "c1a086"),
        ((1 << 49) - 1, "fdffffffffffff"), (1 << 49, "fe00000000000002"), ((1 << 56) - 1, "feffffffffffffff"),
        (1 << 56, "ff0000000000000001"), ((1 << 64) - 1, "ffffffffffffffffff"),
    ],
)  # fmt: skip
def test_a_natural_has_one_encoding(value: int, octets: str) -> None:
    assert naturals.encode(value).hex() == octets
    assert naturals.decode(b"x" + bytes.fromhex(octets) + b"y", 1) == (value, 1 + len(octets) // 2)


def test_every_length_of_a_natural_round_trips() -> None:
    for bits in range(65):
        for value in {max(0, (1 << bits) - 1), (1 << bits) % (1 << 64), (1 << bits) // 3}:
            assert naturals.decode(naturals.encode(value), 0) == (value, len(naturals.encode(value)))
    for value in (-1, 1 << 64):
        with pytest.raises(OverflowError):
            naturals.encode(value)


@pytest.mark.parametrize("octets", ["8005", "c00000", "ff0000000000000000", "80", "ffff", ""])
def test_what_is_no_shortest_natural_is_refused(octets: str) -> None:
    with pytest.raises(naturals.NaturalError):
        naturals.decode(bytes.fromhex(octets), 0)


def test_a_long_form_is_taken_leniently() -> None:
    assert naturals.decode(bytes.fromhex("8005"), 0, lenient=True) == (5, 2)


# Blobs


def test_the_example_of_section_4() -> None:
    program = Program.load(bytes.fromhex("00 00 04 be 87 09 00 09"))
    assert [line.text for line in program.lines()] == ["i32 a2 = a0 + a1", "trap"]
    assert program.memory is None and program.jump_table == ()


@pytest.mark.parametrize(
    ("octets", "says"),
    [
        (SHORT + b"\0", "1 octet behind the end of the program blob"),
        (SHORT[:-1], "the program blob is cut off: it has 8 octets of 9"),
        (SHORT[:-1] + b"\x89", "padding bits of the bitmask are not zero"),
        (SHORT[:2] + b"\x80" + SHORT[2:], "the header is wrong: 5 is written in 2 octets, more than it needs"),
        (b"\0", "the header is wrong: the size of jump table entries is missing"),
        (b"\0\0", "the header is wrong: a number is missing"),
        (b"\xff\xff", "the header is wrong: a number of 9 octets is cut off"),
        (bytes((255, *bytes(7), 1, 0, 0)), "the jump table claims 72,057,594,037,927,936 entries of no octets"),
        (bytes((255, *bytes(7), 1, 9, 0)), "the program blob is cut off"),
    ],
)
def test_a_blob_that_is_not_the_encoding_of_anything_is_refused(octets: bytes, says: str) -> None:
    with pytest.raises(ProgramError) as caught:
        unpack(octets)
    found = caught.value.diagnostics[0]
    assert found.kind == "DECODE" and found.message.startswith(f"decode error: {says}") and found.hint
    assert not recognises(octets)


@pytest.mark.parametrize(
    "octets", [SHORT + b"\0", SHORT[:-1] + b"\x89", SHORT[:2] + b"\x80" + SHORT[2:]], ids=["longer", "padded", "long"]
)
def test_the_lenient_switch_takes_what_most_engines_take(octets: bytes) -> None:
    assert Program.load(octets, lenient=True).container() == SHORT


def test_every_vector_is_read_and_written_back() -> None:
    refused = []
    for name, octets in vectors():
        try:
            assert Program.load(octets).container() == octets, name
        except ProgramError:
            refused.append(name)
    assert [name for name in refused if not name.startswith(("bad_", "spi_short_header", "spi_truncated"))] == []
    assert len(refused) == 6


def test_the_bitmask_is_packed_from_its_marks() -> None:
    marks = bytes(at % 3 == 0 for at in range(20_001))
    packed = bitmask(marks)
    assert len(packed) == 2_501
    assert bytes(packed[at // 8] >> at % 8 & 1 for at in range(20_001)) == marks
    assert bitmask(b"") == b""


# Files


def spaced(text: str) -> str:
    return re.sub("(..)", "\\1 ", text).upper()


@pytest.mark.parametrize("form", [str, "0x{}\n".format, spaced])
def test_hexadecimal_is_taken_for_what_it_spells(form: Callable[[str], str]) -> None:
    assert Program.load(form(FIB.hex()).encode()).container() == FIB


def test_metadata_in_front_is_kept() -> None:
    program = Program.load(b"\x03abc" + FIB)
    assert program.memory is not None and program.memory.metadata == b"abc"
    assert (program.container(), program.code) == (b"\x03abc" + FIB, Program.load(FIB).code)


def test_every_truncation_of_a_standard_program_is_refused() -> None:
    for length in range(len(FIB)):
        if length == 3:
            assert Program.load(FIB[:length]).code == b""  # three zeros are a blob without code
            continue
        with pytest.raises(ProgramError):
            Program.load(FIB[:length])


def test_what_is_wrong_is_told_of_both_forms() -> None:
    with pytest.raises(ProgramError, match="this is no program") as caught:
        Program.load(b"something else altogether")
    assert "as a standard program, " in caught.value.diagnostics[0].hint
    assert "; as a bare program blob, " in caught.value.diagnostics[0].hint


def test_a_container_of_polkavm_is_told_apart() -> None:
    with pytest.raises(ProgramError, match="a container of PolkaVM, and no program of JAM"):
        Program.load(b"PVM\x00\x00\x01" + bytes(40))


def test_an_error_in_the_blob_of_a_standard_program_is_told_as_such() -> None:
    damaged = FIB[:-1] + b"\xff"
    with pytest.raises(ProgramError, match="padding bits of the bitmask are not zero") as caught:
        Program.load(damaged)
    assert caught.value.diagnostics[0].offset == len(FIB) - 1


@pytest.mark.parametrize("text", [b"PUSH 1\nHALT\n", b"; " + b"0" * 200, b"", b"\n", b"{}", b"00 00 04 be 87 09 00"])
def test_texts_are_not_taken_for_programs(text: bytes) -> None:
    assert not recognises(text)


# Decoding


def program_of(code: str, *starts: int, table: tuple[int, ...] = ()) -> Program:
    octets = bytes.fromhex(code)
    return Program(Blob(octets, bytes(at in starts for at in range(len(octets))), table, 1))


def test_the_skip_ends_at_the_next_mark_at_24_octets_or_at_the_end() -> None:
    program = program_of("33 07 01 32 04" + "00" * 40, 0, 3)
    assert [program.skip(pc) for pc in (0, 1, 3, 43, 44, 45, 1 << 40)] == [2, 1, 24, 1, 0, 0, 0]


def test_an_instruction_is_there_only_where_the_mark_is() -> None:
    program = program_of("33 33 01 63", 0, 3)
    assert program.decode(0).op is not None
    assert [program.decode(pc).op for pc in (1, 3, 4, 1 << 60)] == [None] * 4
    assert [program.decode(pc).size for pc in (0, 1, 3, 4)] == [3, 2, 1, 1]
    assert program.decode(0) is program.decode(0)


ONES = (1 << 64) - 1


@pytest.mark.parametrize(
    ("code", "starts", "operands"),
    [
        ("33 0d 01", (0,), (12, 1)),  # register fields 13 to 15 are r12
        ("c8 ff 17", (0,), (12, 12, 12)),  # the third one is not taken mod 16
        ("c8 87 09 11 22", (0,), (7, 8, 9)),  # octets beyond are skipped
        ("c8 87 01 32 04", (0, 2), (7, 8, 1)),  # the third octet is that of the next instruction
        ("c8 87", (0,), (7, 8, 0)),  # what is missing is zero
        ("33 07 00 80", (0,), (7, ONES - 0x7FFF)),
        ("33 07 00 00 00 80", (0,), (7, ONES - 0x7FFFFFFF)),
        ("33 07 01 00 00 00 ff", (0,), (7, 1)),  # four octets at most
        ("14 f7 11 33 08 05 44 55 66 77 32 04", (0, 3), (7, 0x7766554405083311)),
        ("14 07 11 22", (0,), (7, 0x2211)),
        ("1f 0d 01 02 03 04 05 06", (0,), (0x04030201, 0x0605)),  # 5, 6, 7 octets are 4
        ("1f 08 01 02", (0,), (0, 0x0201)),  # the length is taken mod 8
        ("28 fe", (0,), (-2,)),
        ("28", (0,), (0,)),
        ("51 47 01 02 03 04 fe", (0,), (7, 0x04030201, -2)),
        ("b4 87 02 01 02 03", (0,), (7, 8, 0x0201, 3)),
        ("0a ff", (0,), (ONES,)),
    ],
)
def test_operands(code: str, starts: tuple[int, ...], operands: tuple[int, ...]) -> None:
    assert program_of(code, *starts).decode(0).operands == operands


def test_blocks_begin_at_0_and_behind_what_ends_one() -> None:
    program = program_of("0a 05 33 07 01 00 01 63 33 07 02", 0, 2, 5, 6, 7, 8)
    assert program.block_starts == {0, 6}  # 7 is undefined, 8 is behind it
    assert program_of("63 00", 0, 1).block_starts == frozenset()
    assert Program(Blob(b"", b"")).block_starts == frozenset()


def test_what_is_behind_the_longest_skip_begins_no_block() -> None:
    program = program_of("01" + "00" * 30 + "33 07 01", 0, 31)
    assert program.block_starts == {0}


# Size


def test_a_megabyte_of_code_is_open_in_seconds() -> None:
    octets = random_blob(1 << 20)
    began = perf_counter()
    program = Program.load(octets)
    assert len(program.lines()) > 250_000 and program.block_starts
    assert perf_counter() - began < 30
    assert program.container() == octets
