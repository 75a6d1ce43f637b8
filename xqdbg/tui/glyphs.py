"""Signs that mean the same wherever they are drawn."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from xqdbg.moment import Breakpoint, Kind

HERE = "▶"
"""Where the machine stands."""
EXECUTED, NEVER, SLICED = "▎", "┊", "┃"
"""An instruction that was executed already; one that never will be; one the slice is made of."""
BOOKMARK = "⚑"
"""An instruction the machine stands at in a moment that was given a name."""
FINDING = "!"
"""Something the verifier finds wrong."""
ENABLED, CONDITIONAL, TEMPORARY, DISABLED, CONDITIONAL_DISABLED = "●", "◆", "◉", "○", "◇"

_KINDS: Mapping[Kind, str] = MappingProxyType({Kind.WRITE: "△", Kind.READ: "▷", Kind.ACCESS: "▽", Kind.LOG: "»"})


def breakpoint_glyph(breakpoint: Breakpoint) -> str:
    """What a breakpoint is, in one character."""
    if breakpoint.kind in _KINDS:
        return _KINDS[breakpoint.kind]
    conditional = bool(breakpoint.condition or breakpoint.ignore)
    if not breakpoint.enabled:
        return CONDITIONAL_DISABLED if conditional else DISABLED
    return CONDITIONAL if conditional else TEMPORARY if breakpoint.temporary else ENABLED


def strongest(breakpoints: Iterable[Breakpoint]) -> Breakpoint | None:
    """Of several at one place, the one to show: what stops most often comes first, what is disabled last."""
    return min(breakpoints, key=_weakness, default=None)


def _weakness(breakpoint: Breakpoint) -> tuple[bool, bool, bool, int]:
    return (not breakpoint.enabled, breakpoint.kind is Kind.LOG, bool(breakpoint.condition), breakpoint.number)
