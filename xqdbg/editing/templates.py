"""Texts to begin a program with."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches

from vm.diagnostics import printable
from vm.toolchain import Toolchain
from vm.values import dataclass
from xqdbg.editing.document import Document
from xqdbg.errors import XqdbgError


@dataclass(frozen=True, slots=True)
class Template:
    """A text to begin with."""

    name: str
    title: str
    """What it is, in one line: its first comment."""
    text: str


def templates(tools: Toolchain) -> Sequence[Template]:
    """All templates of a machine, the plainest first."""
    return [Template(name, _title(text, tools), text) for name, text in tools.templates().items()]


def find_template(tools: Toolchain, name: str) -> Template:
    """The template of a name, or of the beginning of one; XqdbgError with the names if there is none."""
    known = {template.name.lower(): template for template in templates(tools)}
    wanted = name.strip().lower()
    begun = [template for key, template in known.items() if wanted and key.startswith(wanted)]
    if (found := known.get(wanted) or (begun[0] if len(begun) == 1 else None)) is not None:
        return found
    near = get_close_matches(wanted, known, 1)
    hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(known)}"
    raise XqdbgError(f"there is no template {printable(name[:40])!r}", hint)


def begin(tools: Toolchain, name: str = "") -> Document:
    """A new document from a template; an empty one without a name."""
    return Document(find_template(tools, name).text if name else "")


def _title(text: str, tools: Toolchain) -> str:
    first = text.partition("\n")[0]
    mark = tools.syntax.comment
    return first.lstrip(mark).strip() if first.startswith(mark) else ""
