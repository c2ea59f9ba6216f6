"""The commands: a snapshot goes in, text or JSON comes out. What may be asked is `tui.arguments`; the commands about
the backlog are `tui.backlog_commands`.

Nothing here imports Textual, and the libraries that read are loaded by the sources when they read. The dashboard does
without this module: it is loaded where a command is asked for.
"""

import argparse
import os
import shutil
import sys
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta, tzinfo
from typing import Any

from tui import answers, backlog_commands, bootstrap, plain
from tui.config import Config
from tui.domain.backlog import Item
from tui.domain.fitting import fits, now_line, reentry_of
from tui.domain.keymap import clashes, keys_of, read_keymap
from tui.domain.planning import gaps, working_hours
from tui.domain.reentry import Reentry, format_rule
from tui.domain.spare import SHORT_MINUTES, is_short, spare
from tui.domain.text import safe_text
from tui.printing import DONE, FAILED, fail, print_file, print_json, print_lines, printable

Clock = Callable[[tzinfo], datetime]


def _repos(arguments: argparse.Namespace, clock: Clock) -> int:
    config, now = bootstrap.setting(arguments, clock)
    bootstrap.require_git()
    fleet = bootstrap.read_fleet(config, arguments.root, now)
    if arguments.json:
        print_json(answers.repos_answer(fleet, config.attention, now()))
    else:
        print_lines(plain.repos_lines(fleet, config.attention, now()))
    for problem in fleet.problems:
        fail(problem)
    return FAILED if fleet.problems else DONE


def _agenda(arguments: argparse.Namespace, clock: Clock) -> int:
    config, now = bootstrap.setting(arguments, clock)
    agenda = bootstrap.read_agenda(config, arguments.calendar, arguments.date or now().date(), arguments.days, now)
    if arguments.json:
        print_json(answers.agenda_answer(agenda, config.planning, now()))
    else:
        print_lines(plain.agenda_lines(agenda))
    return _say_calendars(agenda.calendars)


def _gaps(arguments: argparse.Namespace, clock: Clock) -> int:
    config, now = bootstrap.setting(arguments, clock)
    first = arguments.date or now().date()
    agenda = bootstrap.read_agenda(config, arguments.calendar, first, arguments.days, now)
    zone = bootstrap.zone_of(config)
    days = [first + timedelta(days=number) for number in range(arguments.days)]
    known = bool(agenda.calendars)  # else it is not known what time is free
    found = [gap for day in days for gap in gaps(agenda.meetings, day, zone, config.planning, now()) if known]
    if arguments.json:
        print_json(answers.gaps_answer(found, now()))
    elif not known:
        print_lines((plain.NO_CALENDAR,))
    else:
        only_days_off = not any(working_hours(day, zone, config.planning) for day in days)
        print_lines(plain.gaps_lines(found, days if only_days_off else ()))
    return _say_calendars(agenda.calendars)


def _fits(arguments: argparse.Namespace, clock: Clock) -> int:
    config, now = bootstrap.setting(arguments, clock)
    moment = now()
    fleet = bootstrap.read_fleet(config, arguments.root, now)
    items, problem = _items(config, now)
    minutes, until = arguments.minutes, None
    rule = config.planning.reentry_minutes
    reentry: Reentry | None = Reentry(rule, moment)
    short = minutes is not None and minutes < SHORT_MINUTES
    if minutes is None:
        agenda = bootstrap.read_agenda(config, [], moment.date(), 8, now)
        if not agenda.calendars and not arguments.json:
            print_lines((plain.NO_CALENDAR, "`--minutes N` tells what fits without one"))
            return fail(problem) if problem else DONE
        line = now_line(agenda, items, fleet, config.planning, moment)
        minutes, until = line.usable_minutes, line.gap.end if line.gap else None
        reentry, short = reentry_of(line, config.planning), is_short(line)
    else:
        until = moment + timedelta(minutes=minutes)
    found = fits(items, minutes, fleet, reentry)
    instead = spare(items, fleet, moment.date()) if short else ()
    if arguments.json:
        print_json(answers.fits_answer(found, minutes, until, moment, instead))
    else:
        print_lines(plain.fits_lines(found, minutes, until, format_rule(rule), instead, moment))
    return fail(problem) if problem else DONE


def _next(arguments: argparse.Namespace, clock: Clock) -> int:
    config, now = bootstrap.setting(arguments, clock)
    agenda = bootstrap.read_agenda(config, [], now().date(), 8, now)
    items, problem = _items(config, now)
    # Git is not asked for one line of a status bar: what the dashboard knew last of the repositories has to do.
    known = bootstrap.read_saved_fleet(bootstrap.roots_of(config, ())) if config.repositories.roots else None
    print_lines([plain.next_line(now_line(agenda, items, known, config.planning, now()))])
    return fail(problem) if problem else DONE


def _check(arguments: argparse.Namespace, clock: Clock) -> int:
    from tui.checkup import examine

    broken = False
    for finding in examine(arguments.config, arguments.root, clock):
        broken |= finding.broken
        mark = "x" if finding.broken else "!" if finding.warning else "ok"
        print_lines([f"{mark:>2}  {finding.subject:<14} {safe_text(finding.text)}"])
    return FAILED if broken else DONE


def _init(arguments: argparse.Namespace, clock: Clock) -> int:
    from tui.first_config import write_first_config

    ask = None if arguments.yes or sys.stdin is None else lambda question: input(printable(question))
    path = bootstrap.config_path(arguments.config)
    return write_first_config(path, ask, say=lambda text: print_lines([safe_text(text, 2000)]))


def _serve(arguments: argparse.Namespace, clock: Clock) -> int:
    from importlib.util import find_spec

    bootstrap.setting(arguments, clock)  # one that cannot be used is said here, not in a page
    if find_spec("textual_serve") is None:
        return fail(
            "for a browser the library textual-serve is needed; install makerhour with it: "
            "`pipx install --force 'makerhour[serve]'`, `uv tool install --force 'makerhour[serve]'`, "
            "from its source `pip install '.[serve]'`"
        )
    from tui.serve.server import ServeError, serve

    bootstrap.log_for(debug=arguments.debug)
    try:
        serve(bootstrap.dashboard_command(arguments), os.environ, arguments.port, _say_address)
    except ServeError as error:
        return fail(str(error))
    return DONE


def _say_address(address: str) -> None:
    print_lines(
        [
            f"open {address}",
            "it answers this machine only, and whoever has that address can do here what you can; ctrl+c ends it",
        ]
    )
    sys.stdout.flush()


def _completions(arguments: argparse.Namespace, _clock: Clock) -> int:
    from tui.completions import format_completions

    print_file(format_completions(arguments.shell))
    return DONE


def _items(config: Config, now: Callable[[], datetime]) -> tuple[tuple[Item, ...], str | None]:
    backlog = bootstrap.open_backlog(config, now).read()
    return backlog.items, backlog.problem


def _say_calendars(calendars: Iterable[Any]) -> int:
    """A sentence for each calendar that could not be read. An older good copy that is shown is no failure."""
    code = DONE
    for calendar in calendars:
        if calendar.error:
            code = code if calendar.stale else FAILED
            fail(f"calendar `{calendar.name}`: {calendar.error}")
        if calendar.unread:
            fail(
                f"calendar `{calendar.name}`: {plain.counted(len(calendar.unread), 'meeting')} not read as written; "
                "see `makerhour check`"
            )
    return code


def _keys(arguments: argparse.Namespace, _clock: Clock) -> int:
    config = bootstrap.load_config(arguments.config)
    keymap = read_keymap(config.keys)
    from tui.screens.key_places import key_places  # the bindings stand with the screens: this command alone loads them

    places, own = key_places(), keymap.in_force(config.look.panes)
    if arguments.ids:
        every = {action.id: action for place in places for layer in place.layers for action in layer if action.id}
        print_lines(f"{id:<22} {', '.join(keys_of(every[id], own)):<24} {every[id].name}" for id in sorted(every))
    else:
        width = shutil.get_terminal_size().columns if sys.stdout is not None and sys.stdout.isatty() else 80
        print_lines(plain.key_lines(places, own, width))
    for problem in (*keymap.problems, *clashes(places, own)):
        fail(problem)
    return DONE


COMMANDS: dict[str, Callable[[argparse.Namespace, Clock], int]] = {
    "repos": _repos,
    "agenda": _agenda,
    "gaps": _gaps,
    "backlog": backlog_commands.show,
    "add": backlog_commands.add,
    "import": backlog_commands.take,
    "export": backlog_commands.give,
    "fits": _fits,
    "next": _next,
    "keys": _keys,
    "check": _check,
    "init": _init,
    "serve": _serve,
    "completions": _completions,
}
