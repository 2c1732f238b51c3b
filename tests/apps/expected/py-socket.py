1 True
got 1000000
127.0.0.1
ConnectionRefusedError
True
4
timed out
b''
b'dgr' []
b'onetwo' b''
b'one' b'two'
b'one' b'two'
s s 0o140000
True True
b'fd' b'passed' 1
True
2
2
32
[]
1 0
1
16
True b'abc' b''
[b'/0', b'/1', b'/2', b'/3', b'/4']
127.0.0.1 80 True
('127.0.0.1', 80) b'\x01\x02\x03\x04'
status 0
