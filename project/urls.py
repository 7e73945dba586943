"""Which portal answers which address."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path

from project import views

urlpatterns = [
    path("scheme/", views.scheme, name="scheme"),
    path("account/", include("allauth.account.urls")),
    path(f"{settings.ADMIN_PATH}/", admin.site.urls),
    path("", include("portals.customer.urls")),
]
if settings.DEBUG:
    urlpatterns.insert(0, path("_components/", views.components, name="components"))
