import asyncio
import os

import pytest

from project.embedded.valkey import free_port
from project.launch.splitter import Routes, asks_for_socket, proxy_line, serve_one, with_origin

PAGE = b"GET /events/ HTTP/1.1\r\nHost: localhost\r\n\r\n"
SOCKET = b"GET /ws/screenings/1 HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (PAGE, False),
        (SOCKET, True),
        (SOCKET.replace(b"websocket", b"WebSocket"), True),
        (SOCKET.replace(b"websocket", b"h2c"), False),
        (PAGE.replace(b"/events/", b"/upgrade:websocket"), False),
    ],
)
def test_only_requests_for_a_socket_are_taken_for_one(head, expected):
    assert asks_for_socket(head) == expected


def test_the_origin_is_said_by_us_and_not_by_the_client():
    lied = SOCKET.replace(b"Host", b"X-Forwarded-For: 10.6.6.6\r\nForwarded: for=10.6.6.6\r\nHost")
    told = with_origin(lied, address="203.0.113.7", scheme="https")
    assert told == SOCKET.removesuffix(b"\r\n") + b"X-Forwarded-For: 203.0.113.7\r\nX-Forwarded-Proto: https\r\n\r\n"


def test_the_proxy_line_names_both_ends():
    assert proxy_line(("203.0.113.7", 4000), ("10.0.0.1", 8000)) == b"PROXY TCP4 203.0.113.7 10.0.0.1 4000 8000\r\n"
    assert proxy_line(("2001:db8::7", 4000), ("::1", 8000)) == b"PROXY TCP6 2001:db8::7 ::1 4000 8000\r\n"


def _ask(*requests):
    """What pages and sockets heard, and what they answered, through a splitter."""
    heard = {}

    async def story():
        pages, sockets, front = free_port(), free_port(), free_port()

        def backend(name):
            async def answer(reader, writer):
                heard[name] = await reader.readuntil(b"\r\n\r\n")
                writer.write(b"from " + name.encode())
                writer.close()

            return answer

        async def connected(reader, writer):
            await serve_one(Routes(pages, sockets), reader, writer)

        servers = [
            await asyncio.start_server(backend("pages"), "127.0.0.1", pages),
            await asyncio.start_server(backend("sockets"), "127.0.0.1", sockets),
            await asyncio.start_server(connected, "127.0.0.1", front),
        ]
        answers = []
        for request in requests:
            reader, writer = await asyncio.open_connection("127.0.0.1", front)
            writer.write(request)
            try:
                answers.append(await asyncio.wait_for(reader.read(), 5))
            except ConnectionResetError:  # dropped while still sending
                answers.append(b"")
            writer.close()
        for server in servers:
            server.close()
        return answers

    return heard, asyncio.run(story())


def test_pages_and_sockets_are_reached_at_one_address():
    heard, answers = _ask(PAGE, SOCKET)
    assert answers == [b"from pages", b"from sockets"]
    assert heard["pages"].startswith(b"PROXY TCP4 127.0.0.1 127.0.0.1 ")
    assert heard["pages"].endswith(PAGE)
    assert b"X-Forwarded-For: 127.0.0.1\r\n" in heard["sockets"]


def test_a_head_without_end_is_dropped():
    heard, answers = _ask(b"GET / HTTP/1.1\r\nX: " + os.urandom(70_000).hex().encode())
    assert (heard, answers) == ({}, [b""])
