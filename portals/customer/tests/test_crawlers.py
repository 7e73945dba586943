"""What search engines may read."""

import pytest

from core.catalog.models import Event
from core.catalog.tests.town import a_venue, an_event

pytestmark = pytest.mark.django_db


def test_robots_may_read_the_programme_but_nothing_of_anybodys(client):
    response = client.get("/robots.txt")
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    assert response.text.splitlines() == [
        "User-agent: *",
        "Disallow: /tickets/",
        "Disallow: /bookings/",
        "Disallow: /login/",
        "Disallow: /account/signup/",
        "",
        "Sitemap: http://testserver/sitemap.xml",
    ]


def test_the_sitemap_lists_public_pages_and_answers_not_modified(client):
    an_event(venue=a_venue())
    an_event("Draft", status=Event.Status.DRAFT)
    response = client.get("/sitemap.xml")
    paths = ["/", "/venues/", "/venues/palace/", "/events/ninth-orbit/"]
    assert [line[10:-12] for line in response.text.splitlines() if line.startswith("<url>")] == [
        f"http://testserver{path}" for path in paths
    ]
    assert client.get("/sitemap.xml", headers={"If-None-Match": response["ETag"]}).status_code == 304
