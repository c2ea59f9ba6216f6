"""New windows: in which manner a program starts, and the command that opens one."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from msgspec.structs import replace

from tui.domain.launching import Host, Launcher, LaunchError, LaunchPlan, Manner
from tui.domain.windows import HOSTS, host_of, manner_of, window_argv, with_manner

FOLDER = Path("/src/odd #(touch owned) #[x];")
TMUX = {"TMUX": "/tmp/tmux-1000/default,1,0"}
KITTY = {"KITTY_WINDOW_ID": "1", "KITTY_LISTEN_ON": "unix:/tmp/kitty"}
HELIX = Launcher("hx", "editor", ("hx", "{path}"))
CODE = Launcher("code", "editor", ("code", "{path}"), terminal=False)


def only(*programs: str) -> Callable[[str], bool]:
    return lambda program: program in programs


def planned(host: Host | None, name: str = "hx") -> LaunchPlan:
    return LaunchPlan(name, ("hx",), FOLDER, True, "editor", host)


@pytest.mark.parametrize(
    ("environ", "host"),
    [
        ({}, None),
        (TMUX, "tmux"),
        ({"ZELLIJ": "0", "ZELLIJ_SESSION_NAME": "a"}, "zellij"),
        ({"WEZTERM_PANE": "0"}, "wezterm"),
        (KITTY, "kitty"),
        ({"KITTY_WINDOW_ID": "1"}, None),
        ({"KITTY_LISTEN_ON": "unix:/x"}, None),
        ({"TMUX": ""}, None),
        ({**KITTY, **TMUX}, "tmux"),
        ({"WEZTERM_PANE": "0", "ZELLIJ": "0"}, "zellij"),
    ],
)
def test_host_is_told_by_the_environment(environ: Mapping[str, str], host: Host | None) -> None:
    assert host_of(environ, only(*HOSTS)) == host
    assert host_of(environ, only()) is None


def test_host_whose_program_is_missing_leaves_it_to_the_next() -> None:
    assert host_of({**KITTY, **TMUX}, only("kitty")) == "kitty"


@pytest.mark.parametrize(
    ("own", "setting", "host", "manner"),
    [
        (None, "suspended", "tmux", "suspended"),
        (None, "window", "tmux", "window"),
        (None, "window", None, "suspended"),
        ("window", "suspended", "kitty", "window"),
        ("window", "suspended", None, "suspended"),
        ("suspended", "window", "tmux", "suspended"),
    ],
)
def test_manner_is_the_programs_own_or_the_setting_where_there_are_windows(
    own: Manner | None, setting: Manner, host: Host | None, manner: Manner
) -> None:
    launcher = replace(HELIX, manner=own)
    assert manner_of(launcher, setting, host) == manner
    assert with_manner(planned(None), launcher, setting, host) == planned(host if manner == "window" else None)
    assert manner_of(replace(CODE, manner=own), setting, host) == "beside"
    assert with_manner(planned(None), CODE, setting, host) == planned(None)


def test_tmux_gets_the_words_and_takes_the_folder_it_is_run_in() -> None:
    argv = ("/bin/hx", "--", "a b", "c;", ";", "\\;", "d;e", "#(x)", "-x", "")
    assert window_argv(planned("tmux", "h#x"), argv, {}) == (
        *("tmux", "new-window", "-P", "-F", "#{pane_id}", "-n", "hx odd (touch owned) [x]\\;", "--"),
        *("/bin/hx", "--", "a b", "c\\;", "\\;", "\\\\;", "d;e", "#(x)", "-x", ""),
    )


def test_tmux_never_gets_a_single_word_which_a_shell_would_read() -> None:
    assert window_argv(planned("tmux"), ("/bin/my sh",), {})[-2:] == ("/usr/bin/env", "/bin/my sh")
    with pytest.raises(LaunchError, match=r"its path holds `=`; set `\[launch\] manner = \"suspended\"`"):
        window_argv(planned("tmux"), ("/opt/a=b/sh",), {})


def test_zellij_wezterm_and_kitty_get_the_words_as_they_are() -> None:
    argv = ("/bin/hx", "--", "a b", "c;", "-x", "$(x)", "@selections")
    assert window_argv(planned("zellij"), argv, {}) == (
        *("zellij", "run", f"--cwd={FOLDER}", "--name=hx odd (touch owned) [x];", "--close-on-exit", "--", *argv),
    )
    assert window_argv(planned("wezterm"), argv, {}) == ("wezterm", "cli", "spawn", f"--cwd={FOLDER}", "--", *argv)
    assert window_argv(planned("kitty"), argv, {}) == (
        *("kitty", "@", "launch", "--type=tab", f"--cwd={FOLDER}"),
        *("--tab-title=hx odd (touch owned) [x];", "--", *argv),
    )


@pytest.mark.parametrize("host", HOSTS)
def test_variables_are_set_without_a_shell(host: Host) -> None:
    made = window_argv(planned(host), ("/bin/hx", "x"), {"LESS": "R $(x)", "A": ""})
    assert made[-5:] == ("/usr/bin/env", "LESS=R $(x)", "A=", "/bin/hx", "x")


def test_what_kitty_would_fill_in_is_refused() -> None:
    with pytest.raises(LaunchError, match="kitty would fill `@selection` in"):
        window_argv(planned("kitty"), ("/bin/hx", "@selection"), {})


def test_name_of_a_window_cannot_steer_the_terminal() -> None:
    plan = replace(planned("zellij", "hx\x1b[2J"), folder=Path("/src/" + "long\n" * 40))
    name = next(part for part in window_argv(plan, ("/bin/hx",), {}) if part.startswith("--name="))
    assert name.isprintable()
    assert len(name) <= len("--name=") + 40


@pytest.mark.parametrize("host", ["tmux", "zellij", "kitty"])
def test_a_window_is_called_after_a_label_where_there_is_one(host: Host) -> None:
    made = " ".join(window_argv(replace(planned(host), label="repository 3"), ("/bin/hx", "x"), {}))
    assert "hx repository 3" in made
    assert "hx odd" not in made


def test_plan_without_a_host_has_no_window() -> None:
    with pytest.raises(LaunchError, match="has no window to open"):
        window_argv(planned(None), ("/bin/hx",), {})
