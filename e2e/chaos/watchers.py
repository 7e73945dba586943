"""Open pages of showtimes: each does with its socket what `static/js/hall/live.js` does, and must heal as it does."""

import asyncio
import contextlib
import datetime as dt
import json
import random
import threading
import time
from collections import Counter
from concurrent.futures import Future
from typing import Any

import requests

from e2e.chaos.websocket import Closed, WebSocket

FIRST_WAIT, LONGEST_WAIT, SILENCE = 0.5, 30.0, 25.0


class Watcher:
    """One page with its picture of the showtime: which seats are not available, and why."""

    def __init__(self, site: str, showtime_id: int) -> None:
        self.site, self.showtime_id = site, showtime_id
        self.epoch, self.sequence, self.tries = "", 0, 0
        self.connected = False
        self.picture: dict[int, tuple[str, float]] = {}
        self.heard: dict[int, tuple[str, float]] = {}
        self.did: Counter[str] = Counter()

    async def watch(self) -> None:
        """Until cancelled."""
        await self._refetch()
        while True:
            try:
                socket = await WebSocket.open(f"{self.site}/ws/screenings/{self.showtime_id}")
            except Closed:
                self.did["could not connect"] += 1
            else:
                self.did["connected"] += 1
                await self._listen(socket)
            self.connected = False
            wait = min(LONGEST_WAIT, FIRST_WAIT * 2**self.tries)
            self.tries += 1
            await asyncio.sleep(wait * random.uniform(0.5, 1.5))

    async def _listen(self, socket: WebSocket) -> None:
        with contextlib.suppress(Closed, TimeoutError):
            while True:
                async with asyncio.timeout(SILENCE):
                    text = await socket.hear()
                await self._hear(json.loads(text))
        socket.close()

    async def _hear(self, message: dict[str, Any]) -> None:
        epoch, sequence, kind = message["epoch"], message["sequence"], message["type"]
        if epoch == "":
            self.connected = False
            await self._refetch()
        elif kind in ("connection_confirmed", "heartbeat"):
            self.tries = 0
            if epoch != self.epoch or sequence > self.sequence:
                await self._refetch()
            self.connected = self.epoch != ""
        elif epoch != self.epoch or sequence > self.sequence + 1:
            await self._refetch()
        elif sequence > self.sequence:
            self.sequence = sequence
            self._apply(message)

    def _apply(self, message: dict[str, Any]) -> None:
        self.did["changes heard"] += 1
        for update in [message] if message["type"] == "seat_update" else message.get("updates", []):
            seat, status = update["seat_id"], update["status"]
            self.heard[seat] = (status, time.monotonic())
            if status == "available":
                self.picture.pop(seat, None)
            else:
                self.picture[seat] = (status, _seconds(update.get("expires_at")))

    async def _refetch(self) -> None:
        while True:
            try:
                state = await asyncio.to_thread(self.fetch)
            except (requests.RequestException, ValueError):
                self.did["could not refetch"] += 1
                await asyncio.sleep(random.uniform(2, 5))
                continue
            self.did["refetched"] += 1
            self.epoch, self.sequence, self.picture = state["epoch"], state["sequence"], picture_of(state)
            return

    def fetch(self) -> dict[str, Any]:
        """The state as the server has it now."""
        answer = requests.get(f"{self.site}/showtimes/{self.showtime_id}/places/", timeout=15)
        answer.raise_for_status()
        found: dict[str, Any] = answer.json()
        return found

    def sees(self) -> dict[int, str]:
        """What stands on the page just now: a hold that has run out is free without being told."""
        now = time.time()
        return {seat: status for seat, (status, until) in self.picture.items() if not until or until > now}


def picture_of(state: dict[str, Any]) -> dict[int, tuple[str, float]]:
    """The picture that the whole state gives."""
    booked = dict.fromkeys([*state["sold"], *state["blocked"]], ("booked", 0.0))
    return booked | {int(seat): ("reserved", (until or 0) / 1000) for seat, until in state["held"].items()}


def _seconds(instant: str | None) -> float:
    return dt.datetime.fromisoformat(instant).timestamp() if instant else 0.0


class Audience:
    """All watchers, on a loop in a thread of its own."""

    def __init__(self, site: str, showtime_ids: list[int]) -> None:
        self.watchers = [Watcher(site, showtime_id) for showtime_id in showtime_ids]
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="audience", daemon=True)
        self._tasks: list[Future[None]] = []

    def start(self) -> None:
        """Open all pages."""
        self._thread.start()
        self._tasks = [asyncio.run_coroutine_threadsafe(watcher.watch(), self._loop) for watcher in self.watchers]

    def stop(self) -> None:
        """Close them; a page whose script has failed says so."""
        for task in self._tasks:
            if task.done():
                task.result()
            task.cancel()
        asyncio.run_coroutine_threadsafe(asyncio.sleep(0.2), self._loop).result()  # time to hear that it is over
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(timeout=5)

    @property
    def did(self) -> Counter[str]:
        """What all of them together have been through."""
        return sum((watcher.did for watcher in self.watchers), Counter())
