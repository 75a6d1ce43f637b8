"""`xqdbg exec`: the debugger without a terminal. Commands in, text or one JSON object a command out."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from typing import Any

from vm.diagnostics import printable
from xqdbg.batch.output import complain, say
from xqdbg.batch.target import add_input_options, beside, open_target, refuse_too_large
from xqdbg.errors import XqdbgError
from xqdbg.intake import STDIN, label
from xqdbg.script import Interpreter, Reply, Script, obey, prompt, read_script
from xqdbg.session import Opened, Session
from xqdbg.sessionfile.record import SessionRecord

FINE, FAILED = 0, 1


class _Given(argparse.Action):
    """Keeps commands and scripts in the order they were given in."""

    def __call__(
        self, parser: argparse.ArgumentParser, namespace: argparse.Namespace, values: Any, option: str | None = None
    ) -> None:
        given = [*(getattr(namespace, self.dest, None) or ()), (self.const, values)]
        setattr(namespace, self.dest, given)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of the command."""
    parser.add_argument("file", metavar="FILE", help="assembly text or bytecode; - is standard input; example:NAME")
    group = parser.add_argument_group("commands, obeyed in the order given")
    group.add_argument("-c", "--command", dest="given", action=_Given, const="command", metavar="COMMANDS",
                       help="commands with ; between them; may be given several times")  # fmt: skip
    group.add_argument("-x", "--script", dest="given", action=_Given, const="script", metavar="SCRIPT",
                       help="a file of commands; - is standard input; may be given several times")  # fmt: skip
    group.add_argument("--keep-going", action="store_true", help="go on with the next line where a command fails")
    add_input_options(parser)
    output = parser.add_argument_group("output")
    form = output.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="print one JSON object a command")
    form.add_argument("--echo", action="store_true", help="print each line before what it comes to")


def run(arguments: argparse.Namespace) -> int:
    """Obey; the exit code tells whether all commands and pins were fine."""
    given = arguments.given or ()
    if not given:
        raise XqdbgError("there is nothing to obey", "name commands by -c 'COMMANDS' or -x SCRIPT; -x - reads them")
    _refuse_one_stream_for_two(arguments, given)
    scripts = [_script(kind, text, number) for number, (kind, text) in enumerate(given, 1)]
    target = open_target(arguments.file)
    refuse_too_large(target)
    target = beside(target)
    session = Session(target.machine(arguments), target.name, opened=Opened(target.tools, target.program, target.path))
    if target.saved is not None:
        _resume(session, target.saved, label(arguments.file))
    interpreter = Interpreter(session, keep_going=arguments.keep_going)
    tell = _tell_json if arguments.json else _tell
    hear = (lambda line: _say(prompt(interpreter) + printable(line))) if arguments.echo else None
    fine = True
    for script in scripts:
        fine &= obey(interpreter, script.lines(), tell, hear)
        if interpreter.left or not (fine or interpreter.keep_going):
            break
    for reply in interpreter.check_pins():
        tell(reply)
        fine = False
    return FINE if fine else FAILED


def _resume(session: Session, record: SessionRecord, source: str) -> None:
    """Go on with a session of a file; a line on standard error if its run is another one now."""
    from xqdbg.saving import SAME, resume

    message = resume(session, record, source).message
    if not message.endswith(SAME):
        complain(f"xqdbg: {source}: {message}")


def _script(kind: str, text: str, number: int) -> Script:
    """What `-c` or `-x` names."""
    return read_script(text) if kind == "script" else Script("-c" if number == 1 else f"-c {number}", text)


def _refuse_one_stream_for_two(arguments: argparse.Namespace, given: Sequence[tuple[str, str]]) -> None:
    """XqdbgError if more than one of program, inputs and scripts is to come from standard input."""
    wanted = [arguments.file, arguments.inputs, *(text for kind, text in given if kind == "script")]
    if wanted.count(STDIN) > 1:
        raise XqdbgError("standard input cannot be read twice", "name files for the program, the inputs or the script")


def _tell(reply: Reply) -> None:
    for line in reply.lines:
        if reply.error:
            sys.stdout.flush()
            complain(line)
        else:
            say(line)
    sys.stdout.flush()


def _tell_json(reply: Reply) -> None:
    _say(json.dumps(reply.json, default=str))


def _say(line: str) -> None:
    say(line)
    sys.stdout.flush()
