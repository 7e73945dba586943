"""What strangers send: as part of a path, in a field, as a header, as a body."""

from collections.abc import Sequence
from urllib.parse import quote_plus

from project.tests.hostile.asking import FORM

# Parts of a path, percent-encoded as they go over the wire.
PIECES = (
    "0",
    "-1",
    "1e3",
    "9" * 30,
    "%00",
    "1%00",
    "x" * 3000,
    "%F0%9F%8E%AD",
    "%D9%A3",
    "%E2%80%AEgnp",
    "%ED%A0%80",
    "%FF%FE",
    "..",
    "%2e%2e%2f%2e%2e%2fetc%2fpasswd",
    "%2F%2F",
    "%27%20OR%201=1--",
    "%3Cscript%3Ealert(1)%3C%2Fscript%3E",
    "%0d%0aSet-Cookie:%20a=b",
    "%25s%25n",
    "%5C",
    ";a=b",
    "_",
)
# Values of fields. Surrogates without a partner go over the wire as they are.
VALUES = (
    "\0",
    "A\0B",
    "\ud800",
    "",
    " ",
    "0",
    "-1",
    "1.5",
    "9" * 30,
    "1" * 5000,
    "1e309",
    "NaN",
    "null",
    "[]",
    "٣",
    "😀" * 90,
    "\u202e\u05d0\u0645\u0631",
    "ﬀ\u0301\u200b\ufeff",
    "x" * 20_000,
    "a@b",
    "a" * 250 + "@example.org",
    "\r\nBcc: x@example.org",
    "'\"><script>alert(1)</script>{{ 7|add:7 }}%s",
    "//evil.example/",
    "2026-02-31",
    "0001-01-01",
    "9999-12-31",
    "+" * 40,
)
HEADERS = (
    {"HX-Request": "true"},
    {"HX-Request": "true", "HX-Target": "programme"},
    {"HX-Request": "true", "HX-Target": "x" * 5000, "HX-Trigger-Name": "q", "HX-Current-URL": "%%%\xff"},
    {"Accept": "application/json"},
    {"Accept": "application/json", "Accept-Language": "xx-" * 2000},
    {"Accept-Language": "de;q=nan, \xff;q=1e999"},
    {"X-Request-ID": "x" * 20_000},
    {"X-Forwarded-For": "é, not an address", "X-Forwarded-Proto": "\xff"},
    {"Origin": "null", "Referer": "http://[::bad/"},
    {"If-None-Match": '"' * 3000, "If-Modified-Since": "Thu, 99 Foo 99999999999 99:99:99"},
    {"Range": "bytes=-1-9,0-"},
    {"Authorization": "Bearer \xff\xfe", "Stripe-Signature": "t=1,v1=\xff"},
    {"Stripe-Signature": "t=" + "9" * 50 + ",v1=0,v1,=,t=x"},
    {"Expect": "the unexpected", "Transfer-Encoding": "chunked, chunked"},
    {"X-CSRFToken": "\xff" * 64, "X-Requested-With": "XMLHttpRequest"},
    {"Host": "evil.example"},
    {"Host": "[bad"},
)
COOKIES = (
    "sessionid=",
    "sessionid=" + "x" * 4000,
    'sessionid="abcdefghij\\000"',
    "sessionid=abcdefgh\xff; csrftoken=\xff",
    "sessionid=../../../etc/passwd",
    'messages="\\000"; scheme="\\000"; django_language=../../x',
    "messages=W1siX19qc29uX21lc3NhZ2UiLDAsMjUsIlgiLCIiXV0:1x:forged",
    "csrftoken=" + "\t" * 32,
    "; ;=;a;=b;a=;" * 40,
    'scheme="dark',
)
MULTIPART = "multipart/form-data; boundary=x"
FIELD = b'--x\r\nContent-Disposition: form-data; name="name"\r\n\r\n%s\r\n--x--'
# Bodies that are not what they say they are.
BODIES = (
    (FORM, b"%"),
    (FORM, b"&&&===%zz%00=%00&\xff\xfe=\xff&seat=1&seat=1"),
    (FORM, b"&".join(b"seat=%d" % number for number in range(1000))),
    (FORM, b"a" * 3_000_000),
    (FORM + "; charset=utf-7", b"name=+2AA-"),
    (FORM + "; charset=hex", b"name=zz"),
    ("multipart/form-data", b"--x"),
    ("multipart/form-data; boundary=", b"--\r\n\r\n--"),
    ("multipart/form-data; boundary=" + "x" * 300, b"--" + b"x" * 300),
    ("multipart/form-data; boundary=\xff", b"--\xff\r\n"),
    (MULTIPART, b'--x\r\nContent-Disposition: form-data; name="name"\r\n\r\nno end'),
    (MULTIPART, FIELD.replace(b'"name"', b'"\0"; filename="../\0"') % b"\0"),
    (MULTIPART, FIELD.replace(b"\r\n\r\n", b"\r\nContent-Transfer-Encoding: base64\r\n\r\n") % b"!"),
    (MULTIPART + "; charset=utf-7", FIELD % b"+2AA-"),
    (MULTIPART + "; charset=hex", FIELD % b"zz"),
    (MULTIPART + "; charset=undefined", FIELD % b"A"),
    ("application/json", b'{"seat": [1, {"a": "\\ud800"}], "name": "\\u0000"'),
    ("application/json", b"[" * 20_000),
    ("text/plain", b"seat=1"),
    ("", b"seat=1"),
    ("\xff/\xff; charset=\xff", b"seat=1"),
    ("text/html; charset=idna", b"seat=1"),
    ("application/octet-stream", bytes(range(256))),
)
METHODS = ("GET", "POST", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND", "GeT")

Fields = Sequence[tuple[str, str]]


def urlencoded(fields: Fields) -> str:
    """As a browser would send it, were it to send such things."""
    return "&".join(f"{_quoted(name)}={_quoted(value)}" for name, value in fields)


def multipart(fields: Fields) -> tuple[str, bytes]:
    """(content type, body) of a form with files in it."""
    parts = [
        b'--limit\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n' % (_raw(name), _raw(value))
        for name, value in fields
    ]
    return "multipart/form-data; boundary=limit", b"".join(parts) + b"--limit--\r\n"


def _raw(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _quoted(text: str) -> str:
    return quote_plus(_raw(text))
