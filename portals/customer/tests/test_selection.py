"""The panel of what one holds."""

import pytest
from django.urls import reverse

from core.catalog.models import PriceTier
from portals.customer.tests.shop import arrive

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


@pytest.mark.parametrize(
    ("dropped", "said"),
    [
        ([], "Other ticket types are chosen at checkout: Child, Reduced."),
        (["reduced"], "Other ticket types are chosen at checkout: Child."),
        (["child", "reduced"], ""),
    ],
)
def test_panel_names_the_other_ticket_types_when_they_are_sold_for_what_is_held(client, house, dropped, said):
    PriceTier.objects.create(showtime=house.showtime, ticket_type="reduced", amount=1000)
    PriceTier.objects.filter(ticket_type__in=dropped).delete()
    arrive(client, house, "A1", "A2")
    page = client.get(reverse("customer:showtime", args=[house.showtime.pk]))
    assert ("Other ticket types" in page.text, said in page.text) == (bool(said), True)
