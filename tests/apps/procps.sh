# ps, top, free, uptime, pgrep, pkill, killall, fuser: what reads /proc.
sleep 300 &
p=$!
sleep 0.1
ps -o comm=,args= -p $p
ps -p $p -o ppid= | tr -d ' ' | grep -qx $$ && echo parent
ps -o stat= -p $p | cut -c1
ps aux | head -n 1
ps aux | grep -c '[s]leep 300'
ps -ef | grep '[s]leep 300' | awk '{ print $8, $9 }'
ps -eo pid,comm --no-headers | wc -l | grep -c '[1-9]'
ps -o user= -p $p | grep -qx "$(id -un)" && echo user
ps -L -p $p -o lwp= | wc -l
ps f | grep -c '[s]leep 300'
ps -o vsz=,rss= -p $p | awk '{ print ($1 > 0), ($2 > 0) }'
top -b -n 1 | head -n 3 | cut -c1-4
top -b -n 1 -p $p | tail -n 1 | awk '{ print $NF }'
free | awk 'NR == 1 { print $1 } NR == 2 { print $1, ($2 > 100000) }'
uptime | grep -c 'load average'
uptime -p | grep -c up
vmstat 2>&1 | wc -l
w -h 2>&1 | wc -l | grep -c .
pgrep -x sleep -P $$ | grep -qx $p && echo pgrep
pidof sleep | tr ' ' '\n' | grep -cx $p
pwdx $p | cut -d: -f2 | sed 's,[0-9]*$,N,'
pstree $$ | head -n 1 | cut -c1-2
cat /proc/$p/comm
tr '\0' ' ' </proc/$p/cmdline
echo
readlink /proc/$p/exe
grep -E '^(Name|Threads):' /proc/$p/status
awk '{ print $2 }' /proc/$p/stat
[ -r /proc/$p/maps ] && grep -c libc /proc/$p/maps | grep -c '[1-9]'
ls /proc/$p/fd | sort -n | head -n 3 | tr '\n' ' '
tr '\0' '\n' </proc/$p/environ | grep ^LC_ALL
cut -d' ' -f1 /proc/$p/statm | grep -c '[1-9]'
readlink /proc/$p/cwd | sed 's,[0-9]*$,N,'
readlink /proc/$p/root
wc -l </proc/$p/limits
cat /proc/$p/oom_score_adj
for f in cpuinfo meminfo stat uptime loadavg version filesystems mounts self/mountinfo sys/kernel/hostname sys/kernel/pid_max sys/fs/file-max sys/kernel/osrelease sys/kernel/random/uuid self/auxv self/cgroup net/dev net/tcp; do [ -r /proc/$f ] && [ -n "$(head -c 10 /proc/$f | tr -d '\0')" ] && echo $f; done
pkill -P $$ -x sleep
wait $p 2>/dev/null
echo "pkill $?"
sleep 300 &
p=$!
kill -STOP $p
sleep 0.1
ps -o stat= -p $p | cut -c1
kill -9 $p
wait $p 2>/dev/null
echo "kill $?"
ps -p $p
echo "gone $?"
kill -0 $p
echo $?
sh -c 'sleep 0.01 & exec sleep 300' &
p=$!
sleep 0.3
ps --ppid $p -o stat= | cut -c1
kill $p
wait $p 2>/dev/null
echo "zombie's parent $?"
flock lockfile -c 'flock -n lockfile true; echo busy $?'
setsid -w sh -c 'ps -o sid= -p $$ | tr -d " " | grep -qx $$ && echo session'
nice -n 3 ps -o ni= -p $$ | tr -d ' '
renice -n 5 -p $$ >/dev/null
ps -o ni= -p $$ | tr -d ' '
taskset -p $$ | grep -c mask
chrt -p $$ | head -n 1 | sed 's/.*: //'
prlimit --nofile -p $$ | wc -l
getopt -o a -- -a b
hostname 2>/dev/null | grep -c .
ionice | cut -d: -f1
lscpu | grep -c '^CPU(s)'
mountpoint /proc
findmnt -n -o FSTYPE /proc
dmesg >/dev/null 2>&1
script -qc 'echo typed' /dev/null | tr -d '\r'
