"""Arguments → a command of `tui.commands`, or the dashboard. Little is loaded on the way to the dashboard."""

import gc
import logging
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

from tui import bootstrap, last_frame
from tui.bootstrap import Clock
from tui.checking import ConfigError
from tui.config import Config
from tui.domain.text import safe_text
from tui.printing import WRONG, fail
from tui.refresh import describe
from tui.serve.environment import is_served

if TYPE_CHECKING:
    import argparse


def run(given: Sequence[str], clock: Clock) -> int:
    """Do what the arguments `given` ask for, and say what went wrong. The exit code, see `tui.__main__`."""
    arguments = _of_dashboard(given) if last_frame.asks_for_dashboard(given) else _parsed(given)
    # A terminal's real size wins over what a shell once exported; a stray GIT_DIR is dropped at git's own door.
    # A page in a browser has no size but the one it names.
    for name in ("LINES", "COLUMNS") if not is_served(os.environ) else ():
        os.environ.pop(name, None)
    logging.getLogger().addHandler(logging.NullHandler())
    try:
        return _attempt(arguments, clock)
    except ConfigError as error:
        return fail(str(error), WRONG)
    except BrokenPipeError:
        # The reader of a pipe has gone (`makerhour repos | head`): what was asked for was done.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        return 130
    except Exception as error:  # the last resort: a sentence for the person, and the way to the traceback
        if arguments.debug:
            raise
        return fail(_told(error))


def _parsed(given: Sequence[str]) -> "argparse.Namespace":
    from tui.arguments import parse_arguments

    return parse_arguments(given)


def _of_dashboard(given: Sequence[str]) -> "argparse.Namespace":
    """What `tui.arguments` makes of the options of a dashboard, which does not wait for that to be loaded."""
    found = SimpleNamespace(command=None, config=None, demo=False, debug=False, root=[], given=tuple(given))
    words = iter(given)
    for word in words:
        match word:
            case "--config":
                found.config = Path(next(words))
            case "--root":
                found.root.append(Path(next(words)))
            case "--debug":
                found.debug = True
    return cast("argparse.Namespace", found)


def _told(error: Exception) -> str:
    if isinstance(error, bootstrap.failures()):
        return str(error)
    if isinstance(error, OSError):
        return safe_text(describe(error))
    return f"unexpected {type(error).__name__}: {error}; `makerhour --debug …` shows where"


def _attempt(arguments: "argparse.Namespace", clock: Clock) -> int:
    try:
        if arguments.demo:
            with bootstrap.demo(clock) as config:
                return _start(arguments, config, clock)
        if arguments.command is None:
            return _start(arguments, bootstrap.load_config(arguments.config), clock)
        return _do(arguments, clock)
    finally:
        last_frame.take_away()  # what is said now is for the screen that stays


def _do(arguments: "argparse.Namespace", clock: Clock) -> int:
    from tui.commands import COMMANDS

    gc.enable()  # the dashboard turns it on behind its first frame
    return COMMANDS[arguments.command](arguments, clock)


def _start(arguments: "argparse.Namespace", config: Config, clock: Clock) -> int:
    if arguments.command is not None:
        arguments.config = config.source
        return _do(arguments, clock)
    if not is_served(os.environ) and not all(
        stream is not None and stream.isatty() for stream in (sys.stdin, sys.stdout)
    ):
        return fail(
            "the dashboard needs a terminal; for pipes and scripts there are `makerhour next`, and `repos`, "
            "`agenda`, `gaps`, `backlog` and `fits`, which take `--json`",
            WRONG,
        )
    if os.environ.get("TERM") == "dumb" and not is_served(os.environ):
        return fail("the dashboard needs a terminal that can be drawn on; this one says it is `dumb` (TERM)", WRONG)
    return bootstrap.run_dashboard(config, arguments, clock)
