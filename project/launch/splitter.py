"""One address for pages and sockets: what nginx does on a real server, small enough for `make serve`.

A connection whose first request asks for a websocket goes to daphne, every other one to the pages. It is not a web
server: it looks at that first request, tells the other side where it came from (a PROXY line for gunicorn, a header
for daphne), and copies bytes from then on. Browsers open a new connection for every websocket, so this is enough.
"""

import argparse
import asyncio
import contextlib
import signal
import ssl
from dataclasses import dataclass
from pathlib import Path

HEAD_LIMIT = 65536
HEAD_PATIENCE = 30.0


@dataclass(frozen=True)
class Routes:
    """The ports of the two on this machine, and how to speak to the pages."""

    pages: int
    sockets: int
    tls: ssl.SSLContext | None = None
    proxy_line: bool = True


def asks_for_socket(head: bytes) -> bool:
    """Whether a request's head asks to become a websocket."""
    _request, *lines = head.lower().split(b"\r\n")
    return any(line.partition(b":")[0] == b"upgrade" and b"websocket" in line.partition(b":")[2] for line in lines)


def with_origin(head: bytes, *, address: str, scheme: str) -> bytes:
    """The head with the client's address and scheme; what the client said of them itself is dropped."""
    request, *lines = head.removesuffix(b"\r\n\r\n").split(b"\r\n")
    kept = [line for line in lines if not line.lower().startswith((b"x-forwarded-", b"forwarded:"))]
    said = [f"X-Forwarded-For: {address}".encode(), f"X-Forwarded-Proto: {scheme}".encode()]
    return b"\r\n".join([request, *kept, *said]) + b"\r\n\r\n"


def proxy_line(peer: tuple[str, int], here: tuple[str, int]) -> bytes:
    """The line of the PROXY protocol, version 1, that says who is connected to whom."""
    family = "TCP6" if ":" in peer[0] else "TCP4"
    return f"PROXY {family} {peer[0]} {here[0]} {peer[1]} {here[1]}\r\n".encode()


async def copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Copy bytes until one side has had enough."""
    with contextlib.suppress(OSError, ssl.SSLError):
        while block := await reader.read(65536):
            writer.write(block)
            await writer.drain()
    with contextlib.suppress(OSError, ssl.SSLError):
        if writer.can_write_eof():
            writer.write_eof()
        else:
            writer.close()


async def serve_one(routes: Routes, client: asyncio.StreamReader, answer: asyncio.StreamWriter) -> None:
    """One connection, from its first request to its end."""
    peer, here = answer.get_extra_info("peername")[:2], answer.get_extra_info("sockname")[:2]
    secure = answer.get_extra_info("ssl_object") is not None
    onward: asyncio.StreamWriter | None = None
    try:
        head = await asyncio.wait_for(client.readuntil(b"\r\n\r\n"), HEAD_PATIENCE)
        if asks_for_socket(head):
            back, onward = await asyncio.open_connection("127.0.0.1", routes.sockets)
            onward.write(with_origin(head, address=peer[0], scheme="https" if secure else "http"))
        else:
            back, onward = await asyncio.open_connection("127.0.0.1", routes.pages, ssl=routes.tls)
            onward.write((proxy_line(peer, here) if routes.proxy_line else b"") + head)
        await asyncio.gather(copy(client, onward), copy(back, answer))
    except (OSError, ssl.SSLError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
        pass  # the client has gone, or the other side is starting: the browser tries again
    finally:
        for writer in (answer, onward):
            if writer is not None:
                writer.close()


async def run(routes: Routes, *, host: str, port: int, tls: ssl.SSLContext | None) -> None:
    """Listen until told to stop."""

    async def connected(client: asyncio.StreamReader, answer: asyncio.StreamWriter) -> None:
        await serve_one(routes, client, answer)

    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    server = await asyncio.start_server(connected, host, port, ssl=tls, limit=HEAD_LIMIT, backlog=512)
    await stop.wait()
    server.close()


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description="One address for pages and sockets.")
    parser.add_argument("--host", required=True)
    for name in ("port", "pages", "sockets"):
        parser.add_argument(f"--{name}", type=int, required=True)
    parser.add_argument("--certfile", type=Path)
    parser.add_argument("--keyfile", type=Path)
    parser.add_argument("--bare", action="store_true", help="only end TLS: no PROXY line, no TLS inward")
    given = parser.parse_args()
    tls = inward = None
    if given.certfile:
        tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        tls.load_cert_chain(given.certfile, given.keyfile)
    if given.certfile and not given.bare:
        inward = ssl.create_default_context(cafile=str(given.certfile.with_name("authority.pem")))
        inward.check_hostname = False
    routes = Routes(given.pages, given.sockets, inward, proxy_line=not given.bare)
    asyncio.run(run(routes, host=given.host, port=given.port, tls=tls))


if __name__ == "__main__":
    main()
