"""The gate between what is known and what is seen: text is made safe here and, while share-safe is on, gets stand-ins
for names (`tui.domain.stand_ins`). The last net under it is `widgets.last_net`.

`seen` is the only way text reaches a widget; it is called before text is cut or wrapped, for half a name is no name
any more. What hides is kept for the whole process, since text is made for the screen far from any widget, and there is
one dashboard in a process. It is set by the app (`tui.share_desk`), and by nothing else.
"""

from typing import Protocol

from tui.domain.text import MAX_SHOWN, safe_text

HIDING_CLASS = "-share-safe"
"""Set on the app while share-safe is on."""


class Hides(Protocol):
    """What hides names in text."""

    def hide(self, text: str) -> str:
        """`text` with stand-ins."""


class _Gate:
    """What hides, and how often that changed."""

    hides: Hides | None = None
    turns = 0


_gate = _Gate()


def disguise(hides: Hides | None) -> None:
    """Have everything that is shown from now on pass `hides`; None shows it as it is."""
    if hides is not _gate.hides:
        _gate.hides = hides
        _gate.turns += 1


def is_hiding() -> bool:
    """True while share-safe is on."""
    return _gate.hides is not None


def turns() -> int:
    """How often it was turned on or off: what was made of text before another turn is not to be shown."""
    return _gate.turns


def seen(text: str, limit: int = MAX_SHOWN) -> str:
    """`text` as it may be seen: see `safe_text`, and with stand-ins while share-safe is on."""
    return safe_text(text if _gate.hides is None else _gate.hides.hide(text), limit)
