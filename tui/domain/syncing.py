"""What syncing the backlog brings, as facts and sentences."""

from msgspec import Struct


class Synced(Struct, frozen=True):
    """What a sync did. Both sides are equal after it."""

    sent: int = 0
    """Items that are new, changed or gone for the others."""
    received: int = 0
    """Items that are new, changed or gone here."""
    others: int = 0
    """Commits about other files that went along, because they lie on the same branch."""
    clashes: tuple[str, ...] = ()
    """A sentence for each field both sides changed; both values are kept."""


class Unsent(Struct, frozen=True):
    """What a sync would send, as far as is known without asking the remote. There is something."""

    items: int = 0
    """Items that changed here; 0 where the file differs by other things."""
    others: int = 0
    """Commits about other files that would go along."""


def format_synced(synced: Synced) -> str:
    """What was done, in a line."""
    parts = [f"{synced.sent} sent"] if synced.sent else []
    parts += [f"{synced.received} received"] if synced.received else []
    said = f"synced: {', '.join(parts) or 'nothing new'}"
    return f"{said}; {_commits(synced.others)} on other files went along" if synced.others else said


def format_unsent(unsent: Unsent) -> str:
    """What is not sent, in a line."""
    items = f"{unsent.items} changed {'item is' if unsent.items == 1 else 'items are'} not sent"
    if not unsent.items:
        items = "a change of the backlog's file is not sent"
    return f"{items}; {_commits(unsent.others)} on other files would go along" if unsent.others else items


def _commits(number: int) -> str:
    return f"{number} {'commit' if number == 1 else 'commits'}"
