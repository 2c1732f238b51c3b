same
a regular file 2 6 644
hard regular file 2 6 644
soft symbolic link 1 1 777
broken symbolic link 1 7 777
a
a
1
a
b
broken@
hard
soft@
-rw-r--r-- 2 6 a  
-rw-r--r-- 1 6 b  
lrwxrwxrwx 1 7 broken -> nowhere
-rw-r--r-- 2 6 hard  
lrwxrwxrwx 1 1 soft -> a
a
broken
dir
hard
soft
w
w/1
w/y
w/y/2
w/y/z
w/y/z/3
rmdir: failed to remove 'w': Directory not empty
1
ls: cannot access 'w': No such file or directory
2
700
755
4755
----------
2001-02-03 04:05:06.000000000 +0000
981173106
981173106
86400
1048576 0
0
de2f256064a0af797747c2b97505dc0b9f3df0de4f489eac731c23ae9ca9cc31  z
fcd6bcb56c1689fcef28b57c22475bad  z
3b71f43ff30f4b15b5cd85dd9e95ebc7e84eb5a3  sparse
1298
e071f707df7bbeee2a6a1eb48011ddd0  -
99999
99998
c 3
b 2
a 1
      2 a
      1 b
k1 x p
k2 y q
k1 x	k1 p
k2 y	k2 q
part.aa
part.ab
part.ac
10
bcd
b
olleh
Gur Grkg
0000000   a                               b  \n
0000012
YmFzZQo=
base
1234567890: 2 3 3 5 3607 3803
42
1.0M
7 str 0002.500
1,2,3,4,5
     1	hello
y
/x
/b
5
isdir
newer
islink
A=1
B=2
3
124
Killed
137
Terminated
tail 143
5
buffered
1
1
hello
 1  1  6 t1
 1  1  6 t2
 2  2 12 total
640
12345
fifo
FIFO
df
1
Linux x86_64
hello
cat: b: No such file or directory
ls: cannot access '/nonexistent': No such file or directory
rm: cannot remove 'nothing': No such file or directory
mkdir: cannot create directory ‘m’: File exists
cp: -r not specified; omitting directory 'm'
y
y
y
0
ls: cannot access 'l2': No such file or directory
chown
/t/coreutils.sh: 133: echo: echo: I/O error
8

2
cat
not a tty
1
1
proc
4
hello
some words that
have to be filled
into short lines
status 0
