"""The dialogue with a line editor: history, completion, colours. Output is only ever appended."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Iterable
from contextlib import suppress

from prompt_toolkit import PromptSession
from prompt_toolkit.completion import CompleteEvent, Completer, Completion, PathCompleter
from prompt_toolkit.cursor_shapes import ModalCursorShapeConfig
from prompt_toolkit.document import Document
from prompt_toolkit.enums import EditingMode
from prompt_toolkit.lexers import PygmentsLexer
from prompt_toolkit.output import ColorDepth
from prompt_toolkit.shortcuts import CompleteStyle
from prompt_toolkit.styles import Style

from vm.diagnostics import printable
from xqdbg.commands import Known, Takes, completions, find
from xqdbg.errors import XqdbgError
from xqdbg.folders import state_folder
from xqdbg.patience import Patience
from xqdbg.repl.history import BoundedHistory
from xqdbg.repl.interruption import interruptible
from xqdbg.repl.lexer import lexer_for
from xqdbg.script import Interpreter, prompt
from xqdbg.session import Session

_STYLE = Style.from_dict(
    {
        "pygments.keyword": "bold",
        "pygments.comment": "italic",
        "pygments.literal.number": "ansicyan",
        "pygments.literal.string": "ansigreen",
        "pygments.name.builtin": "ansiblue",
        "pygments.name.label": "ansimagenta",
        "pygments.name.variable": "ansimagenta",
    }
)
"""The terminal's own colours, which are fit for its background."""
_SLICE = 0.01
"""Seconds of looking ahead between two looks at the keyboard."""


class CommandCompleter(Completer):
    """Completions of the language; of file names, where a command takes one."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._files = PathCompleter(expanduser=True)

    def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterable[Completion]:
        """What the text before the cursor could become."""
        line = document.text_before_cursor
        for found in completions(line, Known.of(self._session)):
            yield Completion(found.text, found.start - len(line), display_meta=found.note)
        word, blank, rest = line.lstrip().partition(" ")
        if blank and _takes_file(word):
            part = rest.rpartition(" ")[2]
            yield from self._files.get_completions(Document(part), complete_event)


def _takes_file(word: str) -> bool:
    try:
        return find(word).takes is Takes.FILE
    except XqdbgError:
        return False


def talk(interpreter: Interpreter, *, editing: str = "emacs") -> int:
    """Prompt and obey until the user leaves; the exit code. `editing` is whose keys edit the line, emacs or vi."""
    session = interpreter.session
    vi = editing == "vi"
    plain = bool(os.environ.get("NO_COLOR"))
    asking: PromptSession[str] = PromptSession(
        history=BoundedHistory(state_folder()),
        completer=CommandCompleter(session),
        complete_while_typing=False,
        complete_style=CompleteStyle.READLINE_LIKE,
        reserve_space_for_menu=0,
        style=_STYLE,
        lexer=None if plain else PygmentsLexer(lexer_for(session.isa)),
        color_depth=ColorDepth.DEPTH_1_BIT if plain else None,
        enable_history_search=True,
        editing_mode=EditingMode.VI if vi else EditingMode.EMACS,
        cursor=ModalCursorShapeConfig() if vi else None,
        prompt_continuation=lambda width, _line, _wraps: "> ".rjust(width),
    )
    print(f"{printable(session.name or 'a program')}. help lists the commands, quit leaves.")
    if session.moment.message:
        print(printable(session.moment.message))
    with interruptible() as requests, asyncio.Runner() as runner:
        while not interpreter.left:
            requests.forget()
            try:
                text = runner.run(_ask(asking, interpreter))
                answer_all(interpreter, text, requests.patience)
            except KeyboardInterrupt:
                _give_up(interpreter)
            except EOFError:
                if not interpreter.inside:
                    break
                answer(interpreter, "end", requests.patience)
    return 0


def _give_up(interpreter: Interpreter) -> None:
    """Ctrl+C at the prompt: the line is dropped, and so is a list of commands that is being typed."""
    if interpreter.inside:
        interpreter.drop_list()
        print("the list was dropped; the breakpoint has the commands it had")


def answer_all(interpreter: Interpreter, text: str, patience: Patience) -> None:
    """Obey what was typed; several lines that were pasted are shown and obeyed one by one, until one fails."""
    lines = text.split("\n")
    if len(lines) == 1:
        answer(interpreter, text, patience)
        return
    for line in filter(str.strip, lines):
        print(prompt(interpreter) + printable(line.strip()))
        if not answer(interpreter, line, patience) or interpreter.left or patience.cancelled():
            return


async def _ask(asking: PromptSession[str], interpreter: Interpreter) -> str:
    """The next line. While somebody thinks or types, more of the run is found out."""
    looking = asyncio.create_task(_look_ahead(interpreter.session))
    try:
        return await asking.prompt_async(prompt(interpreter), handle_sigint=False)
    finally:
        looking.cancel()
        with suppress(asyncio.CancelledError):
            await looking


async def _look_ahead(session: Session) -> None:
    while session.explore(_SLICE):
        await asyncio.sleep(0)


def answer(interpreter: Interpreter, line: str, patience: Patience) -> bool:
    """Obey a line and print what it comes to, as it comes; an empty line does again what is done in steps.

    Returns whether nothing failed.
    """
    fine = True
    for reply in interpreter.run(line.strip() or interpreter.again(), patience):
        fine &= reply.ok
        for told in reply.lines:
            print(told)
        sys.stdout.flush()
    return fine
