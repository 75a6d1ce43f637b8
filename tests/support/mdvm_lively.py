"""Random programs of the Machine Dialect VM that run for long: loops, branches, calls, and values near limits."""

from __future__ import annotations

import random

from vm.mdvm.assembler import assemble
from vm.mdvm.program import Program
from vm.mdvm.values import LEAST, MOST

_INTS = ("0", "1", "2", "3", "7", "-1", "-5", "100", "65537", str(MOST), str(MOST - 40), str(LEAST), str(LEAST + 9),
         str(1 << 30), str(1 << 61), str(MOST // 100_000))  # fmt: skip
_FLOATS = ("0.5", "1.5", "-2.25", "0.0", "1e300", "3.0")
_SCALARS = ("r0", "r1", "r2", "r3", "r4", "r5", "r6", "r7", "r70")
_FLOATING = ("r10", "r11", "r12")
_COUNTERS = range(30, 40)
_STEPS = ("add", "sub", "add", "sub", "mul", "mod", "div")
_TESTS = ("lt", "gt", "lte", "gte", "eq", "neq")


class LivelyProgram:
    """The text of a program, grown from a seed."""

    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed)
        self._lines: list[str] = []
        self._labels = self._deep = 0
        self._wild = self._chance.random() < 0.3
        """Whether values go astray often, and so most runs end early."""
        self._functions = self._chance.randrange(4)
        self._inside = -1

    def program(self) -> Program:
        """The program."""
        heads = [f'.func "f{number}" f{number}' for number in range(self._functions)]
        self._prologue()
        self._suite(self._chance.randint(3, 7))
        self._put("return r0")
        for number in range(self._functions):
            self._inside = number
            self._put(f"f{number}: nop")
            if self._chance.random() < 0.3:
                self._put(f"define r{self._chance.randrange(4)}, string")
            self._suite(self._chance.randint(1, 3))
            self._put("return" if self._chance.random() < 0.15 else f"return {self._scalar()}")
        return assemble("\n".join([*heads, *self._lines]) + "\n")

    def _prologue(self) -> None:
        chance = self._chance
        for register in _SCALARS:
            small = _INTS if self._wild or chance.random() < 0.2 else _INTS[:8]
            self._put(f"load_const {register}, {chance.choice(small)}")
        for register in _FLOATING:
            self._put(f"load_const {register}, {chance.choice(_FLOATS)}")
        self._put("load_const r20, 70")
        self._put("new_array r21, r20")
        self._put("move r22, r21")
        self._put("dict_new r23")
        self._put('load_const r24, "k"')
        self._put('load_const r25, ""')
        self._put('load_const r40, "f0"')

    def _put(self, text: str) -> None:
        self._lines.append(text)

    def _label(self) -> str:
        self._labels += 1
        return f"l{self._labels}"

    def _scalar(self) -> str:
        return self._chance.choice(_SCALARS)

    def _suite(self, length: int) -> None:
        for _ in range(length):
            kinds = [self._sum, self._sum, self._sum, self._float, self._branch, self._other, self._array]
            if self._deep < 3:
                kinds += [self._loop, self._loop, self._branch]
            self._chance.choice(kinds)()
        if self._functions and self._deep < 3 and self._chance.random() < 0.5:
            self._call()

    def _sum(self) -> None:
        name = self._chance.choice(_STEPS if self._wild else _STEPS[:6])
        d, a, b = self._scalar(), self._scalar(), self._scalar()
        if name in ("mul", "mod", "div") and not self._wild:
            constant = self._chance.choice(("3", "7", "1000", "-9"))
            self._put(f"load_const r9, {constant}")
            if name == "mul":
                self._put(f"load_const r8, {self._chance.choice(('97', '65536'))}")
                self._put(f"mod r8, {a}, r8")
                a = "r8"
            b = "r9"
        self._put(f"{name} {d}, {a}, {b}")

    def _float(self) -> None:
        chance = self._chance
        a = chance.choice((*_FLOATING, *_FLOATING, "r1"))
        self._put(f"{chance.choice(('add', 'sub', 'mul'))} {chance.choice(_FLOATING)}, {a}, {chance.choice(_FLOATING)}")

    def _other(self) -> None:
        chance, scalar = self._chance, self._scalar()
        self._put(
            chance.choice(
                (
                    f"print {scalar}", f'store_global {scalar}, "g"',
                    'load_global r13, "g"', f"move {scalar}, {self._scalar()}",
                    "dict_set r23, r24, r1", "dict_get r13, r23, r24", "concat r26, r25, r2", "str_len r27, r26",
                    f"not r14, {scalar}", f"and r14, {scalar}, r10", "or r14, r14, r13", "cast r26, r3, string",
                    "check_type r14, r0, string", "define r1, int", "check_type r14, r1, int", "array_len r27, r21",
                    "move r13, r21", "neg r5, r4" if self._wild else "neg r11, r10", "eq r14, r21, r22", "print r14",
                )
            )
        )  # fmt: skip

    def _array(self) -> None:
        self._put("load_const r9, 70")
        self._put(f"mod r8, {self._scalar()}, r9")
        self._put("mul r8, r8, r8" if not self._wild else "nop")
        self._put("mod r8, r8, r9")
        if self._chance.random() < 0.6:
            self._put(f"array_set r21, r8, {self._chance.choice((*_SCALARS, 'r10', 'r21'))}")
        else:
            self._put("array_get r13, r21, r8")
        if self._wild and self._chance.random() < 0.3:
            self._put("add r2, r2, r13")

    def _test(self) -> None:
        chance = self._chance
        a, b = (self._scalar(), self._scalar()) if chance.random() < 0.7 else (chance.choice(_FLOATING), self._scalar())
        self._put(f"{chance.choice(_TESTS)} r15, {a}, {b}")

    def _branch(self) -> None:
        chance, other, end = self._chance, self._label(), self._label()
        if chance.random() < 0.7:
            self._test()
        flag = chance.choice(("r15", "r15", "r0", "r10", "r13"))
        self._put(f"{chance.choice(('jump_if', 'jump_if_not'))} {flag}, {other}")
        self._deep += 1
        self._suite(chance.randint(0, 2))
        if chance.random() < 0.6:
            self._put(f"jump {end}")
        self._put(f"{other}: nop")
        self._suite(chance.randint(0, 2))
        self._put(f"{end}: nop")
        self._deep -= 1

    def _loop(self) -> None:
        chance, head, end = self._chance, self._label(), self._label()
        counter, step = f"r{_COUNTERS[self._deep]}", f"r{_COUNTERS[self._deep + 5]}"
        self._put(f"load_const {counter}, {chance.choice((2, 5, 30, 200) if self._deep == 0 else (2, 7, 12))}")
        self._put(f"load_const {step}, 1")
        self._put(f"{head}: jump_if_not {counter}, {end}")
        self._deep += 1
        self._suite(chance.randint(1, 3))
        if chance.random() < 0.3:
            self._test()
            self._put(f"jump_if r15, {end}" if chance.random() < 0.5 else f"jump_if_not r15, {end}")
        self._put(f"sub {counter}, {counter}, {step}")
        if chance.random() < 0.2:
            self._put(f"jump_if {counter}, {head}")
        else:
            self._put(f"jump {head}")
        self._put(f"{end}: nop")
        self._deep -= 1

    def _call(self) -> None:
        """A call of a function that is not the one it stands in, or of that, too, but rarely."""
        chance = self._chance
        number = chance.randrange(self._functions)
        if number <= self._inside and chance.random() < 0.8:
            return
        if number or chance.random() < 0.5:
            self._put(f'load_const r41, "f{number}"')
        else:
            self._put("move r41, r40")
        arguments = chance.choice(("", ", r1", ", r1, r0", ", r10, r2, r70"))
        self._put(f"call {chance.choice((*_SCALARS, 'r90'))}, r41{arguments}")
