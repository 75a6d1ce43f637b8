"""The `.mdbc` file, read and written (reference, section 4).

What the released loader tolerates is tolerated, and what it refuses is refused, in the order in which it looks.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import accumulate
from typing import TypeVar

from vm.diagnostics import Diagnostic, ProgramError
from vm.mdvm.encoding import OPCODES, Raw, length_at
from vm.mdvm.isa import EXTENSIONS, ISA
from vm.mdvm.values import Slot
from vm.values import dataclass

MAGIC, METADATA_MAGIC = b"MDBC", b"MDBM"
_LEAST_METADATA = 20
HEADER = 28
_LEAST = 24
SECTIONS = ("module name", "constants", "function table", "instructions")
"""The parts of a file, as the header has their offsets."""
_Part = TypeVar("_Part")
_U32 = struct.Struct("<I")
_I64 = struct.Struct("<q")
_F64 = struct.Struct("<d")
CONSTANT_TAGS = {"int": 1, "float": 2, "string": 3, "bool": 4, "empty": 5}
"""Tags of constants by what they are called in assembly."""
_CALLED = {tag: name for name, tag in CONSTANT_TAGS.items()}


@dataclass(frozen=True, slots=True)
class Constant:
    """An entry of the pool, as it is encoded."""

    tag: int
    data: bytes
    """What stands behind the tag, of a string without its length."""

    @property
    def kind(self) -> str:
        """`int`, `float`, `string`, `bool` or `empty`."""
        return _CALLED[self.tag]

    @property
    def value(self) -> Slot:
        """What `load_const` gives."""
        match self.tag:
            case 1:
                return int(_I64.unpack(self.data)[0])
            case 2:
                return float(_F64.unpack(self.data)[0])
            case 3:
                return self.data.decode()
            case 4:
                return self.data[0] != 0
        return None

    def packed(self) -> bytes:
        """The entry as it stands in a file."""
        length = _U32.pack(len(self.data)) if self.tag == CONSTANT_TAGS["string"] else b""
        return bytes((self.tag,)) + length + self.data


def constant(value: Slot) -> Constant:
    """The entry for a value; ValueError for what cannot be a constant, or is an Int of more than 64 bits."""
    match value:
        case None:
            return Constant(5, b"")
        case bool():
            return Constant(4, bytes((value,)))
        case int():
            try:
                return Constant(1, _I64.pack(value))
            except struct.error:
                raise ValueError(f"{value} is no Int of 64 bits") from None
        case float():
            return Constant(2, _F64.pack(value))
        case str():
            return Constant(3, value.encode())
    raise ValueError("arrays, dicts, functions and URLs cannot be constants")


@dataclass(frozen=True, slots=True)
class Container:
    """What a file says."""

    name: str = "main"
    version: int = 1
    flags: int = 1
    constants: tuple[Constant, ...] = ()
    functions: tuple[tuple[str, int], ...] = ()
    """Names and entries, in order; of a name that is there twice the last one counts."""
    code: tuple[Raw, ...] = ()
    """The instructions, as they are encoded."""
    globals: tuple[str, ...] = ()
    """Names behind the code that nobody reads."""
    offsets: tuple[int, ...] | None = None
    """Where the sections lie, in the order of `SECTIONS`; None for the usual order without gaps."""
    fills: tuple[tuple[int, bytes], ...] = ()
    """What lies between the sections and behind them, by offset."""

    def pack(self) -> bytes:
        """The file."""
        sections = self._sections()
        placed = self.placed
        names = b"".join(_string(name.encode()) for name in self.globals)
        head = MAGIC + b"".join(map(_U32.pack, (self.version, self.flags, *placed)))
        behind = placed[-1] + len(sections[-1])
        last = (behind, _U32.pack(len(self.globals)) + names if self.globals else b"")
        pieces = [*self.fills, *zip(placed, sections, strict=True), last, (0, head)]
        packed = bytearray(max(at + len(piece) for at, piece in pieces))
        for at, piece in pieces:
            packed[at : at + len(piece)] = piece
        return bytes(packed)

    @property
    def placed(self) -> tuple[int, ...]:
        """Where each section lies."""
        if self.offsets is not None:
            return self.offsets
        sizes = [len(section) for section in self._sections()[:-1]]
        return tuple(accumulate(sizes, initial=HEADER))

    def _sections(self) -> tuple[bytes, ...]:
        return (
            _string(self.name.encode()),
            _U32.pack(len(self.constants)) + b"".join(each.packed() for each in self.constants),
            _U32.pack(len(self.functions)) + b"".join(_string(n.encode()) + _U32.pack(at) for n, at in self.functions),
            _U32.pack(len(self.code)) + b"".join(self.code),
        )

    @property
    def code_offset(self) -> int:
        """Where the first instruction lies."""
        return self.placed[-1] + 4


def _string(data: bytes) -> bytes:
    return _U32.pack(len(data)) + data


# Reading


def refused(kind: str, reference: str, message: str, offset: int | None, hint: str = "") -> ProgramError:
    """What is wrong with a file; `reference` is how the released loader says it, which comes first."""
    at = "" if offset is None else f" at offset {offset:#x}"
    found = Diagnostic(f"{reference}: {message}{at}", kind, hint=hint, offset=offset, reference=reference)
    return ProgramError([found])


class _Reader:
    """Reads on from an offset."""

    def __init__(self, data: bytes, at: int) -> None:
        self.data, self.at = data, at

    def take(self, count: int, what: str) -> bytes:
        """The next so many bytes."""
        end = self.at + count
        if end > len(self.data):
            there = max(0, len(self.data) - self.at)
            hint = f"it takes {count:,} bytes and {there:,} are left: the file is cut off, or a length before is wrong"
            raise refused("UnexpectedEof", "Unexpected EOF", f"the file ends within {what}", self.at, hint)
        found = self.data[self.at : end]
        self.at = end
        return found

    def number(self, what: str) -> int:
        return int(_U32.unpack(self.take(4, what))[0])

    def string(self, what: str) -> bytes:
        """A length and so many bytes of UTF-8."""
        found = self.take(self.number(f"the length of {what}"), what)
        try:
            found.decode()
        except UnicodeDecodeError as error:
            where = self.at - len(found) + error.start
            raise refused("InvalidUtf8", "Invalid UTF-8", f"{what} is no UTF-8", where, error.reason) from None
        return found


def read(data: bytes) -> Container:
    """Take a file apart; packed again it is the same file.

    ProgramError whose kind is that of section 10, and whose reference is the wording of the released loader.
    """
    version, flags, offsets = _header(data)
    name, at_name = _section(data, offsets, 0, lambda reader: reader.string("the module name").decode())
    constants, at_constants = _section(data, offsets, 1, _constants)
    functions, at_functions = _section(data, offsets, 2, _functions)
    code, at_code = _section(data, offsets, 3, _code)
    ends = (at_name, at_constants, at_functions, at_code)
    found = Container(name, version, flags, constants, functions, code)
    if found.placed != offsets:
        found = replace(found, offsets=offsets)
    elif (names := _names(data, ends[-1])) is not None:
        return replace(found, globals=names)
    return replace(found, fills=_fills(data, [(0, HEADER), *zip(offsets, ends, strict=True)]))


def check_metadata(data: bytes) -> None:
    """Look at what lies in an `.mdbm` file beside a program, as the released loader does. Section 4.5."""
    if len(data) < _LEAST_METADATA:
        hint = f"it has at least {_LEAST_METADATA} bytes; or remove it, nothing in it is used"
        raise refused("InvalidFormat", "Invalid bytecode format", "the metadata file is too short", None, hint)
    if data[:4] != METADATA_MAGIC:
        hint = "it begins with MDBM; or remove it, nothing in it is used"
        raise refused("InvalidMagic", "Invalid magic number", "the metadata file is none", 0, hint)


def _names(data: bytes, at: int) -> tuple[str, ...] | None:
    """The list of names behind the code, if there is nothing but one."""
    reader = _Reader(data, at)
    try:
        names = tuple(reader.string("a name").decode() for _ in range(reader.number("the number of names")))
    except ProgramError:
        return None
    return names if names and reader.at == len(data) else None


def _fills(data: bytes, covered: Sequence[tuple[int, int]]) -> tuple[tuple[int, bytes], ...]:
    """What lies in no section."""
    found, behind = [], 0
    for start, end in sorted(covered):
        if start > behind:
            found.append((behind, data[behind:start]))
        behind = max(behind, end)
    return (*found, (behind, data[behind:])) if behind < len(data) else tuple(found)


def _header(data: bytes) -> tuple[int, int, tuple[int, ...]]:
    if len(data) < _LEAST:
        hint = f"a program has a header of {HEADER} bytes, which begins with MDBC"
        raise refused("InvalidFormat", "Invalid bytecode format", f"a file of {len(data)} bytes is no program", None,
                      hint)  # fmt: skip
    if data[:4] != MAGIC:
        hint = "bytecode of the Machine Dialect begins with 4d 44 42 43, MDBC"
        raise refused("InvalidMagic", "Invalid magic number", f"the file begins with {data[:4].hex(' ')}", 0, hint)
    reader = _Reader(data, 4)
    version, flags = reader.number("the version"), reader.number("the flags")
    offsets = tuple(reader.number(f"the offset of the {what}") for what in SECTIONS)
    return version, flags, offsets


def _section(data: bytes, offsets: Sequence[int], number: int, parse: Callable[[_Reader], _Part]) -> tuple[_Part, int]:
    """A part of the file, and where it ends. Its offset is looked at when its turn comes."""
    offset, what = offsets[number], SECTIONS[number]
    if offset > len(data):
        message = f"the offset of the {what} is {offset:#x}, beyond the {len(data):,} bytes of the file,"
        hint = "the file is cut off, or its header is damaged"
        at = HEADER - 4 * (len(SECTIONS) - number)
        raise refused("InvalidOffset", "Invalid offset", message, at, hint)
    reader = _Reader(data, offset)
    return parse(reader), reader.at


def _constants(reader: _Reader) -> tuple[Constant, ...]:
    found = []
    for number in range(reader.number("the number of constants")):
        at, what = reader.at, f"constant k{number}"
        tag = reader.take(1, what)[0]
        if tag in (1, 2):
            found.append(Constant(tag, reader.take(8, what)))
        elif tag == 3:
            found.append(Constant(tag, reader.string(what)))
        elif tag == 4:
            found.append(Constant(tag, reader.take(1, what)))
        elif tag == 5:
            found.append(Constant(tag, b""))
        else:
            hint = "tags are 1 Int, 2 Float, 3 String, 4 Bool, 5 Empty"
            message = f"{what} has the tag {tag}, which is none,"
            raise refused("InvalidConstantTag", f"Invalid constant tag: {tag}", message, at, hint)
    return tuple(found)


def _functions(reader: _Reader) -> tuple[tuple[str, int], ...]:
    found = []
    for number in range(reader.number("the number of functions")):
        name = reader.string(f"the name of function {number}")
        found.append((name.decode(), reader.number(f"the entry of function {number}")))
    return tuple(found)


def _code(reader: _Reader) -> tuple[Raw, ...]:
    at = reader.at
    count = reader.number("the number of instructions")
    pos, data = reader.at, reader.data
    found: list[Raw] = []
    while len(found) < count:
        if pos >= len(data):
            raise refused("UnexpectedEof", "Unexpected EOF", *_too_many(data, at, count, len(found), pos))
        opcode = data[pos]
        if opcode not in OPCODES or opcode in EXTENSIONS:
            raise _no_opcode(opcode, len(found), pos)
        size = length_at(data, pos)
        if pos + size > len(data):
            name = ISA.by_code[opcode].name
            hint = f"{name} takes {size} bytes and {len(data) - pos} are left"
            message = f"the file ends within instruction {len(found)}, {name},"
            raise refused("UnexpectedEof", "Unexpected EOF", message, pos, hint)
        found.append(data[pos : pos + size])
        pos += size
    reader.at = pos
    return tuple(found)


def _too_many(data: bytes, at: int, count: int, there: int, pos: int) -> tuple[str, int, str]:
    """What to say of a count that is too large, as the released compiler writes it for programs with dicts."""
    hint = (
        f"compilers of release 0.1.0a2 count wrongly where a program has dictionaries: if it ends here, the four bytes "
        f"at {at:#x} must be {_U32.pack(there).hex(' ')}"
    )
    return f"the code has {there:,} instructions, and its count says {count:,}: the file ends", pos, hint


def _no_opcode(opcode: int, number: int, pos: int) -> ProgramError:
    if opcode in EXTENSIONS:
        name = ISA.by_code[opcode].name
        message = f"instruction {number} is {name}, which the released machine does not load,"
        hint = f"as assembly text, with {name} written out, the program can be run here"
    else:
        message = f"instruction {number} has the opcode {opcode}, which is none,"
        hint = "opcodes are 0 to 49; something before it may have a wrong length or count"
    return refused("InvalidOpcode", f"Invalid opcode: {opcode}", message, pos, hint)
