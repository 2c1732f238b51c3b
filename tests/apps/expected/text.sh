5000
5001:Needle in a Haystack
1
Needle in a Haystack
20
1
99 
199 
42 line of text
76 line of text
77 line of text
78 line of text
grep: /nonexistent: No such file or directory
2
./d/b
./d/g
./f
./d/g:Needle in a Haystack
1
Needle in a Haystack
1
3 line of text
2 line of text
3 line of text
4 line of text
Needle in a Haystack
3
He<ll>o
5000
b
g
g.bak
1 line of text
after
3
1
2
with mawk
12502500 5001
3 b
a X c
got one
got two
sent
2147483647 3.142 str
13 3 c 4
5001
yx
4
with gawk
12502500 5001
3 b
a X c
got one
got two
sent
4999950000 3.142 str
13 3 c 4
5001
yx
4
a
b
1970 UTC
y
z
@@ -1,4 +1,3 @@
-1 line of text
 2 line of text
 3 line of text
 4 line of text
diff: f.none: No such file or directory
f d/g differ: byte 1, line 1
equal
patched
1 line of text
less pipes when not on a terminal
ASCII text
unified diff output
symbolic link to dash
1
status 0
