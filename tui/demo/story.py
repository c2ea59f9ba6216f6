"""What the demo tells of repositories: a made-up team and what it did.

Only content, as plain values; ages are hours or days before now. Building it is `tui.demo`; the meetings are
`tui.demo.agenda`, the ideas `tui.demo.ideas`.
"""

from msgspec import Struct

ME = "Noor Haddad"
ME_ADDRESS = "noor@example.com"
ANA, CHIDI, PRIYA, TOMASZ = "Ana Ribeiro", "Chidi Okafor", "Priya Raman", "Tomasz Nowak"
MEI, LARS, JOSE, HANA = "Mei Tanaka", "Lars Eriksen", "José Álvarez", "Hana Novotná"

Files = tuple[tuple[str, str], ...]
"""Path and text of each file."""


def address(name: str) -> str:
    """The made-up e-mail address of a person."""
    return f"{name.split(maxsplit=1)[0].lower().replace('é', 'e')}@example.com"


class Made(Struct, frozen=True):
    """One commit."""

    who: str
    hours: float
    """Before now."""
    subject: str
    files: Files = ()


class Line(Struct, frozen=True):
    """One ref and the commits on it, oldest first."""

    ref: str
    commits: tuple[Made, ...] = ()
    base: str = ""
    """The ref it starts from, told before it; empty for a first commit of its own."""
    back: int = 0
    """How many commits before the tip of `base` it starts."""


class Write(Struct, frozen=True):
    """A file written into the work tree and not committed."""

    path: str
    text: str
    days: float = 0
    """How long ago it was last changed."""


class Git(Struct, frozen=True):
    """A git command in the work tree."""

    args: tuple[str, ...]
    stops: bool = False
    """True where it is meant to stop half-way (a merge with a conflict)."""


class Lane(Struct, frozen=True):
    """A linked work tree on `proto/<slug>`, beside its repository."""

    slug: str
    steps: tuple[Write | Git, ...] = ()


class Story(Struct, frozen=True):
    """One repository: its lines, what is checked out, and what was then done in it."""

    name: str
    lines: tuple[Line, ...] = ()
    checkout: str = "main"
    tracks: tuple[tuple[str, str], ...] = (("main", "main"),)
    """Local branch and the branch of `origin` it follows; without any there is no remote."""
    steps: tuple[Write | Git, ...] = ()
    lanes: tuple[Lane, ...] = ()


MAIN, ORIGIN = "refs/heads/main", "refs/remotes/origin/main"
_DAY = 24.0

BILLING = Story(
    "billing",
    (
        Line(
            ORIGIN,
            (
                Made(CHIDI, 40 * _DAY, "Invoices from metered usage", (("README.md", "# billing\n"),)),
                Made(
                    ANA,
                    9 * _DAY,
                    "Round per line, not per invoice",
                    (("invoice/rounding.py", "SCALE = 2\n"),),
                ),
                Made(ME, 6 * _DAY, "Keep the usage window in UTC", (("usage/window.py", "ZONE = 'UTC'\n"),)),
                Made(CHIDI, 20, "Retry failed charges for three days", (("charge/retry.py", "DAYS = 3\n"),)),
                Made(
                    CHIDI,
                    5,
                    "Tell support when a charge is given up",
                    (("charge/notify.py", "TO = 'support'\n"),),
                ),
            ),
        ),
        Line(
            "refs/remotes/origin/feat/usage-caps",
            (
                Made(ANA, 26, "Caps: read limits from the plan", (("caps/limits.py", "LIMITS = {}\n"),)),
                Made(ANA, 4, "Caps: soft limit at 80 %", (("caps/soft.py", "SOFT = 0.8\n"),)),
                Made(ANA, 2, "Caps: block at the hard limit", (("caps/hard.py", "HARD = 1.0\n"),)),
            ),
            ORIGIN,
        ),
        Line(MAIN, (), ORIGIN, 2),
        Line(
            "refs/heads/proto/invoice-preview",
            (
                Made(
                    ME,
                    27,
                    "Ask the question",
                    (("PROTOTYPE.md", "# Can a customer see tomorrow's invoice today?\n"),),
                ),
                Made(ME, 25, "Preview from the open window", (("preview/page.py", "TITLE = 'Preview'\n"),)),
            ),
            MAIN,
        ),
    ),
    lanes=(Lane("invoice-preview", (Write("preview/page.py", "TITLE = 'Your next invoice'\n", 0.2),)),),
)

LEDGER = Story(
    "ledger-api",
    (
        Line(
            ORIGIN,
            (
                Made(
                    TOMASZ,
                    90 * _DAY,
                    "Post entries in one transaction",
                    (("ledger/posting.py", "LOCK = 'row'\n"),),
                ),
                Made(
                    PRIYA,
                    3 * _DAY,
                    "Lock accounts in id order",
                    (("ledger/posting.py", "LOCK = 'account'\n"),),
                ),
                Made(PRIYA, 7, "Balance check after each batch", (("ledger/balance.py", "EVERY = 'batch'\n"),)),
            ),
        ),
        Line(MAIN, (), ORIGIN),
        Line(
            "refs/heads/feat/double-entry",
            (
                Made(ME, 50, "Both sides of an entry or none", (("ledger/entry.py", "SIDES = 2\n"),)),
                Made(ME, 30, "Lock the journal, not the row", (("ledger/posting.py", "LOCK = 'journal'\n"),)),
            ),
            ORIGIN,
            2,
        ),
    ),
    "feat/double-entry",
    steps=(Git(("merge", "-q", "--no-edit", "origin/main"), stops=True),),
)

VOICEBOX = Story(
    "voicebox",
    (
        Line(
            ORIGIN,
            (
                Made(MEI, 30 * _DAY, "Record, transcribe, file", (("voicebox/app.py", "RATE = 16000\n"),)),
                Made(MEI, 2 * _DAY, "Drop silence before sending", (("voicebox/silence.py", "FLOOR = -42\n"),)),
            ),
        ),
        Line(MAIN, (), ORIGIN),
        Line("refs/remotes/origin/feat/streaming", (), ORIGIN),
        Line(
            "refs/heads/feat/streaming",
            (
                Made(ME, 23, "Stream chunks while speaking", (("voicebox/stream.py", "CHUNK = 320\n"),)),
                Made(ME, 1, "Show words as they come", (("voicebox/words.py", "PARTIAL = True\n"),)),
            ),
            ORIGIN,
        ),
        Line(
            "refs/heads/proto/voice-inbox",
            (
                Made(
                    ME,
                    46,
                    "Ask the question",
                    (("PROTOTYPE.md", "# Do spoken notes make a usable inbox?\n"),),
                ),
            ),
            ORIGIN,
        ),
    ),
    "feat/streaming",
    (("main", "main"), ("feat/streaming", "feat/streaming")),
    (
        Write("voicebox/app.py", "RATE = 24000\n"),
        Git(("stash", "push", "-q", "-m", "try 24 kHz")),
        Write("voicebox/stream.py", "CHUNK = 480\n", 0.02),
        Write("voicebox/words.py", "PARTIAL = True\nHOLD = 2\n", 0.01),
        Write("samples/call-1.txt", "hello\n", 0.5),
        Write("notes.md", "- latency under 300 ms feels live\n", 0.1),
    ),
    (Lane("voice-inbox"),),
)

INTAKE = Story(
    "intake",
    (
        Line(
            ORIGIN,
            (
                Made(HANA, 70 * _DAY, "One form for every request", (("intake/form.py", "FIELDS = 5\n"),)),
                Made(HANA, 8, "Ask for the deadline first", (("intake/form.py", "FIELDS = 4\n"),)),
            ),
        ),
        Line("refs/remotes/origin/feat/triage-hints", (Made(JOSE, 3, "Hints from past requests"),), ORIGIN),
        Line(MAIN, (), ORIGIN),
    ),
)

PRICING = Story(
    "pricing-model",
    (
        Line(ORIGIN, (Made(ME, 21 * _DAY, "Seats against usage", (("model.py", "SEAT = 12\n"),)),)),
        Line(
            MAIN,
            (
                Made(ME, 6 * _DAY, "Three customer shapes", (("shapes.py", "SHAPES = 3\n"),)),
                Made(ME, 5 * _DAY, "Break-even per shape", (("even.py", "MONTHS = 7\n"),)),
                Made(ME, 4 * _DAY, "Chart for the board", (("chart.py", "WIDTH = 80\n"),)),
            ),
            ORIGIN,
        ),
    ),
)

ROUTER = Story(
    "edge-router",
    (
        Line(
            ORIGIN,
            (
                Made(LARS, 120 * _DAY, "Route by tenant", (("route.go", "package edge\n"),)),
                Made(LARS, 11, "Count retries per upstream", (("retries.go", "package edge\n"),)),
                Made(TOMASZ, 6, "Close idle connections after 30 s", (("idle.go", "package edge\n"),)),
            ),
        ),
        Line(MAIN, (), ORIGIN),
        Line(
            "refs/heads/feat/retry-budget",
            (
                Made(ME, 52, "Budget of retries per second", (("budget.go", "package edge\n"),)),
                Made(ME, 51, "Spend from the budget", (("spend.go", "package edge\n"),)),
                Made(ME, 49, "Metrics for the budget", (("metrics.go", "package edge\n"),)),
            ),
            ORIGIN,
            2,
        ),
    ),
    "feat/retry-budget",
    steps=(Git(("-c", "sequence.editor=sed -i.bak -e '2 s/^pick/edit/'", "rebase", "-q", "-i", "origin/main")),),
)

MOBILE = Story(
    "mobile-app",
    (
        Line(
            ORIGIN,
            (
                Made(JOSE, 200 * _DAY, "Sign in with a link", (("app/login.kt", "package app\n"),)),
                Made(JOSE, 28, "Offline drafts", (("app/drafts.kt", "package app\n"),)),
                Made(MEI, 10, "Larger touch targets", (("app/touch.kt", "package app\n"),)),
            ),
        ),
        Line(
            MAIN,
            (Made(ME, 33, "Share sheet sends to intake", (("app/share.kt", "package app\n"),)),),
            ORIGIN,
            2,
        ),
    ),
)

EXPORTS = Story(
    "data-exports",
    (
        Line(ORIGIN, (Made(PRIYA, 265 * _DAY, "Nightly CSV for finance", (("export.sql", "select 1;\n"),)),)),
        Line(MAIN, (), ORIGIN),
    ),
)

INFRA = Story(
    "infra",
    (
        Line(
            ORIGIN,
            (
                Made(LARS, 45 * _DAY, "Two regions", (("regions.tf", "# eu, us\n"),)),
                Made(LARS, 12 * _DAY, "Smaller staging", (("staging.tf", "# 2 nodes\n"),)),
            ),
        ),
        Line(MAIN, (), ORIGIN),
        Line("refs/tags/v2.3", (), ORIGIN, 1),
    ),
    "v2.3",
    steps=(Write("regions.tf", "# eu, us, ap\n", 5),),
)

EVALS = Story(
    "agent-evals",
    tracks=(),
    steps=(Write("README.md", "# agent-evals\n", 1), Write("cases/refund.toml", "expect = 'ask first'\n", 1)),
)

FLEET = (BILLING, LEDGER, VOICEBOX, INTAKE, PRICING, ROUTER, MOBILE, EXPORTS, INFRA, EVALS)
