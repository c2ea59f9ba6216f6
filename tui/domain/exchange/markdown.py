"""Markdown task lists, both ways: https://github.github.com/gfm/#task-list-items-extension-

    ## Build

    - [ ] Usage caps limiter 45m !4/5 @billing #pricing [created:: 2026-03-04] [id:: k3j5x7aq]
      what stands under it, indented, is the why

A heading that names a state gives it, any other one a theme; the first `#` of a text with only one is its title.
`[x]` is done, `[-]` dropped. In the line the shorthand of `makerhour add`; what that has no word for stands in
`[field:: value]`, as Dataview and Obsidian's Tasks write it (an empty value: nothing, whatever the words say). Keys of
the person's own are not carried, except `due`.
"""

import html
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, date, tzinfo

from msgspec import Struct, field

from tui.domain.backlog import LONGEST_TITLE, QUESTIONS, STATES, Item, ItemError, State
from tui.domain.capture import parse_minutes, parse_quick_add
from tui.domain.changes import FIELDS
from tui.domain.exchange.losses import BLANKS, Losses, Reading, differing
from tui.domain.exchange.own_json import decoded_field
from tui.domain.exchange.text import lines_of, one_line, parse_day, tame

TASK = re.compile(r"([-*+]|[0-9]{1,9}[.)])[ \t]+\[([ \txX-])\](?:[ \t]+(.*))?")
"""A task, from its bullet on."""

_FIELD = re.compile(r"\[([a-z]{1,20}):: ?([^\[\]]*)\]")
_FENCE = re.compile(r"(`{3,}|~{3,})")
_WORDED = ("theme", "repo", "estimate", "impact", "edge")
"""Fields the shorthand has words for."""


_Heading = tuple[int, str]
"""Its level and what it says."""


class _Task(Struct):
    """One task while it is read."""

    box: str
    text: str
    indent: int
    above: tuple[_Heading, ...]
    state: State | None = None
    theme: str = ""
    under: list[str] = field(default_factory=list)


def format_markdown(items: Iterable[Item]) -> tuple[str, tuple[Item, ...]]:
    """A list under a heading for each state, and the items in the order they stand there."""
    listed = list(items)
    blocks, order = [], []
    for state in STATES:
        found = [item for item in listed if item.state == state]
        if found:
            order += found
            blocks.append(f"## {state.capitalize()}\n\n{''.join(map(_formatted, found))}")
    return "\n".join(blocks), tuple(order)


def parse_markdown(text: str, zone: tzinfo) -> Reading:
    """An item a task that is not part of another; times without an offset are in `zone`."""
    losses = Losses()
    tasks = []
    for task in _tasks(lines_of(text), losses):
        if task.text.strip():
            tasks.append(task)
        else:
            losses.note("a task without words is left out", "".join(task.under[:1]).strip())
    return Reading(tuple(_item(task, zone, losses) for task in tasks), losses.all())


def holds_tasks(text: str) -> bool:
    """True where a line of `text` is a task."""
    return any(TASK.fullmatch(line.strip()) for line in lines_of(text))


def _formatted(item: Item) -> str:
    """The lines that are `item` when they are read again, as far as they can be."""
    said = {"id", "person", "until", "reason", "created", "decided", "done", *QUESTIONS}
    text = ""
    for _ in range(3):
        text = _written(item, said)
        (task,) = _tasks(lines_of(f"## {item.state}\n{text}"), Losses())
        missing = set(differing(_item(task, UTC, Losses()), item)).intersection(_WORDED) - said
        if not missing:
            break
        said |= missing
    return text


def _written(item: Item, said: set[str]) -> str:
    words = [f"- [{'x' if item.state == 'done' else ' '}]", one_line(item.title)]
    if item.estimate and "estimate" not in said:
        words.append(f"{item.estimate}m")
    if item.impact and not said.intersection(("impact", "edge")):
        words.append(f"!{item.impact}/{item.edge}" if item.edge else f"!{item.impact}")
    for mark, name in (("@", "repo"), ("#", "theme")):
        text = getattr(item, name)
        if text and one_line(text) == text and " " not in text and name not in said:
            words.append(f"{mark}{text}")
    for name in ("id", *FIELDS):
        value = getattr(item, name)
        if name in said and (name in _WORDED or value not in BLANKS[name]):
            words.append(f"[{name}:: {_encoded(value)}]")
    due = dict(item.extra).get("due")
    if type(due) is date:
        words.append(f"[due:: {due.isoformat()}]")
    lines = [" ".join(word for word in words if word)]
    if item.why:
        lines += [f"  {tame(line)}".rstrip() for line in item.why.split("\n")]
    return "".join(f"{line}\n" for line in lines)


def _tasks(lines: list[str], losses: Losses) -> list[_Task]:
    """The tasks that are not part of another, each with what stands under it."""
    tasks: list[_Task] = []
    headings = _Headings()
    fence = ""
    open_task: _Task | None = None
    for line in lines:
        content = line.strip(" \t")
        indent = _indent(line)
        if open_task and (not content or indent > open_task.indent):
            open_task.under.append(line)
            continue
        open_task = None
        opening = _FENCE.match(content)
        if fence:
            fence = "" if opening and content.strip(fence[0]) == "" and len(content) >= len(fence) else fence
        elif opening:
            fence = opening[1]
            losses.note("text that is no task is not taken over", content)
        elif headings.take(content):
            pass
        elif found := TASK.fullmatch(content):
            open_task = _Task(found[2], found[3] or "", indent, headings.above)
            tasks.append(open_task)
        elif content:
            losses.note("text that is no task is not taken over", content)
    for task in tasks:
        task.state, task.theme = headings.said(task.above)
    return tasks


class _Headings:
    """The headings above a line; what they say is known when all of them are."""

    def __init__(self) -> None:
        self.above: tuple[_Heading, ...] = ()
        self._levels: list[int] = []

    def take(self, content: str) -> bool:
        """Whether a line is a heading, which counts from then on."""
        level = _level(content)
        if not level:
            return False
        self._levels.append(level)
        self.above = (*(heading for heading in self.above if heading[0] < level), (level, _name(content)))
        return True

    def said(self, above: tuple[_Heading, ...]) -> tuple[State | None, str]:
        """The state and the theme that the nearest of the headings `above` a task name."""
        titled = self._levels[:1] == [1] and self._levels.count(1) == 1
        names = [name for level, name in reversed(above) if level > 1 or not titled or _state(name)]
        states = (state for name in names if (state := _state(name)))
        return next(states, None), next((name for name in names if not _state(name)), "")


def _item(task: _Task, zone: tzinfo, losses: Losses) -> Item:
    text, values, extra = _without_fields(task.text, zone)
    quick = parse_quick_add(text, values)
    title = quick.pop("title")
    values = {**quick, **values}
    if not title and "id" not in values:
        title = " ".join(text.split())
    why = _dedented(task.under)
    if len(title) > LONGEST_TITLE:
        losses.note(f"a task is longer than the {LONGEST_TITLE} characters of a title; all of it is in `why`", title)
        why = f"{title}\n\n{why}".strip()
        title = f"{title[: LONGEST_TITLE - 1].rstrip()}…"
    state: State | None = task.state
    if task.box in "xX":
        state = state if state == "dropped" else "done"
    elif task.box == "-":
        state = "dropped"
    values = {"theme": task.theme, **values, "title": title, "why": why, "state": state or "inbox"}
    return Item(**{"id": "", **values}, extra=extra)  # type: ignore[arg-type]


def _without_fields(text: str, zone: tzinfo) -> tuple[str, dict[str, object], tuple[tuple[str, object], ...]]:
    """`text` without its `[field:: value]`, the fields they say, and what goes to `extra`; the last of each counts."""
    values: dict[str, object] = {}
    extra: dict[str, object] = {}
    kept: list[str] = []
    end = len(text)
    for found in reversed(list(_FIELD.finditer(text))):
        name = _ALIASES.get(found[1], found[1])
        told = extra if name == "due" else values
        read = _decoded(name, html.unescape(found[2].strip()), zone)
        if name not in _NAMES or name in told or read is _UNREADABLE:
            continue
        told[name] = read
        kept.append(text[found.end() : end])
        end = found.start()
    return " ".join([text[:end], *reversed(kept)]), values, tuple(extra.items())


def _encoded(value: object) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case date():
            return value.isoformat()
        case _:
            return "".join(_ENTITIES.get(char, char) for char in one_line(str(value)))


def _decoded(name: str, text: str, zone: tzinfo) -> object:
    """`text` as the field `name`, `due` among them; `_UNREADABLE` where it cannot be."""
    value: object = text
    if name == "due":
        return parse_day(text) or _UNREADABLE
    if not text and name in BLANKS:
        return BLANKS[name][0]
    if name == "estimate":
        try:
            value = parse_minutes(text)
        except ItemError:
            return _UNREADABLE
    elif name in ("impact", "edge"):
        value = int(text) if text in ("1", "2", "3", "4", "5") else None
    elif name in QUESTIONS:
        value = _ANSWERS.get(text.casefold())
    read = decoded_field(name, value, zone)
    return _UNREADABLE if read is None else read


def _state(name: str) -> State | None:
    return _STATES.get(name.casefold().rstrip(":"))


def _level(content: str) -> int:
    """Of a heading, 1 to 6; 0 where it is none."""
    level = len(content) - len(content.lstrip("#"))
    return level if level <= 6 and content[level : level + 1] in ("", " ", "\t") else 0


def _name(content: str) -> str:
    """What a heading says, without the `#` that may close it."""
    text = content.lstrip("#").strip()
    closed = text.rstrip("#")
    return one_line(closed if closed.endswith((" ", "\t")) or not closed else text)


def _indent(line: str) -> int:
    return len(_spaced(line)) - len(line.lstrip(" \t"))


def _spaced(line: str) -> str:
    """`line` with the tabs it begins with as spaces."""
    content = line.lstrip(" \t")
    return line[: len(line) - len(content)].expandtabs(4) + content


def _dedented(lines: Iterable[str]) -> str:
    """What stands under a task, without what all of it is indented by."""
    spaced = [_spaced(line).rstrip() for line in lines]
    least = min((_indent(line) for line in spaced if line), default=0)
    return "\n".join(line[least:] for line in spaced).strip("\n")


_UNREADABLE = object()
_ANSWERS = {"yes": True, "true": True, "no": False, "false": False}
_ENTITIES = {"&": "&amp;", "[": "&#91;", "]": "&#93;"}
_ALIASES = {"completion": "done"}
"""What Dataview and Obsidian's Tasks call it."""
_NAMES = ("id", "due", *(name for name in FIELDS if name not in ("title", "why", "state")))
_STATES: Mapping[str, State] = {
    **{state: state for state in STATES},
    "to build": "build",
    "delegate": "delegated",
    "drop": "dropped",
    "completed": "done",
    "done this week": "done",
}
