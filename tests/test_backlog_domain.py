"""The rules of the backlog: leverage, order, verdicts, edits, the filter, shorthand."""

from datetime import date, timedelta
from typing import get_args, get_type_hints

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.backlog_items import NOW, TODAY, backlogs
from tui.domain.backlog import (
    ESTIMATES,
    LONGEST_ESTIMATE,
    STATES,
    VERDICTS,
    Backlog,
    Fields,
    Item,
    ItemError,
    State,
    edit,
    effective_state,
    finish,
    give_verdict,
    leverage,
    leverage_assumed,
    new_item,
    reopen,
    returned,
    set_edge,
    set_impact,
    step_estimate,
)
from tui.domain.capture import parse_fields, parse_minutes, parse_quick_add
from tui.domain.shelves import matches, ordered

IDEA = Item("a1", "Usage caps limiter")


def idea(id: str, **changed: object) -> Item:
    return replace(IDEA, id=id, **changed)


def shown(found: tuple[Item, ...], today: date = TODAY) -> list[tuple[State, str]]:
    return [(section.state, " ".join(item.id for item in section.items)) for section in ordered(found, today)]


class TestLeverage:
    def test_is_impact_times_edge_per_hour(self) -> None:
        assert leverage(idea("a", impact=4, edge=5, estimate=60)) == 20
        assert leverage(idea("a", impact=4, edge=5, estimate=90)) == pytest.approx(13.33, abs=0.01)
        assert leverage(idea("a", impact=1, edge=1, estimate=480)) == 0.125

    def test_counts_what_is_unset_as_middling_and_says_so(self) -> None:
        assert leverage(IDEA) == 9
        assert leverage_assumed(IDEA)
        for unset in ("impact", "edge", "estimate"):
            whole = idea("a", impact=2, edge=2, estimate=30)
            assert not leverage_assumed(whole)
            assert leverage_assumed(replace(whole, **{unset: None}))


class TestOrder:
    def test_of_the_sections(self) -> None:
        found = tuple(idea(state, state=state) for state in reversed(STATES))
        assert [state for state, _ in shown(found)] == [
            "inbox",
            "build",
            "delegated",
            "later",
            "done",
            "dropped",
        ]
        assert [section.hidden for section in ordered(found, TODAY)] == [False] * 4 + [True] * 2

    def test_inbox_is_newest_first_and_lines_added_by_hand_are_new(self) -> None:
        old = idea("old", created=NOW - timedelta(days=9))
        new = idea("new", created=NOW - timedelta(minutes=5))
        twin = idea("twin", created=NOW - timedelta(minutes=5))
        assert shown((old, new, twin, idea("hand"))) == [("inbox", "hand twin new old")]

    def test_build_is_by_leverage_and_the_files_order_among_equals(self) -> None:
        found = (
            idea("low", state="build", impact=1),
            idea("one", state="build"),
            idea("high", state="build", impact=5, edge=5, estimate=15),
            idea("two", state="build"),
        )
        assert shown(found) == [("build", "high one two low")]

    def test_delegated_begins_with_the_longest_waiting(self) -> None:
        found = tuple(idea(f"{days}d", state="delegated", decided=NOW - timedelta(days=days)) for days in (1, 9, 4))
        assert shown(found) == [("delegated", "9d 4d 1d")]

    def test_later_is_by_day_and_without_a_day_last(self) -> None:
        found = (
            idea("never", state="later"),
            idea("may", state="later", until=date(2026, 5, 1)),
            idea("april", state="later", until=date(2026, 4, 1)),
        )
        assert shown(found) == [("later", "april may never")]

    def test_finished_is_newest_first(self) -> None:
        found = (
            idea("first", state="done", done=NOW - timedelta(days=2)),
            idea("last", state="done", done=NOW),
            idea("gone", state="dropped", decided=NOW - timedelta(days=1)),
            idea("just gone", state="dropped", decided=NOW),
        )
        assert shown(found) == [("done", "last first"), ("dropped", "just gone gone")]

    def test_a_later_item_is_in_the_inbox_from_its_day_on(self) -> None:
        waiting = idea("w", state="later", until=TODAY)
        assert effective_state(waiting, TODAY - timedelta(days=1)) == "later"
        assert effective_state(waiting, TODAY) == "inbox"
        assert effective_state(waiting, TODAY + timedelta(days=90)) == "inbox"
        assert effective_state(idea("n", state="later"), date.max) == "later"
        assert returned((IDEA, waiting, idea("x", state="build", until=TODAY)), TODAY) == (waiting,)
        assert returned((waiting,), TODAY - timedelta(days=1)) == ()
        old = idea("old", created=NOW - timedelta(days=30))
        assert shown((waiting, old)) == [("inbox", "w old")]

    @settings(max_examples=40, deadline=None)
    @given(backlogs(), st.dates())
    def test_loses_no_item_and_shows_none_twice(self, found: tuple[Item, ...], today: date) -> None:
        ids = [item.id for section in ordered(found, today) for item in section.items]
        assert sorted(ids) == sorted(item.id for item in found)
        assert all(section.items for section in ordered(found, today))


class TestVerdicts:
    def test_each_leads_to_its_state_with_what_belongs_to_it(self) -> None:
        until = TODAY + timedelta(days=1)
        build = give_verdict(IDEA, "build", NOW)
        assert (build.state, build.decided) == ("build", NOW)
        assert give_verdict(IDEA, "delegate", NOW, person=" Ana  Diaz ").person == "Ana Diaz"
        assert give_verdict(IDEA, "later", NOW, until=until).until == until
        drop = give_verdict(IDEA, "drop", NOW, reason="bought it")
        assert (drop.state, drop.reason) == ("dropped", "bought it")
        assert give_verdict(IDEA, "drop", NOW).state == "dropped"

    @pytest.mark.parametrize("verdict", VERDICTS)
    def test_what_belongs_to_an_older_verdict_goes(self, verdict: str) -> None:
        before = idea("a", person="Ana", until=TODAY, reason="old", done=NOW, state="done", why="kept", impact=4)
        until = TODAY + timedelta(days=3)
        after = {
            "build": give_verdict(before, "build", NOW),
            "delegate": give_verdict(before, "delegate", NOW, person="Bo"),
            "later": give_verdict(before, "later", NOW, until=until),
            "drop": give_verdict(before, "drop", NOW, reason="new"),
        }[verdict]
        assert after.person == ("Bo" if verdict == "delegate" else "")
        assert after.until == (until if verdict == "later" else None)
        assert after.reason == ("new" if verdict == "drop" else "")
        assert after.done is None
        assert (after.why, after.impact) == ("kept", 4)

    def test_delegate_needs_a_name_and_later_a_day_to_come(self) -> None:
        with pytest.raises(ItemError, match="needs a name"):
            give_verdict(IDEA, "delegate", NOW, person="  ")
        for until in (None, TODAY, TODAY - timedelta(days=1)):
            with pytest.raises(ItemError, match="a day after today"):
                give_verdict(IDEA, "later", NOW, until=until)

    def test_finish_and_reopen(self) -> None:
        built = finish(give_verdict(IDEA, "build", NOW), NOW + timedelta(hours=1, microseconds=5))
        assert (built.state, built.done, built.decided) == ("done", NOW + timedelta(hours=1), NOW)
        assert reopen(built) == IDEA
        assert reopen(give_verdict(replace(IDEA, impact=3), "delegate", NOW, person="Ana")) == replace(IDEA, impact=3)


class TestEdits:
    def test_a_new_item_is_in_the_inbox(self) -> None:
        item = new_item("  Usage \n caps ", NOW.replace(microsecond=7), id="x", estimate=45, why=" a \n b \n")
        assert item == Item("x", "Usage caps", estimate=45, why="a\n b", created=NOW)

    @pytest.mark.parametrize(
        ("wrong", "sentence"),
        [
            ({"title": " \n"}, "needs a title"),
            ({"title": "x" * 501}, "501 characters long; 500"),
            ({"title": 5}, "`title` is text"),
            ({"why": "x" * 20_001}, "20000 is the most"),
            ({"impact": 0}, "`impact` is `0`; it is a whole number from 1 to 5"),
            ({"impact": 6}, "from 1 to 5"),
            ({"edge": True}, "from 1 to 5"),
            ({"edge": "3"}, "from 1 to 5"),
            ({"estimate": 0}, f"from 1 to {LONGEST_ESTIMATE}"),
            ({"estimate": LONGEST_ESTIMATE + 1}, "from 1 to"),
            ({"estimate": 1.5}, "from 1 to"),
            ({"until": NOW}, "a day such as"),
            ({"until": "2026-03-01"}, "a day such as"),
            ({"state": "build"}, "no `state` to edit"),
            ({"id": "other"}, "no `id` to edit"),
        ],
    )
    def test_a_wrong_value_is_a_sentence(self, wrong: dict[str, object], sentence: str) -> None:
        with pytest.raises(ItemError, match=sentence):
            edit(IDEA, **wrong)  # type: ignore[arg-type]

    def test_editing_changes_what_was_named(self) -> None:
        assert edit(IDEA) == IDEA
        assert edit(IDEA, title="T", until=TODAY, person="P", theme="t", repo="r", reason="x") == Item(
            "a1", "T", until=TODAY, person="P", theme="t", repo="r", reason="x"
        )
        assert set_impact(IDEA, 4).impact == 4
        assert set_edge(set_edge(IDEA, 4), None).edge is None

    def test_every_editable_field_is_one_of_the_item(self) -> None:
        hints = get_type_hints(Item)
        for name, kind in get_type_hints(Fields).items():
            assert kind == hints[name] or set(get_args(kind)) == set(get_args(hints[name]))

    def test_the_estimate_steps_through_its_steps_and_stops(self) -> None:
        item, seen = idea("a", estimate=15), []
        for _ in range(len(ESTIMATES) + 1):
            seen.append(item.estimate)
            item = step_estimate(item, 1)
        assert seen == [*ESTIMATES, 480]
        assert step_estimate(item, -99).estimate == 15
        assert step_estimate(item, -2).estimate == 180
        assert step_estimate(idea("a", estimate=50), 1).estimate == 60
        assert step_estimate(idea("a", estimate=50), -1).estimate == 45
        assert step_estimate(idea("a", estimate=5), -1).estimate == 5
        assert step_estimate(idea("a", estimate=900), 1).estimate == 900
        assert step_estimate(IDEA, 1).estimate == step_estimate(IDEA, -1).estimate == 60
        assert step_estimate(IDEA, 0) == IDEA


class TestFilter:
    ITEM = Item("a", "Usage caps", why="Straße is long", repo="billing", theme="Pricing", person="Ana", state="build")

    @pytest.mark.parametrize("words", [(), ("usage",), ("CAPS", "bill"), ("strasse",), ("STRASSE",), ("ana", "build")])
    def test_all_words_are_found_anywhere_in_any_case(self, words: tuple[str, ...]) -> None:
        assert matches(self.ITEM, words)

    @pytest.mark.parametrize("words", [("usage", "nothing"), ("cap limiter",), ("capsstraße",)])
    def test_one_word_missing_is_no_match(self, words: tuple[str, ...]) -> None:
        assert not matches(self.ITEM, words)


class TestShorthand:
    @pytest.mark.parametrize(
        ("text", "found"),
        [
            (
                "Usage caps limiter 45m !4 @billing #pricing",
                {
                    "title": "Usage caps limiter",
                    "estimate": 45,
                    "impact": 4,
                    "repo": "billing",
                    "theme": "pricing",
                },
            ),
            ("Usage caps !4/5 2h", {"title": "Usage caps", "estimate": 120, "impact": 4, "edge": 5}),
            (
                "@billing Usage #a 1h30 caps",
                {"title": "Usage caps", "estimate": 90, "repo": "billing", "theme": "a"},
            ),
            ("Usage caps 90", {"title": "Usage caps", "estimate": 90}),
            ("Usage caps 90 @x", {"title": "Usage caps", "estimate": 90, "repo": "x"}),
            ("Move 90 users", {"title": "Move 90 users"}),
            ("Upgrade to Python 3", {"title": "Upgrade to Python 3"}),
            ("Fix #12 and ! and @ and # and !9", {"title": "Fix #12 and ! and @ and # and !9"}),
            ("Cut 2h build to 10m", {"title": "Cut 2h build to", "estimate": 10}),
            ("a !3 !4", {"title": "a !3", "impact": 4}),
            ("mail ana@example.org", {"title": "mail ana@example.org"}),
            ("in @~/src/app 5xx", {"title": "in 5xx", "repo": "~/src/app"}),
            ("", {"title": ""}),
            ("  45m  ", {"title": "", "estimate": 45}),
            ("½ ² ٣", {"title": "½ ² ٣"}),
        ],
    )
    def test_one_line_says_it_all(self, text: str, found: dict[str, object]) -> None:
        assert parse_quick_add(text) == found

    def test_becomes_an_item(self) -> None:
        item = new_item(now=NOW, id="x", **parse_quick_add("Caps 45m !4/5 @billing #pricing"))
        assert item == Item("x", "Caps", estimate=45, impact=4, edge=5, repo="billing", theme="pricing", created=NOW)

    @settings(max_examples=300, deadline=None)
    @given(st.text(st.sampled_from("ab 0459mh!/@#.\t\n²٣é"), max_size=30))
    def test_no_word_is_lost(self, text: str) -> None:
        found = parse_quick_add(text)
        kept = found["title"].split()
        words = text.split()
        assert len(words) - len(kept) <= 4
        left = iter(words)
        assert all(word in left for word in kept), "the title's words stay in their order"
        if found["title"]:
            new_item(now=NOW, id="x", **found)

    @pytest.mark.parametrize(
        ("text", "minutes"),
        [
            ("45m", 45),
            ("45 min", 45),
            ("2h", 120),
            ("1h30", 90),
            ("1h30m", 90),
            ("1.5h", 90),
            ("0,5h", 30),
            (" 90 ", 90),
        ],
    )
    def test_lengths_of_time(self, text: str, minutes: int) -> None:
        assert parse_minutes(text) == minutes

    @pytest.mark.parametrize(
        "text", ["", "soon", "0", "0m", "-5", "1h-5", "9999h", "٣m", "45 m 2", "1e3", "h", "99999999999"]
    )
    def test_what_is_no_length_is_a_sentence(self, text: str) -> None:
        with pytest.raises(ItemError, match=r"write .*"):
            parse_minutes(text)

    def test_a_form_gives_values(self) -> None:
        texts = {
            "title": "T",
            "estimate": "1h30",
            "impact": " 4 ",
            "edge": "",
            "repo": "r",
            "theme": "",
            "why": "w",
        }
        found = parse_fields(texts)
        assert found == {
            "title": "T", "estimate": 90, "impact": 4, "edge": None, "repo": "r", "theme": "", "why": "w",
        }  # fmt: skip
        assert edit(IDEA, **found).estimate == 90
        for name, wrong in (("impact", "6"), ("edge", "x"), ("estimate", "x"), ("colour", "red")):
            with pytest.raises(ItemError, match=wrong if name != "colour" else "colour"):
                parse_fields({name: wrong})


def test_the_time_it_was_read_makes_no_difference() -> None:
    assert Backlog((IDEA,), taken_at=NOW) == Backlog((IDEA,), taken_at=NOW + timedelta(hours=1))
