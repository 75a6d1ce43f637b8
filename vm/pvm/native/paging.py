"""Where the pages of a machine's memory are, for compiled code.

A page is in the tables once it was asked for, and leaves them when another object takes its place, when it comes to be
shared with a checkpoint, or when the program loses its right to it.
"""

from __future__ import annotations

import ctypes
from typing import Any

from vm.faults import Fault
from vm.pvm.memory import Memory, Octets
from vm.pvm.native.frame import Frame

_Asked = ctypes.CFUNCTYPE(ctypes.c_void_p, ctypes.c_uint32, ctypes.c_int32)


class Paging:
    """Implements `vm.pvm.memory.Mirror`."""

    def __init__(self, memory: Memory, frame: Frame) -> None:
        self._memory = memory
        self._reads, self._writes = frame.reads, frame.writes
        self._held: dict[int, tuple[Octets, Any]] = {}
        """Pages in the tables, with what keeps them where they are."""
        self._written: set[int] = set()
        self.broken: BaseException | None = None
        """What came up while compiled code was waiting for a page, such as an interrupt."""
        self._function = _Asked(self._wanted)
        memory.mirror = self

    @property
    def function(self) -> int:
        """The address of the function that compiled code asks for pages."""
        return ctypes.cast(self._function, ctypes.c_void_p).value or 0

    def _wanted(self, number: int, writes: int) -> int:
        """Put a page into the tables and tell where it is; 0 if there is something the interpreter must see to."""
        try:
            return self._provided(number, bool(writes))
        except Fault:
            return 0
        except BaseException as error:  # nothing can pass through compiled code; it is raised behind it
            self.broken = error
            return 0

    def _provided(self, number: int, writes: bool) -> int:
        page: Octets = self._memory.own[number] if writes else self._memory.pages[number]
        held = self._held.get(number)
        if held is None or held[0] is not page:
            self.changed(number)
            held = self._held[number] = page, _pinned(page)
        address = _address(held[1])
        self._reads[number] = address
        if writes:
            self._writes[number] = address
            self._written.add(number)
        return address

    # What becomes of the memory

    def changed(self, number: int) -> None:
        """Another object takes the place of a page."""
        if self._held.pop(number, None) is not None:
            self._reads[number] = self._writes[number] = 0
            self._written.discard(number)

    def shared(self) -> None:
        """Each page is copied before it is written next."""
        writes = self._writes
        for number in self._written:
            writes[number] = 0
        self._written.clear()

    def reset(self) -> None:
        """Nothing is as it was."""
        reads, writes = self._reads, self._writes
        for number in self._held:
            reads[number] = writes[number] = 0
        self._held.clear()
        self._written.clear()

    def protected(self, first: int, end: int) -> None:
        """The rights to pages from `first` to before `end` are others."""
        for number in [number for number in self._held if first <= number < end]:
            self.changed(number)


def _pinned(page: Octets) -> Any:
    """Something of ctypes at the address of the octets, which keeps them there."""
    if isinstance(page, bytearray):
        return (ctypes.c_char * len(page)).from_buffer(page)
    return ctypes.c_char_p(page)


def _address(pinned: Any) -> int:
    if isinstance(pinned, ctypes.c_char_p):
        return ctypes.cast(pinned, ctypes.c_void_p).value or 0
    return ctypes.addressof(pinned)
