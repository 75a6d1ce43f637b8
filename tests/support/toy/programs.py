"""Toy programs that several tests run."""

from __future__ import annotations

NESTED = """\
; three rounds of an outer loop, each with four of an inner one, then a call and a fault
  SET r0 3            ; @first
  LOOP r0             ; @outer
    ADD r1 r1 r0      ; @body
    SET r2 4          ; @limit
    LOOP r2           ; @inner
      ADD r3 r3 r2    ; @add
      PUT r4 r5 r3    ; @put
    END               ; @inner_end
    OUT r1            ; @out
  END                 ; @outer_end
  CALL .2             ; @call
  DIV r0 r0 r7        ; @div
  HALT                ; @halt
.2
  NOP                 ; @callee
  RET                 ; @ret
"""

COUNTDOWN = """\
  SET r0 {times}      ; @start
  SET r1 1
.again
  SUB r0 r0 r1        ; @again
  ADD r2 r2 r0        ; @sum
  JNZ r0 .again       ; @jump
  HALT                ; @halt
"""
"""3 ticks a round; format it with the number of rounds."""

ENDLESS = """\
  SET r1 1
.again
  ADD r0 r0 r1        ; @again
  JNZ r1 .again       ; @jump
"""


def countdown(times: int) -> str:
    """A flat loop of `times` rounds, 3 * times + 3 ticks in all."""
    return COUNTDOWN.format(times=times)
