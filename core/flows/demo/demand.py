"""How many people want to see it: plain values in, a share of the house out."""

import datetime as dt
import random

from core.flows.demo.content import stories
from core.flows.demo.programme import HALL, SAAL, SALON, STUDIO, Slot

# By days to go: cinema seats are bought late, concert tickets early.
_CINEMA = ((0, 0.95), (1, 0.78), (2, 0.66), (4, 0.5), (7, 0.36), (10, 0.22), (99, 0.13))
_HOUSES = ((0, 0.97), (2, 0.93), (5, 0.86), (9, 0.76), (14, 0.66), (99, 0.4))
LEAST, MOST = 0.02, 0.93


def dice(*words: object) -> random.Random:
    """Chance that falls the same way every time for the same words."""
    return random.Random("/".join(map(str, words)))  # noqa: S311 -- a crowd, not a secret


def share_sold(slot: Slot, now: dt.datetime) -> float:
    """The part of the places that is sold at `now`, on the venue's clock; grows as the day comes near."""
    if slot.cancelled or (slot.sale_opens is not None and slot.sale_opens > now):
        return 0.0
    days = max(0, (slot.starts.date() - now.date()).days)
    if slot.fill is not None and (slot.room not in (SAAL, SALON, STUDIO) or days <= 7):
        return slot.fill
    in_cinema = slot.room in (SAAL, SALON, STUDIO)
    lead = next(factor for limit, factor in (_CINEMA if in_cinema else _HOUSES) if days <= limit)
    wish = (
        stories()[slot.story].popularity * lead * _hour(slot) * dice("demand", slot.room, slot.starts).uniform(0.8, 1.2)
    )
    return min(MOST, max(LEAST, wish))


def _hour(slot: Slot) -> float:
    """Saturday night fills a house, a weekday afternoon does not."""
    if slot.tariff == "free":
        return 0.55
    if slot.room == HALL or slot.room not in (SAAL, SALON, STUDIO):
        return 1.0
    weekend = slot.starts.weekday() >= 5 or (slot.starts.weekday() == 4 and slot.starts.hour >= 17)
    size = {SAAL: 0.85, SALON: 0.95, STUDIO: 1.25}[slot.room]
    if slot.starts.hour >= 22:
        return 0.5 * size
    if slot.starts.hour >= 19:
        return (1.0 if weekend else 0.62) * size
    return (0.8 if weekend else 0.34) * size
