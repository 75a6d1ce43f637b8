"""The trace, section 11: one line an instruction, in both forms, for every opcode."""

from __future__ import annotations

import pytest

from tests.support.reference import Naive
from tests.support.reference_values import CODES, NaiveModel, NaiveSample, NaiveValue, Nothings, encode
from tests.support.runs import host, program, verdict
from tests.support.situations import Situation, deviate, deviations, ordinary
from vm.xqvm.machine import XqvmMachine
from vm.xqvm.program import Program
from vm.xqvm.trace import tracer


def traced(code: bytes | str, form: str, **inputs: object) -> tuple[str, XqvmMachine]:
    """The whole trace of a run, and the machine after it."""
    machine = XqvmMachine(program(code), **{"output_slots": 3, **inputs})  # type: ignore[arg-type]
    written: list[str] = []
    machine.run(1 << 60, None, tracer(machine, form, written.append))
    return "".join(written), machine


# Sections 11.3 to 11.5

READS = {
    **dict.fromkeys(
        ("ITER", "LOAD", "OUTPUT", "VECGET", "VECLEN", "GETLINE", "GETQUAD", "ROWFIND", "COLFIND", "ROWSUM", "COLSUM"),
        "r",
    ),
    **dict.fromkeys(("VECPUSH", "VECSET", "SETLINE", "ADDLINE", "SETQUAD", "ADDQUAD", "RESIZE"), "r"),
    **dict.fromkeys(("ONEHOTR", "ONEHOTC", "EXCLUDE", "IMPLIES", "REDUCE"), "r"),
    **dict.fromkeys(("SLACK", "ATLEAST", "ENERGY"), "rr"),
    **dict.fromkeys(("EQUALITY", "ATLEASTW"), "-rr"),
}
"""Which register operands are read, `r` or `-` for each."""
WRITES = {
    **dict.fromkeys(("LIDX", "LVAL", "STOW", "DROP", "INPUT", "VEC", "VECI", "VECX"), "w"),
    **dict.fromkeys(("BQMX", "SQMX", "XQMX", "BSMX", "SSMX", "XSMX"), "w"),
    **dict.fromkeys(("VECPUSH", "VECSET", "SETLINE", "ADDLINE", "SETQUAD", "ADDQUAD", "RESIZE"), "w"),
    **dict.fromkeys(("ONEHOTR", "ONEHOTC", "EXCLUDE", "IMPLIES", "REDUCE"), "w"),
    **dict.fromkeys(("EQUALITY", "ATLEASTW", "ATLEAST"), "w--"),
    "SLACK": "ww",
}
BARE = ("SLACK", "EQUALITY", "ATLEAST", "ATLEASTW", "REDUCE")


def instruction_text(name: str, operands: tuple[int, ...]) -> str:
    if name in BARE or not operands:
        return name
    if name.startswith("PUSH"):
        return f"{name} {operands[0]}"
    if name.startswith("JUMP"):
        return f"{name} .{operands[0]}"
    return " ".join((name, *(f"r{reg}" for reg in operands)))


def text_of(value: NaiveValue) -> str:
    match value:
        case None:
            return "unset"
        case int():
            return str(value)
        case list():
            return f"vec<int>(len={len(value)})"
        case Nothings():
            return "vec<model>(len=0)"
        case NaiveModel():
            return f"model({value.rows}x{value.cols})"
        case NaiveSample():
            return f"sample(len={len(value.values)})"


def json_of(value: NaiveValue) -> str:
    match value:
        case None:
            return '{"type":"unset"}'
        case int():
            return f'{{"type":"int","value":{value}}}'
        case list():
            return f'{{"type":"vec<int>","len":{len(value)}}}'
        case Nothings():
            return '{"type":"vec<model>","len":0}'
        case NaiveModel():
            return f'{{"type":"model","rows":{value.rows},"cols":{value.cols}}}'
        case NaiveSample():
            return f'{{"type":"sample","len":{len(value.values)}}}'


def reference(situation: Situation, code: bytes) -> Naive:
    return Naive(calldata=situation.calldata(), outputs=[None] * 3).run(code)


def line_of(situation: Situation, form: str) -> str:
    """What the trace has about the instruction in question; empty if it faults before its line."""
    name, operands = situation.name, situation.operands
    prepared = situation.prepared()
    before, after = reference(situation, prepared), reference(situation, prepared + encode((name, *operands)))
    if not after.message.startswith(("ok", "InvalidLabel", "UnmatchedLoop")):
        return ""
    reads = [reg for reg, mark in zip(operands, READS.get(name, ""), strict=False) if mark == "r"]
    writes = [
        reg for reg, mark in zip(operands, WRITES.get(name, ""), strict=False)
        if mark == "w" and before.registers.get(reg) != after.registers.get(reg)
    ]  # fmt: skip
    text = instruction_text(name, operands)
    if form == "json":
        old = ",".join(f'"{reg}":{json_of(before.registers.get(reg))}' for reg in reads)
        new = ",".join(f'"{reg}":{json_of(after.registers.get(reg))}' for reg in writes)
        stack = ",".join(map(str, after.stack))
        start = f'{{"step":{after.dispatched},"pos":{len(prepared)},"instruction":"{text}","stack":[{stack}]'
        return f'{start},"read_regs":{{{old}}},"written_regs":{{{new}}}}}\n'
    hidden = len(after.stack) - 8
    shown = ([f"...{hidden} more"] if hidden > 0 else []) + [str(value) for value in after.stack[-8:]]
    cells = (
        f"{after.dispatched:>6}", f"0x{len(prepared):04X}".ljust(8), text.ljust(21), f"[{', '.join(shown)}]".ljust(25),
        ", ".join(f"r{reg}={text_of(before.registers.get(reg))}" for reg in reads).ljust(15),
        ", ".join(f"r{reg}={text_of(after.registers.get(reg))}" for reg in writes).ljust(15),
    )  # fmt: skip
    return "  ".join(cells) + "\n"


@pytest.mark.parametrize("form", ["json", "text"])
@pytest.mark.parametrize("name", CODES)
def test_the_line_of_every_opcode(name: str, form: str) -> None:
    good = ordinary(name)
    lines = 0
    for situation in (good, *(deviate(good, choice) for choice in deviations(name))):
        calldata = [host(value) for value in situation.calldata()]
        expected = line_of(situation, form)
        code = situation.prepared() + encode((name, *situation.operands))
        trace, _ = traced(code, form, calldata=calldata)
        before, _ = traced(situation.prepared(), form, calldata=calldata)
        header = HEADER if form == "text" and not before else ""
        assert trace == before + (header if expected else "") + expected, situation
        lines += bool(expected)
    assert lines >= 1


HEADER = (
    "step    offset    instruction            stack                      read-regs        written-regs   \n"
)  # fmt: skip


# Written out


def test_the_text_form() -> None:
    trace, _ = traced("PUSH 0 / INPUT r0", "text", calldata=[1])
    assert trace == (
        "step    offset    instruction            stack                      read-regs        written-regs   \n"
        "     1  0x0000    PUSH1 0                [0]                                                        \n"
        "     2  0x0002    INPUT r0               []                                          r0=1           \n"
    )


def test_the_json_form() -> None:
    trace, _ = traced("PUSH 3 / BQMX r0 / PUSH 0 / PUSH 5 / SETLINE r0 / HALT", "json")
    assert trace == (
        '{"step":1,"pos":0,"instruction":"PUSH1 3","stack":[3],"read_regs":{},"written_regs":{}}\n'
        '{"step":2,"pos":2,"instruction":"BQMX r0","stack":[],"read_regs":{},'
        '"written_regs":{"0":{"type":"model","rows":0,"cols":0}}}\n'
        '{"step":3,"pos":4,"instruction":"PUSH1 0","stack":[0],"read_regs":{},"written_regs":{}}\n'
        '{"step":4,"pos":6,"instruction":"PUSH1 5","stack":[0,5],"read_regs":{},"written_regs":{}}\n'
        '{"step":5,"pos":8,"instruction":"SETLINE r0","stack":[],'
        '"read_regs":{"0":{"type":"model","rows":0,"cols":0}},"written_regs":{"0":{"type":"model","rows":0,"cols":0}}}\n'
        '{"step":6,"pos":10,"instruction":"HALT","stack":[],"read_regs":{},"written_regs":{}}\n'
    )


def test_wide_cells_widen_and_nothing_is_cut_off() -> None:
    text = "VEC r100 / VEC r200 / PUSH -9223372036854775808 / PUSH 3 / SLACK r100 r200"
    trace, _ = traced(text, "text")
    blank = " " * (2 + 15 + 2 + 15)
    assert trace.splitlines()[3:] == [
        "     3  0x0004    PUSH8 -9223372036854775808  [-9223372036854775808]   " + blank,
        "     4  0x000D    PUSH1 3                [-9223372036854775808, 3]" + blank,
        "     5  0x000F    SLACK                  []                         "
        "r100=vec<int>(len=0), r200=vec<int>(len=0)  r100=vec<int>(len=2), r200=vec<int>(len=2)",
    ]


@pytest.mark.parametrize(
    ("depth", "cell"),
    [
        (1, "[1]                      "),
        (8, "[1, 2, 3, 4, 5, 6, 7, 8]  "),
        (9, "[...1 more, 2, 3, 4, 5, 6, 7, 8, 9]  "),
        (12, "[...4 more, 5, 6, 7, 8, 9, 10, 11, 12]  "),
    ],
)
def test_the_text_form_shows_the_top_eight_values_of_the_stack(depth: int, cell: str) -> None:
    code = encode(*(("PUSH1", value) for value in range(1, depth + 1)))
    last = traced(code, "text")[0].splitlines()[-1]
    assert last[len("     1  0x0000    PUSH1 1                ") :].startswith(cell)
    complete = traced(code, "json")[0].splitlines()[-1]
    assert f'"stack":[{",".join(map(str, range(1, depth + 1)))}]' in complete


def test_offsets_have_four_digits_or_more() -> None:
    text = traced(encode(*[("NOP",)] * 0x0ABC, ("JUMP2", 0)), "text")[0].splitlines()
    assert text[1].split()[:3] == ["1", "0x0000", "NOP"]
    assert text[-1].split()[:4] == [str(0x0ABC + 1), "0x0ABC", "JUMP2", ".0"]
    skipped = encode(("PUSH1", 0), ("PUSH1", 0), ("RANGE",), *[("NOP",)] * 0x10000, ("NEXT",), ("NOP",))
    last = traced(skipped, "text")[0].splitlines()[-1]
    assert last.startswith("     4  0x10006   NOP   ")


def test_the_step_column_counts_instructions_and_not_metered_steps() -> None:
    trace, machine = traced("PUSH 5 / BSMX r0 / PUSH 0 / PUSH 0 / RANGE / NOP / NEXT / NOP", "text")
    assert [line.split()[0] for line in trace.splitlines()[1:]] == ["1", "2", "3", "4", "5", "6"]
    assert (machine.steps, machine.instructions) == (6 + 5 + 2, 6)
    assert [line.split()[2] for line in trace.splitlines()[5:]] == ["RANGE", "NOP"]


@pytest.mark.parametrize(
    ("text", "written"),
    [
        # changed to the same is not changed
        ("PUSH 4 / STOW r1 / PUSH 4 / STOW r1", "{}"),
        ("DROP r1", "{}"),
        ("PUSH 2 / BQMX r1 / PUSH 0 / PUSH 0 / SETLINE r1", "{}"),
        ("PUSH 2 / BQMX r1 / PUSH 2 / BQMX r1", "{}"),
        ("PUSH 2 / BQMX r1 / PUSH 1 / PUSH 2 / RESIZE r1 / PUSH 1 / PUSH 2 / RESIZE r1", "{}"),
        ("PUSH 0 / INPUT r1", "{}"),
        ("VEC r1 / VECI r1", "{}"),
        ("VEC r1 / PUSH 6 / VECPUSH r1 / PUSH 0 / PUSH 6 / VECSET r1", "{}"),
        ("VEC r1 / VEC r2 / PUSH 5 / PUSH 0 / SLACK r1 r2", "{}"),
        # a change that the values do not show is a change
        ("PUSH 2 / BQMX r1 / PUSH 0 / PUSH 1 / SETLINE r1", '{"1":{"type":"model","rows":0,"cols":0}}'),
        ("PUSH 2 / BQMX r1 / PUSH 2 / SQMX r1", '{"1":{"type":"model","rows":0,"cols":0}}'),
        ("PUSH 2 / BSMX r1 / PUSH 2 / SSMX r1", '{"1":{"type":"sample","len":2}}'),
        ("PUSH 2 / BQMX r1 / PUSH 3 / BQMX r1", '{"1":{"type":"model","rows":0,"cols":0}}'),
        ("VEC r1 / PUSH 6 / VECPUSH r1 / PUSH 0 / PUSH 7 / VECSET r1", '{"1":{"type":"vec<int>","len":1}}'),
        ("VEC r1 / VECX r1", '{"1":{"type":"vec<model>","len":0}}'),
        ("PUSH 4 / STOW r1 / DROP r1", '{"1":{"type":"unset"}}'),
        ("PUSH 4 / STOW r1 / PUSH 0 / INPUT r1", '{"1":{"type":"unset"}}'),
        # twice, where an operand is
        ("VEC r1 / PUSH 5 / PUSH 1 / SLACK r1 r1",
         '{"1":{"type":"vec<int>","len":2},"1":{"type":"vec<int>","len":2}}'),
    ],
)  # fmt: skip
def test_written_registers_are_those_that_changed(text: str, written: str) -> None:
    trace, machine = traced(text, "json", calldata=[None])
    assert verdict(machine) == "ok"
    assert trace.splitlines()[-1].endswith(f'"written_regs":{written}}}')


def test_an_operand_that_is_there_twice_is_read_twice() -> None:
    trace, _ = traced("VEC r7 / PUSH 5 / PUSH 0 / SLACK r7 r7", "text")
    assert "r7=vec<int>(len=0), r7=vec<int>(len=0)" in trace.splitlines()[-1]
    text = "PUSH 2 / BQMX r0 / VEC r1 / PUSH 1 / PUSH 1 / EQUALITY r0 r1 r1"
    trace, _ = traced(text, "json")
    two = '"1":{"type":"vec<int>","len":0}'
    assert trace.splitlines()[-1].endswith(f'"stack":[],"read_regs":{{{two},{two}}},"written_regs":{{}}}}')


@pytest.mark.parametrize(
    ("code", "fault", "last"),
    [
        # before the line
        ("PUSH 1 / ADD", "StackUnderflow", "PUSH1 1"),
        ("PUSH 2 / BQMX r0 / PUSH 9 / PUSH 1 / SETLINE r0", "IndexOutOfBounds", "PUSH1 1"),
        (encode(("PUSH1", 1)) + b"\x0d", "BadOpcode", "PUSH1 1"),
        (encode(("PUSH1", 1)) + b"\x11", "TruncatedInstruction", "PUSH1 1"),
        # after the line
        ("PUSH 4 / JUMP1 .3", "InvalidLabel", "JUMP1 .3"),
        ("PUSH 4 / JUMPI2 .400", "InvalidLabel", "JUMPI2 .400"),
        ("PUSH 4 / PUSH 0 / RANGE / NOP", "UnmatchedLoop", "RANGE"),
        ("VEC r0 / PUSH 4 / PUSH 0 / ITER r0 / NOP", "UnmatchedLoop", "ITER r0"),
        (encode(("PUSH1", 0), ("PUSH1", 0), ("RANGE",)) + b"\x0d", "BadOpcode", "RANGE"),
        (encode(("PUSH1", 0), ("PUSH1", 0), ("RANGE",)) + b"\x11", "TruncatedInstruction", "RANGE"),
    ],
)
def test_a_fault_before_the_line_leaves_none_and_one_after_it_leaves_it(
    code: str | bytes, fault: str, last: str
) -> None:
    for form in ("text", "json"):
        trace, machine = traced(code, form)
        assert verdict(machine).startswith(f"{fault} {{")
        line = trace.splitlines()[-1]
        assert f'"instruction":"{last}"' in line if form == "json" else line[18:].startswith(f"{last} ")


def test_refused_steps_have_no_line_and_a_skip_refused_leaves_that_of_its_opener() -> None:
    trace, machine = traced("PUSH 4 / PUSH 5 / NOP", "json", step_limit=2)
    assert (verdict(machine).split()[0], len(trace.splitlines())) == ("StepLimitExceeded", 2)
    trace, machine = traced("PUSH 4 / PUSH 0 / RANGE / NOP / NEXT", "json", step_limit=4)
    assert (verdict(machine).split()[0], len(trace.splitlines())) == ("StepLimitExceeded", 3)
    trace, machine = traced("PUSH 4 / BSMX r0", "json", step_limit=4)
    assert (verdict(machine).split()[0], len(trace.splitlines())) == ("StepLimitExceeded", 1)


@pytest.mark.parametrize("form", ["text", "json"])
@pytest.mark.parametrize("code", ["", "ADD", b"\x0d"])
def test_a_run_without_a_line_writes_nothing(code: str | bytes, form: str) -> None:
    assert traced(code, form)[0] == ""
    assert traced("PUSH 1", form, step_limit=0)[0] == ""


@pytest.mark.parametrize("form", ["text", "json"])
def test_a_trace_does_not_depend_on_how_the_run_is_cut_and_changes_nothing(form: str) -> None:
    text = "PUSH 0 / PUSH 3 / RANGE / LVAL r0 / LOAD r0 / NEXT / PUSH 0 / PUSH 0 / RANGE / NOP / NEXT / POP / ADD / ADD"
    whole, machine = traced(text, form)
    pieces: list[str] = []
    stepped = XqvmMachine(program(text), output_slots=3)
    observer = tracer(stepped, form, pieces.append)
    while not stepped.status.ended:
        stepped.run(1, None, observer)
    assert "".join(pieces) == whole
    silent = XqvmMachine(program(text), output_slots=3)
    silent.run()
    assert silent.digest() == stepped.digest() == machine.digest()
    assert silent.steps == machine.steps


def test_a_trace_begins_at_step_one_in_every_run() -> None:
    machine = XqvmMachine(Program(encode(("PUSH1", 1), ("STOW", 0))))
    machine.run()
    machine.load(Program(encode(("LOAD", 0))))
    lines: list[str] = []
    machine.run(1 << 60, None, tracer(machine, "json", lines.append))
    assert "".join(lines) == (
        '{"step":1,"pos":0,"instruction":"LOAD r0","stack":[1],"read_regs":{"0":{"type":"int","value":1}},'
        '"written_regs":{}}\n'
    )
