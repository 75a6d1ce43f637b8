"""What a PVM can be given, and what it is told when it cannot."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.pvm_programs import Writer
from vm.contract import Place
from vm.diagnostics import InputError
from vm.pvm.blob import Blob
from vm.pvm.inputs import DEFAULT_GAS, from_json
from vm.pvm.isa import HALT_ADDRESS
from vm.pvm.machine import PvmMachine
from vm.pvm.program import Program
from vm.pvm.standard import Standard


def bare() -> Program:
    writer = Writer()
    writer.put("trap")
    return writer.program()


def test_inputs_in_every_form() -> None:
    given = {
        "gas": "0x10",
        "pc": 0,
        "registers": [*range(12), -1],
        "pages": [{"address": "0x20000", "length": 4096, "writable": False}, {"address": 0x21000, "length": 4096}],
        "memory": [{"address": 0x20001, "contents": [1, 2]}, {"address": 0x20FFF, "contents": "0xaabb"}],
        "heap": 0x22000,
    }
    machine = PvmMachine(bare(), from_json(given))
    assert (machine.gas, machine.regs[12], machine.memory.heap) == (16, (1 << 64) - 1, 0x22000)
    assert machine.memory.areas == ((0x20, 0x21, 1), (0x21, 0x22, 2))
    assert machine.get(Place.parse("mem[0x20000:4]")) == 0x00020100
    assert machine.get(Place.parse("mem[0x21000]")) == 0xBB


def test_a_program_starts_as_it_says() -> None:
    standard = Standard(read_only=b"ro", read_write=b"rw", heap_pages=1, stack_size=5000)
    program = Program(Blob(b"\0", b"\1"), memory=standard)
    machine = PvmMachine(program, from_json({"args": "0102", "registers": {"t0": 9}}))
    assert machine.gas == DEFAULT_GAS
    assert machine.regs[:3] == [HALT_ADDRESS, 0xFEFE0000, 9] and machine.regs[7:9] == [0xFEFF0000, 2]
    assert machine.memory.heap == 0x32000
    assert [(first, end) for first, end, _ in machine.memory.areas] == [
        (0x10, 0x11), (0x30, 0x32), (0xFEFDE, 0xFEFE0), (0xFEFF0, 0xFEFF1),
    ]  # fmt: skip
    assert machine.memory.peek(0xFEFF0000, 3) == b"\1\2\0"


WRONG: dict[str, tuple[Any, str]] = {
    "unknown": ({"calldata": []}, "unknown key 'calldata'; inputs have args, gas"),
    "args": ({"args": "0g"}, "args: '0g' is not hexadecimal"),
    "args type": ({"args": 5}, "args: must be octets"),
    "octet": ({"args": [1, 256]}, r"args\[1\]: must be 0 to 0xff"),
    "gas": ({"gas": -1}, "gas: must be 0 to"),
    "gas true": ({"gas": True}, "gas: must be an integer"),
    "gas text": ({"gas": "many"}, "gas: 'many' is no number"),
    "gas long": ({"gas": "9" * 100}, "gas: must be 0 to"),
    "pc": ({"pc": 1.5}, "pc: must be an integer"),
    "registers": ({"registers": [1]}, "registers: there are 13 of them, not 1"),
    "register name": ({"registers": {"r13": 1}}, "registers: 'r13' is no register"),
    "register twice": ({"registers": {"a0": 1, "r7": 1}}, "registers: 'r7' is there twice"),
    "register type": ({"registers": 5}, "registers: must be a list of 13"),
    "pages": ({"pages": {}}, "pages: must be a list"),
    "page": ({"pages": [5]}, r"pages\[0\]: must be an object with address, length, writable"),
    "page key": ({"pages": [{"address": 1 << 16, "size": 1}]}, r"pages\[0\]: length is missing"),
    "page odd": ({"pages": [{"address": 0x20001, "length": 4096}]}, r"pages\[0\]: address and length must be mult"),
    "page low": ({"pages": [{"address": 0xF000, "length": 4096}]}, r"pages\[0\]: pages lie between 0x10000 and"),
    "page high": ({"pages": [{"address": 0xFFFFF000, "length": 8192}]}, r"pages\[0\]: pages lie between"),
    "page rights": ({"pages": [{"address": 1 << 16, "length": 0, "writable": 1}]}, r"writable: must be true or false"),
    "memory": ({"memory": [{"address": 5, "contents": "00"}]}, "memory: 0x5 to 0x6 is not all mapped; add pages"),
    "memory type": ({"memory": 5}, "memory: must be a list"),
    "memory end": ({"memory": {"0xffffffff": "0000"}}, r"memory\[0\]: the contents reach beyond"),
    "memory key": ({"memory": {"x": "00"}}, r"memory\[0\].address: 'x' is no number"),
    "heap": ({"heap": 1 << 33}, "heap: must be 0 to"),
    "host": ({"host": 5}, "host: must be a list of replies in order, or an object"),
    "reply": ({"host": [5]}, r"host\[0\]: must be an object of values by place"),
    "reply place": ({"host": [{"a9": 1}]}, r"host\[0\].a9: a reply can set registers"),
    "reply text": ({"host": {"1": {"0": 1}}}, r"host.1.0: '0' does not begin with the name of a place"),
    "reply value": ({"host": {"1": {"a0": "x"}}}, r"host.1.a0: 'x' is no number"),
    "reply octets": ({"host": {"1": [{"mem[0x20000:2]": "zz"}]}}, r"host.1\[0\].mem.*is not hexadecimal"),
    "reply charge": ({"host": {"1": {"charge": -1}}}, r"host.1.charge: must be 0 to"),
    "call": ({"host": {"log": {}}}, "host: a number of a call: 'log' is no number"),
    "memory limit": ({"memory_limit": "x"}, "memory_limit: 'x' is no number"),
    "bare args": ({"args": "00"}, "args: a bare program blob takes no argument"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_cannot_be_is_told(name: str) -> None:
    given, message = WRONG[name]
    with pytest.raises(InputError, match=f"^{message}" if "must be true" not in message else message):
        PvmMachine(bare(), from_json(given))


def test_arguments_can_be_too_long() -> None:
    program = Program(Blob(b"\0", b"\1"), memory=Standard())
    with pytest.raises(InputError, match=r"^args: 16,777,217 octets are too many"):
        PvmMachine(program, from_json({"args": "00" * ((1 << 24) + 1)}))


def test_a_twin_has_the_same_inputs() -> None:
    machine = PvmMachine(bare(), from_json({"gas": 10, "registers": {"a0": 5}, "memory_limit": 5000}))
    twin = machine.twin()
    assert (twin.gas, twin.regs, twin.memory.limit) == (10, machine.regs, 5000)
    assert twin.digest() == machine.digest()
