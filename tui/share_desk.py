"""The app's dealings with share-safe: on and off, what names are hidden by, and everything shown anew.

While it is on every message is gone through for names before it is shown, on the thread that brings it; while it is off
the last messages of each kind are kept, and nothing else is done. Panes and dialogs have the real things throughout,
so that every key acts on them: names are hidden where text is made for the screen (`widgets.seen`), once more in every
painted line (`widgets.last_net`), and here in what leaves the screen another way.
"""

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from threading import RLock
from typing import TYPE_CHECKING

from msgspec.structs import replace
from textual.filter import LineFilter
from textual.message import Message

from tui import messages
from tui.desk import BacklogDesk
from tui.domain.agenda import Agenda, Meeting
from tui.domain.backlog import Item
from tui.domain.sharing import ShareSafe, Sharing, beginning, looked, meetings_taking_time, pressed, set_to, under_way
from tui.screens.dialog import Dialog
from tui.settings import Settings
from widgets.pane import Pane
from widgets.row_list import RowList
from widgets.seen import HIDING_CLASS, disguise

if TYPE_CHECKING:
    from tui.domain.private_fields import Learner
    from tui.domain.stand_ins import StandIns
    from widgets.last_net import LastNet

MOST_KEPT = 64
"""Messages of a kind that are kept, of those that do not replace one another."""


class ShareDesk(BacklogDesk):
    """The part of the app that hides names from others; `tui.app` is the whole."""

    settings: Settings
    now: Callable[[], datetime]
    agenda: Agenda | None
    sharing = Sharing()
    _came: dict[type[Message], deque[Message]] | None = None
    """The last messages of each kind."""
    _stand_ins: "StandIns | None" = None
    _learner: "Learner | None" = None
    _net: "LastNet | None" = None
    _taking: tuple[object, Sequence[Meeting] | None] = (None, None)
    """The meetings that take time, and the agenda they are of."""

    def begin_sharing(self, now: datetime) -> None:
        """Before anything is shown: on where that is set, or a meeting is under way."""
        self._set_sharing(looked(beginning(self.settings.share_safe), self._under_way(now)), said=False)

    def on_unmount(self) -> None:
        """What hides is the process's own (see `widgets.seen`), and another dashboard may follow in it."""
        disguise(None)

    def share_by(self, setting: ShareSafe) -> None:
        """Go by another setting from now on."""
        if setting != self.sharing.setting:
            sharing = set_to(self.sharing, setting)
            self._set_sharing(looked(sharing, self._under_way(self.now())))

    def share_in_meetings(self, now: datetime) -> None:
        """Turn it on as a meeting begins and off after it, where that is wanted."""
        if self.sharing.setting == "meeting":
            self._set_sharing(looked(self.sharing, self._under_way(now)))

    def action_share_safe(self) -> None:
        """Hide names and titles from others, or show them again."""
        self._set_sharing(pressed(self.sharing))

    @property
    def hiding(self) -> bool:
        """True while share-safe is on."""
        return self.sharing.on

    def hide_outside(self, text: str) -> str:
        """`text` for where it leaves the screen: the clipboard, the terminal's title, the last words of a crash."""
        return self._stand_ins.outside(text) if self.hiding and self._stand_ins else text

    # What comes in.

    def post_message(self, message: Message) -> bool:
        """See MessagePump; from any thread. What a source says is known here before anybody can show it."""
        if type(message).__module__ == messages.__name__:
            self._take_in(message)
        return super().post_message(message)

    def write(self, before: Item | None, after: Item) -> None:
        """See BacklogDesk; what was just typed has its stand-in before it is shown as an item, and a person or
        repository named by its stand-in is the one it stands for."""
        super().write(before, self._meant(after))

    def write_all(self, items: Iterable[Item], change: Callable[[Item], Item], *, keep_marks: bool = False) -> None:
        """See BacklogDesk and `write`."""
        super().write_all(items, lambda item: self._meant(change(item)), keep_marks=keep_marks)

    # What goes out.

    def get_line_filters(self) -> Sequence[LineFilter]:
        """See App."""
        found = super().get_line_filters()
        return (*found, self._net) if self._net is not None and self.hiding else found

    def copy_to_clipboard(self, text: str) -> None:
        """See App."""
        super().copy_to_clipboard(self.hide_outside(text))

    # How it is done.

    def _set_sharing(self, sharing: Sharing, *, said: bool = True) -> None:
        before, self.sharing = self.sharing, sharing
        if before.on == sharing.on:
            return
        if sharing.on:
            self._learn_all()
        disguise(self._stand_ins if sharing.on else None)
        self.engine.disguise(self._stand_ins.of if sharing.on and self._stand_ins else None)
        self.set_class(sharing.on, HIDING_CLASS)
        if said:
            self._show_anew()
            self._say_sharing()

    def _say_sharing(self) -> None:
        key = self.get_key_display(self.dashboard.key_of("app.share_safe"))
        if self.hiding:
            self.say(f"share-safe is on: names are hidden, but not in what you start; {key} shows them")
        else:
            self.say("share-safe is off: names show")

    def _show_anew(self) -> None:
        from widgets.text_line import TextLine

        self.clear_notifications()
        self.dashboard.clear_notice(float("inf"))
        for screen in self.screen_stack:
            for widget in screen.walk_children():
                if isinstance(widget, Pane | RowList | TextLine):
                    widget.show_anew()
                else:
                    widget.refresh()
            screen.show_anew() if isinstance(screen, Dialog) else screen.refresh()
        self.dashboard.follow_selection()
        self.show_deck()
        self.show_now()

    def _learn_all(self) -> None:
        """Whatever may be shown, from now or before."""
        if self._stand_ins is None:
            from tui.domain.private_fields import Learner
            from tui.domain.stand_ins import StandIns
            from widgets.last_net import LastNet

            self._stand_ins = StandIns(RLock())
            self._learner = Learner(self._stand_ins, self.settings.home)
            self._net = LastNet(self._stand_ins.words, self._typed)
        for known in (self.settings, self.fleet, self.agenda, self.backlog, self.journal.history):
            self._learn(known)
        for came in tuple((self._came or {}).values()):
            for message in tuple(came):
                self._learn(message)

    def _take_in(self, message: Message) -> None:
        if self._came is None:
            self._came = {}
        kind = type(message)
        if kind not in self._came:
            self._came[kind] = deque(maxlen=1 if isinstance(message, messages.Refreshed) else MOST_KEPT)
        self._came[kind].append(message)
        self._learn(message)

    def _learn(self, known: object) -> None:
        if self.hiding and self._learner is not None:
            self._learner.learn(known)

    def _under_way(self, now: datetime) -> frozenset[tuple[datetime, str]] | None:
        if self.sharing.setting != "meeting" and self.settings.share_safe != "meeting":
            return None
        if self._taking[0] is not self.agenda or self.agenda is None:
            self._taking = self.agenda, meetings_taking_time(self.agenda, self.settings.planning)
        taking = self._taking[1]
        return None if taking is None else under_way(taking, now)

    def _typed(self) -> str:
        """What the person is typing: theirs to show, but not what stood there before."""
        from textual.widgets import Input  # slow to import

        focused = self.focused
        return focused.value if isinstance(focused, Input) and not focused.password else ""

    def _meant(self, item: Item) -> Item:
        if not self.hiding or self._stand_ins is None:
            return item
        meant = self._stand_ins.meant
        told = replace(item, person=meant(item.person), repo=meant(item.repo), theme=meant(item.theme))
        self._learn(told)
        return told
