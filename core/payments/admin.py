from django.contrib import admin
from django.db.models import QuerySet
from django.http.request import HttpRequest
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.kernel.admin import ReadOnlyAdmin, ReadOnlyInline, actor_of, money, period, titled
from core.payments.actions import resolve_incident
from core.payments.models import MoneyIncident, Payment, PaymentAttempt, Refund, StripeEvent


class AttemptInline(ReadOnlyInline):
    model = PaymentAttempt
    fields = ("key", "status", "session_id", "created_at", "session_expires_at", "error")
    readonly_fields = ("key",)  # it is not editable, and a form of it is made even where nobody may change it


class RefundInline(ReadOnlyInline):
    model = Refund
    readonly_fields = (money("amount", _("amount"), currency="payment.currency"),)
    fields = (*readonly_fields, "reason", "status", "stripe_id", "created_at", "settled_at", "error")


@admin.register(Payment)
class PaymentAdmin(ReadOnlyAdmin):
    list_display = (
        "id", "status", money("amount", _("amount")), "organizer", "intent_id", "created_at", "succeeded_at",
    )  # fmt: skip
    list_filter = ("status", "organizer", period("created_at"))
    list_select_related = ("organizer",)
    search_fields = ("intent_id", "booking__code", "booking__email")
    ordering = ("-id",)
    readonly_fields = (money("amount", _("amount")), money("received", _("received")))
    fields = (
        "status", *readonly_fields, "organizer", "intent_id", "created_at", "succeeded_at", "ended_at",
    )  # fmt: skip
    inlines = (AttemptInline, RefundInline)


@admin.register(Refund)
class RefundAdmin(ReadOnlyAdmin):
    list_display = (
        "id", "status", money("amount", _("amount"), currency="payment.currency"), "reason", "payment", "stripe_id",
        "created_at", "settled_at", "error",
    )  # fmt: skip
    readonly_fields = (money("amount", _("amount"), currency="payment.currency"),)
    fields = (
        "payment", *readonly_fields, "reason", "status", "stripe_id", "created_at", "settled_at", "error",
    )  # fmt: skip
    list_filter = ("status", "reason", period("created_at"))
    list_select_related = ("payment",)
    search_fields = ("stripe_id", "payment__intent_id", "payment__booking__code")
    ordering = ("-id",)


@admin.register(MoneyIncident)
class MoneyIncidentAdmin(ReadOnlyAdmin):
    list_display = ("kind", "reference", "payment", "detail", "noticed_at", "resolved_at")
    list_filter = ("kind", ("resolved_at", titled(_("State"), filled=_("Resolved"), empty=_("Open"))))
    list_select_related = ("payment",)
    search_fields = ("reference", "detail")
    ordering = ("-id",)
    actions = ("resolve",)

    @admin.action(description=_("Mark as resolved"))
    def resolve(self, request: HttpRequest, incidents: QuerySet[MoneyIncident]) -> TemplateResponse | None:
        """A person has looked and done what was to do."""
        now, actor = timezone.now(), actor_of(request)
        return self.ask_first(
            request,
            incidents.filter(resolved_at=None),
            title=_("Mark as resolved"),
            explanation=_("You have looked at these and done what was to do. Who resolved them is kept."),
            act=lambda incident: resolve_incident(incident, actor=actor, now=now),
        )


@admin.register(StripeEvent)
class StripeEventAdmin(ReadOnlyAdmin):
    list_display = ("event_id", "type", "received_at", "handled_at", "outcome")
    list_filter = (("handled_at", titled(_("State"), filled=_("Handled"), empty=_("Not yet"))), period("received_at"))
    search_fields = ("event_id", "type")
    ordering = ("-id",)
    exclude = ("payload",)  # the way back in it is the customer's own link
