"""Signals that come in the midst of anything: what they interrupt may hold a lock, which their handlers then must not
wait for. Each is sent at every line of what may be under way."""

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

SENDING = """
import asyncio, os, signal, sys, threading

lines = None  # run through since `begin`

def begin(*_):
    global lines
    lines = 0

def look(frame, event, argument):
    global lines
    if event == "line" and lines is not None:
        lines += 1
        if lines == moment:
            os.kill(os.getpid(), signal.SIGCONT)
    return look

def at_each_line(act):
    global lines, moment
    for moment in range(1, 60):
        lines = None
        sys.settrace(look)
        act()
        sys.settrace(None)
"""
STOPPED = """
from tui import lent_terminal

lent_terminal._STOP_SECONDS = 0.001
os.killpg = begin  # nobody else is to be stopped here
at_each_line(lent_terminal.stop_group)
"""
WRITING = """
from tui.terminal import quick_driver

class App:
    def post_message(self, message): pass
    async def _post_message(self, message): pass

def write():
    begin()
    driver.write("x")

async def run():
    global driver
    driver = quick_driver()(App())
    driver.start_application_mode()
    at_each_line(write)
    await asyncio.sleep(0)
    assert len([one for one in threading.enumerate() if one.name == "textual-input"]) == 1
    driver.stop_application_mode()
    driver.close()

asyncio.run(run())
"""


@pytest.mark.parametrize("program", [STOPPED, WRITING], ids=["the shell has the terminal", "a frame is written"])
def test_it_goes_on_whenever_it_is_let(program: str) -> None:
    main, tty = pty.openpty()
    try:
        subprocess.run(
            [sys.executable, "-c", SENDING + program],
            cwd=Path(__file__).parent.parent,
            stdin=tty,
            stderr=subprocess.PIPE,
            timeout=20,
            check=True,
        )
    finally:
        os.close(tty)
        os.close(main)
