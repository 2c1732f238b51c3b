"""Child processes: pipes, status, signals, sessions, descriptors, spawn."""
import os, signal, subprocess as sp, sys, time

print(sp.run(["echo", "hi"], capture_output=True, text=True))
print(
    sp.run("exit 5", shell=True).returncode,
    sp.run(["sh", "-c", "kill -9 $$"]).returncode,
)
print(sp.run(["cat"], input=b"x" * 200000, stdout=sp.PIPE).stdout.count(b"x"))
p1 = sp.Popen(["seq", "1", "1000"], stdout=sp.PIPE)
p2 = sp.Popen(["wc", "-l"], stdin=p1.stdout, stdout=sp.PIPE)
p1.stdout.close()
print(p2.communicate()[0].strip(), p1.wait())
try:
    sp.run(["sleep", "10"], timeout=0.1)
except sp.TimeoutExpired as e:
    print("timeout", e.cmd)
for cmd in (["/nonexistent"], ["/etc/passwd"], ["/"]):
    try:
        sp.run(cmd)
    except OSError as e:
        print(type(e).__name__, e.errno)
p = sp.Popen(["sleep", "10"])
p.terminate()
print(p.wait())
p = sp.Popen(["sleep", "10"])
print(p.poll())
p.kill()
print(p.wait())
print(
    sp.check_output(
        ["sh", "-c", "echo $A; pwd; ulimit -n"],
        env={"A": "1", "PATH": os.environ["PATH"]},
        cwd="/",
        text=True,
    ).split()[:2]
)
p = sp.Popen(
    ["sh", "-c", "echo $$; ps -o pid=,pgid=,sid= -p $$"],
    start_new_session=True,
    stdout=sp.PIPE,
    text=True,
)
a = p.communicate()[0].split()
print(len(set(a)), a[0] == str(p.pid))
r, w = os.pipe()
os.write(w, b"inherited")
os.close(w)
print(sp.check_output(["sh", "-c", f"cat <&{r}"], pass_fds=[r]))
os.close(r)
print(
    sp.run(
        ["sh", "-c", "ls /proc/self/fd | wc -l"],
        capture_output=True,
        text=True,
    ).stdout.strip()
)
print(
    sp.run(
        ["sh", "-c", "echo out; echo err >&2"],
        stdout=sp.PIPE,
        stderr=sp.STDOUT,
    ).stdout
)
pid = os.posix_spawn("/bin/sh", ["sh", "-c", "exit 9"], os.environ)
print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
pid = os.posix_spawnp(
    "cat",
    ["cat"],
    {},
    file_actions=[
        (os.POSIX_SPAWN_OPEN, 0, "/etc/hostname", os.O_RDONLY, 0),
        (os.POSIX_SPAWN_OPEN, 1, "out", os.O_WRONLY | os.O_CREAT, 0o600),
    ],
    setsigmask=[signal.SIGUSR1],
)
os.waitpid(pid, 0)
print(os.path.getsize("out") > 0)
ps = [sp.Popen(["sh", "-c", f"exit {i}"]) for i in range(20)]
print(sum(p.wait() for p in ps))
for i in range(100):
    sp.run(["true"], check=True)
print("100 runs")
with os.popen("echo popen") as p:
    print(p.read().strip())
print(os.spawnvp(os.P_WAIT, "sh", ["sh", "-c", "exit 4"]))
print(os.system("exit 3") >> 8)
pid = os.fork()
if not pid:
    os.execvp("sh", ["sh", "-c", "exit 6"])
print(
    os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT).si_status,
    os.wait4(pid, 0)[1] >> 8,
)
hold, go = os.pipe()
pid = os.fork()
if not pid:
    os.close(go)
    signal.raise_signal(signal.SIGSTOP)
    os.read(hold, 1)  # else its exit may overtake WCONTINUED
    os._exit(1)
print(os.WIFSTOPPED(os.waitpid(pid, os.WUNTRACED)[1]))
os.kill(pid, signal.SIGCONT)
continued = os.WIFCONTINUED(os.waitpid(pid, os.WCONTINUED)[1])
os.close(go)
os.close(hold)
print(continued, os.waitpid(pid, 0)[1])
try:
    os.wait()
except ChildProcessError as e:
    print(e.errno)
fd = os.pidfd_open(os.getpid()) if hasattr(os, "pidfd_open") else -1
print(fd >= 0)
p = sp.Popen(["sh", "-c", "sleep 0.2; exit 2"])
f = os.pidfd_open(p.pid)
import select

print(select.select([f], [], [], 5)[0] == [f], p.wait())
# A process whose parent is gone is adopted by another.
r, w = os.pipe()
if (pid := os.fork()) == 0:
    me = os.getpid()
    if os.fork() == 0:
        while os.getppid() == me:
            time.sleep(0.01)
        os.write(w, b"adopted")
    os._exit(0)
os.waitpid(pid, 0)
print(os.read(r, 20))
