"""People with browsers: their cookies, and the requests that their pages send."""

import gzip
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from e2e.bench.wires import Answer, Ask, Crowd, Script

BOUNDARY = b"----WebKitFormBoundaryf9nVnGkJ0yQm2XbA"
BROWSER = (
    b"Connection: keep-alive\r\n"
    b"User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/142.0.0.0 Safari/537.36\r\n"
    b"Accept-Encoding: gzip\r\nAccept-Language: en-US,en;q=0.9\r\n"
)
HTML = b"Accept: text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8\r\n"
NAVIGATES = HTML + b"Upgrade-Insecure-Requests: 1\r\nSec-Fetch-Site: same-origin\r\nSec-Fetch-Mode: navigate\r\n"
FETCHES = b"Sec-Fetch-Site: same-origin\r\nSec-Fetch-Mode: cors\r\nSec-Fetch-Dest: empty\r\n"


@dataclass(slots=True)
class Person:
    """A browser: where it goes, and the cookies that it has."""

    port: int
    token: bytes = b""
    session: bytes = b""

    def get(self, path: str, *, fetched: bool = False) -> Ask:
        """Open a page, or fetch something for it."""
        kind = b"Accept: */*\r\n" + FETCHES if fetched else NAVIGATES
        return Ask(self.port, b"GET " + path.encode() + self._head() + kind + b"\r\n")

    def post(self, path: str, fields: Mapping[str, str]) -> Ask:
        """What the page's JavaScript sends: `new FormData()`, and JSON is wanted."""
        parts = {"csrfmiddlewaretoken": self.token.decode()} | dict(fields)
        body = b"".join(
            b'--%s\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n'
            % (BOUNDARY, name.encode(), value.encode())
            for name, value in parts.items()
        )
        body += b"--" + BOUNDARY + b"--\r\n"
        kind = (
            b"Accept: application/json\r\nContent-Type: multipart/form-data; boundary=" + BOUNDARY + b"\r\n" + FETCHES
        )
        return self._post(path, kind, body)

    def submit(self, path: str, fields: Mapping[str, str]) -> Ask:
        """Send a form."""
        body = urlencode({"csrfmiddlewaretoken": self.token.decode()} | dict(fields)).encode()
        return self._post(path, b"Content-Type: application/x-www-form-urlencoded\r\n" + NAVIGATES, body)

    def arrive(self, showtime: int) -> Script:
        """Open a showtime's page and touch the plan once, so that there is a session, though nothing is held."""
        page = yield self.get(f"/showtimes/{showtime}/")
        self.token = page.cookie(b"csrftoken")
        if page.status != 200 or not self.token:
            return f"the page answers {page.status}"
        touched = yield self.post(f"/showtimes/{showtime}/holds/release/", {})
        self.session = touched.cookie(b"sessionid")
        return "" if touched.status == 200 and self.session else f"the first touch is answered {touched.status}"

    def _post(self, path: str, kind: bytes, body: bytes) -> Ask:
        origin = b"Origin: http://127.0.0.1:%d\r\nContent-Length: %d\r\n\r\n" % (self.port, len(body))
        return Ask(self.port, b"POST " + path.encode() + self._head() + kind + origin + body)

    def _head(self) -> bytes:
        cookies = b"; ".join(
            name + b"=" + value for name, value in ((b"csrftoken", self.token), (b"sessionid", self.session)) if value
        )
        cookie = b"Cookie: " + cookies + b"\r\n" if cookies else b""
        return b" HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n" % self.port + BROWSER + cookie


def gather(port: int, count: int, *, showtime: int, lanes: int = 8) -> list[Person]:
    """So many people, each with a session of their own."""
    people = [Person(port) for _ in range(count)]
    scripts = iter([person.arrive(showtime) for person in people])
    crowd = Crowd(lanes)
    failed = [done.outcome for done in crowd.run(lambda lane: next(scripts, None), seconds=3600) if done.outcome]
    crowd.close()
    if failed:
        raise RuntimeError(f"{len(failed)} of {count} people could not come: {failed[0]}")
    return people


def text(answer: Answer) -> str:
    """The body, unpacked."""
    packed = answer.header(b"content-encoding") == b"gzip"
    return (gzip.decompress(answer.body) if packed else answer.body).decode(errors="replace")
