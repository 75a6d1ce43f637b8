"""Session files, written: one line for each thing there is, so that two of them can be compared."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any

from xqdbg.answer import Json
from xqdbg.errors import XqdbgError
from xqdbg.moment import Breakpoint, Kind
from xqdbg.sessionfile.form import FILE_LIMIT, FORMAT, VERSION
from xqdbg.sessionfile.packing import pack
from xqdbg.sessionfile.reading import parse_session
from xqdbg.sessionfile.record import SavedBranch, SavedEdit, SessionRecord, default_text

_PACK_FROM = 1_500
"""Inputs whose JSON is longer are packed."""


def format_session(record: SessionRecord) -> bytes:
    """The content of the file. XqdbgError if what there is to save is more than a file can hold."""
    try:
        lines = [f"{json.dumps(key)}: {_block(value)}" for key, value in _written(record).items()]
        content = ("{\n" + ",\n".join(lines) + "\n}\n").encode("utf-8")
    except (ValueError, TypeError, RecursionError):
        raise XqdbgError("the session cannot be saved: it has a value that JSON cannot hold") from None
    if len(content) > FILE_LIMIT:
        raise XqdbgError(f"the session cannot be saved: it takes more than {FILE_LIMIT >> 20} MiB")
    try:
        parse_session(content, "the session")
    except XqdbgError as error:
        raise XqdbgError(f"the session cannot be saved: {error.message.removeprefix('the session: ')}") from None
    return content


def _written(record: SessionRecord) -> dict[str, Json]:
    program = record.program
    packed = _packed(record.inputs)
    written = {
        "format": FORMAT,
        "version": VERSION,
        "written_by": record.written_by,
        "machine": record.machine,
        "name": record.name,
        "program": {"bytecode": b64encode(program.code).decode("ascii")} if program.code else {"text": program.text},
        **({"inputs": dict(record.inputs)} if packed is None else {"packed_inputs": packed}),
        "branches": [_branch_written(branch) for branch in record.branches],
        "position": _parts(record.position),
        "breakpoints": [_breakpoint_written(breakpoint) for breakpoint in record.breakpoints],
        "displays": [_parts(display) for display in record.displays],
        "bookmarks": [_parts(replace(mark, pc=None)) for mark in record.bookmarks],
        "pins": [_parts(pin) for pin in record.pins],
        "values": dict(record.values),
        "queries": list(record.queries),
    }
    return {key: value for key, value in written.items() if value or key == "inputs"}


def _packed(inputs: Mapping[str, Json]) -> str | None:
    """Long inputs, packed."""
    plainly = json.dumps(dict(inputs), separators=(",", ":"), allow_nan=False)
    if len(plainly) <= _PACK_FROM:
        return None
    return pack(plainly.encode("utf-8"))


def _branch_written(branch: SavedBranch) -> dict[str, Json]:
    written: dict[str, Json] = {"name": branch.name}
    if branch.parent:
        written |= {"parent": branch.parent, "tick": branch.tick}
        written["edits"] = [_edit_written(edit) for edit in branch.edits]
    if branch.position is not None:
        written["position"] = branch.position
    if (chain := branch.chain) is not None:
        written["chain"] = {
            "last": chain.last,
            "ended": chain.ended,
            "stride": chain.stride,
            "links": "".join(chain.links),
        }
    return written


def _edit_written(edit: SavedEdit) -> list[Json]:
    own = [] if edit.text == default_text(edit.place, edit.value) else [edit.text]
    return [edit.place, edit.value, *own]


def _breakpoint_written(breakpoint: Breakpoint) -> dict[str, Json]:
    return {**_parts(breakpoint), **({"kind": breakpoint.kind.value} if breakpoint.kind is not Kind.CODE else {})}


def _parts(part: Any) -> dict[str, Json]:
    """The fields of a dataclass that are not what they are when nothing is said, and are not found out again."""
    values = {each.name: (getattr(part, each.name), each.default) for each in fields(part) if each.compare}
    return {
        name: list(value) if isinstance(value, tuple) else value
        for name, (value, default) in values.items()
        if value != default
    }


def _block(value: Json) -> str:
    """A value in few lines: one for each object of an array."""
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return "[\n" + ",\n".join(map(_line, value)) + "\n]"
    return _line(value)


def _line(value: Json) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
