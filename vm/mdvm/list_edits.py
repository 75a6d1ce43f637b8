"""What the released compiler makes of changes of lists that take a loop, one instruction a row.

Numbers are registers, `=` stands before constants, signs before jumps. L is the list, V the value, P the position from
0, W where the value was found.
"""

from __future__ import annotations

from collections.abc import Sequence

REMOVING: Sequence[str] = (
    "array_len 250 L",
    "load_const 251 =0",
    "lt 253 251 250",
    "jump_if_not 253 +8",
    "array_get 252 L 251",
    "eq 253 252 V",
    "jump_if 253 +3",
    "load_const 252 =1",
    "add 251 251 252",
    "jump -8",
    "move W 251",
    "jump +1",
    "load_const W =-1",
    "array_len 247 L",
    "load_const 254 =1",
    "sub 248 247 254",
    "new_array 249 248",
    "load_const 250 =0",
    "load_const 251 =0",
    "lt 253 250 247",
    "jump_if_not 253 +7",
    "eq 253 250 W",
    "jump_if 253 +3",
    "array_get 252 L 250",
    "array_set 249 251 252",
    "add 251 251 254",
    "add 250 250 254",
    "jump -9",
    "move L 249",
)
INSERTING: Sequence[str] = (
    "array_len 248 L",
    "load_const 254 =1",
    "add 249 248 254",
    "new_array 250 249",
    "load_const 251 =0",
    "lt 253 251 P",
    "jump_if_not 253 +4",
    "array_get 252 L 251",
    "array_set 250 251 252",
    "add 251 251 254",
    "jump -6",
    "array_set 250 P V",
    "move 251 P",
    "lt 253 251 248",
    "jump_if_not 253 +6",
    "array_get 252 L 251",
    "add 252 251 254",
    "array_get 253 L 251",
    "array_set 250 252 253",
    "add 251 251 254",
    "jump -8",
    "move L 250",
)
