b'hello'
b'world'
b'hello' b'HELLO'
b'child' b'HELLO'
32768 32768
4096 None b'child'
mmap can't modify a readonly memory map.
b'world'
7 9
1
-11 -11 -7 -6
-25
9
12
12800
True True
3 100
b'busy 11'
3 /memfd:m (deleted)
tmp
False ['d2']
['e', 'y']
3 3 255
status 0
