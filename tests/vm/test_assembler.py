"""The XQVM assembler: bytes, labels, findings, and how they are shown."""

from __future__ import annotations

import random

import pytest

from vm.assembler import MOST_FINDINGS, excerpt, render, suggest
from vm.diagnostics import Diagnostic, ProgramError, expanded, printable
from vm.sourcemap import split_lines
from vm.xqvm.assembler import assemble
from vm.xqvm.isa import ISA
from vm.xqvm.program import Program


def findings(text: str) -> tuple[Diagnostic, ...]:
    with pytest.raises(ProgramError) as caught:
        assemble(text)
    return caught.value.diagnostics


def places(text: str) -> list[tuple[int | None, int | None, str]]:
    return [(finding.line, finding.column, finding.kind) for finding in findings(text)]


@pytest.mark.parametrize(
    ("source", "code"),
    [
        ("", ""),
        ("\n\r\n ; only ; this\n\t", ""),
        ("PUSH 10\nPUSH 32\nADD\nHALT", "110a112020ff"),
        ("push 1\r\nHaLt\r\n", "1101ff"),
        ("ENERGY r0r1", "7f0001"),
        ("LOAD r007;x", "0a07"),
        ("\t SLACK  r1\tr255 \t; é\u2028\x00\rz", "5401ff"),
        ("; comment\r", ""),
        (".0:HALT", "00ff"),
        (".0: TARGET", "0000"),
        ("JUMP.0\n.0 :NOP", "010000f0"),
        ("TARGET .65535\nJUMPI .065535", "000200"),
        ("TARGET\nTARGET .7\nJUMP .7", "00000100"),
        ("JUMP1 .255\nJUMP2 .256\nJUMPI1 .0\nJUMPI2 .65535", "01ff030100020004ffff"),
        ("JUMP .1\n.0:\nJUMP .0\nTARGET .1", "010100010000"),
        ("PUSHC 0xff", "1200ff"),
        ("PUSH -0x80", "1180"),
        ("PUSH-1", "11ff"),
        ("PUSH +0x00000000000000000000000001", "1101"),
        ("PUSH " + "0" * 5000 + "7", "1107"),
    ],
)
def test_bytes(source: str, code: str) -> None:
    assert assemble(source).code.hex() == code


@pytest.mark.parametrize("size", range(1, 9))
def test_push_takes_the_smallest_form(size: int) -> None:
    half = 1 << (8 * size - 1)
    for value in (half - 1, -half):
        assert assemble(f"PUSH {value}").code == bytes((0x10 + size,)) + value.to_bytes(size, "big", signed=True)
    if size < 8:
        for value in (half, -half - 1):
            assert assemble(f"PUSH {value}").code[0] == 0x11 + size


def test_every_instruction_of_the_table_assembles_to_its_own_listing() -> None:
    for op in ISA:
        if op.name.startswith("PUSH"):
            continue
        operands = " ".join({"register": "r9", "target": ".9"}[operand.kind.value] for operand in op.operands)
        (line,) = assemble(f"{op.name} {operands}").lines()
        assert (line.op, line.text) == (op.name, f"{op.name} {operands}".rstrip())
        assert line.size == op.size


def test_jumps_widen_when_the_number_of_their_target_needs_two_bytes() -> None:
    labels = "".join(f".{300 - number}:\nJUMP .{300 - number}\n" for number in range(258))
    program = assemble(labels + "JUMP .300\nJUMPI .44")
    tail = program.code[-16:].hex()
    assert tail == "0001ff" + "00030100" + "00030101" + "0100" + "040100"
    assert program.code[:7].hex() == "00010000010100"
    assert program.pcs_of(2 * 257 + 2) == (len(program.code) - 8,)
    assert program.line_of(len(program.code) - 1) == 2 * 258 + 2


@pytest.mark.parametrize(
    ("source", "kind", "reference"),
    [
        ("@", "PARSE", "parsing error: expected program"),
        ("\ufeffNOP", "PARSE", "parsing error: expected program"),
        (".0\nJUMP .0", "PARSE", "parsing error: expected program"),
        (" @", "PARSE", "parsing error: expected EOI, label_id, or mnemonic"),
        ("NOP\n.x:", "PARSE", "parsing error: expected EOI, label_id, or mnemonic"),
        ("NOP\n.0 NOP", "PARSE", "parsing error: expected EOI, mnemonic, or label_def"),
        (".0: .1:", "PARSE", "parsing error: expected EOI or mnemonic"),
        ("NOP\r", "PARSE", "parsing error: expected EOI or operand"),
        ("ENERGY r0, r1", "PARSE", "parsing error: expected EOI or operand"),
        ("FOO\nNOP @", "PARSE", "parsing error: expected EOI or operand"),
        ("FOO r256", "REGISTER_RANGE", "register index 256 is out of range [0, 255]"),
        ("JUMP .070000", "LABEL_RANGE", "label index '.070000' is not a valid u16"),
        ("PUSH 18446744073709551616", "INTEGER_RANGE", "invalid integer literal '18446744073709551616'"),
        ("PUSH +9223372036854775808", "INTEGER_RANGE", "integer literal '+9223372036854775808' overflows i64"),
        ("PUSH -0xffffffffffffffff", "INTEGER_RANGE", "integer literal '-0xffffffffffffffff' underflows i64"),
        ("foo 1", "UNKNOWN_MNEMONIC", "unknown mnemonic `FOO`"),
        ("PUSH8 1", "UNKNOWN_MNEMONIC", "unknown mnemonic `PUSH8`"),
        ("PUSH8", "OPERAND_COUNT", "'PUSH8' expects 1 operand(s), got 0"),
        ("TARGET r0 r1", "OPERAND_COUNT", "'TARGET' expects 1 operand(s), got 2"),
        ("LOAD r0255", "OPERAND_COUNT", "'LOAD' expects 1 operand(s), got 2"),
        ("ENERGY r0 .1", "OPERAND_TYPE", "operand 'sample' of 'ENERGY' must be a register (e.g. r0)"),
        ("PUSH r0", "OPERAND_TYPE", "operand 'imm' of 'PUSH' must be a integer literal"),
        ("TARGET 0", "OPERAND_TYPE", "operand 'label' of 'TARGET' must be a label reference (e.g. .0)"),
        (
            "JUMPI1 .256",
            "OPERAND_TYPE",
            "operand 'label' of 'JUMPI1' must be a u8 label reference (id < 256, e.g. .0)",
        ),
        (".5:\nTARGET .05\nJUMP .5", "DUPLICATE_LABEL", "label '.5' is defined more than once"),
        (".9:\nJUMP .7", "UNDEFINED_LABEL", "undefined label '.1'"),
        ("NOP\n.9:\nJUMP1 .0", "UNUSED_LABEL", "label '.0' is defined but never used"),
    ],
)
def test_the_first_finding_is_that_of_the_released_assembler(source: str, kind: str, reference: str) -> None:
    first = findings(source)[0]
    assert (first.kind, first.reference) == (kind, reference)


def test_all_findings_come_at_once_and_only_the_first_has_a_reference() -> None:
    source = "FOO\nJUMP .9\nPUSH 1 2\nLOAD r999 ; @\nNOP NOP\n.1: ADD r0\n.1: HALT\n"
    assert places(source) == [
        (5, 5, "PARSE"),
        (1, 1, "UNKNOWN_MNEMONIC"),
        (2, 6, "UNDEFINED_LABEL"),
        (3, 1, "OPERAND_COUNT"),
        (4, 6, "REGISTER_RANGE"),
        (6, 5, "OPERAND_COUNT"),
        (7, 1, "DUPLICATE_LABEL"),
    ]
    first, *rest = findings(source)
    assert first.reference and not any(finding.reference for finding in rest)
    assert all(finding.hint for finding in (first, *rest))


def test_several_operands_of_one_line_are_told_apart() -> None:
    assert places("EQUALITY 1 r300 .5") == [
        (1, 12, "REGISTER_RANGE"),
        (1, 10, "OPERAND_TYPE"),
        (1, 17, "OPERAND_TYPE"),
    ]


def test_a_line_that_makes_no_sense_raises_no_doubt_about_its_labels() -> None:
    assert [kind for *_, kind in places("JUMP .1\n.1: NOP NOP\n.2:\nJMUP .2")] == ["PARSE", "UNKNOWN_MNEMONIC"]


def test_labels_are_named_as_written_and_every_one_is_reported() -> None:
    found = findings("NOP\n.007: NOP\nJUMP .3\nJUMP .4\nJUMP .3\n")
    assert [(finding.line, finding.kind) for finding in found] == [
        (3, "UNDEFINED_LABEL"),
        (2, "UNUSED_LABEL"),
        (4, "UNDEFINED_LABEL"),
    ]
    assert [finding.message for finding in found] == [
        "label .3 is not defined",
        "label .007 is never used",
        "label .4 is not defined",
    ]


@pytest.mark.parametrize(
    ("source", "line", "column"),
    [
        ("NOP\nNOP\x00\n", 2, 4),
        ("NOP\rNOP", 1, 4),
        ("NOP\nNOP\r\r\nNOP", 2, 4),
        ("\ufeffNOP", 1, 1),
        ("NOP\n  é", 2, 3),
        ("NOP ;é\nPUSH \u0661", 2, 6),
        ("; \u2028\x0b\x0c\x85\n NOP \x0b", 2, 6),
        ("PUSH 0b101", 1, 6),
        ("PUSH 1 \ud800", 1, 8),
    ],
)
def test_the_place_of_what_cannot_be_read(source: str, line: int, column: int) -> None:
    assert places(source) == [(line, column, "PARSE")]


@pytest.mark.parametrize(
    ("source", "hint"),
    [
        ("PSUH 1", "did you mean PUSH?"),
        ("EQALITY r0 r1 r2", "did you mean EQUALITY?"),
        ("DUP", "did you mean COPY?"),
        ("PUSH3 1", "write PUSH,"),
        ("LOADr0", "a space is missing: LOAD r0"),
        ("PUSH42", "a space is missing: PUSH 42"),
        ("JUMP7", "a space is missing: JUMP .7"),
        ("ENERGY r0, r1", "not by commas"),
        ("LOAD R0", "small r"),
        ("PUSH 0X1F", "small 0x"),
        ("NOP NOP", "one instruction a line"),
        ("# x", "a comment begins with ;"),
        (".1 NOP", ".1:"),
        ("\ufeff", "byte order mark"),
        ("NOP\rNOP", "CR LF"),
        ("NOP\x1b[2J", "control character U+001B"),
        ("0x0000:  NOP", "listing"),
        ("ENERGY r1", "ENERGY r0 r1 (model, sample)"),
    ],
)
def test_hints(source: str, hint: str) -> None:
    assert hint in findings(source)[0].hint


def test_findings_are_capped_and_counted() -> None:
    found = findings("NOPE\n" * 1000 + "@")
    assert len(found) == MOST_FINDINGS + 1
    assert found[0].kind == "PARSE" and found[0].line == 1001
    assert (found[-1].kind, found[-1].message) == ("MORE", "901 more errors not shown")


@pytest.mark.parametrize(
    "source",
    [
        "PUSH " + "1 " * 100_000,
        "PUSH " + "1" * 1_000_000,
        "PUSH " + "1" * 1_000_000 + "x",
        "JUMP ." + "1" * 1_000_000,
        "A" * 1_000_000,
        "\x00" * 1_000_000,
        "NOP" + "\t" * 1_000_000 + "@",
        "." + "0" * 1_000_000 + "@",
    ],
)
def test_monstrous_lines_are_one_short_error(source: str) -> None:
    found = findings(source)
    assert len(found) == 1
    assert len(render("x", split_lines(source), found[0])) < 500


def test_a_source_longer_than_a_block_keeps_its_line_numbers() -> None:
    lines = 400_000
    program = assemble("NOP\r\n" * lines + "HALT")
    assert len(program.code) == program.instructions == lines + 1
    assert program.line_of(lines) == lines + 1
    assert program.pcs_of(lines) == (lines - 1,)
    assert places("NOP\n" * lines + "@")[0][0] == lines + 1


def test_source_map() -> None:
    program = assemble("; nothing\n.0: PUSH 300\n\nJUMP .0\n.1:\nJUMP .1\n")
    assert program.source == ("; nothing", ".0: PUSH 300", "", "JUMP .0", ".1:", "JUMP .1")
    assert [(line.pc, line.source_line, line.label) for line in program.lines()] == [
        (0, 2, ".0"),
        (1, 2, ""),
        (4, 4, ""),
        (6, 5, ".1"),
        (7, 6, ""),
    ]
    assert program.pcs_of(2) == (0, 1)
    assert [program.pcs_of(line) for line in (0, 1, 3, 99)] == [(), (), (), ()]
    assert [program.line_of(pc) for pc in (-1, 0, 2, 3, 4, 8, 9)] == [None, 2, 2, 2, 4, 6, None]


def test_a_program_without_source_has_no_lines_of_it() -> None:
    program = Program.load(assemble("NOP").container())
    assert (program.source, program.line_of(0), program.pcs_of(1)) == ((), None, ())
    assert program.lines()[0].source_line is None


def test_lines_of_a_source() -> None:
    assert split_lines("") == []
    assert split_lines("\n") == [""]
    assert split_lines("a") == split_lines("a\n") == split_lines("a\r\n") == ["a"]
    assert split_lines("a\r\n\rb\n") == ["a", "\rb"]
    assert split_lines("a\rb\n\n") == ["a\rb", ""]
    assert split_lines("a\u2028b\nc\r") == ["a\u2028b", "c\r"]


# --- showing findings ------------------------------------------------------------------------------------------------


def test_the_caret_stands_under_the_fault() -> None:
    source = ["\tLOAD\tr256 ; \x1b[31m"]
    finding = findings(source[0])[0]
    assert render("a.xqasm", source, finding).splitlines() == [
        "a.xqasm:1:7: there is no register r256",
        "    1 |         LOAD    r256 ; ␛[31m",
        "      |                 ^^^^",
        "      = hint: the registers are r0 to r255",
    ]


@pytest.mark.parametrize("column", [1, 40, 500, 995])
def test_long_lines_are_cut_around_the_fault(column: int) -> None:
    line = "x" * (column - 1) + "@" + "y" * (1000 - column)
    shown, carets = excerpt([line], Diagnostic("m", "PARSE", 1, column)).splitlines()
    assert len(shown) < 120
    assert shown[carets.index("^")] == "@"
    assert ("…x" in shown, "y…" in shown) == (column > 40, column < 900)


def test_wide_characters_before_the_fault_take_two_columns() -> None:
    shown, carets = excerpt(["日本e\u0301@"], Diagnostic("m", "PARSE", 1, 5)).splitlines()
    assert shown.endswith("日本e\u0301@")
    assert carets == "      |      ^"


@pytest.mark.parametrize(
    ("source", "before", "carets"),
    [
        ("PUSH 日本", 5, 4),
        ("日本語 x", 0, 6),
        ("PUSH 1 日本語", 7, 6),
        ("NOP คำ", 4, 2),
        ("NOP 각", 4, 2),
        ("FOO \u200b日", 4, 1),
    ],
)
def test_carets_reach_from_end_to_end_of_a_foreign_word(source: str, before: int, carets: int) -> None:
    shown = excerpt([source], findings(source)[0]).splitlines()
    assert shown[1] == "      | " + " " * before + "^" * carets


def test_a_long_line_of_wide_characters_is_cut_to_the_same_columns() -> None:
    shown, carets = excerpt(["日" * 400 + "@" + "本" * 400], Diagnostic("m", "PARSE", 1, 401)).splitlines()
    assert len(shown) < 65  # two columns each
    left = shown[: shown.index("@")]
    assert len(carets) - 1 == len(left) + left.count("日")


def test_findings_without_a_place_have_no_excerpt() -> None:
    assert excerpt(["NOP"], Diagnostic("m", "DECODE")) == ""
    assert excerpt(["NOP"], Diagnostic("m", "X", 2, 1)) == ""
    assert render("a.xqb", [], Diagnostic("cut off", "DECODE", hint="copy it again")) == (
        "a.xqb: cut off (copy it again)"
    )
    assert render("a", [], Diagnostic("7 more errors not shown", "MORE")) == "7 more errors not shown"


def test_nothing_that_acts_on_a_terminal_is_shown() -> None:
    rng = random.Random(1)
    nasty = "\x00\x07\x08\x0b\r\x1b\x7f\x85\x9b\u200b\u200f\u202e\u2066\u2028\ufeff\ud800\U000e0041"
    for _ in range(300):
        source = "".join(rng.choice(nasty + "N O;.1:\t") for _ in range(rng.randint(1, 20)))
        try:
            assemble(source)
        except ProgramError as error:
            for finding in error.diagnostics:
                text = render(f"{source}.xqasm", split_lines(source), finding)
                assert not set(text) & set(nasty)
                text.encode()


def test_printable() -> None:
    assert printable("plain text, ☃ and 日本") == "plain text, ☃ and 日本"
    assert printable("\x1b[0m\t\n\x7f\x9b\u202e\ud800") == "␛[0m␉␊␡···"
    assert expanded("a\tb\x1b\tc") == "a       b␛      c"


def test_suggest() -> None:
    assert suggest("JMUP", ["JUMP", "NOP"]) == "JUMP"
    assert suggest("XYZZY", ["JUMP", "NOP"]) == ""
    assert suggest("J" * 100_000, ["JUMP", "NOP"]) == ""
