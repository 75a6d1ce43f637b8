"""Questions over the whole run."""

from __future__ import annotations

from collections.abc import Callable

from xqdbg.commands.argument import CommandError, Piece, divide, piece, shown, split
from xqdbg.commands.command import Command, Request, Run, Takes
from xqdbg.commands.stopping import checked, conditioned
from xqdbg.costs import BY
from xqdbg.expressions import parse
from xqdbg.moment import Moment
from xqdbg.patience import Patience
from xqdbg.session import Session

COUNTED = ("opcode", "line")
"""What `count by` can count."""


def about(what: str, usage: str, verb: Callable[[Session, str, Patience], Moment]) -> Run:
    """A question about one place or location."""

    def run(session: Session, request: Request) -> Moment:
        argument = piece(request.argument)
        if not argument:
            raise CommandError(f"the {what} is missing", usage, argument.at)
        with argument.blamed():
            return verb(session, argument.text, request.patience)

    return run


def shows(session: Session, listed: Piece | None) -> list[str]:
    """Expressions that are to be shown, each of which the machine can evaluate."""
    parts = split(listed, ",") if listed is not None else []
    for part in parts:
        with part.blamed():
            parse(part.text).bind(session.machine, session.saved, lambda _place: None)
    return [part.text for part in parts]


def hits(session: Session, request: Request) -> Moment:
    """`hits LOC [if EXPR] [show EXPR, …]`."""
    asked, listed = divide(piece(request.argument), "show")
    location, condition = conditioned(asked)
    if not location:
        raise CommandError("where to look is missing", "hits LOC [if EXPR] [show EXPR, …]", location.at)
    checked(session, location, condition)
    wanted = shows(session, listed)
    with location.blamed():
        return session.hits(location.text, wanted, condition.text, request.patience)


def first(session: Session, request: Request) -> Moment:
    argument = piece(request.argument)
    bare = argument.cut(2) if argument.text.startswith("if ") else argument
    if not bare:
        raise CommandError("what is to become true is missing", "first EXPR, such as first stack[-1] < 0", bare.at)
    with bare.blamed():
        return session.first(bare.text, request.patience)


def count_by(session: Session, request: Request) -> Moment:
    """`count by opcode` or `count by line`."""
    argument = piece(request.argument)
    words = argument.text.lower().split()
    by = words[-1] if words and words[0] == "by" and len(words) == 2 else argument.text.lower()
    found = [choice for choice in (*COUNTED, "op") if by and choice.startswith(by)]
    if not found:
        raise argument.error(f"{shown(argument.text)} cannot be counted" if argument else "what to count by is missing",
                             "count by opcode, or count by line")  # fmt: skip
    return session.count("opcode" if found[0] == "op" else found[0], request.patience)


def cost_by(session: Session, request: Request) -> Moment:
    """`cost`, `cost by line`, `cost by opcode`, and `of METER` behind each."""
    asked, of = divide(piece(request.argument), "of")
    words = asked.text.lower().split()
    by = words[-1] if words and (words[0] == "by") == (len(words) == 2) and len(words) <= 2 else asked.text.lower()
    found = [choice for choice in (*BY, "op") if choice.startswith(by)] if asked else ["line"]
    if not found or by == "by":
        raise asked.error(f"{shown(asked.text)} is nothing costs can be told by", "cost by line, or cost by opcode")
    with (of or asked).blamed():
        by = "opcode" if found[0] == "op" else found[0]
        return session.cost(by, "" if of is None else of.text.lower(), request.patience)


def confine(session: Session, request: Request) -> Moment:
    """`slice PLACE`, and `slice off`."""
    argument = piece(request.argument)
    if argument.text.lower() == "off":
        return session.unconfine()
    if not argument:
        raise CommandError("whose slice is missing", "slice PLACE, or slice off", argument.at)
    with argument.blamed():
        return session.confine(argument.text, request.patience)


ROWS: tuple[Command, ...] = (
    Command("ask.last", ("last",), "", "Last write",
            "Go back to the instruction that wrote PLACE last; again, to the one before.", "last PLACE", "last r3",
            about("place", "last PLACE, such as last r3", Session.last), Takes.PLACE, repeats=True),
    Command("ask.next_write", ("next-write", "nw"), "", "Next write",
            "Go to the next instruction that writes PLACE; again, to the one after.",
            "next-write PLACE", "next-write r3",
            about("place", "next-write PLACE", Session.next_write), Takes.PLACE, repeats=True),
    Command("ask.first", ("first",), "", "First time",
            "Tell when an expression is true for the first time in the run.", "first EXPR", "first r3 > 2",
            first, Takes.EXPRESSION),
    Command("ask.hits", ("hits",), "", "Hits",
            "List every time the run comes to LOC, and what expressions come to there.",
            "hits LOC [if EXPR] [show EXPR, …]", "hits 6 show r3", hits, Takes.LOCATION),
    Command("ask.count", ("count",), "", "Count",
            "Tell how often each opcode or line is executed in the run.", "count by opcode|line", "count by opcode",
            count_by, Takes.CHOICE, ("by opcode", "by line")),
    Command("ask.cost", ("cost", "costs"), "", "Cost",
            "Tell what each line or opcode is charged by the meters in the whole run, the dearest first.",
            "cost [by line|by opcode] [of METER]", "cost by opcode", cost_by, Takes.CHOICE, ("by line", "by opcode")),
    Command("ask.why", ("why",), "", "Why",
            "Tell the chain of instructions that produced what PLACE holds, or a fault, down to literals and inputs.",
            "why PLACE|fault", "why r3", about("place", "why PLACE, such as why r3", Session.why), Takes.PLACE),
    Command("ask.whynot", ("whynot",), "", "Why not",
            "Tell why an instruction never ran.", "whynot LOC", "whynot op:HALT",
            about("location", "whynot LOC, such as whynot 14", Session.whynot), Takes.LOCATION),
    Command("ask.slice", ("slice",), "", "Slice",
            "Confine stepping and the code pane to what matters to PLACE; slice off ends it.", "slice PLACE|off",
            "slice r3", confine, Takes.PLACE, ("off",)),
    Command("ask.blame", ("blame",), "", "Blame",
            "List every contribution to a coefficient or another number, in order.", "blame PLACE", "blame r3",
            about("place", "blame PLACE, such as blame r0.quad[1,5]", Session.blame), Takes.PLACE),
)  # fmt: skip
