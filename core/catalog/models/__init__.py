"""What can be seen, where and when."""

from core.catalog.models.events import CastMember, Category, Event, FilmDetails
from core.catalog.models.showtimes import PriceTier, Showtime, TicketType
from core.catalog.models.venues import Room, Seat, SeatMap, Venue, Zone

__all__ = [
    "CastMember",
    "Category",
    "Event",
    "FilmDetails",
    "PriceTier",
    "Room",
    "Seat",
    "SeatMap",
    "Showtime",
    "TicketType",
    "Venue",
    "Zone",
]
