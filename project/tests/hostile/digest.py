"""What the business tables say, in one word; what one person owns, likewise; who wrote what in between."""

import hashlib
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.apps import apps
from django.db import connection

from core.accounts.models import AuthenticatorApp, Code, LoginTry, RecoveryCode, User
from core.audit.models import Record, Seal
from core.bookings.models import Booking, BookingChange, BookingLine
from core.payments.models import Payment, PaymentAttempt, Refund
from core.seating.models import Hold, Place
from core.tickets.models import Ticket

# Who did what is logged of refusals too, and a wrong code or password counts as a try.
KEPT_OF_REFUSALS = {model._meta.db_table for model in (Record, Seal, Code, LoginTry, AuthenticatorApp)}
NO_BUSINESS = {"sessions", "contenttypes", "admin"}
WRITES = re.compile(r'\b(?:INSERT INTO|UPDATE|DELETE FROM|TRUNCATE|COPY)\s+"?(\w+)')


def business_tables() -> list[str]:
    """Every table but sessions and what is kept of refusals."""
    models = [model for model in apps.get_models(include_auto_created=True) if model._meta.managed]
    return sorted(
        model._meta.db_table
        for model in models
        if model._meta.app_label not in NO_BUSINESS and model._meta.db_table not in KEPT_OF_REFUSALS
    )


def digest() -> dict[str, tuple[int, str]]:
    """Each business table with its count and a digest of all its rows."""
    rows = "md5(coalesce(string_agg(md5(t::text), '' ORDER BY md5(t::text)), ''))"
    parts = [f"SELECT '{table}', count(*), {rows} FROM \"{table}\" t" for table in business_tables()]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts))
        return {table: (count, told) for table, count, told in cursor.fetchall()}


def belongings(user: User) -> str:
    """A digest of all that is somebody's: bookings, tickets, money, held places, the login itself."""
    mine: list[Any] = [
        User.objects.filter(pk=user.pk),
        AuthenticatorApp.objects.filter(user=user),
        RecoveryCode.objects.filter(app__user=user),
        Booking.objects.filter(user=user),
        BookingLine.objects.filter(booking__user=user),
        BookingChange.objects.filter(booking__user=user),
        Ticket.objects.filter(booking__user=user),
        Payment.objects.filter(booking__user=user),
        PaymentAttempt.objects.filter(payment__booking__user=user),
        Refund.objects.filter(payment__booking__user=user),
        Place.objects.filter(holder=user.holder),
        Hold.objects.filter(holder=user.holder),
    ]
    rows = [list(found.order_by("pk").values_list()) for found in mine]
    return hashlib.sha256(repr(rows).encode()).hexdigest()


@contextmanager
def written() -> Iterator[set[str]]:
    """The business tables that this connection writes to meanwhile, whether or not it is rolled back."""
    tables: set[str] = set()
    business = set(business_tables())

    def look(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        tables.update(business & set(WRITES.findall(str(sql))))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(look):
        yield tables
