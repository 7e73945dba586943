"""Every refusal has a status, and a page that a person understands."""

import pytest
from django.test import RequestFactory
from django.urls import get_resolver

from core.kernel.errors import Refusal, TooOften
from core.payments.gateway import GatewayAway
from core.seating.refusals import NeedsProof
from portals.refusal_status import STATUS, status_of
from project.middleware import refusals


def kinds(refusal: type[Refusal] = Refusal) -> set[str]:
    return {refusal.kind}.union(*(kinds(child) for child in refusal.__subclasses__()))


def test_every_kind_of_refusal_has_a_status():
    assert get_resolver().url_patterns  # every view, and so every refusal, is loaded by now
    assert kinds() <= STATUS.keys()


@pytest.mark.parametrize(
    ("refusal", "status"),
    [(Refusal("No."), 400), (NeedsProof(), 403), (GatewayAway(), 503), (TooOften("x", retry_after=5), 429)],
)
def test_a_refusal_that_no_view_answers_becomes_a_page(db, client, refusal, status):
    request = client.get("/tickets/").wsgi_request
    page = refusals(lambda _: None).process_exception(request, refusal)
    assert (page.status_code, status_of(refusal)) == (status, status)
    assert str(refusal) in page.content.decode()
    assert page.get("Retry-After") == ("5" if status == 429 else None)


def test_a_bug_is_no_refusal():
    assert refusals(lambda _: None).process_exception(RequestFactory().get("/"), RuntimeError()) is None


def test_the_address_of_a_form_opened_by_itself_says_so(db, client):
    page = client.get("/showtimes/1/holds/")
    assert (page.status_code, page["Allow"]) == (405, "POST")
    assert "<h1>Nothing to open here</h1>" in page.text
