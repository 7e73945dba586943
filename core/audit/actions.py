"""Keeping who did what. Appending takes no lock; one task chains the records afterwards."""

import datetime as dt
from typing import Any

from django.db import models, transaction

from core.audit.digest import GENESIS, link, payload_digest
from core.audit.models import Record, Seal, new_salt
from core.audit.queries import unsealed
from core.kernel.actor import Actor
from core.kernel.locks import lock_name

# A record written by a transaction that commits late has a smaller id than ones already sealed. Sealing waits this
# long, so that the order of ids is the order of the chain; a straggler later than that is sealed at the end, if its
# id is not further back than queries.LOOK_BACK.
SETTLING_TIME = dt.timedelta(seconds=30)


def record(
    action: str,
    about: models.Model,
    *,
    actor: Actor,
    now: dt.datetime,
    organizer_id: int | None = None,
    **data: Any,
) -> Record:
    """Append that `actor` did `action` ("booking.confirmed") to `about`; `data` holds plain JSON values."""
    row = Record(
        at=now.astimezone(dt.UTC),
        action=action,
        object_type=about._meta.label_lower,
        object_id=str(about.pk),
        organizer_id=organizer_id,
        actor_user_id=actor.user_id,
        actor_label=actor.label[:160],
        address=actor.address[:45],
        request_id=actor.request_id,
        data=data or None,
        salt=new_salt(),
    )
    row.digest = payload_digest(row.salt, row.described())
    row.save(force_insert=True)
    return row


@transaction.atomic
def seal(*, now: dt.datetime, limit: int = 5_000) -> int:
    """Chain the records that are not chained yet, oldest first; how many. One sealer at a time."""
    lock_name("audit.seal")
    last = Seal.objects.order_by("-number").first()
    number, previous = (last.number, last.hash) if last else (0, GENESIS)
    seals = []
    waiting = unsealed().order_by("id")[:limit]
    for record_id, at, digest in waiting.values_list("id", "at", "digest"):
        if at >= now - SETTLING_TIME:
            break  # what has settled behind it waits with it: it must not be left further back than is looked
        number += 1
        previous = link(previous, record_id, digest)
        seals.append(Seal(record_id=record_id, number=number, hash=previous))
    Seal.objects.bulk_create(seals, batch_size=1_000)
    return len(seals)
