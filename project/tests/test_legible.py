"""What cannot be read is refused before anybody tries to."""

import pytest
from django.conf import settings
from django.test import Client

from e2e.cast import log_in

FIELD = b'--x\r\nContent-Disposition: form-data; name="scheme"\r\n\r\n%s\r\n--x--'


@pytest.mark.parametrize(("charset", "sent"), [("hex", b"zz"), ("undefined", b"dark"), ("utf-7", b"+2AA-")])
def test_a_form_in_another_encoding_than_ours_is_refused_with_a_page(db, client: Client, charset: str, sent: bytes):
    """It was an error: Python was asked to decode by whatever the form named."""
    kind = f"multipart/form-data; boundary=x; charset={charset}"
    answer = client.generic("POST", "/scheme/", FIELD % sent, content_type=kind)
    assert answer.status_code == 400
    assert "<h1>We could not read that</h1>" in answer.text


def test_a_form_that_says_it_is_in_our_encoding_is_read(db, client: Client):
    kind = "multipart/form-data; boundary=x; charset=UTF-8"
    assert client.generic("POST", "/scheme/", FIELD % b"dark", content_type=kind).cookies["scheme"].value == "dark"


def test_a_cookie_with_a_nul_is_as_good_as_none(db, client: Client):
    """It was an error: no session can be looked up by such a key."""
    cookie = f'{settings.SESSION_COOKIE_NAME}="abcdefghij\\000"; scheme=dark'
    page = client.get("/tickets/", headers={"Cookie": cookie})
    assert page.status_code == 200
    assert 'data-scheme="dark"' in page.text


def test_a_list_of_the_desk_takes_a_nul_for_no_filter(db, client: Client, ada):
    log_in(client, ada)
    for query in ("queue=a%00b", "queue=a%00b&queue=a"):
        assert client.get(f"/desk/outbox/message/?{query}")["Location"] == "/desk/outbox/message/?e=1"
