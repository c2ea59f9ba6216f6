"""Items for the tests of import and export: what real backlogs hold, and words each format has a meaning for."""

from datetime import date

from hypothesis import strategies as st
from msgspec.structs import replace

from tests.backlog_items import VALUES, items

WORDS = st.lists(
    st.sampled_from(
        ["x", "(A)", "(F)", "2026-01-01", "+foo", "@bar", "est:4m", "t:2026-02-02", "due:2026-03-03", "pri:B", "pri:Z",
         "mh_id:q", "mh_title:%", "mh_due:%", "-", "- [ ]", "45m", "90", "!4", "!4/5", "#x", "[repo:: a]", "[id:: b]",
         "word", "Ünï"]
    ),
    max_size=5,
).map(" ".join)  # fmt: skip
"""Titles that other programs would read something into."""
PLAIN = st.lists(st.sampled_from(["word", "Ünï", "a-b", "C++", "x&y", "[z]"]), min_size=1, max_size=4).map(" ".join)
DOLLARS = st.dictionaries(st.sampled_from(["$date", "$$date", "$", "a$$b", "due", "pri", "state"]), VALUES, max_size=2)

WORDED = st.builds(lambda item, title: replace(item, title=title), items(), WORDS)
KEYED = st.builds(
    lambda item, extra: replace(item, title="t", state="inbox", extra=tuple(extra.items())), items(), DOLLARS
)
ANY_ITEMS = st.lists(items() | WORDED | KEYED, max_size=3, unique_by=lambda item: item.id).map(tuple)
"""Items as any reading may give them, the difficult ones often."""

USUAL = st.builds(
    lambda item, title, why, line, person: replace(
        item, title=title, why=why, person=person, reason=person, theme=line, repo=line, extra=()
    ),
    items(),
    PLAIN,
    st.lists(PLAIN | st.just("- [ ] word"), max_size=3).map("\n".join),
    st.just("") | PLAIN | WORDS.filter(lambda text: "[" not in text),
    st.just("") | PLAIN,
)
"""Items of people who write words, and nothing of their own into the file."""
USUAL_ITEMS = st.lists(USUAL, max_size=3, unique_by=lambda item: item.id).map(tuple)

_KEPT = st.fixed_dictionaries(
    {},
    optional={
        "uuid": st.just("1c9a4a4e-0000-4000-8000-000000000001"),
        "wait": st.sampled_from(["20260401T000000Z", "20260401T101010Z", 3]),
        "tags": st.just(["a"]),
        "start": st.just("20260401T101010Z"),
        "annotations": st.just([{"entry": "20260401T101010Z", "description": "word"}]),
        "estimate": st.sampled_from(["PT90S", 5, "soon", 2.5]),
        "priority": st.sampled_from(["H", "1"]),
        "makerhour": st.sampled_from(["x", 1]),
        "description": st.just("z"),
        "status": st.just("k"),
        "end": st.just("20260401T101010Z"),
        "zz": VALUES,
        "depends": st.just("a,b"),
    },
)
TASKS = st.builds(
    lambda item, kept, why: replace(
        item, why=why, until=date(2026, 4, 1) if why else item.until, extra=(("taskwarrior", kept),)
    ),
    items(),
    _KEPT,
    st.sampled_from(["word", "", "two\nwords"]),
)
TASK_ITEMS = st.lists(TASKS | items() | KEYED, max_size=3, unique_by=lambda item: item.id).map(tuple)
"""Items that came from Taskwarrior once, with whatever stands under its key by now."""
