"""One line that says when and where: state, tick, what is coming, address, line, loops, meters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from textual.content import Content
from textual.reactive import reactive

from vm.contract import Meter, Status
from vm.diagnostics import Diagnostic, printable
from vm.toolchain import Forecast
from vm.values import dataclass
from xqdbg.addresses import address_of
from xqdbg.moment import Moment
from xqdbg.tui.amounts import short
from xqdbg.tui.one_line import OneLine
from xqdbg.tui.panes.matrix_text import compact
from xqdbg.tui.plain_lines import PlainlyDrawn

NEAR = 0.8
"""Share of a limit from which on a meter is shown as near it."""
MOST_NAME = 16
"""Characters of a branch's name that are shown."""
_EIGHTHS = " ▏▎▍▌▋▊▉█"
_BAR_CELLS = 4


@dataclass(frozen=True, slots=True)
class _Part:
    """A piece of the line; that of the lowest rank gives way first where space is short."""

    text: Content
    rank: float
    shorter: _Part | None = None
    """What takes its place then; None if it goes without a trace."""


class StatusLine(PlainlyDrawn):
    """Shows when and where the machine is, and how near its limits."""

    DEFAULT_CSS = """
    StatusLine { height: 1; padding: 0 1; background: $panel; color: $foreground; }
    """

    moment: reactive[Moment | None] = reactive(None)
    running: reactive[int | None] = reactive(None)
    """The tick a long run has come to; None while nothing runs."""
    filming: reactive[str] = reactive("")
    """What is told of the film that plays."""
    count: reactive[str] = reactive("")
    """The count being typed."""

    def __init__(self, lines: Mapping[int, int | None], *, id: str | None = None) -> None:
        """Take the source line of each address."""
        super().__init__(id=id)
        self._lines = lines
        self._forecast: Forecast | None = None
        self._findings: Mapping[int, Diagnostic] = {}
        """What is found about instructions, by address, of that forecast."""

    def render(self) -> OneLine:
        return OneLine(Content("") if self.moment is None else self._said(self.moment))

    def _said(self, moment: Moment) -> Content:
        """The line, as wide as the pane."""
        width = self.content_size.width
        state = self._state(moment)
        left = [_Part(state, 10), *self._position(moment)]
        count = [_Part(Content.styled(f"×{self.count}", "bold $xq-changed"), 11)] if self.count else []
        with_bars, without = (
            [_Part(meter_text(meter, bars=bars), _rank(meter, at, moment)) for at, meter in enumerate(moment.meters)]
            + count
            for bars in (True, False)
        )
        return _fit(left, with_bars if _length(left) + _length(with_bars) + 2 <= width else without, width)

    def _state(self, moment: Moment) -> Content:
        if self.running is not None:
            return Content.styled("◌ running", "bold $xq-running")
        if self.filming:
            return Content.styled(self.filming, "bold $xq-running")
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
        parts = [_Part(_labelled("tick", f"{tick:,}"), 9)]
        if len(moment.branches) > 1:
            parts.insert(0, _Part(_labelled("branch", printable(moment.branch)[:MOST_NAME]), 7.2))
        if moment.furthest > tick and (moment.future is None or moment.future.complete):
            end = " (end)" if moment.ended and moment.future is None else ""
            rank = 4 if moment.future is None else 2.2
            parts.append(_Part(Content.styled(f"of {moment.furthest:,}{end}", "$xq-quiet"), rank))
        if self.running is None and (coming := self._coming(moment)) is not None:
            parts.append(coming)
        line = self._lines.get(moment.pc)
        parts.append(_Part(_labelled("pc", address_of(moment.pc, moment.code)), 7 if line is None else 4.5))
        if line is not None:
            parts.append(_Part(_labelled("line", f"{line}"), 7))
        if moment.nests:
            parts.append(_Part(_labelled("depth", f"{len(moment.nests)}"), 3))
        if (surprise := _surprise(moment)) is not None:
            parts.append(surprise)
        if (odd := self._oddity(moment)) is not None:
            parts.append(odd)
        return parts

    def _oddity(self, moment: Moment) -> _Part | None:
        """What the verifier finds odd about the instruction that is due."""
        if moment.forecast is not self._forecast:
            self._forecast = moment.forecast
            findings = () if moment.forecast is None else reversed(moment.forecast.findings)
            self._findings = {each.offset: each for each in findings if each.offset is not None}
        found = None if moment.status.ended else self._findings.get(moment.pc)
        if found is None:
            return None
        texts = [f"! {printable(found.message)}", f"! {printable(found.kind)}"]
        return _shortening(texts, "bold $xq-finding", (4.3, 6.5))

    def _coming(self, moment: Moment) -> _Part | None:
        """What is known of the rest of the run."""
        future = moment.future
        if future is None or moment.status.ended or moment.status is Status.HOST:
            return None
        if not future.complete:
            if future.note:
                return _Part(Content.styled(f"known to {_short_count(future.explored)}", "$xq-quiet"), 3.5)
            return _Part(Content.styled(f"exploring {_short_count(future.explored)}…", "$xq-quiet"), 3.5)
        left = f"{max(0, future.explored - moment.tick):,}"
        ticks = "tick" if left == "1" else "ticks"
        if future.status is Status.FAULTED:
            code = f": {printable(future.fault.code)}" if future.fault is not None else ""
            line = self._lines.get(future.pc)
            where = f"at {address_of(future.pc, moment.code)}" if line is None else f"at line {line}"
            texts = [f"faults {where} in {left} {ticks}{code}", f"faults in {left}{code}", f"faults in {left}"]
            return _shortening(texts, "bold $xq-fault", (4.8, 5.5, 7.5))
        verb = "waits for the host" if future.status is Status.HOST else "halts"
        return _shortening([f"{verb} in {left} {ticks}", f"{verb} in {left}"], "$xq-coming", (4.2, 7.5))


def _shortening(texts: Sequence[str], style: str, ranks: Sequence[float]) -> _Part:
    """A part that is said in fewer and fewer words as space gets short."""
    part: _Part | None = None
    for text, rank in zip(reversed(texts), reversed(ranks), strict=True):
        part = _Part(Content.styled(text, style), rank, part)
    return part or _Part(Content(""), 0)


def _surprise(moment: Moment) -> _Part | None:
    """`stack 3, predicted 2`, where the verifier expects another depth than there is."""
    forecast = moment.forecast
    if moment.status is Status.FAULTED:
        return None  # what faults has taken its operands already
    if forecast is None or str(forecast.place) not in moment.cells:
        return None
    real, predicted = len(moment.cells[str(forecast.place)]), forecast.depths.get(moment.pc)
    if predicted is None or predicted == real:
        return None
    name = printable(str(forecast.place))
    text = Content.styled(f"{name} {real:,}, predicted {predicted:,}", "bold $xq-finding")
    return _Part(text, 7.4, _Part(Content.styled(f"{name} {real:,}≠{predicted:,}", "bold $xq-finding"), 7.4))


def _short_count(number: int) -> str:
    """A number that only grows, in few characters: `1.2M`."""
    return compact(number, 4) if number >= 10_000 else f"{number:,}"


def _rank(meter: Meter, at: int, moment: Moment) -> float:
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
        (f"{name} ", "$xq-quiet"), (f"{meter.used:,}", style), (f"/{short(meter.limit)}", "$xq-quiet")
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


def _labelled(label: str, value: str) -> Content:
    return Content.assemble((f"{label} ", "$xq-quiet"), (value, "$foreground"))


def _fit(left: Sequence[_Part], right: Sequence[_Part], width: int) -> Content:
    """Left and right parts with space between; parts of low rank go until the rest fits."""
    left, right = list(left), list(right)
    while left and right and _length(left) + _length(right) + 2 > width:
        side, at = min(((side, at) for side in (left, right) for at in range(len(side))), key=_rank_at)
        shorter = side[at].shorter
        side[at : at + 1] = [shorter] if shorter is not None else []
    gap = max(2, width - _length(left) - _length(right))
    return Content.assemble(_joined(left), " " * gap, _joined(right))


def _rank_at(spot: tuple[list[_Part], int]) -> float:
    side, at = spot
    return side[at].rank


def _length(parts: Sequence[_Part]) -> int:
    return sum(part.text.cell_length for part in parts) + 2 * max(0, len(parts) - 1)


def _joined(parts: Sequence[_Part]) -> Content:
    return Content("  ").join(part.text for part in parts)
