"""What the catalogue refuses, worded for the person who plans."""

from django.utils.translation import gettext as _

from core.catalog.models import Event, Room, Showtime
from core.kernel.errors import Conflict, Refusal


class RoomWithoutSeatMap(Refusal):
    """A showtime needs places, and the room has none."""

    def __init__(self, room: Room) -> None:
        super().__init__(_("%(room)s has no seat map yet. Import one, then schedule again.") % {"room": room})


class RoomTaken(Conflict):
    """Two showtimes cannot share a room."""

    def __init__(self, other: Showtime) -> None:
        super().__init__(
            _("The room is taken by “%(title)s” from %(start)s to %(end)s. Choose another time or room.")
            % {
                "title": other.event.title,
                "start": f"{other.local_start:%Y-%m-%d %H:%M}",
                "end": f"{other.room.venue.local(other.ends_at):%H:%M}",
            }
        )


class WrongTimes(Refusal):
    """A showtime that ends before it starts, or is sold only after it began."""

    def __init__(self) -> None:
        super().__init__(_("The times do not fit: first the sale opens, then the doors, then it starts, then it ends."))


class NoPrices(Refusal):
    """A showtime that nobody could buy."""

    def __init__(self) -> None:
        super().__init__(_("Name at least one price. A free showtime has prices of 0."))


class UnknownZone(Refusal):
    """A price for a part of the room that its seat map does not have."""

    def __init__(self, zone: str) -> None:
        super().__init__(_("The seat map has no zone called “%(zone)s”. Prices name its zones.") % {"zone": zone})


class CannotPublish(Conflict):
    """Only a draft can be published."""

    def __init__(self, event: Event) -> None:
        super().__init__(
            _("“%(title)s” was cancelled and cannot be published again. Create a new event.") % {"title": event.title}
        )
