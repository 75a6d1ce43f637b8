"""The settings that hold: command line over environment over file over default, and what is wrong with the file."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import field
from enum import Enum
from pathlib import Path
from types import MappingProxyType

from vm.diagnostics import printable
from vm.values import dataclass
from xqdbg.errors import XqdbgError
from xqdbg.settings import SETTINGS, Setting, Value, admitted, spoken
from xqdbg.tablefile import config_folder, nearest, read_table

FILE = "config.toml"


class Origin(Enum):
    """Where the value of a setting comes from."""

    DEFAULT = "default"
    FILE = "file"
    ENVIRONMENT = "environment"
    COMMAND_LINE = "command line"


@dataclass(frozen=True, slots=True)
class Config:
    """What holds for one start of the debugger."""

    values: Mapping[str, Value] = field(default_factory=lambda: {each.key: each.default for each in SETTINGS.values()})
    """By the key of the setting; every setting has one."""
    origins: Mapping[str, Origin] = field(default_factory=lambda: dict.fromkeys(SETTINGS, Origin.DEFAULT))
    problems: tuple[str, ...] = ()
    """What is wrong with the file or the environment, a line each; to be told once."""

    def word(self, key: str) -> str:
        """A setting that is a text."""
        return str(self.values[key])

    def flag(self, key: str) -> bool:
        """A setting that is true or false."""
        return bool(self.values[key])

    def number(self, key: str) -> int:
        """A setting that is a number."""
        return int(self.values[key])

    def insisted(self, key: str) -> bool:
        """Whether the user named this one for this start, and so has to be told at once if it cannot be had."""
        return self.origins[key] in (Origin.COMMAND_LINE, Origin.ENVIRONMENT)


def load_config(options: Mapping[str, object] = MappingProxyType({}), folder: Path | None = None) -> Config:
    """The settings under a parsed command line; options that are None were not given."""
    problems: list[str] = []
    path = (config_folder() if folder is None else folder) / FILE
    document = _document(path, problems)
    values: dict[str, Value] = {}
    origins: dict[str, Origin] = {}
    file = _from_file(path, document, problems)
    for key, setting in SETTINGS.items():
        given = options.get(key)
        said = _from_environment(setting, problems)
        if isinstance(given, str | int):
            values[key], origins[key] = given, Origin.COMMAND_LINE
        elif said is not None:
            values[key], origins[key] = said, Origin.ENVIRONMENT
        else:
            values[key], origins[key] = file.get(key, setting.default), Origin.FILE if key in file else Origin.DEFAULT
    return Config(values, origins, tuple(problems))


def _document(path: Path, problems: list[str]) -> dict[str, object]:
    try:
        return read_table(path) or {}
    except XqdbgError as error:
        problems.append(_problem(path, "", error.message))
        return {}


def _from_file(path: Path, document: Mapping[str, object], problems: list[str]) -> dict[str, Value]:
    """The settings of the file that can be used."""
    found: dict[str, Value] = {}
    for key, value in document.items():
        if key not in SETTINGS:
            problems.append(_problem(path, key, f"is no setting{nearest(key, list(SETTINGS))}"))
            continue
        try:
            found[key] = admitted(SETTINGS[key], value)
        except XqdbgError as error:
            problems.append(_problem(path, key, error.message))
    return found


def _from_environment(setting: Setting, problems: list[str]) -> Value | None:
    """What the environment says of a setting; None if nothing, or nothing that can be used."""
    if setting.key == "color" and os.environ.get("NO_COLOR"):
        return False
    text = os.environ.get(setting.variable, "")
    if not text:
        return None
    try:
        return spoken(setting, text)
    except XqdbgError as error:
        problems.append(f"environment: {setting.variable}: {error.message}")
        return None


def _problem(path: Path, key: str, what: str) -> str:
    return printable(f"{path}: {key[:60]}: {what}" if key else f"{path}: {what}")


def template() -> str:
    """A file that says what can be set, and sets nothing."""
    lines = ["# Settings of xqdbg. `xqdbg config` shows which hold, and where each comes from.", ""]
    for setting in SETTINGS.values():
        lines += [
            f"# {setting.doc}",
            f"# It can be {setting.expected}.",
            f"# {setting.key} = {literal(setting.default)}",
            "",
        ]
    return "\n".join(lines)


def literal(value: Value) -> str:
    """A value as it is written in the file."""
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, int) else f'"{value}"'


def write_template(path: Path) -> None:
    """Write a file to begin with; XqdbgError if there is one already."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8", newline="\n") as file:
            file.write(template())
    except FileExistsError:
        raise XqdbgError(f"{path} is there already", "nothing was written") from None
    except OSError as error:
        raise XqdbgError(f"cannot write {path}: {error.strerror or error}") from None
