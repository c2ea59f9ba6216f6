"""Arguments → a command of `tui.commands`, or the dashboard. Little is loaded on the way to the dashboard."""

import argparse
import gc
import os
import sys

from tui import bootstrap
from tui.bootstrap import Clock
from tui.config import Config
from tui.domain.text import safe_text
from tui.printing import WRONG, fail
from tui.refresh import describe
from tui.serve.environment import is_served


def run(arguments: argparse.Namespace, clock: Clock) -> int:
    """Do what was asked. Raises ConfigError or OSError with what to do about it."""
    try:
        return _run(arguments, clock)
    except bootstrap.failures() as error:
        if arguments.debug:
            raise
        return fail(str(error))


def sentence(error: OSError) -> str:
    """An operating system error as a sentence."""
    return safe_text(describe(error))


def _run(arguments: argparse.Namespace, clock: Clock) -> int:
    if arguments.demo:
        with bootstrap.demo(clock) as config:
            return _start(arguments, config, clock)
    if arguments.command is None:
        return _start(arguments, bootstrap.load_config(arguments.config), clock)
    return _do(arguments, clock)


def _do(arguments: argparse.Namespace, clock: Clock) -> int:
    from tui.commands import COMMANDS

    gc.enable()  # the dashboard turns it on behind its first frame
    return COMMANDS[arguments.command](arguments, clock)


def _start(arguments: argparse.Namespace, config: Config, clock: Clock) -> int:
    if arguments.command is not None:
        return _do(argparse.Namespace(**{**vars(arguments), "config": config.source}), clock)
    if not is_served(os.environ) and not all(
        stream is not None and stream.isatty() for stream in (sys.stdin, sys.stdout)
    ):
        return fail(
            "the dashboard needs a terminal; for pipes and scripts there are `makerhour next`, and `repos`, "
            "`agenda`, `gaps`, `backlog` and `fits`, which take `--json`",
            WRONG,
        )
    return bootstrap.run_dashboard(config, arguments.root, clock, debug=arguments.debug)
