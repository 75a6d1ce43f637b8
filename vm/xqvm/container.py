"""The `.xqb` container: 15 bytes of header and the instruction stream. Section 2."""

from __future__ import annotations

import struct
from zlib import crc32

from vm.diagnostics import Diagnostic, ProgramError
from vm.disassembler import sizes
from vm.values import dataclass
from vm.xqvm.isa import ISA

MAGIC = b"XQBC"
VERSION = 1
_HEADER = struct.Struct(">4sBBBII")
_INPUT, _OUTPUT = ISA.by_name["INPUT"].code, ISA.by_name["OUTPUT"].code


@dataclass(frozen=True, slots=True)
class Slots:
    """How many INPUT and OUTPUT instructions the header says there are; each ends at 255 and is never checked."""

    inputs: int
    outputs: int


def count_slots(code: bytes) -> Slots:
    """Count what the header of a stream has to say."""
    table, end = sizes(ISA), len(code)
    counts = {_INPUT: 0, _OUTPUT: 0}
    pos = 0
    while pos < end:
        opcode = code[pos]
        if opcode in counts and pos + 1 < end:
            counts[opcode] += 1
        size = table[opcode]
        pos += size if size and pos + size <= end else 1
    return Slots(min(counts[_INPUT], 255), min(counts[_OUTPUT], 255))


def pack(code: bytes, slots: Slots | None = None) -> bytes:
    """Put the header before a stream."""
    slots = slots or count_slots(code)
    return _HEADER.pack(MAGIC, VERSION, slots.inputs, slots.outputs, len(code), crc32(code)) + code


def unpack(data: bytes) -> tuple[bytes, Slots]:
    """Check the header and take the stream out.

    Raises ProgramError, kind DECODE, whose message is what the released `run` and `check` say and
    whose reference is what the released disassembler says. Section 2.2.
    """
    if len(data) < _HEADER.size:
        raise _broken(
            "TruncatedHeader",
            "XQBC header is truncated",
            f"a program has at least {_HEADER.size} bytes, this has {len(data)}; is the file complete?",
        )
    magic, version, inputs, outputs, length, checksum = _HEADER.unpack_from(data)
    if magic != MAGIC:
        raise _broken(
            "BadMagic",
            "not an XQBC file (wrong magic bytes)",
            f"bytecode begins with the bytes {MAGIC.hex(' ')}, this with {magic.hex(' ')}; is it bytecode at all?",
        )
    if version != VERSION:
        raise _broken(
            f"UnsupportedVersion {{ found: {version}, expected: {VERSION} }}",
            f"unsupported XQBC version {version} (expected {VERSION})",
            "assemble the program again with a toolchain that writes this version",
        )
    code = data[_HEADER.size :]
    if len(code) != length:
        raise _broken(
            f"LengthMismatch {{ expected: {length}, got: {len(code)} }}",
            f"instruction stream length mismatch: header says {length} bytes, got {len(code)}",
            "the file was cut off" if len(code) < length else "there is something behind the program in the file",
        )
    if (computed := crc32(code)) != checksum:
        raise _broken(
            f"ChecksumMismatch {{ expected: {checksum}, got: {computed} }}",
            f"CRC-32 mismatch: expected 0x{checksum:08X}, computed 0x{computed:08X}",
            "the file was damaged or edited; assemble it again",
        )
    return code, Slots(inputs, outputs)


def _broken(variant: str, long: str, hint: str) -> ProgramError:
    found = Diagnostic(f"decode error: {variant}", "DECODE", hint=hint, reference=f"decode error: {long}")
    return ProgramError((found,))
