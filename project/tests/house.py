"""What the tests of the house look at: our files and what stands in them."""

import ast
import re
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PACKAGES = ("core", "portals", "project", "e2e")
NOT_OURS = {"node_modules", "vendor", "__pycache__", "migrations"}

Function = ast.FunctionDef | ast.AsyncFunctionDef


def python_files(*packages: str) -> Iterator[Path]:
    """Our Python files, without migrations."""
    yield from (path for path in ROOT.glob("*.py"))
    for package in packages or PACKAGES:
        yield from (path for path in sorted((ROOT / package).rglob("*.py")) if not NOT_OURS & set(path.parts))


def tree(path: Path) -> ast.Module:
    """A file, parsed."""
    return ast.parse(path.read_text(), filename=str(path))


def functions(path: Path) -> Iterator[Function]:
    """Every function and method in a file."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def length(function: Function) -> int:
    """Lines from `def` to the end, without the docstring."""
    lines = (function.end_lineno or 0) - function.lineno + 1
    first = function.body[0]
    if ast.get_docstring(function) and len(function.body) > 1:
        lines -= (first.end_lineno or 0) - first.lineno + 1
    return lines


def decorators(function: Function) -> set[str]:
    """The last words of a function's decorators' names."""
    targets = [one.func if isinstance(one, ast.Call) else one for one in function.decorator_list]
    return {
        one.attr if isinstance(one, ast.Attribute) else one.id
        for one in targets
        if isinstance(one, ast.Attribute | ast.Name)
    }


def where(path: Path, line: int = 0) -> str:
    """A place in our files, for people."""
    return f"{path.relative_to(ROOT)}:{line}" if line else str(path.relative_to(ROOT))


def tracked_texts() -> Iterator[tuple[str, str]]:
    """Every text file of the repository with its content, those included that are about to be added."""
    listed = ["git", "-C", str(ROOT), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    for name in subprocess.run(listed, capture_output=True, check=True).stdout.decode().split("\0"):
        path = ROOT / name
        if name and path.is_file() and b"\0" not in (content := path.read_bytes()):
            yield name, content.decode(errors="replace")


def storeys() -> dict[str, int]:
    """Each app of core with its storey, the ground being 0, as pyproject.toml says for the import linter."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    layers = next(contract["layers"] for contract in contracts if contract.get("containers") == ["core"])
    return {app.strip(): storey for storey, layer in enumerate(reversed(layers)) for app in re.split(r"[:|]", layer)}
