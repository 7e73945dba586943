"""Pages of the desk on which stories begin that cross apps: users, bookings, showtimes, work under way (AD2, AD3)."""

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http.request import HttpRequest
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from core.accounts.admin import MembershipInline
from core.accounts.models import User
from core.audit import actions as audit
from core.audit.admin import RecordedAdmin
from core.bookings.models import Booking, BookingChange, BookingLine
from core.catalog.admin import PriceTierInline
from core.catalog.models import Showtime
from core.flows.cancelling import cancel_showtime
from core.flows.security import end_all_sessions
from core.flows.taking_back import take_back
from core.kernel.admin import ReadOnlyAdmin, ReadOnlyInline, actor_of, money, period, titled
from core.notifications.actions import resend
from core.outbox.actions import hurry
from core.outbox.models import Message


@admin.register(User)
class UserAdmin(RecordedAdmin):
    """People. What they say of themselves they change; here a login is closed, or becomes an administrator's."""

    noun = "account"
    list_display = ("address", "name", "mobile", "is_active", "is_staff", "joined_at", "last_login")
    list_filter = (
        ("is_active", titled(_("May log in"))), ("is_staff", titled(_("Administrator"))), period("joined_at"),
    )  # fmt: skip
    search_fields = ("email", "unproved_email", "name", "mobile", "username")
    ordering = ("-id",)
    fields = (
        "email", "email_verified_at", "unproved_email", "mobile", "mobile_verified_at", "username", "name", "language",
        "is_active", "is_staff", "joined_at", "last_login", "erased_at", "what_they_did",
    )  # fmt: skip
    readonly_fields = (
        "email", "email_verified_at", "unproved_email", "mobile", "mobile_verified_at", "username", "language",
        "joined_at", "last_login", "erased_at", "what_they_did",
    )  # fmt: skip
    inlines = (MembershipInline,)
    actions = ("end_sessions",)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Nobody shuts themselves out, and who was erased stays so."""
        fixed = super().get_readonly_fields(request, obj)
        if obj is not None and obj.erased_at:
            return self.fields
        return (*fixed, "is_active", "is_staff") if obj is not None and obj.pk == request.user.pk else fixed

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Who is shut out, or has other rights now, is out at once and everywhere."""
        super().save_model(request, obj, form, change)
        if {"is_active", "is_staff"} & set(form.changed_data):
            end_all_sessions(obj)

    @admin.display(description=_("email"), ordering="email")
    def address(self, user: User) -> str:
        """The address, or the one that is not confirmed yet."""
        return user.shown_email

    @admin.action(description=_("End all sessions"))
    def end_sessions(self, request: HttpRequest, users: QuerySet[User]) -> TemplateResponse | None:
        """On every device, at once."""
        now, actor = timezone.now(), actor_of(request)

        def act(user: User) -> None:
            end_all_sessions(user)
            audit.record("account.sessions_ended", user, actor=actor, now=now)

        return self.ask_first(
            request,
            users,
            title=_("End all sessions"),
            explanation=_("They are logged out on every device, at once, and have to log in again."),
            act=act,
        )

    @admin.display(description=_("what they did"))
    def what_they_did(self, user: User) -> str:
        """Their records in the activity log."""
        log = reverse("admin:audit_record_changelist")
        return format_html('<a href="{}?who={}">{}</a>', log, user.pk, _("Activity log"))


class LineInline(ReadOnlyInline):
    model = BookingLine
    readonly_fields = (
        money("price", _("price"), currency="booking.currency"),
        money("discount", _("discount"), currency="booking.currency"),
        money("fee", _("fee"), currency="booking.currency"),
        money("refunded", _("refunded"), currency="booking.currency"),
    )
    fields = ("label", "ticket_type", *readonly_fields, "cancelled_at")


class ChangeInline(ReadOnlyInline):
    model = BookingChange


@admin.register(Booking)
class BookingAdmin(ReadOnlyAdmin):
    list_display = ("code", "status", "showtime", "name", "email", money("total", _("total")), "created_at")
    list_filter = ("status", "organizer", period("created_at"))
    list_select_related = ("showtime__event", "showtime__room__venue")
    search_fields = ("code", "email", "name", "mobile", "tickets__code")
    search_help_text = _("Code of a booking or ticket, name, mail address or mobile")
    ordering = ("-id",)
    readonly_fields = (
        money("subtotal", _("subtotal")),
        money("discount", _("discount")),
        money("fee", _("fee")),
        money("total", _("total")),
    )
    fields = (
        "code", "status", "reason", "showtime", "organizer", "name", "email", "mobile", "user", "language",
        *readonly_fields, "promo_code", "payment", "created_at", "lease_until", "confirmed_at", "ended_at",
    )  # fmt: skip
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
            danger=True,
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
            danger=True,
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
