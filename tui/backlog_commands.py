"""The commands about the backlog: show it, add to it, take items over from elsewhere and give them away.

What may be asked is `tui.arguments`; what the formats mean is `tui.domain.exchange`.
"""

import argparse
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tui import answers, bootstrap, plain
from tui.checking import expand
from tui.domain.backlog import Backlog, Item, ItemError, effective_state, new_item
from tui.domain.capture import parse_minutes, parse_quick_add
from tui.domain.exchange.losses import ExchangeError, Loss, bounded, format_loss
from tui.domain.exchange.text import BYTE_ORDER_MARK, MAX_BYTES
from tui.domain.shelves import ordered
from tui.domain.text import safe_text
from tui.printing import DONE, WRONG, fail, print_file, print_json, print_lines

if TYPE_CHECKING:
    from tui.domain.exchange.joining import Joining

Clock = Callable[[tzinfo], datetime]
_BULLET = re.compile(r"(?:[-*+]|[0-9]{1,9}[.)])(?:[ \t]+|$)(?:\[[ xX-]\](?:[ \t]+|$))?")


def show(arguments: argparse.Namespace, clock: Clock) -> int:
    """`makerhour backlog`."""
    config, now = bootstrap.setting(arguments, clock)
    backlog = bootstrap.open_backlog(config, now).read()
    _say_notes(backlog)
    sections = ordered(backlog.items, now().date())
    wanted = [section for section in sections if arguments.state in (None, section.state)]
    if arguments.json:
        print_json(answers.backlog_answer((item for section in wanted for item in section.items), now()))
    else:
        shown = wanted if arguments.state else [section for section in wanted if not section.hidden]
        print_lines(plain.backlog_lines(shown, arguments.state))
    return fail(backlog.problem) if backlog.problem else DONE


def add(arguments: argparse.Namespace, clock: Clock) -> int:
    """`makerhour add`: one idea in the words given, or one a line from a pipe; all of them or none."""
    config, now = bootstrap.setting(arguments, clock)
    try:
        items = list(_new_items(arguments, now()))
    except ItemError as error:
        return fail(str(error), WRONG)
    if not items:
        return fail('give a title: `makerhour add "an idea"`, or one a line from a pipe', WRONG)
    store = bootstrap.open_backlog(config, now)
    print_lines(map(_line, store.add(items)))
    _say_notes(store.read())
    return DONE


def give(arguments: argparse.Namespace, clock: Clock) -> int:
    """`makerhour export`."""
    from tui.domain.exchange.formats import format_items, format_of_name
    from tui.sources.exchange_file import write_export

    config, now = bootstrap.setting(arguments, clock)
    moment = now()
    store = bootstrap.open_backlog(config, now)
    backlog = store.read()
    _say_notes(backlog)
    output = None if arguments.output is None or str(arguments.output) == "-" else expand(arguments.output)
    if backlog.problem and output:
        return fail(f"{backlog.problem}; nothing was exported")
    day = moment.date()
    items = [item for item in backlog.items if arguments.state in (None, effective_state(item, day))]
    format = arguments.format or (output and format_of_name(output.name)) or "json"
    try:
        text, losses = format_items(items, format, answers.answer(moment, {}), bootstrap.zone_of(config))
    except ExchangeError as error:
        return fail(f"`{store.path}` {error}")
    if output is None:
        print_file(text)
    else:
        write_export(output, text, store)
        print_lines([f"{plain.counted(len(items), 'item')} in {safe_text(str(output))} as {format}"])
    _say_losses(losses)
    if len(text.encode("utf-8", "replace")) > MAX_BYTES:
        fail(f"that is more than the {MAX_BYTES} bytes `makerhour import` reads; export it by `--state`")
    return fail(backlog.problem) if backlog.problem else DONE


def take(arguments: argparse.Namespace, clock: Clock) -> int:
    """`makerhour import`: what is new is added, what differs is said; a broken text adds nothing."""
    from tui.domain.exchange.formats import parse_import
    from tui.domain.exchange.joining import format_difference, join
    from tui.sources.exchange_file import read_import, storable, take_over

    config, now = bootstrap.setting(arguments, clock)
    name = arguments.file or ("" if sys.stdin is None or sys.stdin.isatty() else "-")
    if not name:
        return fail("name a file: `makerhour import FILE`, or `-` for standard input", WRONG)
    path = None if name == "-" else expand(Path(name))
    shown = f"`{path}`" if path else "standard input"
    try:
        reading = storable(parse_import(read_import(path), name, arguments.format, bootstrap.zone_of(config)))
    except (ExchangeError, RecursionError) as error:
        told = error if isinstance(error, ExchangeError) else "is nested too deep to be taken over"
        return fail(f"{shown} {told}; nothing was taken over")
    store = bootstrap.open_backlog(config, now)
    backlog = store.read()
    if backlog.problem:
        return fail(f"{backlog.problem}; nothing was taken over")
    joining = join(backlog.items, reading, now())
    added = joining.added
    if not arguments.dry_run and (added or (arguments.overwrite and joining.differing)):
        added, backlog = take_over(store, backlog.items, joining, overwrite=arguments.overwrite)
    _say_notes(backlog)
    print_lines(bounded(map(_line, added)))
    print_lines([_summary(joining, arguments)])
    for sentence in bounded(map(format_difference, joining.differing)):
        fail(sentence)
    _say_losses(reading.losses)
    if not reading.items:
        return fail(f"{shown} holds no ideas; `makerhour add < FILE` takes each line as one")
    if joining.differing and not arguments.overwrite:
        return fail("what differs was left as it is here; `--overwrite` takes the file's words")
    return DONE


def _summary(joining: "Joining", arguments: argparse.Namespace) -> str:
    would = "would be " if arguments.dry_run else ""
    differing = len(joining.differing)
    said = [f"{plain.counted(len(joining.added), 'item')} {would}added"]
    if joining.known:
        said.append(f"{len(joining.known)} there already")
    if differing:
        said.append(f"{differing} {would}overwritten" if arguments.overwrite else f"{differing} different here")
    return ", ".join(said)


def _new_items(arguments: argparse.Namespace, now: datetime) -> Iterator[Item]:
    """The items of the words given, or of each piped line. Raises ItemError."""
    details: dict[str, Any] = {name: getattr(arguments, name) for name in ("repo", "theme", "why")}
    details["estimate"] = parse_minutes(arguments.estimate) if arguments.estimate else None
    said = {name: value for name, value in details.items() if value is not None}
    if arguments.title:
        yield _new_item(" ".join(arguments.title), now, said, plain_words=arguments.plain)
        return
    for number, line in enumerate(_piped_lines(), 1):
        words = line.removeprefix(BYTE_ORDER_MARK).strip()
        if found := _BULLET.match(words):
            words = words[found.end() :]
        if not words:
            continue
        try:
            yield _new_item(words, now, said, plain_words=arguments.plain)
        except ItemError as error:
            raise ItemError(f"line {number}: {error}; nothing was added") from None


def _new_item(words: str, now: datetime, said: dict[str, Any], *, plain_words: bool) -> Item:
    fields: dict[str, Any] = {"title": words} if plain_words else {**parse_quick_add(words)}
    return new_item(now=now, id="", **{**fields, **said})


def _line(item: Item) -> str:
    return f"{safe_text(item.id)}  {safe_text(item.title)}"


def _say_losses(losses: Iterable[Loss]) -> None:
    """What could not be carried over, on standard error."""
    for sentence in bounded(map(format_loss, losses)):
        fail(sentence)


def _say_notes(backlog: Backlog) -> None:
    """What was mended, merged or is gone, on standard error."""
    for note in backlog.notes:
        fail(note)


def _piped_lines() -> Iterator[str]:
    """The lines of a pipe; none from a terminal or a closed input. Raises ItemError where they are no text."""
    if sys.stdin is None or sys.stdin.isatty():
        return
    left = MAX_BYTES
    try:
        while line := sys.stdin.readline(left + 1):
            left -= len(line)
            if left < 0:
                raise ItemError(f"more than {MAX_BYTES} characters came through the pipe; nothing was added")
            yield line
    except UnicodeDecodeError as error:
        raise ItemError(f"what came through the pipe is no {error.encoding} text; convert it first") from None
