"""Tests of guise list, ps and trace; for run-cli.

What trace prints is compared with strace on the bare host: DIFFER lists where
the two may differ, and why.
"""

import os
import re
import signal
import socket
import subprocess
import time

import suite

CASES = []


def case(f):
    CASES.append(f)
    return f


def once(f):
    f.once = True
    return f


def eq(got, want):
    assert got == want, f"want {want!r}\ngot  {got!r}"


def until(what, seconds=20):
    """Wait for what() to become true; its value."""
    end = time.monotonic() + seconds
    while True:
        got = what()
        if got or time.monotonic() > end:
            assert got, "it never happened"
            return got
        time.sleep(0.02)


class Jail:
    """A named jail that runs SCRIPT while the test looks at it."""

    def __init__(self, g, name, script):
        self.g, self.name = g, name
        self.p = g.start("run", "--rootfs", g.root, "--ephemeral", "--name",
                         name, "--", "sh", "-c", script)

    def __enter__(self):
        until(lambda: self.name in self.g("list", "-q")[1].split())
        return self

    def __exit__(self, *exc):
        if self.p.poll() is None:
            self.p.kill()
        self.p.communicate()


# -- the trace's text against strace's ------------------------------------------

# (pattern, what becomes of it): the same on both sides.
DIFFER = [
    # Addresses are random.
    (r"0x[0-9a-f]{6,}", "ADDR"),
    # Process numbers are the jail's own.
    (r"(getpid|gettid|getppid|clone|fork|vfork)(\(.*\)) += \d+", r"\1\2 = P"),
    (r"(wait4\(.*\)) += [1-9]\d*", r"\1 = P"),
    (r"(set_tid_address\(.*\)) += \d+", r"\1 = P"),
    (r"\b(kill|wait4)\([1-9]\d*", r"\1(P"),
    (r"tgkill\(\d+, \d+", "tgkill(P, P"),
    (r"P_PID, \d+", "P_PID, P"),
    (r"si_pid=\d+", "si_pid=P"),
    (r"si_uid=\d+", "si_uid=U"),
    (r"si_[us]time=\d+", "si_time=T"),
    # /proc/filesystems is the jail's own.
    (r'read\(3, "nodev\\t.*', "read(filesystems)"),
    # What a file system adds to what was asked for is its own choice.
    (r"stx_mask=[A-Z_|]+", "stx_mask=M"),
    # Randomness.
    (r'getrandom\(".*?"', 'getrandom("R"'),
    # The rest of a sleep, the column of the result.
    (r"left \{.*?\}", "left"),
    (r" +=", " ="),
]
# Calls that only one side makes, or with another result.
ALONE = re.compile("|".join([
    r"^rseq\(",             # not there in a jail: the libc goes on without
    r"^arch_prctl\(0x",     # asks for the host's shadow stacks
]))


def calls_of(text):
    """The lines of each process, in the order of their first ones."""
    procs, cut = {}, {}
    for line in text.splitlines():
        pid, line = line.split(None, 1)
        mine = procs.setdefault(pid, [])
        if line.endswith(" <unfinished ...>"):
            cut[pid] = line[:-len(" <unfinished ...>")]
            continue
        m = re.match(r"<\.\.\. \w+ resumed>", line)
        if m:
            line = cut.pop(pid) + line[m.end():]
        for pattern, to in DIFFER:
            line = re.sub(pattern, to, line)
        if not ALONE.match(line):
            mine.append(line)
    # When a child's end is heard of is a matter of luck.
    return [[x for x in p if "SIGCHLD" not in x[:12]] +
            [x for x in p if "SIGCHLD" in x[:12]] for p in procs.values()]


def compare(g, argv, **kw):
    files = [os.path.join(g.dir, f) for f in ("strace.out", "guise.out")]
    kw.setdefault("cwd", "/")
    want = suite.run(["strace", "-f", "-qq", "-o", files[0], *argv], **kw)
    got = g("trace", "-o", files[1], "--", *argv, **kw)
    eq(got, want)
    sides = []
    for f in files:
        with open(f, encoding="utf-8", errors="replace") as fp:
            text = fp.read()
        sides.append(calls_of(re.sub(r"(?m)^.*\+\+\+ exited.*\n", "", text)))
    eq(len(sides[1]), len(sides[0]))
    for host, guise in zip(*sides):
        for i in range(max(len(host), len(guise))):
            a = host[i] if i < len(host) else "nothing"
            b = guise[i] if i < len(guise) else "nothing"
            assert a == b, f"call {i}\nstrace: {a}\nguise:  {b}"
    return sides[0]


@case
@once
def trace_like_strace(g):
    compare(g, ["true"])
    compare(g, ["cat", "/etc/hostname"])
    compare(g, ["ls", "/etc/dpkg"])
    compare(g, ["echo", "some words"])


@case
@once
def trace_like_strace_calls(g):
    prog = os.path.join(g.dir, "calls")
    subprocess.check_call(["cc", "-D_GNU_SOURCE", "-w", "-o", prog,
                           suite.HERE + "/trace/calls.c"])
    # A jail has a /tmp of its own, but for the tree that one stands in.
    procs = compare(g, [prog], cwd=g.dir)
    assert len(procs) == 3 and len(procs[0]) > 120, procs


# -- options --------------------------------------------------------------------

def traced(g, *args, status=0):
    got, out = g("trace", *args)
    eq(got, status)
    return out


@case
def trace_status(g):
    traced(g, "--", "sh", "-c", "exit 3", status=3)
    traced(g, "--", "sh", "-c", "kill -9 $$", status=137)
    out = traced(g, "--", "/no/such/program", status=127)
    assert "/no/such/program" in out, out
    for bad in (["-e", "trace=nosuchcall"], ["-e", "%nosuch"], ["-s", "x"],
                ["--nosuch"], ["--last", "5"], ["-e", "signal=NOSUCH"]):
        out = traced(g, *bad, "--", "true", status=125)
        assert "guise" in out, out


def names(out):
    return set(re.findall(r"(?m)^(?:\[pid +\d+\] )?(\w+)\(", out))


@case
def trace_filters(g):
    eq(names(traced(g, "-e", "trace=openat,close", "--", "cat",
                    "/etc/passwd", "/dev/null")), {"openat", "close"})
    assert "openat" not in names(traced(g, "-e", "!openat", "--", "true"))
    got = names(traced(g, "-e", "%file", "--", "cat", "/nosuch", status=1))
    assert "openat" in got and not got & {"read", "write", "mmap"}, got
    got = names(traced(g, "-e", "%memory", "--", "true"))
    assert got <= {"mmap", "munmap", "brk", "mprotect"} and got, got
    got = names(traced(g, "-e", "/^(open|clo)", "--", "true"))
    assert got and got <= {"openat", "open", "close", "close_range"}, got
    got = names(traced(g, "-e", "trace=none", "--", "true"))
    eq(got, set())
    out = traced(g, "-P", "/etc/passwd", "--", "cat", "/etc/passwd")
    assert names(out) >= {"openat", "read", "close"}, out
    assert "ld.so" not in out and "mmap" not in names(out), out


@case
def trace_good_and_bad(g):
    out = traced(g, "-e", "openat", "-z", "--", "cat", "/nosuch", status=1)
    assert "openat" in out and "ENOENT" not in out, out
    out = traced(g, "-e", "openat", "-Z", "--", "cat", "/nosuch", status=1)
    assert '"/nosuch"' in out, out
    assert all("= -1" in line for line in out.splitlines()
               if "openat(" in line), out


@case
def trace_summary(g):
    out = traced(g, "-c", "--", "sh", "-c", "true; cat /nosuch", status=1)
    assert re.search(r"% time +seconds +usecs/call +calls +errors syscall",
                     out), out
    assert re.search(r"(?m)^ *[\d.]+ +[\d.]+ +\d+ +\d+ +\d+ openat$", out), out
    assert re.search(r"(?m)^100\.00 .* total$", out) and "(" not in out, out
    out = traced(g, "-C", "--", "true")
    assert "total" in out and "exit_group(0)" in out, out


@case
def trace_times(g):
    out = traced(g, "-T", "-e", "clock_nanosleep,nanosleep", "--", "sleep",
                 "0.2")
    spent = float(re.search(r"sleep\(.*<([\d.]+)>", out).group(1))
    assert 0.19 < spent < 20, out
    assert re.search(r"(?m)^\d\d:\d\d:\d\d \w+\(", traced(g, "-t", "--",
                                                         "true"))
    assert re.search(r"(?m)^\d\d:\d\d:\d\d\.\d{6} \w+\(", traced(
        g, "-tt", "--", "true"))
    stamp = re.search(r"(?m)^(\d+\.\d{6}) \w+\(", traced(g, "-ttt", "--",
                                                        "true"))
    assert abs(float(stamp.group(1)) - time.time()) < 60
    assert re.search(r"(?m)^ +\d+\.\d{6} \w+\(", traced(g, "-r", "--", "true"))


@case
def trace_strings(g):
    out = traced(g, "-s", "4", "-e", "write", "--", "echo", "0123456789")
    assert 'write(1, "0123"..., 11)' in out, out
    out = traced(g, "-s", "100", "-e", "write", "--", "echo", "x" * 60)
    assert "x" * 60 in out, out
    out = traced(g, "-y", "-e", "read", "--", "cat", "/etc/passwd")
    assert re.search(r"read\(3</etc/passwd>", out), out
    out = traced(g, "-v", "-e", "newfstatat,fstat", "--", "cat",
                 "/etc/passwd")
    assert "st_mtime=" in out and "st_ino=" in out, out


@case
def trace_file_and_children(g):
    f = os.path.join(g.dir, "children")
    g.own(g.dir)
    out = traced(g, "-o", f, "-e", "%process", "--", "sh", "-c",
                 "true & wait; /bin/true; exit 0")
    eq(out, "")
    with open(f, encoding="utf-8") as fp:
        text = fp.read()
    pids = set(re.findall(r"(?m)^(\d+) ", text))
    assert len(pids) == 3, text
    eq(len(re.findall(r"\+\+\+ exited with 0 \+\+\+", text)), 3)
    assert "--- SIGCHLD {si_signo=SIGCHLD, si_code=CLD_EXITED" in text, text


# -- running jails -----------------------------------------------------------------

@case
def list_and_ps(g):
    with Jail(g, "lister", "sleep 100 & sleep 100"):
        status, out = g("list")
        eq(status, 0)
        line = [x for x in out.splitlines() if x.startswith("lister ")]
        assert line and "sh -c sleep 100" in line[0], out
        warden = line[0].split()[1]
        for arg in ("lister", warden):
            status, out = g("ps", arg)
            eq(status, 0)
            eq(sorted(x.split()[-1] for x in out.splitlines()[1:]),
               ["sh", "sleep", "sleep"])
        status, out = g("run", "--rootfs", g.root, "--name", "lister", "--",
                        "true")
        eq(status, 125)
        assert "lister" in out, out
    until(lambda: "lister" not in g("list", "-q")[1].split())
    for verb in ("ps", "trace"):
        status, out = g(verb, "lister")
        eq(status, 125)
        assert "lister" in out, out
    eq(g("run", "--rootfs", g.root, "--name", "../x", "--", "true")[0], 125)


@case
def unnamed_jail_is_found(g):
    p = g.start("run", "--rootfs", g.root, "--ephemeral", "--", "sleep", "100")
    try:
        name = until(lambda: [x for x in g("list", "-q")[1].split()
                              if x.startswith("sleep-")])[0]
        assert re.fullmatch(r"sleep-\d+", name), name
    finally:
        p.send_signal(signal.SIGTERM)
        p.communicate()


@case
def killed_warden_leaves_no_door(g):
    with Jail(g, "doomed", "sleep 100") as j:
        pid = int([x for x in g("list")[1].splitlines()
                   if x.startswith("doomed ")][0].split()[1])
        os.kill(pid, signal.SIGKILL)
        until(lambda: "doomed" not in g("list", "-q")[1].split())
    with Jail(g, "doomed", "sleep 100"):
        pass


@case
def garbage_at_the_door(g):
    """Whatever comes through the door, the jail lives and can be seen."""
    run = os.environ.get("XDG_RUNTIME_DIR", "")
    with Jail(g, "knocked", "sleep 100") as j:
        for where in (run + "/guise", "/tmp/guise-%d" % (
                suite.NOBODY if g.nobody else os.geteuid())):
            path = where + "/knocked"
            if os.path.exists(path):
                break
        for data in (b"", b"x", os.urandom(64), os.urandom(6000),
                     b"1GUD"[::-1] + b"\xff" * 4500, b"DUG1" * 1300):
            s = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            s.connect(path)
            s.send(data)
            s.close()
        # More than it has room for, all silent.
        crowd = []
        for _ in range(20):
            s = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            s.setblocking(False)
            try:
                s.connect(path)
            except OSError:
                pass
            crowd.append(s)
        for s in crowd:
            s.close()
        assert "sleep" in g("ps", "knocked")[1]
        assert j.p.poll() is None


def attach(g, seconds, *args):
    """Trace for a while, then ^C."""
    p = g.start("trace", *args)
    time.sleep(seconds)
    p.send_signal(signal.SIGINT)
    out, _ = p.communicate(timeout=30)
    eq(p.returncode, 0)
    return out.decode()


@case
def trace_attach(g):
    with Jail(g, "attached", "while :; do cat /nosuch; sleep 0.05; done"):
        # Twice: the first tracer leaves nothing behind.
        for _ in range(2):
            out = attach(g, 0.6, "-e", "openat", "attached")
            assert re.search(r'\[pid +\d+\] openat\(AT_FDCWD, "/nosuch", '
                             r"O_RDONLY.*ENOENT", out), out
        out = attach(g, 0.4, "-c", "attached")
        assert " total" in out and "openat" in out, out
        # Only the shell, without its children.
        out = attach(g, 0.4, "-p", "1", "attached")
        assert "fork(" in out or "clone(" in out, out
        assert "/nosuch" not in out, out
        # And with them.
        out = attach(g, 0.4, "-f", "-p", "1", "attached")
        assert '"/nosuch"' in out, out
        # By the host's number of a process.
        host = [x.split()[2] for x in g("ps", "attached")[1].splitlines()
                if x.endswith(" sh")][0]
        out = attach(g, 0.4, host)
        assert "wait4(" in out and "/nosuch" not in out, out


@case
def trace_one_at_a_time(g):
    with Jail(g, "busy", "while :; do true; sleep 0.05; done"):
        p = g.start("trace", "busy")
        try:
            assert p.stdout.readline(), "no tracer"

            def refused():
                q = g.start("trace", "busy")
                time.sleep(0.2)
                q.send_signal(signal.SIGINT)
                out, _ = q.communicate()
                return q.returncode == 125 and b"traced already" in out
            until(refused)
        finally:
            p.send_signal(signal.SIGINT)
            p.communicate()


@case
def trace_ends_with_the_jail(g):
    with Jail(g, "ending", "sleep 1; exit 0"):
        status, out = g("trace", "ending")
        eq(status, 0)
        assert "exit_group(0)" in out, out
        assert out.endswith("+++ exited with 0 +++\n"), out


@case
def last_calls(g):
    with Jail(g, "past", "cat /nosuch; /bin/false; sleep 100"):
        until(lambda: "sleep" in g("ps", "past")[1])

        def seen():
            out = g("trace", "--last", "5", "past")[1]
            return out if "clock_nanosleep(" in out or "nanosleep(" in out \
                else None
        out = until(seen)
        # The living, the dead, and what they ended with.
        assert re.search(r"--- cat, process \d+, exited with 1, gone for", out)
        assert "tv_sec=100" in out and "under way" in out, out
        pid = re.search(r"--- cat, process (\d+)", out).group(1)
        status, out = g("trace", "--last", "60", "-p", pid, "-e", "openat",
                        "past")
        eq(status, 0)
        assert "ENOENT" in out and "sleep" not in out, out


@case
def slow_tracer_does_not_stop_the_jail(g):
    """Nobody reads: records are dropped and counted, the guest goes on."""
    with Jail(g, "torrent", "sleep 1; dd if=/dev/zero of=/dev/null bs=1 "
              "count=150000 2>/dev/null; echo done; sleep 100") as j:
        f = os.path.join(g.dir, "torrent.out")
        p = g.start("trace", "-o", f, "-e", "read,write", "torrent")
        time.sleep(0.5)
        p.send_signal(signal.SIGSTOP)
        eq(j.p.stdout.readline(), b"done\n")
        p.send_signal(signal.SIGCONT)
        time.sleep(1)
        p.send_signal(signal.SIGINT)
        p.communicate(timeout=60)
        with open(f, encoding="utf-8") as fp:
            assert re.search(r"(?m)^\.\.\. \d+ records lost$", fp.read())
