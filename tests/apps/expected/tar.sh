t/
t/fifo
t/hard
t/link
t/numbers
t/sparse
t/sub/
t/sub/x
755 1000000000 108894
2 640
sub/x
fifo
8
755 1000000000 108894
2 640
sub/x
fifo
8
755 1000000000 108894
2 640
sub/x
fifo
8
755 1000000000 108894
2 640
sub/x
fifo
8
sparse
4194304
new
no difference
8
10
t/
t/fifo
t/hard
t/link
t/new
t/numbers
t/sparse
2
2
2
108894
e071f707df7bbeee2a6a1eb48011ddd0  -
e071f707df7bbeee2a6a1eb48011ddd0  -
xz
zstd
20000
3000000
3000000
1f5749a8c7173e716e96f8daf7c900f9b16993283835b5ba5e069c9fe2fda920  -
700
0
status 0
