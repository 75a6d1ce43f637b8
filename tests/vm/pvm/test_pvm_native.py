"""The native engine and the interpreter go through the same states, and each can go on where the other has stopped."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import pytest

from tests.support.pvm_programs import BASE, DATA, EDGES, FREE, ODD, PAGES, SP, STACK, RandomProgram, Writer
from vm.contract import Machine, Place, Status, StopWhen
from vm.pvm.blob import Blob
from vm.pvm.engines import AUTOMATIC, INTERPRETER, NATIVE
from vm.pvm.inputs import from_json
from vm.pvm.isa import HALT_ADDRESS, ISA
from vm.pvm.machine import PvmMachine
from vm.pvm.program import Program

pytest.importorskip("llvmlite", reason="the native engine needs llvmlite, an extra of this project")

from vm.pvm.accesses import access_of
from vm.pvm.native import compiler, driver, region, thrift
from vm.pvm.native.lowering import LOWERINGS

if not compiler.available():
    pytest.skip("the native engine is not for this system", allow_module_level=True)


@pytest.fixture
def stubborn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Compiled code is made and entered however little it executes, and however long the machine takes for it."""
    monkeypatch.setattr(driver, "_CREDIT", 1 << 60)
    monkeypatch.setattr(thrift.Thrift, "due", lambda _self: True)


def pair(program: Program, inputs: Mapping[str, Any]) -> tuple[PvmMachine, PvmMachine]:
    """The same program on both engines."""
    return (
        PvmMachine(program, from_json(inputs), engine=INTERPRETER),
        PvmMachine(program, from_json(inputs), engine=NATIVE),
    )


def compiled_ticks(machine: PvmMachine) -> int:
    """How many instructions compiled code has executed."""
    assert machine._driver
    return machine._driver.executed


def assert_alike(one: PvmMachine, other: PvmMachine) -> None:
    assert (one.tick, one.pc, one.status, one.gas, one.regs) == (
        other.tick, other.pc, other.status, other.gas, other.regs
    )  # fmt: skip
    assert one.digest() == other.digest()
    assert one.reached() == other.reached()


def some_stop(chance: random.Random, starts: Sequence[int]) -> StopWhen | None:
    pcs = frozenset(chance.choices(starts, k=chance.randint(1, 3)))
    kinds = (
        None, None, StopWhen(pcs), StopWhen(depth=chance.randint(0, 2)), StopWhen(pcs, depth=0), StopWhen(work=50),
        StopWhen(pcs, test=lambda machine: machine.get(Place("a0")) != 1 and machine.tick % 3 == 0),
    )  # fmt: skip
    return chance.choice(kinds)


def travel(one: PvmMachine, other: PvmMachine, chance: random.Random, starts: Sequence[int]) -> None:
    """Run both by random budgets and stops, and back to checkpoints of either."""
    kept: list[tuple[Any, Any]] = []
    for _ in range(60):
        if one.status is Status.HOST:
            for machine in (one, other):
                machine.set(Place("a0"), 7)
                machine.go_to(machine.instruction_at(machine.pc).next)
        if one.status is not Status.READY:
            if not kept or chance.random() < 0.3:
                return
            theirs = chance.choice(kept)
            one.restore(theirs[0])
            other.restore(chance.choice(theirs))
        budget, stop = chance.choice((1, 5, 50, 300, 1000, 1 << 60)), some_stop(chance, starts)
        assert one.run(budget, stop) == other.run(budget, stop)
        assert_alike(one, other)
        if chance.random() < 0.3:
            kept.append((one.checkpoint(), other.checkpoint()))


@pytest.mark.usefixtures("stubborn")
@pytest.mark.parametrize("most", (6, 500), ids=("small-regions", "one-region"))
@pytest.mark.parametrize("wild", (False, True), ids=("tame", "wild"))
@pytest.mark.parametrize("seed", range(15))
def test_both_engines_agree_wherever_they_are_stopped(
    seed: int, wild: bool, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(region, "MOST", most)
    program, chance = RandomProgram(seed, wild=wild), random.Random(seed)
    one, other = pair(program.program, program.inputs(chance.choice((100, 3000, 100_000))))
    begin = one.checkpoint(), other.checkpoint()
    for turn in range(6):
        one.restore(begin[0])
        other.restore(begin[turn % 2])
        one.regs[12] = other.regs[12] = chance.choice((1, 3, 50))
        travel(one, other, chance, program.program.starts)
    assert compiled_ticks(other) > 0


@pytest.mark.parametrize("seed", range(20))
def test_mutated_programs_agree(seed: int) -> None:
    """Octets of code and bits of the bitmask are changed: undefined opcodes, jumps into operands, cut instructions."""
    chance = random.Random(f"mutated {seed}")
    whole = RandomProgram(seed, wild=True)
    code, marks = bytearray(whole.program.code), bytearray(whole.program.marks)
    for _ in range(chance.randint(1, 12)):
        code[chance.randrange(len(code))] = chance.choice((0, 1, 10, 40, 50, 80, 101, 180, chance.randrange(256)))
    for _ in range(chance.randint(0, 6)):
        marks[chance.randrange(len(marks))] ^= 1
    parts = whole.program.parts
    table = tuple(chance.choice((pc, chance.randrange(len(code)))) for pc in parts.jump_table)
    program = Program(Blob(bytes(code), bytes(marks), table, parts.entry_size), "mutated")
    inputs = whole.inputs(2_000) | {"pc": chance.choice((0, chance.randrange(len(code) + 2)))}
    travel(*pair(program, inputs), chance, program.starts)


def test_every_instruction_is_compiled_but_for_three() -> None:
    left = {
        op.name for op in ISA
        if not (op.name in LOWERINGS or access_of(op) is not None or op.flow in region.ENDS)
    }  # fmt: skip
    assert left == {"trap", "ecalli", "sbrk"}


# Single instructions


def one_instruction(name: str, chance: random.Random) -> tuple[Program, int]:
    """A program of one instruction between two that end blocks, and its address."""
    writer, op = Writer(), ISA.by_name[name]
    writer.put("fallthrough")
    values = [
        chance.choice(FREE) if o.name in "abd" else chance.choice((1, 3, 31, 63, -1, -128, 1 << 30))
        for o in op.operands
    ]
    pc = writer.put(name, *values)
    writer.put("jump_ind", 0, 0)
    return writer.program(), pc


PLAIN = [op.name for op in ISA if op.group in ("arithmetic", "logic", "shift", "compare", "move", "bits")]


@pytest.mark.usefixtures("stubborn")
@pytest.mark.parametrize("name", PLAIN)
def test_what_is_computed_is_the_same_at_every_edge(name: str) -> None:
    chance = random.Random(name)
    program, _ = one_instruction(name, chance)
    one, other = pair(program, {"registers": [HALT_ADDRESS] + [0] * 12})
    start = one.checkpoint()
    for _ in range(120):
        registers = [HALT_ADDRESS, *(chance.choice((chance.choice(EDGES), chance.getrandbits(64))) for _ in range(12))]
        for machine in (one, other):
            machine.restore(start)
            machine.regs[:] = registers
            machine.run()
        assert one.status is Status.HALTED
        assert one.regs == other.regs
    assert compiled_ticks(other) >= 120


ACCESSES = [op.name for op in ISA if op.group in ("load", "store")]
BORDERS = (DATA, DATA + 0x1000, DATA + 0x2000, ODD, ODD + 0x1000, STACK, STACK - 0x1000, 0x10000, 0, 1 << 32)


@pytest.mark.usefixtures("stubborn")
@pytest.mark.parametrize("name", ACCESSES)
def test_accesses_at_the_borders_of_pages(name: str) -> None:
    """Between pages that may be written, only read, not accessed, below 64 KiB, and over the end of the space."""
    op, chance = ISA.by_name[name], random.Random(name)
    access = access_of(op)
    assert access is not None
    pages = [*PAGES, {"address": 0xFFFFF000, "length": 0x1000}]
    memory = {str(at): chance.randbytes(0x1000).hex() for at in (DATA, DATA + 0x1000, ODD, STACK - 0x1000, 0xFFFFF000)}
    inputs = {
        "pages": pages,
        "memory": memory,
        "registers": [HALT_ADDRESS, *(chance.getrandbits(64) for _ in range(12))],
    }
    addresses = [border - back for border in BORDERS for back in (0, 1, access.size - 1, access.size, 8)]
    if not access.base:
        addresses = chance.sample(addresses, 12)
    writer, starts = Writer(), []
    for address in addresses if not access.base else [0]:
        writer.put("fallthrough")
        signed = (address + (1 << 31)) % (1 << 32) - (1 << 31)
        given = {"a": 3, "b": BASE, "x": signed if not access.base else -4, "y": -0x12345678}
        if access.base == "a":
            given["a"] = BASE
        starts.append(writer.put(name, *(given[operand.name] for operand in op.operands)))
        writer.put("jump_ind", 0, 0)
    one, other = pair(writer.program(), inputs)
    begin = one.checkpoint()
    for at, address in enumerate(addresses):
        for machine in (one, other):
            machine.restore(begin)
            machine.regs[BASE] = (address + 4) % (1 << 64)
            machine.go_to(0 if access.base else starts[at] - 1)
            machine.run()
        assert_alike(one, other)
    assert compiled_ticks(other) > 0


# Loops, calls, hosts


def counting_loop(*body: tuple[Any, ...]) -> Writer:
    """A loop of r12 rounds around some instructions."""
    writer = Writer()
    writer.put("fallthrough")
    writer.label("again")
    for instruction in body:
        writer.put(*instruction)
    writer.put("add_imm_64", 12, 12, -1)
    writer.put("branch_ne_imm", 12, 0, "again")
    writer.put("jump_ind", 0, 0)
    return writer


def registers(**given: int) -> list[int]:
    found = [HALT_ADDRESS, STACK] + [0] * 11
    for name, value in given.items():
        found[int(name[1:])] = value
    return found


def test_gas_ends_a_run_at_the_exact_instruction() -> None:
    program = counting_loop(("add_imm_64", 2, 2, 3), ("store_ind_u64", 2, BASE, 8)).program()
    inputs = {"pages": [dict(page) for page in PAGES], "registers": registers(r12=10, r5=DATA)}
    for gas in range(48):
        one, other = pair(program, inputs | {"gas": gas})
        assert one.run() == other.run()
        assert_alike(one, other)
        assert one.status is (Status.HALTED if gas >= 42 else Status.FAULTED)


def test_budgets_are_exact_at_every_tick() -> None:
    program = counting_loop(("add_imm_64", 2, 2, 3), ("xor", 2, 12, 3)).program()
    one, other = pair(program, {"registers": registers(r12=30)})
    other.run()
    start = one.checkpoint()
    digests = [one.digest()]
    while one.status is Status.READY:
        one.run(1)
        digests.append(one.digest())
    for tick, digest in enumerate(digests):
        other.restore(start)
        other.run(tick)
        assert (other.tick, other.digest()) == (tick, digest)
        other.run()
        assert other.digest() == digests[-1]


def test_most_of_a_loop_is_executed_by_compiled_code() -> None:
    program = counting_loop(("load_ind_u32", 2, BASE, 4), ("store_ind_u32", 2, BASE, 9)).program()
    one, other = pair(program, {"registers": registers(r12=5_000, r5=DATA + 0xFF0), "pages": [dict(p) for p in PAGES]})
    one.run()
    other.run()
    assert_alike(one, other)
    assert compiled_ticks(other) > 19_900


def test_pages_stay_those_of_the_checkpoints() -> None:
    program = counting_loop(("store_ind_u64", 12, BASE, 0), ("load_ind_u64", 3, BASE, 0)).program()
    machine = pair(program, {"registers": registers(r12=900, r5=DATA), "pages": [dict(page) for page in PAGES]})[1]
    kept = []
    while machine.status is Status.READY:
        kept.append((machine.checkpoint(), machine.digest(), machine.memory.peek(DATA, 8)))
        machine.run(100)
    twin = machine.twin()
    assert twin.engine == NATIVE
    for checkpoint, digest, octets in reversed(kept):
        for each in (machine, twin):
            each.restore(checkpoint)
            assert (each.digest(), each.memory.peek(DATA, 8)) == (digest, octets)
            each.run(7)


def test_a_debugger_may_change_memory_and_rights_in_between() -> None:
    program = counting_loop(("load_ind_u8", 2, BASE, 0), ("add_64", 3, 2, 3), ("store_ind_u8", 3, BASE, 1)).program()
    one, other = pair(program, {"registers": registers(r12=2_000, r5=DATA), "pages": [dict(page) for page in PAGES]})
    chance = random.Random(5)
    for _ in range(12):
        octet = chance.randrange(256)
        for machine in (one, other):
            machine.run(331)
            machine.set(Place.parse(f"mem[{DATA:#x}]"), octet)
        assert_alike(one, other)
    for machine in (one, other):
        machine.set(Place.parse(f"rights[{DATA:#x}]"), 1)
        machine.run()
        assert machine.fault is not None and machine.fault.identity == "PageFault"
    assert_alike(one, other)
    for machine in (one, other):
        machine.set(Place.parse(f"rights[{DATA:#x}]"), 2)
        machine.go_to(machine.pc)
        machine.run()
    assert one.status is Status.HALTED
    assert_alike(one, other)


def test_the_heap_grows_under_compiled_code() -> None:
    writer = counting_loop(
        ("sbrk", 2, 4), ("add_imm_64", 3, 2, -8), ("store_ind_u64", 12, 3, 0), ("load_ind_u64", 6, 3, 0)
    )
    one, other = pair(writer.program(), {"registers": registers(r12=300, r4=700), "heap": 0x40000})
    one.run()
    other.run()
    assert one.status is Status.HALTED and one.memory.heap == 0x40000 + 210_000
    assert_alike(one, other)


@pytest.mark.parametrize("answered", (True, False))
def test_host_calls_inside_a_loop(answered: bool) -> None:
    program = counting_loop(("add_imm_64", 3, 3, 1), ("ecalli", 7), ("add_64", 7, 3, 3)).program()
    inputs: dict[str, Any] = {"registers": registers(r12=50), "gas": 400}
    if answered:
        inputs["host"] = {"7": {"a0": 5, "charge": 2}}
    one, other = pair(program, inputs)
    while one.status in (Status.READY, Status.HOST):
        assert one.run() == other.run()
        assert_alike(one, other)
        if one.status is Status.HOST:
            for machine in (one, other):
                machine.set(Place("a0"), machine.tick)
                machine.go_to(machine.instruction_at(machine.pc).next)
    assert one.fault is None or answered


def recursion() -> Program:
    """A function that calls itself a2 deep, twice at each depth."""
    writer = Writer()
    writer.put("load_imm_jump", 0, writer.address("back"), "f")
    writer.label("back")
    writer.put("load_imm", 0, HALT_ADDRESS - (1 << 32))
    writer.put("jump_ind", 0, 0)
    writer.label("f")
    writer.put("add_imm_64", SP, SP, -16)
    writer.put("store_ind_u64", 0, SP, 8)
    writer.put("store_ind_u64", 9, SP, 0)
    writer.put("add_imm_64", 9, 9, -1)
    writer.put("add_imm_64", 7, 7, 1)
    writer.put("branch_eq_imm", 9, 0, "end")
    writer.put("load_imm_jump", 0, writer.address("once"), "f")
    writer.label("once")
    writer.put("load_imm", 0, writer.address("twice"))
    writer.put("jump", "f")
    writer.label("twice")
    writer.put("fallthrough")
    writer.label("end")
    writer.put("load_ind_u64", 9, SP, 0)
    writer.put("load_ind_u64", 0, SP, 8)
    writer.put("add_imm_64", SP, SP, 16)
    writer.put("jump_ind", 0, 0)
    return writer.program()


def test_open_calls_are_kept_account_of() -> None:
    one, other = pair(recursion(), {"registers": registers(r9=9), "pages": [dict(page) for page in PAGES]})
    other.run()
    other.restore(one.checkpoint())
    depths = set()
    while one.status is Status.READY:
        assert one.run(97) == other.run(97)
        assert one.nests() == other.nests()
        assert one.digest() == other.digest()
        depths.add(one.depth)
    assert len(depths) > 5 and compiled_ticks(other) > one.tick


@pytest.mark.parametrize("depth", range(1, 8))
def test_runs_end_where_calls_return(depth: int) -> None:
    one, other = pair(recursion(), {"registers": registers(r9=7), "pages": [dict(page) for page in PAGES]})
    while one.status is Status.READY:
        stop = StopWhen(depth=depth)
        assert one.run(1 << 60, stop) == other.run(1 << 60, stop)
        assert_alike(one, other)
        assert one.run(61) == other.run(61)


def test_breakpoints_that_seldom_stop_are_left_to_the_interpreter() -> None:
    program = counting_loop(("add_imm_64", 2, 2, 3), ("xor", 2, 12, 3)).program()
    one, other = pair(program, {"registers": registers(r12=20_000)})
    asked: list[int] = []

    def test(machine: Machine) -> bool:
        asked.append(machine.tick)
        return machine.tick % 30_011 == 3

    stop = StopWhen(frozenset({program.starts[2]}), test=test)
    while one.status is Status.READY:
        stops = one.run(1 << 60, stop)
        seen, asked[:] = list(asked), []
        assert other.run(1 << 60, stop) == stops
        assert asked == seen
        asked.clear()
        assert_alike(one, other)
    assert compiled_ticks(other) < 10_000


def test_a_large_program_is_compiled_in_parts() -> None:
    writer = Writer()
    writer.put("fallthrough")
    writer.label("again")
    chance = random.Random(1)
    for part in range(60):
        for _ in range(20):
            writer.put("add_64", chance.choice(FREE), chance.choice(FREE), chance.choice(FREE))
        writer.put("branch_eq_imm", 12, -1, "out")
        if part % 7 == 3:
            writer.put("load_imm", 2, writer.address(f"p{part}"))
            writer.put("jump_ind", 2, 0)
            writer.label(f"p{part}")
    writer.put("add_imm_64", 12, 12, -1)
    writer.put("branch_ne_imm", 12, 0, "again")
    writer.label("out")
    writer.put("jump_ind", 0, 0)
    program = writer.program()
    assert region.whole(pair(program, {})[0].decoded) is None
    one, other = pair(program, {"registers": registers(r12=1_500)})
    for budget in (1, 100_003, 700_000, 1 << 60):
        assert one.run(budget) == other.run(budget)
        assert_alike(one, other)
    assert other.decoded.library is not None and len(other.decoded.library.natives) >= 2
    assert compiled_ticks(other) > one.tick // 3


def test_parts_of_a_large_loop_lead_into_each_other() -> None:
    writer = counting_loop(*(("add_imm_64", 2 + at % 3, 2, at) for at in range(1_700)))
    one, other = pair(writer.program(), {"registers": registers(r12=3_000)})
    other.run()
    library = other.decoded.library
    assert library is not None and 4 <= len(library.natives) <= 6
    assert compiled_ticks(other) > other.tick * 2 // 3
    one.run(other.tick // 30)
    again = PvmMachine(one.program, from_json({"registers": registers(r12=3_000)}), other.decoded, engine=NATIVE)
    again.run(one.tick)
    assert_alike(one, again)


# Engines


def test_the_automatic_engine_compiles_when_it_pays(monkeypatch: pytest.MonkeyPatch) -> None:
    program = counting_loop(("add_imm_64", 2, 2, 3), ("xor", 2, 12, 3)).program()
    make = partial(PvmMachine, program, from_json({"registers": registers(r12=600_000)}))
    short = PvmMachine(program, from_json({"registers": registers(r12=20_000)}), engine=AUTOMATIC)
    short.run()
    assert short._driver is None
    monkeypatch.setattr(thrift, "FIRST_PATIENCE", 0.01)
    monkeypatch.setattr(thrift, "SHARE", 100.0)
    one, other = make(), make(engine=AUTOMATIC)
    one.run()
    while other.status is Status.READY:
        other.run(77_777)
    assert_alike(one, other)
    assert compiled_ticks(other) > 500_000


def test_compiling_waits_until_it_is_a_tenth_of_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    program = counting_loop(("add_imm_64", 2, 2, 3)).program()
    machine = PvmMachine(program, from_json({"registers": registers(r12=1_000_000)}), engine=AUTOMATIC)
    monkeypatch.setattr(thrift, "FIRST_PATIENCE", 0.01)
    monkeypatch.setattr(thrift, "SHARE", 1e-9)
    machine.run()
    assert compiled_ticks(machine) == 0


def test_without_llvm_programs_are_interpreted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiler, "find_spec", lambda name: None)
    program = counting_loop(("add_imm_64", 2, 2, 3)).program()
    machine = PvmMachine(program, from_json({"registers": registers(r12=500_000)}), engine=AUTOMATIC)
    machine.run()
    assert machine.status is Status.HALTED and machine._driver is False
    native = PvmMachine(program, from_json({"registers": registers(r12=5)}), engine=NATIVE)
    with pytest.raises(compiler.NativeUnavailable, match=r"pip install 'xqdbg\[native\]'"):
        native.run()


def test_an_interrupt_while_a_page_is_fetched_leaves_a_whole_state(monkeypatch: pytest.MonkeyPatch) -> None:
    program = counting_loop(("store_ind_u64", 12, BASE, 0), ("add_imm_64", BASE, BASE, 64)).program()
    one, other = pair(program, {"registers": registers(r12=120, r5=DATA), "pages": [dict(page) for page in PAGES]})
    one.run()
    start = one.twin().checkpoint()
    other.run()
    other.restore(start)

    def interrupted(number: int) -> bytearray:
        raise KeyboardInterrupt

    monkeypatch.setattr(other.memory, "owned", interrupted)
    with pytest.raises(KeyboardInterrupt):
        other.run()
    monkeypatch.undo()
    other.run()
    assert other.digest() == one.digest()


@pytest.mark.parametrize("error", (RuntimeError, OSError, compiler.NativeUnavailable))
def test_an_llvm_that_fails_is_done_without(error: type[Exception], monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(text: str) -> bytes:
        raise error("no memory")

    monkeypatch.setattr(compiler, "compiled", failing)
    monkeypatch.setattr(thrift, "FIRST_PATIENCE", 0.001)
    monkeypatch.setattr(thrift, "SHARE", 100.0)
    program = counting_loop(("add_imm_64", 2, 2, 3)).program()
    machine = PvmMachine(program, from_json({"registers": registers(r12=500_000)}), engine=AUTOMATIC)
    machine.run()
    assert machine.status is Status.HALTED and compiled_ticks(machine) == 0
    native = PvmMachine(program, from_json({"registers": registers(r12=500_000)}), engine=NATIVE)
    with pytest.raises(error):
        native.run()
