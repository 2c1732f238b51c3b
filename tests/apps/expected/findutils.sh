203
a
a/b
a/b/c
a/d
link -> ../d
a/b/c/deep.c
a/b/c/deep.c
a/d/empty
a/d/with space
a
a/b
a/d
19
a/b/f2.txt 2
a
a/d
a/d/empty
a/d/with space
a/b/c/deep.c
a/b/f1.txt
3
203
4
a/b/link/empty
a/d/empty
a/d/empty
690
4
parallel
123
item a
item b
item c
[x y]
none
92
find: ‘/nonexistent’: No such file or directory
1
f 644 3 b/f98.txt
f 644 3 b/f99.txt
l 777 4 b/link
a/b/f20.txt
a/b/f21.txt
a/b/f22.txt
a/b/f23.txt
1
/proc/self/fd
1
/etc/group
/etc/passwd
status 0
