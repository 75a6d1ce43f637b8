"""The memory pane, mounted alone: what it shows, asks for and says, at every size."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from textual.pilot import Pilot

from tests.conftest import Golden
from tests.support.memories import AREAS, CONTENTS, LOW, Served, area, pointers, touching
from tests.support.panes import run_pane, screen_text
from vm.contract import Status
from vm.faults import FaultReport
from xqdbg.tui.panes.line_given import LineGiven
from xqdbg.tui.panes.memory_pane import MemoryPane
from xqdbg.tui.panes.memory_rows import COLUMNS, Kind, Space, grid_for
from xqdbg.tui.panes.memory_view import MemoryView

Do = Callable[[Served, Pilot[Any]], Any]


def play(do: Do | None = None, size: tuple[int, int] = (80, 20), **fields: Any) -> tuple[str, MemoryPane, list[Any]]:
    """Show a moment, do something; the screen, the pane, and what it said."""
    pane = MemoryPane(id="memory")
    texts: list[str] = []

    async def script(pilot: Pilot[Any]) -> None:
        served = Served(pane)
        pane.focus()
        served.show(**fields)
        await pilot.pause()
        if do is not None:
            await do(served, pilot)
            await pilot.pause()
        texts.append(screen_text(pilot.app))

    said = run_pane(pane, script, size)
    return texts[0], pane, list(said)


def keys(*names: str) -> Do:
    async def do(served: Served, pilot: Pilot[Any]) -> None:
        for name in names:
            await pilot.press(name)
            served.show()
        await pilot.pause()

    return do


def told(pane: MemoryPane) -> str:
    """What its rule says at the right."""
    return " ".join(part.plain for part in pane._rule_aside)


def lines_given(said: list[Any]) -> list[tuple[str, bool]]:
    return [(each.line, each.sure) for each in said if isinstance(each, LineGiven)]


@pytest.mark.parametrize("size", [(44, 20), (71, 24), (80, 24), (89, 40), (160, 56)])
def test_it_looks_well_at_every_size(size: tuple[int, int], golden: Golden) -> None:
    coming = touching(writes=[("mem[0x20004:4]", 5, 7)], reads=[("mem[0x2000c:2]", 9)])
    last = touching(writes=[("mem[0x20010:8]", 0, 1)], reads=[("mem[0x20001]", 2)])
    text, _, _ = play(None, size, effect=last, coming=coming, tick=1)
    golden(f"memory-{size[0]}.txt", text)


def test_it_is_told_where_nothing_is_mapped() -> None:
    text, pane, _ = play(areas=())
    assert "no memory is mapped here" in text and pane.pointed is None
    assert play(keys("down", "right", "enter", "b", "home", "comma", "ctrl+end", "t", "v"), areas=())[0] == text


@pytest.mark.parametrize("size", [(1, 1), (8, 3), (20, 2), (24, 5), (30, 9), (36, 6)])
def test_it_bears_any_size(size: tuple[int, int]) -> None:
    text, pane, _ = play(keys("down", "pagedown", "full_stop", "end", "t", "v"), size)
    assert pane.address >= 0 and len(text.split("\n")) <= size[1]


def test_what_memory_holds_never_reaches_the_terminal_raw() -> None:
    text, _, _ = play()
    assert not any(ord(each) < 32 or 127 <= ord(each) < 160 for each in text.replace("\n", ""))
    assert "Hello, memory!.." in text and ".[31m..." in text


def test_signs_say_what_is_written_and_read_before_and_next() -> None:
    coming = touching(writes=[("mem[0x20004:4]", 5, 7)], reads=[("mem[0x20004:2]", 9)])
    last = touching(writes=[("mem[0x20000:2]", 0, 1)], reads=[("mem[0x20008]", 2)])
    text, _, _ = play(effect=last, coming=coming, tick=1)
    row = next(line for line in text.split("\n") if "Hello" in line)
    assert row.startswith("00020000 •48•65 6c 6c◆6f◆2c›20›6d ·65 6d")
    assert "‹ mem[0x20004:2] = 9  › mem[0x20004:4] 5 → 7  • mem[0x20000:2] 0 → 1" in text


def test_what_differs_from_the_last_stop_is_marked_after_a_longer_way() -> None:
    async def go(served: Served, pilot: Pilot[Any]) -> None:
        served.show(tick=50, contents={**CONTENTS, 0x20000: b"Jello, memory?" + LOW[14:]})

    text, _, _ = play(go, tick=0)
    assert "◦4a 65 6c" in text and "◦3f" in text and "2 in view changed" in text


def test_where_nearly_all_differs_only_its_number_is_told() -> None:
    async def go(served: Served, pilot: Pilot[Any]) -> None:
        served.show(tick=50, contents={0x20000: bytes([0xAA]) * 0x2000})

    text, _, _ = play(go, tick=0)
    assert "◦aa" not in text and "in view changed" in text


def test_the_cursor_reads_out_numbers_of_every_width() -> None:
    text, pane, _ = play(keys("down", "right", "right", "right", "right", "right", "right"), (90, 20))
    assert pane.address == 0x20016
    octets = LOW[0x16 : 0x16 + 8]
    for size in (1, 2, 4, 8):
        assert f"u{8 * size} {int.from_bytes(octets[:size], 'little')}" in text
    assert "mem[0x20016]  writable" in text
    text, pane, _ = play(keys("down", "right", "right", "right", "right", "t", "number_sign"))
    pointed = pane.pointed
    assert pointed is not None and pointed.place == "mem[0x20014:2]" and "u16 0x9b6d" in text
    assert dict(pointed.forms)["octets"] == "6d 9b" and dict(pointed.forms)["hex"] == "0x9b6d"
    negative, _, _ = play(keys("down", "right", "right", "right", "right", "right"))
    assert "u8 155  i8 -101" in negative


def test_the_cursor_goes_over_headings_and_gaps_and_stays_within() -> None:
    _, pane, _ = play(keys("up", "left", "home"))
    assert pane.address == 0x20000
    _, pane, _ = play(keys("ctrl+end", "down"))
    assert pane.address == 0xFEFD000F, "in the same column, behind the gap"
    _, pane, _ = play(keys("ctrl+end", "down", "up", "end", "right"))
    assert pane.address == 0x21FFF
    _, pane, _ = play(keys("full_stop", "ctrl+end", "right", "down", "pagedown"))
    assert pane.address == 0xFEFDFFFF
    _, pane, _ = play(keys("full_stop", "full_stop"))
    assert pane.address == 0x20000


def test_only_what_is_in_sight_and_around_is_asked_for() -> None:
    _, pane, said = play(keys("full_stop"))
    wanted = [each.parts for each in said if isinstance(each, MemoryView.PartsWanted)]
    assert pane.asked == wanted[-1] and all(glance.frame.height <= 60 for glance in pane.asked.values())
    assert AREAS[1].name in pane.asked
    again = len(wanted)
    _, _, said = play(keys("full_stop", "right", "left", "right"))
    assert len([each for each in said if isinstance(each, MemoryView.PartsWanted)]) == again


def test_a_value_is_followed_where_it_points() -> None:
    async def go(served: Served, pilot: Pilot[Any]) -> None:
        served.pane.follow("sp")
        served.show(tick=1, cells=pointers(sp=0xFEFD0100))
        served.show(tick=2, cells=pointers(sp=0xFEFD0040))

    _, pane, _ = play(go, cells=pointers(sp=0x20000))
    assert pane.address == 0xFEFD0040 and "follows sp" in told(pane)

    async def away(served: Served, pilot: Pilot[Any]) -> None:
        await go(served, pilot)
        served.show(tick=3, cells=pointers(sp=0x10))
        await pilot.pause()

    _, pane, _ = play(away, cells=pointers(sp=0x20000))
    assert pane.address == 0xFEFD0040 and "follows sp (not mapped)" in told(pane)

    async def leave(served: Served, pilot: Pilot[Any]) -> None:
        await go(served, pilot)
        await pilot.press("left")
        served.show(tick=3, cells=pointers(sp=0x20000))

    _, pane, _ = play(leave, cells=pointers(sp=0x20000))
    assert pane.address == 0xFEFD003F and "follows" not in told(pane)


def test_what_the_next_instruction_touches_is_followed_at_first() -> None:
    async def go(served: Served, pilot: Pilot[Any]) -> None:
        served.show(tick=1, coming=touching(1, writes=[("mem[0xfefd0080:8]", 0, 1)]))

    text, pane, _ = play(go)
    assert pane.address == 0xFEFD0080 and "follows next" in told(pane) and "›80›81" in text


def test_a_command_shows_an_address() -> None:
    async def go(served: Served, pilot: Pilot[Any]) -> None:
        served.show(address=0x21234)
        served.show(tick=1, coming=touching(1, writes=[("mem[0xfefd0080:8]", 0, 1)]))

    _, pane, _ = play(go)
    assert pane.address == 0x21234, "it stays there"


def test_a_refused_access_is_shown_in_the_gap() -> None:
    fault = FaultReport("PageFault", "PAGE_FAULT", "", "", 0, address=0x22008)
    text, pane, _ = play(fault=fault, status=Status.FAULTED, tick=3)
    assert "✖ ┄ 0x22000 to 0xfefcffff not mapped" in text and "0x22008 is not mapped: what was accessed" in text
    assert pane.pointed is None


def test_an_area_that_grows_keeps_the_cursor() -> None:
    async def go(served: Served, pilot: Pilot[Any]) -> None:
        await pilot.press("down", "down", "right")
        served.show(tick=1, areas=(area(0x20000, 0x8000), AREAS[1]))

    text, pane, _ = play(go)
    assert pane.address == 0x20021 and "Hello" in text
    assert pane.followed == "mem[0x20000:32768]"


def test_pointers_are_gone_along_and_back() -> None:
    contents = {**CONTENTS, 0x20000: (0xFEFD0020).to_bytes(8, "little") + LOW}

    async def go(served: Served, pilot: Pilot[Any]) -> None:
        served.show(contents=contents)
        await pilot.press("enter")

    async def back(served: Served, pilot: Pilot[Any]) -> None:
        await go(served, pilot)
        await pilot.press("backspace")

    assert play(go)[1].address == 0xFEFD0020
    assert play(back)[1].address == 0x20000


def test_keys_become_command_lines() -> None:
    _, _, said = play(keys("right", "t", "t", "b", "d", "ctrl+g", "slash"))
    assert lines_given(said) == [
        ("watch mem[0x20001:4]", True), ("display mem[0x20001:4]", True), ("memory ", False), ("search ", False),
    ]  # fmt: skip
    _, pane, said = play(keys("p", "p"))
    assert lines_given(said) == [("follow ", False)] and pane.pointer == ""


def test_the_mouse_chooses_octets_characters_and_areas() -> None:
    async def octet(served: Served, pilot: Pilot[Any]) -> None:
        await pilot.click(offset=(pane_column(served.pane, 3), 3))

    async def tab(served: Served, pilot: Pilot[Any]) -> None:
        await pilot.click(offset=(28, 0))

    assert play(octet)[1].address == 0x20003
    assert play(tab)[1].address == 0xFEFD0000


def pane_column(pane: MemoryPane, number: int) -> int:
    return pane._grid.octet_at(number)


@pytest.mark.parametrize("wanted", [0, *COLUMNS])
def test_a_grid_never_takes_more_than_there_is(wanted: int) -> None:
    widest = 0
    for width in range(22, 200):
        for digits in (5, 8):
            grid = grid_for(width, digits, wanted)
            assert grid.width <= width
            places = [grid.octet_at(number) for number in range(grid.columns)]
            assert all(grid.octet_of(column) == number for number, column in enumerate(places))
            assert not grid.text or grid.octet_of(grid.text_at + 1) == 1
        assert grid.columns >= widest
        widest = grid.columns
    assert widest == (wanted or 32)


@pytest.mark.parametrize("columns", COLUMNS)
def test_rows_and_addresses_belong_together(columns: int) -> None:
    space = Space((area(0x1008, 0x70), area(0x1078, 0x10), area(0x20000, 0x100)), columns)
    kinds = [space.stretch(row).kind for row in range(space.rows)]
    assert kinds.count(Kind.HEADING) == 3 and kinds.count(Kind.GAP) == 3
    for row in range(space.rows):
        if space.stretch(row).kind is Kind.OCTETS:
            start = space.address(row)
            assert start % columns == 0
            held = [each for each in range(start, start + columns) if space.area_of(each) is space.stretch(row).area]
            assert held and all(space.row_of(each) == row for each in held)
    assert space.area_of(0x1007) is None and space.area_of(0x1088) is None
    with pytest.raises(IndexError):
        space.stretch(space.rows)
    assert Space().row_of(7) == 0 and Space().rows == 0
