"""What help and hints take for an example on this machine, and the places it has."""

from __future__ import annotations

from types import MappingProxyType

from vm.isa import Wording

_PLACES = """\
  r7             a register            r7[3] r7[0:4]    elements of an array in it
  r7.key         what a dict in it has r7["any key"]    under any other key
  tag[7]         type tag by name      globals.x        a global, and inside of it as of a register
  frame[0].pc    where the outermost   frame[-1].r5     what the innermost call has saved
                 call returns to       out[-1]          the latest line of output
  const[2]       a constant            result           what the program gave back
  pc             the next instruction  instructions     how many were executed, and
                 by its number         instructions.limit, memory.limit what there may be
"""

_EXAMPLES = {
    "r0.quad[1,5]": "globals.x",
    "in[0]": "frame[0].pc",
    "stack[-1]": "out[-1]",
    "stack[-1] == 0": "r1 == 0",
    "op:ADDQUAD": "op:dict_set",
    "op:MUL#3": "op:mul#3",
    "op:HALT": "op:halt",
    "NOP": "nop",
    "PUSH 2": "load_const r5, 2",
    "STOW r5": "move r6, r5",
    "PUSH 2      ; two": "load_const r5, 2 ; two",
    "  PUSH 2; STOW r5             a line that begins with an instruction is `asm` of all the instructions it begins "
    "with\n": "",
    "  numbers       12   1_000   0x1f   0b101\n": "  numbers       12   1_000   0x1f   0b101   2.5\n"
    '  values        true   false   empty   "a text"\n',
    "*0x2a         the instruction at an address": "@42           the instruction of that number",
    ".3            a jump target, by the number that `disassemble` shows": "loop          a label, as listings have it",
    "op:ADDQUAD    every": "op:dict_set   every",
    "energy(model, sample)": "keys(dict)",
    ".2": "loop",
    "steps and bytes": "instructions",
}

_CONSTANTS = MappingProxyType({"true": True, "false": False, "empty": None})

WORDING = Wording(stack="", places=_PLACES, examples=MappingProxyType(_EXAMPLES), constants=_CONSTANTS)
