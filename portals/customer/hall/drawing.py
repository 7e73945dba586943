"""The hall as HTML: a skeleton that is kept, and the state filled in by one pass.

A template loop over the seats would cost a hundred times as much. What is kept is the tag of every seat as it reads
when the seat is free; a seat in another state gets its tag's end exchanged.
"""

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import lru_cache

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext_lazy, override
from django.utils.translation import gettext as _

from core.catalog.models import Seat, Zone
from core.catalog.pricing import PriceList, Tier
from core.catalog.seatmap.plan import SOFA
from core.kernel.money import format_money
from core.seating.queries import State
from portals.customer.hall.plan import Hall, Label, hall_of, left_halves

Prices = tuple[Tier, ...]

WORDS = {
    "a": gettext_lazy("available"),
    "m": gettext_lazy("yours"),
    "h": gettext_lazy("held by others"),
    "p": gettext_lazy("in your payment"),
    "s": gettext_lazy("sold"),
    "b": gettext_lazy("not for sale"),
}
TYPES = {
    Seat.Type.STANDARD: ("st", gettext_lazy("standard")),
    Seat.Type.PREMIUM: ("pr", gettext_lazy("premium")),
    Seat.Type.SOFA: ("so", gettext_lazy("sofa for two")),
    Seat.Type.WHEELCHAIR: ("wh", gettext_lazy("wheelchair space")),
    Seat.Type.COMPANION: ("co", gettext_lazy("companion seat")),
}


@dataclass(frozen=True, slots=True)
class Skeleton:
    """The HTML of a hall when every seat is free, and where in it each seat is."""

    hall: Hall
    around: str
    tags: list[str]
    places: dict[int, int]
    ends: dict[str, str]

    def fill(
        self,
        state: State,
        *,
        mine: Iterable[int] = (),
        paying: Iterable[int] = (),
        chosen: Iterable[int] = (),
        zone: Zone | None = None,
    ) -> SafeString:
        """The whole plan, or one zone of it, as it is now. `chosen` are seats that were ticked and not held."""
        tags, places, ends = self.tags.copy(), self.places, self.ends
        end = len(ends["a"])

        def put(seat_ids: Iterable[int], new_end: str) -> None:
            for seat_id in seat_ids:
                if (at := places.get(seat_id)) is not None:
                    tags[at] = self.tags[at][:-end] + new_end

        put(chosen, ends["a"][:-1] + " checked>")
        put(state.sold, ends["s"])
        put(state.blocked, ends["b"])
        for seat_id, until in state.held.items():
            put((seat_id,), _until(ends["h"], until))
        put(paying, ends["p"])
        put(mine, ends["m"])
        if zone is not None:
            tags = [tag for tag, seat in zip(tags, self.hall.seats, strict=True) if seat.zone_id == zone.pk]
        return mark_safe(self.around + "".join(tags))  # noqa: S308  (labels are escaped where the tags are made)


def skeleton(hall: Hall, prices: Collection[Tier], currency: str) -> Skeleton:
    """The skeleton of a hall in the language of the page, with what an adult pays for each seat."""
    return _skeleton(hall.seat_map.pk, get_language() or "en", tuple(prices), currency)


@lru_cache(maxsize=32)
def _skeleton(seat_map_id: int, language: str, prices: Prices, currency: str) -> Skeleton:
    hall = hall_of(seat_map_id)
    with override(language):
        ends = _ends()
        costs = _costs(hall, PriceList(prices), currency, language)
        named = {zone.pk: f"{escape(zone.label)}, " for zone in hall.seated} if len(hall.seated) > 1 else {}
        lefts = left_halves(hall.seats)
        tags = [_tag(seat, named.get(seat.zone_id, ""), costs, seat.pk in lefts) + ends["a"] for seat in hall.seats]
        around = hall.drawing + "".join(_label(label) for label in hall.labels)
    return Skeleton(hall, around, tags, {seat.pk: at for at, seat in enumerate(hall.seats)}, ends)


def script_words() -> dict[str, str]:
    """What the page's script says."""
    said = {"taken": _("Yours: %"), "released": _("Released: %")}
    return (
        {state: str(word) for state, word in WORDS.items()} | said | {"failed": _("That did not reach us. Try again.")}
    )


def _ends() -> dict[str, str]:
    ends = {state: f'{escape(word)}" data-s={state}>' for state, word in WORDS.items()}
    ends["m"] = ends["m"][:-1] + " checked>"
    return ends | {state: ends[state].replace("=p", "=h")[:-1] + " disabled>" for state in "hpsb"}


def _until(end: str, until: dt.datetime | None) -> str:
    # The page frees the seat by itself at that instant (SE4).
    return f"{end[:-1]} data-x={int(until.timestamp() * 1000)}>" if until else end


def _costs(hall: Hall, prices: PriceList, currency: str, language: str) -> dict[tuple[int, str], str]:
    kinds = {(seat.zone_id, seat.seat_type) for seat in hall.seats}
    found = {kind: next(iter(prices.prices(zone_id=kind[0], seat_type=kind[1]).values()), None) for kind in kinds}
    told = {
        kind: format_money(cost, currency, language) if cost else _("no charge")
        for kind, cost in found.items()
        if cost is not None
    }
    return {kind: f"{cost}, " for kind, cost in told.items()}


def _tag(seat: Seat, zone: str, costs: dict[tuple[int, str], str], is_left: bool) -> str:
    kind, word = TYPES[Seat.Type(seat.seat_type)]
    where = _("row %(row)s, seat %(seat)s") % {"row": escape(seat.row_label), "seat": escape(seat.seat_number)}
    more = f"{_('restricted view')}, " if seat.restricted_view else ""
    more += f"{_('step-free')}, " if seat.step_free else ""
    half = f" data-p={'l' if is_left else 'r'}" if seat.seat_type == SOFA else ""
    view = " data-r" if seat.restricted_view else ""
    cost = costs.get((seat.zone_id, seat.seat_type), "")
    return (
        f"<input type=checkbox class=seat name=seat id=s{seat.pk} value={seat.pk} data-t={kind}{half}{view}"
        f' aria-label="{where}, {zone}{word}, {more}{cost}'
    )


def _label(label: Label) -> str:
    kind = {"focus": "focus-label", "seated": "zone-label", "standing": "zone-label"}.get(label.kind, "row-label")
    text = _(label.text) if label.kind == "focus" else label.text
    return f"<span id={label.id} class={kind} aria-hidden=true>{escape(text)}</span>"
