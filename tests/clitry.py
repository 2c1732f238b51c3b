"""What guise try does with the changes: lists, patches, commits, layers.

Part of run-cli: each case gets its Guise.  The oracle is the host: the same
script run natively in a copy of the same tree.
"""

import contextlib
import os
import random
import shutil
import signal
import stat
import subprocess
import tempfile
import time

import suite

CASES = []

# Every kind of change.
SCRIPT = """
set -e
echo more >>text
echo plain >new
rm gone
mkdir -p deep/er; echo d >deep/er/file; chmod 500 deep/er
mv moved elsewhere
rm -r tree; mkdir tree; echo t2 >tree/other
chmod 640 mode
touch -d 2001-02-03T04:05:06 times
ln new hard; ln text texthard
ln -s target link; ln -sfn nowhere oldlink
mkfifo fifo
rm file2dir; mkdir file2dir; echo in >file2dir/in
rm -r dir2file; echo now >dir2file
truncate -s 1M sparse; echo end >>sparse
echo 'odd name' >"$(printf 'sp ace\\n"q"')"
cp text copy; cat copy >copy2; rm copy
"""


def case(f):
    CASES.append(f)
    return f


def eq(got, want):
    assert got == want, f"want {want!r}\ngot  {got!r}"


def write(path, text, mode=0o644):
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)
    os.chmod(path, mode)


def read(path):
    with open(path, encoding="utf-8") as f:
        return f.read()


def make_tree(top):
    os.makedirs(top + "/moved/sub")
    os.makedirs(top + "/tree/sub")
    os.makedirs(top + "/dir2file/sub")
    write(top + "/text", "".join(f"line {i}\n" for i in range(40)))
    write(top + "/gone", "gone\n")
    write(top + "/moved/a", "a\n")
    write(top + "/moved/sub/b", "b\n")
    write(top + "/tree/old", "old\n")
    write(top + "/tree/sub/older", "older\n")
    write(top + "/mode", "mode\n")
    write(top + "/times", "times\n")
    os.symlink("text", top + "/oldlink")
    write(top + "/file2dir", "was\n")
    write(top + "/dir2file/sub/x", "x\n")
    # A commit tells what changed on the host meanwhile by the time.
    time.sleep(0.02)


def picture(top, times=True):
    """Everything about a tree that a commit must get right."""
    seen, out = {}, {}
    for where, dirs, files in os.walk(top):
        for name in [*dirs, *files, "."]:
            path = os.path.normpath(os.path.join(where, name))
            rel = os.path.relpath(path, top)
            st = os.lstat(path)
            kind = stat.S_IFMT(st.st_mode)
            entry = [oct(st.st_mode), st.st_uid, st.st_gid]
            if kind == stat.S_IFREG:
                with open(path, "rb") as f:
                    entry += [f.read()]
                if times and name == "times":
                    entry += [st.st_mtime_ns]
                if st.st_nlink > 1:
                    seen.setdefault(st.st_ino, []).append(rel)
            elif kind == stat.S_IFLNK:
                entry += [os.readlink(path)]
            if kind != stat.S_IFLNK:
                entry += [{a: os.getxattr(path, a)
                           for a in os.listxattr(path)}]
            out[rel] = entry
    out["links"] = sorted(sorted(v) for v in seen.values())
    return out


def same(got, want):
    """Two pictures; only what differs is shown."""
    diff = {k: (got.get(k), want.get(k)) for k in {*got, *want}
            if got.get(k) != want.get(k)}
    eq(diff, {})


class Place:
    """A tree of its own, a state directory, and how to run try there."""

    def __init__(self, g, where):
        self.g = g
        self.top = where + "/work"
        self.state = where + "/state"
        self.upper = where + "/upper"
        os.mkdir(self.top)
        os.mkdir(self.state)
        make_tree(self.top)
        g.own(where)
        self.env = dict(os.environ, XDG_STATE_HOME=self.state)

    def __call__(self, *args, **kw):
        kw.setdefault("env", self.env)
        kw.setdefault("cwd", self.top)
        return self.g("try", *args, **kw)

    def sh(self, options, script, **kw):
        return self(*options, "--", "sh", "-c", script, **kw)

    def native(self):
        """The tree as the script makes it on the host; its picture."""
        copy = tempfile.mkdtemp(dir=os.path.dirname(self.top))
        subprocess.check_call(["cp", "-a", self.top + "/.", copy])
        self.g.own(copy)
        argv = ["sh", "-c", SCRIPT]
        subprocess.check_call(suite.as_nobody(argv) if self.g.nobody else
                              argv, cwd=copy)
        shot = picture(copy)
        subprocess.check_call(["chmod", "-R", "u+rwX", copy])
        shutil.rmtree(copy)
        return shot

    def journals(self):
        d = self.state + "/guise"
        return sorted(os.listdir(d)) if os.path.exists(d) else []

    def leftovers(self):
        return [f for _, _, files in os.walk(self.top) for f in files
                if f.startswith(".guise-")]


@contextlib.contextmanager
def place(g):
    base = "/var/tmp"
    d = tempfile.mkdtemp(prefix="guise-clitry.", dir=base)
    os.chmod(d, 0o755)
    try:
        yield Place(g, d)
    finally:
        subprocess.call(["chmod", "-R", "u+rwX", d])
        shutil.rmtree(d, ignore_errors=True)


def tail(out, top):
    """The list's lines that are below top, without it."""
    return [line.replace(top + "/", "") for line in out.splitlines()
            if top in line]


# -- looking ----------------------------------------------------------------

@case
def changes_listed(g):
    with place(g) as p:
        before = picture(p.top)
        status, out = p.sh(["--changes=short"], SCRIPT)
        eq(status, 0)
        got = tail(out, p.top)
        want = """C copy2
A deep
A deep/er
A deep/er/file
C dir2file
A elsewhere
A elsewhere/a
A elsewhere/sub
A elsewhere/sub/b
A fifo
C file2dir
A file2dir/in
D gone
A hard
A link
C mode
D moved
A new
C oldlink
A "sp ace\\n\\"q\\""
A sparse
C text
A texthard
C times
A tree/other
D tree/old
D tree/sub""".replace("C copy2", "A copy2").splitlines()
        eq(sorted(x.replace('"' + p.top, '"') for x in got),
           sorted(x.replace('"sp', '"' + "sp") for x in want))
        eq(picture(p.top), before)
        eq(p.sh(["--changes"], ":"), (0, "No changes.\n"))
        eq(p.sh(["--changes"], "cat text >x; rm x; chmod 600 mode; "
                "chmod 644 mode"), (0, "No changes.\n"))
        status, out = p.sh(["--changes"], "chmod 600 mode; echo y >>gone")
        assert f"changed:  {p.top}/gone (content)\n" in out, out
        assert f"{p.top}/mode (mode 0644 -> 0600)\n" in out, out
        # The program's own status and output come through.
        status, out = p.sh(["--changes=null"], "echo out; >n; exit 3")
        eq((status, out), (3, f"out\nA {p.top}/n\0"))
        status, out = p.sh(["--changes=bad"], ":")
        eq(status, 125)


@case
def changes_to_a_file(g):
    with place(g) as p:
        f = p.state + "/list"
        eq(p.sh(["--changes=short", "--output", f], "echo out; rm gone"),
           (0, "out\n"))
        eq(read(f), f"D {p.top}/gone\n")


@case
def everything_deleted(g):
    """The exporter needs nothing of what the guest may have removed."""
    with place(g) as p:
        status, out = p("--changes=short", "-u", "root", "--", "/bin/sh", "-c",
                        f"rm -rf /usr /lib* {p.top}/*; exit 0", limit=120)
        eq(status, 0)
        assert "D /usr\n" in out, out[-2000:]
        assert f"D {p.top}/tree\n" in out, out[-2000:]


@case
def diff_is_a_patch(g):
    """git apply makes of the old tree what the guest made."""
    with place(g) as p:
        copy = os.path.dirname(p.top) + "/copy"
        script = ("sed -i 's/line 3$/LINE 3/; 20d; 30i added' text;"
                  "printf 'no newline' >nonl; rm gone; chmod 755 mode;"
                  "ln -s new link; rm -r tree; >empty;"
                  "mkdir dir; seq 1000 >dir/seq; mv moved/a moved/sub/c;"
                  "ln -sfn other oldlink; rm file2dir; ln -s x file2dir")
        patch = p.state + "/patch"
        subprocess.check_call(["cp", "-a", p.top, copy])
        g.own(copy)
        eq(p.sh(["--diff", "--output", patch], script), (0, ""))
        # Paths begin at the root: strip what leads to the tree.
        depth = p.top.count("/") + 1
        subprocess.check_call(["git", "apply", f"-p{depth}", patch], cwd=copy)
        subprocess.check_call(["sh", "-c", script], cwd=p.top)
        diff = subprocess.run(["diff", "-r", "--no-dereference", p.top, copy],
                              stdout=subprocess.PIPE, check=False,
                              encoding="utf-8")
        eq(diff.stdout, "")
        for name in ("mode", "text"):
            eq(oct(os.stat(f"{p.top}/{name}").st_mode),
               oct(os.stat(f"{copy}/{name}").st_mode))
        assert not os.path.lexists(copy + "/tree/old")


@case
def diff_like_diff(g):
    """Random edits: patch(1) makes the new text of the old one."""
    with place(g) as p:
        r = random.Random(4)
        for i in range(12):
            old = [f"{r.randrange(9)}\n" for _ in range(r.randrange(80))]
            new = [x for x in old if r.random() > 0.2]
            for _ in range(r.randrange(9)):
                new.insert(r.randrange(len(new) + 1), f"{r.randrange(9)}\n")
            write(f"{p.top}/r{i}", "".join(old))
            write(f"{p.top}/n{i}", "".join(new).rstrip("\n" if i % 3 else ""))
        g.own(p.top)
        patch = p.state + "/patch"
        eq(p.sh(["--diff", "--output", patch],
                "for i in 0 1 2 3 4 5 6 7 8 9 10 11; do cat n$i >r$i; done"),
           (0, ""))
        subprocess.check_call(["git", "apply", f"-p{p.top.count('/') + 1}",
                               "--allow-empty", patch], cwd=p.top)
        for i in range(12):
            eq(read(f"{p.top}/r{i}"), read(f"{p.top}/n{i}"))


@case
def diff_of_binaries(g):
    with place(g) as p:
        status, out = p.sh(["--diff"], "printf 'a\\0b' >bin; chmod 7 mode")
        eq(status, 0)
        assert f"Binary files /dev/null and b{p.top}/bin differ\n" in out, out
        assert f"# changed file {p.top}/mode (mode 0644 -> 0007)\n" in out, out


# -- committing -------------------------------------------------------------

@case
def commit_is_as_native(g):
    with place(g) as p:
        want = p.native()
        status, out = p.sh(["--commit=yes"], SCRIPT)
        assert status == 0, out
        same(picture(p.top), want)
        eq((p.journals(), p.leftovers()), ([], []))
        # The holes are still there.
        assert os.stat(p.top + "/sparse").st_blocks < 1024
        eq(p.sh(["-y"], ":"), (0, ""))


@case
def commit_after_a_failure(g):
    """With -y a program that failed changes nothing, and nothing is lost."""
    with place(g) as p:
        before = picture(p.top)
        status, out = p.sh(["-y"], "echo kept >new; exit 7")
        eq(status, 125)
        assert "status 7" in out and "kept" in out, out
        eq(picture(p.top), before)
        kept, = p.journals()
        eq(p("--resume")[0], 0)         # what is kept is not unfinished
        assert not os.path.exists(p.top + "/new")
        status, out = p("--resume", f"{p.state}/guise/{kept}")
        assert status == 0, out
        eq(read(p.top + "/new"), "kept\n")
        eq(p.journals(), [])


def wait_for(path):
    for _ in range(2000):
        if os.path.exists(path):
            return
        time.sleep(0.01)
    raise AssertionError(f"no {path}")


def meanwhile(p, script, change, *options):
    """Run script in a try; change() happens on the host before its end."""
    with tempfile.TemporaryDirectory(dir=os.path.dirname(p.top)) as d:
        os.chmod(d, 0o777)
        proc = p.g.start("try", "-v", f"{d}:/mnt", *options, "--", "sh", "-c",
                         script + "; >/mnt/ready; "
                         "until test -e /mnt/go; do sleep 0.01; done",
                         env=dict(p.env, PWD=p.top))
        wait_for(d + "/ready")
        change()
        write(d + "/go", "")
        out, _ = proc.communicate(timeout=60)
        return proc.returncode, out.decode()


@case
def commit_conflicts(g):
    cases = (
        ("echo guest >>text", "text", lambda t: write(t + "/text", "host\n")),
        ("rm gone", "gone", lambda t: write(t + "/gone", "host\n")),
        ("rm -r tree", "tree", lambda t: write(t + "/tree/sub/n", "host\n")),
        ("echo guest >new", "new", lambda t: write(t + "/new", "host\n")),
        ("chmod 600 mode", "mode", lambda t: os.chmod(t + "/mode", 0o604)),
        ("rm -r dir2file; >dir2file", "dir2file",
         lambda t: write(t + "/dir2file/sub/x", "host\n")),
        ("echo guest >moved/new", "moved", lambda t: (
            os.rename(t + "/moved", t + "/tree/moved"),
            os.symlink("tree/moved", t + "/moved"))),
    )
    for script, name, change in cases:
        with place(g) as p:
            def host(change=change, p=p):
                change(p.top)
                if g.nobody:
                    subprocess.check_call(["chown", "-Rh", f"{suite.NOBODY}:"
                                           f"{suite.NOBODY}", p.top])
            status, out = meanwhile(p, f"cd {p.top}; {script}", host, "-y")
            eq((script, status), (script, 125))
            assert f"conflict: {p.top}/{name}" in out, out
            assert p.leftovers() == [] and len(p.journals()) == 1, out
            if "moved" in name:         # never through a link
                assert not os.path.exists(p.top + "/tree/moved/new")
                continue
            kept = f"{p.state}/guise/{p.journals()[0]}"
            status, out = p("--resume", kept)
            eq(status, 125)
            status, out = p("--resume", "--force", kept)
            assert status == 0, out
            if name == "text":
                assert read(p.top + "/text").endswith("guest\n")
            elif name == "gone":
                assert not os.path.exists(p.top + "/gone")


@case
def commit_killed_anywhere(g):
    """kill -9 before each step: a second run always finishes it."""
    crashat = g.dir + "/crashat"
    subprocess.check_call(["gcc", "-O1", "-o", crashat,
                           suite.HERE + "/crashat.c"])

    def crash(p, n, *args):
        argv = [crashat, str(n), g.bin, "try", *args]
        return suite.run(suite.as_nobody(argv) if g.nobody else argv,
                         env=p.env, cwd=p.top)

    with place(g) as p:
        want = p.native()
    n, step, ended = 1, 1, False
    while not ended:
        with place(g) as p:
            status, out = crash(p, n, "-y", "--", "sh", "-c", SCRIPT)
            if status != 128 + signal.SIGKILL:
                assert status == 0, f"step {n}: {out}"
                ended = True
            elif not p.journals():
                # Before the journal was whole: nothing happened.
                assert os.path.exists(p.top + "/gone"), n
            else:
                # Killed again at once, then left in peace.
                crash(p, 3, "--resume")
                if p.journals():
                    status, out = p("--resume")
                    assert status == 0, f"step {n}: {out}"
            if status == 0:
                same(picture(p.top), want)
                eq((n, p.journals(), p.leftovers()), (n, [], []))
        n += step
        step = 1 + n // 6
    assert n > 40, f"only {n} steps"


@case
def commit_waits_for_resume(g):
    with place(g) as p:
        os.mkdir(p.state + "/guise", 0o700)
        write(p.state + "/guise/try-1.journal", "x", 0o600)
        g.own(p.state)
        subprocess.check_call(["chmod", "-R", "go-rwx", p.state + "/guise"])
        status, out = p.sh(["-y"], "rm gone")
        eq(status, 125)
        assert "--resume" in out and os.path.exists(p.top + "/gone"), out
        status, out = p("--resume")
        eq(status, 125)
        assert "not a file of changes" in out, out


@case
def damaged_changes(g):
    """Whatever stands in the file: no crash, nothing outside is touched."""
    with place(g) as p:
        p.sh(["-y"], SCRIPT + "; exit 9")
        path = f"{p.state}/guise/{p.journals()[0]}"
        with open(path, "rb") as f:
            good = f.read()
        head = 8 + 24 + 16 + 2 * 4096
        before = picture(p.top)
        r = random.Random(7)
        for i in range(150):
            data = bytearray(good)
            if i % 5 == 0:
                data = data[:r.randrange(len(data))]
            else:
                for _ in range(1 + i % 4):
                    at = head + r.randrange(min(len(data) - head, 6000))
                    data[at] = r.choice((0, 1, 0x2e, 0x2f, 0x7f, 0xff,
                                         r.randrange(256)))
            with open(path, "wb") as f:
                f.write(data)
            # A directory where it would apply would be spoilt, so the list
            # and a refusal by conflict are as far as it goes.
            data = bytearray(data)
            status, out = p("--resume", "--changes", "--diff", "--output",
                            "/dev/null", path)
            assert status in (0, 125), f"{i}: {status}\n{out}"
        del before
        outside = os.path.dirname(p.top) + "/outside"
        for bad in (b"../outside", b"a/../../outside", b"/etc/x", b"a//b",
                    b".", b"..", b"a/.", b"a\0b"):
            with open(path, "wb") as f:
                f.write(good[:head] + record(bad, b"evil") + end())
            status, out = p("--resume", path)
            eq((bad, status), (bad, 125))
        assert not os.path.exists(outside)


def record(path, data):
    import struct
    return (struct.pack("<8IQq4q", 0x52587047, 0, 0o100644, 0, 0, len(path),
                        0, 0, 0, len(data), 0, 0, 0, 0) + path +
            struct.pack("<qQ", 0, len(data)) + data +
            struct.pack("<qQ", 0, 0))


def end():
    import struct
    return struct.pack("<8IQq4q", 0x52587047, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
                       0, 0)


@case
def commit_not_permitted(g):
    if not g.nobody:
        return
    with place(g) as p:
        status, out = p("-y", "-u", "root", "--", "sh", "-c",
                        "echo x >/etc/guise-test; echo y >mine; chown 5 mode")
        eq(status, 125)
        assert "not permitted: /etc/guise-test" in out, out
        assert f"not permitted: {p.top}/mode" in out, out
        assert not os.path.exists(p.top + "/mine")
        # Root's new files in a jail of an ordinary user become that user's.
        status, out = p("-y", "-u", "root", "--", "sh", "-c", "echo y >mine")
        assert status == 0, out
        eq(os.stat(p.top + "/mine").st_uid, suite.NOBODY)


# -- a layer that is kept ---------------------------------------------------

@case
def upper_comes_back(g):
    with place(g) as p:
        before = picture(p.top)
        up = ["--upper", p.upper]
        want = p.native()
        os.mkdir(p.upper)
        g.own(p.upper)
        eq(p.sh(up, SCRIPT)[0], 0)
        eq(picture(p.top), before)
        # overlayfs's format: whiteouts are devices 0:0.
        st = os.lstat(p.upper + p.top + "/gone")
        assert stat.S_ISCHR(st.st_mode) and st.st_rdev == 0, oct(st.st_mode)
        eq(read(p.upper + p.top + "/new"), "plain\n")
        status, out = p.sh(up, "cat new text | tail -n 1; ls; echo 2 >>new;"
                           "test ! -e gone; cat elsewhere/sub/b")
        eq(status, 0)
        assert out.startswith("more\n") and out.endswith("b\n"), out
        assert "gone\n" not in out, out
        status, out = p(*up, "--changes=short")
        eq(status, 0)
        lines = tail(out, p.top)
        assert "D gone" in lines and "A new" in lines and \
            "A elsewhere/sub/b" in lines, out
        # Nothing in it is a change but what the scripts did.
        eq([x for x in out.splitlines() if p.top not in x], [])
        status, out = p(*up, "-y")
        assert status == 0, out
        want["new"][3] += b"2\n"
        want["hard"][3] += b"2\n"
        same(picture(p.top), want)
        eq(os.listdir(p.upper), [])
        eq(p(*up, "--changes"), (0, "No changes.\n"))
        status, out = p("--upper", p.upper)
        eq(status, 125)


@case
def upper_is_hidden(g):
    """A guest that removes everything does not follow its own layer."""
    with place(g) as p:
        os.mkdir(p.upper)
        g.own(p.upper)
        d = os.path.dirname(p.top)
        status, out = p("--upper", p.upper, "-u", "root", "--", "sh", "-c",
                        f"rm -rf {d}/* 2>/dev/null; ls {d}", cwd="/")
        assert status == 0 and "work" not in out, out
        assert os.path.exists(p.top + "/text")


@case
def upper_conflict_is_old(g):
    """A layer that is kept knows when it began, not when it was continued."""
    with place(g) as p:
        up = ["--upper", p.upper]
        os.mkdir(p.upper)
        g.own(p.upper)
        eq(p.sh(up, "echo g >>text")[0], 0)
        time.sleep(0.02)
        write(p.top + "/text", "host\n")
        write(p.top + "/other", "host\n")
        g.own(p.top)
        status, out = p.sh([*up, "-y"], "cat other")
        eq(status, 125)
        assert f"conflict: {p.top}/text" in out, out
        assert "/other" not in out, out
