"""ssl: a key made by openssl, a TLS server and client over loopback."""
import hashlib, socket, ssl, subprocess, threading, secrets, zlib, lzma, bz2, ctypes, decimal, uuid

print(
    ssl.OPENSSL_VERSION.split()[0],
    len(secrets.token_bytes(16)),
    uuid.uuid4().version,
)
subprocess.run(
    [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-keyout",
        "k",
        "-out",
        "c",
        "-days",
        "2",
        "-subj",
        "/CN=localhost",
        "-addext",
        "subjectAltName=DNS:localhost",
    ],
    check=True,
    stderr=subprocess.DEVNULL,
)
sc = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
sc.load_cert_chain("c", "k")
cc = ssl.create_default_context(cafile="c")
ls = socket.create_server(("127.0.0.1", 0))


def serve():
    s, _ = ls.accept()
    with sc.wrap_socket(s, server_side=True) as t:
        data = b""
        while len(data) < 200000:
            data += t.recv(65536)
        t.sendall(hashlib.sha256(data).hexdigest().encode())


th = threading.Thread(target=serve)
th.start()
with cc.wrap_socket(
    socket.create_connection(ls.getsockname()), server_hostname="localhost"
) as t:
    t.sendall(b"z" * 200000)
    print(t.version(), t.recv(100))
    print(dict(x[0] for x in t.getpeercert()["subject"]))
th.join()
print(
    hashlib.md5(b"").hexdigest(),
    zlib.crc32(b"crc"),
    len(lzma.decompress(lzma.compress(b"q" * 99999))),
    len(bz2.decompress(bz2.compress(b"q" * 99999))),
)
print(ctypes.CDLL("libc.so.6").abs(-5), decimal.Decimal(2).sqrt())
cb = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.POINTER(ctypes.c_int), ctypes.POINTER(ctypes.c_int)
)
a = (ctypes.c_int * 5)(3, 1, 2, 5, 4)
ctypes.CDLL("libc.so.6").qsort(a, 5, 4, cb(lambda x, y: x[0] - y[0]))
print(list(a))
print(
    subprocess.run(
        "echo secret | openssl enc -aes-256-cbc -pbkdf2 -pass pass:x | openssl enc -d -aes-256-cbc -pbkdf2 -pass pass:x",
        shell=True,
        capture_output=True,
        text=True,
    ).stdout
)
