"""The command line: what may be asked, and the commands. A snapshot goes in, text or JSON comes out.

Nothing here imports Textual, and the libraries that read are loaded by the sources when they read.
"""

import argparse
import json
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta, tzinfo
from pathlib import Path
from typing import Any

from tui import __version__, answers, bootstrap, plain
from tui.config import Config
from tui.domain.backlog import STATES, Item, ItemError, ordered
from tui.domain.capture import parse_minutes
from tui.domain.fitting import fits, now_line
from tui.domain.planning import gaps
from tui.domain.text import safe_text
from tui.refresh import describe

Clock = Callable[[tzinfo], datetime]
DONE, FAILED, WRONG = 0, 1, 2


def parse_arguments(argv: Sequence[str]) -> argparse.Namespace:
    """`argv` as what was asked. Leaves with exit code 2 and a sentence where that cannot be understood."""
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
    for name, (text, build, _) in COMMANDS.items():
        command = commands.add_parser(name, help=text, description=f"{text[0].upper()}{text[1:]}.")
        _common(command, config=argparse.SUPPRESS, debug=argparse.SUPPRESS)
        build(command)
    return parser.parse_args(argv)


def run(arguments: argparse.Namespace, clock: Clock) -> int:
    """Do what was asked. Raises ConfigError or OSError with what to do about it."""
    try:
        return _run(arguments, clock)
    except bootstrap.failures() as error:
        if arguments.debug:
            raise
        return _fail(str(error))


def _run(arguments: argparse.Namespace, clock: Clock) -> int:
    if arguments.demo:
        with bootstrap.demo(clock) as config:
            return _start(arguments, config, clock)
    if arguments.command is None:
        return _start(arguments, bootstrap.load_config(arguments.config), clock)
    return COMMANDS[arguments.command][2](arguments, clock)


def sentence(error: OSError) -> str:
    """An operating system error as a sentence."""
    return safe_text(describe(error))


def _start(arguments: argparse.Namespace, config: Config, clock: Clock) -> int:
    command = arguments.command
    if command is not None:
        return COMMANDS[command][2](argparse.Namespace(**{**vars(arguments), "config": config.source}), clock)
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        return _fail(
            "the dashboard needs a terminal; for pipes and scripts there are `makerhour next`, `repos`, "
            "`agenda`, `gaps`, `backlog` and `fits`, with `--json`",
            WRONG,
        )
    return bootstrap.run_dashboard(config, arguments.root, clock, debug=arguments.debug)


def _repos(arguments: argparse.Namespace, clock: Clock) -> int:
    config, now = _setting(arguments, clock)
    fleet = bootstrap.read_fleet(config, arguments.root, now)
    if arguments.json:
        _print_json(answers.repos_answer(fleet, config.attention, now()))
    else:
        _print_lines(plain.repos_lines(fleet, config.attention, now()))
    for problem in fleet.problems:
        _fail(problem)
    return FAILED if fleet.problems else DONE


def _agenda(arguments: argparse.Namespace, clock: Clock) -> int:
    config, now = _setting(arguments, clock)
    agenda = bootstrap.read_agenda(config, arguments.calendar, arguments.date or now().date(), arguments.days, now)
    if arguments.json:
        _print_json(answers.agenda_answer(agenda, now()))
    else:
        _print_lines(plain.agenda_lines(agenda))
    return _say_calendars(agenda.calendars)


def _gaps(arguments: argparse.Namespace, clock: Clock) -> int:
    config, now = _setting(arguments, clock)
    first = arguments.date or now().date()
    agenda = bootstrap.read_agenda(config, arguments.calendar, first, arguments.days, now)
    zone = bootstrap.zone_of(config)
    found = [
        gap
        for day in range(arguments.days)
        for gap in gaps(agenda.meetings, first + timedelta(days=day), zone, config.planning, now())
    ]
    if arguments.json:
        _print_json(answers.gaps_answer(found, now()))
    else:
        _print_lines(plain.gaps_lines(found))
    return _say_calendars(agenda.calendars)


def _backlog(arguments: argparse.Namespace, clock: Clock) -> int:
    config, now = _setting(arguments, clock)
    backlog = bootstrap.open_backlog(config, now).read()
    sections = ordered(backlog.items, now().date())
    wanted = [section for section in sections if arguments.state in (None, section.state)]
    if arguments.json:
        _print_json(answers.backlog_answer((item for section in wanted for item in section.items), now()))
    else:
        shown = wanted if arguments.state else [section for section in wanted if not section.hidden]
        _print_lines(plain.backlog_lines(shown))
    return _fail(backlog.problem) if backlog.problem else DONE


def _add(arguments: argparse.Namespace, clock: Clock) -> int:
    config, now = _setting(arguments, clock)
    titles = [" ".join(arguments.title)] if arguments.title else [line.strip() for line in _piped_lines()]
    try:
        fields: dict[str, Any] = {"repo": arguments.repo or "", "theme": arguments.theme or ""}
        fields["estimate"] = parse_minutes(arguments.estimate) if arguments.estimate else None
        added = bootstrap.add_items(config, now, [title for title in titles if title], fields)
    except ItemError as error:
        return _fail(str(error), WRONG)
    if not added:
        return _fail('give a title: `makerhour add "an idea"`, or one a line from a pipe', WRONG)
    _print_lines(f"{item.id}  {safe_text(item.title)}" for item in added)
    return DONE


def _fits(arguments: argparse.Namespace, clock: Clock) -> int:
    config, now = _setting(arguments, clock)
    moment = now()
    fleet = bootstrap.read_fleet(config, [], now)
    items, problem = _items(config, now)
    minutes, until = arguments.minutes, None
    if minutes is None:
        agenda = bootstrap.read_agenda(config, [], moment.date(), 8, now)
        line = now_line(agenda, items, fleet, config.planning, moment)
        minutes, until = line.usable_minutes, line.gap.end if line.gap else None
    else:
        until = moment + timedelta(minutes=minutes)
    found = fits(items, minutes, fleet)
    if arguments.json:
        _print_json(answers.fits_answer(found, minutes, until, moment))
    else:
        _print_lines(plain.fits_lines(found, minutes, until))
    return _fail(problem) if problem else DONE


def _next(arguments: argparse.Namespace, clock: Clock) -> int:
    config, now = _setting(arguments, clock)
    agenda = bootstrap.read_agenda(config, [], now().date(), 8, now)
    items, problem = _items(config, now)
    _print_lines([plain.next_line(now_line(agenda, items, None, config.planning, now()))])
    return _fail(problem) if problem else DONE


def _check(arguments: argparse.Namespace, clock: Clock) -> int:
    from tui.checkup import examine

    broken = False
    for finding in examine(arguments.config, clock):
        broken |= finding.broken
        mark = "x" if finding.broken else "!" if finding.warning else "ok"
        print(f"{mark:>2}  {finding.subject:<14} {safe_text(finding.text)}")
    return FAILED if broken else DONE


def _init(arguments: argparse.Namespace, clock: Clock) -> int:
    from tui.first_config import write_first_config

    return write_first_config(arguments.config, ask=None if arguments.yes else input, say=print)


def _setting(arguments: argparse.Namespace, clock: Clock) -> tuple[Config, Callable[[], datetime]]:
    """The configuration with the command's own options applied, and the clock in its zone."""
    config = bootstrap.load_config(arguments.config, zone=getattr(arguments, "tz", None))
    zone = bootstrap.zone_of(config)
    return config, lambda: clock(zone)


def _items(config: Config, now: Callable[[], datetime]) -> tuple[tuple[Item, ...], str | None]:
    backlog = bootstrap.open_backlog(config, now).read()
    return backlog.items, backlog.problem


def _piped_lines() -> Iterator[str]:
    if not sys.stdin.isatty():
        yield from sys.stdin


def _say_calendars(calendars: Iterable[Any]) -> int:
    """A sentence for each calendar that could not be read. An older good copy that is shown is no failure."""
    code = DONE
    for calendar in calendars:
        if calendar.error:
            code = FAILED
            _fail(f"calendar `{calendar.name}`: {calendar.error}")
        if calendar.unread:
            _fail(
                f"calendar `{calendar.name}`: {len(calendar.unread)} meetings could not be read; see `makerhour check`"
            )
    return code


def _fail(text: str, code: int = FAILED) -> int:
    print(f"makerhour: {safe_text(text, 2000)}", file=sys.stderr)
    return code


def _print_json(content: dict[str, Any]) -> None:
    print(json.dumps(content, indent=2, ensure_ascii=True))


def _print_lines(lines: Iterable[str]) -> None:
    encoding = sys.stdout.encoding or "ascii"
    for line in lines:
        print(line.encode(encoding, "replace").decode(encoding).rstrip())


def _common(parser: argparse.ArgumentParser, *, config: Any, debug: Any) -> None:
    parser.add_argument("--config", type=Path, default=config, metavar="FILE", help="use this configuration")
    parser.add_argument("--debug", action="store_true", default=debug, help="show tracebacks, log more")


def _json_option(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def _repos_options(parser: argparse.ArgumentParser) -> None:
    # Its own destination would lose a `--root` given before the command; SUPPRESS would not allow a list.
    parser.add_argument("--root", action="append", type=Path, default=[], metavar="DIR", help=_ROOT_HELP)
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
    parser.add_argument("title", nargs="*", help="the idea; without it, one a line from a pipe")
    parser.add_argument("--estimate", metavar="45m", help="minutes to a first working version: 45m, 2h, 1h30")
    parser.add_argument("--repo", metavar="R", help="the repository it belongs in")
    parser.add_argument("--theme", metavar="T", help="the direction it serves")


def _fits_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--minutes", type=_minutes, metavar="N", help="fit into N minutes, not the next gap")
    _json_option(parser)


def _init_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--yes", action="store_true", help="ask nothing")


def _no_options(parser: argparse.ArgumentParser) -> None:
    """Nothing beside the common ones."""


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"`{text}` is no date; write it like 2026-03-09") from None


def _days(text: str) -> int:
    return _number(text, 1, 366)


def _minutes(text: str) -> int:
    return _number(text, 0, 1440)


def _number(text: str, low: int, high: int) -> int:
    if not text.isascii() or not text.isdigit() or not low <= int(text[:9]) <= high:
        raise argparse.ArgumentTypeError(f"`{text}` is no whole number from {low} to {high}")
    return int(text)


_ROOT_HELP = "look for repositories in DIR, not the configured roots; may be given again"
Command = tuple[str, Callable[[argparse.ArgumentParser], None], Callable[[argparse.Namespace, Clock], int]]
COMMANDS: dict[str, Command] = {
    "repos": ("the repositories and what needs you there", _repos_options, _repos),
    "agenda": ("the meetings of a day or several", _agenda_options, _agenda),
    "gaps": ("the gaps between meetings, with usable minutes", _agenda_options, _gaps),
    "backlog": ("the prototype ideas, best first", _backlog_options, _backlog),
    "add": ("write down an idea", _add_options, _add),
    "fits": ("what fits into the time there is", _fits_options, _fits),
    "next": ("one line for a status bar: next meeting, usable minutes, best item", _no_options, _next),
    "check": ("what works and what does not", _no_options, _check),
    "init": ("write a first configuration from what is found", _init_options, _init),
}
