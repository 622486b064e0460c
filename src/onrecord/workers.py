"""Workers: processes that answer one call at a time and can be stopped at any moment.

The engine cannot be stopped while it evaluates, and a query may end its process. So one process, the holder, reads the
record once and forks a worker for each connection that the server makes to it; the worker has the record in memory by
copy on write, answers the calls of its connection one after another, and is killed where it goes beyond a limit.
"""

from __future__ import annotations

import gc
import json
import marshal
import os
import resource
import selectors
import shutil
import signal
import socket
import struct
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from onrecord.endpoint import Endpoint, Reply
from onrecord.limits import MEGABYTE, Limits
from onrecord.outlets import Outlet
from onrecord.project import read_project
from onrecord.protocol import Call

# A call is its length and a marshalled tuple; a reply is the lengths of a marshalled head and of a body, and both.
CALL_LENGTH, REPLY_LENGTHS, PROCESS_ID = struct.Struct("<I"), struct.Struct("<II"), struct.Struct("<I")
# A line of the holder's first connection: which worker ended, and its wait status.
ENDED = struct.Struct("<Ii")
# How many calls a worker has begun: in a file that all share, at the place that its process id says.
BEGUN = struct.Struct("<I")
# Where a holder is told to hold the record.
IN_MEMORY = "memory"
# How many seconds after its limit a worker ends of itself, should nobody be left to end it.
GRACE = 5


def main() -> None:
    """Hold the record that the arguments name: a listening socket, the file of the calls begun, a project, a base, a
    folder, limits, and whether the record is to be held in memory even if there is a store on disk."""
    listener, begun, root, base, spool, limits, place = sys.argv[1:]
    endpoint = Endpoint(read_project(Path(root), base or None), in_memory=place == IN_MEMORY)
    outside = Outside(socket.socket(fileno=int(listener)), int(begun), Path(spool))
    Holder(endpoint, outside, Limits(**json.loads(limits))).run()


class Outside(NamedTuple):
    """What a holder shares with the server: where it connects, where calls begun are counted, where answers lie."""

    listener: socket.socket
    begun: int
    spool: Path


class Holder:
    """Forks a worker for each connection; the first connection is told which workers ended, and how."""

    def __init__(self, endpoint: Endpoint, outside: Outside, limits: Limits) -> None:
        self.endpoint, self.outside, self.limits = endpoint, outside, limits
        self.listener = outside.listener
        self.workers: set[int] = set()
        self.woken, wake = os.pipe()
        for end in (self.woken, wake):
            os.set_blocking(end, False)
        signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        for ignored in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(ignored, signal.SIG_IGN)
        gc.collect()
        gc.freeze()

    def run(self) -> None:
        """Fork until the server is gone."""
        server, _ = self.listener.accept()
        with selectors.DefaultSelector() as selector:
            for source in (server, self.listener, self.woken):
                selector.register(source, selectors.EVENT_READ)
            while True:
                ready = {key.fileobj for key, _ in selector.select()}
                if self.woken in ready:
                    self._reap(server)
                if server in ready and is_closed(server):
                    break
                if self.listener in ready:
                    self._fork(server)
        for worker in self.workers:
            os.kill(worker, signal.SIGKILL)
            os.waitpid(worker, 0)
        shutil.rmtree(self.outside.spool, ignore_errors=True)

    def _fork(self, server: socket.socket) -> None:
        connection, _ = self.listener.accept()
        worker = os.fork()
        if worker == 0:
            try:
                server.close()
                self.listener.close()
                self._serve(connection)
            finally:
                os._exit(0)
        self.workers.add(worker)
        connection.close()

    def _serve(self, connection: socket.socket) -> None:
        signal.set_wakeup_fd(-1)
        for usual in (signal.SIGCHLD, signal.SIGTERM):
            signal.signal(usual, signal.SIG_DFL)
        silence()
        self.endpoint.open()
        limit_memory(int(self.limits.memory * MEGABYTE))
        serve_calls(self.endpoint, connection, self.outside, self.limits)

    def _reap(self, server: socket.socket) -> None:
        os.read(self.woken, 4096)
        while self.workers:
            worker, status = os.waitpid(-1, os.WNOHANG)
            if worker == 0:
                return
            self.workers.discard(worker)
            try:
                server.sendall(ENDED.pack(worker, status))
            except OSError:
                return


def is_closed(connection: socket.socket) -> bool:
    """Whether the other end of a connection on which nothing is sent has closed it."""
    try:
        return not connection.recv(64)
    except ConnectionError:
        return True


def limit_memory(more: int) -> None:
    """Let this process have so many bytes more than it has; and leave no core behind if it ends for want of more."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    most = pages * resource.getpagesize() + more
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def silence() -> None:
    """Let the engine's last words go nowhere: the server says what happened."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (1, 2):
        os.dup2(nowhere, stream)


def count_begun(begun: int, worker: int, count: int) -> None:
    """Say how many calls a worker has begun: more than it has answered where a call ended it."""
    os.pwrite(begun, BEGUN.pack(count), worker * BEGUN.size)


def read_begun(begun: int, worker: int) -> int:
    """How many calls a worker has begun; 0 where it has not said so."""
    found = os.pread(begun, BEGUN.size, worker * BEGUN.size)
    return int(BEGUN.unpack(found)[0]) if found else 0


def serve_calls(endpoint: Endpoint, connection: socket.socket, outside: Outside, limits: Limits) -> None:
    """Answer the calls of a connection until it ends."""
    me, count = os.getpid(), 0
    count_begun(outside.begun, me, count)
    connection.sendall(PROCESS_ID.pack(me))
    with connection, connection.makefile("rb") as calls:
        while len(length := calls.read(CALL_LENGTH.size)) == CALL_LENGTH.size:
            call = Call(*marshal.loads(calls.read(*CALL_LENGTH.unpack(length))))
            count += 1
            count_begun(outside.begun, me, count)
            place = f"{outside.spool}/{me}-{count}"
            signal.setitimer(signal.ITIMER_REAL, limits.seconds + GRACE)
            reply = endpoint.respond(call, _outlets(place, int(limits.answer * MEGABYTE)))
            signal.setitimer(signal.ITIMER_REAL, 0)
            connection.sendall(pack_reply(reply))


def _outlets(place: str, limit: int) -> Callable[[str], Outlet]:
    return lambda coding: Outlet(place, coding, limit)


def pack_reply(reply: Reply) -> bytes:
    """A reply as bytes."""
    head = marshal.dumps((reply.status, reply.headers, reply.lasting, reply.rows, reply.file))
    return REPLY_LENGTHS.pack(len(head), len(reply.body)) + head + reply.body


def unpack_reply(head: bytes, body: bytes) -> Reply:
    """A reply from its bytes."""
    status, headers, lasting, rows, file = marshal.loads(head)
    return Reply(status, headers, lasting, rows, body, file)


def pack_call(call: Call) -> bytes:
    """A call as bytes."""
    data = marshal.dumps(tuple(call))
    return CALL_LENGTH.pack(len(data)) + data


if __name__ == "__main__":
    main()
