"""Themes on screen: what is written can be read in each, whatever it stands on; nothing hangs on colour alone."""

from itertools import combinations, product
from pathlib import Path
from typing import get_args

import pytest
from rich.color_triplet import ColorTriplet

from tests.fakes import NOW, make_app, sample_engine
from tests.screens import rest, text_of, wait_for
from tui.app import MakerhourApp
from tui.domain.agents import AgentSession, AgentState
from tui.themes import OWN
from widgets.agenda_rows import BARS
from widgets.contrast import FAINT, READABLE, contrast, legible
from widgets.repo_words import AGENT_TONES, MARKS, format_agent
from widgets.repo_words import TONES as STATE_TONES
from widgets.row_list import RowList
from widgets.rows import ASCII, TONES

NAMES = {theme.name for theme in OWN}
WRITTEN = ("foreground", "text-muted", "text-disabled", "text-accent", "text-success", "text-warning", "text-error",
           "text-primary", "text-secondary")  # fmt: skip
"""What is written outside of lists, on the background: frames, the Now bar, the key bar, dialogs."""
MACHADO = {
    "deuteranopia": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.01182, 0.04294, 0.968881)),
    "protanopia": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
}
"""Machado, Oliveira and Fernandes 2009, severity 1, on linear RGB."""
APART = 20.0
"""Colours nearer than that (CIE 1976) are not told apart for certain."""


def triplet(rows: RowList, tone: str, *, selected: bool) -> tuple[ColorTriplet, ColorTriplet]:
    style = rows._style(tone, selected)
    assert style.color is not None
    assert style.bgcolor is not None
    assert style.color.triplet is not None
    assert style.bgcolor.triplet is not None
    return style.color.triplet, style.bgcolor.triplet


async def test_every_tone_can_be_read_on_every_row_in_every_theme() -> None:
    app = make_app(sample_engine())
    async with app.run_test(size=(120, 40)) as pilot:
        await rest(pilot)
        focused, other = app.dashboard.repos.list, app.dashboard.backlog.list
        assert focused.has_focus
        for name in (name for name, theme in app.available_themes.items() if not theme.ansi):
            app.theme = name
            await rest(pilot)
            for tone in TONES:
                for rows, selected in ((focused, False), (other, True), (focused, True)):
                    least = FAINT if tone == "faint" and not selected and name not in NAMES else READABLE
                    found = contrast(*triplet(rows, tone, selected=selected))
                    assert found >= least - 0.06, (name, tone, selected, rows.has_focus, found)


@pytest.mark.parametrize("name", sorted(NAMES))
def test_our_own_themes_need_no_help_on_their_background(name: str) -> None:
    app = make_app(sample_engine(), theme=name)
    colors = app.get_css_variables()
    for token, ground in product(WRITTEN, ("background", "panel")):
        one, other = (ColorTriplet(*bytes.fromhex(colors[each].lstrip("#"))) for each in (token, ground))
        faint = token == "text-disabled" or ground == "panel"
        assert contrast(one, other) >= (FAINT if faint else READABLE), (token, ground, contrast(one, other))
    frame, behind = (ColorTriplet(*bytes.fromhex(colors[each].lstrip("#"))) for each in ("border", "background"))
    assert contrast(frame, behind) >= 3, "the focused frame (WCAG 2.2, 1.4.11)"


@pytest.mark.parametrize(
    ("fore", "back"), [("#808080", "#777777"), ("#000000", "#000000"), ("#ffffff", "#fffff0"), ("#2f4a63", "#d9736a")]
)
def test_legible_goes_as_far_as_it_takes_and_leaves_the_rest(fore: str, back: str) -> None:
    from rich.color import Color

    found = legible(Color.parse(fore), Color.parse(back), READABLE)
    assert found is not None
    assert found.triplet is not None
    assert contrast(found.triplet, Color.parse(back).get_truecolor()) >= READABLE
    assert legible(Color.parse("#eeeeee"), Color.parse("#111111"), READABLE) == Color.parse("#eeeeee")
    assert legible(Color.parse("red"), Color.parse("#111111"), READABLE) == Color.parse("red"), "the terminal's own"
    assert legible(None, Color.parse("#111111"), READABLE) is None


def lab(color: ColorTriplet, seen: tuple[tuple[float, ...], ...]) -> tuple[float, float, float]:
    """CIE L*a*b* (D65) of what somebody sees whose eyes are as `seen`."""
    linear = [part / 255 / 12.92 if part <= 10 else ((part / 255 + 0.055) / 1.055) ** 2.4 for part in color]
    red, green, blue = (min(max(sum(a * b for a, b in zip(row, linear, strict=True)), 0), 1) for row in seen)
    x = (0.4124 * red + 0.3576 * green + 0.1805 * blue) / 0.95047
    y = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    z = (0.0193 * red + 0.1192 * green + 0.9505 * blue) / 1.08883
    f, g, h = (part ** (1 / 3) if part > 0.008856 else 7.787 * part + 16 / 116 for part in (x, y, z))
    return 116 * g - 16, 500 * (f - g), 200 * (g - h)


def nearest(app: MakerhourApp) -> dict[tuple[str, str], float]:
    """How far apart two tones are for whoever sees them worst."""
    rows = app.dashboard.repos.list
    tones = ("success", "warning", "error", "primary", "muted", "faint", "accent")
    colors = {tone: triplet(rows, tone, selected=False)[0] for tone in tones}
    return {
        (one, other): min(
            sum((a - b) ** 2 for a, b in zip(lab(colors[one], seen), lab(colors[other], seen), strict=True)) ** 0.5
            for seen in MACHADO.values()
        )
        for one, other in combinations(tones, 2)
    }


@pytest.mark.parametrize("marks", [str, lambda mark: mark.translate(ASCII)], ids=["unicode", "ascii"])
async def test_where_colours_look_alike_the_marks_differ(marks: object) -> None:
    assert callable(marks)
    app = make_app(sample_engine())
    close = set()
    async with app.run_test(size=(120, 40)) as pilot:
        for theme in OWN:
            app.theme = theme.name
            await rest(pilot)
            close |= {frozenset(pair) for pair, apart in nearest(app).items() if apart < APART}
    assert frozenset(("success", "error")) in close, "it is why every state has a mark"
    for one, other in combinations(MARKS, 2):
        tones = frozenset((STATE_TONES[one], STATE_TONES[other]))
        if len(tones) == 1 or tones in close:
            same = {one, other} == {"diverged", "gone"}  # one mark by its meaning; the words differ: `upstream gone`
            assert same or marks(MARKS[one]) != marks(MARKS[other]), (one, other)
    assert len({marks(bar) for kind, bar in BARS.items() if kind not in ("away", "rule")}) == 4
    states: tuple[AgentState, ...] = get_args(AgentState)
    words = {format_agent(AgentSession("a", "claude", Path("/x"), state, "listed"), NOW, 10) for state in states}
    assert len(words) == len(AGENT_TONES), "agents share a mark and have a word each"


async def test_without_colour_cursor_and_focus_are_still_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    app = make_app(sample_engine())
    async with app.run_test(size=(120, 40)) as pilot:
        await wait_for(pilot, lambda: app.fleet is not None and app.backlog is not None)
        await rest(pilot)
        focused, other = app.dashboard.repos.list, app.dashboard.backlog.list
        assert focused._style("text", True).reverse
        assert focused._style("error", True).reverse
        assert other._style("text", True).underline
        assert not other._style("text", True).reverse
        for strip in app.screen._compositor.render_strips():
            for segment in strip:
                for color in (segment.style.color, segment.style.bgcolor) if segment.style else ():
                    assert color is None or color.triplet is None or len(set(color.triplet)) == 1, "greys only"
        title = next(segment for strip in app.screen._compositor.render_strips() for segment in strip
                     if "1 Repositories" in segment.text)  # fmt: skip
        assert title.style is not None
        assert title.style.bold
        await pilot.press("2")
        await rest(pilot)
        titles = [segment for strip in app.screen._compositor.render_strips() for segment in strip
                  if "1 Repositories" in segment.text]  # fmt: skip
        assert not any(segment.style and segment.style.bold for segment in titles)


@pytest.mark.parametrize(("theme", "wanted"), [("makerhour-dark", "ansi-dark"), ("makerhour-light", "ansi-light"),
                                               ("nord", "nord")])  # fmt: skip
async def test_a_terminal_of_few_colours_gets_its_own(theme: str, wanted: str) -> None:
    app = make_app(sample_engine(), theme=theme, few_colors=True)
    async with app.run_test(size=(80, 24)) as pilot:
        await wait_for(pilot, lambda: "ledger-api" in text_of(app))
        assert app.theme == wanted
        focused, other = app.dashboard.repos.list, app.dashboard.backlog.list
        assert focused._style("error", True).reverse
        assert other._style("error", True).underline
        assert make_app(sample_engine(), theme=theme).theme == theme


async def test_a_theme_of_the_terminals_own_colours_turns_the_cursor_over() -> None:
    app = make_app(sample_engine())
    async with app.run_test(size=(80, 24)) as pilot:
        await rest(pilot)
        assert not app.dashboard.repos.list._style("text", True).reverse
        app.theme = "ansi-light"
        await rest(pilot)
        assert app.dashboard.repos.list._style("text", True).reverse
        app.theme = "makerhour-light"
        await rest(pilot)
        assert not app.dashboard.repos.list._style("text", True).reverse


async def test_a_theme_that_is_tried_says_what_keeps_it() -> None:
    app = make_app(sample_engine(), theme="nord")
    async with app.run_test(size=(120, 40)) as pilot:
        await wait_for(pilot, lambda: "free until 11:00" in text_of(app))
        app.theme = "makerhour-light"
        await wait_for(pilot, lambda: '`[look] theme = "makerhour-light"` keeps this theme' in text_of(app))
        app.dashboard.now_bar.notice = ""
        app.theme = "nord"
        await rest(pilot)
        assert "keeps this theme" not in text_of(app)


@pytest.mark.parametrize("theme", ["makerhour-light", "catppuccin-mocha", "rose-pine-dawn", "tokyo-night", "nord"])
async def test_the_palettes_row_under_the_cursor_can_be_read(theme: str) -> None:
    app = make_app(sample_engine(), theme=theme)
    async with app.run_test(size=(120, 40)) as pilot:
        await wait_for(pilot, lambda: app.backlog is not None)
        await pilot.press("colon", *"fetch")
        await wait_for(pilot, lambda: "Fetch all" in text_of(app))
        await rest(pilot)
        line = next(place for place, text in enumerate(text_of(app).splitlines()) if "Repositories: Fetch" in text)
        told = [
            segment for segment in app.screen._compositor.render_strips()[line].crop(14, 104) if segment.text.strip()
        ]
        assert len(told) > 2
        for segment in told:
            assert segment.style is not None
            colors = segment.style.color, segment.style.bgcolor
            fore, back = (color.triplet for color in colors if color is not None)
            assert fore is not None
            assert back is not None
            assert contrast(fore, back) >= READABLE, (theme, segment)
