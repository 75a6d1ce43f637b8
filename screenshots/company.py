"""Panes in company: the layouts, at every size, and the stories the README tells."""

from __future__ import annotations

from math import cos, dist, pi, sin

from screenshots.scene import LARGE, MIDDLE, SMALL, Scene


def distances(cities: int) -> list[int]:
    """Distances between cities along a winding road, row by row."""
    turn = 2 * pi / cities
    places = [(80 * cos(2 * turn * city), 50 * sin(3 * turn * city)) for city in range(cities)]
    return [round(dist(one, other)) for one in places for other in places]


TSP = "example:tsp5/encoder"
GROWING = (":break 72", "c", "c", "c", "s", "alt+7", "down", *["right"] * 11, *["down"] * 10, "alt+1")
"""To the third one-hot row, which was just written, with a coefficient of it under the cursor of the matrix."""

COMPANY = (
    Scene(
        "encoder", "A travelling salesman's model grows, one-hot row by one-hot row", MIDDLE, "dusk", TSP, GROWING,
        ("r3.quad[10,11] = 500", "15 changed", "ONEHOTR"),
    ),
    Scene(
        "fault", "A fault explains itself, and one can step back from it", MIDDLE, "dusk", "example:factorial", ("c",),
        ("ARITHMETIC_OVERFLOW", "S goes back"), {"calldata": [25]},
    ),
    Scene(
        "thousand", "A model of 961 variables seen whole: the distances of 31 cities, before the constraints",
        MIDDLE, "slate", TSP, (":until 66", "alt+7", "z", "v", "down", *["shift+right"] * 12),
        ("961 variables", "17×17 a cell", "28,830 stored"),
        {"calldata": [31, distances(31)], "step_limit": None},
    ),
    Scene(
        "why", "Where a coefficient comes from, down to the literals and inputs it was made of", MIDDLE, "dusk", TSP,
        (":goto op:ONEHOTC#3", ":break 72 if r9 == 3", ":bookmark first-column", ":why r3.quad[0,5]"),
        ("why r3.quad[0,5] = 500 at tick 3,240", "literal 250", "input in[0]", "halts in 21 ticks"),
    ),
    Scene(
        "branches", "A cheaper penalty, tried in the past: where the two runs part and what comes out", MIDDLE, "dusk",
        TSP, (":goto op:ONEHOTR#1", ":set stack[-1] = 100 as cheap", ":display stack[-1]", ":diff main"),
        ("cheap and main diverge at tick 3,221", "branch cheap", "Watches", "-350"),
    ),
    Scene(
        "second", "Another machine, the PVM: words are sorted in memory, two calls deep", MIDDLE, "dusk",
        "example:quicksort", (":goto 7849", "s", ":break 72 if a4 > s0 + 8", "c", "s", ":display mem[s0:4]"),
        ("Memory", "Calls", "u32 [a4] = t1", "•"),
    ),
    Scene("third", "A third machine, that of Machine Dialect: calls, text as values, words for it", MIDDLE, "dusk",
          "example:hanoi_moves", (":goto 100", "s", "K"), ("Calls", "Globals", "leaves", "A->C")),
    Scene("help", "Keys and commands, from the one table they live in", MIDDLE, "slate", TSP, ("?",),
          ("Run, forwards and backwards", "esc closes")),
    # The layouts, at every size.
    Scene("debug-80", "Three loops deep, the operands on the stack named", SMALL, "dusk", TSP,
          (":goto 1200", ":until op:ADDQUAD"), ("delta", "ADDQUAD", "Stack", "Loops")),
    Scene("debug-120", "The knapsack's slack variables, by daylight", MIDDLE, "paper", "example:knapsack/encoder",
          ("G",), ("39 variables", "EQUALITY")),
    Scene("debug-200", "Code, state, model and the words for it, side by side", LARGE, "dusk", TSP,
          (*GROWING, ":lists stops"), ("15 changed", "Explain", "Breakpoints")),
    Scene("model-80", "The matrix in a plain terminal", SMALL, "harbour", TSP,
          ("G", ":layout model", "alt+7", "down", *["right"] * 6), ("r3.quad[0,6] = 20", "225 stored")),
    Scene("model-120", "A categorical model: three colours for each of seven nodes", MIDDLE, "harbour",
          "example:colouring/encoder", ("G", ":layout model", "alt+7", "down", *["right"] * 3), ("Matrix",)),
    Scene("model-200", "Sixty-four variables, every coefficient a cell", LARGE, "paper", "example:tsp8/encoder",
          ("G", ":layout model", "alt+7", "down", *["right"] * 9), ("64 variables",)),
    Scene("teach-80", "What the next instruction is going to do, in words and numbers", SMALL, "paper",
          "example:knapsack/encoder", (":layout teach", ":until op:EQUALITY", "ctrl+l"), ("Explain", "EQUALITY")),
    Scene("teach-120", "A one-hot constraint explained before it is written", MIDDLE, "dusk", TSP,
          (":layout teach", ":until op:ONEHOTR", "S", "s"), ("Explain", "ONEHOTR")),
    Scene("teach-200", "A lesson: code, words, stack and matrix", LARGE, "harbour", "example:max3sat/encoder",
          (":layout teach", ":goto 70%", ":until op:REDUCE", "S", "s"), ("Explain", "REDUCE")),
    Scene("edit-80", "The program edited where it is debugged", SMALL, "dusk", "example:factorial",
          (":break 13", "5", "c", "E", *["down"] * 7), ("Editor", "Problems", "RANGE")),
    Scene("edit-120", "A mistake is told while it is typed", MIDDLE, "harbour", "example:bubble_sort",
          (":break 27", "9", "c", "E", *["down"] * 25, "end", "enter", '"LODA r1'), ("unknown mnemonic", "vec 12")),
    Scene("edit-200", "Editor, problems, state", LARGE, "paper", "example:prime_sieve",
          (":break 36", *"60c", "E", *["down"] * 12, "end", "enter", '"PUSH 99999999999999999999'), ("Problems",)),
)  # fmt: skip
