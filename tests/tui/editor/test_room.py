"""Where what pops up finds room: never over the line it is about, never off the screen."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from textual.geometry import Offset, Region, Size

from xqdbg.tui.editor.room import LEAST_BESIDE, beside, place

screens = st.builds(Size, st.integers(20, 200), st.integers(8, 60))
sizes = st.builds(Size, st.integers(5, 70), st.integers(3, 20))


def words(screen: Size) -> st.SearchStrategy[Offset]:
    return st.builds(Offset, st.integers(0, screen.width - 1), st.integers(0, screen.height - 1))


@given(st.data(), screens, sizes, sizes)
def test_nothing_covers_the_line_or_leaves_the_screen(data: st.DataObject, screen: Size, one: Size, two: Size) -> None:
    word = data.draw(words(screen))
    spot = place(word, one, screen)
    card = beside(spot, word, two, screen)
    whole = Region(0, 0, screen.width, screen.height)
    for region in (spot, card):
        if region is not None and region.area:
            assert whole.contains_region(region)
            assert not region.y <= word.y < region.bottom
    if card is not None and card.area and spot.area:
        assert not spot.overlaps(card)


def test_below_where_there_is_room_above_near_the_bottom() -> None:
    screen = Size(80, 24)
    assert place(Offset(10, 3), Size(20, 10), screen) == Region(10, 4, 20, 10)
    assert place(Offset(10, 20), Size(20, 10), screen) == Region(10, 10, 20, 10)
    assert place(Offset(75, 3), Size(20, 10), screen).right == 80


def test_documentation_stands_right_left_or_behind_the_list() -> None:
    screen, word = Size(80, 24), Offset(10, 3)
    right = beside(Region(10, 4, 20, 8), word, Size(40, 5), screen)
    assert right == Region(30, 4, 40, 5)
    left = beside(Region(50, 4, 20, 8), Offset(50, 3), Size(40, 5), screen)
    assert left is not None and left.right == 50
    narrow = Size(40, 24)
    behind = beside(Region(5, 4, 30, 8), Offset(5, 3), Size(LEAST_BESIDE + 10, 5), narrow)
    assert behind is not None and behind.y == 12
    assert beside(Region(5, 4, 30, 8), Offset(5, 3), Size(40, 5), Size(40, 13)) is None
