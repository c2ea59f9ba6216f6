"""How many lines each entry of a day has, so that lines are in proportion to time where there is room. Pure."""

from collections.abc import Sequence
from datetime import datetime, timedelta

STEPS = (5, 6, 10, 12, 15, 20, 30, 60)
"""Minutes a line may stand for: hours are then whole numbers of lines."""


def spread(starts: Sequence[datetime], least: Sequence[int], end: datetime, height: int) -> tuple[int, ...]:
    """Lines for each entry, from its start to that of the next, the last one to `end`; all of them fit into `height`.

    `starts` are instants (UTC) in order, `least` is what each entry has to say in lines. A line stands for as few
    minutes as there is room for; where even an hour a line is too much, each entry has one line and no more.
    """
    borders = (*starts[1:], end)
    lengths = [max((until - start) // timedelta(minutes=1), 0) for start, until in zip(starts, borders, strict=True)]
    for step in STEPS:
        lines = tuple(max(length // step, few) for length, few in zip(lengths, least, strict=True))
        if sum(lines) <= height:
            return lines
    return tuple(least) if sum(least) <= height else (1,) * len(starts)
