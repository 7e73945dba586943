"""Foyer started with one command, all of its processes together, on this machine.

    python -m project.launch demo [--port 8000] [--host 127.0.0.1] [--https]
    python -m project.launch serve ...     the production topology
    python -m project.launch manage -- verify
    python -m project.launch tool -- pg_dump -Fc -f foyer.dump
    python -m project.launch clean

For a server of its own see docs/operations.md: there systemd does what this package does here.
"""
