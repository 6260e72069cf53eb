"""The agent's line to the hub: the uplink on the log, and the link under it."""

from random import Random

import structlog

from contract.clock import Clock
from edge.agent import LineCalls, MakeLine
from edge.config import Config
from edge.link import Link, LinkState
from edge.spool import Spool
from edge.uplink import Uplink


def line_maker(clock: Clock, random: Random) -> MakeLine:
    """Makes lines by MQTT."""
    log = structlog.get_logger("edge.line")

    def make(config: Config, spool: Spool, calls: LineCalls) -> Link:
        def on_state(state: LinkState, reason: str) -> None:
            log.info("line", state=state.value, reason=reason)
            if state is LinkState.FAILED:
                calls.on_failed(reason)

        uplink = Uplink(config.site, config.agent, config.key, spool, random=random.random)
        link = Link(
            uplink,
            config.broker,
            clock,
            random=random.random,
            on_order=calls.on_order,
            on_state=on_state,
            on_clock=calls.on_clock,
        )
        spool.listen(link.wake)
        return link

    return make
