"""Random loops of the Machine Dialect: counters by all kinds of steps, towards all kinds of ends, and near limits."""

from __future__ import annotations

import random

from vm.mdvm.assembler import assemble
from vm.mdvm.program import Program
from vm.mdvm.values import LEAST, MOST

_STEPS = (1, 1, 1, 1, 2, 3, 7, -1, -2, 0, 12_345, MOST // 200, LEAST)
_DIVISORS = (7, 7, 1, 3, 1000, -1, -7, 0, MOST, LEAST)
_TESTS = ("lt", "gt", "lte", "gte", "eq", "neq")
_COUNTERS = ("r0", "r1")
_ONES = ("r10", "r11")
_ENDS = ("r12", "r13")
_SUMS = ("r2", "r3", "r4")


class LoopProgram:
    """The text of a program that is mostly one loop, grown from a seed."""

    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed)
        self._lines: list[str] = []
        self._labels = 0
        self._is_hidden = self._chance.random() < 0.5
        """Whether values come from where no compiler can see them."""

    def program(self) -> Program:
        """The program."""
        chance = self._chance
        self._put('.func "half" half')
        self._prologue()
        self._loop()
        if chance.random() < 0.4:
            self._prologue()
            self._loop()
        self._put("return r2")
        for line in ("half: load_const r1, 2", "div r0, r0, r1", "return r0" if chance.random() < 0.9 else "return"):
            self._put(line)
        return assemble("\n".join(self._lines) + "\n")

    def _put(self, text: str) -> None:
        self._lines.append(text)

    def _load(self, register: str, value: object) -> None:
        if self._is_hidden and self._chance.random() < 0.7:
            self._put(f"load_const r80, {value}")
            self._put(f"move {register}, r80")
        else:
            self._put(f"load_const {register}, {value}")

    def _prologue(self) -> None:
        chance = self._chance
        for counter, one, end in zip(_COUNTERS, _ONES, _ENDS, strict=True):
            step, rounds = chance.choice(_STEPS), chance.choice((0, 1, 5, 23, 25, 60, 200))
            goal = chance.choice((0, 0, 0, 5, -9, 1000, MOST, LEAST, MOST - 50))
            begin = goal + step * rounds * chance.choice((1, -1)) + chance.choice((0, 0, 0, 1, -1))
            self._load(counter, min(MOST, max(LEAST, begin)))
            self._load(one, step)
            self._load(end, goal)
        for register in _SUMS:
            self._load(
                register, chance.choice((0, 0, 1, -3, MOST - 900, 1 << 40, "2.5" if chance.random() < 0.2 else 4))
            )
        self._load("r14", chance.choice(_DIVISORS))
        self._load("r15", chance.choice((0, 1, 9, -4)))
        for line in ("load_const r5, 1.5", "load_const r16, 70", "new_array r17, r16", 'load_const r18, "half"',
                     'load_const r19, ""', "load_const r9, 1"):  # fmt: skip
            self._put(line)

    def _label(self) -> str:
        self._labels += 1
        return f"l{self._labels}"

    def _loop(self) -> None:
        chance, head, end = self._chance, self._label(), self._label()
        self._put("load_const r7, 400")
        parts = [self._count, self._body, self._body]
        if chance.random() < 0.4:
            parts.append(self._count_other)
        chance.shuffle(parts)
        at = chance.choice((0, 0, len(parts), chance.randint(0, len(parts))))
        self._put(f"{head}: nop" if chance.random() < 0.3 else f"{head}:")
        for number, part in enumerate(parts):
            if number == at:
                self._test(head, end, is_last=False)
            part()
        if chance.random() < 0.3:
            self._put("sub r7, r7, r9")
            self._put(f"jump_if_not r7, {end}")
        if at == len(parts):
            self._test(head, end, is_last=True)
        else:
            self._put(f"jump {head}")
        self._put(f"{end}: nop")

    def _test(self, head: str, end: str, *, is_last: bool) -> None:
        """Go on, or leave the loop."""
        chance = self._chance
        counter = chance.choice(("r0", "r0", "r0", "r1"))
        flag = counter
        if chance.random() < 0.6:
            flag = "r6"
            pair = [counter, chance.choice(("r12", "r12", "r13", "r1", "r15"))]
            chance.shuffle(pair)
            if chance.random() < 0.2:
                self._put(f"load_const r12, {chance.choice((0, 50, -50))}")
            self._put(f"{chance.choice(_TESTS)} r6, {pair[0]}, {pair[1]}")
        jump = chance.choice(("jump_if", "jump_if_not"))
        self._put(f"{jump} {flag}, {head if is_last else end}")

    def _count(self) -> None:
        self._step("r0", "r10")

    def _count_other(self) -> None:
        self._step("r1", self._chance.choice(("r11", "r10", "r3")))

    def _step(self, counter: str, one: str) -> None:
        chance = self._chance
        if chance.random() < 0.3:
            self._put(f"load_const {one}, {chance.choice((1, 2, -1))}")
        self._put(chance.choice((f"sub {counter}, {counter}, {one}", f"sub {counter}, {counter}, {one}",
                                 f"add {counter}, {counter}, {one}", f"add {counter}, {one}, {counter}")))  # fmt: skip

    def _body(self) -> None:
        for _ in range(self._chance.randint(1, 3)):
            self._chance.choice((self._divide, self._divide, self._sum, self._sum, self._branch, self._other))()

    def _divide(self) -> None:
        chance = self._chance
        a = chance.choice(("r0", "r0", "r1", "r2", "r3", "r15"))
        b = chance.choice(("r14", "r14", "r14", "r0", "r3", "r9"))
        self._put(f"{chance.choice(('mod', 'mod', 'div'))} {chance.choice((*_SUMS, 'r8'))}, {a}, {b}")

    def _sum(self) -> None:
        chance = self._chance
        d = chance.choice(_SUMS)
        a, b = chance.choice((d, d, "r0")), chance.choice((*_SUMS, "r0", "r1", "r8", "r9", "r15"))
        self._put(f"{chance.choice(('add', 'add', 'sub', 'mul'))} {d}, {a}, {b}")
        if chance.random() < 0.5:
            self._put("load_const r20, 1009")
            self._put(f"mod {d}, {d}, r20")

    def _branch(self) -> None:
        chance, end = self._chance, self._label()
        self._put(f"{chance.choice(_TESTS)} r21, {chance.choice(('r0', 'r1', 'r2', 'r14'))}, "
                  f"{chance.choice(('r12', 'r15', 'r3'))}")  # fmt: skip
        self._put(f"{chance.choice(('jump_if', 'jump_if_not'))} r21, {end}")
        self._other() if chance.random() < 0.5 else self._sum()
        self._put(f"{end}: nop" if chance.random() < 0.5 else f"{end}:")

    def _other(self) -> None:
        chance, counter = self._chance, self._chance.choice(_COUNTERS)
        self._put(
            chance.choice(
                (
                    "sub r14, r14, r9", "cast r2, r3, float", "neg r3, r0", "move r3, r0", f"move {counter}, r3",
                    f"print {counter}", 'store_global r0, "g"', 'load_global r3, "g"', "not r22, r0", "print r6",
                    "array_get r8, r17, r0", "array_set r17, r0, r2", "array_len r4, r17", "call r4, r18, r0",
                    "call r70, r18, r0, r2", "load_const r8, 5", "load_const r22, 12", "and r22, r6, r0",
                    "define r0, string", "check_type r22, r0, int", "str_len r4, r19", "breakpoint", "mul r5, r5, r5",
                    "add r12, r12, r9", "load_const r10, 2", "concat r23, r19, r22", "print r22", "add r5, r5, r0",
                )
            )
        )  # fmt: skip
