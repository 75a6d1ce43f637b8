"""The conformance cases of the Machine Dialect VM: those of the published layout, and cases like other machines have.

In the published layout (reference, section 16) a case has `mdbc`, a file in base64, perhaps `asm`, the same as text,
and what the released machine made of it.
"""

from __future__ import annotations

import base64
import binascii
import struct
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from vm.contract import Effect, Status
from vm.diagnostics import ProgramError
from vm.mdvm.container import check_metadata
from vm.mdvm.disassembler import disassemble
from vm.mdvm.engines import INTERPRETER
from vm.mdvm.faults import is_own
from vm.mdvm.inputs import Inputs
from vm.mdvm.machine import MdvmMachine
from vm.mdvm.program import Program
from vm.mdvm.trace import debug_lines
from vm.mdvm.values import Array, Dict, Function, Url
from vm.toolchain import Toolchain
from vm.vectors import Case, CaseError, Judgement, Mismatch, judge_assembly, judge_run, judge_verdict

_MOST_TICKS = 100_000_000
_SLICE = 1_000_000
_MOST_EXECUTES = 1_000


def judge(tools: Toolchain, case: Case, engine: str) -> Judgement | None:
    """Judge a case; None if it is not one of this machine, CaseError if it is broken."""
    if "mdbc" in case:
        return Judgement("run", tuple(_judged(tools, case, engine)))
    if case.get("machine") != tools.name:
        return None
    if "expected" in case:
        return judge_run(tools, case)
    return judge_verdict(tools, case) if "verdict" in case else judge_assembly(tools, case)


def _octets(case: Case, key: str) -> bytes:
    value = case.get(key)
    if not isinstance(value, str):
        raise CaseError(f"`{key}` is not a text")
    try:
        return base64.b64decode(value, validate=True)
    except binascii.Error:
        raise CaseError(f"`{key}` is not base64") from None


def _expected(case: Case) -> Mapping[str, Any]:
    expected = case.get("expected")
    if not isinstance(expected, Mapping) or "outcome" not in expected:
        raise CaseError("`expected` is no object with an outcome")
    return expected


def _judged(tools: Toolchain, case: Case, engine: str) -> Iterator[Mismatch]:
    expected, data = _expected(case), _octets(case, "mdbc")
    program: Program | None = None
    try:
        if "mdbm" in case:
            check_metadata(_octets(case, "mdbm"))
        loaded = tools.load(data)
        if not isinstance(loaded, Program):
            raise CaseError("the case is one of another machine")
        program = loaded
    except ProgramError as error:
        got = {"outcome": "load_error", "error": _load_error(error)}
        yield from _compared({key: expected[key] for key in ("outcome", "error") if key in expected}, got, "")
    if "asm" in case:
        yield from _assembled(tools, case, data)
    if program is not None:
        yield from _round_trip(tools, program, data)
        yield from _ran(program, case, expected, engine)


def _load_error(error: ProgramError) -> dict[str, str]:
    first = error.diagnostics[0]
    message = f"Failed to load bytecode: {first.reference}"
    return {"kind": first.kind, "exception": "RuntimeError", "message": message}


def _assembled(tools: Toolchain, case: Case, data: bytes) -> Iterator[Mismatch]:
    text = case["asm"]
    if not isinstance(text, str):
        raise CaseError("`asm` is not a text")
    try:
        got = tools.assemble(text).container()
    except ProgramError as error:
        yield Mismatch("asm", "a program", str(error))
        return
    if got != data:
        yield Mismatch("asm", data.hex(), got.hex())


def _round_trip(tools: Toolchain, program: Program, data: bytes) -> Iterator[Mismatch]:
    if program.container() != data:
        yield Mismatch("file", data.hex(), program.container().hex())
    try:
        again = tools.assemble(disassemble(program)).container()
    except ProgramError as error:
        yield Mismatch("listing", "a program", str(error))
        return
    if again != data:
        yield Mismatch("listing", data.hex(), again.hex())


class _Run:
    """The runs of a case, one after the other on one machine."""

    def __init__(self, program: Program, engine: str, *, debug: bool) -> None:
        self.machine = MdvmMachine(program, Inputs(instructions=_MOST_TICKS), engine)
        self.debug = debug
        self.pcs: list[int] | None = [] if engine == INTERPRETER else None
        """What was executed; None if that is not looked at, as only the interpreter can tell."""
        self.debug_output: list[str] = []

    def execute(self) -> dict[str, Any]:
        """Run to the end, and tell how that was."""
        machine = self.machine
        while machine.status is Status.READY:
            look = self._look if self.debug else None
            if self.pcs is None:
                machine.run(_SLICE, None, look)
                continue
            trail: list[tuple[int, ...]] = []
            machine.run(_SLICE, None, look, trail)
            self.pcs += [pc for run in trail for pc in run]
        return self._told()

    def _look(self, effect: Effect) -> None:
        self.debug_output.extend(debug_lines(self.machine, effect))

    def _told(self) -> dict[str, Any]:
        machine, fault = self.machine, self.machine.fault
        found: dict[str, Any] = {"instruction_count": machine.instructions}
        if fault is None:
            return found | {"outcome": "ok", "result": result_of(machine.result)}
        prefix = "" if is_own(fault.identity) else "Runtime error: "
        error = {"kind": fault.identity, "exception": "RuntimeError", "message": prefix + fault.message}
        return found | {"outcome": "run_error", "error": error}

    @property
    def stdout(self) -> str:
        """What was written over all runs."""
        return "".join(f"{line}\n" for line in self.debug_output) if self.debug else self.machine.output.text()


def _ran(program: Program, case: Case, expected: Mapping[str, Any], engine: str) -> Iterator[Mismatch]:
    executes = case.get("executes", 1)
    if type(executes) is not int or not 1 <= executes <= _MOST_EXECUTES:
        raise CaseError("`executes` is no number of runs")
    run = _Run(program, engine, debug=bool(case.get("debug")))
    runs = [run.execute()]
    for _ in range(executes - 1):
        if run.machine.execute_again():
            runs.append(run.execute())
        else:
            nothing = {"outcome": "ok", "result": {"type": "none"}, "instruction_count": run.machine.instructions}
            runs.append(nothing)
    found = {**runs[0], "stdout": run.stdout, "pcs": run.pcs, "runs": runs}
    if run.pcs is None:
        reached = run.machine.reached()
        expected = {key: value for key, value in expected.items() if key != "pcs" or reached != frozenset(value)}
    yield from _compared(expected, found, "", unordered=bool(case.get("unordered")))


def result_of(value: object) -> dict[str, Any]:
    """A result as the layout has it."""
    match value:
        case None:
            return {"type": "none"}
        case bool():
            return {"type": "bool", "value": value}
        case int():
            return {"type": "int", "value": str(value)}
        case float():
            return {"type": "float", "value": repr(value), "bits": struct.pack(">d", value).hex()}
        case str():
            return {"type": "str", "value": value}
        case Array():
            return {"type": "list", "value": [result_of(item) for item in value]}
        case Dict():
            return {"type": "dict", "value": {key: result_of(item) for key, item in value.pairs()}}
        case Url(text):
            return {"type": "str", "value": text}
        case Function(name):
            return {"type": "str", "value": f"function<{name}>"}
    raise CaseError("the result is of no known kind")


# Comparing


def _compared(
    expected: Mapping[str, Any], got: Mapping[str, Any], where: str, *, unordered: bool = False
) -> Iterator[Mismatch]:
    for key, wanted in expected.items():
        if key not in got:
            yield Mismatch(f"{where}{key}", wanted, None)
        elif key == "runs":
            yield from _runs(wanted, got[key], unordered)
        elif not _same(wanted, got[key], unordered=unordered and key == "result"):
            yield Mismatch(f"{where}{key}", wanted, got[key])


def _runs(wanted: object, got: Sequence[Mapping[str, Any]], unordered: bool) -> Iterator[Mismatch]:
    if not isinstance(wanted, list) or not all(isinstance(each, Mapping) for each in wanted):
        raise CaseError("`runs` is no list of objects")
    if len(wanted) != len(got):
        yield Mismatch("runs", len(wanted), len(got))
    for number, (each, found) in enumerate(zip(wanted, got, strict=False), 1):
        yield from _compared(each, found, f"run {number}: ", unordered=unordered)


def _same(wanted: Any, got: Any, *, unordered: bool = False) -> bool:
    """Equal, with NaN like NaN whatever its bits, and a list of a dict in whatever order."""
    if isinstance(wanted, Mapping) and isinstance(got, Mapping):
        if wanted.get("type") == "float" and wanted.get("value") == "nan":
            return got.get("type") == "float" and got.get("value") == "nan"
        if unordered and wanted.get("type") == got.get("type") == "list":
            return _multiset(wanted["value"]) == _multiset(got["value"])
        return wanted.keys() == got.keys() and all(_same(wanted[key], got[key]) for key in wanted)
    if isinstance(wanted, list) and isinstance(got, list):
        return len(wanted) == len(got) and all(map(_same, wanted, got))
    return type(wanted) is type(got) and bool(wanted == got)


def _multiset(items: list[Any]) -> list[str]:
    return sorted(map(repr, items))
