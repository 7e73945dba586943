"""How many sockets watch what: each process tells its own counts, which expire with it; readers sum them up."""

import json
from collections import Counter
from collections.abc import Mapping

import redis

from core.kernel.broadcast import valkey

PROCESSES_KEY = "foyer:watchers"
LIFE_SECONDS = 30


def tell(process: str, counts: Mapping[int, int]) -> None:
    """Say how many sockets this process has for each thing; forgotten after 30 s unless it is said again."""
    pipe = valkey().pipeline(transaction=False)
    pipe.sadd(PROCESSES_KEY, process)
    pipe.set(_key(process), json.dumps(counts), ex=LIFE_SECONDS)
    pipe.execute()


def watchers() -> Counter[int]:
    """How many sockets there are for each thing, over all processes; none when Valkey is away."""
    summed: Counter[int] = Counter()
    try:
        processes = sorted(str(name) for name in valkey().smembers(PROCESSES_KEY))
        told = valkey().mget([_key(process) for process in processes]) if processes else []
        gone = [process for process, counts in zip(processes, told, strict=True) if counts is None]
        if gone:
            valkey().srem(PROCESSES_KEY, *gone)
    except redis.RedisError:
        return summed
    for counts in told:
        summed.update({int(what): number for what, number in json.loads(counts or "{}").items() if number})
    return summed


def _key(process: str) -> str:
    return f"{PROCESSES_KEY}:{process}"
