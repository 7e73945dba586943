"""What administrators see: rows that only actions may write, with what belongs to them."""

import pytest
from django.urls import reverse

from core.bookings.models import Booking
from core.flows.tests.stage import begin, pay
from core.ledger.models import JournalEntry
from core.payments.models import Payment, PaymentAttempt

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("model", [Booking, Payment, JournalEntry])
def test_a_row_is_shown_with_its_inner_rows_and_nothing_can_be_changed(
    model, house, stripe_desk, run_due, client, ada
) -> None:
    """A payment's page was an error: its attempts were asked for as a form, and their key is in none."""
    pay(begin(house, "A1"), stripe_desk, run_due)
    client.force_login(ada)
    row = model.objects.first()
    page = client.get(reverse(f"admin:{model._meta.label_lower.replace('.', '_')}_change", args=[row.pk]))
    assert page.status_code == 200
    assert page.text.count('name="_save"') == 0
    assert (model != Payment) or (str(PaymentAttempt.objects.get().key) in page.text)
    assert client.post(page.request["PATH_INFO"], {"status": "expired"}).status_code == 403
