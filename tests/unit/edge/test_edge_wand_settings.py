"""What an installer may write about wands, and what he is told when it is wrong."""

from pathlib import Path

import pytest

from contract.settings import BadSettings
from drivers.patrol_wand.decode import PatrolWandOptions
from edge.config import load_config, spoken_for

EXAMPLE = Path(__file__).parents[3] / "deploy" / "wands.example.yaml"


def written(tmp_path, text):
    (tmp_path / "secrets").mkdir()
    for name in ("gate-east", "card"):
        file = tmp_path / "secrets" / f"{name}.key"
        file.write_text("ab" * 32)
        file.chmod(0o600)
    path = tmp_path / "agent.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_example_is_right(tmp_path):
    config = load_config(written(tmp_path, EXAMPLE.read_text(encoding="utf-8")))
    cradle, single = config.devices
    assert spoken_for(cradle) == ("wand-1", "wand-2")
    assert spoken_for(single) == ()
    assert isinstance(single.options, PatrolWandOptions)
    assert (single.options.layout.size, single.options.layout.time.order, single.options.medium) == (16, "smhDMY", "ibutton")


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        ('"A1B2C3D4": wand-1', '"A1B2": wand-1', "wands"),
        ('"A1B2C3D4": wand-1', "A1B2C3D4: wand 1", "write a device of the estate, such as wand-1"),
        ('"00000002": wand-2', '"00000002": wand-1', "two wands have one device"),
        ("Asia/Shanghai", "Asia/Shangai", "write for example Asia/Shanghai"),
        ("size: 16", "size: 15", "make size larger"),
        ("order: smhDMY", "order: smhDYY", "write for example YMDhms"),
        ("clock_off_max_s: 5", "clock_off_max_s: 1", "clock_off_max_s"),
        ('wands: {"0000A001": wand-3}', "wands: {}", "no wand is known by its number"),
        ('wands: {"0000A001": wand-3}', 'wands: {"0000A001": wand-1}', "let one device alone speak for it"),
        ("form: hex_reversed", "form: hax", "form"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(tmp_path, right, wrong, said):
    text = EXAMPLE.read_text(encoding="utf-8")
    assert text.count(right) == 1
    path = written(tmp_path, text.replace(right, wrong))
    with pytest.raises(BadSettings) as raised:
        load_config(path)
    told = [message for message in raised.value.messages if said in message]
    assert told, raised.value.messages
    assert all(message.startswith(f"{path}:") for message in told)
