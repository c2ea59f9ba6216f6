"""The last frame of an earlier run, put on the terminal before anything is loaded: the dashboard's live frame takes its
place. It is shown only where all it was made for is as it was: arguments, folder, settings, terminal and its size.
There is one for each of the last few sizes: a laptop's, a monitor's, half of each.

While it stands the terminal is as Textual will have it: keys are not echoed, and wait for the live frame. So they do
where none fits and the dashboard is asked for all the same. `tui.__main__` shows it before it imports anything, so
there is little imported here.
"""

import os
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from tui import __version__, paths

ALTERNATE, BACK = "\x1b[?1049h", "\x1b[?1049l"
"""Show the alternate screen, and the one before."""
CLEAR = "\x1b[m\x1b[H\x1b[J"
"""Empties the alternate screen. Before it is left: where it was larger for a while, tmux puts what it showed then among
the lines that stay."""
LARGEST = 1_000_000
"""Bytes of a file that can be a frame."""
SIZES = 4
"""Of how many sizes frames are kept: those seen last."""
_VARIABLES = (
    *("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME"),
    *("TERM", "COLORTERM", "NO_COLOR", "FORCE_COLOR", "TZ", "LANG", "LC_ALL", "LC_CTYPE", "LC_TIME"),
)
"""What a frame depends on of the environment, beside all that is Textual's or ours by name."""

_before: list[list[Any]] = []
"""The terminal's settings from before, while keys wait for the live frame; else nothing."""
_standing: list[bool] = []
"""Something while a frame stands."""


def show(arguments: Sequence[str]) -> None:
    """Put the frame that was kept for `arguments` on the terminal, and have keys wait for the live one. Where there is
    no frame that fits they wait as well, and ctrl+c ends the start; where the terminal is not to be had, nothing is
    done."""
    if sys.platform == "win32" or not all(os.isatty(number) for number in (0, 1, 2)):
        return
    import termios

    try:
        frame = _fitting(arguments)
        if not (frame or asks_for_dashboard(arguments)) or not _is_in_front():
            return
        before = termios.tcgetattr(0)
        _take_terminal(before, whole=bool(frame))
    except (OSError, termios.error):
        return
    _before.append(before)
    if frame:
        _standing.append(True)
        _write(f"{ALTERNATE}\x1b[?25l{frame}")


def asks_for_dashboard(arguments: Sequence[str]) -> bool:
    """True where nothing is asked for but the dashboard on what is there: only its own options, each with what it
    takes."""
    words = iter(arguments)
    return all(
        not next(words, "-").startswith("-") if word in ("--config", "--root") else word == "--debug" for word in words
    )


def stands() -> bool:
    """True while a frame stands that nobody has taken the place of."""
    return bool(_standing)


def take_over() -> list[Any] | None:
    """The live frame comes now, where a frame stands on the alternate screen that is on: the terminal's settings from
    before (see `termios.tcgetattr`), to be given back at the end. None where it was not taken."""
    _standing.clear()
    return _before.pop() if _before else None


def take_away() -> None:
    """Give the terminal back as it was; nothing where it was not taken."""
    stood, before = stands(), take_over()
    if before is not None:
        import signal
        import termios

        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        if stood:
            _write(f"{CLEAR}{BACK}\x1b[?25h")
        with suppress(termios.error):
            termios.tcsetattr(0, termios.TCSANOW, before)


def keeper(arguments: Sequence[str], config: str) -> Callable[[str, tuple[int, int]], None] | None:
    """What keeps a frame of so many columns and lines for the next start with the same `arguments` and the file
    `config` as it is now; an empty frame takes the place of all there are. Asked before Textual has standard output.
    None where it cannot be told what a frame would be good for.
    """
    try:
        made_for = _circumstances(arguments, config)
    except OSError:  # the current folder is gone
        return None
    return lambda frame, size: _keep(frame and "\0".join((made_for, config, frame)), _file_of(size))


def _keep(content: str, file: Path) -> None:
    from tui.sources.whole_file import WholeFileError, write_whole

    try:
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        if content:
            write_whole(file, content.encode("utf-8", "surrogateescape"), durable=False)
        there = list(file.parent.iterdir())
        for kept in sorted(there, key=_age)[SIZES:] if content else there:
            kept.unlink(missing_ok=True)
    except (OSError, WholeFileError) as error:
        import logging

        logging.getLogger(__name__).warning("the last frame cannot be kept: %s", error)


def _age(file: Path) -> float:
    with suppress(FileNotFoundError):  # another dashboard has seen to it
        return -file.lstat().st_mtime
    return 0.0


def _file_of(size: tuple[int, int]) -> Path:
    """Where the frame of so many columns and lines is."""
    return paths.frames_folder() / f"{size[0]}x{size[1]}"


def _circumstances(arguments: Sequence[str], config: str) -> str:
    """What a frame is good for: these arguments, this folder and these variables, and the file `config` as it is now.
    Raises OSError."""
    variables = sorted(
        (name, value)
        for name, value in os.environ.items()
        if name in _VARIABLES or name.startswith(("TEXTUAL", "MAKERHOUR"))
    )
    encoding = getattr(sys.stdout, "encoding", None)
    return repr((__version__, tuple(arguments), str(Path.cwd()), encoding, variables, _state(config)))


def _fitting(arguments: Sequence[str]) -> str:
    """The frame of the terminal's size, where it fits; else nothing."""
    with suppress(OSError, ValueError):
        with _file_of(os.get_terminal_size(2)).open("rb") as file:
            content = file.read(LARGEST)
        made_for, config, frame = content.decode("utf-8", "surrogateescape").split("\0", 2)
        if made_for == _circumstances(arguments, config):
            return frame
    return ""


def _is_in_front() -> bool:
    """False where a shell has put this process in the background: it may not touch the terminal then."""
    try:
        return os.tcgetpgrp(0) == os.getpgrp()
    except OSError:  # a terminal of no session, where nothing is in front of anything
        return True


def _state(config: str) -> str:
    """What tells whether the file `config` was changed. Raises OSError."""
    try:
        found = Path(config).stat()
    except FileNotFoundError:
        return ""
    return f"{found.st_ino} {found.st_size} {found.st_mtime_ns}"


def _take_terminal(before: Sequence[Any], *, whole: bool) -> None:
    """Set the terminal as Textual will: keys come one by one, unchanged and without an echo. Ctrl+c and ctrl+z are
    keys where it is `whole`; who ends this process from outside finds the terminal as it was."""
    import signal
    import termios

    now = list(before)
    now[0] &= ~(termios.IXON | termios.IXOFF | termios.ICRNL | termios.INLCR | termios.IGNCR)
    now[3] &= ~(termios.ECHO | termios.ICANON | termios.IEXTEN | (termios.ISIG if whole else 0))
    now[6] = [*before[6]]
    now[6][termios.VMIN] = 1
    signal.signal(signal.SIGTERM, _end)
    termios.tcsetattr(0, termios.TCSANOW, now)


def _end(number: int, _frame: object) -> None:
    take_away()
    os.kill(os.getpid(), number)


def _write(text: str) -> None:
    """Write all of `text` where Textual will write; a terminal that was taken away is the live frame's to notice."""
    rest = text.encode("utf-8", "surrogateescape")
    with suppress(OSError):
        while rest:
            rest = rest[os.write(2, rest) :]
