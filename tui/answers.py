"""Snapshots as the JSON objects of the read commands. Pure; text stays raw, since JSON escapes what is not ASCII.

Schema 1: fields are never renamed within it. Times are ISO 8601 with offset, all-day dates YYYY-MM-DD.
"""

import math
import os
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

from tui.domain.agenda import Agenda, CalendarState, Meeting
from tui.domain.attention import AttentionRules, attention
from tui.domain.backlog import Item
from tui.domain.fitting import Fit
from tui.domain.planning import Gap, PlanningRules, clashes
from tui.domain.repos import Commit, Fleet, Moved, Repository
from tui.domain.spare import Spare

SCHEMA = 1
Answer = dict[str, Any]


def answer(generated: datetime, content: Mapping[str, Any]) -> Answer:
    """`content` in the envelope all answers share."""
    return {"schema": SCHEMA, "generated": generated.isoformat(timespec="seconds"), **content}


def repos_answer(fleet: Fleet, rules: AttentionRules, now: datetime) -> Answer:
    """`makerhour repos --json`."""
    return answer(now, {"repos": [_repository(repo, rules, now) for repo in fleet.repositories]})


def agenda_answer(agenda: Agenda, rules: PlanningRules, now: datetime) -> Answer:
    """`makerhour agenda --json`."""
    clashing = clashes(agenda.meetings, rules)
    return answer(
        now,
        {
            "time_zone": agenda.time_zone,
            "from": agenda.start.isoformat(),
            "to": agenda.end.isoformat(),
            "meetings": [_meeting(meeting, clashing.get(meeting, ())) for meeting in agenda.meetings],
            "calendars": [_calendar(calendar) for calendar in agenda.calendars],
        },
    )


def gaps_answer(gaps: Iterable[Gap], now: datetime) -> Answer:
    """`makerhour gaps --json`."""
    return answer(now, {"gaps": [_gap(gap) for gap in gaps]})


def backlog_answer(items: Iterable[Item], now: datetime) -> Answer:
    """`makerhour backlog --json`."""
    return answer(now, {"items": [item_answer(item) for item in items]})


def fits_answer(
    found: Iterable[Fit], usable_minutes: int, until: datetime | None, now: datetime, instead: Iterable[Spare] = ()
) -> Answer:
    """`makerhour fits --json`. `instead` is what a time too short to build in is good for."""
    listed = [
        {"item": item_answer(fit.item), "score": round(fit.score, 2), "reasons": list(fit.reasons)} for fit in found
    ]
    spent = [one.text for one in instead]
    return answer(now, {"usable_minutes": usable_minutes, "until": _time(until), "fits": listed, "instead": spent})


def item_answer(item: Item) -> Answer:
    """Every field of an item, keys this version does not know included."""
    known = {name: _value(getattr(item, name)) for name in item.__struct_fields__ if name != "extra"}
    return known | {key: _value(value) for key, value in item.extra if key not in known}


def _repository(repo: Repository, rules: AttentionRules, now: datetime) -> Answer:
    return {
        "path": _path(repo.path),
        "name": repo.name,
        "kind": repo.kind,
        "parent": _path(repo.parent) if repo.parent else None,
        "branch": repo.branch,
        "detached": repo.detached,
        "unborn": repo.unborn,
        "head": repo.head,
        "upstream": repo.upstream,
        "ahead": repo.ahead,
        "behind": repo.behind,
        "staged": repo.staged,
        "unstaged": repo.unstaged,
        "untracked": repo.untracked,
        "conflicted": repo.conflicted,
        "stashes": repo.stashes,
        "operation": repo.operation,
        "last_commit": _commit(repo.last_commit) if repo.last_commit else None,
        "moved": [_moved(moved) for moved in repo.moved],
        "attention": list(attention(repo, rules, now)),
        "error": repo.error,
    }


def _commit(commit: Commit) -> Answer:
    return {
        "sha": commit.sha,
        "author": commit.author,
        "when": commit.when.isoformat(),
        "subject": commit.subject,
    }


def _moved(moved: Moved) -> Answer:
    commit = moved.commit
    return {
        "author": commit.author,
        "when": commit.when.isoformat(),
        "subject": commit.subject,
        "sha": commit.sha,
        "branch": moved.branch,
    }


def _meeting(meeting: Meeting, others: Iterable[Meeting]) -> Answer:
    return {
        "start": meeting.start.date().isoformat() if meeting.all_day else meeting.start.isoformat(),
        "end": meeting.end.date().isoformat() if meeting.all_day else meeting.end.isoformat(),
        "all_day": meeting.all_day,
        "summary": meeting.summary,
        "location": meeting.location,
        "calendar": meeting.calendar,
        "uid": meeting.uid,
        "recurrence_id": meeting.recurrence_id,
        "status": meeting.status,
        "response": meeting.response,
        "busy": meeting.busy != "free",
        "join_url": meeting.join_url,
        "conflicts_with": [other.uid for other in others],
    }


def _calendar(calendar: CalendarState) -> Answer:
    return {
        "name": calendar.name,
        "kind": calendar.kind,
        "fetched": _time(calendar.fetched),
        "stale": calendar.stale,
        "error": calendar.error,
    }


def _gap(gap: Gap) -> Answer:
    return {
        "start": gap.start.isoformat(),
        "end": gap.end.isoformat(),
        "minutes": gap.minutes,
        "usable_minutes": gap.usable_minutes,
    }


def _time(when: datetime | None) -> str | None:
    return when.isoformat(timespec="seconds") if when else None


def _path(path: Path) -> str:
    """`path` as text; bytes that are not UTF-8 as Python's surrogates, so that the path can be opened again."""
    return os.fspath(path)


def _value(value: object) -> object:
    match value:
        case datetime() | date():
            return value.isoformat()
        case dict():
            return {str(key): _value(inner) for key, inner in value.items()}
        case list() | tuple():
            return [_value(inner) for inner in value]
        case bool() | int() | str() | None:
            return value
        case float():
            return value if math.isfinite(value) else str(value)
        case _:
            return str(value)
