"""Which fields of what is shown hold names, titles and texts of somebody's own, and how they are told to `StandIns`.

What is not named here and is text is private all the same: a field that a snapshot gains is hidden until somebody says
that it tells nothing. Ids, times, numbers and words of the program's own are plain.
"""

from collections.abc import Iterable, Mapping
from inspect import get_annotations
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

from msgspec import Struct

from tui.domain.lanes import slug_of
from tui.domain.stand_ins import StandIns

PLAIN = "plain"
MESSAGE = "message"
NAMES: Mapping[str, Mapping[str, str]] = {
    "Agenda": {"time_zone": PLAIN},
    "Agents": {"problem": MESSAGE},
    "AgentSession": {"agent": PLAIN, "id": PLAIN, "item": PLAIN, "head": PLAIN, "repository": "path", "title": "idea",
                     "last_lines": "output", "question": "question", "branch": "branch", "why": MESSAGE},
    "Attendee": {"name": "person"},
    "Backlog": {"problem": MESSAGE, "notes": MESSAGE, "shelves": PLAIN},
    "Branch": {"name": "branch", "upstream": "branch"},
    "CalendarState": {"name": "calendar", "error": MESSAGE, "unread": MESSAGE, "color": PLAIN},
    "Change": {},
    "ChangedFile": {"path": "file", "was": "file", "state": PLAIN},
    "Commit": {"author": "person", "subject": "commit", "sha": PLAIN},
    "ConfigurationWritten": {"path": "path"},
    "Diffstat": {"problem": MESSAGE},
    "Entry": {"id": PLAIN, "session": PLAIN, "item": PLAIN, "head": PLAIN, "title": "idea", "repository": "path",
              "branch": "branch", "text": "note"},
    "Examined": {"problem": MESSAGE, "address": "person"},
    "FileDiff": {"path": "file"},
    "Fleet": {"roots": "path", "problems": MESSAGE},
    "FoundCalendar": {"path": "address", "shown": "calendar", "told": MESSAGE, "words": "text"},
    "FoundProgram": {"name": PLAIN, "told": PLAIN},
    "FoundRoot": {"path": "path"},
    "Ground": {"path": "path", "branch": "branch", "head": PLAIN, "prototype": "path", "repository": "path"},
    "Group": {"name": "group", "patterns": "text"},
    "Hold": {"title": "meeting", "uid": PLAIN},
    "HoldDraft": {"path": "path", "text": "text", "problem": MESSAGE},
    "Item": {"id": PLAIN, "title": "idea", "theme": "theme", "repo": "repository", "person": "person"},
    "KnownSettings": {"path": "path", "problem": MESSAGE},
    "LaneChanges": {"path": "path", "head": PLAIN},
    "LaneCommit": {"path": "path", "branch": "branch", "sha": PLAIN, "left": MESSAGE},
    "LaneEnding": {"path": "path", "branch": "branch", "tip": PLAIN, "folder": "path", "problem": MESSAGE},
    "LaneLook": {"path": "path", "obstacles": MESSAGE},
    "LaneState": {"branch": "branch", "tip": PLAIN, "changed": "file", "untracked": "file", "ignored": "file",
                  "prototypes": "file", "hidden": "file", "nested": "file", "own_refs": "branch", "locked": MESSAGE},
    "Ledger": {"problem": MESSAGE, "remarks": MESSAGE},
    "Meeting": {"summary": "meeting", "calendar": "calendar", "uid": PLAIN, "location": "place", "time_zone": "place",
                "recurrence_id": PLAIN, "join_url": "address", "organizer": "person"},
    "MeetingKey": {"calendar": "calendar", "uid": PLAIN, "recurrence_id": PLAIN, "summary": "meeting"},
    "MeetingText": {"problem": MESSAGE},
    "Moved": {"branch": "branch"},
    "NameChange": {"name": "branch"},
    "Note": {"text": "note", "session": PLAIN, "item": PLAIN, "repository": "path", "commit": PLAIN},
    "PastMeeting": {"title": "meeting", "calendar": "calendar"},
    "RefreshFailed": {"source": PLAIN, "error": MESSAGE},
    "Repository": {"name": PLAIN, "path": PLAIN, "head": PLAIN, "parent": "path", "branch": "branch",
                   "upstream": "branch", "remote": "address", "error": MESSAGE, "fetch_error": MESSAGE,
                   "notes": MESSAGE, "people": "person"},
    "RepositoryDetail": {"path": "path", "problems": MESSAGE, "areas": "folder"},
    "Session": {"id": PLAIN, "item": PLAIN, "title": "idea", "repository": "path", "branch": "branch",
                "head_before": PLAIN, "head_after": PLAIN},
    "Setting": {"name": PLAIN, "value": PLAIN, "meaning": PLAIN, "default": PLAIN, "told": PLAIN, "in_effect": PLAIN},
    "Settings": {"hold_title": PLAIN, "new_in": "path", "templates": "path", "looked_in": "path", "theme": PLAIN,
                 "keys": PLAIN, "home": "path", "view": PLAIN, "planning": PLAIN, "attention": PLAIN,
                 "reminders": PLAIN, "share_safe": PLAIN, "key_problems": PLAIN},
    "SettingsRefused": {"problem": MESSAGE},
    "SettingsTaken": {"names": PLAIN, "later": PLAIN},
    "Stash": {"message": "commit"},
    "Surroundings": {"remarks": MESSAGE, "addresses": "person", "path": "path", "folder": "path"},
    "Synced": {"clashes": MESSAGE},
    "Trace": {"path": "path", "areas": "folder"},
    "Traced": {"address": "person", "branch": "branch"},
    "WriteFailed": {"source": PLAIN, "error": MESSAGE},
}  # fmt: skip
"""By class and field: a kind of stand-in, `message` for a whole sentence, or `plain` for what tells nothing. The values
of settings are hidden where they are listed (`tui.screens.settings`)."""

_MOST_KEPT = 50_000
_NESTED = "nested"
_plans: dict[type, tuple[tuple[str, str], ...]] = {}


class Learner:
    """Tells stand-ins of what is in snapshots and messages; what it has told of as the same object it passes over."""

    def __init__(self, stand_ins: StandIns, home: Path | None = None) -> None:
        self._stand_ins = stand_ins
        self._home = str(home) if home else ""
        self._kept: dict[int, object] = {}

    def learn(self, thing: object) -> None:
        """Never show a name or text that is in `thing`, however deep."""
        if isinstance(thing, Struct) or hasattr(type(thing), "posted_fields"):
            self._learn_fields(thing)
        elif isinstance(thing, Mapping):
            self._learn_each((*thing.keys(), *thing.values()))
        elif isinstance(thing, tuple | list | frozenset | set):
            self._learn_each(thing)

    def _learn_each(self, things: Iterable[object]) -> None:
        for one in things:
            self.learn(one)

    def _learn_fields(self, thing: Any) -> None:
        if self._kept.get(id(thing)) is thing:
            return
        if len(self._kept) > _MOST_KEPT:
            self._kept.clear()
        self._kept[id(thing)] = thing
        name = type(thing).__name__
        if name == "Repository":
            kind = "lane" if thing.kind == "linked" else "repository"
            self._path(thing.path, f"folder of {self._stand_ins.of(kind, thing.name)}")
        for field, kind in _plan(type(thing)):
            self._take(getattr(thing, field, None), kind)

    def _take(self, value: object, kind: str) -> None:
        match value:
            case str() if kind == MESSAGE:
                self._stand_ins.hide_message(value)
            case str() if kind == "idea":
                stand_in = self._stand_ins.of(kind, value)
                self._stand_ins.give(slug_of(value), stand_in.replace(" ", "-"))  # in lanes and branches named after it
            case str() if kind == "person":
                self._stand_ins.hide_person(value)
            case str() if kind in ("path", "file"):
                self._stand_ins.hide_path(value, self._stand_ins.of(kind, value), self._home)
            case str() if kind != _NESTED:
                self._stand_ins.hide_text(kind, value)
            case Path():
                self._path(value)
            case tuple() | list() | frozenset() | set():
                for one in value:
                    self._take(one, kind)
            case _:
                self.learn(value)

    def _path(self, path: Path, stand_in: str = "") -> None:
        self._stand_ins.hide_path(str(path), stand_in, self._home)


def fields_of(kind: type) -> Mapping[str, object]:
    """The fields of a struct, or of a message, and what each is declared as; empty for what is neither."""
    names = getattr(kind, "__struct_fields__" if issubclass(kind, Struct) else "posted_fields", ())
    declared: dict[str, object] = {}
    for base in reversed(kind.__mro__):
        declared |= get_annotations(base)
    return {name: declared[name] for name in names}


def _plan(kind: type) -> tuple[tuple[str, str], ...]:
    """The fields of a class that may hold something private, and what each holds."""
    found = _plans.get(kind)
    if found is None:
        known = NAMES.get(kind.__name__, {})
        told = ((name, known.get(name) or _kind_of(declared)) for name, declared in fields_of(kind).items())
        found = _plans[kind] = tuple((name, holds) for name, holds in told if holds != PLAIN)
    return found


def _kind_of(declared: object) -> str:
    """What a field that is not named above holds, by its type: the program's own words are plain, text is private."""
    if isinstance(declared, str) or declared in (str, Path):
        return "text"
    if get_origin(declared) is Literal or declared in (int, float, bool, type(None)):
        return PLAIN
    kinds = {_kind_of(inner) for inner in get_args(declared)}
    if kinds <= {PLAIN} and kinds:
        return PLAIN
    return "text" if "text" in kinds else _NESTED
