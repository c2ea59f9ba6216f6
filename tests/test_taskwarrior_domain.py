"""Taskwarrior's JSON as its own document has it, and as `task export` prints it."""

import json
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace

from tests.backlog_items import NOW
from tui.domain.backlog import Item
from tui.domain.changes import same
from tui.domain.exchange.joining import join
from tui.domain.exchange.losses import ExchangeError, format_loss
from tui.domain.exchange.task_values import duration_of, minutes_of
from tui.domain.exchange.taskwarrior import format_taskwarrior, parse_taskwarrior
from tui.domain.exchange.text import parse_documents

BERLIN = ZoneInfo("Europe/Berlin")
TASK: dict[str, Any] = {
    "id": 3,
    "description": "Usage  caps",
    "due": "20260401T090000Z",
    "entry": "20260301T083000Z",
    "estimate": "PT1H30M",
    "modified": "20260302T083000Z",
    "priority": "H",
    "project": "Home.Kitchen",
    "scheduled": "20260331T090000Z",
    "status": "pending",
    "tags": ["next", "garden"],
    "uuid": "296d835e-8f85-4224-8f36-c612cad1b9f8",
    "annotations": [
        {"entry": "20260301T093000Z", "description": "Remember the mail"},
        {"entry": "20260301T094000Z", "description": "Pay the bills"},
    ],
    "depends": ["1c9a4a4e-0000-4000-8000-000000000001"],
    "reviewed": 3,
    "urgency": 12.3,
}


def read(*tasks: dict[str, Any]) -> tuple[Item, ...]:
    return parse_taskwarrior([list(tasks)], BERLIN).items


def written(item: Item) -> dict[str, Any]:
    (task,) = json.loads(format_taskwarrior((item,), BERLIN))
    assert isinstance(task, dict)
    return task


def test_a_task_becomes_an_item_and_comes_back_as_it_was() -> None:
    (item,) = read(TASK)
    assert (item.id, item.title, item.state, item.theme, item.impact, item.estimate) == (
        "", "Usage caps", "inbox", "Home.Kitchen", 5, 90,
    )  # fmt: skip
    assert item.why == "Remember the mail\nPay the bills"
    assert item.created == datetime(2026, 3, 1, 8, 30, tzinfo=UTC)
    assert set(dict(item.extra)["taskwarrior"]) == {  # type: ignore[call-overload]  # a table, as read
        "due", "scheduled", "tags", "uuid", "annotations", "depends", "reviewed",
    }  # fmt: skip
    again = written(item)
    assert again.pop("description") == "Usage caps"
    assert again == {
        key: value for key, value in TASK.items() if key not in ("id", "urgency", "modified", "description")
    }


@pytest.mark.parametrize(
    ("attributes", "fields"),
    [
        ({"status": "completed", "end": "20260304T083000Z"}, {"state": "done", "done": NOW}),
        ({"status": "deleted", "end": "20260304T083000Z"}, {"state": "dropped", "decided": NOW}),
        ({"status": "waiting", "wait": "20260331T220000Z"}, {"state": "later", "until": date(2026, 4, 1)}),
        ({"status": "pending", "wait": "20260401T100000Z"}, {"state": "later", "until": date(2026, 4, 1)}),
        ({"start": "20260304T083000Z"}, {"state": "build"}),
        ({"priority": "M"}, {"impact": 3}),
        ({"priority": "L"}, {"impact": 1}),
        ({"estimate": 2.5}, {"estimate": 3}),
        ({"estimate": "45m", "repo": "billing"}, {"estimate": 45, "repo": "billing"}),
        ({"annotations": ["plain words"]}, {"why": "plain words"}),
        ({"project": None, "tags": None}, {"extra": ()}),
    ],
)
def test_attributes(attributes: dict[str, Any], fields: dict[str, Any]) -> None:
    (item,) = read({"description": "a", **attributes})
    for name, value in fields.items():
        assert getattr(item, name) == value


def test_what_cannot_be_read_is_kept_and_said() -> None:
    task = {
        "description": " ",
        "status": "odd",
        "estimate": "soon",
        "entry": "now",
        "makerhour": "{",
        "x": [None, {"y": None}],
    }
    recurring = {"description": "Rent", "status": "recurring", "recur": "monthly"}
    reading = parse_taskwarrior([task, recurring], BERLIN)
    (item,) = reading.items
    assert (item.title, item.state) == ("(no title)", "inbox")
    assert dict(item.extra) == {"taskwarrior": {"estimate": "soon", "entry": "now", "makerhour": "{", "x": [{}]}}
    assert [format_loss(loss) for loss in reading.losses] == [
        "an attribute `makerhour` cannot be read; it is kept, unused (`{`)",
        "a status is unknown; the task counts as pending (`odd`)",
        "`entry` is no time such as 20260331T120000Z; it is kept, unused (`now`)",
        "`estimate` is no length of time; it is kept, unused (`soon`)",
        "`null` is left out (2 times, such as `(no title)`)",
        "a recurring task is left out; those it has made are taken over (`Rent`)",
    ]


def test_what_taskwarrior_makes_of_our_tasks_is_the_same_item() -> None:
    """The text is what Taskwarrior 2.6.2 exported after it had imported a task of ours."""
    item = Item("effz27kz", "Ours", estimate=45, impact=4, edge=5, repo="billing", why="because\nof this",
                created=datetime(2026, 11, 26, 2, 45, 14, tzinfo=UTC))  # fmt: skip
    later = Item("later", "Later", "later", until=date(2027, 2, 1), created=item.created)
    text = """[
{"id":5,"description":"Ours","entry":"20261126T024514Z","estimate":"PT45M","makerhour":"{\\"status\\":\\"pending\\",\\"id\\":\\"effz27kz\\",\\"impact\\":4,\\"edge\\":5}","modified":"20261126T024514Z","priority":"H","repo":"billing","status":"pending","uuid":"7e273fab-4e87-5b58-b2eb-8b1f1b089d4d","annotations":[{"entry":"20261126T024514Z","description":"because"},{"entry":"20261126T024515Z","description":"of this"}],"urgency":6.9},
{"id":1,"description":"Later","entry":"20261126T024514Z","modified":"20261126T024513Z","status":"pending","makerhour":"{\\"status\\":\\"waiting\\",\\"id\\":\\"later\\"}","wait":"20270201T000000Z","urgency":-3}
]"""  # noqa: E501
    reading = parse_taskwarrior(parse_documents(text), UTC)
    found = reading.items[0], replace(reading.items[1], extra=())  # its UUID is one we would not have given
    assert same(found, (item, later))


def test_one_task_a_line_and_the_commas_of_old_versions() -> None:
    text = '{"description":"a"},\n{"description":"b"}\r\n\n{"description":"c"}'
    assert [item.title for item in parse_taskwarrior(parse_documents(text), UTC).items] == ["a", "b", "c"]


def test_what_an_item_looks_like() -> None:
    item = Item(
        "k3j5", "Caps", "build", why="one\n\ntwo", estimate=45, impact=4, theme="pricing", repo="billing", created=NOW
    )
    task = written(item)
    ours = json.loads(task.pop("makerhour"))
    assert ours.pop("created", NOW.isoformat()) == NOW.isoformat()
    assert ours == {"status": "pending", "id": "k3j5", "state": "build", "why": "one\n\ntwo", "impact": 4}
    assert len(task.pop("uuid")) == 36
    assert task == {
        "description": "Caps",
        "status": "pending",
        "entry": "20260304T083000Z",
        "priority": "H",
        "estimate": "PT45M",
        "project": "pricing",
        "repo": "billing",
        "annotations": [
            {"entry": "20260304T083000Z", "description": "one"},
            {"entry": "20260304T083001Z", "description": "two"},
        ],
    }
    assert written(item) == written(item), "the same task each time"
    assert written(Item("z", "t", "later", until=date(2026, 4, 1)))["wait"] == "20260331T220000Z"


def test_what_was_changed_in_taskwarrior_wins_over_what_we_wrote() -> None:
    item = Item("a", "Caps", "build", why="one\n\ntwo", impact=4, person="Ana", created=NOW, done=None)
    task = written(item)
    assert same(read(task), (item,))
    (done,) = read({**task, "status": "completed", "end": "20260305T083000Z"})
    assert (done.state, done.done, done.person) == ("done", datetime(2026, 3, 5, 8, 30, tzinfo=UTC), "Ana")
    (waiting,) = read({**task, "status": "waiting", "wait": "20260410T000000Z"})
    assert (waiting.state, waiting.until) == ("later", date(2026, 4, 10))
    (other,) = read({**task, "description": "Other", "priority": "L", "project": "new"})
    assert (other.title, other.impact, other.theme) == ("Other", 1, "new")
    (noted,) = read(
        {**task, "annotations": [*task["annotations"], {"entry": "20260306T000000Z", "description": "three"}]}
    )
    assert noted.why == "one\ntwo\nthree"
    closed = written(Item("b", "Old", "done", done=NOW))
    (reopened,) = read({key: value for key, value in closed.items() if key != "end"} | {"status": "pending"})
    assert (reopened.state, reopened.done) == ("inbox", None)


def test_a_task_is_found_again_by_its_uuid() -> None:
    (first,) = read(TASK)
    here = (
        Item(
            "k",
            first.title,
            "build",
            why=first.why,
            estimate=90,
            impact=5,
            theme=first.theme,
            created=first.created,
            extra=first.extra,
        ),
    )
    assert join(here, parse_taskwarrior([TASK], BERLIN), NOW).known == here
    (change,) = join(here, parse_taskwarrior([{**TASK, "description": "Renamed"}], BERLIN), NOW).differing
    assert change.after is not None
    assert (change.after.id, change.after.title, change.after.state) == ("k", "Renamed", "build")
    ours = Item("a", "Caps")
    stripped = {key: value for key, value in written(ours).items() if key != "makerhour"}
    assert join((ours,), parse_taskwarrior([stripped], BERLIN), NOW).added == ()


@pytest.mark.parametrize(
    ("value", "minutes"),
    [
        ("PT45M", 45), ("PT1H", 60), ("P1DT2H", 1560), ("P2D", 2880), ("PT90S", 2), ("PT2700S", 45), (45, 45), (0.5, 1),
        ("1h30", 90), ("90", 90), ("P", None), ("PT", None), ("PT0M", None), (True, None), (0, None), (-5, None),
        (float("inf"), None), (float("nan"), None), ("P99999D", None), (1e300, None), ([], None), (None, None),
    ],
)  # fmt: skip
def test_lengths_of_time(value: object, minutes: int | None) -> None:
    assert minutes_of(value) == minutes


@pytest.mark.parametrize("minutes", [1, 45, 60, 90, 1440, 1445, 1500, 10080])
def test_lengths_of_time_both_ways(minutes: int) -> None:
    assert minutes_of(duration_of(minutes)) == minutes


def test_days_beyond_the_calendar() -> None:
    for until in (date.min, date.max):
        for zone in (UTC, BERLIN, ZoneInfo("Pacific/Kiritimati"), ZoneInfo("America/Los_Angeles")):
            item = Item("a", "t", "later", until=until, created=datetime.max.replace(tzinfo=UTC), why="a\nb")
            tasks = json.loads(format_taskwarrior((item,), zone))
            assert same(parse_taskwarrior([tasks], zone).items, (item,))


def test_a_list_in_a_list_is_no_task() -> None:
    with pytest.raises(ExchangeError, match="number 1"):
        parse_taskwarrior([[[]]], UTC)
