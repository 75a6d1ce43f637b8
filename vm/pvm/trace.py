"""What a run does, one line an instruction, in text or in JSON."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING

from vm.contract import Effect, Observer

if TYPE_CHECKING:
    from vm.pvm.machine import PvmMachine


def tracer(machine: PvmMachine, form: str, write: Callable[[str], object]) -> Observer:
    """An observer that writes lines in `form`: address, instruction, what it wrote, and the gas left."""
    texts = {line.pc: line.text for line in machine.code()}

    def as_text(effect: Effect) -> None:
        told = [f"{item.place} = {_told(item.new)}" for item in effect.writes]
        if effect.fault is not None:
            told.append(effect.fault.code)
        text = texts.get(effect.pc, "no instruction")
        write(f"{effect.pc:#06x}  {text:<36} {'; '.join(told)}".rstrip() + "\n")

    def as_json(effect: Effect) -> None:
        found = {
            "pc": effect.pc,
            "op": effect.op,
            "text": texts.get(effect.pc, ""),
            "reads": {str(item.place): machine.to_json(item.value) for item in effect.reads},
            "writes": {str(item.place): machine.to_json(item.new) for item in effect.writes},
            "gas": machine.gas,
            "error": None if effect.fault is None else effect.fault.code,
        }
        write(json.dumps(found) + "\n")

    return as_json if form == "json" else as_text


def _told(value: object) -> str:
    if isinstance(value, int):
        return hex(value)
    return bytes(value).hex(" ") if isinstance(value, bytes | tuple | list) else str(value)
