from django.contrib import admin

from core.kernel.admin import ReadOnlyAdmin
from core.ledger.models import Account, JournalEntry, Posting
from core.ledger.queries import balance


class PostingInline(admin.TabularInline):
    model = Posting
    extra = 0


@admin.register(JournalEntry)
class JournalEntryAdmin(ReadOnlyAdmin):
    list_display = ("id", "kind", "reference", "booked_at")
    list_filter = ("kind",)
    search_fields = ("reference",)
    inlines = (PostingInline,)


@admin.register(Account)
class AccountAdmin(ReadOnlyAdmin):
    list_display = ("kind", "organizer", "currency", "present_balance")

    @admin.display(description="balance")
    def present_balance(self, account: Account) -> int:
        """In minor units; debit positive."""
        return balance(account)
