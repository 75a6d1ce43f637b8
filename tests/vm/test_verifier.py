"""The static verifier: the probing examples of section 12.7, recorded verdicts, several findings, hostile programs."""

from __future__ import annotations

from itertools import product

import pytest

from vm.xqvm.assembler import assemble
from vm.xqvm.isa import ISA
from vm.xqvm.verifier import Finding, predicted_depths, verify
from vm.xqvm.verifier.kinds import Kind, join

PROBES = """\
bytes 11
TruncatedInstruction: truncated instruction at byte 0x0000

bytes f0 18 00
TruncatedInstruction: truncated instruction at byte 0x0001

bytes 74 00 00
TruncatedInstruction: truncated instruction at byte 0x0000

bytes 11 05
accepted

bytes ff 11
TruncatedInstruction: truncated instruction at byte 0x0001

bytes 0d
BadOpcode: unknown opcode 0x0d at byte 0x0000

bytes 07 0d
NoActiveLoop: loop instruction at byte 0x0000 executed outside any active loop

bytes 0d 07
BadOpcode: unknown opcode 0x0d at byte 0x0000

bytes 11 0d
accepted

bytes 01 00
UndefinedJumpTarget: jump at byte 0x0000 references undefined target label 0 (program has 0 targets)

bytes 01 01 00
UndefinedJumpTarget: jump at byte 0x0000 references undefined target label 1 (program has 1 targets)

bytes 03 01 00 00
UndefinedJumpTarget: jump at byte 0x0000 references undefined target label 256 (program has 1 targets)

bytes 01 00 00
accepted

bytes 01 09 07
NoActiveLoop: loop instruction at byte 0x0002 executed outside any active loop

NEXT
NoActiveLoop: loop instruction at byte 0x0000 executed outside any active loop

LVAL r0
NoActiveLoop: loop instruction at byte 0x0000 executed outside any active loop

PUSH 0 / PUSH 3 / RANGE / NEXT / NEXT
NoActiveLoop: loop instruction at byte 0x0006 executed outside any active loop

PUSH 0 / PUSH 3 / RANGE / LVAL r0 / NEXT
accepted

PUSH 0 / PUSH 3 / RANGE / HALT
UnmatchedLoop: unmatched loop: RANGE/ITER at byte 0x0004 has no corresponding NEXT (1 loop(s) stil\
l open at end of program)

PUSH 0 / PUSH 3 / RANGE / PUSH 0 / PUSH 3 / RANGE / NEXT
UnmatchedLoop: unmatched loop: RANGE/ITER at byte 0x0004 has no corresponding NEXT (1 loop(s) stil\
l open at end of program)

HALT / PUSH 0 / PUSH 3 / RANGE / NOP
UnmatchedLoop: unmatched loop: RANGE/ITER at byte 0x0005 has no corresponding NEXT (1 loop(s) stil\
l open at end of program)

PUSH 0 / PUSH 3 / RANGE / NEXT
accepted

VEC r0 / PUSH 0 / PUSH 0 / ITER r0
UnmatchedLoop: unmatched loop: RANGE/ITER at byte 0x0006 has no corresponding NEXT (1 loop(s) stil\
l open at end of program)

LOAD r0
ReadUnsetRegister: register r0 read at byte 0x0000 before being written

PUSH 1 / STOW r0 / DROP r0 / LOAD r0
ReadUnsetRegister: register r0 read at byte 0x0006 before being written

PUSH 1 / JUMPI .0 / PUSH 1 / STOW r0 / .0: LOAD r0
ReadUnsetRegister: register r0 read at byte 0x0009 before being written

PUSH 0 / PUSH 3 / RANGE / LVAL r0 / NEXT / LOAD r0
ReadUnsetRegister: register r0 read at byte 0x0008 before being written

PUSH 0 / PUSH 3 / RANGE / LVAL r0 / LOAD r0 / POP / NEXT
accepted

PUSH 0 / INPUT r0 / LOAD r0
accepted

HALT / LOAD r0
ReadUnsetRegister: register r0 read at byte 0x0001 before being written

JUMP .0 / LOAD r0 / .0: HALT
accepted

PUSH 4 / BQMX r0 / LOAD r0
RegisterTypeMismatch: register r0 at byte 0x0004: expected int, got model

PUSH 4 / BSMX r0 / PUSH 0 / PUSH 0 / GETQUAD r0
RegisterTypeMismatch: register r0 at byte 0x0008: expected model, got sample

PUSH 4 / BSMX r0 / PUSH 0 / GETLINE r0
accepted

PUSH 1 / JUMPI .0 / PUSH 1 / STOW r0 / JUMP .1 / .0: VEC r0 / .1: LOAD r0
RegisterTypeMismatch: register r0 at byte 0x000e: expected int, got conflicting types

PUSH 1 / JUMPI .0 / PUSH 1 / BQMX r0 / JUMP .1 / .0: PUSH 1 / BSMX r0 / .1: PUSH 0 / GETLINE r0
accepted

PUSH 1 / JUMPI .0 / PUSH 1 / BQMX r0 / JUMP .1 / .0: PUSH 1 / BSMX r0 / .1: PUSH 0 / PUSH 1 / ONEHOTR r0
RegisterTypeMismatch: register r0 at byte 0x0014: expected model, got model or sample

PUSH 0 / INPUT r0 / PUSH 0 / PUSH 1 / ONEHOTR r0
accepted

PUSH 1 / JUMPI .0 / PUSH 0 / INPUT r0 / JUMP .1 / .0: VEC r0 / .1: LOAD r0
RegisterTypeMismatch: register r0 at byte 0x000e: expected int, got vec<int>

POP
StackUnderflow: stack underflow at byte 0x0000

PUSH 1 / ADD
accepted

SWAP
accepted

PUSH 1 / IDXGRID
StackUnderflow: stack underflow at byte 0x0000

PUSH 1 / POP / TARGET / POP
StackUnderflow: stack underflow at byte 0x0003

NOP / TARGET / POP / TARGET / NOP
StackUnderflow: stack underflow at byte 0x0003

NOP / TARGET / POP / TARGET / HALT
StackUnderflow: stack underflow at byte 0x0001

SCLR / POP
StackUnderflow: stack underflow at byte 0x0000

SCLR / POP / SCLR
accepted

PUSH 0 / PUSH 3 / RANGE / POP / NEXT
StackUnderflow: stack underflow at byte 0x0005

HALT / TARGET / POP
accepted

PUSH 1 × 8192
accepted

PUSH 1 × 8193
StackOverflowRisk: potential stack overflow at byte 0x0000 (depth 8193)

PUSH 1 × 8193 / POP
accepted

PUSH 1 × 8192 / TARGET / PUSH 1
StackOverflowRisk: potential stack overflow at byte 0x4000 (depth 8193)

PUSH 1 × 8192 / TARGET / PUSH 1 / TARGET / NOP
StackOverflowRisk: potential stack overflow at byte 0x4003 (depth 8193)

PUSH 0 / PUSH 3 / RANGE / PUSH 9 / NEXT
LoopStackImbalance: loop starting at byte 0x0004 has non-zero stack effect (entry depth 0, exit depth 1)

PUSH 0 / PUSH 3 / RANGE / PUSH 9 / POP / NEXT
accepted

PUSH 1 / PUSH 0 / PUSH 3 / RANGE / POP / NEXT
LoopStackImbalance: loop starting at byte 0x0006 has non-zero stack effect (entry depth 1, exit depth 0)

PUSH 1 / PUSH 0 / PUSH 3 / RANGE / SCLR / NEXT
LoopStackImbalance: loop starting at byte 0x0006 has non-zero stack effect (entry depth 1, exit depth 0)

PUSH 0 / PUSH 3 / RANGE / SCLR / NEXT
accepted

PUSH 0 / PUSH 3 / RANGE / PUSH 0 / PUSH 3 / RANGE / PUSH 1 / NEXT / NEXT
LoopStackImbalance: loop starting at byte 0x0009 has non-zero stack effect (entry depth 0, exit depth 1)

PUSH 0 / PUSH 3 / RANGE / PUSH 1 / HALT / NEXT
LoopStackImbalance: loop starting at byte 0x0004 has non-zero stack effect (entry depth 0, exit depth 1)

PUSH 0 / PUSH 3 / RANGE / PUSH 7 / PUSH 1 / JUMPI .0 / PUSH 1 / .0: NEXT
LoopStackImbalance: loop starting at byte 0x0004 has non-zero stack effect (entry depth 0, exit depth 1)

PUSH 1 / JUMPI .0 / PUSH 2 / .0: HALT
StackDepthMismatch: stack depth mismatch at join point byte 0x0006: one path has depth 0, another has depth 1

PUSH 1 / JUMPI .0 / PUSH 2 / POP / .0: HALT
accepted

PUSH 5 / PUSH 1 / JUMPI .0 / SCLR / .0: HALT
StackDepthMismatch: stack depth mismatch at join point byte 0x0007: one path has depth 1, another has depth 0

PUSH 1 / JUMPI .0 / PUSH 2 / HALT / .0: HALT
accepted

.0: PUSH 1 / JUMP .0
StackDepthMismatch: stack depth mismatch at join point byte 0x0000: one path has depth 0, another has depth 1

.0: PUSH 1 / JUMPI .0
accepted

PUSH 0 / PUSH 3 / RANGE / PUSH 1 / JUMPI .0 / PUSH 5 / .0: NEXT
StackDepthMismatch: stack depth mismatch at join point byte 0x000b: one path has depth 0, another has depth 1

PUSH 0 / PUSH 3 / RANGE / PUSH 5 / JUMP .0 / NEXT / .0: HALT
StackDepthMismatch: stack depth mismatch at join point byte 0x000a: one path has depth 0, another has depth 1
"""
"""Program, then verdict: section 12.7, in its order."""

RECORDED = """\
SCLR / POP / PUSH 1
StackUnderflow: stack underflow at byte 0x0000

PUSH 0 / PUSH 3 / RANGE / PUSH 0 / PUSH 3 / RANGE
UnmatchedLoop: unmatched loop: RANGE/ITER at byte 0x0004 has no corresponding NEXT (2 loop(s) stil\
l open at end of program)

JUMP .0 / DROP r0 / VECLEN r0 / JUMPI .0 / .0: HALT
accepted

PUSH 1 / JUMPI .0 / POP / HALT / .0: POP
StackUnderflow: stack underflow at byte 0x0004

PUSH 0 / PUSH 3 / RANGE / PUSH 0 / PUSH 3 / RANGE / PUSH 1 / NEXT / SCLR / NEXT
LoopStackImbalance: loop starting at byte 0x0009 has non-zero stack effect (entry depth 0, exit depth 1)

bytes 4a 00 00 00 00 00 0c 00 00 00 00 11 01 02 01 00 00 00 00 11 01 02 04 00 00 00
accepted

bytes 00 00 00 00 00 00 11 03 00 02 07 00 11 02 0e 00 f0
accepted

bytes 4a 00 4a 00 11 01 00 00 02 03 4a 00 4a 00 11 01 40 00 00 00 11 01 02 03
accepted

bytes 4c 00 0c 00 00 00 11 01 02 00 4a 00 00 00 53 00 10 4a 00 01 01 11 01 0b 00
accepted

bytes 11 08 43 00 4c 01 00 00 11 fd 00 0e 02 00 11 06 40 01 00 11 08 00 00 11 07 62 01
accepted

bytes 11 01 02 0b 00 00 00 00 00 00 4a 00 00 00 00 53 00 10 00 00 00 00 4a 00 00
accepted

bytes 11 01 11 01 11 01 11 01 00 11 01 11 01 08 11 00 00 11 01 08 07 00 07
accepted

bytes 00 00 00 11 01 11 01 00 00 11 01 00 00 11 01 00 00 00 10
accepted

bytes 00 4c 00 11 01 02 01 0c 00 01 00 00 4a 00 11 01 02 01 4a 00 01 00
accepted

bytes 11 05 00 00 00 00 00 00 43 00 00 11 01 40 00 00
accepted

bytes 11 01 0e 00 00 4c 00 00 00 4c 00 00 00 00 00 00 00 11 01 00 00 40 00 00 00 00
accepted

bytes 11 01 00 11 01 11 01 00 10 00 11 00 11 01 08 07
accepted

bytes 00 00 11 01 02 07 4c 00 00 00 4a 00 01 04 11 01 40 00 11 01 43 00 00 00 00 00
accepted

bytes 11 01 00 00 00 00 11 01 00 00 10
accepted

bytes 11 01 11 01 11 01 00 11 01 11 00 11 01 08 07 11 01 10 11 01 11 00 11 01 08 11 01 07
LoopStackImbalance: loop starting at byte 0x0018 has non-zero stack effect (entry depth 5, exit depth 6)

bytes 11 01 11 01 11 01 11 01 11 01 00 00 00 00 08 10 00 00 07
LoopStackImbalance: loop starting at byte 0x000e has non-zero stack effect (entry depth 3, exit depth 2)

bytes 11 01 11 00 11 01 08 00 11 01 11 00 11 01 08 07 20 10 11 00 11 01 00 08 07 07
LoopStackImbalance: loop starting at byte 0x0006 has non-zero stack effect (entry depth 1, exit depth 0)

bytes 11 01 11 01 11 01 11 00 11 01 00 00 08 00 10 07
LoopStackImbalance: loop starting at byte 0x000c has non-zero stack effect (entry depth 3, exit depth 2)

bytes 11 01 11 01 11 01 11 00 11 01 08 10 11 00 11 01 08 07 00 1b 07 10 00 00 10
LoopStackImbalance: loop starting at byte 0x000a has non-zero stack effect (entry depth 3, exit depth 2)

bytes 00 11 01 00 11 01 11 01 11 01 00 00 00 00 11 01 00 11 00 11 01 08 00 11 01 00 07 00
LoopStackImbalance: loop starting at byte 0x0015 has non-zero stack effect (entry depth 5, exit depth 6)

bytes 11 01 11 01 11 01 11 01 11 01 11 01 11 01 11 01 11 01 11 01 08 00 00 11 01 07 10 00 11 01
LoopStackImbalance: loop starting at byte 0x0014 has non-zero stack effect (entry depth 8, exit depth 9)

bytes 01 00 11 00 11 01 08 10 07 11 00 11 01 08 00 11 01 00 11 01 08 11 01 07 07
LoopStackImbalance: loop starting at byte 0x0014 has non-zero stack effect (entry depth 0, exit depth 1)

bytes 00 00 11 01 11 01 00 11 01 11 01 00 11 01 08 00 02 00 10 00 07
LoopStackImbalance: loop starting at byte 0x000e has non-zero stack effect (entry depth 3, exit depth 1)

bytes 11 01 11 01 11 01 11 01 11 01 11 01 00 11 00 11 01 08 2a 11 01 00 11 00 11 01 08 07 00 07
LoopStackImbalance: loop starting at byte 0x0011 has non-zero stack effect (entry depth 6, exit depth 7)

bytes 00 00 00 00 11 01 00 00 00 00 00 00 01 01
StackDepthMismatch: stack depth mismatch at join point byte 0x0001: one path has depth 0, another has depth 1

bytes 11 01 11 01 11 01 11 01 00 11 01 11 01 11 01 11 01 11 01 00 11 01 02 01 11 01 01 00 00 10
StackDepthMismatch: stack depth mismatch at join point byte 0x0008: one path has depth 4, another has depth 10

bytes 11 01 11 01 11 01 11 01 11 01 11 01 11 01 11 01 11 01 11 01 10 02 01 02 01 02 00 10 00 00
StackDepthMismatch: stack depth mismatch at join point byte 0x001c: one path has depth 6, another has depth 5

bytes 11 01 11 01 00 11 01 11 01 11 01 00 00 00 00 11 01 11 01 10 00 02 00
StackDepthMismatch: stack depth mismatch at join point byte 0x0004: one path has depth 2, another has depth 5

bytes 11 01 00 02 02 0c 00 00 11 01 00 43 00 00 0c 01
StackDepthMismatch: stack depth mismatch at join point byte 0x000a: one path has depth 0, another has depth 1

bytes 11 01 00 10 11 01 11 01 f0 00 01 00 11 00 11 01 08 10 11 01 11 00 11 01 08 00 10 07 f0 07
StackDepthMismatch: stack depth mismatch at join point byte 0x0002: one path has depth 1, another has depth 2

bytes 11 01 11 01 11 01 11 01 11 01 02 00 11 01 00 00 ff 00 01 00
StackDepthMismatch: stack depth mismatch at join point byte 0x000e: one path has depth 4, another has depth 5

bytes 00 11 01 11 01 11 01 11 01 11 01 11 01 00 10 ff 02 00 00 11 00 11 01 08 07
StackDepthMismatch: stack depth mismatch at join point byte 0x0000: one path has depth 0, another has depth 4

bytes 11 01 11 01 00 11 01 11 01 11 01 11 01 10 00 00 00 00 00 11 01 01 00
StackDepthMismatch: stack depth mismatch at join point byte 0x0004: one path has depth 2, another has depth 6

bytes 00 11 01 11 01 00 00 11 01 11 01 f0 00 00 00 02 01 11 01
StackDepthMismatch: stack depth mismatch at join point byte 0x0005: one path has depth 2, another has depth 3

bytes 10 ff 5a 00 11 00 00 11 01 08 10 07 00
StackUnderflow: stack underflow at byte 0x0000

bytes 00 11 01 11 01 00 11 01 00 00 00 08 11 01 00 00 02 04 07 00 00 00
StackUnderflow: stack underflow at byte 0x0015

bytes 11 04 40 00 02 01 f0 11 06 11 03 08 11 fd 11 05 45 00 ff 07 11 05 0f 00 11 06 00 0e 00 00
StackUnderflow: stack underflow at byte 0x0000

bytes 10 00 1b 00 10 00 00 00 11 01 00
StackUnderflow: stack underflow at byte 0x0000

bytes 11 01 10 11 01 08 11 00 11 01 08 10 01 00 11 01 11 01 07 11 00 00 11 01 08 10 10 07 07
StackUnderflow: stack underflow at byte 0x0000

bytes 00 08 11 01 10 11 00 11 01 08 11 00 11 01 08 00 11 01 07 07 07
StackUnderflow: stack underflow at byte 0x0000

bytes 11 04 0e 00 00 00 4a 01 00 00 00 04 00 01 00 00 00
StackUnderflow: stack underflow at byte 0x0010

bytes 40 01 08 01 00 ff 09 01 01 00 43 00 07 07 00 41 01 4a 01
StackUnderflow: stack underflow at byte 0x0000

bytes 11 03 40 00 45 00 00 00 01 01 00 00
StackUnderflow: stack underflow at byte 0x0000

bytes 4a 00 00 11 03 00 00 00 02 02 01 07 0a 00 00 00 10 00 11 07 00 02 06
StackUnderflow: stack underflow at byte 0x0006

bytes 00 00 00 11 01 00 00 02 09 00 00 00 00 00 02 01 f0
StackUnderflow: stack underflow at byte 0x0010

bytes 00 00 11 00 0b 00 11 07 00 00 02 03 0a 00 10
StackUnderflow: stack underflow at byte 0x000c

bytes 11 00 00 00 11 01 00 08 10 10 00 11 01 11 00 00 00 11 01 08 07 07
StackUnderflow: stack underflow at byte 0x0008

bytes 00 00 01 08 00 00 00 00 00 00 11 01 00 00 02 02 00 11 01 00 00 02 08 00
StackUnderflow: stack underflow at byte 0x0017

bytes 11 01 00 02 02 53 00 10 00 11 01 02 03 00 4a 00 ff 4a 00 00
ReadUnsetRegister: register r0 read at byte 0x0005 before being written

bytes 11 01 02 01 01 00 00 0c 00 53 00 10 11 01 0b 00 11 01 02 00 4a 00 4a 00 0c 00 00
ReadUnsetRegister: register r0 read at byte 0x0009 before being written

bytes 00 53 00 00 10 00 00 11 01 02 00 4c 00 ff 11 01 02 03 11 01 43 00
ReadUnsetRegister: register r0 read at byte 0x0001 before being written

bytes 11 01 00 02 00 00 4c 01 11 01 02 01 11 01 02 00 0c 00 11 01 50 00
ReadUnsetRegister: register r0 read at byte 0x0014 before being written

bytes 4a 01 11 01 0f 00 11 01 0f 00 11 01 02 03 11 01 02 01 00 00 00 11 01 02 03 00 4c 01
ReadUnsetRegister: register r0 read at byte 0x0004 before being written

bytes 53 00 00 10 11 01 02 03 11 01 02 00 11 01 02 00 11 01 40 00 00 00 00 0c 00 0c 00
ReadUnsetRegister: register r0 read at byte 0x0000 before being written

bytes f0 00 00 11 07 00 11 03 00 00 62 00 01 01 00 00 03 00 03 00
ReadUnsetRegister: register r0 read at byte 0x000a before being written

bytes 00 00 11 01 02 02 0a 00 10 4a 00 00 01 00 0c 00 00 11 01 02 01
ReadUnsetRegister: register r0 read at byte 0x0006 before being written

bytes 0a 00 00 10 ff 00 11 01 0e 00 00 11 00 04 00 03 4a 00 00
ReadUnsetRegister: register r0 read at byte 0x0000 before being written

bytes 0c 01 00 00 00 11 01 02 00 53 00 10 11 01 02 03 00 4a 01 0a 00 10 01 03
ReadUnsetRegister: register r0 read at byte 0x0009 before being written

bytes 00 00 00 0a 00 10 4c 01 4c 00 00 01 00 00 00 53 00 10 00 00
ReadUnsetRegister: register r0 read at byte 0x0003 before being written

bytes 0a 00 10 4a 00 11 01 69 00 00 11 01 02 01 01 00 11 01 02 01 00
ReadUnsetRegister: register r0 read at byte 0x0000 before being written

bytes 02 00 00 00 7f 00 00 10 08 07 11 04 11 fe 00 09 00 f0 07 00 11 fe 43 00 11 06 04 00 02
ReadUnsetRegister: register r0 read at byte 0x0004 before being written

bytes 03 00 00 ff 3f 20 09 00 ff 43 00 02 00 07 00 ff 0a 00 04 00 00 00 01 00 00 00
ReadUnsetRegister: register r0 read at byte 0x0010 before being written

bytes 11 01 00 00 00 43 00 11 02 00 0e 01 11 06 0b 02 00 00 4a 02 02 02 00 02 06 00 0a 00 21
RegisterTypeMismatch: register r0 at byte 0x001a: expected int, got sample

bytes 4a 00 08 0e 00 07 08 77 00 0b 00 00 00 07 41 00 00 f0 00 76 00 00 00
RegisterTypeMismatch: register r0 at byte 0x0007: expected model, got conflicting types

bytes 00 00 00 11 01 02 01 11 01 40 00 11 01 02 03 00 11 01 02 02 0a 00 10 0c 00
RegisterTypeMismatch: register r0 at byte 0x0014: expected int, got model

bytes 4a 00 11 01 69 00 11 01 02 01 00 11 01 02 01 11 01 00 43 00 01 01 11 01 43 00
RegisterTypeMismatch: register r0 at byte 0x0004: expected model or sample, got vec<int>

bytes 11 01 00 43 00 0a 00 00 10 00 53 00 00 10 00 00 00 11 01 02 03 0c 00 00 11 01 02 06
RegisterTypeMismatch: register r0 at byte 0x0005: expected int, got sample

bytes 11 04 0b 00 00 11 06 11 04 76 00 00 00 00 7f 00 00 08 00 07 00 43 00 0e 00
RegisterTypeMismatch: register r0 at byte 0x0009: expected model, got int

bytes 00 4a 00 53 00 00 10 0a 00 00 10 11 01 02 01 11 01 02 00 00
RegisterTypeMismatch: register r0 at byte 0x0007: expected int, got vec<int>

bytes 00 00 00 11 03 0b 00 21 5a 53 00 00 27 00 09 00 00 00 07 00 04 00 01
RegisterTypeMismatch: register r0 at byte 0x0009: expected vec, got int

bytes 0b 02 4a 01 11 02 00 0b 02 08 00 f0 00 03 00 02 07 42 01 53 01 00
RegisterTypeMismatch: register r1 at byte 0x0013: expected vec, got model

bytes 40 00 00 00 00 02 02 4c 00 69 00 69 00 00 03 00 00
RegisterTypeMismatch: register r0 at byte 0x0009: expected model or sample, got vec<xqmx>

bytes 00 11 02 00 00 0e 00 40 00 51 00 00 00 00 40 00 02 01 00 40 00 00
RegisterTypeMismatch: register r0 at byte 0x0009: expected vec<int>, got model

bytes 00 00 4a 01 11 01 0b 00 00 00 00 11 01 40 00 0a 01 10 53 00 10 11 01 02 06 00 0c 00 00 00
RegisterTypeMismatch: register r1 at byte 0x000f: expected int, got vec<int>

bytes 4c 00 0a 00 10 00 11 01 02 01 11 01 0f 00 00 00 00 11 01 02 03
RegisterTypeMismatch: register r0 at byte 0x0002: expected int, got vec<xqmx>

bytes 00 11 03 00 0b 00 00 00 00 00 53 00 10 00 00
RegisterTypeMismatch: register r0 at byte 0x000a: expected vec, got int
"""
"""More programs, most of them random streams with much flow, and what release 0.4.5 says of them."""

OSCILLATING = "02 01 0b 01 00 00 00 02 00 02 03 01 02 00 4a 01 01 01"
"""Kinds that never settle: the verifier of release 0.4.5 hangs."""


def code_of(program: str) -> bytes:
    """Bytes in hexadecimal, or assembly with ` / ` between lines and `× n` for repeats."""
    if program.startswith("bytes "):
        return bytes.fromhex(program.removeprefix("bytes "))
    lines: list[str] = []
    for part in program.split(" / "):
        line, _, times = part.partition(" × ")
        lines += [line] * int(times or 1)
    return assemble("\n".join(lines)).code


def cases(table: str, prefix: str) -> list[object]:
    return [
        pytest.param(*case.strip().split("\n"), id=f"{prefix}{number}")
        for number, case in enumerate(table.split("\n\n"), 1)
    ]


def verdict(code: bytes) -> str:
    findings = verify(code)
    return str(findings[0]) if findings else "accepted"


def variants(program: str) -> list[tuple[str, int]]:
    return [(finding.variant, finding.pos) for finding in verify(code_of(program))]


@pytest.mark.parametrize(("program", "expected"), cases(PROBES, "E") + cases(RECORDED, "R"))
def test_verdict_is_that_of_the_release(program: str, expected: str) -> None:
    assert verdict(code_of(program)) == expected


def test_every_probe_is_there() -> None:
    assert len(cases(PROBES, "E")) == 71


def test_nothing_is_accepted() -> None:
    assert verify(b"") == ()
    assert predicted_depths(b"") == {}


def test_finding_knows_its_place() -> None:
    (finding,) = verify(code_of("PUSH 1 / POP / LOAD r7"))
    assert finding == Finding(
        "ReadUnsetRegister",
        "register r7 read at byte 0x0003 before being written",
        3,
        "nothing on the way to LOAD leaves a value in r7",
    )


@pytest.mark.parametrize(
    ("program", "expected"),
    [
        ("LVAL r0 / NEXT / PUSH 0 / PUSH 1 / RANGE", [("NoActiveLoop", 0), ("NoActiveLoop", 2), ("UnmatchedLoop", 7)]),
        ("bytes 07 0d 07", [("NoActiveLoop", 0), ("BadOpcode", 1)]),
        ("bytes 01 00 03 00 09", [("UndefinedJumpTarget", 0), ("UndefinedJumpTarget", 2)]),
        ("LOAD r0 / LOAD r0 / LOAD r1", [("ReadUnsetRegister", 0), ("ReadUnsetRegister", 4)]),
        ("VEC r0 / LOAD r0 / LOAD r1", [("RegisterTypeMismatch", 2), ("ReadUnsetRegister", 4)]),
        (
            "PUSH 1 / JUMPI .0 / VEC r0 / VEC r1 / .0: VECLEN r0 / VECLEN r1 / VECLEN r0",
            [("ReadUnsetRegister", 9), ("ReadUnsetRegister", 11)],
        ),
        (
            "PUSH 0 / PUSH 3 / RANGE / PUSH 9 / NEXT / SCLR / PUSH 0 / PUSH 3 / RANGE / PUSH 9 / NEXT",
            [
                *(("LoopStackImbalance", 4), ("LoopStackImbalance", 13)),
                *(("StackDepthMismatch", 5), ("StackDepthMismatch", 8), ("StackDepthMismatch", 14)),
            ],
        ),
        ("NOP / TARGET / POP / TARGET / NOP", [("StackUnderflow", 3), ("StackUnderflow", 1)]),
    ],
)
def test_a_phase_reports_all_it_finds(program: str, expected: list[tuple[str, int]]) -> None:
    assert variants(program) == expected


def test_later_phases_wait_for_earlier_ones() -> None:
    assert variants("POP / LOAD r0") == [("ReadUnsetRegister", 1)]
    assert variants("NEXT / LOAD r0") == [("NoActiveLoop", 0)]


def test_underflow_hint_names_the_instruction() -> None:
    (finding,) = verify(code_of("PUSH 1 / POP / POP / PUSH 1"))
    assert finding.pos == 0
    assert finding.hint == "POP at byte 0x0003 takes more than is there"


def test_truncation_hint_counts_the_bytes() -> None:
    (finding,) = verify(code_of("bytes f0 18 00"))
    assert finding.hint == "PUSH8 takes 9 bytes, 2 are left"


def test_join_is_commutative_and_not_associative() -> None:
    assert all(join(a, b) is join(b, a) for a, b in product(Kind, Kind))
    assert join(join(Kind.UNSET, Kind.MODEL), Kind.SAMPLE) is Kind.SAMPLE
    assert join(Kind.UNSET, join(Kind.MODEL, Kind.SAMPLE)) is Kind.ANY


def test_every_register_operand_names_known_kinds() -> None:
    for op in ISA:
        size = sum(operand.size for operand in op.operands)
        verify(bytes((op.code,)) + bytes(size))  # a kind the verifier does not know would raise
    words = {operand.becomes for op in ISA for operand in op.operands} - {""}
    assert words <= {kind.title for kind in Kind}


def test_predicted_depths() -> None:
    code = code_of("PUSH 5 / PUSH 0 / PUSH 3 / RANGE / COPY / POP / NEXT / SCLR / HALT / PUSH 1 / PUSH 1")
    assert predicted_depths(code) == {0: 0, 2: 1, 4: 2, 6: 3, 7: 1, 8: 2, 9: 1, 10: 1, 11: 0}


def test_predicted_depth_is_the_least_of_all_ways() -> None:
    assert predicted_depths(code_of("PUSH 1 / JUMPI .0 / PUSH 2 / .0: HALT"))[6] == 0


def test_no_depth_is_predicted_where_none_is_known() -> None:
    dead = predicted_depths(code_of("JUMP .0 / PUSH 1 / .0: HALT"))
    assert dead == {0: 0, 4: 0, 5: 0}
    assert predicted_depths(code_of("POP / PUSH 1 / POP")) == {0: 0, 1: None, 3: None}
    assert predicted_depths(code_of("bytes 07")) == {}


def test_oscillating_kinds_are_given_up() -> None:
    findings = verify(bytes.fromhex(OSCILLATING))
    assert [finding.variant for finding in findings] == ["Unsettled"]
    assert "the kinds of registers around byte 0x" in findings[0].message


def test_a_ring_that_loses_depth_slowly_is_found() -> None:
    """60,000 values, 500 blocks and one POP a round: followed step by step, 30 million updates."""
    ring = "".join(f"11 01 04 {k >> 8:02x} {k & 255:02x} 00 " for k in range(1, 500))
    code = bytes.fromhex("11 01" * 60_000 + "00" + ring + "10 11 01 04 00 00")
    assert verdict(code) == "StackOverflowRisk: potential stack overflow at byte 0x0000 (depth 60000)"
    assert [finding.variant for finding in verify(code)] == ["StackOverflowRisk"]
    assert predicted_depths(code)[120_000] is None


def test_a_ring_that_empties_the_stack_loses_nothing() -> None:
    """SCLR in the ring: depths fall there time and again, but not for ever, and never below what it puts."""
    ladder = "".join(f"11 01 02 {k:02x} 10 00 " for k in range(1, 100))
    backs = "".join("1a" + "11 01" * (300 - k) + "02 00" for k in range(10))
    code = bytes.fromhex("11 01" * 300 + "00" + ladder + backs)
    assert predicted_depths(code)[600] == 290
    assert "StackUnderflow" not in {finding.variant for finding in verify(code)}


def test_many_labels_and_registers() -> None:
    """Thousands of blocks with all registers in use; quadratic work would take minutes."""
    start = "".join(f"4a {register:02x}" for register in range(256))
    diamonds = "".join(f"11 01 04 {k >> 8:02x} {k & 255:02x} 4a {k & 255:02x} 00" for k in range(4_000))
    assert verify(bytes.fromhex(start + diamonds)) == ()
