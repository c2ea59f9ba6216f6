"""The launch table: every program known by name, each a line of data. Choosing and filling is `tui.domain.launching`.

A line says the command, whether it needs the terminal, and how it takes a file and line, a brief or an address, as
the program's own documentation has it. Installed is what is found on the PATH under the command's first word.
"""

from collections.abc import Iterable
from dataclasses import replace

from tui.domain.launching import Launcher, LaunchKind

_BRIEFED = "Read {brief} first, then build what it asks for."


def _row(kind: LaunchKind, command: str, *fuller: str, beside: bool = False) -> Launcher:
    split = tuple(command.split())
    return Launcher(split[0], kind, split, not beside, tuple(tuple(other.split()) for other in fuller))


def _under(name: str, launcher: Launcher) -> Launcher:
    """`launcher` under a name of its own, where another line has its program's."""
    return replace(launcher, name=name)


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
    *(_vs_code(name) for name in ("code", "code-insiders", "codium", "cursor", "windsurf")),
    _row("editor", "zed {path}", "zed {file}:{line}", beside=True),
    _row("editor", "zeditor {path}", "zeditor {file}:{line}", beside=True),
    _row("editor", "subl {path}", "subl {file}:{line}", beside=True),
    *(_jetbrains(name) for name in ("idea", "pycharm", "goland", "webstorm", "clion", "rustrover")),
    *(_jetbrains(name) for name in ("phpstorm", "rubymine", "rider")),
    _row("editor", "emacs -nw {path}", "emacs -nw +{line} -- {file}"),
    _under("emacs-gui", _row("editor", "emacs {path}", "emacs +{line} -- {file}", beside=True)),
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
