"""The command line: one table of commands, each imported when it is called."""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, NoReturn

from vm.values import dataclass
from xqdbg import __version__
from xqdbg.batch.output import complain, discard, error_line, say
from xqdbg.errors import XqdbgError

if TYPE_CHECKING:
    from _typeshed import SupportsWrite

USAGE_ERROR = 2
INTERRUPTED = 130
CLOSED_PIPE = 141

Open = Callable[[argparse.Namespace], int]
"""Opens the debugger; handed in from above, as this face knows no other."""


@dataclass(frozen=True, slots=True)
class BatchCommand:
    """A word of the command line."""

    module: str
    run: str
    """Function of the module that obeys: parsed arguments to exit code."""
    arguments: str
    """Function of the module that adds the arguments to a parser."""
    help: str
    detail: str
    examples: tuple[str, ...]


_EXIT_CODES = (
    "exit codes: 0 halted, 1 faulted, 2 usage or unreadable input, 3 budget of steps, gas or memory,\n"
    "4 waits for a reply of its host"
)

COMMANDS = {
    "run": BatchCommand(
        "run", "run", "add_arguments", "run a program and report its result", _EXIT_CODES,
        (
            "xqdbg run example:tsp5/encoder",
            "xqdbg run program.xqasm --calldata 1,2,-3 --json",
            "xqdbg run program.xqb --inputs inputs.json --trace json --trace-file trace.jsonl",
            "xqdbg run program --args 'e0 93 04 00' --gas 2000000",
        ),
    ),
    "exec": BatchCommand(
        "exec", "run", "add_arguments", "obey debugger commands without a terminal",
        "The language is that of the debugger's command line: `xqdbg exec FILE -c help`.\n"
        "A script has one command a line, or several with ; between them; # begins a comment.\n"
        "exit codes: 0 all went well, 1 a command failed or a pin does not hold, 2 usage or unreadable input",
        (
            "xqdbg exec example:factorial -c 'break op:MUL; continue; print r1, r2'",
            "xqdbg exec example:tsp5/encoder -c 'hits op:ADDQUAD show r4, r6' --json",
            "xqdbg exec program.xqasm -x checks.xqd --calldata 5",
        ),
    ),
    "asm": BatchCommand(
        "tools", "asm", "add_asm_arguments", "assemble a text into bytecode",
        "Every error of the text is reported with its line, column and an excerpt.",
        ("xqdbg asm program.xqasm", "xqdbg asm program.xqasm --stdout | xqdbg dis"),
    ),
    "dis": BatchCommand(
        "tools", "dis", "add_dis_arguments", "print the listing of a program",
        "Reads bytecode, or text, which it assembles first.",
        ("xqdbg dis program.xqb", "xqdbg dis example:factorial"),
    ),
    "check": BatchCommand(
        "tools", "check", "add_check_arguments", "verify a program without running it",
        "Prints ok, or every finding as file:line:col: Variant: what it is; exit code 1 if there is any.",
        ("xqdbg check program.xqasm", "xqdbg check example:tsp5/verifier"),
    ),
    "conform": BatchCommand(
        "conform", "conform", "add_arguments", "run conformance cases",
        "PATH is a folder with program, inputs.json and expected.json, a tree of such folders,\n"
        "a .jsonl file with a case a line, a .json file with an array of cases\n"
        "or an object with such an array as `vectors`, or a tree with all of them.\n"
        "exit codes: 0 all passed, 1 something failed, 2 nothing found",
        ("xqdbg conform", "xqdbg conform vectors/ more.jsonl --json"),
    ),
    "examples": BatchCommand(
        "tools", "examples", "add_examples_arguments", "list the programs that ship",
        "Their names are accepted wherever a FILE is expected, and bring their inputs with them.",
        ("xqdbg examples", "xqdbg example:tsp5/encoder"),
    ),
    "config": BatchCommand(
        "config", "run", "add_arguments", "show the settings and where each comes from",
        "The command line overrules the environment, which overrules the file.\n"
        "exit codes: 0 all is well, 1 something in the file cannot be used, 2 usage",
        ("xqdbg config", "xqdbg config --init", "XQDBG_THEME=paper xqdbg config"),
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Face:
    """A word of the command line that opens the debugger in another face than the terminal interface."""

    options: str
    """Function of the options module that adds what this face alone has to a parser."""
    help: str
    detail: str
    examples: tuple[str, ...]


FACES = {
    "edit": Face(
        "add_face_options",
        "open the debugger with the editor on a text",
        "The text may have errors, or not exist yet: ctrl+r runs it when it is well, ctrl+s saves it.",
        ("xqdbg edit program.xqasm", "xqdbg edit example:tsp5/encoder"),
    ),
    "repl": Face(
        "add_line_options",
        "open the debugger as a dialogue in lines",
        "For those who like lines, and for screen readers: nothing is ever drawn over.\n"
        "Where input or output is no terminal, it obeys the lines of standard input.",
        ("xqdbg repl example:factorial", "xqdbg repl program.xqasm --calldata 5 < commands.xqd"),
    ),
    "serve": Face(
        "add_serve_options",
        "open the debugger in a web browser",
        "Every visitor gets a debugger of their own. There are no passwords: it listens to this machine alone\n"
        "unless --host says otherwise. Needs the extra: pip install 'xqdbg[serve]'.",
        ("xqdbg serve example:tsp5/encoder", "xqdbg serve program.xqasm --calldata 5 --port 8123"),
    ),
}
"""By word. All of them are opened by what is handed in from above."""


_HELP_FORMAT = partial(argparse.RawDescriptionHelpFormatter, width=78)
"""A width of its own, as every parser would import what asks the terminal for one, help or not."""


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in one line, and does not keep to itself that it cannot print its help."""

    def print_help(self, file: SupportsWrite[str] | None = None) -> None:
        say(self.format_help().rstrip("\n"))

    def error(self, message: str) -> NoReturn:
        raise XqdbgError(message, f"see `{self.prog} --help`")


def main(argv: Sequence[str], open_debugger: Open) -> int:
    """Obey a command line; the exit code. Every error of the user becomes one line here."""
    _prepare_streams()
    try:
        code = _obey(argv, open_debugger)
        if sys.stdout is not None:
            sys.stdout.flush()
        return code
    except XqdbgError as error:
        return _told(error)
    except BrokenPipeError:
        return _leave_quietly()
    except OSError as error:
        discard(sys.stdout)
        return _told(XqdbgError(f"cannot write the output: {error.strerror or error}"))
    except KeyboardInterrupt:
        return _told(XqdbgError("interrupted"), INTERRUPTED)
    except MemoryError:
        return _told(XqdbgError("this machine has not enough memory for that"))


def _told(error: XqdbgError, code: int = USAGE_ERROR) -> int:
    """Tell, and return the exit code, which alone has to tell where nothing can be written."""
    from xqdbg.batch.run import Interrupted
    from xqdbg.batch.target import Rejected

    try:
        complain(error.message if isinstance(error, Rejected) else error_line(error))
    except BrokenPipeError:
        return _leave_quietly()
    except OSError:
        discard(sys.stderr)
    return INTERRUPTED if isinstance(error, Interrupted) else code


def _leave_quietly() -> int:
    """Nobody reads on, and nothing may be flushed into the closed pipe at exit."""
    discard(sys.stdout, sys.stderr)
    return CLOSED_PIPE


def _prepare_streams() -> None:
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")


def _obey(argv: Sequence[str], open_debugger: Open) -> int:
    if not argv:
        complain(_main_parser().format_help().rstrip())
        return USAGE_ERROR
    if argv[0] in COMMANDS:
        return _run_command(argv[0], argv[1:])
    if argv[0] in FACES:
        return _open_face(argv[0], argv[1:], open_debugger)
    if argv[0] in ("-V", "--version"):
        say(f"xqdbg {__version__}")
        return 0
    if word := _meant(argv[0]):
        raise XqdbgError(f"there is no file {argv[0]}", f"did you mean the command `xqdbg {word}`?")
    return _open(argv, open_debugger)


def _run_command(word: str, argv: Sequence[str]) -> int:
    command = COMMANDS[word]
    module = importlib.import_module(f"xqdbg.batch.{command.module}")
    parser = _Parser(
        prog=f"xqdbg {word}",
        description=f"{command.help[0].upper()}{command.help[1:]}.",
        epilog=_epilog(command.detail, command.examples),
        formatter_class=_HELP_FORMAT,
        allow_abbrev=False,
    )
    getattr(module, command.arguments)(parser)
    arguments = _parse(parser, argv)
    if isinstance(arguments, int):
        return arguments
    code: int = getattr(module, command.run)(arguments)
    return code


def _open_face(word: str, argv: Sequence[str], open_debugger: Open) -> int:
    from xqdbg.batch import wishes
    from xqdbg.batch.target import add_input_options

    face = FACES[word]
    parser = _Parser(
        prog=f"xqdbg {word}",
        description=f"{face.help[0].upper()}{face.help[1:]}.",
        epilog=_epilog(face.detail, face.examples),
        formatter_class=_HELP_FORMAT,
        allow_abbrev=False,
    )
    parser.add_argument("file", metavar="FILE", help="assembly text or bytecode; - is standard input; example:NAME")
    add_input_options(parser)
    getattr(wishes, face.options)(parser)
    parser.set_defaults(face=word)
    arguments = _parse(parser, argv)
    return arguments if isinstance(arguments, int) else open_debugger(arguments)


def _open(argv: Sequence[str], open_debugger: Open) -> int:
    arguments = _parse(_main_parser(), argv)
    if isinstance(arguments, int):
        return arguments
    return open_debugger(arguments)


def _meant(word: str) -> str:
    """The command that someone who named no file most likely meant; empty if it is a file, or like no command."""
    if not word.isalpha() or os.path.exists(word):
        return ""
    from difflib import get_close_matches

    return next(iter(get_close_matches(word, [*COMMANDS, *FACES], 1, 0.6)), "")


def _main_parser() -> argparse.ArgumentParser:
    from xqdbg.batch.target import add_input_options
    from xqdbg.batch.wishes import add_face_options

    known: dict[str, BatchCommand | Face] = {**COMMANDS, **FACES}
    width = max(map(len, known))
    words = "\n".join(f"  {word:{width}}  {command.help}" for word, command in known.items())
    parser = _Parser(
        prog="xqdbg",
        usage="xqdbg FILE [options]\n       xqdbg COMMAND ...",
        description="Open a program in the debugger, or run one of the commands.",
        epilog=_epilog(
            f"commands (`xqdbg COMMAND --help` tells more):\n{words}\n\na file called run is opened as ./run",
            ("xqdbg example:tsp5/encoder", "xqdbg program.xqasm --calldata 1,2,-3"),
        ),
        formatter_class=_HELP_FORMAT,
        allow_abbrev=False,
    )
    parser.add_argument("file", metavar="FILE", help="assembly text or bytecode; - is standard input; example:NAME")
    add_input_options(parser)
    add_face_options(parser)
    parser.add_argument("-V", "--version", action="version", version=f"xqdbg {__version__}")
    return parser


def _epilog(detail: str, examples: Sequence[str]) -> str:
    shown = "\n".join(f"  {example}" for example in examples)
    return f"{detail}\n\n{'example' if len(examples) == 1 else 'examples'}:\n{shown}"


_VALUED = frozenset({"--calldata", "--gas", "--output-slots", "--step-limit", "--memory-limit"})


def _parse(parser: argparse.ArgumentParser, argv: Sequence[str]) -> argparse.Namespace | int:
    """The parsed arguments, or the exit code where the parser itself has answered: help, version."""
    try:
        return parser.parse_args(_with_values_joined(argv))
    except SystemExit as done:
        return done.code if isinstance(done.code, int) else 0


def _with_values_joined(argv: Sequence[str]) -> list[str]:
    """`--calldata -5,6` as `--calldata=-5,6`: argparse takes a value with a minus for an option."""
    joined: list[str] = []
    words = iter(argv)
    for word in words:
        if word == "--":
            return [*joined, word, *words]
        if word in _VALUED and (value := next(words, None)) is not None:
            word = f"{word}={value}" if value[:1] == "-" and value[1:2].isdigit() else word
            joined += [word] if "=" in word else [word, value]
        else:
            joined.append(word)
    return joined
