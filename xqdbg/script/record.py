"""The same as JSON: one object a command."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from vm.contract import Effect, PlaceError, Value
from xqdbg.answer import Answer, Json
from xqdbg.commands.looking import as_json
from xqdbg.moment import Moment
from xqdbg.script.render import chosen_writes
from xqdbg.session import Session

MOST_WRITES = 64
"""Writes of an instruction that are recorded."""


def position(session: Session, moment: Moment) -> dict[str, Json]:
    """Where the session is."""
    line = next((line.source_line for line in session.code if line.pc == moment.pc), None)
    return {"tick": moment.tick, "pc": moment.pc, "line": line}


def result(session: Session, moment: Moment, *, moved: bool) -> dict[str, Json]:
    """What a command came to; keys that say nothing are left out."""
    found: dict[str, Json] = {"message": moment.message}
    if moment.answer is not None:
        found |= answered(moment.answer)
    if moment.logged:
        found["logged"] = list(moment.logged)
    if moved:
        found |= stopped(session, moment)
    return found


def answered(answer: Answer) -> dict[str, Json]:
    """An answer: its rows, or its value."""
    found: dict[str, Json] = {"title": answer.title} if answer.title else {}
    if answer.rows or answer.columns:
        found["columns"] = list(answer.columns)
        found["rows"] = [
            {"cells": list(row.cells), "tick": row.tick, "pc": row.pc, "level": row.level, **dict(row.data)}
            for row in answer.rows
        ]
        found["complete"] = answer.complete
    if answer.value is not None or not answer.rows:
        found["value"] = answer.value
    if answer.note:
        found["note"] = answer.note
    return found


def stopped(session: Session, moment: Moment) -> dict[str, Json]:
    """A position that was come to."""
    line = next((line for line in session.code if line.pc == moment.pc), None)
    found: dict[str, Json] = {"branch": moment.branch, "status": moment.status.value}
    found["text"] = line.text if line is not None else None
    if moment.stopped:
        found["stopped"] = list(moment.stopped)
    if moment.fault is not None:
        found["fault"] = {"code": moment.fault.code, "message": moment.fault.message, "pc": moment.fault.pc}
    if moment.effect is not None:
        found["effect"] = _effect(session, moment.effect)
    if moment.watches:
        found["displays"] = [
            {"number": each.number, "expression": each.expression, "text": each.text, "changed": each.changed}
            for each in moment.watches
        ]
    return found


def _effect(session: Session, effect: Effect) -> Mapping[str, Any]:
    writes, more = chosen_writes(effect, MOST_WRITES)
    wrote = [
        {"place": str(write.place), "old": _value(session, write.old), "new": _value(session, write.new)}
        for write in writes
    ]
    told: dict[str, Any] = {"op": effect.op, "pc": effect.pc, "wrote": wrote}
    return told | ({"more": more} if more else {}) | ({} if effect.listed else {"listed": False})


def _value(session: Session, value: Value) -> Json:
    """Numbers as they are, anything larger as the text that cells show."""
    if value is None or isinstance(value, int):
        return as_json(session, value)
    try:
        return session.machine.text(value)
    except PlaceError:
        return None
