"""What the demo charges, in cents."""

from core.catalog.actions import Price
from core.catalog.models import Seat, TicketType

ADULT, CHILD, REDUCED = TicketType.ADULT.value, TicketType.CHILD.value, TicketType.REDUCED.value
WHEELCHAIR, COMPANION, SOFA = Seat.Type.WHEELCHAIR.value, Seat.Type.COMPANION.value, Seat.Type.SOFA.value

# Adult, reduced and child for an ordinary seat of the cinema; a sofa costs more, an armchair is the Salon's own price.
_CINEMA = {
    "film": (1190, 1050, 890),
    "wide": (1440, 1300, 1140),
    "matinee": (950, 850, 750),
    "children": (850, 850, 650),
    "salon-film": (1650, 1500, 1300),
    "salon-wide": (1650, 1500, 1300),
    "salon-matinee": (1390, 1250, 1100),
    "salon-children": (1190, 1190, 990),
}
_SOFA_MORE = 450

# Adults by zone of the concert hall.
_HALL = {
    "symphony": {"parterre": 7900, "stalls": 6200, "boxes": 6800, "circle": 5400, "balcony": 3200},
    "recital": {"parterre": 5600, "stalls": 4600, "boxes": 4800, "circle": 3900, "balcony": 2400},
    "jazz": {"parterre": 4900, "stalls": 4200, "boxes": 4400, "circle": 3600, "balcony": 2600},
    "comedy": {"parterre": 4600, "stalls": 4200, "boxes": 4200, "circle": 3700, "balcony": 2900},
    "family": {"parterre": 2200, "stalls": 1900, "boxes": 2000, "circle": 1600, "balcony": 1200},
}
_WITHOUT_CHILDREN = ("comedy",)


def prices(tariff: str) -> list[Price]:
    """The price tiers of a showtime that is sold by `tariff`."""
    if tariff == "free":
        return [Price(kind, 0) for kind in (ADULT, CHILD, REDUCED)]
    if tariff in _CINEMA:
        return _cinema(*_CINEMA[tariff], sofas=not tariff.startswith("salon"))
    if tariff in _HALL:
        return _hall(_HALL[tariff], children=tariff not in _WITHOUT_CHILDREN)
    return _small(tariff)


def _cinema(adult: int, reduced: int, child: int, *, sofas: bool) -> list[Price]:
    tiers = [Price(ADULT, adult), Price(CHILD, child), Price(REDUCED, reduced)]
    if sofas:
        tiers += [
            Price(ADULT, adult + _SOFA_MORE, SOFA),
            Price(CHILD, child + _SOFA_MORE, SOFA),
            Price(REDUCED, reduced + _SOFA_MORE, SOFA),
        ]
    return [*tiers, *_companions_free()]


def _companions_free(zone: str = "") -> list[Price]:
    return [Price(kind, 0, COMPANION, zone) for kind in (ADULT, CHILD, REDUCED)]


def _hall(by_zone: dict[str, int], *, children: bool) -> list[Price]:
    tiers = []
    for zone, adult in _zones(by_zone):
        tiers += [Price(ADULT, adult, zone=zone), Price(REDUCED, _rounded(adult * 3 // 4), zone=zone)]
        if children:
            tiers.append(Price(CHILD, _rounded(adult // 2), zone=zone))
    cheapest = min(by_zone.values())
    tiers += [
        Price(ADULT, cheapest, WHEELCHAIR, "stalls"),
        Price(REDUCED, _rounded(cheapest * 3 // 4), WHEELCHAIR, "stalls"),
    ]
    if children:
        tiers.append(Price(CHILD, _rounded(cheapest // 2), WHEELCHAIR, "stalls"))
    return [*tiers, *_companions_free("stalls")]


def _zones(by_zone: dict[str, int]) -> list[tuple[str, int]]:
    boxes = by_zone["boxes"]
    rest = [(zone, adult) for zone, adult in by_zone.items() if zone != "boxes"]
    return [*rest, ("boxes-left", boxes), ("boxes-right", boxes)]


def _rounded(amount: int) -> int:
    """To the next 50 cents below."""
    return amount - amount % 50


def _small(tariff: str) -> list[Price]:
    if tariff == "reading":
        return [Price(ADULT, 1400), Price(REDUCED, 1000), *_companions_free()]
    if tariff == "band":
        return [Price(ADULT, 2900, zone="floor"), Price(ADULT, 3400, zone="gallery")]
    if tariff == "night":
        return [Price(ADULT, 1800), Price(REDUCED, 1400)]
    raise KeyError(tariff)
