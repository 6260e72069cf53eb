"""What the tests of the spool share."""

from itertools import pairwise

from contract.envelope import decode_record, last_seq
from contract.readings import DoorContact, LoopState, Measurement
from edge.spool import SpoolLimits

SMALL = SpoolLimits(bytes_max=64 * 1024, age_us_max=1 << 62)
FLOW = Measurement("water_flow", 1.5, "l/min")
OPEN = DoorContact(True)
LOOP = LoopState(True)


def records(spool, first=1):
    found = []
    while (page := spool.page(first, 60_000, 500)).records:
        found += [decode_record(body) for body in page.records]
        first = page.last_seq + 1
    return found


def is_contiguous(found):
    return all(b.seq == last_seq(a) + 1 for a, b in pairwise(found))
