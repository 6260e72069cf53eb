"""The project's own files, as the tidy tests see them."""

import ast
import functools
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("contract", "drivers", "edge", "hub", "watchkeeper")


@functools.cache
def tracked() -> tuple[Path, ...]:
    """Every file that git tracks or would track, relative to the root."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=ROOT, check=True, capture_output=True
    ).stdout.decode()
    return tuple(Path(name) for name in sorted(listed.split("\0")) if name and (ROOT / name).is_file())


@functools.cache
def python_files(*rooms: str) -> tuple[Path, ...]:
    """The Python files of the named rooms, or of all rooms and the tests."""
    wanted = rooms or (*ROOMS, "tests")
    return tuple(path for path in tracked() if path.suffix == ".py" and path.parts[0] in wanted)


@functools.cache
def parsed(path: Path) -> ast.Module:
    return ast.parse((ROOT / path).read_text(encoding="utf-8"), str(path))


def module_name(path: Path) -> str:
    """`hub/store/__init__.py` → `hub.store`."""
    parts = path.with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imported(path: Path) -> set[str]:
    """Every module that the file names in an import, submodules included, wherever in the file it stands."""
    names: set[str] = set()
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = _absolute(path, node)
            names.add(base)
            names.update(f"{base}.{alias.name}" for alias in node.names)
    return names


def _absolute(path: Path, node: ast.ImportFrom) -> str:
    if not node.level:
        return node.module or ""
    package = path.parts[: -node.level]
    return ".".join((*package, node.module) if node.module else package)
