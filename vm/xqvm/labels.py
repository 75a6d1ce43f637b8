"""Labels of one assembly: where they are defined and used, and what numbers the jumps get. Section 3.5."""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterator

from vm.assembler import Findings
from vm.diagnostics import Diagnostic
from vm.values import dataclass
from vm.xqvm.mnemonics import WIDE, label_hint

MOST_LABEL = 0xFFFF
_TOKEN = re.compile(r"\.0*([0-9]{1,5})(?![0-9])")
_LOOKED_THROUGH = 4096  # characters of a line that makes no sense


@dataclass(frozen=True, slots=True)
class _Site:
    line: int
    start: int
    text: str


class Labels:
    """What is known about the labels while lines come in, then their resolution.

    Labels are numbered in the order of their definitions; a bare TARGET does not count.
    """

    def __init__(self) -> None:
        self._defined: dict[int, _Site] = {}
        self._used: dict[int, _Site] = {}
        self._met: dict[int, None] = {}  # in order of first appearance
        self._unsure: set[int] = set()
        self._first = -1
        self._pcs, self._rows, self._labels = array("I"), array("I"), array("H")  # of the jumps

    def define(self, label: int, line: int, start: int, text: str, pc: int) -> int:
        """Note a definition; answers the line of an earlier one of the same label, 0 if it is the first."""
        if earlier := self._defined.get(label):
            return earlier.line
        if pc == 0:
            self._first = label
        self._defined[label] = _Site(line, start, text)
        self._met.setdefault(label)
        return 0

    def use(self, label: int, line: int, start: int, text: str, pc: int, row: int) -> None:
        """Note a jump, emitted in its narrow form at `pc` as instruction number `row`."""
        if label not in self._used:
            self._used[label] = _Site(line, start, text)
            self._met.setdefault(label)
        self._pcs.append(pc)
        self._rows.append(row)
        self._labels.append(label)

    def doubt(self, line: str) -> None:
        """Leave the labels alone that a line mentions which makes no sense: they may be defined or used there."""
        for digits in _TOKEN.findall(line[:_LOOKED_THROUGH].partition(";")[0]):
            if int(digits) <= MOST_LABEL:
                self._unsure.add(int(digits))

    def check(self, undefined: int, unused: int, findings: Findings) -> None:
        """Report the labels without definition in phase `undefined`, those without use in phase `unused`."""
        for index, label in enumerate(self._met):
            if label in self._unsure:
                continue
            if label not in self._defined:
                findings.add(undefined, self._undefined(label, index, findings.wants(undefined)))
            elif label not in self._used and label != self._first:
                findings.add(unused, self._unused(label, index))

    def _undefined(self, label: int, index: int, hinted: bool) -> Diagnostic:
        site = self._used[label]
        hint = label_hint(label, self._defined) if hinted else ""
        message, exact = f"label {site.text} is not defined", f"undefined label '.{index}'"
        return Diagnostic(message, "UNDEFINED_LABEL", site.line, site.start + 1, len(site.text), hint, reference=exact)

    def _unused(self, label: int, index: int) -> Diagnostic:
        site = self._defined[label]
        hint = "jump to it, remove it, or write TARGET alone; JUMP1 and JUMP2 name targets by number, not labels"
        message, exact = f"label {site.text} is never used", f"label '.{index}' is defined but never used"
        return Diagnostic(message, "UNUSED_LABEL", site.line, site.start + 1, len(site.text), hint, reference=exact)

    def resolve(self, code: bytearray, sizes: array[int]) -> bytes:
        """Fill in the number of each jump's target; a jump whose number needs two bytes is widened."""
        return b"".join(self._resolved(code, sizes))

    def _resolved(self, code: bytearray, sizes: array[int]) -> Iterator[bytes]:
        numbers = {label: number for number, label in enumerate(self._defined)}
        done = 0
        for pc, row, label in zip(self._pcs, self._rows, self._labels, strict=True):
            number = numbers[label]
            if number <= 0xFF:
                code[pc + 1] = number
                continue
            wide = WIDE[code[pc]]
            yield bytes(code[done:pc])
            yield bytes((wide.code,)) + number.to_bytes(2, "big")
            sizes[row] = wide.size
            done = pc + 2
        yield bytes(code[done:])
