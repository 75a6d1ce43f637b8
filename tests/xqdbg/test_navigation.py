"""Back and forward through the moments one has been at."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from xqdbg.navigation import Navigation, Position


def at(tick: int, branch: str = "main") -> Position:
    return Position(branch, tick)


def jumped(*ticks: int, most: int = 1_000) -> Navigation:
    been = Navigation("main", ticks[0], most)
    for tick in ticks[1:]:
        been.moved("main", tick)
    return been


def test_back_and_forward_as_in_a_browser() -> None:
    been = jumped(0, 10, 500, 3)
    assert been.here == at(3)
    assert [been.back(), been.back(), been.back(), been.back()] == [at(500), at(10), at(0), None]
    assert been.here == at(0)
    assert [been.forward(), been.forward(), been.forward(), been.forward()] == [at(10), at(500), at(3), None]
    assert (been.behind, been.ahead) == (3, 0)


def test_a_new_move_cuts_what_lay_ahead() -> None:
    been = jumped(0, 10, 500)
    been.back()
    been.moved("main", 77)
    assert been.forward() is None
    assert [been.back(), been.back()] == [at(10), at(0)]


def test_a_move_that_ends_where_it_began_is_none() -> None:
    been = jumped(0, 10, 10, 10)
    been.back()
    been.moved("main", 0)
    assert been.ahead == 1, "staying cuts nothing"
    assert been.forward() == at(10)


def test_the_same_tick_of_another_branch_is_another_position() -> None:
    been = jumped(0, 10)
    been.moved("b1", 10)
    assert been.back() == at(10)
    assert been.forward() == at(10, "b1")


def test_single_steps_are_one_walk() -> None:
    been = jumped(0, 100)
    for tick in (101, 102, 103):
        been.moved("main", tick, walk="step")
    been.moved("main", 9_000)
    assert [been.back(), been.back(), been.back()] == [at(103), at(100), at(0)]


def test_steps_after_going_back_are_a_walk_of_their_own() -> None:
    been = jumped(0, 100)
    been.moved("main", 101, walk="step")
    been.moved("main", 9_000)
    assert been.back() == at(101)
    been.moved("main", 102, walk="step")
    been.moved("main", 103, walk="step")
    assert been.forward() is None
    assert [been.back(), been.back()] == [at(101), at(100)]


def test_a_walk_that_returns_leaves_no_trace() -> None:
    been = jumped(0, 100)
    been.moved("main", 101, walk="step")
    been.moved("main", 100, walk="step")
    assert (been.here, been.behind) == (at(100), 1)
    been.moved("main", 99, walk="step")
    assert [been.back(), been.back()] == [at(100), at(0)]


def test_going_several_at_once_stops_at_the_ends() -> None:
    been = jumped(0, 1, 2, 3, 4)
    assert been.back(2) == at(2)
    assert been.back(9) == at(0)
    assert been.back(9) is None
    assert been.forward(3) == at(3)
    assert been.forward(3) == at(4)


def test_the_oldest_are_forgotten() -> None:
    been = jumped(*range(0, 3_000, 2))
    assert (been.behind, been.here) == (999, at(2_998))
    assert been.back(5_000) == at(1_000)
    small = jumped(0, 5, 9, most=2)
    small.moved("main", 10, walk="step")
    small.moved("main", 11, walk="step")
    assert [small.back(), small.back()] == [at(9), None]


def test_branches_that_are_renamed_or_dropped() -> None:
    been = jumped(0, 10)
    been.moved("b1", 10)
    been.moved("main", 10)
    been.moved("b1", 30)
    been.moved("main", 40)
    been.back()
    been.renamed("b1", "c")
    assert been.here == at(30, "c")
    been.forward()
    been.dropped("c")
    assert [been.here, been.back(), been.back(), been.back()] == [at(40), at(10), at(0), None]


@given(
    st.lists(
        st.one_of(
            st.tuples(st.just("jump"), st.integers(0, 9)),
            st.tuples(st.just("step"), st.sampled_from([-1, 1])),
            st.tuples(st.just("back"), st.just(1)),
            st.tuples(st.just("forward"), st.just(1)),
        ),
        max_size=60,
    )
)
def test_it_is_always_where_the_user_is_and_back_undoes_every_jump(moves: list[tuple[str, int]]) -> None:
    been, here = Navigation("main", 0, 12), 0
    for kind, value in moves:
        before = here
        if kind == "back" or kind == "forward":
            found = been.back() if kind == "back" else been.forward()
            here = here if found is None else found.tick
        else:
            here = value if kind == "jump" else max(0, here + value)
            been.moved("main", here, walk="step" if kind == "step" else "")
            assert been.ahead == 0 or here == before
        assert been.here == at(here)
        assert been.behind + been.ahead < 12
        if kind == "jump" and here != before:
            assert been.back() == at(before)
            assert been.forward() == at(here)
