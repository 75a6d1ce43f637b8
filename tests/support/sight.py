"""How colours are seen: contrast, and what is left of them for eyes that tell fewer apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from textual.color import Color

Linear = tuple[float, float, float]

BLINDNESS: Mapping[str, Sequence[Linear]] = {
    "all colours": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protanopia": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "deuteranopia": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)),
}
"""Machado, Oliveira and Fernandes 2009, at full severity, on linear RGB."""
_WHITE = (0.95047, 1.0, 1.08883)
_XYZ: Sequence[Linear] = ((0.4124, 0.3576, 0.1805), (0.2126, 0.7152, 0.0722), (0.0193, 0.1192, 0.9505))


def linear(text: str, default: str = "#ffffff") -> Linear:
    """Light of a colour. The terminal's own are taken as terminals of old had them, with a default of one's own."""
    colour = Color.parse(default if text == "ansi_default" else text)
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in colour.normalized
    )
    return red, green, blue


def contrast(one: Linear, other: Linear) -> float:
    """Contrast ratio of WCAG 2, from 1 to 21."""
    light, dark = sorted((_times(_XYZ, one)[1], _times(_XYZ, other)[1]), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def difference(one: Linear, other: Linear, eyes: str) -> float:
    """How different two colours look to somebody, as the distance in CIE Lab; 2 is just to be seen."""
    seen = [_lab(_times(BLINDNESS[eyes], colour)) for colour in (one, other)]
    return sum((a - b) ** 2 for a, b in zip(*seen, strict=True)) ** 0.5


def _lab(colour: Linear) -> Linear:
    clipped = tuple(min(1.0, max(0.0, part)) for part in colour)
    x, y, z = (part / white for part, white in zip(_times(_XYZ, clipped), _WHITE, strict=True))
    fx, fy, fz = (part ** (1 / 3) if part > 0.008856 else 7.787 * part + 16 / 116 for part in (x, y, z))
    return 116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)


def _times(matrix: Sequence[Linear], colour: Sequence[float]) -> Linear:
    first, second, third = (sum(a * b for a, b in zip(row, colour, strict=True)) for row in matrix)
    return first, second, third
