# Pseudo-terminals from Python: pty.spawn's parts, job control by characters,
# many pairs at once in several processes.
import fcntl
import os
import pty
import random
import select
import struct
import sys
import termios
import tty


def drain(fd, wait=2.0, until=None):
    out = b""
    while until is None or until not in out:
        r, _, _ = select.select([fd], [], [], wait)
        if not r:
            break
        try:
            d = os.read(fd, 4096)
        except OSError:
            break
        if not d:
            break
        out += d
    return out


def shell(script, keys=()):
    pid, fd = pty.fork()
    if pid == 0:
        os.execvp("sh", ["sh", "-c", script])
    out = b""
    for wait, key in keys:
        out += drain(fd, until=wait)
        os.write(fd, key)
    out += drain(fd)
    os.close(fd)
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    print(repr(out.decode().replace("\r\n", "\n")), code)


shell("test -t 0 && test -t 1 && echo terminal; exit 3")
shell("echo go; read x; echo got $x", [(b"go", b"typed\n")])
shell("trap 'echo int; exit 9' INT; echo ready; while :; do sleep 0.05; done",
      [(b"ready", b"\x03")])
shell("stty -echo; echo off; read x; stty echo; echo got $x",
      [(b"off", b"secret\n")])
shell("stty raw -echo; echo raw; dd bs=1 count=3 2>/dev/null | od -An -c",
      [(b"raw", b"a\r\x03")])
shell("echo go; cat; echo end", [(b"go", b"line\n\x04")])

m, s = pty.openpty()
fcntl.ioctl(m, termios.TIOCSWINSZ, struct.pack("HHHH", 33, 99, 0, 0))
print(os.get_terminal_size(s))
print(os.ttyname(s).startswith("/dev/pts/"), os.isatty(m), os.isatty(s))
mode = termios.tcgetattr(s)
tty.setraw(s)
os.write(m, b"x\r\n\x04")
print(os.read(s, 10))
termios.tcsetattr(s, termios.TCSAFLUSH, mode)
os.close(s)
try:
    os.read(m, 1)
except OSError as e:
    print(e.strerror)
os.close(m)


def worker(seed, rounds):
    rnd = random.Random(seed)
    for _ in range(rounds):
        m, s = pty.openpty()
        pid = os.fork()
        if pid == 0:
            try:
                os.setsid()
                os.close(m)
                t = os.open(os.ttyname(s), os.O_RDWR)
                os.write(t, b"x" * rnd.randint(1, 3000))
                if rnd.random() < .3:
                    os.read(t, 10)
            except OSError:
                pass
            finally:
                os._exit(0)
        os.close(s)
        if rnd.random() < .5:
            os.write(m, b"hello\n")
        if rnd.random() < .3:
            os.write(m, b"\x03")
        if rnd.random() < .8:
            drain(m, 0.1)
        os.close(m)
        os.waitpid(pid, 0)


sys.stdout.flush()
kids = []
for k in range(4):
    kid = os.fork()
    if kid == 0:
        worker(k, 25)
        os._exit(0)
    kids.append(kid)
print([os.waitpid(k, 0)[1] for k in kids])
