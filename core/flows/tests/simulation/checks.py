"""What must hold. After every step: what `manage.py verify` proves, what people were promised, what nobody may do.

`verify` asks some forty questions, each of which is a query that finds nothing when all is well. Asked one by one
through the ORM that costs 25 ms; so its own SQL is recorded once and asked all at once, planned once. Where that
finds anything, and every few steps whatever it says, `verify` itself is run; a query that is not among the recorded
ones would be noticed then. The chain of the activity log, which is proved record by record, is part of that run.
"""

from collections import Counter
from typing import TYPE_CHECKING, Any

from django.db import connection
from django.db.models import Q
from psycopg import ClientCursor

from core.bookings.models import Booking
from core.flows import verification
from core.flows.tests.simulation.people import Person
from core.ledger.models import Account, Posting
from core.notifications.models import Delivery
from core.outbox.models import Message
from core.payments.models import Payment, PaymentAttempt, Refund
from core.seating.models import Hold, Place
from core.tickets.models import Ticket

if TYPE_CHECKING:
    from core.flows.tests.simulation.world import World

THOROUGH_EVERY = 50
# What a refusal leaves exactly as it was.
KEPT = (Place, Hold, Booking, Payment, Refund, Ticket)


class Wrong(BaseException):
    """Something does not hold. No exception: a task that goes on in spite of errors must not swallow it."""


class Verify:
    """`manage.py verify`, cheap enough to be run after every step."""

    def __init__(self) -> None:
        self.questions = self._record()
        digest = "(SELECT coalesce(sum(hashtextextended(t::text, 0)), 0) FROM {} t)"
        sums = " + ".join(digest.format(model._meta.db_table) for model in KEPT)
        every = " OR ".join(f"EXISTS ({question})" for question in self.questions)
        # A function and no prepared statement, which the driver forgets with every rollback to a savepoint.
        body = f"BEGIN RETURN QUERY SELECT {every}, ({sums})::numeric; END"
        with connection.cursor() as cursor:
            cursor.execute(
                "CREATE OR REPLACE FUNCTION pg_temp.verify_all() RETURNS TABLE (wrong boolean, digest numeric)"
                f" LANGUAGE plpgsql AS $verify$ {body} $verify$"
            )

    def quick(self) -> Any:
        """Raise if anything is wrong; a digest of what people have, to compare."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT wrong, digest FROM pg_temp.verify_all()")
            wrong, digest = cursor.fetchone()
        if wrong:
            self.thorough()
            raise Wrong("verify's queries found something that verify does not tell")
        return digest

    def thorough(self) -> None:
        """Everything, as the command runs it."""
        found = [str(violation) for violation in verification.violations()]
        if found:
            raise Wrong("\n".join(found))

    def still_asks_the_same(self) -> bool:
        return self._record() == self.questions

    def _record(self) -> list[str]:
        questions: list[str] = []

        def keep(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
            if not sql.startswith(("DECLARE", "FETCH")) and "audit_" not in sql:
                questions.append(ClientCursor(connection.connection).mogrify(sql, params))
            return execute(sql, params, many, context)

        with connection.execute_wrapper(keep):
            self.thorough()
        return questions


def promises_are_kept(people: list[Person]) -> None:
    """What a page told somebody to be theirs until then is theirs until then, whatever others do."""
    promised = {
        place_id: (person, until)
        for person in people
        for place_id, until in person.promised.items()
        if until > person.now
    }
    rows = Place.objects.filter(id__in=promised).values_list(
        "id", "holder", "held_until", "under_payment", "sold", "blocked"
    )
    for place_id, holder, held_until, under_payment, sold, blocked in rows:
        person, until = promised[place_id]
        if under_payment or sold or blocked or (holder, held_until) != (person.actor.holder, until):
            found = f"{holder} until {held_until} under_payment={under_payment} sold={sold} blocked={blocked}"
            raise Wrong(f"place {place_id} was promised to {person} until {until}, but is {found}")


def caps_are_kept(world: "World") -> None:
    """Nobody holds more of a showtime than one person may (R22), nor any of it for longer (R8)."""
    most, longest = world.organizer.max_places, world.longest_hold
    running = Hold.objects.running(world.clock.now)
    rows = list(running.values_list("holder", "showtime_id", "held_at", "leased_at", "expires_at"))
    for (holder, showtime_id), count in Counter(row[:2] for row in rows).items():
        if count > most:
            raise Wrong(f"{holder} has {count} places of showtime {showtime_id}, {most} are allowed")
    for holder, _showtime, held_at, leased_at, expires_at in rows:
        if (leased_at or expires_at) - held_at > longest:
            raise Wrong(f"{holder} holds a place for longer than {longest}: from {held_at}")


def no_dead_booking_takes_money(world: "World") -> None:
    """A page of Stripe's that somebody was sent to belongs to a booking whose places are kept for it."""
    sent = {link for person in world.people for link in person.links}
    living = [number for number in sent if world.stripe.sessions[number]["status"] == "open"]
    if not living:
        return
    ended = (
        PaymentAttempt.objects.filter(session_id__in=living)
        .exclude(payment__booking__status=Booking.Status.AWAITING_PAYMENT)
        .values_list("session_id", "payment__booking__status")
    )
    for session_id, status in ended:
        raise Wrong(f"session {session_id} can still be paid, but its booking is {status}")


def refunds_go_once(world: "World") -> None:
    """Stripe was asked once for each of our refunds, and for no more than it says."""
    ours: dict[str, int] = {}
    for intent in world.stripe.intents.values():
        for refund in intent.refunds:
            if key := refund["metadata"].get("foyer_refund"):
                if key in ours:
                    raise Wrong(f"one refund of ours went twice: {refund['id']}")
                ours[key] = refund["amount"]
    if not ours:
        return
    written = {str(key): amount for key, amount in Refund.objects.filter(key__in=ours).values_list("key", "amount")}
    if written != ours:
        raise Wrong(f"Stripe refunded {sorted(ours.values())}, we wrote {sorted(written.values())}")


# --- at rest


def all_is_at_rest(world: "World") -> None:
    """Nothing is under way any more, and every cent and every place is where it belongs."""
    left = list(Message.objects.filter(done_at=None).values_list("task", "last_error"))
    _none("messages left in the outbox", left)
    _none("places under payment", list(Place.objects.filter(under_payment=True).values_list("id", flat=True)))
    open_ = Payment.objects.exclude(status__in=[Payment.Status.SUCCEEDED, Payment.Status.EXPIRED])
    _none("payments that never ended", [str(payment) for payment in open_])
    unsent = Refund.objects.filter(status__in=[Refund.Status.PREPARED, Refund.Status.PENDING])
    _none("refunds that never arrived", [str(refund) for refund in unsent])
    living = Ticket.objects.valid().filter(showtime__status="cancelled")
    _none("valid tickets of a cancelled showtime", [str(ticket) for ticket in living])
    _charges_are_payments(world)
    _money_is_accounted_for(world)
    _everybody_is_told_once(world)


def _charges_are_payments(world: "World") -> None:
    """Each charge at Stripe is one payment here, and the other way round."""
    charged = {intent.id: intent.amount for intent in world.stripe.intents.values() if intent.settled}
    paid = Payment.objects.filter(status=Payment.Status.SUCCEEDED)
    known = {payment.intent_id: payment.money for payment in paid}
    if known != charged:
        raise Wrong(f"charged at Stripe {charged}, known here {known}")


def _money_is_accounted_for(world: "World") -> None:
    """Charged = tickets + what was kept of cancelled ones + refunds, to the cent; and the books say the same."""
    cleared = sum(Posting.objects.filter(account__kind=Account.Kind.CLEARING).values_list("amount", flat=True))
    if cleared != world.stripe.net:
        raise Wrong(f"Stripe has {world.stripe.net} of ours, the books say {cleared}")
    sold = sum(
        line.paid - line.refunded
        for booking in Booking.objects.filter(confirmed_at__isnull=False, total__gt=0)
        for line in booking.lines.all()
    )
    at_the_desk = Q(reason=Refund.Reason.OUTSIDE)
    has_failed = Q(status=Refund.Status.FAILED)
    failed = sum(Refund.objects.filter(~at_the_desk, has_failed).values_list("amount", flat=True))
    outside = sum(Refund.objects.filter(at_the_desk, ~has_failed).values_list("amount", flat=True))
    withdrawn = sum(intent.withdrawn for intent in world.stripe.intents.values())
    if world.stripe.net != sold + failed - outside - withdrawn:
        told = f"tickets {sold} + failed refunds {failed} - refunded outside {outside} - disputed {withdrawn}"
        raise Wrong(f"Stripe has {world.stripe.net} of ours, but there are {told}")


def _everybody_is_told_once(world: "World") -> None:
    """Each mail was sent, and once; one about each confirmed booking (R1) and each cancelled one (R17)."""
    keys = Counter(Delivery.objects.values_list("once_key", flat=True))
    if world.mailbox.mails != keys:
        raise Wrong(f"mails sent {world.mailbox.mails - keys} too often, {keys - world.mailbox.mails} never")
    confirmed = Booking.objects.filter(confirmed_at__isnull=False)
    silent = [booking.code for booking in confirmed if f"booking_confirmed:{booking.code}" not in keys]
    refunds = Refund.objects.filter(reason=Refund.Reason.SHOWTIME_CANCELLED)
    paid_back = Counter(refunds.values_list("payment__booking__code", flat=True))
    silent += [code for code in paid_back if f"showtime_cancelled:{code}" not in keys]
    _none("bookings paid back twice for a cancelled showtime", [code for code, n in paid_back.items() if n > 1])
    _none("bookings that nobody was told of", silent)


def _none(what: str, found: list[Any]) -> None:
    if found:
        raise Wrong(f"{what}: {found}")
