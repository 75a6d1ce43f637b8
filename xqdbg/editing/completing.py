"""What can stand at the cursor: mnemonics first in a line, then what their operands are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from vm.isa import Flow, OperandKind
from vm.tokens import Following, Form, Token, TokenKind
from xqdbg.editing import describing
from xqdbg.editing.reading import Reading, Word
from xqdbg.editing.text import Completion, Subject

MOST = 400
"""Completions of one place."""
_MOST_NAMED = 32
"""Registers that are all offered, used or not."""
_LARGEST = 1 << 17
"""Names beyond this are not looked for."""


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a word is being typed."""

    before: Sequence[Token]
    """The tokens of the line that are complete."""
    prefix: str
    """What has been typed of the word."""
    start: int
    end: int
    """Offset behind the word, which may go on behind the cursor."""


def completions(reading: Reading, line: int, column: int) -> Iterator[Completion]:
    """What can stand at a place, likeliest first."""
    place = _place(reading, line, column)
    if place is None:
        return
    following = reading.syntax.following(reading.lines[line - 1][: place.start])
    if following is not None:
        yield from _following(reading, place, following, line)
        return
    mnemonic = next((token for token in place.before if token.kind is TokenKind.MNEMONIC), None)
    if mnemonic is None:
        yield from _beginnings(reading, place)
        return
    form = reading.syntax.forms.get(mnemonic.name)
    operands = [token for token in place.before if token.start > mnemonic.start]
    if form is not None and len(operands) < len(form.operands):
        yield from _operands(reading, place, form, form.operands[len(operands)].kind, line)


def _place(reading: Reading, line: int, column: int) -> _Place | None:
    """None outside of the text, and in comments."""
    if not 1 <= line <= len(reading.lines):
        return None
    offset = column - 1
    if not 0 <= offset <= len(reading.lines[line - 1]):
        return None
    before: list[Token] = []
    for token in reading.tokens[line - 1]:
        if token.kind is TokenKind.COMMENT and token.start < offset:
            return None
        if token.end < offset or (token.kind is TokenKind.PUNCTUATION and token.end == offset):
            before.append(token)
        elif token.start < offset <= token.end:
            return _Place(before, token.text[: offset - token.start], token.start, token.end)
    return _Place(before, "", offset, offset)


def _following(reading: Reading, place: _Place, following: Following, line: int) -> Iterator[Completion]:
    """What a syntax says can stand here: registers, labels, then words; first in a line labels to define, too."""
    first = not reading.lines[line - 1][: place.start].strip()
    if TokenKind.REGISTER in following.kinds:
        known = dict(_registers(reading, place, line))
        known |= {name: "not used yet" for name in _all_named(reading, TokenKind.REGISTER) if name not in known}
        yield from _named(reading, place, known.items(), Subject.REGISTER)
    if TokenKind.TARGET in following.kinds:
        yield from _named(reading, place, _labels(reading, line), Subject.LABEL)
    if first:
        yield from (each for each in _beginnings(reading, place) if each.subject is Subject.LABEL)
    forms = reading.syntax.forms
    for word in sorted(following.words, key=lambda word: list(forms).index(word) if word in forms else len(forms)):
        if word.startswith(place.prefix):
            documentation = (forms[word].usage, *describing.of_form(forms[word])) if word in forms else ()
            yield Completion(word, place.start + 1, place.end + 1, Subject.MNEMONIC, "", documentation)


def _all_named(reading: Reading, kind: TokenKind) -> Iterator[str]:
    """All names of a kind of which there are few."""
    for number in range(_MOST_NAMED):
        name = reading.syntax.named(kind, number)
        if not name:
            return
        yield name


def _beginnings(reading: Reading, place: _Place) -> Iterator[Completion]:
    """What a line can begin with."""
    for name, note in _labels_wanted(reading) if place.prefix else ():
        if name.startswith(place.prefix):
            text = reading.syntax.definition(name)
            yield Completion(text, place.start + 1, place.end + 1, Subject.LABEL, note)
    forms = reading.syntax.forms
    wanted = place.prefix.casefold()
    folded = {name: name.casefold() for name in forms}
    likely = [name for name in forms if folded[name].startswith(wanted)]
    likely += [name for name in forms if wanted in folded[name] and not folded[name].startswith(wanted)]
    for name in likely:
        form = forms[name]
        note = describing.stack_effect(form)
        documentation = (form.usage, *describing.of_form(form))
        yield Completion(name, place.start + 1, place.end + 1, Subject.MNEMONIC, note, documentation)


def _operands(reading: Reading, place: _Place, form: Form, kind: OperandKind, line: int) -> Iterator[Completion]:
    if kind is OperandKind.REGISTER:
        found, subject = _registers(reading, place, line), Subject.REGISTER
    elif kind is OperandKind.TARGET and form.op.flow is Flow.TARGET:
        found, subject = _labels_wanted(reading), Subject.LABEL
    elif kind is OperandKind.TARGET:
        found, subject = _targets(reading, form, line), Subject.LABEL
    else:
        return
    yield from _named(reading, place, found, subject)


def _named(reading: Reading, place: _Place, found: Iterable[tuple[str, str]], subject: Subject) -> Iterator[Completion]:
    """Those names that go on as what has been typed."""
    for name, note in found:
        if name.startswith(place.prefix):
            yield Completion(name, place.start + 1, place.end + 1, subject, note, tuple(_documented(reading, name)))


def _documented(reading: Reading, name: str) -> Iterator[str]:
    token = reading.syntax.operand(name)
    if token is None or not reading.same(token):
        return
    yield from (describing.of_register if token.kind is TokenKind.REGISTER else describing.of_label)(reading, token)


def _registers(reading: Reading, place: _Place, line: int) -> Iterator[tuple[str, str]]:
    """Those that are used, the nearest ones first, then a fresh one."""
    names = [name for name in reading.names(TokenKind.REGISTER) if not _is_typed_here(reading, name, place, line)]
    for name in sorted(names, key=lambda name: _distance(reading, name, line)):
        yield name, _register_note(reading, name)
    yield from _fresh(reading, TokenKind.REGISTER, names, "not used yet")


def _is_typed_here(reading: Reading, name: str, place: _Place, line: int) -> bool:
    """Whether a name occurs only because it is being typed."""
    words = _words(reading, name)
    return len(words) == 1 and words[0].line == line and words[0].token.start == place.start


def _words(reading: Reading, name: str) -> Sequence[Word]:
    token = reading.syntax.operand(name)
    return () if token is None else reading.same(token)


def _distance(reading: Reading, name: str, line: int) -> int:
    return min((abs(word.line - line) for word in _words(reading, name)), default=0)


def _register_note(reading: Reading, name: str) -> str:
    words = _words(reading, name)
    if note := describing.note_of(reading, words):
        return note
    written = next((word.line for word in words if word.token.access in ("w", "rw")), None)
    return f"written in line {written}" if written is not None else "never written"


def _labels_wanted(reading: Reading) -> Iterator[tuple[str, str]]:
    """Labels that can be defined: those that are jumped to and are nowhere, then a fresh one."""
    names = reading.names(TokenKind.LABEL)
    for name in names:
        if reading.definition(name) is None:
            yield name, f"jumped to from line {_words(reading, name)[0].line}"
    yield from _fresh(reading, TokenKind.LABEL, names, "a new label")


def _targets(reading: Reading, form: Form, line: int) -> Iterator[tuple[str, str]]:
    """What can be jumped to."""
    if form.by_number:
        for number, target in enumerate(reading.targets()):
            yield reading.syntax.named(TokenKind.TARGET, number), f"the target in line {target.line}"
        return
    yield from _labels(reading, line)


def _labels(reading: Reading, line: int) -> Iterator[tuple[str, str]]:
    """Labels that are there, the nearest ones first, then a new one."""
    names = reading.names(TokenKind.LABEL)
    for name in sorted(names, key=lambda name: _distance(reading, name, line)):
        if (word := reading.definition(name)) is not None:
            note = describing.shortened(reading.comment(word.line))
            yield name, f"line {word.line}{': ' + note if note else ''}"
    yield from _fresh(reading, TokenKind.LABEL, names, "a new label")


def _fresh(reading: Reading, kind: TokenKind, used: Iterable[str], note: str) -> Iterator[tuple[str, str]]:
    """The first name of a kind that is free."""
    taken = set(used)
    for number in range(_LARGEST):
        name = reading.syntax.named(kind, number)
        if not name:
            return
        if name not in taken:
            yield name, note
            return
