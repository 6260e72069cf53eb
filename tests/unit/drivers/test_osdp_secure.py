import pytest

from drivers.osdp.keys import read_key
from drivers.osdp.secure import SCBK_D, Channel, Keys
from tests.support.osdp_rig import KEY, OTHER_KEY, key_file

RND_A = bytes.fromhex("0102030405060708")
RND_B = bytes.fromhex("1112131415161718")
HEAD = bytes.fromhex("53001000060217")


def ends(key=KEY, other=KEY):
    return Channel(Keys(key, RND_A, RND_B)), Channel(Keys(other, RND_A, RND_B))


def test_both_ends_with_one_key_understand_each_other_for_as_long_as_they_talk():
    panel, reader = ends()
    for turn in range(20):
        said = bytes(range(turn))
        sealed = panel.encrypt_command(said)
        mac = panel.seal_command(HEAD + sealed)
        assert reader.open_command(HEAD + sealed, mac, sealed, encrypted=True) == said
        answer = reader.encrypt_reply(said[::-1])
        mac = reader.seal_reply(HEAD + answer)
        assert panel.open_reply(HEAD + answer, mac, answer, encrypted=True) == said[::-1]


def test_what_is_encrypted_does_not_show_and_is_never_twice_the_same():
    panel, reader = ends()
    first = panel.encrypt_command(b"opensesame")
    mac = panel.seal_command(HEAD + first)
    assert reader.open_command(HEAD + first, mac, first, encrypted=True) == b"opensesame"
    panel.open_reply(HEAD, reader.seal_reply(HEAD), b"", encrypted=False)
    second = panel.encrypt_command(b"opensesame")
    assert b"opensesame" not in first + second
    assert first != second


def test_a_reply_that_is_played_again_is_not_believed():
    panel, reader = ends()
    reader.open_command(HEAD, panel.seal_command(HEAD), b"", encrypted=False)
    mac = reader.seal_reply(HEAD + b"card")
    assert panel.open_reply(HEAD + b"card", mac, b"card", encrypted=False) == b"card"
    panel.seal_command(HEAD)
    assert panel.open_reply(HEAD + b"card", mac, b"card", encrypted=False) is None


def test_a_reply_with_a_changed_byte_is_not_believed_and_the_right_one_still_is():
    panel, reader = ends()
    reader.open_command(HEAD, panel.seal_command(HEAD), b"", encrypted=False)
    mac = reader.seal_reply(HEAD + b"card")
    assert panel.open_reply(HEAD + b"cart", mac, b"cart", encrypted=False) is None
    assert panel.open_reply(HEAD + b"card", mac, b"card", encrypted=False) == b"card"


def test_somebody_with_another_key_is_not_believed():
    panel, thief = ends(other=OTHER_KEY)
    assert thief.open_command(HEAD, panel.seal_command(HEAD), b"", encrypted=False) is None
    assert panel.open_reply(HEAD, thief.seal_reply(HEAD), b"", encrypted=False) is None


@pytest.mark.parametrize("data", [b"\x01", bytes(15), bytes(16), bytes(17)])
def test_encrypted_data_without_its_padding_is_nothing(data):
    panel, reader = ends()
    mac = panel.seal_command(HEAD + data)
    assert reader.open_command(HEAD + data, mac, data, encrypted=True) is None


def test_the_keys_of_a_session_depend_on_both_random_numbers():
    mine = Keys(KEY, RND_A, RND_B)
    assert mine.client_cryptogram != Keys(KEY, RND_B, RND_B).client_cryptogram
    assert mine.client_cryptogram != Keys(KEY, RND_A, RND_A).client_cryptogram
    assert mine.client_cryptogram != mine.server_cryptogram


# The key's file


def test_a_key_is_read_from_its_file(tmp_path):
    assert read_key(key_file(tmp_path)) == KEY


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "holds no key"),
        ("0011", "holds no key"),
        ("zz" * 16, "holds no key"),
        ("00" * 17, "holds no key"),
        (SCBK_D.hex(), "everybody knows"),
        ("00" * 16, "everybody knows"),
    ],
)
def test_a_file_without_a_good_key_is_refused_without_saying_what_is_in_it(tmp_path, text, told):
    path = tmp_path / "reader.key"
    path.write_text(text)
    path.chmod(0o600)
    with pytest.raises(ValueError, match=told) as error:
        read_key(str(path))
    assert not text or text not in str(error.value)


def test_a_key_that_everybody_may_read_is_refused(tmp_path):
    named = key_file(tmp_path)
    (tmp_path / "reader.key").chmod(0o644)
    with pytest.raises(ValueError, match="chmod o="):
        read_key(named)


def test_a_key_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(ValueError, match="cannot be read"):
        read_key(str(tmp_path / "none"))
