from django.contrib import admin

from core.bookings.models import Booking, BookingChange, BookingLine, PromoCode
from core.kernel.admin import ReadOnlyAdmin


class LineInline(admin.TabularInline):
    model = BookingLine
    fields = ("label", "ticket_type", "price", "discount", "fee", "refunded", "cancelled_at")
    extra = 0


class ChangeInline(admin.TabularInline):
    model = BookingChange
    extra = 0


@admin.register(Booking)
class BookingAdmin(ReadOnlyAdmin):
    list_display = ("code", "status", "showtime", "name", "email", "total", "currency", "created_at")
    list_filter = ("status", "organizer")
    search_fields = ("code", "email", "name")
    list_select_related = ("showtime__event", "showtime__room__venue")
    exclude = ("access_key",)
    inlines = (LineInline, ChangeInline)


@admin.register(PromoCode)
class PromoCodeAdmin(ReadOnlyAdmin):
    list_display = ("word", "organizer", "percent", "amount", "used", "most_uses", "valid_until")
