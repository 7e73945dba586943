"""The signed address by which somebody stops one kind of mail without logging in (RFC 8058)."""

from dataclasses import dataclass

from django.conf import settings

from core.kernel import tokens
from core.notifications.kinds import KINDS, Kind
from core.notifications.models import Channel, Delivery

PURPOSE = "notifications.stop"
LASTS_SECONDS = 2 * 366 * 24 * 60 * 60


@dataclass(frozen=True, slots=True)
class Stop:
    """Which mails are to stop, and for whom: somebody with a login, or an address."""

    kind: Kind
    user_id: int | None
    address: str


def stop_link(delivery: Delivery) -> str:
    """Where the mails of this kind are stopped; "" for those that always go."""
    kind = KINDS.get(delivery.kind)
    if kind is None or delivery.channel != Channel.MAIL or Channel.MAIL not in kind.optional:
        return ""
    address = "" if delivery.user_id else delivery.to
    token = tokens.seal({"k": kind.name, "u": delivery.user_id, "a": address}, purpose=PURPOSE)
    return f"{settings.SITE_URL}/account/notifications/stop/{token}/"


def read_stop(token: str) -> Stop | None:
    """What a token asks for; None if it is not ours, too old, or about a kind that always goes."""
    told = tokens.unseal(token, purpose=PURPOSE, max_age=LASTS_SECONDS)
    kind = KINDS.get(told["k"]) if told else None
    if told is None or kind is None or Channel.MAIL not in kind.optional:
        return None
    return Stop(kind, told["u"], told["a"])
