"""`xqdbg asm`, `dis`, `check` and `examples`."""

from __future__ import annotations

import argparse
import os
from pathlib import PurePath

from vm.diagnostics import printable
from xqdbg import intake, resources
from xqdbg.batch.output import remark, say, standard_output, write_file
from xqdbg.batch.report import finding_lines
from xqdbg.batch.target import Target, open_source, open_target
from xqdbg.errors import XqdbgError


def add_asm_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `asm`."""
    parser.add_argument("file", metavar="FILE", help="assembly text; - is standard input; example:NAME")
    where = parser.add_mutually_exclusive_group()
    where.add_argument("-o", "--output", metavar="OUT", help="bytecode file; default: FILE with the suffix of bytecode")
    where.add_argument("--stdout", action="store_true", help="write the bytecode to standard output")


def asm(arguments: argparse.Namespace) -> int:
    """Assemble a text into a bytecode file."""
    target = open_source(arguments.file)
    code = target.program.container()
    if arguments.stdout or arguments.output == intake.STDIN:
        standard_output().buffer.write(code)
        return 0
    output = arguments.output or _default_output(arguments.file, target)
    if os.path.exists(output) and os.path.exists(arguments.file) and os.path.samefile(output, arguments.file):
        raise XqdbgError(f"{output} is the source itself", "name another file with -o")
    write_file(output, code)
    remark(f"assembled {_instructions(target)} ({len(code)} bytes) -> {printable(os.path.normpath(output))}")
    return 0


def _default_output(file: str, target: Target) -> str:
    if file == intake.STDIN:
        raise XqdbgError("what comes from standard input has no name to derive another from", "use -o OUT or --stdout")
    if file.startswith(resources.EXAMPLE_PREFIX):
        return file.removeprefix(resources.EXAMPLE_PREFIX).replace("/", "_") + target.tools.code_suffix
    return str(PurePath(file).with_suffix(target.tools.code_suffix))


def _instructions(target: Target) -> str:
    count = target.program.instructions
    return f"{count} instruction{'' if count == 1 else 's'}"


def add_dis_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `dis`."""
    parser.add_argument("file", metavar="FILE", nargs="?", default=intake.STDIN, help="default: standard input")


def dis(arguments: argparse.Namespace) -> int:
    """Print the listing of a program."""
    target = open_target(arguments.file)
    standard_output().write(target.tools.disassemble(target.program))
    return 0


def add_check_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `check`."""
    parser.add_argument("file", metavar="FILE", help="assembly text or bytecode; - is standard input; example:NAME")


def check(arguments: argparse.Namespace) -> int:
    """Print `ok`, or everything the verifier finds."""
    target = open_target(arguments.file, most_findings=None)
    findings = target.tools.check(target.program)
    if not findings:
        say(f"ok: {target.name} ({_instructions(target)})")
        return 0
    for line in finding_lines(target.name, findings, target.program.lines()):
        say(line)
    return 1


def add_examples_arguments(_parser: argparse.ArgumentParser) -> None:
    """`examples` has no arguments."""


def examples(_arguments: argparse.Namespace) -> int:
    """List the programs that ship."""
    found = list(resources.examples())
    if not found:
        raise XqdbgError("no example programs are installed")
    width = max(len(example.name) for example in found)
    shown = ""
    for example in found:
        title = "" if example.title == shown else example.title
        shown = example.title
        say(f"{resources.EXAMPLE_PREFIX}{example.name:{width}}  {title}".rstrip())
    return 0
