"""Calling addresses that somebody else has named, and never one inside our own network.

Who can have the server fetch an address could reach what only the server reaches: a database, a cloud's metadata. So
an address of a person's choosing is https, and every number that its name stands for is public. The name is looked up
once and the connection is made to that very number: a name that answers differently the second time gains nothing.
"""

import contextlib
import ipaddress
import socket
import threading
from typing import Any
from urllib.parse import urlsplit

import requests
from django.utils.translation import gettext as _
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPSConnection
from urllib3.connectionpool import HTTPSConnectionPool

from core.kernel.errors import Refusal

LONGEST_URL = 2_000


class NotPublic(Refusal):
    """The address is not https, has no such host, or leads into a network that is not public."""

    def __init__(self) -> None:
        super().__init__(_("This address cannot be used. Give one that begins with https:// and is open to all."))


def refuse_private(url: str) -> None:
    """Raise NotPublic unless `url` is https and all that its host stands for is public; no password in it."""
    try:
        parts = urlsplit(url)
        port = parts.port or 443
    except ValueError as error:
        raise NotPublic from error
    if parts.scheme != "https" or not parts.hostname or parts.username is not None or len(url) > LONGEST_URL:
        raise NotPublic
    public_numbers(parts.hostname, port)


def public_numbers(host: str, port: int) -> list[str]:
    """The IP addresses of a host, as its name server says now. Raises NotPublic if there is none or one is private."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError, ValueError) as error:
        raise NotPublic from error
    numbers = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    if not numbers or not all(is_public(number) for number in numbers):
        raise NotPublic
    return numbers


def is_public(number: str) -> bool:
    """Whether an IP address is one of the open network; what hides an IPv4 address in IPv6 is judged by that one."""
    try:
        address = ipaddress.ip_address(number.partition("%")[0])
    except ValueError:
        return False
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or (address.teredo or (None, None))[1]
        if inner is not None:
            return is_public(str(inner))
        if address in _TRANSLATED:
            return is_public(str(ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)))
    return address.is_global and not address.is_multicast


def outward_session(*, seconds: float = 0) -> requests.Session:
    """A session that reaches public https addresses only, follows nothing by itself and takes nothing from outside.

    A redirect is answered as it is: who follows it asks `refuse_private` again. Raises NotPublic, or what requests
    raises; always give it a `timeout`. That one counts each silence for itself: with `seconds` the connection is cut
    after so long, however many drops still come.
    """
    session = _Session()
    session.trust_env = False
    session.mount("https://", _PublicAdapter(seconds))
    session.mount("http://", _Refusing())
    return session


_TRANSLATED = ipaddress.IPv6Network("64:ff9b::/96")


class _Session(requests.Session):
    def get_redirect_target(self, resp: requests.Response) -> None:
        """Nowhere: the answer itself is the answer."""


class _PublicConnection(HTTPSConnection):
    """Connects to the number that was looked at; the certificate is still checked against the name."""

    seconds = 0.0

    def _new_conn(self) -> socket.socket:
        timeout = self.timeout if isinstance(self.timeout, int | float) else 10.0
        failed: OSError | None = None
        for number in public_numbers(self.host, self.port):
            try:
                made = socket.create_connection((number, self.port), timeout)
                return _cut_after(self.seconds, made) if self.seconds else made
            except OSError as error:
                failed = error
        raise failed or OSError("no address")


def _cut_after(seconds: float, connection: socket.socket) -> socket.socket:
    """The connection, which ends after so long whatever happens; by a handle of our own, since TLS takes the first."""
    handle = connection.dup()

    def cut() -> None:
        with handle, contextlib.suppress(OSError):  # over already: so much the better
            handle.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(seconds, cut)
    timer.daemon = True
    timer.start()
    return connection


class _PublicAdapter(HTTPAdapter):
    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        super().__init__()

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        connection = type("_Connection", (_PublicConnection,), {"seconds": self.seconds})
        pool = type("_Pool", (HTTPSConnectionPool,), {"ConnectionCls": connection})
        self.poolmanager.pool_classes_by_scheme = {"https": pool}


class _Refusing(HTTPAdapter):
    def send(self, *args: Any, **kwargs: Any) -> requests.Response:
        raise NotPublic
