"""The whole way, with nothing made up: calendar files, a repository, a backlog's file, both processes, the screen."""

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests import fleet
from tests.agenda_texts import calendar, event
from tests.fleet import OTHER, commit_of, git
from tests.screens import text_of, wait_for
from tui import bootstrap, paths
from tui.app import MakerhourApp
from tui.config import BacklogSettings, CalendarSettings, Config, RepositoriesSettings
from tui.live import LiveEngine
from tui.settings import Settings
from tui.sources.view_file import ViewFile

pytestmark = pytest.mark.timeout(180)


def met(days: float, title: str, uid: str) -> str:
    start = datetime.now(UTC) - timedelta(days=days)
    times = (f"DTSTART:{start:%Y%m%dT%H%M%SZ}", f"DTEND:{start + timedelta(minutes=50):%Y%m%dT%H%M%SZ}")
    return event(*times, uid=uid, summary=title)


def written(tmp_path: Path) -> Config:
    """A calendar, a repository that Ana pushed to and a backlog, and the configuration that names them."""
    ahead = met(-3, "1:1 Ana", "ahead")
    behind = (met(1, "Usage caps: pricing", "a"), met(20, "Usage caps", "b"), met(80, "Usage caps", "c"))
    (tmp_path / "work.ics").write_text(calendar(ahead, *behind, met(120, "Usage caps", "d")))
    now = int(time.time())
    origin = fleet.make(tmp_path / "origin")
    clone = fleet.clone(origin, tmp_path / "code" / "billing")
    commit_of(origin, OTHER, "Cap usage by plan", when=now - 7200)
    git(clone, "fetch", "-q")
    decided = datetime.fromtimestamp(now - 9 * 86_400, UTC)
    (tmp_path / "backlog.toml").write_text(
        f"""
[[items]]
id = "b1"
title = "Usage caps simulator for sales calls"
state = "build"
estimate = 90

[[items]]
id = "d1"
title = "Refunds"
state = "delegated"
person = "Ana"
repo = "billing"
decided = {decided.isoformat()}
"""
    )
    return Config(
        repositories=RepositoriesSettings(roots=(str(tmp_path / "code"),)),
        calendars=(CalendarSettings(path=str(tmp_path / "work.ics")),),
        backlog=BacklogSettings(path=str(tmp_path / "backlog.toml")),
    )


async def test_what_calendars_and_git_know_stands_in_the_backlog(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fleet.isolate(monkeypatch, tmp_path / "home")
    monkeypatch.setenv(paths.HOME_VARIABLE, str(tmp_path / "own"))
    config = written(tmp_path)

    def now() -> datetime:
        return datetime.now(UTC)

    engine = LiveEngine(
        config,
        fleet=lambda: bootstrap.open_fleet(config, (tmp_path / "code",), now),
        agenda=lambda: bootstrap.open_remote_agenda(config),
        backlog=lambda: bootstrap.open_backlog(config, now),
        sync=lambda: bootstrap.open_sync(config, now),
        views=ViewFile(tmp_path / "view.json"),
        now=now,
    )
    app = MakerhourApp(engine, now, Settings())
    try:
        async with app.run_test(size=(200, 60)) as pilot:
            await wait_for(pilot, lambda: app.gathered.debts and app.gathered.evidence, 120)
            await pilot.press("3")
            assert app.dashboard.backlog.list.select("b1")
            await wait_for(pilot, lambda: "explained in 3 meetings, 2 h 30 · estimate 90 min" in text_of(app))
            assert app.dashboard.backlog.list.select("d1")
            await wait_for(
                pilot, lambda: "Ana: Cap usage by plan, 2 h ago · next meeting with Ana" in text_of(app), 120
            )
    finally:
        engine.stop()
