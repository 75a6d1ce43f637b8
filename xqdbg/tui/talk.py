"""What is done on the engine's thread when a key is pressed or a line is given: the language all faces share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from vm.isa import Isa
from xqdbg.answer import Answer, Row
from xqdbg.commands import CommandError, Request, Spoken, read, statements
from xqdbg.commands.assembly import SNIPPET_IDS
from xqdbg.errors import XqdbgError
from xqdbg.host import Job
from xqdbg.moment import Moment
from xqdbg.patience import Patience
from xqdbg.session import Session

if TYPE_CHECKING:
    from xqdbg.script import Interpreter, Reply

MOST_TOLD = 10_000
"""Lines of a conversation that are kept."""

_MORE_THAN_A_LINE = ("break.commands", "keep.source", *SNIPPET_IDS)
"""Commands that may have to do with lines that follow."""

Cursor = Callable[[Session], int | None]
"""Tells the address under the cursor when a command's turn comes."""


class Rejected(XqdbgError):
    """A line that could not be obeyed."""

    def __init__(self, message: str, hint: str, line: str, column: int | None) -> None:
        super().__init__(message, hint)
        self.line = line
        """As it was typed; empty for keys."""
        self.column = column
        """Where in it, from 0; None where all of it is at fault."""


@dataclass(slots=True)
class _Heard:
    """What the commands of one line came to."""

    first: str = ""
    """The first of them."""
    lines: tuple[str, ...] = ()
    commands: int = 0
    tellers: int = 0
    """How many of them told more than where they went."""
    moment: Moment | None = None
    failure: Reply | None = None

    def hear(self, reply: Reply) -> None:
        self.first = self.first or reply.command
        self.commands += 1
        self.lines = (*self.lines, *reply.lines)[-MOST_TOLD:]
        self.tellers += _tells(reply)
        self.moment = reply.moment
        if not reply.ok and reply.error:
            self.failure = reply

    @property
    def is_conversation(self) -> bool:
        """Whether more was told than the last moment has room for."""
        last = self.moment is not None and self.moment.answer is not None
        return self.commands > 1 and self.tellers > (1 if last else 0)


def _tells(reply: Reply) -> bool:
    return reply.ok and (reply.moment.answer is not None or bool(reply.moment.logged))


class Talk:
    """Makes jobs of keys and lines. Its jobs run one after another, on the thread that owns the session."""

    def __init__(self, session: Session, arrived: Callable[[Moment], object], left: Callable[[], object]) -> None:
        """Take whom to tell of a moment before an error, and that the user wants to leave."""
        self._session = session
        self._arrived, self._left = arrived, left

    @cached_property
    def _interpreter(self) -> Interpreter:
        """Who obeys. The first frame is drawn before anybody is needed."""
        from xqdbg.script import Interpreter

        return Interpreter(self._session)

    def key(self, id: str, argument: str, count: int | None, cursor: Cursor) -> Job:
        """What a key of the command table does."""

        def job(session: Session, patience: Patience) -> Moment:
            request = Request(argument, count, cursor(session), patience)
            return self._heard(session, self._interpreter.act(id, request), "")

        return job

    def line(self, text: str, cursor: Cursor) -> Job:
        """What a line does. A single command knows what is under the cursor, as a key does."""

        def job(session: Session, patience: Patience) -> Moment:
            spoken = None if self._interpreter.inside else _single(text, session.isa)
            if spoken is None:
                return self._heard(session, self._interpreter.run(text, patience), text)
            request = Request(spoken.argument, None, cursor(session), patience)
            replies = self._interpreter.act(spoken.command.id, request)
            return self._heard(session, replies, text, spoken.at - len(spoken.command.word) - 1)

        return job

    def typed(self, text: str, cursor: Cursor, tell: Callable[[Reply], object]) -> Job:
        """What a text of a dialogue does: each reply is told as it comes. An empty one does again what was done."""

        def job(session: Session, patience: Patience) -> Moment:
            line = text if text.strip() else self._interpreter.again()
            moment: Moment | None = None
            for reply in self._interpreter.run(line, patience, cursor=cursor(session)):
                tell(reply)
                moment = reply.moment
            if self._interpreter.left:
                self._left()
            return moment or _unheard(session, self._interpreter.inside)

        return job

    def _heard(self, session: Session, replies: Iterator[Reply], line: str, shift: int = 0) -> Moment:
        """The moment a line came to; raises Rejected where it failed, after what came before was told."""
        heard = _Heard()
        for reply in replies:
            heard.hear(reply)
        if self._interpreter.left:
            self._left()
        moment = heard.moment or _unheard(session, self._interpreter.inside)
        if heard.is_conversation:
            told = Answer(line or heard.first, rows=[Row((each,)) for each in heard.lines])
            moment = session.say(moment.message, moment.cursor, told)
        failure = heard.failure
        if failure is None:
            return moment
        if heard.commands > 1:
            self._arrived(moment)
        column = failure.json.get("column")
        at = max(0, column - 1 + shift) if isinstance(column, int) and line else None
        raise Rejected(str(failure.json["error"]), str(failure.json.get("hint", "")), line, at)


def _unheard(session: Session, inside: bool) -> Moment:
    """The moment after a line that came to nothing."""
    return session.say("give it line by line; end closes it" if inside else "")


def _single(line: str, isa: Isa) -> Spoken | None:
    """The one command of a line; None if there are several, or if it has to do with lines that follow."""
    try:
        found = statements(line, isa)
        spoken = read(found[0].text, isa) if len(found) == 1 else None
    except CommandError:
        return None
    if spoken is None or spoken.command.id in _MORE_THAN_A_LINE or spoken.command.run is None:
        return None
    return replace(spoken, at=spoken.at + found[0].at)
