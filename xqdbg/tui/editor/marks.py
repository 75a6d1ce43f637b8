"""Which lines of a text the run has to do with: where it stands, and where it stops."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from vm.contract import Line
from xqdbg.moment import Breakpoint, Moment
from xqdbg.tui.glyphs import breakpoint_glyph, strongest


class Marks:
    """Marks by line number, as the text was built."""

    def __init__(self) -> None:
        self._line_of: Mapping[int, int] = {}
        self._moment: Moment | None = None
        self._breakpoints: Mapping[int, Sequence[Breakpoint]] = {}
        self.stops: Mapping[int, tuple[str, bool]] = {}
        """Glyphs of breakpoints, each with whether it is enabled."""
        self.here = 0
        """Where the machine stands; 0 if that is no line."""
        self.is_fault = False

    def take_program(self, code: Sequence[Line]) -> None:
        """Mark by this program from now on."""
        self._line_of = {line.pc: line.source_line for line in code if line.source_line is not None}
        if self._moment is not None:
            moment, self._moment = self._moment, None
            self.take(moment)

    def take(self, moment: Moment) -> None:
        """Mark what this moment tells."""
        before, self._moment = self._moment, moment
        self.here, self.is_fault = self._line_of.get(moment.pc, 0), moment.fault is not None
        if before is None or before.breakpoints is not moment.breakpoints:
            self._breakpoints = self._by_line(moment.breakpoints)
            strong = {line: strongest(each) for line, each in self._breakpoints.items()}
            self.stops = {line: (breakpoint_glyph(one), one.enabled) for line, one in strong.items() if one is not None}

    def command_for(self, line: int) -> str:
        """The command that sets a breakpoint in a line, or takes away those that are there; empty where none can be."""
        if stops := self._breakpoints.get(line):
            return f"delete {' '.join(str(each.number) for each in stops)}"
        return f"break {line}" if line and line in self._line_of.values() else ""

    def _by_line(self, breakpoints: Sequence[Breakpoint]) -> Mapping[int, Sequence[Breakpoint]]:
        found: dict[int, list[Breakpoint]] = {}
        for breakpoint in breakpoints:
            for line in {self._line_of[pc] for pc in breakpoint.pcs if pc in self._line_of}:
                found.setdefault(line, []).append(breakpoint)
        return found
