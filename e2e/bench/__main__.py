"""The command line of the bench, its table, and var/bench.json."""

import argparse
import json
import os
import platform
import shutil
import signal
import sys
from collections import Counter
from dataclasses import asdict
from pathlib import Path

from e2e.bench.growth import SIZES, curves, halls
from e2e.bench.house import House
from e2e.bench.measuring import Bench, Row
from e2e.bench.rows import HOLD_SECONDS, LONG, ROWS, hold_showtimes

VAR = Path(os.environ.get("VAR_DIR", Path(__file__).resolve().parents[2] / "var"))


def table(rows: list[Row]) -> str:
    """The rows for people."""
    lines = [f"{'row':<10}{'n':>7}{'per s':>9}{'p50 ms':>9}{'p95 ms':>9}{'cpu ms':>9}{'queries':>9}{'errors':>8}"]
    for one in rows:
        cpu = f"{one.cpu_ms:.2f}" if one.cpu_ms is not None else "-"
        queries = f"{one.queries:.1f}" if one.queries is not None else "-"
        figures = f"{one.per_s:>9.1f}{one.p50_ms:>9.1f}{one.p95_ms:>9.1f}{cpu:>9}{queries:>9}{one.errors:>8}"
        lines.append(f"{one.name:<10}{one.n:>7}{figures}")
        split = "  ".join(f"{group} {ms:.2f}" for group, ms in one.cpu.items() if ms >= 0.005)
        apart = "  ".join(f"{group} {ms:.2f}" for group, ms in one.apart.items() if ms >= 0.005)
        lines += [f"{'':<10}{split}  (apart: {apart})"] if split else []
        lines += [f"{'':<10}{name}: {value}" for name, value in one.also.items()]
    return "\n".join(lines)


def run(names: list[str], sizes: dict[str, float], *, notes: Path, small: bool = False) -> list[Row]:
    """Start a house of its own, measure, and leave nothing behind but the figures."""
    folder = VAR / f"bench-{os.getpid()}"
    house = House(folder, notes=notes)
    rows: list[Row] = []
    try:
        house.start()
        bench = Bench(house, {}, sizes, small=small)
        bench.halls = house.build(showtimes(bench, names))
        for name in names:
            made = ROWS[name](bench)
            fresh = made if isinstance(made, list) else [made]
            rows += fresh
            print(table(fresh), flush=True)
            if any(one.errors for one in fresh):
                print(house.log("pages")[-3_000:], file=sys.stderr)
    finally:
        house.stop()
        shutil.rmtree(folder, ignore_errors=True)
    return rows


def showtimes(bench: Bench, names: list[str]) -> dict[str, int]:
    """How many showtimes of each hall the rows need."""
    needed: Counter[str] = Counter()
    if "growth" in names:
        needed.update(halls(small=bench.small))
    if set(names) - {"growth"}:
        middle = 2 + hold_showtimes(bench.seconds("hold", HOLD_SECONDS))
        needed.update({"small": 5, "middle": middle} | ({} if bench.small else {"large": 1}))
    return dict(needed)


def main() -> int:
    """Measure the rows that are named, or all."""
    parser = argparse.ArgumentParser(prog="python -m e2e.bench", description="Measure Foyer on this machine.")
    parser.add_argument("rows", nargs="*", choices=[[], *ROWS], metavar="row", help=", ".join(ROWS))
    parser.add_argument(
        "--seconds", action="append", default=[], metavar="[ROW=]N", help="how long each row lasts, or that one"
    )
    parser.add_argument("--small", action="store_true", help="a second of each: whether it runs, not how fast")
    given = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that everything is stopped and removed
    sizes = {name: float(seconds) for name, _, seconds in (one.rpartition("=") for one in given.seconds)}
    VAR.mkdir(exist_ok=True)
    sizes = {"": 1.0} | sizes if given.small else sizes
    rows = run(given.rows or [name for name in ROWS if name not in LONG], sizes, notes=VAR, small=given.small)
    machine = {"cores": os.cpu_count(), "machine": platform.machine(), "python": platform.python_version()}
    path = VAR / "bench.json"
    path.write_text(json.dumps({"machine": machine, "rows": {one.name: asdict(one) for one in rows}}, indent=1) + "\n")
    grown = [one for one in rows if one.name.split()[0] in SIZES]
    if grown:
        print("\nCPU / median milliseconds:\n" + curves(grown))
    print("\n" + table([one for one in rows if one not in grown]) + f"\n\nWritten to {path}")
    return 1 if any(one.errors for one in rows) else 0


if __name__ == "__main__":
    sys.exit(main())
