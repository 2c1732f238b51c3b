sleep           sleep 300
parent
S
USER         PID %CPU %MEM    VSZ   RSS TTY      STAT START   TIME COMMAND
1
sleep 300
1
user
1
0
1 1
top 
Task
%Cpu
sleep
total
Mem: 1
1
1
3
1
pgrep
1
 /tmp/apps.N
sh
sleep
sleep 300 
/usr/bin/sleep
Name:	sleep
Threads:	1
(sleep)
1
0 1 2 LC_ALL=C.UTF-8
1
/tmp/apps.N
/
17
0
cpuinfo
meminfo
stat
uptime
loadavg
version
filesystems
mounts
self/mountinfo
sys/kernel/hostname
sys/kernel/pid_max
sys/fs/file-max
sys/kernel/osrelease
sys/kernel/random/uuid
self/auxv
self/cgroup
net/dev
net/tcp
pkill 143
T
kill 137
    PID TTY          TIME CMD
gone 1
/t/procps.sh: 55: kill: No such process

1
Z
zombie's parent 143
busy 1
session
0
5
1
SCHED_OTHER
2
 -a -- 'b'
1
none
1
/proc is a mountpoint
proc
typed
status 0
