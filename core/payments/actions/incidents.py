import datetime as dt

from django.db import transaction

from core.audit import actions as audit
from core.kernel.actor import Actor
from core.payments.models import MoneyIncident, Payment


def note_incident(
    kind: str, *, reference: str, now: dt.datetime, payment: Payment | None = None, detail: str = ""
) -> MoneyIncident:
    """Put something about money in front of a person, once for the same kind and reference."""
    incident, _ = MoneyIncident.objects.get_or_create(
        kind=kind, reference=reference, defaults={"payment": payment, "detail": detail, "noticed_at": now}
    )
    return incident


@transaction.atomic
def resolve_incident(incident: MoneyIncident, *, actor: Actor, now: dt.datetime) -> None:
    """A person has looked and done what was to do; the second who says so changes nothing."""
    if not MoneyIncident.objects.filter(pk=incident.pk, resolved_at=None).update(resolved_at=now):
        return
    organizer_id = incident.payment.organizer_id if incident.payment else None
    audit.record(
        "incident.resolved",
        incident,
        actor=actor,
        now=now,
        organizer_id=organizer_id,
        kind=incident.kind,
        reference=incident.reference,
    )
