from portals.customer.urls_discovery import discovery_patterns
from portals.customer.urls_purchase import purchase_patterns
from portals.customer.urls_seats import seat_patterns

app_name = "customer"
urlpatterns = [
    *discovery_patterns,
    *seat_patterns,
    *purchase_patterns,
]
