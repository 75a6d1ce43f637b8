"""What the last instruction did to values, and what the next one is about to do, in a sign each.

No two of the signs differ in colour alone.
"""

from __future__ import annotations

from collections.abc import Sequence

from vm.contract import Read, Value, Write
from vm.values import dataclass
from xqdbg.moment import Moment
from xqdbg.named import ByName
from xqdbg.numerals import Base, numeral
from xqdbg.spoken import in_words

WRITTEN, CHANGED = "•", "◦"
"""Written by the instruction just executed; different since the last stop, after a longer move."""
READS, WRITES, BOTH = "‹", "›", "◆"
"""What the next instruction is about to read, to write, and to read and write."""
LEGEND = (
    f"{WRITTEN} just written   {CHANGED} changed on the way here   "
    f"{READS} is read next   {WRITES} is written next   {BOTH} both"
)
"""What the signs in front of values mean."""

_SHOWN_ITEMS = 8
"""Elements shown of a list that is about to be written."""
_WIDEST = 40
"""Characters of a text that is about to be written."""


@dataclass(frozen=True, slots=True)
class Mark:
    """What there is to be said of one value."""

    past: str = " "
    coming: str = " "
    arrow: str = ""
    """What is about to be written, such as `→ 12`, or `[3] 5 → 12` for a part."""


NO_MARK = Mark()


class Marks:
    """All that is to be said of the values of a moment, looked up by the name of a cell or a place."""

    def __init__(self, moment: Moment, base: Base = Base.DECIMAL) -> None:
        self._base, self._words = base, moment.words
        self._single = moment.effect is not None
        self._changed = moment.changed
        effect, coming = moment.effect, moment.coming
        self._just = ByName[Write](()) if effect is None else moment.names.of(effect).writes
        self._reads = ByName[Read](()) if coming is None else moment.names.of(coming).reads
        self._writes = ByName[Write](()) if coming is None else moment.names.of(coming).writes
        self._spans = () if coming is None else moment.names.of(coming).spans

    def of_cell(self, name: str) -> Mark:
        """What to say of a cell; what happens to a part of it happens to it."""
        past = " "
        if name in self._changed or name in self._just:
            past = WRITTEN if self._single else CHANGED
        return self._mark(past, name, name in self._reads)

    def of_entry(self, name: str, cell: str = "", number: int = -1, *, differs: bool = False) -> Mark:
        """What to say of an entry of a cell, or of a place; `differs`: it is not as it was at the moment before."""
        past = WRITTEN if name in self._just else " "
        if past == " " and differs:
            past = WRITTEN if self._single else CHANGED
        read = name in self._reads or any(cell == known and number in span for known, span in self._spans)
        return self._mark(past, name, read)

    def _mark(self, past: str, name: str, read: bool) -> Mark:
        written = self._writes.get(name)
        gone = written is not None and read and written.new is None and str(written.place) == name
        if written is None or gone:  # what is taken from a stack is read, and nothing is left to be written
            return Mark(past, READS) if read else NO_MARK if past == " " else Mark(past)
        return Mark(past, BOTH if read else WRITES, self._arrow(name, written))

    def _arrow(self, name: str, write: Write) -> str:
        path = str(write.place).removeprefix(name).removeprefix(".")
        if not path:
            return f"→ {self._text(write.new)}"
        if write.new is None:
            return ""
        old = "" if write.old is None else f"{self._text(write.old)} "
        return f"{path} {old}→ {self._text(write.new)}"

    def _text(self, value: Value) -> str:
        """Numbers in full, the beginning of a list, short texts; anything else is seen when it is there."""
        if value is None:
            return "–"
        if (spoken := in_words(value, self._words)) is not None:
            return spoken if len(spoken) <= _WIDEST else "…"
        if isinstance(value, int):
            return numeral(value, self._base)
        if isinstance(value, Sequence):
            items = [self._text(item) for item in value[:_SHOWN_ITEMS]]
            return f"[{' '.join(items)}{' …' if len(value) > _SHOWN_ITEMS else ''}]"
        return "…"
