"""The embedded broker as a child process."""

import os

from watchkeeper.broker import EmbeddedBroker


def test_ctrl_c_for_the_one_who_started_it_does_not_reach_the_broker(tmp_path):
    with EmbeddedBroker(tmp_path) as broker:
        assert broker._child is not None
        assert os.getsid(broker._child.pid) != os.getsid(0)
