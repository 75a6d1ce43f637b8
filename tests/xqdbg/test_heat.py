"""Large values in sentences: exact, whatever they hold, and never many at once."""

from __future__ import annotations

from random import Random
from typing import cast

import pytest

from tests.support.examples import example_session
from tests.tui.matrix_support import Terms, Values
from vm.contract import Frame, Machine, Window
from xqdbg.commands import Request, parse
from xqdbg.errors import XqdbgError
from xqdbg.heat import MOST_ROWS, described
from xqdbg.patience import Patience
from xqdbg.session import Session


def told(held: Terms | Values, start: int = 0, patience: Patience | None = None) -> list[str]:
    class Holding:
        def window(self, _name: str, frame: Frame) -> Window:
            return held.window(frame)

    return described(cast(Machine, Holding()), held.region, start, patience or Patience())


def test_a_model_on_a_grid() -> None:
    quadratic = {(0, 1): 500, (2, 3): -7, (2, 5): 200, (2, 4): 20}
    model = Terms("r3", 6, {0: -500, 1: -250, 4: -250}, quadratic, (2, 3))
    assert told(model) == [
        "r3, binary model, 6 variables, 2 by 3 grid.",
        "3 linear terms from -500 to -250, largest -500 at 0.",
        "Linear terms summed by row of the grid: -750, -250.",
        "4 quadratic terms from -7 to 500, largest 500 at 0,1.",
        "Row 0: 1 non-zero, max 500 at column 1.",
        "Row 2: 3 non-zero, max 200 at column 5.",
    ]
    assert told(model, 2)[4:] == ["Row 2: 3 non-zero, max 200 at column 5."]
    assert told(model, 4)[4:] == ["No row from 4 on holds anything."]


def test_one_term_none_and_all_the_same() -> None:
    assert told(Terms("r0", 3, {}, {}))[1:] == ["No linear terms.", "No quadratic terms."]
    assert told(Terms("r0", 3, {1: 4}, {(0, 2): -4}))[1:3] == [
        "1 linear term, 4 at 1.",
        "1 quadratic term, -4 at 0,2.",
    ]
    assert told(Terms("r0", 3, {0: 5, 2: 5}, {}))[1] == "2 linear terms all 5."


@pytest.mark.parametrize("seed", range(6))
def test_a_model_of_any_size_is_counted_exactly(seed: int) -> None:
    random = Random(seed)
    size = random.choice([1, 7, 63, 64, 65, 130, 300])
    pairs = [(random.randrange(size), random.randrange(size)) for _ in range(random.randrange(400))]
    quadratic = {(min(pair), max(pair)): random.choice([-1, 1]) * random.randrange(1, 10**6) for pair in pairs}
    lines = told(Terms("r1", size, {}, quadratic))
    rows: dict[int, dict[int, int]] = {}
    for (row, col), value in quadratic.items():
        rows.setdefault(row, {})[col] = value
    expected = [
        f"Row {row}: {len(cells):,} non-zero, max {max(cells.values(), key=abs)} at column "
        for row, cells in sorted(rows.items())
    ]
    shown = [line for line in lines if line.startswith("Row ")]
    assert len(shown) == min(len(expected), MOST_ROWS)
    for line, start in zip(shown, expected, strict=False):
        assert line.startswith(start)
        col = int(line.rpartition(" ")[2].rstrip("."))
        row = int(line.split(":")[0].split()[1])
        assert abs(rows[row][col]) == max(map(abs, rows[row].values()))
    if quadratic:
        assert any(line.startswith(f"{len(quadratic):,} quadratic term") for line in lines)
        assert len(quadratic) == 1 or f"from {min(quadratic.values())} to {max(quadratic.values())}" in " ".join(lines)


def test_many_rows_are_told_a_part_at_a_time() -> None:
    model = Terms("r0", 100, {}, {(row, 99): 1 for row in range(90)})
    lines = told(model)
    assert len(lines) == 3 + MOST_ROWS + 1
    assert lines[-1] == f"66 more rows from row {MOST_ROWS} on: describe r0 {MOST_ROWS}."
    assert told(model, MOST_ROWS)[3] == f"Row {MOST_ROWS}: 1 non-zero, max 1 at column 99."


def test_bits_spins_and_numbers() -> None:
    bits = Values("r5", "sample", 3, [1, 0, 0, 0, 0, 0, 1, 0, 1], "bits")
    assert told(bits)[1:] == [
        "9 values from 0 to 1.",
        "Row 0: 1 set, at 0.",
        "Row 1: none set.",
        "Row 2: 2 set, at 0, 2.",
    ]
    spins = Values("r5", "sample", 2, [1, -1, 1, 1], "spins")
    assert told(spins)[2:] == ["Row 0: 1 up, at 0.", "Row 1: 2 up, at 0, 1."]
    assert told(Values("r1", "vec", 3, [7, -2, 0]))[1:] == ["3 values from -2 to 7.", "From 0: 7 -2 0."]
    assert told(Values("r1", "vec", 1, [5]))[1:] == ["1 value, 5.", "From 0: 5."]
    assert told(Values("r1", "vec", 1, [])) == ["r1, vec, 0 values."]
    assert told(bits, 9)[2:] == ["There is no row 9: the last one is 2."]


def test_long_lists_end_somewhere() -> None:
    lines = told(Values("r1", "vec", 32, range(10_000)))
    assert lines[1] == "10,000 values from 0 to 9999."
    assert len(lines) == 2 + 2 * MOST_ROWS + 1
    assert lines[2] == "From 0: " + " ".join(map(str, range(16))) + "."
    assert lines[-1] == f"289 more rows from row {MOST_ROWS} on: describe r1 {MOST_ROWS}."


def test_it_can_be_given_up() -> None:
    gone = Patience(lambda: True)
    assert told(Terms("r0", 9, {}, {(0, 1): 1}), 0, gone)[-1] == "This is not all: the search was given up."
    assert told(Values("r1", "vec", 9, range(9)), 0, gone)[-1] == "This is not all: the search was given up."


# -- the command ------------------------------------------------------------------------------------------------------


def say(session: Session, line: str) -> list[str]:
    command, argument = parse(line)
    assert command.run is not None
    answer = command.run(session, Request(argument)).answer
    assert answer is not None
    return [row.cells[0] for row in answer.rows]


def test_describe_tells_a_model_of_the_run() -> None:
    session = example_session("tsp5/encoder")
    session.goto("3240")
    lines = say(session, "describe r3")
    assert lines[0] == "r3, binary model, 25 variables, 5 by 5 grid."
    assert lines[1] == "19 linear terms from -500 to -250, largest -500 at 0."
    assert "Row 2: 10 non-zero, max 500 at column 3." in lines
    assert say(session, "describe r3 row 19")[4:] == ["Row 19: 2 non-zero, max 80 at column 20."]
    assert say(session, "describe r0") == ["r0 is 5."]
    assert say(session, "describe r3.quad[0,1]") == ["r3.quad[0,1] is 500."]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("describe", "what to describe is missing"),
        ("describe r3 x", "'x' is no number of a row"),
        ("describe r3 -1", "'-1' is no number of a row"),
        ("describe r3 9999999999", "'9999999999' is no number of a row"),
        ("describe r999", "r999"),
    ],
)
def test_describe_refuses_what_is_no_place(line: str, message: str) -> None:
    with pytest.raises(XqdbgError, match=message):
        say(example_session("tsp5/encoder"), line)
