"""The launch table: every program known by name, each a line of data. Choosing and filling is `tui.domain.launching`.

A line says the command, whether it needs the terminal, and how it takes a file and line, a brief or an address, as
the program's own documentation has it. Installed is what is found on the PATH under the command's first word.
"""

from collections.abc import Iterable

from msgspec.structs import replace

from tui.domain.launching import Launcher, LaunchKind

_BRIEFED = "Read {brief} first, then build what it asks for."
_COMMITTING = ("add", "commit")
"""What an agent nobody watches may do with git, where its permissions are given one by one."""


def _row(kind: LaunchKind, command: str, *fuller: str, beside: bool = False) -> Launcher:
    split = tuple(command.split())
    return Launcher(split[0], kind, split, not beside, tuple(tuple(other.split()) for other in fuller))


def _under(name: str, launcher: Launcher) -> Launcher:
    """`launcher` under a name of its own, where another line has its program's."""
    return replace(launcher, name=name)


def _agent(command: str, *briefed: str) -> Launcher:
    split = tuple(command.split())
    return Launcher(split[0], "agent", split, True, (briefed,))


def _background(command: str, *arguments: str) -> Launcher:
    split = tuple(command.split())
    return Launcher(split[0], "background", (*split, *arguments), terminal=False)


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


BACKGROUND: tuple[Launcher, ...] = (
    _background(
        "claude -p",
        _BRIEFED,
        *("--add-dir", "{brief_folder}", "--permission-mode", "acceptEdits"),
        *("--allowedTools", ",".join(f"Bash(git {verb}:*)" for verb in _COMMITTING)),
    ),
    _background("codex exec --sandbox workspace-write", _BRIEFED),
    _background("gemini --approval-mode auto_edit", *("--include-directories", "{brief_folder}", "--prompt", _BRIEFED)),
    _background("aider --yes-always --no-check-update --message-file", "{brief}"),
    _background("opencode run", _BRIEFED),
    _background("goose run --no-session --instructions", "{brief}"),
    _background("cursor-agent -p", _BRIEFED),
    _background(
        "copilot -p",
        _BRIEFED,
        *("--add-dir", "{brief_folder}", "--allow-tool", "write"),
        *(part for verb in _COMMITTING for part in ("--allow-tool", f"shell(git {verb})")),
        *("--deny-tool", "shell(git push)"),
    ),
)
"""Agents without a person, under the names they have in TABLE: each takes the brief, edits files, commits, and ends. As
few permissions as that takes, where a program gives them one by one; none is told to leave its own limits. Codex does
not write to the git folder of a lane: what it makes stays uncommitted there."""


def table_for(kind: LaunchKind, own: Iterable[Launcher]) -> tuple[Launcher, ...]:
    """What is chosen from for `kind`, with the person's `own` entries. In the background an agent has another command
    under the same name, so neither stands for the other."""
    wanted = tuple(row for row in own if (row.kind == "background") is (kind == "background"))
    return with_own(wanted, BACKGROUND if kind == "background" else TABLE)


def with_own(own: Iterable[Launcher], table: tuple[Launcher, ...] = TABLE) -> tuple[Launcher, ...]:
    """`table` with the person's own entries first; one of the same name replaces the known one."""
    first = tuple(own)
    names = {launcher.name for launcher in first}
    return first + tuple(launcher for launcher in table if launcher.name not in names)
