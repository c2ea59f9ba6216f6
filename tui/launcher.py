"""Carries out a LaunchPlan: suspended in this terminal, in a new window, or beside it.

The only module that starts a person's tools. What to start is decided in `tui.domain.launching` and, for windows,
`tui.domain.windows`. Textual is not imported here: the app hands in its `suspend`. A program of the terminal may
do anything to it and die in any way; the terminal is put back whatever happened.
"""

import contextlib
import os
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from pathlib import Path

from msgspec import Struct

from tui.domain.launching import SETTINGS, Host, Launcher, LaunchError, LaunchPlan
from tui.domain.text import safe_text
from tui.domain.windows import REMEDIES, window_argv
from tui.lent_terminal import lent, wait_for

WATCH_SECONDS = 5.0
"""A program beside the dashboard that fails within this time is reported; later it has long shown a window."""

WINDOW_SECONDS = 10.0
"""How long opening a window may take before it counts as failed."""

_DROPPED_PREFIXES = ("GIT_", "PYTHON", "TEXTUAL", "VIRTUAL_ENV", "MAKERHOUR_")
_DROPPED = ("COLUMNS", "LINES")
_KEPT = ("MAKERHOUR_CONFIG",)  # a `makerhour add` typed in the shell goes to the same backlog


class LaunchResult(Struct, frozen=True):
    """What came of a launch."""

    status: int | None
    """Exit status; negative for the signal that ended it; None where it runs beside, or could not be started."""
    message: str
    """A sentence for the person where something went wrong, else empty."""
    seconds: float
    """How long the terminal was given away; 0 for a program beside it or in a window."""
    resumed_at: float
    """`time.monotonic()` at the return: keys, pastes and mouse events older than this were not meant for the app."""
    window: str = ""
    """What the new window is called by what opened it (a pane of tmux: `%7`); empty without one, or where untold."""


def launch(
    plan: LaunchPlan,
    suspend: Callable[[], AbstractContextManager[None]],
    environ: Mapping[str, str],
    *,
    unsupported: tuple[type[Exception], ...] = (),
    failed: Callable[[str], None] | None = None,
) -> LaunchResult:
    """Start `plan`; the end of a program that gets this terminal is waited for.

    Call on the main thread, on the event loop.
    `suspend` gives the terminal away and takes it back (`App.suspend`); `unsupported` are what it raises on entering
    where it cannot (Textual's SuspendNotSupported). `failed` gets a sentence, on another thread, when a program
    beside the dashboard fails soon. Raises LaunchError while nothing has been suspended or started.
    """
    cleaned = clean_environment(environ)
    if plan.kind == "diff":
        cleaned = with_waiting_pagers(cleaned)
    argv = (_find(plan, cleaned), *plan.argv[1:])
    if not plan.folder.is_dir():
        raise LaunchError(f"the folder `{safe_text(str(plan.folder))}` is not there; refresh, or choose another")
    if not plan.terminal:
        _start_beside(plan, argv, cleaned, failed)
        return LaunchResult(None, "", 0.0, time.monotonic())
    if plan.host:
        return LaunchResult(None, "", 0.0, time.monotonic(), _open_window(plan, plan.host, argv, cleaned))
    begun = time.monotonic()
    try:
        with suspend():
            status, message = _run_in_terminal(plan, argv, cleaned)
    except unsupported:
        raise LaunchError(
            f"`{plan.name}` needs a terminal, and a browser has none to give; "
            f"set `[launch] {SETTINGS[plan.kind]}` to a program with a window of its own"
        ) from None
    resumed = time.monotonic()
    return LaunchResult(status, message, resumed - begun, resumed)


def start_briefly(
    argv: tuple[str, ...], environ: Mapping[str, str], failed: Callable[[str], None], seconds: float
) -> None:
    """Start a program that only tells something: no input, no output, a session of its own, from the home folder.

    It is ended with all it started where it runs for longer than `seconds`. `failed` gets a sentence, on another
    thread, where it ends badly. Raises LaunchError where it cannot be started.
    """
    cleaned, name = clean_environment(environ), safe_text(argv[0])
    found = find_program(argv[0], cleaned)
    if found is None:
        raise LaunchError(f"`{name}` is not installed or not on the PATH; install it, or give its whole path")
    try:
        child = _detached((found, *argv[1:]), Path.home(), cleaned)
    except (OSError, ValueError, RuntimeError) as error:  # RuntimeError: no home folder
        reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
        raise LaunchError(f"`{name}` could not be started: {reason}") from None

    def reap() -> None:
        try:
            status = child.wait(seconds)
        except subprocess.TimeoutExpired:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(child.pid, signal.SIGKILL)
            child.wait()
            failed(f"`{name}` ran for longer than {seconds:g} s and was ended; let it end by itself")
            return
        if status:
            failed(f"`{name}` {_status_words(status)}")

    threading.Thread(target=reap, name=f"told-{name}", daemon=True).start()


def clean_environment(environ: Mapping[str, str]) -> dict[str, str]:
    """`environ` without what was meant for this program: git's, Python's and Textual's variables, its virtual
    environment (with its place in PATH), a fixed terminal size, and makerhour's own but its configuration file."""
    cleaned = {
        name: value
        for name, value in environ.items()
        if name in _KEPT or not (name in _DROPPED or name.startswith(_DROPPED_PREFIXES))
    }
    if "PATH" in cleaned and environ.get("VIRTUAL_ENV"):
        own = Path(environ["VIRTUAL_ENV"], "bin")
        folders = cleaned["PATH"].split(os.pathsep)
        cleaned["PATH"] = os.pathsep.join(folder for folder in folders if Path(folder) != own)
    return cleaned


def with_waiting_pagers(environ: Mapping[str, str]) -> dict[str, str]:
    """`environ` in which pagers stay until they are left: one that ends by itself where all fits on the screen would
    be gone with it before anybody has read a line."""
    own = environ.get("LESS", "")
    return {**environ, "LESS": f"{own} -+F" if own else "R", "DELTA_PAGER": environ.get("DELTA_PAGER") or "less -R"}


def find_program(program: str, environ: Mapping[str, str]) -> str | None:
    """The absolute path of `program` (a name, a path, or one from `~/`) for a tool started in `environ`, or None.

    Relative folders of PATH are passed over: they would mean a folder of the repository the tool starts in.
    """
    if program.startswith("~/") and environ.get("HOME"):
        program = str(Path(environ["HOME"], program[2:]))
    if os.sep in program and not Path(program).is_absolute():
        return None
    searched = environ.get("PATH", os.defpath).split(os.pathsep)
    return shutil.which(program, path=os.pathsep.join(folder for folder in searched if folder.startswith(os.sep)))


def detect(table: tuple[Launcher, ...], environ: Mapping[str, str]) -> tuple[tuple[Launcher, Path], ...]:
    """Every program of `table` that is installed, and where."""
    cleaned = clean_environment(environ)
    found = ((launcher, find_program(launcher.command[0], cleaned)) for launcher in table)
    return tuple((launcher, Path(path)) for launcher, path in found if path)


def _find(plan: LaunchPlan, environ: Mapping[str, str]) -> str:
    found = find_program(plan.argv[0], environ)
    if found:
        return found
    shown, remedy = safe_text(plan.argv[0]), f"set `[launch] {SETTINGS[plan.kind]}`"
    if os.sep in plan.argv[0]:
        raise LaunchError(f"`{shown}` is no program here (give its whole path); {remedy}")
    raise LaunchError(f"`{shown}` is not installed or not on the PATH; {remedy}")


def _open_window(plan: LaunchPlan, host: Host, argv: tuple[str, ...], environ: Mapping[str, str]) -> str:
    """Have `host` open a window with `argv` in it; what it calls the window. The window has the environment of
    its host, with what we keep or add for the program."""
    added = (*_KEPT, "LESS", "DELTA_PAGER") if plan.kind == "diff" else _KEPT
    command = window_argv(plan, argv, {name: environ[name] for name in added if name in environ})
    found, remedy = find_program(command[0], environ), f'{REMEDIES[host]}, or set `[launch] manner = "suspended"`'
    if found is None:
        raise LaunchError(f"`{command[0]}` is not installed or not on the PATH; {remedy}")
    try:
        done = subprocess.run(
            (found, *command[1:]),
            cwd=plan.folder,
            env=environ,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            start_new_session=True,
            timeout=WINDOW_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        reason = f"no answer within {WINDOW_SECONDS:g} s"
    except (OSError, ValueError) as error:
        reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
    else:
        if done.returncode == 0:
            return safe_text(done.stdout.decode(errors="replace").strip(), 60)
        reason = done.stderr.decode(errors="replace").strip() or _status_words(done.returncode)
    raise LaunchError(f"`{plan.name}` got no window of {host}: {safe_text(reason, 200)}; {remedy}")


def _start_beside(
    plan: LaunchPlan,
    argv: tuple[str, ...],
    environ: Mapping[str, str],
    failed: Callable[[str], None] | None,
) -> None:
    try:
        child = _detached(argv, plan.folder, environ)
    except (OSError, ValueError) as error:
        raise LaunchError(_not_started(plan, error)) from None

    def reap() -> None:
        begun = time.monotonic()
        message = _ending(plan, child.wait())
        if message and failed and time.monotonic() - begun < WATCH_SECONDS:
            failed(message)

    threading.Thread(target=reap, name=f"launched-{plan.name}", daemon=True).start()


def _detached(argv: tuple[str, ...], folder: Path, environ: Mapping[str, str]) -> "subprocess.Popen[bytes]":
    """`argv` started so that nothing of it reaches this terminal, nor a key of this terminal it."""
    return subprocess.Popen(
        argv,
        cwd=folder,
        env=environ,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def _run_in_terminal(plan: LaunchPlan, argv: tuple[str, ...], environ: Mapping[str, str]) -> tuple[int | None, str]:
    """Status and message of `argv` run to its end with the terminal its own. Raises nothing a program can cause:
    an exception between suspending and resuming would leave the dashboard dead on the screen."""
    with lent():
        try:
            status = wait_for(subprocess.Popen(argv, cwd=plan.folder, env=environ))
        except (OSError, ValueError) as error:  # ValueError: a NUL or a lone surrogate in an argument
            return None, _not_started(plan, error)
    return status, _ending(plan, status)


def _not_started(plan: LaunchPlan, error: OSError | ValueError) -> str:
    reason = str(error)
    if isinstance(error, OSError):
        reason = error.strerror or reason
        if str(error.filename) == str(plan.folder):
            shown = safe_text(str(plan.folder))
            return f"`{plan.name}` could not be started in `{shown}`: {reason}; check the folder's permissions"
    return f"`{plan.name}` could not be started: {reason}; set `[launch] {SETTINGS[plan.kind]}`"


_DIFF_READ = (1, -signal.SIGPIPE, 128 + signal.SIGPIPE)
"""How diffs end well: where there are differences, and where the pager was left before all was written."""


def _ending(plan: LaunchPlan, status: int) -> str:
    if plan.kind == "diff" and status in _DIFF_READ:
        return ""
    if status == 0 or (status > 0 and plan.kind == "shell"):  # a shell's is that of the last command typed in it
        return ""
    remedy = f"; set `[launch] {SETTINGS[plan.kind]}`, or copy the link with y" if plan.kind == "browser" else ""
    return f"`{plan.name}` {_status_words(status)}{remedy}"


def _status_words(status: int) -> str:
    """How a program ended, as `subprocess` numbers it."""
    if status >= 0:
        return f"ended with status {status}"
    try:
        name = signal.Signals(-status).name
    except ValueError:  # real-time signals have no names
        name = f"signal {-status}"
    return f"was ended by {name}"
