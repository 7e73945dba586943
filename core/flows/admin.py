"""Pages of the desk on which stories begin that cross apps: bookings, showtimes, and the work under way (AD3)."""

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http.request import HttpRequest
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.audit import actions as audit
from core.bookings.models import Booking, BookingChange, BookingLine
from core.catalog.admin import PriceTierInline
from core.catalog.models import Showtime
from core.flows.cancelling import cancel_showtime
from core.flows.taking_back import take_back
from core.kernel.admin import ReadOnlyAdmin, ReadOnlyInline, actor_of, period
from core.notifications.actions import resend
from core.outbox.actions import hurry
from core.outbox.models import Message


class LineInline(ReadOnlyInline):
    model = BookingLine
    fields = ("label", "ticket_type", "price", "discount", "fee", "refunded", "cancelled_at")


class ChangeInline(ReadOnlyInline):
    model = BookingChange


@admin.register(Booking)
class BookingAdmin(ReadOnlyAdmin):
    list_display = ("code", "status", "showtime", "name", "email", "total", "currency", "created_at")
    list_filter = ("status", "organizer", period("created_at"))
    list_select_related = ("showtime__event", "showtime__room__venue")
    search_fields = ("code", "email", "name", "mobile", "tickets__code")
    search_help_text = _("Code of a booking or ticket, name, mail address or mobile")
    ordering = ("-id",)
    exclude = ("access_key",)
    inlines = (LineInline, ChangeInline)
    actions = ("resend_tickets", "cancel_with_refund")

    @admin.action(description=_("Mail the tickets again"))
    def resend_tickets(self, request: HttpRequest, bookings: QuerySet[Booking]) -> TemplateResponse | None:
        """To the address that the booking was made with."""
        now, actor = timezone.now(), actor_of(request)
        return self.ask_first(
            request,
            bookings,
            title=_("Mail the tickets again"),
            explanation=_("Each goes to the address that the booking was made with."),
            act=lambda booking: resend(booking=booking, actor=actor, now=now),
        )

    @admin.action(description=_("Cancel, all the money back"))
    def cancel_with_refund(self, request: HttpRequest, bookings: QuerySet[Booking]) -> TemplateResponse | None:
        """Whatever the organizer's terms say of customers who change their minds."""
        now, actor = timezone.now(), actor_of(request)
        return self.ask_first(
            request,
            bookings,
            title=_("Cancel, all the money back"),
            explanation=_(
                "The tickets stop working, the seats are free again, and everything that was paid goes back, fees too. "
                "The customer is told by mail. This cannot be undone."
            ),
            act=lambda booking: take_back(booking=booking, actor=actor, now=now),
        )


@admin.register(Showtime)
class ShowtimeAdmin(ReadOnlyAdmin):
    list_display = ("starts_at", "event", "room", "status", "format", "language")
    list_filter = ("status", period("starts_at"))
    list_select_related = ("event", "room__venue")
    search_fields = ("event__title", "room__name", "room__venue__name")
    ordering = ("-starts_at",)
    inlines = (PriceTierInline,)
    actions = ("cancel",)

    @admin.action(description=_("Cancel the showtime"))
    def cancel(self, request: HttpRequest, showtimes: QuerySet[Showtime]) -> TemplateResponse | None:
        """Everybody with a ticket is told and gets all the money back."""
        now, actor = timezone.now(), actor_of(request)
        return self.ask_first(
            request,
            showtimes,
            title=_("Cancel the showtime"),
            explanation=_("Nobody can buy any more. Everybody with a ticket is told and gets all the money back."),
            act=lambda showtime: cancel_showtime(showtime=showtime, actor=actor, now=now),
        )


class MessageState(admin.SimpleListFilter):
    """What of the work is done."""

    title = _("State")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Waiting, failed and waiting for the next try, done."""
        return [("waiting", _("Waiting")), ("failed", _("Failed so far")), ("done", _("Done"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Message]) -> QuerySet[Message]:
        """The messages in that state."""
        states = {
            "waiting": Q(done_at=None),
            "failed": Q(done_at=None) & ~Q(last_error=""),
            "done": Q(done_at__isnull=False),
        }
        return queryset.filter(states.get(self.value() or "", Q()))


@admin.register(Message)
class MessageAdmin(ReadOnlyAdmin):
    list_display = ("task", "queue", "posted_at", "attempts", "not_before", "done_at", "last_error")
    list_filter = (MessageState, "queue")
    search_fields = ("task",)
    ordering = ("-id",)
    exclude = ("arguments",)
    actions = ("do_now",)

    @admin.action(description=_("Try again now"))
    def do_now(self, request: HttpRequest, messages: QuerySet[Message]) -> TemplateResponse | None:
        """What waits is handed to a worker at once, instead of after its wait."""
        now, actor = timezone.now(), actor_of(request)

        def act(message: Message) -> None:
            hurry(message.pk, now=now)
            audit.record("message.hurried", message, actor=actor, now=now, task=message.task)

        return self.ask_first(
            request,
            messages.filter(done_at=None),
            title=_("Try again now"),
            explanation=_("These are handed to a worker at once, instead of after their wait."),
            act=act,
        )
