"""Numbers of 64 and 32 bits as registers hold them: naturals, signed only where an instruction says so.

The functions are expressions in one parameter, used once, so that compiled blocks have them written out.
"""

from __future__ import annotations

ONES64 = 0xFFFF_FFFF_FFFF_FFFF
SIGN64 = 0x8000_0000_0000_0000
ONES32 = 0xFFFF_FFFF
SIGN32 = 0x8000_0000


def signed64(value: int) -> int:
    """The signed number a register means."""
    return (value ^ SIGN64) - SIGN64


def signed32(value: int) -> int:
    """The signed number the low half of any integer means."""
    return ((value & ONES32) ^ SIGN32) - SIGN32


def wide(value: int) -> int:
    """The low half of any integer, sign-extended into a register."""
    return ((value & ONES32) ^ SIGN32) - SIGN32 & ONES64
