"""The command palette: every action of the screen it is opened over by name, and what can be gone to. Things are looked
for in short turns, between which keys are answered, and no more are shown than anybody reads."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from heapq import nlargest
from itertools import islice
from typing import Any, Protocol, cast

from msgspec import Struct
from rich.cells import cell_len
from textual import on
from textual.app import ComposeResult
from textual.command import CommandInput, CommandList, CommandPalette, DiscoveryHit, Hit, Hits, Provider
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Input, LoadingIndicator
from textual.worker import Worker

from tui.domain.matching import match_letters, match_words, places_of
from tui.screens.dialog import STYLES
from widgets.formats import cut
from widgets.posted import Posted
from widgets.rows import shown
from widgets.seen import is_hiding, seen

TURN = 500
"""So many texts are looked at before other things have their turn."""
MOST = 12
"""Hits of a kind."""
MOST_RECENT = 8
WIDEST = 96
RECENT_BONUS = 5.0
PATIENCE_SECONDS = 0.3
"""How long it takes at most from what was chosen to the end of this."""


class Entry(Struct, frozen=True):
    """Something that can be chosen."""

    key: str
    """What it is remembered by: an action's id, or its kind and what it is."""
    title: str
    told: str
    """In a few words what it does, or what kind of thing it is."""
    act: Callable[[], Any]
    keys: str = ""
    """The key that does it without the palette."""


class Shelf(Struct, frozen=True):
    """Things of a kind to be found, however many: an entry is made of those that are shown only."""

    things: Sequence[Any]
    text: Callable[[Any], str]
    """What one is found by; while share-safe is on, by what is seen of it."""
    entry: Callable[[Any], Entry]


class Finder(Protocol):
    """What the palette needs of the app."""

    def shelves(self, screen: Screen[Any]) -> Sequence[Shelf]:
        """What can be found from `screen`, actions first."""

    def recent(self, screen: Screen[Any]) -> Iterable[Entry]:
        """What was chosen last, the last first, as far as it is still there."""

    def chosen(self, entry: Entry) -> Any:
        """Do it, and remember it."""


class Found(Provider):
    """What the palette shows for what is typed."""

    async def startup(self) -> None:
        """Lower all texts, in turns."""
        finder = cast("Finder", self.app)
        self._finder = finder
        self._shelves = finder.shelves(self.screen)
        self._texts: list[list[str]] = []
        self._lasting = [entry.key for entry in finder.recent(self.screen)]
        for shelf in self._shelves:
            texts: list[str] = []
            for part in _turns(shelf.things):
                known = map(shelf.text, part)
                texts += [text.casefold() for text in (map(seen, known) if is_hiding() else known)]
                await asyncio.sleep(0)
            self._texts.append(texts)

    async def discover(self) -> Hits:
        """What was chosen last, then every action."""
        last = list(islice(self._finder.recent(self.screen), MOST_RECENT))
        known = {entry.key for entry in last}
        actions = (self._shelves[0].entry(thing) for thing in self._shelves[0].things) if self._shelves else iter(())
        for entry in (*last, *(entry for entry in actions if entry.key not in known)):
            yield DiscoveryHit(self._line(entry, ()), self._choosing(entry), text=seen(entry.title))

    async def search(self, query: str) -> Hits:
        """The best of each kind."""
        words = query.casefold().split()
        found = [hit async for hit in self._matching(lambda text: match_words(words, text))]
        if not found:  # a slip, or the first letters of several words
            letters = "".join(words)
            found = [hit async for hit in self._matching(lambda text: match_letters(letters, text))]
        for score, entry in found:
            bonus = RECENT_BONUS if entry.key in self._lasting else 0.0
            yield Hit(score + bonus, self._line(entry, words), self._choosing(entry), text=seen(entry.title))

    async def _matching(self, score: Callable[[str], float]) -> AsyncIterator[tuple[float, Entry]]:
        for shelf, texts in zip(self._shelves, self._texts, strict=True):
            best: list[tuple[float, int]] = []
            first = 0
            for part in _turns(texts):
                scored = ((score(text), -first - place) for place, text in enumerate(part))
                best = nlargest(MOST, (*best, *(each for each in scored if each[0] > 0)))
                first += len(part)
                await asyncio.sleep(0)
            for points, place in best:
                yield points, shelf.entry(shelf.things[-place])

    def _choosing(self, entry: Entry) -> Callable[[], Any]:
        return lambda: self._finder.chosen(entry)

    def _line(self, entry: Entry, words: Sequence[str]) -> Content:
        """Title, what it is, and its key on the right."""
        width = line_width(self.app.size.width)
        title = cut(entry.title, width * 3 // 5)
        told = cut(entry.told, width - cell_len(title) - cell_len(entry.keys) - 4)
        apart = width - cell_len(title) - cell_len(told) - cell_len(entry.keys) - 2
        widget = self.screen
        line = Content.assemble(
            (shown(widget, title), "bold"),  # all in the row's own colour: under the cursor that is another
            shown(widget, f"  {told}"),
            " " * max(apart, 1),
            (shown(widget, entry.keys), "bold"),
        )
        if self.match_style is not None:
            for place in places_of(words, title.casefold()) if words else ():
                if place < len(title):
                    line = line.stylize(self.match_style, place, place + 1)
        return line


class Palette(CommandPalette):
    """Textual's palette, in our frame and without pictures of magnifying glasses."""

    CSS_PATH = STYLES
    DEFAULT_CSS = """
    Palette {
        & > Vertical {
            max-width: 96;
            margin-top: 2;
            background: $background;
            &:dark { background: $background; }
        }
        #--input {
            border: round $border;
            border-title-color: $text-accent;
            border-title-style: bold;
            border-subtitle-color: $text-muted;
            background: $background;
        }
        #--input.--list-visible { border: round $border; }
        CommandInput, CommandInput:focus { border: none; height: 1; padding: 0 1; }
        CommandList, CommandList:focus { border: round $border-blurred; max-height: 70vh; background: $background; }
        CommandList > .option-list--option { padding: 0 1; text-style: not bold; }
        CommandList > .option-list--option-highlighted {
            background: $block-cursor-background;
            color: $block-cursor-foreground;
        }
        CommandList:nocolor > .option-list--option-highlighted { text-style: reverse; }
    }
    App.-ascii Palette #--input, App.-ascii Palette #--input.--list-visible { border: ascii $border; }
    App.-ascii Palette CommandList, App.-ascii Palette CommandList:focus { border: ascii $border-blurred; }
    """

    class Stayed(Posted):
        """Posted when enter has done nothing: there is nothing to do, or more than one thing."""

    def __init__(
        self,
        providers: Iterable[type[Provider]] = (Found,),
        *,
        title: str = "Every action by name",
        placeholder: str = "an action, an item, a repository, a meeting",
    ) -> None:
        super().__init__(providers, placeholder=placeholder)
        self._title = title
        self._agreed = False
        """True where enter came before what it was meant for was found."""

    def on_mount(self) -> None:
        self.query_one(CommandInput).cursor_blink = self.app.animation_level != "none"

    @on(Input.Changed)
    def look_again(self) -> None:
        if self._agreed:  # what was pasted after enter
            self._agreed = False
            self._stay()

    @on(Input.Submitted)
    def wait_for_found(self, event: Input.Submitted) -> None:
        """Enter means what is found for all that was typed, never what stood there before."""
        if self._is_looking():
            event.stop()
            event.prevent_default()
            self._agreed = True
        else:
            self.set_timer(PATIENCE_SECONDS, self._stay)

    @on(Worker.StateChanged)
    def choose_found(self) -> None:
        if self._agreed and not self._is_looking():
            self._agreed = False
            self.query_one(CommandList).action_select()
            self.set_timer(PATIENCE_SECONDS, self._stay)

    def _stay(self) -> None:
        self.post_message(self.Stayed())

    def _is_looking(self) -> bool:
        return any(worker.node is self and not worker.is_finished for worker in self.workers)

    def compose(self) -> ComposeResult:
        with Vertical(id="--container"):
            with Horizontal(id="--input") as frame:
                frame.border_title = Content(shown(self, self._title))
                frame.border_subtitle = Content(shown(self, "enter does it · esc leaves"))
                yield CommandInput(placeholder=shown(self, self._placeholder), select_on_focus=False)
            with Vertical(id="--results"):
                yield CommandList()
                yield LoadingIndicator()


def line_width(screen_width: int) -> int:
    """Cells a line of the palette has on a screen of `screen_width`: less frame, padding and scroll bar."""
    return min(screen_width, WIDEST) - 6


def _turns(things: Sequence[Any]) -> Iterator[Sequence[Any]]:
    return (things[place : place + TURN] for place in range(0, len(things), TURN))
