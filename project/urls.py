"""Which portal answers which address."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path

from portals.account import picture, push
from portals.account.door_pages import door_patterns
from project import health, mailbox, stripe, views

handler400 = "project.views.malformed"
handler500 = "project.views.broken"
urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", health.metrics, name="metrics"),
    path("scheme/", views.scheme, name="scheme"),
    path("favicon.ico", views.favicon, name="favicon"),
    path("worker.js", push.worker, name="service_worker"),
    path("stripe/webhook/", stripe.webhook, name="stripe_webhook"),
    path("account/", include("portals.account.urls")),
    path("people/<slug:key>.webp", picture.person_picture, name="person_picture"),
    *door_patterns(),
    path("organizer/", include("portals.organizer.urls")),
    path("merchant/", include("portals.merchant.urls")),
    path("checkin/", include("portals.checkin.urls")),
    path(f"{settings.ADMIN_PATH}/", admin.site.urls),
    path("", include("portals.customer.urls")),
]
if settings.DEBUG:
    urlpatterns.insert(0, path("_components/", views.components, name="components"))
if not (settings.EMAIL_URL and settings.SMS_URL):
    urlpatterns[:0] = [
        path("_outbox/", mailbox.outbox, name="outbox"),
        path("_outbox/<slug:key>/", mailbox.mail, name="mail"),
        path("_outbox/<slug:key>/html/", mailbox.mail_html, name="mail_html"),
        path("_outbox/<slug:key>/<int:number>/", mailbox.mail_part, name="mail_part"),
    ]
