"""What people want to be told, and by which channel."""

from collections.abc import Set

from django.db import transaction

from core.accounts.addresses import normalise_email
from core.accounts.models import User
from core.notifications.kinds import KINDS
from core.notifications.models import Channel, Preference
from core.notifications.queries import cell_name
from core.notifications.unsubscribing import Stop


@transaction.atomic
def choose(*, user: User, wanted: Set[str]) -> None:
    """Be told by exactly the channels whose `cell_name` is in `wanted`; what always goes goes all the same."""
    rows = [
        Preference(user=user, kind=kind.name, channel=channel, wanted=cell_name(kind.name, channel) in wanted)
        for kind in KINDS.values()
        if kind.label
        for channel in kind.optional
    ]
    Preference.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["user", "kind", "channel"],
        update_fields=["wanted"],
    )


@transaction.atomic
def stop_mails(stop: Stop) -> None:
    """No mails of that kind any more; said twice it changes nothing."""
    whose = {"user_id": stop.user_id} if stop.user_id else {"user": None, "address": normalise_email(stop.address)}
    Preference.objects.update_or_create(**whose, kind=stop.kind.name, channel=Channel.MAIL, defaults={"wanted": False})
