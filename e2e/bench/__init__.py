"""How fast Foyer is: the production topology on one machine, driven over HTTP as browsers would.

    python -m e2e.bench [row ...] [--seconds hold=20 --seconds 5] [--small]

docs/performance.md says how it measures and what came of it.
"""
