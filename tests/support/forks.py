"""Runs with edits: what a fresh machine makes of a record, and edits that can be made somewhere."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence

from tests.support.programs import Generator
from tests.support.toy import ToyMachine, toy_machine
from vm.contract import Machine, Place, Status, Value
from vm.xqvm import Program, XqvmMachine
from xqdbg.branches import Branch, Branches, check
from xqdbg.errors import XqdbgError
from xqdbg.record import Edit, Record
from xqdbg.timeline import Pacing, Timeline

CLOSE = Pacing(most_slice=7, least_spacing=5, spacing_seconds=0, dense_seconds=0, most=9)
"""Checkpoints every few ticks, and few of them, so that short programs meet slice borders and thinning."""

MOST = 160
"""Ticks looked at of one run."""

Make = Callable[[], Machine]
"""Makes the same machine at tick 0 again and again."""


def random_xqvm(seed: int) -> XqvmMachine:
    """A random XQVM program that needs a host's values."""
    generator = Generator(seed)
    program = Program(generator.program())
    return XqvmMachine(program, **generator.inputs())


_TOY_BODY = (
    "ADD r{a} r{b} r{c}", "SUB r{a} r{b} r{c}", "MUL r{a} r{b} r{c}", "LT r{a} r{b} r{c}", "DIV r{a} r{b} r7",
    "SET r{a} {n}", "OUT r{b}", "PUT r{a} r{b} r{c}", "CALL .f", "NOP",
)  # fmt: skip


def random_toy(seed: int) -> ToyMachine:
    """A random toy program of nested loops and a call."""
    source = random.Random(seed)

    def block(depth: int) -> Iterator[str]:
        for _ in range(source.randint(1, 5)):
            if depth < 3 and source.random() < 0.3:
                yield from (f"SET r6 {source.randint(0, 4)}", "LOOP r6", *block(depth + 1), "END")
            else:
                numbers = {"a": source.randint(0, 5), "b": source.randint(0, 7), "c": source.randint(0, 7)}
                yield source.choice(_TOY_BODY).format(**numbers, n=source.randint(-1, 5))

    lines = ["SET r7 1", *block(0), *block(0), "HALT", ".f", "OUT r0", "RET"]
    return toy_machine("\n".join(lines), fuel=source.choice((1_000_000, 1_000_000, source.randint(5, 90))))


def makers(seed: int) -> Make:
    """A random machine of either kind."""
    return lambda: random_xqvm(seed) if seed % 3 else random_toy(seed)


def replayed(make: Make, record: Record, tick: int) -> Machine:
    """A fresh machine run to a tick, or to its end before it, with the edits made on arrival at theirs."""
    machine = make()
    for edit in record.at(0):
        edit.apply(machine)
    while machine.tick < tick and machine.status is Status.READY:
        machine.run(1)
        for edit in record.at(machine.tick):
            edit.apply(machine)
    return machine


def walked(make: Make, record: Record, most: int = MOST) -> Iterator[Machine]:
    """The same machine at every tick of a run, up to its end."""
    machine = replayed(make, record, 0)
    yield machine
    while machine.status is Status.READY and machine.tick < most:
        machine.run(1)
        for edit in record.at(machine.tick):
            edit.apply(machine)
        yield machine


def branches(make: Make, pacing: Pacing | None = CLOSE) -> Branches:
    """A session's branches at the start, with checkpoints close together, at the same places every time."""
    return Branches(Timeline(make()) if pacing is None else Timeline(make(), pacing, lambda: 0.0))


_NUMBERS = (0, 1, -1, 2, 3, 5, 7, 100, -(1 << 63))


def _values(source: random.Random) -> Value:
    kind = source.random()
    if kind < 0.75:
        return source.choice(_NUMBERS)
    return None if kind < 0.85 else tuple(source.choice((0, 1, 2, 3)) for _ in range(source.randint(0, 5)))


def _places(source: random.Random, machine: Machine) -> Place:
    cells = [cell.name for view in machine.views() for cell in machine.cells(view.id)]
    parts = ("", "[0]", "[1]", ".linear[0]", ".quad[0,1]", ".index", ".end", ".left")
    choice = source.random()
    if cells and choice < 0.6:
        return Place.parse(source.choice(cells) + source.choice(parts))
    if choice < 0.75:
        return Place.parse(source.choice(("steps.limit", "bytes.limit", "fuel.limit")))
    if choice < 0.85:
        return Place.parse(f"in[{source.randint(0, 4)}]")
    return Place.parse(source.choice(("pc", "stack[-1]", "out[0]", "r0", "r1", "r2", "grid[1,2]", "grid[-1,0]")))


def _value_for(source: random.Random, machine: Machine, place: Place) -> Value:
    if place.name == "pc":
        return source.choice(machine.code()).pc
    if place.path[-1:] == ("limit",):
        meter = next((meter for meter in machine.meters() if meter.name == place.name), None)
        return (0 if meter is None else meter.used) + source.choice((0, 1, 5, 40, 100_000))
    return _values(source)


def random_edits(source: random.Random, machine: Machine) -> Sequence[Edit]:
    """One or two edits that can be made where the machine stands, one after the other."""
    made: list[Edit] = []
    for _ in range(60):
        place = _places(source, machine)
        edit = Edit(place, _value_for(source, machine, place))
        try:
            check(machine, [*made, edit])
        except XqdbgError:
            continue
        made.append(edit)
        if len(made) == 2 or source.random() < 0.7:
            break
    return made


def random_tick(source: random.Random, branch: Branch) -> int:
    """A tick of its run, rather often one where something is special."""
    line = branch.timeline
    line.seek(MOST)
    ticks: list[int] = [0, line.tick, max(0, line.tick - 1), source.randint(0, line.tick), source.choice([*line.shelf])]
    edited = [tick for tick, _ in branch.record]
    return source.choice([*ticks, *edited])


def random_tree(source: random.Random, tree: Branches, count: int) -> list[Branch]:
    """Branches of branches; the first one is the run itself. Some have been visited, some forgotten."""
    every = [tree.current]
    for _ in range(count):
        parent = source.choice(every)
        tree.switch(parent)
        parent.timeline.seek(random_tick(source, parent))
        machine = parent.timeline.machine
        edits = random_edits(source, machine)
        every.append(tree.add(machine.tick, edits, [str(edit.place) for edit in edits]))
        if source.random() < 0.2:
            parent.forget()
    return every
