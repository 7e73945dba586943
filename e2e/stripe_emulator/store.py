"""Where everything lies: records by kind and id, behind one lock, optionally written to a file.

A record is a dict as Stripe would send it; keys that begin with an underscore are the emulator's own
and never leave it. The file is a journal of one JSON line per change, so that a killed process loses nothing.
"""

import json
import os
import secrets
import string
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

Record = dict[str, Any]
ALPHABET = string.ascii_letters + string.digits


class Store:
    """All records. Hold `lock` around anything that reads and then writes."""

    def __init__(self, path: Path | None = None) -> None:
        self.lock = threading.RLock()
        self._kinds: dict[str, dict[str, Record]] = {}
        self._path = path
        self._journal: Any = None
        if path is not None:
            self._load(path)
            self._compact(path)

    def put(self, record: Record) -> Record:
        """Keeps the record under its kind and id, new or changed."""
        with self.lock:
            self._kinds.setdefault(record["object"], {})[record["id"]] = record
            self._write({"put": record})
        return record

    def get(self, kind: str, id: str) -> Record | None:
        """The record, or nothing."""
        with self.lock:
            return self._kinds.get(kind, {}).get(id)

    def drop(self, kind: str, id: str) -> None:
        """Forgets one record."""
        with self.lock:
            if self._kinds.get(kind, {}).pop(id, None) is not None:
                self._write({"drop": [kind, id]})

    def newest_first(self, kind: str) -> list[Record]:
        """Every record of a kind, the last one made first."""
        with self.lock:
            return list(reversed(self._kinds.get(kind, {}).values()))

    def where(self, kind: str, **fields: Any) -> Iterator[Record]:
        """Records of a kind whose fields have these values, newest first."""
        for record in self.newest_first(kind):
            if all(record.get(name) == value for name, value in fields.items()):
                yield record

    def clear(self) -> None:
        """Forgets everything, in the file too."""
        with self.lock:
            self._kinds.clear()
            if self._path is not None:
                self._compact(self._path)

    def close(self) -> None:
        """Closes the journal; the store must not be used afterwards."""
        with self.lock:
            if self._journal is not None:
                self._journal.close()
                self._journal = None

    @property
    def offset(self) -> float:
        """Seconds by which this clock is ahead of the real one."""
        record = self.get("clock", "clock")
        return float(record["offset"]) if record else 0.0

    def advance(self, seconds: float) -> None:
        """Puts the clock forward."""
        self.put({"object": "clock", "id": "clock", "offset": self.offset + seconds})

    def now(self) -> int:
        """The emulator's time, in seconds since 1970."""
        return int(time.time() + self.offset)

    def _load(self, path: Path) -> None:
        if not path.exists():
            return
        for line in path.read_text(encoding="utf-8").splitlines():
            try:
                change = json.loads(line)
            except ValueError:
                continue  # the line that was being written when the process died
            if "put" in change:
                record = change["put"]
                self._kinds.setdefault(record["object"], {})[record["id"]] = record
            else:
                kind, id = change["drop"]
                self._kinds.get(kind, {}).pop(id, None)

    def _compact(self, path: Path) -> None:
        if self._journal is not None:
            self._journal.close()
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_name(path.name + ".new")
        with fresh.open("w", encoding="utf-8") as file:
            for records in self._kinds.values():
                file.writelines(json.dumps({"put": record}) + "\n" for record in records.values())
        os.replace(fresh, path)
        self._journal = path.open("a", encoding="utf-8")

    def _write(self, change: Record) -> None:
        if self._journal is not None:
            self._journal.write(json.dumps(change) + "\n")
            self._journal.flush()


def new_id(prefix: str, length: int = 24) -> str:
    """An id as Stripe makes them: pi_3Mtw..., cs_test_a1b2..."""
    return prefix + "".join(secrets.choice(ALPHABET) for _ in range(length))


def words(text: str) -> frozenset[str]:
    """A set of words written in one string."""
    return frozenset(text.split())
