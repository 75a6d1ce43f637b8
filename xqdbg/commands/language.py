"""The command language: statements on a line, each a word, or the beginning of one, and an argument."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from difflib import get_close_matches

from vm.isa import Isa
from vm.values import dataclass
from xqdbg.commands.argument import CommandError, shown, top_level
from xqdbg.commands.assembly import LABEL_SIGN, SNIPPET_IDS, is_mnemonic
from xqdbg.commands.command import Command
from xqdbg.commands.table import COMMANDS
from xqdbg.errors import XqdbgError

LONGEST = 20_000
"""Characters of a line that is read."""

SCREEN_WORDS = frozenset(
    {
        "bind", "condition-here", "copy", "edit-here", "evaluate", "film", "hide", "hit-after", "hit-before", "layout",
        "lists", "mark-letter", "marked", "narrower", "pane", "repl", "shorter", "show-line", "slice-here", "swap",
        "taller", "theme", "why-here", "wider", "write-after", "write-before", "zoom",
    }
)  # fmt: skip
"""Words that only the screen in the terminal obeys."""

_TIME = re.compile(r"[\d,_]*\d\s*%?|\d{1,3}\.\d{1,6}\s*%", re.ASCII)
_WORD = re.compile(r"[^\s/]+")


@dataclass(frozen=True, slots=True)
class Statement:
    """One of the commands of a line, as it was typed, and the column it begins at."""

    text: str
    at: int


@dataclass(frozen=True, slots=True)
class Spoken:
    """A statement that was understood as far as its word."""

    command: Command
    argument: str
    """Everything after the word; of `p/x r3` that is `/x r3`."""
    at: int
    """The column the argument begins at, in the text that was read."""
    implied: bool = False
    """Whether the word is none of the text: that begins with an instruction."""


def statements(line: str, isa: Isa | None = None) -> list[Statement]:
    """The commands of a line: separated by `;`, and before a comment. Quotes and brackets hide both.

    Instructions of `isa` that follow each other, or a command that takes assembly, are one statement.
    Raises CommandError for a line that is too long, and for a quote that stays open.
    """
    if line.lstrip().startswith("#"):
        return []
    if len(line) > LONGEST:
        raise CommandError(f"a line of {len(line):,} characters is too long", f"{LONGEST:,} are possible")
    end = len(line)
    borders: list[int] = []
    for at, character in top_level(line):
        if character == ";":
            borders.append(at)
        elif character == "#" and (at == 0 or line[at - 1] in " \t;"):
            end = at
            break
    starts, stops = [0, *(at + 1 for at in borders)], [*borders, end]
    found = [Statement(line[start:stop], start) for start, stop in zip(starts, stops, strict=True)]
    bare = [_bare(statement) for statement in found if statement.text.strip()]
    return bare if isa is None else _gathered(bare, line, isa)


def _gathered(found: Sequence[Statement], line: str, isa: Isa) -> list[Statement]:
    """Statements with those that are the assembly of another one taken into it."""
    gathered: list[Statement] = []
    in_snippet = False
    for at, statement in enumerate(found):
        if opens_snippet(statement.text):
            return [*gathered, *found[at:]]  # what follows is its source
        if in_snippet and goes_on(statement.text, isa):
            first = gathered.pop()
            gathered.append(Statement(line[first.at : statement.at + len(statement.text)], first.at))
        else:
            gathered.append(statement)
            in_snippet = _begins_snippet(statement.text, isa)
    return gathered


def opens_snippet(text: str) -> bool:
    """Whether a statement is a command whose assembly is in what follows, up to an `end`."""
    return len(text.split()) == 1 and _id_of(text.strip()) in SNIPPET_IDS


def assembly_at(line: str, begin: int, isa: Isa) -> int | None:
    """Where the instruction begins that is being typed at the end of a line; None if it is none.

    The statement begins at column `begin`; the answer is that column if it could be a command, too.
    """
    text = line[begin:].lstrip()
    start = len(line) - len(text)
    word, blank, argument = text.partition(" ")
    if blank and _is_snippet_word(word):
        return len(line) - len(argument.lstrip())
    if blank and is_instruction(word, isa):
        return start
    try:
        before = statements(line[:begin].rstrip("; \t"), isa)
    except CommandError:
        return None
    goes_on = bool(before) and _begins_snippet(before[-1].text, isa) and not (blank and word.lower() in words())
    return begin if goes_on and not blank else start if goes_on else None


def _is_snippet_word(word: str) -> bool:
    return any(word.lower() in by_id(id).words for id in SNIPPET_IDS)


def opens_list(text: str) -> bool:
    """Whether a statement begins a list of commands, up to an `end`."""
    return _id_of(text.strip()) == "break.commands"


def _begins_snippet(text: str, isa: Isa) -> bool:
    word, _, argument = text.strip().partition(" ")
    return is_instruction(word, isa) or (bool(argument) and _id_of(word) in SNIPPET_IDS)


def goes_on(text: str, isa: Isa) -> bool:
    """Whether a statement behind assembly is more of it: a word that is a command's too in capital letters only.

    A word in capital letters that is nobody's is assembly too, for the assembler to say what is wrong with it.
    """
    word = text.lstrip().partition(" ")[0].partition(";")[0]
    if text.startswith(LABEL_SIGN):
        return True
    if is_mnemonic(word, isa):
        return word.isupper() or word.lower() not in words()
    return word.isupper() and not _named(word.lower())


def _bare(statement: Statement) -> Statement:
    lead = len(statement.text) - len(statement.text.lstrip())
    return Statement(statement.text.strip(), statement.at + lead)


def read(text: str, isa: Isa | None = None) -> Spoken:
    """Understand the word of a statement; CommandError with the column of what is not understood.

    A bare `1200` or `42%` goes there. What begins with an instruction of `isa`, and no command, is run.
    """
    bare = text.strip()
    lead = len(text) - len(text.lstrip())
    if _TIME.fullmatch(bare):
        return Spoken(by_id("time.goto"), bare, lead)
    word = _WORD.match(bare)
    if word is None:
        raise CommandError("no command was given" if not bare else f"{shown(bare)} does not begin with a command",
                           "help lists the commands", lead)  # fmt: skip
    if isa is not None and is_instruction(word[0], isa):
        return Spoken(by_id(SNIPPET_IDS[0]), bare, lead, implied=True)
    try:
        command = find(word[0])
    except XqdbgError as error:
        raise CommandError(error.message, error.hint, lead) from None
    rest = bare[word.end() :]
    if rest.startswith("/") and not command.formatted:
        raise CommandError(f"{command.word} takes no format", f"help {command.word}", lead + word.end())
    argument = rest.strip()
    return Spoken(command, argument, lead + word.end() + len(rest) - len(rest.lstrip()))


def is_instruction(word: str, isa: Isa) -> bool:
    """Whether a word is an instruction here. The words of commands come first; in capital letters, no others do."""
    if not is_mnemonic(word, isa) or word.lower() in words():
        return False
    if word.isupper():
        return True
    return word not in SCREEN_WORDS and not any(known.startswith(word.lower()) for known in words())


def parse(line: str) -> tuple[Command, str]:
    """The command of a line that holds one, and its argument. Raises XqdbgError."""
    spoken = read(line)
    return spoken.command, spoken.argument


def by_id(id: str) -> Command:
    """The command with an id; KeyError if there is none."""
    return {command.id: command for command in COMMANDS}[id]


def find(word: str) -> Command:
    """The command a word names or unambiguously begins. Raises XqdbgError."""
    word = word.lower()
    if not word:
        raise XqdbgError("no command was given", "help lists the commands")
    found = _named(word)
    if len(found) == 1:
        return found[0]
    if word in SCREEN_WORDS:
        raise XqdbgError(f"{word} is about the screen of the debugger", "`xqdbg FILE` opens it in the terminal")
    if not found:
        close = get_close_matches(word[:40], words(), n=1)
        raise XqdbgError(f"there is no command {shown(word)}", f"did you mean {close[0]}?" if close else "try help")
    names = [next(known for known in command.words if known.startswith(word)) for command in found]
    more = f" and {len(names) - 8} more" if len(names) > 8 else ""
    raise XqdbgError(f"{shown(word)} is ambiguous", f"it could be {', '.join(names[:8])}{more}")


def _named(word: str) -> list[Command]:
    """The command of a word, or all that the word begins."""
    exact = [command for command in COMMANDS if word in command.words]
    return exact or [command for command in COMMANDS if any(known.startswith(word) for known in command.words)]


def _id_of(text: str) -> str:
    """The id of the command of a statement; empty if it has none. Asked at every key, so it suggests nothing."""
    word = _WORD.match(text)
    found = _named(word[0].lower()) if word is not None else []
    return found[0].id if len(found) == 1 else ""


def words() -> Iterator[str]:
    """Everything commands are called."""
    return (word for command in COMMANDS for word in command.words)


def caret(line: str, column: int) -> tuple[str, str]:
    """The line, and below it a sign that points at a column; long lines are shown from around there."""
    from vm.diagnostics import printable  # only who errs pays for it

    column = max(0, min(column, len(line)))
    first = max(0, column - 60)
    part = ("…" if first else "") + line[first : column + 60] + ("…" if column + 60 < len(line) else "")
    return printable(part), " " * (column - first + bool(first)) + "^"
