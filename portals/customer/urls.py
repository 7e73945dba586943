from portals.customer.urls_discovery import discovery_patterns
from portals.customer.urls_purchase import purchase_patterns

app_name = "customer"
urlpatterns = [
    *discovery_patterns,
    *purchase_patterns,
]
