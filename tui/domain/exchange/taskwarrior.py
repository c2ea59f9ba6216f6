"""Taskwarrior's JSON (`task export`, `task import`), both ways.

https://github.com/GothenburgBitFactory/taskwarrior/blob/develop/doc/devel/rfcs/task.md

`description` is the title, `project` the theme, `priority` H, M, L an impact of 5, 3, 1, `wait` the day an item of
`later` returns, the annotations the why, one a line; `completed` is done, `deleted` dropped, a started task one to
build. `estimate` (a duration such as `PT45M` or `45m`; a bare number is minutes) and `repo` are user defined
attributes. All else a task has, but for what Taskwarrior makes itself, is kept as it came under the key `taskwarrior`
of the item, and given back. What a task has no word for is one attribute `makerhour` with JSON in it, so that
our own tasks lose nothing; where a task was changed in Taskwarrior, what can be read there wins over it.
"""

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, time, tzinfo

from msgspec import Struct, field

from tui.domain.backlog import LONGEST_TITLE, Item, State
from tui.domain.exchange.losses import BLANKS, ExchangeError, Losses, Reading, differing
from tui.domain.exchange.own_json import decoded_field, decoded_table, encoded, encoded_item
from tui.domain.exchange.task_values import (
    annotations_of,
    described,
    duration_of,
    is_plain,
    letter_of,
    minutes_of,
    own_uuid,
    spoken_lines,
    stamp_of,
    wait_until,
    why_of,
    without_nulls,
)
from tui.domain.exchange.text import parse_time

KEPT = "taskwarrior"
"""The key of an item under which the rest of its task is kept."""
OURS = "makerhour"
"""The attribute of a task with what only makerhour has words for."""

_PRIORITIES = {"H": 5, "M": 3, "L": 1}
_STATES: Mapping[str, State] = {"pending": "inbox", "waiting": "later", "completed": "done", "deleted": "dropped"}
_REMADE = ("id", "urgency", "modified")
"""What Taskwarrior makes itself, `modified` also on each import: kept, every task would differ each time."""
_DECIDED = ("state", "until", "decided", "done")
"""What a status says something about: ours counts only while the status is the one we wrote."""


def format_taskwarrior(items: Iterable[Item], zone: tzinfo) -> str:
    """A list of tasks, one a line, as `task export` writes it; days begin in `zone`. Raises RecursionError."""
    lines = [json.dumps(_formatted(item, zone), ensure_ascii=True, allow_nan=False) for item in items]
    return "[\n" + ",\n".join(lines) + ("\n" if lines else "") + "]\n"


def parse_taskwarrior(documents: Iterable[object], zone: tzinfo) -> Reading:
    """The items in what `task export` wrote: a list of tasks, or tasks one after another. Raises ExchangeError."""
    losses = Losses()
    tasks = [task for document in documents for task in (document if isinstance(document, list) else [document])]
    items = []
    for number, task in enumerate(tasks, 1):
        if not isinstance(task, dict) or not isinstance(task.get("description"), str):
            raise ExchangeError(f"has a task without a `description` (number {number}); take it out")
        if task.get("status") == "recurring":
            losses.note("a recurring task is left out; those it has made are taken over", task["description"])
            continue
        try:
            items.append(_Task(task, zone, losses).item())
        except RecursionError:
            raise ExchangeError(f"is nested too deep to be read (task number {number}); flatten it") from None
    return Reading(tuple(items), losses.all())


def task_id(item: Item) -> str:
    """The UUID of the task that `item` is or would be."""
    known = _kept(item).get("uuid")
    return known if isinstance(known, str) and known else own_uuid(item.id)


class _Task(Struct):
    """One task while it is read: each step takes attributes away, and what is left is kept."""

    task: dict[str, object]
    zone: tzinfo
    losses: Losses
    values: dict[str, object] = field(default_factory=dict)

    def item(self) -> Item:
        """The item this task is."""
        self.task = {key: value for key, value in self.task.items() if key not in _REMADE}
        ours = self._take_ours()
        status = self._take_status()
        title = " ".join(str(self.task.pop("description")).split()) or described("")
        self._take_times(status)
        self._take_words()
        self._take_numbers()
        self._take_annotations(title)
        self.values["title"] = title if len(title) <= LONGEST_TITLE else f"{title[: LONGEST_TITLE - 1].rstrip()}…"
        told = ours.pop("extra", None)
        for name, value in ours.items():
            if name in BLANKS and self._stands(name, value, ours, status, title):
                self.values[name] = BLANKS[name][0] if value is None else value
        if self.task.get("uuid") == own_uuid(str(self.values.get("id", ""))):
            del self.task["uuid"]
        null = lambda: self.losses.note("`null` is left out", title)  # noqa: E731
        rest = {key: without_nulls(value, null) for key, value in self.task.items() if value is not None}
        extra: dict[str, object] = {KEPT: rest} if rest else {}
        if isinstance(told, dict):
            kept = told.get(KEPT)
            extra = {**told, **({KEPT: {**kept, **rest}} if isinstance(kept, dict) else extra)}
        return Item(**{"id": "", "title": "", **self.values}, extra=tuple(extra.items()))  # type: ignore[arg-type]

    def _take_ours(self) -> dict[str, object]:
        text = self.task.get(OURS)
        if not isinstance(text, str):
            return {}
        try:
            told = json.loads(text)
            if not isinstance(told, dict):
                raise ValueError(OURS)
            extra = told.get("extra")
            found = {
                name: decoded_field(name, value, self.zone) if value is not None else None
                for name, value in told.items()
                if name in BLANKS
            }
            if isinstance(extra, dict):
                found["extra"] = decoded_table(extra, lambda: None)
        except (ValueError, RecursionError):
            self.losses.note(f"an attribute `{OURS}` cannot be read; it is kept, unused", text)
            return {}
        del self.task[OURS]
        return {**found, "status": told.get("status")}

    def _take_status(self) -> str:
        status = self.task.pop("status", "pending")
        if status not in _STATES:
            self.losses.note("a status is unknown; the task counts as pending", str(status))
            status = "pending"
        waiting = self._time("wait") if status in ("pending", "waiting") else None
        self.values["state"] = _STATES[str(status)]
        if waiting:
            self.values.update(state="later", until=waiting.date())
            status = "waiting"
            if waiting.timetz() == time(tzinfo=waiting.tzinfo):
                del self.task["wait"]  # the day says all of it
        elif status == "pending" and "start" in self.task:
            self.values["state"] = "build"
        return str(status)

    def _take_times(self, status: str) -> None:
        for name, key in (("entry", "created"), ("end", "decided" if status == "deleted" else "done")):
            if (name == "entry" or status in ("completed", "deleted")) and (when := self._time(name)):
                self.values[key] = when
                del self.task[name]

    def _take_words(self) -> None:
        for name, key in (("project", "theme"), ("repo", "repo")):
            if isinstance(self.task.get(name), str):
                self.values[key] = self.task.pop(name)

    def _take_numbers(self) -> None:
        if (letter := self.task.get("priority")) in _PRIORITIES:
            self.values["impact"] = _PRIORITIES[str(letter)]
            del self.task["priority"]
        told = self.task.get("estimate")
        minutes = minutes_of(told)
        if minutes:
            self.values["estimate"] = minutes
            if told == duration_of(minutes):
                del self.task["estimate"]
        elif told is not None:
            self.losses.note("`estimate` is no length of time; it is kept, unused", str(told))

    def _take_annotations(self, title: str) -> None:
        notes = self.task.get("annotations")
        why = why_of(notes)
        if len(title) > LONGEST_TITLE:
            self.losses.note(
                f"a description is longer than the {LONGEST_TITLE} characters of a title; all of it is in `why`", title
            )
            why = f"{title}\n\n{why}".strip()
        if why:
            self.values["why"] = why
        if notes == annotations_of(why, self.values.get("created")):
            self.task.pop("annotations", None)

    def _stands(self, name: str, value: object, ours: Mapping[str, object], status: str, title: str) -> bool:
        """False where what can be read in the task was changed after we wrote it."""
        seen = self.values.get(name)
        if name in _DECIDED and ours["status"] != status:
            return False
        match name:
            case "title":
                return title == described(str(value or ""))
            case "impact":
                return letter_of(value) == letter_of(seen)
            case "why":
                return spoken_lines(str(value or "")) == spoken_lines(str(seen or ""))
            case "created" | "decided" | "done" if isinstance(value, datetime) and isinstance(seen, datetime):
                return stamp_of(value) == stamp_of(seen)
            case _:
                return True

    def _time(self, name: str) -> datetime | None:
        """The moment an attribute names, in this zone; None where there is none."""
        value = self.task.get(name)
        if value is None:
            return None
        when = parse_time(value, UTC) if isinstance(value, str) else None
        if when:
            try:
                return when.astimezone(self.zone)
            except OverflowError:  # within a day of the calendar's ends
                return when
        self.losses.note(f"`{name}` is no time such as 20260331T120000Z; it is kept, unused", str(value))
        return None


def _formatted(item: Item, zone: tzinfo) -> dict[str, object]:
    """The task that is `item` when it is read again, with as little under OURS as that takes."""
    ours: set[str] = {"id"} if item.id else set()
    task: dict[str, object] = {}
    for _ in range(3):
        task = _written(item, ours, zone)
        missing = set(differing(_Task(task, zone, Losses()).item(), item)) - ours
        if not missing:
            break
        ours |= missing
    return task


def _written(item: Item, ours: set[str], zone: tzinfo) -> dict[str, object]:
    kept = {key: value for key, value in _kept(item).items() if is_plain(value)}
    status = "waiting" if item.state == "later" and item.until else _STATUSES.get(item.state, "pending")
    task: dict[str, object] = {"description": described(item.title), "status": status, "uuid": task_id(item)}
    ended = item.done if item.state == "done" else item.decided if item.state == "dropped" else None
    task.update(
        (name, stamp) for name, when in (("entry", item.created), ("end", ended)) if when and (stamp := stamp_of(when))
    )
    if item.until and (wait := wait_until(item.until.toordinal(), kept.get("wait"), zone)) and status == "waiting":
        task["wait"] = wait
    if letter := letter_of(item.impact):
        task["priority"] = letter
    if item.estimate:
        same_length = minutes_of(kept.get("estimate")) == item.estimate
        task["estimate"] = kept["estimate"] if same_length else duration_of(item.estimate)
    task.update((name, text) for name, text in (("project", item.theme), ("repo", item.repo)) if text)
    notes = kept.get("annotations")
    if item.why:
        task["annotations"] = notes if why_of(notes) == item.why else annotations_of(item.why, item.created)
    silent = ("wait", "annotations", "start", *_REMADE, *(() if ended else ("end",)))
    fitting = {key: value for key, value in kept.items() if key not in task and key not in silent}
    if fitting.get("priority") in _PRIORITIES:
        del fitting["priority"]
    if "start" in kept and item.state == "build":
        fitting["start"] = kept["start"]
    task = {**task, **fitting}
    table = encoded_item(item)
    said = {name: table[name] for name in table if name in ours and name != "extra"}
    if "extra" in ours:
        said["extra"] = encoded(dict(item.extra))
    if said:
        task[OURS] = json.dumps({"status": status, **said}, ensure_ascii=True, separators=(",", ":"))
    return task


def _kept(item: Item) -> dict[str, object]:
    kept = dict(item.extra).get(KEPT)
    return kept if isinstance(kept, dict) else {}


_STATUSES: Mapping[State, str] = {"done": "completed", "dropped": "deleted"}
