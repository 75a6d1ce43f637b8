"""Host calls: stops that somebody answers, and replies that the inputs have."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from tests.support.pvm_programs import Writer
from vm.contract import Place, PlaceError, Reply, Status
from vm.pvm.hosting import KEPT
from vm.pvm.inputs import from_json
from vm.pvm.isa import HALT_ADDRESS
from vm.pvm.machine import PvmMachine

PAGES = [{"address": 0x20000, "length": 0x1000}]


def calling(*numbers: int, **inputs: Any) -> PvmMachine:
    """A machine whose program makes host calls, one behind the other, and halts."""
    writer = Writer()
    for number in numbers:
        writer.put("add_imm_64", 2, 2, 1)
        writer.put("ecalli", number)
    writer.put("jump_ind", 0, 0)
    given = {"pages": PAGES, "gas": 1000, "registers": {"ra": HALT_ADDRESS}}
    return PvmMachine(writer.program(), from_json({**given, **inputs}))


def reply(**writes: int) -> Reply:
    return Reply(tuple((Place(name), value) for name, value in writes.items()))


def test_a_host_call_waits_at_its_instruction_and_goes_on_behind_it() -> None:
    machine = calling(100, -1)
    stop = machine.run()
    assert (stop.status, stop.tick, stop.pc, machine.gas) == (Status.HOST, 2, 6, 998)
    assert [call.number for call in machine.host_calls] == [100]
    assert machine.run() == stop and machine.run(1, None, lambda effect: None) == stop
    machine.reply(reply(a0=7))
    assert (machine.pc, machine.tick, machine.regs[7]) == (11, 2, 7)
    assert machine.run().status is Status.HOST
    assert [(call.number, call.registers[7]) for call in machine.host_calls] == [(100, 0), ((1 << 64) - 1, 7)]
    machine.reply(Reply())
    assert (machine.run().status, machine.host_call) == (Status.HALTED, None)
    assert machine.get(Place.parse("host.count")) == 2


def test_a_reply_that_cannot_be_changes_nothing() -> None:
    machine = calling(1)
    with pytest.raises(PlaceError, match="does not wait"):
        machine.reply(Reply())
    machine.run()
    before = machine.digest()
    for place in ("mem[0]", "pc", "tick", "host", "x", "a0.u7"):
        with pytest.raises(PlaceError):
            machine.reply(Reply(((Place("a0"), 5), (Place.parse(place), 1))))
        assert machine.digest() == before and machine.status is Status.HOST


def test_a_host_charges_by_saying_what_is_left() -> None:
    machine = calling(1)
    machine.run()
    machine.reply(reply(gas=900))
    assert (machine.gas, machine.gas_used, machine.gas_limit) == (900, 100, 1000)
    machine = calling(1)
    machine.run()
    machine.reply(reply(gas=5000))
    assert (machine.gas, machine.gas_used, machine.gas_limit) == (5000, 0, 5000)


def test_a_host_maps_pages_and_fills_them() -> None:
    machine = calling(1)
    machine.run()
    writes = {"rights[0x30000:0x1000]": 1, "mem[0x30000:2]": (1, 2)}
    machine.reply(Reply(tuple((Place.parse(text), value) for text, value in writes.items())))
    assert machine.get(Place.parse("mem[0x30000:2]")) == 0x201


HOSTS: dict[str, tuple[Any, list[int], int]] = {
    "in order": ([{"a0": 1}, {"a0": 2}], [1, 2], 2),
    "always": ({"5": {"a0": 9}}, [9, 9, 9], 3),
    "by number": ({"5": [{"a0": 1}]}, [1], 1),
    "another number": ({"6": {"a0": 1}}, [], 0),
}


@pytest.mark.parametrize("name", HOSTS)
def test_the_inputs_reply_until_they_have_nothing_left(name: str) -> None:
    host, values, answered = HOSTS[name]
    machine, seen = calling(5, 5, 5, host=host), list[object]()
    machine.run(1 << 60, None, lambda effect: seen.extend(w.new for w in effect.writes if w.place == Place("a0")))
    assert seen == values
    assert machine.status is (Status.HALTED if answered == 3 else Status.HOST)
    assert [call.answered for call in machine.host_calls] == [True] * answered + [False] * (answered < 3)


def test_a_charge_that_cannot_be_paid_is_the_end() -> None:
    machine = calling(5, gas=10, host={"5": {"charge": 9, "a0": 3}})
    machine.run()
    assert machine.fault is not None and machine.fault.identity == "OutOfGas"
    assert (machine.gas, machine.pc, machine.regs[7]) == (-1, 6, 0)
    machine = calling(5, gas=11, host={"5": {"charge": 9, "a0": 3}})
    machine.run()
    assert machine.regs[7] == 3 and machine.gas == -1 and machine.pc == 11


def test_a_reply_to_memory_that_is_not_there_is_told() -> None:
    machine = calling(5, host={"5": {"mem[0x30000]": 1}})
    machine.run()
    assert machine.fault is not None and machine.fault.code == "HOST_REPLY"
    assert "mem[0x30000]: nothing is mapped at 0x30000" in machine.fault.explanation


def test_a_tally_counts_what_the_host_charged() -> None:
    machine, spent = calling(5, 5, host={"5": {"charge": 10}}), dict[int, list[int]]()
    machine.tally(1 << 60, spent)
    assert spent[6] == [1, 11] and spent[17] == [1, 11] and spent[0] == [1, 1]
    assert sum(gas for _, gas in spent.values()) == machine.gas_used


def test_host_calls_are_part_of_a_checkpoint() -> None:
    machine = calling(5, 5, 5, host=[{"a0": 1}, {"a0": 2}, {"a0": 3}])
    machine.run(2)
    kept, digest = machine.checkpoint(), machine.digest()
    machine.run(2)
    assert machine.regs[7] == 2 and machine.digest() != digest
    machine.restore(kept)
    assert machine.digest() == digest
    machine.run(2)
    assert machine.regs[7] == 2


def test_only_the_latest_calls_are_kept_and_all_are_counted() -> None:
    machine = calling(*[5] * (KEPT + 10), host={"5": {}})
    machine.run()
    assert len(machine.host_calls) == KEPT and machine.get(Place.parse("host.count")) == KEPT + 10
    cells = machine.cells("host")
    assert [cell.name for cell in cells][:2] == [f"host[{KEPT + 9}]", f"host[{KEPT + 8}]"]
    assert len({cell.name for cell in cells}) == KEPT


def test_what_the_view_says_of_a_call() -> None:
    machine = calling(100, registers={"a0": 72})
    machine.run()
    (cell,) = machine.cells("host")
    assert (cell.text, cell.note) == ("100 (log) a0=0x48", "waits for a reply, tick 1")
    machine.reply(Reply())
    assert machine.cells("host")[0].note == "answered, tick 1"


def test_a_block_goes_on_behind_a_call_to_the_exact_gas() -> None:
    def gases(host: Mapping[str, Any]) -> list[tuple[int, int]]:
        found = []
        for gas in range(12):
            machine = calling(5, 5, gas=gas, host=host)
            machine.run()
            found.append((machine.gas, machine.pc))
        return found

    assert gases({"5": {}}) == [(-1, pc) for pc in (0, 6, 11, 17, 22)] + [(gas, 22) for gas in range(7)]
