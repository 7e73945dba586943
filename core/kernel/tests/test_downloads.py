"""AC7: what lies at an address of somebody's choosing, fetched so that nothing inside can be reached by it."""

import socket
import ssl
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import trustme

from core.kernel import downloads, public_addresses
from core.kernel.downloads import NotFetched, download
from core.kernel.public_addresses import NotPublic

PICTURE = b"a picture " * 100
NAMES = {"pictures.example": "127.0.0.1", "inside.example": "10.0.0.5", "cloud.example": "169.254.169.254"}


class Gallery(BaseHTTPRequestHandler):
    """Says what its path asks for."""

    asked: list[str] = []

    def do_GET(self):
        self.asked.append(self.path)
        word, _slash, rest = self.path[1:].partition("/")
        getattr(self, f"say_{word}")(rest)

    def say(self, status, body=b"", **headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def say_picture(self, _rest):
        self.say(200, PICTURE, Content_Length=str(len(PICTURE)))

    def say_to(self, rest):
        self.say(302, Location=rest)

    def say_round(self, rest):
        self.say(302, Location=f"/round/{int(rest) + 1}")

    def say_missing(self, _rest):
        self.say(404, b"no")

    def say_claims(self, _rest):
        self.say(200, b"", Content_Length="50000000")

    def say_endless(self, _rest):
        self.say(200)
        for _turn in range(200):
            self.wfile.write(bytes(10_000))

    def say_packed(self, _rest):
        self.say(200, b"packed", Content_Encoding="gzip", Content_Length="6")

    def say_trickle(self, _rest):
        self.say(200)
        for _turn in range(100):
            self.wfile.write(b".")
            time.sleep(0.05)

    def say_slow(self, _rest):
        self.wfile.write(b"HTTP/1.1 200 ")
        for _turn in range(100):
            self.wfile.write(b"x")
            time.sleep(0.05)

    def say_half(self, _rest):
        self.say(200, b"half", Content_Length="1000")

    def log_message(self, *_words):
        pass

    def handle(self):
        try:
            super().handle()
        except OSError:
            self.close_connection = True


@pytest.fixture
def gallery(monkeypatch):
    """https://pictures.example is this machine, by a certificate that is believed; the other names lead inside."""
    authority = trustme.CA()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Gallery)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("pictures.example").configure_cert(context)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    really, judged, looked_up = public_addresses.outward_session, public_addresses.is_public, socket.getaddrinfo
    Gallery.asked = []

    def found(host, *more, **options):
        return looked_up(NAMES.get(host, host), *more, **options)

    def session(**options):
        made = really(**options)
        made.verify = believed
        return made

    monkeypatch.setattr(public_addresses.socket, "getaddrinfo", found)
    monkeypatch.setattr(public_addresses, "is_public", lambda number: number == "127.0.0.1" or judged(number))
    monkeypatch.setattr(downloads, "outward_session", session)
    with authority.cert_pem.tempfile() as believed:
        yield f"https://pictures.example:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_download_brings_what_lies_there(gallery):
    assert download(f"{gallery}/picture", most_bytes=1_000) == PICTURE


def test_download_follows_three_redirects_and_not_a_fourth(gallery):
    """Also relative ones."""
    assert download(f"{gallery}/to//to//to//picture", most_bytes=5_000) == PICTURE
    Gallery.asked.clear()
    with pytest.raises(NotFetched) as refused:
        download(f"{gallery}/round/1", most_bytes=5_000)
    assert str(refused.value) == str(NotFetched.led_astray())
    assert Gallery.asked == ["/round/1", "/round/2", "/round/3", "/round/4"]


@pytest.mark.parametrize(
    "inside",
    [
        "https://inside.example/",
        "https://cloud.example/latest/meta-data/",
        "https://169.254.169.254/latest/meta-data/",
        "https://10.0.0.1/",
        "https://[::1]/",
        "http://pictures.example/picture",
        "file:///etc/passwd",
        "//inside.example/",
    ],
)
def test_download_never_follows_a_redirect_inside(gallery, inside):
    with pytest.raises(NotPublic):
        download(f"{gallery}/to/{inside}", most_bytes=5_000)
    assert len(Gallery.asked) == 1


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("missing", NotFetched.answered(404)),
        ("claims", NotFetched.too_much(5_000)),
        ("endless", NotFetched.too_much(5_000)),
        ("half", NotFetched.silent()),
    ],
)
def test_download_is_refused_with_the_reason(gallery, path, said):
    with pytest.raises(NotFetched) as refused:
        download(f"{gallery}/{path}", most_bytes=5_000)
    assert str(refused.value) == str(said)


def test_download_unpacks_nothing(gallery):
    assert download(f"{gallery}/packed", most_bytes=5_000) == b"packed"


@pytest.mark.parametrize("path", ["trickle", "slow"])
def test_download_ends_in_time_however_slowly_it_drips(gallery, monkeypatch, path):
    monkeypatch.setattr(downloads, "SECONDS", 0.6)
    begun = time.monotonic()
    with pytest.raises(NotFetched):
        download(f"{gallery}/{path}", most_bytes=5_000)
    assert time.monotonic() - begun < 2


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://169.254.169.254/latest/meta-data/",
        "https://10.1.2.3/",
        "https://2130706433/",
        "https://0x7f000001/",
        "https://017700000001/",
        "https://localhost/",
        "http://93.184.216.34/",
        "ftp://93.184.216.34/",
    ],
)
def test_download_never_begins_inside(url):
    with pytest.raises(NotPublic):
        download(url, most_bytes=5_000)
