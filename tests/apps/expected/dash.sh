500
three two one
3 b
glob
/bin/sh is there
/bin/nosuch is not
/
/tmp/apps.N
a
b
text
more
2
empty
text
caught
1
77
Terminated
143
130
hup
waited 0
spawned 100
forked 50
200000
y
through fifo
name arg
640
cat: /nonexistent: No such file or directory
1
empty m out p 
/usr/bin/ls
cd is a shell builtin
1
eval 42
bye
status 0
