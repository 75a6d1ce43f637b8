"""PVM's tools, as the faces use them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from vm.contract import Machine, Observer
from vm.diagnostics import Diagnostic
from vm.isa import Isa
from vm.pvm.engines import AUTOMATIC, NATIVE
from vm.pvm.isa import ISA
from vm.pvm.program import Program
from vm.tokens import Syntax
from vm.toolchain import Forecast
from vm.toolchain import Program as AnyProgram

if TYPE_CHECKING:
    from vm.pvm.machine import PvmMachine


class PvmToolchain:
    """Implements `vm.toolchain.Toolchain`. What only some commands need is imported by them."""

    name = "pvm"
    text_suffix = ".pvmasm"
    code_suffix = ".pvm"
    listing_assembles = True

    def __init__(self, *, lenient: bool = False, engine: str = AUTOMATIC) -> None:
        """`lenient` takes blobs that are not the one encoding of what they hold, as most engines do."""
        self._lenient = lenient
        self._engine = engine

    @property
    def isa(self) -> Isa:
        return ISA

    @property
    def syntax(self) -> Syntax:
        """How PVM assembly is written."""
        from vm.pvm.tokens import SYNTAX

        return SYNTAX

    def templates(self) -> Mapping[str, str]:
        """Texts to begin a program with, by name."""
        from vm.pvm.beginnings import BEGINNINGS

        return BEGINNINGS

    def assemble(self, text: str, name: str = "") -> Program:
        """Assemble source text; ProgramError with every finding."""
        from vm.pvm.assembler import assemble

        return assemble(text, name)

    def load(self, data: bytes, name: str = "") -> Program:
        """Read a `.pvm` or `.jam` file, a bare program blob, or one in hexadecimal; ProgramError if it is none."""
        return Program.load(data, name, lenient=self._lenient)

    def disassemble(self, program: AnyProgram) -> str:
        """A text that assembles to the same octets. Section 15.5."""
        from vm.pvm.disassembler import disassemble

        return disassemble(_own(program))

    def check(self, program: AnyProgram) -> Sequence[Diagnostic]:
        """What cannot be meant: instructions that are none, jumps to nowhere, blocks that are never reached."""
        from vm.pvm.verifier import verify

        return verify(_own(program))

    def forecast(self, program: AnyProgram) -> Forecast:
        """The findings alone: a register machine has no stack whose depth could be told."""
        return Forecast(None, {}, self.check(program))

    def machine(self, program: AnyProgram, inputs: Mapping[str, Any]) -> PvmMachine:
        """A machine at tick 0. `inputs` has the keys of inputs.json; unknown keys are refused."""
        from vm.pvm.inputs import from_json
        from vm.pvm.machine import PvmMachine

        return PvmMachine(_own(program), from_json(inputs), engine=self._engine)

    def outcome(self, machine: Machine) -> dict[str, Any]:
        """The result of a run: how it ended, registers, gas, what the host was asked, and the output."""
        from vm.pvm.outcome import outcome

        return outcome(_own_machine(machine))

    def report(self, machine: Machine) -> str:
        """The same for people, one item a line."""
        from vm.pvm.outcome import report

        return report(_own_machine(machine))

    def printed(self, machine: Machine) -> str:
        """Nothing: its programs print nothing."""
        return ""

    def inputs(self, machine: Machine) -> dict[str, Any]:
        """The inputs and limits a machine has now, as `machine` takes them."""
        own = _own_machine(machine)
        return {**own.inputs.json, "gas": own.gas_limit, "memory_limit": own.memory.limit}

    def tracer(self, machine: Machine, form: str, write: Callable[[str], object]) -> Observer:
        """An observer that writes one line an instruction, `text` or `json`."""
        from vm.pvm.trace import tracer

        return tracer(_own_machine(machine), form, write)


def _own(program: AnyProgram) -> Program:
    if not isinstance(program, Program):
        raise TypeError("not a PVM program")
    return program


def _own_machine(machine: Machine) -> PvmMachine:
    from vm.pvm.machine import PvmMachine

    if not isinstance(machine, PvmMachine):
        raise TypeError("not a PVM")
    return machine


TOOLCHAIN = PvmToolchain()


def on_engine(name: str) -> PvmToolchain:
    """The tools with machines that run on one engine and no other; InputError if that cannot be had here."""
    if name == NATIVE:
        from vm.pvm.native.compiler import require

        require()
    return PvmToolchain(engine=name)
