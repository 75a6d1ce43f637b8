"""The lines of Markdown are found for compiled programs: all that are certain, and never a wrong one."""

from __future__ import annotations

import time

import pytest

from vm.mdvm.alignment import LARGEST, align
from vm.mdvm.program import Program
from xqdbg import resources

COMPILED = ("ackermann", "grades", "list_literals", "main_entry", "many_registers", "parity", "primes")


def shipped(name: str) -> tuple[Program, str]:
    """A program that ships, and its text."""
    file = resources.find_example(f"example:{name}").program
    return Program.load(file.read_bytes(), name), file.with_suffix(".md").read_text("utf-8")


def lines(program: Program, text: str) -> list[int | None]:
    found = align(program, text)
    return [None] * program.instructions if found is None else [found.line_of(pc) for pc in range(found.instructions)]


def of(program: Program, name: str, found: list[int | None]) -> list[int | None]:
    """What was found for one function; for the top level by the empty name."""
    entries = sorted({*program.functions.values(), program.instructions})
    start = program.functions[name] if name else 0
    return found[start : next(each for each in entries if each > start)]


@pytest.mark.parametrize("name", COMPILED)
def test_every_instruction_of_what_ships_has_its_line(name: str) -> None:
    program, text = shipped(name)
    found = align(program, text)
    assert found is not None and not found.source and found.written == tuple(text.split("\n")[: len(found.written)])
    assert found.container() == program.container()
    source = found.written
    for pc, line in enumerate(lines(program, text)):
        assert line is not None and pc in found.pcs_of(line)
        said, op = source[line - 1].lower().lstrip("> "), program.code[pc].name
        if op == "print":
            assert said.startswith("say")
        elif op == "return":
            assert said.startswith(("give back", "</details>", "say", "use"))
        elif op == "jump_if":
            assert said.startswith("if")
        elif op == "call":
            assert " using " in said or said.startswith("use")


def test_lines_of_nested_branches_are_those_of_their_statements() -> None:
    program, text = shipped("grades")
    top = [19, 19, 19, 20, 20, 20, 21, 21, 21, 22, 22, 22]
    condition, inner = [6] * 5, [9] * 5
    branches = [12, 12, 12, 10, 10, 10, 9, 7, 7, 7, 14]
    assert lines(program, text) == top + condition + inner + branches


def test_a_list_has_its_items_in_their_lines() -> None:
    program, text = shipped("list_literals")
    assert lines(program, text)[:15] == [2, 2, 3, 3, 3, 4, 4, 4, 5, 5, 5, 6, 6, 6, 2]


EDITS = {
    "a statement is gone": ("> Set `m` to `n` - _1_.\n", ""),
    "a constant is another one": ("`n` - _1_", "`n` - _2_"),
    "of the same value but another type": ("`n` - _1_", "`n` - _1.0_"),
    "an operator is another one": ("`n` - _1_", "`n` + _1_"),
    "another variable is read": ("Give back `r`.", "Give back `m`."),
    "another function is called": ("using `is odd` with", "using `is even` with"),
    "a branch gives back something else": ("Give back _yes_.", "Give back _no_."),
    "a statement too many": ("> Give back `r`.", "> Say `r`.\n> Give back `r`."),
    "a branch is gone": ("> If `n` equals _0_ then:\n> > Give back _yes_.\n", ""),
    "an Else was added": ("> > Give back _yes_.\n", "> > Give back _yes_.\n> Else:\n> > Say `n`.\n"),
    "the statement is within the branch": ("> Give back `r`.", "> > Give back `r`."),
    "a full stop is missing": ("`n` - _1_.", "`n` - _1_"),
    "a word nobody knows": ("> Give back `r`.", "> Perhaps give back `r`."),
    "the input has another name": ("- `n` **as**", "- `q` **as**"),
    "a control character": ("`n` - _1_", "`n`\x1b[31m - _1_"),
    "the function does not end": ("</details>", "<details>"),
}


@pytest.mark.parametrize("edit", EDITS)
def test_a_text_that_was_edited_has_no_lines_for_that_function_and_keeps_the_others(edit: str) -> None:
    program, text = shipped("parity")
    before, (old, new) = lines(program, text), EDITS[edit]
    at = text.index("### **Utility**: `is even`") if old != "</details>" else 0
    found = lines(program, text[:at] + text[at:].replace(old, new, 1))
    assert set(of(program, "is even", found)) == {None}
    shift = new.count("\n") - old.count("\n")
    if old == "</details>":
        assert set(of(program, "is odd", found)) <= {None, *range(len(text))}
        return
    for name in ("is odd",):
        then, now = of(program, name, before), of(program, name, found)
        assert now == [None if line is None else line + shift for line in then]


def test_a_function_that_was_renamed_has_no_lines_and_neither_has_who_calls_it() -> None:
    program, text = shipped("parity")
    renamed = text.replace("`is odd`", "`is uneven`")
    found = lines(program, renamed)
    assert set(of(program, "is odd", found)) == {None} == set(of(program, "is even", found))
    assert None not in found[: program.functions["is even"]]


def test_statements_that_were_swapped_are_found_out_by_the_registers_they_use() -> None:
    program, text = shipped("ackermann")
    first, second = "> Set `less` to `m` - _1_.\n", "> Set `k` to `n` - _1_.\n"
    assert first in text and second in text
    swapped = text.replace(first, "#\n").replace(second, first).replace("#\n", second)
    assert set(of(program, "ack", lines(program, swapped))) == {None}
    program, text = shipped("grades")
    swapped = text.replace(
        "use `grade` with _95_.\nuse `grade` with _80_.", "use `grade` with _80_.\nuse `grade` with _95_."
    )
    found = lines(program, swapped)
    assert set(found[:12]) == {None} and None not in found[12:]


def test_functions_that_are_there_twice_have_no_lines() -> None:
    program, text = shipped("parity")
    start, end = text.index("### **Utility**: `is odd`"), text.index("Define `answer`")
    found = lines(program, text[:end] + text[start:end] + text[end:])
    assert set(of(program, "is odd", found)) == {None} and None not in of(program, "is even", found)


def test_a_text_of_another_program_has_no_lines() -> None:
    texts = {name: shipped(name) for name in COMPILED}
    for name, (program, _) in texts.items():
        for other, (_, text) in texts.items():
            assert other == name or align(program, text) is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n" * 100_000,
        "\0" * 1_000,
        ">" * 500_000,
        "> " * 200_000 + "Say _1_.",
        "Say " + "(" * 200_000 + "_1_" + ")" * 200_000 + ".",
        "Say " + "-" * 300_000 + "_1_.",
        "Say " + "not " * 200_000 + "yes.",
        "Say _1_" + " + _1_" * 150_000 + ".",
        "Say _1_" + " ^ _1_" * 150_000 + ".",
        "Say _" + "9" * 500_000 + "_.",
        "Say _1." + "9" * 500_000 + "_.",
        '_"' * 300_000,
        "`" * 500_000,
        '_"\\' * 200_000,
        "\x1b]0;title\x07\x9b31m" * 1_000,
        "### **Action**: `main`\n" * 40_000,
        "---\n" * 200_000,
        "Set `a` to:\n" + "- _1_.\n" * 100_000,
        "Define `a` as Text.\n" * 40_000,
        "Say _1_.\n" * 100_000,
        "".join(f"{'> ' * depth}While yes:\n" for depth in range(700)),
        "Set `a` to _1_.\n" + "If yes:\n> Set `a` to _2_.\n\n" * 30_000,
        "#" * 900_000,
        "-" + " " * 900_000,
        "- `a` **as** " + "a " * 400_000 + "(",
        "a" * LARGEST,
    ],
    ids=range(27),
)
def test_a_hostile_text_is_given_up_quickly(text: str) -> None:
    began = time.process_time()
    for name in ("main_entry", "parity"):
        for before in ("", "### **Action**: `is even`\n\n#### Inputs:\n"):
            assert align(shipped(name)[0], (before + text)[:LARGEST]) is None
    assert time.process_time() - began < 8


def test_a_text_that_is_too_large_is_not_looked_at() -> None:
    program, text = shipped("parity")
    room = LARGEST - len(text)
    assert None not in lines(program, text + "\n" * room)
    assert align(program, text + "\n" * (room + 1)) is None


def test_a_program_that_was_assembled_keeps_its_own_text() -> None:
    from vm.mdvm.assembler import assemble

    program = assemble("load_const r0, k0\nprint r0\nreturn\n.const k0 int 1\n")
    assert align(program, "Say _1_.\n") is None
    loaded = Program.load(program.container())
    assert lines(loaded, "\nSay _1_.\n") == [2, 2, 2] and lines(loaded, "Say _true_.\n") == [None] * 3
