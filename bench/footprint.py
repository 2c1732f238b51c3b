"""The memory that a running command and all that it started hold.

The host's proportional set sizes (a page shared by N processes counts 1/N in
each), and what lies in memory files but is mapped by nobody.
"""

import os
import re
import signal
import subprocess
import time

SETTLE = 0.6            # seconds until it idles


def children(pid):
    """A process and its descendants; a jail's are the warden's children."""
    found = [pid]
    for parent in found:
        for task in os.listdir(f"/proc/{parent}/task"):
            with open(f"/proc/{parent}/task/{task}/children",
                      encoding="ascii") as f:
                found += [int(word) for word in f.read().split()]
    return found


def pss(pid):
    """(bytes, bytes of it in files named memfd)"""
    total = files = 0
    memfd = False
    with open(f"/proc/{pid}/smaps", encoding="utf-8",
              errors="replace") as f:
        for line in f:
            if re.match("[0-9a-f]+-", line):
                memfd = "/memfd:" in line
            elif line.startswith("Pss:"):
                n = int(line.split()[1]) << 10
                total += n
                files += n if memfd else 0
    return total, files


def memfds(pids):
    """The size of all memory files that these have open."""
    found = {}
    for pid in pids:
        for fd in os.listdir(f"/proc/{pid}/fd"):
            try:
                name = f"/proc/{pid}/fd/{fd}"
                if os.readlink(name).startswith("/memfd:"):
                    st = os.stat(name)
                    found[st.st_dev, st.st_ino] = st.st_blocks * 512
            except FileNotFoundError:
                pass
    return sum(found.values())


def measure(argv):
    """(bytes, None) or (None, why not)"""
    with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT,
                          start_new_session=True) as p:
        try:
            time.sleep(SETTLE)
            if p.poll() is not None:
                return None, f"ended with status {p.returncode}"
            pids = children(p.pid)
            sizes = [pss(pid) for pid in pids]
            unmapped = max(0, memfds(pids) - sum(s[1] for s in sizes))
            return sum(s[0] for s in sizes) + unmapped, None
        except OSError as e:
            return None, str(e)
        finally:
            for pid in reversed(children(p.pid)) if p.poll() is None else ():
                try:
                    os.kill(pid, signal.SIGTERM)
                except ProcessLookupError:
                    pass
