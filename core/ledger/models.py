from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.accounts.models import Organizer


class Account(models.Model):
    """One pot of the books. Debits are positive, credits negative, in minor units of the account's currency."""

    class Kind(models.TextChoices):
        CLEARING = "clearing", _("Stripe clearing")
        PAYABLE = "payable", _("Owed to the organizer")
        FEES = "fees", _("Fees earned")
        UNALLOCATED = "unallocated", _("Money without a booking")

    kind = models.CharField(max_length=20, choices=Kind.choices)
    organizer = models.ForeignKey(Organizer, on_delete=models.PROTECT, null=True, blank=True)
    currency = models.CharField(max_length=3)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "organizer", "currency"], name="account_once", nulls_distinct=False
            ),
            models.CheckConstraint(
                condition=Q(kind="payable", organizer__isnull=False) | ~Q(kind="payable"),
                name="account_payable_has_organizer",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.organizer_id or 'platform'} {self.currency}"


class JournalEntry(models.Model):
    """One movement of money, told in two or more postings that sum to zero. Append-only."""

    class Kind(models.TextChoices):
        SALE = "sale", _("Sale")
        REFUND = "refund", _("Refund")
        STRAY_PAYMENT = "stray_payment", _("Payment without a booking")
        STRAY_REFUND = "stray_refund", _("Refund of a payment without a booking")
        REFUND_FAILED = "refund_failed", _("A refund that failed: the money is here again")
        DISPUTE = "dispute", _("Dispute")
        DISPUTE_WON = "dispute_won", _("Dispute won")

    kind = models.CharField(max_length=20, choices=Kind.choices)
    reference = models.CharField(max_length=60, help_text=_("The row that moved: payment:12, refund:3."))
    booked_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "reference"], name="journal_entry_once")]
        indexes = [models.Index(fields=["booked_at"], name="journal_entry_booked")]
        verbose_name_plural = "journal entries"

    def __str__(self) -> str:
        return f"{self.kind} {self.reference}"


class Posting(models.Model):
    """One side of a journal entry. Append-only."""

    entry = models.ForeignKey(JournalEntry, on_delete=models.PROTECT, related_name="postings")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="postings")
    amount = models.BigIntegerField()

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(amount=0), name="posting_moves_money")]

    def __str__(self) -> str:
        return f"{self.amount} {self.account}"


class BalanceSnapshot(models.Model):
    """The balance of an account up to and including one posting, so that a balance is read without its history.

    The running balance itself is never stored on the account: that row would be the lock all buyers wait for.
    """

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="snapshots")
    up_to = models.ForeignKey(Posting, on_delete=models.PROTECT, related_name="+")
    amount = models.BigIntegerField()
    taken_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "up_to"], name="balance_snapshot_once")]

    def __str__(self) -> str:
        return f"{self.account}: {self.amount}"
