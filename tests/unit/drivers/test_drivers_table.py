"""The table of drivers is loaded a row at a time."""

import subprocess
import sys

import pytest

from contract.readings import CardRead, PlateRead
from drivers.table import DRIVERS, UnknownDriver, driver_kind


@pytest.mark.parametrize("name", ["wiegand", "em_ascii"])
def test_a_row_has_the_name_it_is_listed_under(name):
    kind = driver_kind(name)
    assert kind.name == name
    assert kind.unit
    assert kind.readings


def test_an_unknown_driver_names_the_known_ones_and_the_nearest():
    with pytest.raises(UnknownDriver) as error:
        driver_kind("weigand")
    assert "did you mean wiegand?" in str(error.value)
    assert all(name in str(error.value) for name in DRIVERS)


def test_a_name_that_is_a_path_is_unknown():
    with pytest.raises(UnknownDriver):
        driver_kind("../wiegand")


def test_a_card_reader_loads_no_video_and_no_modbus_library():
    code = (
        "import sys; from drivers.table import driver_kind; driver_kind('wiegand'); driver_kind('em_ascii');"
        "print(sorted({'av', 'cv2', 'numpy', 'pymodbus', 'paho', 'serial'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=120)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("name", DRIVERS)
def test_a_driver_that_reads_cards_or_plates_keeps_no_bytes(name):
    kind = driver_kind(name)
    assert kind.secret_bytes == bool({CardRead, PlateRead} & set(kind.readings))
