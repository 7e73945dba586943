"""Whatever is sent to whichever address, by whomever: no error page, nothing changed by what is refused.

The addresses come out of the URLconf and the fields out of the pages, so that a new portal is covered by being there.
HOSTILE_EXAMPLES=5000 looks further than the fixed part and the few hundred examples of every run.
"""

import logging
import os
import re
from collections.abc import Iterator
from dataclasses import replace
from unittest import mock

import pytest
import time_machine
from django.test import override_settings
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.flows.verification import violations
from core.payments import gateway
from e2e.cast import NOW, StripeDesk
from project.tests.hostile.addresses import ADDRESSES, CONVERTERS
from project.tests.hostile.asking import Ask, Asking, undone
from project.tests.hostile.forms import Found, read_all
from project.tests.hostile.nasty import urlencoded
from project.tests.hostile.stage import AMINA, BRUNO, VALUES, VISITOR, build
from project.tests.hostile.walking import (
    as_meant,
    asks,
    form_asks,
    known_things,
    odd_asks,
    path_asks,
    query_asks,
    steps,
    tried,
)

pytestmark = pytest.mark.django_db
EXAMPLES = int(os.environ.get("HOSTILE_EXAMPLES", "0"))
# What opens for nobody here: no code that was mailed, no such link, no such field, no signature, no page of that name,
# no file, no address of a picture, no device.
CLOSED = (
    {"account_picture", "account_picture_address", "account_deletion_code", "push_devices"}
    | {"customer:proof_code", "admin:view_on_site", "admin:autocomplete", "stripe_webhook"}
    | {address.name for address in ADDRESSES if "catch_all_view" in address.name}
)


def examples(few: int) -> settings:
    """The same ones every time, unless a longer walk was asked for."""
    return settings(
        max_examples=EXAMPLES or few,
        derandomize=not EXAMPLES,
        database=None,
        deadline=None,
        print_blob=True,
        suppress_health_check=list(HealthCheck),
    )


@pytest.fixture(scope="module")
def asking(django_db_setup: None, django_db_blocker, stripe_running) -> Iterator[Asking]:
    """One stage for all: the clock stands still, and whatever is done on it is undone. Nobody reads so many logs."""
    logging.disable(logging.CRITICAL)
    with (
        django_db_blocker.unblock(),
        time_machine.travel(NOW, tick=False),
        override_settings(STRIPE_API_KEY="sk_test_desk", STRIPE_API_BASE=stripe_running.url),
        mock.patch("weasyprint.HTML.write_pdf", return_value=b"%PDF"),
    ):
        gateway._client.cache_clear()
        desk = StripeDesk(stripe_running)
        desk.control("reset")
        desk.set_clock(NOW)
        with undone():
            yield Asking(build(desk))
        gateway._client.cache_clear()
    logging.disable(logging.NOTSET)


@pytest.fixture(scope="module")
def found(asking: Asking) -> Found:
    return read_all(asking, ADDRESSES)


def test_the_walk_knows_how_to_fill_in_every_address() -> None:
    """A new name or converter in a path: tell stage.VALUES or addresses.CONVERTERS, and everything here covers it."""
    assert {argument for address in ADDRESSES for argument in address.arguments} == VALUES.keys()
    assert {converter for address in ADDRESSES for converter in address.converters} <= CONVERTERS


def test_every_page_opens_for_somebody_and_reading_changes_nothing(asking: Asking, found: Found) -> None:
    """Else the rest would walk along closed doors. What is not here takes a form's data, or leads elsewhere."""
    closed = {address.name for address in ADDRESSES} - found.opened
    read_only = {name for name in closed if re.fullmatch(r"admin:\w+_(add|delete)", name)}
    assert closed - read_only == CLOSED


@pytest.mark.parametrize("who", [BRUNO, VISITOR])
def test_what_is_aminas_is_not_there_for_strangers(asking: Asking, who: str) -> None:
    """By no address that has one of her codes in it, however it is asked for."""
    hers = asking.stage.codes(AMINA)
    count = 0
    for address in ADDRESSES:
        if address.arguments == ("code",):
            for code in hers:
                for method in ("GET", "POST"):
                    status = asking.alone(Ask(who, method, address.path(code=code))).status_code
                    assert status in {404, 405}, f"{status} for {who} at {address.path(code=code)}"
                    count += 1
    assert count >= 80


def test_aminas_forms_sent_by_strangers_change_nothing_of_hers(asking: Asking, found: Found) -> None:
    """With everything filled in that stands on her pages, signed tokens too."""
    hers = [as_meant(form) for form in found.forms if form.who == AMINA and form.method == "POST"]
    assert len(hers) >= 15
    assert tried(asking, (replace(ask, who=who) for ask in hers for who in (BRUNO, VISITOR))) == []


def test_nothing_breaks_by_what_stands_in_a_path(asking: Asking) -> None:
    assert tried(asking, path_asks(asking.stage)) == []


def test_nothing_breaks_by_what_stands_in_a_field(asking: Asking, found: Found) -> None:
    assert tried(asking, form_asks(found)) == []


def test_nothing_breaks_by_what_stands_in_a_query(asking: Asking, found: Found) -> None:
    assert tried(asking, query_asks(found, asking.stage)) == []


def test_nothing_breaks_by_headers_cookies_and_bodies(asking: Asking, found: Found) -> None:
    assert tried(asking, odd_asks(found, asking.stage)) == []


def test_every_form_is_refused_without_its_token(asking: Asking, found: Found) -> None:
    """A page of somebody else's cannot send it in the person's name."""
    for form in found.forms:
        if form.method == "POST":
            for headers in ({}, {"Origin": "https://evil.example", "X-CSRFToken": "x" * 32}):
                ask = Ask(form.who, "POST", form.path, body=urlencoded(form.fields).encode(), headers=headers)
                assert asking.alone(ask, csrf=True).status_code == 403, ask


def test_nothing_breaks_by_what_chance_sends(asking: Asking, found: Found) -> None:
    """Any form of anybody's, changed here and there, sent by whomever, wherever to."""

    @examples(250)
    @given(asks(asking.stage, found, things=known_things(asking.stage, found)))
    def walk(ask: Ask) -> None:
        asking.alone(ask)

    walk()


def test_nothing_breaks_when_everything_is_done_out_of_order(asking: Asking, found: Found) -> None:
    """One after the other, without undoing: extending before holding, paying before choosing, leaving twice."""

    @examples(25)
    @given(st.lists(steps(asking.stage, found), min_size=3, max_size=12))
    def walk(many: list[Ask]) -> None:
        with undone():
            asking.refresh()
            for ask in many:
                if asking.send(ask).status_code < 400:
                    asking.refresh()
            assert [str(violation) for violation in violations()] == []

    try:
        walk()
    finally:
        asking.refresh()
