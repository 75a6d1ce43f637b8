"""Looking into values in place, finding and pinning rows, bases, and the signs in front of values."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import pytest
from textual.pilot import Pilot

from tests.conftest import Golden
from tests.support.moments import moment
from tests.support.panes import run_pane, screen_text
from vm.contract import Cell, Effect, Place, Read, Span, View, Write
from xqdbg.inside import Inside, Part, Wish
from xqdbg.tui.marks import BOTH, CHANGED, READS, WRITES, WRITTEN
from xqdbg.tui.panes.cells_pane import CellsPane

VIEW = View("registers", "Registers", slots=256, pattern="r{}")
SIZE = 1_000_000


class Storage:
    """What a machine would tell of the inside of cells, and how much of it was asked for."""

    def __init__(self) -> None:
        self.read = 0
        self.coefficients = [("linear[1]", -2), ("linear[4]", 7), ("quad[0,1]", 3), ("quad[2,5]", 1)]

    def entries(self, name: str, span: Span) -> Sequence[Cell]:
        self.read += span.count
        numbers = range(span.start, span.start + span.count)
        if name == "r1":
            return [Cell(f"r1[{n}]", str(n * 7), "int", n * 7) for n in numbers if n < SIZE]
        stored = self.coefficients[span.start : span.start + span.count]
        return [Cell(f"{name}.{path}", str(value), "int", value) for path, value in stored]

    def inside(self, wish: Wish) -> Inside:
        parts = {name: Part(span.start, self.entries(name, span)) for name, span in wish.spans.items()}
        places = {}
        for name in wish.places:
            place = Place.parse(name)
            match place.path:
                case ((int(at),),):
                    places[name] = Cell(name, str(at * 7), "int", at * 7)
        return Inside(parts, places)


class Fed(CellsPane):
    """A pane that gets what it asks for, as the screen gives it."""

    def __init__(self, storage: Storage, view: View = VIEW) -> None:
        super().__init__(view, id="pane")
        self.storage = storage
        self.asked: list[Wish] = []

    def on_cells_pane_inside_wanted(self, message: CellsPane.InsideWanted) -> None:
        self.asked.append(message.wish)
        assert self.moment is not None
        inside = {**self.moment.inside, message.viewer: self.storage.inside(message.wish)}
        self.moment = replace(self.moment, inside=inside)

    def go(self, **fields: Any) -> None:
        """Come to another moment."""
        wish = self.asked[-1] if self.asked else Wish()
        tick = 0 if self.moment is None else self.moment.tick + 1
        self.moment = moment(**{"tick": tick, "inside": {self.viewer: self.storage.inside(wish)}, **fields})


CELLS = (
    Cell("r0", "5", "int", 5),
    Cell("r1", f"vec {SIZE}  [0 7 14 …]", "vec", holds=SIZE),
    Cell("r3", "binary 6  2 linear  2 quadratic", "model", holds=4),
)


def rows(pilot: Pilot[Any]) -> list[str]:
    return screen_text(pilot.app).splitlines()


def told(pane: CellsPane) -> list[str]:
    """What the rule says of the pane."""
    return [part.plain for part in pane._rule_aside]


# Opening


def test_a_model_opens_and_closes_in_place_by_key_and_by_mouse() -> None:
    pane = Fed(Storage())

    async def script(pilot: Pilot[Any]) -> None:
        pane.focus()
        pane.go(cells={"registers": CELLS})
        await pilot.press("end", "enter")
        await pilot.pause()
        shown = rows(pilot)
        names = ["r0", "▸r1", "▾r3", "linear[1]", "linear[4]", "quad[0,1]", "quad[2,5]"]
        assert [row.split()[0] for row in shown[:7]] == names
        assert [row.split()[-1] for row in shown[3:7]] == ["-2", "7", "3", "1"]
        await pilot.press("down", "down", "down")
        assert pane.pointed is not None
        assert (pane.pointed.place, pane.pointed.text) == ("r3.quad[0,1]", "3")
        await pilot.press("minus")
        await pilot.pause()
        assert pane.cursor_row == 2 and rows(pilot)[2].split()[0] == "▸r3" and not rows(pilot)[3].strip()
        await pilot.click("#pane", offset=(2, 2))
        await pilot.pause()
        assert rows(pilot)[2].split()[0] == "▾r3"
        await pilot.press("plus")
        await pilot.pause()
        assert rows(pilot)[2].split()[0] == "▸r3"

    run_pane(pane, script, size=(50, 12))


def test_a_million_elements_are_read_no_further_than_they_are_seen() -> None:
    storage = Storage()
    pane = Fed(storage)

    async def script(pilot: Pilot[Any]) -> None:
        pane.focus()
        pane.go(cells={"registers": CELLS})
        await pilot.press("down", "enter")
        await pilot.pause()
        assert pane.row_count == 3 + SIZE and "[0]" in rows(pilot)[2]
        pane.cursor_row = 500_001
        await pilot.pause()
        await pilot.pause()
        assert pane.pointed is not None and pane.pointed.place == "r1[499999]"
        assert any(row.split() == ["[499999]", "3499993"] for row in rows(pilot))
        await pilot.press("end")
        await pilot.pause()
        assert pane.pointed is not None and pane.pointed.place == "r3"
        assert any(row.split() == ["[999999]", "6999993"] for row in rows(pilot))
        assert storage.read < 1_000
        read = storage.read
        for _ in range(20):
            pane.go(cells={"registers": CELLS})
            await pilot.pause()
        assert storage.read - read <= 20 * 100 and len(pane.asked) <= 4

    run_pane(pane, script, size=(40, 12))


def test_what_is_open_stays_open_while_its_cell_comes_and_goes() -> None:
    pane = Fed(Storage())

    async def script(pilot: Pilot[Any]) -> None:
        pane.focus()
        pane.go(cells={"registers": CELLS})
        await pilot.press("end", "enter")
        pane.go(cells={"registers": CELLS[:1]})
        await pilot.pause()
        assert pane.row_count == 1
        pane.go(cells={"registers": CELLS})
        await pilot.pause()
        await pilot.pause()
        assert "quad[2,5]" in rows(pilot)[6]

    run_pane(pane, script)


def test_entries_that_have_not_come_say_so_and_are_nothing_to_point_at() -> None:
    pane = CellsPane(VIEW, id="pane")

    async def script(pilot: Pilot[Any]) -> None:
        pane.focus()
        pane.moment = moment(cells={"registers": CELLS})
        await pilot.press("down", "enter", "down")
        await pilot.pause()
        assert rows(pilot)[2].split() == ["…"] and pane.pointed is None
        await pilot.press("p", "#", "v")

    heard = run_pane(pane, script)
    (wanted,) = {id(m): m for m in heard if isinstance(m, CellsPane.InsideWanted)}.values()
    assert wanted.wish.spans["r1"].count < 100
    assert [m.name for m in heard if isinstance(m, CellsPane.CellSelected)] == ["r1"]


# All slots


def test_all_slots_or_those_in_use() -> None:
    pane = Fed(Storage())

    async def script(pilot: Pilot[Any]) -> None:
        pane.focus()
        pane.go(cells={"registers": CELLS})
        await pilot.press("end", "a")
        assert pane.row_count == 256 and told(pane) == ["all 256"]
        assert pane.pointed is not None and pane.pointed.place == "r3"
        await pilot.press("end")
        assert pane.pointed is not None and pane.pointed.place == "r255" and pane.pointed.text == "unset"
        assert rows(pilot)[-1].split() == ["r255", "unset"]
        await pilot.press("a")
        assert pane.row_count == 3 and told(pane) == []

    run_pane(pane, script)


def test_a_view_without_slots_has_no_more_to_show() -> None:
    pane = CellsPane("stack", "Stack", top_first=True)

    async def script(pilot: Pilot[Any]) -> None:
        pane.focus()
        pane.moment = moment(cells={"stack": (Cell("stack[0]", "1", "int", 1),)})
        await pilot.press("a")
        assert pane.row_count == 1 and told(pane) == []

    run_pane(pane, script)


def test_types_have_a_column_where_there_are_several_and_room() -> None:
    pane = Fed(Storage())

    async def script(pilot: Pilot[Any]) -> None:
        pane.go(cells={"registers": CELLS[:1]})
        await pilot.pause()
        assert rows(pilot)[0].split() == ["r0", "5"]
        pane.go(cells={"registers": (*CELLS, Cell("r9", "unset", "unset"))})
        await pilot.pause()
        assert [row[6:].split()[:2] for row in rows(pilot)[:4]] == [
            ["int", "5"], ["vec", "1000000"], ["model", "binary"], ["unset", "–"],
        ]  # fmt: skip
        await pilot.resize_terminal(43, 10)
        await pilot.pause()
        assert rows(pilot)[3].split() == ["r9", "unset"]

    run_pane(pane, script, size=(44, 10))


# Filter


def test_a_filter_is_typed_into_the_pane_and_looks_at_names_types_and_values() -> None:
    pane = Fed(Storage())

    async def script(pilot: Pilot[Any]) -> None:
        pane.focus()
        pane.go(cells={"registers": CELLS})
        await pilot.press("slash", *"BINARY")
        assert pane.is_typing and pane.row_count == 1
        assert rows(pilot)[-1].startswith("/BINARY ") and rows(pilot)[-1].endswith("1 of 3")
        await pilot.press("backspace", "enter")
        assert not pane.is_typing and told(pane) == ["/BINAR  1 of 3"]
        assert pane.pointed is not None and pane.pointed.place == "r3"
        await pilot.press("slash", "ctrl+u", *"vec", "enter")
        assert pane.pointed is not None and pane.pointed.place == "r1"
        await pilot.press("escape")
        assert pane.filter == "" and pane.row_count == 3 and told(pane) == []
        await pilot.press("a", "slash", *"r25", "enter")
        found = [pane.cell_at(row) for row in range(pane.row_count)]
        assert [cell.name for cell in found if cell] == ["r25", *(f"r25{n}" for n in range(6))]

    run_pane(pane, script)


def test_where_nothing_matches_the_pane_says_so_and_keys_are_text_while_typing() -> None:
    pane = Fed(Storage())

    async def script(pilot: Pilot[Any]) -> None:
        pane.focus()
        pane.go(cells={"registers": CELLS})
        await pilot.press("slash", *"pa#[b]")
        assert pane.filter == "pa#[b]" and pane.pinned == 0 and told(pane) == []
        assert "nothing has pa#[b] in it" in rows(pilot)[0] and pane.pointed is None
        pane.go(cells={"registers": ()})
        await pilot.press("escape")
        await pilot.pause()
        assert rows(pilot)[0].split() == ["–"]

    run_pane(pane, script)


def test_a_filter_follows_the_values() -> None:
    pane = Fed(Storage())

    async def script(pilot: Pilot[Any]) -> None:
        pane.focus()
        pane.go(cells={"registers": (Cell("r0", "5", "int", 5), Cell("r1", "17", "int", 17))})
        await pilot.press("slash", "7", "enter")
        assert pane.row_count == 1
        pane.go(cells={"registers": (Cell("r0", "7", "int", 7), Cell("r1", "17", "int", 17))})
        assert pane.row_count == 2

    run_pane(pane, script)


# Pins


def test_pins_stay_in_sight_and_tell_when_their_value_is_gone() -> None:
    pane = Fed(Storage())

    async def script(pilot: Pilot[Any]) -> None:
        pane.focus()
        pane.go(cells={"registers": CELLS})
        await pilot.press("down", "enter", *["down"] * 5, "p", "home")
        await pilot.pause()
        assert told(pane) == ["1 pinned"]
        assert rows(pilot)[0].split() == ["r1[4]", "28"]
        await pilot.press("down", "p", "end")
        await pilot.pause()
        assert [row.split() for row in rows(pilot)[:2]] == [["r1[4]", "28"], ["r0", "5"]]
        assert "[999999]" in rows(pilot)[-2]
        pane.go(cells={"registers": ()})
        await pilot.pause()
        assert [row.split() for row in rows(pilot)[:2]] == [["r1[4]", "28"], ["r0", "–"]]
        pane.go(cells={"registers": CELLS})
        await pilot.press("home", "p")
        await pilot.pause()
        assert rows(pilot)[0].split() == ["r0", "5"] and told(pane) == ["1 pinned"]

    run_pane(pane, script)


def test_pinning_moves_the_cursor_with_its_row_and_unpinning_needs_no_way_back() -> None:
    pane = Fed(Storage())

    async def script(pilot: Pilot[Any]) -> None:
        pane.focus()
        pane.go(cells={"registers": CELLS})
        await pilot.press("p")
        assert pane.cursor_row == 1 and pane.pointed is not None and pane.pointed.place == "r0"
        await pilot.press("p")
        assert pane.cursor_row == 0 and pane.row_count == 3
        await pilot.press("end", "enter", "down", "down")
        await pilot.pause()
        assert pane.pointed.place == "r3.linear[4]"
        for rows_before in (7, 8):
            assert pane.row_count == rows_before
            await pilot.press("p")
            await pilot.pause()
            assert pane.pointed is not None and pane.pointed.place == "r3.linear[4]"

    run_pane(pane, script)


@pytest.mark.parametrize("height", [1, 2, 3, 6])
def test_pins_leave_room_for_other_rows(height: int) -> None:
    pane = Fed(Storage())

    async def script(pilot: Pilot[Any]) -> None:
        pane.focus()
        many = tuple(Cell(f"r{n}", str(n), "int", n) for n in range(20))
        pane.go(cells={"registers": many})
        for _ in range(8):
            await pilot.press("p", "down")
        await pilot.press("end")
        await pilot.pause()
        assert rows(pilot)[height - 1].split() == ["r19", "19"]
        await pilot.press("home")
        await pilot.pause()
        assert pane.pointed is not None and pane.pointed.place == "r0"

    run_pane(pane, script, size=(30, height))


# Bases


def test_numbers_are_shown_and_copied_in_the_base_of_the_view() -> None:
    pane = Fed(Storage())
    cells = (Cell("r0", "-42", "int", -42), Cell("r1", "vec 3  [1 -20 3 …]", "vec", holds=3), CELLS[2],
             Cell("r4", "7, last 12", "loop"))  # fmt: skip

    async def script(pilot: Pilot[Any]) -> None:
        pane.focus()
        pane.go(cells={"registers": cells})
        await pilot.press("number_sign")
        assert told(pane) == ["hex"]
        assert [row.split(maxsplit=1)[1].strip() for row in rows(pilot)[:4]] == [
            "int    -0x2a", "vec    3  [0x1 -0x14 0x3 …]", "model  binary 6  2 linear  2 quadratic",
            "loop   0x7, last 0xc",
        ]  # fmt: skip
        assert pane.pointed is not None and pane.pointed.text == "-0x2a"
        assert list(pane.pointed.forms) == [("decimal", "-42"), ("hex", "-0x2a"), ("JSON", "-42")]
        await pilot.press("number_sign")
        assert told(pane) == ["binary"] and "-0b101010" in rows(pilot)[0]
        await pilot.press("number_sign")
        assert told(pane) == [] and rows(pilot)[0].split() == ["r0", "int", "-42"]

    run_pane(pane, script, size=(50, 10))


# Signs


def effect(reads: Sequence[str] = (), writes: Sequence[tuple[str, Any, Any]] = ()) -> Effect:
    """An instruction that reads and writes these."""
    return Effect(
        0, 0, "OP",
        tuple(Read(Place.parse(name), 0) for name in reads),
        tuple(Write(Place.parse(name), old, new) for name, old, new in writes),
        (),
    )  # fmt: skip


MARKED = (
    Cell("r0", "5", "int", 5),
    Cell("r1", f"vec {SIZE}  [0 7 14 …]", "vec", holds=SIZE),
    Cell("r2", "-9223372036854775808", "int", -(2**63)),
    Cell("r3", "binary 6  2 linear  2 quadratic", "model", holds=4),
    Cell("r4", "8", "int", 8, "a role"),
    Cell("r5", "9", "int", 9),
    Cell("r6", "unset", "unset"),
)
LAST = effect(writes=[("r5", 8, 9), ("r1[1]", 3, 7), ("r3.quad[0,1]", None, 3)])
NEXT = effect(
    reads=["r0", "r4", "r1[0:2]", "r3.linear[1]"],
    writes=[("r4", 8, 12), ("r6", None, (1, 2)), ("r2", -(2**63), 2**63 - 1), ("r3.linear[1]", -2, 40)],
)


@pytest.mark.parametrize("width", [30, 40, 60])
def test_signs_tell_what_happened_and_what_is_coming(golden: Golden, width: int) -> None:
    pane = Fed(Storage())

    async def script(pilot: Pilot[Any]) -> None:
        pane.focus()
        pane.go(cells={"registers": MARKED})
        await pilot.press("down", "down", "down", "enter")
        pane.go(cells={"registers": MARKED}, effect=LAST, coming=NEXT, changed=frozenset({"r1", "r3", "r5"}))
        await pilot.pause()
        await pilot.pause()
        golden(f"cells_marks_{width}.txt", screen_text(pilot.app))

    run_pane(pane, script, size=(width, 12))


def test_signs_on_elements_are_those_of_the_very_element() -> None:
    pane = Fed(Storage())

    async def script(pilot: Pilot[Any]) -> None:
        pane.focus()
        pane.go(cells={"registers": MARKED})
        await pilot.press("down", "enter")
        pane.go(cells={"registers": MARKED}, effect=LAST, coming=NEXT, changed=frozenset({"r1"}))
        await pilot.pause()
        await pilot.pause()
        assert [row[:2] for row in rows(pilot)[1:5]] == [WRITTEN + READS, " " + READS, WRITTEN + READS, "  "]

    run_pane(pane, script, size=(40, 12))


def test_after_a_longer_move_what_differs_has_a_sign_of_its_own() -> None:
    storage = Storage()
    pane = Fed(storage)

    async def script(pilot: Pilot[Any]) -> None:
        pane.focus()
        pane.go(cells={"registers": CELLS})
        await pilot.press("end", "enter")
        await pilot.pause()
        storage.coefficients[2] = ("quad[0,1]", 99)
        pane.go(cells={"registers": CELLS}, changed=frozenset({"r3"}))
        await pilot.pause()
        assert [row[0] for row in rows(pilot)[:7]] == [" ", " ", CHANGED, " ", " ", CHANGED, " "]
        pane.moment = replace(pane.moment, revision=99)  # type: ignore[type-var]
        await pilot.pause()
        assert rows(pilot)[5][0] == CHANGED
        pane.go(cells={"registers": CELLS})
        await pilot.pause()
        assert {row[0] for row in rows(pilot)[:7]} == {" "}

    run_pane(pane, script, size=(40, 12))


def test_no_two_signs_are_the_same() -> None:
    assert len({" ", WRITTEN, CHANGED, READS, WRITES, BOTH}) == 6


def test_a_value_taken_from_the_stack_is_read_and_one_put_back_tells_which() -> None:
    pane = CellsPane("stack", "Stack", top_first=True, id="stack")
    cells = (Cell("stack[1]", "3", "int", 3, "b"), Cell("stack[0]", "4", "int", 4, "a"))
    add = effect(reads=["stack[0]", "stack[1]"], writes=[("stack[0]", 4, 7), ("stack[1]", 3, None)])
    pop = effect(reads=["stack[1]"], writes=[("stack[1]", 3, None)])

    async def script(pilot: Pilot[Any]) -> None:
        pane.moment = moment(cells={"stack": cells}, coming=add)
        await pilot.pause()
        assert [row.split() for row in rows(pilot)[:2]] == [[READS + "1", "3", "b"], [BOTH + "0", "4", "→", "7", "a"]]
        pane.moment = moment(cells={"stack": cells}, coming=pop)
        await pilot.pause()
        assert [row.split() for row in rows(pilot)[:2]] == [[READS + "1", "3", "b"], ["0", "4", "a"]]

    run_pane(pane, script)


# What it costs


class Counting(CellsPane):
    """A pane that counts the rows it draws."""

    def __init__(self) -> None:
        super().__init__(VIEW, id="pane")
        self.drew: list[int] = []

    def draw_row(self, row: int, width: int) -> Any:
        self.drew.append(row)
        return super().draw_row(row, width)


def test_only_rows_that_look_different_are_drawn_again() -> None:
    pane = Counting()

    async def script(pilot: Pilot[Any]) -> None:
        cells = [Cell(f"r{n}", str(n), "int", n) for n in range(8)]
        pane.moment = moment(cells={"registers": tuple(cells)})
        await pilot.pause()
        pane.drew.clear()
        pane.moment = moment(cells={"registers": tuple(cells)}, tick=1)
        await pilot.pause()
        assert pane.drew == []
        cells[3] = Cell("r3", "77", "int", 77)
        pane.moment = moment(cells={"registers": tuple(cells)}, tick=2, coming=effect(reads=["r5"]))
        await pilot.pause()
        assert sorted(set(pane.drew)) == [3, 5] and rows(pilot)[3].split() == ["r3", "77"]
        pane.drew.clear()
        pane.moment = moment(cells={"registers": tuple(cells)}, tick=3)
        await pilot.pause()
        assert sorted(set(pane.drew)) == [5]

    run_pane(pane, script)


def test_an_instruction_with_very_many_writes_is_not_gone_through() -> None:
    class Many(Sequence[Write]):
        made = 0

        def __len__(self) -> int:
            return 10**6

        def __getitem__(self, at: Any) -> Any:
            if isinstance(at, slice):
                return [self[each] for each in range(*at.indices(len(self)))]
            Many.made += 1
            return Write(Place("r1", ((at,),)), 0, 1)

        def __iter__(self) -> Iterator[Write]:
            raise AssertionError("nobody goes through all of it")

    pane = Fed(Storage())

    async def script(pilot: Pilot[Any]) -> None:
        pane.focus()
        pane.go(cells={"registers": CELLS}, coming=Effect(0, 0, "OP", (), Many(), ()))
        await pilot.pause()
        assert rows(pilot)[1].startswith(f" {WRITES}")
        assert Many.made <= 1024

    run_pane(pane, script)
