"""Damaged programs: octets and texts changed at random, and how they end."""

from __future__ import annotations

import random
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Generic, TypeVar

from vm.assembler import render
from vm.diagnostics import ProgramError
from vm.values import dataclass

P = TypeVar("P")
Damaged = tuple[str, bytes | str]
"""The kind of damage, and what came of it."""


@dataclass(frozen=True, slots=True)
class Workshop(Generic[P]):
    """What one machine's programs are made of, and what is done with them."""

    load: Callable[[bytes], P]
    assemble: Callable[[str], P]
    use: Callable[[P], str]
    """Everything one does with a program; how it ended."""
    damaged_code: Callable[[bytes, random.Random], bytes]
    """The code inside of octets that load, damaged so that what comes out is often read and run."""
    pieces: Sequence[str]
    """What is put into texts."""
    opcodes: int = 256
    """Numbers of which one may be an opcode."""

    def cases(self, octets: Sequence[bytes], sources: Sequence[str], count: int, seed: int) -> Iterator[Damaged]:
        """So many damaged programs, a third of each kind."""
        chance = random.Random(seed)
        sound = [data for data in octets if self.is_sound(data)]
        for number in range(count):
            match number % 3:
                case 0:
                    yield "octets", damaged_octets(chance.choice(octets), chance, self.opcodes)
                case 1:
                    yield "code", self.damaged_code(chance.choice(sound), chance)
                case _:
                    yield "text", damaged_text(chance.choice(sources), self.pieces, chance)

    def is_sound(self, octets: bytes) -> bool:
        """Whether they load."""
        try:
            self.load(octets)
        except ProgramError:
            return False
        return True

    def ends(self, cases: Iterable[Damaged]) -> Counter[str]:
        """Use damaged programs; how often each end was met, by kind of damage."""
        found: Counter[str] = Counter()
        for kind, damaged in cases:
            try:
                program = self.load(damaged) if isinstance(damaged, bytes) else self.assemble(damaged)
            except ProgramError as error:
                lines = damaged.split("\n") if isinstance(damaged, str) else []
                assert all(render("x", lines, finding) for finding in error.diagnostics)
                found[f"{kind}: refused"] += 1
            else:
                found[f"{kind}: {self.use(program)}"] += 1
        return found


def damaged_octets(octets: bytes, chance: random.Random, opcodes: int = 256) -> bytes:
    """Octets changed, put in, taken out, or the end cut off."""
    found = bytearray(octets)
    for _ in range(chance.choice((1, 1, 1, 2, 8))):
        at = chance.randrange(len(found)) if found else 0
        match chance.randrange(6):
            case 0:
                found[at : at + 1] = bytes((chance.randrange(256),)) * 2
            case 1:
                del found[at : at + chance.choice((1, 1, 7))]
            case _ if found:
                found[at] = chance.choice((0, 255, chance.randrange(opcodes), found[at] ^ 1 << chance.randrange(8)))
    return bytes(found[: chance.randrange(len(found) + 1)] if chance.random() < 0.1 else found)


def damaged_text(text: str, pieces: Sequence[str], chance: random.Random) -> str:
    """A text with pieces put in, taken out and put elsewhere."""
    for _ in range(chance.choice((1, 1, 2, 5))):
        at = chance.randrange(len(text) + 1)
        behind = at + chance.choice((0, 0, 1, 5, 40))
        match chance.randrange(4):
            case 0:
                text = text[:at] + text[behind:]
            case 1:
                text = text[:behind] + text[at:]
            case _:
                text = text[:at] + chance.choice(pieces) + text[behind:]
    return text


def tell(ends: Callable[[int, int], Counter[str]], count: int) -> None:
    """Print how so many damaged programs end; the words of the command line are their number and the seed."""
    wanted, seed = (int(word) for word in [*sys.argv[1:], *(str(count), "1")[len(sys.argv) - 1 :]][:2])
    for end, times in sorted(ends(wanted, seed).items()):
        print(f"{times:7,}  {end}")
