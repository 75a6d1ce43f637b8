"""`xqdbg run`: run a program to its end, report or print the result, trace on the way."""

from __future__ import annotations

import argparse
import os
from time import perf_counter
from typing import TYPE_CHECKING

from vm.contract import Status
from xqdbg import machines
from xqdbg.batch.output import Sink, complain, say, sink
from xqdbg.batch.report import fault_lines
from xqdbg.batch.target import add_input_options, on_engine, open_target, refuse_one_stream_for_two
from xqdbg.errors import XqdbgError

if TYPE_CHECKING:
    from vm.contract import Machine, Observer

HALTED, FAULTED, OVER_BUDGET, WAITING = 0, 1, 3, 4
_SLICE = 100_000
"""Ticks between two looks at anything else; a fraction of a second, and more of them where an engine is fast."""
_SLICE_SECONDS = 0.05
_MOST_IN_SLICE = 1 << 28
_TRACED_SLICE = 1_000
"""Ticks between two flushes of the trace."""


class Interrupted(XqdbgError):
    """The user stopped a run."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of the command."""
    parser.add_argument("file", metavar="FILE", help="assembly text or bytecode; - is standard input; example:NAME")
    add_input_options(parser)
    parser.add_argument("--engine", choices=machines.engines(), help="what runs the program; default: what suits best")
    group = parser.add_argument_group("output")
    group.add_argument("--json", action="store_true", help="print the result as one JSON object")
    group.add_argument("--trace", choices=("text", "json"), help="write one line an instruction, as the run goes on")
    group.add_argument("--trace-file", metavar="PATH", help="where the trace goes; default: standard error")


def run(arguments: argparse.Namespace) -> int:
    """Run and report; the exit code tells how the program ended."""
    if arguments.trace_file is not None and arguments.trace is None:
        raise XqdbgError("--trace-file needs --trace text or --trace json")
    refuse_one_stream_for_two(arguments)
    target = on_engine(open_target(arguments.file), arguments.engine)
    machine = target.machine(arguments)
    if arguments.trace is None:
        _run_to_end(machine)
    else:
        _refuse_overwriting(arguments)
        with sink(arguments.trace_file) as trace:
            _run_to_end(machine, target.tools.tracer(machine, arguments.trace, trace.write), trace)
    outcome = target.tools.outcome(machine)
    if arguments.json:
        import json

        say(json.dumps(outcome))
    elif machine.fault is None:
        say(target.tools.report(machine).rstrip("\n"))
    else:
        if printed := target.tools.printed(machine):
            say(printed)
        for line in fault_lines(target.name, machine, outcome["instructions"]):
            complain(line)
    return exit_code(machine)


def exit_code(machine: Machine) -> int:
    """0 halted, 1 faulted, 3 a budget ran out, 4 waits for a reply of its host."""
    if machine.fault is None:
        return WAITING if machine.status is Status.HOST else HALTED
    return OVER_BUDGET if machine.fault.over_budget else FAULTED


def _refuse_overwriting(arguments: argparse.Namespace) -> None:
    path = arguments.trace_file
    for read in (arguments.file, arguments.inputs):
        if path and read and os.path.exists(path) and os.path.exists(read) and os.path.samefile(path, read):
            raise XqdbgError(f"--trace-file {path} would overwrite what is being run")


def _run_to_end(machine: Machine, observer: Observer | None = None, trace: Sink | None = None) -> None:
    done, ticks = 0, _SLICE if trace is None else _TRACED_SLICE
    try:
        while not machine.status.ended and machine.status is not Status.HOST:
            began = perf_counter()
            done = machine.run(ticks, observer=observer).tick
            if trace is not None:
                trace.flush()
            elif perf_counter() - began < _SLICE_SECONDS:
                ticks = min(2 * ticks, _MOST_IN_SLICE)
    except KeyboardInterrupt:
        raise Interrupted(f"interrupted after {done:,} instructions") from None
