"""Options of guise run that docker users know.  Part of run-cli."""

import os
import resource

CASES = []


def case(f):
    CASES.append(f)
    return f


def eq(got, want):
    assert got == want, f"want {want!r}\ngot  {got!r}"


def refused(g, words, *options):
    """The options are refused in one line that names them."""
    status, out = g.run(*options, "--", "true")
    assert status == 125, f"{options}: status {status}\n{out}"
    eq(len(out.splitlines()), 1)
    for w in words:
        assert w in out, f"{w!r} not in {out!r}"


@case
def env_file(g):
    path = os.path.join(g.dir, "env")
    with open(path, "w", encoding="utf-8") as f:
        f.write("# comment\n\nA=1\nB=two words # kept\n  C='q'\nHOST_VAR\n"
                "UNSET_VAR\nD=\nA=2\n")
    g.own(path)
    status, out = g.sh("echo \"$A|$B|$C|$HOST_VAR|${UNSET_VAR-unset}|${D-u}|$E\"",
                       "-e", "E=e", "--env-file", path,
                       env=dict(os.environ, HOST_VAR="host"))
    eq((status, out), (0, "2|two words # kept|'q'|host|unset||e\n"))
    # What stands later wins, whichever way it came.
    eq(g.sh("echo $A", "--env-file", path, "-e", "A=3"), (0, "3\n"))
    eq(g.sh("echo $A", "-e", "A=3", "--env-file", path), (0, "2\n"))
    with open(path, "w", encoding="utf-8") as f:
        f.write("A=1\nB C=2\n")
    refused(g, [":2:", "white space"], "--env-file", path)
    refused(g, ["/no/file"], "--env-file", "/no/file")


@case
def entrypoint(g):
    eq(g.run("--entrypoint", "echo", "a", "b"), (0, "a b\n"))
    eq(g.run("--entrypoint", "echo", "--", "-n", "x"), (0, "x"))
    eq(g.run("--entrypoint", "pwd"), (0, "/\n"))
    eq(g.run("--entrypoint", "/no/such", "x")[0], 127)
    refused(g, ["--entrypoint"], "--entrypoint", "")


@case
def init_is_pid_1(g):
    eq(g.sh("echo $$"), (0, "1\n"))
    status, out = g.sh("echo $$; cat /proc/1/comm; sleep 0.1 & exit 7",
                       "--init")
    eq((status, out), (7, "2\ninit\n"))


@case
def tmpfs_option(g):
    eq(g.sh("stat -c '%a %F' /t; echo a >/t/f; cat /t/f; grep ' /t ' "
            "/proc/mounts | sed 's/size=[0-9]*k,//'", "--tmpfs", "/t"),
       (0, "1777 directory\na\ntmpfs /t tmpfs rw,nosuid,nodev,noexec,relatime,"
        "mode=1777 0 0\n"))
    status, out = g.sh("stat -c %a /a/b; dd if=/dev/zero of=/a/b/f bs=4k "
                       "count=300 2>/dev/null; stat -c %s /a/b/f",
                       "--tmpfs", "/a/b:size=1m,mode=750,exec")
    eq((status, out), (0, "750\n1048576\n"))
    status, out = g.sh("echo x >/t/x", "--tmpfs", "/t:ro")
    assert status != 0 and "Read-only" in out, out
    refused(g, ["absolute"], "--tmpfs", "t")
    for bad in ("size=", "size=x", "mode=9", "what=1", "size=1,,foo"):
        refused(g, ["--tmpfs /t"], "--tmpfs", "/t:" + bad)


@case
def mount_option(g):
    where = os.path.join(g.dir, "mounted")
    os.makedirs(where, exist_ok=True)
    with open(where + "/f", "w", encoding="utf-8") as f:
        f.write("in\n")
    g.own(where)
    for spec in (f"type=bind,source={where},target=/m",
                 f"type=bind,src={where},dst=/m",
                 f"target=/m,type=bind,source={where},readonly=false"):
        eq(g.sh("cat /m/f; echo o >/m/out", "--mount", spec), (0, "in\n"))
        with open(where + "/out", encoding="utf-8") as f:
            eq(f.read(), "o\n")
        os.unlink(where + "/out")
    for ro in ("readonly", "ro", "readonly=true"):
        status, out = g.sh("echo o >/m/out", "--mount",
                           f"type=bind,source={where},target=/m,{ro}")
        assert status != 0 and "Read-only" in out, out
    eq(g.sh("stat -c %a /t; dd if=/dev/zero of=/t/f bs=4k count=300 "
            "2>/dev/null; stat -c %s /t/f", "--mount",
            "type=tmpfs,target=/t,tmpfs-size=1m,tmpfs-mode=700"),
       (0, "700\n1048576\n"))
    refused(g, ["type"], "--mount", f"source={where},target=/m")
    refused(g, ["type", "volume"], "--mount", "type=volume,target=/m")
    refused(g, ["source"], "--mount", "type=bind,target=/m")
    refused(g, ["target"], "--mount", f"type=bind,source={where}")
    refused(g, ["what=1"], "--mount", "type=tmpfs,what=1")
    refused(g, ["tmpfs"], "--mount",
            f"type=bind,source={where},target=/m,tmpfs-size=1m")


@case
def ulimits(g):
    eq(g.sh("ulimit -n; ulimit -Hn; ulimit -c", "--ulimit", "nofile=77:99",
            "--ulimit", "core=0"), (0, "77\n99\n0\n"))
    eq(g.sh("ulimit -n; ulimit -Hn", "--ulimit", "nofile=80"),
       (0, "80\n80\n"))
    status, out = g.sh("grep -E 'Max (stack|cpu time|open files)' "
                       "/proc/self/limits | tr -s ' '", "--ulimit",
                       "stack=65536:-1", "--ulimit", "cpu=unlimited")
    eq(status, 0)
    assert "Max stack size 65536 unlimited" in out and \
        "Max cpu time unlimited unlimited" in out, out
    # It holds: descriptors 0 to 9 only.
    status, out = g.sh("exec 9</dev/null && echo nine; exec 5</dev/null; "
                       "cat /dev/null /dev/null && ( exec 12</dev/null )",
                       "--ulimit", "nofile=10")
    assert status != 0 and "nine" in out, out
    refused(g, ["nofile"], "--ulimit", "nofile=9:5")
    refused(g, ["what"], "--ulimit", "what=9")
    refused(g, ["nofile"], "--ulimit", "nofile")
    refused(g, ["nofile"], "--ulimit", "nofile=x")
    refused(g, ["nofile"], "--ulimit", "nofile=5:6:7")
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    refused(g, ["nofile", str(hard)], "--ulimit", f"nofile={hard + 1}")


@case
def user_names(g):
    """Names, numbers and supplementary groups are the root's own."""
    etc = os.path.join(g.root, "etc")
    saved = {}
    for name, text in (("passwd", "root:x:0:0::/root:/bin/sh\n"
                        "joe:x:1234:55::/home/joe:/bin/sh\n"),
                       ("group", "root:x:0:\njoes:x:55:\nwheel:x:66:joe\n"
                        "other:x:77:jo\nmany:x:88:a,joe,b\n")):
        path = os.path.join(etc, name)
        with open(path, encoding="utf-8") as f:
            saved[path] = f.read()
        with open(path, "w", encoding="utf-8") as f:
            f.write(text)
    try:
        ids = "id -u; id -g; id -G; echo $HOME"
        eq(g.sh(ids, "-u", "joe"), (0, "1234\n55\n55 66 88\n/home/joe\n"))
        eq(g.sh(ids, "--user", "joe:other"), (0, "1234\n77\n77\n/home/joe\n"))
        eq(g.sh(ids, "-u", "1234"), (0, "1234\n55\n55 66 88\n/home/joe\n"))
        eq(g.sh(ids, "-u", "99:66"), (0, "99\n66\n66\n/\n"))
        eq(g.sh("id -u; id -g", "-u", "0"), (0, "0\n0\n"))
        refused(g, ["jim"], "-u", "jim")
        refused(g, ["nogroup"], "-u", "joe:nogroup")
    finally:
        for path, text in saved.items():
            with open(path, "w", encoding="utf-8") as f:
                f.write(text)


@case
def workdir_is_made(g):
    eq(g.sh("pwd; stat -c '%a %u' .", "-w", "/made/for/me"),
       (0, "/made/for/me\n755 0\n"))
    refused(g, ["-w"], "-w", "relative")


@case
def interactive(g):
    eq(g.run("-i", "--", "cat", input=b"in\n"), (0, "in\n"))
    refused(g, ["-t", "terminal"], "-it")
    refused(g, ["-t", "terminal"], "-t")


@case
def device(g):
    """The host's own device, with its ioctls; permissions are kept."""
    py = ("import fcntl, os, struct, sys\n"
          "fd = os.open(sys.argv[1], os.O_RDONLY)\n"
          "n = struct.unpack('i', fcntl.ioctl(fd, 0x80045200, b'0000'))[0]\n"
          "print(n == int(open('/proc/sys/kernel/random/entropy_avail')"
          ".read()), len(os.read(fd, 99)))\n")
    status, out = g("try", "--device", "/dev/random:/dev/entropy:r", "--",
                    "python3", "-c", py, "/dev/entropy")
    eq((status, out), (0, "True 99\n"))
    status, out = g("try", "--device", "/dev/random:/dev/entropy:r", "--",
                    "sh", "-c", "stat -c '%F %t:%T' /dev/entropy; "
                    "echo >/dev/entropy")
    assert status != 0 and "character special file 1:8" in out and \
        "not permitted" in out, out
    eq(g.sh("echo x >/d/e/null; head -c 5 /d/e/null | wc -c", "--device",
            "/dev/null:/d/e/null"), (0, "0\n"))
    refused(g, ["/etc/passwd", "character device"], "--device", "/etc/passwd")
    refused(g, ["/dev/nosuch"], "--device", "/dev/nosuch")
    refused(g, ["permissions"], "--device", "/dev/null:/dev/x:q")
    refused(g, ["absolute"], "--device", "null")


@case
def devfs_ruleset(g):
    path = os.path.join(g.dir, "rules")

    def look(rules):
        with open(path, "w", encoding="utf-8") as f:
            f.write(rules)
        g.own(path)
        status, out = g("try", "--devfs-ruleset", path, "--", "sh", "-c",
                        "cd /dev; for f in null zero full random tty stdin; do"
                        " [ -L $f ] && echo $f || [ ! -e $f ] || "
                        "stat -c '%n %a %u:%g' $f; done")
        eq(status, 0)
        return out.split("\n")[:-1]

    eq(look("# all stay\n\n"), ["null 666 0:0", "zero 666 0:0", "full 666 0:0",
                                "random 666 0:0", "tty 666 0:5", "stdin"])
    eq(look("[jail=4]\nadd hide\nadd path 'null' unhide\n"
            "path z?ro unhide mode 0640 user 5 group 6 # comment\n"
            "path std* unhide"), ["null 666 0:0", "zero 640 5:6", "stdin"])
    eq(look("path random hide\npath *a*d* mode 600"),
       ["null 666 0:0", "zero 666 0:0", "full 666 0:0", "tty 666 0:5",
        "stdin"])
    for bad in ("path", "path x", "path x mode", "path x mode 9",
                "path x user y", "path x shine", "include y"):
        with open(path, "w", encoding="utf-8") as f:
            f.write("\n" + bad + "\n")
        refused(g, [":2:"], "--devfs-ruleset", path)
    refused(g, ["/no/file"], "--devfs-ruleset", "/no/file")
