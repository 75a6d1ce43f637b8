"""The README's table of machines, made of their instruction tables by `python -m tests.hygiene.machine_table`."""

from __future__ import annotations

import importlib
from collections import Counter
from pathlib import Path

from vm.isa import Isa
from xqdbg.machines import MACHINES, Registration

README = Path(__file__).parents[2] / "README.md"
BEGIN, END = "<!-- machines -->\n", "<!-- /machines -->\n"
_TITLES = {"xqvm": "XQVM", "pvm": "PVM", "mdvm": "Machine Dialect VM"}


def machine_table() -> str:
    """One row a machine."""
    rows = ["| machine | instructions | kinds | text | bytecode | engines |", "|---|---:|---|---|---|---|"]
    return "".join(f"{row}\n" for row in (*rows, *map(_row, MACHINES)))


def _row(machine: Registration) -> str:
    isa: Isa = importlib.import_module(machine.toolchain).TOOLCHAIN.isa
    kinds = ", ".join(f"{name} {count}" for name, count in Counter(op.group for op in isa).items())
    texts, codes = (
        " ".join(f"`{each}`" for each in each_of) for each_of in (machine.text_suffixes, machine.code_suffixes)
    )
    cells = (
        _TITLES.get(machine.name, machine.name),
        str(len(list(isa))),
        kinds,
        texts,
        codes,
        ", ".join(machine.engines),
    )
    return f"| {' | '.join(cells)} |"


def with_table(text: str) -> str:
    """The README with the table as it is now."""
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return before + BEGIN + machine_table() + END + after


if __name__ == "__main__":
    README.write_text(with_table(README.read_text("utf-8")), "utf-8")
