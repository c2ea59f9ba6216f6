"""New windows for programs of the terminal: in which manner one starts, and the command that opens its window.

Pure: the environment and what is installed come in. Running the command is `tui.launcher`. None of them hands an
argument to a shell, and each takes arguments its own way; what could be read as more than itself is escaped here,
left to the process's folder, or refused.
"""

from collections.abc import Callable, Mapping

from msgspec.structs import replace

from tui.domain.launching import Host, Launcher, LaunchError, LaunchPlan, Manner
from tui.domain.text import safe_text

HOSTS: tuple[Host, ...] = ("tmux", "zellij", "wezterm", "kitty")
"""What opens windows for us, innermost first: a multiplexer runs inside a terminal that has windows too."""

_TOLD_BY: dict[Host, tuple[str, ...]] = {
    "tmux": ("TMUX",),
    "zellij": ("ZELLIJ",),
    "wezterm": ("WEZTERM_PANE",),
    "kitty": ("KITTY_WINDOW_ID", "KITTY_LISTEN_ON"),
}
"""The variables each one sets for programs inside it; without its socket kitty could only be asked through the
terminal, which the dashboard is reading."""

REMEDIES: dict[Host, str] = {
    "tmux": "see whether `tmux new-window` works here",
    "zellij": "see whether `zellij run -- ls` works here",
    "wezterm": "see whether `wezterm cli list` works here",
    "kitty": "set `allow_remote_control socket-only` and `listen_on` in kitty.conf",
}
"""What to look at where a window could not be opened."""

_ENV = "/usr/bin/env"
_NAME_CELLS = 40
_KITTY_FILLS = (
    *("@selection", "@active-kitty-window-id", "@line-count", "@input-line-number", "@scrolled-by"),
    *("@cursor-x", "@cursor-y", "@first-line-on-screen", "@last-line-on-screen"),
)
"""Whole arguments kitty would put something else in the place of, with no way to write them plainly."""


def host_of(environ: Mapping[str, str], installed: Callable[[str], bool]) -> Host | None:
    """What the dashboard runs inside that can open a window, or None. `installed` is asked for its program."""
    for host in HOSTS:
        if all(environ.get(name) for name in _TOLD_BY[host]) and installed(host):
            return host
    return None


def manner_of(launcher: Launcher, setting: Manner, host: Host | None) -> Manner:
    """How `launcher` starts: its own manner, else `setting` (`[launch] manner`); suspended where no window can be."""
    if not launcher.terminal:
        return "beside"
    return "window" if host and (launcher.manner or setting) == "window" else "suspended"


def with_manner(plan: LaunchPlan, launcher: Launcher, setting: Manner, host: Host | None) -> LaunchPlan:
    """`plan` of `launcher`, in a window of `host` where that is its manner."""
    return replace(plan, host=host) if manner_of(launcher, setting, host) == "window" else plan


def window_argv(plan: LaunchPlan, argv: tuple[str, ...], variables: Mapping[str, str]) -> tuple[str, ...]:
    """The command that opens a window of `plan.host` in which `argv` runs, to be run from `plan.folder`.

    `argv` begins with an absolute path. A window has the environment of its host; `variables` are added to it. Where
    the host tells, the command prints what the new window is called there. Raises LaunchError for what a host cannot
    take as it is.
    """
    if variables or (plan.host == "tmux" and len(argv) == 1):  # tmux hands a command of one word to a shell
        if "=" in argv[0]:
            raise LaunchError(
                f"`{safe_text(argv[0])}` cannot have a window of {plan.host}: its path holds `=`; "
                f'set `[launch] manner = "suspended"`'
            )
        argv = (_ENV, *(f"{name}={value}" for name, value in variables.items()), *argv)
    folder = str(plan.folder)
    match plan.host:
        case "tmux":
            # No -c: tmux would read a folder's name as a format, and run what stands in `#(…)`. It takes ours.
            words = map(_for_tmux, ("-n", _name(plan), "--", *argv))
            return ("tmux", "new-window", "-P", "-F", "#{pane_id}", *words)
        case "zellij":
            return ("zellij", "run", f"--cwd={folder}", f"--name={_name(plan)}", "--close-on-exit", "--", *argv)
        case "wezterm":
            return ("wezterm", "cli", "spawn", f"--cwd={folder}", "--", *argv)
        case "kitty":
            filled = next((part for part in argv if part in _KITTY_FILLS), None)
            if filled:
                raise LaunchError(f'kitty would fill `{filled}` in; set `[launch] manner = "suspended"` for this one')
            title = f"--tab-title={_name(plan)}"
            return ("kitty", "@", "launch", "--type=tab", f"--cwd={folder}", title, "--", *argv)
        case _:
            raise LaunchError(f'`{plan.name}` has no window to open; set `[launch] manner = "suspended"`')


def message_argv(text: str, pane: str, *, always: bool) -> tuple[str, ...]:
    """The command that has tmux show `text` (safe to show) for a while, in the status line of who looks at it: where
    `pane` is not to be seen, or `always`.

    The text passes tmux's parser (quoted, hence without its quotes) and then its formats, which would run what stands
    in `#(…)` and fill in `%H`.
    """
    plain = text.replace("'", "\u2019").replace("#", "##").replace("%", "%%")
    return ("tmux", "if-shell", "-F", "-t", pane, "1" if always else _UNSEEN, f"display-message -d 8000 -- '{plain}'")


_UNSEEN = "#{?#{&&:#{session_attached},#{&&:#{window_active},#{||:#{pane_active},#{==:#{window_zoomed_flag},0}}}},,1}"
"""Of a pane: empty where somebody sees it, itself or beside the active one."""


def _name(plan: LaunchPlan) -> str:
    """What the window is called: program and folder, without what a host would read as a format."""
    return safe_text(f"{plan.name} {plan.label or plan.folder.name}", _NAME_CELLS).replace("#", "").strip()


def _for_tmux(part: str) -> str:
    """`part` so that tmux takes it whole: a `;` at its end would begin another command."""
    return part[:-1] + "\\;" if part.endswith(";") else part
