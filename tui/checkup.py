"""`makerhour check`: what works and what does not, one finding a line, each with what to do about it."""

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, tzinfo
from pathlib import Path

from msgspec import Struct

from tui import bootstrap, paths
from tui.checking import ConfigError
from tui.config import Config
from tui.domain.agenda import CalendarKind, CalendarState
from tui.domain.keymap import clashes, read_keymap
from tui.domain.launch_table import table_for
from tui.domain.launching import KINDS, Host, LaunchError, choose
from tui.domain.windows import host_of
from tui.launcher import clean_environment, detect, find_program
from tui.plain import counted

KINDS_OF_CALENDARS: dict[CalendarKind, str] = {"file": "a file", "folder": "a folder", "url": "an address"}
Clock = Callable[[tzinfo], datetime]


class Finding(Struct, frozen=True):
    """One thing that was looked at."""

    subject: str
    text: str
    broken: bool = False
    warning: bool = False


def examine(named: Path | None, roots: Sequence[Path], clock: Clock) -> Iterator[Finding]:
    """Look at everything in turn; what follows from a configuration that cannot be read is left out."""
    try:
        config = bootstrap.load_config(named)
    except ConfigError as error:
        yield Finding("configuration", str(error), broken=True)
        return
    yield _configuration(config, named)
    zone = bootstrap.zone_of(config)

    def now() -> datetime:
        return clock(zone)

    yield Finding("time zone", f"{bootstrap.zone_name(zone)}, now {now():%H:%M}")
    yield from _git()
    yield from _repositories(config, roots, now)
    yield from _calendars(config, now)
    yield from _backlog(config, now)
    yield from _programs(config)
    yield from _keys(config)
    yield _terminal()


def _configuration(config: Config, named: Path | None) -> Finding:
    if config.source:
        return Finding("configuration", paths.display(config.source))
    place = paths.display(bootstrap.config_path(named))
    return Finding("configuration", f"none at {place}, defaults in force; `makerhour init` writes one", warning=True)


def _git() -> Iterator[Finding]:
    from tui.sources.git.run import GitError, git_program

    try:
        yield Finding("git", git_program())
    except GitError as error:
        yield Finding("git", str(error), broken=True)


def _repositories(config: Config, named: Sequence[Path], now: Callable[[], datetime]) -> Iterator[Finding]:
    try:
        fleet = bootstrap.read_fleet(config, named, now)
    except ConfigError as error:
        yield Finding("repositories", str(error), broken=True)
        return
    roots = ", ".join(paths.display(root) for root in fleet.roots)
    total = len(fleet.repositories)
    yield Finding("repositories", f"{total} under {roots}", warning=not total)
    for problem in fleet.problems:
        yield Finding("repositories", problem, broken=True)
    for repo in fleet.repositories:
        if repo.error:
            yield Finding("repository", f"{paths.display(repo.path)}: {repo.error}", broken=True)


def _calendars(config: Config, now: Callable[[], datetime]) -> Iterator[Finding]:
    if not config.calendars:
        yield Finding("calendars", "none; name a file, folder or address under [[calendars]]", warning=True)
        return
    if config.source and any("://" in calendar.path for calendar in config.calendars):
        yield from _secrecy(config.source)
    agenda = bootstrap.read_agenda(config, [], now().date(), 8, now, fetch=True)
    for calendar in agenda.calendars:
        yield _calendar(calendar, sum(meeting.calendar == calendar.name for meeting in agenda.meetings))
        for sentence in calendar.unread:
            yield Finding("calendar", f"{calendar.name}: {sentence}", warning=True)


def _secrecy(source: Path) -> Iterator[Finding]:
    """Whether others on this machine can read the addresses of calendars."""
    try:
        if source.stat().st_mode & 0o077:
            place = paths.display(source)
            said = f"others here may read the addresses of your calendars; `chmod 600 {place}`"
            yield Finding("configuration", said, warning=True)
    except OSError as error:
        yield Finding("configuration", f"{paths.display(source)}: {error.strerror}", warning=True)


def _calendar(calendar: CalendarState, meetings: int) -> Finding:
    """How one calendar is: an old copy that is shown is a warning, one that shows nothing is broken."""
    again = f"; asked again {calendar.next_try:%Y-%m-%d %H:%M}" if calendar.next_try else ""
    if calendar.error and not calendar.stale:
        return Finding("calendar", f"{calendar.name}: {calendar.error}{again}", broken=True)
    how = f", as of {calendar.fetched:%Y-%m-%d %H:%M}" if calendar.fetched else ""
    if calendar.error:  # which says from when the copy is
        how = f"; {calendar.error}"
    text = f"{calendar.name} ({KINDS_OF_CALENDARS[calendar.kind]}): {counted(meetings, 'meeting')} in the next 8 days"
    return Finding("calendar", f"{text}{how}{again}", warning=calendar.stale)


def _backlog(config: Config, now: Callable[[], datetime]) -> Iterator[Finding]:
    store = bootstrap.open_backlog(config, now)
    backlog = store.read()
    if backlog.problem:
        yield Finding("backlog", backlog.problem, broken=True)
    else:
        yield Finding("backlog", f"{counted(len(backlog.items), 'item')} in {paths.display(store.path)}")
    for note in backlog.notes:
        yield Finding("backlog", note, warning=True)
    yield _sync(config, now)


def _sync(config: Config, now: Callable[[], datetime]) -> Finding:
    """Whether the backlog is synced through git, and what stands in its way; no remote is asked."""
    from tui.sources.backlog_sync import SyncError

    if not config.backlog.sync:
        return Finding("sync", "off; `[backlog] sync = true` shares the backlog through git")
    try:
        return Finding("sync", bootstrap.open_sync(config, now).standing())
    except SyncError as error:
        return Finding("sync", str(error), broken=True)


def _programs(config: Config) -> Iterator[Finding]:
    environ = clean_environment(os.environ)
    for kind in KINDS:
        table = table_for(kind, config.launchers)
        found = [f"{launcher.name}" for launcher, _ in detect(table, environ)]
        setting = getattr(config.launch, kind.replace("-", "_"))
        try:
            chosen = choose(kind, setting, environ, table, lambda name: find_program(name, environ) is not None)
        except LaunchError as error:
            yield Finding(kind, str(error), broken=bool(setting), warning=not setting)
        else:
            others = [launcher.name for launcher in table if launcher.kind == kind and launcher.name in found]
            rest = [name for name in others if name != chosen.name]
            yield Finding(kind, chosen.name + (f" (also here: {', '.join(rest)})" if rest else ""))
    yield _manner(config, host_of(environ, lambda name: find_program(name, environ) is not None))


def _keys(config: Config) -> Iterator[Finding]:
    """What is wrong with the person's own keys; what the keys are is known to the screens alone."""
    if not config.keys:
        return
    from tui.screens.key_places import key_places

    keymap = read_keymap(config.keys)
    problems = (*keymap.problems, *clashes(key_places(), keymap.in_force(config.look.panes)))
    if not problems:
        yield Finding("keys", f"{counted(len(keymap.keys), 'key')} of your own")
    for problem in problems:
        yield Finding("keys", problem, warning=True)


def _manner(config: Config, host: Host | None) -> Finding:
    """How programs of the terminal start here, and those of the person's own that start otherwise."""
    setting = config.launch.manner
    differing = [row for row in config.launchers if row.terminal and row.manner and row.manner != setting]
    others = "".join(f", {row.name}: {row.manner}" for row in differing)
    asked = setting == "window" or any(row.manner == "window" for row in differing)
    if asked and not host:
        return Finding(
            "manner",
            f"suspended: {setting}{others} is set, but there is no tmux, zellij, wezterm or kitty here to open a "
            "window (kitty needs `allow_remote_control` and `listen_on` in kitty.conf)",
            warning=True,
        )
    if setting == "window":
        return Finding("manner", f"window: programs of the terminal get a new one of {host}{others}")
    offer = f'; `[launch] manner = "window"` would open windows of {host}' if host and not others else ""
    return Finding("manner", f"suspended: the dashboard steps aside for programs of the terminal{others}{offer}")


def _terminal() -> Finding:
    encoding = (sys.stdout.encoding or "").lower().replace("-", "")
    term = os.environ.get("TERM", "")
    if encoding != "utf8":
        return Finding("terminal", f"encoding {sys.stdout.encoding}: ASCII marks are used", warning=True)
    if not term or term == "dumb":
        return Finding("terminal", "TERM is not set: the dashboard needs a real terminal", warning=True)
    return Finding("terminal", f"{term}, {encoding}{', NO_COLOR' if os.environ.get('NO_COLOR') else ''}")
