"""Long sequences piece by piece: what Python does in C at one go holds up all threads, keys too, until it is done."""

from collections.abc import Iterator, Sequence
from typing import TypeVar

SLICE = 500
"""So many things are gone through in a fraction of a millisecond."""
T = TypeVar("T")


def slices(things: Sequence[T]) -> Iterator[Sequence[T]]:
    """`things` in pieces of SLICE."""
    for start in range(0, len(things), SLICE):
        yield things[start : start + SLICE]
