"""Obeys lines of commands: blocks, scripts within scripts, and what breakpoints have obeyed at their stops."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Protocol

from vm.contract import PlaceError
from vm.diagnostics import printable
from xqdbg.answer import Json
from xqdbg.commands import COMMANDS, CommandError, Request, Spoken, Statement, caret, find, guide, read, statements
from xqdbg.commands.argument import nothing, number, piece, shown, whole_text
from xqdbg.commands.assembly import SNIPPET_IDS, closes
from xqdbg.commands.blocks import joined
from xqdbg.commands.language import opens_list, opens_snippet
from xqdbg.errors import XqdbgError
from xqdbg.expressions import EvaluationError, ExpressionError
from xqdbg.intake import STDIN
from xqdbg.moment import Moment
from xqdbg.patience import ENDLESS, Patience
from xqdbg.script import record, render
from xqdbg.script.reading import read_script
from xqdbg.script.reply import Reply, Spot
from xqdbg.script.snippets import MOST_SOURCE, OpenSnippet
from xqdbg.session import Session

MOST_COMMANDS = 10_000
"""Commands that one line can come to, by scripts and by what breakpoints have obeyed."""
DEEPEST = 16
"""Scripts within scripts, and lists of commands within lists."""
MOST_DETAILS = 40
"""Lines that are told below an error."""
LONGEST_LIST = 1_000
"""Commands a breakpoint can have."""


class Told(Protocol):
    """Puts what a command came to into lines."""

    def __call__(self, session: Session, moment: Moment, *, moved: bool, elsewhere: bool = True) -> list[str]:
        """See `render.told`."""
        ...


_MOVING = ("run", "time")
"""Groups of commands that tell where one is, even where nothing has moved."""


@dataclass(slots=True)
class _Block:
    """A list of commands that is being read, up to its `end`."""

    number: int | None
    """The breakpoint it is for; None where that is not known, and the list is skipped."""
    opened: str
    spot: Spot
    lines: list[str] = field(default_factory=list)
    depth: int = 0
    """Lists within it that are open."""


@dataclass(frozen=True, slots=True)
class _Line:
    """A line that is being obeyed."""

    text: str
    spot: Spot
    patience: Patience
    depth: int = 0
    """Scripts it is in."""
    listed: bool = False
    """Whether a breakpoint has it obeyed; then those of the next stop wait for this list to end."""
    cursor: int | None = None
    """The address the user looks at."""


class Interpreter:
    """Obeys one line after another on a session, and yields what each command came to while it goes on."""

    def __init__(self, session: Session, *, keep_going: bool = False, told: Told = render.told) -> None:
        """`keep_going`: a command that fails does not end the script it is in. `told` puts moments into lines."""
        self.session = session
        self._told = told
        self.keep_going = keep_going
        self.left = False
        """Whether the user asked to leave."""
        self._block: _Block | None = None
        self._snippet: OpenSnippet | None = None
        self._has_hinted = False
        """Whether the user knows what becomes of instructions that are typed as if they were commands."""
        self._budget = 0
        self._next_list: list[tuple[Spot, str]] = []
        self._repeatable = ""

    @property
    def inside(self) -> bool:
        """Whether a list of commands, or assembly, is being read."""
        return self._block is not None or self._snippet is not None

    def again(self) -> str:
        """What an empty line stands for; empty if the last command is not to be repeated so easily."""
        return "" if self.inside else self._repeatable

    def run(
        self, line: str, patience: Patience = ENDLESS, spot: Spot | None = None, cursor: int | None = None
    ) -> Iterator[Reply]:
        """Obey a line, or several, one after another. Where a command fails the rest is dropped.

        `cursor`: the address the user looks at, which commands without a location mean.
        """
        self._budget = MOST_COMMANDS
        for part in joined(line).split("\n"):
            failed = False
            for reply in self._line(_Line(part, spot or Spot(), patience, cursor=cursor)):
                yield reply
                failed |= not reply.ok
            if failed or self.left:
                return

    def act(self, command_id: str, request: Request) -> Iterator[Reply]:
        """Obey a command that has no line, such as a key, and what breakpoints have obeyed where it stops."""
        command = next(command for command in COMMANDS if command.id == command_id)
        self._budget = MOST_COMMANDS
        statement = Statement(command.word, 0)
        line = _Line(f"{command.word} {request.argument}".strip(), Spot(), request.patience)
        yield from self._command(line, statement, Spoken(command, request.argument, len(command.word) + 1), request)

    def finish(self) -> Iterator[Reply]:
        """The text is over: a list of commands that is still open is an error."""
        block, self._block = self._block, None
        snippet, self._snippet = self._snippet, None
        if snippet is not None:
            error = CommandError("the assembly is never closed", "a line `end` closes it")
            yield self._failed(_Line(snippet.opened, snippet.spot, ENDLESS), Statement(snippet.opened, 0), error)
        if block is not None:
            error = CommandError("the list is never closed", "a line `end` closes it")
            yield self._failed(_Line(block.opened, block.spot, ENDLESS), Statement(block.opened, 0), error)

    def drop_list(self) -> None:
        """Forget the list of commands that is being read."""
        self._block = None

    def check_pins(self, patience: Patience = ENDLESS) -> Iterator[Reply]:
        """Look at the pins that nobody has looked at; tells only if one of them does not hold."""
        if any(pin.holds is None for pin in self.session.moment.pins):
            self._budget = MOST_COMMANDS
            yield from (reply for reply in self._line(_Line("pins", Spot(), patience)) if not reply.ok)

    # A line

    def _line(self, line: _Line) -> Iterator[Reply]:
        if self._snippet is not None:
            yield from self._add_source(self._snippet, line, line.text)
            return
        try:
            found = statements(line.text, self.session.isa)
        except CommandError as error:
            yield self._failed(line, Statement(line.text, 0), error)
            return
        for statement in found:
            failed = False
            for reply in self._statement(line, statement):
                yield reply
                failed |= not reply.ok
            if failed or self.left:
                return

    def _statement(self, line: _Line, statement: Statement) -> Iterator[Reply]:
        if self._snippet is not None:
            yield from self._add_source(self._snippet, line, statement.text)
            return
        if self._block is not None:
            yield from self._collect(self._block, line, statement)
            return
        self._budget -= 1
        if self._budget < 0:
            hint = "what breakpoints have obeyed counts too; `continue` goes on from here"
            yield self._failed(line, statement, CommandError(f"one line came to {MOST_COMMANDS:,} commands", hint, 0))
            return
        if line.patience.cancelled() and (line.depth or line.listed):
            yield self._failed(line, statement, CommandError("interrupted"))
            return
        try:
            spoken = read(statement.text, self.session.isa)
        except CommandError as error:
            yield self._failed(line, statement, error)
            return
        self._repeatable = line.text.strip() if spoken.command.repeats else ""
        yield from self._command(line, statement, spoken, Request(spoken.argument, None, line.cursor, line.patience))

    def _command(self, line: _Line, statement: Statement, spoken: Spoken, request: Request) -> Iterator[Reply]:
        try:
            match spoken.command.id:
                case "break.commands":
                    yield from self._open_list(line, statement, spoken)
                case id if id in SNIPPET_IDS and not spoken.argument:
                    self._snippet = OpenSnippet(spoken.command, statement.text, line.spot)
                case "keep.source":
                    yield from self._source(line, statement, spoken)
                case "ui.help":
                    self._help(spoken.argument)
                    yield self._replied(statement)
                case "ui.quit":
                    nothing(piece(spoken.argument))
                    self.left = True
                    self.session.say("")
                    yield self._replied(statement)
                case _:
                    yield from self._run(statement, spoken, line, request)
        except (XqdbgError, PlaceError) as error:
            yield self._failed(line, statement, _placed(error, spoken))

    def _run(self, statement: Statement, spoken: Spoken, line: _Line, request: Request) -> Iterator[Reply]:
        run = spoken.command.run
        if run is None:
            raise CommandError(f"{spoken.command.word} means nothing without a screen", "", 0)
        before = self.session.moment
        moment = run(self.session, request)
        elsewhere = (moment.branch, moment.tick) != (before.branch, before.tick)
        moved = elsewhere or (spoken.command.group in _MOVING and spoken.command.id != "time.when")
        broken = _broken_pins(spoken.command.id, moment)
        hint = self._hint(before.branch, moment.branch, spoken) if spoken.implied else ""
        yield self._replied(statement, moved=moved, elsewhere=elsewhere, broken=broken, hint=hint)
        waiting = self._lists_of(before, moment)
        if line.listed:
            self._next_list = waiting
        elif waiting:
            yield from self._obey_lists(waiting, line)

    # What breakpoints have obeyed

    def _lists_of(self, before: Moment, moment: Moment) -> list[tuple[Spot, str]]:
        """The commands of the breakpoints that stopped here; those of a temporary one, too, which is gone by now."""
        known = {each.number: each for each in (*before.breakpoints, *moment.breakpoints)}
        stopping = [known[each] for each in moment.stopped if each in known]
        return [
            (Spot(f"commands {each.number}", index), line)
            for each in stopping
            for index, line in enumerate(each.commands, 1)
        ]

    def _obey_lists(self, waiting: list[tuple[Spot, str]], line: _Line) -> Iterator[Reply]:
        """One command after another. A new stop that has commands of its own puts them in place of the rest."""
        pending = deque(waiting)
        while pending and not self.left:
            spot, text = pending.popleft()
            self._next_list = []
            for reply in self._line(_Line(text, spot, line.patience, line.depth, listed=True)):
                yield reply
                if not reply.ok:
                    return
            if self._next_list and self._block is None:
                pending = deque(self._next_list)

    def _open_list(self, line: _Line, statement: Statement, spoken: Spoken) -> Iterator[Reply]:
        which, _, first = spoken.argument.partition(" ")
        block = _Block(None, statement.text, line.spot)
        try:
            block.number = number(piece(which), "breakpoint number")
            self.session.breakpoints.numbered(block.number)
        except XqdbgError:
            block.number = None
            self._block = block if line.spot.name else None  # a script goes on behind its end
            raise
        self._block = block
        if first.strip():
            at = statement.at + statement.text.rindex(first)
            yield from self._collect(block, line, Statement(first.strip(), at))

    def _collect(self, block: _Block, line: _Line, statement: Statement) -> Iterator[Reply]:
        """Take a command into the list that is being read, or close it."""
        if statement.text.lower() == "end":
            if block.depth == 0:
                yield from self._close_list(block, line)
                return
            block.depth -= 1
        elif opens_list(statement.text) or opens_snippet(statement.text):
            block.depth += 1
        block.lines.append(statement.text)
        if len(block.lines) > LONGEST_LIST or block.depth > DEEPEST:
            self._block = None
            error = CommandError(f"the list is too long: {LONGEST_LIST:,} commands, lists {DEEPEST} deep, are possible")
            yield self._failed(line, statement, error)

    def _close_list(self, block: _Block, line: _Line) -> Iterator[Reply]:
        self._block = None
        if block.number is None:
            return
        opening = Statement(block.opened, 0)
        try:
            self.session.set_commands(block.number, tuple(block.lines))
        except XqdbgError as error:
            yield self._failed(_Line(block.opened, block.spot, line.patience), opening, error)
        else:
            yield self._replied(opening)

    # Assembly

    def _add_source(self, snippet: OpenSnippet, line: _Line, text: str) -> Iterator[Reply]:
        """Take a line into the assembly that is being read, or close that and run it."""
        if closes(text, self.session.isa):
            self._snippet = None
            yield from self._run_snippet(snippet, line)
        elif not snippet.add(line.text, text, line.spot):
            self._snippet = None
            problem = f"the assembly is too long: {MOST_SOURCE:,} lines are possible"
            yield self._failed(line, Statement(text, 0), CommandError(problem))

    def _run_snippet(self, snippet: OpenSnippet, line: _Line) -> Iterator[Reply]:
        statement = Statement(snippet.text, 0)
        request = Request(snippet.argument, patience=line.patience)
        try:
            yield from self._run(statement, Spoken(snippet.command, snippet.argument, 0), line, request)
        except CommandError as error:
            text, spot, column = snippet.blamed(error.column)
            at = CommandError(error.message, error.hint, column)
            yield self._failed(_Line(text, spot, line.patience), Statement(snippet.text, 0), at)
        except (XqdbgError, PlaceError) as error:
            yield self._failed(_Line(snippet.opened, snippet.spot, line.patience), statement, error)

    def _hint(self, before: str, branch: str, spoken: Spoken) -> str:
        """What became of instructions that were typed as if they were a command, the first time."""
        if self._has_hinted or before == branch:
            return ""
        self._has_hinted = True
        word = printable(spoken.argument.split()[0].upper()[:40])
        return f"({word} is an instruction: run on branch {branch}; `switch {before}` goes back; help whatif)"

    # Scripts

    def _source(self, line: _Line, statement: Statement, spoken: Spoken) -> Iterator[Reply]:
        argument = piece(spoken.argument)
        path = whole_text(argument)
        if not path or path == STDIN:
            raise argument.error("the name of the script is missing", "source FILE")
        if line.depth >= DEEPEST:
            raise argument.error(f"{shown(path)} would be script number {DEEPEST + 1} within another",
                                 "does a script call itself?")  # fmt: skip
        with argument.blamed():
            script = read_script(path)
        for spot, text in script.lines():
            failed = False
            for reply in self._line(_Line(text, spot, line.patience, line.depth + 1)):
                yield reply
                failed |= not reply.ok
            if self.left or self._budget < 0 or line.patience.cancelled() or (failed and not self.keep_going):
                return
        yield from self.finish()

    # Help

    def _help(self, argument: str) -> None:
        word = argument.strip().lower()
        exact = any(word in command.words for command in COMMANDS)
        topic = None if exact else guide.topic_named(word)
        if not word:
            answer = guide.overview(COMMANDS)
        elif topic is not None:
            answer = guide.about_topic(topic, self.session.isa)
        else:
            with piece(argument).blamed():
                answer = guide.about_command(find(word.split()[0]), self.session.isa)
        self.session.say(answer.title.partition("\n")[0], answer=answer)

    # Replies

    def _replied(
        self, statement: Statement, *, moved: bool = False, elsewhere: bool = False, broken: str = "", hint: str = ""
    ) -> Reply:
        """What a command came to; `broken` says which pins do not hold, which is an answer and a failure."""
        session, moment = self.session, self.session.moment
        lines = [*self._told(session, moment, moved=moved, elsewhere=elsewhere), *([hint] if hint else [])]
        json: dict[str, Json] = {"command": statement.text, "ok": not broken}
        json |= {"error": broken} if broken else {}
        json |= {"result": record.result(session, moment, moved=moved), **record.position(session, moment)}
        return Reply(statement.text, not broken, tuple(lines), json, moment)

    def _failed(self, line: _Line, statement: Statement, error: XqdbgError | PlaceError) -> Reply:
        """What is wrong, where it was read, and a sign under the column."""
        error = error if isinstance(error, XqdbgError) else CommandError(str(error))
        column, advice = _column(error, line, statement), self.session.isa.worded(error.hint)
        json: dict[str, Json] = {"command": statement.text, "ok": False, "error": error.message}
        json |= {"hint": advice} if advice else {}
        json |= {"details": list(error.details)} if error.details else {}
        json |= {"column": column + 1} if column is not None else {}
        json |= {"source": f"{line.spot.name}:{line.spot.line}"} if line.spot.name else {}
        json |= record.position(self.session, self.session.moment)
        place = f"{line.spot.name}:{line.spot.line}:{(column or 0) + 1}: " if line.spot.name else ""
        text = render.cut(printable(f"{place}{error.message}") + (f" ({printable(advice)})" if advice else ""))
        marked = [f"  {each}" for each in caret(line.text, column)] if column is not None else []
        details = [render.cut(f"  {printable(each)}") for each in error.details[:MOST_DETAILS]]
        return Reply(statement.text, False, (text, *marked, *details), json, self.session.moment, text)


def _broken_pins(command: str, moment: Moment) -> str:
    """Which of the pins that a command looked at do not hold; empty if all do, or if it looked at none."""
    pins = {"keep.pin": moment.pins[-1:], "keep.pins": moment.pins}.get(command, ())
    broken = [str(pin.number) for pin in pins if pin.holds is False]
    return f"pin{'s' if len(broken) > 1 else ''} {', '.join(broken[:20])} broken" if broken else ""


def _placed(error: XqdbgError | PlaceError, spoken: Spoken) -> XqdbgError | PlaceError:
    """An error of an argument, told of the statement the argument is in."""
    return error.shifted(spoken.at) if isinstance(error, CommandError) else error


def _column(error: XqdbgError, line: _Line, statement: Statement) -> int | None:
    """From which column on the line is wrong; None if it is all of the command."""
    if isinstance(error, CommandError):
        return None if error.column is None else statement.at + error.column
    if isinstance(error, ExpressionError | EvaluationError) and (at := line.text.find(error.text, statement.at)) >= 0:
        return at + error.column
    return None
