"""Whether and for how much a ticket can be given back: plain values in, plain values out."""

import datetime as dt
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RefundTerms:
    """The organizer's terms. `until_hours` before the start; None: never. `keep_fee`: fees are not sent back."""

    until_hours: int | None
    keep_fee: bool

    def ends_at(self, starts_at: dt.datetime) -> dt.datetime | None:
        """The last instant at which a ticket can be given back; None if it never can."""
        return None if self.until_hours is None else starts_at - dt.timedelta(hours=self.until_hours)

    def allow(self, *, starts_at: dt.datetime, now: dt.datetime) -> bool:
        """Can it be given back at that instant?"""
        ends_at = self.ends_at(starts_at)
        return ends_at is not None and now <= ends_at

    def refund(self, *, price: int, discount: int, fee: int) -> int:
        """What goes back for one ticket, in minor units."""
        return price - discount + (0 if self.keep_fee else fee)
