"""Spans of time: joining them, taking one out of another, their length, and a clock's reading as a moment.

Pure. All moments are in UTC: Python subtracts two times of one zone by the clock on the wall, which is an hour wrong
across a DST change.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta, tzinfo

Span = tuple[datetime, datetime]
"""From the first to the second moment, the second not in it."""

_SECOND = timedelta(seconds=1)


def union(spans: Iterable[Span]) -> Iterator[Span]:
    """`spans` in order, those that overlap or touch joined."""
    joined: Span | None = None
    for start, end in sorted(spans):
        if joined is None:
            joined = (start, end)
        elif start <= joined[1]:
            joined = (joined[0], max(joined[1], end))
        else:
            yield joined
            joined = (start, end)
    if joined is not None:
        yield joined


def without(whole: Span, taken: Iterable[Span]) -> Iterator[Span]:
    """The parts of `whole` outside `taken`, which is in order and apart."""
    start, end = whole
    for taken_from, taken_until in taken:
        if taken_from >= end:
            break
        if taken_from > start:
            yield start, taken_from
        start = max(start, taken_until)
    if start < end:
        yield start, end


def length_within(window: Span, spans: Iterable[Span]) -> timedelta:
    """How long `spans` are inside `window`; what several cover counts once."""
    inside = ((max(start, window[0]), min(end, window[1])) for start, end in union(spans))
    return sum((end - start for start, end in inside if start < end), timedelta())


def moment_at(wall: datetime, zone: tzinfo, *, last: bool) -> datetime:
    """When the clock of `zone` shows `wall`, in UTC (PEP 495: `fold` 0 and 1 are the two readings of a time).

    Shown twice: the first or the `last` time. Never shown: the moment at which the clock jumps over it, which lies
    between the two readings.
    """
    early = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
    late = wall.replace(tzinfo=zone, fold=1).astimezone(UTC)
    if early <= late:
        return late if last else early
    before, after = late, early
    jumped = after.astimezone(zone).utcoffset()
    while after - before > _SECOND:
        middle = before + (after - before) // 2
        if middle.astimezone(zone).utcoffset() == jumped:
            after = middle
        else:
            before = middle
    return after.replace(microsecond=0)


def day_span(day: date, zone: tzinfo) -> Span:
    """`day` by the clock of `zone`, from its midnight to the next: 23 or 25 hours where that clock is changed."""
    return (
        moment_at(datetime.combine(day, time()), zone, last=False),
        moment_at(datetime.combine(day + timedelta(days=1), time()), zone, last=False),
    )
