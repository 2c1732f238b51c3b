"""Threads: pools, locks, conditions, queues, thread-local data, timers."""
import concurrent.futures as cf, os, queue, signal, sys, threading, time


def work(n):
    return sum(i * i for i in range(n))


with cf.ThreadPoolExecutor(8) as pool:
    print(sum(pool.map(work, range(200))))
lock, total = threading.Lock(), [0]


def add():
    for _ in range(5000):
        with lock:
            total[0] += 1


ts = [threading.Thread(target=add) for _ in range(16)]
[t.start() for t in ts]
[t.join() for t in ts]
print(total, threading.active_count())
q, out = queue.Queue(10), []


def consume():
    while (x := q.get()) is not None:
        out.append(x)


cs = [threading.Thread(target=consume) for _ in range(4)]
[c.start() for c in cs]
[q.put(i) for i in range(1000)]
[q.put(None) for _ in cs]
[c.join() for c in cs]
print(len(out), sum(out))
turn, cond, said = [0], threading.Condition(), []


def player(me):
    for i in range(200):
        with cond:
            cond.wait_for(lambda: turn[0] == me)
            said.append(me)
            turn[0] = 1 - me
            cond.notify_all()


ps = [threading.Thread(target=player, args=(i,)) for i in (0, 1)]
[p.start() for p in ps]
[p.join() for p in ps]
print(said[:6], len(said))
bar = threading.Barrier(5)
bs = [threading.Thread(target=bar.wait) for _ in range(4)]
[b.start() for b in bs]
bar.wait(5)
[b.join() for b in bs]
print("barrier")
ev = threading.Event()
t = threading.Timer(0.05, ev.set)
t.start()
print(ev.wait(5))
sem = threading.BoundedSemaphore(2)
print(
    sem.acquire(timeout=0.1),
    sem.acquire(timeout=0.1),
    sem.acquire(timeout=0.1),
)
t0 = time.monotonic()
ev.clear()
print(ev.wait(0.1), 0.09 < time.monotonic() - t0 < 2)
loc = threading.local()
loc.x = 1


def other():
    print(hasattr(loc, "x"), threading.get_native_id() != os.getpid())


t = threading.Thread(target=other)
t.start()
t.join()
for _ in range(300):
    t = threading.Thread(target=int)
    t.start()
    t.join()
print("300 threads")
# fork out of a threaded process: only the calling thread survives.
stop = threading.Event()
b = threading.Thread(target=stop.wait)
b.start()
pid = os.fork()
if pid == 0:
    os._exit(threading.active_count())
print("forked", os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
stop.set()
b.join()
# A thread that leaves while others sleep; the process exits all the same.
d = threading.Thread(target=time.sleep, args=(60,), daemon=True)
d.start()
print(
    "names",
    str(os.getpid()) in os.listdir("/proc/self/task"),
    len(os.listdir("/proc/self/task")),
)
sys.exit(3)
