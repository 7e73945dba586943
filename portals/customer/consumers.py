"""The socket of a showtime: who opens it hears of every change, and says nothing."""

import json
from typing import Any

from channels.db import database_sync_to_async

from core.catalog.models import Showtime
from core.seating import live
from portals.listening import Listener

NO_SUCH_SHOWTIME = 4404


class ShowtimeConsumer(Listener):
    """Speaks the messages of the seat-selection protocol, with (epoch, sequence) added to each."""

    async def connect(self) -> None:
        """Confirm, with the number from which on every change will be told."""
        showtime_id = int(self.scope["url_route"]["kwargs"]["id"])
        if not await self.come_in():
            return
        if not await _is_public(showtime_id):
            await self.close(NO_SUCH_SHOWTIME)
            return
        hall = await self.listen(live.topic(showtime_id), showtime_id=showtime_id)
        epoch, number = await hall.position()
        await self.confirm(
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


@database_sync_to_async
def _is_public(showtime_id: int) -> Any:
    return Showtime.objects.public().filter(pk=showtime_id).exists()
