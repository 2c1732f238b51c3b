"""What the test runners share: known gaps, running with a limit, the sum.

A runner makes one Suite, calls ok() once per case and returns finish().  The
last line it prints is "N passed, N failed[, N skipped]"; a failure that has a
line "SUITE/NAME reason" in known-gaps.txt counts as skipped.
"""

import os
import signal
import subprocess
import sys
import threading

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(HERE)
BUILD = os.environ.get("B", os.path.join(TOP, "build"))
# An ordinary user of the host.
NOBODY = 65534


# A runner that was started in the background has some signals ignored, and so
# would what it starts: the tests send them.
for _sig in (signal.SIGHUP, signal.SIGINT, signal.SIGQUIT, signal.SIGTERM):
    if signal.getsignal(_sig) == signal.SIG_IGN:
        signal.signal(_sig, signal.SIG_DFL)


def as_nobody(argv):
    """The command that runs argv as an ordinary user of the host."""
    return ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}",
            "--clear-groups", "--", "env", "HOME=/tmp", *argv]


def run(argv, limit=60, **kw):
    """Run argv in a session of its own; (status, output), None: timed out.

    A status over 128 stands for a signal, as in a shell.
    """
    kw.setdefault("stdin", subprocess.DEVNULL)
    kw.setdefault("stderr", subprocess.STDOUT)
    text = kw.pop("input", None)
    if text is not None:
        kw["stdin"] = subprocess.PIPE
    with subprocess.Popen(argv, stdout=subprocess.PIPE,
                          start_new_session=True, **kw) as p:
        try:
            out, _ = p.communicate(text, timeout=limit)
        except subprocess.TimeoutExpired:
            out = stop(p)
            return None, out
    status = p.returncode if p.returncode >= 0 else 128 - p.returncode
    return status, out.decode("utf-8", "replace")


def stop(p):
    """End a command that ran too long, and everything in its session."""
    out = b""
    for sig in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(p.pid, sig)
        except ProcessLookupError:
            pass
        try:
            out, _ = p.communicate(timeout=3)
            break
        except subprocess.TimeoutExpired as e:
            out = e.stdout or b""
    return out.decode("utf-8", "replace")


class Suite:
    """The cases of one suite and how they ended."""

    def __init__(self, name):
        self.name = name
        self.passed = self.failed = self.skipped = 0
        self.lock = threading.Lock()
        self.gaps = {}
        path = os.path.join(HERE, "known-gaps.txt")
        if os.path.exists(path):
            with open(path, encoding="utf-8") as f:
                for line in f:
                    name, _, why = line.partition(" ")
                    if why.strip() and not line.startswith("#"):
                        self.gaps[name] = why.strip()

    def gap(self, case):
        """Why a case is allowed to fail; a mode (NAME:MODE) may be left out."""
        case = f"{self.name}/{case}"
        return self.gaps.get(case) or self.gaps.get(case.split(":")[0])

    def ok(self, case, good, detail=""):
        """Count one case; detail says what was wrong with it."""
        with self.lock:
            if good:
                self.passed += 1
                print(f"ok      {self.name}/{case}")
                if self.gap(case):
                    print(f"        passes: drop {case} from known-gaps.txt")
            elif self.gap(case):
                self.skipped += 1
                print(f"gap     {self.name}/{case}: {self.gap(case)}")
            else:
                self.failed += 1
                print(f"FAILED  {self.name}/{case}")
                for line in detail.rstrip().splitlines()[:40]:
                    print(f"        {line[:200]}")
            sys.stdout.flush()
        return good

    def finish(self):
        """Print the sum; the runner's exit status."""
        tail = f", {self.skipped} skipped" if self.skipped else ""
        print(f"{self.passed} passed, {self.failed} failed{tail}")
        return 1 if self.failed or not self.passed else 0
