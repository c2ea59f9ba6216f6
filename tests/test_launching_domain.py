"""The launch table, templates and the choice of a program."""

from collections.abc import Callable
from pathlib import Path

import pytest
from msgspec.structs import replace

from tui.domain.launch_table import TABLE, with_own
from tui.domain.launching import (
    KINDS,
    PLACEHOLDERS,
    SETTINGS,
    Launcher,
    LaunchError,
    available,
    choose,
    fill,
    parse_launcher,
    plan,
    with_file,
)

FOLDER = Path("/home/ana/code/voice box")
FILE = str(FOLDER / "src/mix down.py")
BRIEF = str(FOLDER / "brief.md")
PROMPT = f"Read {BRIEF} first, then build what it asks for."
ROWS = {launcher.name: launcher for launcher in TABLE}

ODD = (
    "a b",
    "it's",
    'say "hi"',
    "$(touch owned)",
    "`touch owned`",
    "x; touch owned",
    "$HOME",
    "{path}",
    "{path.__class__}",
    "{{line}}",
    "%s %(path)s",
    "first\nsecond",
    "tab\there",
    "naïve – 漢字 🎧",
    "back\\slash",
    "*",
    "~",
    "#not a comment",
    "\udce9",  # how Python holds a file name that is not UTF-8
)


def everywhere(_program: str) -> bool:
    return True


def only(*programs: str) -> Callable[[str], bool]:
    return lambda program: program in programs


OPENED: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "nvim": (("nvim", str(FOLDER)), ("nvim", "+7", "--", FILE)),
    "hx": (("hx", str(FOLDER)), ("hx", f"{FILE}:7")),
    "helix": (("helix", str(FOLDER)), ("helix", f"{FILE}:7")),
    "kak": (("kak",), ("kak", "+7", "--", FILE)),
    "micro": (("micro",), ("micro", "+7", FILE)),
    "code": (("code", str(FOLDER)), ("code", "--reuse-window", "--goto", f"{FILE}:7")),
    "code-insiders": (
        ("code-insiders", str(FOLDER)),
        ("code-insiders", "--reuse-window", "--goto", f"{FILE}:7"),
    ),
    "codium": (("codium", str(FOLDER)), ("codium", "--reuse-window", "--goto", f"{FILE}:7")),
    "cursor": (("cursor", str(FOLDER)), ("cursor", "--reuse-window", "--goto", f"{FILE}:7")),
    "windsurf": (("windsurf", str(FOLDER)), ("windsurf", "--reuse-window", "--goto", f"{FILE}:7")),
    "zed": (("zed", str(FOLDER)), ("zed", f"{FILE}:7")),
    "zeditor": (("zeditor", str(FOLDER)), ("zeditor", f"{FILE}:7")),
    "subl": (("subl", str(FOLDER)), ("subl", f"{FILE}:7")),
    "idea": (("idea", str(FOLDER)), ("idea", "--line", "7", FILE)),
    "pycharm": (("pycharm", str(FOLDER)), ("pycharm", "--line", "7", FILE)),
    "goland": (("goland", str(FOLDER)), ("goland", "--line", "7", FILE)),
    "webstorm": (("webstorm", str(FOLDER)), ("webstorm", "--line", "7", FILE)),
    "clion": (("clion", str(FOLDER)), ("clion", "--line", "7", FILE)),
    "rustrover": (("rustrover", str(FOLDER)), ("rustrover", "--line", "7", FILE)),
    "phpstorm": (("phpstorm", str(FOLDER)), ("phpstorm", "--line", "7", FILE)),
    "rubymine": (("rubymine", str(FOLDER)), ("rubymine", "--line", "7", FILE)),
    "rider": (("rider", str(FOLDER)), ("rider", "--line", "7", FILE)),
    "emacs": (("emacs", "-nw", str(FOLDER)), ("emacs", "-nw", "+7", "--", FILE)),
    "emacs-gui": (("emacs", str(FOLDER)), ("emacs", "+7", "--", FILE)),
    "emacsclient": (("emacsclient", str(FOLDER)), ("emacsclient", "+7", FILE)),
    "gvim": (("gvim", str(FOLDER)), ("gvim", "+7", "--", FILE)),
    "vim": (("vim", str(FOLDER)), ("vim", "+7", "--", FILE)),
    "nano": (("nano",), ("nano", "+7", "--", FILE)),
    "vi": (("vi",), ("vi", "+7", "--", FILE)),
}
"""Every editor of the table: opened on the folder, and on a file and line."""

BRIEFED: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "claude": (("claude",), ("claude", PROMPT)),
    "codex": (("codex",), ("codex", PROMPT)),
    "gemini": (("gemini",), ("gemini", "--prompt-interactive", PROMPT)),
    "aider": (("aider",), ("aider", "--read", BRIEF)),
    "opencode": (("opencode",), ("opencode", "--prompt", PROMPT)),
    "goose": (("goose", "session"), ("goose", "run", "--instructions", BRIEF, "--interactive")),
    "cursor-agent": (("cursor-agent",), ("cursor-agent", PROMPT)),
    "copilot": (("copilot",), ("copilot", "--interactive", PROMPT)),
}
"""Every agent: by itself, and with an item's brief."""

BESIDE = {
    *("code", "codium", "cursor", "windsurf", "zed", "zeditor", "subl", "emacsclient", "gvim", "emacs-gui"),
    *("idea", "pycharm", "goland", "webstorm", "clion", "rustrover", "phpstorm", "rubymine", "rider"),
    *("code-insiders", "xdg-open", "open"),
}


# The table


def test_every_editor_and_agent_has_its_line_here() -> None:
    assert set(OPENED) == {launcher.name for launcher in TABLE if launcher.kind == "editor"}
    assert set(BRIEFED) == {launcher.name for launcher in TABLE if launcher.kind == "agent"}


@pytest.mark.parametrize("name", OPENED)
def test_editor_opens_folder_and_file(name: str) -> None:
    folder, file = OPENED[name]
    assert plan(ROWS[name], FOLDER).argv == folder
    assert plan(ROWS[name], FOLDER, {"file": FILE, "line": "7"}).argv == file


@pytest.mark.parametrize("name", BRIEFED)
def test_agent_starts_with_and_without_a_brief(name: str) -> None:
    alone, briefed = BRIEFED[name]
    assert plan(ROWS[name], FOLDER).argv == alone
    assert plan(ROWS[name], FOLDER, {"brief": BRIEF}).argv == briefed


@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize("name", [*OPENED, *BRIEFED])
def test_known_programs_take_odd_folders_files_and_briefs_as_they_are(name: str, odd: str) -> None:
    folder = Path("/srv") / odd
    values = {"file": odd, "line": "7", "brief": odd, "item": odd, "branch": odd}
    told = OPENED.get(name) or BRIEFED[name]
    for expected, made in zip(told, (plan(ROWS[name], folder), plan(ROWS[name], folder, values)), strict=True):
        swapped = [part.replace(FILE, str(folder / odd)).replace(BRIEF, str(folder / odd)) for part in expected]
        assert made.argv == tuple(part.replace(str(FOLDER), str(folder)) for part in swapped)
        assert (made.folder, made.terminal) == (folder, name not in BESIDE)


@pytest.mark.parametrize("name", ["zsh", "bash", "fish", "sh", "lazygit", "gitui", "tig"])
def test_shell_and_git_client_start_in_the_folder_without_arguments(name: str) -> None:
    made = plan(ROWS[name], FOLDER)
    assert (made.argv, made.folder, made.terminal) == ((name,), FOLDER, True)


@pytest.mark.parametrize("name", ["xdg-open", "open", "w3m", "lynx"])
def test_browser_gets_the_address(name: str) -> None:
    assert plan(ROWS[name], FOLDER, {"url": "https://forge.example/a/b"}).argv == (
        name,
        "https://forge.example/a/b",
    )


def test_table_is_sound() -> None:
    assert len(ROWS) == len(TABLE)
    assert {launcher.name for launcher in TABLE if not launcher.terminal} == BESIDE
    for launcher in TABLE:
        for command in (launcher.command, *launcher.fuller):
            assert command[0] == ("emacs" if launcher.name == "emacs-gui" else launcher.name)
            parse_launcher(launcher.name, launcher.kind, list(command))
    assert set(SETTINGS) == set(KINDS)


def test_every_line_is_tested_for_what_it_starts() -> None:
    """By the tests above: each opens or shows something there, and the diff in tests of its own."""
    tested = {*OPENED, *BRIEFED, "zsh", "bash", "fish", "sh", "lazygit", "gitui", "tig"}
    assert {launcher.name for launcher in TABLE} == {*tested, "xdg-open", "open", "w3m", "lynx", "git"}


def test_diff_of_a_file_runs_nothing_of_the_repository() -> None:
    made = plan(ROWS["git"], FOLDER, {"file": "src/-odd"})
    assert made.argv == (
        *("git", "--literal-pathspecs", "-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null"),
        *("-C", str(FOLDER), "diff", "--no-ext-diff", "--no-textconv", "HEAD", "--", str(FOLDER / "src/-odd")),
    )


def test_own_entries_come_first_and_replace_those_of_the_same_name() -> None:
    mine = parse_launcher("mine", "agent", "my-agent {brief}")
    claude = parse_launcher("claude", "agent", "claude --model best {brief}")
    table = with_own((mine, claude))
    assert table[:2] == (mine, claude)
    assert [launcher for launcher in table if launcher.name == "claude"] == [claude]
    assert len(table) == len(TABLE) + 1


# Templates


def test_template_is_split_once_like_a_shell_would() -> None:
    launcher = parse_launcher("x", "editor", """ed --title 'my notes' "{path}" a\\ b""", terminal=False)
    assert launcher == Launcher("x", "editor", ("ed", "--title", "my notes", "{path}", "a b"), terminal=False)


def test_list_is_taken_as_it_is() -> None:
    assert parse_launcher("x", "agent", ["my agent", "it's", ""]).command == ("my agent", "it's", "")


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("vim '{path}", "has a quote that is never closed"),
        ('vim "', "has a quote that is never closed"),
        ("", "the command is empty"),
        ("   ", "the command is empty"),
        ("''", "the command is empty"),
        ([], "the command is empty"),
        (["", "{path}"], "the command is empty"),
        ("vim {pth}", "unknown placeholder `{pth}`; did you mean `{path}`?"),
        ("vim {Path}", "unknown placeholder `{Path}`; did you mean `{path}`?"),
        ("vim {brnch}", "did you mean `{branch}`?"),
        ("vim {zzz}", "known: `{path}`, `{file}`, `{line}`"),
        ("vim {path.__class__}", "unknown placeholder `{path.__class__}`"),
        ("vim {path!r}", "unknown placeholder `{path!r}`"),
        ("vim {0}", "unknown placeholder `{0}`"),
        ("vim {}", "unknown placeholder `{}`"),
        ("vim +{line} a{b}c", "unknown placeholder `{b}`"),
        ("{path}/run", "the program `{path}/run` holds a placeholder"),
        ("{file}", "the program `{file}` holds a placeholder"),
        (["vim", "a\0b"], "holds a NUL character"),
    ],
)
def test_bad_template_is_a_sentence(command: str | list[str], said: str) -> None:
    with pytest.raises(LaunchError) as caught:
        parse_launcher("x", "editor", command)
    assert said in str(caught.value)
    assert "\0" not in str(caught.value)


def test_plain_braces_are_written_twice() -> None:
    launcher = parse_launcher("x", "editor", ["ed", '--set={{"a": 1}}', "{{path}}", "{{{path}}}", "}{"])
    assert fill(launcher, {"path": "/p"}) == ("ed", '--set={"a": 1}', "{path}", "{/p}", "}{")


# Filling


@pytest.mark.parametrize("odd", ODD)
def test_value_stays_one_argument_and_literal(odd: str) -> None:
    launcher = parse_launcher("x", "agent", "ask {path} --about={item} {file}:{line} {item}")
    values = {"path": f"/srv/{odd}", "item": odd, "file": f"/srv/{odd}/f", "line": "3"}
    assert fill(launcher, values) == ("ask", f"/srv/{odd}", f"--about={odd}", f"/srv/{odd}/f:3", odd)


def test_values_are_not_read_for_placeholders_again() -> None:
    launcher = parse_launcher("x", "agent", "ask {item} {branch}")
    assert fill(launcher, {"item": "{branch}", "branch": "{item}"}) == ("ask", "{branch}", "{item}")


def test_argument_without_its_value_is_left_out() -> None:
    launcher = parse_launcher("x", "editor", "ed {path} {file} +{line} --on={branch} {file}:{line} --wait")
    assert fill(launcher, {"path": "/p"}) == ("ed", "/p", "--wait")
    assert fill(launcher, {"path": "/p", "file": "", "line": "2"}) == ("ed", "/p", "+2", "--wait")


@pytest.mark.parametrize("value", ["--evil", "-", "--", "-rf x", "+!touch owned", "+"])
@pytest.mark.parametrize("template", ["ask {item}", "ask --about {item}", "ask {item}.txt", "ask {item} -- x"])
def test_value_that_would_be_an_option_is_refused(template: str, value: str) -> None:
    with pytest.raises(LaunchError, match="would be read as an option; put `--` before"):
        fill(parse_launcher("x", "agent", template), {"item": value})


@pytest.mark.parametrize("value", ["--evil", "-", "+!touch owned"])
def test_value_may_begin_with_a_dash_where_no_option_can_be(value: str) -> None:
    assert fill(parse_launcher("x", "agent", "ask -- {item}"), {"item": value}) == ("ask", "--", value)
    inside = parse_launcher("x", "agent", "ask --about={item}")
    assert fill(inside, {"item": value}) == ("ask", f"--about={value}")


def test_dashes_from_a_value_do_not_open_the_way_for_options() -> None:
    launcher = parse_launcher("x", "agent", "ask x{item} {branch}")
    with pytest.raises(LaunchError, match="branch `--output=x`"):
        fill(launcher, {"item": "--", "branch": "--output=x"})


def test_program_called_two_dashes_is_not_the_end_of_options() -> None:
    with pytest.raises(LaunchError, match="would be read as an option"):
        fill(Launcher("x", "agent", ("--", "{item}")), {"item": "--evil"})


@pytest.mark.parametrize("name", PLACEHOLDERS)
def test_nul_is_refused(name: str) -> None:
    with pytest.raises(LaunchError) as caught:
        fill(parse_launcher("x", "agent", f"ask {{{name}}}"), {name: "/a\0b"})
    assert "holds a NUL character" in str(caught.value)
    assert "\0" not in str(caught.value)


@pytest.mark.parametrize(
    "url",
    [
        *(
            "file:///etc/passwd",
            "javascript:alert(1)",
            "ssh://host/x",
            "ftp://host/x",
            "mailto:a@b",
            "host/x",
        ),
        *(
            "https://",
            "https:///x",
            "https://a b",
            "https://a\nb",
            "http:a",
            " https://a",
            "-https://a",
            "//a",
        ),
        *("https://a\x1b[2J", "httpsx://a", "data:text/html,x", "https://a\x7f"),
    ],
)
def test_only_web_addresses_are_opened(url: str) -> None:
    with pytest.raises(LaunchError):
        fill(ROWS["xdg-open"], {"url": url})


@pytest.mark.parametrize(
    "url", ["https://forge.example/a?b=c&d=$(e)#f", "HTTP://host:8080/ü", "http://[::1]/", "https://a"]
)
def test_web_addresses_pass_unchanged(url: str) -> None:
    assert fill(ROWS["xdg-open"], {"url": url}) == ("xdg-open", url)


@pytest.mark.parametrize("line", ["!touch owned", "-1", "1e3", "1 2", "٣", "x", "1234567890"])
def test_line_must_be_a_number(line: str) -> None:
    with pytest.raises(LaunchError, match="is no line number"):
        fill(ROWS["vim"], {"path": "/p", "file": "/p/f", "line": line})


def test_messages_show_foreign_text_safely() -> None:
    with pytest.raises(LaunchError) as caught:
        fill(parse_launcher("x", "agent", "ask {item}"), {"item": "-\x1b]52;c;AAAA\x07" + "y" * 500})
    assert "\x1b" not in str(caught.value)
    assert len(str(caught.value)) < 300


# Plans


@pytest.mark.parametrize("odd", ODD)
def test_plan_holds_the_folder_as_it_is(odd: str) -> None:
    folder = Path("/srv") / odd
    made = plan(ROWS["vim"], folder)
    assert (made.name, made.argv, made.folder) == ("vim", ("vim", f"/srv/{odd}"), folder)
    assert (made.terminal, made.kind) == (True, "editor")


@pytest.mark.parametrize("name", ["-rf", "+q", "--", "-", "a/-b"])
def test_file_inside_the_folder_becomes_absolute_and_so_no_option(name: str) -> None:
    assert plan(ROWS["micro"], Path("/srv"), {"file": name}).argv == ("micro", "+1", f"/srv/{name}")
    assert plan(ROWS["aider"], Path("/srv"), {"brief": name}).argv == ("aider", "--read", f"/srv/{name}")


def test_file_without_a_line_opens_at_its_first() -> None:
    assert plan(ROWS["hx"], FOLDER, {"file": FILE}).argv == ("hx", f"{FILE}:1")


def test_line_without_a_file_opens_the_folder() -> None:
    assert plan(ROWS["vim"], FOLDER, {"line": "7"}).argv == ("vim", str(FOLDER))


def test_folder_must_be_absolute() -> None:
    with pytest.raises(LaunchError, match="is not an absolute path"):
        plan(ROWS["vim"], Path("-rf"))


def test_branch_that_looks_like_an_option_is_refused() -> None:
    client = parse_launcher("x", "git-client", "tig {branch}")
    with pytest.raises(LaunchError, match="branch `--output=x` would be read as an option"):
        plan(client, FOLDER, {"branch": "--output=x"})


# The choice


def test_setting_names_a_row() -> None:
    assert choose("editor", "hx", {"VISUAL": "vim", "EDITOR": "nano"}, TABLE, everywhere) == ROWS["hx"]
    assert choose("agent", "goose", {}, TABLE, everywhere) == ROWS["goose"]


def test_setting_is_a_template() -> None:
    chosen = choose("editor", "nvim -R {path}", {}, TABLE, everywhere)
    assert chosen == Launcher("nvim", "editor", ("nvim", "-R", "{path}"), terminal=True)
    beside = choose("editor", "/opt/code/bin/code -n {path}", {}, TABLE, everywhere)
    assert (beside.terminal, beside.command) == (False, ("/opt/code/bin/code", "-n", "{path}"))


def test_row_of_another_kind_may_be_named() -> None:
    chosen = choose("git-client", "code", {}, TABLE, everywhere)
    assert (chosen.kind, chosen.command) == ("git-client", ("code", "{path}"))


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({"VISUAL": "code --wait", "EDITOR": "vim"}, ("code", "--wait", str(FOLDER))),
        ({"EDITOR": "vim"}, ("vim", str(FOLDER))),
        ({"VISUAL": "  ", "EDITOR": "nano"}, ("nano",)),
        ({"EDITOR": "emacs"}, ("emacs", "-nw", str(FOLDER))),
        ({"EDITOR": "emacs -nw"}, ("emacs", "-nw", str(FOLDER))),
        ({"EDITOR": "/usr/local/bin/nvim -u NONE"}, ("/usr/local/bin/nvim", "-u", "NONE", str(FOLDER))),
        ({"EDITOR": "'/opt/my editors/hx'"}, ("/opt/my editors/hx", str(FOLDER))),
        ({"EDITOR": "unheard-of --flag"}, ("unheard-of", "--flag")),
        ({"EDITOR": "kak notes"}, ("kak", "notes")),
    ],
)
def test_editor_of_the_environment(environment: dict[str, str], expected: tuple[str, ...]) -> None:
    assert plan(choose("editor", "", environment, TABLE, everywhere), FOLDER).argv == expected


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("code --wait", ("code", "--wait", "--reuse-window", "--goto", f"{FILE}:7")),
        ("emacs -nw", ("emacs", "-nw", "+7", "--", FILE)),
        ("vim -R", ("vim", "-R", "+7", "--", FILE)),
        ("unheard-of --flag", ("unheard-of", "--flag", FILE)),
    ],
)
def test_editor_of_the_environment_opens_a_file(command: str, expected: tuple[str, ...]) -> None:
    chosen = choose("editor", "", {"EDITOR": command}, TABLE, everywhere)
    assert plan(chosen, FOLDER, {"file": FILE, "line": "7"}).argv == expected


@pytest.mark.parametrize(
    ("command", "terminal"),
    [
        *(("code --wait", False), ("/usr/bin/subl -w", False), ("gvim -f", False), ("idea --wait", False)),
        *(("vim", True), ("emacs -nw", True), ("unheard-of", True), ("nvim -R", True)),
        *(("emacsclient -c", False), ("emacsclient -t", True), ("emacsclient --tty -a ''", True)),
    ],
)
def test_table_decides_whether_an_editor_needs_the_terminal(command: str, terminal: bool) -> None:
    assert choose("editor", "", {"EDITOR": command}, TABLE, everywhere).terminal is terminal


def test_own_entry_decides_too() -> None:
    own = parse_launcher("unheard-of", "editor", "unheard-of --new {path}", terminal=False)
    chosen = choose("editor", "", {"EDITOR": "unheard-of --flag"}, with_own((own,)), everywhere)
    assert (chosen.terminal, chosen.command) == (False, ("unheard-of", "--flag", "--new", "{path}"))


def test_own_manner_stays_with_options_of_the_environment() -> None:
    own = replace(parse_launcher("hx", "editor", "hx {path}"), manner="window")
    assert choose("editor", "", {"EDITOR": "hx -v"}, with_own((own,)), everywhere).manner == "window"
    assert choose("editor", "vim", {}, with_own((own,)), everywhere).manner is None


def test_options_are_not_mixed_into_an_own_entry_that_runs_another_program() -> None:
    own = parse_launcher("code", "editor", "flatpak run com.example.code {path}", terminal=False)
    table = with_own((own,))
    assert choose("editor", "code", {}, table, everywhere) == own
    chosen = choose("editor", "", {"EDITOR": "code --wait"}, table, everywhere)
    assert (chosen.terminal, chosen.command) == (False, ("code", "--wait"))


def test_first_installed_where_nothing_is_set() -> None:
    assert choose("editor", "", {}, TABLE, only("vim", "nano")).name == "vim"
    assert choose("editor", "", {}, TABLE, only("vim", "code")).name == "code"
    assert choose("agent", "", {}, TABLE, only("codex", "aider")).name == "codex"
    assert choose("git-client", "", {"EDITOR": "vim"}, TABLE, only("tig")).name == "tig"
    assert choose("shell", "", {}, TABLE, only("sh")).name == "sh"


@pytest.mark.parametrize("path", ["/bin/zsh", "/opt/my shells/new shell", "/opt/o'dd"])
def test_shell_of_the_environment_is_one_path(path: str) -> None:
    chosen = choose("shell", "", {"SHELL": path}, TABLE, everywhere)
    assert (chosen.command, chosen.terminal, chosen.kind) == ((path,), True, "shell")


@pytest.mark.parametrize(
    ("value", "expected", "terminal"),
    [
        ("firefox", ("firefox", "https://a.example/"), False),
        ("w3m", ("w3m", "https://a.example/"), True),
        ("missing:firefox -new-tab %s:w3m", ("firefox", "-new-tab", "https://a.example/"), False),
        ("firefox --url=%s", ("firefox", "--url=https://a.example/"), False),
        ("/usr/bin/w3m -M", ("/usr/bin/w3m", "-M", "https://a.example/"), True),
    ],
)
def test_browser_of_the_environment(value: str, expected: tuple[str, ...], terminal: bool) -> None:
    installed = only("firefox", "w3m", "/usr/bin/w3m")
    chosen = choose("browser", "", {"BROWSER": value}, TABLE, installed)
    assert plan(chosen, FOLDER, {"url": "https://a.example/"}).argv == expected
    assert chosen.terminal is terminal


@pytest.mark.parametrize(
    ("kind", "setting", "environment", "said"),
    [
        (
            "editor",
            "hx",
            {},
            "`[launch] editor` is `hx`, which is not installed or not on the PATH; install it",
        ),
        ("git-client", "gitui", {}, "`[launch] git_client` is `gitui`, which is not installed"),
        ("editor", "", {"VISUAL": "code -w"}, "`$VISUAL` is `code -w`, which is not installed"),
        ("editor", "", {"EDITOR": "hx"}, "or not on the PATH; change it, or set `[launch] editor`"),
        ("shell", "", {"SHELL": "/bin/gone"}, "`$SHELL` is `/bin/gone`, which is not installed"),
        ("browser", "", {"BROWSER": "a:b"}, "`$BROWSER` is `a:b`, which is not installed"),
        ("agent", "", {}, "no agent is installed; install one of `claude`, `codex`"),
        ("agent", "", {}, "or set `[launch] agent`"),
        (
            "git-client",
            "",
            {},
            "no git client is installed; install one of `lazygit`, `gitui`, `tig`, or set",
        ),
        ("editor", "vim '", {}, "`[launch] editor`: `vim '` has a quote that is never closed"),
        (
            "editor",
            "vim {fiel}",
            {},
            "`[launch] editor`: unknown placeholder `{fiel}`; did you mean `{file}`?",
        ),
        ("editor", "", {"EDITOR": 'vim "'}, '`$EDITOR`: `vim "` has a quote that is never closed'),
    ],
)
def test_what_cannot_be_chosen_is_a_sentence_naming_the_setting(
    kind: str, setting: str, environment: dict[str, str], said: str
) -> None:
    known = next(other for other in KINDS if other == kind)
    with pytest.raises(LaunchError) as caught:
        choose(known, setting, environment, TABLE, only())
    assert said in str(caught.value)


def test_available_lists_all_that_are_installed() -> None:
    names = [launcher.name for launcher in available("agent", TABLE, only("aider", "claude", "vim"))]
    assert names == ["claude", "aider"]


@pytest.mark.parametrize(
    ("command", "argv"),
    [
        ("vim {path}", ("vim", FILE)),
        ("ed --here={path} -x", ("ed", f"--here={FILE}", "-x")),
        ("ed -x", ("ed", "-x", "--", FILE)),
        ("ed +{line} -- {file}", ("ed", "+1", "--", FILE)),
    ],
)
def test_an_editor_that_knows_only_a_folder_opens_a_file(command: str, argv: tuple[str, ...]) -> None:
    launcher = with_file(parse_launcher("own", "editor", command))
    assert plan(launcher, FOLDER, {"file": FILE}).argv == argv


def test_a_known_editor_opens_a_file_as_it_always_did() -> None:
    assert with_file(ROWS["nvim"]) == ROWS["nvim"]
    assert with_file(ROWS["nano"]) == ROWS["nano"]
