"""What if: a snippet run beside the program leaves on its branch what it would leave if the program went on with it."""

from __future__ import annotations

import json
import random
import re
from pathlib import Path
from typing import Any

import pytest

from tests.support.toy import toy_machine, toy_program
from tests.support.toy.programs import NESTED
from tests.support.toy.toolchain import TOOLS
from vm.contract import Machine, Place, Status
from vm.xqvm import XqvmMachine, assemble
from vm.xqvm.model import VecX
from vm.xqvm.toolchain import TOOLCHAIN
from xqdbg import saving, whatif
from xqdbg.commands import Known, complete, completions
from xqdbg.errors import XqdbgError
from xqdbg.patience import Patience
from xqdbg.script import Interpreter, Reply, Spot
from xqdbg.session import Opened, Session
from xqdbg.sessionfile.reading import read_session

LIMITS: dict[str, Any] = {"output_slots": 4, "step_limit": 5_000, "memory_limit": 40_000}
INPUTS = {**LIMITS, "calldata": [7, [1, 2, 3]]}
LOOP = """\
PUSH 0
STOW r1
PUSH 0
PUSH 10
RANGE
  LOAD r1
  LIDX r2
  LOAD r2
  ADD
  STOW r1
NEXT
PUSH 0
OUTPUT r1
PUSH 1
PUSH 0
DIV
"""


def begin(text: str = LOOP, **inputs: Any) -> Session:
    program = TOOLCHAIN.assemble(text, "loop.xqasm")
    return Session(TOOLCHAIN.machine(program, inputs or INPUTS), "loop.xqasm", opened=Opened(TOOLCHAIN, program))


def toy(tick: int = 0) -> Session:
    program: Any = toy_program(NESTED)
    session = Session(toy_machine(NESTED), "nested", opened=Opened(TOOLS, program))
    session.goto_tick(tick)
    return session


def mind(session: Session) -> Interpreter:
    return Interpreter(session, keep_going=True)


def run(interpreter: Interpreter, *lines: str) -> list[Reply]:
    return [reply for at, line in enumerate(lines, 1) for reply in interpreter.run(line, spot=Spot("", at))]


def told(session: Session, *lines: str) -> list[str]:
    return [line for reply in run(mind(session), *lines) for line in reply.lines]


def refusal(session: Session, text: str) -> str:
    """What is wrong with a snippet, which changes nothing."""
    before = session.branch.name, session.moment.tick, session.machine.digest(), len(session.branches)
    with pytest.raises(XqdbgError) as caught:
        session.assembly(text)
    assert before == (session.branch.name, session.moment.tick, session.machine.digest(), len(session.branches))
    return f"{caught.value.message} ({caught.value.hint})"


def values(machine: XqvmMachine) -> tuple[object, ...]:
    return machine.stack, machine.regs, machine.output_slots, machine.calldata, [loop.state() for loop in machine.loops]


# A snippet does what it does in a program

LINES = [
    "PUSH 0", "PUSH 1", "PUSH 3", "PUSH -2", "PUSH 5", "POP", "SWAP", "COPY", "ADD", "SUB", "MUL", "DIV", "MOD", "NEG",
    "LT", "NOT", "BAND", "STOW r0", "STOW r1", "STOW r2", "LOAD r0", "LOAD r1", "DROP r0", "DROP r3", "SCLR",
    "PUSH 0\nINPUT r0", "PUSH 1\nINPUT r3", "PUSH 2\nOUTPUT r0", "PUSH 0\nOUTPUT r3", "VEC r3", "PUSH 4\nVECPUSH r3",
    "PUSH 0\nPUSH 9\nVECSET r3", "PUSH 0\nVECGET r3", "VECLEN r3", "VECX r4", "PUSH 4\nBQMX r5", "PUSH 6\nSQMX r5",
    "PUSH 3\nBSMX r6", "PUSH 4\nPUSH 3\nXSMX r6", "PUSH 1\nPUSH 7\nSETLINE r5", "PUSH 1\nPUSH 2\nADDLINE r5",
    "PUSH 0\nPUSH 2\nPUSH 3\nADDQUAD r5", "PUSH 0\nPUSH 2\nPUSH 0\nSETQUAD r5", "PUSH 2\nPUSH 2\nRESIZE r5",
    "PUSH 0\nPUSH 10\nONEHOTR r5", "PUSH 0\nPUSH 1\nPUSH 5\nREDUCE r5", "PUSH 1\nPUSH 1\nSETLINE r6",
    "PUSH 0\nPUSH 3\nRANGE\nLIDX r7\nLOAD r7\nNEXT", "PUSH 0\nRANGE\nNOP\nNEXT",
    "PUSH 0\nPUSH 2\nITER r3\nLVAL r8\nNEXT",
    "PUSH 1\nOUTPUT r5", "PUSH 3\nOUTPUT r6", "NOP",
]  # fmt: skip


def ran(text: str) -> XqvmMachine:
    """A machine at the end of a program."""
    machine = TOOLCHAIN.machine(TOOLCHAIN.assemble(text), INPUTS)
    machine.run(10**6)
    return machine


def straight(source: random.Random, before: str, count: int, wild: float = 0.0) -> str:
    """A text that goes on after another one, and faults seldom."""
    text = ""
    for _ in range(count):
        line = source.choice(LINES) + "\n"
        if ran(before + text + line).status is Status.HALTED or source.random() < wild:
            text += line
    return text


def compared(seed: int) -> bool:
    """Whether the snippet ran to its end, as the same instructions do that are part of the program."""
    source = random.Random(seed)
    prefix = straight(source, "", source.randint(0, 12))
    snippet = straight(source, prefix, source.randint(1, 8), 0.05) or "NOP\n"
    whole = ran(prefix + snippet)
    session = begin(prefix + "NOP\n", **INPUTS)
    session.goto_tick(ran(prefix).tick)
    assert session.machine.status is Status.READY
    spent = dict(zip(("steps", "bytes"), (each.used for each in session.machine.meters()), strict=True))
    before = session.machine.digest()
    try:
        moment = session.assembly(snippet)
    except whatif.SnippetError as error:
        assert whole.status is Status.FAULTED and whole.fault is not None
        assert _without_position(whole.fault.message) in _without_position(error.message)
        assert session.machine.digest() == before and len(session.branches) == 1
        return False
    assert whole.status is Status.HALTED
    assert isinstance(session.machine, XqvmMachine)
    assert values(session.machine) == values(whole)
    assert moment.answer is not None
    costs = moment.answer.value["costs"]
    assert {name: spent[name] + cost for name, cost in costs.items()} == {
        "steps": whole.steps, "bytes": whole.memory_used,
    }  # fmt: skip
    return True


def _without_position(message: str) -> str:
    return re.sub(r"pos: \d+", "pos", message)


@pytest.mark.parametrize("block", range(10))
def test_the_state_after_a_snippet_is_that_of_a_program_that_goes_on_with_it(block: int) -> None:
    ended = sum(compared(seed) for seed in range(100 * block, 100 * (block + 1)))
    assert ended >= 50


# What a snippet may do, and what not


def test_a_snippet_has_labels_jumps_and_loops_of_its_own() -> None:
    session = begin()
    session.goto_tick(5)
    session.assembly(
        "PUSH 4\nSTOW r9\n.1:\nLOAD r9\nPUSH 1\nSUB\nCOPY\nSTOW r9\nJUMPI .1\nPUSH 0\nPUSH 2\nRANGE\nLVAL r8\nNEXT"
    )
    assert session.get(Place("r9")) == 0
    assert session.get(Place("r8")) == 1
    assert session.branch.name == "b1"


def test_open_loops_of_the_program_are_open_in_a_snippet() -> None:
    session = begin()
    session.goto("6#4")
    session.assembly("LIDX r9")
    assert session.get(Place("r9")) == 3
    session.end()
    assert session.get(Place.parse("out[0]")) == 45  # the program goes on with its loop


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "no instruction"),
        ("; nothing but a comment", "no instruction"),
        ("NEXT", "NEXT would close a loop or call of the program"),
        ("PUSH 0\nPUSH 2\nRANGE\nNEXT\nNEXT", "would close a loop or call of the program"),
        ("PUSH 0\nPUSH 2\nRANGE\nNOP", "the loop that RANGE opens is still open at the end (NEXT closes it)"),
        (".0: JUMP .0", "has not ended after 100,000 instructions"),
        ("PUSH 1\nPUSH 0\nDIV", "DIV faults, as instruction 3: DivisionByZero"),
        ("POP", "StackUnderflow"),
        ("FOO", "unknown mnemonic 'FOO'"),
        ("JUMP .7", "label"),
        ("PUSH\nPOP r1", "and 1 more error"),
    ],
)
def test_what_cannot_be_run_says_why_and_changes_nothing(text: str, says: str) -> None:
    session = begin(**{**INPUTS, "step_limit": None})
    session.goto("6#4")
    assert says in refusal(session, text)


def test_a_loop_that_is_not_there_is_the_fault_it_is() -> None:
    assert "NoActiveLoop" in refusal(begin(), "NEXT")


def test_a_snippet_ends_at_its_halt() -> None:
    session = begin()
    session.assembly("PUSH 3\nSTOW r9\nHALT\nPUSH 4\nSTOW r9")
    assert session.get(Place("r9")) == 3
    assert session.machine.status is Status.READY


def test_the_budgets_are_those_left_here() -> None:
    session = begin(step_limit=30, memory_limit=100)
    session.goto_tick(20)
    left = 30 - session.machine.meters()[0].used
    session.assembly("NOP\n" * left)
    assert "StepLimitExceeded" in refusal(session, "NOP\n" * (left + 1))
    assert "MemoryLimitExceeded" in refusal(session, "PUSH 13\nBQMX r9")


def test_what_a_snippet_costs_is_told_and_not_charged() -> None:
    session = begin()
    session.goto_tick(20)
    used = session.machine.meters()
    moment = session.assembly("PUSH 4\nBQMX r9")
    assert session.machine.meters() == used
    assert moment.answer is not None and moment.answer.value["costs"] == {"steps": 2, "bytes": 32}


def test_after_a_fault_it_runs_before_the_instruction_at_fault() -> None:
    session = begin()
    session.end()
    assert session.machine.status is Status.FAULTED
    end = session.timeline.tick
    session.assembly("POP\nPUSH 1")
    assert (session.timeline.tick, session.machine.status) == (end - 1, Status.READY)
    assert session.end().status is Status.HALTED


def test_at_the_end_it_runs_on_what_is_left_there() -> None:
    session = begin("PUSH 1\nSTOW r0\nHALT\n")
    session.end()
    session.assembly("LOAD r0\nINC\nSTOW r0\nPUSH 3\nOUTPUT r0")
    assert session.get(Place.parse("out[3]")) == 2
    assert session.machine.status is Status.HALTED


def test_what_leaves_all_as_it_was_makes_no_branch() -> None:
    session = begin()
    moment = session.assembly("PUSH 1\nPOP")
    assert moment.message.startswith("no branch is needed")
    assert [note.name for note in moment.branches] == ["main"]


def test_trying_tells_the_same_and_changes_nothing() -> None:
    session = begin()
    session.goto_tick(7)
    before = session.machine.digest()
    tried = session.assembly("PUSH 5\nSTOW r9", dry=True)
    assert (session.machine.digest(), len(session.branches), tried.branch) == (before, 1, "main")
    done = session.assembly("PUSH 5\nSTOW r9")
    assert tried.answer is not None and done.answer is not None
    assert tried.answer.rows == done.answer.rows and tried.answer.value == done.answer.value


def test_it_is_given_up_when_nobody_waits() -> None:
    session = begin()
    asked = iter([False] * 50)
    with pytest.raises(XqdbgError, match="interrupted"):
        session.assembly(".0: JUMP .0", Patience(lambda: next(asked, True)))
    assert len(session.branches) == 1


def test_a_session_without_tools_says_so() -> None:
    with pytest.raises(XqdbgError, match="no assembler"):
        Session(XqvmMachine(assemble("HALT"), ())).assembly("NOP")


# What is told and kept


def test_the_table_tells_instructions_and_what_is_different() -> None:
    session = begin()
    session.goto_tick(2)
    answer = session.assembly("PUSH 5\nCOPY\nSTOW r1").answer
    assert answer is not None
    assert answer.title == "branch b1: 3 instructions (steps 3, bytes 0)"
    assert answer.columns == ("instruction", "reads", "writes", "steps", "bytes")
    assert [row.cells for row in answer.rows] == [
        ("PUSH1 5", "", "stack[0] unset -> 5", "1", "0"),
        ("COPY", "stack[0] = 5", "stack[1] unset -> 5", "1", "0"),
        ("STOW r1", "stack[1] = 5", "r1 0 -> 5, stack[1] 5 -> unset", "1", "0"),
        ("different afterwards",),
        ("stack[0]", "", "unset -> 5", "", ""),
        ("r1", "", "0 -> 5", "", ""),
    ]
    assert session.moment.branches[1].edits == ("stack = [5]", "r1 = 5")


def test_few_parts_are_kept_one_by_one_and_many_as_a_whole() -> None:
    session = begin("PUSH 30\nBQMX r0\nPUSH 5\nPUSH 6\nRESIZE r0\nNOP\n")
    session.goto_tick(5)
    session.assembly("PUSH 1\nPUSH 2\nPUSH 3\nADDQUAD r0")
    assert [str(edit.place) for edit in session.branch.record.at(5)] == ["r0.quad[1,2]"]
    session.switch("main")
    session.assembly("".join(f"PUSH {row}\nPUSH 3\nONEHOTR r0\n" for row in range(4)))
    made = {str(edit.place): edit.value for edit in session.branch.record.at(5)}
    assert list(made) == ["r0"]
    answer = session.moment.answer
    assert answer is not None and answer.rows[-1].cells[0] == "r0"


def test_very_much_is_told_in_part(monkeypatch: pytest.MonkeyPatch) -> None:
    session = begin(step_limit=None, **{"output_slots": 1})
    answer = session.assembly("PUSH 0\nPUSH 20000\nRANGE\nLIDX r9\nNEXT").answer
    assert answer is not None
    assert len(answer.rows) == whatif.MOST_ROWS + 3
    assert answer.rows[-3].cells == ("… and 39,003 more instructions",)
    assert answer.value["instructions"] == 40_003
    monkeypatch.setattr(whatif, "_MOST_NOTED", 3)
    session.switch("main")
    session.assembly(
        "PUSH 4\nBQMX r0\nPUSH 2\nPUSH 2\nRESIZE r0\nPUSH 0\nPUSH 1\nONEHOTR r0\nPUSH 1\nPUSH 1\nONEHOTR r0"
    )
    assert session.machine.text(session.get(Place("r0"))).endswith("4 linear  2 quadratic")


def test_a_branch_made_by_assembly_comes_back_from_its_file(tmp_path: Path) -> None:
    session = begin()
    session.goto("6#4")
    session.assembly(
        "VECX r4\nPUSH 3\nBQMX r5\nPUSH 0\nPUSH 9\nSETLINE r5\nPUSH 3\nPUSH 4\nXSMX r6\nVEC r7\nPUSH 8\nVECPUSH r7\n"
        "DROP r1\nPUSH 2\nOUTPUT r5\nPUSH 0\nSTOW r1\nPUSH 77"
    )
    session.end()
    saved = session.machine.digest(), session.branch.name
    path = str(tmp_path / "a.xqs")
    saving.save(session, path)
    record = read_session(path)
    tools, program, machine = saving.load(record, path)
    other = Session(machine, "again", opened=Opened(tools, program))
    assert saving.resume(other, record, path).message.endswith(saving.SAME)
    assert (other.machine.digest(), other.branch.name) == saved
    assert isinstance(other.get(Place("r4")), VecX)
    assert other.moment.branches[1].edits == session.moment.branches[1].edits


def test_diff_and_sweep_go_on_from_such_a_branch() -> None:
    session = begin()
    session.goto_tick(2)
    session.assembly("PUSH 100\nSTOW r1")
    assert session.end().branch == "b1"
    assert told(session, "diff main b1")[0].startswith("main and b1")
    assert session.get(Place.parse("out[0]")) == 145


# Any machine


def test_another_machine_does_the_same() -> None:
    session = toy(5)
    session.assembly("SET r6 40\nOUT r6\nPUT r0 r1 r6\nLOOP r0\nADD r7 r7 r0\nEND")
    assert [session.get(Place.parse(name)) for name in ("r6", "r7", "out[0]")] == [40, 9, 40]
    assert next(str(edit.place) for edit in session.branch.record.at(5)) == "r6"


def test_calls_of_another_machine_cannot_be_left() -> None:
    session = toy()
    session.goto("op:RET#1")
    assert "RET would close a loop or call of the program" in refusal(session, "RET")
    assert "END would close" in refusal(toy(5), "END")
    assert "a call is still open" in refusal(toy(), "CALL .1\n.1\nNOP")


def test_a_scratch_machine_leaves_the_other_one_alone() -> None:
    machines: list[tuple[Machine, Any]] = [
        (TOOLCHAIN.machine(assemble(LOOP), INPUTS), assemble("PUSH 1\nSTOW r1\nPUSH 4\nBQMX r1")),
        (toy_machine(NESTED), toy_program("SET r3 9\nOUT r3")),
    ]
    for machine, program in machines:
        machine.run(9)
        before = machine.digest()
        scratch = machine.scratch(program)
        assert (scratch.pc, scratch.tick, scratch.status, scratch.depth) == (0, 0, Status.READY, machine.depth)
        assert [cell.name for cell in scratch.cells("registers")] >= [cell.name for cell in machine.cells("registers")]
        scratch.run(10)
        assert scratch.digest() != before == machine.digest()


# In the language


@pytest.mark.parametrize(
    "lines",
    [
        ("asm PUSH 2; PUSH 3; MUL; STOW r9",),
        ("whatif PUSH 2; PUSH 3; MUL; STOW r9",),
        ("PUSH 2; PUSH 3; MUL; STOW r9",),
        ("push 2; push 3; mul; stow r9",),
        ("asm; PUSH 2; PUSH 3; MUL; STOW r9; end",),
        ("asm", "PUSH 2 ; two", "  PUSH 3", "", "MUL", "STOW r9 ; end", "END"),
        ("asm\nPUSH 2 ; two\nPUSH 3\nMUL\nSTOW r9\nend",),
        ("PUSH 2; PUSH 3; MUL; STOW r9; JUMP .1; .1: NOP # six",),
    ],
)
def test_assembly_is_written_in_one_line_or_in_several(lines: tuple[str, ...]) -> None:
    session = begin()
    replies = run(mind(session), *lines, "print r9")
    assert all(reply.ok for reply in replies)
    assert replies[-1].lines == ("r9 = 6",)
    assert [note.name for note in session.moment.branches] == ["main", "b1"]


def test_a_command_ends_the_assembly_of_a_line() -> None:
    session = begin()
    replies = run(mind(session), "asm PUSH 3; STOW r9; print r9; next; PUSH 0; PUSH 2; RANGE; NEXT; print r9")
    assert [reply.command for reply in replies] == [
        "asm PUSH 3; STOW r9", "print r9", "next", "PUSH 0; PUSH 2; RANGE; NEXT", "print r9",
    ]  # fmt: skip
    assert all(reply.ok for reply in replies)


@pytest.mark.parametrize("line", ["next", "NEXT", "drop b1", "DROP b1", "iter", "jump 2"])
def test_words_of_commands_come_first(line: str) -> None:
    session = begin()
    session.goto("6#2")
    session.fork("b1")
    session.switch("main")
    run(mind(session), line)
    assert not any("asm" in str(note.edits) for note in session.moment.branches)
    assert session.moment.answer is None


def test_in_capital_letters_only_whole_words_come_first() -> None:
    session = begin("VEC r1\nPUSH 5\nVECPUSH r1\nNOP\n")
    session.goto_tick(3)
    (reply,) = run(mind(session), "try PUSH 0; PUSH 1; ITER r1; LVAL r2; NEXT")
    assert reply.ok
    replies = run(mind(session), "ITER r1")
    assert "StackUnderflow" in replies[0].error


def test_the_first_time_it_is_told_what_becomes_of_instructions() -> None:
    session = begin()
    interpreter = mind(session)
    first, second = run(interpreter, "push 1", "PUSH 2")
    assert first.lines[-1] == "(PUSH is an instruction: run on branch b1; `switch main` goes back; help whatif)"
    assert "is an instruction" not in "".join(second.lines)
    assert "is an instruction" not in "".join(told(begin(), "asm PUSH 1"))


@pytest.mark.parametrize(
    ("line", "column"),
    [
        ("asm PUSH 1; FOO r1", 12),
        ("asm PUSH 1; POP r1", 12),
        ("  asm   PUSH 1;   PUSH 0;  DIV", 27),
        ("PUSH 1; PUSH 0; DIV", 16),
        ("print 12; PUSH 1; PUSH", 18),
        ("try PUSH 0; PUSH 3; RANGE; NOP", 20),
        ("asm JUMP .4", 9),
    ],
)
def test_an_error_has_a_sign_under_the_instruction(line: str, column: int) -> None:
    reply = run(mind(begin()), line)[-1]
    assert not reply.ok
    assert reply.json["column"] == column + 1
    assert reply.lines[1:] == (f"  {line}", "  " + " " * column + "^")


def test_an_error_in_several_lines_names_the_line() -> None:
    interpreter = mind(begin())
    for number, line in enumerate(["asm", "PUSH 1", "  POP r1", "end"], 5):
        replies = list(interpreter.run(line, spot=Spot("s.xqd", number)))
    (reply,) = replies
    assert reply.error.startswith("s.xqd:7:3: POP takes no operands")
    assert reply.lines[1:] == ("    POP r1", "    ^")


def test_assembly_that_is_never_closed_or_never_ends_is_refused() -> None:
    interpreter = mind(begin())
    assert run(interpreter, "asm", "PUSH 1") == [] and interpreter.inside
    (reply,) = interpreter.finish()
    assert "never closed" in reply.error and not interpreter.inside
    assert "are missing" in run(interpreter, "asm", "end")[0].error
    assert "no instruction" in run(interpreter, "asm", "; nothing", "end")[0].error


def test_a_breakpoint_can_have_assembly() -> None:
    session = begin()
    replies = run(mind(session), "break 6; commands 1; asm; PUSH 7; STOW r9; end; end; continue; print r9")
    assert replies[-1].lines == ("r9 = 7",)


def test_what_a_snippet_came_to_is_told_to_scripts() -> None:
    (reply,) = run(mind(begin()), "asm PUSH 5; STOW r9")
    record = json.loads(json.dumps(reply.json))
    assert record["ok"] and record["result"]["branch"] == "b1"
    assert record["result"]["value"] == {"instructions": 2, "costs": {"steps": 2, "bytes": 0}, "changes": 1}
    assert record["result"]["rows"][1]["writes"] == [
        {"place": "stack[0]", "old": 5, "new": None}, {"place": "r9", "old": None, "new": 5},
    ]  # fmt: skip
    assert record["result"]["rows"][-1]["place"] == "r9"


def test_words_of_the_screen_are_told_from_words_of_nobody() -> None:
    (reply,) = run(mind(begin()), "why-here")
    assert "about the screen" in reply.error
    (reply,) = run(mind(begin()), "copy")
    assert "about the screen" in reply.error


@pytest.mark.parametrize(
    ("line", "first"),
    [
        ("asm PU", ["asm PUSH"]),
        ("asm pu", ["asm push"]),
        ("PU", ["PUSH"]),
        ("pu", []),
        ("try .1: ADDQ", ["try .1: ADDQUAD"]),
        ("asm PUSH 1; VECG", ["asm PUSH 1; VECGET"]),
        ("PUSH 1; STO", ["PUSH 1; STOW"]),
        ("PUSH 1; next; STOW r", ["PUSH 1; next; STOW r1", "PUSH 1; next; STOW r2"]),
        ("LOAD r", ["LOAD r1", "LOAD r2"]),
        ("PUSH 1; last r", ["PUSH 1; last r1", "PUSH 1; last r2"]),
        ("next r", []),
        ("print PU", []),
    ],
)
def test_instructions_and_registers_are_completed(line: str, first: list[str]) -> None:
    session = begin()
    session.goto("6#4")
    assert complete(line, Known.of(session)) == first


def test_completions_of_instructions_say_what_they_do() -> None:
    found = completions("asm ", Known.of(begin()))
    assert len(found) > 60 and all(each.note for each in found)
