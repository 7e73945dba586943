"""Whose a visitor's seats and bookings become when the visitor turns out to be somebody."""
