one=1
three=3
two=2
4 c d b c d e
hello tar.gz heLlo.tar.gz HELLO.TAR.GZ 12 ell
1052 1099511627776
status: 1 42
1000
1000
> here 42
> document
here string
2d1
< 2
3a3
> 4
diff said 1
THROUGH A COPROCESS
coproc 0
b 4
a 3
job 1
job 2
job 3
job 4
job 5
job 6
job 7
job 8
killed: 143
killed hard: 137
usr1
leaving
after exit trap 5
term
trapped: 9
by signal: 139
pipefail 1
pipe 0 6 0
factorial 3628800
to seven
alpha/beta gamma
read timed out: 1
03.14|ab    |ff|it\'s
matched bar
d/1.c d/e/2.c d/e/f/3.c
d/e
64
/t/bash.bash: line 107: nosuchcommand: command not found
not found: 127
/t/bash.bash: line 109: /etc/passwd: Permission denied
not executable: 126
/t/bash.bash: line 111: /tmp: Is a directory
directory: 126
no magic: ./plain x y
strict 1
loop of interpreters: 126
timeout 124
time 1
bash.bash done
status 0
