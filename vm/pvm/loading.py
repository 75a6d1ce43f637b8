"""Files with a program in them: a standard program, with metadata in front or not, or a bare program blob.

None of these begins with a mark of its own, so each is tried; their lengths fit so exactly that no two forms are
taken for each other. Sections 4 and 5.
"""

from __future__ import annotations

import re
from contextlib import suppress

from vm.diagnostics import ProgramError
from vm.pvm import blob, standard
from vm.pvm.blob import Blob, broken
from vm.pvm.standard import Standard

Parts = tuple[Standard | None, Blob]
"""Memory, None for a bare blob, and the blob."""
_HEX = re.compile(rb"\s*+(?:0[xX])?+(?:[0-9a-fA-F]{2}\s*+)++")
_TEXT = re.compile(rb"[\t\n\r -~]{64}")
_ASSEMBLY = re.compile(
    rb"\s*+(?://|%[a-z_]++\s|pub @|@[A-Za-z0-9_.]++:|i32 |u(?:8|16|32|64) ?\[|jump [@\[]"
    rb"|(?:ra|sp|t[0-2]|s[01]|a[0-5]|r[0-9]{1,2}) ?=)"
)
_POLKAVM = b"PVM\x00"


def read(data: bytes, *, lenient: bool = False) -> Parts:
    """Take a file apart, given in octets or in hexadecimal; ProgramError of kind DECODE if it is none."""
    spelled = from_hex(data)
    if spelled is None:
        return _read(data, lenient)
    with suppress(ProgramError):
        return _read(data, lenient=False)  # octets that happen to be those of digits
    return _read(spelled, lenient)


def recognises(data: bytes) -> bool:
    """Whether the content alone says that there is a program, which takes reading it; a text is soon told apart."""
    if not data or (_TEXT.match(data) and from_hex(data) is None):
        return False
    try:
        read(data)
    except ProgramError:
        return False
    return True


def recognises_text(data: bytes) -> bool:
    """Whether a text begins as assembly of the PVM does, and as no other one."""
    return _ASSEMBLY.match(data) is not None


def from_hex(data: bytes) -> bytes | None:
    """The octets that a text of hexadecimal digits spells; None for anything else."""
    if _HEX.fullmatch(data) is None:
        return None
    return bytes.fromhex(re.sub(r"^\s*0[xX]", "", data.decode("ascii")))


def _read(data: bytes, lenient: bool) -> Parts:
    if data.startswith(_POLKAVM):
        hint = "the tools of PolkaVM make programs of JAM from it, which are called .jam"
        raise broken("this is a container of PolkaVM, and no program of JAM", 0, hint)
    told: list[str] = []
    inside: ProgramError | None = (
        None  # what is wrong with the blob in something that has the form of a standard program
    )
    for loose in (False, True)[: 1 + lenient]:
        for metadata in (False, True):
            try:
                memory, start, end = standard.unpack(data, metadata=metadata, lenient=loose)
            except ProgramError as error:
                if not metadata:
                    told.append(f"as a standard program, {_reason(error)}")
                continue
            try:
                return memory, blob.unpack(data[start:end], lenient=lenient, base=start)
            except ProgramError as error:
                inside = inside or error
        try:
            return None, blob.unpack(data, lenient=loose)
        except ProgramError as error:
            told.append(f"as a bare program blob, {_reason(error)}")
    raise inside or broken("this is no program", 0, "; ".join(told[:2]))


def _reason(error: ProgramError) -> str:
    return error.diagnostics[0].message.removeprefix("decode error: ")
