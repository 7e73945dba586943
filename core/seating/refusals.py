"""Why a place is not to be had."""

import datetime as dt
from collections.abc import Iterable, Sequence

from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.catalog.models import Event, Showtime
from core.kernel.errors import Conflict, Missing, Refusal
from core.seating.models import Place


def _names(places: Iterable[Place]) -> str:
    return ", ".join(place.label for place in places)


class PlacesTaken(Conflict):
    """Somebody was faster. `held` and `sold` carry the places apart (SE7)."""

    def __init__(self, *, held: Sequence[Place] = (), sold: Sequence[Place] = ()) -> None:
        self.held, self.sold = list(held), list(sold)
        parts = []
        if self.held:
            parts.append(
                ngettext(
                    "Seat %(names)s was just taken by someone else.",
                    "Seats %(names)s were just taken by someone else.",
                    len(self.held),
                )
                % {"names": _names(self.held)}
            )
        if self.sold:
            parts.append(
                ngettext("Seat %(names)s is already booked.", "Seats %(names)s are already booked.", len(self.sold))
                % {"names": _names(self.sold)}
            )
        super().__init__(" ".join(parts))


class NotEnoughLeft(Conflict):
    """Fewer places are free than were asked for."""

    def __init__(self, *, asked: int) -> None:
        super().__init__(
            ngettext(
                "There is no such place free any more.",
                "There are not %(count)s such places free any more. Try fewer, or another zone.",
                asked,
            )
            % {"count": asked}
        )


class UnknownPlaces(Missing):
    """No such showtime, or no such seat in it."""

    def __init__(self) -> None:
        super().__init__(_("This seat does not exist in this showtime."))


class NotOnSale(Refusal):
    """Past, cancelled, not open yet or closed; `reason` says which, in one word."""

    def __init__(self, reason: str, message: str) -> None:
        self.reason = reason
        super().__init__(message)

    @classmethod
    def check(cls, showtime: Showtime, now: dt.datetime) -> None:
        """Raise NotOnSale with the reason, unless `showtime` can be bought at that instant."""
        if showtime.is_cancelled:
            raise cls("cancelled", _("This showtime was cancelled. Seats cannot be held."))
        if showtime.starts_at <= now:
            raise cls("past", _("This showtime has begun. Seats cannot be held for past showtimes."))
        if showtime.status != Showtime.Status.ON_SALE or showtime.event.status != Event.Status.PUBLISHED:
            raise cls("draft", _("This showtime is not on sale."))
        if showtime.sale_opens_at and showtime.sale_opens_at > now:
            opens = formats.date_format(showtime.room.venue.local(showtime.sale_opens_at), "l, j F Y, H:i")
            raise cls("early", _("Tickets go on sale on %(when)s.") % {"when": opens})
        if showtime.closes_at <= now:
            raise cls("closed", _("The sale for this showtime has closed."))


class TooManyPlaces(Refusal):
    """More than one person may hold at once for one showtime."""

    def __init__(self, *, most: int, held: int) -> None:
        self.most, self.held = most, held
        super().__init__(
            _("You can hold at most %(most)s places for one showtime, and you hold %(held)s.")
            % {"most": most, "held": held}
            if held
            else _("You can hold at most %(most)s places for one showtime.") % {"most": most}
        )


class NothingChosen(Refusal):
    """An empty choice."""

    def __init__(self) -> None:
        super().__init__(_("Choose at least one seat."))


class HoldingTimeUsedUp(Refusal):
    """Seats were held as long as one person may, paid or not."""

    def __init__(self, *, minutes: int) -> None:
        super().__init__(
            _(
                "You have held seats in this showtime for %(minutes)s minutes, the longest that is possible. "
                "They are free for everyone now; you can try again in a few minutes."
            )
            % {"minutes": minutes}
        )


class NoMoreExtensions(Refusal):
    """The hold cannot be extended again."""

    def __init__(self) -> None:
        super().__init__(_("This hold cannot be extended any further. Pay before it ends to keep your seats."))


class HoldLapsed(Conflict):
    """The hold ended before it was used. `places` are those that were asked for."""

    def __init__(self, places: Sequence[Place] = ()) -> None:
        self.places = list(places)
        super().__init__(_("Your hold has ended, so the seats are free for everyone again."))


class NeedsProof(Refusal):
    """Visitors without proof hold too much from this address, or of this showtime, together."""

    kind = "needs_proof"

    def __init__(self) -> None:
        super().__init__(
            _(
                "Many seats are being held without anybody known behind them. "
                "Log in, or confirm your email address with a code, and you can go on."
            )
        )


class LeavesOrphans(Refusal):
    """The choice would leave single seats that nobody wants. `orphans` names them."""

    def __init__(self, orphans: Sequence[Place]) -> None:
        self.orphans = list(orphans)
        super().__init__(
            ngettext(
                "This would leave seat %(names)s alone. Move over by one, or take it too.",
                "This would leave the seats %(names)s alone. Move over by one, or take them too.",
                len(self.orphans),
            )
            % {"names": _names(self.orphans)}
        )


class PairSplit(Refusal):
    """Half a sofa."""

    def __init__(self, places: Sequence[Place]) -> None:
        super().__init__(_("Seat %(names)s is half of a sofa, which goes only whole.") % {"names": _names(places)})


class CompanionAlone(Refusal):
    """A companion seat goes only with its wheelchair space."""

    def __init__(self, places: Sequence[Place]) -> None:
        super().__init__(
            _("Seat %(names)s is kept for the companion of somebody in the wheelchair space beside it. Take both.")
            % {"names": _names(places)}
        )
