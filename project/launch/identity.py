"""What this checkout keeps to itself between two runs: its keys, under var/."""

import json
import os
import secrets
from pathlib import Path

from project.embedded.valkey import free_port


def identity(var: Path) -> dict[str, str]:
    """The secrets of this checkout, made at the first run: they sign sessions and the emulator's webhooks."""
    path = var / "identity.json"
    if path.exists():
        return dict(json.loads(path.read_text()))
    made = {
        "SECRET_KEY": secrets.token_urlsafe(50),
        "METRICS_TOKEN": secrets.token_urlsafe(24),
        "STRIPE_API_KEY": f"sk_test_{secrets.token_hex(16)}",
        "STRIPE_WEBHOOK_SECRET": f"whsec_{secrets.token_hex(16)}",
        "emulator_port": str(free_port()),
    }
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(made, file, indent=1)
    return made
