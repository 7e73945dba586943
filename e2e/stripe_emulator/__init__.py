"""A stand-in for Stripe: a process of its own that speaks Stripe's HTTP interface to the real SDK.

It is made from Stripe's public documentation and from the parameter types that ship with the SDK.
Nobody's money moves. Foyer talks to it over HTTP only and does not know that it exists.
"""
