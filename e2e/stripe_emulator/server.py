"""Puts the emulator behind a real HTTP server, for the command line and for tests."""

import contextlib
import errno
import threading
from typing import Any

from flask import Flask
from waitress import wasyncore
from waitress.server import create_server

from e2e.stripe_emulator import api, control, duties, earlier, idempotency, pages
from e2e.stripe_emulator.emulator import Emulator, Settings

THREADS = 48


class PortInUse(Exception):
    """Somebody else listens there already."""


def build_app(emulator: Emulator) -> Flask:
    """The whole web application."""
    app = Flask(__name__)
    app.url_map.strict_slashes = False
    api.register(app, emulator)
    control.register(app, emulator)
    pages.register(app, emulator)

    @app.get("/")
    def index() -> dict[str, Any]:
        return {"this_is": "a stand-in for Stripe, for demo and tests", "control": "/_control/health"}

    return app


class Running:
    """An emulator with its server. `url` is its address."""

    def __init__(self, settings: Settings, host: str = "127.0.0.1", port: int = 0) -> None:
        self.emulator = Emulator(settings)
        self.emulator.told = earlier.read(settings.earlier)
        idempotency.forget_unfinished(self.emulator)
        app = build_app(self.emulator)
        try:
            self._server: Any = create_server(app, host=host, port=port, threads=THREADS, ident="Stripe emulator",
                                              clear_untrusted_proxy_headers=True)  # fmt: skip
        except OSError as problem:
            self.emulator.stop()
            if problem.errno == errno.EADDRINUSE:
                raise PortInUse(f"Port {port} on {host} is in use.") from problem
            raise
        self.url = f"http://{host}:{self._server.effective_port}"
        if not self.emulator.public_url:
            self.emulator.public_url = self.url
        self._thread: threading.Thread | None = None

    def serve(self) -> None:
        """Serves until the process is told to end."""
        self.emulator.start(duties.tick)
        try:
            self._server.run()
        finally:
            self.close()

    def start(self) -> "Running":
        """Serves in a thread."""
        self.emulator.start(duties.tick)
        self._thread = threading.Thread(target=self._run, name="server", daemon=True)
        self._thread.start()
        return self

    def _run(self) -> None:
        with contextlib.suppress(OSError, ValueError):  # the sockets go away under the loop when it is closed
            self._server.run()

    def close(self) -> None:
        """Stops serving and delivering."""
        self._server.task_dispatcher.shutdown(timeout=1)
        wasyncore.close_all(self._server._map, ignore_all=True)
        if self._thread is not None:
            self._thread.join(timeout=5)
        self.emulator.stop()
