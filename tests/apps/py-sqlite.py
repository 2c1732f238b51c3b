"""sqlite3: journals, write-ahead log with its shared mapping, locks."""
import os, sqlite3, subprocess, sys, threading

for mode in ("delete", "wal", "memory", "truncate"):
    db = sqlite3.connect(f"{mode}.db", isolation_level=None)
    print(db.execute(f"pragma journal_mode={mode}").fetchone())
    db.execute("create table t(a integer primary key, b text)")
    db.execute("begin")
    db.executemany(
        "insert into t values(?,?)", ((i, "x" * (i % 50)) for i in range(5000))
    )
    db.execute("commit")
    print(db.execute("select count(*), sum(length(b)) from t").fetchone())
    db.execute("begin immediate")
    db.execute("delete from t")
    db.execute("rollback")
    db.execute("create index i on t(b)")
    print(
        db.execute(
            "select a from t where b=? order by a limit 1", ("x" * 49,)
        ).fetchone(),
        db.execute("pragma integrity_check").fetchone(),
    )
    two = sqlite3.connect(f"{mode}.db", timeout=0.05, isolation_level=None)
    db.execute("begin immediate")
    try:
        two.execute("begin immediate")
        print("both?")
    except sqlite3.OperationalError as e:
        print(e)
    db.execute("commit")
    pid = os.fork()
    if pid == 0:
        os.execvp(
            "sqlite3",
            [
                "sqlite3",
                f"{mode}.db",
                "insert into t values(99999,'child'); select count(*) from t;",
            ],
        )
    os.waitpid(pid, 0)
    print(db.execute("select b from t where a=99999").fetchone())
    db.execute("vacuum")
    two.close()
    db.close()


def writer(n):
    d = sqlite3.connect("wal.db", timeout=30)
    for i in range(20):
        d.execute("insert into t(b) values(?)", (f"w{n}",))
        d.commit()
    d.close()


ts = [threading.Thread(target=writer, args=(i,)) for i in range(4)]
[t.start() for t in ts]
[t.join() for t in ts]
print(
    sqlite3.connect("wal.db")
    .execute("select count(*) from t where b like 'w%'")
    .fetchone(),
    sorted(os.listdir(".")),
)
