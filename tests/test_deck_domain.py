"""The triage deck: where it stands, what was done, and the way back from any number of acts."""

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.backlog_items import NOW, TODAY
from tui.domain import deck as decks
from tui.domain.backlog import Item, edit, give_verdict, step_estimate
from tui.domain.deck import Deck, deal

IDEAS = tuple(Item(f"i{number}", f"Idea {number}") for number in range(4))


def held(*items: Item) -> dict[str, Item]:
    return {item.id: item for item in (*IDEAS, *items)}


def test_a_verdict_brings_the_next_card_up_and_a_rating_does_not() -> None:
    deck = deal(IDEAS)
    assert (deck.current, deck.following, deck.rating) == ("i0", "i1", "impact")
    deck = decks.change(deck, edit(IDEAS[0], impact=4), rated=True)
    assert (deck.current, deck.rating) == ("i0", "edge")
    deck = decks.change(deck, step_estimate(IDEAS[0], 1))
    assert (deck.current, deck.rating) == ("i0", "edge")
    deck = decks.change(deck, edit(IDEAS[0], edge=2), rated=True)
    assert deck.rating == "impact"
    deck = decks.decide(deck, give_verdict(IDEAS[0], "build", NOW))
    assert (deck.current, deck.rating) == ("i1", "impact")


def test_the_tally_names_what_came_out_and_leaves_out_what_was_skipped() -> None:
    built, dropped = give_verdict(IDEAS[0], "build", NOW), give_verdict(IDEAS[2], "drop", NOW)
    deck = decks.decide(decks.skip(decks.decide(deal(IDEAS), built)), dropped)
    assert decks.tally(deck, held(built, dropped), TODAY) == (("build", 1), ("dropped", 1))
    assert decks.tally(decks.undo(deck)[0], held(built), TODAY) == (("build", 1),)


def test_a_new_idea_comes_last() -> None:
    deck = decks.change(deal(IDEAS), Item("new", "Later thought"))
    assert deck.ids[-1] == "new"
    assert deck.current == "i0"


def test_at_the_end_there_is_no_card_and_skipping_goes_nowhere() -> None:
    deck = deal(IDEAS[:1])
    deck = decks.skip(deck)
    assert deck.current is None
    assert decks.skip(deck) == deck
    assert decks.undo(deck) == (deal(IDEAS[:1]), False)
    assert decks.undo(deal(IDEAS)) == (deal(IDEAS), False)


def test_what_is_gone_from_the_backlog_leaves_the_deck() -> None:
    deck = decks.skip(deal(IDEAS))
    left = {id: item for id, item in held().items() if id not in ("i0", "i2")}
    assert decks.settle(deck, left).ids == ("i0", "i1", "i3")
    assert decks.settle(deck, left).current == "i1"
    assert decks.settle(deck, held()) is deck


def test_the_deck_goes_back_to_the_first_card_that_was_not_written() -> None:
    built, later = (
        give_verdict(IDEAS[0], "build", NOW),
        give_verdict(IDEAS[1], "later", NOW, until=TODAY.replace(day=9)),
    )
    rated = edit(IDEAS[1], impact=5)
    deck = decks.decide(deal(IDEAS), built)
    deck = decks.decide(decks.change(deck, rated, rated=True), replace(later, impact=5))
    assert decks.rewind(deck, held(built, replace(later, impact=5))) == deck
    back = decks.rewind(deck, held(built))
    assert (back.current, back.rating, len(back.trail)) == ("i1", "impact", 1)
    assert decks.rewind(deck, held()).current == "i0"


def test_the_time_left_is_told_once_there_is_a_pace() -> None:
    deck = decks.skip(decks.skip(deal(IDEAS)))
    assert decks.seconds_left(deck, 20) is None
    deck = decks.skip(deck)
    assert decks.seconds_left(deck, 30) == 10
    assert decks.seconds_left(decks.skip(deck), 40) is None


ACTS = st.lists(st.sampled_from(("build", "drop", "later", "skip", "rate", "longer", "new")), max_size=20)


def act(deck: Deck, what: str, number: int) -> Deck:
    item = next((item for item in IDEAS if item.id == deck.current), None)
    match what:
        case "skip":
            return decks.skip(deck)
        case "new":
            return decks.change(deck, Item(f"new{number}", "New"))
        case _ if item is None:
            return deck
        case "rate":
            return decks.change(deck, edit(item, impact=3), rated=True)
        case "longer":
            return decks.change(deck, step_estimate(item, 1))
        case "later":
            return decks.decide(deck, give_verdict(item, "later", NOW, until=TODAY + timedelta(days=1)))
        case _:
            return decks.decide(deck, give_verdict(item, what, NOW))  # type: ignore[arg-type]  # a verdict


@settings(deadline=None)
@given(ACTS)
def test_as_many_undos_as_acts_lead_back(acts: list[str]) -> None:
    first = deck = deal(IDEAS)
    for number, what in enumerate(acts):
        deck = act(deck, what, number)
    wrote = [made.made is not None for made in deck.trail]
    undone = []
    while deck.trail:
        deck, back = decks.undo(deck)
        undone.append(back)
    assert undone == wrote[::-1]
    assert decks.settle(replace(deck, ids=deck.ids), held()) == first
