"""Tests of the command: patched text and cpuid (see tests/run-cli)."""

import os
import re
import shutil
import subprocess
import tempfile
import time

CASES = []


def case(f):
    CASES.append(f)
    return f


def eq(got, want):
    assert got == want, f"want {want!r}\ngot  {got!r}"


class Cache:
    """A cache directory of our own; the environment that names it."""

    def __init__(self, g):
        self.g = g

    def __enter__(self):
        self.dir = tempfile.mkdtemp(prefix="guise-cache.")
        self.g.own(self.dir)
        self.was = os.environ.get("XDG_CACHE_HOME")
        os.environ["XDG_CACHE_HOME"] = self.dir
        return self

    def __exit__(self, *exc):
        if self.was is None:
            del os.environ["XDG_CACHE_HOME"]
        else:
            os.environ["XDG_CACHE_HOME"] = self.was
        shutil.rmtree(self.dir, ignore_errors=True)


def traps(out):
    return int(re.search(r"traps:\s+(\d+)", out).group(1))


def patched(g, rounds=200):
    """Start a program until it does not trap any more; its last words."""
    for i in range(rounds):
        status, out = g.run("--", "sh", "-c",
                            "cat /proc/self/guise; sleep 0.1")
        eq(status, 0)
        if traps(out) == 0:
            assert int(re.search(r"patched:\s+(\d+)", out).group(1)) > 0, out
            return i
    raise AssertionError(f"after {rounds} starts still {out}")


@case
def second_start_does_not_trap(g):
    with Cache(g):
        status, out = g.run("--", "cat", "/proc/self/guise")
        eq(status, 0)
        assert traps(out) > 10, out
        patched(g)
        status, out = g.run("--", "cat", "/proc/self/guise")
        eq((status, traps(out)), (0, 0))
        # A program in the memory layer, and by its descriptor.
        status, out = g.sh("cp /bin/cat /tmp/c; for i in 1 2 3 4 5 6; do "
                           "sleep 0.2; /tmp/c /proc/self/guise; done")
        eq(status, 0)
        eq(re.findall(r"traps:\s+(\d+)", out)[-1], "0")


@case
def running_program_adopts(g):
    # A shell that runs since before the builder was done.
    script = """p=0
    while [ "$p" = 0 ]; do
        while read -r name value unit; do
            case $name in patched:) p=$value ;; esac
        done </proc/$$/guise
    done
    i=0
    while [ $i -lt 300 ]; do kill -0 $$; i=$((i + 1)); done
    (exit 3); echo $?; echo "$(echo fork)"
    """
    for _ in range(3):
        with Cache(g):
            eq(g.sh(script), (0, "3\nfork\n"))


def maps(pid):
    """Mappings of a host process: (permissions, path, kB of its own)."""
    found, perm, path = [], None, None
    with open(f"/proc/{pid}/smaps") as f:
        for line in f:
            m = re.match(r"[0-9a-f]+-[0-9a-f]+ (\S+) \S+ \S+ \S+ *(.*)", line)
            if m:
                perm, path = m.group(1), m.group(2)
            elif line.startswith("Anonymous:"):
                found.append((perm, path, int(line.split()[1])))
    return found


@case
def patched_text_is_shared(g):
    with Cache(g) as c:
        patched(g)
        p = g.start("run", "--rootfs", g.root, "--ephemeral", "--", "sleep",
                    "7")
        try:
            text = []
            for _ in range(100):
                time.sleep(0.05)
                for pid in filter(str.isdigit, os.listdir("/proc")):
                    try:
                        m = maps(pid)
                    except OSError:
                        continue
                    mine = [x for x in m if c.dir in x[1]]
                    if mine and any("/sleep" in x[1] for x in m):
                        text = [x for x in m if "x" in x[0] and
                                (c.dir in x[1] or g.root in x[1])]
                if text:
                    break
        finally:
            p.kill()
            p.wait()
        assert text, "no process with patched text"
        for perm, path, own in text:
            eq((path, perm, own), (path, "r-xp", 0))
        assert not any(re.search(r"libc\.so|ld-linux", x[1]) for x in text), \
            text


@case
def changed_file_is_noticed(g):
    script = "sh -c 'test $PPID = $$ && echo same || echo other'; sleep 0.1"
    libc = subprocess.check_output(
        ["find", g.root, "-name", "libc.so.6", "-type", "f"],
        text=True).split()[0]
    with open(libc, "rb") as f:
        data = f.read()
    # getppid: mov $110, %eax; syscall; ret.  It becomes getpid.
    old, new = b"\xb8\x6e\0\0\0\x0f\x05\xc3", b"\xb8\x27\0\0\0\x0f\x05\xc3"
    eq(data.count(old), 1)
    with Cache(g):
        patched(g)
        eq(g.sh(script), (0, "other\n"))
        try:
            for content, want in ((data.replace(old, new), "same\n"),
                                  (data, "other\n")):
                with open(libc, "r+b") as f:
                    f.write(content)
                for _ in range(4):
                    eq(g.sh(script), (0, want))
                patched(g)
                eq(g.sh(script), (0, want))
        finally:
            with open(libc, "wb") as f:
                f.write(data)


@case
def bad_cache_is_not_believed(g):
    with Cache(g) as c:
        patched(g)
        text = os.path.join(c.dir, "guise", "text")
        for name in os.listdir(text):
            path = os.path.join(text, name)
            with open(path, "r+b") as f:
                data = f.read()
                # Lengths, offsets, the table: one after the other, wild.
                for at in range(64, 128, 8):
                    f.seek(at)
                    f.write(b"\xff" * 8)
                    f.flush()
                    eq(g.sh("echo fine"), (0, "fine\n"))
                    f.seek(at)
                    f.write(data[at:at + 8])
                if len(data) > 4096:
                    f.truncate(4096)
                    f.flush()
                    eq(g.sh("echo fine"), (0, "fine\n"))
        eq(g.sh("echo fine"), (0, "fine\n"))


def flags(out):
    line = next((x for x in out.splitlines() if x.startswith("flags")), "")
    return set(line.split()[2:])


@case
def cpu_mask(g):
    with Cache(g):
        host = flags(open("/proc/cpuinfo").read())
        status, out = g.run("--cpu-mask", "avx,rdrand", "--", "cat",
                            "/proc/cpuinfo")
        eq(status, 0)
        have = flags(out)
        assert not [x for x in have if x.startswith("avx")], have
        eq({x for x in host - have if not re.match(
            "avx|fma|f16c|vaes|vpclmul|rdrand|xop", x)}, set())
        status, out = g.run("--cpu-mask", "x86-64-v2", "--", "cat",
                            "/proc/cpuinfo")
        eq(flags(out) & {"avx", "bmi1", "movbe", "xsave"}, set())
        # The dynamic linker tells what it found by cpuid.
        for _ in range(2):
            status, out = g.run(
                "--cpu-mask", "x86-64-v2", "--", "sh", "-c",
                "for l in /lib*/ld-linux-x86-64.so.2; do $l --help; done;"
                "sleep 0.3")
            found = re.findall(r"x86-64-v(\d) \(supported", out)
            if "cpuid_fault" in host:
                assert set(found) <= {"2"}, out
        status, out = g.run("--cpu-mask", "avx,bogus", "--", "true")
        assert status == 125 and "bogus" in out, out
