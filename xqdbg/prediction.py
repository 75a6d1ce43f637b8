"""What the static verifier says, beside what happens in the run."""

from __future__ import annotations

from collections.abc import Sequence, Sized
from dataclasses import dataclass

from vm.contract import Machine
from vm.diagnostics import Diagnostic, printable
from vm.toolchain import Forecast
from xqdbg.answer import Answer, Row
from xqdbg.findings import Where
from xqdbg.history import History
from xqdbg.patience import ENDLESS, Patience

_COLUMNS = ("where", "said", "what", "happened", "tick")


@dataclass(slots=True)
class _Seen:
    """Where the real length was not the predicted one, for one instruction."""

    predicted: int
    first: int
    tick: int
    """The first time."""
    times: int = 0


def prediction(history: History, forecast: Forecast, now: Machine, patience: Patience = ENDLESS) -> Answer:
    """The findings, each with what became of it in the run, and every instruction whose predicted depth was wrong."""
    history.complete(patience)
    wrong, finished = _compared(history, forecast, patience)
    where = Where(history.code, now)
    rows = [_finding(history, where, finding) for finding in forecast.findings]
    rows += [_depth(where, pc, seen) for pc, seen in sorted(wrong.items())]
    known = finished and history.future.complete
    note = "" if known else history.future.note or "not finished"
    here = forecast.depths.get(now.pc)
    depths = [] if forecast.place is None else [_depths(history, forecast, len(wrong))]
    title = "; ".join([_findings(forecast.findings), *depths, _coming(history)])
    return Answer(title, _COLUMNS if rows else (), rows, known, note, {"depth": here, "wrong": len(wrong)})


def _compared(history: History, forecast: Forecast, patience: Patience) -> tuple[dict[int, _Seen], bool]:
    """Every instruction before which the place had another length than predicted; and whether all was looked at."""
    if forecast.place is None:
        return {}, True
    expected = {pc: depth for pc, depth in forecast.depths.items() if depth is not None}
    read = history.machine.reader(forecast.place)
    wrong: dict[int, _Seen] = {}

    def ask(machine: Machine) -> None:
        value = read()
        depth = len(value) if isinstance(value, Sized) else -1
        if depth != expected[machine.pc]:
            seen = wrong.setdefault(machine.pc, _Seen(expected[machine.pc], depth, machine.tick))
            seen.times += 1

    for tick in history.sweep(ask, expected.keys(), patience):
        patience.progress(tick)
        if patience.cancelled():
            return wrong, False
    return wrong, True


def _finding(history: History, where: Where, finding: Diagnostic) -> Row:
    pc = finding.offset
    runs = 0 if pc is None else history.visits.count(pc)
    future = history.future
    faulted = future.fault is not None and future.fault.pc == pc
    happened = f"faults there: {future.fault.code}" if faulted and future.fault is not None else _times(runs)
    tick = future.explored - 1 if faulted else None if pc is None else history.visits.after(pc, -1)
    told = {"pc": pc, "line": finding.line, "kind": finding.kind, "message": finding.message, "runs": runs}
    cells = (where.named(pc), finding.kind, printable(finding.message), happened, "" if tick is None else f"{tick:,}")
    return Row(cells, tick, pc, data={**told, "faulted": faulted, "tick": tick})


def _depth(where: Where, pc: int, seen: _Seen) -> Row:
    said, happened = f"depth {seen.predicted}", f"depth {seen.first}, {_times(seen.times)} not as said"
    told = {"pc": pc, "predicted": seen.predicted, "first": seen.first, "tick": seen.tick, "times": seen.times}
    return Row((where.named(pc), said, "", happened, f"{seen.tick:,}"), seen.tick, pc, data=told)


def _times(count: int) -> str:
    return "never runs" if not count else "once" if count == 1 else f"{count:,} times"


def _findings(findings: Sequence[Diagnostic]) -> str:
    return f"{len(findings)} finding{'' if len(findings) == 1 else 's'}" if findings else "the verifier finds nothing"


def _depths(history: History, forecast: Forecast, wrong: int) -> str:
    """How many of the instructions that ran had the depth that was predicted."""
    ran = [pc for pc in history.code if history.visits.count(pc)]
    said = sum(forecast.depths.get(pc) is not None for pc in ran)
    if wrong:
        return f"the depth of {forecast.place} was not as predicted at {wrong} of {said} instructions"
    untold = f", {len(ran) - said} were not predicted" if len(ran) > said else ""
    return f"the depth of {forecast.place} was as predicted at all {said} instructions that ran{untold}"


def _coming(history: History) -> str:
    future = history.future
    if not future.complete:
        return f"the run is known to tick {future.explored:,}"
    end = f"faults: {future.fault.code}" if future.fault is not None else future.status.value
    return f"the run ends at tick {future.explored:,}, {end}"
