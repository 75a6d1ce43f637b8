"""What help and hints take for an example on a PVM, and the places it has."""

from __future__ import annotations

from types import MappingProxyType

from vm.isa import Wording

_PLACES = """\
  a0 sp ra  r7   a register         mem[0x20000:8]    octets; up to eight of them are one number
  a0.i32         its lower half     mem[sp].u32       the number at an address
  gas            what is left       rights[0x20000]   of its page: 0 none, 1 to read, 2 to write
  pc  heap       where they are     host host.count   the number of the latest host call, and how many there were
  gas.limit      how much there was call[0].entry     of an open call
"""

_EXAMPLES = {
    "r0": "s0",
    "r1": "a1",
    "r3": "a0",
    "r4": "t0",
    "r5": "a2",
    "r3[4]": "mem[0x20000:8]",
    "r3[2:5] (five elements from the third on: [start:count])": "mem[0x20000:5] (five octets: [start:count])",
    "r0.quad[1,5]": "mem[sp].u32",
    "len(r1)": "len(mem[0x20000:16])",
    "sum(r5[0:4])": "sum(mem[0x20000:16])",
    "in[0]": "gas",
    "out[0]": "heap",
    "stack[-1]": "a1",
    "stack[-1] == 0": "a1 == 0",
    "op:ADDQUAD": "op:store_ind_u64",
    "op:MUL#3": "op:mul_64#3",
    "op:HALT": "op:trap",
    "NOP": "fallthrough",
    "PUSH 2": "a2 = 2",
    "STOW r5": "u64 [sp] = a2",
    "PUSH 2      ; two": "a2 = 2",
    "  PUSH 2; STOW r5             a line that begins with an instruction is `asm` of all the instructions it begins "
    "with\n": "",
    ".2": "@loop",
    "steps and bytes": "gas",
}

WORDING = Wording(stack="", places=_PLACES, examples=MappingProxyType(_EXAMPLES))
