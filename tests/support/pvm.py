"""Programs of the PVM: those that ship, those of the vectors, and random ones."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from vm.pvm.blob import Blob

CONFORMANCE = Path(__file__).parents[2] / "conformance"


@cache
def examples() -> Mapping[str, tuple[str, bytes]]:
    """Source and octets of the programs that ship, by name."""
    found = {}
    with (CONFORMANCE / "pvm" / "assembler" / "programs.jsonl").open(encoding="utf-8") as file:
        for case in map(json.loads, file):
            found[case["name"]] = (case["source"], bytes.fromhex(case["bytecode_hex"]))
    return found


def vectors() -> Iterator[tuple[str, bytes]]:
    """The programs of the vectors, invalid ones included, by name."""
    for path in (*sorted((CONFORMANCE / "pvm" / "runs").glob("*.jsonl")), CONFORMANCE / "pvm" / "standard.jsonl"):
        with path.open(encoding="utf-8") as file:
            for case in map(json.loads, file):
                yield case["name"], bytes(case["program"] if "program" in case else case["spi-blob"])


def random_blob(size: int, seed: int = 1) -> bytes:
    """A blob of about so many octets of code: random instructions with up to five octets of operands."""
    chance = random.Random(seed)
    code, marks = bytearray(), bytearray()
    while len(code) < size:
        count = chance.randrange(6)
        code += chance.randbytes(1 + count)
        marks += b"\x01" + bytes(count)
    return Blob(bytes(code), bytes(marks)).pack()
