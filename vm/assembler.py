"""What every assembler does for the person who wrote the source: collect findings, suggest, show the place."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from vm.diagnostics import Diagnostic, ProgramError, expanded, printable

MOST_FINDINGS = 100
_LONGEST_WORD = 40
_ELLIPSIS = "…"


class Findings:
    """The findings of one assembly. Keeps the first hundred of each phase and counts the rest."""

    def __init__(self, phases: int) -> None:
        self._phases: list[list[Diagnostic]] = [[] for _ in range(phases)]
        self.total = 0

    def wants(self, phase: int) -> bool:
        """Is there room for another finding of this phase? Otherwise do not bother to word it: `skip` it."""
        return len(self._phases[phase]) < MOST_FINDINGS

    def skip(self) -> None:
        """Count a finding that nobody will see."""
        self.total += 1

    def add(self, phase: int, finding: Diagnostic) -> None:
        """Note a finding; phases come in the order in which the released assembler runs them."""
        self.total += 1
        if self.wants(phase):
            self._phases[phase].append(finding)

    def error(self) -> ProgramError | None:
        """All findings: first the one the released assembler stops at, then the others by line; None without any.

        At most a hundred; if there are more, one of kind `MORE` ends them and says how many.
        """
        kept = [finding for phase in self._phases for finding in phase]
        if not kept:
            return None
        first, *rest = kept[:MOST_FINDINGS]
        rest.sort(key=lambda finding: (finding.line or 0, finding.column or 0))
        shown = [first, *(_without_reference(finding) for finding in rest)]
        if hidden := self.total - len(shown):
            shown.append(Diagnostic(f"{hidden} more {'error' if hidden == 1 else 'errors'} not shown", "MORE"))
        return ProgramError(shown)


def _without_reference(finding: Diagnostic) -> Diagnostic:
    return Diagnostic(finding.message, finding.kind, finding.line, finding.column, finding.width, finding.hint)


def suggest(word: str, candidates: Iterable[str]) -> str:
    """The candidate that a misspelt word most likely stands for; empty if none is near."""
    if len(word) > _LONGEST_WORD:
        return ""
    from difflib import get_close_matches  # imported by those who misspell, as a good program starts faster without

    near = get_close_matches(word, candidates, n=1, cutoff=0.6)
    return near[0] if near else ""


def shortened(text: str, most: int = 40) -> str:
    """Program text to quote in a message: printable, and cut off where it gets long."""
    cut = text if len(text) <= most else text[: most - 1] + _ELLIPSIS
    return printable(cut)


def excerpt(source: Sequence[str], finding: Diagnostic, width: int = 100) -> str:
    """The line at fault with carets under the fault; empty for findings without a place in the source.

    Tabs are expanded (to one column where the line would get too long), controls made visible, and of a
    line longer than `width` only the part around the fault is shown.
    """
    if finding.line is None or not 1 <= finding.line <= len(source):
        return ""
    line = source[finding.line - 1]
    tab = 8 if len(line) + 7 * line.count("\t") <= width else 1
    column = min((finding.column or 1) - 1, len(line))
    around = line[max(0, column - width) : column + width]
    if _columns(around) > len(around):
        width //= 2  # for characters that take two columns
    start = max(0, column - width // 2) if len(line) > width else 0
    head = (_ELLIPSIS if start else "") + line[start:column]
    body = line[column : min(column + finding.width, start + width)]
    tail = line[column + len(body) : start + width]
    shown = expanded(head + body + tail, tab) + (_ELLIPSIS if start + width < len(line) else "")
    before = _columns(expanded(head, tab))
    carets = max(1, _columns(expanded(head + body, tab)) - before) if finding.column else 0
    number = f"{finding.line:5} | "
    shown = f"{number}{shown}".rstrip()
    return f"{shown}\n{' ' * (len(number) - 2)}| {' ' * before}{'^' * carets}" if carets else shown


def _columns(text: str) -> int:
    """Columns a terminal takes for the text."""
    if text.isascii():
        return len(text)
    return sum(map(_cell_width, text))


def _cell_width(character: str) -> int:
    import unicodedata

    if unicodedata.category(character) in ("Mn", "Me") or "\u1160" <= character <= "\u11ff":
        return 0  # drawn over the character before; the range is that of Korean vowels and finals
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def render(name: str, source: Sequence[str], finding: Diagnostic) -> str:
    """A finding for people: `file:line:col: message`, the excerpt, the hint. No line end behind the last line.

    Without an excerpt, as for bytecode, it is one line.
    """
    place = [name or "program", *(str(number) for number in (finding.line, finding.column) if number is not None)]
    if finding.kind == "MORE":
        return printable(finding.message)
    told, shown = f"{printable(':'.join(place))}: {printable(finding.message)}", excerpt(source, finding)
    if not shown:
        return f"{told} ({printable(finding.hint)})" if finding.hint else told
    return "\n".join((told, shown, f"      = hint: {printable(finding.hint)}") if finding.hint else (told, shown))
