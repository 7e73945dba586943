"""Rows by the thousand, straight into the tables of the measured Foyer, as consistent as if people had made them.

Imported by `inside` alone, in whose process Django is set up. What is sold satisfies `manage.py verify`.
"""

import hashlib
import io
from datetime import timedelta
from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.db import connection, transaction
from django.utils import timezone

from core.accounts.models import Organizer, User
from core.audit.actions import seal
from core.audit.digest import payload_digest
from core.audit.models import Record
from core.catalog.actions import import_seat_map
from core.catalog.models import Category, Event, Room, SeatMap, Showtime, Venue
from core.ledger.actions import account
from core.tickets.models import Ticket
from e2e.bench.data import DAY, KEEPER, document

PER_EVENT, PER_VENUE = 20, 200  # showtimes

PLACES = """INSERT INTO seating_place
(showtime_id, zone_id, seat_id, number, blocked, sold, under_payment, held_until, holder)
SELECT showtime.id, seat.zone_id, seat.id, 0, false, false, false, NULL, ''
FROM catalog_showtime showtime JOIN catalog_seat seat USING (seat_map_id) WHERE showtime.id = ANY(%s)"""

PRICES = """INSERT INTO catalog_pricetier (showtime_id, zone_id, seat_type, ticket_type, amount)
SELECT showtime_id, NULL, '', kind, amount FROM unnest(%s::bigint[]) AS showtime_id,
(VALUES ('adult', 1200), ('child', 800)) AS tier (kind, amount)"""

# Each sold place has a number of its own, and all its rows have it as their id.
FRESH = "CREATE TEMPORARY TABLE fresh (place bigint, showtime bigint, n bigint, at timestamptz, organizer bigint)"
NUMBERED = """INSERT INTO fresh
SELECT place.id, place.showtime_id, row_number() OVER (ORDER BY place.id) + %(above)s, %(at)s, %(organizer)s
FROM seating_place place
WHERE place.showtime_id = ANY(%(showtimes)s) AND place.seat_id %% 3 <> 0 ORDER BY place.id LIMIT %(count)s"""

SALES = {
    "payments_payment": """(id, organizer_id, amount, currency, status, created_at, succeeded_at, intent_id)
SELECT n, organizer, 1250, 'EUR', 'succeeded', at, at, 'pi_bulk_' || n FROM fresh""",
    "payments_paymentattempt": """(id, payment_id, key, parameters, status, session_id, session_url, created_at,
session_expires_at, error)
SELECT n, n, gen_random_uuid(), '{}', 'complete', 'cs_bulk_' || n, '', at, at + interval '35 minutes', '' FROM fresh""",
    "payments_stripeevent": """(id, event_id, type, payload, occurred_at, received_at, handled_at, outcome)
SELECT n, 'evt_bulk_' || n, 'checkout.session.completed', '{}', at, at, at, '' FROM fresh""",
    "bookings_booking": """(id, code, access_key, organizer_id, showtime_id, holder, name, email, mobile, language,
status, reason, currency, subtotal, discount, fee, total, payment_id, created_at, lease_until, confirmed_at)
SELECT n, 'N' || n, 'key-' || n, organizer, showtime, 'anon:bulk-' || n, 'Bruno Novak',
'bruno-' || n || '@foyer.example', '',
'en', 'confirmed', '', 'EUR', 1200, 0, 50, 1250, n, at, at + interval '10 minutes', at FROM fresh""",
    "bookings_bookingline": """(id, booking_id, place_id, ticket_type, label, price, discount, fee, refunded)
SELECT n, n, place, 'adult', 'N' || n, 1200, 0, 50, 0 FROM fresh""",
    "bookings_bookingchange": """(id, booking_id, at, status, reason, actor_label)
SELECT n, n, at, 'confirmed', '', '' FROM fresh""",
    "seating_hold": """(id, showtime_id, place_id, holder, address, held_at, expires_at, extensions, status, leased_at,
ended_at)
SELECT n, showtime, place, 'anon:bulk-' || n, '127.9.0.1', at, at + interval '5 minutes', 0, 'sold', at, at
FROM fresh""",
    "tickets_ticket": """(id, code, booking_id, line_id, showtime_id, place_id, ticket_type, label, generation, status,
issued_at)
SELECT n, 'T' || n, n, n, showtime, place, 'adult', 'N' || n, 1, 'valid', at FROM fresh""",
    "ledger_journalentry": "(id, kind, reference, booked_at) SELECT n, 'sale', 'payment:' || n, at FROM fresh",
    "ledger_posting": """(id, entry_id, account_id, amount)
SELECT 3 * n + rank, n, account, amount FROM fresh,
(VALUES (0, {clearing}, 1250), (1, {payable}, -1200), (2, {fees}, -50)) AS posting (rank, account, amount)""",
    "outbox_message": """(id, task, arguments, queue, posted_at, not_before, handed_at, attempts, done_at, last_error)
SELECT n, 'notifications.send', '{}', 'documents', at, at, at, 1, at, '' FROM fresh""",
    "notifications_delivery": """(id, kind, words, about, once_key, "to", language, status, created_at, sent_at,
attempts, error)
SELECT n, 'bookings.confirmed', '{}', 'booking:' || n, 'bulk:' || n, 'bruno-' || n || '@foyer.example', 'en', 'sent',
at, at, 1, '' FROM fresh""",
}
LARGEST = "SELECT coalesce(max(id), 0) FROM {table}"
SEQUENCE = "SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))"
SOLD = "UPDATE seating_place SET sold = true, holder = 'booking:' || n FROM fresh WHERE place = seating_place.id"
MINE = """UPDATE bookings_booking SET user_id = %s
WHERE id IN (SELECT id FROM bookings_booking WHERE user_id IS NULL ORDER BY id LIMIT %s)"""
HELD = """WITH taken AS (
UPDATE seating_place SET held_until = %(until)s, holder = 'anon:bulk-' || id WHERE id IN (
  SELECT id FROM seating_place WHERE showtime_id = %(showtime)s AND holder = '' ORDER BY seat_id LIMIT %(count)s
) RETURNING id, showtime_id, holder)
INSERT INTO seating_hold (showtime_id, place_id, holder, address, held_at, expires_at, extensions, status)
SELECT showtime_id, id, holder, '127.9.' || id %% 250 || '.1', %(now)s, %(until)s, 0, 'active' FROM taken"""


@transaction.atomic
def showtimes(count: int) -> dict[str, Any]:
    """Have `count` upcoming showtimes of 20 seats: twenty of each event, two hundred in each venue; the first event."""
    category, had = Category.objects.get(slug="film"), Showtime.objects.filter(event__slug__startswith="grown-").count()
    seller = Organizer.objects.get(slug="bench")
    for at in range(Venue.objects.filter(slug__startswith="grown-").count(), -(-count // PER_VENUE)):
        _venue(seller, at)
    titles = [(f"grown-{at}", _word(at)) for at in range(-(-had // PER_EVENT), -(-count // PER_EVENT))]
    Event.objects.bulk_create(
        Event(
            organizer=seller, category=category, title=f"{word} and the lake", slug=slug, description="A film.",
            status="published",
        )
        for slug, word in titles
    )  # fmt: skip
    maps = list(SeatMap.objects.filter(room__slug="grown").order_by("id"))
    ids = list(Event.objects.filter(slug__startswith="grown-").order_by("id").values_list("id", flat=True))
    start = timezone.now().replace(minute=0, second=0, microsecond=0) + DAY
    _open(
        Showtime(
            event_id=ids[at // PER_EVENT], room_id=maps[at % len(maps)].room_id, seat_map=maps[at % len(maps)],
            starts_at=start + 3 * DAY * (at % PER_EVENT) + timedelta(hours=at // PER_EVENT % 12),
        )
        for at in range(had, count)
    )  # fmt: skip
    return {"slug": "grown-0", "word": _word(0), "day": f"{start + 3 * DAY:%Y-%m-%d}"}


def holds(showtime: int, count: int) -> dict[str, Any]:
    """Have `count` running holds in a showtime, each of another visitor."""
    now = timezone.now()
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM seating_hold WHERE showtime_id = %s AND status = 'active'", [showtime])
        had = cursor.fetchone()[0]
        given = {"showtime": showtime, "count": count - had, "now": now, "until": now + timedelta(hours=2)}
        cursor.execute(HELD, given)
    return {}


@transaction.atomic
def sold(count: int) -> dict[str, Any]:
    """Have `count` tickets sold, two thirds of each showtime of 300 seats, half of those past; a showtime to come."""
    seller, plan = Organizer.objects.get(slug="bench"), SeatMap.objects.get(room__slug="small")
    event, _ = Event.objects.get_or_create(
        slug="sold",
        defaults={"organizer": seller, "category": Category.objects.get(slug="film"), "title": "The sold evening",
                  "description": "A film.", "status": "published"},
    )  # fmt: skip
    now, more = timezone.now(), count - Ticket.objects.count()
    halls = -(-more // (plan.seat_count * 2 // 3))
    starts = [now + DAY * (at % 60 + 1) * (1 if at % 2 == 0 else -1) for at in range(halls)]
    ids = _open(Showtime(event=event, room=plan.room, seat_map=plan, starts_at=start) for start in starts)
    kinds = {kind: account(kind, currency="EUR").pk for kind in ("clearing", "fees")}
    kinds["payable"] = account("payable", currency="EUR", organizer_id=seller.pk).pk
    given = {"organizer": seller.pk, "at": now - timedelta(hours=1), "showtimes": ids, "count": more}
    with connection.cursor() as cursor:
        cursor.execute(FRESH)
        cursor.execute(NUMBERED, given | {"above": _above(cursor)})
        for table, rows in SALES.items():
            cursor.execute(f"INSERT INTO {table} " + (rows.format(**kinds) if "posting" in table else rows))
            cursor.execute(SEQUENCE.format(table=table))
        cursor.execute(SOLD)
        _record(cursor, given["at"])
        cursor.execute("DROP TABLE fresh")
    while seal(now=now + timedelta(minutes=1)):
        pass
    return {"showtime": ids[0]}


@transaction.atomic
def customer(few: int) -> dict[str, Any]:
    """Somebody with a login and so many tickets; the cookie of their session."""
    with connection.cursor() as cursor:
        user, made = User.objects.get_or_create(email="amina@foyer.example")
        if made:
            cursor.execute(MINE, [user.pk, few])
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    return {"cookie": session.session_key}


def _venue(seller: Organizer, at: int) -> None:
    venue = Venue.objects.create(
        organizer=seller, name=f"Hall {at}", slug=f"grown-{at}", kind="cinema", street="Ring 2", city=f"City {at % 20}"
    )
    room = Room.objects.create(venue=venue, name="Room", slug="grown")
    import_seat_map(room=room, document=document("Room", 1, 2, 10), actor=KEEPER, now=timezone.now())


def _open(wanted: Any) -> list[int]:
    """Put showtimes on sale, with their prices and places."""
    made = []
    for one in wanted:
        one.ends_at, one.status, one.format, one.language = one.starts_at + DAY / 12, "on_sale", "2D", "English"
        made.append(one)
    ids = [one.pk for one in Showtime.objects.bulk_create(made, batch_size=2_000)]
    with connection.cursor() as cursor:
        cursor.execute(PRICES, [ids])
        cursor.execute(PLACES, [ids])
    return ids


def _above(cursor: Any) -> int:
    """A number above every id that is there."""
    found = 0
    for table in SALES:
        cursor.execute(LARGEST.format(table=table))
        found = max(found, cursor.fetchone()[0])
    return found


def _record(cursor: Any, at: Any) -> None:
    """One record of the activity log for each sale, with its digest."""
    cursor.execute("SELECT n, organizer FROM fresh ORDER BY n")
    lines = io.StringIO()
    for number, organizer in cursor.fetchall():
        about = {"at": at, "action": "tickets.issued", "object_type": "bookings.booking", "object_id": str(number)}
        row = Record(**about, organizer_id=organizer, salt=f"{number:016x}")
        row.digest = payload_digest(row.salt, row.described())
        lines.write(
            f"{at.isoformat()}\ttickets.issued\tbookings.booking\t{number}\t{organizer}\t{row.salt}\t{row.digest}"
        )
        lines.write("\t\t\t\n")
    columns = "at, action, object_type, object_id, organizer_id, salt, digest, actor_label, address, request_id"
    with cursor.copy(f"COPY audit_record ({columns}) FROM STDIN") as copy:
        copy.write(lines.getvalue())


def _word(at: int) -> str:
    return "w" + hashlib.sha256(str(at).encode()).hexdigest()[:9]
