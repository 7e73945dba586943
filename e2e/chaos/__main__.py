"""python -m e2e.chaos --seed 7 --purchases 500"""

import argparse
import os
import secrets
import shutil
import sys
from pathlib import Path

import django

from e2e.topology import Topology

VAR = Path(__file__).resolve().parents[2] / "var"


def main() -> int:
    """The command line; 0 when nothing was lost."""
    parser = argparse.ArgumentParser(prog="python -m e2e.chaos", description=__doc__)
    parser.add_argument("--seed", type=int, default=secrets.randbelow(1_000_000))
    parser.add_argument("--purchases", type=int, default=500)
    parser.add_argument("--haste", action="store_true", help="at the end a minute passes at once")
    parser.add_argument("--logs", type=Path, help="a folder to which the logs of all processes are copied")
    given = parser.parse_args()
    foyer = Topology(VAR / f"test-{os.getpid()}-chaos")
    try:
        foyer.start()
        os.environ.update(foyer.environment)
        django.setup()
        from e2e.chaos.run import Plan, build, run

        plan = Plan(given.seed, given.purchases, in_haste=given.haste)
        report = run(
            foyer, plan, halls=build(showtimes=4, purchases=given.purchases), say=lambda line: print(line, flush=True)
        )
    finally:
        if given.logs:
            shutil.copytree(foyer.folder, given.logs, dirs_exist_ok=True, ignore=shutil.ignore_patterns("static"))
        foyer.stop()
    print(f"{len(report.faults)} faults. Again: make chaos SEED={given.seed} PURCHASES={given.purchases}")
    return 1 if report.faults else 0


if __name__ == "__main__":
    sys.exit(main())
