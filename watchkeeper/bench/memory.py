"""What a hub and one agent hold while nothing happens."""

import time

from drivers.transports.pty import PtyLine
from watchkeeper.bench import estate, mix
from watchkeeper.bench.children import start_agent
from watchkeeper.bench.rig import running
from watchkeeper.bench.rows import Figures, Row, row

IDLE_S = 20.0


def memory(scale: float = 1.0) -> list[Row]:
    """One row: both together as PSS; the limit is the bare subscriber's process."""
    with running() as rig:
        readers = [device for device, kind, _ in mix.devices(mix.AGENTS[0]) if kind == "reader"]
        lines = {device: PtyLine(rig.folder / device) for device in readers}
        addresses = {device: line.address for device, line in lines.items()}
        try:
            with start_agent(estate.write_agent(rig.folder / "agent", rig.broker.url, addresses)) as agent:
                time.sleep(max(2.0, IDLE_S * min(scale, 1.0)))
                ours = Figures(p50=round(rig.hub.pss_mb() + agent.pss_mb(), 1))
                bare = Figures(p50=round(rig.bare.pss_mb(), 1))
        finally:
            for line in lines.values():
                line.close()
        return [row("memory of hub and agent, idle", "MB (PSS)", ours, bare, rig.machine)]
