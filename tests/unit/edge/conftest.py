"""A clock and a spool for the tests of the edge; a test file may have its own."""

import pytest

from contract.clock import ManualClock
from edge.spool import Spool
from tests.support.spool_rig import SMALL


@pytest.fixture
def clock():
    return ManualClock()


@pytest.fixture
def open_spool(tmp_path, clock):
    opened = []

    def make(limits=SMALL, folder=tmp_path, **more):
        spool = Spool.open(folder / "spool.db", "gate-1", limits, clock, **more)
        opened.append(spool)
        return spool

    yield make
    for spool in opened:
        spool.abandon()
