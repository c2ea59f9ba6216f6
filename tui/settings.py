"""What the screen needs to know of the configuration. Values only; `tui.bootstrap` fills it in."""

from pathlib import Path

from msgspec import Struct, field

from tui.domain.arranging import Group, View
from tui.domain.attention import AttentionRules
from tui.domain.keymap import Keymap
from tui.domain.panes import PANES, PaneName
from tui.domain.planning import PlanningRules
from tui.domain.reminding import ReminderRules
from tui.domain.sharing import ShareSafe


class Settings(Struct, frozen=True):
    """Rules and looks, the person's or the defaults."""

    attention: AttentionRules = field(default_factory=AttentionRules)
    groups: tuple[Group, ...] = ()
    """The person's own groups of repositories."""
    view: View = field(default_factory=View)
    """How the repositories were looked at last."""
    planning: PlanningRules = field(default_factory=PlanningRules)
    reminders: ReminderRules = field(default_factory=ReminderRules)
    hold_title: str = "Focus time"
    """What a held gap is called; `{item}` in it is the item that fits best."""
    hold_shown: bool = True
    """True where what is held comes back through one of the configured calendars."""
    toes_days: int = 14
    """From how many days back others' work is told before building; 0 is never."""
    new_in: Path | None = None
    """The folder new repositories go into; None where there is none."""
    new_in_shown: bool = True
    """True where what is in that folder is among the repositories."""
    templates: tuple[Path, ...] = ()
    """Folders whose files a new repository may begin with."""
    sync: bool = False
    """True where the backlog is shared through git."""
    looked_in: tuple[str, ...] = ()
    """The roots, as an empty pane names them."""
    theme: str = ""
    """Name of a theme; one that is not known, or empty, is makerhour's dark one."""
    few_colors: bool = False
    """True where the terminal has at most 16."""
    ascii_marks: bool = False
    share_safe: ShareSafe = False
    """Whether names are hidden from the start, or by themselves while a meeting is under way."""
    panes: tuple[PaneName, ...] = PANES
    """The panes that are shown, in their order."""
    keys: tuple[tuple[str, str], ...] = ()
    """Action id and key, for keys that differ from the defaults."""
    key_problems: tuple[str, ...] = ()
    """What is wrong with keys of the person's own, a sentence each."""
    motion: bool = True
    """False where nothing may move by itself."""
    home: Path | None = None
    """Shown as `~` in paths."""
    configured: bool = True
    """False where there is no configuration: a guided start is offered."""

    @property
    def keymap(self) -> dict[str, str]:
        """Action id and key where they are not the bindings': the person's own, and those of panes in their order."""
        return Keymap(self.keys).in_force(self.panes)
