goroutines 499500 499500
collected beside a busy loop
timer
"from sh\n" exit status 3
250000 TEXT <nil>
fork/exec /nonexistent: no such file or directory
signal: killed
[0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19]
you asked /path
over unix
true
user defined signal 1
terminated
50 tree/a/0 1225
51 true
true true
root /root
open /nonexistent: no such file or directory
true 1970-01-01 00:00:00 +0000 UTC
recovered runtime error: invalid memory address or nil pointer dereference
status 0
open /nonexistent: no such file or directory
true 1970-01-01 00:00:00 +0000 UTC
recovered runtime error: invalid memory address or nil pointer dereference
9
2
2
Terminated
143
amd64
status 0
