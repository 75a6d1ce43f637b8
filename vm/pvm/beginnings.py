"""Programs to begin with. Each assembles, passes `check`, runs without inputs, and explains itself."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

_EMPTY = """\
// What the program computes.
// argument: none                       result: a0, a number
//
// A line is one statement: registers are ra, sp, t0 to t2, s0, s1, a0 to a5, all of 64 bits.
// At the start ra holds the address that halts, sp the top of the stack.

pub @main:
    a0 = 40
    a0 = a0 + 2
// a1 is the length of the output at a0; there is none
    a1 = 0
    ret
"""

_LOOP = """\
// A counted loop: the sum of 1 to 10.
// argument: none                       result: a0, the sum, 55

pub @main:
// the sum so far, and the counter
    a0 = 0
    t0 = 1
@loop:
    a0 = a0 + t0
    t0 = t0 + 1
    jump @loop if t0 <=u 10
    a1 = 0
    ret
"""

_MEMORY = """\
// Memory: the sum of four words of read-only data, put into the heap.
// argument: none                       output: the sum, 8 octets
//
// Read-only data lies at 0x10000, read-write data behind it at the next multiple of 0x10000, zeroed up to its size.
%ro_data = 01 00 00 00 02 00 00 00 03 00 00 00 04 00 00 00
%rw_data_size = 4096

pub @main:
    s0 = 0x10000
    a2 = 0
@loop:
    t0 = u32 [s0]
    a2 = a2 + t0
    s0 = s0 + 4
    jump @loop if s0 <u 0x10010
    u64 [0x30000] = a2
// where the output is, and how long
    a0 = 0x30000
    a1 = 8
    ret
"""

_ARGUMENT = """\
// An argument: the number of its octets that are not zero.
// argument: any octets                 result: a0, a number
//
// At the start a0 is the address of the argument and a1 its length.

pub @main:
// where it ends, and how many there are so far
    a2 = a0 + a1
    t0 = 0
@loop:
    jump @done if a0 >=u a2
// one more if this octet is not zero
    t1 = u8 [a0]
    t1 = t1 >u 0
    t0 = t0 + t1
    a0 = a0 + 1
    jump @loop
@done:
    a0 = t0
    a1 = 0
    ret
"""

_CALL = """\
// A function that calls itself: the factorial of 10.
// argument: none                       result: a0, 3628800
//
// A return address is that of an entry of the jump table: `ra = @label` makes one.
%stack_size = 4096

pub @main:
// keep where to return to
    sp = sp + -8
    u64 [sp] = ra
// call it: the argument is in a0, and so is the result
    a0 = 10
    ra = @back
    jump @factorial
@back:
// a1 is the length of the output at a0; there is none
    a1 = 0
    ra = u64 [sp]
    sp = sp + 8
    ret

// a0 = a0 * (a0 - 1) * ... * 1
@factorial:
    jump @recurse if a0 >u 1
    a0 = 1
    ret
@recurse:
// keep the argument, too, as the call inside has another one
    sp = sp + -16
    u64 [sp] = ra
    u64 [sp + 8] = a0
    a0 = a0 + -1
    ra = @multiply
    jump @factorial
@multiply:
// back from it: multiply, and take back what was kept
    t0 = u64 [sp + 8]
    a0 = a0 * t0
    ra = u64 [sp]
    sp = sp + 16
    ret
"""

BEGINNINGS: Mapping[str, str] = MappingProxyType(
    {
        "empty program": _EMPTY,
        "counted loop": _LOOP,
        "data and output": _MEMORY,
        "octets of the argument": _ARGUMENT,
        "function that calls itself": _CALL,
    }
)
"""Texts by name, the plainest first."""
