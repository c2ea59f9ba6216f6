"""Programs that can be started: templates, the choice among them, and the plan for one start.

The known programs are `tui.domain.launch_table`; how a window for one is opened is `tui.domain.windows`.
Pure: what is installed and what the environment says come in as parameters. Finding and starting a program is
`tui.launcher`. No shell ever sees a template: it is split once, and each value fills single arguments.
"""

import difflib
import re
import shlex
from collections.abc import Callable, Mapping
from pathlib import Path, PurePath
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from tui.domain.text import safe_text

LaunchKind = Literal["editor", "agent", "background", "shell", "git-client", "diff", "browser"]
KINDS: tuple[LaunchKind, ...] = ("editor", "agent", "background", "shell", "git-client", "diff", "browser")

Manner = Literal["suspended", "beside", "window"]
"""The dashboard steps aside; the program has a window system's window; it gets a new window of tmux or its like."""

Host = Literal["tmux", "zellij", "wezterm", "kitty"]
"""What can open a new window for a program of the terminal."""

PLACEHOLDERS = ("path", "file", "line", "branch", "url", "item", "brief", "brief_folder")
"""The folder, a file and a line (from 1) in it, a branch, a web address, an item's title, the file of its brief, the
folder that is in."""

SETTINGS: dict[LaunchKind, str] = {
    "editor": "editor",
    "agent": "agent",
    "background": "background",
    "shell": "shell",
    "git-client": "git_client",
    "diff": "diff",
    "browser": "browser",
}
"""Which setting of `[launch]` chooses each kind."""

_VARIABLES: dict[LaunchKind, tuple[str, ...]] = {
    "editor": ("VISUAL", "EDITOR"),
    "shell": ("SHELL",),
    "browser": ("BROWSER",),
}
_BRACES = re.compile(r"\{\{|\}\}|\{([^{}]*)\}")
_URL = re.compile(r"https?://[^\s\x00-\x20\x7f/?#][^\s\x00-\x20\x7f]*", re.IGNORECASE)
_TEXT_OPTIONS = frozenset(("-nw", "-t", "-tty", "--tty", "--no-window-system"))


class LaunchError(Exception):
    """A template, a value or a program that cannot be used; the message is a sentence with the remedy."""


class Launcher(Struct, frozen=True):
    """One line of the launch table."""

    name: str
    kind: LaunchKind
    command: tuple[str, ...]
    """Program and arguments; arguments may hold placeholders (`{{` and `}}` are plain braces)."""
    terminal: bool = True
    """True where the program needs this terminal: the dashboard steps aside while it runs."""
    fuller: tuple[tuple[str, ...], ...] = ()
    """Whole commands taken in place of `command`: the first one all of whose values are there."""
    manner: Manner | None = None
    """How one that needs a terminal gets it; None: as `[launch] manner` says."""


class LaunchPlan(Struct, frozen=True):
    """One program to start, with everything decided."""

    name: str
    argv: tuple[str, ...]
    folder: Path
    """Where it starts; absolute."""
    terminal: bool
    kind: LaunchKind = "editor"
    host: Host | None = None
    """What opens a new window for it (`tui.domain.windows`); None: it gets this terminal, or needs none."""
    label: str = ""
    """What its window is called after; empty for its folder."""


def with_file(launcher: Launcher) -> Launcher:
    """`launcher` for opening a file: one whose template knows only a folder gets the file in its place, or last."""
    commands = (launcher.command, *launcher.fuller)
    if any("file" in _placeholders(part) for command in commands for part in command):
        return launcher
    if any("path" in _placeholders(part) for part in launcher.command):
        return replace(launcher, command=tuple(part.replace("{path}", "{file}") for part in launcher.command))
    return replace(launcher, command=(*launcher.command, "--", "{file}"))


def parse_launcher(
    name: str,
    kind: LaunchKind,
    command: str | list[str],
    *,
    terminal: bool = True,
    known: tuple[str, ...] = PLACEHOLDERS,
) -> Launcher:
    """A table entry from a template: split once (shell quoting), placeholders checked to be `known`.

    Raises LaunchError.
    """
    if isinstance(command, str):
        try:
            parts = shlex.split(command)
        except ValueError:
            raise LaunchError(
                f"`{safe_text(command)}` has a quote that is never closed; close it, or escape it with a backslash"
            ) from None
    else:
        parts = list(command)
    if not parts or not parts[0].strip():
        raise LaunchError("the command is empty; give a program, such as `nvim {path}`")
    for part in parts:
        if "\x00" in part:
            raise LaunchError(f"`{safe_text(part)}` holds a NUL character; remove it")
        for placeholder in _placeholders(part):
            _check_known(placeholder, known)
    if _placeholders(parts[0]):
        raise LaunchError(
            f"the program `{safe_text(parts[0])}` holds a placeholder; name the program, and put placeholders after it"
        )
    return Launcher(name, kind, tuple(parts), terminal)


def fill(launcher: Launcher, values: Mapping[str, str]) -> tuple[str, ...]:
    """Program and arguments with the placeholders replaced, each value once and never read again for others.

    Values are keyed by PLACEHOLDERS; one that is absent or empty is missing, and an argument that needs it is left
    out. Raises LaunchError for a value that would be read as an option, holds a NUL, or is no http(s) address
    (`url`) or line number (`line`).
    """
    given = {name: value for name, value in values.items() if value}
    command = next(
        (other for other in launcher.fuller if all(_complete(part, given) for part in other)),
        launcher.command,
    )
    argv = [command[0]]
    for place, part in enumerate(command[1:], 1):
        if not _complete(part, given):
            continue
        if "--" not in command[1:place]:
            _check_start(part, given, launcher.name)
        for placeholder in _placeholders(part):
            _check_value(placeholder, given[placeholder])
        argv.append(_BRACES.sub(lambda found: given[found[1]] if found[1] else found[0][0], part))
    return tuple(argv)


def plan(launcher: Launcher, folder: Path, values: Mapping[str, str] | None = None) -> LaunchPlan:
    """How to start `launcher` in `folder` (absolute, and the value of `{path}`).

    `file` and `brief` may be relative to `folder`; a `file` without a `line` opens at its first. Raises LaunchError.
    """
    if not folder.is_absolute():
        raise LaunchError(f"`{safe_text(str(folder))}` is not an absolute path; name the folder from the root")
    filled = {**(values or {}), "path": str(folder)}
    for name in ("file", "brief"):
        if filled.get(name):
            filled[name] = str(folder / filled[name])
    if filled.get("brief"):
        filled["brief_folder"] = str(Path(filled["brief"]).parent)
    if filled.get("file") and not filled.get("line"):
        filled["line"] = "1"
    return LaunchPlan(launcher.name, fill(launcher, filled), folder, launcher.terminal, launcher.kind)


def choose(
    kind: LaunchKind,
    setting: str,
    environ_values: Mapping[str, str],
    table: tuple[Launcher, ...],
    installed: Callable[[str], bool],
) -> Launcher:
    """The program for `kind`: what `[launch]` says, else the environment, else the first of `table` installed.

    `setting` is a name of the table, a command template, or empty. `installed` is asked for a program's name or
    path. Raises LaunchError naming the setting to change.
    """
    key = f"`[launch] {SETTINGS[kind]}`"
    if setting.strip():
        return _wanted(kind, [setting], key, table, installed, f"install it, or change {key}")
    for variable in _VARIABLES.get(kind, ()):
        text = environ_values.get(variable, "").strip()
        if text:
            # $BROWSER lists alternatives; $SHELL is one path, whatever is in it; editors are commands.
            commands = {"BROWSER": text.split(":"), "SHELL": [shlex.quote(text)]}.get(variable, [text])
            return _wanted(kind, commands, f"`${variable}`", table, installed, f"change it, or set {key}")
    found = available(kind, table, installed)
    if not found:
        known = ", ".join(f"`{launcher.name}`" for launcher in table if launcher.kind == kind)
        called = "agent for the background" if kind == "background" else kind.replace("-", " ")
        raise LaunchError(f"no {called} is installed; install one of {known}, or set {key}")
    return found[0]


def available(kind: LaunchKind, table: tuple[Launcher, ...], installed: Callable[[str], bool]) -> tuple[Launcher, ...]:
    """Every program of `kind` in `table` that is installed, in its order."""
    return tuple(launcher for launcher in table if launcher.kind == kind and installed(launcher.command[0]))


def _wanted(
    kind: LaunchKind,
    commands: list[str],
    origin: str,
    table: tuple[Launcher, ...],
    installed: Callable[[str], bool],
    remedy: str,
) -> Launcher:
    """The first of `commands` that is installed."""
    for command in filter(None, map(str.strip, commands)):
        try:
            launcher = _understood(kind, command, table)
        except LaunchError as problem:
            raise LaunchError(f"{origin}: {problem}") from None
        if installed(launcher.command[0]):
            return launcher
    shown = safe_text(":".join(commands))
    raise LaunchError(f"{origin} is `{shown}`, which is not installed or not on the PATH; {remedy}")


def _understood(kind: LaunchKind, text: str, table: tuple[Launcher, ...]) -> Launcher:
    """What a setting or a variable means: a row by name, a row with options (`code --wait`), or a command."""
    for row in table:
        if row.name == text:
            return replace(row, kind=kind)
    if kind == "browser":
        text = text.replace("%s", "{url}")
    command = parse_launcher("", kind, text).command
    program, *options = command
    name = PurePath(program).name
    known = next((row for row in table if row.name == name), None)
    terminal = known.terminal if known else kind != "browser"
    if name.startswith("emacs") and _TEXT_OPTIONS.intersection(options):
        terminal = True
    own = Launcher(name, kind, command, terminal, manner=known.manner if known else None)
    if any(_placeholders(part) for part in command):
        return own
    if known and known.command[0] == name and (not options or options[0].startswith("-")):
        return replace(
            own,
            command=_with_options(known.command, program, options),
            fuller=tuple(_with_options(other, program, options) for other in known.fuller),
        )
    match kind:
        case "editor" | "diff":  # by convention the file comes last; not every editor can open a folder
            return replace(own, fuller=((*command, "{file}"),))
        case "browser":
            return replace(own, command=(*command, "{url}"))
        case _:
            return own


def _with_options(known: tuple[str, ...], program: str, options: list[str]) -> tuple[str, ...]:
    return (program, *options, *(part for part in known[1:] if part not in options))


def _placeholders(part: str) -> tuple[str, ...]:
    return tuple(found[1] for found in _BRACES.finditer(part) if found[1] is not None)


def _complete(part: str, given: Mapping[str, str]) -> bool:
    return all(name in given for name in _placeholders(part))


def _check_known(name: str, known: tuple[str, ...]) -> None:
    if name in known:
        return
    near = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
    listed = ", ".join(f"`{{{other}}}`" for other in known)
    hint = f"did you mean `{{{near[0]}}}`?" if near else f"known: {listed}"
    raise LaunchError(f"unknown placeholder `{{{safe_text(name)}}}`; {hint} (a plain brace is written twice)")


def _check_start(part: str, given: Mapping[str, str], program: str) -> None:
    found = _BRACES.match(part)
    if found and found[1] and given[found[1]].startswith(("-", "+")):
        shown = safe_text(given[found[1]], 60)
        raise LaunchError(
            f"{found[1]} `{shown}` would be read as an option; put `--` before `{part}` in the command of `{program}`"
        )


def _check_value(name: str, value: str) -> None:
    if "\x00" in value:
        raise LaunchError(f"{name} `{safe_text(value, 60)}` holds a NUL character; remove it")
    if name == "url" and not _URL.fullmatch(value):
        raise LaunchError(f"`{safe_text(value, 60)}` is not opened; only addresses with http:// or https:// are")
    if name == "line" and not re.fullmatch(r"[0-9]{1,9}", value):
        raise LaunchError(f"line `{safe_text(value, 60)}` is no line number; give one from 1")
