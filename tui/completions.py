"""Completions for shells, made from what `tui.arguments` says may be asked. Pure: printing is the command's."""

import argparse
from collections.abc import Iterator

from tui.arguments import make_parser


def format_completions(shell: str) -> str:
    """The script that lets `shell` (bash, zsh or fish) complete commands, options, and values where they are known."""
    import shtab

    parser = make_parser()
    for action in _actions(parser):
        if action.metavar == "DIR":
            action.complete = shtab.DIRECTORY  # type: ignore[attr-defined]
        elif action.metavar in ("FILE", "PATH_OR_URL"):
            action.complete = shtab.FILE  # type: ignore[attr-defined]
    return str(shtab.complete(parser, shell))


def _actions(parser: argparse.ArgumentParser) -> Iterator[argparse.Action]:
    for action in parser._actions:
        yield action
        if isinstance(action, argparse._SubParsersAction):
            for command in action.choices.values():
                yield from _actions(command)
