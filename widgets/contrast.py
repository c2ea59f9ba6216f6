"""Colours that can be told from what is behind them. Pure; by WCAG 2.2's contrast, which goes from 1 to 21."""

from functools import lru_cache

from rich.color import Color
from rich.color_triplet import ColorTriplet

READABLE, FAINT = 4.5, 3.0
"""The least contrast of text, and of what is meant to step back."""
STEPS = 20
BLACK, WHITE = ColorTriplet(0, 0, 0), ColorTriplet(255, 255, 255)


@lru_cache(maxsize=1024)  # a list asks what the one beside it did
def legible(fore: Color | None, back: Color | None, least: float) -> Color | None:
    """`fore`, moved towards black or white as far as it takes on `back` for the contrast `least`.

    Colours that only the terminal knows, such as those of its own palette, are left as they are.
    """
    if fore is None or back is None or fore.triplet is None or back.triplet is None:
        return fore
    if contrast(fore.triplet, back.triplet) >= least:
        return fore
    behind = back.triplet
    goal = max(BLACK, WHITE, key=lambda far: contrast(far, behind))
    for step in range(1, STEPS):
        moved = _between(fore.triplet, goal, step / STEPS)
        if contrast(moved, back.triplet) >= least:
            return Color.from_triplet(moved)
    return Color.from_triplet(goal)


def contrast(one: ColorTriplet, other: ColorTriplet) -> float:
    """How well they can be told apart by brightness, 1 to 21 (WCAG 2.2, 1.4.3)."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(color: ColorTriplet) -> float:
    red, green, blue = (_linear(part / 255) for part in color)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)


def _between(one: ColorTriplet, other: ColorTriplet, way: float) -> ColorTriplet:
    red, green, blue = (round(a + (b - a) * way) for a, b in zip(one, other, strict=True))
    return ColorTriplet(red, green, blue)
