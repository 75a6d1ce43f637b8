"""Edits by tick."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tests.support.toy import toy_machine
from vm.contract import Place
from xqdbg.record import Edit, Record

TICKS = st.integers(0, 30)
EDITS = st.builds(Edit, st.sampled_from([Place("r0"), Place("r1"), Place("r2")]), st.integers(-5, 5))
RECORDS = st.dictionaries(TICKS, st.lists(EDITS, min_size=1, max_size=3), max_size=6)


def edit(name: str, value: int) -> Edit:
    return Edit(Place(name), value)


def test_an_edit_is_put_into_the_machine() -> None:
    machine = toy_machine("HALT")
    edit("r3", 7).apply(machine)
    assert machine.get(Place("r3")) == 7


def test_an_empty_record_has_nothing() -> None:
    record = Record()
    assert (len(record), list(record), record.at(0), record.after(-1)) == (0, [], (), None)
    assert not record


@given(RECORDS, TICKS)
def test_edits_are_found_by_tick_whatever_the_order_they_were_given_in(made: dict[int, list[Edit]], tick: int) -> None:
    record = Record(made)
    assert record.at(tick) == tuple(made.get(tick, ()))
    assert record.after(tick) == min((other for other in made if other > tick), default=None)
    assert [(when, list(edits)) for when, edits in record] == sorted(made.items())
    assert len(record) == len(made)


@given(RECORDS, TICKS, st.lists(EDITS, max_size=2))
def test_a_branch_has_what_was_edited_up_to_there_and_its_own(
    made: dict[int, list[Edit]], tick: int, own: list[Edit]
) -> None:
    record = Record(made)
    branched = record.branched(tick, own)
    for when in range(31):
        before = record.at(when) if when <= tick else ()
        assert branched.at(when) == (before if when != tick else (*before, *own))
    assert list(record) == list(Record(made)), "the record itself has not changed"


def test_a_record_of_changed_lists_stays_as_it_was() -> None:
    edits = [edit("r0", 1)]
    record = Record({3: edits})
    edits.append(edit("r1", 2))
    assert record.at(3) == (edit("r0", 1),)
