190
b'UNIX\n'
(b'to a child', None) 3
[0, 1, 2, 3, 4, 5, 6, 7]
timeout
signal
499500 True
[1, 2, 3]
b'cba'
b'pipe'
closed
status 0
