"""Figures as lines: median with min and max, and ratios of medians."""

from collections.abc import Sequence
from statistics import median


def line(name: str, figures: Sequence[float], unit: str = "ms", floor: Sequence[float] | None = None) -> None:
    """Print one row; with `floor`, the median of the ratios round by round."""
    shown = f"{name:<44} median {median(figures):8.1f} {unit}  min {min(figures):8.1f}  max {max(figures):8.1f}"
    if floor is not None:
        ratios = [figure / base for figure, base in zip(figures, floor, strict=True)]
        shown += f"   x {median(ratios):5.2f} ({min(ratios):.2f}-{max(ratios):.2f})"
    print(shown)


def percentile(figures: Sequence[float], share: float) -> float:
    """The figure below which `share` (0 to 1) of them lie."""
    ordered = sorted(figures)
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)]
