"""Keeping who did what. Appending takes no lock; one task chains the records afterwards."""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from django.db import models, transaction

from core.audit.changes import changes
from core.audit.digest import GENESIS, link, payload_digest
from core.audit.models import Record, Seal, new_salt
from core.audit.queries import USER, about_rows, unsealed
from core.kernel.actor import Actor
from core.kernel.append_only import erasing
from core.kernel.compiled import insert
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
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    private: Collection[str] = (),
    **data: Any,
) -> Record:
    """Append that `actor` did `action` ("booking.confirmed") to `about`; `data` holds plain JSON values.

    `before` and `after` are the fields that matter (`changes.snapshot`); what differs is kept as `data["changes"]`,
    of the fields named in `private` without what they said.
    """
    if before is not None or after is not None:
        data["changes"] = changes(before or {}, after or {}, private=private)
    said = (about._meta.label_lower, str(about.pk))
    return _append(action, said, actor=actor, now=now, organizer_id=organizer_id, data=data)


def record_errand(action: str, *, actor: Actor, now: dt.datetime, **data: Any) -> Record:
    """Append something that somebody did to no row in particular: an export, a clean-up by hand."""
    return _append(action, ("", ""), actor=actor, now=now, organizer_id=None, data=data)


@transaction.atomic
def erase_person(*, user_id: int, actor: Actor, now: dt.datetime, about: Iterable[models.Model] = ()) -> int:
    """Erase a person's data from the records by and about them, and about the rows `about` of theirs; how many.

    Ids, action, time and digest stay, so the chain is proved as before. Of what others did to them only the details
    go: they stay answerable for it. That it was erased is recorded, without the person's own words.
    """
    theirs = about_rows([(USER, str(user_id)), *((row._meta.label_lower, str(row.pk)) for row in about)])
    with erasing():
        count = theirs.filter(actor_user_id=None).update(address="", request_id="", data=None, salt="")
        count += theirs.filter(actor_user_id__isnull=False).exclude(actor_user_id=user_id).update(data=None, salt="")
        count += Record.objects.filter(actor_user_id=user_id).update(
            actor_label="", address="", request_id="", data=None, salt=""
        )
    if actor.user_id == user_id:
        actor = Actor(holder=actor.holder, user_id=user_id)
    _append("account.erased", (USER, str(user_id)), actor=actor, now=now, organizer_id=None, data={"records": count})
    return count


def _append(
    action: str,
    about: tuple[str, str],
    *,
    actor: Actor,
    now: dt.datetime,
    organizer_id: int | None,
    data: dict[str, Any],
) -> Record:
    row = Record(
        at=now.astimezone(dt.UTC),
        action=action,
        object_type=about[0],
        object_id=about[1],
        organizer_id=organizer_id,
        actor_user_id=actor.user_id,
        actor_label=actor.label[:160],
        address=actor.address[:45],
        request_id=actor.request_id,
        data=data or None,
        salt=new_salt(),
    )
    row.digest = payload_digest(row.salt, row.described())
    return insert(row)


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
