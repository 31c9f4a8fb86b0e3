"""How many processors this process may use."""

import os
from math import ceil
from pathlib import Path

FEWEST_WORKERS = 2
"""With one, a slow search would keep every reader waiting, and its death would stop the site."""
MOST_WORKERS = 8
CONTROL_GROUPS = Path("/sys/fs/cgroup")
OWN_GROUP = Path("/proc/self/cgroup")


def usual_workers() -> int:
    """Return how many workers serve the site unless told otherwise: one a processor, 2 to 8."""
    workers = min(usable_processors(), MOST_WORKERS)
    return max(workers, FEWEST_WORKERS)


def usable_processors() -> int:
    """Return how many processors this process may use, at least 1.

    Those are the processors it is bound to (`taskset`), or fewer where its control group has a
    quota of time (a container's `--cpus`, systemd's `CPUQuota=`): a quota of 1.5 gives 2.
    """
    if hasattr(os, "sched_getaffinity"):  # Linux
        processors = len(os.sched_getaffinity(0))
    else:
        processors = os.cpu_count() or 1
    quota = smallest_quota()
    if quota is None:
        return processors
    usable = min(processors, ceil(quota))
    return max(usable, 1)


def smallest_quota() -> float | None:
    """Return the processor time that this process may use, in processors; None if it has no quota.

    Linux has a quota for each control group, and all of those that a process is in hold for it:
    its own and those above (https://docs.kernel.org/admin-guide/cgroup-v2.html).
    """
    try:
        line = OWN_GROUP.read_text().strip()
    except OSError:
        return None  # no Linux
    # The line is like 0::/system.slice/reference.service
    name = line.rpartition(":")[2].strip("/")
    group = CONTROL_GROUPS / name
    quotas = []
    for folder in (group, *group.parents):
        if folder == CONTROL_GROUPS.parent:
            break
        quota = read_quota(folder / "cpu.max")
        if quota is not None:
            quotas.append(quota)
    return min(quotas, default=None)


def read_quota(file: Path) -> float | None:
    """Return the processors that a `cpu.max` file allows: `150000 100000` is 1.5, `max` is None."""
    try:
        allowed, period = file.read_text().split()
        return int(allowed) / int(period)
    except (OSError, ValueError):
        return None
