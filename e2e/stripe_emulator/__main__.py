"""python -m e2e.stripe_emulator: a stand-in for Stripe as a process of its own."""

import argparse
import logging
import signal
import sys
from pathlib import Path
from typing import Any

from e2e.stripe_emulator.emulator import API_VERSION, Settings
from e2e.stripe_emulator.server import PortInUse, Running


def arguments(line: list[str]) -> argparse.Namespace:
    """Reads the command line."""
    parser = argparse.ArgumentParser(prog="python -m e2e.stripe_emulator", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default 127.0.0.1)")
    parser.add_argument("--port", type=int, required=True, help="port to listen on; 0 takes a free one")
    parser.add_argument("--api-key", required=True, help="the secret key that clients must send")
    parser.add_argument("--webhook-url", default="", help="where events are delivered; none if empty")
    parser.add_argument("--webhook-secret", default="", help="the secret that signs them")
    parser.add_argument("--public-url", default="", help="how a browser reaches this server, if not by host and port")
    parser.add_argument("--state", type=Path, help="a file in which sessions and charges outlive a restart")
    parser.add_argument("--merchant", default="Foyer", help="the name on the hosted page")
    parser.add_argument("--retry-base", type=float, default=1.0, help="seconds before the first retry; then doubled")
    parser.add_argument("--events", default="", help="types to deliver, separated by commas; all if empty")
    parser.add_argument("--earlier", type=Path, help="a file that tells of payments made before, as JSON lines")
    return parser.parse_args(line)


def main(line: list[str]) -> int:
    """Serves until it is told to end."""
    given = arguments(line)
    logging.basicConfig(level=logging.WARNING, format="stripe-emulator %(levelname)s %(message)s")
    settings = Settings(
        api_key=given.api_key,
        webhook_url=given.webhook_url,
        webhook_secret=given.webhook_secret,
        public_url=given.public_url,
        state=given.state,
        merchant=given.merchant,
        retry_base=given.retry_base,
        earlier=given.earlier,
        events=tuple(name.strip() for name in given.events.split(",") if name.strip()),
    )
    for told in (signal.SIGTERM, signal.SIGINT):
        # One way to leave, from the first moment on: Ctrl-C may come before the server serves.
        signal.signal(told, _leave)
    try:
        running = Running(settings, given.host, given.port)
    except PortInUse as problem:
        print(f"stripe-emulator: {problem}", file=sys.stderr)
        return 2
    print(f"stripe-emulator: {running.url} (API {API_VERSION})", flush=True)
    running.serve()
    return 0


def _leave(*_: Any) -> None:
    raise SystemExit(0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
