"""A refusal as the showtime page tells it: beside what caused it, with what can be done next."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.catalog.models import Showtime
from core.kernel.errors import Refusal
from core.seating.models import Place
from core.seating.queries import next_best
from core.seating.refusals import LeavesOrphans, NeedsProof, PlacesTaken
from portals.refusal_status import status_of


@dataclass(frozen=True, slots=True)
class Refused:
    """`slot` is the part of the page that caused it, `chosen` the seats that were wanted."""

    slot: str
    refusal: Refusal
    chosen: list[int] = field(default_factory=list)
    offer: list[Place] = field(default_factory=list)

    @classmethod
    def about(
        cls, slot: str, refusal: Refusal, showtime: Showtime, *, chosen: Sequence[int] = (), now: dt.datetime
    ) -> "Refused":
        """The refusal with an offer: the next best seats, or those that would stay alone."""
        offer: list[Place] = []
        if isinstance(refusal, PlacesTaken):
            offer = next_best(showtime, chosen, now=now)
        elif isinstance(refusal, LeavesOrphans):
            wanted = showtime.places.filter(seat_id__in=chosen).select_related("seat", "zone")
            offer = sorted([*wanted, *refusal.orphans], key=lambda place: place.seat_id or 0)
        return cls(slot, refusal, list(chosen), offer)

    @property
    def status(self) -> int:
        return status_of(self.refusal)

    @property
    def needs_proof(self) -> bool:
        return isinstance(self.refusal, NeedsProof)

    @property
    def offer_label(self) -> str:
        """Hold C8 and C9 instead"""
        names = ", ".join(place.label for place in self.offer)
        if isinstance(self.refusal, LeavesOrphans):
            return _("Hold %(names)s") % {"names": names}
        return ngettext("Hold %(names)s instead", "Hold %(names)s instead", len(self.offer)) % {"names": names}

    @property
    def taken(self) -> dict[str, list[int]]:
        """The ids of the seats that are gone, held and sold apart (SE7)."""
        if not isinstance(self.refusal, PlacesTaken):
            return {"held": [], "sold": []}
        return {
            "held": [place.seat_id for place in self.refusal.held if place.seat_id],
            "sold": [place.seat_id for place in self.refusal.sold if place.seat_id],
        }
