from django.contrib import admin
from django.db.models import QuerySet
from django.http.request import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.kernel.admin import ReadOnlyAdmin
from core.payments.models import MoneyIncident, Payment, PaymentAttempt, Refund, StripeEvent


class AttemptInline(admin.TabularInline):
    model = PaymentAttempt
    fields = ("key", "status", "session_id", "created_at", "session_expires_at", "error")
    readonly_fields = ("key",)  # it is not editable, and a form of it is made even where nobody may change it
    extra = 0


class RefundInline(admin.TabularInline):
    model = Refund
    fields = ("amount", "reason", "status", "stripe_id", "created_at", "settled_at", "error")
    extra = 0


@admin.register(Payment)
class PaymentAdmin(ReadOnlyAdmin):
    list_display = ("id", "status", "amount", "currency", "organizer", "intent_id", "created_at", "succeeded_at")
    list_filter = ("status", "organizer")
    search_fields = ("intent_id",)
    inlines = (AttemptInline, RefundInline)


@admin.register(MoneyIncident)
class MoneyIncidentAdmin(ReadOnlyAdmin):
    list_display = ("kind", "reference", "payment", "detail", "noticed_at", "resolved_at")
    list_filter = ("kind", ("resolved_at", admin.EmptyFieldListFilter))
    search_fields = ("reference", "detail")
    actions = ("resolve",)

    @admin.action(description=_("Mark as resolved"))
    def resolve(self, request: HttpRequest, incidents: QuerySet[MoneyIncident]) -> None:
        """A person has looked and done what was to do."""
        incidents.filter(resolved_at=None).update(resolved_at=timezone.now())


@admin.register(StripeEvent)
class StripeEventAdmin(ReadOnlyAdmin):
    list_display = ("event_id", "type", "received_at", "handled_at", "outcome")
    list_filter = ("type", ("handled_at", admin.EmptyFieldListFilter))
    search_fields = ("event_id",)
    exclude = ("payload",)  # the way back in it is the customer's own link
