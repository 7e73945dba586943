"""Reading the catalogue."""

from core.catalog.queries.prices import least_prices, price_lists
from core.catalog.queries.programme import (
    City,
    Wanted,
    announced,
    categories_with_counts,
    cities,
    days_with_counts,
    events_on,
    featured,
    next_showtimes,
    public_events,
    showtimes_of_event,
    showtimes_of_organizer,
    showtimes_on,
)
from core.catalog.queries.seat_maps import export_seat_map
from core.catalog.queries.venues import cities_of_venues, rooms_of, venues_to_visit

__all__ = [
    "City",
    "Wanted",
    "announced",
    "categories_with_counts",
    "cities",
    "cities_of_venues",
    "days_with_counts",
    "events_on",
    "export_seat_map",
    "featured",
    "least_prices",
    "next_showtimes",
    "price_lists",
    "public_events",
    "rooms_of",
    "showtimes_of_event",
    "showtimes_of_organizer",
    "showtimes_on",
    "venues_to_visit",
]
