"""Pages that belong to no portal."""

from django.contrib.staticfiles import finders


def test_favicon_leads_to_the_icon_when_a_browser_asks_at_the_old_address(client):
    answer = client.get("/favicon.ico")
    assert (answer.status_code, answer["Location"]) == (302, "/static/img/favicon.svg")
    assert answer["Cache-Control"] == "max-age=86400, public"
    assert finders.find("img/favicon.svg")
    assert not answer.cookies
