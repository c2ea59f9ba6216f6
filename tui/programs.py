"""The person's other programs as the engine starts them: which one, in what manner, with which file."""

import os
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Literal

from msgspec.structs import replace
from textual.app import SuspendNotSupported

from tui import paths
from tui.config import Config
from tui.domain.backlog import Item
from tui.domain.beginning import FoundProgram
from tui.domain.launch_table import TABLE, table_for
from tui.domain.launching import (
    SETTINGS,
    Launcher,
    LaunchError,
    LaunchKind,
    LaunchPlan,
    available,
    choose,
    plan,
    with_file,
)
from tui.domain.windows import host_of, with_manner
from tui.engine import Edited, Suspend
from tui.launcher import LaunchResult, clean_environment, detect, find_program, launch
from tui.refresh import describe
from tui.sources.whole_file import WholeFileError


class Programs:
    """What `config` and this machine have. `failed` gets a sentence, on any thread, when one beside us fails; `opened`
    what got a new window, what filled its command, and what that window is called by what opened it."""

    def __init__(
        self,
        config: Config,
        now: Callable[[], datetime],
        failed: Callable[[str], None],
        opened: Callable[[LaunchPlan, Mapping[str, str], str], None] = lambda _plan, _values, _window: None,
    ) -> None:
        self.told: Callable[[str, str], str] | None = None
        """Makes a stand-in of a folder's name, while those are hidden."""
        self._now = now
        self._failed = failed
        self._opened = opened
        self.use(config)

    def use(self, config: Config) -> None:
        """Go by `config` from now on."""
        self._config = config
        self._backlog_file = Path(config.backlog.path) if config.backlog.path else paths.backlog_file()

    def launch(
        self, kind: LaunchKind, folder: Path, values: Mapping[str, str], suspend: Suspend, program: str = ""
    ) -> LaunchResult:
        """See `Engine.launch`."""
        return self._launch(self._launcher(kind, program), folder, values, suspend)

    def agents_to_choose(self) -> tuple[str, ...]:
        """See `Engine.agents_to_choose`."""
        if self._config.launch.agent:
            return ()
        found = available(
            "agent", table_for("agent", self._config.launchers), _installed(clean_environment(os.environ))
        )
        return tuple(launcher.name for launcher in found)

    def background(self) -> Launcher:
        """The agent that works by itself. Raises LaunchError where there is none, or it would be told nothing."""
        launcher = self._launcher("background")
        if not any("{brief}" in part for part in launcher.command):
            raise LaunchError(
                f"`{launcher.name}` would be told nothing: put `{{brief}}` where the file of the brief belongs in "
                "`[launch] background`"
            )
        return launcher

    def write_brief(self, item_id: str, text: str) -> Path:
        """See `Engine.write_brief`."""
        from tui.sources.brief_file import write_brief

        try:
            return write_brief(paths.briefs_folder(), item_id, text)
        except (WholeFileError, OSError) as error:
            raise LaunchError(f"the brief cannot be written: {describe(error)}") from error

    def edit_outside(self, item: Item | None, problem: str | None, suspend: Suspend) -> Edited:
        """See `Engine.edit_outside`; `problem` says where the backlog's file is broken."""
        from tui.editing import edit_item, place_in

        editor = with_file(self._launcher("editor"))
        if item is not None and editor.terminal:
            return edit_item(item, paths.edit_folder(), self._now(), lambda path: self._launch(
                editor, path.parent, {"file": str(path)}, suspend, waiting=True))  # fmt: skip
        line = place_in(self._backlog_file, item, problem)
        return Edited(self.edit_file(self._backlog_file, line, suspend))

    def edit_file(self, path: Path, line: int, suspend: Suspend) -> LaunchResult:
        """The file at `path` in the editor, at `line`. Raises LaunchError."""
        editor = with_file(self._launcher("editor"))
        return self._launch(editor, path.parent, {"file": str(path), "line": str(line)}, suspend)

    def _launcher(self, kind: LaunchKind, program: str = "") -> Launcher:
        environ = clean_environment(os.environ)
        table = table_for(kind, self._config.launchers)
        setting: str = program or getattr(self._config.launch, SETTINGS[kind])
        return choose(kind, setting, environ, table, _installed(environ))

    def _launch(
        self, launcher: Launcher, folder: Path, values: Mapping[str, str], suspend: Suspend, *, waiting: bool = False
    ) -> LaunchResult:
        """Start `launcher` in its manner; `waiting` is for what is read again at its end, and never in a window."""
        made = plan(launcher, folder, values)
        if not waiting:
            environ = clean_environment(os.environ)
            host = host_of(environ, _installed(environ))
            made = with_manner(made, launcher, self._config.launch.manner, host)
            made = replace(made, label=self.told("repository", folder.name)) if self.told else made
        result = launch(made, suspend, os.environ, unsupported=(SuspendNotSupported,), failed=self._failed)
        if result.window:
            self._opened(made, values, result.window)
        return result


def installed_programs() -> tuple[FoundProgram, ...]:
    """The editors and agents that are installed; what holds where nothing is said comes first and says why."""
    environ = clean_environment(os.environ)
    found: list[FoundProgram] = []
    kinds: tuple[Literal["editor", "agent"], ...] = ("editor", "agent")
    for kind in kinds:
        table = tuple(row for row in TABLE if row.kind == kind)
        names = list(dict.fromkeys(row.name for row, _ in detect(table, environ)))
        variable = next((name for name in ("VISUAL", "EDITOR") if environ.get(name)), "") if kind == "editor" else ""
        try:
            chosen = choose(kind, "", environ, TABLE, _installed(environ)).name
        except LaunchError:
            chosen = ""
        if kind == "agent" and len(names) > 1:
            found.append(FoundProgram(kind, "", "each time a starts one"))
            chosen = ""
        elif chosen:
            found.append(FoundProgram(kind, chosen, f"as ${variable} says" if variable else "the first one found"))
        found += [FoundProgram(kind, name) for name in names if name != chosen]
    return tuple(found)


def _installed(environ: Mapping[str, str]) -> Callable[[str], bool]:
    """Tells whether a program is there, by its name or path."""
    return lambda name: find_program(name, environ) is not None
