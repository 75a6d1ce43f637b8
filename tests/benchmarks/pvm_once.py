"""One run of a program of the PVM in a process of its own: `python -m tests.benchmarks.pvm_once NAME N ENGINE`.

Prints the seconds from the machine at its start to the result, LLVM and all else that it takes included, those of
the processor, and how many instructions were executed, by compiled code and in all.
"""

from __future__ import annotations

import json
import sys
from time import process_time

from tests.benchmarks.entry import timed
from tests.benchmarks.pvm import program_of
from vm.pvm.inputs import from_json
from vm.pvm.machine import PvmMachine


def main() -> None:
    """Run, and print one JSON object."""
    name, size, engine = sys.argv[1], int(sys.argv[2]), sys.argv[3]
    inputs = from_json({"args": size.to_bytes(4, "little").hex(), "gas": 1 << 50})
    machine = PvmMachine(program_of(name), inputs, engine=engine)
    began = process_time()
    seconds, _ = timed(machine.run)
    processor = process_time() - began
    compiled = machine._driver.executed if machine._driver else 0
    print(json.dumps({"seconds": seconds, "processor": processor, "instructions": machine.tick, "compiled": compiled}))


if __name__ == "__main__":
    main()
