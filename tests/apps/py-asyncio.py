"""asyncio: epoll loops, servers, subprocesses, signals, threads, timeouts."""
import asyncio, os, signal, socket


async def echo(r, w):
    while data := await r.readline():
        w.write(data.upper())
        await w.drain()
    w.close()


async def client(port, n):
    r, w = await asyncio.open_connection("127.0.0.1", port)
    for i in range(20):
        w.write(f"msg {n} {i}\n".encode())
        assert await r.readline() == f"MSG {n} {i}\n".encode()
    w.close()
    await w.wait_closed()
    return n


async def main():
    srv = await asyncio.start_server(echo, "127.0.0.1", 0)
    port = srv.sockets[0].getsockname()[1]
    print(sum(await asyncio.gather(*(client(port, n) for n in range(20)))))
    srv.close()
    us = await asyncio.start_unix_server(echo, "sock")
    r, w = await asyncio.open_unix_connection("sock")
    w.write(b"unix\n")
    print(await r.readline())
    w.close()
    us.close()
    p = await asyncio.create_subprocess_exec(
        "sh", "-c", "cat; exit 3", stdin=-1, stdout=-1
    )
    print(await p.communicate(b"to a child"), p.returncode)
    ps = [
        await asyncio.create_subprocess_exec("sh", "-c", f"exit {i}")
        for i in range(8)
    ]
    print([await p.wait() for p in ps])
    try:
        await asyncio.wait_for(asyncio.sleep(10), 0.05)
    except asyncio.TimeoutError:
        print("timeout")
    loop, got = asyncio.get_running_loop(), asyncio.Event()
    loop.add_signal_handler(signal.SIGUSR1, got.set)
    os.kill(os.getpid(), signal.SIGUSR1)
    await asyncio.wait_for(got.wait(), 5)
    print("signal")
    print(
        await loop.run_in_executor(None, sum, range(1000)),
        await asyncio.to_thread(os.getpid) == os.getpid(),
    )
    order = []

    async def late(d, x):
        await asyncio.sleep(d)
        order.append(x)

    await asyncio.gather(late(0.15, 3), late(0.01, 1), late(0.08, 2))
    print(order)

    class Udp(asyncio.DatagramProtocol):
        def connection_made(self, t):
            self.t = t

        def datagram_received(self, d, a):
            self.t.sendto(d[::-1], a)

    t, _ = await loop.create_datagram_endpoint(Udp, ("127.0.0.1", 0))
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.setblocking(False)
    await loop.sock_connect(s, t.get_extra_info("sockname"))
    await loop.sock_sendall(s, b"abc")
    print(await asyncio.wait_for(loop.sock_recv(s, 10), 5))
    s.close()
    t.close()
    r, w = os.pipe()
    f = loop.create_future()
    loop.add_reader(r, lambda: f.set_result(os.read(r, 10)))
    loop.call_later(0.02, os.write, w, b"pipe")
    print(await asyncio.wait_for(f, 5))


asyncio.run(main())
print("closed")
