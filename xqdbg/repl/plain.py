"""The dialogue in plain lines, the linear twin of the screen: nothing is drawn over, nothing but text is written."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from vm.diagnostics import printable
from xqdbg.commands.language import LONGEST
from xqdbg.errors import XqdbgError
from xqdbg.intake import decode_text
from xqdbg.repl.interruption import interruptible
from xqdbg.script import Interpreter, Reply, Spot, obey, prompt, speech
from xqdbg.script.obeying import Tell

NAME = "standard input"
_MOST_BYTES = 4 * LONGEST


def talk(interpreter: Interpreter, *, asking: bool = False, in_words: bool = False) -> int:
    """Obey the lines of standard input as they come; 1 if a command failed.

    `asking`: somebody is typing them. `in_words`: somebody may hear and not see what is told.
    """
    tell = _say if in_words else _tell
    if sys.stdin is None:
        raise XqdbgError("cannot read standard input: it is closed", "`xqdbg exec` takes commands from elsewhere")
    if not asking:
        return 0 if obey(interpreter, _lines(), tell) else 1
    _greet(interpreter)
    while not interpreter.left:
        _write(sys.stdout, prompt(interpreter))
        try:
            data = sys.stdin.buffer.readline(_MOST_BYTES + 1)
            if not data:
                break
            _answer(interpreter, data, tell)
        except KeyboardInterrupt:
            _write(sys.stdout, "\n")
    _write(sys.stdout, "\n")
    return 0


def _greet(interpreter: Interpreter) -> None:
    """Where one is, and how to go on."""
    name = interpreter.session.name or "a program"
    _write(sys.stdout, f"{printable(name)}. help lists the commands, quit leaves.\n")
    if message := interpreter.session.moment.message:
        _write(sys.stdout, printable(message) + "\n")


def _answer(interpreter: Interpreter, data: bytes, tell: Tell) -> None:
    """Obey what somebody typed; an empty line does again what is done in steps."""
    line = data.decode("utf-8", "replace").rstrip("\r\n") or interpreter.again()
    with interruptible() as requests:
        for reply in interpreter.run(line, requests.patience):
            tell(reply)


def _lines() -> Iterator[tuple[Spot, str]]:
    """The lines of standard input, one at a time, so that somebody may wait for the answer to one."""
    number = 0
    while data := sys.stdin.buffer.readline(_MOST_BYTES + 1):
        number += 1
        if number == 1:
            data = data.removeprefix(b"\xef\xbb\xbf")
        yield Spot(NAME, number), _decoded(data, number)


def _decoded(data: bytes, number: int) -> str:
    """A line of text; XqdbgError for bytes that are none, which no later line can make good."""
    if len(data) > _MOST_BYTES:
        raise XqdbgError(f"{NAME}:{number}: the line is too long", f"{LONGEST:,} characters are possible")
    try:
        text = decode_text(data, NAME)
    except XqdbgError as error:
        place = error.message.removeprefix(f"{NAME}:1:")
        raise XqdbgError(f"{NAME}:{number}:{place}", error.hint) from None
    if "\0" in text:
        raise XqdbgError(f"{NAME} is no script: it has zero bytes", "a script is a text of commands, one a line")
    return text.rstrip("\n").removesuffix("\r")


def _tell(reply: Reply) -> None:
    stream = sys.stderr if reply.error else sys.stdout
    sys.stdout.flush()
    for line in reply.lines:
        _write(stream, line + "\n")


def _say(reply: Reply) -> None:
    """The same in words; what is wrong too, which stands under a sign elsewhere."""
    if not reply.error:
        _tell(reply)
        return
    column = reply.json.get("column")
    where = f", at character {column}" if isinstance(column, int) else ""
    sys.stdout.flush()
    _write(sys.stderr, f"error: {speech.in_words(reply.error)}{where}\n")


def _write(stream: object, text: str) -> None:
    write = getattr(stream, "write", None)
    if write is None:
        return
    try:
        write(text)
    except UnicodeEncodeError:
        encoding = getattr(stream, "encoding", None) or "ascii"
        write(text.encode(encoding, "backslashreplace").decode(encoding))
    getattr(stream, "flush", lambda: None)()
