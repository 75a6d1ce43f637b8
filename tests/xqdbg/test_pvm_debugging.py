"""A program of the PVM in the debugger: labels as places, snippets, its text."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.pvm import examples
from vm.pvm.assembler import assemble
from vm.pvm.isa import ISA
from vm.pvm.toolchain import TOOLCHAIN
from xqdbg.correspondence import correspondence
from xqdbg.editing.opening import open_text
from xqdbg.errors import XqdbgError
from xqdbg.locations import AtBookmark, InCode, Nth, parse_location, parse_time
from xqdbg.origins.paths import Paths
from xqdbg.session import Opened, Session
from xqdbg.whatif import assembled, attempt

SOURCE, OCTETS = examples()["fib"]
CODE = assemble(SOURCE).lines()
LOOP = next(line.pc for line in CODE if line.label == "@loop")


def test_a_label_is_a_place_and_what_is_none_is_a_bookmark() -> None:
    site = InCode(frozenset((LOOP,)))
    assert parse_location("@loop", CODE, ISA) == site
    assert parse_location(" @loop#3 ", CODE, ISA) == Nth(site, 3)
    assert parse_location("@here", CODE, ISA) == AtBookmark("here")
    assert parse_time("@loop", CODE, ISA) == Nth(site, 1)
    assert parse_time("@loop#2", CODE, ISA) == Nth(site, 2)
    assert parse_time("@here", CODE, ISA) == AtBookmark("here")


def test_instructions_are_found_by_name_in_any_case() -> None:
    assert parse_location("op:ADD_64", CODE, ISA) == parse_location("op:add_64", CODE, ISA)
    with pytest.raises(XqdbgError, match="the program has no 'add_46'") as caught:
        parse_location("op:add_46", CODE, ISA)
    assert caught.value.hint == "did you mean add_64?"
    assert ISA.find("ADD_64") is ISA.find("add_64") is not None and ISA.find("ADD") is None


def test_ways_through_a_program_go_by_its_operands() -> None:
    code = assemble("jump @on if a0 == 0\n    trap\n@on:\n    ret").lines()
    paths = Paths(code, ISA)
    assert list(paths.leading_to(code[2].pc, lambda _: True)) == [(code[0].pc, 0)]


def test_a_renamed_label_leaves_a_jump_the_same() -> None:
    old = assemble("@a:\n    a0 = 1\n    jump @a if a0 != 0\n    ret").lines()
    new = assemble("@b:\n    a0 = 1\n    jump @b if a0 != 0\n    ret").lines()
    other = assemble("@b:\n    a0 = 1\n    jump @b if a0 != 5\n    ret").lines()
    assert set(correspondence(old, new, ISA).same) == {line.pc for line in old}
    assert old[1].pc not in correspondence(old, other, ISA).same


def test_a_snippet_is_over_at_its_end() -> None:
    machine = TOOLCHAIN.machine(assemble(SOURCE), {})
    machine.run(5)
    trial = attempt(machine, assembled(TOOLCHAIN, "a0 = 5\n    a1 = a0 + a0"))
    assert trial.ticks == 2
    assert {str(change.place): change.new for change in trial.changes} == {"a0": 5, "a1": 10}


def test_the_text_of_a_file_without_one_is_all_of_it(tmp_path: Path) -> None:
    path = tmp_path / "sha256.pvm"
    octets = examples()["sha256"][1]
    path.write_bytes(octets)
    opened = open_text(str(path))
    assert assemble(opened.document.text).container() == octets


def test_findings_stand_beside_the_run_without_depths() -> None:
    program = assemble("jump @on if a0 != 0\n    trap\n    a0 = 1\n@on:\n    ret")
    session = Session(TOOLCHAIN.machine(program, {}), "x", opened=Opened(TOOLCHAIN, program))
    answer = session.predicted()
    assert answer.title.startswith("1 finding; the run ends at tick") and "depth" not in answer.title
    assert answer.rows[0].cells[1:4] == ("Unreachable", "this is never reached", "never runs")
