CompletedProcess(args=['echo', 'hi'], returncode=0, stdout='hi\n', stderr='')
5 -9
200000
b'1000' 0
timeout ['sleep', '10']
FileNotFoundError 2
PermissionError 13
PermissionError 13
-15
None
-9
['1', '/']
1 True
b'inherited'
4
b'out\nerr\n'
9
True
190
100 runs
popen
4
3
6 6
True
True 256
10
True
True 2
b'adopted'
status 0
