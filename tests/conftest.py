"""A home of its own for every test: nothing of the developer's decides a result, nothing of theirs is touched."""

import os
from pathlib import Path

import pytest
import textual._wait
from hypothesis import HealthCheck, settings

# How long Textual's pilot watches a process before it takes it for idle, twice a key: its 20 ms were most of the time
# the tests took. The share of them that may be spent at work stays.
textual._wait.SLEEP_GRANULARITY = 1 / 200
textual._wait.SLEEP_IDLE = textual._wait.SLEEP_GRANULARITY / 20

# The same examples in each run: what was changed decides a result, not chance and not how busy the machine is.
# New ones are looked for with --hypothesis-profile=explore.
settings.register_profile(
    "steady", derandomize=True, database=None, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("explore", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("steady")


def pytest_xdist_auto_num_workers() -> int:
    """Half as many more workers as there are processors: the screen's tests wait for it half of their time."""
    return (os.cpu_count() or 1) * 3 // 2


@pytest.fixture(autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home folder, in force for this process and its children."""
    folder = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("HOME", str(folder))
    for name in ("CONFIG", "DATA", "STATE", "CACHE"):
        monkeypatch.delenv(f"XDG_{name}_HOME", raising=False)
    for name in ("MAKERHOUR_CONFIG", "VISUAL", "EDITOR", "BROWSER", "NO_COLOR", "TZ", "TMUX", "NVIM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(folder / ".gitconfig"))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    (folder / ".gitconfig").write_text(
        "[user]\n\tname = Test Person\n\temail = test@example.com\n[init]\n\tdefaultBranch = main\n"
        '[commit]\n\tgpgSign = false\n[protocol "file"]\n\tallow = always\n'
    )
    return folder
