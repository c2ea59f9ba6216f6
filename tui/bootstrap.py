"""Config → sources, launcher, app: the one module that knows every part, and the real Engine of the app."""

import os
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tui import paths
from tui.config import CalendarSettings, Config, ConfigError, read_config
from tui.domain.agenda import Agenda, day_bounds
from tui.domain.backlog import Backlog, Item, new_item
from tui.domain.changes import Change
from tui.domain.launching import TABLE, LaunchKind, choose, plan, with_own
from tui.domain.repos import Fleet
from tui.launcher import LaunchResult, find_program, launch
from tui.refresh import Failure, Worker

if TYPE_CHECKING:
    from textual.message import Message

    from tui.engine import Suspend
    from tui.sources.backlog import BacklogStore
    from tui.sources.calendars.source import AgendaSource
    from tui.sources.git.fleet import FleetSource

Now = Callable[[], datetime]
Clock = Callable[[tzinfo], datetime]
DAYS_BEHIND, DAYS_AHEAD = 1, 8
"""Days of the agenda read around the day shown: the evening shows tomorrow, and the next gap may be days away."""


def load_config(named: Path | None, zone: str | None = None) -> Config:
    """The configuration in force; `zone` replaces its time zone. Raises ConfigError."""
    path = named or paths.config_file(os.environ)
    config = read_config(path, required=named is not None or "MAKERHOUR_CONFIG" in os.environ)
    if zone is not None:
        config = replace(config, agenda=replace(config.agenda, time_zone=zone))
    try:
        zone_of(config)
    except ConfigError as error:
        raise ConfigError(
            f"`--tz`: {error}" if zone is not None else f"`{path}`: `agenda.time_zone`: {error}"
        ) from None
    return config


def zone_of(config: Config) -> tzinfo:
    """The zone days are shown in: the configured one, else this machine's. Raises ConfigError."""
    from tui.sources.zone import ZoneError, read_zone

    try:
        return read_zone(config.agenda.time_zone)
    except ZoneError as error:
        raise ConfigError(str(error)) from None


def zone_name(zone: tzinfo) -> str:
    """What `zone` is called."""
    from tui.sources.zone import zone_name as name_of

    return name_of(zone)


def roots_of(config: Config, named: Sequence[Path]) -> tuple[Path, ...]:
    """Where to look for repositories: what is named, else configured, else here, else the usual folders."""
    if named:
        return tuple(path.expanduser().absolute() for path in named)
    if config.repositories.roots:
        return tuple(Path(root) for root in config.repositories.roots)
    from tui.sources.git.discovery import holds_repositories

    here = Path.cwd()
    usual = paths.usual_roots()
    if here == Path.home() or not holds_repositories(here):
        return usual or (here,)
    return (here,)


def read_fleet(config: Config, named: Sequence[Path], now: Now) -> Fleet:
    """One whole pass over the repositories."""
    from tui.sources.git.fleet import read_fleet as read

    return read(config.repositories, roots_of(config, named), _me(config), paths.seen_file(), now)


def read_agenda(config: Config, calendars: Sequence[str], first: date, days: int, now: Now) -> Agenda:
    """The meetings of `days` days from `first`, of the named calendars or the configured ones."""
    zone = zone_of(config)
    start, end = day_bounds(first, zone)[0], day_bounds(first + timedelta(days=days - 1), zone)[1]
    return _open_agenda(config, calendars, now).read_agenda(start, end)


def open_backlog(config: Config, now: Now) -> "BacklogStore":
    """The backlog's file, configured or in its usual place."""
    from tui.sources.backlog import BacklogStore

    path = Path(config.backlog.path) if config.backlog.path else paths.backlog_file()
    return BacklogStore(path, now)


def add_items(config: Config, now: Now, titles: Sequence[str], fields: Mapping[str, Any]) -> tuple[Item, ...]:
    """Write new items to the backlog. Raises ItemError, or OSError where it cannot be written."""
    items = tuple(new_item(title, now(), id="", **fields) for title in titles)
    return open_backlog(config, now).add(items) if items else ()


@contextmanager
def demo(clock: Clock) -> Iterator[Config]:
    """A made-up fleet, calendar and backlog in a temporary folder, which is gone afterwards."""
    from tui.demo import build_demo

    zone = zone_of(Config())
    with tempfile.TemporaryDirectory(prefix="makerhour-demo-", ignore_cleanup_errors=True) as name:
        folder = Path(name).resolve()
        build_demo(folder, clock(zone))
        # What the demo marks as seen or logs goes with its folder.
        places = {
            f"XDG_{kind}_HOME": str(folder / ".home" / kind.lower()) for kind in ("STATE", "CACHE", "DATA")
        }
        before = {key: os.environ.get(key) for key in places}
        os.environ.update(places)
        try:
            yield read_config(folder / "config.toml", required=True)
        finally:
            for key, value in before.items():
                if value is None:
                    os.environ.pop(key)
                else:
                    os.environ[key] = value


def run_dashboard(config: Config, roots: Sequence[Path], clock: Clock, *, debug: bool) -> int:
    """Show the dashboard until the person leaves it. The exit code."""
    from tui.shell import show

    zone = zone_of(config)
    engine = LiveEngine(config, roots_of(config, roots), lambda: clock(zone))
    return show(engine, config, debug=debug)


def _open_agenda(config: Config, named: Sequence[str], now: Now) -> "AgendaSource":
    from tui.sources.calendars.source import AgendaSource

    calendars = tuple(CalendarSettings(path=path) for path in named) or config.calendars
    return AgendaSource(calendars, config.agenda.me, zone_of(config), now)


def _me(config: Config) -> tuple[str, ...]:
    addresses = set(config.agenda.me).union(*(calendar.me for calendar in config.calendars))
    return tuple(sorted(addresses))


class LiveEngine:
    """The sources on their threads, and the launcher. See `tui.engine.Engine`."""

    def __init__(self, config: Config, roots: tuple[Path, ...], now: Now) -> None:
        self.config = config
        self.roots = roots
        self.now = now
        self._fleet: FleetSource | None = None
        self._store: BacklogStore | None = None
        self._agenda: AgendaSource | None = None
        self._day: date = now().date()
        self._workers: dict[str, Worker] = {}

    def start(self, post: Callable[["Message"], object]) -> None:
        from tui import messages

        def failed(failure: Failure) -> None:
            post(messages.RefreshFailed(failure.source, failure.error))

        settings = self.config
        self._post = post
        self._workers = {
            "backlog": Worker(
                "backlog",
                self._read_backlog,
                lambda found: post(messages.BacklogRefreshed(found)),
                failed,
                every=1.0,
            ),
            "agenda": Worker(
                "agenda",
                self._read_agenda,
                lambda found: post(messages.AgendaRefreshed(found)),
                failed,
                every=settings.agenda.refresh_seconds,
            ),
            "repos": Worker(
                "repos",
                self._read_repos,
                lambda found: post(messages.ReposRefreshed(found)),
                failed,
                every=settings.repositories.refresh_seconds,
                deadline=settings.repositories.deadline_seconds * 3,
            ),
        }
        for worker in self._workers.values():
            worker.start()
