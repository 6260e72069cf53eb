"""What leaves memory between two turns, and stays on record."""

from hub.duties.judging import is_unsettled
from hub.duties.types import Scan
from hub.ingest.desk.rows import forget_desk
from hub.ingest.duties.roster import BACK_US
from hub.ingest.duties.scanning import MEMORY_US
from hub.ingest.passages.rows import forget_gates
from hub.ingest.site import Site


def forget_old(site: Site, now_us: int) -> None:
    """Leave out of memory what changes no verdict any more, between two turns. Of each place the last scan stays, since the time
    that it goes unvisited counts from there."""
    before_us = now_us - MEMORY_US
    site.roster.forget_before(now_us - BACK_US)
    forget_desk(site, now_us)
    forget_gates(site.gates, now_us)
    site.scans.whole_since_us = max(site.scans.whole_since_us, before_us)
    old = [row for name in site.windows if (row := site.windows.get(name)) is not None and row.ends_us < before_us]
    for window in old:
        if not is_unsettled(window):
            site.windows.forget(window.window_id)
    for key in list(site.scans):
        scan = site.scans.get(key)
        if scan is not None and scan.at_us < before_us and (not scan.place or _has_newer(site, scan, before_us)):
            site.scans.forget(key)


def _has_newer(site: Site, scan: Scan, before_us: int) -> bool:
    return any(other.id != scan.id for other in site.scans.at(scan.place, scan.at_us + 1, before_us))
