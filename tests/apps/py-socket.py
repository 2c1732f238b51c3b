"""Sockets: inet and unix, streams and datagrams, descriptors passed, poll."""
import array, os, select, selectors, socket, socketserver, struct, threading, http.server, urllib.request, xmlrpc.client

ls = socket.create_server(("127.0.0.1", 0), backlog=16)
port = ls.getsockname()[1]
print(
    ls.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN),
    ls.getsockopt(socket.SOL_SOCKET, socket.SO_TYPE) == socket.SOCK_STREAM,
)
if (pid := os.fork()) == 0:
    with socket.create_connection(("127.0.0.1", port)) as c:
        c.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        c.sendall(b"x" * 1000000)
        c.shutdown(socket.SHUT_WR)
        print(c.recv(100).decode(), flush=True)
    os._exit(0)
c, a = ls.accept()
n = 0
while d := c.recv(65536):
    n += len(d)
c.sendall(f"got {n}".encode())
c.close()
os.waitpid(pid, 0)
print(a[0])
x = socket.socket()
x.settimeout(0.1)
try:
    x.connect(("127.0.0.1", 1))
except OSError as e:
    print(type(e).__name__)
nb = socket.socket()
nb.setblocking(False)
print(nb.connect_ex(("127.0.0.1", port)) in (0, 115))
p = select.poll()
p.register(nb, select.POLLOUT)
print(p.poll(2000)[0][1])
c, _ = ls.accept()
c.settimeout(0.05)
try:
    c.recv(1)
except TimeoutError:
    print("timed out")
nb.close()
print(c.recv(10))
c.close()
d1, d2 = socket.socket(socket.AF_INET, socket.SOCK_DGRAM), socket.socket(
    socket.AF_INET, socket.SOCK_DGRAM
)
d1.bind(("127.0.0.1", 0))
d2.sendto(b"dgram", d1.getsockname())
print(d1.recvfrom(3)[0], select.select([d1], [], [], 0)[0])
for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_SEQPACKET):
    s1, s2 = socket.socketpair(socket.AF_UNIX, kind)
    s1.send(b"one")
    s1.send(b"two")
    print(s2.recv(100), end=" ")
    s1.close()
    s2.settimeout(0.1)
    try:
        print(s2.recv(100))
    except TimeoutError:
        print("no more")
    s2.close()
us = socket.socket(socket.AF_UNIX)
us.bind("s")
us.listen()
uc = socket.socket(socket.AF_UNIX)
uc.connect("s")
ua, _ = us.accept()
print(uc.getpeername(), us.getsockname(), oct(os.stat("s").st_mode & 0o170000))
pid, uid, gid = struct.unpack(
    "3i", ua.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12)
)
print(pid == os.getpid(), uid == os.getuid())
open("file", "w").write("passed")
fd = os.open("file", os.O_RDONLY)
socket.send_fds(uc, [b"fd"], [fd])
m, fds, fl, _ = socket.recv_fds(ua, 10, 4)
print(m, os.read(fds[0], 10), len(fds))
ab = socket.socket(socket.AF_UNIX)
name = f"\0abstract-{os.getpid()}-{os.getuid()}"
ab.bind(name)
ab.listen()
t = socket.socket(socket.AF_UNIX)
t.connect(name)
print(ab.getsockname() == name.encode())
try:
    socket.socket(socket.AF_UNIX).connect("nothere")
except OSError as e:
    print(e.errno)
os.unlink("s")
try:
    socket.socket(socket.AF_UNIX).connect("s")
except OSError as e:
    print(e.errno)
s1, s2 = socket.socketpair()
s2.close()
try:
    s1.send(b"x")
except BrokenPipeError as e:
    print(e.errno)
ep = select.epoll()
r, w = os.pipe()
ep.register(r, select.EPOLLIN | select.EPOLLET)
print(ep.poll(0))
os.write(w, b"ab")
print(len(ep.poll(1)), len(ep.poll(0)))
os.write(w, b"c")
print(len(ep.poll(1)))
os.close(w)
print(ep.poll(1)[0][1] & select.EPOLLHUP)
ep.close()
print(select.select([r], [], [], 1)[0] == [r], os.read(r, 10), os.read(r, 10))


class H(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(self.path.encode())

    def log_message(self, *a):
        pass


srv = http.server.ThreadingHTTPServer(("127.0.0.1", 0), H)
threading.Thread(target=srv.serve_forever, daemon=True).start()
print(
    [
        urllib.request.urlopen(
            f"http://127.0.0.1:{srv.server_port}/{i}"
        ).read()
        for i in range(5)
    ]
)
srv.shutdown()
srv.server_close()
s6 = socket.has_ipv6
print(
    socket.gethostbyname("localhost"),
    socket.getservbyname("http") if os.path.exists("/etc/services") else 80,
    len(socket.if_nameindex()) > 0,
)
print(
    socket.getaddrinfo("127.0.0.1", 80, type=socket.SOCK_STREAM)[0][4],
    socket.inet_aton("1.2.3.4"),
)
