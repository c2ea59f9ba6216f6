"""The events of a calendar as columns of numbers: where each is in its text, and which days it can touch. Pure.

A hundred thousand of them take a few megabytes, go to disk and come back as they are, and those of a day are found
without looking at the others. What is found is conservative: a row may be looked at for nothing, none is left out.
"""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

FOREVER = date.max.toordinal()
SHORT_DAYS = 31
"""What touches more days than this stands apart, so that few rows have to be looked at for a day."""

_COLUMNS = {
    "document": "I",
    "begin": "Q",
    "end": "Q",
    "first": "i",
    "last": "i",
    "days": "I",
    "instance": "i",
    "uid": "q",
    "sequence": "q",
    "modified": "q",
    "flags": "B",
    "scope": "I",
}
_ORDERS = ("by_first", "long", "by_uid")
_ONWARD, _HEAVY = 1, 2


class Row(NamedTuple):
    """A VEVENT that can be placed on days. Days are ordinals of `datetime.date`, in whatever zone it is written in."""

    document: int
    """The number of the document it stands in."""
    begin: int
    """Where its inside begins in that, and …"""
    end: int
    """… ends, in bytes."""
    first: int
    last: int
    """The last day it can touch; FOREVER for a rule, which only a rule's own test bounds."""
    days: int
    """Days one occurrence covers, at least 1."""
    instance: int | None
    """The day of RECURRENCE-ID; None for the meeting or series itself."""
    uid: int
    """Stands for its UID; 0 where it has none."""
    revision: tuple[int, int]
    """SEQUENCE and LAST-MODIFIED: of two rows for the same, the higher is meant."""
    onward: bool
    """RECURRENCE-ID has RANGE=THISANDFUTURE."""
    heavy: bool
    """Its rule or its dates may take long to work out."""
    scope: int
    """Which of the document's zones its TZIDs mean."""


class Rows:
    """Rows by number, in the order of documents and of the events in each."""

    def __init__(self) -> None:
        self._columns = {name: array(kind) for name, kind in _COLUMNS.items()}
        self._orders: dict[str, array[int]] | None = None

    def __len__(self) -> int:
        return len(self._columns["first"])

    def __getitem__(self, number: int) -> Row:
        at = {name: column[number] for name, column in self._columns.items()}
        return Row(
            document=at["document"],
            begin=at["begin"],
            end=at["end"],
            first=at["first"],
            last=at["last"],
            days=at["days"],
            instance=at["instance"] or None,
            uid=at["uid"],
            revision=(at["sequence"], at["modified"]),
            onward=bool(at["flags"] & _ONWARD),
            heavy=bool(at["flags"] & _HEAVY),
            scope=at["scope"],
        )

    def add(self, row: Row) -> None:
        """Put `row` behind the others."""
        flags = row.onward * _ONWARD + row.heavy * _HEAVY
        values = (*row[:6], row.instance or 0, row.uid, *row.revision, flags, row.scope)
        for column, value in zip(self._columns.values(), values, strict=True):
            column.append(value)
        self._orders = None

    def take(self, others: "Rows", begin: int, end: int, document: int) -> None:
        """Put the rows `begin` to `end` of `others` behind these, as those of `document`."""
        for name, column in self._columns.items():
            if name == "document":
                column.extend([document] * (end - begin))
            else:
                column.extend(others._columns[name][begin:end])
        self._orders = None

    def touching(self, first: int, last: int) -> list[int]:
        """The numbers of the rows that can touch a day from `first` to `last`."""
        orders, firsts, lasts = self._ordered(), self._columns["first"], self._columns["last"]
        by_first = orders["by_first"]
        low = bisect_left(by_first, first - SHORT_DAYS, key=firsts.__getitem__)
        high = bisect_right(by_first, last, key=firsts.__getitem__)
        found = [number for number in by_first[low:high] if lasts[number] >= first]
        found += [number for number in orders["long"] if firsts[number] <= last and lasts[number] >= first]
        return sorted(found)

    def kin(self, uid: int) -> list[int]:
        """The numbers of the rows with this UID."""
        by_uid, uids = self._ordered()["by_uid"], self._columns["uid"]
        low = bisect_left(by_uid, uid, key=uids.__getitem__)
        return list(by_uid[low : bisect_right(by_uid, uid, low, key=uids.__getitem__)])

    def to_bytes(self) -> dict[str, bytes]:
        """All of it, as bytes of this machine."""
        return {name: column.tobytes() for name, column in (*self._columns.items(), *self._ordered().items())}

    @classmethod
    def from_bytes(cls, parts: Mapping[str, bytes]) -> "Rows":
        """What `to_bytes` gave. Raises ValueError where `parts` do not fit together."""
        rows = cls()
        orders = {name: array("I") for name in _ORDERS}
        for name, column in (*rows._columns.items(), *orders.items()):
            column.frombytes(parts.get(name, b""))
        size = len(rows)
        if {len(column) for column in rows._columns.values()} != {size}:
            raise ValueError("the columns are not of one length")
        if len(orders["by_uid"]) != size or len(orders["by_first"]) + len(orders["long"]) != size:
            raise ValueError("the orders leave rows out")
        if any(order and max(order) >= size for order in orders.values()):
            raise ValueError("the orders name rows that are not there")
        rows._orders = orders
        return rows

    def _ordered(self) -> dict[str, "array[int]"]:
        if self._orders is None:
            firsts, lasts, uids = (self._columns[name] for name in ("first", "last", "uid"))
            numbers = range(len(self))
            short = [number for number in numbers if lasts[number] - firsts[number] <= SHORT_DAYS]
            self._orders = {
                "by_first": array("I", sorted(short, key=firsts.__getitem__)),
                "long": array("I", [number for number in numbers if lasts[number] - firsts[number] > SHORT_DAYS]),
                "by_uid": array("I", sorted(numbers, key=uids.__getitem__)),
            }
        return self._orders
