"""/proc and /sys inside a jail: what proc(5) lists is there or has a reason in
known-gaps.txt (proc/NAME), and the tools that read it tell the truth.  Part of
run-cli.
"""

import os
import re

import suite

CASES = []


def case(f):
    CASES.append(f)
    return f


def eq(got, want):
    assert got == want, f"want {want!r}\ngot  {got!r}"


PID = """arch_status attr auxv autogroup cgroup clear_refs cmdline comm
coredump_filter cpuset cwd environ exe fd fdinfo gid_map io ksm_merging_pages
ksm_stat limits loginuid map_files maps mem mountinfo mounts mountstats net ns
numa_maps oom_adj oom_score oom_score_adj pagemap personality projid_map root
sched schedstat sessionid setgroups smaps smaps_rollup stack stat statm status
syscall task timens_offsets timers timerslack_ns uid_map wchan""".split()

TOP = """buddyinfo bus cgroups cmdline consoles cpuinfo crypto devices diskstats
dma driver execdomains fb filesystems fs interrupts iomem ioports kallsyms kcore
key-users keys kmsg kpagecgroup kpagecount kpageflags loadavg locks meminfo misc
modules mounts mtrr net pagetypeinfo partitions pressure schedstat self slabinfo
softirqs stat swaps sys sysrq-trigger sysvipc thread-self timer_list tty uptime
version vmallocinfo vmstat zoneinfo""".split()

NET = """arp dev fib_trie icmp igmp if_inet6 ip_mr_cache ipv6_route netlink
netstat packet protocols ptype raw raw6 route rt_cache snmp snmp6 sockstat
sockstat6 softnet_stat tcp tcp6 udp udp6 udplite unix wireless""".split()

SYSCTL = """fs/aio-max-nr fs/aio-nr fs/dentry-state fs/file-max fs/file-nr
fs/inode-nr fs/inode-state fs/inotify/max_queued_events
fs/inotify/max_user_instances fs/inotify/max_user_watches
fs/epoll/max_user_watches fs/leases-enable fs/lease-break-time
fs/mqueue/msg_max fs/mqueue/msgsize_max fs/mqueue/queues_max fs/nr_open
fs/overflowgid fs/overflowuid fs/pipe-max-size fs/pipe-user-pages-hard
fs/pipe-user-pages-soft fs/protected_fifos fs/protected_hardlinks
fs/protected_regular fs/protected_symlinks fs/suid_dumpable
kernel/cap_last_cap kernel/core_pattern kernel/core_uses_pid
kernel/dmesg_restrict kernel/domainname kernel/hostname kernel/kptr_restrict
kernel/msgmax kernel/msgmnb kernel/msgmni kernel/ngroups_max kernel/osrelease
kernel/ostype kernel/overflowgid kernel/overflowuid kernel/panic
kernel/perf_event_paranoid kernel/pid_max kernel/printk kernel/pty/max
kernel/pty/nr kernel/random/boot_id kernel/random/entropy_avail
kernel/random/poolsize kernel/random/uuid kernel/randomize_va_space
kernel/sched_rr_timeslice_ms kernel/sem kernel/shmall kernel/shmmax
kernel/shmmni kernel/sysrq kernel/tainted kernel/threads-max
kernel/unprivileged_bpf_disabled kernel/version
net/core/somaxconn net/core/rmem_max net/core/wmem_max
net/ipv4/ip_forward net/ipv4/ip_local_port_range net/ipv4/tcp_rmem
net/ipv4/tcp_wmem net/ipv4/tcp_fin_timeout net/ipv4/tcp_keepalive_time
net/unix/max_dgram_qlen user/max_user_namespaces vm/dirty_background_ratio
vm/dirty_ratio vm/drop_caches vm/max_map_count vm/min_free_kbytes
vm/mmap_min_addr vm/nr_hugepages vm/overcommit_kbytes vm/overcommit_memory
vm/overcommit_ratio vm/page-cluster vm/swappiness
vm/vfs_cache_pressure""".split()


def gaps():
    with open(suite.HERE + "/known-gaps.txt", encoding="utf-8") as f:
        return {m.group(1) for m in (re.match(r"proc/(\S+) \S", line)
                                     for line in f) if m}


@case
def proc_complete(g):
    names = [f"self/{n}" for n in PID] + TOP + [f"net/{n}" for n in NET] + \
        [f"sys/{n}" for n in SYSCTL]
    status, out = g.sh("cd /proc; for f; do test -e $f || test -L $f || "
                       "echo $f; done", "-v", "/usr/bin:/usr/bin:ro")
    del status, out
    status, out = g("try", "--", "sh", "-c", "cd /proc; for f; do test -e $f "
                    "|| test -L $f || echo $f; done", "sh", *names)
    eq(status, 0)
    missing, known = set(out.split()), gaps()
    eq(sorted(missing - known), [])
    eq(sorted(known - missing), [])      # the list shrinks


@case
def proc_all_readable(g):
    """Each file can be read to its end, or says why not."""
    status, out = g("try", "--", "sh", "-c", "cd /proc; find . -name '[0-9]*' "
                    "-prune -o -type f -perm /444 -print | while read f; do "
                    "timeout 5 cat $f >/dev/null 2>/tmp/e || "
                    "echo $f $(sed 's/.*: //' /tmp/e); done", limit=120)
    eq(status, 0)
    bad = [x for x in out.splitlines() if not re.search(
        r"(kcore|sysrq-trigger|kmsg|/attr/|/stack|Permission denied|"
        r"Invalid argument|Operation not permitted)", x)]
    eq(bad, [])


@case
def proc_sys_writable(g):
    """What is the jail's own can be set by its root, and only there."""
    def host(name):
        with open("/proc/sys/" + name, encoding="utf-8") as f:
            return f.read()

    for name, value in (("kernel/hostname", "elsewhere"),
                        ("kernel/domainname", "example"),
                        ("kernel/shmmax", "1000000"),
                        ("kernel/shmmni", "100"), ("kernel/shmall", "5000"),
                        ("kernel/msgmax", "4096"), ("kernel/msgmnb", "9000"),
                        ("kernel/msgmni", "77"),
                        ("kernel/sem", "100\t1024000000\t50\t60"),
                        ("kernel/pid_max", "40000")):
        before = host(name)
        status, out = g("try", "-u", "root", "--", "sh", "-c",
                        f"echo '{value}' >/proc/sys/{name} && "
                        f"cat /proc/sys/{name}")
        eq((name, status, out), (name, 0, value + "\n"))
        eq(host(name), before)
    # They count.
    status, out = g("try", "-u", "root", "--", "sh", "-c",
                    "echo 4096 >/proc/sys/kernel/shmmax; ipcmk -M 4096 && "
                    "! ipcmk -M 4097; echo 1 >/proc/sys/kernel/msgmni;"
                    "ipcmk -Q && ! ipcmk -Q; cat /proc/sys/kernel/pid_max;"
                    "echo '10 1024000000 5 5' >/proc/sys/kernel/sem; "
                    "echo 310 >/proc/sys/kernel/pid_max; i=0; "
                    "while [ $i -lt 320 ]; do /bin/true & i=$((i + 1)); "
                    "wait $!; [ $! -lt 310 ] || echo $!; done")
    out = re.sub("id: \\d+", "id", out)
    eq((status, re.findall("memory id|queue id|No space|Invalid argument",
                           out)),
       (0, ["memory id", "Invalid argument", "queue id", "No space"]))


@case
def proc_tools_agree(g):
    """ps, free, lscpu and others against what is known."""
    cpus = len(os.sched_getaffinity(0))
    status, out = g("try", "--", "bash", "-c",
                    "sleep 50 & sleep 50 & "
                    "ps -o comm= --ppid $$ >/tmp/ps; sort /tmp/ps | uniq -c | "
                    "tr -s ' ';"
                    "top -b -n1 | grep -c ' sleep$'; pgrep -c sleep; nproc;"
                    "lscpu -p=cpu | grep -vc '#'; free -k | "
                    "awk '/Mem:/ { print $2 }'; uptime -p | cut -d' ' -f1;"
                    "pmap -x $! | tail -n 1 | awk '{ print ($3 > $4), "
                    "($4 > $5 || $4 == $5) }';"
                    "df --output=target / | tail -n 1;"
                    "findmnt -no TARGET /proc; sysctl -n kernel.ostype;"
                    "lsof -p $$ 2>/dev/null | awk '$4 == \"cwd\" { print $9 }'"
                    "; vmstat | wc -l; w -h | wc -l; kill %1 %2", cwd="/usr")
    eq(status, 0)
    with open("/proc/meminfo", encoding="utf-8") as f:
        total = f.readline().split()[1]
    eq(out.splitlines(),
       [" 1 ps", " 2 sleep", "2", "2", str(cpus), str(cpus), total, "up",
        "1 1", "/", "/proc", "Linux", "/usr", "3", "0"])


@case
def proc_stat_sums(g):
    """Ten columns per CPU, and the first line is their sum."""
    status, out = g("try", "--", "cat", "/proc/stat")
    eq(status, 0)
    lines = {x.split()[0]: x.split()[1:] for x in out.splitlines()}
    cpus = [v for k, v in lines.items() if re.match(r"cpu\d", k)]
    eq([len(v) for v in cpus + [lines["cpu"]]], [10] * (len(cpus) + 1))
    for i in range(10):
        total = int(lines["cpu"][i])
        assert abs(sum(int(v[i]) for v in cpus) - total) <= len(cpus) + 2, i
    for name in ("intr", "ctxt", "btime", "processes", "procs_running",
                 "procs_blocked", "softirq"):
        assert name in lines, name


@case
def sys_net_is_the_hosts(g):
    """A guest uses the host's interfaces, and so they look the same."""
    script = ("import os\n"
              "top = '/sys/class/net/'\n"
              "for n in sorted(os.listdir(top)):\n"
              "    print(n, *[open(top + n + '/' + f).read().strip() for f in "
              "('address', 'broadcast', 'mtu', 'flags', 'type', 'ifindex', "
              "'operstate', 'tx_queue_len', 'uevent')])\n")
    status, out = g("try", "--", "python3", "-c", script)
    eq((status, out), suite.run(["python3", "-c", script]))
    status, out = g("try", "--", "sh", "-c", "cd /sys/class/net/lo; "
                    "a=$(cat statistics/rx_packets); grep ' lo:' "
                    "/proc/net/dev | awk -v a=$a '{ print ($3 >= a), "
                    "(a >= 0) }'; cd ../../../class/net/lo/subsystem && pwd -P;"
                    "test -e /sys/class/net/nosuch0 || echo none")
    eq((status, out), (0, "1 1\n/sys/class/net\nnone\n"))


@case
def sys_all_readable(g):
    status, out = g("try", "--", "sh", "-c", "find /sys -type f -perm /444 "
                    "-exec cat {} + 2>&1 >/dev/null | grep -v /carrier; "
                    "find /sys -type l ! -exec test -e {} \\; -print")
    eq(out, "")


@case
def sys_tools(g):
    """Devices by number and class; memory as much as /proc/meminfo tells."""
    status, out = g("try", "--", "sh", "-c",
                    "cat /sys/dev/char/1:3/dev /sys/class/tty/tty/dev "
                    "/sys/class/mem/zero/dev; readlink -f /sys/dev/char/1:9; "
                    "lsblk | wc -l; ls /sys/bus/pci/devices | wc -l;"
                    "lsmem -b --summary=only | sed -n 's/.*online memory: *//p'"
                    "| head -n 1; cat /sys/devices/system/node/online;"
                    "lscpu | grep -c '^NUMA node0'")
    eq(status, 0)
    lines = out.splitlines()
    total = int(lines.pop(6))
    eq(lines, ["1:3", "5:0", "1:5", "/sys/devices/virtual/mem/urandom", "0",
               "0", "0", "1"])
    with open("/proc/meminfo", encoding="utf-8") as f:
        kb = int(f.readline().split()[1])
    assert 0 <= total - kb * 1024 < 128 << 20, (total, kb)


@case
def cgroup_cpu_counts(g):
    """The jail's group has used what its processes have."""
    status, out = g("try", "--", "bash", "-c",
                    "for ((i = 0; i < 300000; i++)); do :; done; "
                    "bash -c 'for ((i = 0; i < 300000; i++)); do :; done'; "
                    "cat /sys/fs/cgroup/cpu.stat; times")
    eq(status, 0)
    stat = dict(x.split() for x in out.splitlines()[:3])
    usage, user, system = (int(stat[k]) for k in (
        "usage_usec", "user_usec", "system_usec"))
    assert abs(usage - user - system) < 10, stat
    spent = [float(m) * 60 + float(s) for m, s in re.findall(
        r"(\d+)m([\d.]+)s", out)]
    # The shell and what it waited for; cat itself is under way.
    assert abs(sum(spent) - usage / 1e6) < 0.2 + 0.2 * sum(spent), out
