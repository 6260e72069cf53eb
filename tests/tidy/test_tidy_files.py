"""What may not stand in any file: download hosts, paths of a machine, addresses in lock files."""

import re
import tomllib

import pytest

from tests.tidy.tree import ROOT, imported, python_files, tracked

TEXT = {
    ".py",
    ".md",
    ".toml",
    ".yaml",
    ".yml",
    ".json",
    ".jsonl",
    ".lock",
    ".txt",
    ".sh",
    ".service",
    ".conf",
    ".cfg",
    "",
    ".hex",
}
DOWNLOAD_HOSTS = re.compile(r"pypi\.|pythonhosted|registry\.npm|npmjs|deb\.debian|files\.python" + "|" + r"/opt/py" + "pi")
MACHINE_PATHS = re.compile(r"(?<![\w.])/(?:wo" + r"rk|ro" + r"ot|ho" + r"me/\w+)/")


def text_files():
    return [path for path in tracked() if path.suffix in TEXT]


@pytest.mark.parametrize(("name", "pattern"), [("a download host", DOWNLOAD_HOSTS), ("a path of one machine", MACHINE_PATHS)])
def test_no_file_names(name, pattern):
    wrong = []
    for path in text_files():
        if path.as_posix() == "tests/tidy/test_tidy_files.py":
            continue
        for number, line in enumerate((ROOT / path).read_text(encoding="utf-8", errors="replace").splitlines(), 1):
            if pattern.search(line):
                wrong.append(f"{path}:{number} names {name}: {line.strip()[:80]}")
    assert not wrong, "\n".join(wrong)


def test_the_lock_file_pins_every_package_with_hashes_and_no_address():
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    assert "://" not in lock
    pinned = re.findall(
        r"^([A-Za-z0-9_.-]+(?:\[[^\]]*\])?)==\S+(?: ;[^\\]*)? ?\\?\n((?: +--hash=sha256:[0-9a-f]{64}(?: \\)?\n)*)",
        lock,
        re.MULTILINE,
    )
    assert len(pinned) > 30
    assert all(hashes for _, hashes in pinned), [name for name, hashes in pinned if not hashes]


def test_uv_lock_is_not_committed():
    assert not [path for path in tracked() if path.name == "uv.lock"]


def test_every_dependency_is_imported_somewhere():
    """A dependency that nothing uses is weight and risk."""
    import_name = {
        "opencv-python-headless": "cv2", "paho-mqtt": "paho", "psycopg": "psycopg", "pyserial": "serial", "pyyaml": "yaml",
        "prometheus-client": "prometheus_client", "argon2-cffi": "argon2",
    }  # fmt: skip
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    names = [re.split(r"[^A-Za-z0-9-]", line)[0] for line in project["dependencies"]]
    used = {
        name.split(".")[0]
        for path in python_files("contract", "drivers", "edge", "hub", "watchkeeper")
        for name in imported(path)
    }
    text = "".join((ROOT / path).read_text(encoding="utf-8") for path in python_files("hub"))
    unused = [
        name
        for name in names
        if import_name.get(name, name.replace("-", "_")) not in used and import_name.get(name, name) not in text
    ]
    assert not unused
