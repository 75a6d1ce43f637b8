"""Commands that change the position in time."""

from __future__ import annotations

from collections.abc import Callable

from vm.diagnostics import printable
from xqdbg.addresses import address_of
from xqdbg.answer import Answer
from xqdbg.commands.argument import CommandError, Piece, count, nothing, piece
from xqdbg.commands.command import Command, Request, Run, Takes
from xqdbg.locations import parse_location, parse_time
from xqdbg.moment import Moment
from xqdbg.patience import Patience
from xqdbg.session import Session

FORMS = "LOC is a line, *PC, a label, op:NAME, loop:exit, output, fault, tick N or N%"


def uncounted(request: Request) -> None:
    """CommandError if a count was typed before the key."""
    if request.count is not None:
        raise CommandError(f"a count of {request.count:,} means nothing here", "help tells which commands take a COUNT")


def counted(verb: Callable[[Session, int, Patience], Moment]) -> Run:
    """A verb that takes a count."""
    return lambda session, request: verb(session, count(piece(request.argument), request.count), request.patience)


def ridden(verb: Callable[[Session, Patience], Moment]) -> Run:
    """A verb without arguments that may take long."""

    def run(session: Session, request: Request) -> Moment:
        nothing(piece(request.argument))
        uncounted(request)
        return verb(session, request.patience)

    return run


def aimed(verb: Callable[[Session, str, Patience], Moment]) -> Run:
    """A verb that goes to a location, else to the cursor."""

    def run(session: Session, request: Request) -> Moment:
        uncounted(request)
        argument = piece(request.argument)
        if not argument:
            if request.cursor is None:
                raise CommandError("where to is missing", f"until LOC; {FORMS}")
            return verb(session, f"*{request.cursor}", request.patience)
        with argument.blamed():
            parse_location(argument.text, session.code, session.isa)
            return verb(session, argument.text, request.patience)

    return run


def goto(session: Session, request: Request) -> Moment:
    argument = piece(request.argument)
    if not argument and request.count is not None:
        return session.goto_tick(request.count, request.patience)
    return _goto(session, argument, request)


def _goto(session: Session, argument: Piece, request: Request) -> Moment:
    with argument.blamed():
        parse_time(argument.text, session.code, session.isa)
        return session.goto(argument.text, request.patience)


def percent(session: Session, request: Request) -> Moment:
    argument = piece(request.argument)
    text = argument.text.removesuffix("%").strip()
    if not text and request.count is None:
        raise CommandError("percent of what is missing", "type 42% to go to 42% of the history", argument.at)
    return _goto(session, Piece(f"{text or request.count}%", argument.at), request)


def start(session: Session, request: Request) -> Moment:
    nothing(piece(request.argument))
    return session.start() if request.count is None else goto(session, request)


def end(session: Session, request: Request) -> Moment:
    nothing(piece(request.argument))
    return session.end(request.patience) if request.count is None else goto(session, request)


def restart(session: Session, request: Request) -> Moment:
    nothing(piece(request.argument))
    uncounted(request)
    return session.restart()


def when(session: Session, request: Request) -> Moment:
    """Where in time and in the program the machine stands, and what it has spent."""
    nothing(piece(request.argument))
    uncounted(request)
    moment = session.moment
    line = next((line for line in session.code if line.pc == moment.pc), None)
    known = f" of {moment.furthest:,}" + ("" if moment.ended else " so far")
    text = printable(line.text) if line is not None else ""
    here = address_of(moment.pc, session.code)
    parts = [f"tick {moment.tick:,}{known}", session.where(moment.pc), f"pc {here}", text]
    parts += [f"{m.name} {m.used:,}" + ("" if m.limit is None else f" of {m.limit:,}") for m in moment.meters]
    parts.append(f"branch {moment.branch}" if len(moment.branches) > 1 else "")
    told = "  ".join(filter(None, parts))
    value = {
        "tick": moment.tick,
        "furthest": moment.furthest,
        "ended": moment.ended,
        "pc": moment.pc,
        "text": text,
        "branch": moment.branch,
        "status": moment.status.value,
        "meters": {meter.name: {"used": meter.used, "limit": meter.limit} for meter in moment.meters},
    }
    return session.say(told, answer=Answer(told, value=value))


def jump(session: Session, request: Request) -> Moment:
    """Go on elsewhere in the program: an edit of pc, on a branch of its own."""
    argument = piece(request.argument)
    uncounted(request)
    if not argument and request.cursor is None:
        raise CommandError("where to is missing", "jump LOC; it makes a branch that goes on there")
    with argument.blamed():
        return session.jump(argument.text or f"*{request.cursor}")


ROWS: tuple[Command, ...] = (
    Command("run.step", ("step", "s", "stepi", "si"), "s,f11", "Step",
            "Run one instruction, or COUNT of them.", "step [COUNT]", "step 10",
            counted(Session.step), Takes.COUNT, repeats=True),
    Command("run.back", ("back", "reverse-step", "rs", "reverse-stepi", "rsi"), "S", "Back",
            "Go back one instruction, or COUNT of them.", "back [COUNT]", "back 10",
            counted(Session.back), Takes.COUNT, repeats=True),
    Command("run.next", ("next", "n", "nexti", "ni"), "n,f10", "Next",
            "Run one instruction, but a loop or call to its end.", "next [COUNT]", "next",
            counted(Session.next), Takes.COUNT, repeats=True),
    Command("run.previous", ("reverse-next", "rn", "previous", "reverse-nexti", "rni"), "N", "Previous",
            "Go back one instruction, but over a whole loop or call.", "reverse-next [COUNT]", "reverse-next",
            counted(Session.previous), Takes.COUNT, repeats=True),
    Command("run.continue", ("continue", "c", "cont"), "c,f5", "Continue",
            "Run to the next breakpoint, or the COUNTth, or the end.", "continue [COUNT]", "continue",
            counted(Session.proceed), Takes.COUNT, repeats=True),
    Command("run.reverse", ("reverse-continue", "rc", "reverse"), "C", "Reverse",
            "Run backward to a breakpoint, or the COUNTth, or the start.", "reverse-continue [COUNT]", "rc",
            counted(Session.reverse), Takes.COUNT, repeats=True),
    Command("run.until", ("until", "u", "unt", "advance"), "u", "To cursor",
            f"Run to LOC, or to the cursor. {FORMS}.", "until [LOC]", "until 14",
            aimed(Session.until), Takes.LOCATION),
    Command("run.back_until", ("reverse-until", "ru", "reverse-advance"), "U", "Back to cursor",
            "Run backward to LOC, or to the cursor.", "reverse-until [LOC]", "reverse-until .2",
            aimed(Session.back_until), Takes.LOCATION),
    Command("run.finish", ("finish", "fin", "return"), "f,shift+f11", "Finish",
            "Run until the innermost loop or call is left.", "finish", "finish",
            ridden(Session.finish), repeats=True),
    Command("run.begin", ("reverse-finish", "rf", "begin"), "F", "Loop start",
            "Go back to where the innermost loop or call was opened.", "reverse-finish", "rf",
            ridden(Session.begin), repeats=True),
    Command("run.iterate", ("iterate",), "i", "Iteration",
            "Run to the next iteration of the innermost loop, or COUNT iterations on.", "iterate [COUNT]", "iterate 12",
            counted(Session.iterate), Takes.COUNT, repeats=True),
    Command("run.iterate_back", ("reverse-iterate", "ri"), "I", "Iteration back",
            "Go back to the start of this iteration of the innermost loop, then to those before.",
            "reverse-iterate [COUNT]", "ri 3",
            counted(Session.iterate_back), Takes.COUNT, repeats=True),
    Command("run.restart", ("restart", "r", "run"), "r", "Restart",
            "Go to the start and count hits anew; breakpoints stay.", "restart", "restart", restart),
    Command("time.start", ("start",), "g", "Start",
            "Go to the start; 1200g goes to tick 1200.", "start", "start", start),
    Command("time.end", ("end",), "G", "End",
            "Run to the end, past breakpoints; inside `commands` it closes the list.", "end", "end", end),
    Command("time.goto", ("goto", "g", "ugo", "!tt"), "", "Go to",
            "Go to a moment: a tick, N% of the run, @bookmark, LOC#k (the k-th time at LOC), op:NAME (the first time), "
            "start or end.",
            "goto TICK|N%|@NAME|LOC[#k]|start|end", "goto 1200", goto, Takes.TIME),
    Command("time.percent", ("percent",), "%", "Go to percent",
            "Go to a percentage of the history; type 42%.", "percent N", "percent 42", percent, Takes.COUNT),
    Command("time.back", ("jump-back", "<"), "<", "Where I was",
            "Go to where you were before the latest jump, or COUNT jumps before.", "jump-back [COUNT]", "jump-back",
            counted(Session.go_back), Takes.COUNT, repeats=True),
    Command("time.forward", ("jump-forward", ">", "undo-jump"), ">", "Where I went",
            "Undo jump-back, once or COUNT times.", "jump-forward [COUNT]", "jump-forward",
            counted(Session.go_forward), Takes.COUNT, repeats=True),
    Command("time.when", ("when", "where", "w"), "", "When",
            "Tell the tick, the address, the line and what was spent.", "when", "when", when),
    Command("branch.jump", ("jump", "j"), "", "Jump",
            "Go on at LOC instead of here, on a branch of its own.", "jump LOC", "jump .2", jump, Takes.LOCATION),
)  # fmt: skip
