"""Programs in the configuration: which ones the launch keys start, and those the person adds to the launch table."""

from collections.abc import Mapping
from typing import Any, Literal

from msgspec import Struct
from msgspec.structs import replace

from tui.checking import ConfigError, check, listed, refuse_unknown, table_of
from tui.domain.launching import KINDS, Launcher, LaunchError, Manner, parse_launcher


class LaunchSettings(Struct, frozen=True):
    """Which programs the launch keys start; empty means the first one found on this machine."""

    editor: str = ""
    """The editor (`e`): a name from the table, or a command such as `nvim {path}`; else $VISUAL, $EDITOR."""
    agent: str = ""
    """The AI agent (`a`): a name from the table, or a command. Empty asks where several are installed."""
    background: str = ""
    """The AI agent that works by itself (`A`): a name from the table, or a command that ends when it is done."""
    radar: bool = True
    """Tell of AI agents at work: in windows of tmux opened from here, and as `claude agents --json` lists them."""
    shell: str = ""
    """The shell (`!`); empty means $SHELL."""
    git_client: str = ""
    """The git client (`L`): a name from the table, or a command."""
    diff: str = ""
    """What shows how a file changed (`enter` on it in the detail): a command such as `git diff HEAD -- {file}`."""
    browser: str = ""
    """What opens web pages (`o`); empty means $BROWSER or the system's opener."""
    manner: Literal["suspended", "window"] = "suspended"
    """How programs of the terminal start: `suspended`, or in a new `window` where tmux or its like is around."""


def parse_launchers(table: Mapping[str, Any]) -> tuple[Launcher, ...]:
    """The programs of `[launchers]`. Raises ConfigError."""
    found = []
    for name, value in table.items():
        entry = table_of(value, f"launchers.{name}")
        refuse_unknown(entry, ("kind", "command", "terminal", "manner"), f"launchers.{name}")
        kind = check(entry.get("kind", "editor"), str, f"launchers.{name}.kind")
        if kind not in KINDS:
            raise ConfigError(f"`launchers.{name}.kind` is `{kind}`; it can be {listed(KINDS)}")
        command = entry.get("command")
        if not command:
            raise ConfigError(f"`launchers.{name}` has no `command`; give one such as `nvim {{path}}`")
        if not isinstance(command, str):
            command = list(check(command, tuple[str, ...], f"launchers.{name}.command"))
        terminal = check(entry.get("terminal", True), bool, f"launchers.{name}.terminal")
        manner = _manner(entry, terminal, f"launchers.{name}.manner")
        try:
            found.append(replace(parse_launcher(name, kind, command, terminal=terminal), manner=manner))
        except LaunchError as problem:
            raise ConfigError(f"`launchers.{name}.command`: {problem}") from None
    return tuple(found)


def _manner(entry: Mapping[str, Any], terminal: bool, place: str) -> Manner | None:
    if "manner" not in entry:
        return None
    if not terminal:
        raise ConfigError(f"`{place}` is for programs of the terminal; leave it out, or set `terminal = true`")
    manner: Manner = check(entry["manner"], Literal["suspended", "window"], place)
    return manner
