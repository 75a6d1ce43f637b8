"""Commands that edit the past, each on a branch of its own, and compare what comes of it."""

from __future__ import annotations

from collections.abc import Sequence

from xqdbg.commands import info
from xqdbg.commands.argument import CommandError, Piece, divide, first_word, piece, split, top_level
from xqdbg.commands.asking import shows
from xqdbg.commands.command import Command, Request, Takes
from xqdbg.commands.looking import set_saved
from xqdbg.moment import Moment
from xqdbg.session import Session

_SET = "set PLACE = EXPR[, PLACE = EXPR…] [as NAME]"
_REPLY = "reply [PLACE = EXPR[, …]] [as NAME]"


def set_value(session: Session, request: Request) -> Moment:
    """`set PLACE = EXPR[, PLACE = EXPR…] [as NAME]`, and `set $name = EXPR`."""
    argument, name = divide(piece(request.argument), "as")
    if not argument:
        raise CommandError("what to set is missing", _SET, argument.at)
    pairs = [_assignment(part, _SET) for part in split(argument, ",")]
    if pairs[0][0].text.startswith("$"):
        if len(pairs) > 1 or name is not None:
            raise argument.error("a saved value is set alone", "set $name = EXPR")
        return set_saved(session, *pairs[0])
    assignments = _checked(session, pairs)
    with argument.blamed():
        return session.edit(assignments, name.text if name else "")


def reply(session: Session, request: Request) -> Moment:
    """`reply [PLACE = EXPR[, PLACE = EXPR…]] [as NAME]`; without values the host has nothing to say."""
    argument, name = divide(piece(request.argument), "as")
    assignments = _checked(session, [_assignment(part, _REPLY) for part in split(argument, ",")] if argument else [])
    with argument.blamed():
        return session.reply(assignments, name.text if name else "")


def _checked(session: Session, pairs: Sequence[tuple[Piece, Piece]]) -> list[tuple[str, str]]:
    """Places and values as texts; an error is put down to the one that has it."""
    for place, expression in pairs:
        with place.blamed():
            session.place(place.text)
        with expression.blamed():
            _check(session, expression.text)
    return [(place.text, value.text) for place, value in pairs]


def _check(session: Session, text: str) -> None:
    """An error of the value is put down to the value, not to the place."""
    if text != "unset":
        session.evaluate(text)


def _assignment(part: Piece, usage: str) -> tuple[Piece, Piece]:
    """The two sides of `=`, which is no comparison."""
    with part.blamed():
        at = next((at for at, character in top_level(part.text) if character == "="), None)
    if at is None:
        raise part.error("there is no = in what is to be set", usage)
    if part.text[at + 1 : at + 2] == "=" or part.text[at - 1 : at] in ("<", ">", "!"):
        raise part.error("this compares, it sets nothing", usage, at)
    place, value = part.cut(0, at), part.cut(at + 1)
    if not place or not value:
        raise part.error("one side of = is missing", usage, at)
    return place, value


def fork(session: Session, request: Request) -> Moment:
    argument = piece(request.argument)
    with argument.blamed():
        return session.fork(argument.text)


def switch(session: Session, request: Request) -> Moment:
    argument = piece(request.argument)
    if not argument:
        raise CommandError("the name of a branch is missing", "branches lists them", argument.at)
    with argument.blamed():
        return session.switch(argument.text, request.patience)


def rename(session: Session, request: Request) -> Moment:
    """`rename BRANCH NAME`; the current branch if only a name is given."""
    first, second = first_word(piece(request.argument))
    if not first:
        raise CommandError("the new name is missing", "rename [BRANCH] NAME", first.at)
    old, new = (first.text, second) if second else (session.moment.branch, first)
    with (first if second else new).blamed():
        session.branches.find(old)
    with new.blamed():
        return session.rename_branch(old, new.text)


def drop(session: Session, request: Request) -> Moment:
    argument = piece(request.argument)
    if not argument:
        raise CommandError("the name of a branch is missing", "branches lists them", argument.at)
    with argument.blamed():
        return session.drop_branch(argument.text)


def diff(session: Session, request: Request) -> Moment:
    """`diff A [B]`; the current branch and A, if only one is named."""
    first, second = first_word(piece(request.argument))
    if not first:
        raise CommandError("the name of a branch is missing", "diff A [B]; branches lists them", first.at)
    for name in filter(None, (first, second)):
        with name.blamed():
            session.branches.find(name.text)
    with first.blamed():
        return session.diff(first.text, second.text, request.patience)


def sweep(session: Session, request: Request) -> Moment:
    """`sweep PLACE A..B [step N] [show EXPR, …]`, or a list of values in place of the range."""
    asked, listed = divide(piece(request.argument), "show")
    place, values = first_word(asked)
    if not values:
        raise CommandError("what to sweep is missing", "sweep PLACE A..B [step N] [show EXPR, …]", asked.at)
    with place.blamed():
        session.place(place.text)
    wanted = shows(session, listed)
    with values.blamed():
        return session.sweep(place.text, values.text, wanted, request.patience)


ROWS: tuple[Command, ...] = (
    Command("branch.set", ("set",), "", "Set",
            "Put values into places, here and now, on a branch of its own; set $name keeps a value and makes none.",
            _SET, "set r3 = 7", set_value, Takes.PLACE),
    Command("branch.reply", ("reply",), "", "Reply",
            "Answer the host call the program waits for: put values into places and go on behind it, on a branch.",
            _REPLY, "reply r3 = 0", reply, Takes.PLACE),
    Command("branch.fork", ("fork",), "x", "Fork",
            "Make a branch here without an edit.", "fork [NAME]", "fork", fork, Takes.TEXT),
    Command("branch.list", ("branches", "forks"), "", "Branches",
            "Show the tree of branches.", "branches", "branches", info.told_topic(info.branches)),
    Command("branch.switch", ("switch",), "", "Switch",
            "Go to another branch, to where you left it.", "switch NAME", "switch main", switch, Takes.BRANCH),
    Command("branch.rename", ("rename",), "", "Rename",
            "Give a branch another name.", "rename [BRANCH] NAME", "rename other", rename, Takes.BRANCH),
    Command("branch.drop", ("drop",), "", "Drop",
            "Forget a branch.", "drop NAME", "drop b1", drop, Takes.BRANCH),
    Command("branch.diff", ("diff",), "", "Diff",
            "Tell where two branches part, and what becomes different.", "diff A [B]", "diff main", diff, Takes.BRANCH),
    Command("branch.sweep", ("sweep",), "", "Sweep",
            "Run a family of branches, one a value, and tabulate what becomes of them.",
            "sweep PLACE A..B [step N] [show EXPR, …]", "sweep r3 1..3", sweep, Takes.PLACE),
)  # fmt: skip
