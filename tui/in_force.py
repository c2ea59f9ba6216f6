"""What is in force while the dashboard runs: the configuration as it was read last, and what is opened by it.

On the screen it arrives as `Settings`; sources are opened again by `tui.live_settings` where they have to be.
"""

import os
from collections.abc import Callable, Sequence
from datetime import datetime, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from tui import bootstrap, paths
from tui.checking import ConfigError
from tui.config import Config, in_file
from tui.domain.arranging import View
from tui.domain.keymap import read_keymap
from tui.domain.known_settings import KnownSettings, Setting
from tui.settings import Settings
from tui.sources.config_file import ConfigFile
from tui.sources.zone import FollowedZone

if TYPE_CHECKING:
    from tui.sources.backlog import BacklogStore
    from tui.sources.backlog_sync import BacklogSync
    from tui.sources.calendars.remote import RemoteAgenda
    from tui.sources.git.remote import RemoteFleet
    from tui.sources.undo_file import UndoFile


class Turn(Struct, frozen=True):
    """The configuration before and after the file was read again."""

    before: Config
    after: Config
    roots_moved: bool
    """True where other folders are looked in."""


class InForce:
    """The configuration and what follows from it. `read_again` is for one thread, the rest for any."""

    def __init__(self, config: Config, named: Sequence[Path], clock: Callable[[tzinfo], datetime]) -> None:
        """`named` are the roots of the command line. Raises ConfigError."""
        self.path = config.source or bootstrap.config_path(None)
        self.themes: frozenset[str] = frozenset()
        """The names of themes there are; empty until the app is made."""
        self.problem = ""
        """Why what stands in the file is not in force."""
        self._named = tuple(named)
        self._clock = clock
        self._ascii = not bootstrap.shows_unicode()  # asked now: Textual puts itself in standard output's place
        self._few_colors = bootstrap.has_few_colors()
        self._file = ConfigFile(self.path)
        self._zone = FollowedZone(config.agenda.time_zone)
        self.config = config
        self.looked_in = bootstrap.roots_of(config, self._named)

    def now(self) -> datetime:
        """Now, in the zone in force."""
        return self._clock(self._zone.zone)

    def follow(self) -> None:
        """Look whether this machine was taken to another zone."""
        self._zone.look()

    def open_fleet(self) -> "RemoteFleet":
        """The repositories as a source."""
        return bootstrap.open_fleet(self.config, self.looked_in, self.now)

    def open_agenda(self) -> "RemoteAgenda":
        """The calendars as a source."""
        return bootstrap.open_remote_agenda(self.config)

    def open_backlog(self) -> "BacklogStore":
        """The backlog's file."""
        return bootstrap.open_backlog(self.config, self.now)

    def open_sync(self) -> "BacklogSync":
        """The sync of the backlog's file."""
        return bootstrap.open_sync(self.config, self.now)

    def open_undo(self) -> "UndoFile":
        """What was done to this backlog last."""
        from tui.sources.undo_file import UndoFile

        return UndoFile(paths.undo_file(), bootstrap.backlog_path(self.config))

    def check_theme(self) -> None:
        """Raises ConfigError where the theme in force is none that there is."""
        self._check_theme(self.config)

    def read_again(self, *, at_once: bool = False) -> Turn | None:
        """What the file says now, in force from here on; None where it is as it was.

        Raises ConfigError, once for each change of the file: what was in force stays so.
        """
        if not self._file.changed(at_once=at_once):
            return None
        before, roots = self.config, self.looked_in
        try:
            after = self._file.read(was_there=before.source is not None)
            self._check_theme(after)
            zone = self._zone
            if after.agenda.time_zone != before.agenda.time_zone:
                bootstrap.check_zone(after, self.path)
                zone = FollowedZone(after.agenda.time_zone)
            looked_in = bootstrap.roots_of(after, self._named)
        except ConfigError as error:
            self.problem = str(error)
            raise
        mended, self.problem = bool(self.problem), ""
        if after == before and not mended:
            return None
        self.config, self.looked_in, self._zone = after, looked_in, zone
        return Turn(before, after, looked_in != roots)

    def settings(self, view: View | None = None) -> Settings:
        """What the screen needs to know."""
        config, keymap = self.config, read_keymap(self.config.keys)
        new_in = Path(config.lanes.new_in) if config.lanes.new_in else next(iter(self.looked_in), None)
        return Settings(
            attention=config.attention,
            groups=config.groups,
            view=view or View(),
            planning=config.planning,
            reminders=config.reminders,
            hold_title=config.agenda.hold_title,
            toes_days=config.repositories.toes_days,
            hold_shown=any(calendar.path == config.agenda.hold_folder for calendar in config.calendars),
            new_in=new_in,
            new_in_shown=new_in is None or any(new_in.is_relative_to(root) for root in self.looked_in),
            templates=tuple(map(Path, config.lanes.templates)),
            sync=config.backlog.sync,
            looked_in=tuple(paths.display(root) for root in self.looked_in),
            theme=config.look.theme,
            few_colors=self._few_colors,
            share_safe=config.look.share_safe,
            ascii_marks=config.look.ascii or self._ascii,
            panes=config.look.panes,
            keys=keymap.keys,
            key_problems=keymap.problems,
            motion=config.look.motion,
            home=Path.home(),
            configured=config.source is not None,
        )

    def known(self) -> KnownSettings:
        """Every setting, for the person to see."""
        from tui.domain.toml_places import lines_of
        from tui.settings_known import Circumstances, known_settings

        raw = self._file.text()
        around = Circumstances(
            lines=lines_of(raw.decode("utf-8-sig", "replace")),
            environ=os.environ,
            roots=self.looked_in,
            named_roots=bool(self._named),
            zone=bootstrap.zone_name(self._zone.zone),
            backlog=bootstrap.backlog_path(self.config),
            ascii_forced=self._ascii,
        )
        path, there = paths.display(self.path), self.config.source is not None
        first = replace(self._place_setting(path), near=1)
        return KnownSettings((first, *known_settings(self.config, around)), path, there, self.problem)

    def _place_setting(self, shown: str) -> Setting:
        meaning = "The file all of this is in. makerhour reads it, and reads it again when you save it."
        if self.config.source is None:
            return Setting("configuration", "none yet", meaning, in_effect=shown)
        if os.environ.get(paths.CONFIG_VARIABLE) and self.path == bootstrap.config_path(None):
            return Setting("configuration", shown, meaning, origin="environment", told=f"${paths.CONFIG_VARIABLE}")
        if self.path != bootstrap.config_path(None):
            return Setting("configuration", shown, meaning, origin="option", told="--config")
        return Setting("configuration", shown, meaning)

    def _check_theme(self, config: Config) -> None:
        if self.themes and config.look.theme not in self.themes:
            known = ", ".join(f"`{name}`" for name in sorted(self.themes))
            wrong = ConfigError(f"`look.theme` is `{config.look.theme}`; it can be {known}")
            raise in_file(wrong, self.path, self._file.text())
