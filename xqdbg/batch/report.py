"""Findings and faults, told in the lines of the program they are about."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from vm.diagnostics import Diagnostic, expanded, printable
from xqdbg.addresses import address_of

if TYPE_CHECKING:
    from vm.contract import Line, Machine, Meter

_AROUND = 2
"""Lines shown before and after the one it is about."""
_WIDEST = 160


def fault_lines(name: str, machine: Machine, instructions: int) -> Iterator[str]:
    """A fault: where, the lines around, what it means, how far the program came."""
    fault = machine.fault
    if fault is None:
        return
    at = _line_at(machine.code(), fault.pc)
    number = None if at is None else at.source_line
    place = f":{number}" if number is not None else ""
    yield f"{name}{place}: {fault.code} at {address_of(fault.pc, machine.code())}"
    if number is not None:
        yield from source_excerpt(machine.source(), number)
    else:
        yield from _listing_excerpt(machine.code(), fault.pc)
    yield printable(fault.message)
    if fault.explanation:
        yield printable(fault.explanation)
    yield " · ".join([f"{instructions:,} instructions", *map(_metered, machine.meters())])


def _metered(meter: Meter) -> str:
    return f"{meter.name} {meter.used:,}" + ("" if meter.limit is None else f" of {meter.limit:,}")


def source_excerpt(source: Sequence[str], number: int) -> Iterator[str]:
    """The source line of that number, marked, between its neighbours."""
    first = max(1, number - _AROUND)
    for index in range(first, min(len(source), number + _AROUND) + 1):
        mark = ">" if index == number else " "
        yield f"{mark}{index:5} | {_cut(source[index - 1])}".rstrip()


def _listing_excerpt(code: Sequence[Line], pc: int) -> Iterator[str]:
    here = bisect_right(code, pc, key=lambda line: line.pc) - 1
    for line in code[max(0, here - _AROUND) : here + _AROUND + 1]:
        mark = ">" if line.pc == pc else " "
        yield f"{mark} {address_of(line.pc, code)} | {line.text}"


def _line_at(code: Sequence[Line], pc: int) -> Line | None:
    here = bisect_right(code, pc, key=lambda line: line.pc) - 1
    return code[here] if here >= 0 and code[here].pc == pc else None


def _cut(line: str) -> str:
    text = expanded(line[: 2 * _WIDEST])
    return text if len(text) <= _WIDEST else text[: _WIDEST - 1] + "…"


def finding_lines(name: str, findings: Sequence[Diagnostic], listing: Sequence[Line]) -> Iterator[str]:
    """Findings of the verifier as `file:line:col: Variant: …`; without source, the line is that of the listing."""
    for finding in findings:
        line = finding.line
        if line is None and finding.offset is not None:
            line = bisect_right(listing, finding.offset, key=lambda each: each.pc)
        place = "" if line is None else f":{line}:{finding.column or 1}"
        message = finding.message.removeprefix(f"{finding.kind}: ")
        yield f"{name}{place}: {finding.kind}: {printable(message)}"
