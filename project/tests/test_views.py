"""Pages that belong to no portal."""

import pytest
from django.contrib.staticfiles import finders


def test_favicon_leads_to_the_icon_when_a_browser_asks_at_the_old_address(client):
    answer = client.get("/favicon.ico")
    assert (answer.status_code, answer["Location"]) == (302, "/static/img/favicon.svg")
    assert answer["Cache-Control"] == "max-age=86400, public"
    assert finders.find("img/favicon.svg")
    assert not answer.cookies


@pytest.mark.parametrize("back", ["home", "0", "A\0B", "ﬀ"])
def test_the_scheme_is_kept_when_the_way_back_is_a_bare_word(client, back):
    """It was an error for anybody: a bare word was looked up as the name of a view."""
    answer = client.post("/scheme/", {"scheme": "dark", "next": back})
    assert (answer.status_code, answer.cookies["scheme"].value) == (302, "dark")


def kept_by(client, path):
    answer = client.get(path)
    return answer.status_code, answer.get("Cache-Control")


@pytest.mark.django_db
def test_a_page_of_somebody_logged_in_is_kept_by_nobody(client, amina, otto):
    client.force_login(amina)
    for path in ("/", "/account/profile/", "/account/notifications/"):
        status, kept = kept_by(client, path)
        assert (status, "no-store" in kept, "private" in kept) == (200, True, True)


@pytest.mark.django_db
def test_what_the_view_said_of_keeping_stands_and_a_visitor_may_go_back(client):
    assert kept_by(client, "/robots.txt") == (200, "public, max-age=3600")
    assert kept_by(client, "/") == (200, "private, no-cache")
