from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from core.kernel.admin import ReadOnlyAdmin, ReadOnlyInline, money, period
from core.kernel.money import format_money
from core.ledger.models import Account, JournalEntry, Posting
from core.ledger.queries import balance


class PostingInline(ReadOnlyInline):
    model = Posting
    readonly_fields = (money("amount", _("amount"), currency="account.currency"),)
    fields = ("account", *readonly_fields)


@admin.register(JournalEntry)
class JournalEntryAdmin(ReadOnlyAdmin):
    list_display = ("id", "kind", "reference", "booked_at")
    list_filter = ("kind", period("booked_at"))
    search_fields = ("reference",)
    ordering = ("-id",)
    inlines = (PostingInline,)


@admin.register(Account)
class AccountAdmin(ReadOnlyAdmin):
    list_display = ("kind", "organizer", "currency", "present_balance")
    list_filter = ("kind", "organizer", "currency")
    list_select_related = ("organizer",)
    ordering = ("kind", "id")

    @admin.display(description=_("balance"))
    def present_balance(self, account: Account) -> str:
        """Debit positive."""
        return format_money(balance(account), account.currency)
