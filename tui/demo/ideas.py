"""What the demo's backlog holds: prototype ideas in every state.

Only content, as plain values. Writing it is `tui.demo`.
"""

from msgspec import Struct

from tui.demo.story import ANA, JOSE
from tui.domain.backlog import State


class Idea(Struct, frozen=True):
    """One item of the backlog; ages and dates in days from now, negative for the past."""

    id: str
    title: str
    state: State
    created: float
    why: str = ""
    estimate: int | None = None
    impact: int | None = None
    edge: int | None = None
    theme: str = ""
    repo: str = ""
    person: str = ""
    until: int | None = None
    reason: str = ""
    decided: float | None = None
    done: float | None = None


IDEAS = (
    Idea(
        "k7q2m4xa",
        "Draft support replies from past tickets",
        "inbox",
        -0.1,
        "Hana says 40 % of tickets repeat",
    ),
    Idea(
        "p3v9d6ce",
        "Explain an invoice line in one sentence",
        "inbox",
        -0.8,
        theme="self-serve",
        repo="billing",
    ),
    Idea(
        "w5t8b2nf",
        "Let intake suggest who should answer",
        "inbox",
        -1.5,
        estimate=60,
        impact=3,
        repo="intake",
    ),
    Idea("h6r4y7sg", "Replay a day of production traffic in staging", "inbox", -3, repo="infra"),
    Idea(
        "c2x7k5ua",
        "Voice inbox: spoken notes become items",
        "build",
        -6,
        "Ideas are lost between the car and the desk",
        45,
        4,
        5,
        "capture",
        "voicebox",
        decided=-4,
    ),
    Idea(
        "m9f3q8jb",
        "Usage caps simulator for sales calls",
        "build",
        -9,
        "Explained on slides every week; nobody has seen it work",
        90,
        5,
        4,
        "usage pricing",
        "billing",
        decided=-7,
    ),
    Idea(
        "t4n6z2vd",
        "Pricing sheet that answers what-if",
        "build",
        -12,
        "The board asks the same three questions",
        30,
        3,
        4,
        "usage pricing",
        "pricing-model",
        decided=-5,
    ),
    Idea(
        "b8s5w3he",
        "Property test for double-entry posting",
        "build",
        -2,
        "The invariant is in my head only",
        50,
        4,
        4,
        "trust",
        "ledger-api",
        decided=-1,
    ),
    Idea(
        "y2g7c9kf",
        "Evals for the refund agent",
        "build",
        -4,
        "",
        180,
        5,
        5,
        "trust",
        "agent-evals",
        decided=-3,
    ),
    Idea("d5j4x6mq", "Retry budget per tenant", "build", -8, repo="edge-router", theme="trust", decided=-2),
    Idea(
        "v7p3a8rw",
        "Offline drafts survive a restart",
        "delegated",
        -15,
        "",
        120,
        3,
        2,
        "",
        "mobile-app",
        JOSE,
        decided=-6,
    ),
    Idea(
        "z6k2f4ty",
        "Caps: e-mail before the hard limit",
        "delegated",
        -11,
        "",
        60,
        4,
        2,
        "usage pricing",
        "billing",
        ANA,
        decided=-5,
    ),
    Idea(
        "n4h8q5bx",
        "Nightly export as a stream",
        "later",
        -20,
        "",
        240,
        2,
        3,
        "",
        "data-exports",
        until=9,
        decided=-10,
    ),
    Idea("g3w9s7dz", "One glossary for ledger and billing", "later", -30, "", 30, 2, 4, until=1, decided=-13),
    Idea("r8c5j2ev", "Chat client in the terminal", "dropped", -25, reason="bought one instead", decided=-18),
    Idea(
        "x9b6t3pu",
        "Invoice preview for tomorrow",
        "done",
        -16,
        "",
        90,
        4,
        3,
        "self-serve",
        "billing",
        decided=-14,
        done=-1,
    ),
)
