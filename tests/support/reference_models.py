"""The reference's coefficients, grids and expansions: sections 9.11 to 9.14 and 10."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

from tests.support.reference_values import (
    SIZE_MAX,
    NaiveModel,
    NaiveSample,
    NaiveValue,
    bits,
    expand_bytes,
    expand_steps,
)


class ModelOps:
    """What a naive machine does to models and samples."""

    registers: dict[int, NaiveValue]
    pos: int

    if TYPE_CHECKING:

        def fault(self, identity: str, **fields: object) -> NoReturn: ...
        def pop(self) -> int: ...
        def push(self, value: int) -> None: ...
        def require(self, reg: int, expected: str) -> None: ...
        def memory(self, n: int) -> None: ...
        def extra(self, n: int) -> None: ...
        def bounded(self, index: int, n: int) -> None: ...
        def fit(self, value: int) -> int: ...
        def vector(self, reg: int) -> list[int]: ...

    def model(self, reg: int) -> NaiveModel:
        """A model that has been checked to be one."""
        value = self.registers[reg]
        if not isinstance(value, NaiveModel):
            raise TypeError(value)
        return value

    def shaped(self, reg: int) -> NaiveModel | NaiveSample:
        """A model or sample that has been checked to be one."""
        value = self.registers[reg]
        if not isinstance(value, NaiveModel | NaiveSample):
            raise TypeError(value)
        return value

    # 9.11

    def op_GETLINE(self, r: int) -> None:
        i = self.pop()
        self.require(r, "model|sample")
        self.bounded(i, self.shaped(r).size)
        self.push(self._cell(r, i))

    def _cell(self, r: int, i: int) -> int:
        value = self.shaped(r)
        return value.values[i] if isinstance(value, NaiveSample) else value.linear.get(i, 0)

    def op_SETLINE(self, r: int) -> None:
        self._line(r, False)

    def op_ADDLINE(self, r: int) -> None:
        self._line(r, True)

    def _line(self, r: int, adds: bool) -> None:
        value = self.pop()
        i = self.pop()
        self.require(r, "model|sample")
        held = self.shaped(r)
        if isinstance(held, NaiveModel):
            self.memory(32)
            self.extra(13)
        self.bounded(i, held.size)
        result = self.fit(self._cell(r, i) + value) if adds else value
        if isinstance(held, NaiveModel):
            held.linear.pop(i, None)
            held.linear.update({i: result} if result else {})
            return
        if not held.takes(result):
            self.fault("SampleOutOfDomain", pos=self.pos, index=i, value=result, domain=held.debug)
        held.values[i] = result

    def op_GETQUAD(self, r: int) -> None:
        j = self.pop()
        i = self.pop()
        self.require(r, "model")
        self.bounded(i, self.model(r).size)
        self.bounded(j, self.model(r).size)
        self.push(self.model(r).quadratic.get((min(i, j), max(i, j)), 0))

    def op_SETQUAD(self, r: int) -> None:
        self._pair(r, False)

    def op_ADDQUAD(self, r: int) -> None:
        self._pair(r, True)

    def _pair(self, r: int, adds: bool) -> None:
        value = self.pop()
        j = self.pop()
        i = self.pop()
        self.require(r, "model")
        self.memory(48)
        self.extra(13)
        self.bounded(i, self.model(r).size)
        self.bounded(j, self.model(r).size)
        if not adds:
            self.model(r).quadratic.pop((min(i, j), max(i, j)), None)
        self.add_pair(self.model(r), i, j, value)

    # 10.1

    def add_line(self, model: NaiveModel, i: int, delta: int) -> None:
        """addL."""
        result = self.fit(model.linear.get(i, 0) + delta)
        model.linear[i] = result
        if result == 0:
            del model.linear[i]

    def add_pair(self, model: NaiveModel, i: int, j: int, delta: int) -> None:
        """addQ."""
        key = (min(i, j), max(i, j))
        result = self.fit(model.quadratic.get(key, 0) + delta)
        model.quadratic[key] = result
        if result == 0:
            del model.quadratic[key]

    # 9.12

    def op_RESIZE(self, r: int) -> None:
        cols = self.pop()
        rows = self.pop()
        if rows <= 0 or cols <= 0:
            self.fault("InvalidGridDimensions", pos=self.pos, rows=rows, cols=cols)
        self.require(r, "model|sample")
        if rows * cols > self.shaped(r).size:
            self.fault("InvalidGridDimensions", pos=self.pos, rows=rows, cols=cols)
        self.shaped(r).rows, self.shaped(r).cols = rows, cols

    def _gridded(self, r: int) -> NaiveModel | NaiveSample:
        if self.shaped(r).rows == 0:
            self.fault("InvalidGridDimensions", pos=self.pos, rows=0, cols=0)
        return self.shaped(r)

    def _scan(self, r: int, line: int, down: bool) -> list[int]:
        self.require(r, "model|sample")
        grid = self._gridded(r)
        self.bounded(line, grid.cols if down else grid.rows)
        self.extra(3 * (grid.rows if down else grid.cols))
        return [self._cell(r, cell) for cell in self._cells(grid, line, down)]

    def _cells(self, grid: NaiveModel | NaiveSample, line: int, down: bool) -> list[int]:
        if down:
            return [t * grid.cols + line for t in range(grid.rows)]
        return [line * grid.cols + t for t in range(grid.cols)]

    def _find(self, r: int, down: bool) -> None:
        value = self.pop()
        line = self.pop()
        found = self._scan(r, line, down)
        self.push(found.index(value) if value in found else -1)

    def _sum(self, r: int, down: bool) -> None:
        total = 0
        for value in self._scan(r, self.pop(), down):
            total = self.fit(total + value)
        self.push(total)

    def op_ROWFIND(self, r: int) -> None:
        self._find(r, False)

    def op_COLFIND(self, r: int) -> None:
        self._find(r, True)

    def op_ROWSUM(self, r: int) -> None:
        self._sum(r, False)

    def op_COLSUM(self, r: int) -> None:
        self._sum(r, True)

    # 9.13 and 10.2 to 10.6

    def op_ONEHOTR(self, r: int) -> None:
        self._one_hot(r, False)

    def op_ONEHOTC(self, r: int) -> None:
        self._one_hot(r, True)

    def _one_hot(self, r: int, down: bool) -> None:
        penalty = self.pop()
        line = self.pop()
        held = self.registers.get(r)
        n = (held.rows if down else held.cols) if isinstance(held, NaiveModel) else 0
        self.memory(expand_bytes(n))
        self.extra(expand_steps(n))
        self.require(r, "model")
        grid = self._gridded(r)
        self.bounded(line, grid.cols if down else grid.rows)
        negated = self.fit(-penalty)
        twice = self.fit(2 * penalty)
        cells = self._cells(grid, line, down)
        for cell in cells:
            self.add_line(self.model(r), cell, negated)
        for s, cell in enumerate(cells):
            for other in cells[s + 1 :]:
                self.add_pair(self.model(r), cell, other, twice)

    def op_EXCLUDE(self, r: int) -> None:
        penalty = self.pop()
        j = self.pop()
        i = self.pop()
        self.memory(48)
        self.extra(13)
        self.require(r, "model")
        self.bounded(i, self.model(r).size)
        self.bounded(j, self.model(r).size)
        self.add_pair(self.model(r), i, j, penalty)

    def op_IMPLIES(self, r: int) -> None:
        penalty = self.pop()
        j = self.pop()
        i = self.pop()
        self.memory(80)
        self.extra(26)
        self.require(r, "model")
        self.bounded(i, self.model(r).size)
        self.bounded(j, self.model(r).size)
        negated = self.fit(-penalty)
        self.add_line(self.model(r), i, penalty)
        self.add_pair(self.model(r), i, j, negated)

    def _same_length(self, x: int, c: int) -> None:
        a, b = len(self.vector(x)), len(self.vector(c))
        if a != b:
            self.fault("VecLengthMismatch", what='"indices"', a=a, other='"coeffs"', b=b)

    def _fits_size(self, size: int) -> None:
        if size > SIZE_MAX:
            self.fault("InvalidAllocation", pos=self.pos, size=size)

    def op_EQUALITY(self, m: int, x: int, c: int) -> None:
        penalty = self.pop()
        target = self.pop()
        self.require(x, "vec<int>")
        self.require(c, "vec<int>")
        self._same_length(x, c)
        indices = list(self.vector(x))
        held = self.registers.get(m)
        size = held.size if isinstance(held, NaiveModel) else 0
        growth = max([0] + [index + 1 - size for index in indices])
        self.memory(8 * growth)
        self.memory(expand_bytes(len(indices)))
        self.extra(expand_steps(len(indices)))
        self.require(m, "model")
        self._fits_size(size + growth)
        self.model(m).size += growth
        for index in indices:
            self.bounded(index, size + growth)
        self._square(self.model(m), indices, list(self.vector(c)), target, penalty)

    def _square(self, model: NaiveModel, indices: list[int], coeffs: list[int], target: int, penalty: int) -> None:
        """10.4, steps 3 to 6."""
        twice_target = self.fit(2 * target)
        for index, c in zip(indices, coeffs, strict=True):
            self.add_line(model, index, self.fit(penalty * self.fit(c * self.fit(c - twice_target))))
        twice_penalty = self.fit(2 * penalty)
        for k, index in enumerate(indices):
            for n in range(k + 1, len(indices)):
                delta = self.fit(self.fit(twice_penalty * coeffs[k]) * coeffs[n])
                self.add_pair(model, index, indices[n], delta)

    def op_ATLEAST(self, m: int, x: int) -> None:
        penalty = self.pop()
        k = self.pop()
        self.require(x, "vec<int>")
        n = len(self.vector(x))
        if k <= 0 or k > n:
            self.fault("IndexOutOfBounds", pos=self.pos, index=k, len=n)
        self._at_least(m, x, [1] * n, n - k, k, penalty)

    def op_ATLEASTW(self, m: int, x: int, c: int) -> None:
        penalty = self.pop()
        k = self.pop()
        self.require(x, "vec<int>")
        self.require(c, "vec<int>")
        self._same_length(x, c)
        if k <= 0:
            self.fault("IndexOutOfBounds", pos=self.pos, index=k, len=len(self.vector(x)))
        total = 0
        for weight in self.vector(c):
            total = self.fit(total + weight)
        self._at_least(m, x, list(self.vector(c)), self.fit(total - k), k, penalty)

    def _at_least(self, m: int, x: int, coeffs: list[int], excess: int, k: int, penalty: int) -> None:
        indices, slack = list(self.vector(x)), bits(excess)
        self.memory(8 * slack)
        self.memory(expand_bytes(len(indices) + slack))
        self.extra(expand_steps(len(indices) + slack))
        self.require(m, "model")
        base = self.model(m).size
        for index in indices:
            self.bounded(index, base)
        self._fits_size(base + slack)
        self.model(m).size += slack
        indices += [base + t for t in range(slack)]
        coeffs += [-(1 << t) for t in range(slack)]
        self._square(self.model(m), indices, coeffs, k, penalty)

    def op_REDUCE(self, m: int) -> None:
        penalty = self.pop()
        j = self.pop()
        i = self.pop()
        self.memory(8)
        self.memory(176)
        self.extra(52)
        self.require(m, "model")
        self.bounded(i, self.model(m).size)
        self.bounded(j, self.model(m).size)
        minus_twice = self.fit(-2 * penalty)
        thrice = self.fit(3 * penalty)
        self._fits_size(self.model(m).size + 1)
        new = self.model(m).size
        self.model(m).size += 1
        self.add_pair(self.model(m), i, j, penalty)
        self.add_pair(self.model(m), i, new, minus_twice)
        self.add_pair(self.model(m), j, new, minus_twice)
        self.add_line(self.model(m), new, thrice)
        self.push(new)

    # 9.14 and 10.8

    def op_ENERGY(self, m: int, s: int) -> None:
        self.require(m, "model")
        self.require(s, "sample")
        model, sample = self.model(m), self.registers[s]
        if not isinstance(sample, NaiveSample):
            raise TypeError(sample)
        self.extra(sample.size + len(model.linear) + len(model.quadratic))
        if model.size != sample.size:
            self.fault("SizeMismatch", model_size=model.size, sample_len=sample.size)
        energy = 0
        for i, h in sorted(model.linear.items()):
            energy = self.fit(energy + self.fit(h * sample.values[i]))
        for (i, j), coupling in sorted(model.quadratic.items()):
            energy = self.fit(energy + self.fit(self.fit(coupling * sample.values[i]) * sample.values[j]))
        self.push(energy)
