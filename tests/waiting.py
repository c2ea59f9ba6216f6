"""Waiting in a test for something another thread or process does. No tests here."""

import threading
import time
from collections.abc import Callable

from tests.terminal import PATIENCE


def until(met: Callable[[], object]) -> None:
    """Wait until `met` is true; an AssertionError where it is not within PATIENCE seconds."""
    deadline = time.monotonic() + PATIENCE
    while not met():
        assert time.monotonic() < deadline, "it did not happen"
        threading.Event().wait(0.01)
