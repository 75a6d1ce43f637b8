"""Programs as text that assembles to the same octets, whatever they are."""

from __future__ import annotations

import random
from time import perf_counter

import pytest

from tests.support.pvm import examples, random_blob, vectors
from vm.diagnostics import ProgramError
from vm.pvm.assembler import assemble
from vm.pvm.blob import Blob
from vm.pvm.disassembler import disassemble
from vm.pvm.listing import BEHIND
from vm.pvm.program import Program
from vm.pvm.standard import Standard


def there_and_back(octets: bytes) -> str:
    """The text of a program, which must lead back to its octets and to itself."""
    text = disassemble(Program.load(octets))
    program = assemble(text)
    assert program.container() == octets, text
    assert disassemble(program) == text
    return text


def test_every_vector_is_written_down_and_comes_back() -> None:
    count = 0
    for _, octets in vectors():
        try:
            Program.load(octets)
        except ProgramError:
            continue
        there_and_back(octets)
        count += 1
    assert count == 434


@pytest.mark.parametrize("name", list(examples()))
def test_an_example_comes_back_from_its_octets_and_from_its_source(name: str) -> None:
    source, octets = examples()[name]
    there_and_back(octets)
    assert assemble(disassemble(assemble(source))).container() == octets


def test_metadata_comes_back() -> None:
    octets = examples()["fib"][1]
    assert there_and_back(b"\x03abc" + octets).startswith("%metadata = 61 62 63\n")
    assert there_and_back(b"\0" + octets).startswith("%metadata =\n")


def test_random_programs_come_back() -> None:
    chance = random.Random(3)
    for _ in range(600):
        size = chance.randrange(120)
        density = chance.choice((0.02, 0.3, 0.6))
        marks = bytes(chance.random() < density for _ in range(size))
        entry_size = chance.choice((0, 1, 2, 8))
        most = min(1 << 8 * entry_size, 2 * size + 2)
        table = tuple(chance.randrange(most) if entry_size else 0 for _ in range(chance.randrange(4)))
        there_and_back(Blob(chance.randbytes(size), marks, table, entry_size).pack())


def test_random_memory_comes_back() -> None:
    chance = random.Random(4)
    blob = Blob(bytes((50, 0)), bytes((1, 0))).pack()
    for _ in range(60):
        sizes = [chance.choice((0, 1, 31, 32, 33, 4096, 5000)) for _ in range(2)]
        read_only, read_write = map(chance.randbytes, sizes)
        memory = Standard(read_only, read_write, chance.choice((0, 1, 300)), chance.choice((0, 1, 9999)))
        there_and_back(memory.pack(blob))


def test_labels_are_made_for_what_jumps_lead_to() -> None:
    octets = assemble("ra = @back\n    jump @on if a0 == 0\n    trap\n@on:\n    jump @on\n@back:\n    ret").container()
    assert there_and_back(octets) == (
        "%jump_table = @L8\n\n    ra = 0x2\n    jump @L7 if a0 == 0\n    trap\n@L7:\n    jump @L7\n@L8:\n    ret\n"
    )


def test_what_would_come_out_otherwise_is_written_as_octets() -> None:
    text = disassemble(
        assemble("%octets = 33 07 01 00\n%octets = 28 05 00\n    invalid 63 01\n%unmarked = 07\n    ret")
    )
    assert text == (
        "    // a0 = 0x1\n    %octets = 33 07 01 00\n    // jump 0x9\n    %octets = 28 05 00\n"
        "    invalid 63 01 07\n    ret\n"
    )  # fmt: skip


def test_targets_at_which_no_block_begins_are_addresses() -> None:
    program = assemble("a0 = 1\n    jump 0x0\n    jump 0x3\n    jump 0x99\n    jump -7")
    assert [line.text for line in program.lines()][1:] == ["jump @L0", "jump 0x3", "jump 0x99", "jump -7"]
    assert there_and_back(program.container()).endswith("jump @L0\n    jump 0x3\n    jump 0x99\n    jump -7\n")


def test_a_label_of_the_source_is_not_taken_for_one_that_is_made() -> None:
    program = assemble("@L4:\n    a0 = 1\n    trap\n    jump 0x4")
    assert program.labels == {"@L4": 0}
    texts = disassemble(program)
    assert "@L4:\n" in texts and "@L4_:\n" in texts and "jump @L4_" in texts
    assert assemble(texts).container() == program.container()


def test_numbers_are_hexadecimal_and_addresses_have_32_bits() -> None:
    source = "a0 = -1\nu8 [0xfefdf004] = -2\na0 = u64 [sp + -8]\njump @l if a0 <s -5\n@l:\na0 = i64 7\nret"
    assert [line.text for line in assemble(source).lines()] == [
        "a0 = 0xffffffffffffffff",
        "u8 [0xfefdf004] = 0xfffffffffffffffe",
        "a0 = u64 [sp + 0xfffffff8]",
        "jump @l if a0 <s 0xfffffffffffffffb",
        "a0 = i64 0x7",
        "ret",
    ]


def test_what_is_behind_the_end_is_a_line_only_if_control_gets_there() -> None:
    assert assemble("a0 = 1").lines()[-1].text == BEHIND
    assert assemble("").lines()[0].text == BEHIND
    assert assemble("ret").lines()[-1].text == "ret"
    assert BEHIND not in disassemble(assemble("a0 = 1"))


def test_lines_say_what_instructions_touch() -> None:
    lines = {line.op: line for line in assemble(
        "a0 = a1 + a2\n    a0 = u8 [a1]\n    u8 [a1] = a0\n    ecalli 1\n    a0 = sbrk a1\n@l:\n    jump @l if a0 == a1"
    ).lines()}  # fmt: skip
    assert lines["add_64"].reads == {"a1", "r8", "a2", "r9"} and lines["add_64"].writes == {"a0", "r7"}
    assert lines["load_ind_u8"].reads == {"a1", "r8", "mem"} and lines["load_ind_u8"].writes == {"a0", "r7"}
    assert lines["store_ind_u8"].reads == {"a0", "r7", "a1", "r8"} and lines["store_ind_u8"].writes == {"mem"}
    assert {"a0", "r7", "mem", "gas"} < lines["ecalli"].writes
    assert lines["sbrk"].writes == {"a0", "r7", "heap", "rights"}
    assert lines["branch_eq"].writes == {"pc"} and lines["branch_eq"].operands == ("a0", "a1", "@l")


def test_a_megabyte_is_written_down_and_comes_back_in_seconds() -> None:
    octets = random_blob(1 << 19, 2)
    began = perf_counter()
    assert assemble(disassemble(Program.load(octets))).container() == octets
    assert perf_counter() - began < 40
