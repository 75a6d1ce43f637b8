"""The memory that compiled code and Python share, and what goes to and fro in it."""

from __future__ import annotations

import ctypes
import mmap
from collections.abc import Sequence
from struct import Struct

from vm.pvm.blocks import Code
from vm.pvm.calls import Call
from vm.pvm.memory import PAGES
from vm.pvm.native import layout

_REGISTERS = Struct("<13Q")
_CALL = Struct("<3Q")
_ROUND = 4096


class Frame:
    """One machine's shared memory. The system gives pages of it only as they are used."""

    def __init__(self, code: Code) -> None:
        size = len(code.program.code) + 1
        lengths = layout.LENGTHS
        functions = _rounded(lengths + 4 * size)
        numbers = _rounded(functions + 8 * size)
        landings = _rounded(numbers + 4 * size)
        jumps = code.program.jump_table
        self._map = mmap.mmap(-1, _rounded(landings + 4 * (len(jumps) + 1)))
        self._keep = ctypes.c_char.from_buffer(self._map)
        self.address = ctypes.addressof(self._keep)
        """Where it is; 64 bits."""
        whole = memoryview(self._map)
        self._small = whole.cast("i")
        self._large = whole.cast("Q")
        self.lengths = whole[lengths : lengths + 4 * size].cast("i")
        """Instructions of the block that begins at an address; `layout.NEVER` where it must not be entered."""
        whole[lengths : lengths + 4 * size] = bytes((layout.NEVER & 0xFF,)) * (4 * size)
        self.reads = whole[layout.READS : layout.READS + 8 * PAGES].cast("Q")
        """Addresses of pages that may be read; 0 for those that must be asked for."""
        self.writes = whole[layout.WRITES : layout.WRITES + 8 * PAGES].cast("Q")
        self.functions = whole[functions : functions + 8 * size].cast("Q")
        self.numbers = whole[numbers : numbers + 4 * size].cast("i")
        for at, value in (
            (layout.FUNCTIONS, functions), (layout.NUMBERS, numbers), (layout.LANDINGS, landings)
        ):  # fmt: skip
            self._large[at // 8] = self.address + value
        table = whole[landings : landings + 4 * (len(jumps) + 1)].cast("i")
        for at in range(len(jumps) + 1):
            table[at] = code.landings.get(2 * at, -1)
        self._large[layout.LANDING_COUNT // 8] = len(jumps)
        self._calls: list[Call] = []
        """The calls that are in the memory, outermost first."""

    def put(self, at: int, value: int) -> None:
        """Put a number of 64 bits into a field."""
        self._large[at // 8] = value

    def enter(self, registers: Sequence[int], pc: int, room: int, calls: Call | None, stop_depth: int) -> None:
        """Put a state there, to begin with."""
        _REGISTERS.pack_into(self._map, layout.REGISTERS, *registers)
        self._put_calls(calls)
        small = self._small
        small[layout.PC // 4], small[layout.ROOM // 4] = pc, room
        small[layout.DEPTH // 4] = small[layout.LOW // 4] = len(self._calls)
        small[layout.STOP_DEPTH // 4] = min(stop_depth, layout.NEVER)

    def registers(self) -> tuple[int, ...]:
        """The registers as they are now."""
        return _REGISTERS.unpack_from(self._map, layout.REGISTERS)

    @property
    def pc(self) -> int:
        return self._small[layout.PC // 4]

    @property
    def room(self) -> int:
        """Instructions that may still be executed."""
        return self._small[layout.ROOM // 4]

    @property
    def stopped_by_depth(self) -> bool:
        """Whether no more calls are open than the number to stop at."""
        return self._small[layout.DEPTH // 4] <= self._small[layout.STOP_DEPTH // 4]

    def _put_calls(self, calls: Call | None) -> None:
        """Have the calls in the memory that are open; those it has already are known by being the same objects."""
        held, more = self._calls, []
        while calls is not None and not (calls.depth <= len(held) and held[calls.depth - 1] is calls):
            more.append(calls)
            calls = calls.below
        del held[0 if calls is None else calls.depth :]
        for call in reversed(more):
            held.append(call)
            at = layout.CALLS + layout.CALL_SIZE * (call.depth - 1)
            _CALL.pack_into(self._map, at, call.back, call.sp, call.entry)

    def calls(self) -> Call | None:
        """The innermost call that is open now."""
        held = self._calls
        low, depth = self._small[layout.LOW // 4], self._small[layout.DEPTH // 4]
        del held[low:]
        for index in range(low, depth):
            back, sp, entry = _CALL.unpack_from(self._map, layout.CALLS + layout.CALL_SIZE * index)
            held.append(Call(back, sp, entry, held[-1] if held else None, index + 1))
        self._small[layout.LOW // 4] = depth
        return held[-1] if held else None


def _rounded(size: int) -> int:
    return -(-size // _ROUND) * _ROUND
