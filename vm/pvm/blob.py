"""The program blob: code, which of its octets begin instructions, and the jump table. Section 4."""

from __future__ import annotations

from vm.diagnostics import Diagnostic, ProgramError
from vm.pvm import naturals
from vm.values import dataclass

MOST_EMPTY_ENTRIES = 1 << 20
"""More jump table entries of no octets are refused: a blob of ten octets could claim any number of them."""
_BITS = tuple(bytes(octet >> bit & 1 for bit in range(8)) for octet in range(256))


@dataclass(frozen=True, slots=True)
class Blob:
    """A program blob, taken apart."""

    code: bytes
    marks: bytes
    """One octet for each of the code: 1 where its bit in the bitmask is set, else 0."""
    jump_table: tuple[int, ...] = ()
    entry_size: int = 0
    """Octets of each entry of the jump table."""

    def pack(self) -> bytes:
        """Its encoding; OverflowError if an entry does not fit into the size of entries."""
        head = naturals.encode(len(self.jump_table)) + bytes((self.entry_size,)) + naturals.encode(len(self.code))
        table = b"".join(entry.to_bytes(self.entry_size, "little") for entry in self.jump_table)
        return head + table + self.code + bitmask(self.marks)


def least_entry_size(jump_table: tuple[int, ...]) -> int:
    """Octets that the largest entry needs."""
    return (max(jump_table, default=0).bit_length() + 7) // 8


_DIGITS = bytes(ord("1") if octet else ord("0") for octet in range(256))
_PIECE = 8_000  # one number of very many bits takes quadratic time


def bitmask(marks: bytes) -> bytes:
    """Marks packed eight an octet, the first one lowest; unused bits are 0."""
    return b"".join(_packed(marks[at : at + _PIECE]) for at in range(0, len(marks), _PIECE))


def _packed(marks: bytes) -> bytes:
    digits = marks[::-1].translate(_DIGITS).decode("ascii")
    return int(digits, 2).to_bytes((len(marks) + 7) // 8, "little")


def unpack(data: bytes, *, lenient: bool = False, base: int = 0) -> Blob:
    """Take a blob apart; ProgramError of kind DECODE unless it is the one encoding of what it holds.

    `lenient` takes what most engines take as well: long forms of lengths, padding that is not zero, octets behind
    the end. `base` is the offset of the blob in its file, for messages.
    """
    try:
        count, at = naturals.decode(data, 0, lenient=lenient)
        if at >= len(data):
            raise naturals.NaturalError("the size of jump table entries is missing")
        entry_size = data[at]
        length, at = naturals.decode(data, at + 1, lenient=lenient)
    except naturals.NaturalError as error:
        hint = "a program blob begins with the number of jump table entries, their size, and the length of the code"
        raise broken(f"the header is wrong: {error}", base, hint) from None
    if not entry_size and count > MOST_EMPTY_ENTRIES:
        message = f"the jump table claims {count:,} entries of no octets"
        raise broken(message, base, f"at most {MOST_EMPTY_ENTRIES:,} are taken")
    wanted = at + count * entry_size + length + (length + 7) // 8
    _check_length(data, wanted, count, entry_size, length, lenient=lenient, base=base)
    return _taken_apart(data, at, count, entry_size, length, lenient=lenient, base=base)


def _check_length(
    data: bytes, wanted: int, count: int, entry_size: int, length: int, *, lenient: bool, base: int
) -> None:
    if len(data) < wanted:
        parts = f"{count:,} jump table entries of {entry_size} octets, {length:,} octets of code and their bitmask"
        message = f"the program blob is cut off: it has {len(data):,} octets of {wanted:,}"
        raise broken(message, base, f"its header tells of {parts}")
    if len(data) > wanted and not lenient:
        extra = len(data) - wanted
        message = f"{extra:,} octet{'s' * (extra != 1)} behind the end of the program blob"
        raise broken(message, base + wanted, f"its header tells of {wanted:,} octets, there are {len(data):,}")


def _taken_apart(data: bytes, at: int, count: int, entry_size: int, length: int, *, lenient: bool, base: int) -> Blob:
    start = at + count * entry_size
    table = tuple(
        int.from_bytes(data[entry : entry + entry_size], "little") for entry in range(at, start, entry_size or 1)
    )
    end = start + length
    marks = b"".join(map(_BITS.__getitem__, data[end : end + (length + 7) // 8]))
    if 1 in marks[length:] and not lenient:
        message = "padding bits of the bitmask are not zero"
        hint = f"the code has {length:,} octets, and bits behind the last of them must be 0"
        raise broken(message, base + end + (length + 7) // 8 - 1, hint)
    return Blob(bytes(data[start:end]), marks[:length], table if entry_size else (0,) * count, entry_size)


def broken(message: str, offset: int, hint: str) -> ProgramError:
    """The error of a file that is no program."""
    return ProgramError((Diagnostic(f"decode error: {message}", "DECODE", hint=hint, offset=offset),))
