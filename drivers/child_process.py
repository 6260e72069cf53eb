"""What every child process does first: it gives way, has a bound on its memory, and keeps its pipe to itself."""

import os
import resource
from typing import BinaryIO


def settle(nice: int, memory_bytes: int) -> BinaryIO:
    """Give way to others by `nice`, take no more than `memory_bytes` of address space, and leave no core behind. What is returned
    is the pipe to the parent under a number of its own; standard output is led away: a library that prints breaks nothing."""
    os.nice(nice)
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    pipe = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return pipe
