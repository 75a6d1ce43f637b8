"""Which items of two sequences belong together."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from xqdbg.alignment import aligned

_TEXTS = st.lists(st.sampled_from("abc"), max_size=12)


def longest_common(a: Sequence[str], b: Sequence[str]) -> int:
    """Length of the longest common subsequence, the slow way."""
    row = [0] * (len(b) + 1)
    for x in a:
        before = row[:]
        for at, y in enumerate(b):
            row[at + 1] = before[at] + 1 if x == y else max(before[at + 1], row[at])
    return row[-1]


@given(_TEXTS, _TEXTS)
def test_as_much_is_aligned_as_can_be_and_all_of_it_is_equal(a: list[str], b: list[str]) -> None:
    blocks = aligned(a, b)
    assert sum(count for _, _, count in blocks) == longest_common(a, b)
    ends = 0, 0
    for start, begin, count in blocks:
        assert count > 0
        assert start >= ends[0] and begin >= ends[1]
        assert a[start : start + count] == b[begin : begin + count]
        ends = start + count, begin + count


def test_where_too_much_was_edited_the_ends_are_still_aligned() -> None:
    a = ["head", *(f"a{n}" for n in range(50)), "tail"]
    b = ["head", *(f"b{n}" for n in range(50)), "tail"]
    assert aligned(a, b, most_edits=10) == [(0, 0, 1), (51, 51, 1)]


def test_long_sequences_with_few_edits_are_quick_enough_to_test() -> None:
    a = [f"LOAD r{n % 5}" for n in range(50_000)]
    b = [*a[:20_000], "NOP", *a[20_000:40_000], *a[40_001:]]
    assert sum(count for _, _, count in aligned(a, b)) == 49_999
