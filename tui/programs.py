"""The person's other programs as the engine starts them: which one, in what manner, with which file."""

import os
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path

from textual.app import SuspendNotSupported

from tui import paths
from tui.config import Config
from tui.domain.backlog import Item
from tui.domain.launch_table import table_for
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
from tui.launcher import LaunchResult, clean_environment, find_program, launch
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
        self._config = config
        self._now = now
        self._failed = failed
        self._opened = opened
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
        environ = clean_environment(os.environ)
        table = table_for("agent", self._config.launchers)
        found = available("agent", table, lambda name: find_program(name, environ) is not None)
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
        file = self._backlog_file
        line = place_in(file, item, problem)
        return Edited(self._launch(editor, file.parent, {"file": str(file), "line": str(line)}, suspend))

    def _launcher(self, kind: LaunchKind, program: str = "") -> Launcher:
        environ = clean_environment(os.environ)
        table = table_for(kind, self._config.launchers)
        setting: str = program or getattr(self._config.launch, SETTINGS[kind])
        return choose(kind, setting, environ, table, lambda name: find_program(name, environ) is not None)

    def _launch(
        self, launcher: Launcher, folder: Path, values: Mapping[str, str], suspend: Suspend, *, waiting: bool = False
    ) -> LaunchResult:
        """Start `launcher` in its manner; `waiting` is for what is read again at its end, and never in a window."""
        made = plan(launcher, folder, values)
        if not waiting:
            environ = clean_environment(os.environ)
            host = host_of(environ, lambda name: find_program(name, environ) is not None)
            made = with_manner(made, launcher, self._config.launch.manner, host)
        result = launch(made, suspend, os.environ, unsupported=(SuspendNotSupported,), failed=self._failed)
        if result.window:
            self._opened(made, values, result.window)
        return result
