"""A saved state of the machine."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator, Mapping

from vm.contract import Status
from vm.faults import FaultReport
from vm.mdvm.frames import Frame, outward
from vm.mdvm.output import Output
from vm.mdvm.program import Program
from vm.mdvm.values import Array, Dict, Slot, size_of
from vm.values import dataclass

_FIXED = 4_096
"""Bytes of a checkpoint with nothing in it: 256 registers, and the rest."""
_FRAME = 700
_ELEMENT = 8
_FEW = 64


@dataclass(frozen=True, slots=True, eq=False)
class MdvmCheckpoint:
    """Everything an instruction can read or change. Only `MdvmMachine` looks inside."""

    program: Program
    tick: int
    weight: int
    """Estimate of the memory that the checkpoint before it does not share, in bytes."""
    size: int
    """Estimate of all the memory it holds, shared or not, in bytes."""
    pc: int
    status: Status
    fault: FaultReport | None
    refused: int
    limit: int
    memory_limit: int
    registers: tuple[Slot, ...]
    tags: tuple[tuple[int, int], ...]
    frames: Frame | None
    globals: Mapping[str, Slot]
    output: Output
    scopes: tuple[int, ...]
    jumped: int | None
    result: Slot
    ending: int
    stray: int | None

    @property
    def depth(self) -> int:
        """How many calls are open."""
        return 0 if self.frames is None else self.frames.depth


def size_in(checkpoint: MdvmCheckpoint) -> int:
    """Estimate of all the memory a checkpoint holds, in bytes."""
    values = sum(map(size_of, checkpoint.registers)) + sum(map(size_of, checkpoint.globals.values()))
    held = _FIXED + _FRAME * checkpoint.depth + 100 * len(checkpoint.globals) + _ELEMENT * len(checkpoint.scopes)
    return held + _ELEMENT * values + checkpoint.output.size


def weight_since(checkpoint: MdvmCheckpoint, last: MdvmCheckpoint | None) -> int:
    """Estimate of the memory a checkpoint does not share with the one before it.

    Of a collection that was changed, each instruction since can have made one piece and one list of pieces anew.
    """
    if last is None:
        return checkpoint.size or size_in(checkpoint)
    executed = max(1, abs(checkpoint.tick - last.tick))
    weight = _FIXED + _FRAME * abs(checkpoint.depth - last.depth)
    weight += max(0, checkpoint.output.size - last.output.size) + _ELEMENT * len(checkpoint.scopes)
    for new, old in zip(checkpoint.registers, last.registers, strict=True):
        if new is not old:
            weight += _changed(new, executed)
    if checkpoint.globals is not last.globals:
        changed = (value for name, value in checkpoint.globals.items() if last.globals.get(name) is not value)
        weight += 100 * len(checkpoint.globals) + sum(_changed(value, executed) for value in changed)
    return weight


def _changed(value: Slot, executed: int) -> int:
    size = _ELEMENT * size_of(value)
    if not isinstance(value, Array | Dict):
        return size
    pieces = 2 * int(len(value) ** 0.5) + _FEW
    return min(size, _ELEMENT * pieces * executed)


# Hashing


def digest_of(checkpoint: MdvmCheckpoint) -> str:
    """SHA-256 of a state, equal for equal states."""
    import hashlib  # a run that never asks starts faster without

    prints = _Prints()
    state = (
        checkpoint.tick, checkpoint.pc, checkpoint.status.name, checkpoint.fault, checkpoint.refused, checkpoint.limit,
        checkpoint.memory_limit, checkpoint.tags, checkpoint.scopes, checkpoint.jumped, checkpoint.ending,
        checkpoint.stray, prints.of(checkpoint.result), len(checkpoint.output), sorted(checkpoint.globals),
    )  # fmt: skip
    found = hashlib.sha256(repr(state).encode())
    for value in (*checkpoint.registers, *(checkpoint.globals[name] for name in sorted(checkpoint.globals))):
        found.update(prints.of(value))
    for line in checkpoint.output:
        found.update(repr(line).encode())
    for frame in outward(checkpoint.frames):
        found.update(repr((frame.back, frame.into, frame.entry)).encode())
        for value in frame.saved:
            found.update(prints.of(value))
    return found.hexdigest()


class _Prints:
    """Short prints of values, each collection looked at once however often it is shared."""

    def __init__(self) -> None:
        self._known: dict[int, bytes] = {}

    def of(self, value: Slot) -> bytes:
        """The print of a value."""
        if not isinstance(value, Array | Dict):
            return _plain(value)
        waiting: list[Array | Dict] = [value]
        while waiting:
            here = waiting[-1]
            missing = [each for each in _inside(here) if id(each) not in self._known]
            if missing:
                waiting.extend(missing)
            else:
                self._known[id(here)] = self._print(here)
                waiting.pop()
        return self._known[id(value)]

    def _print(self, value: Array | Dict) -> bytes:
        import hashlib

        found = hashlib.sha256(b"array" if isinstance(value, Array) else b"dict")
        items: Iterable[tuple[str, Slot]]
        items = (("", each) for each in value) if isinstance(value, Array) else value.pairs()
        for key, item in items:
            known = self._known[id(item)] if isinstance(item, Array | Dict) else _plain(item)
            found.update(f"{len(key.encode())} {len(known)} ".encode())
            found.update(key.encode() + known)
        return b"c" + found.digest()


def _inside(value: Array | Dict) -> Iterator[Array | Dict]:
    items = value if isinstance(value, Array) else value.values()
    return (item for item in items if isinstance(item, Array | Dict))


def _plain(value: Slot) -> bytes:
    if type(value) is float:
        return b"float " + (b"nan" if value != value else struct.pack("<d", value))
    return f"{type(value).__name__} {value!r} ".encode(errors="surrogatepass")
