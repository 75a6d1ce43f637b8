"""Layouts: their notation, and how they are fitted into a screen."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.geometry import Region

from xqdbg.errors import XqdbgError
from xqdbg.tui.layouts import LAYOUTS
from xqdbg.tui.tiling import (
    GAP,
    MOST_SHARE,
    Node,
    Want,
    below,
    borders_of,
    parse,
    resized,
    solve,
    swapped,
    without,
)

NAMES = [f"p{number}" for number in range(12)]
WANTS = {name: Want(6, 3, rank=number) for number, name in enumerate(NAMES)}


@st.composite
def trees(draw: st.DrawFn) -> Node:
    """Any layout of some of the panes."""
    names = draw(st.permutations(NAMES))[: draw(st.integers(1, len(NAMES)))]
    return _tree(draw, list(names), draw(st.booleans()))


def _tree(draw: st.DrawFn, names: list[str], across: bool) -> Node:
    weight, fixed = draw(st.integers(1, 5)), draw(st.sampled_from([0, 0, 0, 8, 30]))
    if len(names) == 1:
        return Node(names[0], weight=1 if fixed else weight, fixed=fixed)
    cuts = sorted(draw(st.sets(st.integers(1, len(names) - 1), min_size=1, max_size=3)))
    pieces = [names[start:stop] for start, stop in zip([0, *cuts], [*cuts, len(names)], strict=True)]
    parts = tuple(_tree(draw, piece, not across) for piece in pieces)
    return Node(parts=parts, across=across, weight=1 if fixed else weight, fixed=fixed)


@given(trees())
def test_what_is_written_reads_as_the_same(tree: Node) -> None:
    text = str(tree)
    assert str(parse(text, NAMES)) == text
    whole = 90, 40
    assert solve(parse(text, NAMES), *whole, WANTS).regions == solve(tree, *whole, WANTS).regions


@given(trees(), st.integers(6, 300), st.integers(3, 100))
def test_panes_fill_the_screen_and_never_overlap(tree: Node, width: int, height: int) -> None:
    solution = solve(tree, width, height, WANTS)
    regions = list(solution.regions.values())
    screen = Region(0, 0, width, height)
    assert regions and all(region in screen for region in regions)
    for at, region in enumerate(regions):
        assert not any(region.overlaps(other) for other in regions[at + 1 :])
    gaps = sum(border.region.area for border in solution.borders if border.across)
    assert sum(region.area for region in regions) + gaps == screen.area
    if len(regions) > 1:
        assert all(region.width >= 6 and region.height >= 3 for region in regions), "what has no room gives way"


@given(trees(), st.integers(20, 200), st.integers(12, 60))
def test_what_matters_least_gives_way_first_and_only_where_it_must(tree: Node, width: int, height: int) -> None:
    kept = set(solve(tree, width, height, WANTS).regions)
    for pane in set(tree.panes()) - kept:
        rest = [each for each in (*kept, pane)]
        assert set(solve(tree, width, height, {name: WANTS[name] for name in rest}).regions) != set(rest) or any(
            WANTS[other].rank < WANTS[pane].rank for other in kept
        )


def test_shares_sizes_and_gaps() -> None:
    regions = solve(parse("(p0 / p1=5):2 | (p2 / p3:3):3", NAMES), 101, 40, WANTS).regions
    assert regions["p0"] == Region(0, 0, 40, 35) and regions["p1"] == Region(0, 35, 40, 5)
    assert regions["p2"] == Region(40 + GAP, 0, 60, 10) and regions["p3"] == Region(40 + GAP, 10, 60, 30)


def test_a_pane_that_knows_its_rows_gets_them() -> None:
    wants = {**WANTS, "p1": Want(6, 2, rows=lambda width: width // 10)}
    regions = solve(parse("p0 / p1", NAMES), 70, 30, wants).regions
    assert regions["p1"].height == 7 and regions["p0"].height == 23


@pytest.mark.parametrize(
    ("text", "column", "words"),
    [
        ("", 1, "the name of a pane is missing"),
        ("p0 |", 5, "the name of a pane is missing"),
        ("p0 / nowhere", 6, "there is no pane nowhere"),
        ("(p0 | p1", 9, "a bracket is not closed"),
        ("p0 p1", 4, "this is not understood"),
        ("p0:0", 3, "from 1 to 999"),
        ("p0 | p1=", 8, "this is not understood"),
        ("(" * 40 + "p0" + ")" * 40, 14, "nested too deeply"),
    ],
)
def test_what_is_wrong_with_a_layout_is_told_with_its_column(text: str, column: int, words: str) -> None:
    with pytest.raises(XqdbgError) as caught:
        parse(text, NAMES)
    assert caught.value.message.startswith(f"layout, column {column}: ") and words in caught.value.message


def test_a_pane_stands_once_and_texts_are_short() -> None:
    with pytest.raises(XqdbgError, match="stands twice"):
        parse("p0 | p1 / p0", NAMES)
    with pytest.raises(XqdbgError, match="at most 600 characters"):
        parse("p0 |" * 200, NAMES)


@given(trees(), st.integers(-9, 9))
def test_moving_a_border_moves_it_by_as_much_where_there_is_room(tree: Node, by: int) -> None:
    before = solve(tree, 240, 90, WANTS)
    for border in before.borders:
        moved = solve(resized(tree, border, by, before), 240, 90, WANTS)
        one, other = (*border.split, border.before), (*border.split, border.after)
        old, new = before.extents, moved.extents
        assert sum(new.values()) and set(new) == set(old)
        roomy = all(old[path] > 40 for path in (one, other)) and max(old[one], old[other]) + 9 < MOST_SHARE
        inner = [path for path in old if path[:-1] == border.split]
        fixed = any(_at(tree, path).fixed for path in inner)
        if roomy and not fixed:
            assert (new[one] - old[one], new[other] - old[other]) == (by, -by)


def _at(tree: Node, path: tuple[int, ...]) -> Node:
    for step in path:
        tree = tree.parts[step]
    return tree


def test_a_border_inside_what_is_left_of_a_split_is_found_again() -> None:
    tree = parse("(p0 | p1) / p2", NAMES)
    wants = {name: want for name, want in WANTS.items() if name != "p2"}
    before = solve(tree, 101, 30, wants)
    (border,) = before.borders
    after = solve(resized(tree, border, 7, before), 101, 30, wants)
    assert after.regions["p0"].width == before.regions["p0"].width + 7


def test_panes_are_taken_out_put_in_and_swapped() -> None:
    tree = parse("p0 / p1 | p2", NAMES)
    gone = without(tree, "p1")
    assert gone is not None and str(gone) == "p0 | p2"
    assert without(parse("p0", NAMES), "p0") is None
    assert str(swapped(tree, "p0", "p2")) == "(p2 / p1) | p0"
    assert str(below(tree, "p3", "p2")) == "(p0 / p1) | (p2 / p3)"
    assert str(below(tree, "p3", "p9")) == "((p0 / p1) | p2):2 / p3"


def test_borders_know_which_way_makes_a_pane_larger() -> None:
    solution = solve(parse("p0 | p1 / p2", NAMES), 80, 30, WANTS)
    assert [sign for _, sign in borders_of("p0", solution, across=True)] == [1]
    assert [sign for _, sign in borders_of("p2", solution, across=True)] == [-1]
    assert [sign for _, sign in borders_of("p2", solution, across=False)] == [-1]
    assert [sign for _, sign in borders_of("p1", solution, across=False)] == [1]


def test_the_smallest_variant_of_every_layout_is_for_any_size() -> None:
    for layout in LAYOUTS.values():
        first, *others = layout.variants
        assert (first.columns, first.rows) == (0, 0)
        assert all(variant.columns or variant.rows for variant in others)
        assert layout.for_size(10, 5) == 0 and layout.for_size(1000, 500) == len(others)
