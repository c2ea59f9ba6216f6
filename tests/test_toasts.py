"""Toasts go with the next key once they were read; what is wrong stays."""

from tests.fakes import make_app, sample_engine
from tests.screens import text_of, wait_for
from tui.toasts import READ_SECONDS, Toasts


def test_what_was_told_goes_with_the_next_key_once_it_was_read() -> None:
    toasts = Toasts()
    assert not toasts.go_with_key(100)
    toasts.show(100, 8, grave=False)
    assert not toasts.go_with_key(100 + READ_SECONDS / 2)
    assert toasts.go_with_key(100 + READ_SECONDS)
    assert not toasts.go_with_key(100 + READ_SECONDS), "there is none any more"


def test_what_is_wrong_stays_for_its_time_and_what_stands_beside_it_too() -> None:
    toasts = Toasts()
    toasts.show(100, 8, grave=False)
    toasts.show(101, 10, grave=True)
    toasts.show(102, 1, grave=True)
    assert not toasts.go_with_key(110)
    assert toasts.go_with_key(111)


def test_what_came_by_itself_stays_while_one_types() -> None:
    toasts = Toasts()
    toasts.show(100, 20, grave=False)
    assert not toasts.go_with_key(110)
    toasts.show(111, 5, grave=False)
    assert not toasts.go_with_key(114)
    assert toasts.go_with_key(120)


async def test_the_screen_is_free_again() -> None:
    app = make_app(sample_engine())
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        app.notify("written down")
        await wait_for(pilot, lambda: "written down" in text_of(app))
        await pilot.press("j")
        assert "written down" in text_of(app), "too early to have been read"
        app.toasts.show(app.typed_at - READ_SECONDS, 5, grave=False)
        await pilot.press("k")
        await wait_for(pilot, lambda: "written down" not in text_of(app))
        app.notify("that is wrong", severity="warning")
        await wait_for(pilot, lambda: "that is wrong" in text_of(app))
        await pilot.press("j")
        assert "that is wrong" in text_of(app)
