"""XQVM's tools, as the faces use them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from vm.contract import Machine, Observer, Place
from vm.diagnostics import Diagnostic, InputError
from vm.isa import Isa
from vm.tokens import Syntax
from vm.toolchain import Forecast
from vm.toolchain import Program as AnyProgram
from vm.xqvm import assembler, disassembler
from vm.xqvm.isa import ISA
from vm.xqvm.machine import XqvmMachine
from vm.xqvm.metering import DEFAULT_MEMORY_LIMIT, DEFAULT_STEP_LIMIT
from vm.xqvm.model import U64_MAX, Slot
from vm.xqvm.program import Program
from vm.xqvm.values import from_json, to_json
from vm.xqvm.views import summary

DEFAULT_OUTPUT_SLOTS = 16
OUTPUT_SLOTS_MAX = 1_000_000
"""More output slots than this are refused: each takes memory before the program has run."""

_KEYS = ("calldata", "output_slots", "step_limit", "memory_limit")


class XqvmToolchain:
    """Implements `vm.toolchain.Toolchain`."""

    name = "xqvm"
    text_suffix = ".xqasm"
    code_suffix = ".xqb"
    listing_assembles = False

    @property
    def isa(self) -> Isa:
        return ISA

    @property
    def syntax(self) -> Syntax:
        """How XQVM assembly is written."""
        from vm.xqvm.tokens import SYNTAX  # only editors need it

        return SYNTAX

    def templates(self) -> Mapping[str, str]:
        """Texts to begin a program with, by name."""
        from vm.xqvm.templates import TEMPLATES

        return TEMPLATES

    def assemble(self, text: str, name: str = "") -> Program:
        """Assemble source text; ProgramError with every finding."""
        return assembler.assemble(text, name)

    def load(self, data: bytes, name: str = "") -> Program:
        """Read an `.xqb` file; ProgramError if it is none."""
        return Program.load(data, name)

    def disassemble(self, program: AnyProgram) -> str:
        """The listing of section 4."""
        return disassembler.listing(_own(program))

    def check(self, program: AnyProgram) -> Sequence[Diagnostic]:
        """Findings of the static verifier; empty if the program passes."""
        from vm.xqvm.verifier import verify  # only `check` needs it, and it is a tenth of the start-up

        own = _own(program)
        return tuple(
            Diagnostic(
                finding.message,
                finding.variant,
                line=own.line_of(finding.pos),
                column=1,
                hint=finding.hint,
                offset=finding.pos,
            )
            for finding in verify(own.code)
        )

    def forecast(self, program: AnyProgram) -> Forecast:
        """The depth of the stack that the verifier predicts, and its findings."""
        from vm.xqvm.verifier import predicted_depths

        return Forecast(Place("stack"), predicted_depths(_own(program).code), self.check(program))

    def machine(self, program: AnyProgram, inputs: Mapping[str, Any]) -> XqvmMachine:
        """A machine at tick 0. `inputs` has the keys of a vector's inputs.json; unknown keys are refused."""
        if unknown := sorted(set(map(str, inputs)) - set(_KEYS)):
            raise InputError(f"unknown key {unknown[0][:40]!r}; inputs have {', '.join(_KEYS)}")
        calldata = inputs.get("calldata", [])
        if not isinstance(calldata, list):
            raise InputError("calldata: must be a list with one value a slot")
        step_limit = inputs.get("step_limit", DEFAULT_STEP_LIMIT)
        return XqvmMachine(
            _own(program),
            [from_json(value, f"calldata[{n}]") for n, value in enumerate(calldata)],
            output_slots=_count(inputs, "output_slots", DEFAULT_OUTPUT_SLOTS, OUTPUT_SLOTS_MAX),
            step_limit=None if step_limit is None else _count(inputs, "step_limit", DEFAULT_STEP_LIMIT, U64_MAX),
            memory_limit=_count(inputs, "memory_limit", DEFAULT_MEMORY_LIMIT, U64_MAX),
        )

    def outcome(self, machine: Machine) -> dict[str, Any]:
        """The result of a run: outputs and final stack, or the fault; then what it cost."""
        own = _own_machine(machine)
        costs = {"steps": own.steps, "instructions": own.instructions, "memory_used": own.memory_used}
        fault = own.fault
        if fault is not None:
            line = own.program.line_of(fault.pc)
            return {"error": fault.code, "message": fault.message, "pc": fault.pc, "line": line, **costs}
        return {"outputs": _trimmed(own.output_slots), "final_stack": list(own.stack), **costs}

    def report(self, machine: Machine) -> str:
        """Outputs, stack and cost, one item a line."""
        own = _own_machine(machine)
        outputs = [f"  [{n}] {summary(value)}" for n, value in enumerate(own.output_slots) if value is not None]
        stack = [f"  [{n}] {value}" for n, value in enumerate(own.stack)]
        limit = "unlimited" if own.step_limit is None else f"{own.step_limit:,}"
        return "\n".join([
            *(["outputs", *outputs] if outputs else ["outputs  none"]),
            *(["stack, bottom first", *stack] if stack else ["stack    empty"]),
            f"cost     {own.instructions:,} instructions, {own.steps:,} of {limit} steps, "
            f"{own.memory_used:,} of {own.memory_limit:,} bytes",
        ])  # fmt: skip

    def printed(self, machine: Machine) -> str:
        """Nothing: its programs print nothing."""
        return ""

    def inputs(self, machine: Machine) -> dict[str, Any]:
        """The inputs and limits a machine has now, as `machine` takes them."""
        own = _own_machine(machine)
        return {
            "calldata": [to_json(value) for value in own.calldata],
            "output_slots": len(own.output_slots),
            "step_limit": own.step_limit,
            "memory_limit": own.memory_limit,
        }

    def tracer(self, machine: Machine, form: str, write: Callable[[str], object]) -> Observer:
        """An observer that writes the released toolchain's trace, `text` or `json`."""
        from vm.xqvm.trace import tracer  # only `--trace` needs it

        return tracer(_own_machine(machine), form, write)


def _own(program: AnyProgram) -> Program:
    if not isinstance(program, Program):
        raise TypeError("not an XQVM program")
    return program


def _own_machine(machine: Machine) -> XqvmMachine:
    if not isinstance(machine, XqvmMachine):
        raise TypeError("not an XQVM")
    return machine


def _count(inputs: Mapping[str, Any], key: str, default: int, most: int) -> int:
    value = inputs.get(key, default)
    if not isinstance(value, int) or isinstance(value, bool):
        raise InputError(f"{key}: must be an integer")
    if not 0 <= value <= most:
        raise InputError(f"{key}: must be 0 to {most:,}")
    return value


def _trimmed(outputs: Sequence[Slot]) -> list[Any]:
    """Outputs in JSON form, unset slots at the end left out."""
    values = [to_json(value) for value in outputs]
    while values and values[-1] is None:
        values.pop()
    return values


TOOLCHAIN = XqvmToolchain()
