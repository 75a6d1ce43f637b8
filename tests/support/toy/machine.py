"""The toy machine: eight registers, loops, calls, a small grid, an output, and fuel."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from typing import Any

from tests.support.toy.isa import ISA
from tests.support.toy.program import Instruction, ToyProgram, toy_program
from vm.contract import (
    Cell,
    Checkpoint,
    Effect,
    Frame,
    Line,
    Meter,
    Nest,
    Observer,
    Place,
    PlaceError,
    Read,
    Region,
    Reply,
    Room,
    Shape,
    Status,
    Stop,
    StopWhen,
    Tally,
    Trail,
    Value,
    View,
    Window,
    Write,
)
from vm.faults import Fault, FaultReport
from vm.isa import Isa

SIZE = 6
"""Rows and columns of the grid."""
DEPTH = 64
"""Loops and calls that can be open."""
FUEL = 1_000_000_000
PARTS = ("left", "entry", "back")
"""What there is of an open loop or call."""
REGISTERS = tuple(f"r{number}" for number in range(8))

Handler = Callable[["ToyMachine", Instruction], int]
"""What an instruction does; returns the next address."""


@dataclass(frozen=True, slots=True)
class _Open:
    """An open loop or call."""

    kind: str
    entry: int
    left: int
    """Iterations to come, this one included; 0 for calls."""
    back: int
    """Where a call returns to; -1 for loops."""
    count: int = 0
    """Iterations of a loop when it was opened."""

    def nest(self) -> Nest:
        if self.kind != "loop" or self.left > self.count:
            return Nest(self.kind, self.entry)
        return Nest(self.kind, self.entry, self.count - self.left + 1, self.count)


@dataclass(frozen=True, slots=True)
class _State:
    """Everything that can change; also the checkpoint."""

    tick: int
    pc: int
    status: Status
    registers: tuple[int, ...]
    grid: tuple[int | None, ...]
    """The head row, then the rows of the matrix."""
    output: tuple[int, ...]
    open: tuple[_Open, ...]
    fault: FaultReport | None
    fuel: int

    @property
    def weight(self) -> int:
        return 400 + 8 * (len(self.output) + len(self.open))

    size = weight
    """Toy checkpoints share nothing."""


class ToyMachine:
    """Keeps vm.contract.Machine, and knows no other machine."""

    tick: int
    pc: int
    status: Status
    fault: FaultReport | None
    fuel: int
    registers: list[int]
    grid: tuple[int | None, ...]
    output: tuple[int, ...]
    open: tuple[_Open, ...]

    def __init__(self, program: ToyProgram, fuel: int = FUEL) -> None:
        self.program = program
        self._reached: set[int] = set()
        self._reads: list[Read] = []
        self._writes: list[Write] = []
        self._watched = False
        self._load(_State(0, 0, Status.READY if program.lines else Status.HALTED, (0,) * 8,
                          (None,) * (SIZE * (SIZE + 1)), (), (), None, fuel))  # fmt: skip

    # The contract

    @property
    def isa(self) -> Isa:
        return ISA

    @property
    def shapes(self) -> AbstractSet[Shape]:
        return frozenset({Shape.MATRIX})

    @property
    def room(self) -> Room:
        return Room.MOST

    @property
    def depth(self) -> int:
        return len(self.open)

    def nests(self) -> Sequence[Nest]:
        return tuple(frame.nest() for frame in self.open)

    def run(
        self,
        budget: int,
        stop: StopWhen | None = None,
        observer: Observer | None = None,
        trail: Trail | None = None,
    ) -> Stop:
        first = self.tick
        while self.status is Status.READY:
            if self.tick - first >= budget:
                return Stop(Status.BUDGET, self.tick, self.pc)
            if trail is not None:
                trail.append((self.pc,))
            if observer is None:
                self._execute()
            else:
                observer(self._observed())
            if stop is not None and self.status is Status.READY and stop.holds(self):
                return Stop(Status.PAUSED, self.tick, self.pc)
        return Stop(self.status, self.tick, self.pc)

    def tally(self, budget: int, spent: Tally, work: int | None = None) -> Stop:
        def note(effect: Effect) -> None:
            entry = spent.setdefault(effect.pc, [0, 0])
            entry[0] += 1
            entry[1] += dict(effect.costs)["fuel"]

        return self.run(budget, None, note)

    def attempt(self, work: int, cancelled: Callable[[], bool] | None = None) -> Effect | None:
        seen: list[Effect] = []
        self.run(1, None, seen.append)
        return seen[0] if seen else None

    def twin(self) -> ToyMachine:
        return ToyMachine(self.program, self.fuel)

    def scratch(self, program: Any) -> ToyMachine:
        scratch = ToyMachine(program, self.fuel - self.tick)
        status = Status.READY if program.lines else Status.HALTED
        scratch._load(replace(self._state(), tick=0, pc=0, status=status, fault=None, fuel=self.fuel - self.tick))
        return scratch

    def checkpoint(self) -> Checkpoint:
        return self._state()

    def restore(self, checkpoint: Checkpoint) -> None:
        if not isinstance(checkpoint, _State):
            raise TypeError("not a checkpoint of this machine")
        self._load(checkpoint)

    def digest(self) -> str:
        return hashlib.sha256(repr(self._state()).encode()).hexdigest()

    def code(self) -> Sequence[Line]:
        return self.program.lines

    def source(self) -> Sequence[str]:
        return self.program.source

    def reached(self) -> AbstractSet[int]:
        return self._reached

    def get(self, place: Place) -> Value:
        match place.name, place.path:
            case "pc", ():
                return self.pc
            case "tick", ():
                return self.tick
            case "fuel", ("limit",):
                return self.fuel
            case "loop", ():
                return len(self.open)
            case "loop", ((int(at),), ("left" | "entry" | "back") as part) if -len(self.open) <= at < len(self.open):
                return getattr(self.open[at], part)
            case "out", ():
                return self.output
            case "out", ((int(at),),) if -len(self.output) <= at < len(self.output):
                return self.output[at]
            case "grid", ((int(row), int(col)),) if -1 <= row < SIZE and 0 <= col < SIZE:
                return self.grid[(row + 1) * SIZE + col]
            case name, () if name in REGISTERS:
                return self.registers[int(name[1])]
        raise PlaceError(f"there is no {place}")

    def set(self, place: Place, value: Value) -> None:
        if place == Place("out") and isinstance(value, tuple):
            self.output = tuple(map(_wrapped, value))
            return
        if not isinstance(value, int):
            raise PlaceError(f"{place} cannot be set to this")
        match place.name, place.path:
            case "pc", () if value in self.program.instructions:
                self.pc, self.status, self.fault = value, Status.READY, None
            case "fuel", ("limit",) if value >= self.tick:
                self.fuel = value
            case "grid", ((int(row), int(col)),) if -1 <= row < SIZE and 0 <= col < SIZE:
                self.put(row, col, _wrapped(value))
            case "out", ((int(at),),) if -len(self.output) <= at < len(self.output):
                output = list(self.output)
                output[at] = _wrapped(value)
                self.output = tuple(output)
            case "loop", ((int(at),), "left") if -len(self.open) <= at < len(self.open) and value > 0:
                frames = list(self.open)
                frames[at] = replace(frames[at], left=value)
                self.open = tuple(frames)
            case name, () if name in REGISTERS:
                self.registers[int(name[1:])] = _wrapped(value)
            case _:
                raise PlaceError(f"{place} cannot be set to this")

    def knows(self, name: str) -> bool:
        return name in REGISTERS or name in ("pc", "tick", "fuel", "loop", "out", "grid")

    def reader(self, place: Place) -> Callable[[], Value]:
        plain = place.name in REGISTERS or place.name in ("pc", "tick")
        if not self.knows(place.name) or (plain and place.path):
            raise PlaceError(f"there is no {place}")
        return lambda: self.get(place)

    def resolve(self, place: Place) -> Place:
        counts = {"out": len(self.output), "loop": len(self.open)}
        match place.path:
            case ((int(at),), *rest) if at < 0 <= at + counts.get(place.name, 0):
                return Place(place.name, ((at + counts[place.name],), *rest))
        return place

    def text(self, value: Value) -> str:
        return "unset" if value is None else str(value)

    def to_json(self, value: Value) -> Any:
        return list(value) if isinstance(value, tuple) else value

    def from_json(self, value: Any) -> Value:
        if isinstance(value, list) and all(isinstance(item, int) for item in value):
            return tuple(value)
        if value is not None and (not isinstance(value, int) or isinstance(value, bool)):
            raise PlaceError("this machine has integers only")
        return value

    def functions(self) -> Mapping[str, str]:
        return {"double": "double(x)"}

    def call(self, function: str, arguments: Sequence[Value]) -> Value:
        if function != "double" or len(arguments) != 1 or not isinstance(arguments[0], int):
            raise PlaceError("it is double(x), of an integer")
        return _wrapped(2 * arguments[0])

    def views(self) -> Sequence[View]:
        return (
            View("registers", "Registers", tall=True, slots=len(REGISTERS), pattern="r{}"),
            View("loops", "Loops", top_first=True),
            View("output", "Output"),
        )

    def cells(self, view: str) -> Sequence[Cell]:
        if view == "registers":
            return [Cell(f"r{at}", str(value), "int", value) for at, value in enumerate(self.registers)]
        if view == "loops":
            return [
                Cell(
                    f"loop[{at}]",
                    f"{frame.left} left" if frame.kind == "loop" else "call",
                    frame.kind,
                    frame,
                    holds=len(PARTS),
                )
                for at, frame in enumerate(self.open)
            ]
        return [Cell(f"out[{at}]", str(value), "int", value) for at, value in enumerate(self.output)]

    def entries(self, name: str, start: int, count: int) -> Sequence[Cell]:
        match Place.parse(name):
            case Place("loop", ((int(level),),)) if 0 <= level < len(self.open):
                parts = PARTS[max(0, start) : max(0, start) + max(0, count)]
                values = [(part, getattr(self.open[level], part)) for part in parts]
                return [Cell(f"{name}.{part}", str(value), "int", value) for part, value in values]
        raise PlaceError(f"{name} holds nothing to look into")

    def meters(self) -> Sequence[Meter]:
        return (Meter("fuel", self.tick, self.fuel),)

    def regions(self) -> Sequence[Region]:
        stored = sum(value is not None for value in self.grid)
        grid = Region("grid", "table", f"grid · {stored} cells", SIZE, SIZE, head=True, grid=(2, 3))
        if not self.output:
            return (grid,)
        return (grid, Region("out", "vec", f"output · {len(self.output)}", 1, len(self.output)))

    def window(self, region: str, frame: Frame) -> Window:
        found = next((known for known in self.regions() if known.name == region), None)
        if found is None:
            raise PlaceError(f"there is no region {region}")
        values = self.grid if region == "grid" else self.output
        return _window(found, frame, values)

    def reply(self, reply: Reply) -> None:
        raise PlaceError("this machine never waits for a host")

    # What handlers use

    def read(self, register: int) -> int:
        value = self.registers[register]
        if self._watched:
            self._reads.append(Read(Place(f"r{register}"), value))
        return value

    def write(self, register: int, value: int) -> None:
        value = _wrapped(value)
        if self._watched:
            self._writes.append(Write(Place(f"r{register}"), self.registers[register], value))
        self.registers[register] = value

    def choose(self, register: int) -> int:
        """Read a register that says where to write."""
        if self._watched:
            self._reads.append(Read(Place(f"r{register}"), self.registers[register], selects=True))
        return self.registers[register]

    def put(self, row: int, col: int, value: int) -> None:
        if not (-1 <= row < SIZE and 0 <= col < SIZE):
            raise Fault("OutsideGrid", row=row, col=col)
        at = (row + 1) * SIZE + col
        if self._watched:
            self._writes.append(Write(Place("grid", ((row, col),)), self.grid[at], value))
        self.grid = (*self.grid[:at], value, *self.grid[at + 1 :])

    def emit(self, value: int) -> None:
        if self._watched:
            self._writes.append(Write(Place("out", ((len(self.output),),)), None, value))
        self.output = (*self.output, value)

    # Inside

    def _state(self) -> _State:
        return _State(self.tick, self.pc, self.status, tuple(self.registers), self.grid, self.output, self.open,
                      self.fault, self.fuel)  # fmt: skip

    def _load(self, state: _State) -> None:
        self.tick, self.pc, self.status, self.fault = state.tick, state.pc, state.status, state.fault
        self.registers = list(state.registers)
        self.grid, self.output, self.open, self.fuel = state.grid, state.output, state.open, state.fuel

    def _observed(self) -> Effect:
        tick, pc = self.tick, self.pc
        self._reads, self._writes, self._watched = [], [], True
        opened = self.open
        self._execute()
        self._watched = False
        op = self.program.instructions[pc].op.name
        self._note_open(opened)
        if self.status is Status.READY and self.pc != self.program.instructions[pc].next:
            self._writes.append(Write(Place("pc"), pc, self.pc))
        return Effect(tick, pc, op, tuple(self._reads), tuple(self._writes), (("fuel", 1),), self.fault)

    def _note_open(self, before: tuple[_Open, ...]) -> None:
        """What happened to the innermost loop or call."""
        level = max(len(before), len(self.open)) - 1
        if level < 0:
            return
        old = before[level] if level < len(before) else None
        new = self.open[level] if level < len(self.open) else None
        if old == new:
            return
        for part in PARTS:
            was, now = getattr(old, part, None), getattr(new, part, None)
            place = Place("loop", ((level,), part))
            if old is not None:
                self._reads.append(Read(place, was))
            if was != now:
                self._writes.append(Write(place, was, now))

    def _execute(self) -> None:
        instruction = self.program.instructions[self.pc]
        self._reached.add(self.pc)
        self.tick += 1
        try:
            if self.tick > self.fuel:
                raise Fault("OutOfFuel", limit=self.fuel)
            self.pc = HANDLERS[instruction.op.name](self, instruction)
        except Fault as fault:
            self.status = Status.FAULTED
            self.fault = _report(fault, self.pc)
            return
        if self.pc == self.program.end:
            self.status = Status.HALTED


def toy_machine(text: str, fuel: int = FUEL) -> ToyMachine:
    """A machine at the start of a program in text."""
    return ToyMachine(toy_program(text), fuel)


def _wrapped(value: int) -> int:
    return (value + 2**63) % 2**64 - 2**63


def _report(fault: Fault, pc: int) -> FaultReport:
    words = "".join(f"_{letter}" if letter.isupper() and at else letter for at, letter in enumerate(fault.identity))
    told = ", ".join(f"{name}={value}" for name, value in fault.operands.items())
    message = f"{fault.identity} ({told})" if told else fault.identity
    over = fault.identity == "OutOfFuel"
    return FaultReport(fault.identity, words.upper(), message, f"The toy machine raised {fault.identity}.", pc,
                       dict(fault.operands), over_budget=over)  # fmt: skip


def _window(region: Region, frame: Frame, values: Sequence[int | None]) -> Window:
    """Cut a frame out of rows of values, a head row first if the region has one."""
    cols = region.cols
    head = values[:cols] if region.head else ()
    body = values[cols:] if region.head else values

    def block(row: int, col: int) -> int | None:
        spot = [
            body[r * cols + c]
            for r in range(row, min(row + frame.scale, region.rows))
            for c in range(col, min(col + frame.scale, cols))
        ]
        return max((value for value in spot if value is not None), key=abs, default=None)

    columns = range(frame.col, min(frame.col + frame.width * frame.scale, cols), frame.scale)
    rows = range(frame.row, min(frame.row + frame.height * frame.scale, region.rows), frame.scale)
    focus, focus_place = _focus(region, frame, values)
    top = tuple(max((v for v in head[c : c + frame.scale] if v is not None), key=abs, default=None) for c in columns)
    present = [value for value in values if value is not None]
    return Window(
        region=region,
        frame=frame,
        cells=tuple(tuple(block(r, c) for c in columns) for r in rows),
        head=top if region.head else (),
        focus=focus,
        focus_place=focus_place,
        largest=max(map(abs, present), default=0),
        stored=len(present),
    )


def _focus(region: Region, frame: Frame, values: Sequence[int | None]) -> tuple[int | None, str]:
    """The value under the cursor, and its place."""
    first = -1 if region.head else 0
    if frame.cursor is None or not (first <= frame.cursor[0] < region.rows and 0 <= frame.cursor[1] < region.cols):
        return None, ""
    row, col = frame.cursor
    place = f"{region.name}[{row},{col}]" if region.rows > 1 else f"{region.name}[{col}]"
    return values[(row - first) * region.cols + col], place


# The instructions


def _math(work: Callable[[int, int], int]) -> Handler:
    def handler(m: ToyMachine, i: Instruction) -> int:
        dst, left, right = i.operands
        m.write(dst, work(m.read(left), m.read(right)))
        return i.next

    return handler


def _divide(left: int, right: int) -> int:
    if right == 0:
        raise Fault("DivideByZero", dividend=left)
    return left // right


def _set(m: ToyMachine, i: Instruction) -> int:
    m.write(i.operands[0], i.operands[1])
    return i.next


def _jump(m: ToyMachine, i: Instruction) -> int:
    return i.operands[1] if m.read(i.operands[0]) else i.next


def _loop(m: ToyMachine, i: Instruction) -> int:
    times = m.read(i.operands[0])
    if times > 0:
        _nest(m, _Open("loop", i.next, times, -1, times))
        return i.next
    at, level = i.next, 1
    while level and at < m.program.end:
        inner = m.program.instructions[at]
        level += {"LOOP": 1, "END": -1}.get(inner.op.name, 0)
        at = inner.next
    return at


def _end(m: ToyMachine, i: Instruction) -> int:
    frame = _top(m, "loop")
    if frame.left > 1:
        m.open = (*m.open[:-1], replace(frame, left=frame.left - 1))
        return frame.entry
    m.open = m.open[:-1]
    return i.next


def _call(m: ToyMachine, i: Instruction) -> int:
    _nest(m, _Open("call", i.operands[0], 0, i.next))
    return i.operands[0]


def _return(m: ToyMachine, i: Instruction) -> int:
    frame = _top(m, "call")
    m.open = m.open[:-1]
    return frame.back


def _nest(m: ToyMachine, frame: _Open) -> None:
    if len(m.open) == DEPTH:
        raise Fault("TooDeep", limit=DEPTH)
    m.open = (*m.open, frame)


def _top(m: ToyMachine, kind: str) -> _Open:
    if not m.open or m.open[-1].kind != kind:
        raise Fault("NothingOpen")
    return m.open[-1]


def _put(m: ToyMachine, i: Instruction) -> int:
    row, col, value = i.operands
    m.put(m.choose(row), m.choose(col), m.read(value))
    return i.next


def _out(m: ToyMachine, i: Instruction) -> int:
    m.emit(m.read(i.operands[0]))
    return i.next


def _halt(m: ToyMachine, i: Instruction) -> int:
    m.status = Status.HALTED
    return i.pc


HANDLERS: dict[str, Handler] = {
    "HALT": _halt,
    "NOP": lambda m, i: i.next,
    "SET": _set,
    "ADD": _math(lambda left, right: left + right),
    "SUB": _math(lambda left, right: left - right),
    "MUL": _math(lambda left, right: left * right),
    "DIV": _math(_divide),
    "LT": _math(lambda left, right: int(left < right)),
    "JNZ": _jump,
    "LOOP": _loop,
    "END": _end,
    "CALL": _call,
    "RET": _return,
    "PUT": _put,
    "OUT": _out,
}
