"""Every word of every page and message is translatable: where each translation is marked, nothing is left bare."""

import logging
import re
from collections.abc import Iterator
from gettext import NullTranslations
from html.parser import HTMLParser
from unittest import mock

import pytest
import time_machine
from babel import Locale
from django.apps import apps
from django.conf import settings
from django.db import models
from django.test import override_settings
from django.utils import translation
from django.utils.translation import trans_real

from core.notifications import messages
from core.notifications.models import Delivery
from core.payments import gateway
from e2e.cast import NOW, StripeDesk
from project.tests.hostile.addresses import ADDRESSES, Address
from project.tests.hostile.asking import Ask, Asking, undone
from project.tests.hostile.stage import EVERYBODY, build, of_the_desk, paths

pytestmark = pytest.mark.django_db
OPEN, CLOSE = "⟦", "⟧"
READ_ALOUD = {"aria-label", "alt", "placeholder", "title", "data-label", "data-confirm"}
SILENT = {"script", "style", "svg"}
# Names, units, codes and what a program reads; all else is a word.
NOT_WORDS = re.compile(
    r"\b(?:Foyer|Django|Stripe|EUR|PDF|QR|HTML|JSON|CSV|IMAX|OK|min|[A-Z]{1,2}|[0-9A-F]{4,}|[A-Z2-7]{32}|[\w.+-]+@[\w.-]+)\b"
)
LINKS = re.compile(r"https?://\S+")
# What programs read, and pages of Django's own making that name tables and columns.
NOT_PAGES = {"healthz", "readyz", "metrics", "mail", "mail_html", "mail_part", "outbox", "components"}


class Pseudo(NullTranslations):
    """A language in which everything that is translated stands between two marks."""

    def gettext(self, message: str) -> str:
        message = message.rpartition("\x04")[2]  # before it stands the context, for translators only
        return f"{OPEN}{message}{CLOSE}" if message.strip() else message

    def ngettext(self, one: str, many: str, count: int) -> str:
        return self.gettext(one if count == 1 else many)

    def language(self) -> str:
        return "en"

    to_language = language


class Spoken(HTMLParser):
    """What of a page is shown or read aloud, in the order in which it stands there."""

    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self._silent += tag in SILENT
        spoken = READ_ALOUD | ({"value"} if dict(attributes).get("type") in {"submit", "button"} else set())
        self.parts[:0] = [value for name, value in attributes if name in spoken and value]

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in SILENT

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.parts.append(data)


def spoken(html: str) -> str:
    """The page as text."""
    page = Spoken()
    page.feed(html)
    return "\n".join(page.parts)


def bare(text: str, data: re.Pattern[str]) -> list[str]:
    """The words of a text that nobody could translate: outside of all marks, and not out of the database."""
    while (plain := re.sub(f"{OPEN}[^{OPEN}{CLOSE}]*{CLOSE}", " ", text)) != text:
        text = plain
    text = NOT_WORDS.sub(" ", data.sub(" ", LINKS.sub(" ", text)))
    return sorted({line.strip() for line in text.splitlines() if re.search(r"[^\W\d_]{2,}", line)})


def words_of_the_database() -> re.Pattern[str]:
    """All that stands in any text column, and the names of days and months, which Babel knows in every language."""
    known = set()
    for model in apps.get_models():
        columns = [
            one.attname for one in model._meta.concrete_fields if isinstance(one, models.CharField | models.TextField)
        ]
        for row in model._default_manager.values_list(*columns) if columns else ():
            known.update(str(value) for value in row if value)
    english = Locale("en")
    for names in (english.days, english.months):
        known.update(name for kind in names.values() for width in kind.values() for name in width.values())
    known = {word for word in known if len(word) > 1 and not word.isdigit()}
    return re.compile(r"(?<!\w)(?:" + "|".join(map(re.escape, sorted(known, key=len, reverse=True))) + r")(?!\w)")


@pytest.fixture(scope="module")
def asking(django_db_setup: None, django_db_blocker, stripe_running) -> Iterator[Asking]:
    """Everybody's things, as for the hostile walk, and every language the pseudo one."""
    logging.disable(logging.CRITICAL)
    with (
        django_db_blocker.unblock(),
        time_machine.travel(NOW, tick=False),
        override_settings(STRIPE_API_KEY="sk_test_desk", STRIPE_API_BASE=stripe_running.url),
    ):
        gateway._client.cache_clear()
        desk = StripeDesk(stripe_running)
        desk.control("reset")
        desk.set_clock(NOW)
        with undone():
            yield Asking(build(desk))
        gateway._client.cache_clear()
    logging.disable(logging.NOTSET)


@pytest.fixture
def pseudo() -> Iterator[None]:
    """Every language is the pseudo one."""
    marked = Pseudo()
    with (
        mock.patch.object(trans_real, "translation", lambda _language: marked),
        mock.patch.object(trans_real, "_default", None),
    ):
        translation.activate("en")
        yield
    translation.activate(settings.LANGUAGE_CODE)


def test_the_marks_tell_what_is_bare(pseudo: None) -> None:
    data = re.compile(r"Amina")
    told = spoken(f"<h1 title='Hello'>Dear Amina, <b>{translation.gettext('good day')}</b></h1><script>var x</script>")
    assert bare(told, data) == ["Dear  ,", "Hello"]
    inner = translation.gettext("one %s here") % translation.gettext("two")
    assert bare(spoken(f"<p>{inner} 12.50 EUR</p>"), data) == []


def _pages() -> list[Address]:
    return [one for one in ADDRESSES if not of_the_desk(one) and one.name not in NOT_PAGES]


@pytest.mark.parametrize("address", _pages(), ids=str)
def test_no_page_has_an_untranslated_word(asking: Asking, pseudo: None, address: Address) -> None:
    data = words_of_the_database()
    found: dict[str, list[str]] = {}
    for who in EVERYBODY:
        for path in paths(asking.stage, address)[:6]:
            for query in ("", "q=nothing+at+all"):
                response = asking.alone(Ask(who, "GET", path, query=query))
                if response.headers.get("Content-Type", "").startswith("text/html") and not response.streaming:
                    words = bare(spoken(response.content.decode()), data)
                    found |= {f"{who} {path}": words} if words else {}
    assert found == {}


def test_no_message_has_an_untranslated_word(asking: Asking, pseudo: None) -> None:
    data = words_of_the_database()
    found = {}
    with undone():
        for delivery in Delivery.objects.order_by("pk"):
            mail = messages.write(delivery, now=NOW)
            words = bare("\n".join([mail.subject, mail.text, spoken(mail.html)]), data)
            found |= {delivery.kind: words} if words else {}
    assert found == {}
