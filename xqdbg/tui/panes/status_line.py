"""One line that says when and where: tick, address, line, loops, meters, state."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from vm.contract import Meter, Status
from vm.diagnostics import printable
from xqdbg.moment import Moment

NEAR = 0.8
"""Share of a limit from which on a meter is shown as near it."""
_EIGHTHS = " ▏▎▍▌▋▊▉█"
_BAR_CELLS = 4


class _Part(NamedTuple):
    """A piece of the line; those of the lowest rank are left out first where space is short."""

    text: Content
    rank: int


class StatusLine(Widget):
    """Shows when and where the machine is, and how near its limits."""

    DEFAULT_CSS = """
    StatusLine { height: 1; padding: 0 1; background: $panel; color: $foreground; }
    """

    moment: reactive[Moment | None] = reactive(None)
    running: reactive[int | None] = reactive(None)
    """The tick a long run has come to; None while nothing runs."""
    count: reactive[str] = reactive("")
    """The count being typed."""

    def __init__(self, lines: Mapping[int, int | None], *, id: str | None = None) -> None:
        """Take the source line of each address."""
        super().__init__(id=id)
        self._lines = lines

    def render(self) -> Content:
        moment = self.moment
        if moment is None:
            return Content("")
        width = self.content_size.width
        state = self._state(moment)
        left = [_Part(state, 9), *self._position(moment)]
        count = [_Part(Content.styled(f"×{self.count}", "bold $xq-changed"), 10)] if self.count else []
        with_bars, without = (
            [_Part(meter_text(meter, bars=bars), _rank(meter, at, moment)) for at, meter in enumerate(moment.meters)]
            + count
            for bars in (True, False)
        )
        return _fit(left, with_bars if _length(left) + _length(with_bars) + 2 <= width else without, width)

    def _state(self, moment: Moment) -> Content:
        if self.running is not None:
            return Content.styled("◌ running", "bold $xq-running")
        if moment.status is Status.FAULTED:
            code = printable(moment.fault.code) if moment.fault is not None else ""
            return Content.styled(f"✖ fault {code}".rstrip(), "bold $xq-fault")
        if moment.status is Status.HOST:
            return Content.styled("◆ waits for the host", "bold $xq-running")
        if moment.status is Status.HALTED:
            return Content.styled("■ halted", "bold $xq-ready")
        return Content.styled("● ready", "bold $xq-ready")

    def _position(self, moment: Moment) -> list[_Part]:
        tick = moment.tick if self.running is None else self.running
        parts = [_Part(_labelled("tick", f"{tick:,}"), 8)]
        if moment.furthest > tick:
            end = " (end)" if moment.ended else ""
            parts.append(_Part(Content.styled(f"of {moment.furthest:,}{end}", "$xq-quiet"), 4))
        parts.append(_Part(_labelled("pc", f"{moment.pc:#06x}"), 7))
        if (line := self._lines.get(moment.pc)) is not None:
            parts.append(_Part(_labelled("line", f"{line}"), 7))
        if moment.nests:
            parts.append(_Part(_labelled("depth", f"{len(moment.nests)}"), 3))
        return parts


def _rank(meter: Meter, at: int, moment: Moment) -> int:
    """A meter that has run out, or that the fault is about, is worth more than the place."""
    spent = meter.limit is not None and meter.used >= meter.limit
    over_budget = moment.fault is not None and moment.fault.over_budget and meter.limit is not None
    return 8 if spent or over_budget else 6 - at


def meter_text(meter: Meter, *, bars: bool = True) -> Content:
    """`steps 1,204/10M`, with a thin bar if there is room; in the colour of a warning when near the limit."""
    name = printable(meter.name)
    if meter.limit is None:
        return _labelled(name, f"{meter.used:,}")
    share = meter.used / meter.limit if meter.limit > 0 else 1.0
    style = "bold $xq-fault" if share >= 1 else "bold $xq-changed" if share >= NEAR else "$foreground"
    text = Content.assemble(
        (f"{name} ", "$xq-quiet"), (f"{meter.used:,}", style), (f"/{_short(meter.limit)}", "$xq-quiet")
    )
    if not bars:
        return text
    ink = "$xq-fault on $xq-rule" if share >= NEAR else "$xq-executed on $xq-rule"
    return Content.assemble(text, " ", (bar(share), ink))


def bar(share: float) -> str:
    """A bar of a few cells, in eighths; never empty when something was used, never full before all was."""
    eighths = round(max(0.0, min(1.0, share)) * _BAR_CELLS * 8)
    if 0 < share < 1:
        eighths = max(1, min(eighths, _BAR_CELLS * 8 - 1))
    full, rest = divmod(eighths, 8)
    return ("█" * full + (_EIGHTHS[rest] if rest else "")).ljust(_BAR_CELLS)


def _short(number: int) -> str:
    """A limit in few characters where that loses nothing: `10M`, `64Ki`, else in full."""
    for power, suffix in ((30, "Gi"), (20, "Mi"), (10, "Ki")):
        if number and number % (1 << power) == 0:
            return f"{number >> power:,}{suffix}"
    for power, suffix in ((9, "G"), (6, "M"), (3, "k")):
        if number and number % 10**power == 0:
            return f"{number // 10**power:,}{suffix}"
    return f"{number:,}"


def _labelled(label: str, value: str) -> Content:
    return Content.assemble((f"{label} ", "$xq-quiet"), (value, "$foreground"))


def _fit(left: Sequence[_Part], right: Sequence[_Part], width: int) -> Content:
    """Left and right parts with space between; parts of low rank go until the rest fits."""
    left, right = list(left), list(right)
    while left and right and _length(left) + _length(right) + 2 > width:
        weakest = min([*left, *right], key=lambda part: part.rank)
        (left if weakest in left else right).remove(weakest)
    gap = max(2, width - _length(left) - _length(right))
    return Content.assemble(_joined(left), " " * gap, _joined(right))


def _length(parts: Sequence[_Part]) -> int:
    return sum(part.text.cell_length for part in parts) + 2 * max(0, len(parts) - 1)


def _joined(parts: Sequence[_Part]) -> Content:
    return Content("  ").join(part.text for part in parts)
