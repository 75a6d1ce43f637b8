"""Situations an opcode can meet: good and bad choices for every operand, and budgets that just hold or do not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from tests.support import reference_values as arithmetic
from tests.support.reference import Naive
from tests.support.reference_values import MAX, MIN, NaiveModel, NaiveSample, NaiveValue, Nothings, copied, encode
from tests.support.runs import host, run, seen, seen_naive

VALUES: dict[str, NaiveValue] = {
    "unset": None,
    "int": 7,
    "vec": [0, 9],
    "short": [3],
    "empty": [],
    "negative": [9, -1],
    "far": [2, MAX],
    "wide": [1, 1 << 32],
    "widest": [1, (1 << 32) - 2],
    "pick": [0, 3],
    "weights": [4, 5],
    "heavy": [MAX, 1],
    "vecx": Nothings(),
    "model": NaiveModel("binary", None, 6, 2, 3, {0: 4, 1: MAX, 2: MAX}, {(0, 1): MAX - 2, (2, 2): -3}),
    "flat": NaiveModel("spin", None, 6, 0, 0, {0: MIN}, {(0, 1): 5}),
    "small": NaiveModel("integer", 3, 2),
    "huge": NaiveModel("binary", None, (1 << 32) - 1, 0, 0, {0: 1}),
    "sample": NaiveSample("spin", None, [1, -1, 1, 1, -1, -1], 2, 3),
    "flat sample": NaiveSample("integer", 3, [0, 1, 2, 0, 1, 2]),
    "wrong sample": NaiveSample("binary", None, [0, 1]),
}
OPEN = (("PUSH", 5), ("PUSH", 1), ("RANGE",))
"""Leaves one loop open, at 5, for a single round."""

Instruction = tuple[str | int, ...]


@dataclass(frozen=True)
class Row:
    """The choices for one opcode; the first of each is the good one."""

    pops: tuple[tuple[int, ...], ...] = ()
    """Choices for each popped value, top first."""
    registers: tuple[tuple[str, ...], ...] = ()
    """Choices for each register operand, as keys of VALUES."""
    numbers: tuple[int, ...] = ()
    """Choices for an operand that is no register."""
    before: tuple[tuple[Instruction, ...], ...] = ((),)
    """Choices of what has been done before."""
    after: tuple[Instruction, ...] = ()


@dataclass(frozen=True)
class Situation:
    """One choice for everything: what is there when the opcode runs."""

    name: str
    depth: int
    pops: tuple[int, ...]
    registers: tuple[str, ...]
    operands: tuple[int, ...]
    before: tuple[Instruction, ...]
    after: tuple[Instruction, ...]
    step_limit: int | None = None
    """Step limit beyond what the preparation costs; None is plenty."""
    memory_limit: int | None = None
    """Likewise, in bytes."""

    def prepared(self) -> bytes:
        """A stream that makes the situation, under a bottom value that nothing may touch."""
        made: list[Instruction] = []
        for register, key in enumerate(self.registers):
            made += [("VECX", register)] if key == "vecx" else [("PUSH", register), ("INPUT", register)]
        return encode(*made, *self.before, *(("PUSH", value) for value in reversed((*self.pops, 77)[: self.depth])))

    def code(self) -> bytes:
        """The stream with the opcode in question."""
        return self.prepared() + encode(self.instruction(), *self.after)

    def instruction(self) -> Instruction:
        """The instruction in question."""
        return (self.name, *self.operands)

    def calldata(self) -> list[NaiveValue]:
        """What `prepared` takes from the host."""
        return [None if key == "vecx" else copied(VALUES[key]) for key in self.registers]


def reg(*kinds: str) -> tuple[tuple[str, ...], ...]:
    """Choices for one register: the good kinds, then all others that tell something."""
    others = [key for key in ("unset", "int", "vec", "vecx", "model", "sample") if key not in kinds]
    return ((*kinds, *others),)


VALUE = (1, 0, -1, 2, MAX, MIN)
INDEX = (1, 0, -1, 6, MAX, MIN)
PENALTY = (-2, 1, MAX, MIN, 1 << 62, -(1 << 62))
TWO = Row(pops=((2, 0, -1, 63, 64, MAX, MIN), (3, 0, -1, 1, MAX, MIN)))
ONE = Row(pops=((3, 0, -1, MAX, MIN),))
SIZE = (3, 0, -1, (1 << 32) - 1, 1 << 32, MAX, MIN)
MODELS = reg("model", "flat", "small", "huge")
SHAPED = reg("model", "flat", "sample", "flat sample", "small")
VEC = reg("vec", "short", "empty", "negative", "far")
PICK = reg("pick", "empty", "vec", "negative", "short", "far", "wide")
WEIGHTS = reg("weights", "short", "empty", "negative", "heavy")
LOOPED = Row(registers=(("unset", "int"),), before=(OPEN, ()))

ROWS: dict[str, Row] = {
    **dict.fromkeys(("TARGET", "NOP", "HALT", "SCLR"), Row()),
    **dict.fromkeys(
        (*arithmetic.BINARY, "IDXTRIU"), TWO
    ),
    **dict.fromkeys((*arithmetic.UNARY, "POP", "COPY"), ONE),
    **{f"PUSH{n}": Row(numbers=(5, -1, -(1 << 8 * n - 1), (1 << 8 * n - 1) - 1)) for n in range(1, 9)},
    **dict.fromkeys(("JUMP1", "JUMP2"), Row(numbers=(0, 1, 255), after=(("TARGET",),))),
    **dict.fromkeys(
        ("JUMPI1", "JUMPI2"), Row(pops=((1, 0, -5),), numbers=(0, 1, 255), after=(("NOP",), ("TARGET",)))
    ),
    "LIDX": LOOPED,
    "LVAL": LOOPED,
    "NEXT": Row(before=(OPEN, ())),
    "RANGE": Row(pops=((2, 0, -1, 1, MAX, MIN), (4, MAX - 1, MAX, MIN)), after=(("NEXT",),)),
    "ITER": Row(
        pops=((2, 0, 1, 3, -1, MAX, MIN), (0, 1, 2, 3, -1, MAX, MIN)), registers=VEC, after=(("NOP",), ("NEXT",))
    ),
    "LOAD": Row(registers=reg("int")),
    "STOW": Row(pops=(VALUE,), registers=(("unset", "int", "model"),)),
    "DROP": Row(registers=(("model", "unset", "int"),)),
    "INPUT": Row(pops=((0, -1, 1, MAX, MIN),), registers=reg("model", "flat", "sample", "far"), numbers=(1, 0)),
    "OUTPUT": Row(pops=((0, -1, 3, MAX, MIN),), registers=reg("model", "flat", "sample", "far", "empty")),
    "SWAP": Row(pops=((3, 4), (5, 3))),
    **dict.fromkeys(("BQMX", "SQMX", "BSMX", "SSMX"), Row(pops=(SIZE,), registers=(("unset", "int"),))),
    **dict.fromkeys(
        ("XQMX", "XSMX"), Row(pops=((5, 2, 1, 0, -1, MAX, MIN), SIZE), registers=(("unset", "int"),))
    ),
    **dict.fromkeys(("VEC", "VECI", "VECX"), Row(registers=(("unset", "model"),))),
    "VECPUSH": Row(pops=(VALUE,), registers=VEC),
    "VECGET": Row(pops=((1, 0, 2, -1, MAX, MIN),), registers=VEC),
    "VECSET": Row(pops=(VALUE, (1, 0, 2, -1, MAX, MIN)), registers=VEC),
    "VECLEN": Row(registers=VEC),
    "SLACK": Row(
        pops=((6, 0, -1, 1, 1 << 62, MAX, MIN), (5, MAX - 1, MAX, MIN)), registers=(*VEC, *reg("short", "empty"))
    ),
    "IDXGRID": Row(pops=((3, 0, MAX, MIN), (2, -1, MAX, MIN), (4, 0, -1, MAX, MIN))),
    "GETLINE": Row(pops=(INDEX,), registers=SHAPED),
    "SETLINE": Row(pops=(VALUE, INDEX), registers=SHAPED),
    "ADDLINE": Row(pops=(VALUE, (0, *INDEX)), registers=SHAPED),
    "GETQUAD": Row(pops=(INDEX, INDEX), registers=MODELS),
    "SETQUAD": Row(pops=(VALUE, INDEX, (0, *INDEX)), registers=MODELS),
    "ADDQUAD": Row(pops=(VALUE, INDEX, (0, *INDEX)), registers=MODELS),
    "RESIZE": Row(pops=((3, 0, -1, 4, 1 << 32, MAX), (2, 0, -1, 7, 1 << 32, MAX, MIN)), registers=SHAPED),
    **dict.fromkeys(("ROWFIND", "COLFIND"), Row(pops=(VALUE, (1, 0, -1, 2, 3, MAX, MIN)), registers=SHAPED)),
    **dict.fromkeys(("ROWSUM", "COLSUM"), Row(pops=((1, 0, -1, 2, 3, MAX, MIN),), registers=SHAPED)),
    "ONEHOTR": Row(pops=(PENALTY, (1, 0, -1, 2, 3, MAX, MIN)), registers=SHAPED),
    "ONEHOTC": Row(pops=(PENALTY, (0, 1, -1, 2, 3, MAX, MIN)), registers=SHAPED),
    **dict.fromkeys(
        ("EXCLUDE", "IMPLIES", "REDUCE"), Row(pops=(PENALTY, INDEX, (0, *INDEX)), registers=MODELS)
    ),
    "EQUALITY": Row(
        pops=(PENALTY, (1, 0, -1, MAX, MIN)), registers=(*MODELS, (*VEC[0], "wide", "widest", "pick"), *WEIGHTS)
    ),
    "ATLEASTW": Row(pops=(PENALTY, (1, 0, -1, MAX, MIN)), registers=(*MODELS, *PICK, *WEIGHTS)),
    "ATLEAST": Row(pops=(PENALTY, (1, 0, -1, 2, 3, MAX, MIN)), registers=(*MODELS, *PICK)),
    "ENERGY": Row(registers=(*MODELS, *reg("sample", "flat sample", "wrong sample"))),
}  # fmt: skip


STEPS, MEMORY = 100_000, 1 << 40
"""Plenty, and too few steps for samples that would not fit this machine."""


@dataclass
class Logged(Naive):
    """The reference, keeping what it is charged."""

    log: dict[str, list[int]] = field(default_factory=lambda: {"steps": [], "bytes": []})

    def memory(self, n: int) -> None:
        self.log["bytes"].append(n)
        super().memory(n)

    def extra(self, n: int) -> None:
        self.log["steps"].append(n)
        super().extra(n)

    def _step(self) -> None:
        self.log["steps"].append(1)
        super()._step()


def ordinary(name: str) -> Situation:
    """Every choice the good one."""
    row = ROWS[name]
    operands = (row.numbers[0],) if row.numbers else tuple(range(len(row.registers)))
    pops = tuple(choices[0] for choices in row.pops)
    return Situation(
        name, len(pops) + 1, pops, tuple(kinds[0] for kinds in row.registers), operands, row.before[0], row.after
    )


Deviation = tuple[str, int, object]
"""Field of a Situation, index in it (-1: all of it), what is there instead."""


def deviations(name: str) -> list[Deviation]:
    """Every single choice that is not the good one."""
    row = ROWS[name]
    found: list[Deviation] = [("depth", -1, depth) for depth in range(len(row.pops) + 1)]
    for at, values in enumerate(row.pops):
        found += [("pops", at, value) for value in values[1:]]
    for at, kinds in enumerate(row.registers):
        found += [("registers", at, key) for key in kinds[1:]]
    found += [("operands", -1, (number,)) for number in row.numbers[1:]]
    found += [("before", -1, before) for before in row.before[1:]]
    return found + [("operands", -1, alias) for alias in ALIASES.get(len(row.registers), ())]


ALIASES = {2: ((0, 0), (1, 1)), 3: ((0, 0, 2), (0, 1, 0), (0, 1, 1), (1, 1, 2), (0, 0, 0), (1, 1, 1))}


def deviate(situation: Situation, *choices: Deviation) -> Situation:
    """The situation with other choices."""
    for where, at, value in choices:
        if at >= 0:
            held = getattr(situation, where)
            value = (*held[:at], value, *held[at + 1 :])
        situation = replace(situation, **{where: value})  # type: ignore[arg-type]
    return situation


def budgets(situation: Situation) -> Iterator[Situation]:
    """The same with budgets that hold exactly, or are one short, at every charge; and with both one short."""
    cost = {meter: sorted(limits) for meter, limits in _limits(situation).items()}
    for steps in cost["steps"]:
        yield replace(situation, step_limit=steps)
    for held in cost["bytes"]:
        yield replace(situation, memory_limit=held)
    for steps in cost["steps"]:
        for held in cost["bytes"]:
            yield replace(situation, step_limit=steps, memory_limit=held)


def _limits(situation: Situation) -> dict[str, set[int]]:
    prepared = _reference(situation.prepared(), situation)
    ran = _reference(situation.code(), situation)
    found: dict[str, set[int]] = {}
    for meter, top in (("steps", STEPS), ("bytes", MEMORY)):
        charges = ran.log[meter][len(prepared.log[meter]) :]
        totals = {sum(charges[: n + 1]) for n in range(min(len(charges), 4))}
        found[meter] = {limit for total in totals for limit in (total - 1, total) if 0 <= limit < top}
    return found


def _reference(code: bytes, situation: Situation, steps: int = STEPS, memory: int = MEMORY) -> Logged:
    naive = Logged(calldata=situation.calldata(), outputs=[None] * 3, step_limit=steps, memory_limit=memory)
    naive.run(code)
    return naive


def check(situation: Situation) -> str:
    """Run it on both; returns the message they agree on."""
    steps, memory = STEPS, MEMORY
    if situation.step_limit is not None or situation.memory_limit is not None:
        prepared = _reference(situation.prepared(), situation)
        steps = STEPS if situation.step_limit is None else prepared.steps + situation.step_limit
        memory = MEMORY if situation.memory_limit is None else prepared.memory_used + situation.memory_limit
    code = situation.code()
    expected = seen_naive(_reference(code, situation, steps, memory))
    calldata = [host(value) for value in situation.calldata()]
    got = seen(run(code, calldata=calldata, output_slots=3, step_limit=steps, memory_limit=memory))
    assert got == expected, f"{situation}\n{code.hex()}\ngot      {got}\nexpected {expected}"
    return expected.message
