"""The toy machine's tools, as far as a session asks for them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from tests.support.toy.isa import ISA
from tests.support.toy.machine import ToyMachine
from tests.support.toy.program import ToyProgram, toy_program
from tests.support.toy.syntax import ToySyntax
from vm.contract import Machine, Observer, Place
from vm.diagnostics import Diagnostic, ProgramError
from vm.isa import Isa
from vm.toolchain import Forecast

_LINE = re.compile(r"line (\d+)")


class ToyToolchain:
    """Assembles. Whatever else a toolchain does is not asked of it."""

    name = "toy"
    text_suffix = ".toy"
    code_suffix = ".toyb"
    listing_assembles = False
    syntax = ToySyntax()

    @property
    def isa(self) -> Isa:
        return ISA

    def assemble(self, text: str, name: str = "") -> Any:
        try:
            return toy_program(text)
        except (ValueError, KeyError) as error:
            line = _LINE.match(str(error))
            raise ProgramError([Diagnostic(str(error)[:80], "TOY", int(line[1]) if line else None)]) from error

    def load(self, data: bytes, name: str = "") -> Any:
        raise NotImplementedError

    def disassemble(self, program: Any) -> str:
        raise NotImplementedError

    def check(self, program: Any) -> Sequence[Diagnostic]:
        return ()

    def forecast(self, program: Any) -> Forecast:
        return Forecast(Place("out"), {}, ())

    def machine(self, program: Any, inputs: Mapping[str, Any]) -> ToyMachine:
        assert isinstance(program, ToyProgram)
        return ToyMachine(program)

    def outcome(self, machine: Machine) -> dict[str, Any]:
        raise NotImplementedError

    def report(self, machine: Machine) -> str:
        raise NotImplementedError

    def printed(self, machine: Machine) -> str:
        return ""

    def inputs(self, machine: Machine) -> dict[str, Any]:
        return {}

    def tracer(self, machine: Machine, form: str, write: Callable[[str], object]) -> Observer:
        raise NotImplementedError


TOOLS = ToyToolchain()
