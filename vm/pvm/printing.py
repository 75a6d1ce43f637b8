"""Instructions as text. Section 15.5."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache

from vm.isa import Op
from vm.pvm.isa import REGISTERS
from vm.pvm.notation import TEXTS, Style, pieces
from vm.values import dataclass

_MASK32 = (1 << 32) - 1
_RETURNS, _NOTHING, _BY_OWN = (0, 0), (0, 0), "tmp = {1}, {0} = {2}, jump [tmp + {3}]"


@dataclass(frozen=True, slots=True)
class _Text:
    """The text of a row, ready to be filled in."""

    whole: str
    short: str
    """Without the displacement, if it has one."""
    displacement: int
    """Which operand that is; -1 for none."""
    styles: tuple[Style, ...]
    """What each operand of the row is."""


@cache
def _text(name: str) -> _Text:
    forms = pieces(name, TEXTS[name])
    whole, short = (
        "".join(piece.literal if piece.index < 0 else f"{{{piece.index}}}" for piece in form)
        for form in (forms[0], forms[-1])
    )
    styles = {piece.index: piece.style for piece in forms[0] if piece.index >= 0}
    left_out = styles.keys() - {piece.index for piece in forms[-1]}
    return _Text(whole, short, next(iter(left_out), -1), tuple(styles[at] for at in range(len(styles))))


def spelled(op: Op, operands: Sequence[int], label: Callable[[int], str]) -> tuple[str, ...]:
    """Each operand as the text has it; `label` tells what a target is called."""
    found = []
    for style, value in zip(_text(op.name).styles, operands, strict=True):
        if style is Style.REGISTER:
            found.append(REGISTERS[value])
        elif style is Style.TARGET:
            found.append(label(value))
        elif not value:
            found.append("0")
        else:
            found.append(hex(value & _MASK32 if style is Style.ADDRESS else value))
    return tuple(found)


def text(op: Op, operands: Sequence[int], words: Sequence[str]) -> str:
    """An instruction as one writes it, of operands and how they are spelled."""
    form = _text(op.name)
    if op.name == "jump_ind" and tuple(operands) == _RETURNS:
        return "ret"
    if op.name == "move_reg" and tuple(operands) == _NOTHING:
        return "nop"
    if op.name == "load_imm_jump_ind" and operands[0] == operands[1]:
        return _BY_OWN.format(*words)
    left_out = form.displacement >= 0 and not operands[form.displacement]
    return (form.short if left_out else form.whole).format(*words)


def address(value: int) -> str:
    """A target that has no label, as an address."""
    return hex(value) if value > 0 else str(value)
