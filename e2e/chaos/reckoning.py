"""What must be true when everybody has gone home: nothing is lost, nothing hangs, every cent is where it belongs."""

import datetime as dt
import time
from collections.abc import Callable
from typing import Any

import requests
from django.db import connection
from django.db.models import Count, Sum
from django.utils import timezone

from core.bookings.models import Booking, BookingLine
from core.notifications.models import Delivery
from core.outbox.models import Message
from core.payments.models import Payment, PaymentAttempt, Refund
from core.seating.models import Place
from core.tickets.models import Ticket
from e2e.chaos.browser import Browser, Seen
from e2e.chaos.watchers import Audience, Watcher
from e2e.topology import Topology

ENDED = {Payment.Status.SUCCEEDED, Payment.Status.EXPIRED}
SAY_EVERY = 15.0
IN_VAIN = dt.timedelta(seconds=5)


def let_go() -> None:
    """PostgreSQL was restarted under our feet: begin with new connections."""
    connection.close()
    connection.close_pool()


def unfinished() -> dict[str, int]:
    """What still waits for the completer, a worker, or Stripe."""
    waiting = {
        "bookings awaiting payment": Booking.objects.filter(status=Booking.Status.AWAITING_PAYMENT).count(),
        "messages in the outbox": Message.objects.filter(done_at=None).count(),
        "mails to be sent": Delivery.objects.filter(status=Delivery.Status.WAITING).count(),
        "refunds on their way": Refund.objects.filter(
            status__in=[Refund.Status.PREPARED, Refund.Status.PENDING]
        ).count(),
    }
    return {what: count for what, count in waiting.items() if count}


def hurry() -> None:
    """Minutes pass: every lease is over, and what was handed to a worker in vain may be handed over again."""
    now = timezone.now()
    Booking.objects.filter(status=Booking.Status.AWAITING_PAYMENT, lease_until__gt=now).update(lease_until=now)
    Message.objects.filter(done_at=None, handed_at__lt=now - IN_VAIN).update(not_before=now, handed_at=None)


def finish(
    foyer: Topology, *, patience: float, in_haste: bool, say: Callable[[str], None], tend: Callable[[], None]
) -> list[str]:
    """Give the completer and the workers their time, while `tend` looks after them; what is unfinished after it."""
    let_go()
    end, say_next = time.monotonic() + patience, 0.0
    while waiting := unfinished():
        if in_haste:
            hurry()
        line = ", ".join(f"{count} {what}" for what, count in waiting.items())
        if time.monotonic() > say_next:
            say(f"waiting for {line}")
            say_next = time.monotonic() + SAY_EVERY
        if time.monotonic() > end:
            return [f"not finished after {patience:.0f} s: {line}", *_why_unfinished()]
        tend()
        foyer.tick("flows.complete_unfinished")
        time.sleep(1.0)
    return []


def _why_unfinished() -> list[str]:
    left = Message.objects.filter(done_at=None)[:5]
    return [f"{message}: {message.attempts} attempts, {message.last_error[:200]}" for message in left]


def verified(foyer: Topology) -> list[str]:
    """`manage.py verify`."""
    done = foyer.manage("verify")
    return [] if done.returncode == 0 else [f"verify: {done.stdout} {done.stderr}"]


def nothing_hangs() -> list[str]:
    """Every payment has ended, no attempt lives on, no seat is under payment."""
    found = []
    for status, count in _count(Payment, "status"):
        if status not in ENDED:
            found.append(f"{count} payments are {status}")
    if under := Place.objects.filter(under_payment=True).count():
        found.append(f"{under} places are under payment for ever")
    living = PaymentAttempt.objects.filter(status__in=[PaymentAttempt.Status.PREPARED, PaymentAttempt.Status.OPEN])
    if count := living.count():
        found.append(f"{count} attempts are living")
    return found


def to_the_cent(foyer: Topology) -> list[str]:
    """Charged at Stripe = what valid tickets cost, with their fees, + what was kept of cancelled ones + refunds."""
    money = foyer.till.ask("money")
    found = []
    ours = {p.intent_id: p for p in Payment.objects.filter(status=Payment.Status.SUCCEEDED)}
    for intent, row in money["payment_intents"].items():
        payment = ours.pop(intent, None)
        if row["charged"] and payment is None:
            found.append(f"{intent}: {row['charged']} charged, and no payment here knows of it")
        elif payment is not None:
            back = payment.refunds.filter(status=Refund.Status.SUCCEEDED).aggregate(sum=Sum("amount"))["sum"] or 0
            if (row["charged"], row["refunded"], row["charges"]) != (payment.money, back, 1):
                found.append(f"{payment}: {payment.money} and {back} back here, at Stripe {row}")
    found += [f"{payment} succeeded, and Stripe knows nothing of it" for payment in ours.values()]
    totals = money["totals"]
    valid = _sum(Ticket.objects.filter(status=Ticket.Status.VALID), "line__price", "line__discount", "line__fee")
    lines = BookingLine.objects.filter(booking__confirmed_at__isnull=False, cancelled_at__isnull=False)
    kept = _sum(lines, "price", "discount", "fee") - (lines.aggregate(sum=Sum("refunded"))["sum"] or 0)
    if totals["charged"] != valid + kept + totals["refunded"]:
        found.append(f"charged {totals}, but valid tickets cost {valid}, and {kept} was kept of cancelled ones")
    return found


def _sum(rows: Any, price: str, discount: str, fee: str) -> int:
    sums = rows.aggregate(price=Sum(price), discount=Sum(discount), fee=Sum(fee))
    return (sums["price"] or 0) - (sums["discount"] or 0) + (sums["fee"] or 0)


def _count(model: Any, field: str) -> list[tuple[str, int]]:
    return list(model.objects.values_list(field).annotate(count=Count("pk")).order_by(field))


def promises_kept(seen: Seen) -> list[str]:
    """What a page has said of a booking is still so."""
    wanted = {
        "confirmed": {Booking.Status.CONFIRMED},
        "given up": {Booking.Status.CANCELLED},
        "to be given back": {Booking.Status.CONFIRMED, Booking.Status.REFUNDED, Booking.Status.PARTLY_REFUNDED},
        "gave back": {Booking.Status.REFUNDED, Booking.Status.PARTLY_REFUNDED},
    }
    states = dict(Booking.objects.values_list("code", "status"))
    return [
        f"booking {code} was told {what!r} and is {states.get(code)}"
        for code, what in seen.told.items()
        if what in wanted and states.get(code) not in wanted[what]
    ]


def healed(foyer: Topology, audience: Audience, *, patience: float = 50.0) -> list[str]:
    """Every page is connected, shows what the server shows, and sees a fresh change over its socket."""
    end = time.monotonic() + patience
    while not all(watcher.connected for watcher in audience.watchers) and time.monotonic() < end:
        time.sleep(0.3)
    found = [f"socket of {w.showtime_id} is not connected: {w.did}" for w in audience.watchers if not w.connected]
    for showtime_id in {watcher.showtime_id for watcher in audience.watchers}:
        seat = Place.objects.free(timezone.now()).filter(showtime_id=showtime_id).values_list("seat_id", flat=True)[0]
        since = time.monotonic()
        if not hold(foyer, showtime_id, seat):
            found.append(f"showtime {showtime_id}: seat {seat} could not be held")
        mine = [watcher for watcher in audience.watchers if watcher.showtime_id == showtime_id]
        while not all(_has_heard(w, seat, since) for w in mine) and time.monotonic() < since + 5:
            time.sleep(0.05)
        found += [
            f"socket of {showtime_id} did not hear of seat {seat}" for w in mine if not _has_heard(w, seat, since)
        ]
        found += [difference for w in mine if (difference := _difference(w))]
    return found


def hold(foyer: Topology, showtime_id: int, seat: int) -> bool:
    """Somebody new takes a seat."""
    person = Browser(foyer.url, foyer.till.url, Seen())
    person.get(f"/showtimes/{showtime_id}/")
    answer = person.post(f"/showtimes/{showtime_id}/holds/", {"add": seat}, accept="application/json")
    return answer.status == 200


def _has_heard(watcher: Watcher, seat: int, since: float) -> bool:
    status, at = watcher.heard.get(seat, ("", 0.0))
    return status == "reserved" and at >= since


def _difference(watcher: Watcher) -> str:
    for _look in range(3):  # a hold may run out between our two looks
        state = watcher.fetch()
        differ = {*state["sold"], *state["blocked"], *map(int, state["held"])} ^ set(watcher.sees())
        if not differ:
            return ""
        time.sleep(0.5)
    return f"a page of {watcher.showtime_id} shows {sorted(differ)[:10]} otherwise than the server"


def ready(foyer: Topology, *, patience: float = 60.0) -> list[str]:
    """/readyz says so, by what beat and the workers do by themselves."""
    end = time.monotonic() + patience
    while not foyer.answers("/readyz"):
        if time.monotonic() > end:
            return [f"not ready: {requests.get(f'{foyer.url}/readyz', timeout=15).text}"]
        time.sleep(0.5)
    return []


def figures() -> dict[str, dict[str, int]]:
    """How the bookings, payments and refunds have ended."""
    return {
        "bookings": dict(_count(Booking, "status")),
        "payments": dict(_count(Payment, "status")),
        "refunds": dict(_count(Refund, "status")),
        "tickets": dict(_count(Ticket, "status")),
    }
