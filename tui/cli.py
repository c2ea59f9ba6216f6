"""The commands: a snapshot goes in, text or JSON comes out. What may be asked is `tui.arguments`.

Nothing here imports Textual, and the libraries that read are loaded by the sources when they read.
"""

import argparse
import json
import sys
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta, tzinfo
from typing import Any

from tui import answers, bootstrap, plain
from tui.config import Config
from tui.domain.backlog import Backlog, Item, ItemError, new_item
from tui.domain.capture import parse_minutes
from tui.domain.fitting import fits, now_line, reentry_of
from tui.domain.planning import gaps, working_hours
from tui.domain.reentry import Reentry, format_rule
from tui.domain.shelves import ordered
from tui.domain.text import safe_text
from tui.refresh import describe

Clock = Callable[[tzinfo], datetime]
DONE, FAILED, WRONG = 0, 1, 2


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
    return COMMANDS[arguments.command](arguments, clock)


def sentence(error: OSError) -> str:
    """An operating system error as a sentence."""
    return safe_text(describe(error))


def _start(arguments: argparse.Namespace, config: Config, clock: Clock) -> int:
    command = arguments.command
    if command is not None:
        return COMMANDS[command](argparse.Namespace(**{**vars(arguments), "config": config.source}), clock)
    if not all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stdout)):
        return _fail(
            "the dashboard needs a terminal; for pipes and scripts there are `makerhour next`, and `repos`, "
            "`agenda`, `gaps`, `backlog` and `fits`, which take `--json`",
            WRONG,
        )
    return bootstrap.run_dashboard(config, arguments.root, clock, debug=arguments.debug)


def _repos(arguments: argparse.Namespace, clock: Clock) -> int:
    config, now = _setting(arguments, clock)
    bootstrap.require_git()
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
        _print_json(answers.agenda_answer(agenda, config.planning, now()))
    else:
        _print_lines(plain.agenda_lines(agenda))
    return _say_calendars(agenda.calendars)


def _gaps(arguments: argparse.Namespace, clock: Clock) -> int:
    config, now = _setting(arguments, clock)
    first = arguments.date or now().date()
    agenda = bootstrap.read_agenda(config, arguments.calendar, first, arguments.days, now)
    zone = bootstrap.zone_of(config)
    days = [first + timedelta(days=number) for number in range(arguments.days)]
    found = [gap for day in days for gap in gaps(agenda.meetings, day, zone, config.planning, now())]
    if arguments.json:
        _print_json(answers.gaps_answer(found, now()))
    else:
        only_days_off = not any(working_hours(day, zone, config.planning) for day in days)
        _print_lines(plain.gaps_lines(found, days if only_days_off else ()))
    return _say_calendars(agenda.calendars)


def _backlog(arguments: argparse.Namespace, clock: Clock) -> int:
    config, now = _setting(arguments, clock)
    backlog = bootstrap.open_backlog(config, now).read()
    _say_notes(backlog)
    sections = ordered(backlog.items, now().date())
    wanted = [section for section in sections if arguments.state in (None, section.state)]
    if arguments.json:
        _print_json(answers.backlog_answer((item for section in wanted for item in section.items), now()))
    else:
        shown = wanted if arguments.state else [section for section in wanted if not section.hidden]
        _print_lines(plain.backlog_lines(shown, arguments.state))
    return _fail(backlog.problem) if backlog.problem else DONE


def _add(arguments: argparse.Namespace, clock: Clock) -> int:
    config, now = _setting(arguments, clock)
    try:
        titles = [" ".join(arguments.title)] if arguments.title else [line.strip() for line in _piped_lines()]
        fields: dict[str, Any] = {"repo": arguments.repo or "", "theme": arguments.theme or ""}
        fields["estimate"] = parse_minutes(arguments.estimate) if arguments.estimate else None
        items = [new_item(title, now(), id="", **fields) for title in titles if title]
    except ItemError as error:
        return _fail(str(error), WRONG)
    if not items:
        return _fail('give a title: `makerhour add "an idea"`, or one a line from a pipe', WRONG)
    store = bootstrap.open_backlog(config, now)
    _print_lines(f"{safe_text(item.id)}  {safe_text(item.title)}" for item in store.add(items))
    _say_notes(store.read())
    return DONE


def _fits(arguments: argparse.Namespace, clock: Clock) -> int:
    config, now = _setting(arguments, clock)
    moment = now()
    fleet = bootstrap.read_fleet(config, arguments.root, now)
    items, problem = _items(config, now)
    minutes, until = arguments.minutes, None
    rule = config.planning.reentry_minutes
    reentry: Reentry | None = Reentry(rule, moment)
    if minutes is None:
        agenda = bootstrap.read_agenda(config, [], moment.date(), 8, now)
        line = now_line(agenda, items, fleet, config.planning, moment)
        minutes, until = line.usable_minutes, line.gap.end if line.gap else None
        reentry = reentry_of(line, config.planning)
    else:
        until = moment + timedelta(minutes=minutes)
    found = fits(items, minutes, fleet, reentry)
    if arguments.json:
        _print_json(answers.fits_answer(found, minutes, until, moment))
    else:
        _print_lines(plain.fits_lines(found, minutes, until, format_rule(rule)))
    return _fail(problem) if problem else DONE


def _next(arguments: argparse.Namespace, clock: Clock) -> int:
    config, now = _setting(arguments, clock)
    agenda = bootstrap.read_agenda(config, [], now().date(), 8, now)
    items, problem = _items(config, now)
    # Git is not asked for one line of a status bar: what the dashboard knew last of the repositories has to do.
    known = bootstrap.read_saved_fleet(bootstrap.roots_of(config, ())) if config.repositories.roots else None
    _print_lines([plain.next_line(now_line(agenda, items, known, config.planning, now()))])
    return _fail(problem) if problem else DONE


def _check(arguments: argparse.Namespace, clock: Clock) -> int:
    from tui.checkup import examine

    broken = False
    for finding in examine(arguments.config, arguments.root, clock):
        broken |= finding.broken
        mark = "x" if finding.broken else "!" if finding.warning else "ok"
        _print_lines([f"{mark:>2}  {finding.subject:<14} {safe_text(finding.text)}"])
    return FAILED if broken else DONE


def _init(arguments: argparse.Namespace, clock: Clock) -> int:
    from tui.first_config import write_first_config

    ask = None if arguments.yes or sys.stdin is None else lambda question: input(_printable(question))
    path = bootstrap.config_path(arguments.config)
    return write_first_config(path, ask, say=lambda text: _print_lines([safe_text(text, 2000)]))


def _setting(arguments: argparse.Namespace, clock: Clock) -> tuple[Config, Callable[[], datetime]]:
    """The configuration with the command's own options applied, and the clock in its zone."""
    config = bootstrap.load_config(arguments.config, zone=getattr(arguments, "tz", None))
    zone = bootstrap.zone_of(config)
    return config, lambda: clock(zone)


def _items(config: Config, now: Callable[[], datetime]) -> tuple[tuple[Item, ...], str | None]:
    backlog = bootstrap.open_backlog(config, now).read()
    return backlog.items, backlog.problem


def _say_notes(backlog: Backlog) -> None:
    """What was mended, merged or is gone, on standard error."""
    for note in backlog.notes:
        _fail(note)


def _piped_lines() -> Iterator[str]:
    """The lines of a pipe; none from a terminal or a closed input. Raises ItemError where they are no text."""
    if sys.stdin is None or sys.stdin.isatty():
        return
    try:
        yield from sys.stdin
    except UnicodeDecodeError as error:
        raise ItemError(f"what came through the pipe is no {error.encoding} text; convert it first") from None


def _say_calendars(calendars: Iterable[Any]) -> int:
    """A sentence for each calendar that could not be read. An older good copy that is shown is no failure."""
    code = DONE
    for calendar in calendars:
        if calendar.error:
            code = code if calendar.stale else FAILED
            _fail(f"calendar `{calendar.name}`: {calendar.error}")
        if calendar.unread:
            _fail(
                f"calendar `{calendar.name}`: {plain.counted(len(calendar.unread), 'meeting')} could not be read; "
                "see `makerhour check`"
            )
    return code


def _fail(text: str, code: int = FAILED) -> int:
    print(f"makerhour: {safe_text(text, 2000)}", file=sys.stderr)
    return code


def _print_json(content: dict[str, Any]) -> None:
    print(json.dumps(content, indent=2, ensure_ascii=True))


def _print_lines(lines: Iterable[str]) -> None:
    for line in lines:
        print(_printable(line).rstrip())


def _printable(text: str) -> str:
    """`text` with a question mark for what standard output (which may be closed) cannot show."""
    encoding = getattr(sys.stdout, "encoding", None) or "ascii"
    return text.encode(encoding, "replace").decode(encoding)


COMMANDS: dict[str, Callable[[argparse.Namespace, Clock], int]] = {
    "repos": _repos,
    "agenda": _agenda,
    "gaps": _gaps,
    "backlog": _backlog,
    "add": _add,
    "fits": _fits,
    "next": _next,
    "check": _check,
    "init": _init,
}
