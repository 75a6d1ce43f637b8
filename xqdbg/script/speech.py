"""Moments and answers in words, as they are read aloud: no signs, no drawings, no table that only eyes can follow."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType

from vm.contract import Effect, Status
from vm.diagnostics import printable
from xqdbg.answer import Answer, Row
from xqdbg.moment import UNLISTED, Moment
from xqdbg.script.grid import sentences
from xqdbg.script.render import MOST_ROWS, chosen_writes, cut
from xqdbg.session import Session

_SHORTEST = 60
"""Characters of a value in a sentence."""

WORDS: Mapping[str, str] = MappingProxyType(
    {
        "●": " breakpoint ", "◆": " conditional breakpoint ", "◉": " temporary breakpoint ",
        "○": " disabled breakpoint ", "◇": " disabled conditional breakpoint ", "▶": " here ",
        "△": " watched for writes ", "▷": " watched for reads ",
        "▽": " watched for both ", "»": " logpoint ", "•": " changed ", "✓": " holds ", "✗": " does not hold ",
        "✖": " fault ", "→": " to ", "←": " from ", "↑": " up ", "↓": " down ", "⇒": " gives ", "×": " times ",
        "÷": " divided by ", "−": "-", "–": "-", "—": " - ", "…": "...", "·": ".", "≤": "<=", "≥": ">=", "≠": "!=",
        "√": " square root ", "∞": " infinity ", "⟨": "<", "⟩": ">", "‡": "+", "¬": " not ", "±": " plus or minus ",
        "“": '"', "”": '"', "‘": "'", "’": "'", "\u00a0": " ",
    }
)  # fmt: skip
"""What is said for signs. Letters of any script stay as they are."""

_DRAWN = re.compile("[\u2500-\u259f\u2800-\u28ff]+")
"""Lines, blocks and dots that pictures are made of."""
_BY = re.compile(r"(?<=\d)\s?×\s?(?=\d)")
_SEPARATED = re.compile(r"\s+·\s+")
_DOTS = re.compile(r"(?<![^\s])·(?![^\s])")
_SIGN = re.compile(r"[*>]+(?: ?[*>]+)*")
_MARKS: Mapping[str, str] = MappingProxyType({"*": "breakpoint", ">": "here"})
_BLANKS = re.compile(r"(?<=\S)\s{2,}(?=\S)")
"""What keeps parts of a line apart."""


def in_words(text: str) -> str:
    """A line without signs: what draws is left out, what means something is said."""
    text = _BLANKS.sub(", ", printable(text).replace(" -> ", " to ")).strip()
    if text.isascii():
        return text
    text = _DRAWN.sub(" ", _DOTS.sub("none", _SEPARATED.sub(", ", _BY.sub(" by ", text))))
    words = "".join(character if character.isascii() else _word(character) for character in text)
    return " ".join(words.split())


def _word(character: str) -> str:
    if (word := WORDS.get(character)) is not None:
        return word
    if unicodedata.category(character)[0] in "LMN":
        return character
    return f" {unicodedata.name(character, 'sign').lower()} "


def told(session: Session, moment: Moment, *, moved: bool, elsewhere: bool = True) -> list[str]:
    """What a command came to. A stop is one sentence, and the displays after it if it is `elsewhere` than before."""
    lines = [f"log: {in_words(each)}" for each in moment.logged]
    answer = moment.answer
    if answer is not None:
        lines += answer_lines(answer)
    answered = answer is not None and (not moved or moment.message == answer.title.partition("\n")[0])
    message = "" if answered else in_words(moment.message)
    if moved:
        lines.append(stop_sentence(session, moment, message))
        lines += details(moment) if elsewhere else []
    elif message:
        lines.append(message)
    return [cut(line) for line in lines]


def stop_sentence(session: Session, moment: Moment, message: str) -> str:
    """`tick 120, line 41, next ADDQUAD r0, stack depth 2, STOW wrote r6 from 49 to 25, breakpoint 1 at line 41`."""
    line = next((line for line in session.code if line.pc == moment.pc), None)
    first = moment.branches[0].name if moment.branches else moment.branch
    parts = [f"tick {moment.tick:,}"]
    parts += [f"branch {moment.branch}"] if moment.branch != first else []
    parts.append(session.where(moment.pc))
    if moment.status is not Status.READY:
        parts.append(moment.status.value)
    if line is not None:
        parts.append(f"{'at' if moment.status in (Status.HALTED, Status.FAULTED) else 'next'} {in_words(line.text)}")
    parts += [
        f"{view.title.lower()} depth {len(moment.cells.get(view.id, ()))}" for view in session.views if view.top_first
    ]
    return ", ".join(filter(None, [*parts, effect_words(session, moment.effect), _once(message, parts)]))


def _once(message: str, parts: Sequence[str]) -> str:
    """A message that says more than the state does."""
    return "" if message in parts else message


def effect_words(session: Session, effect: Effect | None) -> str:
    """`STOW wrote r6 from 49 to 25`; nothing of an instruction that wrote nothing."""
    if effect is None:
        return ""
    if not effect.listed:
        return in_words(f"{effect.op} wrote {UNLISTED}")
    writes, more = chosen_writes(effect)
    if not writes:
        return ""
    shown = [
        f"{write.place} from {_value(session, write.old)} to {_value(session, write.new)}" for write in writes
    ]  # fmt: skip
    rest = f" and {more:,} more" if more else ""
    return in_words(f"{effect.op} wrote {', '.join(shown)}{rest}")


def _value(session: Session, value: object) -> str:
    text = in_words(session.machine.text(value))
    return text if len(text) <= _SHORTEST else text[: _SHORTEST - 3] + "..."


def details(moment: Moment) -> Iterator[str]:
    """What is told after a stop: a fault, and the displays."""
    if moment.status is Status.FAULTED and moment.fault is not None:
        fault = moment.fault
        yield in_words(f"fault {fault.code}: {fault.message}")
        if fault.explanation:
            yield in_words(fault.explanation)
    for watch in moment.watches:
        changed = ", changed" if watch.changed else ""
        yield in_words(f"display {watch.number}, {watch.expression} is {watch.text}") + changed


def answer_lines(answer: Answer) -> Iterator[str]:
    """The title, a sentence for each row, and a note."""
    if answer.title:
        yield from filter(None, map(in_words, sentences(answer.title.split("\n"))))
    heads = [in_words(column) for column in answer.columns]
    deep = any(row.level for row in answer.rows)
    for row in answer.rows[:MOST_ROWS]:
        if sentence := row_sentence(heads, row):
            yield f"level {row.level + 1}: {sentence}" if deep else sentence
    if (hidden := len(answer.rows) - MOST_ROWS) > 0:
        yield f"and {hidden:,} more rows, which JSON has"
    if answer.note:
        yield f"note: {in_words(answer.note)}"
    elif not answer.complete and answer.rows:
        yield "there is more"


def row_sentence(heads: Sequence[str], row: Row) -> str:
    """Each cell behind the head of its column."""
    said = []
    for at, cell in enumerate(row.cells):
        head = heads[at] if at < len(heads) else ""
        text = _marked(cell) if _SIGN.fullmatch(cell.strip()) and not head else in_words(cell)
        if text.startswith("* "):
            text = f"{text[2:]}, the current one,"
        if text:
            said.append(f"{head} {text}" if head and len(row.cells) > 1 else text)
    return (", " if heads else " ").join(said)


def _marked(cell: str) -> str:
    return " and ".join(_MARKS[sign] for sign in sorted({*cell} & {*_MARKS}, reverse=True))
