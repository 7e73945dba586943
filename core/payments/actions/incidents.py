import datetime as dt

from core.payments.models import MoneyIncident, Payment


def note_incident(
    kind: str, *, reference: str, now: dt.datetime, payment: Payment | None = None, detail: str = ""
) -> MoneyIncident:
    """Put something about money in front of a person, once for the same kind and reference."""
    incident, _ = MoneyIncident.objects.get_or_create(
        kind=kind, reference=reference, defaults={"payment": payment, "detail": detail, "noticed_at": now}
    )
    return incident
