"""Programs to begin with. Each assembles, passes `check`, runs without inputs, and explains itself."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

_EMPTY = """\
; What the program computes.
; inputs: none                       result: an Int
;
; A line is one instruction, the destination first. Registers are r0 to r255; each holds a value of any type.
; Constants stand where they are loaded: 42, 2.5, "text", true, false, empty.
        load_const  r0, 40
        load_const  r1, 2
        add         r0, r0, r1
; print writes a line; what is returned is the result
        print       r0
        return      r0
"""

_LOOP = """\
; A counted loop: the sum of 1 to 10.
; inputs: none                       result: the sum, 55
        load_const  r0, 0      ; the sum so far
        load_const  r1, 1      ; the counter
        load_const  r2, 1
        load_const  r3, 10
loop:   add         r0, r0, r1
        add         r1, r1, r2
        lte         r4, r1, r3 ; a comparison makes a Bool
        jump_if     r4, loop   ; and a jump asks for it
        print       r0
        return      r0
"""

_FUNCTION = """\
; A function that calls itself: the factorial of 10.
; inputs: none                       result: 3628800
;
; A function is called by its name, which the table below gives its first instruction.
; A call saves r0 to r63, then copies the arguments to r0, r1, … one after the other; a return restores them.
        .func "factorial" factorial
        load_const  r0, 10
        load_const  r1, "factorial"
        call        r2, r1, r0 ; r2 = factorial(r0)
        print       r2
        return      r2

factorial:
        load_const  r1, 1
        lte         r2, r0, r1
        jump_if     r2, base
        sub         r3, r0, r1
        load_const  r4, "factorial"
        call        r5, r4, r3
        mul         r5, r5, r0
        return      r5
base:   return      r1
"""

_ARRAY = """\
; Arrays: ten squares, then their sum.
; inputs: none                       result: the array
;
; An array never grows, and its first index is 0. array_set changes the array in its register alone:
; whoever copied it before keeps the old one.
        load_const  r0, 10
        new_array   r1, r0
        load_const  r2, 0 ; the index
        load_const  r3, 1
        load_const  r7, 0 ; the sum
fill:   lt          r4, r2, r0
        jump_if_not r4, done
        mul         r5, r2, r2
        array_set   r1, r2, r5
        array_get   r6, r1, r2
        add         r7, r7, r6
        add         r2, r2, r3
        jump        fill
done:   print       r1
        print       r7    ; 285
        return      r1
"""

_DICT = """\
; Dicts: how often each word comes.
; inputs: none                       result: the counts
;
; Keys are strings; a key that is missing gives Empty, which counts as false.
        .func "count" count
        load_const  r1, "count"
        load_const  r0, "to"
        call        r2, r1, r0
        load_const  r0, "be"
        call        r2, r1, r0
        load_const  r0, "to"
        call        r2, r1, r0
        load_global r3, "words" ; globals are shared by all functions
        print       r3
        return      r3

count:  load_global r1, "words"
        jump_if     r1, known
        dict_new    r1 ; the first time there is none
known:  dict_get    r2, r1, r0
        load_const  r3, 1
        jump_if_not r2, first
        add         r3, r3, r2
first:  dict_set    r1, r0, r3
; the register holds a changed copy now: put it back
        store_global r1, "words"
        return
"""

BEGINNINGS: Mapping[str, str] = MappingProxyType(
    {
        "empty program": _EMPTY,
        "counted loop": _LOOP,
        "function": _FUNCTION,
        "array": _ARRAY,
        "dict": _DICT,
    }
)
"""Texts by name, the plainest first."""
