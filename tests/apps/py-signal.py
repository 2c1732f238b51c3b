"""Signals: handlers, masks, timers, waiting, faults, restart, wake-up fd."""
import ctypes, errno, faulthandler, os, select, signal, sys, threading, time

got = []
h = lambda s, f: got.append(s)
for s in (
    signal.SIGUSR1,
    signal.SIGUSR2,
    signal.SIGALRM,
    signal.SIGCHLD,
    signal.SIGRTMIN,
):
    signal.signal(s, h)
os.kill(os.getpid(), signal.SIGUSR1)
signal.raise_signal(signal.SIGUSR2)
print(got)
got.clear()
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1])
os.kill(os.getpid(), signal.SIGUSR1)
print(got, signal.sigpending())
signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGUSR1])
print(got)
got.clear()
signal.setitimer(signal.ITIMER_REAL, 0.05, 0.05)
t = time.monotonic()
time.sleep(0.3)
print(len(got) >= 3, 0.29 < time.monotonic() - t < 2)
signal.setitimer(signal.ITIMER_REAL, 0)
got.clear()
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR2])
threading.Timer(0.05, os.kill, (os.getpid(), signal.SIGUSR2)).start()
i = signal.sigwaitinfo([signal.SIGUSR2])
print(i.si_signo == signal.SIGUSR2, i.si_pid == os.getpid(), i.si_code)
print(signal.sigtimedwait([signal.SIGUSR2], 0.05))
if (pid := os.fork()) == 0:
    os._exit(0)
os.waitpid(pid, 0)
time.sleep(0.01)
print(got)
got.clear()
r, w = os.pipe()
os.set_blocking(w, False)
signal.set_wakeup_fd(w)
os.kill(os.getpid(), signal.SIGUSR1)
print(os.read(r, 1) == bytes([signal.SIGUSR1]))
signal.set_wakeup_fd(-1)
got.clear()
# A blocked read is restarted after the handler; Python retries EINTR as well.
if (pid := os.fork()) == 0:
    time.sleep(0.1)
    os.kill(os.getppid(), signal.SIGUSR1)
    time.sleep(0.1)
    os.write(w, b"late")
    os._exit(0)
print(os.read(r, 10), signal.SIGUSR1 in got)
os.waitpid(pid, 0)
libc = ctypes.CDLL(None, use_errno=True)
signal.siginterrupt(signal.SIGALRM, True)
signal.setitimer(signal.ITIMER_REAL, 0.05)
print(libc.pause(), ctypes.get_errno() == errno.EINTR)


class E(Exception):
    pass


def raiser(*a):
    raise E


signal.signal(signal.SIGALRM, raiser)
signal.setitimer(signal.ITIMER_REAL, 0.05)
try:
    time.sleep(5)
    print("slept?")
except E:
    print("raised")
signal.setitimer(signal.ITIMER_REAL, 0.05)


def spin():
    while True:
        len(got)


try:
    spin()
except E:
    print("raised out of a loop")


def status(f):
    if (pid := os.fork()) == 0:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        f()
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


for s in (
    "TERM",
    "HUP",
    "INT",
    "KILL",
    "PIPE",
    "ALRM",
    "CHLD",
    "CONT",
    "WINCH",
    "QUIT",
    "XCPU",
):
    n = getattr(signal, "SIG" + s)
    print(
        s,
        status(
            lambda: (
                n not in (9,) and signal.signal(n, signal.SIG_DFL),
                os.kill(os.getpid(), n),
            )
        ),
        end=" ",
    )
print()
print(
    status(
        lambda: (
            signal.signal(signal.SIGTERM, signal.SIG_IGN),
            os.kill(os.getpid(), signal.SIGTERM),
            os._exit(7),
        )
    )
)
print(
    status(
        lambda: (
            faulthandler.enable(open(os.devnull, "w")),
            ctypes.string_at(0),
        )
    ),
    status(
        lambda: os.execlp("sh", "sh", "-c", "trap '' TERM; kill $$; exit 3")
    ),
)
os.setpgid(pid, pid) if (pid := os.fork()) else time.sleep(5)
os.killpg(pid, signal.SIGTERM)
print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
# Storm: many signals while working.
got.clear()
me = os.getpid()
if (pid := os.fork()) == 0:
    for _ in range(2000):
        os.kill(me, signal.SIGRTMIN)
    os._exit(0)
x = 0
while len([1 for s in got if s == signal.SIGRTMIN]) < 1 or os.waitpid(
    pid, os.WNOHANG
) == (0, 0):
    x += 1
print("storm", x >= 0)
print(
    sorted(s.name for s in signal.sigpending() if s != signal.SIGRTMIN),
    signal.strsignal(11),
    time.clock_gettime(time.CLOCK_PROCESS_CPUTIME_ID) > 0,
)
try:
    os.kill(999999, 0)
except OSError as e:
    print(e.errno)
