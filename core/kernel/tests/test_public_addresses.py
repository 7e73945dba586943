"""Addresses that somebody else has named: public ones or none."""

import socket
import ssl
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from unittest import mock

import pytest
import requests
import trustme

from core.kernel import public_addresses
from core.kernel.public_addresses import NotPublic, is_public, outward_session, refuse_private


def answering(*numbers):
    return lambda *_args, **_options: [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (n, 443)) for n in numbers]


@pytest.mark.parametrize(
    ("number", "public"),
    [
        ("93.184.216.34", True),
        ("2606:2800:220:1::1", True),
        ("127.0.0.1", False),
        ("10.1.2.3", False),
        ("172.16.0.1", False),
        ("192.168.1.1", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("0.0.0.0", False),
        ("224.0.0.1", False),
        ("255.255.255.255", False),
        ("::1", False),
        ("::", False),
        ("fe80::1%eth0", False),
        ("fd00::1", False),
        ("::ffff:127.0.0.1", False),
        ("::ffff:93.184.216.34", True),
        ("64:ff9b::7f00:1", False),
        ("2002:7f00:1::", False),
        ("ff02::1", False),
        ("nonsense", False),
    ],
)
def test_is_public_tells_the_open_network_from_every_other(number, public):
    assert is_public(number) is public


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org/",
        "ftp://example.org/",
        "https://",
        "https:///path",
        "https://user@example.org/",
        "https://user:secret@example.org/",
        "https://example.org:99999/",
        "https://[::1",
        "javascript:alert(1)",
        "",
        "https://127.0.0.1/",
        "https://2130706433/",
        "https://0x7f.1/",
        "https://[::ffff:10.0.0.1]/",
        "https://localhost:8443/",
        "https://a\x00b/",
        "https://" + "a" * 3_000 + "/",
    ],
)
def test_refuse_private_refuses_what_is_not_https_or_leads_inside(url):
    with pytest.raises(NotPublic):
        refuse_private(url)


def test_refuse_private_refuses_a_name_of_which_one_number_is_private():
    with mock.patch("socket.getaddrinfo", answering("93.184.216.34", "10.0.0.1")), pytest.raises(NotPublic):
        refuse_private("https://push.example/")
    with mock.patch("socket.getaddrinfo", answering("93.184.216.34")):
        refuse_private("https://push.example/")


@pytest.fixture
def https(monkeypatch):
    """A server at https://push.example, which is this machine, with a certificate that is believed."""

    class Saying(BaseHTTPRequestHandler):
        def do_GET(self):
            status, headers = (302, {"Location": "https://other.example/"}) if self.path == "/away" else (200, {})
            self.send_response(status)
            for name, value in {"Content-Length": "2", **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(b"ok")

        def log_message(self, *_words):
            pass

    authority = trustme.CA()
    server = HTTPServer(("127.0.0.1", 0), Saying)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("push.example").configure_cert(context)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with authority.cert_pem.tempfile() as believed:
        yield f"https://push.example:{server.server_port}", believed
    server.shutdown()
    server.server_close()


def test_outward_session_connects_to_the_number_that_was_looked_at_and_checks_the_name(https, monkeypatch):
    url, believed = https
    monkeypatch.setattr(public_addresses, "public_numbers", lambda _host, _port: ["127.0.0.1"])
    assert outward_session().get(url, timeout=5, verify=believed).text == "ok"
    with pytest.raises(requests.exceptions.SSLError):
        outward_session().get(url.replace("push.", "other."), timeout=5, verify=believed)


def test_outward_session_never_connects_inside(https):
    url, believed = https
    with mock.patch("socket.getaddrinfo", answering("127.0.0.1")), pytest.raises(NotPublic):
        outward_session().get(url, timeout=5, verify=believed)
    with pytest.raises(NotPublic):
        outward_session().get("http://example.org/", timeout=5)


def test_outward_session_follows_no_redirect_by_itself(https, monkeypatch):
    url, believed = https
    monkeypatch.setattr(public_addresses, "public_numbers", lambda _host, _port: ["127.0.0.1"])
    answer = outward_session().get(f"{url}/away", timeout=5, verify=believed)
    assert (answer.status_code, answer.headers["Location"]) == (302, "https://other.example/")
