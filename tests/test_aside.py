"""What is called aside gives what it would give here, and leaves nothing behind."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from onrecord import aside
from onrecord.aside import begin

ORPHAN = """
import os, sys, time
from pathlib import Path
from onrecord.aside import begin

def work():
    Path(sys.argv[1]).write_text(str(os.getpid()))
    time.sleep(60)

begin(work)
while not Path(sys.argv[1]).exists():
    time.sleep(0.01)
os.kill(os.getpid(), 9)
"""


@pytest.fixture(autouse=True)
def room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(aside, "_has_room", lambda: True)


def test_a_call_is_made_by_another_process() -> None:
    found = begin(os.getpid).wait()
    assert found != os.getpid()


def test_what_a_call_raises_is_raised_where_it_is_waited_for() -> None:
    def fail() -> None:
        raise ValueError("no such thing")

    begun = begin(fail)
    with pytest.raises(ValueError, match="no such thing"):
        begun.wait()


def test_where_there_is_no_room_the_call_is_made_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(aside, "_has_room", lambda: False)
    assert begin(os.getpid).wait() == os.getpid()


def test_a_call_whose_process_ended_is_made_here() -> None:
    here = os.getpid()

    def end() -> int:
        if os.getpid() != here:
            os._exit(1)
        return 7

    assert begin(end).wait() == 7


def test_a_call_can_be_ended() -> None:
    begun = begin(lambda: time.sleep(60))
    began = time.monotonic()
    begun.end()
    assert time.monotonic() - began < 30


def test_a_process_ends_with_the_one_that_began_it(tmp_path: Path) -> None:
    told = tmp_path / "process"
    subprocess.run([sys.executable, "-c", ORPHAN, str(told)], check=False)
    process, waited = int(told.read_text(encoding="ascii")), 0.0
    while Path(f"/proc/{process}").exists() and waited < 10:
        time.sleep(0.05)
        waited += 0.05
    assert not Path(f"/proc/{process}").exists()
