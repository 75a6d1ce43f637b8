"""Help: of a command, of a topic, and the search for a word."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from vm.isa import Isa
from xqdbg.answer import Answer, Row
from xqdbg.commands.argument import CommandError, piece, shown
from xqdbg.commands.command import Command, Request
from xqdbg.commands.topics import PLACES, TOPICS
from xqdbg.moment import Moment
from xqdbg.session import Session

GROUPS = {
    "run": "moving",
    "time": "moments",
    "break": "stopping",
    "show": "looking",
    "ask": "asking about the whole run",
    "branch": "changing the past",
    "keep": "keeping",
    "ui": "the debugger itself",
}
"""What the groups of commands are about, in the order they are told in."""


def overview(commands: tuple[Command, ...]) -> Answer:
    """All commands by theme, and the topics."""
    rows = []
    for group, title in GROUPS.items():
        rows.append(Row((title, ""), level=0, data={"group": group}))
        for command in commands:
            if command.group == group and command.words:
                data = {"command": command.word, "usage": command.usage, "help": command.help}
                rows.append(Row((command.usage, command.title), level=1, data=data))
    note = f"help COMMAND tells more; help {', help '.join(TOPICS)}; apropos WORD searches"
    return Answer("commands, which may be cut short as far as they stay clear", rows=rows, note=note)


def worded(command: Command, isa: Isa) -> Command:
    """A command with an example for a machine."""
    return replace(command, example=isa.worded(command.example))


def about_command(command: Command, isa: Isa) -> Answer:
    """How a command is used."""
    command = worded(command, isa)
    others = ", ".join(command.words[1:])
    lines = [command.usage or command.title, f"  {command.help}"]
    lines += [f"  such as  {command.example}"] if command.example else []
    lines += [f"  also called {others}"] if others else []
    lines += [f"  keys: {command.keys.replace(',', ', ')}"] if command.keys else []
    lines += ["  formats: help formats"] if command.formatted else []
    lines += ["  an empty line does it again"] if command.repeats else []
    value = {
        "command": command.word, "also": list(command.words[1:]), "usage": command.usage, "help": command.help,
        "example": command.example, "takes": command.takes.value,
    }  # fmt: skip
    return Answer("\n".join(lines), value=value)


def about_topic(name: str, isa: Isa) -> Answer:
    """The text of a topic, as it is on a machine."""
    title, text = TOPICS[name][0], _text(name, isa)
    return Answer(f"{name}: {title}\n{text}", value={"topic": name, "text": text})


def _text(name: str, isa: Isa) -> str:
    places = f"{isa.wording.places}\n" if isa.wording.places else ""
    return isa.worded(TOPICS[name][1]).replace(PLACES, places)


def topic_named(word: str) -> str | None:
    """The topic a word of at least three letters begins; None if there is none."""
    found = [name for name in TOPICS if name == word or (len(word) >= 3 and name.startswith(word))]
    return found[0] if len(found) == 1 else None


def search(commands: tuple[Command, ...], word: str, isa: Isa) -> Answer:
    """Commands and topics that tell of a word."""
    rows = [
        Row((command.usage or command.title, command.help), data={"command": command.word or command.id})
        for command in commands
        if command.words and word in _told_of(command)
    ]
    rows += [
        Row((f"help {name}", title), data={"topic": name})
        for name, (title, _) in TOPICS.items()
        if word in f"{name} {title} {_text(name, isa)}".lower()
    ]
    return Answer("" if rows else f"nothing tells of {shown(word)}", rows=rows)


def _told_of(command: Command) -> str:
    return " ".join((*command.words, command.title, command.help, command.usage)).lower()


def apropos_of(commands: tuple[Command, ...], session: Session, request: Request) -> Moment:
    """`apropos WORD`."""
    argument = piece(request.argument)
    if not argument:
        raise CommandError("the word to search for is missing", "apropos WORD, such as apropos loop", argument.at)
    answer = search(commands, argument.text.lower(), session.isa)
    names = ", ".join(_names(answer))
    return session.say(answer.title or f"{shown(argument.text)}: {names}"[:400], answer=answer)


def _names(answer: Answer) -> Iterator[str]:
    return (row.cells[0].split()[0] if "command" in row.data else row.cells[0] for row in answer.rows)
