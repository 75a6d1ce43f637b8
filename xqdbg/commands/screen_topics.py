"""What there is to know about the screen, topic by topic, as `help TOPIC` tells it."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

SCREEN_TOPICS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "keys": (
            "which key means what, and how to change that",
            """\
Letters go forwards, the same letter in upper case goes backwards. `?` lists all keys, those of the pane in focus
first; the bottom line hints at the main ones. Keys of a pane count only while it has the focus.

  s S n N     an instruction; over a loop      w } {     why, next, last write
  c C u U     to a breakpoint; to the cursor   e = x     edit, print, branch
  i I f F     an iteration; out of the loop    b B       breakpoint, condition
  g G < >     to the ends; where one was       m a  ' a  bookmark, go there
  tab alt+3   the next pane; pane 3            : ?       a command; help
  12s 3tab    digits are a count or a number   1200g 42%  tick; part of the run

`bind f6 run.step` gives a key to a command for now; `bind` alone lists the names of all commands and keys. For good
it is said in keymap.toml, beside config.toml (help settings):

  extends = "gdb"              # or "vscode", "forge"
  [keys]
  "run.step" = "f6,s\"""",
        ),
        "layouts": (
            "how the panes of the screen are arranged",
            """\
`L` goes to the next layout, `layout NAME` to one of them: debug, model (a large matrix), teach (what the next
instruction does, in words) and edit, which `E` opens. What is changed in a layout stays until `layout reset`.

  alt+arrows                       make the pane in focus wider, narrower, taller, shorter; so does the mouse
  z  H                             full screen and back; hide the pane
  pane matrix                      show a pane, here if there is room
  swap matrix code                 put a pane in the place of another
  layout set code | matrix         arrange anew: | is beside, / is above, () groups
  layout set code:2 | (stack=8 / matrix:3)      :2 is a share of the room, =8 a number of columns or rows
  layout save mine                 keep it; `layout mine` shows it, and so does `xqdbg --layout mine`

In a text, `state` stands for all values beside each other, `state-block` for all in one column, `tall` for the long
ones. Layouts have variants for small and large terminals: what has no room for a pane leaves it out.""",
        ),
        "panes": (
            "what there is to look at on the screen",
            """\
Each pane has a number in its rule: alt and that digit goes to it, or the digits and then tab; 0 is the timeline.
`tab` goes to the next one. `pane NAME` shows one that is not in sight, `H` hides it, `z` gives it the whole screen.

  code                   the program, how often each line runs, what the next instruction reads and writes
  stack, registers …     the values; enter looks inside, v shows one in the matrix, # changes the base
  matrix                 one model, sample or vector; d shows what changes, enter who made a coefficient
  explain                the next instruction in words and numbers
  costs                  what the limits leave, and what each line or opcode is charged
  watches                expressions that `display EXPR` shows at every moment
  lists                  breakpoints, bookmarks, branches, pins, the log, and what was answered last
  repl                   commands, or instructions to try, and what they come to
  editor, problems       the text of the program, and what is wrong with it
  timeline               the run from its start to its end, below the panes

`help NAME` tells the keys of a pane, such as `help matrix`.""",
        ),
        "film": (
            "the run, played on the screen",
            """\
`space` plays the run as a film and pauses it, from where the machine stands to the end.

  film by write          a frame is the next write to what the matrix shows; by tick, by iteration
  film 25                frames a second, 1 to 60; + and - while it plays
  film back              backwards; film forward again
  film off               stop

Any other move stops it. What is said holds for the next film too; film_speed in config.toml is the speed at first.
`layout model` and the overlays of the matrix (d) make it worth looking at.""",
        ),
        "editor": (
            "how to change the program and run it again",
            """\
`E` edits the text of the program at the line of the cursor; `edit FILE` another file, `new TEMPLATE` a new one.
In the editor letters are text; esc goes to the panes, where they are commands, E comes back.

  ctrl+s alt+s       save; under another name       ctrl+space tab   complete a word
  ctrl+r F5          run what is edited             ctrl+k           explain the word at the cursor
  ctrl+o ctrl+n      open; begin a text             F8 shift+F8      next, previous problem
  ctrl+f F3          find and replace; again        F12 F2           to the label; rename it
  ctrl+z ctrl+y      undo; redo                     F9               a breakpoint

ctrl+r needs no saving: it runs the text as it is. Breakpoints, inputs and limits stay. Where the run is the same as
before up to a tick, the machine stands at that tick or before, and a table tells what has become different after it.
Text that is not saved is kept when the debugger is left in any way, and ctrl+o offers it.""",
        ),
        "settings": (
            "what can be set for good",
            """\
`xqdbg config` lists all settings, what they are now and where that comes from; `xqdbg config --init` writes a file
with all of them to begin with. They are in the folder xqdbg of $XDG_CONFIG_HOME, which usually is ~/.config:

  config.toml       theme, keymap, layout, base, follow, film_speed, mouse, color, …
  keymap.toml       keys (help keys)
  layouts.toml      layouts of your own, as `layout save NAME` writes them (help layouts)
  themes/*.toml     themes of your own

A variable such as XQDBG_THEME overrules a file, an option such as --theme overrules both. What is wrong in a file is
told at the start; of keymap.toml nothing holds then, of the others what is right.""",
        ),
    }
)
"""By name: what the topic is about, and the text."""
