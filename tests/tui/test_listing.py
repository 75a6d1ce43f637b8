from __future__ import annotations

from tests.support.toy import ISA, toy_program
from vm.contract import Line
from xqdbg.tui.highlight import Highlighter
from xqdbg.tui.listing import MAX_COLUMNS, code_listing, shown, source_listing


def test_source_rows_know_their_instructions() -> None:
    program = toy_program("; first\nSET r1 3 ; @a\n\nHALT ; @b")
    listing = source_listing(program.lines, program.source)
    assert listing.numbers
    assert listing.first == [None, program.marks["a"], None, program.marks["b"]]
    assert [listing.pc_at(row) for row in range(4)] == [
        program.marks["a"], program.marks["a"], program.marks["b"], program.marks["b"],
    ]  # fmt: skip
    assert listing.row_at(program.marks["b"]) == 3


def test_row_of_an_address_inside_or_behind_an_instruction() -> None:
    code = [Line(0, 4, "A", "A"), Line(4, 4, "B", "B", label=".1")]
    listing = code_listing(code)
    assert [listing.row_at(pc) for pc in (0, 2, 4, 7, 100)] == [0, 0, 1, 1, 1]
    assert listing.text(1) == ".1: B"
    assert listing.text(0) == "    A"
    assert code_listing([]).row_at(3) == 0
    assert code_listing([]).pc_at(0) is None


def test_source_lines_out_of_range_are_left_out() -> None:
    listing = source_listing([Line(0, 1, "A", "A", source_line=9), Line(1, 1, "B", "B", source_line=1)], ["B"])
    assert listing.row_of == {1: 0}


def test_several_instructions_on_a_line() -> None:
    listing = source_listing([Line(0, 1, "T", "T", source_line=1), Line(1, 1, "A", "A", source_line=1)], [".1: A"])
    assert listing.pcs == [[0, 1]]
    assert listing.first == [0]


def test_shown_text_is_bounded_and_printable() -> None:
    assert shown("a\tb") == "a   b"
    assert shown("\x1b[2J\x00\x9b") == "␛[2J␀·"
    long = shown("x" * 5_000_000)
    assert len(long) == MAX_COLUMNS
    assert long.endswith("…")


def test_spans_are_the_line_cut_into_kinds() -> None:
    text = "  .3: loop r1, 0x1F -12 ; add r2"
    spans = Highlighter(ISA).spans(text)
    assert "".join(part for _, part in spans) == text
    kinds = {part.strip(" ,"): kind for kind, part in spans}
    assert kinds[".3:"] == "label"
    assert kinds["loop"] == "flow"
    assert kinds["r1"] == "register"
    assert kinds["0x1F"] == kinds["-12"] == "number"
    assert kinds["; add r2"] == "comment"


def test_unknown_words_stay_plain() -> None:
    spans = dict((part, kind) for kind, part in Highlighter(ISA).spans("FROB ADD"))
    assert spans["ADD"] == "op"
    assert "FROB " in spans and spans["FROB "] == ""
