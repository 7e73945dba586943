"""As much of a websocket as a watcher needs: open it, hear texts, answer pings (RFC 6455)."""

import asyncio
import base64
import os
from urllib.parse import urlsplit

TEXT, CLOSE, PING, PONG = 1, 8, 9, 10
OPENING_PATIENCE = 10.0


class Closed(Exception):
    """The line is gone, or could not be opened; `code` is what the other side said, if it did."""

    def __init__(self, why: str, code: int = 1006) -> None:
        super().__init__(why)
        self.code = code


class WebSocket:
    """An open one. `hear` gives the next text."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    @classmethod
    async def open(cls, url: str) -> "WebSocket":
        """Connect to an http:// address that speaks websocket. Raises Closed."""
        parts = urlsplit(url)
        try:
            async with asyncio.timeout(OPENING_PATIENCE):
                reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
                key = base64.b64encode(os.urandom(16)).decode()
                lines = (
                    f"GET {parts.path} HTTP/1.1",
                    f"Host: {parts.netloc}",
                    f"Origin: {parts.scheme}://{parts.netloc}",
                    "Upgrade: websocket",
                    "Connection: Upgrade",
                    f"Sec-WebSocket-Key: {key}",
                    "Sec-WebSocket-Version: 13",
                )
                writer.write("".join(f"{line}\r\n" for line in (*lines, "")).encode())
                status = (await reader.readuntil(b"\r\n\r\n")).split(b"\r\n")[0]
        except (OSError, TimeoutError, asyncio.IncompleteReadError) as error:
            raise Closed(repr(error)) from error
        if b" 101 " not in status + b" ":
            writer.close()
            raise Closed(status.decode())
        return cls(reader, writer)

    async def hear(self) -> str:
        """The next text. Raises Closed when the line ends."""
        try:
            while True:
                kind, payload = await self._frame()
                if kind == TEXT:
                    return payload.decode()
                if kind == PING:
                    self._say(PONG, payload)
                if kind == CLOSE:
                    raise Closed("closed by the other side", int.from_bytes(payload[:2]) if payload else 1005)
        except (OSError, asyncio.IncompleteReadError) as error:
            raise Closed(repr(error)) from error

    def close(self) -> None:
        """Hang up."""
        self._writer.close()

    async def _frame(self) -> tuple[int, bytes]:
        first, second = await self._reader.readexactly(2)
        length = second & 0x7F
        if length >= 126:
            length = int.from_bytes(await self._reader.readexactly(2 if length == 126 else 8))
        return first & 0x0F, await self._reader.readexactly(length)

    def _say(self, kind: int, payload: bytes) -> None:
        mask = os.urandom(4)
        masked = bytes(byte ^ mask[at % 4] for at, byte in enumerate(payload))
        self._writer.write(bytes([0x80 | kind, 0x80 | len(payload)]) + mask + masked)
