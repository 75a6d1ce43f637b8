"""The standard program: a program blob with the memory it is to find, and the layout of that. Section 5."""

from __future__ import annotations

from vm.diagnostics import InputError
from vm.pvm import naturals
from vm.pvm.blob import broken
from vm.pvm.isa import HALT_ADDRESS, REGISTERS
from vm.values import dataclass

PAGE, ZONE = 1 << 12, 1 << 16
MOST_ARGUMENTS = 1 << 24
"""Octets that arguments may have. Section 2."""
READ_ONLY_BASE = 0x10000
ARGUMENTS_BASE = (1 << 32) - ZONE - MOST_ARGUMENTS
STACK_TOP = ARGUMENTS_BASE - ZONE
_HEADER = 11


@dataclass(frozen=True, slots=True)
class Segment:
    """Pages that are there from the start."""

    address: int
    length: int
    """In octets, whole pages."""
    writable: bool
    data: bytes = b""
    """What lies at its beginning; zeros follow."""


@dataclass(frozen=True, slots=True)
class Start:
    """What a program finds when it starts."""

    segments: tuple[Segment, ...] = ()
    """In ascending order of addresses; none is empty."""
    registers: tuple[int, ...] = (0,) * len(REGISTERS)
    heap: int = 0
    """Address behind the read-write region, where the heap can grow."""


@dataclass(frozen=True, slots=True)
class Standard:
    """What a standard program says of its memory."""

    read_only: bytes = b""
    read_write: bytes = b""
    heap_pages: int = 0
    """Zero pages behind the pages of the read-write data."""
    stack_size: int = 0
    """In octets."""
    metadata: bytes | None = None
    """What stands in front of the program in its file; None where nothing does."""

    @property
    def zones(self) -> int:
        """Octets of address space it takes, borders and arguments included; at most 2^32 are there."""
        heap = zones(len(self.read_write) + PAGE * self.heap_pages)
        return 5 * ZONE + zones(len(self.read_only)) + heap + zones(self.stack_size) + MOST_ARGUMENTS

    @property
    def read_write_base(self) -> int:
        """Address of the read-write data."""
        return 2 * ZONE + zones(len(self.read_only))

    @property
    def heap(self) -> int:
        """Address behind the read-write region."""
        return self.read_write_base + pages(len(self.read_write)) + PAGE * self.heap_pages

    def pack(self, blob: bytes) -> bytes:
        """The file of a program with this memory; OverflowError if a size has too many bits."""
        head = b"" if self.metadata is None else naturals.encode(len(self.metadata)) + self.metadata
        sizes = (
            len(self.read_only).to_bytes(3, "little"), len(self.read_write).to_bytes(3, "little"),
            self.heap_pages.to_bytes(2, "little"), self.stack_size.to_bytes(3, "little"),
        )  # fmt: skip
        return b"".join((head, *sizes, self.read_only, self.read_write, len(blob).to_bytes(4, "little"), blob))

    def start(self, arguments: bytes = b"") -> Start:
        """Memory and registers at the start; InputError for arguments that are too long."""
        if len(arguments) > MOST_ARGUMENTS:
            raise InputError(f"args: {len(arguments):,} octets are too many; there can be {MOST_ARGUMENTS:,} at most")
        stack = pages(self.stack_size)
        every = (
            Segment(READ_ONLY_BASE, pages(len(self.read_only)), False, self.read_only),
            Segment(self.read_write_base, self.heap - self.read_write_base, True, self.read_write),
            Segment(STACK_TOP - stack, stack, True),
            Segment(ARGUMENTS_BASE, pages(len(arguments)), False, arguments),
        )
        registers = [0] * len(REGISTERS)
        registers[0], registers[1], registers[7], registers[8] = HALT_ADDRESS, STACK_TOP, ARGUMENTS_BASE, len(arguments)
        return Start(tuple(segment for segment in every if segment.length), tuple(registers), self.heap)


def pages(size: int) -> int:
    """Octets of the whole pages that hold so many octets."""
    return -(-size // PAGE) * PAGE


def zones(size: int) -> int:
    """Octets of the whole zones that hold so many octets."""
    return -(-size // ZONE) * ZONE


def unpack(data: bytes, *, metadata: bool = False, lenient: bool = False) -> tuple[Standard, int, int]:
    """What a file says of memory, and where in it the program blob begins and ends.

    ProgramError of kind DECODE if it is no standard program. `metadata` takes a block of it in front; `lenient`
    takes octets behind the end.
    """
    at, block = _metadata(data) if metadata else (0, None)
    if len(data) - at < _HEADER:
        message = f"the header of a standard program has {_HEADER} octets, there are {max(0, len(data) - at)}"
        raise broken(message, at, "is the file complete?")
    read_only, read_write = (int.from_bytes(data[each : each + 3], "little") for each in (at, at + 3))
    heap_pages = int.from_bytes(data[at + 6 : at + 8], "little")
    stack_size = int.from_bytes(data[at + 8 : at + 11], "little")
    here = at + _HEADER
    behind = here + read_only + read_write
    if len(data) < behind + 4:
        message = f"the data is cut off: {read_only:,} read-only and {read_write:,} read-write octets should be there"
        raise broken(message, here, f"{len(data) - here:,} octets follow the header")
    start = behind + 4
    end = start + int.from_bytes(data[behind:start], "little")
    if len(data) < end or (len(data) > end and not lenient):
        message = f"the program blob should have {end - start:,} octets, and {len(data) - start:,} are there"
        raise broken(message, start, "the file is cut off" if len(data) < end else "something stands behind its end")
    said = Standard(
        bytes(data[here : here + read_only]), bytes(data[here + read_only : behind]), heap_pages, stack_size, block
    )
    check_size(said)
    return said, start, end


def check_size(said: Standard) -> None:
    """ProgramError if the regions do not fit into the address space."""
    if said.zones > 1 << 32:
        message = f"data, heap and stack take {said.zones:,} octets of address space, of {1 << 32:,}"
        raise broken(message, 0, "make heap or stack smaller")


def _metadata(data: bytes) -> tuple[int, bytes]:
    """Where the program begins behind its metadata, and the metadata."""
    try:
        length, at = naturals.decode(data, 0)
    except naturals.NaturalError as error:
        raise broken(f"the length of the metadata is wrong: {error}", 0, "metadata begins with its length") from None
    if at + length > len(data):
        raise broken(f"the metadata should have {length:,} octets", at, f"there are {len(data) - at:,}")
    return at + length, bytes(data[at : at + length])
