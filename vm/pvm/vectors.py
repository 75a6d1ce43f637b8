"""The conformance cases of the PVM: those of the published layout, several runs in one, and standard programs.

The layout is described beside the cases. A blob that is invalid is no program here; by section 4 a machine panics at
once and nothing changes, and so it is judged.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

from vm.contract import Machine, Place, PlaceError, Reply, Span, Status
from vm.diagnostics import InputError, ProgramError
from vm.pvm.isa import REGISTERS
from vm.pvm.machine import PvmMachine
from vm.pvm.outcome import exit_of, page_of
from vm.toolchain import Program, Toolchain
from vm.vectors import Case, CaseError, Judgement, Mismatch, judge_assembly, judge_run, judge_verdict

_MOST_TICKS = 100_000_000
"""Ticks after which a run is given up."""
_SLICE = 1_000_000
_KEYS = frozenset({"initial-regs", "initial-pc", "initial-gas", "program"})
_RUN = re.compile(rb"[^\0]+")
_PAGE = 4096

Result = dict[str, Any]
"""What is compared, by the names the layout has for it, without `expected-`."""


def judge(tools: Toolchain, case: Case, engine: str) -> Judgement | None:
    """Judge a case; None if it is not one of this machine, CaseError if it is broken."""
    if case.get("gas-model") == "block":
        return Judgement("run", skipped="the gas model and the opcodes of a draft, which this machine does not have")
    if "spi-blob" in case:
        return Judgement("standard program", tuple(_standard(tools, case)))
    if case.keys() >= _KEYS:
        steps = "steps" in case
        return Judgement("steps" if steps else "run", tuple((_steps if steps else _run)(tools, case)))
    if case.get("machine") != tools.name:
        return None
    if "expected" in case:
        return judge_run(tools, case)
    return judge_verdict(tools, case) if "verdict" in case else judge_assembly(tools, case)


# Reading cases


def _octets(case: Case, key: str) -> bytes:
    value = case.get(key)
    if not isinstance(value, list) or not all(type(each) is int and 0 <= each <= 255 for each in value):
        raise CaseError(f"`{key}` is no list of octets")
    return bytes(value)


def _number(case: Case, key: str) -> int:
    value = case.get(key)
    if type(value) is not int:
        raise CaseError(f"`{key}` is no integer")
    return value


def _objects(case: Case, key: str) -> list[Case]:
    value = case.get(key, [])
    if not isinstance(value, list) or not all(isinstance(each, Mapping) for each in value):
        raise CaseError(f"`{key}` is no list of objects")
    return value


def inputs_of(case: Case) -> dict[str, Any]:
    """What a case of the published layout gives to a machine, as inputs.json has it."""
    pages = (
        {"address": each.get("address"), "length": each.get("length"), "writable": each.get("is-writable")}
        for each in _objects(case, "initial-page-map")
    )
    found = {
        "registers": case.get("initial-regs"),
        "pc": _number(case, "initial-pc"),
        "gas": _number(case, "initial-gas"),
        "pages": [dict(page) for page in pages],
        "memory": [dict(each) for each in _objects(case, "initial-memory")],
    }
    return found | ({"heap": _number(case, "initial-heap")} if "initial-heap" in case else {})


def _machine(tools: Toolchain, program: Program, inputs: Mapping[str, Any]) -> PvmMachine:
    try:
        machine = tools.machine(program, inputs)
    except InputError as error:
        raise CaseError(f"the machine does not take the inputs: {error}") from None
    if not isinstance(machine, PvmMachine):
        raise CaseError("the case is one of another machine")
    return machine


# What came of a run


def _finish(machine: Machine) -> bool:
    """Run to an end or to a host call; False if neither came."""
    last = machine.tick + _MOST_TICKS
    while machine.status is Status.READY and machine.tick < last:
        machine.run(min(_SLICE, last - machine.tick))
    return machine.status is not Status.READY


def _result(machine: PvmMachine) -> Result:
    ended = exit_of(machine)
    found: Result = {
        "status": "ecalli" if ended == "host-call" else ended,
        "regs": list(machine.regs),
        "pc": machine.pc,
        "gas": max(0, machine.gas),
        "memory": list(memory_runs(machine)),
        "heap": machine.memory.heap,
    }
    if (page := page_of(machine)) is not None:
        found["page-fault-address"] = page
    if (call := machine.host_call) is not None:
        found["hostcall"] = call.number
    return found


def memory_runs(machine: PvmMachine) -> Iterator[dict[str, Any]]:
    """All stretches of octets in memory that are not zero, ascending, each as long as can be."""
    begin, run = 0, b""
    for number, page in sorted(machine.memory.stored()):
        for found in _RUN.finditer(bytes(page)):
            at = number * _PAGE + found.start()
            if run and at == begin + len(run):
                run += found[0]
            else:
                if run:
                    yield {"address": begin, "contents": list(run)}
                begin, run = at, found[0]
    if run:
        yield {"address": begin, "contents": list(run)}


def _compared(expected: Mapping[str, Any], result: Result, where: str = "") -> Iterator[Mismatch]:
    for key, wanted in expected.items():
        got = result.get(key)
        if key == "gas" and type(wanted) is int:
            wanted = max(0, wanted)
        if key == "memory":
            wanted = _joined(wanted)
        if type(got) is not type(wanted) or got != wanted:
            yield Mismatch(f"{where}{key}", wanted, got)


def _joined(runs: object) -> object:
    """Runs of an expectation without what says nothing."""
    if not isinstance(runs, list) or not all(isinstance(run, Mapping) for run in runs):
        raise CaseError("the expected memory is no list of runs")
    return [{"address": run.get("address"), "contents": run.get("contents")} for run in runs if run.get("contents")]


def _expected(case: Case) -> dict[str, Any]:
    found = {key.removeprefix("expected-"): value for key, value in case.items() if key.startswith("expected-")}
    if not found:
        raise CaseError("nothing is expected of it")
    return found


# The kinds of cases


def _run(tools: Toolchain, case: Case) -> Iterator[Mismatch]:
    expected, inputs = _expected(case), inputs_of(case)
    try:
        program = tools.load(_octets(case, "program"))
    except ProgramError:
        yield from _compared(expected, _refused(inputs, expected))
        return
    machine = _machine(tools, program, inputs)
    if not _finish(machine):
        yield Mismatch("end", "an end", f"still running after {machine.tick:,} instructions")
        return
    yield from _compared(expected, _result(machine))


def _refused(inputs: Mapping[str, Any], expected: Mapping[str, Any]) -> Result:
    """An invalid blob: panic, and all is as it was (section 4)."""
    found: Result = {"status": "panic", "regs": inputs["registers"], "pc": inputs["pc"], "gas": inputs["gas"]}
    return found | {"memory": inputs["memory"]} | ({"heap": expected["heap"]} if "heap" in expected else {})


def _steps(tools: Toolchain, case: Case) -> Iterator[Mismatch]:
    try:
        machine = _machine(tools, tools.load(_octets(case, "program")), inputs_of(case))
    except ProgramError as error:
        yield Mismatch("program", "a program", str(error))
        return
    for number, step in enumerate(_objects(case, "steps"), 1):
        if len(step) != 1:
            raise CaseError(f"step {number} is not one thing to do")
        word, detail = next(iter(step.items()))
        if not isinstance(detail, Mapping) or (word not in _STEPS and word != "assert"):
            raise CaseError(f"step {number}: `{str(word)[:40]}` is nothing to do")
        try:
            if word == "assert":
                yield from _compared(detail, _result(machine), f"step {number}: ")
            else:
                _STEPS[word](machine, detail)
        except PlaceError as error:
            yield Mismatch(f"step {number}", "to be done", str(error))
            return


def _go_on(machine: PvmMachine, _detail: Case) -> None:
    """Run; behind a host call that was made, and at an instruction that faulted once more."""
    if machine.status is Status.HOST:
        machine.reply(Reply())
    elif machine.status is Status.FAULTED:
        machine.set(Place("pc"), machine.pc)
    if not _finish(machine):
        raise PlaceError("it does not end")


def _map(machine: PvmMachine, detail: Case) -> None:
    place = Place("rights", (Span(_number(detail, "address"), _number(detail, "length")),))
    machine.set(place, 2 if detail.get("is-writable") else 1)


def _write(machine: PvmMachine, detail: Case) -> None:
    octets = _octets(detail, "contents")
    machine.set(Place("mem", (Span(_number(detail, "address"), len(octets)),)), tuple(octets))


def _set_register(machine: PvmMachine, detail: Case) -> None:
    number = _number(detail, "reg")
    if not 0 <= number < len(REGISTERS):
        raise CaseError("`reg` is no register")
    machine.set(Place(REGISTERS[number]), _number(detail, "value"))


_STEPS: Mapping[str, Callable[[PvmMachine, Case], None]] = MappingProxyType(
    {"run": _go_on, "map": _map, "write": _write, "set-reg": _set_register}
)


def _standard(tools: Toolchain, case: Case) -> Iterator[Mismatch]:
    expected = _expected(case)
    valid = expected.pop("valid", True)
    try:
        program = tools.load(_octets(case, "spi-blob"))
    except ProgramError as error:
        if valid:
            yield Mismatch("valid", True, str(error))
        return
    if not valid:
        yield Mismatch("valid", False, "accepted")
        return
    machine = _machine(tools, program, {"args": list(_octets(case, "args"))})
    areas = [
        {"address": first * _PAGE, "length": (end - first) * _PAGE, "is-writable": rights == 2}
        for first, end, rights in machine.memory.areas
    ]
    result = _result(machine) | {"page-map": areas, "code": list(machine.program.parts.pack())}
    yield from _compared(expected, result)
