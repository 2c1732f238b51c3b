"""mmap and files: shared and private mappings, faults, sparse files, locks."""
import ctypes, fcntl, mmap, os, resource, shutil, signal, struct, sys, tempfile

P = mmap.PAGESIZE
with open("f", "wb+") as f:
    f.truncate(4 * P)
    m = mmap.mmap(f.fileno(), 0)
    m[0:5] = b"hello"
    m.flush()
    f.seek(0)
    print(f.read(5))
    os.pwrite(f.fileno(), b"world", P)
    print(m[P : P + 5])
    c = mmap.mmap(f.fileno(), 0, access=mmap.ACCESS_COPY)
    c[0:5] = b"HELLO"
    f.seek(0)
    print(f.read(5), c[:5])
    if (pid := os.fork()) == 0:
        m[0:5] = b"child"
        c[0:5] = b"child"
        os._exit(0)
    os.waitpid(pid, 0)
    print(m[:5], c[:5])
    m.resize(8 * P)
    print(len(m), os.fstat(f.fileno()).st_size)
    m.resize(2 * P)
    print(m.find(b"world"), m.madvise(mmap.MADV_DONTNEED), m[:5])
    r = mmap.mmap(f.fileno(), P, prot=mmap.PROT_READ)
    try:
        r[0] = 1
    except TypeError as e:
        print(e)
    g = mmap.mmap(f.fileno(), P, offset=P)
    print(g[:5])
a = mmap.mmap(-1, 64 * P)
a[10 * P] = 7
if (pid := os.fork()) == 0:
    a[20 * P] = 9
    os._exit(a[10 * P])
print(os.waitpid(pid, 0)[1] >> 8, a[20 * P])
b = mmap.mmap(-1, P, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
b[0] = 1
if (pid := os.fork()) == 0:
    b[0] = 2
    os._exit(0)
os.waitpid(pid, 0)
print(b[0])


def dies(what):
    if (pid := os.fork()) == 0:
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        what()
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def past_end():
    with open("short", "wb+") as f:
        f.truncate(2 * P)
        m = mmap.mmap(f.fileno(), 2 * P)
        f.truncate(0)
        m[P]


print(
    dies(lambda: ctypes.string_at(0)),
    dies(lambda: ctypes.memset(ctypes.CDLL(None).puts, 0, 1)),
    dies(past_end),
    dies(os.abort),
)
print(
    dies(
        lambda: signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
        and resource.setrlimit(resource.RLIMIT_FSIZE, (P, P))
        or open("big", "wb").write(b"x" * P * 4)
    )
)
try:
    os.read(0, 5) or os.write(99, b"")
except OSError as e:
    print(e.errno)
try:
    resource.setrlimit(resource.RLIMIT_AS, (1 << 30, resource.RLIM_INFINITY))
    mmap.mmap(-1, 1 << 31)
except OSError as e:
    print(e.errno)
big = bytearray(50 << 20)
big[::4096] = b"\1" * len(big[::4096])
print(sum(big))
del big
with open("s", "wb+") as f:
    f.seek(10 << 20)
    f.write(b"end")
    f.flush()
    print(
        os.lseek(f.fileno(), 0, os.SEEK_DATA) > 0,
        os.fstat(f.fileno()).st_blocks < 100,
    )
    os.posix_fallocate(f.fileno(), 0, P)
    print(
        os.preadv(f.fileno(), [bytearray(2), x := bytearray(3)], 10 << 20),
        os.copy_file_range(
            f.fileno(), os.open("t", os.O_RDWR | os.O_CREAT), 100, 0
        ),
    )
    fcntl.lockf(f, fcntl.LOCK_EX, 10)
    r, w = os.pipe()
    if os.fork() == 0:
        try:
            fcntl.lockf(f, fcntl.LOCK_EX | fcntl.LOCK_NB, 5, 5)
            os.write(w, b"got")
        except OSError as e:
            os.write(w, f"busy {e.errno}".encode())
        os._exit(0)
    print(os.read(r, 20))
    os.wait()
fd = os.memfd_create("m")
os.write(fd, b"mem")
print(
    os.path.getsize(f"/proc/self/fd/{fd}"), os.readlink(f"/proc/self/fd/{fd}")
)
fd = os.open(".", os.O_TMPFILE | os.O_RDWR)
os.write(fd, b"tmp")
os.link(f"/proc/self/fd/{fd}", "linked", src_dir_fd=0, follow_symlinks=True)
print(open("linked").read())
os.makedirs("d/e")
shutil.copytree("d", "d2")
shutil.rmtree("d")
print(
    os.path.exists("d"), sorted(e.name for e in os.scandir(".") if e.is_dir())
)
dfd = os.open("d2", os.O_DIRECTORY)
os.mkdir("x", dir_fd=dfd)
os.rename("x", "y", src_dir_fd=dfd, dst_dir_fd=dfd)
print(sorted(os.listdir(dfd)))
os.close(dfd)
print(
    os.sendfile(
        os.open("u", os.O_WRONLY | os.O_CREAT),
        os.open("linked", os.O_RDONLY),
        0,
        100,
    ),
    os.path.getsize("u"),
    os.statvfs(".").f_namemax,
)
