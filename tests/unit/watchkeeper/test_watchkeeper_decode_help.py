"""What `watchkeeper decode --help` shows to type."""

import re

from click.testing import CliRunner

from watchkeeper.decode_command import decode


def test_the_card_in_the_help_is_one_that_decodes():
    told = CliRunner().invoke(decode, ["--help"]).output
    bits = re.search(r"printf '([01]{26})", told)
    assert bits is not None, told
    done = CliRunner().invoke(decode, ["wiegand"], input=f"{bits[1]}\n")
    assert '"reading"' in done.output
    assert "finding" not in done.output
