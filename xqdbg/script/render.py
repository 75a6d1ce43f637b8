"""Moments and answers as lines of text: append-only, for terminals, files and screen readers alike."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from vm.contract import Effect, Status, Write
from vm.diagnostics import printable
from xqdbg.answer import Answer, Row
from xqdbg.moment import UNLISTED, Moment
from xqdbg.session import Session

MOST_ROWS = 1_000
"""Rows that are told; JSON has all there are."""
WIDEST = 4_000
"""Characters of a line."""
WIDEST_COLUMN = 100
"""Characters up to which a column makes room for its longest cell."""
SHOWN_WRITES = 3
"""Writes of an instruction that are told one by one."""
HEAD_WRITES = 64
"""Writes those are chosen from: an instruction may have very many, each made when it is asked for."""

_NUMERIC = re.compile(r"[-+]?[\d,]+(?:\.\d+)?%?")


def told(session: Session, moment: Moment, *, moved: bool, elsewhere: bool = True) -> list[str]:
    """What a command came to. A stop is one line, and the displays after it if it is `elsewhere` than before."""
    lines = [f"log  {printable(each)}" for each in moment.logged]
    answer = moment.answer
    if answer is not None:
        lines += answer_lines(answer)
    answered = answer is not None and (not moved or moment.message == answer.title.partition("\n")[0])
    message = "" if answered else printable(moment.message)
    if moved:
        lines.append(stop_line(session, moment, message))
        lines += details(moment) if elsewhere else []
    elif message:
        lines.append(message)
    return [cut(line) for line in lines]


def stop_line(session: Session, moment: Moment, message: str) -> str:
    """`tick 120  line 41  ADDQUAD r0   STOW wrote r6 49 -> 25   breakpoint 1 at line 41, hit 3`."""
    line = next((line for line in session.code if line.pc == moment.pc), None)
    first = moment.branches[0].name if moment.branches else moment.branch
    branch = f" on {moment.branch}" if moment.branch != first else ""
    where = [f"tick {moment.tick:,}{branch}", session.where(moment.pc)]
    where += [printable(line.text)] if line is not None else []
    parts = ["  ".join(where), effect_text(session, moment.effect), message]
    return "   ".join(filter(None, parts))


def details(moment: Moment) -> Iterator[str]:
    """What is told below a stop: a fault in words, and the displays."""
    if moment.status is Status.FAULTED and moment.fault is not None:
        yield f"  {printable(moment.fault.message)}"
        if moment.fault.explanation:
            yield f"  {printable(moment.fault.explanation)}"
    for watch in moment.watches:
        changed = "   changed" if watch.changed else ""
        yield f"  {watch.number}: {printable(watch.expression)} = {printable(watch.text)}{changed}"


def effect_text(session: Session, effect: Effect | None) -> str:
    """`ADDQUAD wrote r3.quad[1,5] 0 -> 500`; nothing of an instruction that wrote nothing."""
    if effect is None:
        return ""
    if not effect.listed:
        return f"{printable(effect.op)} wrote {UNLISTED}"
    writes, more = chosen_writes(effect)
    shown = ", ".join(_write_text(session, write) for write in writes)
    rest = f" and {more:,} more" if more else ""
    return f"{printable(effect.op)} wrote {shown}{rest}" if writes else ""


def chosen_writes(effect: Effect, most: int = SHOWN_WRITES) -> tuple[list[Write], int]:
    """The writes that matter most, those that leave a value, and how many more there are."""
    head = [effect.writes[at] for at in range(min(HEAD_WRITES, len(effect.writes)))]
    head = [write for write in head if str(write.place) != "pc"]
    chosen = sorted(head, key=lambda write: write.new is None)[:most]
    return chosen, max(0, len(effect.writes) - HEAD_WRITES) + len(head) - len(chosen)


def _write_text(session: Session, write: Write) -> str:
    old, new = (_short(session.machine.text(value)) for value in (write.old, write.new))
    return f"{printable(str(write.place))} {old} -> {new}"


def _short(text: str) -> str:
    text = printable(text)
    return text if len(text) <= 60 else text[:59] + "…"


def answer_lines(answer: Answer) -> Iterator[str]:
    """Title, rows under their columns, and a note."""
    if answer.title:
        yield from map(printable, answer.title.split("\n"))
    yield from table_lines(answer.columns, answer.rows[:MOST_ROWS], indent="  " if answer.title else "")
    if (hidden := len(answer.rows) - MOST_ROWS) > 0:
        yield f"… and {hidden:,} more rows, which JSON has"
    if answer.note:
        yield f"({printable(answer.note)})"
    elif not answer.complete and answer.rows:
        yield "(there is more)"


def table_lines(columns: Sequence[str], rows: Sequence[Row], indent: str = "") -> Iterator[str]:
    """Rows in columns: numbers to the right, everything else to the left, trees indented."""
    if not rows:
        return
    cells = [[_cell(cell, row.level if at == 0 else 0) for at, cell in enumerate(row.cells)] for row in rows]
    columns, cells = _without_empty_columns(columns, cells)
    body = [line for line in cells if len(line) > 1]
    count = max(map(len, cells))
    right = [_is_numeric([line[at] for line in body if at < len(line)]) for at in range(count)]
    shown = [[printable(column) for column in columns], *body] if any(columns) else body
    lengths = [[len(line[at]) for line in shown if at < len(line)] for at in range(count)]
    widths = [min(WIDEST_COLUMN, max(each, default=0)) for each in lengths]
    if any(columns):
        yield indent + _aligned([printable(column) for column in columns], widths, right)
    for line in cells:
        yield indent + (_aligned(line, widths, right) if len(line) > 1 else line[0])


def _without_empty_columns(columns: Sequence[str], rows: list[list[str]]) -> tuple[Sequence[str], list[list[str]]]:
    """A column in which nothing stands is left out, and so is its head."""
    count = max(map(len, rows))
    kept = [at for at in range(count) if any(at < len(row) and row[at].strip() for row in rows)] or [0]
    heads = [columns[at] for at in kept if at < len(columns)]
    return heads, [[row[at] for at in kept if at < len(row)] or [""] for row in rows]


def _aligned(cells: Sequence[str], widths: Sequence[int], right: Sequence[bool]) -> str:
    padded = [cell.rjust(widths[at]) if right[at] else cell.ljust(widths[at]) for at, cell in enumerate(cells)]
    return "  ".join(padded).rstrip()


def _cell(text: str, level: int) -> str:
    return "  " * min(level, 40) + printable(text)


def _is_numeric(cells: Sequence[str]) -> bool:
    filled = [cell for cell in cells if cell]
    return bool(filled) and all(_NUMERIC.fullmatch(cell) for cell in filled)


def cut(line: str) -> str:
    """A line no longer than anybody reads."""
    return line if len(line) <= WIDEST else line[: WIDEST - 1] + "…"
