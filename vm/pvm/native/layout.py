"""Where things are in the memory that compiled code and Python share, in octets from its beginning.

All compiled code has is the address of this memory, so what is in it is found without further registers.
"""

from __future__ import annotations

from vm.pvm.memory import PAGES

REGISTERS = 0
"""13 registers of 64 bits."""
PC = 104
ROOM = 108
"""Instructions that may still be executed, 32 bits."""
DEPTH = 112
"""Calls that are open."""
LOW = 116
"""Least number of calls that were open since the last entry."""
STOP_DEPTH = 120
"""Number of open calls to stop at; -1 for none."""
LANDINGS = 128
"""Address of the jump table: targets by half the address, -1 where there is none to land on."""
LANDING_COUNT = 136
FUNCTIONS = 144
"""Address of the addresses of compiled functions, by where they can be entered."""
NUMBERS = 152
"""Address of the numbers of those entries."""
LOAD = 160
"""Address of what finds octets to be read that are not at hand."""
STORE = 168
"""Address of what writes octets where that cannot be done at once."""
CLOSED = 176
"""Address of what closes calls at a dynamic jump."""
OPENED = 184
"""Address of what opens a call."""
PAGE_WANTED = 192
"""Address of the function of Python that provides a page."""
BOUNCE = 200
"""Eight octets that were gathered from two pages."""

CALLS = 0x1000
"""Open calls, outermost first: return address, stack pointer, entry."""
CALL_SIZE = 24
READS = 0x200000
"""Addresses of the pages that may be read, 0 for those that have to be asked for."""
WRITES = READS + 8 * PAGES
"""The same for writing."""
LENGTHS = WRITES + 8 * PAGES
"""Instructions of the block that begins at each address, 32 bits; far too many where it must not be entered."""

NEVER = 0x7F7F7F7F
"""Length of a block that must not be entered; each octet is the same."""
LONGEST_RUN = 1 << 26
"""Instructions that are executed at most before Python is asked whether somebody wants to interrupt."""
