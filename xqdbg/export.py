"""Sessions turned into tests: a conformance case of the run, or a pytest module with a test for each pin."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pprint import pformat
from textwrap import indent
from typing import TYPE_CHECKING

from vm.contract import Machine
from vm.diagnostics import printable
from xqdbg import __version__
from xqdbg.answer import Json
from xqdbg.errors import XqdbgError
from xqdbg.expressions import Expression
from xqdbg.moment import Pin
from xqdbg.outflow import replace_file
from xqdbg.patience import ENDLESS, Patience
from xqdbg.portable import to_json
from xqdbg.replays import Visitor
from xqdbg.saving import program_of
from xqdbg.sessionfile.record import SavedProgram

if TYPE_CHECKING:
    from xqdbg.session import Opened, Session

KINDS = ("pytest", "vector")
MOST_TICKS = 50_000_000
"""A run longer than this is no conformance case."""

_WORDING = frozenset({"message", "pc", "line"})
"""Keys of a result that say where and in which words; a conformance case is about what."""
_SLICE = 100_000
_WIDTH = 110
"""Characters of a line of literals."""
_SHORT = 60
"""Characters of a literal that stands on the line of its name."""


def export(session: Session, kind: str, path: str, patience: Patience = ENDLESS) -> str:
    """Write a test into a file; what was written where, in a few words. XqdbgError if there is nothing to write."""
    if session.opened is None:
        raise XqdbgError("nothing can be exported: the program is not at hand")
    if kind == "vector":
        _refuse_broken(session, patience)
        content, what = vector(session, session.opened, patience), "1 case"
        if len(session.pins):
            what += " of what the run comes to, without the pins: `export pytest` writes those"
    elif kind == "pytest":
        pins = session.pins.all()
        content, what = module(session, session.opened, pins), f"{len(pins)} test{'' if len(pins) == 1 else 's'}"
    else:
        raise XqdbgError(f"{printable(kind[:40])!r} is no form to export in", f"there are {' and '.join(KINDS)}")
    replace_file(path, content.encode("utf-8"))
    return f"{what} written to {printable(path)}"


# A conformance case


def _refuse_broken(session: Session, patience: Patience) -> None:
    """XqdbgError if a pin does not hold: a case of a run that is wrong would ask for what is wrong."""
    visit = Visitor(session.branches, patience)
    broken = [verdict for verdict in session.pins.check(visit, session.saved, patience) if not verdict.pin.holds]
    if broken:
        pin = broken[0].pin
        problem = f"pin {pin.number} does not hold at tick {pin.tick:,}: {broken[0].why}"
        raise XqdbgError(problem, "a case asks for what the run does now; mend it, or unpin")


def vector(session: Session, opened: Opened, patience: Patience = ENDLESS) -> str:
    """The run of the current branch and what comes of it, as a line of JSON that `xqdbg conform` judges."""
    machine, inputs = _from_the_start(session, opened)
    _run_to_end(machine, patience)
    outcome = opened.tools.outcome(machine)
    program, branch = program_of(opened.program), session.branch
    name = printable(session.name) if branch.parent is None else f"{printable(session.name)} ({branch.name})"
    case = {
        "name": name,
        "machine": opened.tools.name,
        **({"bytecode_hex": program.code.hex()} if program.code else {"program": program.text}),
        "inputs": inputs,
        "expected": {key: value for key, value in outcome.items() if key not in _WORDING},
    }
    return json.dumps(case, ensure_ascii=False, separators=(",", ":")) + "\n"


def _from_the_start(session: Session, opened: Opened) -> tuple[Machine, Mapping[str, Json]]:
    """A machine of its own with the inputs of the branch; XqdbgError if the branch is more than other inputs."""
    branch = session.branch
    replay = branch.scout()
    replay.seek(0)
    inputs = opened.tools.inputs(replay.machine)
    machine = opened.tools.machine(opened.program, inputs)
    later = any(edits for tick, edits in branch.record if tick > 0)
    if later or machine.digest() != replay.machine.digest():
        hint = "switch to another branch, or `export pytest`, which makes the edits too"
        raise XqdbgError(f"the branch {branch.name} has edits of the run, and a vector has inputs only", hint)
    return machine, inputs


def _run_to_end(machine: Machine, patience: Patience) -> None:
    while not machine.status.ended:
        before = machine.tick
        machine.run(_SLICE)
        patience.progress(machine.tick)
        if patience.cancelled():
            raise XqdbgError("exporting was cancelled")
        if machine.tick >= MOST_TICKS:
            raise XqdbgError(f"the run goes on after {MOST_TICKS:,} ticks", "a vector needs a run that ends")
        if machine.tick == before and not machine.status.ended:
            raise XqdbgError("the run waits for its host", "a vector needs a run that ends")


# A pytest module

_HEAD = '''\
"""What must be true at some moments of a run. Written by xqdbg {version}; run it with pytest.

PROGRAM is the program as it was then: put another one in its place to hold it against the same pins.
"""

from __future__ import annotations

from typing import Any

from vm.contract import Machine, Place, Status
from xqdbg.machines import registered, toolchain
from xqdbg.moment import Pin
from xqdbg.pins import judge
from xqdbg.portable import all_from_json, from_json

NAME = {name}
MACHINE = {machine}
PROGRAM = {program}
INPUTS: dict[str, Any] = {inputs}
EDITS: dict[str, list[tuple[int, str, Any]]] = {edits}
"""What was edited on each branch: tick, place, value."""
VALUES: dict[str, Any] = {values}


def machine_at(branch: str, tick: int) -> Machine:
    """The machine at a tick of a branch, or at the end if that comes first."""
    tools = toolchain(registered(MACHINE))
    machine = tools.machine(tools.{load}(PROGRAM, NAME), INPUTS)
    for when, place, value in EDITS[branch]:
        if when > tick or not run(machine, when):
            break
        machine.set(Place.parse(place), from_json(machine, value, place))
    run(machine, tick)
    return machine


def run(machine: Machine, tick: int) -> bool:
    """Run to a tick; False if the run ends before."""
    while machine.tick < tick and machine.status is Status.READY:
        machine.run(tick - machine.tick)
    return machine.tick == tick


def check(number: int, tick: int, branch: str, expression: str) -> None:
    """Fail with the reason if a pin does not hold."""
    machine = machine_at(branch, 0)
    verdict = judge(Pin(number, tick, branch, expression), machine_at, all_from_json(machine, VALUES))
    assert verdict.pin.holds, f"{{expression}} at tick {{tick}} of {{branch}}: {{verdict.why}}"
'''

_TEST = """

def test_pin_{number}_at_tick_{tick}() -> None:
    check({number}, {tick}, {branch}, {expression})
"""


def module(session: Session, opened: Opened, pins: Sequence[Pin]) -> str:
    """A Python module that needs xqdbg and pytest only. Everything in it that came from elsewhere is a literal."""
    if not pins:
        raise XqdbgError("there is no pin to make a test of", "`pin EXPR` asserts something here and now")
    machine = session.machine
    program = program_of(opened.program)
    used = frozenset[str]().union(*(Expression.parse(pin.expression).saved for pin in pins))
    values = {name: to_json(machine, session.saved[name], f"${name}") for name in sorted(used & session.saved.keys())}
    edits = {name: list(_edits(session, name)) for name in sorted({pin.branch for pin in pins})}
    first = session.branches.find(session.branches.notes()[0].name)
    head = _HEAD.format(
        version=__version__,
        name=repr(printable(session.name)),
        machine=repr(opened.tools.name),
        program=_literal(program),
        inputs=_listed(opened.tools.inputs(first.timeline.machine)),
        edits=_listed(edits),
        values=_listed(values),
        load="load" if program.code else "assemble",
    )
    return head + "".join(map(_test, pins))


def _test(pin: Pin) -> str:
    return _TEST.format(number=pin.number, tick=pin.tick, branch=repr(pin.branch), expression=repr(pin.expression))


def _edits(session: Session, name: str) -> Iterator[tuple[int, str, Json]]:
    for tick, edits in session.branches.find(name).record:
        for edit in edits:
            yield tick, str(edit.place), to_json(session.machine, edit.value, f"branch {name}")


def _literal(program: SavedProgram) -> str:
    """The program as Python has it, a line of text each, or a stretch of bytes."""
    if program.code:
        digits = program.code.hex()
        parts = [repr(digits[at : at + _WIDTH - 10]) for at in range(0, len(digits), _WIDTH - 10)]
        return _call("bytes.fromhex(", parts)
    return _call("(", [repr(line) for line in program.text.splitlines(keepends=True)] or ["''"])


def _call(opening: str, parts: Sequence[str]) -> str:
    return "\n    ".join([opening, *parts]) + "\n)"


def _listed(value: Json) -> str:
    """Any JSON value as Python has it, on lines of its own where it is long."""
    text = pformat(value, width=_WIDTH, compact=True, sort_dicts=False)
    if len(text) <= _SHORT and "\n" not in text:
        return text
    return "(\n" + indent(text, "    ") + "\n)"
