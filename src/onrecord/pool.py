"""The pool: the server's side of the workers. It hands out calls, watches what they take, and ends what takes too much.

All in one event loop: nothing here waits but by awaiting.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from asyncio import AbstractEventLoop, Future
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from onrecord.dumps import STORE_DUMP
from onrecord.endpoint import OUT_OF_MEMORY, Reply
from onrecord.failures import CallError, limit_error
from onrecord.limits import Limits
from onrecord.project import Project
from onrecord.published import store_of
from onrecord.workers import ENDED, IN_MEMORY, PROCESS_ID, REPLY_LENGTHS, read_begun, unpack_reply

# Every so many seconds the pool looks at the queries that run.
TICK = 0.025
# A query that has run for less than so many seconds is short: others may stand behind it, no more than so many.
SHORT, MOST_BEHIND = 0.002, 32
# A query that runs for so many seconds is long: its client is watched, and none stands behind it. It yields the
# processor to others once it is hasty no more, after so many seconds, or where more are hasty than leave a processor.
LONG, HASTY = 0.025, 1.0
MOST_HASTY = len(os.sched_getaffinity(0)) - 1 if hasattr(os, "sched_getaffinity") else 0
# How many workers wait for calls, at most, once the others have had none for a while; and how many from the start.
IDLE, READY = 8, 2
# How many seconds the end of a worker may take to be told.
TOLD = 1.0
# How many ends are remembered, for those that nobody asked for.
REMEMBERED = 1_000
PAGE = os.sysconf("SC_PAGE_SIZE")
# Half of the machine's memory is for queries.
MEMORY = os.sysconf("SC_PHYS_PAGES") * PAGE // 2
# How many times the size of its N-Quads a record takes in memory.
GROWTH = 4
GONE = CallError(499, "The client went away.")
TOO_DEEP = "The query is nested too deeply for the engine. Nest less: flatten groups, parentheses and paths."
NO_WORKER = "No query can be worked on just now. Ask again in a few seconds."
TOO_MANY = "Too many queries are asked at once. Ask again in a few seconds."


# What is told who asked: the reply, or why there is none.
Hear = Callable[[Reply | CallError], None]


@dataclass(eq=False)
class Task:
    """A call that is asked of the workers, and what becomes of it: when it was asked, when a worker began it, and
    whether it was given to another one before, which ended."""

    call: bytes
    hear: Hear
    gone: Callable[[], Awaitable[object]]
    asked: float
    began: float = 0.0
    is_moved: bool = False
    is_told: bool = False

    def tell(self, outcome: Reply | CallError) -> None:
        """Tell who asked, once, what came of it."""
        if not self.is_told:
            self.is_told = True
            self.hear(outcome)


class Worker(asyncio.Protocol):
    """The connection to one worker. It is sent calls while others wait for replies, but only behind short ones."""

    def __init__(self, pool: Pool) -> None:
        self.ready: Future[None] = pool.loop.create_future()
        self.tasks: deque[Task] = deque()
        self.pid = self.size = self.answered = 0
        self.is_long = self.is_lost = False
        # Whether it is of no use after the call that it works on: slow, or sent others that were then given elsewhere.
        self.has_yielded = self.has_given = False
        self.ended_for: CallError | None = None
        self.watch: Future[object] | None = None
        self._pool = pool
        self._held = bytearray()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep what the calls are written to."""
        self.transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        """Take a piece of the replies; first of all, the worker's process id."""
        self._held += data
        if not self.pid and len(self._held) >= PROCESS_ID.size:
            (self.pid,) = PROCESS_ID.unpack_from(self._held)
            del self._held[: PROCESS_ID.size]
            self.ready.set_result(None)
        while self._take_reply():
            pass

    def _take_reply(self) -> bool:
        start = REPLY_LENGTHS.size
        if len(self._held) < start:
            return False
        head, body = REPLY_LENGTHS.unpack_from(self._held)
        end = start + head + body
        if len(self._held) < end:
            return False
        reply = unpack_reply(bytes(self._held[start : start + head]), bytes(self._held[start + head : end]))
        del self._held[:end]
        task = self.tasks.popleft()
        self.answered += 1
        if self.tasks:
            self.tasks[0].began = self._pool.loop.time()
        self._pool.take_back(self)
        task.tell(reply)
        return bool(self.tasks)

    def connection_lost(self, error: Exception | None) -> None:
        """The worker ended."""
        self.is_lost = True
        if not self.ready.done():
            self.ready.set_exception(ConnectionError("the worker ended"))
        self._pool.lose(self)

    def send(self, task: Task) -> None:
        """Send a call; its reply comes after those of the calls before it."""
        if not self.tasks:
            task.began = self._pool.loop.time()
        self.tasks.append(task)
        self.transport.write(task.call)

    def end(self, reason: CallError | None) -> None:
        """Kill the worker, for this reason, which who asked is told at once; for none, where it has answered."""
        if self.ended_for is None and not self.is_lost:
            self.ended_for = reason
            with suppress(ProcessLookupError):
                self._take_processor()
                os.kill(self.pid, signal.SIGKILL)
            if reason and self.tasks:
                self.tasks[0].tell(reason)

    def _take_processor(self) -> None:
        """Let a worker that yielded end at once: on a busy machine it would not even get the time to die."""
        if self.has_yielded and hasattr(os, "sched_setscheduler"):
            with suppress(PermissionError):
                os.sched_setscheduler(self.pid, os.SCHED_OTHER, os.sched_param(0))

    def yield_processor(self) -> None:
        """Run from now on only where nothing shorter wants to; there is no way back."""
        self.has_yielded = True
        with suppress(ProcessLookupError):
            os.setpriority(os.PRIO_PROCESS, self.pid, 19)
            if hasattr(os, "sched_setscheduler"):
                os.sched_setscheduler(self.pid, os.SCHED_IDLE, os.sched_param(0))


class Pool:
    """The workers of one holder, and the calls that wait for one."""

    def __init__(
        self, project: Project, base: str | None, limits: Limits, loop: AbstractEventLoop, *, in_memory: bool = False
    ) -> None:
        self.limits, self.loop = limits, loop
        self._idle: list[Worker] = []
        self._busy: dict[Worker, None] = {}
        self._waiting: deque[Task] = deque()
        self._count = 0
        self._ends: dict[int, Future[int]] = {}
        self._tick: asyncio.TimerHandle | None = None
        self._shared = 0
        self._is_open = self._is_closing = False
        self._running: set[asyncio.Task[None]] = set()
        self._folder = Path(tempfile.mkdtemp(prefix="onrecord-"))
        self._begun = os.memfd_create("onrecord-begun")
        self._holder = self._start_holder(project, base, IN_MEMORY if in_memory else "")
        self._control: asyncio.Transport | None = None

    def _start_holder(self, project: Project, base: str | None, place: str) -> subprocess.Popen[bytes]:
        self._address = str(self._folder / "calls")
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(self._address)
            listener.listen(socket.SOMAXCONN)
            shared = listener.fileno(), self._begun
            arguments = [*map(str, shared), str(project.root), base or "", str(self._folder)]
            command = [sys.executable, "-m", "onrecord.workers", *arguments, json.dumps(self.limits.as_dict()), place]
            return subprocess.Popen(command, pass_fds=shared, stdin=subprocess.DEVNULL)

    async def start(self) -> None:
        """Connect to the holder, and have the first workers ready."""
        self._control, _ = await self.loop.create_unix_connection(lambda: _Ends(self._ends), self._address)
        for _ in range(READY):
            self._idle.append(await self._connect())
        self._shared = read_size(self._holder.pid)
        self._is_open = True

    async def close(self) -> None:
        """Let what runs finish, then end every worker and the holder."""
        self._is_closing = True
        while self._busy or self._waiting:
            await asyncio.sleep(TICK)
        for worker in self._idle:
            worker.transport.close()
        if self._control:
            self._control.close()
        if not self._is_open:
            # It still reads the record, for nobody.
            self._holder.kill()
        await asyncio.to_thread(self._holder.wait)
        os.close(self._begun)
        shutil.rmtree(self._folder, ignore_errors=True)

    @property
    def is_alive(self) -> bool:
        """Whether the holder still runs."""
        return self._holder.poll() is None

    def ask(self, call: bytes, gone: Callable[[], Awaitable[object]], hear: Hear) -> None:
        """Ask a call. ``hear`` is called once, with the reply or with why there is none; ``gone`` is awaited to learn
        that nobody wants it any more."""
        self._place(Task(call, hear, gone, self.loop.time()))

    async def wait(self, call: bytes, gone: Callable[[], Awaitable[object]]) -> Reply:
        """The reply to a call, asked in the same way. Raises CallError."""
        told: Future[Reply | CallError] = self.loop.create_future()

        def hear(outcome: Reply | CallError) -> None:
            if not told.done():
                told.set_result(outcome)

        self.ask(call, gone, hear)
        outcome = await told
        if isinstance(outcome, CallError):
            raise outcome
        return outcome

    def _place(self, task: Task, *, alone: bool = False) -> None:
        """Give a call to a worker: behind short ones, or ``alone``; a free one, a new one, or one in its turn."""
        behind = None if alone else self._find_short()
        if behind:
            behind.send(task)
        elif self._idle:
            self._give(self._idle.pop(), task)
        elif self._count < self.limits.queries:
            self._run(self._give_new(task))
        elif len(self._waiting) < self.limits.queue:
            self._waiting.append(task)
            self.loop.call_later(self.limits.patience, self._expire, task)
        else:
            task.tell(limit_error("queue", TOO_MANY))

    def _find_short(self) -> Worker | None:
        """A worker on short calls behind which a call waits less long than another worker takes to wake."""
        now = self.loop.time()
        short = [one for one in self._busy if not one.is_long and now - one.tasks[0].began < SHORT]
        best = min(short, key=lambda worker: len(worker.tasks), default=None)
        return best if best and len(best.tasks) < MOST_BEHIND else None

    def _give(self, worker: Worker, task: Task) -> None:
        worker.send(task)
        self._busy[worker] = None
        if self._tick is None:
            self._tick = self.loop.call_later(TICK, self._look)

    async def _give_new(self, task: Task) -> None:
        try:
            worker = await self._connect()
        except CallError as error:
            self._move(task, error)
        else:
            self._give(worker, task)

    def _run(self, work: Coroutine[object, object, None]) -> None:
        running = self.loop.create_task(work)
        self._running.add(running)
        running.add_done_callback(self._running.discard)

    def _expire(self, task: Task) -> None:
        if task in self._waiting:
            self._waiting.remove(task)
            task.tell(limit_error("queue", TOO_MANY))

    async def _connect(self) -> Worker:
        self._count += 1
        try:
            _, worker = await self.loop.create_unix_connection(lambda: Worker(self), self._address)
        except OSError as error:
            self._count -= 1
            raise limit_error("workers", NO_WORKER) from error
        try:
            await worker.ready
        except ConnectionError as error:
            raise limit_error("workers", NO_WORKER) from error
        if worker.is_lost:
            raise limit_error("workers", NO_WORKER)
        return worker

    def take_back(self, worker: Worker) -> None:
        """A worker has answered: it gets what waits; one that is slow or large by now is ended, and another gets it."""
        if worker.watch:
            worker.watch.cancel()
        is_spent = worker.has_yielded or worker.has_given or worker.ended_for is not None
        if is_spent or (worker.is_long and not self._can_keep(worker)):
            worker.end(None)
            worker.transport.close()
        elif not worker.tasks:
            worker.is_long = False
            del self._busy[worker]
            if self._waiting:
                self._give(worker, self._waiting.popleft())
            else:
                self._idle.append(worker)

    def _can_keep(self, worker: Worker) -> bool:
        """Whether there is room for what a worker keeps of its last query, among those that wait."""
        worker.size = self._measure(worker)
        return worker.size + sum(one.size for one in self._idle) < MEMORY // 4

    def _measure(self, worker: Worker) -> int:
        """How many bytes a worker has for itself, at most: what it took, and what it has copied of the holder's, which
        no more than it has touched."""
        return read_size(worker.pid) - self._shared + min(read_touched(worker.pid), self._shared)

    def lose(self, worker: Worker) -> None:
        """A worker has ended: what it worked on fails; what it had not begun, and what stood behind, goes to others."""
        if worker.watch:
            worker.watch.cancel()
        if worker in self._idle:
            self._idle.remove(worker)
        self._busy.pop(worker, None)
        self._count -= 1
        if worker.tasks:
            self._let_go(worker, worker.tasks.popleft())
        self._spread(worker)
        if self._waiting and self._count < self.limits.queries:
            self._run(self._give_new(self._waiting.popleft()))
        elif worker.pid and self._count < READY and self.is_alive and not self._is_closing:
            self._run(self._refill())

    async def _refill(self) -> None:
        """Have another worker ready before it is asked for."""
        with suppress(CallError):
            worker = await self._connect()
            self._busy[worker] = None
            self.take_back(worker)

    def _spread(self, worker: Worker) -> None:
        while len(worker.tasks) > (0 if worker.is_lost else 1):
            self._place(worker.tasks.pop(), alone=True)

    def _let_go(self, worker: Worker, task: Task) -> None:
        """A call ended its worker, or never came to it: then it is not to blame."""
        if worker.ended_for is None and read_begun(self._begun, worker.pid) == worker.answered:
            self._move(task, limit_error("workers", NO_WORKER))
        else:
            self._run(self._fail(worker, task))

    def _move(self, task: Task, error: CallError) -> None:
        """Give a call whose worker ended before it began it to a new one, once: those that wait may have ended, too."""
        if task.is_moved:
            task.tell(error)
        else:
            task.is_moved = True
            self._run(self._give_new(task))

    async def _fail(self, worker: Worker, task: Task) -> None:
        task.tell(await self._explain_end(worker))

    def _look(self) -> None:
        """Look at the queries that run, again and again while there are any."""
        try:
            self._keep_within_limits()
        finally:
            self._tick = self.loop.call_later(TICK, self._look) if self._busy else None

    def _keep_within_limits(self) -> None:
        """End what has gone beyond its time, make long queries yield, and keep all of them within the memory."""
        now = self.loop.time()
        for worker in list(self._busy):
            age, waited = (now - worker.tasks[0].began, now - worker.tasks[0].asked) if worker.tasks else (0.0, 0.0)
            if waited > self.limits.seconds:
                worker.end(limit_error("time", f"The query took longer than {self.limits.seconds:g} s. {LESS}"))
            elif age > LONG and not worker.is_lost:
                self._slow_down(worker, age)
        self._keep_within_memory()
        while len(self._idle) > IDLE and not self._busy:
            self._idle.pop(0).transport.close()

    def _slow_down(self, worker: Worker, age: float) -> None:
        """Watch what runs long, and make it yield in time."""
        if not worker.is_long:
            worker.is_long = True
            self._watch(worker)
            worker.has_given = len(worker.tasks) > 1
            self._spread(worker)
        hasty = sum(one.is_long and not one.has_yielded for one in self._busy)
        if not worker.has_yielded and (age > HASTY or hasty > MOST_HASTY):
            worker.yield_processor()

    def _watch(self, worker: Worker) -> None:
        worker.watch = asyncio.ensure_future(worker.tasks[0].gone())
        worker.watch.add_done_callback(lambda watch: None if watch.cancelled() else worker.end(GONE))

    def _keep_within_memory(self) -> None:
        running = [worker for worker in self._busy if worker.is_long and not worker.is_lost]
        for worker in running:
            worker.size = self._measure(worker)
        if sum(worker.size for worker in running) > MEMORY:
            max(running, key=lambda worker: worker.size).end(limit_error("memory", OUT_OF_MEMORY))

    async def _explain_end(self, worker: Worker) -> CallError:
        for left_over in self._folder.glob(f"{worker.pid}-*"):
            left_over.unlink(missing_ok=True)
        told = self._ends.setdefault(worker.pid, self.loop.create_future())
        try:
            status = await asyncio.wait_for(told, TOLD) if worker.ended_for is None else 0
        except TimeoutError:
            status = 0
        self._ends.pop(worker.pid, None)
        if worker.ended_for:
            return worker.ended_for
        cause = os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0
        if cause in (signal.SIGSEGV, signal.SIGBUS):
            return CallError(400, TOO_DEEP)
        if cause in (signal.SIGABRT, signal.SIGKILL):
            return limit_error("memory", OUT_OF_MEMORY)
        return limit_error("workers", "The query ended its worker. Ask again, or in another way.")


LESS = "Ask for less: a LIMIT, fewer patterns, no paths without an end."


class _Ends(asyncio.Protocol):
    """What the holder tells: which workers ended, and how."""

    def __init__(self, ends: dict[int, Future[int]]) -> None:
        self._ends = ends
        self._held = b""

    def data_received(self, data: bytes) -> None:
        self._held += data
        while len(self._held) >= ENDED.size:
            worker, status = ENDED.unpack_from(self._held)
            self._held = self._held[ENDED.size :]
            told = self._ends.setdefault(worker, asyncio.get_running_loop().create_future())
            if not told.done():
                told.set_result(status)
            if len(self._ends) > REMEMBERED:
                del self._ends[next(iter(self._ends))]


def fits_memory(public: Path) -> bool:
    """Whether a published record that is kept on disk can be held in memory, in a quarter of what the machine has."""
    dump = public / STORE_DUMP
    return store_of(public) is not None and dump.stat().st_size * GROWTH < MEMORY // 2


def read_size(process: int) -> int:
    """How many bytes of memory a process has for itself; 0 if it is gone."""
    try:
        _, resident, shared, *_ = Path(f"/proc/{process}/statm").read_text(encoding="ascii").split()
    except (OSError, ValueError):
        return 0
    return (int(resident) - int(shared)) * PAGE


def read_touched(process: int) -> int:
    """How many bytes of memory a process has touched that it did not have before, or not for itself: at least so many
    it has copied of what it shared. 0 if it is gone."""
    try:
        text = Path(f"/proc/{process}/stat").read_text(encoding="ascii", errors="replace")
    except OSError:
        return 0
    return int(text.rpartition(")")[2].split()[7]) * PAGE
