"""Copies of the backlog to fall back on: the last good one beside the file, and a few daily ones in a folder."""

import os
from datetime import datetime, tzinfo
from pathlib import Path

from tui.domain.backlog import Item
from tui.sources.backlog_file import FormatError, parse_contents
from tui.sources.whole_file import WholeFileError, read_whole, token_of, write_whole

DAILY_COPIES = 5


class GoodCopies:
    """The copies of one backlog file. `folder` is for the daily ones; None keeps none."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._read: tuple[str, tuple[Item, ...]] = ("", ())

    def last(self, place: Path) -> Path:
        """Where the last good copy of `place` lies."""
        return place.with_name(f"{place.name}.bak")

    def items(self, place: Path, zone: tzinfo) -> tuple[Item, ...]:
        """The items of the last good copy; none where there is no such copy. Cheap to ask again."""
        try:
            content = read_whole(self.last(place)) or b""
            if token_of(content) != self._read[0]:
                self._read = token_of(content), parse_contents(content, zone).items
        except (WholeFileError, FormatError):
            return ()
        return self._read[1]

    def keep_day(self, place: Path, now: datetime) -> tuple[str, ...]:
        """Copy `place` as it is before the first write of a day; what is numbered 1 is the youngest.

        A sentence where that was not possible, which is no reason not to write.
        """
        if self._folder is None:
            return ()
        first = self._folder / f"{place.name}.1"
        try:
            if _day_of(first, now) == now.date() or (content := read_whole(place)) is None:
                return ()
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            for number in range(DAILY_COPIES - 1, 0, -1):
                older = first.with_suffix(f".{number}")
                if older.exists():
                    older.replace(first.with_suffix(f".{number + 1}"))
            write_whole(first, content)
            os.utime(first, (now.timestamp(), now.timestamp()))
        except (WholeFileError, OSError) as error:
            return (f"no daily copy of the backlog could be kept in `{self._folder}`: {error}",)
        return ()

    def set_aside(self, place: Path) -> tuple[str, ...]:
        """Move the last good copy of a `place` that is gone where no later copy replaces it. A sentence about where.

        Raises OSError where that is not possible.
        """
        last = self.last(place)
        numbers = (number for number in range(1, 10_000) if not last.with_name(f"{last.name}.{number}").exists())
        aside = last.with_name(f"{last.name}.{next(numbers)}")
        last.rename(aside)
        return (f"`{place}` was gone; what it held last is kept as `{aside}`",)

    def keep_last(self, place: Path, content: bytes | bytearray) -> tuple[str, ...]:
        """Keep `content`, just written to `place`, as the last good copy. A sentence where that was not possible."""
        try:
            write_whole(self.last(place), content, durable=False)
        except WholeFileError as error:
            return (f"the last good copy of the backlog could not be kept: {error}",)
        return ()


def _day_of(path: Path, now: datetime) -> object:
    try:
        return datetime.fromtimestamp(path.stat().st_mtime, now.tzinfo).date()
    except FileNotFoundError:
        return None
