"""What bench/run measures: the rows, and the sides that do them.

A row's words are the arguments of bench/micro, which runs inside a side and
prints nanoseconds; or of the program that `how` names.  Targets are ratios to
the bare host, unless they say otherwise.
"""

import os
import shutil
from dataclasses import dataclass, field

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BUILD = os.path.abspath(os.environ.get("B") or os.path.join(TOP, "build"))
OUT = os.path.join(BUILD, "bench")
MICRO = os.path.join(OUT, "micro")
UPPER = "UPPER"         # a directory in memory; in a jail, of the upper layer
SHM = "/dev/shm"        # a tmpfs everywhere
TINY = os.path.join(OUT, "tiny")
ROOT = os.path.join(OUT, "root")        # a small root: tools/miniroot
BUNDLE = os.path.join(OUT, "bundle")    # the same, for crun
TREE = os.path.join(OUT, "tree.tar")    # 10,000 small files

PIN = 1                 # on one CPU: a wake-up across CPUs would hide the rest
LONG = 2                # fewer rounds, and not in the smoke test


@dataclass
class Row:
    """One line of the table."""
    name: str
    what: str
    words: list
    target: float = None        # at most this ratio to the host
    flags: int = 0
    how: str = "in"             # in: micro inside the side; cmd: micro
    #                             outside, times the side's own command;
    #                             script: the words themselves, inside;
    #                             memory: bytes while the words run
    leaf: bool = False          # starts one program, which starts no other
    scale: int = 1              # operations in what is timed
    limit: float = None         # at most this, in ns or bytes above the host
    versus: dict = field(default_factory=dict)  # at most this x that peer
    needs: str = None           # a command that must be installed


def which(name):
    """A command of the system: what others put before it only forwards."""
    for folder in ("/usr/bin", "/bin"):
        path = os.path.join(folder, name)
        if os.access(path, os.X_OK):
            return path
    return shutil.which(name) or name


LOOP = 1000
SHELL = f"i=0; while [ $i -lt {LOOP} ]; do /bin/true; i=$((i + 1)); done"
MAKE = f"make -C {TOP} -s -j2 CC={which('gcc')} B=$PWD kobj " \
       "KDIRS='libkern base vm'"
UNPACK = f"tar xf {TREE}"
TRACK = UNPACK + " && cd tree && git init -q && git add -A && " \
        "git -c user.name=x -c user.email=x -c gc.auto=0 commit -qm x"
CC = ["gcc", "-O2", "-D_GNU_SOURCE", "-c", TOP + "/bench/micro.c", "-o", "o"]

ROWS = [
    Row("null", "null call (getppid)", ["null"], .15, PIN),
    Row("trap", "null call, trapped", ["trap"], None, PIN),
    Row("clock", "clock_gettime", ["clock"], 1.2, PIN),
    Row("stat", "stat", ["stat"], None, PIN),
    Row("open", "open+read+close", ["open"], None, PIN),
    Row("read4k", "read 4 KB from /tmp", ["read4k"], None, PIN),
    Row("mstat", "stat on tmpfs", ["-d", SHM, "mstat"], .5, PIN),
    Row("mopen", "open+read+close on tmpfs", ["-d", SHM, "mopen"], .6, PIN),
    Row("mread", "read 4 KB from tmpfs", ["-d", SHM, "mread"], .7, PIN),
    Row("mwrite", "write 4 KB to tmpfs", ["-d", SHM, "mwrite"], 1.0, PIN),
    Row("mcreat", "creat+close+unlink on tmpfs", ["-d", SHM, "mcreat"], 1.0,
        PIN),
    Row("mreaddir", "list 1,000 names on tmpfs", ["-d", SHM, "mreaddir"], 1.0,
        PIN),
    Row("read1m", "read 1 MB from /tmp", ["read1m"], None, PIN),
    Row("hostread", "read 64 KB of a system file", ["hostread"], None, PIN),
    Row("pipe", "pipe ping-pong", ["pipe"], 1.1, PIN),
    Row("unix", "unix socket ping-pong", ["unix"], None, PIN),
    Row("lock", "uncontended lock", ["lock"], 1.1, PIN),
    Row("futex", "futex ping-pong of threads", ["futex"], 1.1, PIN),
    Row("epoll", "write+epoll_wait+read", ["epoll"], None, PIN),
    Row("ppoll", "ppoll of 10 pipes", ["ppoll"], None, PIN),
    Row("eventfd", "eventfd write+read", ["eventfd"], None, PIN),
    Row("wake", "futex wake of nobody", ["wake"], None, PIN),
    Row("signal", "raise and handle a signal", ["signal"], None, PIN),
    Row("mmap", "map, touch, unmap 64 KB", ["mmap"], None, PIN),
    Row("thread", "create and join a thread", ["thread"], None, PIN),
    Row("fork", "fork+exit+wait", ["fork"], 1.2, PIN),
    Row("spawn-static", "spawn+wait, static", ["spawn", TINY], None, PIN,
        leaf=True),
    Row("spawn", "spawn+wait, /bin/true", ["spawn", "/bin/true"], .7, PIN,
        leaf=True),
    Row("shell", "shell loop, per /bin/true", ["run", "sh", "-c", SHELL], .8,
        PIN, scale=LOOP),
    Row("find", "find /usr", ["run", which("find"), "/usr", "-xdev"], 1.0,
        leaf=True),
    Row("gcc", "gcc -O2 of a C file", ["run", *CC], 1.0, needs="gcc"),
    Row("make", "make -j2, part of Guise",
        ["-d", UPPER, "run", "sh", "-c", MAKE], 1.05,
        LONG, needs="gcc"),
    Row("tar", "tar xf, 10,000 files",
        ["-d", UPPER, "run", which("tar"), "xf", TREE], .8, LONG,
        leaf=True),
    Row("rm", "rm -rf of them",
        ["-d", UPPER, "-s", UNPACK, "run", which("rm"), "-rf", "tree"], 1.0,
        LONG, leaf=True),
    Row("du", "du of them",
        ["-d", UPPER, "-s", UNPACK, "run", which("du"), "-s", "tree"], 1.0,
        LONG, leaf=True),
    Row("git", "git status of them",
        ["-d", UPPER, "-s", TRACK, "run", "git", "-C", "tree", "status"], 1.0,
        LONG, needs="git"),
    Row("tar-disk", "tar xf, the host on disk",
        ["-d", "/var/tmp", "run", which("tar"), "xf", TREE], None, LONG,
        leaf=True),
    Row("redis", "redis-benchmark, SET + GET", [TOP + "/bench/redis.sh"], 1.0,
        LONG, how="script", needs="redis-benchmark"),
    Row("python", "python3 start-up", ["run", which("python3"), "-c", "pass"],
        1.0, PIN, leaf=True, needs="python3"),
    Row("node", "node start-up", ["run", which("node"), "-e", "0"], 1.0,
        leaf=True, needs="node"),
    Row("start", "start and end of a jail", ["/bin/true"], None, 0, how="cmd",
        leaf=True, limit=6e6, versus={"crun": .25}),
    Row("start-try", "the same, guise try", ["/bin/true"], None, 0, how="cmd",
        leaf=True),
    Row("memory", "memory of an idle jail", ["/bin/sleep", "100"], None, 0,
        how="memory", leaf=True, limit=2 << 20),
]

GUISE = os.path.join(BUILD, "guise")
RUNSC = ["runsc", "--network=none", "--ignore-cgroups", "--platform=ptrace",
         "do"]
# crun refuses hosts with both kinds of cgroups: show it only the first kind.
CRUN = ["unshare", "-m", "sh", "-c",
        "umount /sys/fs/cgroup/unified 2>/dev/null; exec \"$@\"", "sh"]


@dataclass
class Side:
    """Who does the work."""
    name: str
    prefix: list                # words before a command
    start: list = None          # the same in the row "start"
    outer: list = field(default_factory=list)   # before a timed command
    upper: str = "/dev/shm"
    fixed: bool = False         # its command stands in a file of its own
    only: tuple = None          # the rows it can do; None: all
    outside: bool = False       # runs one program, but not its children: if
    #                             a leaf, that program is timed from outside
    why: str = ""               # why it cannot do the others

    def refuses(self, row):
        """Why this side cannot do that row; None: it can."""
        if self.only is not None and row.name not in self.only:
            return self.why
        starts = row.how == "script" or row.words[0] in ("run", "spawn", "-d")
        if self.outside and starts and not row.leaf:
            return self.why
        return None

    def idle(self, row):
        """The command whose memory counts: out of the small root, so that no
        page of it is shared with what else runs here."""
        if self.start is not None:
            return self.start + row.words
        return self.prefix + [
            ROOT + "/lib64/ld-linux-x86-64.so.2", "--library-path",
            ROOT + "/lib/x86_64-linux-gnu", ROOT + row.words[0],
            *row.words[1:]]

    def argv(self, row, quick):
        """The command that prints nanoseconds for one row."""
        micro = [MICRO, "-q"] if quick else [MICRO]
        words = [self.upper if w is UPPER else w for w in row.words]
        if row.how == "script":
            return self.prefix + words
        if row.how == "cmd":
            prefix = self.prefix
            if row.name == "start" and self.start is not None:
                prefix = self.start
            if self.fixed:
                words = []
            return self.outer + micro + ["time"] + prefix + words
        if self.outside and row.leaf:
            n = words.index("run") + 1 if "run" in words else 1
            return micro + words[:n] + self.prefix + words[n:]
        return self.prefix + micro + words


def sides(peers):
    """All that is installed, by name, the host first."""
    found = [
        Side("host", []),
        Side("guise", [TOP + "/tests/guise-try", BUILD],
             start=[GUISE, "run", "--rootfs", ROOT, "--"],
             upper="/var/tmp"),
    ]
    if peers:
        found += [s for s in (
            # It gives the files that are its streams to another user: never
            # a device of the host.
            Side("runsc", RUNSC, start=["sh", "-c", "exec \"$@\" <&2 >&2",
                                        "sh", *RUNSC]),
            Side("proot", ["proot", "-r", "/"], start=["proot", "-r", ROOT]),
            Side("qemu", [which("qemu-x86_64")], outside=True,
                 why="what a program under qemu-user starts runs natively"),
            Side("crun", ["crun", "--cgroup-manager=disabled", "run", "-b",
                          BUNDLE, "bench"], outer=CRUN, fixed=True,
                 only=("start",), why="a container on the host's own kernel"),
        ) if shutil.which(s.prefix[0])]
    return {s.name: s for s in found}
