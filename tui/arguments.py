"""The command line: what may be asked, and in which words. The commands themselves are `tui.commands`."""

import argparse
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from tui import __version__
from tui.domain.backlog import STATES

YEARS = (1900, 2200)
"""The years a day may be asked of: calendars and zones reckon safely in them, and a little beyond."""
SHELLS = ("bash", "zsh", "fish")
"""The shells there are completions for."""
_ROOT_HELP = "look for repositories in DIR, not the configured roots; may be given again"
_ROOT_BEHIND = "root_behind"  # a command's list would replace the one given before it: it has a name of its own


def parse_arguments(argv: Sequence[str]) -> argparse.Namespace:
    """`argv` as what was asked, and as it was `given`. Leaves with exit code 2 and a sentence where that cannot be
    understood."""
    arguments = make_parser(argv).parse_args(argv)
    arguments.given = tuple(argv)
    arguments.root = [*arguments.root, *vars(arguments).pop(_ROOT_BEHIND, ())]
    return arguments


def make_parser(asked: Sequence[str] | None = None) -> argparse.ArgumentParser:
    """All that may be asked; where it is known what was `asked`, the options of those commands only."""
    parser = argparse.ArgumentParser(
        prog="makerhour",
        description="Repositories, today's calendar and a prototype backlog on one screen, and the time to build.",
        epilog="Without a command the dashboard starts. Exit codes: 0 done, 1 failed, 2 wrong usage or configuration.",
    )
    parser.add_argument("--version", action="version", version=f"makerhour {__version__}")
    parser.add_argument("--demo", action="store_true", help="a made-up fleet, calendar and backlog; gone at exit")
    parser.add_argument("--root", action="append", type=Path, default=[], metavar="DIR", help=_ROOT_HELP)
    _common(parser, config=None, debug=False)
    commands = parser.add_subparsers(dest="command", metavar="command", title="commands")
    for name, (text, build) in COMMANDS.items():
        wanted = asked is None or name in asked
        command = commands.add_parser(name, help=text, description=f"{text[0].upper()}{text[1:]}.", add_help=wanted)
        if not wanted:
            continue
        _common(command, config=argparse.SUPPRESS, debug=argparse.SUPPRESS)
        build(command)
    return parser


def _common(parser: argparse.ArgumentParser, *, config: Any, debug: Any) -> None:
    parser.add_argument("--config", type=Path, default=config, metavar="FILE", help="use this configuration")
    parser.add_argument("--debug", action="store_true", default=debug, help="show tracebacks, log more")


def _json_option(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def _root_option(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--root", action="append", type=Path, dest=_ROOT_BEHIND, default=[], metavar="DIR", help=_ROOT_HELP
    )


def _repos_options(parser: argparse.ArgumentParser) -> None:
    _root_option(parser)
    _json_option(parser)


def _agenda_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--date", type=_date, metavar="D", help="first day, YYYY-MM-DD; today without it")
    parser.add_argument("--days", type=_days, default=1, metavar="N", help="how many days, 1 to 366")
    parser.add_argument("--tz", metavar="ZONE", help="the zone of the day, such as Europe/Berlin")
    parser.add_argument(
        "--calendar",
        action="append",
        default=[],
        metavar="PATH_OR_URL",
        help="instead of the configured ones",
    )
    _json_option(parser)


def _backlog_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--state", choices=STATES, metavar="S", help=f"only these: {', '.join(STATES)}")
    _json_option(parser)


def _add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "title",
        nargs="*",
        help="the idea, in the shorthand of the key n: `Usage caps 45m !4/5 @billing #pricing`; "
        "without it, one a line from a pipe, also Markdown bullets and tasks",
    )
    parser.add_argument("--estimate", metavar="45m", help="minutes to a first working version: 45m, 2h, 1h30")
    parser.add_argument("--repo", metavar="R", help="the repository it belongs in")
    parser.add_argument("--theme", metavar="T", help="the direction it serves")
    parser.add_argument("--why", metavar="TEXT", help="why it is worth building")
    parser.add_argument("--plain", "--no-shorthand", action="store_true", help="take the words as they are")


def _export_options(parser: argparse.ArgumentParser) -> None:
    from tui.domain.exchange.text import FORMATS

    parser.add_argument(
        "--format", choices=FORMATS, metavar="F", help=f"{', '.join(FORMATS)}; by the name of FILE, else json"
    )
    parser.add_argument("--state", choices=STATES, metavar="S", help=f"only these: {', '.join(STATES)}")
    parser.add_argument("-o", "--output", type=Path, metavar="FILE", help="write FILE, not standard output")


def _import_options(parser: argparse.ArgumentParser) -> None:
    from tui.domain.exchange.text import FORMATS

    parser.add_argument("file", nargs="?", metavar="FILE", help="what to read; - for standard input")
    parser.add_argument(
        "--format", choices=FORMATS, metavar="F", help=f"{', '.join(FORMATS)}; told from name and content without it"
    )
    parser.add_argument("--dry-run", action="store_true", help="say what would be done, and write nothing")
    parser.add_argument("--overwrite", action="store_true", help="where an item differs from yours, take the file's")


def _fits_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--minutes", type=_minutes, metavar="N", help="fit into N minutes, not the next gap")
    _root_option(parser)
    _json_option(parser)


def _keys_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--ids", action="store_true", help="the names of all actions, as [keys] in config.toml has them"
    )


def _init_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--yes", action="store_true", help="ask nothing")


def _serve_options(parser: argparse.ArgumentParser) -> None:
    _root_option(parser)
    parser.add_argument("--port", type=_port, default=0, metavar="N", help="the port; without it, one that is free")


def _completions_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("shell", choices=SHELLS, help="the shell they are for")


def _no_options(parser: argparse.ArgumentParser) -> None:
    """Nothing beside the common ones."""


def _date(text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"`{text}` is no date; write it like 2026-03-09") from None
    if not YEARS[0] <= day.year <= YEARS[1]:
        raise argparse.ArgumentTypeError(f"`{text}` is out of range; name a day from {YEARS[0]} to {YEARS[1]}")
    return day


def _days(text: str) -> int:
    return _number(text, 1, 366)


def _minutes(text: str) -> int:
    return _number(text, 0, 1440)


def _port(text: str) -> int:
    return _number(text, 1, 65_535)


def _number(text: str, low: int, high: int) -> int:
    if not text.isascii() or not text.isdigit() or not low <= int(text[:9]) <= high:
        raise argparse.ArgumentTypeError(f"`{text}` is no whole number from {low} to {high}")
    return int(text)


Command = tuple[str, Callable[[argparse.ArgumentParser], None]]
COMMANDS: dict[str, Command] = {
    "repos": ("the repositories and what needs you there", _repos_options),
    "agenda": ("the meetings of a day or several", _agenda_options),
    "gaps": ("the gaps between meetings, with usable minutes", _agenda_options),
    "backlog": ("the prototype ideas, best first", _backlog_options),
    "add": ("write down an idea", _add_options),
    "import": ("take over ideas from a file, yours or another program's", _import_options),
    "export": ("the backlog as text for another program, or as a copy that is whole", _export_options),
    "fits": ("what fits into the time there is", _fits_options),
    "next": ("one line for a status bar: next meeting, usable minutes, best item", _no_options),
    "keys": ("the keys on one page, yours included", _keys_options),
    "check": ("what works and what does not", _root_option),
    "init": ("write a first configuration from what is found", _init_options),
    "serve": ("the dashboard in a browser of this machine, until ctrl+c", _serve_options),
    "completions": ("what makes the tab key complete commands and options in a shell", _completions_options),
}
