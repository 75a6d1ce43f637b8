"""Commands about what stops a run: breakpoints, watchpoints, logpoints."""

from __future__ import annotations

from xqdbg.commands.argument import (
    CommandError,
    Piece,
    divide,
    first_word,
    nothing,
    number,
    numbers,
    piece,
    quoted,
    shown,
)
from xqdbg.commands.command import Command, Request, Run, Takes
from xqdbg.commands.moving import uncounted
from xqdbg.expressions import parse
from xqdbg.locations import parse_location
from xqdbg.moment import Kind, Moment
from xqdbg.session import Session


def conditioned(argument: Piece) -> tuple[Piece, Piece]:
    """What stands before `if`, and the condition; empty without one."""
    before, condition = divide(argument, "if")
    return before, condition or Piece("", argument.column(len(argument.text)))


def checked(session: Session, location: Piece, condition: Piece) -> None:
    """Put errors of a location and of a condition down to where they stand; the session checks the rest."""
    with location.blamed():
        parse_location(location.text, session.code, session.isa)
    if condition:
        with condition.blamed():
            parse(condition.text).bind(session.machine, session.saved, lambda _place: None)


def here(session: Session, request: Request) -> int:
    """The address under the cursor, else where the machine stands."""
    return session.moment.pc if request.cursor is None else request.cursor


def toggle(session: Session, request: Request) -> Moment:
    nothing(piece(request.argument))
    uncounted(request)
    return session.toggle(here(session, request))


def set_breakpoint(session: Session, request: Request, temporary: bool = False) -> Moment:
    location, condition = conditioned(piece(request.argument))
    if not location:
        location = Piece(f"*{here(session, request)}", location.at)
    checked(session, location, condition)
    with location.blamed():
        return session.break_at(location.text, condition.text, temporary=temporary, patience=request.patience)


def set_temporary(session: Session, request: Request) -> Moment:
    return set_breakpoint(session, request, temporary=True)


def watching(kind: Kind) -> Run:
    """A watchpoint of a kind."""

    def run(session: Session, request: Request) -> Moment:
        watched, condition = conditioned(piece(request.argument))
        if not watched:
            raise CommandError("what to watch is missing", "watch EXPR, such as watch r0.quad[1,5]", watched.at)
        if condition:
            with condition.blamed():
                parse(condition.text).bind(session.machine, session.saved, lambda _place: None)
        with watched.blamed():
            return session.watch(watched.text, kind, condition.text)

    return run


def log(session: Session, request: Request) -> Moment:
    """`log LOC "text {expr}" [if COND]`, and with `--past` the same of the whole run, without running."""
    argument = piece(request.argument)
    first, rest = first_word(argument)
    past = first.text == "--past"
    location, message, condition = log_parts(rest if past else argument)
    checked(session, location, condition)
    with message.blamed():
        if past:
            return session.past_log(location.text, message.text, condition.text, request.patience)
        return session.logpoint(location.text, message.text, condition.text, request.patience)


def log_parts(argument: Piece) -> tuple[Piece, Piece, Piece]:
    """Location, text and condition. The text stands in quotes, or is all behind the first word."""
    opened = argument.text.find('"')
    if opened >= 0:
        location = argument.cut(0, opened)
        message, rest = quoted(argument.cut(opened))
        before, condition = conditioned(rest)
        if before:
            raise before.error(f"{shown(before.text)} is not understood after the text", 'log LOC "TEXT" [if EXPR]')
    else:
        (location, message), condition = first_word(argument), Piece("", argument.column(len(argument.text)))
    if not location or not message:
        what = "what to tell" if location else "where to log"
        raise CommandError(f"{what} is missing", 'log LOC "TEXT {EXPR}" [if EXPR]', argument.column(len(argument.text)))
    return location, message, condition


def numbered(session: Session, which: Piece) -> int:
    """The number of a breakpoint that there is."""
    found = number(which, "breakpoint number")
    with which.blamed():
        return session.breakpoints.numbered(found).number


def delete(session: Session, request: Request) -> Moment:
    argument = piece(request.argument)
    with argument.blamed():
        return session.delete(numbers(argument))


def enable(session: Session, request: Request) -> Moment:
    argument = piece(request.argument)
    with argument.blamed():
        return session.enable(numbers(argument))


def disable(session: Session, request: Request) -> Moment:
    argument = piece(request.argument)
    with argument.blamed():
        return session.enable(numbers(argument), enabled=False)


def ignore(session: Session, request: Request) -> Moment:
    which, times = first_word(piece(request.argument))
    return session.ignore(numbered(session, which), number(times, "count of hits"))


def condition(session: Session, request: Request) -> Moment:
    which, text = first_word(piece(request.argument))
    breakpoint = numbered(session, which)
    bare = text.cut(2) if text.text[:3] in ("if", "if ") else text
    with bare.blamed():
        return session.set_condition(breakpoint, bare.text)


def commands(session: Session, request: Request) -> Moment:
    """Without its lines, which the reader of scripts collects: those that a breakpoint has are taken away."""
    return session.set_commands(numbered(session, piece(request.argument)), ())


ROWS: tuple[Command, ...] = (
    Command("break.toggle", ("toggle",), "b,f9", "Breakpoint",
            "Set a breakpoint at the cursor, or take it away.", "toggle", "toggle", toggle),
    Command("break.set", ("break", "b", "br"), "", "Set breakpoint",
            "Stop the run at LOC, or here, where EXPR is true; LOC is a line, *PC, a label, op:NAME, fault or such.",
            "break [LOC] [if EXPR]", "break 14", set_breakpoint, Takes.LOCATION),
    Command("break.temporary", ("tbreak", "tb"), "", "Set temporary breakpoint",
            "Set a breakpoint that is gone after its first hit.", "tbreak [LOC] [if EXPR]", "tbreak .2",
            set_temporary, Takes.LOCATION),
    Command("break.watch", ("watch",), "", "Watch for changes",
            "Stop after an instruction that changed a value, forward and backward.", "watch EXPR [if EXPR]", "watch r3",
            watching(Kind.WRITE), Takes.EXPRESSION),
    Command("break.read_watch", ("rwatch",), "", "Watch for reads",
            "Stop after an instruction that read a place.", "rwatch PLACE [if EXPR]", "rwatch r3",
            watching(Kind.READ), Takes.PLACE),
    Command("break.access_watch", ("awatch",), "", "Watch for accesses",
            "Stop after an instruction that read or wrote a place.", "awatch PLACE [if EXPR]", "awatch r3",
            watching(Kind.ACCESS), Takes.PLACE),
    Command("break.log", ("log", "dprintf"), "", "Log",
            "Tell something wherever LOC is passed, or with --past what that would be in the whole run.",
            'log [--past] LOC "TEXT {EXPR}" [if EXPR]', 'log 14 "r3 is {r3}"', log, Takes.LOCATION, ("--past",)),
    Command("break.delete", ("delete", "d", "clear"), "", "Delete breakpoints",
            "Delete breakpoints, watchpoints and logpoints by number, or all.", "delete [NUMBER…]", "delete 1 3",
            delete, Takes.BREAKPOINT),
    Command("break.enable", ("enable",), "", "Enable breakpoints",
            "Let breakpoints stop the run again, by number, or all.", "enable [NUMBER…]", "enable 1",
            enable, Takes.BREAKPOINT),
    Command("break.disable", ("disable", "dis"), "", "Disable breakpoints",
            "Keep breakpoints from stopping the run, by number, or all.", "disable [NUMBER…]", "disable 1",
            disable, Takes.BREAKPOINT),
    Command("break.ignore", ("ignore",), "", "Ignore hits",
            "Pass over the next COUNT hits of a breakpoint.", "ignore NUMBER COUNT", "ignore 1 10",
            ignore, Takes.BREAKPOINT),
    Command("break.condition", ("condition",), "", "Set condition",
            "Let a breakpoint stop only where EXPR is true, or always without one.", "condition NUMBER [EXPR]",
            "condition 1 r3 > 5", condition, Takes.BREAKPOINT),
    Command("break.commands", ("commands",), "", "Set commands",
            "Obey the lines up to `end` at each stop at a breakpoint.", "commands NUMBER … end",
            "commands 1", commands, Takes.BREAKPOINT),
)  # fmt: skip
