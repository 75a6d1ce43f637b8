"""Places: their text, what they hold, and editing them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vm.contract import Frame, Place, PlaceError, Span
from vm.xqvm.assembler import assemble
from vm.xqvm.machine import XqvmMachine
from vm.xqvm.model import BINARY, SPIN, Model, Sample, Vec

NAMES = st.from_regex(r"[A-Za-z_][A-Za-z0-9_]{0,8}", fullmatch=True)
STEPS = st.one_of(
    NAMES,
    st.lists(st.integers(-(1 << 60), 1 << 60), min_size=1, max_size=4).map(tuple),
    st.builds(Span, st.integers(-(1 << 60), 1 << 60), st.integers(0, 1 << 60)),
)


@given(NAMES, st.lists(STEPS, max_size=4).map(tuple))
def test_text_round_trip(name: str, path: tuple[object, ...]) -> None:
    place = Place(name, path)  # type: ignore[arg-type]
    assert Place.parse(str(place)) == place


@given(st.text(max_size=20))
def test_any_text_is_a_place_or_an_error(text: str) -> None:
    try:
        place = Place.parse(text)
    except PlaceError:
        return
    assert Place.parse(str(place)) == place


def test_hexadecimal_and_spaces() -> None:
    assert Place.parse("mem[0x20000:8]") == Place("mem", (Span(0x20000, 8),))
    assert Place.parse("r0.quad[ 1 , 5 ]") == Place("r0", ("quad", (1, 5)))
    with pytest.raises(PlaceError, match="column 3"):
        Place.parse("r0..x")


@pytest.fixture
def machine() -> XqvmMachine:
    model = Model(BINARY, 6, 2, 3)
    model.put_line(2, -7)
    model.put_pair(1, 5, 4)
    sample = Sample(SPIN, [1, -1, 1])
    text = "\n".join(f"PUSH {n}\nINPUT r{n}" for n in range(4)) + "\nPUSH 0\nPUSH 9\nRANGE\nPUSH 42\nNOP\nNEXT"
    made = XqvmMachine(assemble(text), calldata=[model, sample, [4, 5, 6], 11], output_slots=2)
    made.run(12)
    return made


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("r3", 11), ("r9", None), ("r0.linear[2]", -7), ("r0.linear[3]", 0), ("r0.quad[1,5]", 4), ("r0.quad[5,1]", 4),
        ("r0.rows", 2), ("r0.cols", 3), ("r0.size", 6), ("r0.domain", "binary"), ("r0.k", None), ("r1[1]", -1),
        ("r1[-1]", 1), ("r1.size", 3), ("r2[0]", 4), ("r2.length", 3), ("r2[1:2]", (5, 6)), ("stack[-1]", 42),
        ("stack[0]", 42), ("stack", (42,)), ("loop[0].index", 0), ("loop[0].end", 9), ("loop", 1), ("in[3]", 11),
        ("in[0].linear[2]", -7), ("out[1]", None), ("pc", 23), ("tick", 12), ("bytes", 208), ("steps", 44),
    ],
)  # fmt: skip
def test_reading(machine: XqvmMachine, text: str, value: object) -> None:
    assert machine.get(Place.parse(text)) == value


@pytest.mark.parametrize(
    "text",
    ["r256", "r0[1]", "r0.linear[6]", "r0.linear[-1]", "r0.quad[0,6]", "r0.quad[1]", "r0.what", "r1[3]", "r1[0].x",
     "r2[3]", "r3[0]", "r9[0]", "r9.x", "stack[1]", "stack.x", "loop[1]", "loop[0].x", "in[4]", "out[2]", "pc.x", "x"],
)  # fmt: skip
def test_there_is_no_such_place(machine: XqvmMachine, text: str) -> None:
    with pytest.raises(PlaceError):
        machine.get(Place.parse(text))


@pytest.mark.parametrize(
    ("text", "value"),
    [("r3", -5), ("r9", 1), ("r0.linear[4]", 9), ("r0.quad[2,2]", 8), ("r1[0]", -1), ("r2[2]", 0), ("stack[-1]", 7),
     ("out[0]", 3)],
)  # fmt: skip
def test_editing(machine: XqvmMachine, text: str, value: int) -> None:
    checkpoint, before = machine.checkpoint(), machine.digest()
    machine.set(Place.parse(text), value)
    assert machine.get(Place.parse(text)) == value
    machine.restore(checkpoint)
    assert machine.digest() == before


@pytest.mark.parametrize(
    ("text", "value"),
    [("r3", 1 << 63), ("r3", "x"), ("r1[0]", 5), ("r2[0]", [1]), ("stack[0]", None), ("pc", 1), ("r0.size", 3),
     ("r0.linear[9]", 1), ("in[4]", 1)],
)  # fmt: skip
def test_edits_that_a_place_cannot_hold(machine: XqvmMachine, text: str, value: object) -> None:
    before = machine.digest()
    with pytest.raises(PlaceError):
        machine.set(Place.parse(text), value)
    assert machine.digest() == before


def test_cells_show_what_is_in_use(machine: XqvmMachine) -> None:
    registers = {cell.name: (cell.text, cell.kind) for cell in machine.cells("registers")}
    assert registers == {
        "r0": ("binary 6 2x3  1 linear  1 quadratic", "model"),
        "r1": ("spin 3  +-+", "sample"),
        "r2": ("vec 3  [4 5 6]", "vec"),
        "r3": ("11", "int"),
    }
    assert [(cell.name, cell.text) for cell in machine.cells("stack")] == [("stack[0]", "42")]
    assert [cell.name for cell in machine.cells("loops")] == ["loop[0]"]
    assert [cell.name for cell in machine.cells("inputs")] == ["in[0]", "in[1]", "in[2]", "in[3]"]
    assert machine.cells("outputs") == ()
    assert [view.id for view in machine.views()] == ["stack", "registers", "loops", "inputs", "outputs"]


def test_the_next_instruction_names_its_operands() -> None:
    machine = XqvmMachine(assemble("PUSH 1\nPUSH 2\nPUSH 3\nADDQUAD r7"))
    machine.run(3)
    assert [cell.note for cell in machine.cells("stack")] == ["delta", "j", "i"]
    assert [(cell.name, cell.text, cell.note) for cell in machine.cells("registers")] == [
        ("r7", "unset", "changed next")
    ]


def test_windows_on_models(machine: XqvmMachine) -> None:
    assert [region.name for region in machine.regions()] == ["r0", "r1", "r2"]
    window = machine.window("r0", Frame(0, 0, 6, 6, 1, (1, 5)))
    assert window.head == (None, None, -7, None, None, None)
    assert window.cells[1] == (None, None, None, None, None, 4)
    assert (window.focus, window.focus_place, window.largest, window.stored) == (4, "r0.quad[1,5]", 7, 2)
    assert machine.window("r0", Frame(0, 0, 2, 2, 3, (-1, 2))).focus_place == "r0.linear[2]"
    blocks = machine.window("r0", Frame(0, 0, 2, 2, 3))
    assert (blocks.cells, blocks.head) == (((None, 4), (None, None)), (-7, None))
    part = machine.window("r0", Frame(1, 4, 9, 9, 1))
    assert len(part.cells) == 5 and part.cells[0][:2] == (None, 4)


def test_a_window_follows_every_change() -> None:
    text = "PUSH 20\nBQMX r0\n" + "".join(
        f"PUSH {i}\nPUSH {(i * 7) % 20}\nPUSH {i - 9}\nADDQUAD r0\n" for i in range(20)
    )
    watched, fresh = XqvmMachine(assemble(text)), XqvmMachine(assemble(text))
    watched.run(2)
    while not watched.status.ended:
        watched.run(4)
        fresh = XqvmMachine(assemble(text))
        fresh.run(watched.tick)
        for frame in (Frame(0, 0, 20, 20), Frame(0, 0, 5, 5, 4)):
            ours, theirs = watched.window("r0", frame), fresh.window("r0", frame)
            assert (ours.cells, ours.head, ours.largest, ours.stored) == (
                theirs.cells, theirs.head, theirs.largest, theirs.stored
            )  # fmt: skip


def test_windows_on_samples_and_vectors(machine: XqvmMachine) -> None:
    sample = machine.window("r1", Frame(0, 0, 4, 4, 1, (0, 1)))
    assert (sample.cells, sample.focus, sample.focus_place) == (((1, -1, 1, None),), -1, "r1[1]")
    assert machine.window("r2", Frame(0, 0, 1, 3)).cells == ((4, 5, 6),)
    with pytest.raises(PlaceError, match="holds no model"):
        machine.window("r3", Frame())


def test_empty_values_have_windows() -> None:
    machine = XqvmMachine(assemble("PUSH 0\nBQMX r0\nPUSH 0\nBSMX r1\nVEC r2"))
    machine.run()
    for region in machine.regions():
        window = machine.window(region.name, Frame(0, 0, 5, 5, 1, (0, 0)))
        assert (window.largest, window.stored, window.focus, window.focus_place) == (0, 0, None, "")


def test_handed_out_values_never_change() -> None:
    machine = XqvmMachine(assemble("VEC r0\nPUSH 1\nVECPUSH r0\nPUSH 2\nVECPUSH r0"))
    machine.run(3)
    got = machine.get(Place("r0"))
    machine.run()
    assert isinstance(got, Vec) and got.items == [1]
