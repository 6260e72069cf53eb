"""A whole estate file that somebody brings with a browser: read without its secrets, each mistake with the file's line. Pure."""

from typing import Any, NamedTuple

from contract.settings import KeyPath
from contract.yamltree import BadYaml, Node, read_tree
from hub.estates.tables import CellWrong

_NOT_TAKEN = {"agents": "key", "floors": "drawing"}
"""Keys are the hub's own files, and drawings are uploaded by themselves."""


class Whole(NamedTuple):
    """The document of a file, its lines, and what is wrong with the file itself."""

    document: dict[str, Any]
    root: Node | None
    wrong: list[CellWrong]

    def line_of(self, path: KeyPath) -> int | None:
        """The line of what stands at the path, or of the nearest around it; None where the file has no lines."""
        node, line = self.root, None
        for part in path:
            inner: Any = None if node is None else node.value
            if not _has(inner, part):
                break
            found: Node = inner[part]
            node, line = found, found.key_line
        return line


def _has(inner: Any, part: str | int) -> bool:
    return part in inner if isinstance(inner, dict) else isinstance(inner, list) and isinstance(part, int) and part < len(inner)


def read_whole(data: bytes) -> Whole:
    """The estate in a YAML file, such as `GET /estate/export` gives it."""
    try:
        root, twice = read_tree(data)
    except BadYaml as error:
        zh, en = f"不是有效的 YAML：{error.what}", f"{error.what}: {error.instead}"
        return Whole({}, None, [CellWrong(error.line, "", "not_yaml", zh, en)])
    if not isinstance(root.value, dict):
        told = "write an estate file, such as deploy/estate.example.yaml"
        return Whole({}, root, [CellWrong(1, "", "no_estate", "不是小区文件，可参照 deploy/estate.example.yaml", told)])
    wrong = [CellWrong(line, key, "twice", f"“{key}”重复", f"{key} stands twice: keep one of the two") for line, key in twice]
    document = root.plain()
    for kind, key in _NOT_TAKEN.items():
        for row in document.get(kind) or ():
            if isinstance(row, dict):
                row.pop(key, None)
    return Whole(document, root, wrong)
