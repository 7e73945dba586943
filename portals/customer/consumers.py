"""The socket of a showtime: who opens it hears of every change, and says nothing."""

import json
from typing import Any

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer

from core.catalog.models import Showtime
from core.kernel.actor import Actor
from core.seating import live
from portals.customer.watching import house

NO_SUCH_SHOWTIME = 4404
TOO_MANY = 4429
TOO_MUCH = 4413
MOST_SAID = 20


class ShowtimeConsumer(AsyncWebsocketConsumer):  # type: ignore[misc]
    """Speaks the messages of the seat-selection protocol, with (epoch, sequence) added to each."""

    # The house listens for everybody, so a socket needs no channel of its own, and opens when Valkey is away too.
    channel_layer_alias = "none"

    network: str | None = None
    showtime_id: int | None = None
    confirmed = False
    said = 0

    async def connect(self) -> None:
        """Confirm, with the number from which on every change will be told."""
        showtime_id = int(self.scope["url_route"]["kwargs"]["id"])
        self.waiting: list[str] = []
        await self.accept()
        network = _network(self.scope)
        if not house().let_in(network):
            await self.close(TOO_MANY)
            return
        self.network = network
        if not await _is_public(showtime_id):
            await self.close(NO_SUCH_SHOWTIME)
            return
        self.showtime_id = showtime_id
        hall = await house().enter(showtime_id, self, live.topic(showtime_id))
        epoch, number = await hall.position()
        await self.send(
            json.dumps(
                {
                    "type": "connection_confirmed",
                    "screening_id": showtime_id,
                    "message": "Connected to real-time seat updates",
                    "epoch": epoch,
                    "sequence": number,
                }
            )
        )
        self.confirmed = True
        for text in self.waiting:
            await self.send(text)

    async def disconnect(self, code: int) -> None:
        """Leave."""
        if self.network is not None:
            house().let_out(self.network)
        if self.showtime_id is not None:
            house().leave(self.showtime_id, self)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        """Nothing that is said here is listened to; who says much is shown out."""
        self.said += 1 + len(text_data or bytes_data or "") // 1_000
        if self.said > MOST_SAID:
            await self.close(TOO_MUCH)

    async def tell(self, text: str) -> None:
        """Send a message of the house; what comes before the confirmation waits for it."""
        if self.confirmed:
            await self.send(text)
        else:
            self.waiting.append(text)


def _network(scope: dict[str, Any]) -> str:
    """Where a socket comes from, as caps count it; "" for this machine, whose proxy then says nothing of clients."""
    network = Actor(holder="", address=(scope.get("client") or [""])[0]).network
    return "" if network.startswith("127.") or network == "::/64" else network


@database_sync_to_async
def _is_public(showtime_id: int) -> Any:
    return Showtime.objects.public().filter(pk=showtime_id).exists()
