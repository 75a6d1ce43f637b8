"""Commands that remember: names of moments, assertions, files."""

from __future__ import annotations

from xqdbg.commands import info
from xqdbg.commands.argument import CommandError, first_word, numbers, piece, quoted, shown, whole_text
from xqdbg.commands.command import Command, Request, Takes
from xqdbg.moment import Moment
from xqdbg.session import Session

EXPORTS = ("pytest", "vector")
"""Forms a session can be exported in."""


def bookmark(session: Session, request: Request) -> Moment:
    """`bookmark NAME [note]`; the note may stand in quotes."""
    name, note = first_word(piece(request.argument))
    if not name:
        raise CommandError("the name of the bookmark is missing", "bookmark NAME [NOTE]", name.at)
    text = whole_text(note)
    with name.blamed():
        return session.bookmark(name.text.removeprefix("@"), text)


def unbookmark(session: Session, request: Request) -> Moment:
    argument = piece(request.argument)
    if not argument:
        raise CommandError("the name of the bookmark is missing", "bookmarks lists them", argument.at)
    with argument.blamed():
        return session.delete_bookmark(argument.text.removeprefix("@"))


def pin(session: Session, request: Request) -> Moment:
    """`pin EXPR` asserts it here and now."""
    argument = piece(request.argument)
    if not argument:
        raise CommandError("what is to hold here is missing", "pin EXPR, such as pin r3 == 7", argument.at)
    with argument.blamed():
        return session.pin(argument.text)


def pins(session: Session, request: Request) -> Moment:
    """Check all pins, or those that are named."""
    argument = piece(request.argument)
    with argument.blamed():
        return session.check_pins(numbers(argument, "number of a pin"), request.patience)


def unpin(session: Session, request: Request) -> Moment:
    argument = piece(request.argument)
    with argument.blamed():
        return session.unpin(numbers(argument, "number of a pin"))


def save(session: Session, request: Request) -> Moment:
    argument = piece(request.argument)
    path = whole_text(argument)
    if not path:
        raise CommandError("the name of the file is missing", "save FILE", argument.at)
    with argument.blamed():
        return session.save(path, request.patience)


def open_session(session: Session, request: Request) -> Moment:
    argument = piece(request.argument)
    path = whole_text(argument)
    if not path:
        raise CommandError("the name of the file is missing", "open FILE; save FILE writes one", argument.at)
    with argument.blamed():
        return session.open(path, request.patience)


def export(session: Session, request: Request) -> Moment:
    """`export pytest|vector FILE`."""
    form, rest = first_word(piece(request.argument))
    found = [name for name in EXPORTS if form and name.startswith(form.text.lower())]
    if not found:
        problem = f"{shown(form.text)} is no form to export in" if form else "the form to export in is missing"
        raise form.error(problem, f"export {' or export '.join(EXPORTS)}, then FILE")
    path, more = quoted(rest)
    if not path or more:
        raise rest.error("the name of the file is missing" if not path else f"{shown(more.text)} is too much",
                         f"export {found[0]} FILE")  # fmt: skip
    with rest.blamed():
        return session.export(found[0], path.text, request.patience)


def source(_session: Session, request: Request) -> Moment:
    """What reads scripts obeys this itself; a face that reads none says so."""
    raise piece(request.argument).error("scripts are not read here", "`xqdbg exec PROGRAM -x FILE` obeys one")


ROWS: tuple[Command, ...] = (
    Command("keep.bookmark", ("bookmark", "mark", "ubookmark"), "", "Bookmark",
            "Give this moment a name, and perhaps a note; goto @NAME comes back.", "bookmark NAME [NOTE]",
            "bookmark here", bookmark, Takes.TEXT),
    Command("keep.unbookmark", ("unbookmark",), "", "Delete bookmark",
            "Take a bookmark away.", "unbookmark NAME", "unbookmark stop-1", unbookmark, Takes.BOOKMARK),
    Command("keep.bookmarks", ("bookmarks", "marks"), "", "Bookmarks",
            "List the bookmarks; those called stop-N were made at stops.", "bookmarks", "bookmarks",
            info.told_topic(info.bookmarks)),
    Command("keep.pin", ("pin",), "", "Pin",
            "Assert that an expression is true at this moment, however the program is changed.", "pin EXPR",
            "pin r3 == r3", pin, Takes.EXPRESSION),
    Command("keep.pins", ("pins",), "", "Check pins",
            "Check all pins, or those that are named.", "pins [NUMBER…]", "pins", pins, Takes.PIN),
    Command("keep.unpin", ("unpin",), "", "Unpin",
            "Take pins away by number, or all.", "unpin [NUMBER…]", "unpin 1", unpin, Takes.PIN),
    Command("keep.save", ("save",), "", "Save session",
            "Write program, inputs, breakpoints, bookmarks, pins, branches and position into a file.", "save FILE",
            "save here.xqs", save, Takes.FILE),
    Command("keep.open", ("open",), "", "Open session",
            "Have the session of a file instead, after checking that its run is still the same.", "open FILE",
            "open here.xqs", open_session, Takes.FILE),
    Command("keep.export", ("export",), "", "Export test",
            "Write the pins as a test: a pytest module, or a conformance vector.", "export pytest|vector FILE",
            "export pytest test_it.py", export, Takes.FILE, EXPORTS),
    Command("keep.source", ("source",), "", "Obey script",
            "Obey the commands of a script.", "source FILE", "source setup.xqd", source, Takes.FILE),
)  # fmt: skip
