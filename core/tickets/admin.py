from django.contrib import admin

from core.kernel.admin import ReadOnlyAdmin, period
from core.tickets.models import SigningKey, Ticket


@admin.register(Ticket)
class TicketAdmin(ReadOnlyAdmin):
    list_display = ("code", "status", "booking", "showtime", "label", "ticket_type", "issued_at")
    list_filter = ("status", "ticket_type", period("issued_at"))
    list_select_related = ("booking", "showtime__event", "showtime__room__venue")
    search_fields = ("code", "booking__code", "booking__email", "booking__name")
    ordering = ("-id",)


@admin.register(SigningKey)
class SigningKeyAdmin(ReadOnlyAdmin):
    list_display = ("id", "created_at", "retired_at")
    ordering = ("-id",)
    exclude = ("sealed_private_key",)
