"""Seat maps without a database: read, check, draw, and choose seats on them."""
