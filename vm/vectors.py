"""Conformance cases against any machine's tools: what a case expects, what came of it, and where they differ.

The kinds of case known here are those that need no more than a Toolchain; a machine's own module says by which
keys it recognises them, and may add kinds of its own.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from vm.contract import Machine, Observer, Status
from vm.diagnostics import InputError, ProgramError
from vm.toolchain import Program, Toolchain
from vm.values import dataclass

Case: TypeAlias = Mapping[str, Any]
"""One case as read from JSON. Untrusted."""

_SLICE = 200_000
_ENDLESS = 1_000_000_000
"""Ticks after which a case that does not say how many it takes is given up."""
_GRACE = 1_000_000
"""Ticks a program may run longer than its case says, so that the report can tell how it ended."""
_REMARKS = frozenset({"comment", "description", "note"})


class CaseError(Exception):
    """A case that cannot be judged, because it is not what it should be. The message names the key."""


@dataclass(frozen=True, slots=True)
class Mismatch:
    """One thing a case expects and did not get."""

    what: str
    expected: object
    got: object


@dataclass(frozen=True, slots=True)
class Judgement:
    """What came of a case."""

    kind: str
    """`run`, `assembler`, `verifier`, …"""
    mismatches: tuple[Mismatch, ...] = ()
    skipped: str = ""
    """Why it was not judged; empty if it was."""


def judge_run(tools: Toolchain, case: Case) -> Judgement:
    """Run `program` (or `bytecode_hex`) on `inputs`; compare every key of `expected`, and the `trace` if any."""
    expected = _mapping(case, "expected")
    inputs = _mapping(case, "inputs") if "inputs" in case else {}
    trace = _trace_lines(case)
    if not set(expected) - _REMARKS:
        raise CaseError("`expected` holds nothing to compare")
    try:
        program = _program(tools, case, "program")
        mismatches = _compare_run(tools, program, inputs, expected)
        if trace is not None:
            mismatches += _compare_trace(tools, program, inputs, expected, trace)
    except ProgramError as error:
        mismatches = [Mismatch("program", "a program", _rejection(error))]
    except InputError as error:
        mismatches = [Mismatch("inputs", "inputs the machine takes", str(error))]
    return Judgement("run", tuple(mismatches))


def judge_assembly(tools: Toolchain, case: Case) -> Judgement:
    """Assemble `source`, or load `bytecode_hex` where there is no source, and compare bytes, listing or rejection."""
    try:
        program = _program(tools, case, "source")
    except ProgramError as error:
        return Judgement("assembler", tuple(_compare_rejection(case, error)))
    if "error" in case or "error_kind" in case:
        wanted = case.get("error_kind", case.get("error"))
        return Judgement("assembler", (Mismatch("error_kind", wanted, "accepted"),))
    mismatches = []
    if "source" in case and "bytecode_hex" in case:
        mismatches += _compare("bytecode_hex", _text(case, "bytecode_hex").lower(), program.container().hex())
    if "disassembly" in case:
        mismatches += _compare("disassembly", case["disassembly"], tools.disassemble(program))
        reloaded = tools.load(program.container())
        mismatches += _compare("disassembly of the bytecode", case["disassembly"], tools.disassemble(reloaded))
    if "instruction_count" in case:
        mismatches += _compare("instruction_count", case["instruction_count"], program.instructions)
    return Judgement("assembler", tuple(mismatches))


def judge_verdict(tools: Toolchain, case: Case) -> Judgement:
    """Check `source` or `bytecode_hex` and compare the variant of `verdict`, the part before the colon."""
    wanted = _text(case, "verdict").partition(":")[0].strip()
    try:
        findings = tools.check(_program(tools, case, "source"))
    except ProgramError as error:
        return Judgement("verifier", (Mismatch("verdict", wanted, _rejection(error)),))
    got = findings[0].kind if findings else "ok"
    return Judgement("verifier", tuple(_compare("verdict", wanted, got)))


def _program(tools: Toolchain, case: Case, text_key: str) -> Program:
    if text_key in case:
        return tools.assemble(_text(case, text_key))
    try:
        code = bytes.fromhex(_text(case, "bytecode_hex"))
    except ValueError:
        raise CaseError("`bytecode_hex` is not hexadecimal") from None
    return tools.load(code)


def _rejection(error: ProgramError) -> str:
    first = error.diagnostics[0]
    where = f" at line {first.line}" if first.line is not None else ""
    return f"rejected{where}: {first.kind}: {first.message}"


def _compare_run(tools: Toolchain, program: Program, inputs: Case, expected: Case) -> list[Mismatch]:
    machine = tools.machine(program, inputs)
    if not _run_to_end(machine, _patience(expected)):
        return [Mismatch("end", "an end", f"still running after {machine.tick} instructions")]
    outcome = tools.outcome(machine)
    if ("error" in expected) != ("error" in outcome):
        return [Mismatch("outcome", dict(expected), outcome)]
    mismatches = []
    for key, wanted in expected.items():
        if key in outcome:
            mismatches += _compare(key, _trimmed(key, wanted), _trimmed(key, outcome[key]))
        elif key not in _REMARKS:
            raise CaseError(f"`expected` has the key {key!r}, which no result has")
    return mismatches


def _patience(expected: Case) -> int:
    count = expected.get("instructions")
    return count + _GRACE if type(count) is int and count >= 0 else _ENDLESS


def _run_to_end(machine: Machine, patience: int, observer: Observer | None = None) -> bool:
    """Run until the machine ends or waits for its host, or to the tick it may reach. False if it only got there."""
    while machine.status is Status.READY and machine.tick < patience:
        machine.run(min(_SLICE, patience - machine.tick), observer=observer)
    return machine.status is not Status.READY


def _trimmed(key: str, value: object) -> object:
    """Outputs without the unset slots at the end, which tools may or may not list."""
    if key != "outputs" or not isinstance(value, list):
        return value
    end = len(value)
    while end and value[end - 1] is None:
        end -= 1
    return value[:end]


def _trace_lines(case: Case) -> Sequence[str] | None:
    """The expected trace as text lines; given as one text, as lines, or as objects."""
    trace = case.get("trace")
    if trace is None:
        return None
    if isinstance(trace, str):
        return trace.splitlines()
    if not isinstance(trace, list) or not all(isinstance(line, str | dict) for line in trace):
        raise CaseError("`trace` is no list of lines or objects")
    return [line if isinstance(line, str) else json.dumps(line) for line in trace]


def _compare_trace(
    tools: Toolchain, program: Program, inputs: Case, expected: Case, trace: Sequence[str]
) -> list[Mismatch]:
    pieces: list[str] = []
    machine = tools.machine(program, inputs)
    _run_to_end(machine, _patience(expected), tools.tracer(machine, "json", pieces.append))
    got = "".join(pieces).splitlines()
    for number, (wanted, line) in enumerate(zip(trace, got, strict=False), 1):
        if wanted != line and _parsed(wanted) != _parsed(line):
            return [Mismatch(f"trace line {number}", wanted, line)]
    return _compare("trace lines", len(trace), len(got))


class _Pairs(list[Any]):
    """The keys and values of an object in their order; a key may be there twice."""

    def __repr__(self) -> str:
        return f"{{{super().__repr__()}}}"


def _parsed(line: str) -> str:
    """A trace line freed of spacing; keys keep their order and may repeat."""
    try:
        return repr(json.loads(line, object_pairs_hook=_Pairs))
    except ValueError:
        raise CaseError("`trace` has a line that is not JSON") from None


def _compare_rejection(case: Case, error: ProgramError) -> list[Mismatch]:
    if "error_kind" in case:
        return _compare("error_kind", case["error_kind"], error.diagnostics[0].kind)
    if "error" in case:
        return []
    return [Mismatch("program", "accepted", _rejection(error))]


def _compare(what: str, expected: object, got: object) -> list[Mismatch]:
    return [] if _canonical(expected) == _canonical(got) else [Mismatch(what, expected, got)]


def _canonical(value: object) -> str:
    """Text that tells 1 from true and 1.0, and not the order of keys."""
    return json.dumps(value, sort_keys=True)


def _mapping(case: Case, key: str) -> Case:
    value = case.get(key)
    if not isinstance(value, Mapping):
        raise CaseError(f"`{key}` is not an object" if key in case else f"`{key}` is missing")
    return value


def _text(case: Case, key: str) -> str:
    value = case.get(key)
    if not isinstance(value, str):
        raise CaseError(f"`{key}` is not a text" if key in case else f"`{key}` is missing")
    return value
