"""PVM assembly: every way to write an instruction, labels, data, and what is said of errors."""

from __future__ import annotations

import pytest

from tests.support.pvm import examples
from vm.assembler import render
from vm.diagnostics import Diagnostic, ProgramError
from vm.pvm.assembler import assemble
from vm.pvm.patterns import PATTERNS
from vm.pvm.program import Program

ONES = (1 << 64) - 1


def only(text: str) -> tuple[str, tuple[int, ...]]:
    """Name and operands of the one instruction of a text, the operands in the order of the table."""
    instruction = assemble(f"@l:\n{text}").decode(0)
    assert instruction.op is not None
    return instruction.op.name, instruction.operands


def texts(source: str) -> list[str]:
    return [line.text for line in assemble(source).lines() if line.encoding]


def errors(source: str) -> list[Diagnostic]:
    with pytest.raises(ProgramError) as caught:
        assemble(source)
    return list(caught.value.diagnostics)


# Instructions


@pytest.mark.parametrize(
    ("text", "name", "operands"),
    [
        ("ret", "jump_ind", (0, 0)),
        ("nop", "move_reg", (0, 0)),
        ("jump [t2]", "jump_ind", (4, 0)),
        ("jump [a0 + 4]", "jump_ind", (7, 4)),
        ("jump @l", "jump", (0,)),
        ("jump 0x10", "jump", (16,)),
        ("jump @l if a0 == a1", "branch_eq", (7, 8, 0)),
        ("jump @l if a0 <u a1", "branch_lt_u", (7, 8, 0)),
        ("jump @l if a0 <=u a1", "branch_ge_u", (8, 7, 0)),
        ("jump @l if a0 >u a1", "branch_lt_u", (8, 7, 0)),
        ("jump @l if a0 <=s a1", "branch_ge_s", (8, 7, 0)),
        ("jump @l if a0 >s a1", "branch_lt_s", (8, 7, 0)),
        ("jump @l if a0 >=s a1", "branch_ge_s", (7, 8, 0)),
        ("jump @l if a0 <s -5", "branch_lt_s_imm", (7, ONES - 4, 0)),
        ("jump @l if 5 <u a0", "branch_gt_u_imm", (7, 5, 0)),
        ("jump @l if 5 >=s a0", "branch_le_s_imm", (7, 5, 0)),
        ("jump @l if 5 != a0", "branch_ne_imm", (7, 5, 0)),
        ("jump @l if a0 >=u 0xffffffff", "branch_ge_u_imm", (7, ONES, 0)),
        ("a0 = 5, jump @l", "load_imm_jump", (7, 5, 0)),
        ("a0 = 5, jump [a1 + 8]", "load_imm_jump_ind", (7, 8, 5, 8)),
        ("a0 = 5, jump [a1]", "load_imm_jump_ind", (7, 8, 5, 0)),
        ("tmp = a1, a0 = 5, jump [tmp + 8]", "load_imm_jump_ind", (7, 8, 5, 8)),
        ("tmp = a0, a0 = 5, jump [tmp]", "load_imm_jump_ind", (7, 7, 5, 0)),
        ("ecalli 100", "ecalli", (100,)),
        ("ecalli -1", "ecalli", (ONES,)),
        ("a0 = a1", "move_reg", (7, 8)),
        ("r7 = r8", "move_reg", (7, 8)),
        ("a0 = 0", "load_imm", (7, 0)),
        ("a0 = -256", "load_imm", (7, ONES - 255)),
        ("a0 = 0xffffffffffffff00", "load_imm", (7, ONES - 255)),
        ("a0 = 0b101", "load_imm", (7, 5)),
        ("a0 = +7", "load_imm", (7, 7)),
        ("a0 = 0x7fffffff", "load_imm", (7, 0x7FFFFFFF)),
        ("a0 = 0xdeadbeef", "load_imm_64", (7, 0xDEADBEEF)),
        ("a0 = 0x80000000", "load_imm_64", (7, 1 << 31)),
        ("a0 = i64 5", "load_imm_64", (7, 5)),
        ("a0 = i64 -5", "load_imm_64", (7, ONES - 4)),
        ("a0 = u8 [0xfefdf004]", "load_u8", (7, ONES - 0xFFFFFFFF + 0xFEFDF004)),
        ("a0 = i32 [sp + -4]", "load_ind_i32", (7, 1, ONES - 3)),
        ("a0 = u64 [sp]", "load_ind_u64", (7, 1, 0)),
        ("a0 = u64 [sp + 0xfffffffc]", "load_ind_u64", (7, 1, ONES - 3)),
        ("u16 [0x20000] = a0", "store_u16", (7, 0x20000)),
        ("u32 [a1 + 4] = a0", "store_ind_u32", (7, 8, 4)),
        ("u8 [0x20000] = 255", "store_imm_u8", (0x20000, 255)),
        ("u64 [a1] = -1", "store_imm_ind_u64", (8, 0, ONES)),
        ("a0 = a1 + a2", "add_64", (8, 9, 7)),
        ("i32 a0 = a1 - a2", "sub_32", (8, 9, 7)),
        ("a0 = a1 - 5", "add_imm_64", (7, 8, ONES - 4)),
        ("i32 a0 = a1 - 5", "add_imm_32", (7, 8, ONES - 4)),
        ("a0 = a1 -5", "add_imm_64", (7, 8, ONES - 4)),
        ("a0 = a1 - -5", "add_imm_64", (7, 8, 5)),
        ("a0 = 5 - a1", "neg_add_imm_64", (7, 8, 5)),
        ("a0 = -5 - a1", "neg_add_imm_64", (7, 8, ONES - 4)),
        ("a0 = -a1", "neg_add_imm_64", (7, 8, 0)),
        ("i32 a0 = -a1", "neg_add_imm_32", (7, 8, 0)),
        ("a0 = 5 + a1", "add_imm_64", (7, 8, 5)),
        ("a0 = -5 + a1", "add_imm_64", (7, 8, ONES - 4)),
        ("a0 = 5 * a1", "mul_imm_64", (7, 8, 5)),
        ("i32 a0 = 5 * a1", "mul_imm_32", (7, 8, 5)),
        ("a0 = 5 & a1", "and_imm", (7, 8, 5)),
        ("a0 = 5 | a1", "or_imm", (7, 8, 5)),
        ("a0 = 5 ^ a1", "xor_imm", (7, 8, 5)),
        ("a0 = a1 & ~ a2", "and_inv", (8, 9, 7)),
        ("a0 = a1 | ~a2", "or_inv", (8, 9, 7)),
        ("a0 = ~(a1 ^ a2)", "xnor", (8, 9, 7)),
        ("a0 = 5 << a1", "shlo_l_imm_alt_64", (7, 8, 5)),
        ("a0 = a1 << 5", "shlo_l_imm_64", (7, 8, 5)),
        ("i32 a0 = 5 >>a a1", "shar_r_imm_alt_32", (7, 8, 5)),
        ("a0 = a1 >>r 5", "rot_r_64_imm", (7, 8, 5)),
        ("i32 a0 = 5 >>r a1", "rot_r_32_imm_alt", (7, 8, 5)),
        ("a0 = a1 <<r a2", "rot_l_64", (8, 9, 7)),
        ("a0 = a1 >u a2", "set_lt_u", (9, 8, 7)),
        ("a0 = a1 >s a2", "set_lt_s", (9, 8, 7)),
        ("a0 = 5 <u a1", "set_gt_u_imm", (7, 8, 5)),
        ("a0 = 5 >u a1", "set_lt_u_imm", (7, 8, 5)),
        ("a0 = 5 <s a1", "set_gt_s_imm", (7, 8, 5)),
        ("a0 = 5 >s a1", "set_lt_s_imm", (7, 8, 5)),
        ("a0 = a1 if a2 == 0", "cmov_iz", (8, 9, 7)),
        ("a0 = a1 if a2 != 0", "cmov_nz", (8, 9, 7)),
        ("a0 = 5 if a2 == 0", "cmov_iz_imm", (7, 9, 5)),
        ("a0 = 5 if a2 != 0", "cmov_nz_imm", (7, 9, 5)),
        ("a0 = 0xffffffff if a2 != 0", "cmov_nz_imm", (7, 9, ONES)),
        ("a0 = a1 mulh a2", "mul_upper_s_s", (8, 9, 7)),
        ("a0 = a1 mulhsu a2", "mul_upper_s_u", (8, 9, 7)),
        ("a0 = sbrk a1", "sbrk", (7, 8)),
        ("i32 a0 = clz a1", "leading_zero_bits_32", (7, 8)),
        ("a0 = maxs(a1, a2)", "max", (8, 9, 7)),
        ("a0=minu( a1 ,a2 )", "min_u", (8, 9, 7)),
        ("   a0\t=  a1+5   \r", "add_imm_64", (7, 8, 5)),
    ],
)
def test_a_statement_is_an_instruction(text: str, name: str, operands: tuple[int, ...]) -> None:
    assert only(text) == (name, operands)


def test_all_shapes_of_statements_are_known() -> None:
    assert len(PATTERNS) > 200
    assert len({pattern.op.name for pattern in PATTERNS.values()}) == 139


# Labels


def test_a_label_in_a_block_gets_a_fallthrough_before_it() -> None:
    assert texts("a0 = 1\n@x:\n    jump @x") == ["a0 = 0x1", "fallthrough", "jump @x"]
    assert texts("trap\n@x:\n@y:\n    jump @y") == ["trap", "jump @x"]
    assert texts("@x:\n    a0 = 1\n@y: %no_fallthrough\n    a0 = 2") == ["a0 = 0x1", "a0 = 0x2"]


def test_a_label_without_fallthrough_is_exact_for_exports_and_its_block_for_jumps() -> None:
    program = assemble("trap\n    a0 = 1\npub @x: %no_fallthrough\n    a0 = 2\n    jump @x")
    assert program.exports == {"@x": 4}
    assert program.lines()[-1].text == "jump @L1"


def test_main_is_where_it_begins() -> None:
    assert assemble("trap\npub @main:\n    ret").entry == 1
    assert assemble("trap\n@main:\n    ret").entry == 0


def test_every_use_of_a_label_as_a_value_is_an_entry_of_the_jump_table() -> None:
    program = assemble("ra = @x\n    ra = @x\n    ra = @y\n    trap\n@x:\n    ret\n@y:\n    ret")
    assert program.jump_table == (10, 10, 12)
    assert [line.text for line in program.lines()[:3]] == ["ra = 0x2", "ra = 0x4", "ra = 0x6"]
    assert program.parts.entry_size == 1


def test_entries_are_as_large_as_the_largest_needs() -> None:
    program = assemble("ra = @x\n    trap\n" + "    a0 = u32 [0x12345678]\n" * 60 + "@x:\n    ret")
    assert program.parts.entry_size == 2


def test_distances_take_what_they_need_and_need_each_other() -> None:
    """Of each pair of jumps, one gets longer only because the other one does."""
    body = "".join(f"@a{n}:\n    jump @b{n}\n" for n in range(70)) + "".join(
        f"@b{n}:\n    jump @a{n}\n" for n in reversed(range(70))
    )
    program = assemble(body)
    for line in program.lines():
        target = program.decode(line.pc).operands[0]
        needed = ((target - line.pc) if target >= line.pc else ~(target - line.pc)).bit_length() // 8 + 1
        assert line.size == 1 + needed
    assert {line.size for line in program.lines()} == {2, 3}


# Source lines


def test_instructions_know_their_lines() -> None:
    program = assemble("// first\n\npub @main:\n    a0 = 1\n@x:\n    jump @x\n")
    assert [(line.source_line, line.text, line.label) for line in program.lines()] == [
        (4, "a0 = 0x1", "@main"),
        (5, "fallthrough", ""),
        (6, "jump @x", "@x"),
    ]
    assert program.pcs_of(6) == (4,) and program.line_of(4) == 6
    assert program.source[2] == "pub @main:"


# Data and directives


def test_data_and_sizes_are_the_memory_of_the_program() -> None:
    program = assemble(
        "%ro_data = 01 02\n%ro_data = ff\n%ro_data_size = 5\n%rw_data = aa\n%rw_data_size = 12288\n"
        "%stack_size = 100\nret"
    )
    memory = program.memory
    assert memory is not None
    assert (memory.read_only, memory.read_write) == (b"\x01\x02\xff\0\0", b"\xaa")
    assert (memory.heap_pages, memory.stack_size) == (2, 100)


def test_a_bare_program_has_no_memory() -> None:
    program = assemble("%layout = bare\ntrap")
    assert program.memory is None and program.container() == bytes((0, 0, 1, 0, 1))


def test_what_test_sources_set_is_kept_and_what_they_expect_is_read() -> None:
    program = assemble(
        "%isa = jam_v1\npre: a0 = 5\npre: r8 = -1\npre: gas = 99\npost: a0 = 0x7\npost: gas = 1\npost: pc = @x[2]\n"
        "step: run\nstep: map RW 0x20000..0x21000\nstep: write 0x20000 01 02\nstep: a0 = 5\n@x:\n    ret"
    )
    assert program.preset.registers == ((7, 5), (8, ONES)) and program.preset.gas == 99


def test_octets_are_put_down_as_they_are() -> None:
    program = assemble("%octets = c8 87 09 11\n    invalid 63 01\n%unmarked = 00 01\n    ret")
    assert program.code.hex(" ") == "c8 87 09 11 63 01 00 01 32 00"[: 3 * len(program.code) - 1]
    assert program.starts == (0, 4, 8)


@pytest.mark.parametrize("name", list(examples()))
def test_an_example_assembles_to_its_file(name: str) -> None:
    source, octets = examples()[name]
    assert assemble(source).container() == octets


def test_an_empty_text_is_a_program_without_code() -> None:
    for text in ("", "\n", "// nothing\n"):
        program = assemble(text)
        assert program.code == b"" and Program.load(program.container()).code == b""


# Errors


@pytest.mark.parametrize(
    ("line", "column", "message", "hint"),
    [
        ("a0 = a1 < a2", 9, "found '<'", "<u takes both as unsigned"),
        ("a0 = a1 / 3", 9, "found '/'", "/u takes both as unsigned"),
        ("a0 = a1 /u 3", 12, "expected a register, found '3'", "load the number into one first"),
        ("a0 = a9", 6, "found 'a9'", "the registers are ra, sp"),
        ("a0 = axe + 5", 6, "found 'axe'", "the registers are ra, sp, t0 to t2"),
        ("a0 = a1 + ", 10, "found the end of the line", ""),
        ("a0 = a1 // comment", 9, "found '/'", "nothing stands behind a statement"),
        ("a0 = a1 ; comment", 9, "found ';'", "nothing stands behind a statement"),
        ("u64 [sp - 8] = a0", 9, "found '-'", "a negative displacement is written [sp + -8]"),
        ("i32 a0 = a1 & a2", 13, "found '&'", "only arithmetic and shifts have a 32-bit form"),
        ("a0 = a1 if a2 == 1", 18, "expected 0, found '1'", "compare first"),
        ("a0 = a1 + 0x100000000", 11, "does not fit", "load others into a register first"),
        ("a0 = a1 - -2147483648", 11, "does not fit", "2147483647"),
        ("a0 = u8 [0x100000000]", 10, "does not fit into 32 bits", "load what is larger into a register"),
        ("a0 = 18446744073709551616", 6, "is no number of at most 64 bits", "numbers have 64 bits at most"),
        ("a0 = -0x5", 6, "is no number of at most 64 bits", "only decimal numbers have a sign"),
        ("a0 = 0xfg", 6, "is no number of at most 64 bits", "0x and hexadecimal digits"),
        ("a0 = 5, jump [a0]", 1, "the register it jumps by is loaded", "write tmp = a0, a0 = …"),
        ("add_64 a0, a1, a2", 1, "no statement begins with 'add_64'", "add_64 is written a2 = a0 + a1"),
        ("mov a0, a1", 1, "no statement begins with 'mov'", "write a0 = a1"),
        ("unlikely", 1, "no statement begins with 'unlikely'", "a draft of the machine"),
        ("jmp @l", 1, "no statement begins with 'jmp'", "write jump @label"),
        ("A0 = 5", 1, "no statement begins with 'A0'", "words are written small: a0"),
        ("jump", 5, "found the end of the line", "jump @label if a0 == 0"),
        ("jump @nowhere", 6, "label @nowhere is not defined", "define it by a line @nowhere:"),
        ("jump @", 6, "expected the name of a label behind @", "as in jump @loop"),
        ("ra = @nowhere", 6, "label @nowhere is not defined", "define it"),
        ("@x", 1, "label @x without a colon", "@x:"),
        ("@l:", 1, "label @l is defined again", "it was defined in line 1"),
        ("@y: ret", 5, "expected the end of the line, found 'ret'", "on a line of its own"),
        ("pub main:", 5, "expected a label behind pub", "pub @main:"),
        ("%ro_data = 0x01", 13, "'x' is no hexadecimal digit", "without 0x"),
        ("%ro_data = 012", 12, "half an octet is missing", "there are 3 digits"),
        ("%rodata = 01", 1, "there is no directive %rodata", "did you mean %ro_data?"),
        ("%no_fallthrough", 1, "there is no directive %no_fallthrough", "it stands behind a label"),
        ("%stack_size 5", 13, "expected '=' behind the directive", "%stack_size = …"),
        ("%stack_size = big", 15, "expected a number from 0 to 16,777,215, found 'big'", ""),
        ("%isa = revive_v1", 8, "the instruction set revive_v1 is not that of this machine", "jam_v1"),
        ("%isa = x86", 8, "there is no instruction set 'x86'", "there are"),
        ("%layout = loose", 11, "there is no layout 'loose'", "standard, bare"),
        ("%octets =", 10, "octets are missing", ""),
        ("invalid zz", 9, "'z' is no hexadecimal digit", ""),
        ("%jump_table = @l x", 18, "'x' is no address and no label", ""),
        ("pre: a9 = 5", 6, "pre: cannot say 'a9 = 5'", "write pre: a0 = 5"),
        ("post: pc = 5", 7, "post: cannot say", "post: pc = @label[2]"),
        ("step:", 6, "expected something behind step:", "step: run"),
        ("a0 = é", 6, "found 'é'", "characters beyond ASCII"),
        ("a0 = \x01", 6, "found '␁'", "remove the control character U+0001"),
        ("jump 0x7fffffffff", 1, "the target is too far away", ""),
    ],
)
def test_an_error_says_where_and_what_to_do(line: str, column: int, message: str, hint: str) -> None:
    (found,) = errors(f"@l:\n    ret\n{line}\n")
    assert (found.line, found.column) == (3, column), found
    assert message in found.message and hint in found.hint, found


def test_all_errors_are_told_by_line_and_the_first_hundred_only() -> None:
    found = errors("a0 = a9\n    ret\n    jump @no\n    a0 = 1 +\n")
    assert [each.line for each in found] == [1, 3, 4]
    many = errors("what is this\n" * 250)
    assert len(many) == 101 and many[-1].message == "150 more errors not shown"


def test_sizes_that_are_too_small_are_told_at_their_line() -> None:
    (found,) = errors("ret\n%ro_data = 01 02 03\n%ro_data_size = 2\n")
    assert (found.line, found.message) == (3, "%ro_data_size is 2, and the data has 3 octets")
    (found,) = errors("%jump_table = 0x12345\n%jump_table_entry_size = 2\nret")
    assert found.line == 2 and "too small for the address 74,565" in found.message
    (found,) = errors("%rw_data_size = 4294967296\nret")
    assert found.line == 1 and "of address space" in found.message


def test_an_error_is_shown_with_its_line() -> None:
    source = "pub @main:\n\ta0 = a1 < a2\n"
    assert render("x.pvmasm", source.split("\n"), errors(source)[0]).splitlines()[1:3] == [
        "    2 |         a0 = a1 < a2",
        "      |                 ^",
    ]
