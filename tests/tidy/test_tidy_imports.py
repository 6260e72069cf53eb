"""Who may import whom."""

import pytest

from tests.tidy.tree import ROOMS, imported, module_name, python_files
from watchkeeper.cli import COMMANDS

MAY_IMPORT = {
    "contract": {"contract"},
    "drivers": {"contract", "drivers"},
    "edge": {"contract", "drivers", "edge"},
    "hub": {"contract", "hub"},
    "watchkeeper": set(ROOMS),
}
NOT_IN = {
    "contract": {"fastapi", "sqlalchemy", "paho", "cv2", "av", "serial", "pymodbus"},
    "drivers": {"fastapi", "sqlalchemy"},
    "edge": {"fastapi", "sqlalchemy", "alembic", "uvicorn"},
    "hub": {"cv2", "av", "serial", "pymodbus", "numpy"},
}
PURE = (
    "hub/detectors", "hub/cases", "hub/plans", "hub/duties", "hub/condition.py", "hub/tags/labels.py", "hub/tags/tagbook.py",
    "hub/audit/types.py", "hub/audit/chain.py", "hub/audit/seal.py",
)  # fmt: skip
NOT_IN_PURE = {"sqlalchemy", "paho", "threading", "socket", "fastapi", "time", "random", "structlog", "asyncio"}


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_imports_only_what_the_architecture_allows(room):
    wrong = [
        f"{path} imports {name}"
        for path in python_files(room)
        for name in imported(path)
        if (top := name.split(".")[0]) in ROOMS and top not in MAY_IMPORT[room]
    ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("room", NOT_IN)
def test_a_room_knows_no_library_of_another(room):
    wrong = [
        f"{path} imports {name}" for path in python_files(room) for name in imported(path) if name.split(".")[0] in NOT_IN[room]
    ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("folder", PURE)
def test_what_decides_is_pure(folder):
    wrong = [
        f"{path} imports {name}"
        for path in python_files("hub")
        if path.as_posix().startswith(folder)
        for name in imported(path)
        if name.split(".")[0] in NOT_IN_PURE or name.startswith(("hub.store", "hub.ingest", "hub.api", "hub.notify"))
    ]
    assert not wrong, "\n".join(wrong)


def test_decoders_touch_no_wire_and_no_clock():
    forbidden = {"serial", "socket", "threading", "time", "subprocess", "paho"}
    wrong = [
        f"{path} imports {name}"
        for path in python_files("drivers")
        if path.name == "decode.py" and path.parts[1] != "rtsp_camera"
        for name in imported(path)
        if name.split(".")[0] in forbidden or name.startswith("drivers.transports")
    ]
    assert not wrong, "\n".join(wrong)


def test_who_verifies_the_audit_log_shares_nothing_with_who_writes_it():
    verifier = [path for path in python_files("watchkeeper") if path.parts[1] == "audit_verify"]
    assert len(verifier) > 3
    libraries = {"msgspec", "sqlalchemy"}  # which the writer is made with
    wrong = [
        f"{path} imports {name}"
        for path in verifier
        for name in imported(path)
        if name.split(".")[0] in {*ROOMS, *libraries} and not name.startswith("watchkeeper.audit_verify")
    ]
    assert not wrong, "\n".join(wrong)


def test_who_verifies_an_export_shares_nothing_with_who_makes_it():
    verifier = [path for path in python_files("watchkeeper") if path.parts[1] == "export_verify"]
    assert len(verifier) > 2
    wrong = [
        f"{path} imports {name}"
        for path in verifier
        for name in imported(path)
        if name.split(".")[0] in {*ROOMS, "msgspec"} and not name.startswith("watchkeeper.export_verify")
    ]
    assert not wrong, "\n".join(wrong)


def test_no_module_is_dead():
    """A module is alive when another module imports it, a test does not count, or when it is started by its name."""
    started_by_name = {
        "watchkeeper.cli",  # the console script
        "watchkeeper.schemas",  # python -m, writes contract/schema, and types of the pages
        "drivers.rtsp_camera.child",  # python -m, by the camera's driver
        "edge.recorder.child",  # python -m, by the recorder
        "edge.recorder.probe",
    }
    files = python_files(*ROOMS)
    used = {name for path in files for name in imported(path)} | started_by_name
    dead = []
    for path in files:
        name = module_name(path)
        # Found by drivers.table, or the other end of such a one's wire, which the demo and the tests talk to.
        is_row = path.name in ("driver.py", "twin.py") and path.parts[0] == "drivers"
        is_migration = "migrations" in path.parts  # found by Alembic
        if path.name == "__init__.py" or is_row or is_migration or name in used or _in_a_table(name):
            continue
        dead.append(str(path))
    assert not dead, f"nobody imports {dead}: delete them or use them"


def _in_a_table(name: str) -> bool:
    """Whether the command line's table of lazily imported commands names the module."""
    return any(target.split(":")[0] == name for target in COMMANDS.values())
