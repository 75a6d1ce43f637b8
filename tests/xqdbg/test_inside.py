"""What a session shows of the inside of cells to whoever asked."""

from __future__ import annotations

from vm.contract import Cell, Span
from vm.xqvm.assembler import assemble
from vm.xqvm.machine import XqvmMachine
from xqdbg.inside import MOST_CELLS, MOST_ENTRIES, MOST_PLACES, Wish
from xqdbg.session import Session

PROGRAM = "PUSH 0\nINPUT r1\nPUSH 2\nPUSH 99\nVECSET r1\nDROP r1\nHALT"


def session() -> Session:
    return Session(XqvmMachine(assemble(PROGRAM), [[5, 6, 7, 8]]))


def test_entries_come_with_each_moment_as_long_as_there_are_any() -> None:
    debugged = session()
    before = debugged.moment
    shown = debugged.look_inside("pane", Wish({"r1": Span(1, 2)}, ("r1[3]", "r9", "nowhere", "r1[", "pc")))
    assert shown.turn == before.turn and shown.inside["pane"].parts == {}
    assert {name: cell.text for name, cell in shown.inside["pane"].places.items()} == {"r9": "unset", "pc": "0"}
    debugged.goto_tick(2)
    inside = debugged.moment.inside["pane"]
    assert inside.parts["r1"].start == 1
    assert inside.parts["r1"].cells == (Cell("r1[1]", "6", "int", 6), Cell("r1[2]", "7", "int", 7))
    assert inside.places["r1[3]"] == Cell("r1[3]", "8", "int", 8)
    debugged.goto_tick(5)
    assert [cell.value for cell in debugged.moment.inside["pane"].parts["r1"].cells] == [6, 99]
    debugged.end()
    assert debugged.moment.inside["pane"].parts == {} and "r1[3]" not in debugged.moment.inside["pane"].places


def test_each_viewer_has_its_own_wishes_and_may_give_them_up() -> None:
    debugged = session()
    debugged.goto_tick(2)
    debugged.look_inside("one", Wish({"r1": Span(0, 1)}))
    debugged.look_inside("two", Wish({"in[0]": Span(3, 1)}))
    inside = debugged.moment.inside
    assert [cell.name for part in inside["two"].parts.values() for cell in part.cells] == ["in[0][3]"]
    assert set(debugged.look_inside("one", Wish()).inside) == {"two"}


def test_nobody_gets_more_than_can_be_shown() -> None:
    machine = XqvmMachine(assemble("HALT"), [list(range(10_000))] * 70)
    debugged = Session(machine)
    wish = Wish({f"in[{n}]": Span(0, 10_000) for n in range(70)}, tuple(f"in[0][{n}]" for n in range(500)))
    inside = debugged.look_inside("greedy", wish).inside["greedy"]
    assert len(inside.parts) == MOST_CELLS and len(inside.places) == MOST_PLACES
    assert {len(part.cells) for part in inside.parts.values()} == {MOST_ENTRIES}


def test_displays_tell_the_place_and_the_number_they_show() -> None:
    debugged = session()
    for text, form in (("stack[-1]", ""), ("r1[1]", ""), ("r1[1] + 1", ""), ("r1[1]", "x"), ("r1", "")):
        debugged.display(text, form)
    debugged.goto_tick(4)
    told = [(watch.text, watch.place, watch.value) for watch in debugged.moment.watches]
    assert told == [
        ("99", "stack[1]", 99), ("6", "r1[1]", 6), ("7", "", 7), ("0x6", "r1[1]", None),
        ("vec 4  [5 6 7 8]", "r1", None),
    ]  # fmt: skip
