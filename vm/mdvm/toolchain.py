"""The Machine Dialect's tools, as the faces use them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from vm.contract import Machine, Observer
from vm.diagnostics import Diagnostic
from vm.isa import Isa
from vm.mdvm.engines import AUTOMATIC
from vm.mdvm.isa import ISA
from vm.mdvm.program import Program
from vm.tokens import Syntax
from vm.toolchain import Forecast
from vm.toolchain import Program as AnyProgram

if TYPE_CHECKING:
    from vm.mdvm.machine import MdvmMachine


class MdvmToolchain:
    """Implements `vm.toolchain.Toolchain`. What only some commands need is imported by them."""

    name = "mdvm"
    text_suffix = ".mdasm"
    code_suffix = ".mdbc"
    listing_assembles = True

    def __init__(self, *, engine: str = AUTOMATIC) -> None:
        self.engine = engine
        """What runs the programs: one of `engines.NAMES`."""

    @property
    def isa(self) -> Isa:
        return ISA

    @property
    def syntax(self) -> Syntax:
        """How the assembly is written."""
        from vm.mdvm.tokens import SYNTAX

        return SYNTAX

    def templates(self) -> Mapping[str, str]:
        """Texts to begin a program with, by name."""
        from vm.mdvm.beginnings import BEGINNINGS

        return BEGINNINGS

    def assemble(self, text: str, name: str = "") -> Program:
        """Assemble source text; ProgramError with every finding."""
        from vm.mdvm.assembler import assemble

        return assemble(text, name)

    def load(self, data: bytes, name: str = "") -> Program:
        """Read a `.mdbc` file; ProgramError if the released machine would not load it."""
        return Program.load(data, name)

    def disassemble(self, program: AnyProgram) -> str:
        """A text that assembles to the same file. Section 14."""
        from vm.mdvm.disassembler import disassemble

        return disassemble(_own(program))

    def check(self, program: AnyProgram) -> Sequence[Diagnostic]:
        """What cannot be meant: jumps to nowhere, missing constants, calls of nothing, code that is never reached."""
        from vm.mdvm.verifier import verify

        return verify(_own(program))

    def forecast(self, program: AnyProgram) -> Forecast:
        """The findings alone: a register machine has no stack whose depth could be told."""
        return Forecast(None, {}, self.check(program))

    def machine(self, program: AnyProgram, inputs: Mapping[str, Any]) -> MdvmMachine:
        """A machine at tick 0. `inputs` has limits only; unknown keys are refused."""
        from vm.mdvm.inputs import from_json
        from vm.mdvm.machine import MdvmMachine

        return MdvmMachine(_own(program), from_json(inputs), self.engine)

    def outcome(self, machine: Machine) -> dict[str, Any]:
        """The result of a run: how it ended, what it gives back, what it printed, globals, instructions."""
        from vm.mdvm.outcome import outcome

        return outcome(_own_machine(machine))

    def report(self, machine: Machine) -> str:
        """The same for people, one item a line."""
        from vm.mdvm.outcome import report

        return report(_own_machine(machine))

    def printed(self, machine: Machine) -> str:
        """The lines of output, under a heading."""
        from vm.mdvm.outcome import printed

        return "\n".join(printed(_own_machine(machine)))

    def inputs(self, machine: Machine) -> dict[str, Any]:
        """The limits a machine has now, as `machine` takes them."""
        own = _own_machine(machine)
        return {"instructions": own.limit, "memory": own.memory_limit}

    def tracer(self, machine: Machine, form: str, write: Callable[[str], object]) -> Observer:
        """An observer that writes the debug trace, or one JSON object an instruction."""
        from vm.mdvm.trace import tracer

        return tracer(_own_machine(machine), form, write)


def _own(program: AnyProgram) -> Program:
    if not isinstance(program, Program):
        raise TypeError("not a program of the Machine Dialect")
    return program


def _own_machine(machine: Machine) -> MdvmMachine:
    from vm.mdvm.machine import MdvmMachine

    if not isinstance(machine, MdvmMachine):
        raise TypeError("not a machine of the Machine Dialect")
    return machine


TOOLCHAIN = MdvmToolchain()


def on_engine(name: str) -> MdvmToolchain:
    """The tools with machines that run on one engine and no other."""
    return MdvmToolchain(engine=name)
