"""What is printed, seen as a reader sees it."""

import io
import subprocess
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image
from pypdf import PdfReader

from core.bookings.models import Booking
from core.catalog.models import Event
from core.seating.models import Place
from core.tickets import documents, images, qr, queries
from core.tickets.models import Ticket
from core.tickets.tests import stage
from core.tickets.tests.stage import NOW

pytestmark = pytest.mark.django_db


def printed(booking: Booking) -> bytes:
    return documents.tickets_pdf(queries.living_tickets(booking), now=NOW)


def text_of(pdf: bytes, page: int = 1) -> str:
    command = ["pdftotext", "-f", str(page), "-l", str(page), "-", "-"]
    text = subprocess.run(command, input=pdf, capture_output=True, check=True).stdout.decode()
    return " ".join(text.split())


def codes_in(pdf: bytes, folder: Path) -> list[str]:
    """The QR codes of the pages as a camera would see them, one page after the other."""
    subprocess.run(["pdftoppm", "-r", "120", "-png", "-", str(folder / "page")], input=pdf, check=True)
    found = [zxingcpp.read_barcodes(Image.open(page)) for page in sorted(folder.glob("page*.png"))]
    assert [len(codes) for codes in found] == [1] * len(found)
    return [codes[0].text for codes in found]


def test_tickets_pdf_shows_one_verified_code_on_each_page(tmp_path: Path) -> None:
    booking, tickets = stage.ticketed(places=2)
    keys = queries.public_keys
    told = [qr.verify(text, keys()) for text in codes_in(printed(booking), tmp_path)]
    assert [(code.ticket_id, code.showtime_id, code.generation) for code in told] == [
        (ticket.pk, booking.showtime_id, 1) for ticket in tickets
    ]


def test_tickets_pdf_says_all_that_the_evening_needs() -> None:
    booking, (first, second) = stage.ticketed(places=2)
    pdf = printed(booking)
    assert len(PdfReader(io.BytesIO(pdf)).pages) == 2
    told = text_of(pdf)
    for fact in (
        "The Lighthouse Keeper",
        "Saturday 21 November 2026",
        "Doors open at 19:45,",
        "112",
        "Kanalgasse 12",
        "1050 Wien",
        "Saal 1",
        "Stalls",
        "Adult",
        "14.50 EUR",
        booking.code,
        first.code,
        "Amina Haddad",
        "1 of 2",
        "Filmhaus am Kanal GmbH",
        "24 hours",
    ):
        assert told.count(fact) >= 1, fact
    assert second.code not in told
    assert second.code in text_of(pdf, page=2)


def test_tickets_pdf_is_tagged_with_language_and_title() -> None:
    booking, _ = stage.ticketed(places=1, language="de")
    reader = PdfReader(io.BytesIO(printed(booking)))
    root = reader.trailer["/Root"]
    assert root["/Lang"] == "de"
    assert root["/MarkInfo"]["/Marked"]
    assert reader.metadata and "The Lighthouse Keeper" in reader.metadata.title
    assert b"pdfuaid:part" in root["/Metadata"].get_object().get_data()
    assert "14,50 EUR" in text_of(printed(booking))


def test_tickets_pdf_names_the_standing_area_when_there_is_no_seat() -> None:
    shown = stage.showtime(seats=0)
    zone = shown.seat_map.zones.get()
    zone.label, zone.kind = "Dance floor", "standing"
    zone.save()
    Place.objects.create(showtime=shown, zone=zone, number=1)
    booking, _ = stage.ticketed(shown, places=1)
    told = text_of(printed(booking))
    assert "Standing" in told
    assert "Dance floor" in told
    assert "Row" not in told


def test_tickets_pdf_is_printed_when_the_poster_is_missing_or_lies_elsewhere(tmp_path: Path) -> None:
    booking, _ = stage.ticketed(places=1)
    for poster in ("", "posters/gone.svg", "../../etc/passwd", "https://example.org/poster.png"):
        Event.objects.update(poster=poster)
        assert len(codes_in(printed(booking), tmp_path)) == 1


def test_tickets_pdf_draws_the_poster_from_the_static_files() -> None:
    booking, _ = stage.ticketed(places=1)
    plain = printed(booking)
    Event.objects.update(poster="img/samples/lighthouse.svg")
    assert len(printed(booking)) > len(plain)


def test_qr_png_and_svg_are_read_back_with_a_quiet_zone() -> None:
    text = "FOYER1:" + "A2345672" * 20
    picture = Image.open(io.BytesIO(images.qr_png(text, pixels_per_module=8)))
    assert [code.text for code in zxingcpp.read_barcodes(picture)] == [text]
    quiet = 8 * images.QUIET_ZONE
    assert picture.convert("L").crop((0, 0, picture.width, quiet)).getextrema() == (255, 255)
    modules = picture.width // 8
    svg = images.qr_svg(text, title='Ticket "1"')
    assert f'viewBox="0 0 {modules} {modules}" role="img" aria-label="Ticket &quot;1&quot;"' in svg
    assert "style" not in svg
    assert Ticket.objects.count() == 0
