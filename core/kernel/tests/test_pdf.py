"""The one door to the PDF writer."""

from pathlib import Path

import pytest

from core.kernel import pdf

STYLES = "css/documents/tickets.css"
PAGE = "<!doctype html><html lang='en'><head><title>Plain</title></head><body>{}</body></html>"


def test_render_pdf_writes_a_pdf() -> None:
    assert pdf.render_pdf(PAGE.format("<p>Hello</p>"), styles=STYLES).startswith(b"%PDF-")


@pytest.mark.parametrize(
    "url",
    [
        "https://example.org/a.png",
        "http://127.0.0.1/static/css/foyer.css",
        "file:///etc/passwd",
        "https://documents.invalid/etc/passwd",
        "https://documents.invalid/static/../project/settings.py",
        "https://documents.invalid/media/../../.env",
        "https://documents.invalid/static/no/such/file.css",
    ],
)
def test_local_file_refuses_when_the_address_is_not_a_file_of_ours(url: str) -> None:
    with pytest.raises(pdf.NotHere):
        pdf.local_file(url)


def test_local_file_finds_static_and_media_files(settings) -> None:
    found = pdf.local_file(f"{pdf.BASE}/static/css/documents/tickets.css")
    assert Path(found).name == "tickets.css"
    poster = Path(settings.MEDIA_ROOT) / "posters" / "a b.png"
    poster.parent.mkdir(parents=True, exist_ok=True)
    poster.write_bytes(b"x")
    assert pdf.local_file(f"{pdf.BASE}/media/posters/a%20b.png") == str(poster)
    assert pdf.address_of_picture("posters/a b.png") == "/media/posters/a b.png"
    assert pdf.address_of_picture("css/documents/tickets.css") == "/static/css/documents/tickets.css"
    for nowhere in ("", "posters/gone.png", "../settings.py", "https://example.org/a.png"):
        assert pdf.address_of_picture(nowhere) == ""


def test_render_pdf_never_opens_a_socket_when_a_page_names_the_network(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []
    page = PAGE.format(
        "<img alt='x' src='http://127.0.0.1:9/a.png'><link rel='stylesheet' href='https://a.example/b.css'>"
    )
    with monkeypatch.context() as watched:
        watched.setattr("socket.socket.connect", lambda *arguments: asked.append(arguments))
        assert pdf.render_pdf(page, styles=STYLES).startswith(b"%PDF-")
    assert asked == []
