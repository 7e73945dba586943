from portals.customer.urls_purchase import purchase_patterns

app_name = "customer"
urlpatterns = [
    *purchase_patterns,
]
