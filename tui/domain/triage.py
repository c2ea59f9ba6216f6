"""What triage may propose: a verdict with the rule that gives it, and the days of `later`. It never decides."""

from calendar import monthrange
from datetime import date, datetime, timedelta

from tui.domain.backlog import Item, Verdict, leverage

FORGOTTEN_DAYS = 60
"""From which age an idea that nobody ever rated is proposed to be dropped."""
QUICK_MINUTES = 30
GOOD_LEVERAGE = 9.0
"""Impact 3 and edge 3 in an hour: at least that is worth a gap."""
_FOR_OTHERS = ("ask", "chase", "remind", "tell")

QUESTION_WORDS = {
    "ambiguous": "still ambiguous",
    "crossing": "crosses teams",
    "cheap": "wrong answer cheap",
    "owned": "owned by someone",
}
"""What each of QUESTIONS asks."""

Suggestion = tuple[Verdict, str]
"""A verdict and the rule behind it, as words to show."""


def suggest(item: Item, now: datetime) -> Suggestion | None:
    """The verdict that what is known about `item` speaks for, first rule that holds; None where too little is known."""
    impact, edge = item.impact, item.edge
    if impact == 1:
        return "drop", "impact 1: little changes if it exists"
    if answered := _by_answers(item):
        return answered
    if impact and edge and edge >= 4 and impact >= 3:
        return "build", f"impact {impact}, edge {edge}: needs what only you know"
    if edge and edge <= 2:
        return "delegate", f"edge {edge}: does not need what only you know"
    if item.person and not edge:
        return "delegate", f"names {item.person}"
    if impact and edge:
        return _by_leverage(item, impact, edge)
    if impact and impact >= 3 and item.estimate and item.estimate <= QUICK_MINUTES:
        return "build", f"impact {impact} in {item.estimate} min: quicker built than talked about"
    return _by_title_or_age(item, now)


def format_answers(item: Item) -> str:
    """What was answered: `still ambiguous: yes · crosses teams: no`; empty where nothing was."""
    answers = ((words, getattr(item, name)) for name, words in QUESTION_WORDS.items())
    return " · ".join(f"{words}: {'yes' if answer else 'no'}" for words, answer in answers if answer is not None)


def later_choices(today: date) -> tuple[tuple[str, date], ...]:
    """The days `later` offers, in order; each is after `today`."""
    month = date(today.year + today.month // 12, today.month % 12 + 1, 1)
    day = min(today.day, monthrange(month.year, month.month)[1])
    return (
        ("tomorrow", today + timedelta(days=1)),
        ("next Monday", today + timedelta(days=7 - today.weekday())),
        ("in 2 weeks", today + timedelta(days=14)),
        ("in a month", month.replace(day=day)),
    )


def _by_answers(item: Item) -> Suggestion | None:
    """What the answers to the four questions speak for. Somebody who builds one afternoon is right for what is unclear
    or between teams as long as being wrong is cheap; an owner is right for the rest."""
    if item.owned:
        who = f"{item.person} owns" if item.person else "somebody owns"
        return "delegate", f"{who} it already"
    if item.ambiguous and item.cheap is False:
        return "later", "unclear, and a wrong answer is dear: settle the question first"
    if item.cheap is False:
        return "delegate", "a wrong answer is dear: it needs an owner who stays"
    if item.ambiguous and item.cheap:
        return "build", "unclear, and a wrong answer is cheap: a prototype answers it"
    if item.crossing and item.cheap:
        return "build", "crosses teams, and a wrong answer is cheap: show it instead of aligning"
    if item.ambiguous is False and item.crossing is False:
        return "delegate", "clear, and within one team: it can be handed over"
    return None


def _by_leverage(item: Item, impact: int, edge: int) -> Suggestion | None:
    if not item.estimate:
        return None
    worth = leverage(item)
    reckoned = f"impact {impact} × edge {edge} in {item.estimate} min: leverage {f'{worth:.1f}'.removesuffix('.0')}"
    if impact >= 3 and worth >= GOOD_LEVERAGE:
        return "build", reckoned
    return "later", f"{reckoned}, not worth the next gap"


def _by_title_or_age(item: Item, now: datetime) -> Suggestion | None:
    first = item.title.partition(" ")[0].casefold().rstrip(":,")
    if first in _FOR_OTHERS:
        return "delegate", f"begins with `{first}`: it is with somebody else"
    if item.created and not item.impact and not item.edge:
        days = (now - item.created).days
        if days >= FORGOTTEN_DAYS:
            return "drop", f"{days} days old and never rated"
    return None
