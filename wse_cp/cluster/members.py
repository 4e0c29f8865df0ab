"""The workers of a cluster during a run: who is there, who has come or gone, and the exchange with each.

Everything here runs in the loop of the client; what takes time is done by threads.
"""

from __future__ import annotations

import asyncio
import logging
import time
import uuid
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Protocol

from wse_cp.cluster.connection import refusal, version_of
from wse_cp.cluster.member import Member, Traffic
from wse_cp.cluster.messages import ENDED
from wse_cp.cluster.worker import exchange, work
from wse_cp.errors import shorten

if TYPE_CHECKING:
    from distributed import Client

#: Least seconds between two exchanges with a worker, and for each worker of the cluster: the scheduler,
#: through which all goes, is to be busy with them for a small part of the time.
PERIOD, PERIOD_PER_WORKER = 1.0, 0.03
#: Seconds between looks at who is there; as long as there is nobody, or somebody is about to join.
_LOOK, _FIRST_LOOK = 1.0, 0.1
#: Seconds after which a worker that does not answer counts as slow; those its last report is waited for.
SLOW, _LAST_REPORT = 10.0, 2.0
#: Seconds without an answer after which the scheduler counts as gone.
LOST = 10.0
#: A worker gets so many tasks that fail.
_TRIES = 3
#: A worker that could not be asked for its version is asked again after so many seconds.
_AGAIN = 5.0


_log = logging.getLogger(__name__)


class Exchange(Protocol):
    """What is exchanged with the members; called from threads, for one member never twice at a time."""

    def task(self, member: Member) -> str:
        """Return the text of a task."""

    def order(self, member: Member, stop: bool) -> str:
        """Return the text of an order."""

    def take(self, member: Member, report: str) -> None:
        """Take a report."""

    def leave(self, member: Member) -> None:
        """Take note that a member is gone."""

    def say(self, message: str) -> None:
        """Pass a message to the user."""


class Members:
    """Looks after all workers from `run` until `finish`, both in the client's loop.

    `lost` says why there will be no more exchange, if so.
    """

    def __init__(self, client: Client, desk: Exchange) -> None:
        self._client: Any = client
        self._desk = desk
        self._members: dict[str, Member] = {}
        self._asked: dict[str, asyncio.Task[bool]] = {}  #: whether a worker can take part
        self._refused: dict[str, float] = {}  #: workers without a task, and when to ask them again
        self._answered = time.monotonic()
        self._over = False
        self._run = uuid.uuid4().hex[:12]
        self._tasks = 0
        self._traffic = Traffic()
        self._cancelling: set[asyncio.Future[None]] = set()
        self.lost = ""

    @property
    def all(self) -> list[Member]:
        """All members, in the order in which they came."""
        return list(self._members.values())

    async def run(self) -> None:
        """Look who is there again and again."""
        while not (self._over or self.lost):
            await self._look()
            await asyncio.sleep(_LOOK if self._members and not self._asked else _FIRST_LOOK)

    async def _look(self) -> None:
        present = await self._present()
        if present is None:
            return
        gone = [member for address, member in self._members.items() if address not in present]
        for member in gone:
            self._drop(member)
        for address in present:
            if address not in self._members and self._wanted(address):
                self._asked[address] = asyncio.create_task(self._version(address))
        done = [address for address, asked in self._asked.items() if asked.done()]
        welcome = [address for address in done if self._asked.pop(address).result()]
        joined = [self._add(address, present[address]) for address in welcome if address in present]
        if gone or joined:
            self._tell(len(joined), len(gone))

    async def _present(self) -> dict[str, int] | None:
        """Return the workers with their threads; None if the scheduler does not answer."""
        asked = self._client.nthreads()
        try:
            present: dict[str, int] = dict(await asyncio.wait_for(asked, LOST / 4))
        except Exception:
            if time.monotonic() - self._answered > LOST or self._client.status == "closed":
                self.lost = "the scheduler does not answer any more"
            return None
        self._answered = time.monotonic()
        return present

    def _wanted(self, address: str) -> bool:
        return address not in self._asked and time.monotonic() > self._refused.get(address, 0.0)

    async def _version(self, address: str) -> bool:
        """Tell whether a worker can take part; it is refused with one line if not."""
        try:
            reason = refusal(await version_of(self._client, address))
        except Exception:  # gone again, or too busy to answer
            self._refused[address] = time.monotonic() + _AGAIN
            return False
        if reason is None:
            return True
        self._refused[address] = float("inf")
        self._desk.say(f"worker {address} {reason}")
        return False

    def _add(self, address: str, threads: int) -> Member:
        taken = {member.slot for member in self._members.values()}
        slot = next(number for number in range(len(taken) + 1) if number not in taken)
        member = self._members[address] = Member(address, threads, slot)
        member.task = asyncio.create_task(self._guarded(member))
        return member

    def _drop(self, member: Member) -> None:
        """Forget a member, whose worker is gone."""
        del self._members[member.address]
        if member.task is not None:
            member.task.cancel()
        self._cancel([member])
        self._desk.leave(member)

    def _tell(self, joined: int, gone: int) -> None:
        there = f"{_count(len(self._members), 'worker')} with " + _count(
            sum(member.threads for member in self._members.values()), "thread"
        )
        lost = f"{_count(gone, 'worker')} gone; " if gone else ""
        self._desk.say(f"{lost}{there}" if joined or self._members else f"{lost}no worker is left")

    async def _guarded(self, member: Member) -> None:
        try:
            await self._attend(member)
        except Exception as error:  # whatever it is, the others go on
            _log.info("exchange failed", exc_info=True)
            self._desk.say(f"worker {member.address} is given up: {error!r}")

    async def _attend(self, member: Member) -> None:
        """Give a member tasks until one has ended as it should, or several have failed."""
        for _ in range(_TRIES):
            await self._start(member)
            while (state := member.state) not in ENDED:
                await asyncio.sleep(max(PERIOD, PERIOD_PER_WORKER * len(self._members)))
                await self._exchange(member, stop=False)
                if member.state == state == "unknown" and await self._broken(member):
                    break
            if self._over or member.state == "ended":
                return
        self._desk.leave(member)
        self._desk.say(f"worker {member.address} is given up: its tasks fail")

    async def _start(self, member: Member) -> None:
        """Submit a task for one member alone."""
        text = await asyncio.to_thread(self._desk.task, member)
        self._tasks += 1
        member.key, member.state = f"wse-cp-{self._run}-{self._tasks}", "unknown"
        member.future = self._client.submit(
            work,
            member.key,
            text,
            key=member.key,
            workers=[member.address],
            allow_other_workers=False,
            pure=False,
        )

    async def _broken(self, member: Member) -> bool:
        """Tell whether a task has ended without having said so; its error is said."""
        if member.future.status in ("pending", "finished"):
            return bool(member.future.status == "finished")
        if member.future.status == "error":
            error = await self._in_loop(member.future.exception)
            self._desk.say(f"worker {member.address}: {shorten(' '.join(str(error).split()), 200)}")
        return True

    @staticmethod
    async def _in_loop(call: Callable[[], Any]) -> Any:
        """Return what a function of the client returns, which is something to wait for in its loop."""
        found = call()
        return await found if isinstance(found, Awaitable) else found

    async def _exchange(self, member: Member, stop: bool) -> None:
        """Give an order to a member and take its report; that it does not answer is said once."""
        order = await asyncio.to_thread(self._desk.order, member, stop)
        begin = time.monotonic()
        asked = self._client.run(exchange, member.key, order, workers=[member.address])
        try:
            found = await asyncio.wait_for(asked, _LAST_REPORT if stop else SLOW)
        except TimeoutError:
            if not member.slow and not stop:
                self._desk.say(f"worker {member.address} does not answer; the others go on without it")
            member.slow = True
            return
        except Exception:  # the worker or the scheduler is gone, which `_look` will notice
            return
        member.slow = False
        report = found[member.address]
        if report is None:
            member.state = "unknown"
        else:
            self._traffic.count(order, report, time.monotonic() - begin)
            await asyncio.to_thread(self._desk.take, member, report)

    def _cancel(self, members: list[Member]) -> None:
        futures = [member.future for member in members if member.future is not None]
        with suppress(Exception):
            pending = self._client.cancel(futures, force=True)
            if isinstance(pending, Awaitable):
                task = asyncio.ensure_future(_quietly(pending))
                self._cancelling.add(task)
                task.add_done_callback(self._cancelling.discard)

    async def finish(self) -> None:
        """Take the last reports, and let nothing go on; takes seconds at most."""
        self._over = True
        members = self.all
        for task in [*(member.task for member in members), *self._asked.values()]:
            if task is not None:
                task.cancel()
        if not self.lost:
            await asyncio.gather(*(self._exchange(member, stop=True) for member in members))
        self._cancel(members)
        _log.info("%s", self._traffic)


async def _quietly(pending: Awaitable[Any]) -> None:
    with suppress(Exception):
        await pending


def _count(number: int, what: str) -> str:
    return f"{number} {what}" + ("" if number == 1 else "s")
