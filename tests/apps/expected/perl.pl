3 lines, status 7
sum 55
backtick: hi
system: 3
[a][b]
UPPER
usr1 3
eval: alarm
reaped 5
server got hello
client got HELLO
pair
readable 0
readable 1
abc 3000
busy
10
gone
g
6
found 7
1,2,3,4,5
apple=5 banana=6 fig=3
The <c> <s>
0.333 1.234568e+04 ff 54321
exec: done
pid ok
signalled
root 9
☺
No such file or directory
status 5
