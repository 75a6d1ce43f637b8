"""What a line that is being typed could become."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from vm.contract import Line, View
from vm.isa import Isa, spellings
from vm.values import dataclass
from xqdbg.commands.command import Command, Takes
from xqdbg.commands.language import assembly_at, find
from xqdbg.commands.table import COMMANDS
from xqdbg.commands.topics import TOPICS
from xqdbg.errors import XqdbgError
from xqdbg.moment import Moment
from xqdbg.session import Session

MOST = 200
"""Completions that are offered."""

_LABEL = re.compile(r"\.\w+:\s*")
_STATEMENT = re.compile(r"[^;]*\Z")
_WORD = re.compile(r"\s*([^\s/]*)(/\w*)?")
_TOKEN = re.compile(r"[^\s,]*\Z")
_BEFORE_EXPRESSION = re.compile(r"\s(if|show)\s")


@dataclass(frozen=True, slots=True)
class Known:
    """What a face knows of a session without touching it: fixed facts, and the latest moment."""

    code: Sequence[Line] = ()
    views: Sequence[View] = ()
    isa: Isa | None = None
    moment: Moment | None = None
    saved: Iterable[str] = ()
    """Names of saved values, with their `$`."""
    functions: Iterable[str] = ()
    """What this machine can compute."""

    @classmethod
    def of(cls, session: Session) -> Known:
        """All that a session knows; for faces that share its thread."""
        saved = tuple(name if name.startswith("$") else f"${name}" for name in session.saved)
        functions = tuple(session.machine.functions())
        return cls(session.code, session.views, session.isa, session.moment, saved, functions)


@dataclass(frozen=True, slots=True)
class Completion:
    """A text that can stand from column `start` on instead of what is there."""

    text: str
    start: int
    note: str = ""


def complete(line: str, known: Known | None = None) -> list[str]:
    """The whole lines that a line being typed could become, in order."""
    return [line[: found.start] + found.text for found in completions(line, known or Known())]


def completions(line: str, known: Known) -> list[Completion]:
    """What the last word of a line being typed could become, in order; nothing where it could be anything."""
    statement = _STATEMENT.search(line)
    begin = statement.start() if statement is not None else 0
    match = _WORD.match(line, begin)
    started = None if known.isa is None else assembly_at(line, begin, known.isa)
    if known.isa is not None and started is not None:
        return _of_assembly(line, started, known.isa, known) + (_of_words(line, begin) if started == begin else [])
    if match is None or match.end() == len(line):
        return [] if match is not None and match[2] else [*_of_words(line, begin), *_of_mnemonics(line, begin, known)]
    try:
        command = find(match[1])
    except XqdbgError:
        return []
    before = _BEFORE_EXPRESSION.search(line, match.end())
    if command.takes in (Takes.EXPRESSION, Takes.PLACE) or before is not None:
        return _of_expression(line, match.end() if before is None else before.end(), command, known)
    argument = line[match.end() :]
    begin = len(line) - len(argument.lstrip())
    whole = [Completion(choice, begin) for choice in command.choices if _goes_on(choice, line[begin:])]
    token = _TOKEN.search(line, match.end())
    start = len(line) if token is None else token.start()
    candidates = _candidates(command, start == begin, known)
    found = sorted({text for text in candidates if _goes_on(text, line[start:])})
    return [*whole, *(Completion(text, start) for text in found[:MOST])]


def _goes_on(text: str, typed: str) -> bool:
    """Whether a text goes on where the user has come to."""
    return text.lower().startswith(typed.lower()) and len(text) > len(typed)


def _of_words(line: str, begin: int) -> list[Completion]:
    typed = line[begin:].lstrip()
    start = len(line) - len(typed)
    if not typed:
        return [Completion(command.word, start, command.title) for command in COMMANDS if command.words]
    found = [
        Completion(word, start, command.title)
        for command in COMMANDS
        for word in command.words
        if word.startswith(typed.lower()) and len(word) > 1
    ]
    return sorted(found, key=lambda each: each.text)


def _of_mnemonics(line: str, begin: int, known: Known) -> list[Completion]:
    """Instructions that a line in capital letters could begin with."""
    start = begin + len(line[begin:]) - len(line[begin:].lstrip())
    return _of_assembly(line, start, known.isa, known) if known.isa is not None and line[start:].isupper() else []


def _of_assembly(line: str, start: int, isa: Isa, known: Known) -> list[Completion]:
    """What an instruction that begins at a column could become: its mnemonic, or a register it names."""
    label = _LABEL.match(line, start)
    start = start if label is None else label.end()
    *words, typed = line[start:].split(" ")
    at = len(line) - len(typed)
    if not any(words):
        notes = {spellings([op.name])[-1]: op.doc for op in isa}
        shape = str.lower if typed.islower() else str.upper
        found = [Completion(shape(name), at, notes[name]) for name in sorted(notes) if _goes_on(name, typed)]
        return found if typed else found[:MOST]
    names = (cell.name for cells in (known.moment.cells if known.moment else {}).values() for cell in cells)
    return [Completion(name, at) for name in names if "[" not in name and _goes_on(name, typed)][:MOST]


def _of_expression(line: str, begin: int, command: Command, known: Known) -> list[Completion]:
    """What an expression being typed could become; a format and the words before it are passed over."""
    from xqdbg.expressions.names import complete as names_of

    argument = line[begin:]
    start, found = names_of(argument, _names(known))
    words = [word for word in command.choices if not argument[:start].strip() and word.startswith(argument[start:])]
    return [Completion(text, begin + start) for text in [*words, *found][:MOST]]


def _candidates(command: Command, first: bool, known: Known) -> Iterator[str]:
    """What a part of an argument can be; `first`: nothing stands before it."""
    match command.takes:
        case Takes.LOCATION if first:
            yield from _locations(known)
        case Takes.LOCATION:
            yield "if"
        case Takes.TIME:
            yield from ("start", "end", *_bookmarks(known, "@"))
        case Takes.TOPIC if first:
            yield from (view.id for view in known.views)
        case Takes.BOOKMARK if first:
            yield from _bookmarks(known)
        case Takes.BRANCH:
            yield from (branch.name for branch in (known.moment.branches if known.moment else ()))
        case Takes.BREAKPOINT:
            yield from (str(each.number) for each in (known.moment.breakpoints if known.moment else ()))
        case Takes.WATCH:
            yield from (str(each.number) for each in (known.moment.watches if known.moment else ()))
        case Takes.PIN:
            yield from (str(each.number) for each in (known.moment.pins if known.moment else ()))
        case Takes.OPCODE if first:
            yield from sorted({op.name for op in known.isa} if known.isa is not None else ())
        case Takes.COMMAND if first:
            yield from (*TOPICS, *(each.word for each in COMMANDS if each.words))


def _locations(known: Known) -> Iterator[str]:
    yield from ("end", "fault", "loop:enter", "loop:exit", "output", "start", "tick")
    yield from {line.label for line in known.code if line.label}
    yield from {f"op:{line.op}" for line in known.code if line.op}
    yield from _bookmarks(known, "@")


def _bookmarks(known: Known, sign: str = "") -> Iterator[str]:
    return (sign + mark.name for mark in (known.moment.bookmarks if known.moment else ()))


def _names(known: Known) -> Iterator[str]:
    """Names of places that are shown now, of meters, of what the machine computes, of saved values."""
    yield from known.saved
    yield from (f"{name}(" for name in known.functions)
    if known.moment is not None:
        yield from (cell.name for cells in known.moment.cells.values() for cell in cells)
        yield from (meter.name for meter in known.moment.meters)
