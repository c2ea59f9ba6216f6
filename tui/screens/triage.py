"""The triage deck: one item at a time over the whole screen, one key a verdict. What a key makes of an item is written
at once by the desk it belongs to; the deck only knows where it stands."""

import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import ClassVar, Protocol

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Static

from tui.domain import deck as decks
from tui.domain.backlog import QUESTIONS, Backlog, Item, Verdict, edit, effective_state, step_estimate
from tui.domain.deck import Deck
from tui.domain.triage import suggest
from tui.screens import asking
from tui.screens.dialog import SHARE_SAFE, OverPanes
from widgets.formats import count, cut
from widgets.key_bar import KeyBar
from widgets.row_list import RowList
from widgets.rows import Row, Span, shown
from widgets.triage_card import CardFacts, card_rows, progress_line

WIDEST = 104
"""Cells of the card at the most: lines stay readable on a wide screen."""
TALLEST = 28
SAID = {
    "build": "to build",
    "delegated": "delegated",
    "later": "later",
    "dropped": "dropped",
    "done": "done",
    "inbox": "inbox",
}


class Desk(Protocol):
    """What the deck needs of the app: the backlog as it is by now, and somebody who writes."""

    @property
    def backlog(self) -> Backlog | None:
        """What is shown, with what is still being written."""

    def write(self, before: Item | None, after: Item) -> None:
        """Have an item's change written; `backlog` holds it at once, and the deck's `refresh_items` is called."""

    def take_back(self) -> None:
        """Take the last change back, likewise."""

    @property
    def now(self) -> Callable[[], datetime]:
        """The clock."""

    def new_id(self) -> str:
        """An id no item has."""

    def known_texts(self) -> Mapping[str, Sequence[str]]:
        """What can be completed."""

    def likely_people(self, item: Item) -> Sequence[str]:
        """Who an item may go to, the likeliest first."""

    def backlog_problem(self) -> str:
        """Why nothing can be written; empty where it can."""

    def facts_of(self, item: Item) -> Sequence[tuple[str, str, str]]:
        """Label, sentence and tone of what the other panes know of an item."""


class TriageScreen(OverPanes, Screen[None]):
    """The deck. Dismissed when it is left; everything is written by then."""

    PLACE = "Triage"
    MOVES = False
    BESIDE = "The card"

    DEFAULT_CSS = """
    TriageScreen {
        align: center top;
        & > #deck-head { dock: top; height: 2; padding-top: 1; }
        & > RowList {
            border: round $border;
            border-title-color: $text-accent;
            border-title-style: bold;
            border-subtitle-color: $text-muted;
            margin-top: 1;
        }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("b", "verdict('build')", "Build", id="deck.build", tooltip="Mine to build"),
        Binding("d", "verdict('delegate')", "Delegate", id="deck.delegate", tooltip="Another's to build"),
        Binding("l", "verdict('later')", "Later", id="deck.later", tooltip="Back on a later day"),
        Binding("x", "verdict('drop')", "Drop", id="deck.drop", tooltip="Not to be built"),
        Binding("X", "drop_because", "Drop because", id="deck.drop_because", show=False, tooltip="Drop, and say why"),
        Binding("s,space", "skip", "Skip", id="deck.skip", tooltip="Leave it as it is"),
        Binding("u", "undo", "Undo", id="deck.undo", tooltip="The last key taken back"),
        Binding("enter", "agree", "As suggested", id="deck.agree", show=False, tooltip="Do as suggested"),
        Binding("e", "edit", "Edit", id="deck.edit", tooltip="Edit the item"),
        *(
            Binding(f"{digit}", f"rate({digit})", "Rate", id=f"deck.rate_{digit}", show=False,
                    tooltip="Impact, then edge")
            for digit in range(1, 6)
        ),
        Binding("minus", "estimate(-1)", "Shorter", id="deck.shorter", key_display="-", show=False,
                tooltip="Estimate: less, more"),
        Binding("plus,equals_sign", "estimate(1)", "Longer", id="deck.longer", key_display="+", show=False,
                tooltip="Estimate: less, more"),
        Binding("a", "ask('ambiguous')", "Ambiguous", id="deck.ambiguous", show=False, tooltip="Still ambiguous?"),
        Binding("t", "ask('crossing')", "Teams", id="deck.crossing", show=False, tooltip="Crosses teams?"),
        Binding("c", "ask('cheap')", "Cheap", id="deck.cheap", show=False, tooltip="Wrong answer cheap?"),
        Binding("o", "ask('owned')", "Owned", id="deck.owned", show=False, tooltip="Does someone own it?"),
        Binding("n", "new_item", "New", id="deck.new", show=False, tooltip="Write down an idea"),
        Binding("question_mark,f1", "app.help", "Help", id="deck.help", tooltip="The keys that work here"),
        SHARE_SAFE,
        Binding("escape,q", "leave", "Leave", id="deck.leave", tooltip="Back; all is written"),
    ]  # fmt: skip

    def __init__(self, desk: Desk, items: Sequence[Item]) -> None:
        super().__init__()
        self.open_since = time.monotonic()
        self._desk = desk
        self._deck: Deck = decks.deal(items)
        self._began = desk.now()
        self._rows = RowList(can_focus=False)
        self._head = Static(id="deck-head")
        self._left = False
        self._own_keys: tuple[tuple[str, str], ...] = ()
        self._shown_item = True

    def compose(self) -> ComposeResult:
        yield self._head
        yield self._rows
        yield KeyBar()

    def on_mount(self) -> None:
        self._lay_out()

    def on_resize(self) -> None:
        self._lay_out()

    def on_screen_resume(self) -> None:
        self._lay_out()

    def refresh_items(self) -> None:
        """The backlog is another: what is gone leaves the deck."""
        self._deck = decks.settle(self._deck, self._items())
        self._lay_out()

    def write_failed(self) -> None:
        """Something was not written: go back to it."""
        self._deck = decks.rewind(self._deck, self._items())
        self._lay_out()

    # Keys.

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Once all are gone through there is nothing to decide."""
        if action in ("undo", "leave", "new_item"):
            return True
        return action == "agree" or self._item() is not None

    async def action_verdict(self, verdict: Verdict) -> None:
        """Decide on the card; the next one comes up once it is known whom or when."""
        if (item := self._item()) is not None and self._may_write():
            people = self._desk.likely_people(item)
            await asking.ask_verdict(self.app, item, verdict, self._desk.now(), people, partial(self._decided, item))

    async def action_drop_because(self) -> None:
        """Drop the card with a reason."""
        if (item := self._item()) is not None and self._may_write():
            await asking.ask_reason(self.app, item, self._desk.now(), partial(self._decided, item))

    async def action_agree(self) -> None:
        """Do what the suggestion says; at the end of the deck, leave."""
        item = self._item()
        if item is None:
            self.action_leave()
        elif suggestion := suggest(item, self._desk.now()):
            await self.action_verdict(suggestion[0])

    def action_skip(self) -> None:
        """The next card; this one stays as it is."""
        self._deck = decks.skip(self._deck)
        self._lay_out()

    def action_undo(self) -> None:
        """Take the last key back, however many there were."""
        self._deck, wrote = decks.undo(self._deck)
        if wrote:
            self._desk.take_back()
        else:
            self._lay_out()

    async def action_edit(self) -> None:
        """Edit the card."""
        if (item := self._item()) is not None:
            await asking.ask_edit(self.app, item, self._desk.known_texts(), partial(self._changed, item))

    async def action_new_item(self) -> None:
        """Write down an idea; it comes last in the deck."""
        desk, done = self._desk, partial(self._changed, None)
        await asking.ask_new(self.app, desk.new_id(), desk.now(), desk.known_texts(), desk.backlog_problem, done)

    def action_rate(self, digit: int) -> None:
        """Impact; pressed again, edge."""
        if (item := self._item()) is not None and self._may_write():
            rated = edit(item, impact=digit) if self._deck.rating == "impact" else edit(item, edge=digit)
            self._changed(item, rated, rated=True)

    def action_estimate(self, steps: int) -> None:
        """A shorter or longer estimate."""
        if (item := self._item()) is not None and self._may_write():
            self._changed(item, step_estimate(item, steps))

    def action_ask(self, question: str) -> None:
        """Answer a question of triage: yes, no, not answered."""
        if (item := self._item()) is not None and self._may_write():
            answer = {None: True, True: False, False: None}[getattr(item, question)]
            self._changed(item, edit(item, **{question: answer}))  # type: ignore[arg-type]  # one of QUESTIONS

    def action_leave(self) -> None:
        """Back to the panes."""
        if not self._left:
            self._left = True
            self.dismiss(None)

    # How it is done.

    def _items(self) -> Mapping[str, Item]:
        backlog = self._desk.backlog
        return backlog.shelves.by_id if backlog and backlog.shelves else {}

    def _item(self) -> Item | None:
        return self._items().get(self._deck.current or "")

    def _may_write(self) -> bool:
        """False, said, where the backlog cannot be written."""
        if problem := self._desk.backlog_problem():
            self.app.notify(f"{problem}; nothing was changed", severity="error", timeout=10, markup=False)
        return not problem

    def _decided(self, before: Item, decision: asking.Decision) -> None:
        after = decision(before)
        self._deck = decks.decide(self._deck, after)
        self._desk.write(before, after)  # which has the card laid out, as `refresh_items`

    def _changed(self, before: Item | None, after: Item, *, rated: bool = False) -> None:
        if after == before and not rated:
            return
        self._deck = decks.change(self._deck, after, rated=rated)
        self._desk.write(before, after)

    def _lay_out(self) -> None:
        if not self.is_mounted or self._left:
            return
        item, items = self._item(), self._items()
        width = min(self.app.size.width - 2, WIDEST)
        height = max(min(self.app.size.height - 6, TALLEST), 1)
        self._rows.styles.width, self._rows.styles.height = width, height + 2
        self._head.update(Content.assemble(*self._progress(items)).truncate(self.app.size.width))
        inner = width - 3
        if item is None:
            title, following, rows = "Done", "", self._summary(items, inner)
        else:
            now = self._desk.now()
            told = CardFacts(
                now, self._deck.rating, suggest(item, now), tuple(self._desk.facts_of(item)), self._question_keys()
            )
            state = effective_state(item, now.date())
            title = "Inbox" if state == "inbox" else SAID[state].capitalize()
            after = items.get(self._deck.following or "")
            following = f"next: {after.title}" if after else "the last one"
            rows = card_rows(item, told, inner, height)
        self._rows.border_title = Content(shown(self, title))
        self._rows.border_subtitle = Content(shown(self, cut(following, max(inner - 4, 1))))
        self._rows.show(rows)
        if (item is not None) != self._shown_item:
            self._shown_item = item is not None
            self.refresh_bindings()

    def _progress(self, items: Mapping[str, Item]) -> list[tuple[str, str]]:
        deck, width = self._deck, self.app.size.width
        place, indent = min(deck.at + 1, len(deck.ids)), max((width - WIDEST - 2) // 2, 0)
        parts: list[tuple[str, str]] = [
            (f"{'':{indent}}  TRIAGE", "$text-accent bold"),
            (f"  {place} of {len(deck.ids)}  ", "$foreground"),
        ]
        said = self._tally(items)
        left = decks.seconds_left(deck, (self._desk.now() - self._began).total_seconds())
        said += [_about(left)] if left is not None else []
        tail = " · ".join(said)
        room = width - sum(len(text) for text, _ in parts) - len(tail) - 4
        if room >= 10:
            tones = {"accent": "$text-accent", "faint": "$text-disabled"}
            parts += [(text, tones[tone]) for text, tone in progress_line(deck.at, len(deck.ids), min(room, 30))]
            parts.append(("  ", ""))
        parts.append((tail, "$text-muted"))
        return [(shown(self, text), style) for text, style in parts]

    def _tally(self, items: Mapping[str, Item]) -> list[str]:
        return [f"{number} {SAID[state]}" for state, number in decks.tally(self._deck, items, self._desk.now().date())]

    def _summary(self, items: Mapping[str, Item], width: int) -> list[Row]:
        done = len(self._deck.ids)
        took = max(int((self._desk.now() - self._began).total_seconds()), 0)
        spent = f"{took // 60} min {took % 60} s" if took >= 60 else f"{took} s"
        said = self._tally(items)
        decided = sum(number for _, number in decks.tally(self._deck, items, self._desk.now().date()))
        said += [f"{done - decided} left as they were"] if done > decided else []
        lines = [
            ("", "text"),
            (f"  {count(done, 'item')} gone through in {spent}" if done else "  nothing to go through", "strong"),
            ("", "text"),
            *((f"  {line}", "text") for line in said),
            ("", "text"),
            ("  everything is written; enter goes back, u takes the last key back", "muted"),
        ]
        return [
            Row(f"end-{place}", (Span(cut(text, width), tone),), selectable=False)
            for place, (text, tone) in enumerate(lines)
        ]

    def _question_keys(self) -> tuple[tuple[str, str], ...]:
        """The person's own keys for the questions; they do not change while it is open."""
        if self._own_keys:
            return self._own_keys
        bindings = [active.binding for active in self.active_bindings.values()]
        found = {binding.id: self.app.get_key_display(binding) for binding in bindings}
        self._own_keys = tuple((name, found[f"deck.{name}"]) for name in QUESTIONS if f"deck.{name}" in found)
        return self._own_keys


def _about(seconds: float) -> str:
    return f"about {round(seconds / 60)} min left" if seconds >= 90 else f"about {max(round(seconds), 1)} s left"
