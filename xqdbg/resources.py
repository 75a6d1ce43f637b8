"""What ships with xqdbg: themes, conformance vectors and example programs, in a checkout or in an installed wheel."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from xqdbg.errors import XqdbgError

if TYPE_CHECKING:
    from pathlib import Path

EXAMPLE_PREFIX = "example:"
"""How an example is named wherever a file is expected: `example:tsp5/encoder`."""

_WHOLE = "program"
"""Stem of the only part of a program that has no parts; left out of its name."""


def _shared(folder: str) -> Path:
    from pathlib import Path  # a program of the user's own starts faster without

    package = Path(__file__).resolve().parent
    checkout = package.parent
    if (checkout / "pyproject.toml").is_file():
        return checkout / folder
    return package / "_shared" / folder


def themes() -> Path:
    """The folder of themes, one TOML file each."""
    return _shared("themes")


def conformance() -> Path:
    """The folder of conformance vectors."""
    return _shared("conformance")


@dataclass(frozen=True, slots=True)
class Example:
    """A program that ships, with the inputs it is meant for."""

    name: str
    """Without the prefix, such as `tsp5/encoder` or `factorial`."""
    program: Path
    inputs: Path | None
    title: str
    """What the program is about, one line; the parts of a program share it."""


def examples() -> Iterator[Example]:
    """All examples, in the order of the index of machines and of that of each, the rest after it."""
    root = conformance() / "programs"
    folders = {folder.name: folder for folder in sorted(_folders(root))}
    order = [str(name) for name in _read_index(root / "index.toml").get("machines", [])]
    for name in [*(name for name in order if name in folders), *(name for name in folders if name not in order)]:
        yield from _examples_of(folders[name])


def find_example(name: str) -> Example:
    """The example of that name, prefix or not; XqdbgError with the nearest names if there is none."""
    wanted = name.removeprefix(EXAMPLE_PREFIX)
    known = {example.name: example for example in examples()}
    if (found := known.get(wanted)) is not None:
        return found
    raise XqdbgError(f"no example is called {wanted[:80]!r}", _suggestion(wanted, list(known)))


def _examples_of(machine: Path) -> Iterator[Example]:
    titles = _titles(machine / "index.toml")
    folders = {folder.name: folder for folder in sorted(_folders(machine))}
    for name in [*(title for title in titles if title in folders), *(name for name in folders if name not in titles)]:
        for program in _parts(folders[name]):
            full = name if program.stem == _WHOLE else f"{name}/{program.stem}"
            yield Example(full, program, _inputs_of(program), titles.get(name, ""))


def _parts(folder: Path) -> list[Path]:
    """The programs of a folder in the order they are used in: what encodes, what verifies, what decodes."""
    order = {"encoder": 0, "verifier": 1, "decoder": 2}
    programs = [path for path in folder.iterdir() if path.is_file() and path.suffix not in (".json", ".jsonl", ".md")]
    return sorted(programs, key=lambda path: (order.get(path.stem, 3), path.name))


def _inputs_of(program: Path) -> Path | None:
    own = "inputs.json" if program.stem == _WHOLE else f"{program.stem}.inputs.json"
    path = program.with_name(own)
    return path if path.is_file() else None


def _folders(path: Path) -> list[Path]:
    return [entry for entry in path.iterdir() if entry.is_dir()] if path.is_dir() else []


def _titles(path: Path) -> dict[str, str]:
    return {name: str(entry["title"]) for name, entry in _read_index(path).items()}


def _read_index(path: Path) -> dict[str, Any]:
    if not path.is_file():
        return {}
    import tomllib  # only listings of examples need it, and every start would pay for it

    return tomllib.loads(path.read_text("utf-8"))


def _suggestion(wanted: str, known: list[str]) -> str:
    from difflib import get_close_matches

    near = get_close_matches(wanted, known, 3, 0.5) or [name for name in known if name.startswith(wanted.split("/")[0])]
    if near:
        return f"did you mean {' or '.join(near[:3])}? `xqdbg examples` lists all"
    return "`xqdbg examples` lists all"
