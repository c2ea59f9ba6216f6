"""Config → sources, launcher, app: the one module that knows every part, and the real Engine of the app."""

import os
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, timedelta, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING, cast

from msgspec.structs import replace

from tui import last_frame, paths
from tui.checking import ConfigError, expand
from tui.config import AUTO, CalendarSettings, Config, in_file, read_config
from tui.domain.agenda import Agenda, day_bounds
from tui.domain.repos import Fleet
from tui.late import Late, load_textual

if TYPE_CHECKING:
    import argparse

    from tui.engine import Engine
    from tui.in_force import InForce
    from tui.live import LiveEngine
    from tui.sources.backlog import BacklogStore
    from tui.sources.backlog_sync import BacklogSync
    from tui.sources.calendars.remote import RemoteAgenda
    from tui.sources.calendars.source import AgendaSource
    from tui.sources.git.remote import RemoteFleet
    from tui.sources.undo_file import UndoFile
    from tui.sources.view_file import ViewFile

Now = Callable[[], datetime]
Clock = Callable[[tzinfo], datetime]


def failures() -> tuple[type[Exception], ...]:
    """What a source or the demo raises with a sentence for the person."""
    from tui.demo.build import DemoError
    from tui.sources.backlog import BacklogError
    from tui.sources.git.run import GitError
    from tui.sources.whole_file import WholeFileError

    return (BacklogError, DemoError, GitError, WholeFileError)


def config_path(named: Path | None) -> Path:
    """The configuration's file, `named` or in force, there or not. Raises ConfigError."""
    return expand(named or paths.config_file(os.environ))


def load_config(named: Path | None, zone: str | None = None) -> Config:
    """The configuration in force; `zone` replaces its time zone. Raises ConfigError."""
    path = config_path(named)
    config = read_config(path, required=named is not None or bool(os.environ.get(paths.CONFIG_VARIABLE)))
    if zone is not None:
        config = replace(config, agenda=replace(config.agenda, time_zone=zone))
    check_zone(config, path, named=zone is not None)
    return config


def check_zone(config: Config, path: Path, *, named: bool = False) -> None:
    """Raises ConfigError where the zone of `config`, which was read from `path` or `named` in a command, is none."""
    try:
        zone_of(config)
    except ConfigError as error:
        if not config.agenda.time_zone:
            raise
        from tui.sources.config_file import ConfigFile

        if named:
            raise ConfigError(f"`--tz`: {error}") from None
        wrong = ConfigError(f"`agenda.time_zone`: {error}")
        raise in_file(wrong, path, ConfigFile(path).text()) from None


def setting(arguments: "argparse.Namespace", clock: Clock) -> tuple[Config, Now]:
    """The configuration with a command's own options applied, and the clock in its zone. Raises ConfigError."""
    config = load_config(arguments.config, zone=getattr(arguments, "tz", None))
    zone = zone_of(config)
    return config, lambda: clock(zone)


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
        return tuple(expand(path).absolute() for path in named)
    if config.repositories.roots:
        return tuple(Path(root) for root in config.repositories.roots)
    here = Path.cwd()
    return (here,) if paths.has_clones(here) and here != Path.home() else paths.usual_roots() or (here,)


def read_fleet(config: Config, named: Sequence[Path], now: Now) -> Fleet:
    """One whole pass over the repositories."""
    from tui.sources.git.fleet import read_fleet as read

    return read(
        config.repositories,
        roots_of(config, named),
        _my_addresses(config),
        paths.seen_file(),
        now,
        shadows=paths.shadows_folder(),
    )


def read_agenda(
    config: Config, calendars: Sequence[str], first: date, days: int, now: Now, *, fetch: bool = False
) -> Agenda:
    """The meetings of `days` days from `first`, of the named calendars or the configured ones. `fetch` asks the
    addresses among them whatever their schedule."""
    zone = zone_of(config)
    start, end = day_bounds(first, zone)[0], day_bounds(first + timedelta(days=days - 1), zone)[1]
    agenda = open_agenda(config, calendars, now)
    if fetch:
        agenda.request()
    return agenda.read_agenda(start, end)


def backlog_path(config: Config) -> Path:
    """Where the backlog's file is."""
    return Path(config.backlog.path) if config.backlog.path else paths.backlog_file()


def open_backlog(config: Config, now: Now) -> "BacklogStore":
    """The backlog's file, configured or in its usual place."""
    from tui.sources.backlog import BacklogStore

    return BacklogStore(backlog_path(config), now, copies=paths.copies_folder())


def open_sync(config: Config, now: Now) -> "BacklogSync":
    """The sync of the backlog's file; it has a store of its own."""
    from tui.sources.backlog_sync import BacklogSync

    trusted = frozenset(os.path.realpath(path) for path in config.repositories.trusted)
    return BacklogSync(open_backlog(config, now), now, lambda root: str(root) in trusted)


def require_git() -> None:
    """Raises GitError where there is no git."""
    from tui.sources.git.run import git_program

    git_program()


@contextmanager
def demo(clock: Clock) -> Iterator[Config]:
    """A made-up fleet, calendar and backlog in a temporary folder, which is gone afterwards."""
    from tui.demo.build import build_demo

    zone = zone_of(Config())
    with tempfile.TemporaryDirectory(prefix="makerhour-demo-", ignore_cleanup_errors=True) as name:
        folder = Path(name).resolve()
        build_demo(folder, clock(zone))
        # What the demo marks as seen or logs goes with its folder; a command typed in its shell reads its backlog.
        places = {paths.HOME_VARIABLE: str(folder / ".home"), paths.CONFIG_VARIABLE: str(folder / "config.toml")}
        before = {key: os.environ.get(key) for key in places}
        os.environ.update(places)
        try:
            yield read_config(folder / "config.toml", required=True)
        finally:
            _end_agents(paths.agents_folder())
            for key, value in before.items():
                if value is None:
                    os.environ.pop(key)
                else:
                    os.environ[key] = value


def _end_agents(folder: Path) -> None:
    """End the agents the demo was asked to start in the background: what they work in goes with it."""
    from tui.sources.agents_run import end_group

    for place in paths.folders_in(folder):
        end_group(place)


def open_engine(force: "InForce", views: "ViewFile", undo: "UndoFile | None" = None) -> "LiveEngine":
    """What reads and writes for the dashboard, by the settings in force; nothing is opened before it is started."""
    from tui.live import LiveEngine

    return LiveEngine(
        force.config,
        fleet=force.open_fleet,
        agenda=force.open_agenda,
        backlog=force.open_backlog,
        sync=force.open_sync,
        views=views,
        undo=undo,
        now=force.now,
        force=force,
    )


def run_dashboard(config: Config, arguments: "argparse.Namespace", clock: Clock) -> int:
    """Show the dashboard `arguments` ask for until the person leaves it. The exit code."""
    load_textual()
    from tui.app import MakerhourApp
    from tui.in_force import InForce
    from tui.shell import run
    from tui.sources.view_file import ViewFile, read_view
    from tui.terminal import quick_driver
    from tui.title import shows_titles

    force = InForce(config, arguments.root, clock)
    # Nothing is asked of it before the first frame, which does not wait for what it loads.
    engine = cast("Engine", Late(lambda: open_engine(force, ViewFile(paths.view_file()), force.open_undo())))
    settings = force.settings(read_view(paths.view_file()))
    fleet, agenda = read_saved_fleet(force.looked_in), read_saved_agenda(config, force.now)
    talks = shows_titles(os.environ)
    driver = quick_driver(titled=config.look.title and talks, asking=config.look.theme == AUTO and talks)
    app = MakerhourApp(
        engine, force.now, settings, driver, fleet=fleet, agenda=agenda, history=lambda: force.open_undo().read()
    )
    force.themes = frozenset((AUTO, *app.available_themes))
    force.check_theme()
    if driver is None:
        last_frame.take_away()
    else:
        app.keep_frame = last_frame.keeper(arguments.given, str(force.path))
        if last_frame.stands():
            app.wait_behind()
    return run(app, paths.log_file(), debug=arguments.debug)


def dashboard_command(arguments: "argparse.Namespace") -> tuple[str, ...]:
    """What starts the dashboard `arguments` ask for, in a process of its own."""
    package = str(Path(__file__).resolve().parents[1])  # where it lies, never the current folder
    program = "import sys; sys.path.insert(0, sys.argv.pop(1)); from tui.__main__ import main; sys.exit(main())"
    command = [sys.executable, "-P", "-c", program, package]
    if arguments.config is not None:
        command += ["--config", str(expand(arguments.config).absolute())]
    for root in arguments.root:
        command += ["--root", str(expand(root).absolute())]
    return (*command, *(("--debug",) if arguments.debug else ()))


def log_for(*, debug: bool) -> None:
    """Log what a command that goes on for long has to say, where the dashboard does."""
    from tui.shell import log_to

    log_to(paths.log_file(), debug=debug)


def open_fleet(config: Config, roots: tuple[Path, ...], now: Now) -> "RemoteFleet":
    """The repositories under `roots` as a source, read in a process of its own."""
    from tui.sources.git.orders import Wanted
    from tui.sources.git.remote import RemoteFleet

    wanted = Wanted(
        config.repositories,
        roots,
        _my_addresses(config),
        paths.seen_file(),
        paths.fleet_file(),
        paths.moved_file(),
        paths.shadows_folder(),
        config.lanes,
        Path(config.lanes.keep) if config.lanes.keep else paths.lanes_folder(),
    )
    return RemoteFleet(wanted, now)


def read_saved_fleet(roots: tuple[Path, ...]) -> Fleet | None:
    """The last good fleet of an earlier run under the same `roots`; None where none is known."""
    if not os.path.lexists(paths.fleet_file()):
        return None
    from tui.sources.git.saved import SavedFleet

    return SavedFleet(paths.fleet_file()).read(roots)


def open_remote_agenda(config: Config) -> "RemoteAgenda":
    """The configured calendars as a source, read in a process of its own."""
    from tui.domain.slide import PAST_DAYS
    from tui.sources.calendars.orders import Wanted
    from tui.sources.calendars.remote import RemoteAgenda

    settings = config.agenda
    wanted = Wanted(
        config.calendars,
        settings.me,
        settings.time_zone,
        settings.refresh_seconds,
        saved=paths.agenda_file(),
        indexes=paths.indexes_folder(),
        past_days=PAST_DAYS,
    )
    return RemoteAgenda(wanted, zone_of(config))


def read_saved_agenda(config: Config, now: Now) -> Agenda | None:
    """The last good agenda of an earlier run with the same calendars; None where none is known."""
    if not config.calendars or not os.path.lexists(paths.agenda_file()):
        return None
    from tui.sources.calendars.saved import SavedAgenda

    return SavedAgenda(paths.agenda_file(), config.calendars, zone_of(config)).read(now())


def shows_unicode() -> bool:
    """False where the terminal's character set or its console font has only ASCII's marks for certain."""
    return (sys.stdout.encoding or "").lower().replace("-", "") == "utf8" and os.environ.get("TERM") != "linux"


def has_few_colors() -> bool:
    """True where the terminal is known to show 16 colours at most, by what it says of itself."""
    from rich.console import Console

    return Console(force_terminal=True).color_system in ("standard", "windows")


def open_agenda(config: Config, named: Sequence[str], now: Now) -> "AgendaSource":
    from tui.sources.calendars.kept import KeptShelves
    from tui.sources.calendars.source import AgendaSource

    calendars = tuple(CalendarSettings(path=path) for path in named) or config.calendars
    kept = KeptShelves(paths.indexes_folder())
    return AgendaSource(calendars, config.agenda.me, zone_of(config), now, kept=kept)


def _my_addresses(config: Config) -> tuple[str, ...]:
    """Whose commits are this person's: the addresses in the configuration, and the one they commit with."""
    from tui.sources.git.configuration import read_own_addresses

    addresses = set(config.agenda.me).union(read_own_addresses(), *(calendar.me for calendar in config.calendars))
    return tuple(sorted(addresses))
