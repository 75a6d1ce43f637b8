"""Finding conformance cases: folders, trees of folders, JSON lines and JSON arrays, recognised by what they hold."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from vm.values import dataclass
from xqdbg import machines
from xqdbg.errors import XqdbgError
from xqdbg.intake import JSON_LIMIT, decode_text, parse_json, read_file, read_json, read_object

_WHOLE = "program"
_PARTS = ("expected.json", "inputs.json", "trace.jsonl")
"""What lies beside the program of a case."""
_MANY = "vectors"
"""The key of an object that is no case and holds a list of them."""


@dataclass(frozen=True, slots=True)
class Found:
    """A case, or why what looked like one is none."""

    name: str
    group: str
    """What it is counted under: a file, or the folder the case folder lies in."""
    case: dict[str, Any] | None
    broken: str = ""
    stray: bool = False
    """Whether it was met on a walk and may well be no case at all."""


def discover(path: str) -> Iterator[Found]:
    """All cases at a path; XqdbgError if there is no such path."""
    root = Path(path)
    if root.is_dir():
        yield from _walk(root)
    elif root.suffix.lower() in machines.text_suffixes() | machines.code_suffixes() and root.is_file():
        yield _program_case(root, root.parent)
    else:
        yield from _file_cases(path, root.name, root.suffix.lower(), stray=False)


def _walk(root: Path) -> Iterator[Found]:
    for folder, subfolders, names in os.walk(root):
        subfolders.sort()
        here = Path(folder)
        yield from _folder_cases(here, root, names)
        for name in sorted(names):
            suffix = os.path.splitext(name)[1].lower()
            if suffix in (".json", ".jsonl") and not _part_of_vector(name):
                path = here / name
                yield from _file_cases(str(path), path.relative_to(root).as_posix(), suffix, stray=True)


def _part_of_vector(name: str) -> bool:
    return name in _PARTS or name.endswith(tuple(f".{part}" for part in _PARTS))


def _folder_cases(folder: Path, root: Path, names: list[str]) -> Iterator[Found]:
    present = set(names)
    programs = _programs(folder, names)
    for path in programs:
        if present.isdisjoint(_companion(path, part) for part in _PARTS):
            yield Found(path.relative_to(root).as_posix(), _group(folder, root), None, stray=True)
        else:
            yield _program_case(path, root)
    taken = {_companion(path, part) for path in programs for part in _PARTS}
    for name in sorted(present - taken):
        if _part_of_vector(name):
            broken, stray = f"there is no program beside {name}", not name.endswith(_PARTS[0])
            yield Found((folder / name).relative_to(root).as_posix(), _group(folder, root), None, broken, stray)


def _programs(folder: Path, names: list[str]) -> list[Path]:
    """The programs of a folder, texts before bytecode of the same name, which are left out."""
    found: dict[str, Path] = {}
    for suffixes in (machines.text_suffixes(), machines.code_suffixes()):
        for name in sorted(names):
            path = folder / name
            if path.suffix.lower() in suffixes:
                found.setdefault(path.stem, path)
    return list(found.values())


def _companion(program: Path, part: str) -> str:
    return part if program.stem == _WHOLE else f"{program.stem}.{part}"


def _program_case(program: Path, root: Path) -> Found:
    """The case of a program and the files beside it: inputs, expected result, trace."""
    name, group = _name(program, root), _group(program.parent, root)
    try:
        return Found(name, group, _read_case(program))
    except XqdbgError as error:
        return Found(name, group, None, error.message)


def _read_case(program: Path) -> dict[str, Any]:
    case: dict[str, Any] = {}
    data = read_file(str(program))
    machine, is_code = machines.recognise(data, program.name)
    case["machine"] = machine.name
    if is_code:
        case["bytecode_hex"] = data.hex()
    else:
        case["program"] = decode_text(data, str(program))
    expected = program.with_name(_companion(program, "expected.json"))
    inputs = program.with_name(_companion(program, "inputs.json"))
    trace = program.with_name(_companion(program, "trace.jsonl"))
    case["expected"] = read_object(str(expected))
    if inputs.is_file():
        case["inputs"] = read_object(str(inputs))
    if trace.is_file():
        case["trace"] = decode_text(read_file(str(trace), JSON_LIMIT), str(trace))
    return case


def _name(path: Path, root: Path) -> str:
    folder = path.parent if path.stem == _WHOLE else path.with_suffix("")
    relative = folder.relative_to(root).as_posix()
    return folder.resolve().name if relative == "." else relative


def _group(folder: Path, root: Path) -> str:
    """The folder above a case's own folder, relative to where the search began."""
    parent = folder.parent if folder != root else folder
    relative = parent.relative_to(root).as_posix()
    return root.resolve().name if relative == "." else relative


def _file_cases(path: str, name: str, suffix: str, stray: bool) -> Iterator[Found]:
    try:
        if suffix == ".jsonl":
            yield from _json_lines(path, name)
        else:
            yield from _json_values(path, name, stray)
    except XqdbgError as error:
        if not stray:
            raise
        yield Found(name, name, None, error.message)


def _json_lines(path: str, name: str) -> Iterator[Found]:
    text = decode_text(read_file(path, JSON_LIMIT), path)
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            try:
                value = parse_json(line, path, number)
            except XqdbgError as error:
                yield Found(f"{name}:{number}", name, None, error.message)
            else:
                yield _value(value, name, number, stray=False)


def _json_values(path: str, name: str, stray: bool) -> Iterator[Found]:
    value = read_json(path)
    if isinstance(value, list):
        yield from _values(value, name, stray)
    elif isinstance(value, dict) and isinstance(cases := value.get(_MANY), list):
        yield from _values(cases, name, stray=False)
    else:
        yield _value(value, name, 1, stray)


def _values(cases: list[Any], name: str, stray: bool) -> Iterator[Found]:
    for number, case in enumerate(cases, 1):
        yield _value(case, name, number, stray)


def _value(value: object, name: str, number: int, stray: bool) -> Found:
    if not isinstance(value, dict):
        return Found(f"{name}:{number}", name, None, "a case is an object", stray)
    own = value.get("name")
    title = f"{name}:{own}" if isinstance(own, str) and own else f"{name}:{number}"
    return Found(title, name, value, stray=stray)
