"""What one instruction did, in one line."""

from __future__ import annotations

from textual.content import Content

from vm.contract import Effect, Value, Write
from vm.diagnostics import printable
from xqdbg.moment import UNLISTED
from xqdbg.spoken import Words, in_words, plainly
from xqdbg.tui.panes.list_pane import clipped

SHOWN_WRITES = 3
"""Writes named one by one; more are counted."""
MOST_TEXT = 24
"""Columns of a text that are shown of it."""
HEAD_WRITES = 64
"""Writes those are chosen from: an instruction may have very many, each made when it is asked for."""


def effect_text(effect: Effect, words: Words = plainly) -> Content:
    """`NAME  r3.quad[1,5] 0 → 500`; what a program did is data, so nothing of it is markup."""
    parts = [Content.styled(printable(effect.op), "$xq-op")]
    if not effect.listed:
        return Content("  ").join([*parts, Content.styled(UNLISTED, "$xq-quiet")])
    head = [effect.writes[at] for at in range(min(HEAD_WRITES, len(effect.writes)))]
    lasting_first = sorted(head, key=lambda write: write.new is None)
    parts += [_write_text(write, words) for write in lasting_first[:SHOWN_WRITES]]
    if (more := len(effect.writes) - SHOWN_WRITES) > 0:
        parts.append(Content.styled(f"and {more:,} more", "$xq-quiet"))
    return Content("  ").join(parts)


def _write_text(write: Write, words: Words) -> Content:
    place = printable(str(write.place))
    old = [] if write.old is None else [(_value_text(write.old, words) + " ", "$xq-quiet")]
    return Content.assemble(
        (place + " ", "$xq-title"), *old, ("→ ", "$xq-quiet"), (_value_text(write.new, words), "bold $xq-changed")
    )


def _value_text(value: Value, words: Words) -> str:
    """Numbers in full, texts as far as there is room; for anything larger the panes are the place."""
    if value is None:
        return "–"
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    told = in_words(value, words) if isinstance(value, str | float | bool) else None
    return "…" if told is None else clipped(printable(told), MOST_TEXT)
