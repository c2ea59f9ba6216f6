"""What is on the disk of an agent that works in the background: a folder each, with what it was handed, what it prints
and how it ended. Starting and ending them is `agents_background`."""

import json
import os
import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from msgspec import Struct

from tui.domain.agents import LATE_LINES
from tui.sources.agents_runner import OUTPUT, STATUS
from tui.sources.whole_file import WholeFileError, read_whole, write_whole

RECORD, BRIEF, ENDED = "record.json", "brief.md", "ended"
"""What it was handed, what it was told, and the mark that the person ended it."""

TAIL_BYTES = 16 * 1024
LONGEST_LINE = 400
_ID = re.compile(r"[0-9a-f]{12}")
# Sequences of terminals (ECMA-48): control sequences, strings (titles, links) up to their end, and single escapes.
_ESCAPES = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\)?|[ -/]*[0-~])")


class Record(Struct, frozen=True):
    """What an agent was handed."""

    id: str
    agent: str
    item: str
    title: str
    repository: Path
    branch: str
    head: str
    deadline: datetime | None
    begun: datetime


def format_record(record: Record) -> str:
    """As it stands in RECORD."""
    plain = {
        "schema": 1,
        "id": record.id,
        "agent": record.agent,
        "item": record.item,
        "title": record.title,
        "repository": str(record.repository),
        "branch": record.branch,
        "head": record.head,
        "deadline": record.deadline.isoformat() if record.deadline else None,
        "begun": record.begun.isoformat(),
    }
    return json.dumps(plain, indent=1) + "\n"


def parse_record(text: str) -> Record | None:
    """What stands in RECORD; None for anything else."""
    try:
        plain: Any = json.loads(text)
        texts = {key: str(plain[key]) for key in ("id", "agent", "item", "title", "branch", "head")}
        repository, begun = Path(str(plain["repository"])), datetime.fromisoformat(plain["begun"])
        deadline = datetime.fromisoformat(plain["deadline"]) if plain["deadline"] else None
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    aware = begun.tzinfo is not None and (deadline is None or deadline.tzinfo is not None)
    if not (aware and repository.is_absolute() and _ID.fullmatch(texts["id"])):
        return None
    return Record(repository=repository, begun=begun, deadline=deadline, **texts)


def write_record(place: Path, record: Record, brief: bytes) -> Path:
    """Make the folder `place` of an agent; its copy of the brief. Raises WholeFileError or OSError."""
    place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    place.mkdir(mode=0o700)
    write_whole(place / BRIEF, brief, durable=False)
    write_whole(place / RECORD, format_record(record).encode())
    return place / BRIEF


def read_records(folder: Path) -> Iterator[Record | str]:
    """Every agent known in `folder`, and a sentence for what cannot be read of it."""
    try:
        names = sorted(name for name in os.listdir(folder) if _ID.fullmatch(name))  # noqa: PTH208 - one call, no paths
    except FileNotFoundError:
        return
    except OSError as error:
        yield f"`{folder}` cannot be read: {error.strerror}"
        return
    for name in names:
        try:
            content = read_whole(folder / name / RECORD)
        except WholeFileError as error:
            yield str(error)
            continue
        record = parse_record((content or b"").decode("utf-8", "replace"))
        if record is not None and record.id == name:
            yield record
        elif content is not None:
            yield f"`{folder / name / RECORD}` is damaged; what that agent did is in its lane, remove the folder"


def read_status(place: Path) -> tuple[int, float] | None:
    """How the agent in `place` ended and when (seconds since 1970); None where that is not written down."""
    try:
        content = read_whole(place / STATUS)
        when = (place / STATUS).stat().st_mtime
        return int((content or b"").strip()), when
    except (WholeFileError, OSError, ValueError):
        return None


def read_tail(place: Path) -> tuple[str, ...]:
    """The last lines the agent in `place` printed."""
    try:
        with (place / OUTPUT).open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(size - TAIL_BYTES, 0))
            text = file.read(TAIL_BYTES).decode("utf-8", "replace")
    except OSError:
        return ()
    return late_lines(text)


def late_lines(text: str) -> tuple[str, ...]:
    """The last lines of `text` that say something, without what steers terminals."""
    lines = (line.rstrip()[:LONGEST_LINE] for line in re.split(r"[\r\n]+", _ESCAPES.sub("", text)))
    return tuple(line for line in lines if line.strip())[-LATE_LINES:]


def forget(place: Path) -> None:
    """Remove the folder of an agent, where nothing but what is known of it is in it."""
    for name in (RECORD, BRIEF, ENDED, STATUS, f".{STATUS}.new", OUTPUT, "alive"):
        (place / name).unlink(missing_ok=True)
    place.rmdir()
