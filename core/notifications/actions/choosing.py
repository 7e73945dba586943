"""What people want to be told, and by which channel."""

import datetime as dt
from collections.abc import Set

from django.db import transaction

from core.accounts.addresses import normalise_email
from core.accounts.models import User
from core.audit import actions as audit
from core.kernel.actor import Actor
from core.notifications.kinds import KINDS
from core.notifications.models import Channel, Preference
from core.notifications.queries import cell_name, preferences_of
from core.notifications.unsubscribing import Stop


@transaction.atomic
def choose(*, user: User, wanted: Set[str], actor: Actor, now: dt.datetime) -> None:
    """Be told by exactly the channels whose `cell_name` is in `wanted`; what always goes goes all the same."""
    before = preferences_of(user)
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
    after = {cell_name(row.kind, row.channel): row.wanted for row in rows}
    if before != after:
        audit.record("notifications.chosen", user, actor=actor, now=now, before=before, after=after)


@transaction.atomic
def stop_mails(stop: Stop, *, actor: Actor, now: dt.datetime) -> None:
    """No mails of that kind any more; said twice it changes nothing."""
    whose = {"user_id": stop.user_id} if stop.user_id else {"user": None, "address": normalise_email(stop.address)}
    kept, fresh = Preference.objects.select_for_update().get_or_create(
        **whose, kind=stop.kind.name, channel=Channel.MAIL, defaults={"wanted": False}
    )
    if kept.wanted:
        kept.wanted = False
        kept.save(update_fields=["wanted"])
    elif not fresh:
        return
    audit.record("notifications.stopped", kept, actor=actor, now=now, kind=stop.kind.name)
