"""Processes in every start method, pools, queues, shared memory, locks."""
import multiprocessing as mp, os, sys, time
from multiprocessing import shared_memory, managers


def square(x):
    return x * x


def child(q, conn, v, lock, arr):
    for _ in range(500):
        with lock:
            v.value += 1
    arr[0] += os.getpid() > 0
    q.put(("done", len(conn.recv())))
    conn.send("bye")


def boom():
    os.abort()


def main():
    for method in ("fork", "spawn", "forkserver"):
        ctx = mp.get_context(method)
        with ctx.Pool(3) as pool:
            print(
                method,
                pool.map(square, range(10)),
                pool.apply_async(square, (7,)).get(20),
            )
        q, lock, v, arr = (
            ctx.Queue(),
            ctx.Lock(),
            ctx.Value("i", 0),
            ctx.Array("i", 3),
        )
        a, b = ctx.Pipe()
        ps = [
            ctx.Process(target=child, args=(q, b, v, lock, arr))
            for _ in range(1)
        ]
        ps += [ctx.Process(target=square, args=(i,)) for i in range(3)]
        [p.start() for p in ps]
        a.send(b"x" * 100000)
        print(q.get(timeout=20), a.recv())
        [p.join() for p in ps]
        print(v.value, arr[0], [p.exitcode for p in ps])
        p = ctx.Process(target=boom)
        p.start()
        p.join()
        print("aborted", p.exitcode)
        p = ctx.Process(target=time.sleep, args=(60,))
        p.start()
        p.terminate()
        p.join()
        print("terminated", p.exitcode)
    shm = shared_memory.SharedMemory(create=True, size=4096)
    pid = os.fork()
    if pid == 0:
        shm.buf[:5] = b"hello"
        os._exit(0)
    os.waitpid(pid, 0)
    print(bytes(shm.buf[:5]))
    shm.close()
    shm.unlink()
    e, s = mp.Event(), mp.Semaphore(2)
    print(e.wait(0.05), s.acquire(), s.acquire(), s.acquire(timeout=0.05))
    with mp.Manager() as m:
        d = m.dict()
        p = mp.Process(target=d.update, args=({"k": 1},))
        p.start()
        p.join()
        print(dict(d))


if __name__ == "__main__":
    main()
