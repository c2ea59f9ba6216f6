"""Programs that can be started: the launch table, templates, and the plan for one start.

Pure: what is installed and what the environment says come in as parameters. Finding and starting a program is
`tui.launcher`. No shell ever sees a template: it is split once, and each value fills single arguments.
"""

import difflib
import re
import shlex
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path, PurePath
from typing import Literal

from tui.domain.text import safe_text

LaunchKind = Literal["editor", "agent", "shell", "git-client", "diff", "browser"]
KINDS: tuple[LaunchKind, ...] = ("editor", "agent", "shell", "git-client", "diff", "browser")

PLACEHOLDERS = ("path", "file", "line", "branch", "url", "item", "brief")
"""The folder, a file and a line (from 1) in it, a branch, a web address, an item's title, the file of its brief."""

SETTINGS: dict[LaunchKind, str] = {
    "editor": "editor",
    "agent": "agent",
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


@dataclass(frozen=True, slots=True)
class Launcher:
    """One line of the launch table."""

    name: str
    kind: LaunchKind
    command: tuple[str, ...]
    """Program and arguments; arguments may hold placeholders (`{{` and `}}` are plain braces)."""
    terminal: bool = True
    """True where the program needs this terminal: the dashboard steps aside while it runs."""
    fuller: tuple[tuple[str, ...], ...] = ()
    """Whole commands taken in place of `command`: the first one all of whose values are there."""


@dataclass(frozen=True, slots=True)
class LaunchPlan:
    """One program to start, with everything decided."""

    name: str
    argv: tuple[str, ...]
    folder: Path
    """Where it starts; absolute."""
    terminal: bool
    kind: LaunchKind = "editor"


_BRIEFED = "Read {brief} first, then build what it asks for."


def _row(kind: LaunchKind, command: str, *fuller: str, beside: bool = False) -> Launcher:
    split = tuple(command.split())
    return Launcher(split[0], kind, split, not beside, tuple(tuple(other.split()) for other in fuller))


def _agent(command: str, *briefed: str) -> Launcher:
    split = tuple(command.split())
    return Launcher(split[0], "agent", split, True, (briefed,))


def _vs_code(name: str) -> Launcher:
    return _row("editor", name + " {path}", name + " --reuse-window --goto {file}:{line}", beside=True)


def _jetbrains(name: str) -> Launcher:
    return _row("editor", name + " {path}", name + " --line {line} {file}", beside=True)


TABLE: tuple[Launcher, ...] = (
    # Editors somebody chose to install come before those that are on every machine: the first one found is
    # taken where nothing is set. nano, micro, kak and some vi cannot open a folder; they start inside it.
    _row("editor", "nvim {path}", "nvim +{line} -- {file}"),
    _row("editor", "hx {path}", "hx {file}:{line}"),
    _row("editor", "helix {path}", "helix {file}:{line}"),
    _row("editor", "kak", "kak +{line} -- {file}"),
    _row("editor", "micro", "micro +{line} {file}"),
    *(_vs_code(name) for name in ("code", "codium", "cursor", "windsurf")),
    _row("editor", "zed {path}", "zed {file}:{line}", beside=True),
    _row("editor", "zeditor {path}", "zeditor {file}:{line}", beside=True),
    _row("editor", "subl {path}", "subl {file}:{line}", beside=True),
    *(_jetbrains(name) for name in ("idea", "pycharm", "goland", "webstorm", "clion", "rustrover")),
    _row("editor", "emacs -nw {path}", "emacs -nw +{line} -- {file}"),
    _row("editor", "emacsclient {path}", "emacsclient +{line} {file}", beside=True),
    _row("editor", "gvim {path}", "gvim +{line} -- {file}", beside=True),
    _row("editor", "vim {path}", "vim +{line} -- {file}"),
    _row("editor", "nano", "nano +{line} -- {file}"),
    _row("editor", "vi", "vi +{line} -- {file}"),
    _agent("claude", "claude", _BRIEFED),
    _agent("codex", "codex", _BRIEFED),
    _agent("gemini", "gemini", "--prompt-interactive", _BRIEFED),
    _agent("aider", "aider", "--read", "{brief}"),
    _agent("opencode", "opencode", "--prompt", _BRIEFED),
    _agent("goose session", "goose", "run", "--instructions", "{brief}", "--interactive"),
    _agent("cursor-agent", "cursor-agent", _BRIEFED),
    _agent("copilot", "copilot", "--interactive", _BRIEFED),
    _row("shell", "zsh"),
    _row("shell", "bash"),
    _row("shell", "fish"),
    _row("shell", "sh"),
    _row("git-client", "lazygit"),
    _row("git-client", "gitui"),
    _row("git-client", "tig"),
    # What a repository's own configuration would run on the way to a diff is left out; filters and pager are not.
    _row(
        "diff",
        "git --literal-pathspecs -c core.fsmonitor=false -c core.hooksPath=/dev/null -C {path}"
        " diff --no-ext-diff --no-textconv HEAD -- {file}",
    ),
    _row("browser", "xdg-open {url}", beside=True),
    _row("browser", "open {url}", beside=True),
    _row("browser", "w3m {url}"),
    _row("browser", "lynx {url}"),
)
"""Known programs, in the order they are looked for."""


def with_own(own: Iterable[Launcher], table: tuple[Launcher, ...] = TABLE) -> tuple[Launcher, ...]:
    """`table` with the person's own entries first; one of the same name replaces the known one."""
    first = tuple(own)
    names = {launcher.name for launcher in first}
    return first + tuple(launcher for launcher in table if launcher.name not in names)


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
        raise LaunchError(f"no {kind.replace('-', ' ')} is installed; install one of {known}, or set {key}")
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
    own = Launcher(name, kind, command, terminal)
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
