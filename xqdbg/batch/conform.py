"""`xqdbg conform`: judge every conformance case at the given paths."""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from vm.diagnostics import printable
from xqdbg import machines, resources
from xqdbg.batch.discovery import Found, discover
from xqdbg.batch.output import remark, say
from xqdbg.errors import XqdbgError

if TYPE_CHECKING:
    from vm.vectors import Judgement

ALL = "all"
_WIDEST = 160
"""Characters of an expected or got value that the report shows; `--json` shows all."""


@dataclass(frozen=True, slots=True)
class Failure:
    """A case that did not come out as expected, on one engine."""

    name: str
    engine: str
    expected: object
    got: object

    def as_json(self) -> dict[str, object]:
        """The object of the `--json` report."""
        return {"name": self.name, "engine": self.engine, "expected": self.expected, "got": self.got}


@dataclass(slots=True)
class Count:
    """How the cases of a group came out."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0


@dataclass(slots=True)
class Tally:
    """What has come out so far."""

    counts: dict[str, Count] = field(default_factory=dict)
    failures: list[Failure] = field(default_factory=list)
    skips: list[str] = field(default_factory=list)
    strays: list[str] = field(default_factory=list)
    """Names of what was met on a walk and is no case."""

    def total(self) -> Count:
        """All groups together."""
        counts = self.counts.values()
        return Count(sum(c.passed for c in counts), sum(c.failed for c in counts), sum(c.skipped for c in counts))


def conform(arguments: argparse.Namespace) -> int:
    """Judge, report, and tell by the exit code: 0 all passed, 1 something failed, 2 nothing found."""
    began = time.monotonic()
    tally = Tally()
    for path in arguments.paths or [str(resources.conformance())]:
        for found in discover(path):
            _judge_into(tally, found, arguments.engine)
    total = tally.total()
    if not (total.passed or total.failed or total.skipped):
        raise XqdbgError(
            "no conformance cases found" + _stray_note(tally), "see `xqdbg conform --help` for their forms"
        )
    if arguments.json:
        say(json.dumps(_as_json(tally, total)))
    else:
        _report(tally, total, time.monotonic() - began)
    return 1 if total.failed else 0


def _as_json(tally: Tally, total: Count) -> dict[str, object]:
    failures = [failure.as_json() for failure in tally.failures]
    return {"passed": total.passed, "failed": total.failed, "skipped": total.skipped, "failures": failures}


def _judge_into(tally: Tally, found: Found, engine: str) -> None:
    verdicts = list(_verdicts(found, engine))
    if not verdicts and found.stray:
        tally.strays.append(found.name)
        return
    count = tally.counts.setdefault(found.group, Count())
    if not verdicts:
        reason = found.broken or "no machine knows a case with these keys"
        tally.failures.append(Failure(found.name, engine, "a conformance case", reason))
        count.failed += 1
    for name, verdict in verdicts:
        if isinstance(verdict, str):
            tally.failures.append(Failure(found.name, name, "a conformance case", verdict))
            count.failed += 1
        elif verdict.skipped:
            tally.skips.append(f"{found.name} ({name}): {verdict.skipped}")
            count.skipped += 1
        elif verdict.mismatches:
            expected = {mismatch.what: mismatch.expected for mismatch in verdict.mismatches}
            got = {mismatch.what: mismatch.got for mismatch in verdict.mismatches}
            tally.failures.append(Failure(found.name, name, expected, got))
            count.failed += 1
        else:
            count.passed += 1


def _verdicts(found: Found, engine: str) -> Iterator[tuple[str, Judgement | str]]:
    """What came of a case on each engine of its machine; a text if the case is broken. Empty if no machine knows it."""
    if found.case is None:
        return
    wanted = found.case.get("machine")
    for machine in machines.MACHINES:
        if isinstance(wanted, str) and wanted != machine.name:
            continue
        judged = False
        for name in _named(machine, engine):
            verdict = _judge(machine, found.case, name, optional=engine == ALL)
            if verdict is not None:
                judged = True
                yield name, verdict
        if judged:
            return


def _named(machine: machines.Registration, engine: str) -> Sequence[str]:
    """The engines of a machine that are meant; its reference where it does not have the one that was asked for."""
    if engine == ALL:
        return machine.engines
    return (engine,) if engine in machine.engines else machine.engines[:1]


def _judge(
    machine: machines.Registration, case: dict[str, Any], engine: str, *, optional: bool
) -> Judgement | str | None:
    """Judge a case on an engine; skipped if that cannot be had here and need not be."""
    from vm.vectors import CaseError, Judgement

    try:
        tools = machines.toolchain(machine, engine)
    except XqdbgError as error:
        if not optional:
            raise
        return Judgement("run", skipped=str(error))
    try:
        return machines.judge(machine)(tools, case, engine)
    except CaseError as error:
        return str(error)
    except RecursionError:
        return "a value is nested too deeply"
    except Exception as error:  # a case that breaks the judge must not hide the cases behind it
        return f"broke the judge: {type(error).__name__}: {error}"


def _report(tally: Tally, total: Count, seconds: float) -> None:
    for failure in tally.failures:
        for line in _failure_lines(failure):
            say(line)
    if tally.failures:
        say("")
    for line in _table(tally, total):
        say(line)
    say(f"{_plural(total.passed + total.failed + total.skipped, 'case')} in {seconds:.1f} s")
    for skip in tally.skips:
        say(f"skipped {printable(skip)}")
    if tally.strays:
        remark(_stray_note(tally).removeprefix("; "))


def _failure_lines(failure: Failure) -> Iterator[str]:
    yield f"FAILED {printable(failure.name)} ({failure.engine})"
    if isinstance(failure.expected, dict) and isinstance(failure.got, dict):
        for what, expected in failure.expected.items():
            yield f"  {printable(what)}"
            yield f"    expected {_short(expected)}"
            yield f"    got      {_short(failure.got.get(what))}"
    else:
        yield f"  {printable(str(failure.got))}"


def _short(value: object) -> str:
    text = printable(value if isinstance(value, str) else json.dumps(value))
    return text if len(text) <= _WIDEST else f"{text[:_WIDEST]}… ({len(text)} characters)"


def _table(tally: Tally, total: Count) -> Iterator[str]:
    rows = [(printable(group), count) for group, count in tally.counts.items()]
    width = max(len("cases"), *(len(name) for name, _ in rows))
    yield f"{'cases':{width}}  passed  failed  skipped"
    for name, count in [*rows, ("total", total)]:
        yield f"{name:{width}}  {count.passed:6}  {count.failed:6}  {count.skipped:7}"


def _stray_note(tally: Tally) -> str:
    if not tally.strays:
        return ""
    first = printable(tally.strays[0])
    if len(tally.strays) == 1:
        return f"; met on the way, and no case of a known machine: {first}"
    return f"; met on the way, and no cases of a known machine: {len(tally.strays):,} things, the first {first}"


def _plural(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of the command."""
    parser.add_argument("paths", nargs="*", metavar="PATH", help="folder, tree, .jsonl or .json; default: what ships")
    parser.add_argument("--engine", choices=_engines(), default="interpreter", help="what runs the programs")
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of a table")


def _engines() -> Sequence[str]:
    return (*machines.engines(), ALL)
