"""What the language takes, topic by topic, as `help TOPIC` tells it."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from xqdbg.commands.screen_topics import SCREEN_TOPICS

PLACES = "{places}\n"
"""Stands in a text for the places of the machine at hand."""

TOPICS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "expressions": (
            "what conditions, print and display compute",
            """\
An expression computes with places of the machine, as the program left them at this moment.

  places        r3   stack[-1]   r3[4]   r0.quad[1,5]   in[0]   out[0]   tick   depth   pc     (help places)
  numbers       12   1_000   0x1f   0b101
  saved values  $name, after `set $name = EXPR`
  arithmetic    + - * / // %  and  ~ & | ^ << >>, with Python's precedence; / and // both round down
  comparison    == != < <= > >=, not in chains: `0 < r3 and r3 < 9`
  logic         and  or  not; true is 1, false is 0
  parts         r3[4], r0.quad[1,5], r3[2:5] (five elements from the third on: [start:count])
  functions     len min max sum abs any all popcount, old(PLACE), and the machine's own, such as energy(model, sample)

old(PLACE) is what the place held before the last instruction. A place that holds nothing is `unset`: arithmetic
with it is unset, an order comparison with it is false, and == and != compare it. That is so in conditions, watches
and logs, which must not stop at what is not there yet; `print`, `set` and `pin` say instead why there is no value.

  break 41 if r3 > 100 and stack[-1] == 0
  print /x r3 & 0xff, len(r1)
  watch sum(r5[0:4])""",
        ),
        "locations": (
            "where break, until and hits look",
            """\
A location is a part of the program, an event of the run, or a moment.

  41            the first instruction at line 41 or after it
  *0x2a         the instruction at an address
  .3            a jump target, by the number that `disassemble` shows
  op:ADDQUAD    every instruction of that name
  loop:enter    right after a loop was opened; loop:exit: right after one was left
  output        right after the program wrote an output
  fault         where the run ends in a fault; fault:TYPE_MISMATCH: in that fault
  tick 1200     a moment; 42%: that part of the run; start, end
  @name         a bookmark
  op:MUL#3      the third time the run comes to a location

  break op:ADDQUAD if r3 == 2
  until loop:exit
  goto 41#10""",
        ),
        "places": (
            "what the machine holds, and what it is called",
            """\
A place is anything the program can read or write. It is called the same wherever it is shown or typed.

{places}
Every machine has its own; `info` lists its views, and `info VIEW` names the places of one.""",
        ),
        "formats": (
            "how print, display and x show a value",
            """\
A format stands behind a slash, glued to the command or after it: `print /x r3`, `p/x r3`, `x/8d r3[4]`.

  /d  decimal        /e  as an energy: with its sign, grouped by thousands
  /x  hexadecimal    /m  a vector or matrix, drawn in lines
  /b  binary         /j  JSON, as inputs and results have it

`x /8x PLACE` shows eight places from PLACE on, each in hexadecimal.""",
        ),
        "time": (
            "how to move through the run",
            """\
A tick is one instruction executed, or attempted where it faults. It is the clock of everything: the run begins at
tick 0, and every moment has one. Everything that moves forward has its reverse, and `goto` goes anywhere.

  step     back               one instruction          goto 1200       a tick; a bare 1200 does the same
  next     reverse-next       over a whole loop        goto 42%        part of the run; a bare 42% does the same
  finish   reverse-finish     out of a loop            goto @name      a bookmark
  iterate  reverse-iterate    iterations of a loop     goto 41#3       the third time at line 41
  continue reverse-continue   from stop to stop        start  end      the ends of the run
  until    reverse-until      to a location            jump-back       where one was before the last jump

Breakpoints stop the run at the same ticks in both directions. A change of the past makes a branch: `help set`.""",
        ),
        "whatif": (
            "instructions of one's own, run here and now",
            """\
`asm` runs assembly from the state of here and now, and makes a branch on which all is as the instructions left it: the
run goes on there, `switch` goes back, `diff` tells what becomes of it. `try` only tells what they would do.

  asm PUSH 2; STOW r5         in one line ; ends an instruction; so no comments, and only # ends it all
  asm                         over several lines it is as in a file, ; begins a comment; `end` closes it
    PUSH 2      ; two
    STOW r5
  end
  PUSH 2; STOW r5             a line that begins with an instruction is `asm` of all the instructions it begins with

The words of commands come first: `next`, `drop` and `jump` move and forget, also in capital letters, and `asm NEXT`
is the instruction; within assembly it is meant by capital letters. Labels are the snippet's own, jumps stay within it,
loops it opens it must close; loops of the program are open in it, and it cannot close those. It reads the inputs and
has the steps and bytes that are left here; what it spends is told, and the run is not charged for it. A snippet that
faults, or comes to no end, is told why and makes no branch. After a fault, it runs before the instruction at fault.""",
        ),
        "scripts": (
            "lines of commands in a file",
            """\
A script is a text of commands, one a line or several with ; between them. `#` begins a comment at the beginning of a
line or after a blank. A text in double quotes may hold ; and #; inside it, \\" \\\\ and \\n are escapes.

  commands 1            what is obeyed at each stop at breakpoint 1, to the line `end`
    print r3
    continue
  end
  commands 1 print r3; continue; end

`source FILE` obeys a script here; `xqdbg exec PROGRAM -x FILE` obeys one without a terminal.""",
        ),
        **SCREEN_TOPICS,
    }
)
"""By name: what the topic is about, and the text. Its examples are worded by the table of the machine at hand."""
