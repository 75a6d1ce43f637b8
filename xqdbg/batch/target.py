"""What a command line names: the program, and the inputs it is to run on."""

from __future__ import annotations

import argparse
import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from vm.diagnostics import Diagnostic, InputError, ProgramError, printable
from vm.values import dataclass
from xqdbg import intake, machines, resources
from xqdbg.errors import XqdbgError
from xqdbg.sessionfile.form import is_session

if TYPE_CHECKING:
    from vm.contract import Machine
    from vm.toolchain import Program, Toolchain
    from xqdbg.sessionfile.record import SessionRecord

_I64 = range(-(1 << 63), 1 << 63)
_U64 = range(1 << 64)
_MOST_DIGITS = 20
MOST_FINDINGS = 12
"""Findings of a rejected program that are shown: a file that is no program at all has one in every line."""
_ABSENT = "`xqdbg examples` lists the programs that ship"


def refuse_one_stream_for_two(arguments: argparse.Namespace) -> None:
    """XqdbgError if program and inputs are both to come from standard input."""
    if arguments.file == intake.STDIN == arguments.inputs:
        raise XqdbgError("program and inputs cannot both come from standard input", "name a file for one of them")


class Rejected(XqdbgError):
    """A program with errors; the message is the whole report, several lines."""


@dataclass(frozen=True, slots=True)
class Target:
    """A program that was opened."""

    tools: Toolchain
    program: Program
    name: str
    """What the user called it, printable."""
    inputs: str | None
    """File of the inputs it ships with."""
    saved: SessionRecord | None = None
    """The session it was taken from, which has inputs of its own."""
    path: str = ""
    """The file the program itself is in; empty for standard input and for sessions."""

    def machine(self, arguments: argparse.Namespace) -> Machine:
        """A machine with the inputs of the command line; XqdbgError naming the element a machine cannot take."""
        source, inputs = _inputs(arguments, self.inputs, {} if self.saved is None else self.saved.inputs)
        try:
            return self.tools.machine(self.program, inputs)
        except InputError as error:
            raise XqdbgError(f"{source}{error}") from None


def open_target(file: str, *, most_findings: int | None = MOST_FINDINGS) -> Target:
    """Open what `FILE` names: a path, `-`, or `example:NAME`. A rejected text shows so many findings, or all."""
    path, inputs = _locate(file)
    data = intake.read_file(path, absent=_ABSENT)
    if not data:
        raise XqdbgError(f"{intake.label(file)} is empty: there is no program in it")
    if is_session(data, path):
        return _saved_target(data, printable(intake.label(file)), most_findings)
    try:
        tools, program = machines.open_program(data, path)
    except ProgramError as error:
        raise Rejected(_rejection(printable(intake.label(file)), data, error.diagnostics, most_findings)) from None
    return Target(tools, program, printable(intake.label(file)), inputs, path="" if path == intake.STDIN else path)


def beside(target: Target) -> Target:
    """The same with the lines of the text the program was compiled from, where that lies beside its file."""
    from xqdbg.originals import with_original  # only debuggers show it

    return replace(target, program=with_original(target.tools, target.program, target.path))


def on_engine(target: Target, engine: str | None) -> Target:
    """The same with tools that use one engine and no other; XqdbgError if the machine of the program has none such."""
    if engine is None:
        return target
    return replace(target, tools=machines.toolchain(machines.registered(target.tools.name), engine))


def open_for_editing(file: str) -> Target:
    """What `FILE` names; a program of no instructions where there is no such file yet, or one with errors."""
    if file == intake.STDIN:
        raise XqdbgError("standard input cannot be edited", "name a file, which need not exist yet")
    try:
        return open_target(file)
    except Rejected:
        pass
    except XqdbgError:
        if os.path.lexists(file) and (not os.path.isfile(file) or os.path.getsize(file)):
            raise
        if file.startswith(resources.EXAMPLE_PREFIX):
            raise
    tools, program = machines.assemble(b"", file)
    return Target(tools, program, printable(intake.label(file)), None, path=file)


def _saved_target(data: bytes, name: str, most_findings: int | None) -> Target:
    """The program in a session file."""
    from xqdbg.sessionfile.loading import load_program  # a start without a session pays for none of it
    from xqdbg.sessionfile.reading import parse_session

    record = parse_session(data, name)
    try:
        tools, program = load_program(record)
    except ProgramError as error:
        report = _rejection(name, record.program.text.encode("utf-8"), error.diagnostics, most_findings)
        raise Rejected(report) from None
    return Target(tools, program, record.name or name, None, record)


def refuse_too_large(target: Target) -> None:
    """XqdbgError for a program that the debugger does not take."""
    if target.program.instructions > intake.MOST_INSTRUCTIONS:
        count = f"{target.program.instructions:,} instructions"
        raise XqdbgError(f"{target.name} has {count}, too many for the debugger", "`xqdbg run` takes it")


def open_source(file: str) -> Target:
    """Assemble what `FILE` names, whatever its suffix; an empty text is a program of no instructions."""
    path, inputs = _locate(file)
    data = intake.read_file(path, absent=_ABSENT)
    name = printable(intake.label(file))
    if machines.is_bytecode(data):
        raise XqdbgError(f"{name} is bytecode already", "`xqdbg dis` prints its listing")
    if is_session(data, path):
        raise XqdbgError(f"{name} is a session and no assembly text", f"`xqdbg {name}` opens it")
    try:
        tools, program = machines.assemble(data, path)
    except ProgramError as error:
        raise Rejected(_rejection(name, data, error.diagnostics, None)) from None
    return Target(tools, program, name, inputs)


def _locate(file: str) -> tuple[str, str | None]:
    """Path of the program and of the inputs it ships with."""
    if not file.startswith(resources.EXAMPLE_PREFIX):
        return file, None
    example = resources.find_example(file)
    return str(example.program), None if example.inputs is None else str(example.inputs)


def _rejection(name: str, data: bytes, findings: Sequence[Diagnostic], most: int | None) -> str:
    from vm.assembler import render  # only rejected programs pay for it

    source = data.decode("utf-8", "replace").split("\n") if findings[0].line is not None else []
    by_position = sorted(findings, key=lambda finding: (finding.line is None, finding.line or 0, finding.column or 0))
    shown = [render(name, source, finding) for finding in by_position[:most]]
    if most is not None and (hidden := by_position[most:]):
        uncounted = " or more" if any(finding.kind == "MORE" for finding in hidden) else ""
        errors = "error" if len(hidden) == 1 else "errors"
        shown.append(f"{name}: {len(hidden)}{uncounted} further {errors}; see `xqdbg check`")
    return "\n".join(shown)


def add_input_options(parser: argparse.ArgumentParser) -> None:
    """The options that say what a program runs on."""
    group = parser.add_argument_group("inputs")
    source = group.add_mutually_exclusive_group()
    source.add_argument(
        "--calldata", action="append", metavar="1,2,-3", help="integers, slot 0 first; may be given several times"
    )
    source.add_argument(
        "--inputs", metavar="FILE.json", help="JSON object with calldata and limits; - is standard input"
    )
    group.add_argument("--args", metavar="HEX", help="octets of the argument, in hexadecimal")
    group.add_argument("--gas", type=_count, metavar="N", help="gas the program may use")
    group.add_argument("--output-slots", type=_count, metavar="N", help="number of output slots")
    limit = group.add_mutually_exclusive_group()
    limit.add_argument("--step-limit", type=_count, metavar="N", help="steps the program may take")
    limit.add_argument("--unlimited-steps", action="store_true", help="no limit of steps")
    group.add_argument("--memory-limit", type=_count, metavar="N", help="bytes the program may be charged")


def _inputs(arguments: argparse.Namespace, shipped: str | None, saved: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """Where the inputs come from, as the beginning of a message, and the inputs."""
    source = ""
    inputs: dict[str, Any] = dict(saved)
    if arguments.calldata is not None:
        inputs["calldata"] = [value for text in arguments.calldata for value in _calldata(text)]
    elif (path := arguments.inputs or shipped) is not None:
        source, inputs = f"{intake.label(path)}: ", intake.read_object(path)
    for key in ("args", "gas", "output_slots", "step_limit", "memory_limit"):
        if (value := getattr(arguments, key, None)) is not None:
            inputs[key] = value
    if arguments.unlimited_steps:
        inputs["step_limit"] = None
    return source, inputs


def _calldata(text: str) -> list[int]:
    return [_item(item) for item in text.split(",")]


def _item(text: str) -> int:
    digits = text[1:] if text[:1] in ("+", "-") else text
    if not (digits.isascii() and digits.isdigit()):
        hint = "write integers with commas and no blanks: 1,2,-3"
        raise XqdbgError(f"--calldata: {text[:40]!r} is not an integer", hint)
    value = int(digits.lstrip("0")[:_MOST_DIGITS] or "0") * (-1 if text[0] == "-" else 1)
    if value not in _I64:
        raise XqdbgError(f"--calldata: {text[:40]} does not fit in a 64-bit signed integer")
    return value


def _count(text: str) -> int:
    digits = text.removeprefix("+")
    if not (digits.isascii() and digits.isdigit()):
        raise argparse.ArgumentTypeError(f"{text[:40]!r} is not a non-negative integer")
    value = int(digits.lstrip("0")[: _MOST_DIGITS + 1] or "0")
    if value not in _U64:
        raise argparse.ArgumentTypeError(f"{text[:40]} does not fit in a 64-bit unsigned integer")
    return value
