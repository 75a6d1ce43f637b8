"""Explanations of moments: complete, true to the effect, and without a gap whatever the machine."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

import pytest

from tests.support.explained import moment_before
from tests.support.moments import fault, moment
from tests.support.toy import toy_machine
from tests.support.toy.isa import ISA as TOY
from tests.support.toy.programs import NESTED
from vm.contract import Effect, Machine, Status
from vm.isa import Op
from vm.vectors import Case
from vm.xqvm.assembler import assemble
from vm.xqvm.isa import ISA
from vm.xqvm.machine import XqvmMachine
from xqdbg import machines, resources
from xqdbg.answer import Answer
from xqdbg.batch.discovery import discover
from xqdbg.commands import parse
from xqdbg.commands.command import Request
from xqdbg.errors import XqdbgError
from xqdbg.explanation import Explanation, State, as_json, explain, lines, reference, sections
from xqdbg.session import Session

TICKS = 2_000
"""Ticks of a vector that are looked at."""


def explained(machine: Machine) -> tuple[Explanation, Effect]:
    """The explanation of the next instruction, which is then executed."""
    code = {line.pc: line for line in machine.code()}
    now, effect = moment_before(machine)
    return explain(now, machine.isa, code, machine.source()), effect


def at(text: str, ticks: int, **inputs: Any) -> Explanation:
    """What is explained after some ticks of a program."""
    machine = XqvmMachine(assemble(text.replace(" / ", "\n")), **{"output_slots": 2, **inputs})
    machine.run(ticks)
    return explained(machine)[0]


def check(each: Explanation, effect: Effect) -> None:
    """The numbers of an explanation are those of the effect."""
    assert each.op is not None and each.op.name == effect.op
    assert {cost.meter: cost.amount for cost in each.costs if effect.fault is None} == (
        {} if effect.fault is not None else dict(effect.costs)
    )
    for result in each.results:
        news = [write.new for write in effect.writes[:64] if str(write.place) == result.place]
        assert news and (result.new in map(str, news) or not isinstance(news[0], int))
    due = [danger for danger in each.dangers if danger.due]
    if effect.fault is None:
        assert not due and not each.fault and each.flow
        check_pushed(each, effect)
    else:
        assert [danger.identity for danger in due] == [effect.fault.identity] and effect.fault.identity in each.fault
    assert all(danger.why for danger in each.dangers)


def check_pushed(each: Explanation, effect: Effect) -> None:
    """The last number of a formula's line is what was pushed."""
    assert each.op is not None
    if len(each.op.pushes) != 1 or each.op.name == "ENERGY":
        return
    (name,) = each.op.pushes
    pushed = [w for w in effect.writes[:64] if w.place.name == "stack" and w.new is not None][-1].new
    line = next(line for line in each.live if line.startswith(f"{name} "))
    if match := re.match(rf"{name} = (-?\d+): ", line):
        assert int(match[1]) == pushed
    elif not line.startswith(f"{name} +="):
        assert line.rsplit(" = ", 1)[1] == str(pushed)


@cache
def runs() -> Sequence[tuple[str, Case]]:
    found = [
        *discover(str(resources.conformance() / "xqvm")),
        *discover(str(resources.conformance() / "programs/xqvm")),
    ]
    return [(each.name, each.case) for each in found if each.case is not None and "expected" in each.case]


def started(case: Case) -> Machine:
    tools = machines.toolchain(machines.registered("xqvm"))
    text = case.get("program", case.get("source"))
    program = tools.assemble(text) if isinstance(text, str) else tools.load(bytes.fromhex(case["bytecode_hex"]))
    return tools.machine(program, case.get("inputs", {}))


def test_every_vector_is_explained_wherever_it_comes_to_an_opcode() -> None:
    seen: set[str] = set()
    for _, case in runs():
        try:
            machine = started(case)
        except Exception as error:  # cases about programs and inputs that are refused
            assert type(error).__name__ in ("ProgramError", "InputError")
            continue
        seen |= set(walk(machine))
    assert seen == set(ISA.by_name)


def walk(machine: Machine) -> Iterator[str]:
    """Explain the first execution of each opcode, and the last instruction if it faults."""
    code = {line.pc: line for line in machine.code()}
    seen: set[str] = set()
    while machine.status is Status.READY and machine.tick < TICKS:
        line = code.get(machine.pc)
        name = "" if line is None else line.op
        if name in seen:
            machine.run(1)
            continue
        seen.add(name)
        now, effect = moment_before(machine)
        each = explain(now, machine.isa, code, machine.source())
        assert sections(each)
        json.dumps(as_json(each))
        if name:
            check(each, effect)
            yield name
        else:
            assert each.state is State.UNKNOWN and effect.fault is not None and effect.fault.explanation in each.fault


def test_numbers_stand_in_formulas() -> None:
    assert at("PUSH 7 / PUSH 5 / ADD", 2).live == ("result = 7 + 5 = 12",)
    assert at("PUSH 7 / PUSH -5 / SUB", 2).live == ("result = 7 - (-5) = 12",)
    assert at("PUSH 7 / PUSH 5 / LT", 2).live == ("result = 0: 7 < 5 is false",)
    assert at("PUSH 3 / STOW r4 / LOAD r4", 2).live == ("value = r4 = 3",)
    assert at("PUSH 3 / STOW r4", 1).live == ("r4 = 3",)


MODEL = "PUSH 6 / BQMX r3 / PUSH 2 / PUSH 3 / RESIZE r3 / PUSH 1 / PUSH 50 / "


def test_expansions_tell_how_much_they_add_to() -> None:
    each = at(MODEL + "ONEHOTR r3", 7)
    assert each.live == (
        "r3.linear[3 + t] += -50 for t < 3",
        "r3.quad[3 + s, 3 + t] += 2 * 50 = 100 for s < t < 3",
    )
    assert each.totals == "adds to 3 of r3.linear and 3 of r3.quad"
    assert [(each.place, each.old, each.new) for each in each.results][:1] == [("r3.linear[3]", "0", "-50")]


def test_sums_are_written_out_and_searches_tell_what_they_found() -> None:
    sample = "PUSH 4 / BSMX r1 / PUSH 2 / PUSH 2 / RESIZE r1 / PUSH 3 / PUSH 1 / SETLINE r1 / PUSH 1 / "
    assert at(sample + "ROWSUM r1", 9).live == ("sum = 0 + 1 = 1",)
    assert at(sample + "PUSH 1 / ROWFIND r1", 10).live == ("col = 1: the first t < 2 with r1[2 + t] == 1",)
    assert at(sample + "PUSH 7 / ROWFIND r1", 10).live == ("col = -1: no t < 2 has r1[2 + t] == 7",)


def test_why_a_fault_is_not_due_and_that_it_is() -> None:
    fine = {danger.identity: danger for danger in at("PUSH 7 / PUSH 3 / DIV", 2).dangers}
    assert (fine["DivisionByZero"].due, fine["DivisionByZero"].why) == (False, "b = 3, not 0")
    assert fine["ArithmeticOverflow"].why == "7 // 3 = 2"
    bad = at("PUSH 7 / PUSH 0 / DIV", 2)
    found = {danger.identity: danger for danger in bad.dangers}
    assert (found["DivisionByZero"].due, found["DivisionByZero"].why) == (True, "b = 0")
    assert found["ArithmeticOverflow"].due is None
    assert bad.fault == "DivisionByZero: The divisor on top of the stack was 0." and not bad.results and not bad.flow
    assert bad.live == ("result = 7 // 0",)


def test_limits_are_told_before_they_are_hit() -> None:
    each = at(MODEL + "ONEHOTR r3", 7, step_limit=20)
    due = [danger for danger in each.dangers if danger.due]
    assert [(danger.identity, danger.why) for danger in due] == [
        ("StepLimitExceeded", "79 steps needed, 13 steps left")
    ]
    none = at("PUSH 1 / POP", 1, step_limit=1)
    assert none.dangers[0].due and none.dangers[0].why == "0 steps left" and none.fault.startswith("StepLimitExceeded")
    short = at("PUSH 9 / BQMX r0", 1, memory_limit=8)
    assert [d.why for d in short.dangers if d.due] == ["72 bytes needed, 8 bytes left"]


def test_where_control_goes_and_why() -> None:
    jump = "PUSH {} / JUMPI .1 / NOP / .1: HALT"
    assert at(jump.format(3), 1).flow == "jumps to line 4 (.1 TARGET), because 3 != 0 is true"
    assert at(jump.format(0), 1).flow == "does not jump: goes on to line 3 (NOP), because 0 != 0 is false"
    loop = "PUSH 2 / PUSH {} / RANGE / LVAL r1 / NEXT / HALT"
    assert at(loop.format(2), 2).flow == "enters the loop: goes on to line 4 (LVAL r1), because 2 <= 0 is false"
    assert at(loop.format(0), 2).flow == "skips the loop: goes on to line 6 (HALT), because 0 <= 0 is true"
    assert at(loop.format(2), 4).flow == "goes around again: back to line 4 (LVAL r1), because 2 + 1 < 4 is true"
    assert at(loop.format(2), 6).flow == "leaves the loop: goes on to line 6 (HALT), because 3 + 1 < 4 is false"
    assert at("HALT", 0).flow == "stops" and at("NOP", 0).flow == "goes on to the end"


def test_instructions_are_spelled_as_the_source_spells_them() -> None:
    assert at("PUSH   250 ; a penalty", 0).headline == "PUSH 250"
    assert at("push 1", 0).headline == "push 1"
    assert at(".4: JUMP .4", 0).headline == "TARGET"
    assert at(".4: JUMP .4", 1).headline == "JUMP .4"


def session_at(text: str, ticks: int) -> Session:
    session = Session(XqvmMachine(assemble(text.replace(" / ", "\n"))), "x")
    for _ in range(ticks):
        session.step()
    return session


def explanation_of(session: Session) -> Explanation:
    return explain(session.moment, session.isa, session.lines, session.source)


def test_after_a_fault_the_instruction_that_raised_it_is_explained() -> None:
    each = explanation_of(session_at("PUSH 7 / PUSH 0 / DIV", 3))
    assert each.state is State.FAULTED and each.headline == "DIV" and each.live == ("result = 7 // 0",)
    assert [(given.name, given.value) for given in each.takes] == [("b", 0), ("a", 7)]
    assert each.fault.startswith("DivisionByZero") and [d.why for d in each.dangers if d.due] == ["b = 0"]


def test_a_fault_that_was_jumped_to_is_told_all_the_same() -> None:
    each = explain(moment(status=Status.FAULTED, pc=0, fault=fault(0)), TOY, {0: toy_machine("DIV r0 r1 r2").code()[0]})
    assert each.state is State.FAULTED and "divisor" in each.fault and each.op is TOY.by_name["DIV"]


def test_the_end_and_the_last_instruction_are_told() -> None:
    session = session_at("PUSH 7 / PUSH 5 / ADD / HALT", 3)
    assert explanation_of(session).last == "ADD: stack[0] 7 → 12"
    session.step()
    each = explanation_of(session)
    assert (each.state, each.op, each.last) == (State.HALTED, None, "HALT changed nothing that stays")
    assert "\n".join(lines(each)).startswith("halted\n")


def test_bytes_that_are_no_instruction_are_told() -> None:
    machine = XqvmMachine(assemble("NOP").__class__(b"\x0d"))
    each, _ = explained(machine)
    assert each.state is State.UNKNOWN and each.headline == ".byte 0x0D" and "not the code" in each.fault


def test_a_machine_without_formulas_is_explained_from_what_its_table_has() -> None:
    machine = toy_machine(NESTED)
    seen: set[str] = set()
    while machine.status is Status.READY:
        each, effect = explained(machine)
        assert each.op is not None and each.op.name == effect.op and sections(each)
        assert not each.live and each.sentence == each.op.doc
        seen.add(effect.op)
        if effect.fault is not None:
            assert [danger.due for danger in each.dangers] == [True]
    assert {"LOOP", "END", "CALL", "RET", "DIV", "PUT"} <= seen


@pytest.mark.parametrize("op", [*ISA, *TOY], ids=lambda op: op.name)
def test_every_row_has_a_page(op: Op) -> None:
    page = reference(op)
    assert page[0].startswith(op.name) and op.doc in page[0]
    text = "\n".join(page)
    assert f"{op.code:02x}" in text and all(name in text for name in (*op.pops, *op.pushes, *op.faults, *op.formula))
    assert "{" not in text and all(line == line.rstrip() for line in page)


def test_nothing_of_a_program_is_markup_or_control() -> None:
    each = at("PUSH 1 ; [red]\x1b[2J", 0)
    assert each.headline == "PUSH 1"
    assert all(line.isprintable() for line in lines(each))


def test_a_huge_expansion_is_explained_without_making_its_writes() -> None:
    each = at("PUSH 400 / BQMX r3 / PUSH 1 / PUSH 400 / RESIZE r3 / PUSH 0 / PUSH 50 / ONEHOTR r3", 7)
    assert each.totals == "adds to 400 of r3.linear and 79,800 of r3.quad"
    assert len(each.results) == 6 and each.more > 80_000


# The command


def answered(session: Session, line: str, cursor: int | None = None) -> Answer:
    command, argument = parse(line)
    assert command.run is not None
    answer = command.run(session, Request(argument=argument, cursor=cursor)).answer
    assert answer is not None and not answer.rows
    return answer


PROGRAM = "PUSH 7 / PUSH 0 / DIV / NOP / JUMP .1 / .1: HALT"


def test_explain_tells_the_next_instruction_and_scripts_get_it_in_parts() -> None:
    session = session_at(PROGRAM, 2)
    answer = answered(session, "explain")
    text = answer.title
    assert text.startswith("DIV   line 3, 0x0004\n  Quotient of a by b, rounded down.\n")
    assert "  fault      ✗ this faults: DivisionByZero" in text and "due DivisionByZero" in text
    assert answer.value["fault"].startswith("DivisionByZero") and answer.value["live"] == ["result = 7 // 0"]
    assert [given["name"] for given in answer.value["takes"]] == ["b", "a"]
    assert {each["identity"]: each["due"] for each in answer.value["faults"]}["DivisionByZero"] is True
    json.dumps(answer.value)
    assert answered(session, "explain 3").title == text, "the line it is at"


def test_explain_tells_the_page_of_any_other_instruction() -> None:
    session = session_at(PROGRAM, 0)
    page = "\n".join(reference(ISA.by_name["DIV"]))
    assert answered(session, "explain DIV").title == answered(session, "explain div").title == page
    assert answered(session, "explain 3").title == "line 3: DIV\n" + page
    pc = next(line.pc for line in session.code if line.op == "DIV")
    assert answered(session, "explain", cursor=pc).title == "line 3: DIV\n" + page
    assert answered(session, "explain").title.startswith("PUSH 7   line 1")
    assert answered(session, "explain EQUAL").title.startswith("EQUALITY ")
    assert answered(session, "explain DIV").value["reference"] == list(reference(ISA.by_name["DIV"]))


@pytest.mark.parametrize("line", ["explain NOSUCH", "explain A", "explain tick 3", "explain 99"])
def test_what_cannot_be_explained_is_said(line: str) -> None:
    with pytest.raises(XqdbgError) as caught:
        answered(session_at(PROGRAM, 0), line)
    assert caught.value.message and "\n" not in caught.value.message
