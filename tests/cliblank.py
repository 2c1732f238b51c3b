"""Host processes without a guest (sys/kern/kern_blank.c), seen from the host.
Part of run-cli.
"""

import os
import signal
import time

CASES = []


def case(f):
    CASES.append(f)
    return f


def children(p, comm):
    """The jail's host processes that bear this name."""
    found = []
    with open(f"/proc/{p.pid}/task/{p.pid}/children", encoding="ascii") as f:
        pids = f.read().split()
    for pid in pids:
        try:
            with open(f"/proc/{pid}/comm", encoding="ascii") as f:
                if f.read().strip() == comm:
                    found.append(int(pid))
        except OSError:
            pass
    return found


def until(f):
    for _ in range(600):
        got = f()
        if got:
            return got
        time.sleep(0.05)
    raise AssertionError("it never happened")


SCRIPT = "true=/usr/bin/true; $true & $true & $true & wait; sleep %d; " \
    "$true && $true && $true && echo well"


def jail(g, seconds):
    return g.start("run", "--rootfs", g.root, "--ephemeral", "--", "sh", "-c",
                   SCRIPT % seconds)


@case
def dead_blanks_are_forgotten(g):
    p = jail(g, 3)
    # Programs that ended: what is left of them are blanks, or on their way.
    until(lambda: children(p, "sleep") and children(p, "true"))
    for pid in children(p, "true"):
        os.kill(pid, signal.SIGKILL)
    out, _ = p.communicate(timeout=60)
    assert (p.returncode, out) == (0, b"well\n"), (p.returncode, out)


@case
def idle_blanks_end(g):
    p = jail(g, 12)
    until(lambda: children(p, "sleep") and children(p, "true"))
    until(lambda: not children(p, "true"))
    assert children(p, "sleep"), "too late"
    out, _ = p.communicate(timeout=60)
    assert (p.returncode, out) == (0, b"well\n"), (p.returncode, out)


@case
def blanks_end_with_the_jail(g):
    p = jail(g, 0)
    out, _ = p.communicate(timeout=60)
    assert (p.returncode, out) == (0, b"well\n"), (p.returncode, out)
    # Reaped by the command, or it would not have ended.
    p = jail(g, 100)
    blanks = until(lambda: children(p, "sleep") and children(p, "true"))
    p.send_signal(signal.SIGTERM)
    p.communicate(timeout=60)
    for pid in blanks:
        assert not os.path.exists(f"/proc/{pid}"), pid


@case
def guests_killed_with_blanks_about(g):
    """Every guest is killed from outside, blanks remain: the jail ends."""
    p = jail(g, 100)
    until(lambda: children(p, "sleep") and children(p, "true"))
    for pid in children(p, "sleep") + children(p, "sh"):
        os.kill(pid, signal.SIGKILL)
    p.communicate(timeout=60)
    assert p.returncode == 128 + signal.SIGKILL, p.returncode
