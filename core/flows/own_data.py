"""Everything that Foyer keeps about one person, for that person to take along (AC7)."""

import datetime as dt
import io
import json
import zipfile
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from core.accounts.actions.living import lock_living
from core.accounts.addresses import is_placeholder
from core.accounts.models import Membership, User
from core.audit import actions as audit
from core.audit.models import Record
from core.audit.queries import security_events
from core.bookings.models import Booking
from core.kernel.actor import Actor
from core.kernel.errors import TooOften
from core.notifications.models import Delivery, Notification
from core.notifications.wording import worded
from core.payments.models import Refund
from core.seating.models import Hold

ACTION = "account.data_downloaded"
MOST_ROWS = 5_000
PER_HOUR = 5
HOUR = dt.timedelta(hours=1)


def take_along(*, user: User, actor: Actor, now: dt.datetime) -> bytes:
    """A ZIP file: all of it as readable JSON, and the picture. At most five an hour: raises TooOften."""
    with transaction.atomic():
        locked = lock_living(user)
        _check_limit(locked, now=now)
        audit.record(ACTION, locked, actor=actor, now=now)
    with translation.override(locked.language):
        told = json.dumps(gather(locked, now=now), cls=DjangoJSONEncoder, ensure_ascii=False, indent=2)
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as bag:
        bag.writestr("my-data.json", told)
        if locked.picture and locked.picture.storage.exists(str(locked.picture.name)):
            bag.writestr("picture.webp", locked.picture.read())
    return file.getvalue()


def gather(user: User, *, now: dt.datetime) -> dict[str, Any]:
    """All of it as plain values; of each list the newest 5,000."""
    return {
        "made_at": now,
        "profile": _profile(user),
        "works_for": [_work(membership) for membership in Membership.objects.filter(user=user)],
        "dependents": list(user.dependents.values("name", "relation", "born_on", "door_notes", "created_at")),
        "bookings": [_booking(booking) for booking in _newest_bookings(user)],
        "held_places": _held(user),
        "notifications": [_notification(row, user) for row in user.notifications.order_by("-id")[:MOST_ROWS]],
        "messages_sent": list(
            Delivery.objects.filter(user=user)
            .order_by("-id")
            .values("kind", "channel", "to", "status", "created_at", "sent_at")[:MOST_ROWS]
        ),
        "notification_preferences": list(user.preferences.values("kind", "channel", "wanted")),
        "devices": list(user.push_devices.values("user_agent", "created_at", "last_used_at")),
        "security_events": _events(user),
        "activity": _activity(user),
    }


def _check_limit(user: User, *, now: dt.datetime) -> None:
    taken = Record.objects.filter(actor_user_id=user.pk, action=ACTION, at__gt=now - HOUR)
    recent = sorted(taken.values_list("at", flat=True))
    if len(recent) >= PER_HOUR:
        wait = int((recent[-PER_HOUR] + HOUR - now).total_seconds()) + 1
        words = _("You have downloaded your data five times within the hour. Wait %(minutes)s min and try again.")
        raise TooOften(words % {"minutes": -(-wait // 60)}, retry_after=wait)


def _profile(user: User) -> dict[str, Any]:
    return {
        "name": user.name,
        "known_as": user.known_as,
        "email": "" if is_placeholder(user.email) else user.email,
        "email_verified_at": user.email_verified_at,
        "email_to_be_confirmed": user.unproved_email,
        "mobile": str(user.mobile or ""),
        "mobile_verified_at": user.mobile_verified_at,
        "user_name": user.username or "",
        "language": user.language,
        "time_zone": user.time_zone,
        "home_city": user.home_city,
        "emergency_contact": {"name": user.emergency_name, "mobile": str(user.emergency_mobile or "")},
        "joined_at": user.joined_at,
        "last_login": user.last_login,
        "picture": "picture.webp" if user.picture else "",
    }


def _work(membership: Membership) -> dict[str, Any]:
    return {"house": str(membership.house), "role": membership.role, "since": membership.joined_at}


def _newest_bookings(user: User) -> list[Booking]:
    found = Booking.objects.filter(user=user).select_related("showtime__event", "showtime__room__venue", "payment")
    return list(found.prefetch_related("tickets__dependent", "payment__refunds", "changes").order_by("-id")[:MOST_ROWS])


def _booking(booking: Booking) -> dict[str, Any]:
    payment = booking.payment
    return {
        "code": booking.code,
        "status": booking.status,
        "reason": booking.reason,
        "event": booking.showtime.event.title,
        "venue": booking.showtime.room.venue.name,
        "starts_at": booking.showtime.local_start,
        "name": booking.name,
        "email": booking.email,
        "mobile": booking.mobile,
        "total": booking.total,
        "fee": booking.fee,
        "currency": booking.currency,
        "created_at": booking.created_at,
        "confirmed_at": booking.confirmed_at,
        "history": [{"at": step.at, "status": step.status, "reason": step.reason} for step in booking.changes.all()],
        "tickets": [
            {
                "code": ticket.code,
                "place": ticket.label,
                "type": ticket.ticket_type,
                "status": ticket.status,
                "for": str(ticket.dependent or ""),
            }
            for ticket in booking.tickets.all()
        ],
        "payment": payment
        and {
            "amount": payment.money,
            "status": payment.status,
            "created_at": payment.created_at,
            "paid_at": payment.succeeded_at,
            "refunds": [_refund(refund) for refund in payment.refunds.all()],
        },
    }


def _refund(refund: Refund) -> dict[str, Any]:
    return {"amount": refund.amount, "reason": refund.reason, "status": refund.status, "at": refund.created_at}


def _held(user: User) -> list[Any]:
    held = Hold.objects.filter(holder=user.holder).order_by("-id")
    return list(held.values("showtime__event__title", "held_at", "expires_at", "status", "address")[:MOST_ROWS])


def _notification(row: Notification, user: User) -> dict[str, Any]:
    said = worded(row.kind, row.words, time_zone=user.time_zone)
    return {"at": row.created_at, "title": said.title, "text": said.text, "read_at": row.read_at}


def _events(user: User) -> list[Any]:
    return list(security_events(user.pk).values("at", "action", "address")[:MOST_ROWS])


def _activity(user: User) -> list[Any]:
    own = Record.objects.filter(actor_user_id=user.pk).order_by("-id")
    return list(own.values("at", "action", "object_type", "object_id", "address", "data")[:MOST_ROWS])
