"""Work done aside: in a process of its own, which begins with all that this one knows."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from contextlib import suppress
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from resource import RUSAGE_SELF, getrusage
from threading import Thread
from typing import Any, Generic, TypeVar

KILOBYTE = 1024
# Every so many seconds a process looks whether the one that began it is still there.
LOOK = 0.1
Found = TypeVar("Found")


class Aside(Generic[Found]):
    """A call that was begun, in another process if there is one."""

    def __init__(
        self,
        call: Callable[[], Found],
        process: BaseProcess | None = None,
        receiver: Connection | None = None,
    ) -> None:
        self._call, self._process, self._receiver = call, process, receiver

    def wait(self) -> Found:
        """Its value; what it raised is raised. Where its process did not live to the end it is called here."""
        if self._process is None or self._receiver is None:
            return self._call()
        try:
            found, error = self._receiver.recv()
        except EOFError:
            return self._call()
        finally:
            self._process.join()
        if error is not None:
            raise error
        value: Found = found
        return value

    def end(self) -> None:
        """End its process, if it is still at work."""
        if self._process is not None:
            self._process.terminate()
            self._process.join()


def begin(call: Callable[[], Found]) -> Aside[Found]:
    """Begin a call aside.

    Where there is but one processor, or no memory for both, or no other process can be had, it is called here when its
    value is waited for.
    """
    if not _has_room():
        return Aside(call)
    fork = get_context("fork")
    receiver, sender = fork.Pipe(duplex=False)
    process = fork.Process(target=_send, args=(sender, call, os.getpid()), daemon=True)
    try:
        process.start()
    except OSError:
        return Aside(call)
    sender.close()
    return Aside(call, process, receiver)


def _send(sender: Connection, call: Callable[[], Any], parent: int) -> None:
    Thread(target=_end_with, args=(parent,), daemon=True).start()
    # Whoever interrupts this process interrupts the one that began it, which tells of it.
    with suppress(KeyboardInterrupt, BrokenPipeError):
        try:
            sender.send((call(), None))
        except Exception as error:
            sender.send((None, error))


def _end_with(parent: int) -> None:
    """End this process when the one that began it is no more: nobody waits for it, and it must not go on writing."""
    while os.getppid() == parent:
        time.sleep(LOOK)
    os._exit(1)


def _has_room() -> bool:
    """Whether there is another processor, and as much memory free as this process ever had."""
    free = os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return len(os.sched_getaffinity(0)) > 1 and free > getrusage(RUSAGE_SELF).ru_maxrss * KILOBYTE
