"""Bookmarks: those the user makes, those made at stops, and how little the second get in the way of the first."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xqdbg.bookmarks import MOST_NAMED, MOST_NOTE, Bookmarks
from xqdbg.errors import XqdbgError
from xqdbg.moment import Bookmark


def names(marks: Bookmarks) -> list[str]:
    return [mark.name for mark in marks.all()]


def test_they_are_listed_by_tick() -> None:
    marks = Bookmarks()
    marks.set("late", 90, "main")
    marks.set("early", 3, "main", "where it begins")
    marks.set("other", 3, "b1")
    assert marks.all() == (
        Bookmark("other", 3, "b1"),
        Bookmark("early", 3, "main", "where it begins"),
        Bookmark("late", 90, "main"),
    )
    assert len(marks) == 3


def test_a_name_given_again_moves() -> None:
    marks = Bookmarks()
    marks.set("here", 5, "main", "old")
    marks.set("here", 9, "b1")
    assert marks.all() == (Bookmark("here", 9, "b1"),)


@pytest.mark.parametrize(
    "name", ["", "1st", "-a", "a b", "é", "a" * 41, "a\n", "stop_\u202e", "naïve", "x\x1b[31m", "_a", "@a", "a."]
)
def test_names_that_are_none_are_refused_in_one_printable_line(name: str) -> None:
    marks = Bookmarks()
    with pytest.raises(XqdbgError) as caught:
        marks.set(name, 0, "main")
    assert "cannot be the name of a bookmark" in caught.value.message
    assert caught.value.message.isprintable()
    assert "begins with a letter" in caught.value.hint
    assert not marks.all()


@pytest.mark.parametrize("name", ["a", "A-1", "before_loop", "x" * 40, "stop-7"])
def test_names_that_are_some(name: str) -> None:
    marks = Bookmarks()
    assert marks.set(name, 1, "main").name == name
    assert marks.find(name).tick == 1


def test_notes_are_one_line_that_can_be_shown() -> None:
    marks = Bookmarks()
    for note in ("two\nlines", "\x1b[2J", "x" * (MOST_NOTE + 1)):
        with pytest.raises(XqdbgError):
            marks.set("a", 0, "main", note)
    assert not marks.all()
    assert marks.set("a", 0, "main", "x" * MOST_NOTE).note == "x" * MOST_NOTE


def test_a_misspelt_name_is_told_what_it_may_be() -> None:
    marks = Bookmarks()
    with pytest.raises(XqdbgError) as caught:
        marks.find("loop")
    assert caught.value.message == "there is no bookmark 'loop'"
    assert caught.value.hint == "`bookmark NAME` makes one"
    marks.set("Before-loop", 1, "main")
    marks.set("overflow", 2, "main")
    with pytest.raises(XqdbgError) as caught:
        marks.find("before-lop")
    assert caught.value.hint == "did you mean Before-loop?"
    with pytest.raises(XqdbgError) as caught:
        marks.find("zzz")
    assert caught.value.hint == "there are Before-loop, overflow"
    with pytest.raises(XqdbgError) as caught:
        marks.find("\x1b[2J")
    assert caught.value.message.isprintable()


def test_deleting() -> None:
    marks = Bookmarks()
    marks.set("a", 1, "main")
    stop = marks.stopped(4, "main")
    assert stop is not None
    assert marks.delete("a").tick == 1
    assert marks.delete(stop.name) == stop
    assert not marks.all()
    with pytest.raises(XqdbgError):
        marks.delete("a")


def test_stops_are_numbered_and_the_oldest_are_forgotten() -> None:
    marks = Bookmarks(most_automatic=3)
    for tick in (10, 20, 5, 40):
        marks.stopped(tick, "main", f"at {tick}")
    assert marks.all() == (
        Bookmark("stop-3", 5, "main", "at 5", True),
        Bookmark("stop-2", 20, "main", "at 20", True),
        Bookmark("stop-4", 40, "main", "at 40", True),
    )


def test_stopping_where_one_has_stopped_makes_no_second_one_but_keeps_it_longer() -> None:
    marks = Bookmarks(most_automatic=2)
    first = marks.stopped(1, "main")
    marks.stopped(2, "main")
    again = marks.stopped(1, "main", "anew")
    assert first is not None and again is not None
    assert (again.name, again.note) == (first.name, "anew")
    marks.stopped(3, "main")
    assert names(marks) == ["stop-1", "stop-3"]
    assert marks.stopped(1, "b1") is not None, "another branch is another moment"


def test_where_the_user_has_a_bookmark_a_stop_makes_none() -> None:
    marks = Bookmarks()
    marks.set("mine", 7, "main")
    assert marks.stopped(7, "main") is None
    assert names(marks) == ["mine"]


def test_naming_a_stop_keeps_it_for_good_and_its_number_is_not_used_again() -> None:
    marks = Bookmarks(most_automatic=2)
    marks.stopped(1, "main")
    kept = marks.set("stop-1", 1, "main")
    assert not kept.automatic
    marks.set("stop-2", 100, "main")
    for tick in range(2, 9):
        marks.stopped(tick, "main")
    assert names(marks) == ["stop-1", "stop-8", "stop-9", "stop-2"]


def test_the_user_s_are_never_crowded_out_and_are_bounded() -> None:
    marks = Bookmarks(most_automatic=5)
    for number in range(MOST_NAMED):
        marks.set(f"m{number}", number, "main")
    for tick in range(MOST_NAMED, MOST_NAMED + 100):
        marks.stopped(tick, "main")
    assert len(marks) == MOST_NAMED + 5
    with pytest.raises(XqdbgError):
        marks.set("onemore", 0, "main")
    assert marks.set("m3", 77, "main").tick == 77, "moving one needs no room"


def test_no_automatic_ones_at_all() -> None:
    marks = Bookmarks(most_automatic=0)
    assert marks.stopped(1, "main") is None
    assert not marks.all()


def test_a_note_of_a_stop_is_made_printable() -> None:
    made = Bookmarks().stopped(1, "main", "fault\n\x1b[2J")
    assert made is not None and made.note.isprintable()


def test_renamed_and_dropped_branches() -> None:
    marks = Bookmarks()
    marks.set("a", 1, "b1")
    marks.set("b", 1, "main")
    marks.stopped(2, "b1")
    marks.renamed("b1", "what-if")
    assert [(mark.name, mark.branch) for mark in marks.all()] == [
        ("b", "main"),
        ("a", "what-if"),
        ("stop-1", "what-if"),
    ]
    marks.dropped("what-if")
    assert names(marks) == ["b"]


def test_restored_ones_are_checked_and_stops_go_on_counting() -> None:
    marks = Bookmarks(most_automatic=2)
    marks.set("gone", 1, "main")
    kept = [Bookmark("a", 5, "main", "n"), *(Bookmark(f"stop-{n}", n, "main", "", True) for n in (7, 8, 3))]
    marks.restore(kept)
    assert names(marks) == ["stop-3", "a", "stop-8"]
    assert marks.made() == (kept[0], kept[2], kept[3])
    made = marks.stopped(100, "main")
    assert made is not None and made.name == "stop-9"
    before = marks.made()
    for wrong in ([Bookmark("1", 0, "main")], [Bookmark("a", 0, "main"), Bookmark("a", 1, "main", "", True)]):
        with pytest.raises(XqdbgError):
            marks.restore(wrong)
    assert marks.made() == before


@given(
    st.lists(
        st.one_of(
            st.tuples(st.just("set"), st.sampled_from(["a", "b", "stop-1", "stop-2"]), st.integers(0, 6)),
            st.tuples(st.just("stop"), st.just(""), st.integers(0, 6)),
            st.tuples(st.just("delete"), st.sampled_from(["a", "stop-1", "stop-3"]), st.just(0)),
        ),
        max_size=40,
    )
)
def test_whatever_is_done_names_are_unique_and_the_list_is_sorted(acts: list[tuple[str, str, int]]) -> None:
    marks = Bookmarks(most_automatic=3)
    mine: dict[str, int] = {}
    for act, name, tick in acts:
        if act == "set":
            marks.set(name, tick, "main")
            mine[name] = tick
        elif act == "stop":
            marks.stopped(tick, "main")
        elif name in names(marks):
            marks.delete(name)
            mine.pop(name, None)
    found = marks.all()
    assert [mark.tick for mark in found] == sorted(mark.tick for mark in found)
    assert len(set(names(marks))) == len(found) == len(marks)
    assert {mark.name: mark.tick for mark in found if not mark.automatic} == mine
    assert sum(mark.automatic for mark in found) <= 3
    other = Bookmarks(most_automatic=3)
    other.restore(marks.made())
    assert (other.all(), other.made()) == (found, marks.made())


def test_a_bookmark_knows_where_the_machine_stands_even_if_it_comes_from_a_file() -> None:
    marks = Bookmarks()
    assert marks.set("a", 3, "main", pc=12).pc == 12
    assert marks.stopped(7, "main", pc=9) is not None
    marks.restore([Bookmark("a", 3, "main"), Bookmark("b", 4, "other"), Bookmark("c", 9, "main")])
    asked: list[int] = []

    def pc_at(tick: int) -> int | None:
        asked.append(tick)
        return 100 + tick if tick < 9 else None

    marks.place("main", pc_at)
    assert [mark.pc for mark in marks.all()] == [103, None, None]
    marks.place("main", lambda tick: 200 + tick)
    assert [mark.pc for mark in marks.all()] == [103, None, 209]
    marks.place("other", lambda tick: 300 + tick)
    assert [mark.pc for mark in marks.all()] == [103, 304, 209]
    marks.place("other", pc_at)
    assert asked == [3, 9], "nothing is asked again that is known"
