"""What surrounds a machine: loading, assembling, checking, inputs, results. All that the batch face needs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from vm.contract import Line, Machine, Observer, Place
from vm.diagnostics import Diagnostic
from vm.isa import Isa
from vm.tokens import Syntax
from vm.values import dataclass


class Program(Protocol):
    """A program, loaded: what a machine runs."""

    @property
    def name(self) -> str: ...
    @property
    def instructions(self) -> int:
        """Number of lines of the listing."""
        ...

    @property
    def source(self) -> Sequence[str]:
        """Lines of the source text; empty for bytecode."""
        ...

    def lines(self) -> Sequence[Line]: ...
    def container(self) -> bytes:
        """The program as a bytecode file."""
        ...


@dataclass(frozen=True, slots=True)
class Forecast:
    """What the static verifier says of a program, to stand beside what happens."""

    place: Place | None
    """The place whose length it predicts, such as the stack; None where a machine has none of the kind."""
    depths: Mapping[int, int | None]
    """That length before each instruction, by address; None where it cannot tell. Unreached ones are missing."""
    findings: Sequence[Diagnostic]
    """As `check` gives them, with `offset` the address."""


class Toolchain(Protocol):
    """One machine's tools. Errors in programs are ProgramError, in inputs InputError."""

    @property
    def name(self) -> str: ...
    @property
    def isa(self) -> Isa: ...
    @property
    def text_suffix(self) -> str: ...
    @property
    def code_suffix(self) -> str: ...
    @property
    def syntax(self) -> Syntax:
        """How its assembly text is written."""
        ...

    def templates(self) -> Mapping[str, str]:
        """Texts to begin a program with, by name, the plainest first; each assembles, runs and explains itself."""
        ...

    def assemble(self, text: str, name: str = "") -> Program: ...
    def load(self, data: bytes, name: str = "") -> Program:
        """Read a bytecode file."""
        ...

    @property
    def listing_assembles(self) -> bool:
        """Whether what `disassemble` gives is a text that assembles to the program."""
        ...

    def disassemble(self, program: Program) -> str: ...
    def check(self, program: Program) -> Sequence[Diagnostic]:
        """Findings of the static verifier; empty if the program passes."""
        ...

    def forecast(self, program: Program) -> Forecast:
        """What the static verifier predicts, and finds wrong."""
        ...

    def machine(self, program: Program, inputs: Mapping[str, Any]) -> Machine:
        """A machine at tick 0. `inputs` has the keys of the machine's inputs.json; unknown keys are refused."""
        ...

    def outcome(self, machine: Machine) -> dict[str, Any]:
        """The result of a run as one JSON object, with the keys of `run --json`."""
        ...

    def report(self, machine: Machine) -> str:
        """The result of a run for people, one item a line."""
        ...

    def printed(self, machine: Machine) -> str:
        """What a run has printed so far, as the report has it; empty if nothing, and for machines that never print."""
        ...

    def inputs(self, machine: Machine) -> dict[str, Any]:
        """The inputs and limits a machine has now, as `machine` takes them."""
        ...

    def tracer(self, machine: Machine, form: str, write: Callable[[str], object]) -> Observer:
        """An observer that writes the machine's own trace in `form`, `text` or `json`, line by line."""
        ...
