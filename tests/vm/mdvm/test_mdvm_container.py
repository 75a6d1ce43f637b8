"""Files of the Machine Dialect: what is read, what is refused and how, and that all is written as it was read."""

from __future__ import annotations

import struct

import pytest

from tests.support.mdvm_programs import cases, vectors
from vm.diagnostics import Diagnostic, ProgramError
from vm.mdvm.assembler import assemble
from vm.mdvm.container import Constant, Container, check_metadata, constant, read
from vm.mdvm.disassembler import disassemble
from vm.mdvm.program import Program

EXAMPLE = bytes.fromhex(
    "4d 44 42 43 01 00 00 00 01 00 00 00 1c 00 00 00 21 00 00 00 34 00 00 00 41 00 00 00 01 00 00 00 6d 02 00 00 00 01"
    "2a 00 00 00 00 00 00 00 03 01 00 00 00 66 01 00 00 00 01 00 00 00 66 04 00 00 00 06 00 00 00 00 00 00 00 00 01 01"
    "00 19 01 02 01 00 1a 01 02 0c 00 00 1a 01 00"
)


def refused(data: bytes) -> Diagnostic:
    with pytest.raises(ProgramError) as caught:
        read(data)
    return caught.value.diagnostics[0]


def test_the_example_of_the_reference() -> None:
    found = read(EXAMPLE)
    assert (found.name, found.functions, found.code_offset) == ("m", (("f", 4),), 0x45)
    assert [each.value for each in found.constants] == [42, "f"]
    assert [len(raw) for raw in found.code] == [4, 4, 5, 3, 3, 3]
    assert found.pack() == EXAMPLE and found.offsets is None and not found.fills


def test_every_file_that_is_read_is_written_as_it_was_and_survives_as_text() -> None:
    count = 0
    for _, data in vectors():
        try:
            program = Program.load(data)
        except ProgramError:
            continue
        count += 1
        assert program.container() == data
        assert assemble(disassemble(program)).container() == data
    assert count == 1264


def test_refusals_name_kind_wording_place_and_what_to_do() -> None:
    seen = set()
    for case in cases():
        if case["expected"]["outcome"] != "load_error" or "mdbm" in case:
            continue
        import base64

        finding = refused(base64.b64decode(case["mdbc"]))
        assert finding.kind == case["expected"]["error"]["kind"]
        assert f"Failed to load bytecode: {finding.reference}" == case["expected"]["error"]["message"]
        assert finding.message.startswith(f"{finding.reference}: ")
        assert finding.hint and (finding.offset is None or f"{finding.offset:#x}" in finding.message)
        seen.add(finding.kind)
    assert seen >= {"InvalidFormat", "InvalidMagic", "InvalidOffset", "UnexpectedEof", "InvalidUtf8"}
    assert seen >= {"InvalidConstantTag", "InvalidOpcode"}


def test_a_count_as_the_compiler_miscounts_it_is_told() -> None:
    data = bytearray(EXAMPLE)
    data[0x41] = 9
    finding = refused(bytes(data))
    assert finding.message.startswith("Unexpected EOF: the code has 6 instructions, and its count says 9")
    assert "0x41 must be 06 00 00 00" in finding.hint


def test_huge_counts_cost_nothing() -> None:
    for offset in (0x21, 0x34, 0x41, 0x1C):
        data = bytearray(EXAMPLE)
        data[offset : offset + 4] = b"\xff\xff\xff\xff"
        assert refused(bytes(data)).kind in ("UnexpectedEof", "InvalidConstantTag", "InvalidOpcode", "InvalidUtf8")


def test_an_extension_is_refused_with_a_way_out() -> None:
    finding = refused(assemble("scope_enter 1\n").container())
    assert finding.reference == "Invalid opcode: 29" and "scope_enter" in finding.message and "text" in finding.hint


def test_sections_may_lie_anywhere() -> None:
    parts = Container(
        "n", 3, 4, (constant(5),), (("f", 9),), (b"\x28",), (), (0x60, 0x40, 0x30, 0x70), ((0x1C, b"ab"),)
    )
    packed = parts.pack()
    again = read(packed)
    assert (again.name, again.offsets) == ("n", (0x60, 0x40, 0x30, 0x70))
    assert again.pack() == packed and again.fills[0][1].startswith(b"ab")


def test_names_behind_the_code_and_what_is_none() -> None:
    parts = Container(code=(b"\x28",), globals=("a", "ö"))
    assert read(parts.pack()) == parts
    odd = parts.pack()[:-1]
    assert read(odd).globals == () and read(odd).pack() == odd


@pytest.mark.parametrize("value", [None, True, False, 0, -(1 << 63), (1 << 63) - 1, 0.0, -0.0, 1e300, "", "é😀"])
def test_constants(value: bool | int | float | str | None) -> None:
    entry = constant(value)
    assert repr(entry.value) == repr(value)
    assert read(Container(constants=(entry,)).pack()).constants == (entry,)


def test_odd_constants_keep_their_bits() -> None:
    nan = Constant(2, struct.pack("<Q", 0x7FF0_0000_0000_0001))
    odd = Constant(4, b"\x07")
    data = Container(constants=(nan, odd)).pack()
    assert read(data).pack() == data and read(data).constants[1].value is True
    assert assemble(disassemble(Program.load(data))).container() == data
    for wrong in (1 << 63, -(1 << 63) - 1):
        with pytest.raises(ValueError, match="no Int"):
            constant(wrong)


def test_metadata_is_looked_at_and_not_used() -> None:
    check_metadata(b"MDBM" + bytes(16))
    for data, reference in ((b"MDBM", "Invalid bytecode format"), (bytes(20), "Invalid magic number")):
        with pytest.raises(ProgramError) as caught:
            check_metadata(data)
        assert caught.value.diagnostics[0].reference == reference
