"""Named layouts: those that come with the debugger, each for several sizes, and the user's own."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from dataclasses import field
from pathlib import Path
from types import MappingProxyType

from vm.contract import Room
from vm.diagnostics import printable
from vm.values import dataclass
from xqdbg.errors import XqdbgError
from xqdbg.tablefile import read_table


@dataclass(frozen=True, slots=True)
class Variant:
    """A layout for terminals of at least some size."""

    text: str
    columns: int = 0
    rows: int = 0
    spare: str = ""
    """The same for programs whose large values deserve less room; empty where that makes no difference."""

    def for_room(self, room: Room) -> str:
        """The arrangement for a program whose large values deserve so much room."""
        return self.spare if self.spare and room is not Room.MOST else self.text


@dataclass(frozen=True, slots=True)
class Layout:
    """An arrangement of panes under a name."""

    name: str
    about: str
    """What it is for, in a few words; `{large}` stands for the panes of what is too large for a cell."""
    variants: tuple[Variant, ...]
    """Smallest first."""

    def for_size(self, columns: int, rows: int) -> int:
        """The number of the variant to use."""
        fitting = [
            at for at, variant in enumerate(self.variants) if variant.columns <= columns and variant.rows <= rows
        ]
        return fitting[-1] if fitting else 0


LISTS = "lists"
"""Stands below everything in layouts that name no place for it."""
TYPING = "edit"
"""The layout in which letters are text: nobody comes there by going through them."""

# fmt: off
LAYOUTS: Mapping[str, Layout] = MappingProxyType(
    {
        layout.name: layout
        for layout in (
            Layout(
                "debug",
                "code and state, the {large} where there is room",
                (
                    Variant("(code / fault) | (watches / state-block)=38"),
                    Variant("(code / fault) | (watches / state-block)=48", 100),
                    Variant("(code / fault) | (watches / state-block=18 / large)=48", 100, 38,
                            "(code / fault) | (watches / state-block:3 / large)=48"),
                    Variant("(code / fault):2 | (watches / state):3", 120, 0,
                            "(code / fault):13 | (watches / state-pairs):17"),
                    Variant("(code / fault):2 | (watches / state=14 / large):3", 120, 38,
                            "(code / fault):13 | (watches / state-pairs:3 / large):17"),
                    Variant("(code / fault / lists):7 | (watches / state=14 / large):13", 170, 38,
                            "(code / fault / lists):7 | (watches / state-pairs:3 / large):10"),
                    Variant("(code / fault / lists):6 | (watches / state=14 / large):9 | explain:5", 190, 44,
                            "(code / fault / lists):6 | (watches / state-pairs:3 / large):8 | explain:5"),
                ),
            ),
            Layout(
                "model",
                "the {large}, large, beside the code",
                (
                    Variant("(code / fault)=34 | (watches / large)"),
                    Variant("(code / fault)=42 | (watches / large)", 100),
                    Variant("(code / fault)=44 | (watches / large / state=9)", 120, 38),
                ),
            ),
            Layout(
                "teach",
                "the code beside what its next instruction does, in words and numbers",
                (
                    Variant("(code / fault)=32 | (watches / explain)"),
                    Variant("(code / fault):2 | (watches / explain):3", 100),
                    Variant("(code / fault / tall=12):6 | (watches / explain:3 / large:2):7", 120, 38,
                            "(code / fault):6 | (watches / explain:3 / state-pairs:3):7"),
                    Variant("(code / fault / lists):6 | (watches / explain):6 | (state=14 / large):8", 170, 38,
                            "(code / fault / lists):6 | (watches / explain):6 | (state-pairs:3 / large):8"),
                ),
            ),
            Layout(
                "edit",
                "the editor beside its problems and the state",
                (
                    Variant("(editor / fault / problems=5) | state-block=30"),
                    Variant("(editor / fault) | (problems=9 / state-block)=40", 100),
                    Variant("(editor / fault):3 | (problems=10 / state-block):2", 120, 38),
                    Variant("(editor / fault):7 | (problems=8 / state=14 / large):8", 170, 38,
                            "(editor / fault):7 | (problems=8 / state-pairs:3 / large):8"),
                ),
            ),
        )
    }
)
# fmt: on
"""By name, in the order in which they are gone through."""


# The user's own

MOST_OWN = 50
_NAME = re.compile(r"[a-z][a-z0-9-]{0,29}")
_HEAD = '# Layouts of your own, as `layout save NAME` writes them: NAME = "code | watches / matrix:2"\n'


@dataclass(frozen=True, slots=True)
class OwnLayouts:
    """What the user has of layouts."""

    layouts: Mapping[str, Layout] = field(default_factory=dict)
    first: str = ""
    """The layout to begin with; empty for the usual one."""
    file: Path | None = None
    """Where they are kept; None if they are not."""


NO_LAYOUTS = OwnLayouts()


def check_name(name: str) -> None:
    """XqdbgError for what cannot be the name of a layout of the user's own."""
    if name in LAYOUTS:
        raise XqdbgError(f"{name} is a layout that comes with the debugger", "choose another name")
    if _NAME.fullmatch(name) is None or name in ("reset", "set", "save"):
        raise XqdbgError(f"{name[:40]!a} is no name for a layout", "lower-case letters, digits and hyphens")


def load_layouts(path: Path) -> tuple[dict[str, Layout], list[XqdbgError]]:
    """The layouts of a file, which need not exist, and what is wrong with it; panes are checked when one is shown."""
    try:
        table = read_table(path) or {}
    except XqdbgError as error:
        return {}, [XqdbgError(f"{path.name}: {error.message}")]
    found: dict[str, Layout] = {}
    errors: list[XqdbgError] = []
    for name, value in list(table.items())[:MOST_OWN]:
        try:
            check_name(name)
            if not isinstance(value, str):
                raise XqdbgError(f"{name} is no text such as 'code | matrix'")
            found[name] = Layout(name, "your own", (Variant(value),))
        except XqdbgError as error:
            errors.append(XqdbgError(f"{path.name}: {error.message}", error.hint))
    return found, errors


def save_layouts(path: Path | None, layouts: Mapping[str, Layout]) -> None:
    """Write the user's own layouts; XqdbgError if that cannot be done."""
    lines = [f"{name} = {json.dumps(layout.variants[0].text)}\n" for name, layout in layouts.items()]
    if path is None:
        raise XqdbgError("there is no folder to keep layouts in")
    if len(lines) > MOST_OWN:
        raise XqdbgError(f"there can be {MOST_OWN} layouts of your own")
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        draft.write_text(_HEAD + "".join(lines), encoding="utf-8")
        draft.replace(path)
    except OSError as error:
        raise XqdbgError(f"{printable(str(path))} cannot be written: {error.strerror}") from error
