"""Programs to begin with. Each assembles, passes the verifier, runs without inputs, and explains itself."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

_EMPTY = """\
; What the program computes.
; calldata: none                        output 0: an integer
;
; A line is one instruction: a mnemonic, then registers (r0 to r255), labels (.0) or integers.
; Values are passed on a stack: PUSH puts one there, most instructions take theirs from its top.

PUSH 40
PUSH 2
ADD                 ; takes both, leaves 42
STOW r0             ; takes it from the stack into register r0

PUSH 0              ; the output slot
OUTPUT r0
HALT
"""

_LOOP = """\
; A counted loop: the sum of 1 to 10.
; calldata: none                        output 0: the sum, 55

PUSH 0
STOW r0             ; the sum so far

PUSH 1              ; the first value of the counter
PUSH 10             ; how often the body runs
RANGE               ; takes both; the body ends at NEXT
  LVAL r1           ; the counter: 1, 2, ... 10
  LOAD r0
  LOAD r1
  ADD
  STOW r0
NEXT

PUSH 0
OUTPUT r0
HALT
"""

_QUBO = """\
; A QUBO: choose exactly one of three offers, the cheapest.
; Variables x0, x1, x2 are 0 or 1; the model's energy is lowest for the best choice.
; calldata: none                        output 0: the binary model

PUSH 3
BQMX r0             ; a binary model of three variables, without terms
PUSH 1              ; rows
PUSH 3              ; columns
RESIZE r0           ; as a grid of one row, so that a constraint can speak of the row

; The objective: what each offer costs.
PUSH 0              ; the variable
PUSH 5              ; its linear term
ADDLINE r0
PUSH 1
PUSH 3
ADDLINE r0
PUSH 2
PUSH 8
ADDLINE r0

; The constraint: exactly one variable of row 0 is 1.
PUSH 0              ; the row
PUSH 20             ; the penalty: more than can be saved by breaking the rule
ONEHOTR r0

; A sample to try: x1 = 1. Its energy is 3 - 20, for a model leaves out constants, here the penalty itself.
PUSH 3
BSMX r1             ; three zeros
PUSH 1              ; the variable
PUSH 1              ; its value
SETLINE r1
ENERGY r0 r1        ; model, sample; leaves the energy on the stack
STOW r2

PUSH 0
OUTPUT r0
PUSH 1
OUTPUT r2           ; output 1: the energy of the sample
HALT
"""

_ISING = """\
; An Ising model: a ring of four spins that want to differ from their neighbours.
; Spins are -1 or 1. A positive coupling makes two spins differ where the energy is lowest.
; calldata: none                        output 0: the spin model

PUSH 4
STOW r0             ; the number of spins
LOAD r0
SQMX r1             ; a spin model without terms

PUSH 0
LOAD r0
RANGE
  LVAL r2           ; spin i
  LOAD r2           ; i
  LOAD r2
  INC
  LOAD r0
  MOD               ; j, its right neighbour; the last one's is spin 0
  PUSH 1            ; the coupling of i and j
  ADDQUAD r1
NEXT

; A field pulls spin 0 down: 1 * s0 is least for s0 = -1.
PUSH 0              ; the spin
PUSH 1              ; its linear term
ADDLINE r1

PUSH 0
OUTPUT r1
HALT
"""

_SORT = """\
; Sorting a vector, smallest first: as often as it is long, swap neighbours that stand wrong.
; calldata: none                        output 0: the sorted vector

VECI r0             ; an empty vector of integers
PUSH 30
VECPUSH r0
PUSH 10
VECPUSH r0
PUSH 20
VECPUSH r0

VECLEN r0
STOW r1             ; its length

PUSH 0
LOAD r1
RANGE
  PUSH 0
  LOAD r1
  DEC               ; pairs of neighbours
  RANGE
    LVAL r2         ; position i
    LOAD r2
    VECGET r0
    STOW r3         ; left
    LOAD r2
    INC
    VECGET r0
    STOW r4         ; right

    LOAD r3
    LOAD r4
    LTE
    JUMPI .0        ; left <= right: nothing to do

    LOAD r2         ; the index
    LOAD r4         ; the value
    VECSET r0
    LOAD r2
    INC
    LOAD r3
    VECSET r0

    TARGET .0       ; the jump goes on here
  NEXT
NEXT

PUSH 0
OUTPUT r0
HALT
"""

TEMPLATES: Mapping[str, str] = MappingProxyType(
    {
        "empty program": _EMPTY,
        "counted loop": _LOOP,
        "QUBO with a one-hot constraint": _QUBO,
        "Ising spins": _ISING,
        "vector sort": _SORT,
    }
)
"""Texts by name, the plainest first."""
