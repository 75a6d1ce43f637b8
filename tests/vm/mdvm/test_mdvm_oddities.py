"""What the checker says of programs that work, but hardly as they are meant."""

from __future__ import annotations

import pytest

from tests.support.mdvm_programs import RandomProgram, shipped
from vm.mdvm.assembler import assemble
from vm.mdvm.isa import EXTENSIONS
from vm.mdvm.machine import MdvmMachine
from vm.mdvm.verifier import verify

RECURSION = """
        .func "f" f
        load_const  r0, 3
        load_const  r1, "f"
        call        r2, r1, r0
        return      r2
f:      {before}
        load_const  r9, 1
        sub         r0, r0, r9
        load_const  r1, "f"
        call        r{into}, r1, r0     ; here
        add         r3, r2, r70
        return      r3
"""
KEPT = RECURSION.format(before="move r70, r0", into=2)
OVERWRITTEN = RECURSION.format(before="move r70, r0", into=70)
UNCHANGED = RECURSION.format(before="nop", into=2).replace("load_const  r0, 3", "load_const  r70, 3", 1)

CASES = (
    ("print r5\nreturn\n", "NeverWritten", 1, "r5 is read"),
    ('.func "f" f\nload_const r1, "f"\ncall r2, r1, r1\nreturn r2\nf: add r1, r0, r0\nreturn r1\n', "", 0, ""),
    ("load_const r0, 1\ncast r0, r0, url\nreturn r0\n", "AlwaysFails", 2, "url"),
    ("load_const r0, 1\ncast r0, r0, type:9\nreturn r0\n", "AlwaysFails", 2, "type:9"),
    ("load_const r0, 1\ncast r0, r0, string\nreturn r0\n", "", 0, ""),
    ("load_const r0, 1\ncheck_type r1, r0, type:7\nreturn r1\n", "NeverTrue", 2, "type:7"),
    ("load_const r0, 1\ncheck_type r1, r0, function\nreturn r1\n", "NeverTrue", 2, "function"),
    ("load_const r0, 1\ndefine r0, type:9\ncheck_type r1, r0, type:7\nreturn r1\n", "", 0, ""),
    ("load_const r0, 1\ncheck_type r1, r0, empty\nreturn r1\n", "", 0, ""),
    ("define r0, int\nload_const r0, 1\nreturn r0\n", "LostTag", 1, "r0"),
    ("define r0, int\ndefine r0, float\ncheck_type r0, r0, int\nreturn r0\n", "LostTag", 1, "r0"),
    ("load_const r0, 1\ndefine r0, float\nnop\ncheck_type r0, r0, int\nreturn r0\n", "", 0, ""),
    ('.func "f" f\nnop\nf: return\n', "RunsInto", 2, "f"),
    ('.func "f" f\nload_const r0, "f"\ncall r1, r0\nf: return\n', "RunsInto", 3, "without a call"),
    ('.func "main" m\nm: return\n', "", 0, ""),
    (KEPT, "NotKept", 11, "r70"),
    (UNCHANGED, "", 0, ""),
    (OVERWRITTEN, "", 0, ""),
)


@pytest.mark.parametrize(("text", "kind", "line", "word"), CASES)
def test_oddities(text: str, kind: str, line: int, word: str) -> None:
    found = verify(assemble(text))
    if not kind:
        assert [each.kind for each in found if each.kind not in ("Unreachable", "NoReturn")] == []
        return
    (odd,) = (each for each in found if each.kind == kind)
    assert odd.line == line and word in odd.message and odd.hint


def test_what_is_told_of_many_registers_is_what_makes_it_wrong() -> None:
    (odd,) = verify(shipped()["many_registers"])
    assert (odd.kind, odd.offset is not None) == ("NotKept", True)


@pytest.mark.parametrize("seed", range(40))
def test_a_register_that_nothing_writes_is_empty_whenever_it_is_read(seed: int) -> None:
    program = RandomProgram(seed, extended=seed % 2 == 0).program()
    odd = [each for each in verify(program) if each.kind in ("NeverWritten", "AlwaysFails", "NeverTrue")]
    machine = MdvmMachine(program)
    seen = {each.offset: each for each in odd}
    while machine.status.name == "READY" and machine.tick < 500:
        each = seen.get(machine.pc)
        if each is not None and each.kind == "NeverWritten":
            register = int(each.message.split()[0][1:])
            assert machine.regs[register] is None
        pc = machine.pc
        machine.run(1)
        if each is not None and each.kind == "AlwaysFails":
            assert machine.fault is not None
        if each is not None and each.kind == "NeverTrue" and machine.fault is None:
            instruction = program.code[pc]
            assert instruction.op is not None and instruction.op.code not in EXTENSIONS
            assert machine.regs[instruction.operands[0]] is False
