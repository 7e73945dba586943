"""What every socket of ours is: it says what has changed and listens to nothing."""

from typing import Any

from channels.generic.websocket import AsyncWebsocketConsumer

from core.kernel.actor import Actor
from portals.watching import Hall, house

TOO_MANY = 4429
TOO_MUCH = 4413
MOST_SAID = 20


class Listener(AsyncWebsocketConsumer):  # type: ignore[misc]
    """A socket that hears of one topic. Those from one address are capped; who talks much is shown out."""

    # The house listens for everybody, so a socket needs no channel of its own, and opens when Valkey is away too.
    channel_layer_alias = "none"

    network: str | None = None
    topic: str = ""
    confirmed = False
    said = 0

    async def come_in(self) -> bool:
        """Accept the socket; False where too many are open from there, and it was closed."""
        self.waiting: list[str] = []
        await self.accept()
        network = network_of(self.scope)
        if not house().let_in(network):
            await self.close(TOO_MANY)
            return False
        self.network = network
        return True

    async def listen(self, topic: str, *, showtime_id: int | None = None, rests: float = 1.0) -> Hall:
        """Hear what is told of `topic` from now on."""
        self.topic = topic
        return await house().enter(topic, self, showtime_id=showtime_id, rests=rests)

    async def confirm(self, text: str) -> None:
        """The first message; what was told meanwhile comes after it."""
        await self.send(text)
        self.confirmed = True
        for waiting in self.waiting:
            await self.send(waiting)

    async def disconnect(self, code: int) -> None:
        """Leave."""
        if self.network is not None:
            house().let_out(self.network)
        if self.topic:
            house().leave(self.topic, self)

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


def network_of(scope: dict[str, Any]) -> str:
    """Where a socket comes from, as caps count it; "" for this machine, whose proxy then says nothing of clients."""
    network = Actor(holder="", address=(scope.get("client") or [""])[0]).network
    return "" if network.startswith("127.") or network == "::/64" else network
