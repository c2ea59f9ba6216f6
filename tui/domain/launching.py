"""Programs that can be started, and the plan for one start. Carrying it out is `tui.launcher`."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

LaunchKind = Literal["editor", "agent", "shell", "git-client", "browser"]
KINDS: tuple[LaunchKind, ...] = ("editor", "agent", "shell", "git-client", "browser")


class LaunchError(Exception):
    """A template or a value that cannot be used; the message is a sentence with the remedy."""


@dataclass(frozen=True, slots=True)
class Launcher:
    """One line of the launch table."""

    name: str
    kind: LaunchKind
    command: tuple[str, ...]
    """Program and arguments; arguments may hold placeholders."""
    terminal: bool = True
    """True where the program needs this terminal: the dashboard steps aside while it runs."""


@dataclass(frozen=True, slots=True)
class LaunchPlan:
    """One program to start, with everything decided."""

    name: str
    argv: tuple[str, ...]
    folder: Path
    terminal: bool


def parse_launcher(
    name: str, kind: LaunchKind, command: str | list[str], *, terminal: bool = True
) -> Launcher:
    """A table entry from a template: split once (shell quoting), placeholders checked. Raises LaunchError."""
    raise LaunchError(f"{name} {kind} {command} {terminal}")
