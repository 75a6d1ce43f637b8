"""Places of the Machine Dialect VM: read, written, told in text and JSON, and shown as cells."""

from __future__ import annotations

import pytest

from vm.contract import Frame, Place, PlaceError, Status, Value
from vm.mdvm.assembler import assemble
from vm.mdvm.inputs import from_json
from vm.mdvm.machine import MdvmMachine
from vm.mdvm.toolchain import TOOLCHAIN
from vm.mdvm.values import Array, Dict, Function, Url
from vm.mdvm.values import alike as same

TEXT = """
        .func "f" f
        load_const  r0, 3
        new_array   r1, r0
        load_const  r2, 1
        array_set   r1, r2, r0
        dict_new    r3
        load_const  r4, "a key"
        dict_set    r3, r4, r1
        load_const  r4, "x"
        dict_set    r3, r4, r0
        store_global r3, "g"
        store_global r1, "two words"
        print       r1
        define      r6, string
        load_const  r5, "f"
        call        r70, r5, r0
        halt
f:      nop
        return      r0
"""


@pytest.fixture
def machine() -> MdvmMachine:
    """Inside of a call."""
    found = MdvmMachine(assemble(TEXT))
    found.run(15)
    assert found.depth == 1 and found.status is Status.READY
    return found


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("r0", 3),
        ("r1[1]", 3),
        ("r1[-1]", None),
        ("r3.x", 3),
        ('r3["a key"][1]', 3),
        ("globals", 2),
        ("globals.g.x", 3),
        ('globals["two words"][1]', 3),
        ("frame", 1),
        ("frame[0].pc", 15),
        ("frame[-1].into", 70),
        ("frame[0].entry", 16),
        ("frame[0].r5", "f"),
        ("frame[0].r1[1]", 3),
        ("out", 1),
        ("out[0]", "Array([Empty, Int(3), Empty])"),
        ("const[0]", 3),
        ("tag[6]", "string"),
        ("tag[1]", "array"),
        ("pc", 16),
        ("tick", 15),
        ("instructions", 15),
        ("result", None),
        ("scope", 0),
        ("jumped", None),
        ("memory.limit", 1 << 24),
        ("r1[0:2]", (None, 3)),
    ],
)
def test_a_place_is_read(machine: MdvmMachine, text: str, value: Value) -> None:
    place = Place.parse(text)
    assert machine.get(place) == value == machine.reader(place)()
    assert machine.knows(place.name) and str(Place.parse(str(place))) == str(place)


@pytest.mark.parametrize("text", ["x", "r256", "r01", "tag[256]", "frame[0].r64", "globals[0]", "pc.x", "out.x"])
def test_there_can_be_no_such_place(machine: MdvmMachine, text: str) -> None:
    with pytest.raises(PlaceError):
        machine.reader(Place.parse(text))


@pytest.mark.parametrize("text", ["r1[3]", "r1.x", "r3.y", "r3[0]", "r0[0]", "globals.no", "frame[1].pc", "out[1]"])
def test_there_is_no_such_place_now(machine: MdvmMachine, text: str) -> None:
    read = machine.reader(Place.parse(text))
    with pytest.raises(PlaceError):
        read()


@pytest.mark.parametrize(
    ("text", "value", "then"),
    [
        ("r0", -5, -5),
        ("r0", True, True),
        ("r0", 2.5, 2.5),
        ("r0", [1, [2]], Array([1, Array([2])])),
        ("r0", {"a": None}, Dict([("a", None)])),
        ("r1[0]", "x", "x"),
        ("r3.new", 1, 1),
        ('r3["a key"][2]', 9, 9),
        ("globals.new", 1, 1),
        ("globals.g.x", 5, 5),
        ("frame[0].r5", 7, 7),
        ("frame[0].pc", 2, 2),
        ("tag[7]", "url", "url"),
        ("tag[7]", 7, "unknown"),
        ("instructions.limit", 20, 20),
        ("memory.limit", 5, 5),
        ("pc", 3, 3),
        ("r0", Url("u"), Url("u")),
        ("r0", Function("f"), Function("f")),
        ("frame[0].into", 255, 255),
    ],
)
def test_a_place_is_written_and_nobody_else_notices(machine: MdvmMachine, text: str, value: Value, then: Value) -> None:
    kept, digest, place = machine.checkpoint(), machine.digest(), Place.parse(text)
    machine.set(place, value)
    found = machine.get(place)
    assert type(found) is type(then) and same(found, then)  # type: ignore[arg-type]
    assert machine.digest() != digest
    machine.restore(kept)
    assert machine.digest() == digest


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("r0", 1 << 63),
        ("r0", b"x"),
        ("r0", "\ud800"),
        ("r1[3]", 0),
        ("r0.x", 0),
        ("globals.no.x", 0),
        ("out[0]", "x"),
        ("frame[1].r0", 0),
        ("frame[0].x", 0),
        ("tag[0]", "no"),
        ("pc", 19),
        ("pc", True),
        ("tick", 0),
        ("const[0]", 0),
        ("instructions.limit", 3),
        ("frame[0].into", 256),
        ("r0", {1: 2}),
        ("r1[0:2]", 0),
    ],
)
def test_an_edit_that_cannot_be_changes_nothing(machine: MdvmMachine, text: str, value: Value) -> None:
    before = machine.digest()
    with pytest.raises(PlaceError):
        machine.set(Place.parse(text), value)
    assert machine.digest() == before


def test_a_write_of_a_register_forgets_its_tag(machine: MdvmMachine) -> None:
    machine.set(Place("r6"), 5)
    assert machine.get(Place("tag", ((6,),))) == "int"


def test_to_go_to_an_instruction_mends_a_fault() -> None:
    machine = MdvmMachine(assemble("neg r0, r0\nnop\n"))
    assert machine.run().status is Status.FAULTED
    machine.set(Place("r0"), 5)
    machine.set(Place("pc"), 0)
    assert machine.run().status is Status.HALTED and machine.get(Place("r0")) == -5


@pytest.mark.parametrize(
    ("text", "usual"),
    [
        ("r1[-1]", "r1[2]"),
        ("out[-1]", "out[0]"),
        ("frame[-1].pc", "frame[0].pc"),
        ("r1[-9]", "r1[-9]"),
        ('r3["x"]', "r3.x"),
        ('r3["a key"][-1]', 'r3["a key"][2]'),
        ("zz[0]", "zz[0]"),
    ],
)
def test_a_place_has_one_usual_spelling(machine: MdvmMachine, text: str, usual: str) -> None:
    assert str(machine.resolve(Place.parse(text))) == usual


def test_keys_in_places() -> None:
    for key in ("", "a b", 'q"u\\o', "é😀", "1", "x.y", "\n", "r0"):
        place = Place("r3", (key, (1,)))
        assert Place.parse(str(place)) == place
    for wrong in ('r3["', 'r3["a', 'r3["\\x"]', "r3['a']", 'r3[""'):
        with pytest.raises(PlaceError):
            Place.parse(wrong)


VALUES = (
    None,
    True,
    False,
    0,
    -1,
    2.5,
    3.0,
    -0.0,
    float("nan"),
    float("inf"),
    "",
    "text",
    Array(),
    Array([1, 2.0, Array([None])]),
    Dict(),
    Dict([("b", 1), ("a", Array([True]))]),
    Dict([("$float", "x")]),
    Url("u"),
    Function("f", 1, 2),
)


@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_values_survive_json(machine: MdvmMachine, value: Value) -> None:
    import json

    told = json.loads(json.dumps(machine.to_json(value), allow_nan=False))
    assert same(machine.from_json(told), value)  # type: ignore[arg-type]


def test_json_that_is_no_value(machine: MdvmMachine) -> None:
    deep: object = 1
    for _ in range(300):
        deep = [deep]
    for wrong in (1 << 63, {"$float": "x"}, {"$no": 1}, deep, {"$dict": 1}):
        with pytest.raises(PlaceError):
            machine.from_json(wrong)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "empty"),
        (True, "true"),
        (2.0, "2.0"),
        ("a\n", '"a\\n"'),
        (Array([1, None]), "[1, empty]"),
        (Dict([("a", 1), ("b c", 2)]), '{a: 1, "b c": 2}'),
        (Array(range(20)), "[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, … 20 in all]"),
        ("x" * 100, '"' + "x" * 80 + "… (100 characters)"),
    ],
)
def test_values_in_one_line(machine: MdvmMachine, value: Value, text: str) -> None:
    assert machine.text(value) == text


def test_functions(machine: MdvmMachine) -> None:
    assert (
        machine.call("float", ["2.5"]) == 2.5 and machine.call("int", [2.0]) == 2 and machine.call("size", ["é"]) == 2
    )
    assert machine.call("type", [None]) == "Empty" and machine.call("equal", [1, 1.0]) is True
    assert machine.call("text", [[1, 2]]) == "[1, 2]" and machine.call("keys", [{"a": 1}]) == Array(["a"])
    assert machine.call("of", [{"a": 1}, "a"]) == 1 and len(machine.call("array", [3])) == 3  # type: ignore[arg-type]
    for name, arguments in (
        ("float", ["x"]),
        ("int", [2.5]),
        ("size", [1]),
        ("keys", [1]),
        ("no", []),
        ("float", []),
        ("array", [-1]),
        ("of", [[1], 5]),
    ):
        with pytest.raises(PlaceError):
            machine.call(name, arguments)


def test_cells(machine: MdvmMachine) -> None:
    cells = {view.id: machine.cells(view.id) for view in machine.views()}
    registers = {cell.name: cell for cell in cells["registers"]}
    assert registers["r1"].text == "[empty, 3, empty]" and registers["r1"].holds == 3
    assert registers["r6"].note == "tagged string" and "r99" not in registers
    assert [cell.name for cell in cells["globals"]] == ["globals.g", 'globals["two words"]']
    (call,) = cells["calls"]
    assert call.text == "f → r70, back at @15" and call.holds == 6
    assert [cell.name for cell in machine.entries("frame[0]", 1, 2)] == ["frame[0].r1", "frame[0].r2"]
    assert [cell.name for cell in machine.entries("r1", 1, 9)] == ["r1[1]", "r1[2]"]
    assert [cell.name for cell in machine.entries("r3", 0, 9)] == ['r3["a key"]', "r3.x"]
    assert [cell.text for cell in cells["outputs"]] == ["Array([Empty, Int(3), Empty])"]
    assert cells["constants"][0].text == "3" and cells["counters"][0].name == "pc"
    for name in ("r0", "r5"):
        with pytest.raises(PlaceError):
            machine.entries(name, 0, 5)


def test_arrays_of_ints_through_a_window(machine: MdvmMachine) -> None:
    machine.set(Place("r9"), [[1, 2, 3], [4, -50, 6]])
    assert [(each.name, each.rows, each.cols) for each in machine.regions()] == [
        ("r1", 1, 3),
        ("r9", 2, 3),
        ('globals["two words"]', 1, 3),
    ]
    seen = machine.window("r9", Frame(0, 0, 2, 3, 1, (1, 1)))
    assert seen.cells == ((1, 2, 3), (4, -50, 6)) and (seen.focus, seen.focus_place) == (-50, "r9[1][1]")
    assert (seen.largest, seen.stored) == (50, 6)
    assert machine.window("r9", Frame(0, 0, 1, 2, 2)).cells == ((-50, 6),)
    assert machine.window("r1", Frame(0, 0, 1, 3)).cells == ((None, 3, None),)
    with pytest.raises(PlaceError):
        machine.window("r0", Frame())


@pytest.mark.parametrize("given", [{"calldata": []}, {"memory": -1}, {"instructions": "5"}, {"instructions": True}])
def test_inputs_are_limits_only(given: dict[str, object]) -> None:
    from vm.diagnostics import InputError

    with pytest.raises(InputError):
        from_json(given)
    machine = TOOLCHAIN.machine(assemble("nop\n"), {"instructions": 7, "memory": 9})
    assert TOOLCHAIN.inputs(machine) == {"instructions": 7, "memory": 9}
